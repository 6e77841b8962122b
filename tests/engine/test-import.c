// SPDX-License-Identifier: Apache-2.0
// Files through codecs and encoder into a library, and questions to it.
#include "prc-import.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-path.h"
#include "prc-scan.h"
#include "prc-search.h"
#include "zip-fixture.h"

static PrcModel *model;
static PrcEmbedder *embedder;
static PrcCodecPool *pool;

typedef struct {
  char *folder, *path; // of the images; of the library
  PrcLibrary *library;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  fixture->folder = prc_fixture_folder ();
  fixture->path = g_build_filename (fixture->folder, ".home", "library.sqlite", NULL);
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

static PrcImportSummary *
import (Fixture *fixture, const char *cases_csv, GError **error) {
  const char *const paths[] = {fixture->folder, NULL};
  return prc_import (fixture->library, embedder, model, pool, paths, cases_csv, NULL, NULL, NULL,
                     error);
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

typedef struct {
  guint n, last_done, last_total;
  gboolean fell;
} Told;

static void
on_progress (const PrcImportStatus *status, gpointer user_data) {
  Told *told = user_data;
  g_assert_cmpuint (status->n_done, <=, status->n_total);
  g_assert_nonnull (status->phase);
  told->n++;
  told->last_done = status->n_done;
  told->last_total = status->n_total;
}

static void
test_studies (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 3, 7);
  const char *const paths[] = {fixture->folder, NULL};
  Told told = {0};
  g_autoptr (PrcImportSummary) summary = prc_import (fixture->library, embedder, model, pool, paths,
                                                     NULL, on_progress, &told, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 21);
  g_assert_cmpuint (summary->n_skipped, ==, 0);
  g_assert_cmpuint (summary->n_refused, ==, 0);
  g_assert_cmpuint (told.n, >, 2);
  g_assert_cmpuint (told.last_total, ==, 21);
  assert_sound (fixture->library);
  g_autoptr (GPtrArray) cases = prc_library_cases (fixture->library, NULL);
  g_assert_cmpuint (cases->len, ==, 3);
  PrcCase *first = cases->pdata[0];
  g_assert_cmpstr (first->title, ==, "made up");
  g_assert_cmpuint (first->n_slices, ==, 7);
  g_assert_cmpuint (first->n_series, ==, 1);
  // A vector in the library is that of its slice, bit for bit, in the slice's own row.
  g_autoptr (PrcIndex) index = prc_library_index (fixture->library, prc_model_id (model), &error);
  g_assert_cmpuint (prc_index_length (index), ==, 21);
  const guint64 version = prc_library_version (fixture->library);
  g_clear_pointer (&summary, prc_import_summary_free);
  summary = import (fixture, NULL, &error); // again
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 0);
  g_assert_cmpuint (summary->n_skipped, ==, 21);
  g_assert_cmpuint (prc_library_version (fixture->library), ==, version);
}

static void
test_list (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 3, 4);
  g_autofree char *list = g_build_filename (fixture->folder, "cases.csv", NULL);
  g_file_set_contents (list,
                       "path,title,diagnosis,findings\ncase-1,One,d1,f1\n"
                       "case-2/,Two,d2,\nnowhere,x,y,z\n",
                       -1, NULL);
  g_autoptr (PrcImportSummary) summary = import (fixture, list, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 12);
  g_assert_cmpuint (summary->n_refused, ==,
                    1); // nowhere; the list itself is no image and no problem
  g_assert_cmpuint (summary->n_unmatched, ==, 1);
  const PrcScanProblem *problem = summary->problems->pdata[0];
  g_assert_true (g_str_has_suffix (problem->path, "/nowhere"));
  g_assert_nonnull (strstr (problem->reason, "Line 4"));
  g_autoptr (GPtrArray) cases = prc_library_cases (fixture->library, NULL);
  g_assert_cmpuint (cases->len, ==, 3);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases WHERE key LIKE 'folder:%/case-1'"
                                    " AND title = 'One' AND diagnosis = 'd1' AND findings = 'f1'"),
                   ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases WHERE key LIKE 'study:%'"), ==, 1);
  // The list is corrected: the words follow, nothing is read again.
  g_file_set_contents (list, "path,title\ncase-1,Better\ncase-3,Three\n", -1, NULL);
  g_clear_pointer (&summary, prc_import_summary_free);
  summary = import (fixture, list, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_skipped, ==, 12);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases WHERE title = 'Better'"
                                    " AND diagnosis = 'd1'"),
                   ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases WHERE title = 'Three'"
                                    " AND key LIKE 'folder:%'"),
                   ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases"), ==, 3);
  assert_sound (fixture->library);

  g_file_set_contents (list, "path,title\ncase-1,\"x\n", -1, NULL);
  g_assert_null (import (fixture, list, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV);
}

