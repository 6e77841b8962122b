// SPDX-License-Identifier: Apache-2.0
// precedentctl killed at random moments of an import, a removal and an import for another encoder:
// the library opens, verify calls it sound, and the next call brings what is missing. A few moments
// here, a thousand with PRECEDENT_SOAK (./dev durability).
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"
#include "fixture.h"
#include "library-fixture.h"
#include "prc-library-private.h"

enum { N_CASES = 6, N_SLICES = 8 };

static char *folder, *cases, *library;
static GRand *moments;

static double
seconds_of (const char *const *arguments, double limit, gboolean *killed) {
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, (gpointer)g_getenv ("PRECEDENT_CTL"));
  for (; *arguments; arguments++)
    g_ptr_array_add (argv, (gpointer)*arguments);
  g_ptr_array_add (argv, NULL);
  GPid child;
  g_autoptr (GError) error = NULL;
  const gint64 start = g_get_monotonic_time ();
  g_spawn_async (NULL, (char **)argv->pdata, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                     G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, &child, &error);
  g_assert_no_error (error);
  if (limit > 0)
    g_usleep ((gulong)(limit * G_USEC_PER_SEC));
  if (limit > 0)
    kill (child, SIGKILL);
  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  *killed = WIFSIGNALED (status);
  g_assert_true (*killed || WEXITSTATUS (status) == 0);
  return (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static gint64
assert_sound (void) { // the number of its slices
  g_auto (Call) verified = ctl ("verify", "--library", library, NULL);
  if (verified.status != 0)
    g_test_message ("%s", verified.complaint);
  g_assert_cmpint (verified.status, ==, 0);
  g_autoptr (PrcLibrary) opened = prc_library_open (library, NULL);
  guint n_cases, n_slices;
  g_assert_true (prc_library_counts (opened, &n_cases, &n_slices, NULL));
  return n_slices;
}

static void
forget (void) {
  static const char *const suffixes[] = {"", "-wal", "-shm"};
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *each = g_strconcat (library, suffixes[i], NULL);
    g_unlink (each);
  }
}

static void
call_whole (const char *const *arguments) {
  gboolean killed;
  seconds_of (arguments, 0, &killed);
  g_assert_false (killed);
}

static guint
n_moments (guint share) {
  return g_getenv ("PRECEDENT_SOAK") ? 1000 * share / 10 : share;
}

static void
test_import (void) {
  const char *const call[] = {"import", "--library", library, cases, NULL};
  gboolean killed;
  guint n_killed = 0, n_part = 0;
  forget ();
  const double whole = seconds_of (call, 0, &killed);
  g_assert_cmpint (assert_sound (), ==, N_CASES * N_SLICES);
  for (guint i = 0; i < n_moments (5); i++) {
    forget ();
    seconds_of (call, g_rand_double_range (moments, 0.3, 1) * whole, &killed);
    n_killed += killed;
    if (!g_file_test (library, G_FILE_TEST_EXISTS))
      continue;
    const gint64 n = assert_sound ();
    n_part += n > 0 && n < N_CASES * N_SLICES;
    call_whole (call);
    g_assert_cmpint (assert_sound (), ==, N_CASES * N_SLICES);
  }
  g_test_message ("killed %u times, %u of them in the midst of adding", n_killed, n_part);
}

static void
test_remove (void) {
  const char *const import[] = {"import", "--library", library, cases, NULL};
  gboolean killed;
  forget ();
  call_whole (import);
  for (guint i = 0; i < n_moments (2); i++) {
    g_autoptr (PrcLibrary) opened = prc_library_open (library, NULL);
    g_autoptr (GPtrArray) all = prc_library_cases (opened, NULL);
    g_autofree char *first = g_strdup_printf ("%" G_GINT64_FORMAT, ((PrcCase *)all->pdata[0])->id);
    g_autofree char *second = g_strdup_printf ("%" G_GINT64_FORMAT, ((PrcCase *)all->pdata[1])->id);
    g_clear_pointer (&opened, prc_library_close);
    const char *const call[] = {"remove", "--library", library, first, second, NULL};
    seconds_of (call, g_rand_double_range (moments, 0.001, 0.05), &killed);
    g_assert_cmpint (assert_sound () % N_SLICES, ==, 0); // a case is there whole or not at all
    call_whole (import);
    g_assert_cmpint (assert_sound (), ==, N_CASES * N_SLICES);
  }
}

// As if an older program had filled it.
static void
make_stale (void) {
  g_autoptr (PrcLibrary) opened = prc_library_open (library, NULL);
  g_assert_true (prc_sql_exec (opened->db,
                               "DELETE FROM models WHERE id NOT IN (SELECT model_id FROM"
                               " embeddings UNION SELECT model_id FROM segment_embeddings);"
                               "UPDATE models SET name = 'older ' || id,"
                               " sum = prc_sum ('older ' || id, dimension)",
                               NULL));
}

static void
test_index_again (void) {
  const char *const import[] = {"import", "--library", library, cases, NULL};
  const char *const call[] = {"import", "--reindex", "--library", library, NULL};
  gboolean killed;
  forget ();
  call_whole (import);
  make_stale ();
  const double whole = seconds_of (call, 0, &killed);
  for (guint i = 0; i < n_moments (3); i++) {
    make_stale ();
    seconds_of (call, g_rand_double_range (moments, 0.3, 1) * whole, &killed);
    g_assert_cmpint (assert_sound (), ==, N_CASES * N_SLICES);
    call_whole (call);
    g_autoptr (PrcLibrary) opened = prc_library_open (library, NULL);
    gint64 others = -1; // slices that have a vector of an older encoder and of no other
    g_assert_true (prc_sql_do (opened->db, &others, NULL,
                               "SELECT count (*) FROM slices WHERE id NOT IN (SELECT slice_id FROM"
                               " embeddings JOIN models ON models.id = model_id"
                               " WHERE name NOT LIKE 'older%')",
                               ""));
    g_assert_cmpint (others, ==, 0);
    g_assert_cmpint (assert_sound (), ==, N_CASES * N_SLICES);
  }
}

int
main (int argc, char **argv) {
  if (g_access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, NULL);
  folder = prc_fixture_folder ();
  cases = g_build_filename (folder, "cases", NULL);
  library = g_build_filename (folder, "library.sqlite", NULL);
  library_fixture_write_cases (cases, N_CASES, N_SLICES);
  moments = g_rand_new_with_seed (2026);
  g_test_add_func ("/durability/import", test_import);
  g_test_add_func ("/durability/remove", test_remove);
  g_test_add_func ("/durability/index-again", test_index_again);
  const int result = g_test_run ();
  g_rand_free (moments);
  prc_fixture_remove (folder);
  g_free (folder);
  g_free (cases);
  g_free (library);
  return result;
}
