// SPDX-License-Identifier: Apache-2.0
// The data dictionary: rows as PS3.6 (2022b) prints them.
#include "prc-dictionary.h"

typedef struct {
  uint32_t tag;
  const char *vr, *keyword, *name;
} Row;

static void
check (const Row *row) {
  PrcDictionaryEntry entry;
  g_assert_true (prc_dictionary_lookup (row->tag, &entry));
  g_assert_cmpstr (entry.vr, ==, row->vr);
  g_assert_cmpstr (entry.keyword, ==, row->keyword);
  g_assert_cmpstr (entry.name, ==, row->name);
}

static void
test_rows (void) { // the first and the last, a quotation mark, a name that begins with a digit
  static const Row rows[] = {
      {0x00020010, "UI", "TransferSyntaxUID", "Transfer Syntax UID"},
      {0x00080005, "CS", "SpecificCharacterSet", "Specific Character Set"},
      {0x00100010, "PN", "PatientName", "Patient's Name"},
      {0x00280010, "US", "Rows", "Rows"},
      {0x300A00B0, "SQ", "BeamSequence", "Beam Sequence"},
      {0x00686450, "FD", "TwoDMatingPoint", "2D Mating Point"},
      {0x7FE00010, "OW", "PixelData", "Pixel Data"},
      {0xFFFCFFFC, "OB", "DataSetTrailingPadding", "Data Set Trailing Padding"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    check (&rows[i]);
}

static void
test_sign_decides (void) {
  static const Row rows[] = {
      {0x00280106, "xs", "SmallestImagePixelValue", "Smallest Image Pixel Value"},
      {0x00283002, "xs", "LUTDescriptor", "LUT Descriptor"},
      {0x00283006, "OW", "LUTData", "LUT Data"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    check (&rows[i]);
}

static void
test_repeating_groups (void) { // PS3.5 7.6
  static const Row rows[] = {
      {0x60000010, "US", "OverlayRows", "Overlay Rows"},
      {0x601E0010, "US", "OverlayRows", "Overlay Rows"},
      {0x60023000, "OW", "OverlayData", "Overlay Data"},
      {0x50040005, "US", "CurveDimensions", "Curve Dimensions"},
      {0x00203145, "CS", "SourceImageIDs", "Source Image IDs"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    check (&rows[i]);
}

static void
test_private (void) { // PS3.5 7.8: odd groups, 0010-00FF reserve blocks
  PrcDictionaryEntry entry;
  check (&(Row){0x00290010, "LO", "PrivateCreator", "Private Creator"});
  check (&(Row){0x002900FF, "LO", "PrivateCreator", "Private Creator"});
  g_assert_false (prc_dictionary_lookup (0x00291010, &entry));
  g_assert_cmpstr (entry.vr, ==, "UN");
  g_assert_cmpstr (entry.keyword, ==, "");
  g_assert_true (prc_dictionary_is_private (0x00291010));
  g_assert_false (prc_dictionary_is_private (0x00280010));
  // Not Overlay Rows, although only the last digit of the group differs.
  g_assert_false (prc_dictionary_lookup (0x60011010, &entry));
}

static void
test_group_lengths (void) {
  check (&(Row){0x00080000, "UL", "GroupLength", "Group Length"});
  check (&(Row){0x00290000, "UL", "GroupLength", "Group Length"});
}

static void
test_unknown (void) {
  PrcDictionaryEntry entry;
  g_assert_false (prc_dictionary_lookup (0x00080FFF, &entry));
  g_assert_false (prc_dictionary_lookup (0xFFFFFFFF, &entry));
  g_assert_cmpstr (entry.name, ==, "");
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dictionary/rows", test_rows);
  g_test_add_func ("/dictionary/sign-decides", test_sign_decides);
  g_test_add_func ("/dictionary/repeating-groups", test_repeating_groups);
  g_test_add_func ("/dictionary/private", test_private);
  g_test_add_func ("/dictionary/group-lengths", test_group_lengths);
  g_test_add_func ("/dictionary/unknown", test_unknown);
  return g_test_run ();
}
