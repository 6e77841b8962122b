// SPDX-License-Identifier: Apache-2.0
// The concepts of segments. The pairs of old and new codes are those of published files: dcmqi's
// liver, the tumours of QIN-HEADNECK, TotalSegmentator's table.
#include "prc-codes.h"

#include <string.h>

// The last digit of a SNOMED CT identifier is a check digit (Verhoeff 1969, over the dihedral group
// D5): a code mistyped in one digit, or with two neighbours exchanged, is found out.
static unsigned
verhoeff (const char *digits) {
  static const uint8_t turned[10] = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
  unsigned check = 0;
  size_t length = strlen (digits);
  for (size_t i = 0; i < length; i++) {
    unsigned d = (unsigned)(digits[length - 1 - i] - '0');
    for (size_t k = 0; k < i % 8; k++)
      d = turned[d];
    // the product check * d in D5: 0 to 4 are rotations, 5 to 9 reflections
    if (check < 5)
      check = d < 5 ? (check + d) % 5 : 5 + (check + d) % 5;
    else
      check = d < 5 ? 5 + (check - d) % 5 : (check - d + 5) % 5;
  }
  return check;
}

static void
check_code (const PrcCode *code) {
  g_assert_cmpuint (strlen (code->value), <=, 16); // Code Value is an SH
  g_assert_cmpuint (strlen (code->meaning), <=, 64);
  if (strcmp (code->scheme, "SCT") == 0)
    g_assert_cmpuint (verhoeff (code->value), ==, 0);
}

static void
test_check_digit (void) {
  g_assert_cmpuint (verhoeff ("2363"), ==, 0); // the usual example: 236, check digit 3
  g_assert_cmpuint (verhoeff ("10200004"), ==, 0);
  g_assert_cmpuint (verhoeff ("10200005"), !=, 0);
  g_assert_cmpuint (verhoeff ("01200004"), !=, 0);
}

static void
test_table (void) {
  size_t n;
  const PrcConcept *types = prc_codes_types (&n);
  g_assert_cmpuint (n, >=, 120);
  for (size_t i = 0; i < n; i++) {
    check_code (&types[i].code);
    g_assert_cmpuint (types[i].category, <, PRC_N_CODE_CATEGORIES);
    if (i)
      g_assert_cmpuint (types[i - 1].category, <=, types[i].category);
    for (size_t k = 0; k < i; k++) {
      g_assert_cmpstr (types[i].code.value, !=, types[k].code.value);
      g_assert_cmpstr (types[i].code.meaning, !=, types[k].code.meaning);
      g_assert_true (!types[i].srt || g_strcmp0 (types[i].srt, types[k].srt) != 0);
    }
    g_assert_true (prc_codes_find_type (&types[i].code) == &types[i]);
  }
  for (unsigned i = 0; i < PRC_N_CODE_CATEGORIES; i++)
    check_code (prc_codes_category (i));
  const PrcCode *sides = prc_codes_sides (&n);
  for (size_t i = 0; i < n; i++)
    check_code (&sides[i]);
}

static void
test_old_codes (void) {
  static const struct {
    PrcCode code;
    const char *value;
  } cases[] = {
      {{"T-62000", "SRT", "Liver"}, "10200004"},
      {{"T-62000", "SNM3", "Liver"}, "10200004"},
      {{"T-D0050", "SRT", "Tissue"}, "85756007"},
      {{"M-01000", "SRT", "Morphologically Altered Structure"}, "49755003"},
      {{"M-80003", "SRT", "Neoplasm, Primary"}, "86049000"},
      {{"M-80006", "SRT", "Neoplasm, Secondary"}, "14799000"},
      {{"T-04000", "SRT", "Breast"}, "76752008"},
      {{"G-A101", "SRT", "Left"}, "7771000"},
      {{"15825003", "SCT", "Aorta"}, "15825003"},
      {{"39976000", "SCT", "C2"}, "39976000"},
      {{"125040", "DCM", "Background"}, "125040"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    const PrcCode *found = prc_codes_find (&cases[i].code);
    g_assert_nonnull (found);
    g_assert_cmpstr (found->value, ==, cases[i].value);
  }
}

static void
test_unknown (void) {
  static const PrcCode cases[] = {
      {"10200004", "SRT", "new code, old scheme"},
      {"T-62000", "SCT", "old code, new scheme"},
      {"10200004", "99MINE", "somebody's own"},
      {"", "", "nothing"},
      {"10200004", "", "no scheme"},
      {NULL, NULL, "nowhere"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_null (prc_codes_find (&cases[i]));
    g_assert_cmpstr (prc_codes_name (&cases[i]), ==, cases[i].meaning);
  }
  PrcCode none = {NULL, NULL, NULL};
  g_assert_cmpstr (prc_codes_name (&none), ==, "");
}

static void
test_segment_name (void) {
  PrcSegment segment = {.type = {"T-71000", "SRT", "KIDNEY, NOS"},
                        .type_modifier = {"7771000", "SCT", "left"}};
  g_autofree char *kidney = prc_codes_segment_name (&segment);
  g_assert_cmpstr (kidney, ==, "Kidney, Left");
  segment.type_modifier = (PrcCode){"", "", ""};
  g_autofree char *any = prc_codes_segment_name (&segment);
  g_assert_cmpstr (any, ==, "Kidney");
  segment.type = (PrcCode){"B-1000", "MRSC", "Something else"};
  g_autofree char *other = prc_codes_segment_name (&segment);
  g_assert_cmpstr (other, ==, "Something else");
  segment.type = (PrcCode){"", "", ""};
  g_autofree char *nothing = prc_codes_segment_name (&segment);
  g_assert_cmpstr (nothing, ==, "");
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codes/check-digit", test_check_digit);
  g_test_add_func ("/codes/table", test_table);
  g_test_add_func ("/codes/old-codes", test_old_codes);
  g_test_add_func ("/codes/unknown", test_unknown);
  g_test_add_func ("/codes/segment-name", test_segment_name);
  return g_test_run ();
}
