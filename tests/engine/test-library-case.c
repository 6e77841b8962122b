// SPDX-License-Identifier: Apache-2.0
// What the library knows of a case besides its slices: words, tags, codes, the patient's sex and
// age, planes; finding cases by their words; the books.
#include "prc-library.h"

#include <string.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-age.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-words.h"

typedef struct {
  char *folder, *path;
  PrcLibrary *library;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  fixture->path = library_fixture_path (&fixture->folder);
  fixture->library = prc_library_open (fixture->path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  prc_library_close (fixture->library);
  prc_fixture_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
assert_sound (PrcLibrary *library) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, &error);
  g_assert_no_error (error);
  if (problems->len > 0)
    g_test_message ("%s", (char *)problems->pdata[0]);
  g_assert_cmpuint (problems->len, ==, 0);
}

// --- ages: PS3.5 6.2 and a calendar

static void
test_age_text (void) {
  static const struct {
    const char *age, *birth, *study, *expected;
  } rows[] = {
      {"045Y", "19500101", "20260101", "045Y"}, // what the file says comes first
      {"45y", "", "", "045Y"},
      {"006M", "", "", "006M"},
      {"", "19800229", "20250228", "044Y"}, // the birthday is on the first of March
      {"", "19800229", "20250301", "045Y"},
      {"", "19800229", "20240229", "044Y"},
      {"", "1980.03.01", "20200301", "040Y"}, // as of old
      {"", "20240101", "20240131", "030D"},
      {"", "20240101", "20240301", "002M"},
      {"", "20240115", "20260114", "023M"},
      {"", "20240115", "20260115", "002Y"},
      {"", "20260102", "20260101", ""}, // not born yet
      {"", "18000101", "20260101", ""},
      {"", "19801301", "20260101", ""},
      {"", "19800101", "", ""},
      {"old", "", "", ""},
      {"0045Y", "", "", ""},
      {"Y", "", "", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *age = prc_age_text (rows[i].age, rows[i].birth, rows[i].study);
    g_assert_cmpstr (age, ==, rows[i].expected);
  }
}

static void
test_age_days (void) {
  g_assert_cmpint (prc_age_days ("010D"), ==, 10);
  g_assert_cmpint (prc_age_days ("003W"), ==, 21);
  g_assert_cmpint (prc_age_days ("024M"), ==, prc_age_days ("002Y"));
  g_assert_cmpint (prc_age_days ("040Y"), ==, 14610); // 40 * 365.25
  g_assert_cmpint (prc_age_days ("041Y"), ==, prc_age_days_of_years (41));
  g_assert_cmpint (prc_age_days (""), ==, -1);
  g_assert_cmpint (prc_age_days ("45"), ==, -1);
}

// --- words for the index

static void
test_split_words (void) {
  static const struct {
    const char *text, *query;
  } rows[] = {
      {"lung nodule", "\"lung\"* \"nodule\"*"},
      {"结节", "\" 结  节 \"*"},
      {"CT结节", "\"CT 结  节 \"*"},
      {"ＣＴ　肺", "\"CT\"* \" 肺 \"*"},                         // full width is as good
      {"a\"b OR NEAR(x)", "\"a\"* \"b\"* \"OR\"* \"NEAR(x)\"*"}, // nothing of it is an operator
      {" -- \" ", ""},
      {"", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *query = prc_library_words_query (rows[i].text);
    g_assert_cmpstr (query, ==, rows[i].query);
  }
}

static gint64
add (PrcLibrary *library, guint number, const PrcCaseText *text, const char *record,
     GError **error) {
  g_autofree char *path = g_strdup_printf ("/cases/%u/1.dcm", number);
  g_autofree char *whole = g_strdup_printf (
      "{'SOPInstanceUID': <'2.25.%u.1'>, 'StudyInstanceUID': <'2.25.%u'>, 'PatientID': <'P%u'>,"
      " 'SeriesInstanceUID': <'2.25.%u.2'>, 'Rows': <[16.0]>, 'Columns': <[16.0]>,"
      " 'IsImage': <true>, %s}",
      number, number, number, number, record);
  g_autoptr (PrcInstance) instance = prc_fixture_instance (path, whole);
  g_autoptr (GPtrArray) series = prc_series_group (&instance, 1);
  float vector[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (number, 0, vector);
  const PrcLibrarySlice slice = {series->pdata[0], 0, vector};
  g_autofree char *key = g_strdup_printf ("folder:/cases/%u", number);
  return prc_library_add (library, key, text, &slice, 1, LIBRARY_FIXTURE_MODEL,
                          LIBRARY_FIXTURE_DIMENSION, error);
}

static gint64
add_words (PrcLibrary *library, guint number, const PrcCaseText *text) {
  g_autoptr (GError) error = NULL;
  const gint64 id = add (library, number, text, "'Modality': <'CT'>", &error);
  g_assert_no_error (error);
  return id;
}

// Ids of the cases found, "3 1"; sorted when the order says nothing.
static char *
find (PrcLibrary *library, const char *text) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = prc_library_find_cases (library, text, 100, &error);
  g_assert_no_error (error);
  GString *ids = g_string_new (NULL);
  for (gint64 id = 0; id < 100; id++)
    for (guint i = 0; i < found->len; i++)
      if (((PrcCase *)found->pdata[i])->id == id)
        g_string_append_printf (ids, "%s%d", ids->len ? " " : "", (int)id);
  return g_string_free (ids, FALSE);
}

#define ASSERT_FOUND(library, text, expected)                                                      \
  G_STMT_START {                                                                                   \
    g_autofree char *found_ = find (library, text);                                                \
    g_assert_cmpstr (found_, ==, expected);                                                        \
  }                                                                                                \
  G_STMT_END

static void
test_find (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  add_words (library, 1,
             &(PrcCaseText){.title = "肺结节", .diagnosis = "腺癌", .tags = "教学; 肺"});
  add_words (library, 2,
             &(PrcCaseText){.title = "Nodule", .findings = "Milchglas, Röntgen Thorax"});
  add_words (library, 3,
             &(PrcCaseText){.title = "Knee",
                            .history = "fell off a bicycle",
                            .note = "ask about ground-glass",
                            .outcome = "healed",
                            .tags = "teaching"});
  ASSERT_FOUND (library, "结节", "1"); // two characters within a word of three
  ASSERT_FOUND (library, "肺", "1");
  ASSERT_FOUND (library, "腺癌", "1");
  ASSERT_FOUND (library, "癌腺", ""); // the order counts within a word
  ASSERT_FOUND (library, "教学", "1");
  ASSERT_FOUND (library, "nodul", "2"); // the beginning of a word
  ASSERT_FOUND (library, "odule", "");
  ASSERT_FOUND (library, "ROENTGEN", "");
  ASSERT_FOUND (library, "rontgen", "2");
  ASSERT_FOUND (library, "thorax milch", "2"); // all words, any order
  ASSERT_FOUND (library, "thorax knee", "");
  ASSERT_FOUND (library, "ground glass", "3");
  ASSERT_FOUND (library, "ground-glass", "3");
  ASSERT_FOUND (library, "glass-ground", "");
  ASSERT_FOUND (library, "bicycle healed teaching", "3");
  ASSERT_FOUND (library, "bicycle OR nodule", "");
  ASSERT_FOUND (library, "title:knee", ""); // no operators
  ASSERT_FOUND (library, "\"", "");
  ASSERT_FOUND (library, "", "");
  assert_sound (library);
}

// The index follows the words: revised, tagged anew, removed.
static void
test_find_changed (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  add_words (library, 1, &(PrcCaseText){.title = "Zebra", .tags = "one;two"});
  add_words (library, 2, &(PrcCaseText){.title = "Zebra"});
  add_words (library, 1, &(PrcCaseText){.title = "Quagga", .tags = "two;three"});
  ASSERT_FOUND (library, "zebra", "2");
  ASSERT_FOUND (library, "quagga", "1");
  ASSERT_FOUND (library, "one", "");
  ASSERT_FOUND (library, "three", "1");
  assert_sound (library);
  const guint64 version = prc_library_version (library);
  add_words (library, 1, &(PrcCaseText){.title = "Quagga", .tags = "three; two"});
  g_assert_cmpuint (prc_library_version (library), ==, version); // nothing new, nothing written
  g_assert_true (prc_library_remove (library, 2, NULL));
  ASSERT_FOUND (library, "zebra", "");
  assert_sound (library);
  prc_library_close (g_steal_pointer (&fixture->library));
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  for (gsize i = 0; i < length; i++)
    bytes[i] = g_ascii_tolower (bytes[i]);
  g_assert_null (memmem (bytes, length, "zebra", 5)); // gone from the index too
  g_assert_nonnull (memmem (bytes, length, "quagga", 6));
}

static void
test_fields (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (GError) error = NULL;
  const gint64 id =
      add (library, 1,
           &(PrcCaseText){.title = "T",
                          .history = "smoker",
                          .proof = "pathology",
                          .tags = " lung ;Lung; 教学;;",
                          .diagnosis_codes = "SCT:254637007:Non-small cell lung cancer; I10:C34.1",
                          .finding_codes = "RADLEX:RID50149"},
           "'Modality': <'CT'>, 'PatientSex': <'F'>, 'PatientBirthDate': <'19600615'>,"
           " 'StudyDate': <'20260131'>, 'ContrastBolusAgent': <'Iohexol'>,"
           " 'ImagePositionPatient': <[0.0, 0.0, 0.0]>,"
           " 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, 0.0, -1.0]>",
           &error);
  g_assert_no_error (error);
  g_autoptr (PrcCase) one = prc_library_case (library, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (one->history, ==, "smoker");
  g_assert_cmpstr (one->proof, ==, "pathology");
  g_assert_cmpuint (g_strv_length (one->tags), ==, 2);
  g_assert_cmpstr (one->tags[0], ==, "lung");
  g_assert_cmpstr (one->tags[1], ==, "教学");
  g_assert_cmpuint (one->n_codes, ==, 3);
  g_assert_cmpstr (one->codes[0].code.scheme, ==, "I10");
  g_assert_cmpstr (one->codes[0].code.value, ==, "C34.1");
  g_assert_cmpstr (one->codes[1].code.meaning, ==, "Non-small cell lung cancer");
  g_assert_true (!one->codes[1].of_finding && one->codes[2].of_finding);
  g_assert_cmpstr (one->sex, ==, "F");
  g_assert_cmpstr (one->age, ==, "065Y");
  g_assert_cmpstr (one->study_date, ==, "20260131");
  g_assert_cmpstr (one->plane, ==, "coronal"); // rows to the left, columns down: PS3.3 C.7.6.2.1.1
  g_assert_true (one->contrast);
  assert_sound (library);
}

static void
test_poor_fields (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  const gint64 id = add (fixture->library, 1, NULL,
                         "'Modality': <'MR'>, 'PatientSex': <'female'>, 'PatientAge': <'?'>,"
                         " 'StudyDate': <'yesterday'>, 'ContrastBolusAgent': <'None'>",
                         &error);
  g_assert_no_error (error);
  g_autoptr (PrcCase) one = prc_library_case (fixture->library, id, NULL);
  g_assert_cmpstr (one->sex, ==, "");
  g_assert_cmpstr (one->age, ==, "");
  g_assert_cmpstr (one->study_date, ==, "");
  g_assert_cmpstr (one->plane, ==, "");
  g_assert_false (one->contrast);
  g_assert_cmpstr (one->proof, ==, "");
  g_assert_cmpuint (g_strv_length (one->tags), ==, 0);
  assert_sound (fixture->library);
}

static void
test_refused_words (Fixture *fixture, gconstpointer data) {
  static const PrcCaseText wrong[] = {
      {.proof = "believed"}, {.diagnosis_codes = "C34.1"}, {.finding_codes = "SCT:1:a; :2"}};
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_cmpint (add (fixture->library, 1, &wrong[i], "'Modality': <'CT'>", &error), ==, 0);
    g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  }
  g_autoptr (GPtrArray) cases = prc_library_cases (fixture->library, NULL);
  g_assert_cmpuint (cases->len, ==, 0);
  g_autoptr (GPtrArray) books = prc_library_audits (fixture->library, NULL);
  g_assert_cmpuint (books->len, ==, 0);
}

// What a file of before did not hold comes with the next import of the same slices.
static void
test_filled_in (void) {
  g_autofree char *folder = NULL, *path = library_fixture_path (&folder);
  g_autoptr (PrcSeries) series = library_fixture_series (1, 1, 4);
  library_fixture_make_old (path, 2, &series, 1, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
  g_assert_no_error (error);
  assert_sound (library);
  ASSERT_FOUND (library, "made up", "1"); // its words were indexed at once
  g_autoptr (PrcCase) before = prc_library_case (library, 1, NULL);
  g_assert_cmpstr (before->plane, ==, "");
  g_assert_cmpint (library_fixture_add (library, series, 1, 0, 4, &error), ==, 1);
  g_autoptr (PrcCase) after = prc_library_case (library, 1, NULL);
  g_assert_cmpstr (after->plane, ==, "axial");
  assert_sound (library);
  g_clear_pointer (&library, prc_library_close);
  prc_fixture_remove (folder);
}

// A row that was damaged before the migration is not made good by it.
static void
test_damage_survives (void) {
  g_autofree char *folder = NULL, *path = library_fixture_path (&folder);
  g_autoptr (PrcSeries) series = library_fixture_series (1, 1, 4);
  library_fixture_make_old (path, 1, &series, 1, 0);
  sqlite3 *db = prc_sql_open (path, NULL);
  g_assert_true (prc_sql_exec (db, "UPDATE cases SET diagnosis = 'other'", NULL));
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, NULL);
  g_assert_cmpuint (problems->len, ==, 1);
  g_clear_pointer (&library, prc_library_close);
  prc_fixture_remove (folder);
}

// --- the books

static void
test_books (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (PrcSeries) first = library_fixture_series (1, 1, 4);
  g_autoptr (PrcSeries) second = library_fixture_series (2, 2, 4);
  library_fixture_add (library, first, 1, 0, 2, NULL);
  library_fixture_add (library, first, 1, 2, 2, NULL); // one import in several transactions
  library_fixture_add (library, second, 2, 0, 4, NULL);
  prc_library_begin_import (library);
  library_fixture_add (library, second, 2, 0, 4, NULL); // brought nothing: no entry
  library_fixture_add_segments (library, second, 2, 2, 2, NULL);
  g_assert_true (prc_library_remove (library, 1, NULL));
  g_autoptr (GPtrArray) books = prc_library_audits (library, NULL);
  g_assert_cmpuint (books->len, ==, 3);
  const PrcAudit *imported = books->pdata[0], *segments = books->pdata[1],
                 *removed = books->pdata[2];
  g_assert_cmpstr (imported->what, ==, "import");
  g_assert_cmpuint (imported->n_slices, ==, 8);
  g_assert_cmpuint (imported->cases->len, ==, 2);
  g_assert_cmpint (g_array_index (imported->cases, gint64, 1), ==, 2);
  g_assert_cmpstr (segments->what, ==, "import");
  g_assert_cmpuint (segments->n_slices, ==, 0);
  g_assert_cmpstr (removed->what, ==, "removal");
  g_assert_cmpuint (removed->n_slices, ==, 4);
  g_assert_cmpint (g_array_index (removed->cases, gint64, 0), ==,
                   1); // it is gone, its number is not
  g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (removed->at, NULL);
  g_assert_nonnull (when);
  assert_sound (library);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/library-case/age-text", test_age_text);
  g_test_add_func ("/library-case/age-days", test_age_days);
  g_test_add_func ("/library-case/split-words", test_split_words);
  ADD ("/library-case/find", test_find);
  ADD ("/library-case/find-changed", test_find_changed);
  ADD ("/library-case/fields", test_fields);
  ADD ("/library-case/poor-fields", test_poor_fields);
  ADD ("/library-case/refused-words", test_refused_words);
  g_test_add_func ("/library-case/filled-in", test_filled_in);
  g_test_add_func ("/library-case/damage-survives", test_damage_survives);
  ADD ("/library-case/books", test_books);
  return g_test_run ();
}
