// SPDX-License-Identifier: Apache-2.0
// The table of transfer syntaxes, what is said of those that are not read, and objects that are no
// images in words.
#include <stdlib.h>
#include <string.h>

#include "prc-sop-class.h"
#include "prc-transfer-syntax.h"

// Row by row as the README shows it.
static void
test_readme (void) {
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "README.md", NULL),
                  *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  size_t n;
  const PrcTransferSyntax *table = prc_transfer_syntaxes (&n);
  const char *at = text;
  for (size_t i = 0; i < n; i++) {
    g_autofree char *row = g_strdup_printf ("| %s | %s | %s | %s |\n", table[i].uid, table[i].name,
                                            table[i].reader, table[i].carries);
    at = strstr (at, row);
    if (!at)
      g_test_message ("not in the README, or not in its place: %s", row);
    g_assert_nonnull (at);
    at += strlen (row);
  }
  g_assert_false (g_str_has_prefix (at, "| 1.2.")); // nor one too many
}

static int
compare_uids (const char *a, const char *b) {
  for (;;) {
    char *end_a, *end_b;
    unsigned long first = strtoul (a, &end_a, 10), second = strtoul (b, &end_b, 10);
    if (first != second)
      return first < second ? -1 : 1;
    if (*end_a != '.' || *end_b != '.')
      return *end_a - *end_b;
    a = end_a + 1;
    b = end_b + 1;
  }
}

// What the standard has (PS3.6 table A-1), none twice.
static void
test_table (void) {
  size_t n;
  const PrcTransferSyntax *table = prc_transfer_syntaxes (&n);
  for (size_t i = 0; i < n; i++) {
    const PrcTransferSyntax *s = &table[i];
    g_test_message ("%s", s->uid);
    g_assert_true (i == 0 || compare_uids (table[i - 1].uid, s->uid) < 0);
    g_assert_true (prc_transfer_syntax_find (s->uid) == s);
    g_assert_cmpstr (prc_transfer_syntax_name (s->uid), ==, s->name);
    g_assert_cmpint (strcmp (s->reader, "none") != 0, ==, prc_coding_is_read (s->coding));
    g_autofree char *refusal = prc_transfer_syntax_refusal (s->uid);
    g_assert_true ((refusal == NULL) == prc_coding_is_read (s->coding));
    g_assert_true (!refusal || (strstr (refusal, s->name) && !g_str_has_suffix (refusal, ".")));
  }
  static const char *const read[] = {
      "1.2.840.10008.1.2",       "1.2.840.10008.1.2.1",     "1.2.840.10008.1.2.1.99",
      "1.2.840.10008.1.2.2",     "1.2.840.10008.1.2.5",     "1.2.840.10008.1.2.4.50",
      "1.2.840.10008.1.2.4.51",  "1.2.840.10008.1.2.4.57",  "1.2.840.10008.1.2.4.70",
      "1.2.840.10008.1.2.4.80",  "1.2.840.10008.1.2.4.81",  "1.2.840.10008.1.2.4.90",
      "1.2.840.10008.1.2.4.91",  "1.2.840.10008.1.2.4.92",  "1.2.840.10008.1.2.4.93",
      "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112",
      "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202", "1.2.840.10008.1.2.4.203",
      "1.2.840.10008.1.2.8.1"};
  for (size_t i = 0; i < G_N_ELEMENTS (read); i++)
    g_assert_true (prc_coding_is_read (prc_transfer_syntax_coding (read[i])));
}

static void
assert_says (char *sentence, const char *first, const char *second) { // takes it
  g_test_message ("%s", sentence);
  g_assert_nonnull (strstr (sentence, first));
  g_assert_nonnull (strstr (sentence, second));
  g_assert_null (strchr (sentence, '\n'));
  g_assert_false (g_str_has_suffix (sentence, "."));
  g_free (sentence);
}

static void
test_refusals (void) {
  assert_says (prc_transfer_syntax_refusal ("1.2.840.10008.1.2.4.100"), "MPEG2", "video player");
  assert_says (prc_transfer_syntax_refusal ("1.2.840.10008.1.2.4.107"), "HEVC", "video player");
  assert_says (prc_transfer_syntax_refusal ("1.2.840.10008.1.2.4.94"), "JPIP", "server");
  assert_says (prc_transfer_syntax_refusal ("1.2.840.10008.1.2.7.1"), "SMPTE", "live");
  assert_says (prc_transfer_syntax_refusal ("1.2.840.10008.1.2.4.66"), "Hierarchical", "archive");
  assert_says (prc_transfer_syntax_refusal ("1.2.3.4"), "1.2.3.4", "not known");
}

static void
test_objects_in_words (void) {
  static const struct {
    const char *uid, *first, *second;
  } objects[] = {
      {"1.2.840.10008.5.1.4.1.1.104.1", "PDF", "gdcmraw"},
      {"1.2.840.10008.5.1.4.1.1.104.3", "STL", "gdcmraw"},
      {"1.2.840.10008.5.1.4.1.1.9.1.1", "electrocardiogram", "precedentctl dump"},
      {"1.2.840.10008.5.1.4.1.1.9.1.4", "electrocardiogram", "precedentctl dump"},
      {"1.2.840.10008.5.1.4.1.1.88.33", "structured report", "tag browser"},
      {"1.2.840.10008.5.1.4.1.1.88.59", "key object", "tag browser"},
      {"1.2.840.10008.5.1.4.1.1.11.1", "presentation state", "Window menu"},
      {"1.2.840.10008.5.1.4.1.1.481.3", "structure set", "its images"},
      {"1.2.840.10008.5.1.4.1.1.481.5", "RT plan", "tag browser"},
      {"1.2.840.10008.5.1.4.1.1.481.12", "radiotherapy", "tag browser"},
      {"1.2.840.10008.5.1.4.1.1.66", "raw data", "tag browser"},
      {"1.2.840.10008.5.1.4.1.1.66.4", "segmentation", "its images"},
      {"1.2.840.10008.5.1.4.1.1.4.2", "spectrum", "tag browser"},
      {"1.2.840.10008.1.3.10", "directory", "folder"},
      {"1.2.3.4.5", "1.2.3.4.5", "no picture"},
      {"", "OT", "no picture"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (objects); i++)
    assert_says (prc_sop_class_refusal (objects[i].uid, "OT"), objects[i].first, objects[i].second);
  assert_says (prc_sop_class_refusal ("", "SEG"), "NIfTI", "its images");
  // Images have no such words, but must have pixels.
  static const char *const images[] = {"2", "4", "7", "20", "128", "481.2", "12.1.1", "77.1.6"};
  for (size_t i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autofree char *uid = g_strconcat ("1.2.840.10008.5.1.4.1.1.", images[i], NULL);
    g_assert_null (prc_sop_class_words (uid));
    g_assert_cmphex (prc_sop_class_content (uid), ==, 0x7fe00010);
  }
  g_assert_cmphex (prc_sop_class_content ("1.2.840.10008.5.1.4.1.1.104.1"), ==, 0x00420011);
  g_assert_cmphex (prc_sop_class_content ("1.2.3"), ==, 0);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer-syntax/readme", test_readme);
  g_test_add_func ("/transfer-syntax/table", test_table);
  g_test_add_func ("/transfer-syntax/refusals", test_refusals);
  g_test_add_func ("/sop-class/objects-in-words", test_objects_in_words);
  return g_test_run ();
}
