// SPDX-License-Identifier: Apache-2.0
// What a library goes through: killed writers, a full disk, a folder that may not be written, two
// programs at once.
#include "prc-library.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"

#define N_CASES           12
#define N_SLICES          48
#define BATCH             8
#define N_KILLS           60
#define N_MIGRATION_KILLS 12

static PrcSeries *all[N_CASES + 1];

static void
make_series (void) {
  for (guint number = 1; number <= N_CASES; number++)
    all[number] = library_fixture_series (number, number, N_SLICES);
}

// Runs in the child: adds what is missing, batch by batch. 0 when everything is there.
static int
import_all (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
  if (!library) {
    g_printerr ("# %s\n", error->message);
    return 3;
  }
  for (guint number = 1; number <= N_CASES; number++)
    for (guint first = 0; first < N_SLICES; first += BATCH)
      if (!library_fixture_add (library, all[number], number, first, BATCH, NULL))
        return 4;
  for (guint number = 1; number <= N_CASES; number++) {
    g_autoptr (PrcInstance) file = library_fixture_segmentation (number);
    gboolean known;
    if (!prc_library_know_segmentation (library, file, LIBRARY_FIXTURE_SEGMENT_MODEL, &known,
                                        NULL) ||
        (!known &&
         library_fixture_add_segments (library, all[number], number, BATCH, BATCH, NULL) < 0))
      return 5;
  }
  return 0;
}

static int
take_turns (const char *path) { // adds, removes and adds again until it is killed
  for (;;) {
    const int failed = import_all (path);
    if (failed)
      return failed;
    g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
    g_autoptr (GPtrArray) cases = library ? prc_library_cases (library, NULL) : NULL;
    for (guint i = 0; cases && i < cases->len; i += 2)
      prc_library_remove (library, ((PrcCase *)cases->pdata[i])->id, NULL);
  }
}

static void
assert_sound (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, &error);
  g_assert_no_error (error);
  if (problems->len > 0)
    g_test_message ("%s", (char *)problems->pdata[0]);
  g_assert_cmpuint (problems->len, ==, 0);
  guint n_cases, n_slices;
  g_assert_true (prc_library_counts (library, &n_cases, &n_slices, NULL));
  g_assert_cmpuint (n_slices % BATCH, ==, 0); // a batch is there whole or not at all
  gint64 n_segments = 0;
  g_assert_true (
      prc_sql_do (library->db, &n_segments, NULL, "SELECT count (*) FROM segment_embeddings", ""));
  g_assert_cmpint (n_segments % BATCH, ==, 0); // and so is a file with segments
}

static void
test_kill (void) {
  g_autofree char *folder = NULL;
  g_autofree char *path = library_fixture_path (&folder);
  GRand *random = g_rand_new_with_seed (99);
  guint killed = 0, left = 0;
  for (int round = 0; round < N_KILLS; round++) {
    const pid_t child = fork ();
    g_assert_cmpint (child, >=, 0);
    if (child == 0)
      _exit (take_turns (path));
    g_usleep ((gulong)g_rand_int_range (random, 0, 25000)); // not a time limit: any moment is right
    kill (child, SIGKILL);
    int status;
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    killed += WIFSIGNALED (status);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      assert_sound (path);
  }
  g_rand_free (random);
  g_assert_cmpuint (killed, ==, N_KILLS); // none gave up by itself
  g_assert_cmpint (import_all (path), ==, 0);
  assert_sound (path);
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  g_assert_true (prc_library_counts (library, &killed, &left, NULL));
  g_assert_cmpuint (killed, ==, N_CASES);
  g_assert_cmpuint (left, ==, N_CASES * N_SLICES);
  g_autoptr (PrcIndex) segments =
      prc_library_segment_index (library, LIBRARY_FIXTURE_SEGMENT_MODEL, NULL);
  g_assert_cmpuint (prc_index_length (segments), ==, N_CASES * BATCH);
  g_clear_pointer (&library, prc_library_close);
  prc_fixture_remove (folder);
}

// --- killed while an older file becomes one of today

