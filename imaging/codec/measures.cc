// SPDX-License-Identifier: Apache-2.0
#include "measures.h"

#include <cmath>

#include "values.h"

namespace prc {

namespace {

constexpr size_t MAX_MAPPINGS = 16, MAX_TABLE = 65536;

// The code of the unified system for units of measure, which has a meaning by itself; of another
// scheme what the code means.
std::string
units_of (const Dataset &mapping, const Charset &charset) {
  std::vector<Dataset> code = mapping.items (0x004008EA);
  if (code.empty ())
    return "";
  bool ucum = uid (code[0], 0x00080102) == "UCUM";
  std::string value = text_of (code[0], charset, 0x00080100, vr ("SH"));
  std::string meaning = text_of (code[0], charset, 0x00080104, vr ("LO"));
  return ucum && !value.empty () ? value : meaning;
}

// An end of the range of stored values: as a double for floating point pixels, else of their sign.
double
end_of_range (const Dataset &mapping, Tag integer, Tag real, bool is_signed) {
  double v = number (mapping, integer, is_signed ? vr ("SS") : vr ("US"), NAN);
  return std::isfinite (v) ? v : number (mapping, real, vr ("FD"), NAN);
}

// False when it maps nothing.
bool
add_mapping (GVariantBuilder *b, const Dataset &m, const Charset &charset, bool is_signed) {
  double first = end_of_range (m, 0x00409216, 0x00409214, is_signed);
  double last = end_of_range (m, 0x00409211, 0x00409213, is_signed);
  double slope = number (m, 0x00409225, vr ("FD"), NAN);
  double intercept = number (m, 0x00409224, vr ("FD"), NAN);
  std::vector<double> table = numbers (m, 0x00409212, vr ("FD"));
  if (table.size () > MAX_TABLE || !std::isfinite (first) || !std::isfinite (last) || last < first)
    return false;
  if (table.empty () && (!std::isfinite (slope) || !std::isfinite (intercept)))
    return false;
  g_variant_builder_add (b, "(dddd@adsss)", first, last, slope, intercept,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, table.data (),
                                                    table.size (), sizeof (double)),
                         text_of (m, charset, 0x00409210, vr ("SH")).c_str (),
                         text_of (m, charset, 0x00283003, vr ("LO")).c_str (),
                         units_of (m, charset).c_str ());
  return true;
}

void
add_text (Record &r, const char *keyword, const Dataset &set, Tag tag) {
  std::string text = uid (set, tag);
  if (!text.empty ())
    r.add (keyword, text.substr (0, 256));
}

void
add_real (Record &r, const char *keyword, const Dataset &set, Tag tag) {
  double v = number (set, tag, vr ("DS"), NAN);
  if (std::isfinite (v))
    r.add (keyword, g_variant_new_double (v));
}

// The tag of a private element (PS3.5 7.8.1) in the block that `creator` has reserved, or 0.
Tag
private_tag (const Dataset &set, uint16_t group, const char *creator, uint8_t element) {
  for (const Element &e : set.elements)
    if (e.tag >> 16 == group && (e.tag & 0xFFFF) >= 0x10 && (e.tag & 0xFFFF) <= 0xFF &&
        ascii (e) == creator)
      return Tag (group) << 16 | (e.tag & 0xFF) << 8 | element;
  return 0;
}

void
add_injection (Record &r, const Dataset &set) {
  std::vector<Dataset> items = set.items (0x00540016); // Radiopharmaceutical Information Sequence
  if (items.size () != 1)
    return; // of several it is not told which one the decay was corrected for
  add_text (r, "RadiopharmaceuticalStartDateTime", items[0], 0x00181078);
  add_text (r, "RadiopharmaceuticalStartTime", items[0], 0x00181072);
  add_real (r, "RadionuclideTotalDose", items[0], 0x00181074);
  add_real (r, "RadionuclideHalfLife", items[0], 0x00181075);
}

void
add_private (Record &r, const Dataset &set) {
  if (Tag tag = private_tag (set, 0x0009, "GEMS_PETD_01", 0x0D))
    add_text (r, "GEScanDateTime", set, tag);
  if (Tag tag = private_tag (set, 0x7053, "Philips PET Private Group", 0x00))
    add_real (r, "PhilipsSUVFactor", set, tag);
  if (Tag tag = private_tag (set, 0x7053, "Philips PET Private Group", 0x09))
    add_real (r, "PhilipsActivityFactor", set, tag);
}

} // namespace

void
add_real_world (Record &reading, const Dataset &set, const Charset &charset,
                FunctionalGroups &groups, uint32_t frame, bool is_signed) {
  std::vector<Dataset> mappings = groups.items (frame, 0x00409096);
  if (mappings.empty ())
    mappings = set.items (0x00409096);
  GVariantBuilder b;
  g_variant_builder_init (&b, G_VARIANT_TYPE ("a(ddddadsss)"));
  size_t n = 0;
  for (const Dataset &mapping : mappings)
    if (n < MAX_MAPPINGS && add_mapping (&b, mapping, charset, is_signed))
      n++;
  GVariant *all = g_variant_ref_sink (g_variant_builder_end (&b));
  if (n)
    reading.add ("RealWorldValues", all);
  g_variant_unref (all);
}

void
add_pet (Record &reading, const Dataset &set) {
  if (uid (set, 0x00080060) != "PT")
    return;
  Record pet;
  add_text (pet, "SeriesDate", set, 0x00080021);
  add_text (pet, "AcquisitionDate", set, 0x00080022);
  add_text (pet, "SeriesTime", set, 0x00080031);
  add_text (pet, "AcquisitionTime", set, 0x00080032);
  add_text (pet, "CorrectedImage", set, 0x00280051);
  add_text (pet, "Units", set, 0x00541001);
  add_text (pet, "SUVType", set, 0x00541006);
  add_text (pet, "DecayCorrection", set, 0x00541102);
  add_real (pet, "PatientWeight", set, 0x00101030);
  add_real (pet, "ActualFrameDuration", set, 0x00181242);
  add_real (pet, "FrameReferenceTime", set, 0x00541300);
  add_injection (pet, set);
  add_private (pet, set);
  reading.add ("PET", pet.end ());
}

} // namespace prc
