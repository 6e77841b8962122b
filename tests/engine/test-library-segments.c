// SPDX-License-Identifier: Apache-2.0
#include "prc-library.h"

#include <glib/gstdio.h>
#include <string.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"

#define N_SLICES 6

typedef struct {
  char *folder, *path;
  PrcLibrary *library;
  PrcSeries *series[4]; // of cases 1 to 3
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  fixture->path = library_fixture_path (&fixture->folder);
  fixture->library = prc_library_open (fixture->path, &error);
  g_assert_no_error (error);
  for (guint number = 1; number <= 3; number++) {
    fixture->series[number] = library_fixture_series (number, number, N_SLICES);
    library_fixture_add (fixture->library, fixture->series[number], number, 0, N_SLICES, &error);
    g_assert_no_error (error);
  }
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  for (guint number = 1; number <= 3; number++)
    prc_series_unref (fixture->series[number]);
  prc_library_close (fixture->library);
  prc_fixture_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static gint64
number_of (PrcLibrary *library, const char *sql) {
  gint64 value = -1;
  g_assert_true (prc_sql_do (library->db, &value, NULL, sql, ""));
  return value;
}

static gboolean
is_known (PrcLibrary *library, guint number, const char *model) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) file = library_fixture_segmentation (number);
  gboolean known = FALSE;
  g_assert_true (prc_library_know_segmentation (library, file, model, &known, &error));
  g_assert_no_error (error);
  return known;
}

static void
add (Fixture *fixture, guint number, guint n, guint n_segments) {
  g_autoptr (GError) error = NULL;
  library_fixture_add_segments (fixture->library, fixture->series[number], number, n, n_segments,
                                &error);
  g_assert_no_error (error);
}

static void
assert_sound (PrcLibrary *library) {
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, NULL);
  g_assert_cmpuint (problems->len, ==, 0);
}