static void
kill_migration (int version) {
  g_autofree char *folder = NULL;
  g_autofree char *path = library_fixture_path (&folder);
  g_autofree char *backup = g_strdup_printf ("%s.v%d.backup", path, version);
  g_autofree char *log = g_strconcat (path, "-wal", NULL), *bytes = NULL;
  gsize length;
  library_fixture_make_old (path, version, all + 1, N_CASES, BATCH);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  GRand *random = g_rand_new_with_seed (7);
  guint killed = 0;
  gulong moments = 15000; // microseconds; fewer where the work is done before the kill
  for (int round = 0; killed < N_MIGRATION_KILLS; round++) {
    g_assert_cmpint (round, <, 50 * N_MIGRATION_KILLS);
    g_unlink (backup);
    g_unlink (log);
    g_file_set_contents (path, bytes, (gssize)length, NULL);
    const pid_t child = fork ();
    if (child == 0) {
      PrcLibrary *library = prc_library_open (path, NULL);
      _exit (library ? 0 : 3);
    }
    g_usleep ((gulong)g_rand_int_range (random, 0, (gint32)moments));
    kill (child, SIGKILL);
    int status;
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    killed += WIFSIGNALED (status);
    moments = WIFSIGNALED (status) ? moments + moments / 8 : moments - moments / 8;
    assert_sound (path); // it becomes one of today, if it is not yet
    if (g_file_test (backup, G_FILE_TEST_EXISTS))
      assert_sound (backup); // and a copy is a whole one
    g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
    guint n_cases, n_slices;
    g_assert_true (prc_library_counts (library, &n_cases, &n_slices, NULL));
    g_assert_cmpuint (n_slices, ==, N_CASES * N_SLICES);
  }
  g_rand_free (random);
  prc_fixture_remove (folder);
}

static void
test_kill_migration (void) {
  kill_migration (1);
  kill_migration (2);
}

// --- two programs that start at once on a library that is not there yet

static void
test_race (void) {
  for (int round = 0; round < 10; round++) {
    g_autofree char *folder = NULL;
    g_autofree char *path = library_fixture_path (&folder);
    pid_t children[4];
    for (int i = 0; i < 4; i++)
      if ((children[i] = fork ()) == 0)
        _exit (import_all (path));
    for (int i = 0; i < 4; i++) {
      int status;
      waitpid (children[i], &status, 0);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }
    assert_sound (path);
    prc_fixture_remove (folder);
  }
}

// --- no room

// In a child: fills the library until something refuses. 0 when the refusal was a sentence and the
// library is sound and readable afterwards.
static int
fill (PrcLibrary *library, const char *says) {
  g_autoptr (GError) error = NULL;
  guint n = 0;
  for (guint number = 1; number <= N_CASES && !error; number++)
    for (guint first = 0; first < N_SLICES && !error; first += BATCH)
      n += library_fixture_add (library, all[number], number, first, BATCH, &error) > 0;
  if (!g_error_matches (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY) ||
      !strstr (error->message, says)) {
    g_printerr ("# %s\n", error ? error->message : "no error");
    return 10;
  }
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, NULL);
  if (!problems || problems->len > 0)
    return 11;
  guint n_cases, n_slices;
  if (!prc_library_counts (library, &n_cases, &n_slices, NULL) || n_slices != n * BATCH)
    return 12;
  return 0;
}

static gboolean
write_map (const char *path, guint id) {
  g_autofree char *line = g_strdup_printf ("0 %u 1", id);
  const int file = g_open (path, O_WRONLY, 0);
  const gboolean ok = file >= 0 && write (file, line, strlen (line)) == (gssize)strlen (line);
  close (file);
  return ok;
}

// A disk of our own at `folder`; false where that is not permitted.
static gboolean
mount_disk (const char *folder, const char *options) {
  const guint user = geteuid (), group = getegid ();
  if (user == 0
          ? unshare (CLONE_NEWNS) != 0
          : unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
                !g_file_set_contents ("/proc/self/setgroups", "deny", -1, NULL) ||
                !write_map ("/proc/self/uid_map", user) || !write_map ("/proc/self/gid_map", group))
    return FALSE;
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("none", folder, "tmpfs", 0, options) == 0;
}

