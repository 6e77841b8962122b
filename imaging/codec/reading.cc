// SPDX-License-Identifier: Apache-2.0
#include "reading.h"

#include <cmath>

#include <glib/gi18n-lib.h>

#include "luts.h"
#include "measures.h"
#include "record.h"
#include "values.h"

namespace prc {

namespace {

GVariant *
real (double v) {
  return g_variant_new_double (v);
}

void
add_shape (Record &r, const Decoded &d, SampleType type) {
  r.add ("SampleType", g_variant_new_uint32 (unsigned (type)));
  r.add ("Rows", g_variant_new_uint32 (d.rows));
  r.add ("Columns", g_variant_new_uint32 (d.columns));
}

// Row and column spacing of a frame: measured in the patient, else at the detector (PS3.3 10.7.1).
void
add_spacing (Record &r, const Dataset &set, FunctionalGroups &groups, uint32_t frame) {
  std::vector<double> v;
  if (const Dataset *measures = groups.find (frame, 0x00289110))
    v = numbers (*measures, 0x00280030, vr ("DS"));
  for (Tag tag : {0x00280030, 0x00181164, 0x00182010})
    if (v.size () != 2)
      v = numbers (set, tag, vr ("DS"));
  double aspect = 1;
  if (v.size () == 2 && v[0] > 0 && v[1] > 0) {
    r.add ("RowSpacing", real (v[0]));
    r.add ("ColumnSpacing", real (v[1]));
    aspect = v[0] / v[1];
  } else {
    v = numbers (set, 0x00280034, vr ("IS")); // vertical \ horizontal
    if (v.size () == 2 && v[0] > 0 && v[1] > 0)
      aspect = v[0] / v[1];
  }
  r.add ("PixelAspect", real (std::isfinite (aspect) && aspect > 0 ? aspect : 1));
}

} // namespace

GVariant *
lut_variant (const Lut &lut) {
  GVariant *entries = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, lut.entries.data (),
                                                 lut.entries.size () * 2, 1);
  return g_variant_new ("(ius@ay)", lut.first_mapped, lut.bits, lut.explanation.c_str (), entries);
}

namespace {

std::string
units_of (const Dataset &set, const Dataset &transform) {
  std::string type = uid (transform, 0x00281054); // Rescale Type
  std::string modality = uid (set, 0x00080060);
  if (modality == "PT" || modality == "NM")
    if (std::string units = uid (set, 0x00541001); !units.empty ())
      return units;
  if (!type.empty ())
    return type == "US" ? "" : type; // "unspecified"
  if (modality == "RTDOSE")
    return uid (set, 0x30040002);
  if (modality != "CT")
    return "";
  std::vector<std::string> kinds = codes (set, 0x00080008);
  return kinds.size () > 2 && kinds[2] == "LOCALIZER" ? "" : "HU";
}

// The table of an X-ray image with LOG or DISP values leads back to the beam's intensity; it is not
// for display (PS3.3 C.8.7.1.1.2).
bool
is_for_display (const Dataset &set) {
  std::string modality = uid (set, 0x00080060), relationship = uid (set, 0x00281040);
  return (modality != "XA" && modality != "XRF" && modality != "RF") ||
         (relationship != "LOG" && relationship != "DISP");
}

// Rescale or table (PS3.3 C.11.1), of the frame's own group when there is one. Returns whether what
// comes out may be negative, which is how a VOI LUT's first mapped value is read (C.11.2.1.1).
bool
add_modality (Record &r, const Dataset &set, const Charset &charset, FunctionalGroups &groups,
              uint32_t frame, bool is_signed) {
  const Dataset *own = groups.find (frame, 0x00289145);
  const Dataset &d = own ? *own : set;
  double slope = number (d, 0x00281053, vr ("DS"), 1),
         intercept = number (d, 0x00281052, vr ("DS"), 0);
  if (slope == 0)
    slope = 1;
  if (!d.find (0x00281053))
    slope = number (set, 0x3004000E, vr ("DS"), 1); // Dose Grid Scaling (PS3.3 C.8.8.3)
  r.add ("RescaleSlope", real (slope));
  r.add ("RescaleIntercept", real (intercept));
  r.add ("Units", units_of (set, d));
  std::vector<Dataset> tables = set.items (0x00283000);
  Lut lut;
  const Element *entries = tables.empty () ? nullptr : tables[0].find (0x00283006);
  if (entries && entries->value.size && is_for_display (set)) {
    // Stored values in its place would pass for the units that it gives.
    if (!read_lut (tables[0], text_of (tables[0], charset, 0x00283003, vr ("LO")), is_signed, lut))
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The modality lookup table is damaged"));
    r.add ("ModalityLUT", lut_variant (lut));
    return false;
  }
  return is_signed || intercept < 0 || slope < 0;
}

} // namespace

void
add_windows (Record &r, const Dataset &d, const Charset &charset) {
  std::vector<double> centres = numbers (d, 0x00281050, vr ("DS")),
                      widths = numbers (d, 0x00281051, vr ("DS"));
  std::string all = text_of (d, charset, 0x00281055, vr ("LO"));
  char **explanations = g_strsplit (all.c_str (), "\\", -1);
  unsigned n_explanations = g_strv_length (explanations);
  std::vector<double> c, w;
  bool fractional = false;
  GVariantBuilder texts;
  g_variant_builder_init (&texts, G_VARIANT_TYPE ("as"));
  for (size_t i = 0; i < MIN (centres.size (), widths.size ()); i++) {
    if (!std::isfinite (centres[i]) || !std::isfinite (widths[i]) || widths[i] <= 0)
      continue;
    c.push_back (centres[i]);
    w.push_back (widths[i]);
    fractional |= widths[i] < 1;
    g_variant_builder_add (&texts, "s", i < n_explanations ? explanations[i] : "");
  }
  g_strfreev (explanations);
  GVariant *words = g_variant_ref_sink (g_variant_builder_end (&texts));
  if (!c.empty ()) {
    r.add ("WindowCenter", c);
    r.add ("WindowWidth", w);
    r.add ("WindowCenterWidthExplanation", words);
    std::string function = uid (d, 0x00281056);
    if (function.empty () || function == "LINEAR") // which allows no width below 1 (C.11.2.1.2.1)
      function = fractional ? "LINEAR_EXACT" : "LINEAR";
    r.add ("VOILUTFunction", function);
  }
  g_variant_unref (words);
}