// An archive is imported as its folder would be: nothing is unpacked, nothing is added twice, a
// list of cases names what is in it, and its slices are reached by their paths.
static void
test_archive (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *files = prc_fixture_folder ();
  g_autofree char *zip = g_build_filename (fixture->folder, "cases.zip", NULL);
  g_autofree char *list = g_build_filename (fixture->folder, "cases.csv", NULL);
  library_fixture_write_cases (files, 2, 4);
  zip_fixture_folder (files, TRUE, zip);
  g_file_set_contents (list, "path,title\ncases.zip!/case-1,One\ncases.zip,Rest\n", -1, NULL);
  for (guint again = 0; again < 2; again++) {
    g_autoptr (PrcImportSummary) summary = import (fixture, list, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (summary->n_added, ==, again ? 0 : 8);
    g_assert_cmpuint (summary->n_skipped, ==, again ? 8 : 0);
    g_assert_cmpuint (summary->n_refused, ==, 0);
  }
  const char *const paths[] = {files, NULL}; // the same slices out of the folder
  g_autoptr (PrcImportSummary) same =
      prc_import (fixture->library, embedder, model, pool, paths, NULL, NULL, NULL, NULL, &error);
  g_assert_cmpuint (same->n_added, ==, 0);
  prc_import_summary_free (import (fixture, list, &error)); // and back
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases WHERE title IN ('One', 'Rest')"),
                   ==, 2);
  g_auto (GStrv) inside = prc_library_case_paths (fixture->library, 1, NULL);
  g_assert_cmpuint (g_strv_length (inside), ==, 4);
  g_assert_true (g_str_has_prefix (inside[0], zip));
  g_autoptr (PrcScan) scan =
      prc_scan (pool, (const char *const *)inside, PRC_PRIORITY_VIEW, NULL, NULL, NULL, &error);
  g_assert_cmpuint (prc_series_length (scan->series->pdata[0]), ==, 4);
  const PrcSlice *slice = prc_series_slice (scan->series->pdata[0], 0);
  g_autoptr (PrcFrame) frame =
      prc_codec_pool_decode (pool, slice->instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (prc_path_is_there (inside[0]));
  g_unlink (zip);
  g_assert_false (prc_path_is_there (inside[0]));
  assert_sound (fixture->library);
  prc_fixture_remove (files);
}

// A file copied elsewhere, with its last pixel changed or, with `word`, that word in its header.
static char *
copy_changed (Fixture *fixture, const char *from, const char *to, const char *word,
              const char *other) {
  g_autofree char *source = g_build_filename (fixture->folder, from, NULL);
  char *target = g_build_filename (fixture->folder, to, NULL), *bytes;
  g_autofree char *folder = g_path_get_dirname (target);
  gsize n;
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_get_contents (source, &bytes, &n, NULL));
  char *place = word ? g_strstr_len (bytes, (gssize)n, word) : NULL;
  for (gsize i = 0; !place && word && i + strlen (word) <= n; i++)
    place = memcmp (bytes + i, word, strlen (word)) == 0 ? bytes + i : NULL;
  if (place)
    memcpy (place, other, strlen (other));
  else if (other)
    bytes[n - 2] ^= 0x55;
  g_assert_true (g_file_set_contents (target, bytes, (gssize)n, NULL));
  g_free (bytes);
  return target;
}

static const PrcScanProblem *
only_problem (const PrcImportSummary *summary) {
  g_assert_cmpuint (summary->problems->len, ==, 1);
  return summary->problems->pdata[0];
}