static int
on_full_disk (const char *folder, const char *path) {
  if (!mount_disk (folder, "size=600k"))
    return 77;
  PrcLibrary *library = prc_library_open (path, NULL);
  const int result = library ? fill (library, "no room") : 13;
  if (library)
    prc_library_close (library);
  if (result != 0)
    return result;
  assert_sound (path);
  return 0;
}

// Sizes from that of the file alone to one where there is room for all: the update is made or it is
// not, and where it is not, the file is what it was.
static int
update_on_full_disk (const char *folder, const char *path) {
  guint refused = 0, made = 0;
  if (!mount_disk (folder, "size=8m"))
    return 77;
  for (guint kib = 0; kib <= 1200; kib += 60) {
    g_autofree char *options = g_strdup_printf ("size=%uk", 400 + kib);
    library_fixture_make_old (path, 2, all + 1, N_CASES, BATCH);
    if (mount ("none", folder, "tmpfs", MS_REMOUNT, options) != 0)
      continue; // the file alone is larger
    g_autoptr (GError) error = NULL;
    PrcLibrary *library = prc_library_open (path, &error);
    made += library != NULL;
    refused += library == NULL;
    if (!library && (!g_error_matches (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY) ||
                     !strstr (error->message, "no room"))) {
      g_printerr ("# %s\n", error->message);
      return 14;
    }
    g_clear_pointer (&library, prc_library_close);
    if (mount ("none", folder, "tmpfs", MS_REMOUNT, "size=8m") != 0)
      return 15;
    assert_sound (path); // becomes one of today if it is not yet
    g_autoptr (PrcLibrary) whole = prc_library_open (path, NULL);
    guint n_cases, n_slices;
    if (!whole || !prc_library_counts (whole, &n_cases, &n_slices, NULL) ||
        n_slices != N_CASES * N_SLICES)
      return 16;
    g_clear_pointer (&whole, prc_library_close);
    g_autofree char *backup = g_strconcat (path, ".v2.backup", NULL);
    g_unlink (backup);
    g_unlink (path);
  }
  return refused > 1 && made > 1 ? 0 : 17;
}

static int
with_small_files (const char *folder, const char *path) {
  const struct rlimit limit = {120000, 120000};
  signal (SIGXFSZ, SIG_IGN);
  PrcLibrary *library = prc_library_open (path, NULL);
  if (!library || setrlimit (RLIMIT_FSIZE, &limit) != 0)
    return 13;
  const int result = fill (library, "library");
  prc_library_close (library);
  return result;
}

static int
with_few_pages (const char *folder, const char *path) {
  PrcLibrary *library = prc_library_open (path, NULL);
  if (!library || !prc_sql_exec (library->db, "PRAGMA max_page_count = 40", NULL))
    return 13;
  const int result = fill (library, "no room");
  prc_library_close (library);
  return result;
}

// As somebody who may not write: what is there is read and searched, and a change is refused in
// words.
static int
read_only (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
  if (!library) {
    g_printerr ("# %s\n", error->message);
    return 30;
  }
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, NULL);
  g_autoptr (GPtrArray) found = prc_library_find_cases (library, "case", 10, NULL);
  g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
  float query[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (1, 3, query);
  PrcIndexHit hit;
  if (!problems || problems->len > 0 || !found || found->len != 1 || !index ||
      prc_index_search (index, query, 1, NULL, &hit) != 1 || hit.cosine < 0.999f)
    return 31;
  if (library_fixture_add (library, all[2], 2, 0, BATCH, &error) || !error ||
      error->code != PRC_ENGINE_ERROR_LIBRARY || strchr (error->message, '\n'))
    return 32;
  g_autoptr (GError) other = NULL;
  if (prc_library_remove (library, 1, &other) || !other || other->code != PRC_ENGINE_ERROR_LIBRARY)
    return 33;
  g_autoptr (GPtrArray) cases = prc_library_cases (library, NULL);
  return cases && cases->len == 1 ? 0 : 34;
}

static gboolean
fill_one (const char *path) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  return library && library_fixture_add (library, all[1], 1, 0, N_SLICES, NULL) > 0;
}

