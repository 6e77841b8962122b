// SPDX-License-Identifier: Apache-2.0
// A library that another encoder has indexed, indexed again from its files.
#include "prc-import.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-library-private.h"
#include "prc-scan.h"

#define N_CASES  6
#define N_SLICES 8

typedef struct {
  PrcModel *model;
  PrcEmbedder *embedder;
} Encoder;

static Encoder older, today;
static PrcCodecPool *pool;

typedef struct {
  char *folder, *path; // of the images; of the library
  PrcLibrary *library;
} Fixture;

static Encoder
load_encoder (const char *weights) {
  g_autoptr (GError) error = NULL;
  PrcModel *model = prc_model_load (weights, &error);
  g_assert_no_error (error);
  return (Encoder){model, prc_embedder_new (model, PRC_IMPORT_BATCH)};
}

static void
clear_encoder (Encoder *encoder) {
  prc_embedder_free (encoder->embedder);
  prc_model_unref (encoder->model);
}

static PrcImportSummary *
import (PrcLibrary *library, const char *folder, const Encoder *with) {
  g_autoptr (GError) error = NULL;
  const char *const paths[] = {folder, NULL};
  PrcImportSummary *summary = prc_import (library, with->embedder, with->model, pool, paths, NULL,
                                          NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return summary;
}

static PrcImportSummary *
index_again (Fixture *fixture, PrcImportProgress progress, gpointer data) {
  g_autoptr (GError) error = NULL;
  PrcImportSummary *summary = prc_import_again (fixture->library, today.embedder, today.model, pool,
                                                progress, data, NULL, &error);
  g_assert_no_error (error);
  return summary;
}

static void
assert_sound (PrcLibrary *library) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
}

static gint64
number (Fixture *fixture, const char *sql) {
  gint64 value = -1;
  g_assert_true (prc_sql_do (fixture->library->db, &value, NULL, sql, ""));
  return value;
}

static gsize
n_of (Fixture *fixture, const Encoder *encoder) {
  g_autoptr (PrcIndex) index =
      prc_library_index (fixture->library, prc_model_id (encoder->model), NULL);
  return prc_index_length (index);
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  fixture->folder = prc_fixture_folder ();
  fixture->path = g_build_filename (fixture->folder, ".home", "library.sqlite", NULL);
  fixture->library = prc_library_open (fixture->path, &error);
  g_assert_no_error (error);
  library_fixture_write_cases (fixture->folder, N_CASES, N_SLICES);
  prc_import_summary_free (import (fixture->library, fixture->folder, &older));
  g_assert_cmpuint (n_of (fixture, &older), ==, N_CASES * N_SLICES);
  g_assert_cmpuint (n_of (fixture, &today), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  prc_library_close (fixture->library);
  prc_fixture_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

// All vectors of the library by path, one after the other.
static char *
vectors_of (PrcLibrary *library) {
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db,
                       "SELECT hex (vector) FROM embeddings JOIN slices ON slices.id = slice_id"
                       " WHERE model_id = (SELECT max (model_id) FROM embeddings)"
                       " ORDER BY path, frame",
                       NULL);
  while (prc_sql_step (rows, NULL) == PRC_SQL_ROW)
    g_string_append (all, prc_sql_text (rows, 0));
  return g_string_free (g_steal_pointer (&all), FALSE);
}

typedef struct {
  guint n, last_done, last_total;
} Told;

static void
on_progress (const PrcImportStatus *status, gpointer user_data) {
  Told *told = user_data;
  g_assert_cmpuint (status->n_done, >=, told->last_done);
  g_assert_cmpuint (status->n_done, <=, status->n_total);
  *told = (Told){told->n + 1, status->n_done, status->n_total};
}

// As if it had been imported with the encoder of today, but for what people wrote.
static void
test_whole (Fixture *fixture, gconstpointer data) {
  prc_sql_exec (fixture->library->db,
                "UPDATE cases SET diagnosis = 'seen', sum = prc_sum (key, title, 'seen', findings,"
                " note, outcome, added, history, proof);"
                "INSERT INTO case_search (case_search) VALUES ('rebuild')",
                NULL);
  Told told = {0};
  g_autoptr (PrcImportSummary) summary = index_again (fixture, on_progress, &told);
  g_assert_cmpuint (summary->n_added, ==, N_CASES * N_SLICES);
  g_assert_cmpuint (summary->n_gone + summary->n_left + summary->n_refused, ==, 0);
  g_assert_cmpuint (told.last_done, ==, N_CASES * N_SLICES);
  g_assert_cmpuint (told.last_total, ==, N_CASES * N_SLICES);
  g_assert_cmpuint (n_of (fixture, &today), ==, N_CASES * N_SLICES);
  assert_sound (fixture->library);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases WHERE diagnosis = 'seen'"), ==,
                   N_CASES);

  g_autofree char *other = g_build_filename (fixture->folder, ".home", "fresh.sqlite", NULL);
  g_autoptr (PrcLibrary) fresh = prc_library_open (other, NULL);
  prc_import_summary_free (import (fresh, fixture->folder, &today));
  g_autofree char *expected = vectors_of (fresh), *found = vectors_of (fixture->library);
  g_assert_cmpstr (found, ==, expected);
}

