// SPDX-License-Identifier: Apache-2.0
// Diagnoses compared, counted, and what may be concluded of the counts.
#include "prc-tally.h"

#include <string.h>

static void
test_key (void) {
  static const struct {
    const char *text, *key;
  } texts[] = {
      {"Organising pneumonia", "organising pneumonia"},
      {"  ORGANISING \t\n pneumonia ", "organising pneumonia"},
      {"Organising\u00a0pneumonia", "organising pneumonia"},        // blank that does not break
      {"\uff28\uff23\uff23\u3000\u809d\u764c", "hcc \u809d\u764c"}, // full-width letters and blank
      {"GRO\u00dfZELLIG", "grosszellig"},
      {"U\u0308berbein", "\u00fcberbein"}, // two characters that are one letter
      {"", ""},
      {" \t", ""},
      {"-", ""},
      {"?", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *key = prc_diagnosis_key (texts[i].text);
    g_assert_cmpstr (key, ==, texts[i].key);
  }
  g_autofree char *broken = prc_diagnosis_key ("caf\xe9 \xff");
  g_assert_true (g_utf8_validate (broken, -1, NULL));
}

static PrcDiagnoses *
diagnoses_of (const char *const *texts) { // of cases 1, 2, ...
  PrcDiagnoses *diagnoses = prc_diagnoses_new ();
  for (gint64 i = 0; texts[i]; i++) {
    prc_diagnoses_add (diagnoses, i + 1, texts[i], NULL);
    prc_diagnoses_add_series (diagnoses, 10 * (i + 1)); // two of each
    prc_diagnoses_add_series (diagnoses, 10 * (i + 1) + 1);
  }
  return diagnoses;
}

static void
test_diagnoses (void) {
  static const char *const texts[] = {"Glioma ", " GLIOMA", "", "Cyst", "?", "cyst", NULL};
  g_autoptr (PrcDiagnoses) diagnoses = diagnoses_of (texts);
  const guint glioma = prc_diagnoses_of_case (diagnoses, 2);
  const guint cyst = prc_diagnoses_of_case (diagnoses, 6);
  guint n_of[3];
  g_assert_cmpuint (prc_diagnoses_n (diagnoses), ==, 2);
  g_assert_cmpuint (glioma, !=, 0);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 1), ==, glioma);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 4), ==, cyst);
  g_assert_cmpuint (cyst, !=, glioma);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 3), ==, 0);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 5), ==, 0);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 99), ==, 0);
  g_assert_cmpuint (prc_diagnoses_count (diagnoses, NULL, n_of), ==, 6);
  g_assert_cmpuint (n_of[glioma], ==, 2);
  g_assert_cmpuint (n_of[cyst], ==, 2);
  g_assert_cmpuint (n_of[0], ==, 2);
  g_assert_cmpstr (prc_diagnoses_words (diagnoses, glioma), ==, "Glioma");
}

// By code whatever the words; by words where there is no code, whichever came first.
static void
test_codes (void) {
  g_autoptr (PrcDiagnoses) diagnoses = prc_diagnoses_new ();
  prc_diagnoses_add (diagnoses, 1, "Organising pneumonia", NULL);
  prc_diagnoses_add (diagnoses, 2, "organising  pneumonia", "SCT:719218000");
  prc_diagnoses_add (diagnoses, 3, "COP", "sct:719218000");
  prc_diagnoses_add (diagnoses, 4, "cop", "");
  prc_diagnoses_add (diagnoses, 5, "COP", "I10:J84.116"); // in another scheme
  prc_diagnoses_add (diagnoses, 6, "", "I10:J84.116");
  prc_diagnoses_add (diagnoses, 7, "Pneumonia", "SCT:233604007");
  const guint one = prc_diagnoses_of_case (diagnoses, 1);
  g_assert_cmpuint (one, !=, 0);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 2), ==, one);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 3), ==, one);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 4), ==, one);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 5), ==, one);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 6), ==, one);
  g_assert_cmpuint (prc_diagnoses_of_case (diagnoses, 7), !=, one);
}

