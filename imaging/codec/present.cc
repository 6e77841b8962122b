// SPDX-License-Identifier: Apache-2.0
#include "present.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>

#include "file.h"
#include "luts.h"
#include "overlays.h"
#include "reading.h"
#include "values.h"

namespace prc {

namespace {

constexpr size_t MAX_FILE = 64 << 20;
constexpr uint32_t MAX_REFERENCES = 1 << 20;
constexpr Tag REFERENCED_IMAGES = 0x00081140;

// Kinds of presentation state, by the end of their SOP Class UID.
enum class Kind { GREY, COLOUR, PSEUDO_COLOUR, VARIABLE };

Kind
kind_of (const std::string &sop_class) {
  const std::string family = "1.2.840.10008.5.1.4.1.1.11.";
  if (sop_class.compare (0, family.size (), family) != 0)
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The file is no presentation state"));
  std::string last = sop_class.substr (family.size ());
  if (last == "1" || last == "5") // XA/XRF: the same, but for subtraction
    return Kind::GREY;
  if (last == "2")
    return Kind::COLOUR;
  if (last == "3")
    return Kind::PSEUDO_COLOUR;
  if (last == "12")
    return Kind::VARIABLE;
  fail (PRC_IMAGING_ERROR_ARGUMENT,
        _ ("Presentation states that blend images or cut volumes are not shown"));
}

GVariant *
pair (const std::vector<double> &v) {
  return g_variant_new ("(dd)", v[0], v[1]);
}

bool
are_finite (const std::vector<double> &v, size_t n) {
  for (double x : v)
    if (!std::isfinite (x))
      return false;
  return v.size () == n;
}

void
add_text (Record &r, const Dataset &set, const Charset &charset, Tag tag, const char *fallback,
          const char *key) {
  char kind[3] = {fallback[0], fallback[1], 0};
  r.add (key, text_of (set, charset, tag, vr (kind)));
}

// Every image it is about, of all series.
GVariant *
all_references (const Dataset &set, uint32_t &total) {
  List list ("a(sau)");
  for (const Dataset &series : set.items (0x00081115)) {
    GVariant *some = g_variant_ref_sink (references_variant (series, total));
    for (size_t i = 0; i < g_variant_n_children (some); i++) {
      GVariant *one = g_variant_get_child_value (some, i);
      list.add (one);
      g_variant_unref (one);
    }
    g_variant_unref (some);
  }
  return list.end ();
}

// PS3.4 N.2.1.2: a transformation that is not in the presentation state is the identity, whatever
// the image says.
double
add_rescale (Record &r, const Dataset &set, const Charset &charset) {
  double slope = number (set, 0x00281053, vr ("DS"), 1),
         intercept = number (set, 0x00281052, vr ("DS"), 0);
  std::string type = uid (set, 0x00281054);
  r.add ("RescaleSlope", g_variant_new_double (slope == 0 ? 1 : slope));
  r.add ("RescaleIntercept", g_variant_new_double (intercept));
  r.add ("Units", type == "US" ? std::string () : type);
  std::vector<Dataset> tables = set.items (0x00283000);
  Lut lut;
  if (!tables.empty ()) {
    if (!read_lut (tables[0], "", false, lut))
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The modality lookup table is damaged"));
    r.add ("ModalityLUT", lut_variant (lut));
  }
  return intercept;
}

GVariant *
variable_rescales (const Dataset &set, const Charset &charset, uint32_t &total) {
  List list ("aa{sv}");
  for (const Dataset &item : set.items (0x00283001)) {
    Record r;
    r.add ("References", references_variant (item, total));
    add_rescale (r, item, charset);
    list.add (r.end ());
  }
  return list.end ();
}

// PS3.3 C.11.8: an item without references is for all images.
GVariant *
softcopy_vois (const Dataset &set, const Charset &charset, double intercept, uint32_t &total) {
  List list ("aa{sv}");
  for (const Dataset &item : set.items (0x00283110)) {
    Record r;
    r.add ("References", references_variant (item, total));
    add_windows (r, item, charset);
    add_voi_luts (r, item, charset, intercept < 0);
    list.add (r.end ());
  }
  return list.end ();
}

// PS3.3 C.11.6. Photometric Interpretation does not count any more (PS3.4 N.2.1.4).
void
add_presentation_lut (Record &r, const Dataset &set, const Charset &charset) {
  std::vector<Dataset> tables = set.items (0x20500010);
  Lut lut;
  r.add ("Inverse", g_variant_new_boolean (uid (set, 0x20500020) == "INVERSE"));
  if (tables.empty ())
    return;
  if (!read_lut (tables[0], text_of (tables[0], charset, 0x00283003, vr ("LO")), false, lut))
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The presentation lookup table is damaged"));
  r.add ("PresentationLUT", lut_variant (lut));
}

// Its own shutter and overlays; of the overlays only those that it activates (PS3.3 C.11.7), be
// they its own or the image's.
void
add_layout (Record &r, const Dataset &set, const Charset &charset) {
  std::vector<OverlayPlane> planes = read_overlays (set, charset, 0, nullptr);
  List active ("aq");
  Record layout;
  add_shutter (layout, set, planes);
  for (unsigned group = 0x6000; group <= 0x60FE; group += 2) {
    if (!uid (set, Tag (group) << 16 | 0x1001).empty ())
      active.add (g_variant_new_uint16 (guint16 (group)));
    else
      planes.erase (std::remove_if (planes.begin (), planes.end (),
                                    [&] (const OverlayPlane &p) { return p.group == group; }),
                    planes.end ());
  }
  add_overlays (layout, planes);
  r.add ("Layout", layout.end ());
  r.add ("ActiveOverlays", active.end ());
}

GVariant *
grey_reading (const Dataset &set, const Charset &charset, Kind kind, double &intercept) {
  Record r;
  intercept = 0;
  if (kind == Kind::GREY || kind == Kind::PSEUDO_COLOUR)
    intercept = add_rescale (r, set, charset);
  if (kind == Kind::GREY || kind == Kind::VARIABLE)
    add_presentation_lut (r, set, charset);
  else if (kind == Kind::PSEUDO_COLOUR) // colours follow the VOI transformation
    r.add ("Inverse", g_variant_new_boolean (FALSE));
  return r.end ();
}

// PS3.3 C.10.4.
GVariant *
displayed_area (const Dataset &item, uint32_t &total) {
  std::vector<double> first = numbers (item, 0x00700052, vr ("SL")),
                      last = numbers (item, 0x00700053, vr ("SL"));
  std::vector<double> spacing = numbers (item, 0x00700101, vr ("DS")),
                      aspect = numbers (item, 0x00700102, vr ("IS"));
  if (!are_finite (first, 2) || !are_finite (last, 2))
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("A displayed area has no corners"));
  Record r;
  r.add ("References", references_variant (item, total));
  r.add ("TopLeft", pair (first));
  r.add ("BottomRight", pair (last));
  r.add ("SizeMode", uid (item, 0x00700100));
  if (are_finite (spacing, 2) && spacing[0] > 0 && spacing[1] > 0)
    r.add ("Spacing", pair (spacing));
  if (are_finite (aspect, 2) && aspect[0] > 0 && aspect[1] > 0)
    r.add ("Aspect", g_variant_new_double (aspect[0] / aspect[1]));
  r.add ("Magnification", g_variant_new_double (number (item, 0x00700103, vr ("FL"), 0)));
  return r.end ();
}

GVariant *
displayed_areas (const Dataset &set, uint32_t &total) {
  List list ("aa{sv}");
  for (const Dataset &item : set.items (0x0070005A))
    list.add (displayed_area (item, total));
  return list.end ();
}

// PS3.3 C.10.6.
void
add_turn (Record &r, const Dataset &set) {
  double degrees = number (set, 0x00700042, vr ("US"), 0);
  if (degrees < 0 || degrees > 270 || std::fmod (degrees, 90) != 0)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("A rotation by %.0f degrees is none of quarters"), degrees);
  r.add ("QuarterTurns", g_variant_new_uint32 (unsigned (degrees / 90)));
  r.add ("Flip", g_variant_new_boolean (uid (set, 0x00700041) == "Y"));
}

