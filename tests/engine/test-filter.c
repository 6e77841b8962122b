// SPDX-License-Identifier: Apache-2.0
// Which part of the library is meant: as a line of text, and as a set of series.
#include "prc-filter.h"

#include <string.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-body-part.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"

// --- body parts

static void
test_body_part (void) {
  static const struct {
    const char *examined, *wanted;
    bool holds;
  } rows[] = {
      {"CHEST", "chest", true},
      {"THORAX", "CHEST", true},
      {"CHEST", "Thorax", true},
      {"C-SPINE", "cspine", true},
      {"Cervical spine", "CSPINE", true},
      {"CSPINE", "SPINE", false},
      {"CHEST_ABDOMEN_PELVIS", "CHEST", true},
      {"CHESTABDPELVIS", "abdomen", true},
      {"CHEST", "CHEST ABDOMEN", false}, // all that is wanted
      {"CHEST/ABD/PEL", "abdpelvis", true},
      {"HEADNECK", "NECK", true},
      {"HEAD", "CHEST", false},
      {"PANCREAS", "pancreas", true}, // not in our table: itself
      {"PANCREAS", "CHEST", false},
      {"ÄRMEL", "ÄRMEL", true},
      {"", "CHEST", false},
      {"CHEST", "", false},
      {"", "", false},
      {"---", "---", false},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_test_message ("%s in %s", rows[i].wanted, rows[i].examined);
    g_assert_true (prc_body_part_holds (rows[i].examined, rows[i].wanted) == rows[i].holds);
  }
}

// --- the line of text