// scipy.stats.binomtest (n, of).proportion_ci (method='wilson'), scipy 1.10
static void
test_interval (void) {
  static const struct {
    guint n, of;
    double low, high;
  } known[] = {
      {7, 10, 0.396778147461, 0.892208732594},   {0, 10, 0.000000000000, 0.277532799863},
      {10, 10, 0.722467200137, 1.000000000000},  {1, 1, 0.206549314377, 1.000000000000},
      {0, 1, 0.000000000000, 0.793450685623},    {3, 10, 0.107791267406, 0.603221852539},
      {1, 30, 0.005908590382, 0.166703909914},   {110, 150, 0.657385499511, 0.797628386451},
      {50, 100, 0.403831530366, 0.596168469634}, {999, 1000, 0.994357441402, 0.999823453629},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    double low, high;
    prc_tally_interval (known[i].n, known[i].of, &low, &high);
    g_assert_cmpfloat_with_epsilon (low, known[i].low, 1e-9);
    g_assert_cmpfloat_with_epsilon (high, known[i].high, 1e-9);
  }
  double low = 7, high = 7;
  prc_tally_interval (0, 0, &low, &high);
  g_assert_cmpfloat (low, ==, 0);
  g_assert_cmpfloat (high, ==, 1);
}

// 12 cases: 4 A, 3 B, 2 C, 1 D, 2 without.
static const char *const library[] = {"A", "A", "A", "A", "B", "B", "B",
                                      "C", "C", "D", "",  "",  NULL};

static void
test_lines (void) {
  g_autoptr (PrcDiagnoses) diagnoses = diagnoses_of (library);
  const gint64 nearest[] = {8, 5, 1, 11, 2, 9, 3, 10, 6, 4, 7, 12}; // the last two do not count
  g_autoptr (PrcTally) tally = prc_tally_new (diagnoses, nearest, G_N_ELEMENTS (nearest), NULL);
  static const struct {
    const char *diagnosis;
    guint n, n_library;
  } lines[] = {{"A", 4, 4}, {"C", 2, 2}, {"B", 2, 3}, {"D", 1, 1}}; // C is nearer than B

  g_assert_cmpuint (tally->n_cases, ==, 10);
  g_assert_cmpuint (tally->n_without, ==, 1);
  g_assert_cmpuint (tally->n_library, ==, 12);
  g_assert_cmpuint (tally->n_lines, ==, G_N_ELEMENTS (lines));
  for (guint i = 0; i < tally->n_lines; i++) {
    g_assert_cmpstr (tally->lines[i].diagnosis, ==, lines[i].diagnosis);
    g_assert_cmpuint (tally->lines[i].n, ==, lines[i].n);
    g_assert_cmpuint (tally->lines[i].n_library, ==, lines[i].n_library);
  }
  g_assert_null (tally->leads);
  g_assert_cmpfloat_with_epsilon (prc_tally_share (tally, tally->lines), 0.4, 1e-12);
  g_assert_cmpfloat_with_epsilon (prc_tally_base (tally, tally->lines), 4.0 / 12, 1e-12);
  g_assert_false (prc_tally_exceeds (tally, tally->lines)); // [0.17, 0.69] has a third within
}

static void
test_scope (void) {
  g_autoptr (PrcDiagnoses) diagnoses = diagnoses_of (library);
  // Of an A, of one without, and one of two of a B, which can be found by its other.
  g_autoptr (PrcSeriesSet) out = prc_series_set_new ((int64_t[]){30, 31, 120, 121, 51, 77}, 6);
  g_autoptr (PrcSeriesSet) keep = prc_series_set_new ((int64_t[]){10, 21, 30, 50, 110}, 5);
  const gint64 nearest[] = {1, 5};
  const PrcIndexScope left_out = {.left_out = out}, both = {keep, out};
  g_autoptr (PrcTally) most = prc_tally_new (diagnoses, nearest, 2, &left_out);
  g_autoptr (PrcTally) few = prc_tally_new (diagnoses, nearest, 2, &both);
  g_assert_cmpuint (most->n_library, ==, 10);
  g_assert_cmpuint (most->n_lines, ==, 2);
  g_assert_cmpuint (most->lines[0].n_library, ==, 3); // A
  g_assert_cmpuint (most->lines[1].n_library, ==, 3); // B
  g_assert_false (most->filtered);
  g_assert_cmpuint (few->n_library, ==, 4); // 1, 2, 5 and 11
  g_assert_cmpuint (few->lines[0].n_library, ==, 2);
  g_assert_cmpuint (few->lines[1].n_library, ==, 1);
  g_assert_true (few->filtered);
  g_assert_false (prc_diagnoses_within (diagnoses, 3, &left_out));
  g_assert_true (prc_diagnoses_within (diagnoses, 5, &left_out)); // by its other series
  g_assert_false (prc_diagnoses_within (diagnoses, 6, &both));
  g_assert_false (prc_diagnoses_within (diagnoses, 99, &left_out));
}