GVariant *
strings (const std::vector<std::string> &all) {
  List list ("as");
  for (const std::string &s : all)
    g_variant_builder_add (list.builder (), "s", s.c_str ());
  return list.end ();
}

void
add_identity (Record &r, const Dataset &set, const Charset &charset) {
  r.add ("SOPInstanceUID", uid (set, 0x00080018));
  r.add ("StudyInstanceUID", uid (set, 0x0020000D));
  add_text (r, set, charset, 0x00700080, "CS", "ContentLabel");
  add_text (r, set, charset, 0x00700081, "LO", "ContentDescription");
  r.add ("PresentationCreationDate", uid (set, 0x00700082));
  r.add ("PresentationCreationTime", uid (set, 0x00700083));
}

} // namespace

GVariant *
references_variant (const Dataset &item, uint32_t &total) {
  List list ("a(sau)");
  for (const Dataset &image : item.items (REFERENCED_IMAGES)) {
    std::vector<double> frames = numbers (image, 0x00081160, vr ("IS"));
    total += 1 + uint32_t (frames.size ());
    if (total > MAX_REFERENCES) {
      fail (PRC_IMAGING_ERROR_TOO_LARGE,
            _ ("The presentation state refers to more than %u images and frames"), MAX_REFERENCES);
    }
    g_variant_builder_open (list.builder (), G_VARIANT_TYPE ("(sau)"));
    g_variant_builder_add (list.builder (), "s", uid (image, 0x00081155).c_str ());
    g_variant_builder_open (list.builder (), G_VARIANT_TYPE ("au"));
    for (double frame : frames)
      if (frame >= 1 && frame <= 4294967295.0)
        g_variant_builder_add (list.builder (), "u", uint32_t (frame - 1));
    g_variant_builder_close (list.builder ());
    g_variant_builder_close (list.builder ());
  }
  return list.end ();
}