static int
become_nobody (const char *path) {
  if (geteuid () != 0)
    return 0;
  if (path && chown (path, 65534, 65534) != 0)
    return 77;
  return setgid (65534) != 0 || setuid (65534) != 0 ? 77 : 0; // root may write anywhere
}

static int
without_write_permission (const char *folder, const char *path) {
  g_autoptr (GError) error = NULL;
  const int failed = become_nobody (NULL);
  if (failed)
    return failed;
  if (prc_library_open (path, &error))
    return 20;
  if (!g_error_matches (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY))
    return 21;
  return strchr (error->message, '\n') ? 22 : 0;
}

static int
in_read_only_folder (const char *folder, const char *path) {
  g_chmod (folder, 0700);
  if (!fill_one (path))
    return 13;
  g_chmod (folder, 0555);
  const int failed = become_nobody (path);
  return failed ? failed : read_only (path);
}

static int
on_read_only_disk (const char *folder, const char *path) {
  if (!mount_disk (folder, "size=8m"))
    return 77;
  if (!fill_one (path))
    return 13;
  if (mount ("none", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) != 0)
    return 77;
  return read_only (path);
}

static int
of_read_only_file (const char *folder, const char *path) {
  g_chmod (folder, 0777);
  if (!fill_one (path) || g_chmod (path, 0400) != 0)
    return 13;
  const int failed = become_nobody (path);
  const int result = failed ? failed : read_only (path);
  GStatBuf info;
  return result ? result : g_stat (path, &info) != 0 || (info.st_mode & 0777) != 0400 ? 35 : 0;
}

typedef int (*InChild) (const char *folder, const char *path);

static void
run_in_child (InChild what, gboolean with_library, guint mode) {
  g_autofree char *folder = prc_fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "library.sqlite", NULL);
  if (with_library)
    prc_library_close (prc_library_open (path, NULL));
  g_chmod (folder, (int)mode);
  const pid_t child = fork ();
  if (child == 0)
    _exit (what (folder, path));
  int status;
  waitpid (child, &status, 0);
  g_chmod (folder, 0700);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    g_test_skip ("not permitted here");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  if (with_library)
    assert_sound (path);
  prc_fixture_remove (folder);
}

static void
test_full_disk (void) {
  run_in_child (on_full_disk, FALSE, 0700);
}

static void
test_update_on_full_disk (void) {
  run_in_child (update_on_full_disk, FALSE, 0700);
}

static void
test_file_limit (void) {
  run_in_child (with_small_files, TRUE, 0700);
}

static void
test_page_limit (void) {
  run_in_child (with_few_pages, TRUE, 0700);
}

static void
test_read_only_folder (void) {
  run_in_child (without_write_permission, FALSE, 0555);
  run_in_child (in_read_only_folder, FALSE, 0755);
}

static void
test_read_only_file (void) {
  run_in_child (of_read_only_file, FALSE, 0755);
}

static void
test_read_only_disk (void) {
  run_in_child (on_read_only_disk, FALSE, 0700);
}

int
main (int argc, char **argv) {
  // A program that dies leaves what the kernel holds: no disk is needed, and none is waited for.
  if (g_access ("/dev/shm", W_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, NULL);
  make_series ();
  g_test_add_func ("/library-kill/kill", test_kill);
  g_test_add_func ("/library-kill/migration", test_kill_migration);
  g_test_add_func ("/library-kill/race", test_race);
  g_test_add_func ("/library-kill/full-disk", test_full_disk);
  g_test_add_func ("/library-kill/update-on-full-disk", test_update_on_full_disk);
  g_test_add_func ("/library-kill/file-limit", test_file_limit);
  g_test_add_func ("/library-kill/page-limit", test_page_limit);
  g_test_add_func ("/library-kill/read-only-folder", test_read_only_folder);
  g_test_add_func ("/library-kill/read-only-file", test_read_only_file);
  g_test_add_func ("/library-kill/read-only-disk", test_read_only_disk);
  const int result = g_test_run ();
  for (guint number = 1; number <= N_CASES; number++)
    prc_series_unref (all[number]);
  return result;
}
