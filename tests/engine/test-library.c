// SPDX-License-Identifier: Apache-2.0
#include "prc-library.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"

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

static gint64
add (PrcLibrary *library, guint number, guint patient, guint n) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSeries) series = library_fixture_series (number, patient, n);
  const gint64 id = library_fixture_add (library, series, number, 0, n, &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
  return id;
}

static gint64
number (sqlite3 *db, const char *sql) {
  g_autoptr (GError) error = NULL;
  gint64 value = -1;
  g_assert_true (prc_sql_do (db, &value, &error, sql, ""));
  g_assert_no_error (error);
  return value;
}

static guint
mode_of (const char *path) {
  struct stat info;
  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_mode & 07777;
}

static void
test_place (void) {
  const mode_t masks[] = {0, 022, 0277};
  for (gsize i = 0; i < G_N_ELEMENTS (masks); i++) {
    g_autofree char *folder = prc_fixture_folder ();
    g_autofree char *path = g_build_filename (folder, "home", "library.sqlite", NULL);
    g_autofree char *home = g_path_get_dirname (path);
    g_autofree char *log = g_strconcat (path, "-wal", NULL);
    g_autoptr (GError) error = NULL;
    const mode_t before = umask (masks[i]);
    g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
    umask (before);
    g_assert_no_error (error);
    add (library, 1, 1, 2);
    g_assert_cmphex (mode_of (path), ==, 0600);
    g_assert_cmphex (mode_of (log), ==, 0600);
    g_assert_cmphex (mode_of (home), ==, 0700);
    g_clear_pointer (&library, prc_library_close);
    g_chmod (path, 0644); // somebody's hand, or a copy from elsewhere
    library = prc_library_open (path, &error);
    g_assert_no_error (error);
    g_assert_cmphex (mode_of (path), ==, 0600);
    g_clear_pointer (&library, prc_library_close);
    prc_fixture_remove (folder);
  }
}

static int
version_of_today (void) {
  int n;
  prc_library_schema_steps (&n);
  return n;
}