GVariant *
present (Bytes bytes) {
  if (bytes.size > MAX_FILE)
    fail (PRC_IMAGING_ERROR_TOO_LARGE, _ ("The presentation state is larger than %u MiB"),
          unsigned (MAX_FILE >> 20));
  File file;
  read_file (bytes, Until::PIXELS, file);
  const Dataset &set = file.data;
  std::string sop_class = uid (set, 0x00080016);
  Kind kind = kind_of (sop_class.empty () ? uid (file.meta, 0x00020002) : sop_class);
  Charset charset (set, Charset ());
  std::vector<std::string> notes;
  uint32_t total = 0;
  double intercept;
  Record r;
  add_identity (r, set, charset);
  r.add ("References", all_references (set, total));
  r.add ("Grey", g_variant_new_boolean (kind != Kind::COLOUR));
  add_layout (r, set, charset);
  r.add ("Reading", grey_reading (set, charset, kind, intercept));
  if (kind == Kind::VARIABLE)
    r.add ("Rescales", variable_rescales (set, charset, total));
  r.add ("VOIs", softcopy_vois (set, charset, intercept, total));
  if (kind == Kind::PSEUDO_COLOUR) {
    r.add ("PaletteUID", uid (set, 0x00281199));
    if (uid (set, 0x00281199).empty ())
      notes.push_back (_ ("A colour table that is none of the well-known ones is not applied"));
  }
  r.add ("Areas", displayed_areas (set, total));
  add_turn (r, set);
  add_graphics (r, set, charset, total, notes);
  if (set.find (0x00286100))
    notes.push_back (_ ("Mask subtraction is not done"));
  r.add ("Notes", strings (notes));
  return r.end ();
}

} // namespace prc