static void
test_add_and_read (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  const guint64 version = prc_library_version (fixture->library);
  add (fixture, 2, 3, 3);
  g_assert_cmpuint (prc_library_version (fixture->library), >, version);
  g_autoptr (GPtrArray) segments = prc_library_case_segments (fixture->library, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (segments->len, ==, 3);
  const PrcCaseSegment *second = segments->pdata[1];
  g_assert_cmpuint (second->segment.number, ==, 2);
  g_assert_cmpstr (second->segment.label, ==, "Nodule 2");
  g_assert_cmpstr (second->segment.type.value, ==, "27925004");
  g_assert_cmpstr (second->segment.type.scheme, ==, "SCT");
  g_assert_cmpstr (second->segment.type.meaning, ==, "Nodule");
  g_assert_cmpstr (second->segment.category.value, ==, "");
  g_assert_cmpstr (second->path, ==, "/cases/2/seg.dcm");
  g_assert_cmpstr (second->sop_instance_uid, ==, "2.25.2.9");
  g_assert_cmpstr (second->modality, ==, "SEG");
  g_assert_cmpstr (second->title, ==, "Findings");
  g_assert_cmpstr (second->slice_path, ==, "/cases/2/1.dcm");
  g_assert_cmpuint (second->slice_number, ==, 2);
  g_assert_cmpuint (second->voxels, ==, 200);
  g_assert_cmpfloat_with_epsilon (second->volume_ml, 2, 1e-9);
  g_autofree char *title = prc_case_segment_title (second);
  g_assert_cmpstr (title, ==, "Nodule 2, 2.0 ml");
  g_autoptr (GPtrArray) none = prc_library_case_segments (fixture->library, 1, &error);
  g_assert_cmpuint (none->len, ==, 0);
  assert_sound (fixture->library);
}

// A neighbour that is opened shows its overlays: its files come with the images, after them.
static void
test_paths (Fixture *fixture, gconstpointer data) {
  add (fixture, 2, 3, 3);
  g_auto (GStrv) paths = prc_library_case_paths (fixture->library, 2, NULL);
  g_assert_cmpuint (g_strv_length (paths), ==, N_SLICES + 1);
  g_assert_cmpstr (paths[0], ==, "/cases/2/0.dcm");
  g_assert_cmpstr (paths[N_SLICES], ==, "/cases/2/seg.dcm");
  g_auto (GStrv) others = prc_library_case_paths (fixture->library, 1, NULL);
  g_assert_cmpuint (g_strv_length (others), ==, N_SLICES);
}

static void
test_known (Fixture *fixture, gconstpointer data) {
  g_assert_false (is_known (fixture->library, 1, LIBRARY_FIXTURE_SEGMENT_MODEL));
  add (fixture, 1, 2, 3); // one was not read
  g_assert_false (is_known (fixture->library, 1, LIBRARY_FIXTURE_SEGMENT_MODEL));
  add (fixture, 1, 3, 3);
  g_assert_true (is_known (fixture->library, 1, LIBRARY_FIXTURE_SEGMENT_MODEL));
  g_assert_false (is_known (fixture->library, 1, "another encoder"));
  g_assert_false (is_known (fixture->library, 2, LIBRARY_FIXTURE_SEGMENT_MODEL));
  g_assert_cmpint (number_of (fixture->library, "SELECT count (*) FROM segments"), ==, 3);
  add (fixture, 2, 0, 0); // nothing in it is worth remembering, and that is remembered
  g_assert_true (is_known (fixture->library, 2, LIBRARY_FIXTURE_SEGMENT_MODEL));
  assert_sound (fixture->library);
}

static void
test_moved (Fixture *fixture, gconstpointer data) {
  add (fixture, 1, 3, 3);
  const guint64 version = prc_library_version (fixture->library);
  g_assert_true (is_known (fixture->library, 1, LIBRARY_FIXTURE_SEGMENT_MODEL));
  g_assert_cmpuint (prc_library_version (fixture->library), ==, version); // nothing new
  prc_sql_exec (fixture->library->db, "UPDATE segmentations SET path = '/old'", NULL);
  g_assert_true (is_known (fixture->library, 1, LIBRARY_FIXTURE_SEGMENT_MODEL));
  g_assert_cmpint (
      number_of (fixture->library, "SELECT count (*) FROM segmentations WHERE path = '/old'"), ==,
      0);
  g_assert_cmpuint (prc_library_version (fixture->library), >, version);
  assert_sound (fixture->library);
}

// Of a series that the library does not have: not an error, nothing is written.
static void
test_stranger (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) stranger = library_fixture_series (9, 9, 3);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (library_fixture_add_segments (fixture->library, stranger, 9, 2, 2, &error), ==,
                   0);
  g_assert_no_error (error);
  g_assert_cmpint (number_of (fixture->library, "SELECT count (*) FROM segmentations"), ==, 0);
  // Of one of which it has a part: what lies on that part.
  g_assert_cmpint (library_fixture_add (fixture->library, stranger, 9, 1, 1, NULL), >, 0);
  g_assert_cmpint (library_fixture_add_segments (fixture->library, stranger, 9, 2, 2, &error), ==,
                   1);
  g_assert_cmpint (number_of (fixture->library, "SELECT count (*) FROM segments"), ==, 1);
  g_assert_false (is_known (fixture->library, 9, LIBRARY_FIXTURE_SEGMENT_MODEL));
  assert_sound (fixture->library);
}

static void
test_refused (Fixture *fixture, gconstpointer data) {
  static const PrcCode none = {"", "", ""};
  g_autoptr (PrcInstance) file = library_fixture_segmentation (1);
  const PrcLibrarySegmentation said = {file, "", fixture->series[1], 1};
  const float vector[LIBRARY_FIXTURE_DIMENSION] = {0.5f};
  const PrcSegment segment = {.number = 1,
                              .label = "",
                              .category = none,
                              .type = none,
                              .type_modifier = none,
                              .anatomic_region = none};
  const PrcLibrarySegment bad = {&segment, 0, 1, -1, vector};
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (prc_library_add_segments (fixture->library, &said, &bad, 1,
                                             LIBRARY_FIXTURE_SEGMENT_MODEL,
                                             LIBRARY_FIXTURE_DIMENSION, &error),
                   ==, -1);
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  g_assert_cmpint (number_of (fixture->library, "SELECT count (*) FROM segmentations"), ==, 0);
}