static void
test_settings (Fixture *fixture, gconstpointer data) {
  sqlite3 *db = fixture->library->db;
  g_assert_cmpint (number (db, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (number (db, "PRAGMA synchronous"), ==, 2); // FULL
  g_assert_cmpint (number (db, "PRAGMA user_version"), ==, version_of_today ());
  g_assert_cmpint (number (db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), ==, 1);
  g_assert_cmpint (number (db, "PRAGMA application_id"), ==, PRC_LIBRARY_APPLICATION_ID);
}

static void
test_add_and_read (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (GError) error = NULL;
  const guint64 before = prc_library_version (library);
  const gint64 id = add (library, 1, 7, 5);
  g_assert_cmpuint (prc_library_version (library), >, before);
  g_autoptr (PrcCase) one = prc_library_case (library, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (one->title, ==, "Case 1");
  g_assert_cmpstr (one->diagnosis, ==, "made up");
  g_assert_cmpstr (one->findings, ==, "");
  g_assert_cmpstr (one->modality, ==, "CT");
  g_assert_cmpstr (one->body_part, ==, "CHEST");
  g_assert_cmpuint (one->n_series, ==, 1);
  g_assert_cmpuint (one->n_slices, ==, 5);
  g_assert_cmpuint (strlen (one->added), ==, strlen ("2026-01-31T12:00:00Z"));

  g_auto (GStrv) paths = prc_library_case_paths (library, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, 5);
  g_assert_cmpstr (paths[0], ==, "/cases/1/0.dcm");

  add (library, 2, 8, 3);
  g_autoptr (GPtrArray) cases = prc_library_cases (library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (cases->len, ==, 2);
  g_assert_cmpstr (((PrcCase *)cases->pdata[1])->modality, ==, "MR");

  guint n_cases, n_slices;
  g_assert_true (prc_library_counts (library, &n_cases, &n_slices, NULL));
  g_assert_cmpuint (n_cases, ==, 2);
  g_assert_cmpuint (n_slices, ==, 8);
  g_assert_true (prc_library_has_slice (library, "2.25.1.1.5", 0, LIBRARY_FIXTURE_MODEL));
  g_assert_false (prc_library_has_slice (library, "2.25.1.1.5", 1, LIBRARY_FIXTURE_MODEL));
  g_assert_false (prc_library_has_slice (library, "2.25.1.1.5", 0, "another"));
  g_assert_false (prc_library_has_slice (library, "2.25.1.1.6", 0, LIBRARY_FIXTURE_MODEL));
}

static void
test_again (Fixture *fixture, gconstpointer data) { // the same again changes nothing at all
  const gint64 id = add (fixture->library, 1, 1, 6);
  const guint64 version = prc_library_version (fixture->library);
  g_assert_cmpint (add (fixture->library, 1, 1, 6), ==, id);
  g_assert_cmpuint (prc_library_version (fixture->library), ==, version);
  g_assert_cmpint (number (fixture->library->db, "SELECT count (*) FROM slices"), ==, 6);
}

static void
test_in_pieces (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) series = library_fixture_series (4, 4, 10);
  for (guint first = 0; first < 10; first += 2)
    g_assert_cmpint (library_fixture_add (fixture->library, series, 4, first, 2, NULL), ==, 1);
  g_autoptr (PrcCase) one = prc_library_case (fixture->library, 1, NULL);
  g_assert_cmpuint (one->n_slices, ==, 10);
  g_assert_cmpuint (one->n_series, ==, 1);
}

// A file that was moved, and a series that grew: the rows follow, the vectors stay.
static void
test_refresh (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (PrcSeries) part = library_fixture_series (5, 5, 2);
  g_autoptr (PrcSeries) whole = library_fixture_series (5, 5, 8);
  g_assert_cmpint (library_fixture_add (library, part, 5, 0, 2, NULL), >, 0);
  g_autoptr (GError) error = NULL;
  PrcLibrarySlice known[8];
  for (guint i = 0; i < 8; i++)
    known[i] = (PrcLibrarySlice){whole, i, NULL};
  g_assert_cmpint (prc_library_add (library, "folder:/cases/5", NULL, known, 8,
                                    LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION, &error),
                   >, 0);
  g_assert_no_error (error);
  g_assert_cmpint (number (library->db, "SELECT n_slices FROM series"), ==, 8);
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM slices"), ==,
                   2); // no vector, no row
  g_assert_cmpint (library_fixture_add (library, part, 5, 0, 2, NULL), >, 0);
  g_assert_cmpint (number (library->db, "SELECT n_slices FROM series"), ==,
                   8); // a part says nothing
  prc_sql_exec (library->db, "UPDATE slices SET path = '/old'", NULL);
  g_assert_cmpint (library_fixture_add (library, whole, 5, 0, 2, NULL), >, 0);
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, NULL);
  g_assert_cmpuint (problems->len, ==, 0); // sums were made new
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM slices WHERE path = '/old'"), ==, 0);
}

static void
test_words (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (PrcSeries) series = library_fixture_series (3, 3, 1);
  float vector[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (3, 0, vector);
  const PrcLibrarySlice slice = {series, 0, vector};
  // No words: from the descriptions.
  const gint64 id = prc_library_add (library, "study:2.25.3", NULL, &slice, 1,
                                     LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION, NULL);
  g_autoptr (PrcCase) made = prc_library_case (library, id, NULL);
  g_assert_cmpstr (made->title, ==, "Chest 3, thin");
  // A person's words come later; what is left empty stays.
  const PrcCaseText words = {.title = "Nodule", .note = "follow up"};
  g_assert_cmpint (prc_library_add (library, "study:2.25.3", &words, &slice, 1,
                                    LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION, NULL),
                   ==, id);
  const PrcCaseText more = {.diagnosis = "Adenocarcinoma"};
  g_assert_cmpint (prc_library_add (library, "study:2.25.3", &more, &slice, 1,
                                    LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION, NULL),
                   ==, id);
  g_autoptr (PrcCase) revised = prc_library_case (library, id, NULL);
  g_assert_cmpstr (revised->title, ==, "Nodule");
  g_assert_cmpstr (revised->note, ==, "follow up");
  g_assert_cmpstr (revised->diagnosis, ==, "Adenocarcinoma");
  // A list of cases names its folder: the same case, found by that name from then on.
  g_assert_cmpint (library_fixture_add (library, series, 3, 0, 1, NULL), ==, id);
  g_assert_cmpint (
      number (library->db, "SELECT count (*) FROM cases WHERE key = 'folder:/cases/3'"), ==, 1);
  // Who then adds the study from the screen means that case too.
  g_assert_cmpint (prc_library_add (library, "study:2.25.3", &words, &slice, 1,
                                    LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION, NULL),
                   ==, id);
  // But another entry of a list that has nothing of its own is refused, and leaves no empty case.
  g_autofree char *here = g_strdup_printf ("UPDATE slices SET path = '%s'", fixture->path);
  prc_sql_exec (library->db, here, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (prc_library_add (library, "folder:/other", &words, &slice, 1,
                                    LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION, &error),
                   ==, 0);
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM cases"), ==, 1);
  // Unless the folder of the first is gone: then it is the same case, moved.
  prc_sql_exec (library->db, "UPDATE slices SET path = '/gone'", NULL);
  g_assert_cmpint (prc_library_add (library, "folder:/other", &words, &slice, 1,
                                    LIBRARY_FIXTURE_MODEL, LIBRARY_FIXTURE_DIMENSION, NULL),
                   ==, id);
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM slices WHERE path = '/gone'"), ==,
                   0);
}

static void
test_bad_vectors (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) series = library_fixture_series (1, 1, 1);
  float vector[4] = {NAN, 0, 0, 0};
  const PrcLibrarySlice slice = {series, 0, vector};
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (prc_library_add (fixture->library, "study:1", NULL, &slice, 1, "m", 4, &error),
                   ==, 0);
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  g_clear_error (&error);
  vector[0] = 1;
  g_assert_cmpint (prc_library_add (fixture->library, "study:1", NULL, &slice, 1, "m", 4, &error),
                   >, 0);
  g_assert_no_error (error);
  g_assert_cmpint (prc_library_add (fixture->library, "study:1", NULL, &slice, 1, "m", 2, &error),
                   ==,
                   0); // the same encoder with another length
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
}

static void
test_remove (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (GError) error = NULL;
  const gint64 first = add (library, 1, 1, 4), second = add (library, 2, 2, 3);
  const gint64 last_slice = number (library->db, "SELECT max (id) FROM slices");
  g_assert_true (prc_library_remove (library, second, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM slices"), ==, 4);
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM embeddings"), ==, 4);
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM studies"), ==, 1);
  g_assert_false (prc_library_remove (library, second, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (prc_library_case (library, second, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (prc_library_case_paths (library, second, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND);
  g_assert_cmpint (add (library, 3, 3, 1), >, second); // an id is never used twice
  g_assert_cmpint (number (library->db, "SELECT max (id) FROM slices"), >, last_slice);
  g_assert_true (prc_library_remove (library, first, NULL));
  prc_library_close (g_steal_pointer (&fixture->library));
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  g_assert_null (memmem (bytes, length, "Case 1", 6)); // really gone
  g_assert_nonnull (memmem (bytes, length, "Case 3", 6));
}

// --- the snapshot

static void
test_snapshot (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcIndex) none = prc_library_index (library, LIBRARY_FIXTURE_MODEL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_index_length (none), ==, 0);
  add (library, 1, 1, 4);
  add (library, 2, 2, 5);
  g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_index_length (index), ==, 9);
  g_assert_cmpuint (prc_index_version (index), ==, prc_library_version (library));
  float query[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (2, 3, query);
  PrcIndexHit hit;
  g_assert_cmpuint (prc_index_search (index, query, 1, NULL, &hit), ==, 1);
  g_assert_cmpfloat_with_epsilon (hit.cosine, 1,
                                  1e-6); // the bits of the encoder, not a rounding of them
  g_assert_cmpint (hit.case_id, ==, 2);
  PrcHit filled = {0};
  g_assert_true (prc_library_fill_hit (library, hit.slice_id, &filled, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (filled.matching_case->title, ==, "Case 2");
  g_assert_cmpstr (filled.path, ==, "/cases/2/3.dcm");
  g_assert_cmpstr (filled.sop_instance_uid, ==, "2.25.2.1.4");
  g_assert_cmpstr (filled.series_instance_uid, ==, "2.25.2.1");
  g_assert_cmpuint (filled.frame, ==, 0);
  g_assert_cmpuint (filled.slice_number, ==, 4);
  g_assert_cmpuint (filled.n_slices_in_series, ==, 5);
  prc_case_unref (filled.matching_case);
  g_free (filled.path);
  g_free (filled.sop_instance_uid);
  g_free (filled.series_instance_uid);
  g_assert_false (prc_library_fill_hit (library, 999, &filled, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND);
  g_autoptr (PrcIndex) other = prc_library_index (library, "another model", NULL);
  g_assert_cmpuint (prc_index_length (other), ==, 0); // vectors of two encoders are never mixed
}

// All hits of a query, as one text.
static char *
found_by (PrcLibrary *library, guint seed) {
  g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  g_assert_cmpuint (prc_index_version (index), ==, prc_library_version (library));
  float query[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (seed, 1, query);
  PrcIndexHit hits[400];
  g_autoptr (GString) text = g_string_new (NULL);
  const PrcIndexScope exact = {NULL, NULL, TRUE};
  const size_t n = prc_index_search (index, query, G_N_ELEMENTS (hits), &exact, hits);
  for (size_t i = 0; i < n; i++)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " %s %a\n",
                            hits[i].slice_id, hits[i].case_id, hits[i].modality,
                            (double)hits[i].cosine);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

// Who has seen an earlier state finds what somebody finds who opens the library just now.
static void
assert_follows (Fixture *fixture, PrcLibrary *follower) {
  g_autoptr (PrcLibrary) fresh = prc_library_open (fixture->path, NULL);
  for (guint seed = 1; seed < 4; seed++) {
    g_autofree char *expected = found_by (fresh, seed);
    g_autofree char *found = found_by (follower, seed);
    g_assert_cmpstr (found, ==, expected);
  }
}

static void
test_snapshots_follow (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (PrcLibrary) other = prc_library_open (fixture->path, NULL);
  assert_follows (fixture, other); // of nothing, not even an encoder
  gint64 cases[7] = {0};
  for (guint i = 1; i <= 6; i++) {
    cases[i] = add (library, i, i, i);
    assert_follows (fixture, other);
  }
  g_assert_true (prc_library_remove (library, cases[2], NULL));
  assert_follows (fixture, other);
  g_assert_true (prc_library_remove (other, cases[6], NULL)); // by itself, and a series id is free
  add (library, 7, 7, 12);
  assert_follows (fixture, other);
  assert_follows (fixture, library);
  // A study that moves takes its slices along, though no vector has changed.
  g_assert_true (prc_sql_exec (library->db,
                               "UPDATE studies SET case_id = 3 WHERE case_id = 1;"
                               "UPDATE library SET changes = changes + 1",
                               NULL));
  assert_follows (fixture, other);
  // Who has missed a part of the log reads everything again.
  add (library, 8, 8, 3);
  g_assert_true (prc_sql_exec (library->db,
                               "DELETE FROM vector_log WHERE seq <"
                               " (SELECT max (seq) FROM vector_log)",
                               NULL));
  assert_follows (fixture, other);
  g_assert_true (prc_sql_exec (library->db,
                               "DELETE FROM vector_log;"
                               "UPDATE library SET changes = changes + 1",
                               NULL));
  assert_follows (fixture, other);
  add (library, 9, 9, 3);
  assert_follows (fixture, other);
}

// What did not change is shared: only what came is read.
static void
test_snapshots_share (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  add (library, 1, 1, 5);
  g_autoptr (PrcIndex) first = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  g_autoptr (PrcIndex) same = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  g_assert_true (first == same);
  g_autoptr (PrcIndex) none = prc_library_index (library, "another model", NULL);
  g_assert_cmpuint (prc_index_length (none), ==, 0);
  // A vector that nobody could read any more is still in the snapshots that follow.
  g_autoptr (PrcIndex) again = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  g_assert_true (prc_sql_exec (library->db,
                               "PRAGMA ignore_check_constraints = ON;"
                               "UPDATE embeddings SET vector = x'00' WHERE slice_id = 1",
                               NULL));
  add (library, 2, 2, 5);
  g_autoptr (PrcIndex) next = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  g_assert_cmpuint (prc_index_length (next), ==, 10);
  g_assert_cmpuint (prc_index_length (again), ==, 5);
  float query[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (1, 0, query);
  PrcIndexHit hits[10];
  g_assert_cmpuint (prc_index_search (next, query, 10, NULL, hits), ==, 9); // but it is no hit
}

// A large library is mapped from a file beside it. It counts only with its mark, goes when a case is
// removed, and what came after it is found all the same.
static void
keep_file (PrcLibrary *library) {
  g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  g_autoptr (PrcIndex) parted = prc_index_with_cells (index, NULL);
  const PrcIndexFileMark mark = prc_library_new_index_mark (library, FALSE);
  g_autofree char *path = prc_library_index_path (library, FALSE);
  g_assert_true (prc_index_file_write (parted, path, &mark));
  g_assert_true (prc_library_keep_index_file (library, FALSE, &mark, NULL));
  prc_library_take_index (library, index, parted);
  g_assert_true (prc_library_has_index_file (library, FALSE));
}

static gboolean
is_mapped (Fixture *fixture) {
  g_autoptr (PrcLibrary) fresh = prc_library_open (fixture->path, NULL);
  g_autoptr (PrcIndex) index = prc_library_index (fresh, LIBRARY_FIXTURE_MODEL, NULL);
  return prc_index_has_cells (index);
}

static void
test_index_file (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  g_autoptr (PrcLibrary) other = prc_library_open (fixture->path, NULL);
  for (guint i = 1; i <= 6; i++)
    add (library, i, i, 10);
  const guint64 version = prc_library_version (library);
  keep_file (library);
  g_assert_cmpuint (prc_library_version (library), ==, version);
  g_assert_true (is_mapped (fixture));
  assert_follows (fixture, other);
  add (library, 7, 7, 10); // after the file
  g_assert_true (is_mapped (fixture));
  assert_follows (fixture, other);
  assert_follows (fixture, library);
  g_autofree char *path = prc_library_index_path (library, FALSE);
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  struct stat info;
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  keep_file (library);
  g_assert_true (is_mapped (fixture));
  g_assert_true (g_file_set_contents (path, bytes, (gssize)length, NULL)); // the one before
  g_assert_false (is_mapped (fixture));
  assert_follows (fixture, other);
  keep_file (library);
  g_assert_true (prc_library_remove (library, 3, NULL));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (prc_library_has_index_file (library, FALSE));
  assert_follows (fixture, other);
  assert_follows (fixture, library);
  g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  const PrcIndexFileMark mark = prc_library_new_index_mark (library, FALSE);
  g_assert_true (prc_library_remove (library, 4, NULL)); // while the file is made
  g_autoptr (PrcIndex) parted = prc_index_with_cells (index, NULL);
  g_assert_true (prc_index_file_write (parted, path, &mark));
  g_assert_false (prc_library_keep_index_file (library, FALSE, &mark, NULL));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  keep_file (library);
  g_assert_true (prc_sql_exec (library->db, "DELETE FROM vector_log", NULL));
  add (library, 8, 8, 10); // as if the log had been cut off behind the file
  assert_follows (fixture, other);
}

// Whether the set holds the series of a case that has one.
static gboolean
has (Fixture *fixture, PrcSeriesSet *set, gint64 case_id) {
  gint64 series = 0;
  g_assert_true (prc_sql_do (fixture->library->db, &series, NULL,
                             "SELECT series.id FROM series JOIN studies ON studies.id = study_id"
                             " WHERE case_id = ?",
                             "i", case_id));
  return prc_series_set_has (set, series);
}

static void
test_related (Fixture *fixture, gconstpointer data) {
  PrcLibrary *library = fixture->library;
  const gint64 a = add (library, 1, 7, 2), b = add (library, 2, 7, 2), c = add (library, 3, 9, 2);
  const gint64 picture = add (library, 4, 0, 1), other_picture = add (library, 5, 0, 1);
  guint n = 0;
  g_autoptr (PrcSeriesSet) patient =
      prc_library_related_series (library, NULL, NULL, "id:P7", NULL, &n, NULL);
  g_assert_true (has (fixture, patient, a) && has (fixture, patient, b));
  g_assert_true (n == 2 && prc_series_set_length (patient) == 2);
  g_autoptr (PrcSeriesSet) by_id =
      prc_library_related_series (library, NULL, NULL, NULL, "P9", &n, NULL);
  g_assert_true (n == 1 && !has (fixture, by_id, a) && has (fixture, by_id, c));
  g_autoptr (PrcSeriesSet) study =
      prc_library_related_series (library, "2.25.3", NULL, NULL, NULL, &n, NULL);
  g_assert_true (n == 1 && has (fixture, study, c));
  g_autoptr (PrcSeriesSet) instance =
      prc_library_related_series (library, NULL, "2.25.2.1.1", NULL, NULL, &n, NULL);
  g_assert_true (n == 1 && has (fixture, instance, b));
  g_autoptr (PrcSeriesSet) nobody = prc_library_related_series (library, "", "", "", "", &n, NULL);
  g_assert_true (n == 0 && prc_series_set_length (nobody) == 0); // what is unknown is not equal
  g_assert_cmpint (picture, !=, other_picture);
  // Names and numbers of patients are not in the file; the words of the case are.
  g_assert_cmpint (number (library->db, "SELECT count (*) FROM studies WHERE patient LIKE '%P7%'"
                                        " OR patient_id LIKE '%P7%'"),
                   ==, 0);
}

// --- two at once, and what is refused

static void
test_two_connections (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) other = prc_library_open (fixture->path, &error);
  g_assert_no_error (error);
  const guint64 version = prc_library_version (other);
  add (fixture->library, 1, 1, 3);
  g_assert_cmpuint (prc_library_version (other), >, version); // it sees what the first one did
  add (other, 2, 2, 3);
  g_autoptr (GPtrArray) cases = prc_library_cases (fixture->library, NULL);
  g_assert_cmpuint (cases->len, ==, 2);

  g_assert_true (prc_sql_begin (other->db, NULL)); // holds the write lock
  sqlite3_busy_timeout (fixture->library->db, 20);
  g_autoptr (PrcSeries) series = library_fixture_series (3, 3, 1);
  g_assert_cmpint (library_fixture_add (fixture->library, series, 3, 0, 1, &error), ==, 0);
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_BUSY);
  g_autoptr (PrcCase) readable =
      prc_library_case (fixture->library, 1, NULL); // a reader never waits
  g_assert_nonnull (readable);
  prc_sql_end (other->db, FALSE, NULL);
  g_assert_cmpint (library_fixture_add (fixture->library, series, 3, 0, 1, NULL), >, 0);
}

static void
expect_refusal (const char *path, PrcEngineError code) {
  g_autofree char *before = NULL, *after = NULL;
  gsize length_before = 0, length_after = 0;
  g_file_get_contents (path, &before, &length_before, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_library_open (path, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, (int)code);
  g_file_get_contents (path, &after, &length_after, NULL);
  g_assert_cmpmem (before, length_before, after, length_after); // untouched, byte for byte
}

static void
test_refused (void) {
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "x", NULL);
  g_file_set_contents (path, "These are no pages of a database, and there are many of them", -1,
                       NULL);
  expect_refusal (path, PRC_ENGINE_ERROR_CORRUPT);
  g_unlink (path);
  sqlite3 *db = NULL;
  sqlite3_open (path, &db);
  sqlite3_exec (db, "CREATE TABLE bookmarks (url)", NULL, NULL, NULL);
  sqlite3_close (db);
  expect_refusal (path, PRC_ENGINE_ERROR_LIBRARY);
  g_autofree char *below_a_file = g_build_filename (path, "library.sqlite", NULL);
  expect_refusal (below_a_file, PRC_ENGINE_ERROR_LIBRARY);
  expect_refusal (folder, PRC_ENGINE_ERROR_LIBRARY);
  prc_fixture_remove (folder);
}

static void
test_newer (Fixture *fixture, gconstpointer data) {
  add (fixture->library, 1, 1, 2);
  prc_sql_exec (fixture->library->db, "PRAGMA user_version = 1000", NULL);
  prc_library_close (g_steal_pointer (&fixture->library));
  expect_refusal (fixture->path, PRC_ENGINE_ERROR_NEWER);
}

// --- migration: the schema of today as an older one, and a step of tomorrow

static char *
backup_of_today (const char *path) {
  return g_strdup_printf ("%s.v%d.backup", path, version_of_today ());
}

static const char ** // the container is owned
with_step (const char *step) {
  int n;
  const char *const *steps = prc_library_schema_steps (&n);
  const char **more = g_new0 (const char *, n + 1);
  memcpy (more, steps, (gsize)n * sizeof *more);
  more[n] = step;
  return more;
}

static sqlite3 *
migrate (const char *path, const char *const *steps, GError **error) {
  sqlite3 *db = prc_sql_open (path, error);
  g_assert_nonnull (db);
  if (prc_library_schema_migrate (db, path, steps, version_of_today () + 1, error))
    return db;
  sqlite3_close (db);
  return NULL;
}

static void
test_migration (Fixture *fixture, gconstpointer data) {
  add (fixture->library, 1, 1, 3);
  prc_library_close (g_steal_pointer (&fixture->library));
  g_autofree char *backup = backup_of_today (fixture->path);
  g_autoptr (GError) error = NULL;

  g_autofree const char **steps = with_step ("ALTER TABLE cases ADD COLUMN words TEXT;"
                                             "CREATE TABLE cases (x)");
  g_assert_null (migrate (fixture->path, steps, &error)); // half of the step would have worked
  g_assert_nonnull (error);
  g_clear_error (&error);
  fixture->library = prc_library_open (fixture->path, &error); // still of today and whole
  g_assert_no_error (error);
  g_assert_cmpint (number (fixture->library->db, "SELECT count (*) FROM cases"), ==, 1);
  g_assert_cmpint (
      number (fixture->library->db,
              "SELECT count (*) FROM pragma_table_info ('cases') WHERE name = 'words'"),
      ==, 0);
  prc_library_close (g_steal_pointer (&fixture->library));

  g_free (steps);
  steps = with_step ("ALTER TABLE cases ADD COLUMN words TEXT NOT NULL DEFAULT ''");
  sqlite3 *db = migrate (fixture->path, steps, &error);
  g_assert_no_error (error);
  g_assert_cmpint (number (db, "SELECT count (*) FROM cases WHERE title = 'Case 1' AND words = ''"),
                   ==, 1);
  g_assert_cmpint (number (db, "PRAGMA user_version"), ==, version_of_today () + 1);
  sqlite3_close (db);
  expect_refusal (fixture->path, PRC_ENGINE_ERROR_NEWER); // for the program of today

  g_assert_cmphex (mode_of (backup), ==, 0600);
  g_autoptr (PrcLibrary) old = prc_library_open (backup, &error); // what it was before
  g_assert_no_error (error);
  g_autoptr (GPtrArray) problems = prc_library_verify (old, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpint (number (old->db, "SELECT count (*) FROM slices"), ==, 3);
}

static void
test_migration_without_room_for_a_copy (Fixture *fixture, gconstpointer data) {
  add (fixture->library, 1, 1, 3);
  prc_library_close (g_steal_pointer (&fixture->library));
  g_autofree char *backup = backup_of_today (fixture->path);
  g_autofree char *inside = g_build_filename (backup, "in the way", NULL);
  g_mkdir_with_parents (inside, 0700); // a folder that is not empty cannot be replaced
  g_autofree const char **steps = with_step ("ALTER TABLE cases ADD COLUMN words TEXT");
  g_autoptr (GError) error = NULL;
  g_assert_null (migrate (fixture->path, steps, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY);
  fixture->library = prc_library_open (fixture->path, NULL); // no copy, no change
  g_assert_nonnull (fixture->library);
}

static void
test_default_path (void) {
  g_setenv ("PRECEDENT_LIBRARY", "/somewhere/l.sqlite", TRUE);
  g_autofree char *chosen = prc_library_default_path ();
  g_assert_cmpstr (chosen, ==, "/somewhere/l.sqlite");
  g_unsetenv ("PRECEDENT_LIBRARY");
  g_autofree char *standard = prc_library_default_path ();
  g_assert_true (g_str_has_suffix (standard, "/precedent/library.sqlite"));
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/library/place", test_place);
  g_test_add_func ("/library/default-path", test_default_path);
  ADD ("/library/settings", test_settings);
  ADD ("/library/add-and-read", test_add_and_read);
  ADD ("/library/again", test_again);
  ADD ("/library/in-pieces", test_in_pieces);
  ADD ("/library/refresh", test_refresh);
  ADD ("/library/words", test_words);
  ADD ("/library/bad-vectors", test_bad_vectors);
  ADD ("/library/remove", test_remove);
  ADD ("/library/snapshot", test_snapshot);
  ADD ("/library/snapshots-follow", test_snapshots_follow);
  ADD ("/library/snapshots-share", test_snapshots_share);
  ADD ("/library/index-file", test_index_file);
  ADD ("/library/related", test_related);
  ADD ("/library/two-connections", test_two_connections);
  g_test_add_func ("/library/refused", test_refused);
  ADD ("/library/newer", test_newer);
  ADD ("/library/migration", test_migration);
  ADD ("/library/migration-without-a-copy", test_migration_without_room_for_a_copy);
  return g_test_run ();
}