// Two files of one SOP Instance UID: copies are passed over, of others the first counts.
static void
test_copies (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_case (fixture->folder, 1, "P1", 3);
  g_autofree char *same = copy_changed (fixture, "case-1/IM001.dcm", "later/IM001.dcm", NULL, NULL);
  g_autoptr (PrcImportSummary) summary = import (fixture, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 3);
  g_assert_cmpuint (summary->problems->len, ==, 0);
  g_autofree char *changed =
      copy_changed (fixture, "case-1/IM002.dcm", "later/IM002.dcm", NULL, "");
  for (guint alone = 0; alone < 2; alone++) { // with the first one, and against the library
    const char *const paths[] = {alone ? changed : fixture->folder, NULL};
    g_autoptr (PrcImportSummary) again =
        prc_import (fixture->library, embedder, model, pool, paths, NULL, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (again->n_added, ==, 0);
    g_assert_cmpuint (again->n_refused, ==, 1);
    g_assert_cmpstr (only_problem (again)->path, ==, changed);
    g_assert_nonnull (strstr (only_problem (again)->reason, alone ? "The library has" : "Another"));
  }
  g_auto (GStrv) paths = prc_library_case_paths (fixture->library, 1, NULL);
  g_assert_false (g_strv_contains ((const char *const *)paths, changed));
  // When the first one is gone, the file was moved.
  g_autofree char *first = g_build_filename (fixture->folder, "case-1", "IM002.dcm", NULL);
  g_unlink (first);
  g_autoptr (PrcImportSummary) moved = import (fixture, NULL, &error);
  g_assert_cmpuint (moved->problems->len, ==, 0);
  g_auto (GStrv) now = prc_library_case_paths (fixture->library, 1, NULL);
  g_assert_true (g_strv_contains ((const char *const *)now, changed));
  assert_sound (fixture->library);
}

// One Patient ID under two names is said without either, and nothing is left out.
static void
test_two_names (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_case (fixture->folder, 1, "P1", 2);
  library_fixture_write_case (fixture->folder, 2, "P1", 1);
  library_fixture_write_case (fixture->folder, 3, "P3", 1);
  g_autofree char *other =
      copy_changed (fixture, "case-2/IM000.dcm", "case-2/IM000.dcm", "SYNTHETIC", "SOMEBODYX");
  g_autofree char *same =
      copy_changed (fixture, "case-1/IM001.dcm", "case-1/IM001.dcm", "SYNTHETIC^", "Synthetic ");
  g_autoptr (PrcImportSummary) summary = import (fixture, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 4);
  g_assert_cmpuint (summary->n_refused, ==, 0);
  g_assert_cmpstr (only_problem (summary)->path, ==, other);
  g_assert_nonnull (strstr (only_problem (summary)->reason, "another name"));
  g_assert_null (strstr (only_problem (summary)->reason, "SYNTH"));
}

// Problems as a list that any spreadsheet reads.
static void
test_problems_list (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autofree char *odd = g_build_filename (fixture->folder, "a \"quoted\", name", NULL);
  g_autofree char *list = g_build_filename (fixture->folder, ".problems.csv", NULL);
  g_autofree char *bytes = NULL;
  GStatBuf status;
  g_file_set_contents (odd, "no image", -1, NULL);
  g_autoptr (PrcImportSummary) summary = import (fixture, NULL, &error);
  g_assert_true (prc_import_summary_save (summary, list, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (list, &bytes, NULL, NULL));
  g_autofree char *expected =
      g_strdup_printf ("\xef\xbb\xbfpath,problem\r\n\"%s/a \"\"quoted\"\", name\",\"%s\"\r\n",
                       fixture->folder, only_problem (summary)->reason);
  g_assert_cmpstr (bytes, ==, expected);
  g_assert_cmpint (g_stat (list, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_false (prc_import_summary_save (summary, "/nonexistent/list.csv", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static void
test_moved (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 1, 3);
  g_autofree char *list = g_build_filename (fixture->folder, "cases.csv", NULL);
  g_autofree char *from = g_build_filename (fixture->folder, "case-1", NULL);
  g_autofree char *to = g_build_filename (fixture->folder, "elsewhere", NULL);
  g_file_set_contents (list, "path,title\ncase-1,One\n", -1, NULL);
  prc_import_summary_free (import (fixture, list, NULL));
  g_rename (from, to);
  g_file_set_contents (list, "path,title\nelsewhere,One\n", -1, NULL);
  g_autoptr (PrcImportSummary) summary = import (fixture, list, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_skipped, ==, 3);
  g_assert_cmpuint (summary->n_refused, ==, 0);
  g_auto (GStrv) paths = prc_library_case_paths (fixture->library, 1, NULL);
  g_assert_true (g_str_has_prefix (paths[0], to));
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases"), ==, 1);
}

static void
test_refused (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 1, 5);
  g_autofree char *good = g_build_filename (fixture->folder, "case-1", "IM002.dcm", NULL);
  g_autofree char *short_file = g_build_filename (fixture->folder, "case-1", "IM003.dcm", NULL);
  g_autofree char *text = g_build_filename (fixture->folder, "notes.txt", NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  g_file_get_contents (short_file, &bytes, &length, NULL);
  g_file_set_contents (short_file, bytes, (gssize)length - 3000, NULL); // ends within its pixels
  g_file_set_contents (text, "no image", -1, NULL);
  g_unlink (good);
  g_autoptr (PrcImportSummary) summary = import (fixture, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 3);
  g_assert_cmpuint (summary->n_refused, ==, 2);
  g_assert_cmpuint (summary->problems->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const PrcScanProblem *problem = summary->problems->pdata[i];
    g_assert_true (g_str_has_suffix (problem->path, "IM003.dcm") ||
                   g_str_has_suffix (problem->path, "notes.txt"));
    g_assert_cmpuint (strlen (problem->reason), >, 5);
  }
  const char *const nowhere[] = {"/nonexistent/folder", NULL};
  g_clear_pointer (&summary, prc_import_summary_free);
  summary =
      prc_import (fixture->library, embedder, model, pool, nowhere, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_refused, ==, 1);
}

static void
stop_midway (const PrcImportStatus *status, gpointer user_data) {
  if (status->n_done > 0)
    g_cancellable_cancel (user_data);
}

static void
test_cancel (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  library_fixture_write_cases (fixture->folder, 3, 30);
  const char *const paths[] = {fixture->folder, NULL};
  g_assert_null (prc_import (fixture->library, embedder, model, pool, paths, NULL, stop_midway,
                             cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  assert_sound (fixture->library);
  const gint64 kept = number (fixture, "SELECT count (*) FROM slices");
  g_assert_cmpint (kept, <, 90);
  g_autoptr (PrcImportSummary) summary = import (fixture, NULL, &error); // what is left
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_skipped, ==, kept);
  g_assert_cmpuint (summary->n_added, ==, 90 - kept);
}

// In a program of its own: a fork of this one would lack its threads. It goes on to that many
// slices and then waits for its end.
static pid_t
start_import (Fixture *fixture, gint64 last) {
  g_autofree char *number_of_last = g_strdup_printf ("%" G_GINT64_FORMAT, last);
  const pid_t child = fork ();
  if (child == 0) {
    char *arguments[] = {(char *)"/proc/self/exe", (char *)"--import",
                         fixture->folder,          fixture->path,
                         number_of_last,           NULL};
    execv ("/proc/self/exe", arguments);
    _exit (9);
  }
  return child;
}

// The whole way, killed at any moment after it wrote something: the library is sound, codecs end
// with their parent, and the rest follows.
static void
test_kill (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 12, 16);
  GRand *random = g_rand_new_with_seed (5);
  gint64 before = 0, now = 0;
  for (int round = 0; round < 5; round++, before = now) {
    // A case is written when one of the next has come: two, with much of the third under way.
    const pid_t child = start_import (fixture, before + 2 * 16 + 8);
    int status = 0;
    while (number (fixture, "SELECT count (*) FROM slices") == before &&
           waitpid (child, &status, WNOHANG) == 0)
      g_usleep (2000);
    g_usleep ((gulong)g_rand_int_range (random, 0, 60000));
    kill (child, SIGKILL);
    waitpid (child, &status, 0);
    g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL); // it was still at work
    assert_sound (fixture->library);
    now = number (fixture, "SELECT count (*) FROM slices");
    g_assert_cmpint (now % 16, ==, 0); // cases of one transaction: whole or not there
    g_assert_cmpint (now, >, before);
  }
  g_rand_free (random);
  g_assert_cmpint (now, <, 12 * 16);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary = import (fixture, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_skipped, ==, now);
  g_assert_cmpuint (summary->n_added, ==, 12 * 16 - now);
  assert_sound (fixture->library);
}

static void
stop_at (const PrcImportStatus *status, gpointer last) {
  while (status->n_done >= *(guint *)last && g_str_has_prefix (status->phase, "Adding"))
    pause ();
}

static int
import_as_child (const char *folder, const char *path, guint last) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  const char *const paths[] = {folder, NULL};
  prc_import_summary_free (
      prc_import (library, embedder, model, pool, paths, NULL, stop_at, &last, NULL, NULL));
  return 0;
}

static void
test_pictures (Fixture *fixture, gconstpointer data) {
  g_autofree char *labels = prc_fixture_data ("labelled/labels.csv");
  if (!labels)
    return;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (labels, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 1; i < 3000 && lines[i] && *lines[i]; i += 500) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", 2);
    g_autofree char *relative = g_build_filename ("labelled", fields[0], NULL);
    g_autofree char *path = prc_fixture_data (relative);
    g_strv_builder_add (builder, path);
  }
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  g_autoptr (PrcImportSummary) summary =
      prc_import (fixture->library, embedder, model, pool, (const char *const *)paths, NULL, NULL,
                  NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 6);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases"), ==, 6); // each by itself
  // No two of them are the same patient's, as far as anybody knows.
  g_assert_cmpint (number (fixture, "SELECT count (DISTINCT patient) FROM studies"), ==, 6);
  assert_sound (fixture->library);
}

// --- questions

static PrcSeries *
scan_one (const char *path) {
  const char *const paths[] = {path, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_VIEW, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan->series->len, ==, 1);
  return prc_series_ref (scan->series->pdata[0]);
}

typedef struct {
  PrcQuery query;
  PrcSeries *series;
  PrcIndex *index;
} Question;

static void
question_clear (Question *question) {
  g_clear_pointer (&question->query.frame, prc_frame_unref);
  g_clear_pointer (&question->series, prc_series_unref);
  g_clear_pointer (&question->index, prc_index_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

static Question
ask_about (Fixture *fixture, guint case_number, guint slice, guint k) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strdup_printf ("%s/case-%u", fixture->folder, case_number);
  Question question = {.series = scan_one (path)};
  question.index = prc_library_index (fixture->library, prc_model_id (model), &error);
  g_assert_no_error (error);
  PrcInstance *instance = prc_series_slice (question.series, slice)->instance;
  question.query = (PrcQuery){.instance = instance, .k = k, .generation = 42};
  question.query.frame = prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return question;
}

static PrcAnswer *
answer (Fixture *fixture, Question *question) {
  g_autoptr (GError) error = NULL;
  PrcAnswer *said = prc_search (fixture->library, question->index, embedder, model,
                                &question->query, NULL, &error);
  g_assert_no_error (error);
  return said;
}

static void
test_search (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 8, 6);
  library_fixture_write_case (fixture->folder, 9, "P3", 6); // a second study of patient 3
  prc_import_summary_free (import (fixture, NULL, NULL));
  g_auto (Question) question = ask_about (fixture, 3, 2, 20);
  PrcQuery *query = &question.query;

  query->include_self = TRUE; // then the slice itself comes first
  g_autoptr (PrcAnswer) self = answer (fixture, &question);
  g_assert_cmpint (self->state, ==, PRC_ANSWER_RESULTS);
  g_assert_cmpuint (self->n_hits, ==, 9);
  g_assert_cmpuint (self->n_kept_out, ==, 0);
  g_assert_cmpuint (self->n_slices_searched, ==, 54);
  g_assert_cmpuint (self->generation, ==, 42);
  g_assert_cmpstr (self->model_id, ==, prc_model_id (model));
  g_assert_cmpuint (self->library_version, ==, prc_library_version (fixture->library));
  g_assert_cmpfloat_with_epsilon (self->hits[0].cosine, 1, 1e-5);
  g_assert_cmpuint (self->hits[0].slice_number, ==, 3);
  g_assert_cmpuint (self->hits[0].n_slices_in_series, ==, 6);
  g_assert_cmpstr (self->hits[0].sop_instance_uid, ==,
                   prc_instance_info (query->instance)->sop_instance_uid);
  for (guint i = 0; i < self->n_hits; i++) {
    g_assert_true (i == 0 || self->hits[i - 1].cosine >= self->hits[i].cosine);
    g_assert_cmpfloat (self->hits[i].percentile, >=, 0);
    g_assert_cmpstr (self->hits[i].scale, ==, "CT"); // as the query; eight patients are enough
    for (guint j = 0; j < i; j++)                    // one hit a case
      g_assert_cmpint (self->hits[i].matching_case->id, !=, self->hits[j].matching_case->id);
  }

  g_assert_true (self->hits[0].is_own);
  g_assert_cmpuint (self->tally->n_cases, ==, 7); // never of the patient itself
  g_assert_cmpuint (self->tally->n_without, ==, 7);
  g_assert_cmpuint (self->tally->n_library, ==, 7);

  g_autoptr (PrcInstance) instance = g_steal_pointer (&query->instance);
  g_autoptr (PrcAnswer) picture = answer (fixture, &question); // says no modality: the nearest does
  g_assert_cmpstr (picture->hits[0].scale, ==, "CT");
  g_assert_cmpmem (&picture->hits[8].percentile, sizeof (double), &self->hits[8].percentile,
                   sizeof (double));
  query->instance = g_steal_pointer (&instance);

  query->include_self = FALSE; // the study itself and the other study of that patient stay out
  g_autoptr (PrcAnswer) others = answer (fixture, &question);
  g_assert_cmpuint (others->n_kept_out, ==, 2);
  g_assert_cmpuint (others->n_hits, ==, 7);
  g_assert_cmpuint (others->tally->n_cases, ==, 7);

  query->filter.exclude_patient = "P5";
  g_autoptr (PrcAnswer) without = answer (fixture, &question);
  g_assert_cmpuint (without->n_kept_out, ==, 3);
  g_assert_cmpuint (without->n_hits, ==, 6);
  g_assert_cmpuint (without->tally->n_library, ==, 6);
  query->filter.exclude_patient = NULL;

  query->k = 2;
  g_autoptr (PrcAnswer) two = answer (fixture, &question);
  g_assert_cmpuint (two->n_hits, ==, 2);
  g_assert_cmpint (two->hits[0].slice_id, ==, others->hits[0].slice_id);

  query->by_slice = TRUE;
  query->k = 100;
  g_autoptr (PrcAnswer) slices = answer (fixture, &question);
  g_assert_cmpuint (slices->n_hits, ==, 42);
  query->by_slice = FALSE;

  query->filter.modality = "ct";
  g_autoptr (PrcAnswer) ct = answer (fixture, &question);
  g_assert_cmpuint (ct->n_hits, ==, 7);
  query->filter.modality = "MR";
  g_autoptr (PrcAnswer) mr = answer (fixture, &question);
  g_assert_cmpuint (mr->n_hits, ==, 0);
  g_assert_cmpint (mr->state, ==, PRC_ANSWER_NOTHING_ALIKE);
  query->filter.modality = NULL;

  query->region = (PrcRegion){10, 10, 20, 20};
  g_autoptr (PrcAnswer) region = answer (fixture, &question);
  g_assert_cmpuint (region->n_hits, ==, 7);
  query->region = (PrcRegion){1000, 0, 20, 20};
  g_autoptr (GError) error = NULL;
  g_assert_null (
      prc_search (fixture->library, question.index, embedder, model, query, NULL, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  g_clear_error (&error);
  query->region.width = 0;

  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_cancellable_cancel (cancelled);
  g_assert_null (
      prc_search (fixture->library, question.index, embedder, model, query, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  // A case that went away since the snapshot was taken is left out.
  g_assert_true (prc_library_remove (fixture->library, others->hits[0].matching_case->id, NULL));
  g_autoptr (PrcAnswer) fewer = answer (fixture, &question);
  g_assert_cmpuint (fewer->n_hits, ==, 6);
}

static void
test_search_empty (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 1, 1);
  g_auto (Question) question = ask_about (fixture, 1, 0, 5);
  g_autoptr (PrcAnswer) nothing = answer (fixture, &question);
  g_assert_cmpint (nothing->state, ==, PRC_ANSWER_EMPTY_LIBRARY);
  g_assert_cmpuint (nothing->n_hits, ==, 0);
  g_assert_cmpuint (nothing->generation, ==, 42);
}

static void
test_import_series (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 1, 5);
  g_autofree char *path = g_build_filename (fixture->folder, "case-1", NULL);
  g_autoptr (GPtrArray) series = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  g_ptr_array_add (series, scan_one (path));
  const PrcCaseText text = {.title = "Mine", .diagnosis = "seen before", .note = "ask again"};
  const gint64 id = prc_import_series (fixture->library, embedder, model, pool, series, NULL, &text,
                                       NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PrcCase) made = prc_library_case (fixture->library, id, &error);
  g_assert_cmpstr (made->title, ==, "Mine");
  g_assert_cmpuint (made->n_slices, ==, 5);
  const PrcCaseText more = {.findings =
                                "a disc"}; // the same study again: more words, no second case
  g_assert_cmpint (prc_import_series (fixture->library, embedder, model, pool, series, NULL, &more,
                                      NULL, NULL, NULL, &error),
                   ==, id);
  g_autoptr (PrcCase) revised = prc_library_case (fixture->library, id, &error);
  g_assert_cmpstr (revised->findings, ==, "a disc");
  g_assert_cmpstr (revised->title, ==, "Mine");
  // Nothing that could be read: the reason of the first.
  g_assert_true (prc_library_remove (fixture->library, id, NULL));
  prc_fixture_remove (path);
  g_assert_cmpint (prc_import_series (fixture->library, embedder, model, pool, series, NULL, &text,
                                      NULL, NULL, NULL, &error),
                   ==, 0);
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
}

static void
test_real (Fixture *fixture,
           gconstpointer data) { // two series of a real study with a SEG beside them
  g_autofree char *folder = prc_fixture_data ("segmentation/totalseg_ct");
  if (!folder)
    return;
  g_autoptr (GError) error = NULL;
  const char *const paths[] = {folder, NULL};
  g_autoptr (PrcImportSummary) summary =
      prc_import (fixture->library, embedder, model, pool, paths, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, >=, 20);
  assert_sound (fixture->library);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  const gboolean child = argc == 5 && g_str_equal (argv[1], "--import");
  if (!child)
    g_test_init (&argc, &argv, NULL);
  g_autoptr (GError) error = NULL;
  model = prc_model_load (NULL, &error);
  g_assert_no_error (error);
  embedder = prc_embedder_new (model, PRC_IMPORT_BATCH);
  pool = prc_codec_pool_new (2);
  if (child)
    return import_as_child (argv[2], argv[3], (guint)g_ascii_strtoull (argv[4], NULL, 10));
  ADD ("/import/studies", test_studies);
  ADD ("/import/list", test_list);
  ADD ("/import/archive", test_archive);
  ADD ("/import/copies", test_copies);
  ADD ("/import/two-names", test_two_names);
  ADD ("/import/problems-list", test_problems_list);
  ADD ("/import/moved", test_moved);
  ADD ("/import/refused", test_refused);
  ADD ("/import/cancel", test_cancel);
  ADD ("/import/kill", test_kill);
  ADD ("/import/pictures", test_pictures);
  ADD ("/import/series", test_import_series);
  ADD ("/import/real", test_real);
  ADD ("/search/answers", test_search);
  ADD ("/search/empty", test_search_empty);
  const int result = g_test_run ();
  prc_codec_pool_unref (pool);
  prc_embedder_free (embedder);
  prc_model_unref (model);
  return result;
}