static void
test_remove (Fixture *fixture, gconstpointer data) {
  add (fixture, 1, 3, 3);
  add (fixture, 2, 3, 3);
  const gint64 last = number_of (fixture->library, "SELECT max (id) FROM segments");
  g_assert_true (prc_library_remove (fixture->library, 2, NULL));
  g_assert_cmpint (number_of (fixture->library, "SELECT count (*) FROM segmentations"), ==, 1);
  g_assert_cmpint (number_of (fixture->library, "SELECT count (*) FROM segment_embeddings"), ==, 3);
  library_fixture_add (fixture->library, fixture->series[2], 2, 0, N_SLICES, NULL);
  add (fixture, 2, 3, 3);
  g_assert_cmpint (number_of (fixture->library, "SELECT min (id) FROM segments WHERE id > 3"), >,
                   last); // an id is never used twice
  assert_sound (fixture->library);
}

// --- searching

static void
clear_hit (PrcHit *hit) {
  g_clear_pointer (&hit->matching_case, prc_case_unref);
  g_clear_pointer (&hit->segment, prc_case_segment_unref);
  g_free (hit->path);
  g_free (hit->sop_instance_uid);
  g_free (hit->series_instance_uid);
}

static void
test_search (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcIndex) none =
      prc_library_segment_index (fixture->library, LIBRARY_FIXTURE_SEGMENT_MODEL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_index_length (none), ==, 0);
  add (fixture, 1, 3, 3);
  add (fixture, 3, 4, 4);
  g_autoptr (PrcIndex) index =
      prc_library_segment_index (fixture->library, LIBRARY_FIXTURE_SEGMENT_MODEL, &error);
  g_assert_cmpuint (prc_index_length (index), ==, 7);
  g_assert_cmpuint (prc_index_version (index), ==, prc_library_version (fixture->library));
  float query[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_segment_vector (3, 2, query);
  PrcIndexHit found[10];
  g_assert_cmpuint (prc_index_search (index, query, 10, NULL, found), ==, 7);
  g_assert_cmpfloat_with_epsilon (found[0].cosine, 1, 1e-6);
  g_assert_cmpint (found[0].case_id, ==, 3);
  g_assert_cmpint (found[0].segment_id, >, 0);
  PrcHit hit = {0};
  g_assert_true (
      prc_library_fill_segment_hit (fixture->library, found[0].segment_id, &hit, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (hit.segment->segment.label, ==, "Nodule 3");
  g_assert_cmpstr (hit.path, ==, "/cases/3/2.dcm");
  g_assert_cmpint (hit.slice_id, ==, found[0].slice_id);
  g_assert_cmpstr (hit.matching_case->title, ==, "Case 3");
  clear_hit (&hit);
  g_assert_cmpuint (prc_index_search_cases (index, query, 10, NULL, found), ==, 2);
  PrcHit gone = {0};
  g_assert_false (prc_library_fill_segment_hit (fixture->library, 999, &gone, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND);
}

// Segments in the library change nothing about what whole slices find, to the last bit.
static void
test_slices_are_unaffected (Fixture *fixture, gconstpointer data) {
  float query[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (77, 1, query);
  PrcIndexHit before[30], after[30];
  float nothing[2];
  double percentile[2];
  for (guint round = 0; round < 2; round++) {
    g_autoptr (PrcIndex) index = prc_library_index (fixture->library, LIBRARY_FIXTURE_MODEL, NULL);
    g_assert_cmpuint (prc_index_length (index), ==, 3 * N_SLICES);
    g_assert_cmpuint (prc_index_search (index, query, 30, NULL, round ? after : before), ==,
                      3 * N_SLICES);
    nothing[round] = prc_index_nothing_alike (index, "");
    percentile[round] = prc_index_percentile (index, "", before[0].cosine);
    for (guint number = 1; round == 0 && number <= 3; number++)
      add (fixture, number, 4, 4);
  }
  for (guint i = 0; i < 3 * N_SLICES; i++) {
    g_assert_cmpint (before[i].slice_id, ==, after[i].slice_id);
    g_assert_cmpint (after[i].segment_id, ==, 0);
    g_assert_cmpmem (&before[i].cosine, sizeof (float), &after[i].cosine, sizeof (float));
  }
  g_assert_cmpmem (&nothing[0], sizeof *nothing, &nothing[1], sizeof *nothing);
  g_assert_cmpmem (&percentile[0], sizeof *percentile, &percentile[1], sizeof *percentile);
}

// --- a library of version 1

static void
test_migration (void) {
  g_autofree char *folder = NULL, *path = library_fixture_path (&folder);
  g_autofree char *backup = g_strconcat (path, ".v1.backup", NULL);
  g_autoptr (GError) error = NULL;
  int n;
  const char *const *steps = prc_library_schema_steps (&n);
  g_autoptr (PrcSeries) series = library_fixture_series (1, 1, N_SLICES);
  library_fixture_make_old (path, 1, &series, 1, 0);

  g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (number_of (library, "PRAGMA user_version"), ==, n);
  g_assert_cmpuint (prc_library_version (library), >, 1);
  assert_sound (library);
  g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, &error);
  g_assert_cmpuint (prc_index_length (index), ==, N_SLICES);
  g_assert_cmpint (library_fixture_add_segments (library, series, 1, 2, 2, &error), ==, 2);
  g_assert_no_error (error);

  // The copy is what it was, and a program of that time still opens it.
  sqlite3 *copy = prc_sql_open (backup, &error);
  g_assert_no_error (error);
  g_assert_true (prc_library_schema_migrate (copy, backup, steps, 1, &error));
  gint64 slices = 0, tables = 0;
  prc_sql_do (copy, &slices, NULL, "SELECT count (*) FROM slices", "");
  prc_sql_do (copy, &tables, NULL, "SELECT count (*) FROM sqlite_schema WHERE name = 'segments'",
              "");
  g_assert_cmpint (slices, ==, N_SLICES);
  g_assert_cmpint (tables, ==, 0);
  sqlite3_close (copy);
  g_clear_pointer (&library, prc_library_close);
  // But it refuses the new one.
  sqlite3 *db = prc_sql_open (path, NULL);
  g_assert_false (prc_library_schema_migrate (db, path, steps, 1, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NEWER);
  sqlite3_close (db);
  prc_fixture_remove (folder);
}

static void
test_names (void) {
  g_autoptr (PrcCaseSegment) segment = prc_case_segment_new ();
  segment->segment.number = 4;
  g_autofree char *bare = prc_case_segment_title (segment);
  g_assert_cmpstr (bare, ==, "Segment 4");
  segment->volume_ml = 123.4;
  g_free ((char *)segment->segment.type.value);
  g_free ((char *)segment->segment.type.scheme);
  segment->segment.type.value = g_strdup ("10200004");
  segment->segment.type.scheme = g_strdup ("SCT");
  g_autofree char *coded = prc_case_segment_title (segment);
  g_assert_cmpstr (coded, ==, "Liver, 123 ml");
  g_free ((char *)segment->segment.label);
  segment->segment.label = g_strdup ("Tumour");
  g_autofree char *labelled = prc_case_segment_title (segment);
  g_assert_cmpstr (labelled, ==, "Tumour, 123 ml");
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("/library-segments/add-and-read", test_add_and_read);
  ADD ("/library-segments/paths", test_paths);
  ADD ("/library-segments/known", test_known);
  ADD ("/library-segments/moved", test_moved);
  ADD ("/library-segments/stranger", test_stranger);
  ADD ("/library-segments/refused", test_refused);
  ADD ("/library-segments/remove", test_remove);
  ADD ("/library-segments/search", test_search);
  ADD ("/library-segments/slices-are-unaffected", test_slices_are_unaffected);
  g_test_add_func ("/library-segments/migration", test_migration);
  g_test_add_func ("/library-segments/names", test_names);
  return g_test_run ();
}