static void
test_parse (void) {
  PrcFilter filter;
  g_autoptr (GError) error = NULL;
  g_assert_true (prc_filter_parse ("modality=CT, body-part=CHEST,sex=f,age=40-60,tag=a,tag=b c,"
                                   "proof=Pathology,plane=axial,contrast=no,"
                                   "text=\"ground \"\"glass\"\", left\"",
                                   &filter, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (filter.modality, ==, "CT");
  g_assert_cmpstr (filter.body_part, ==, "CHEST");
  g_assert_cmpstr (filter.sex, ==, "F");
  g_assert_true (filter.by_age && filter.age_from == 40 && filter.age_to == 60);
  g_assert_cmpstr (filter.tags, ==, "a;b c");
  g_assert_cmpstr (filter.proof, ==, "pathology");
  g_assert_cmpstr (filter.plane, ==, "axial");
  g_assert_true (filter.contrast == PRC_CONTRAST_WITHOUT);
  g_assert_cmpstr (filter.text, ==, "ground \"glass\", left");
  g_assert_false (prc_filter_is_empty (&filter));
  PrcFilter copy;
  prc_filter_copy (&copy, &filter);
  g_autofree char *key = prc_filter_key (&filter), *same = prc_filter_key (&copy);
  g_assert_cmpstr (key, ==, same);
  copy.age_to = 61;
  g_autofree char *other = prc_filter_key (&copy);
  g_assert_cmpstr (key, !=, other);
  prc_filter_clear (&copy);
  g_assert_true (prc_filter_is_empty (&copy));
  prc_filter_clear (&filter);
}

static void
test_ages (void) {
  static const struct {
    const char *text;
    guint from, to;
  } rows[] = {{"age=40", 40, 40}, {"age=40-", 40, G_MAXINT}, {"age=-2", 0, 2}, {"age=0-0", 0, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    PrcFilter filter;
    g_assert_true (prc_filter_parse (rows[i].text, &filter, NULL));
    g_assert_cmpuint (filter.age_from, ==, rows[i].from);
    g_assert_cmpuint (filter.age_to, ==, rows[i].to);
    prc_filter_clear (&filter);
  }
}

static void
test_refused (void) {
  static const char *const wrong[] = {"",
                                      "CT",
                                      "modality",
                                      "modality=",
                                      "modality=CT,",
                                      "colour=a",
                                      "age=",
                                      "age=-",
                                      "age=60-40",
                                      "age=4-5-6",
                                      "age=x",
                                      "age=1,age=2",
                                      "sex=X",
                                      "plane=slanted",
                                      "proof=believed",
                                      "contrast=maybe",
                                      "text=\"open",
                                      "text=\"a\"b",
                                      "modality=CT,modality=MR",
                                      "text=\xff"};
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    PrcFilter filter;
    g_autoptr (GError) error = NULL;
    g_test_message ("%zu", i);
    g_assert_false (prc_filter_parse (wrong[i], &filter, &error));
    g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
    g_assert_null (strchr (error->message, '\n'));
  }
}

// --- a library of four cases

typedef struct {
  char *folder;
  PrcLibrary *library;
} Fixture;

static void
add (PrcLibrary *library, guint number, const char *record, const PrcCaseText *text) {
  g_autofree char *path = g_strdup_printf ("/cases/%u/1.dcm", number);
  g_autofree char *whole = g_strdup_printf (
      "{'SOPInstanceUID': <'2.25.%u.1'>, 'StudyInstanceUID': <'2.25.%u'>, 'PatientID': <'P%u'>,"
      " 'SeriesInstanceUID': <'2.25.%u.2'>, 'Rows': <[16.0]>, 'Columns': <[16.0]>,"
      " 'IsImage': <true>, %s}",
      number, number, number, number, record);
  g_autoptr (PrcInstance) instance = prc_fixture_instance (path, whole);
  g_autoptr (GPtrArray) series = prc_series_group (&instance, 1);
  g_autofree char *key = g_strdup_printf ("folder:/cases/%u", number);
  g_autoptr (GError) error = NULL;
  float vector[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (number, 0, vector);
  const PrcLibrarySlice slice = {series->pdata[0], 0, vector};
  prc_library_add (library, key, text, &slice, 1, LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION,
                   &error);
  g_assert_no_error (error);
}

#define AXIAL                                                                                      \
  ", 'ImagePositionPatient': <[0.0, 0.0, 0.0]>,"                                                   \
  " 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]>"
#define SAGITTAL                                                                                   \
  ", 'ImagePositionPatient': <[0.0, 0.0, 0.0]>,"                                                   \
  " 'ImageOrientationPatient': <[0.0, 1.0, 0.0, 0.0, 0.0, -1.0]>"

static void
set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = library_fixture_path (&fixture->folder);
  PrcLibrary *library = fixture->library = prc_library_open (path, &error);
  g_assert_no_error (error);
  add (library, 1,
       "'Modality': <'CT'>, 'BodyPartExamined': <'CHEST'>, 'PatientSex': <'F'>,"
       " 'PatientAge': <'040Y'>, 'ContrastBolusAgent': <'Iohexol'>" AXIAL,
       &(PrcCaseText){.title = "肺结节", .proof = "pathology", .tags = "Teaching;lung"});
  add (library, 2,
       "'Modality': <'CT'>, 'BodyPartExamined': <'CHESTABDPELVIS'>, 'PatientSex': <'M'>,"
       " 'PatientAge': <'060Y'>" AXIAL,
       &(PrcCaseText){.title = "Nodule", .proof = "follow-up", .tags = "lung"});
  add (library, 3,
       "'Modality': <'MR'>, 'BodyPartExamined': <'L-SPINE'>, 'PatientAge': <'018M'>" SAGITTAL,
       &(PrcCaseText){.title = "Child", .proof = "none", .note = "nodule of no weight"});
  add (library, 4, "'Modality': <'mr'>", &(PrcCaseText){.title = "Nothing known"});
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  prc_library_close (fixture->library);
  prc_fixture_remove (fixture->folder);
  g_free (fixture->folder);
}

static void
assert_passes (PrcLibrary *library, const char *text, const char *expected) {
  PrcFilter filter;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) ids = g_string_new (NULL);
  g_assert_true (prc_filter_parse (text, &filter, &error));
  g_autoptr (PrcSeriesSet) series = prc_library_select (library, &filter, &error);
  g_assert_no_error (error);
  for (int id = 1; id < 10; id++) // a case has one series here, and both are numbered in order
    if (prc_series_set_has (series, id))
      g_string_append_printf (ids, "%d", id);
  g_test_message ("%s", text);
  g_assert_cmpstr (ids->str, ==, expected);
  prc_filter_clear (&filter);
}

static void
test_select (Fixture *fixture, gconstpointer data) {
  static const char *const rows[][2] = {
      {"modality=ct", "12"},
      {"modality=MR", "34"},
      {"modality=US", ""},
      {"body-part=thorax", "12"},
      {"body-part=pelvis", "2"},
      {"body-part=lumbar spine", "3"},
      {"plane=axial", "12"},
      {"plane=sagittal", "3"},
      {"plane=coronal", ""},
      {"sex=F", "1"},
      {"sex=O", ""},
      {"age=40", "1"},
      {"age=40-60", "12"},
      {"age=41-59", ""},
      {"age=-1", "3"}, // of eighteen months: one year
      {"age=2-39", ""},
      {"age=0-", "123"},
      {"contrast=yes", "1"},
      {"contrast=no", "234"},
      {"tag=LUNG", "12"},
      {"tag=lung,tag=teaching", "1"},
      {"tag=lun", ""},
      {"proof=pathology", "1"},
      {"proof=proven", "12"},
      {"proof=none", "3"},
      {"text=nodule", "23"},
      {"text=结节", "1"},
      {"text=teach", "1"},
      {"text=!", ""},
      {"modality=CT,sex=M,age=50-70,tag=lung,proof=follow-up,text=nod,body-part=chest", "2"},
      {"modality=CT,sex=M,age=50-70,tag=lung,proof=follow-up,text=nod,body-part=head", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_passes (fixture->library, rows[i][0], rows[i][1]);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) // and from what was kept
    assert_passes (fixture->library, rows[i][0], rows[i][1]);
}

static void
test_exclude (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeriesSet) series =
      prc_library_select (fixture->library, &(PrcFilter){.exclude_patient = "P2"}, NULL);
  g_assert_cmpuint (prc_series_set_length (series), ==, 3);
  g_assert_false (prc_series_set_has (series, 2));
}

// An answer that was kept is given again, until the library changes.
static void
test_kept (Fixture *fixture, gconstpointer data) {
  const PrcFilter filter = {.modality = "CT"};
  g_autoptr (PrcSeriesSet) first = prc_library_select (fixture->library, &filter, NULL);
  g_autoptr (PrcSeriesSet) again = prc_library_select (fixture->library, &filter, NULL);
  g_assert_true (first == again);
  add (fixture->library, 5, "'Modality': <'CT'>", NULL);
  g_autoptr (PrcSeriesSet) now = prc_library_select (fixture->library, &filter, NULL);
  g_assert_cmpuint (prc_series_set_length (first), ==, 2);
  g_assert_cmpuint (prc_series_set_length (now), ==, 3);
  for (guint age = 0; age < 20; age++) { // more than are kept
    g_autoptr (PrcSeriesSet) other = prc_library_select (
        fixture->library, &(PrcFilter){.by_age = TRUE, .age_from = age, .age_to = 99}, NULL);
    g_assert_nonnull (other);
  }
  g_autoptr (PrcSeriesSet) last = prc_library_select (fixture->library, &filter, NULL);
  g_assert_cmpuint (prc_series_set_length (last), ==, 3);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/body-part", test_body_part);
  g_test_add_func ("/filter/parse", test_parse);
  g_test_add_func ("/filter/ages", test_ages);
  g_test_add_func ("/filter/refused", test_refused);
  ADD ("/filter/select", test_select);
  ADD ("/filter/exclude", test_exclude);
  ADD ("/filter/kept", test_kept);
  return g_test_run ();
}