void
add_voi_luts (Record &r, const Dataset &d, const Charset &charset, bool is_signed) {
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("a(iusay)"));
  bool any = false;
  for (const Dataset &item : d.items (0x00283010)) {
    Lut lut;
    if (!read_lut (item, text_of (item, charset, 0x00283003, vr ("LO")), is_signed, lut))
      continue;
    g_variant_builder_add_value (&b, lut_variant (lut));
    any = true;
  }
  GVariant *all = g_variant_ref_sink (g_variant_builder_end (&b));
  if (any)
    r.add ("VOILUTs", all);
  g_variant_unref (all);
}

namespace {

// PS3.3 C.7.5.1.1.2; both ends inclusive, in either order.
void
add_padding (Record &r, const Dataset &set, const Decoded &image) {
  Vr kind = image.is_signed ? vr ("SS") : vr ("US");
  double low = image.is_float ? number (set, 0x00280122, vr ("FL"), NAN)
                              : number (set, 0x00280120, kind, NAN);
  if (!std::isfinite (low))
    return;
  double high = image.is_float ? number (set, 0x00280124, vr ("FL"), low)
                               : number (set, 0x00280121, kind, low);
  r.add ("PixelPadding", g_variant_new ("(dd)", MIN (low, high), MAX (low, high)));
}

// PS3.3 C.11.6; it replaces the shape.
void
add_presentation_lut (Record &r, const Dataset &set, const Charset &charset) {
  std::vector<Dataset> tables = set.items (0x20500010);
  Lut lut;
  if (!tables.empty () &&
      read_lut (tables[0], text_of (tables[0], charset, 0x00283003, vr ("LO")), false, lut))
    r.add ("PresentationLUT", lut_variant (lut));
}

// Supplemental Palette Color Lookup Table (PS3.3 C.7.6.19), in grey images that are to be coloured
// in part.
void
add_colours (Record &r, const Dataset &set, bool is_signed) {
  std::string presentation = uid (set, 0x00089205);
  if ((presentation != "COLOR" && presentation != "MIXED") || !set.find (0x00281101))
    return;
  Palette palette = read_palette (set, is_signed);
  int64_t first = palette.channel[0].first;
  size_t n = palette.channel[0].entries.size ();
  std::vector<uint8_t> rgb;
  for (size_t i = 0; i < n; i++)
    for (const Palette::Channel &channel : palette.channel)
      rgb.push_back (channel.at (first + int64_t (i)));
  r.add (
      "SupplementalPalette",
      g_variant_new ("(i@ay)", gint32 (first),
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, rgb.data (), rgb.size (), 1)));
}

bool
is_lossy (const Dataset &set, const std::string &syntax) {
  // JPEG by the cosine transform loses something, whatever the header says: .50 to .56.
  return uid (set, 0x00282110) == "01" ||
         (syntax >= "1.2.840.10008.1.2.4.50" && syntax <= "1.2.840.10008.1.2.4.56");
}

} // namespace

GVariant *
reading (const File &file, const Image &image, uint32_t frame, const Decoded &decoded,
         SampleType type, std::vector<OverlayPlane> overlays) {
  const Dataset &set = file.data;
  Charset charset (set, Charset ());
  FunctionalGroups &groups = file.groups ();
  Record r;
  add_shape (r, decoded, type);
  add_spacing (r, set, groups, frame);
  r.add ("Lossy", g_variant_new_boolean (is_lossy (set, image.transfer_syntax)));
  const Dataset *shutter = groups.find (frame, 0x00189472); // Frame Display Shutter Sequence
  add_shutter (r, shutter ? *shutter : set, overlays);
  add_overlays (r, overlays);
  if (type == SampleType::RGB8)
    return r.end ();
  // MONOCHROME1 and an inverse presentation shape say the same thing: it is one inversion (PS3.3
  // C.11.6).
  bool inverse = image.photometric == "MONOCHROME1" || uid (set, 0x20500020) == "INVERSE";
  inverse = inverse && set.items (0x20500010).empty ();
  r.add ("Inverse", g_variant_new_boolean (inverse));
  if (!image.is_float)
    r.add ("BitsStored", g_variant_new_uint32 (decoded.stored));
  bool is_signed = add_modality (r, set, charset, groups, frame, decoded.is_signed);
  add_padding (r, set, decoded);
  add_real_world (r, set, charset, groups, frame, decoded.is_signed);
  add_pet (r, set);
  add_presentation_lut (r, set, charset);
  add_colours (r, set, decoded.is_signed);
  const Dataset *own = groups.find (frame, 0x00289132);
  const Dataset &voi = own ? *own : set;
  add_windows (r, voi, charset);
  add_voi_luts (r, voi, charset, is_signed);
  return r.end ();
}

GVariant *
plain_reading (const Decoded &decoded, SampleType type, bool lossy) {
  Record r;
  add_shape (r, decoded, type);
  r.add ("PixelAspect", real (1));
  r.add ("Lossy", g_variant_new_boolean (lossy));
  return r.end ();
}

} // namespace prc