// The vectors of the encoder of before stay, for who goes back to it; and where there is nothing to do
// nothing is done.
static void
test_once (Fixture *fixture, gconstpointer data) {
  prc_import_summary_free (index_again (fixture, NULL, NULL));
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM embeddings"), ==,
                   2 * N_CASES * N_SLICES);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM models"), ==, 2);
  const guint64 version = prc_library_version (fixture->library);
  Told told = {0};
  g_autoptr (PrcImportSummary) summary = index_again (fixture, on_progress, &told);
  g_assert_cmpuint (summary->n_added, ==, 0);
  g_assert_cmpuint (told.n, ==, 0);
  g_assert_cmpuint (prc_library_version (fixture->library), ==, version);
}

static void
remove_file (Fixture *fixture, guint number_of_case, guint i) {
  g_autofree char *path =
      g_strdup_printf ("%s/case-%u/IM%03u.dcm", fixture->folder, number_of_case, i);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

// Of files that are gone the old vector is all there is: it stays, and so do the words.
static void
test_gone (Fixture *fixture, gconstpointer data) {
  remove_file (fixture, 1, 3);
  for (guint i = 0; i < N_SLICES; i++)
    remove_file (fixture, 2, i);
  for (int round = 0; round < 2; round++) {
    g_autoptr (PrcImportSummary) summary = index_again (fixture, NULL, NULL);
    g_assert_cmpuint (summary->n_added, ==, round ? 0 : (N_CASES - 1) * N_SLICES - 1);
    g_assert_cmpuint (summary->n_gone, ==, 1 + N_SLICES);
    g_assert_cmpuint (summary->n_left, ==, 1 + N_SLICES);
    g_assert_cmpuint (n_of (fixture, &today), ==, (N_CASES - 1) * N_SLICES - 1);
    g_assert_cmpuint (n_of (fixture, &older), ==, N_CASES * N_SLICES);
    g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases"), ==, N_CASES);
    assert_sound (fixture->library);
  }
  library_fixture_write_cases (fixture->folder, N_CASES, N_SLICES); // the disk is back
  prc_import_summary_free (index_again (fixture, NULL, NULL));
  g_assert_cmpuint (n_of (fixture, &today), ==, N_CASES * N_SLICES);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM models"), ==, 2);
}

// Another picture stands where one of the library was: it is not taken for that one, nor added.
static void
test_replaced (Fixture *fixture, gconstpointer data) {
  g_autofree char *from = g_build_filename (fixture->folder, "case-77", "IM000.dcm", NULL);
  g_autofree char *to = g_build_filename (fixture->folder, "case-1", "IM000.dcm", NULL);
  library_fixture_write_case (fixture->folder, 77, "P77", 1);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  g_autoptr (PrcImportSummary) summary = index_again (fixture, NULL, NULL);
  g_assert_cmpuint (summary->n_added, ==, N_CASES * N_SLICES - 1);
  g_assert_cmpuint (summary->n_left, ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM slices"), ==, N_CASES * N_SLICES);
  assert_sound (fixture->library);
}

typedef struct {
  Fixture *fixture;
  guint at; // slices
  gboolean done;
  gsize n_found;
} Between;

static void
on_between (const PrcImportStatus *status, gpointer user_data) {
  Between *between = user_data;
  if (status->n_done < between->at || between->done)
    return;
  between->done = TRUE;
  between->n_found = n_of (between->fixture, &today);
  g_assert_true (prc_library_remove (between->fixture->library, N_CASES, NULL));
}

// What is done is there for a search while the rest is under way; and a case that is removed
// meanwhile does not come back.
static void
test_removed_meanwhile (Fixture *fixture, gconstpointer data) {
  Between between = {fixture, N_SLICES, FALSE, 0};
  g_autoptr (PrcImportSummary) summary = index_again (fixture, on_between, &between);
  g_assert_true (between.done);
  g_assert_cmpuint (between.n_found, >=, N_SLICES);
  g_assert_cmpuint (between.n_found, <, N_CASES * N_SLICES);
  g_assert_cmpuint (n_of (fixture, &older), ==, (N_CASES - 1) * N_SLICES);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases"), ==, N_CASES - 1);
  g_assert_cmpuint (n_of (fixture, &today), ==, (N_CASES - 1) * N_SLICES);
  g_assert_cmpuint (summary->n_left, ==, 0);
  assert_sound (fixture->library);
}

static void
on_cancel (const PrcImportStatus *status, gpointer cancellable) {
  if (status->n_done >= 2 * N_SLICES)
    g_cancellable_cancel (cancellable);
}

static void
test_cancel (Fixture *fixture, gconstpointer data) {
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_import_again (fixture->library, today.embedder, today.model, pool, on_cancel,
                                   cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  const gsize kept = n_of (fixture, &today);
  g_assert_cmpuint (kept, >=, 2 * N_SLICES);
  g_assert_cmpuint (kept, <, N_CASES * N_SLICES);
  g_autoptr (PrcImportSummary) summary = index_again (fixture, NULL, NULL);
  g_assert_cmpuint (summary->n_added, ==, N_CASES * N_SLICES - kept);
  g_assert_cmpuint (n_of (fixture, &older), ==, N_CASES * N_SLICES);
}

// --- killed

static void
stop_at (const PrcImportStatus *status, gpointer last) {
  while (status->n_done >= *(guint *)last)
    pause ();
}

static int
again_as_child (const char *path, guint last) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  prc_import_summary_free (
      prc_import_again (library, today.embedder, today.model, pool, stop_at, &last, NULL, NULL));
  return 0;
}

// In a program of its own: a fork of this one would lack its threads.
static pid_t
start_again (Fixture *fixture, gsize last) {
  g_autofree char *number_of_last = g_strdup_printf ("%" G_GSIZE_FORMAT, last);
  const pid_t child = fork ();
  if (child == 0) {
    char *arguments[] = {(char *)"/proc/self/exe", (char *)"--again", fixture->path, number_of_last,
                         NULL};
    execv ("/proc/self/exe", arguments);
    _exit (9);
  }
  return child;
}

static void
test_kill (Fixture *fixture, gconstpointer data) {
  GRand *random = g_rand_new_with_seed (7);
  gsize before = 0, now = 0;
  for (int round = 0; round < 4; round++, before = now) {
    // Within the case after next, or before the old ones are dropped.
    const pid_t child =
        start_again (fixture, MIN (before + N_SLICES + 1, (gsize)N_CASES * N_SLICES));
    int status = 0;
    while (n_of (fixture, &today) == before && waitpid (child, &status, WNOHANG) == 0)
      g_usleep (2000);
    g_usleep ((gulong)g_rand_int_range (random, 0, 30000));
    kill (child, SIGKILL);
    waitpid (child, &status, 0);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL); // it was still at work
    assert_sound (fixture->library);
    now = n_of (fixture, &today);
    g_assert_cmpuint (now, >, before);
    g_assert_cmpuint (n_of (fixture, &older), ==, N_CASES * N_SLICES);
    if (now == N_CASES * N_SLICES)
      break;
  }
  g_rand_free (random);
  g_autoptr (PrcImportSummary) summary = index_again (fixture, NULL, NULL);
  g_assert_cmpuint (summary->n_added, ==, N_CASES * N_SLICES - now);
  g_assert_cmpuint (n_of (fixture, &today), ==, N_CASES * N_SLICES);
  g_assert_cmpuint (n_of (fixture, &older), ==, N_CASES * N_SLICES);
  assert_sound (fixture->library);
}

// --- which are kept

static void
add_encoder (Fixture *fixture, const char *name) { // as if one more had seen every slice
  g_autofree char *sql = g_strdup_printf (
      "INSERT INTO models (name, dimension, sum) VALUES ('%s', 1, prc_sum ('%s', 1));"
      "INSERT INTO embeddings SELECT slices.id, (SELECT max (id) FROM models), x'0000803f',"
      " prc_sum (slices.id, (SELECT max (id) FROM models), x'0000803f') FROM slices",
      name, name);
  g_assert_true (prc_sql_exec (fixture->library->db, sql, NULL));
}

static gint64
n_named (Fixture *fixture, const char *name) {
  gint64 n = -1;
  g_assert_true (prc_sql_do (fixture->library->db, &n, NULL,
                             "SELECT count (*) FROM embeddings JOIN models ON models.id = model_id"
                             " WHERE name = ?",
                             "s", name));
  return n;
}

static void
drop_others (Fixture *fixture, const Encoder *but, guint n_kept) {
  for (gint64 from = 0; from >= 0;)
    g_assert_true (prc_library_drop_others (fixture->library, prc_model_id (but->model),
                                            prc_model_segment_id (but->model), n_kept, &from,
                                            NULL));
}

// Of four others the two that came last are kept, and the one that is in use whenever it came.
static void
test_kept (Fixture *fixture, gconstpointer data) {
  const gint64 all = N_CASES * N_SLICES;
  add_encoder (fixture, "first");
  add_encoder (fixture, "second");
  add_encoder (fixture, "third");
  prc_import_summary_free (index_again (fixture, NULL, NULL));
  g_assert_cmpint (n_named (fixture, prc_model_id (today.model)), ==, all);
  g_assert_cmpint (n_named (fixture, "third"), ==, all);
  g_assert_cmpint (n_named (fixture, "second"), ==, all);
  g_assert_cmpint (n_named (fixture, "first"), ==, 0);
  g_assert_cmpint (n_named (fixture, prc_model_id (older.model)), ==, 0);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM models"), ==, 3);
  assert_sound (fixture->library);
  drop_others (fixture, &today, 0);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM models"), ==, 1);
  g_assert_cmpint (n_named (fixture, prc_model_id (today.model)), ==, all);
  assert_sound (fixture->library);
}

// There and back: nothing is embedded again, and each finds its own.
static void
test_back (Fixture *fixture, gconstpointer data) {
  prc_import_summary_free (index_again (fixture, NULL, NULL));
  Told told = {0};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary = prc_import_again (
      fixture->library, older.embedder, older.model, pool, on_progress, &told, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 0);
  g_assert_cmpuint (told.n, ==, 0);
  g_assert_cmpuint (n_of (fixture, &older), ==, N_CASES * N_SLICES);
  g_assert_cmpuint (n_of (fixture, &today), ==, N_CASES * N_SLICES);
}

// Killed between the last new vector and the last old one.
static void
test_drop_later (Fixture *fixture, gconstpointer data) {
  prc_import_summary_free (import (fixture->library, fixture->folder, &today));
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM embeddings"), ==,
                   2 * N_CASES * N_SLICES);
  drop_others (fixture, &today, 0);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM embeddings"), ==, N_CASES * N_SLICES);
  g_assert_cmpuint (n_of (fixture, &today), ==, N_CASES * N_SLICES);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  const gboolean child = argc == 4 && g_str_equal (argv[1], "--again");
  if (!child)
    g_test_init (&argc, &argv, NULL);
  g_autofree char *folder = NULL;
  g_autofree char *weights = library_fixture_other_weights (&folder);
  older = load_encoder (weights);
  today = load_encoder (NULL);
  prc_fixture_remove (folder);
  g_assert_cmpstr (prc_model_id (older.model), !=, prc_model_id (today.model));
  pool = prc_codec_pool_new (2);
  if (child)
    return again_as_child (argv[2], (guint)g_ascii_strtoull (argv[3], NULL, 10));
  ADD ("/import-again/whole", test_whole);
  ADD ("/import-again/once", test_once);
  ADD ("/import-again/gone", test_gone);
  ADD ("/import-again/replaced", test_replaced);
  ADD ("/import-again/removed-meanwhile", test_removed_meanwhile);
  ADD ("/import-again/cancel", test_cancel);
  ADD ("/import-again/kill", test_kill);
  ADD ("/import-again/drop-later", test_drop_later);
  ADD ("/import-again/kept", test_kept);
  ADD ("/import-again/back", test_back);
  const int result = g_test_run ();
  prc_codec_pool_unref (pool);
  clear_encoder (&older);
  clear_encoder (&today);
  return result;
}