// Of the library, in which 200 cases more make each of its diagnoses rare.
static PrcTally *
tally_among_many (const gint64 *nearest, guint n) {
  g_autoptr (PrcDiagnoses) diagnoses = diagnoses_of (library);
  for (gint64 i = 0; i < 200; i++)
    prc_diagnoses_add (diagnoses, 100 + i, "Z", NULL);
  return prc_tally_new (diagnoses, nearest, n, NULL);
}

static void
test_leads (void) {
  static const struct {
    guint n;
    gint64 nearest[4];
    gboolean leads;
  } tallies[] = {
      {0, {0}, FALSE},           {1, {1}, FALSE}, // one is no tally
      {2, {11, 12}, FALSE},                       // nor is none
      {4, {1, 5, 2, 6}, FALSE},                   // two of two
      {3, {1, 5, 2}, TRUE},                       // two, one
      {4, {11, 12, 8, 9}, TRUE},                  // those without do not compete
      {3, {100, 101, 1}, FALSE},                  // two of what most are
  };
  for (gsize i = 0; i < G_N_ELEMENTS (tallies); i++) {
    g_autoptr (PrcTally) tally = tally_among_many (tallies[i].nearest, tallies[i].n);
    g_assert_true (tally->leads == (tallies[i].leads ? tally->lines : NULL));
  }
}

static void
test_differs (void) {
  g_autoptr (PrcTally) tally = tally_among_many ((gint64[]){1, 2, 5}, 3);
  g_assert_true (prc_tally_differs (tally, 5));
  g_assert_true (prc_tally_differs (tally, 8)); // not among the nearest
  g_assert_false (prc_tally_differs (tally, 3));
  g_assert_false (prc_tally_differs (tally, 11)); // without
  g_assert_false (prc_tally_differs (tally, 9999));
  g_autoptr (PrcTally) none = tally_among_many ((gint64[]){1}, 1);
  g_assert_false (prc_tally_differs (none, 5));
}

// "7 of 10; 4 % of the library": the case in point.
static void
test_exceeds (void) {
  g_autoptr (PrcDiagnoses) diagnoses = prc_diagnoses_new ();
  gint64 nearest[10];
  for (gint64 i = 0; i < 200; i++)
    prc_diagnoses_add (diagnoses, i, i < 8 ? "Organising pneumonia" : "Normal", NULL);
  for (gint64 i = 0; i < 10; i++)
    nearest[i] = i < 7 ? i : 100 + i;
  g_autoptr (PrcTally) tally = prc_tally_new (diagnoses, nearest, 10, NULL);
  g_assert_cmpfloat_with_epsilon (prc_tally_base (tally, &tally->lines[0]), 0.04, 1e-12);
  g_assert_true (prc_tally_exceeds (tally, &tally->lines[0]));
  g_assert_false (prc_tally_exceeds (tally, &tally->lines[1])); // 3 of 10 of what 96 % are
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tally/key", test_key);
  g_test_add_func ("/tally/diagnoses", test_diagnoses);
  g_test_add_func ("/tally/codes", test_codes);
  g_test_add_func ("/tally/interval", test_interval);
  g_test_add_func ("/tally/lines", test_lines);
  g_test_add_func ("/tally/scope", test_scope);
  g_test_add_func ("/tally/leads", test_leads);
  g_test_add_func ("/tally/differs", test_differs);
  g_test_add_func ("/tally/exceeds", test_exceeds);
  return g_test_run ();
}
