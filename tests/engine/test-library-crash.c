// SPDX-License-Identifier: Apache-2.0
// A library whose writer dies at each of its writes to the disk: in the middle of an import, a
// removal, a migration, an import for another encoder, a repair; whole writes and torn ones. And
// logs with a flipped byte, a clock that jumps, programs that all want it at once.
//
// Each test takes a sample of the moments; PRECEDENT_SOAK takes them all (./dev durability).
#include "prc-library.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"

#define N_CASES     4
#define N_SLICES    24
#define BATCH       8
#define SAMPLE      14 // moments of each operation, of some hundred
#define OTHER_MODEL "another-model"

static PrcSeries *all[N_CASES + 1];
static gboolean soak;

// --- a disk on which the program dies

static long writes_left; // 0: it does not die
static gboolean torn;    // the last write reaches the disk by half
static ssize_t (*real_pwrite) (int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64) (int, const void *, size_t, off64_t);
static int (*real_ftruncate) (int, off_t);
static int (*real_unlink) (const char *);

static gboolean
is_the_last (void) {
  return writes_left > 0 && --writes_left == 0;
}

static void
die (void) {
  kill (getpid (), SIGKILL);
}

static ssize_t
dying_pwrite (int file, const void *bytes, size_t n, off_t at) {
  if (is_the_last ()) {
    if (torn)
      real_pwrite (file, bytes, n / 2, at);
    die ();
  }
  return real_pwrite (file, bytes, n, at);
}

static ssize_t
dying_pwrite64 (int file, const void *bytes, size_t n, off64_t at) {
  if (is_the_last ()) {
    if (torn)
      real_pwrite64 (file, bytes, n / 2, at);
    die ();
  }
  return real_pwrite64 (file, bytes, n, at);
}

static int
dying_ftruncate (int file, off_t length) {
  if (is_the_last ())
    die ();
  return real_ftruncate (file, length);
}

static int
dying_unlink (const char *path) {
  if (is_the_last ())
    die ();
  return real_unlink (path);
}

static void
replace (const char *name, sqlite3_syscall_ptr *real, sqlite3_syscall_ptr ours) {
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);
  *real = vfs->xGetSystemCall (vfs, name);
  if (*real)
    g_assert_cmpint (vfs->xSetSystemCall (vfs, name, ours), ==, SQLITE_OK);
}

static void
make_deadly (void) {
  replace ("pwrite", (sqlite3_syscall_ptr *)&real_pwrite, (sqlite3_syscall_ptr)dying_pwrite);
  replace ("pwrite64", (sqlite3_syscall_ptr *)&real_pwrite64, (sqlite3_syscall_ptr)dying_pwrite64);
  replace ("ftruncate", (sqlite3_syscall_ptr *)&real_ftruncate,
           (sqlite3_syscall_ptr)dying_ftruncate);
  replace ("unlink", (sqlite3_syscall_ptr *)&real_unlink, (sqlite3_syscall_ptr)dying_unlink);
}

// --- what is done to the library; in a child, 0 when all went well

static int
import_cases (const char *path) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  if (!library)
    return 2;
  for (guint number = 1; number <= N_CASES; number++) {
    for (guint first = 0; first < N_SLICES; first += BATCH)
      if (!library_fixture_add (library, all[number], number, first, BATCH, NULL))
        return 3;
    g_autoptr (PrcInstance) file = library_fixture_segmentation (number);
    gboolean known;
    if (!prc_library_know_segmentation (library, file, LIBRARY_FIXTURE_SEGMENT_MODEL, &known,
                                        NULL) ||
        (!known &&
         library_fixture_add_segments (library, all[number], number, BATCH, BATCH, NULL) < 0))
      return 4;
  }
  return 0;
}

static int
remove_cases (const char *path) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  g_autoptr (GPtrArray) cases = library ? prc_library_cases (library, NULL) : NULL;
  if (!cases)
    return 2;
  for (guint i = 0; i < cases->len; i++) {
    const PrcCase *each = cases->pdata[i];
    if (g_str_equal (each->title, "Case 2") && !prc_library_remove (library, each->id, NULL))
      return 3;
  }
  return 0;
}

static int
open_only (const char *path) { // and migrate
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  return library ? 0 : 2;
}

static int
embed_again (const char *path) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  for (guint number = 1; library && number <= N_CASES; number++) {
    PrcLibrarySlice slices[N_SLICES];
    float vectors[N_SLICES][LIBRARY_FIXTURE_DIMENSION];
    for (guint i = 0; i < N_SLICES; i++) {
      library_fixture_vector (number + 50, i, vectors[i]);
      slices[i] = (PrcLibrarySlice){all[number], i, vectors[i]};
    }
    if (!prc_library_add_vectors (library, slices, N_SLICES, OTHER_MODEL, LIBRARY_FIXTURE_DIMENSION,
                                  NULL))
      return 3;
  }
  gint64 from = 0;
  while (library && from >= 0)
    if (!prc_library_drop_others (library, OTHER_MODEL, LIBRARY_FIXTURE_SEGMENT_MODEL, 0, &from,
                                  NULL))
      return 4;
  return library ? 0 : 2;
}

static int
repair (const char *path) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  g_autoptr (GPtrArray) problems = library ? prc_library_verify (library, TRUE, NULL) : NULL;
  return problems ? 0 : 2;
}

// --- what must be true of it at any moment

static gint64
number_of (PrcLibrary *library, const char *sql) {
  gint64 value = -1;
  g_autoptr (GError) error = NULL;
  g_assert_true (prc_sql_do (library->db, &value, &error, sql, ""));
  return value;
}

static void
assert_sound (PrcLibrary *library) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, &error);
  g_assert_no_error (error);
  if (problems->len > 0)
    g_test_message ("%s", (char *)problems->pdata[0]);
  g_assert_cmpuint (problems->len, ==, 0);
  // A batch and a file with segments are there whole or not at all, and no slice is without a vector.
  g_assert_cmpint (number_of (library, "SELECT count (*) FROM slices") % BATCH, ==, 0);
  g_assert_cmpint (number_of (library, "SELECT count (*) FROM segment_embeddings") % BATCH, ==, 0);
}

// Everything that an import brings, whatever its rows are numbered.
static char *
contents (PrcLibrary *library) {
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (
      library->db,
      "SELECT cases.key, title, diagnosis, study_uid, patient_id = '', modality, plane, sop_uid,"
      " place, path, name, vector, NULL FROM cases JOIN studies ON case_id = cases.id"
      " JOIN series ON study_id = studies.id JOIN slices ON slices.series_id = series.id"
      " JOIN embeddings ON slice_id = slices.id JOIN models ON models.id = model_id"
      " UNION ALL SELECT sop_uid, number, label, type, voxels, volume_mm3, name, '', '', '', '',"
      " vector, NULL FROM segmentations JOIN segments ON segmentation_id = segmentations.id"
      " JOIN segment_embeddings ON segment_id = segments.id JOIN models ON models.id = model_id"
      " ORDER BY 1, 8, 2",
      NULL);
  g_assert_nonnull (rows);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  while (prc_sql_step (rows, NULL) == PRC_SQL_ROW)
    for (int c = 0; c < sqlite3_column_count (rows); c++) {
      const void *bytes = sqlite3_column_blob (rows, c);
      g_checksum_update (sum, bytes ? bytes : (const void *)"", sqlite3_column_bytes (rows, c));
      g_checksum_update (sum, (const guchar *)"|", 1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

typedef struct {
  const char *name;
  void (*prepare) (const char *path); // the library before it
  int (*work) (const char *path);
} Operation;

static void
prepare_nothing (const char *path) {
}

static void
prepare_full (const char *path) {
  g_assert_cmpint (import_cases (path), ==, 0);
}

static void
prepare_version_1 (const char *path) {
  library_fixture_make_old (path, 1, all + 1, N_CASES, 0);
}

static void
prepare_version_2 (const char *path) {
  library_fixture_make_old (path, 2, all + 1, N_CASES, BATCH);
}

// Its full-text index is gone, a tag belongs to nobody, the books and a code are damaged.
static void
prepare_damaged (const char *path) {
  prepare_full (path);
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  g_assert_true (prc_sql_exec (library->db,
                               "INSERT INTO case_search (case_search) VALUES ('delete-all');"
                               "PRAGMA foreign_keys = OFF;"
                               "INSERT INTO case_tags VALUES (99, 'a', prc_sum (99, 'a'));"
                               "UPDATE audit SET n_slices = 7;"
                               "PRAGMA ignore_check_constraints = ON;"
                               "INSERT INTO case_codes VALUES (1, 'finding', 'SCT', '1', '', 7)",
                               NULL));
}

static const Operation operations[] = {
    {"import", prepare_nothing, import_cases},   {"remove", prepare_full, remove_cases},
    {"migrate-1", prepare_version_1, open_only}, {"migrate-2", prepare_version_2, open_only},
    {"embed-again", prepare_full, embed_again},  {"repair", prepare_damaged, repair},
};

static void
restore (const char *from, const char *to) {
  static const char *const suffixes[] = {"", "-wal", "-shm", ".v1.backup", ".v2.backup"};
  g_autofree char *bytes = NULL;
  gsize length;
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *each = g_strconcat (to, suffixes[i], NULL);
    g_unlink (each);
  }
  if (g_file_get_contents (from, &bytes, &length, NULL))
    g_assert_true (
        g_file_set_contents_full (to, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

// Whether the child died of it: past the last write it does not.
static gboolean
work_and_die (const Operation *operation, const char *path, long at, gboolean half) {
  const pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    make_deadly ();
    torn = half;
    writes_left = at;
    _exit (operation->work (path));
  }
  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (WIFSIGNALED (status))
    return TRUE;
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return FALSE;
}

static void
check_after (const Operation *operation, const char *path, const char *expected) {
  static const char *const suffixes[] = {"", ".v1.backup", ".v2.backup"};
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *each = g_strconcat (path, suffixes[i], NULL);
    g_autoptr (GError) error = NULL;
    if (i > 0 && !g_file_test (each, G_FILE_TEST_EXISTS))
      continue;
    g_autoptr (PrcLibrary) library = prc_library_open (each, &error);
    g_assert_no_error (error);
    if (operation->work == repair)
      continue;
    assert_sound (library);
    // The books know of every case that this program has brought.
    g_assert_cmpint (number_of (library, "SELECT count (*) FROM cases"
                                         " WHERE added <> '2026-01-31T12:00:00Z'"
                                         " AND id NOT IN (SELECT case_id FROM audit_cases)"),
                     ==, 0);
  }
  g_assert_cmpint (operation->work (path), ==, 0); // what was not done is done now
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  assert_sound (library);
  g_autofree char *now = contents (library);
  g_assert_cmpstr (now, ==, expected);
}

static long
count_writes (const Operation *operation, const char *path) {
  int ends[2];
  long n = 0;
  g_assert_cmpint (pipe (ends), ==, 0);
  const pid_t child = fork ();
  if (child == 0) {
    make_deadly ();
    writes_left = 1000000;
    const int failed = operation->work (path);
    n = 1000000 - writes_left;
    _exit (failed || write (ends[1], &n, sizeof n) != sizeof n);
  }
  int status;
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (read (ends[0], &n, sizeof n), ==, sizeof n);
  close (ends[0]);
  close (ends[1]);
  return n;
}

static void
test_operation (gconstpointer data) {
  const Operation *operation = data;
  g_autofree char *folder = NULL;
  g_autofree char *path = library_fixture_path (&folder);
  g_autofree char *before = g_build_filename (folder, "before", NULL), *bytes = NULL;
  gsize length;
  g_autofree char *home = g_path_get_dirname (path);
  g_mkdir (home, 0700);
  operation->prepare (path);
  if (g_file_get_contents (path, &bytes, &length, NULL))
    g_assert_true (g_file_set_contents (before, bytes, (gssize)length, NULL));
  const long n = count_writes (operation, path);
  g_autoptr (PrcLibrary) done = prc_library_open (path, NULL);
  g_autofree char *expected = contents (done);
  g_clear_pointer (&done, prc_library_close);
  GRand *random = g_rand_new_with_seed (31);
  guint died = 0;
  for (long i = 1; i <= (soak ? n : SAMPLE); i++) {
    const long at = soak ? i : g_rand_int_range (random, 1, (gint32)n + 1);
    for (int half = 0; half < 2; half += soak ? 1 : 2) {
      restore (before, path);
      died += work_and_die (operation, path, at, soak ? half : (i & 1));
      check_after (operation, path, expected);
    }
  }
  g_rand_free (random);
  g_test_message ("%s: %ld writes, died %u times", operation->name, n, died);
  g_assert_cmpint (n, >, 10);
  g_assert_cmpuint (died, >, SAMPLE / 2);
  prc_fixture_remove (folder);
}

// --- a log with a flipped byte: what comes after it is gone, what came before is whole

static void
test_flipped_log (void) {
  g_autofree char *folder = NULL;
  g_autofree char *path = library_fixture_path (&folder);
  g_autofree char *log = g_strconcat (path, "-wal", NULL),
                  *index = g_strconcat (path, "-shm", NULL);
  const pid_t child = fork ();
  if (child == 0) {
    import_cases (path);
    g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
    prc_sql_exec (library->db, "PRAGMA wal_autocheckpoint = 0", NULL);
    prc_library_remove (library, 1, NULL);
    for (guint first = 0; first < N_SLICES; first += BATCH)
      library_fixture_add (library, all[1], 1, first, BATCH, NULL);
    die (); // the log stays
  }
  waitpid (child, NULL, 0);
  g_autofree char *bytes = NULL, *log_bytes = NULL;
  gsize length, log_length;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_get_contents (log, &log_bytes, &log_length, NULL));
  g_assert_cmpuint (log_length, >, 4096);
  GRand *random = g_rand_new_with_seed (5);
  guint shorter = 0;
  for (int round = 0; round < (soak ? 1000 : 40); round++) {
    const gsize at =
        round < 8 ? (gsize)round * 4 : (gsize)(g_rand_double (random) * (double)log_length);
    const char flip = (char)g_rand_int_range (random, 1, 256);
    log_bytes[at] ^= flip;
    g_unlink (index);
    g_file_set_contents_full (path, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
    g_file_set_contents_full (log, log_bytes, (gssize)log_length, G_FILE_SET_CONTENTS_NONE, 0600,
                              NULL);
    log_bytes[at] ^= flip;
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcLibrary) library = prc_library_open (path, &error);
    g_assert_no_error (error);
    assert_sound (library);
    shorter += number_of (library, "SELECT count (*) FROM slices") < N_CASES * N_SLICES;
  }
  g_rand_free (random);
  g_assert_cmpuint (shorter, >, 0);
  prc_fixture_remove (folder);
}

// --- a clock that jumps: years to and fro between any two looks at it

static gboolean jumps;

static gint64
jump (void) {
  static guint n;
  return jumps ? ((gint64)(++n * 8 % 21) - 10) * 365 * 24 * 3600 : 0;
}

// GLib asks the one or the other, by its version.
int
gettimeofday (struct timeval *time, void *zone) {
  struct timespec now;
  if (syscall (SYS_clock_gettime, CLOCK_REALTIME, &now) != 0)
    return -1;
  *time = (struct timeval){now.tv_sec + jump (), now.tv_nsec / 1000};
  return 0;
}

int
clock_gettime (clockid_t clock, struct timespec *time) {
  const int result = (int)syscall (SYS_clock_gettime, clock, time);
  if (clock == CLOCK_REALTIME)
    time->tv_sec += jump ();
  return result;
}

static void
test_clock (void) {
  g_autofree char *folder = NULL;
  g_autofree char *path = library_fixture_path (&folder);
  jumps = TRUE;
  g_assert_cmpint (import_cases (path), ==, 0);
  g_assert_cmpint (remove_cases (path), ==, 0);
  g_assert_cmpint (import_cases (path), ==, 0);
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  g_autoptr (GPtrArray) cases = prc_library_cases (library, NULL);
  g_autoptr (GPtrArray) books = prc_library_audits (library, NULL);
  jumps = FALSE;
  static const char *const titles[] = {"Case 1", "Case 3", "Case 4", "Case 2"}; // newest last
  g_assert_cmpuint (cases->len, ==, N_CASES);
  gboolean backwards = FALSE;
  for (guint i = 0; i < N_CASES; i++) {
    const PrcCase *each = cases->pdata[i];
    g_assert_cmpstr (each->title, ==, titles[i]);
    backwards |= i > 0 && strcmp (each->added, ((PrcCase *)cases->pdata[i - 1])->added) < 0;
  }
  g_assert_true (backwards); // else the clock did not jump
  g_assert_cmpuint (books->len, ==, 3);
  g_assert_cmpstr (((PrcAudit *)books->pdata[1])->what, ==, "removal");
  const gint64 n = number_of (library, "SELECT count (*) FROM slices");
  g_assert_cmpint (n, ==, N_CASES * N_SLICES);
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, NULL);
  g_assert_cmpuint (problems->len, ==, 0);
  g_clear_pointer (&library, prc_library_close);
  prc_fixture_remove (folder);
}

// --- all at once: who imports, who removes, who embeds again, who verifies, and who searches

static int
until_it_works (int (*work) (const char *), const char *path) { // a busy library is tried again
  int failed = 0;
  for (int tries = 0; tries < 20 && (tries == 0 || failed > 2); tries++)
    failed = work (path);
  return failed;
}

static int
import_thrice (const char *path) {
  for (int i = 0; i < 3; i++)
    if (until_it_works (import_cases, path))
      return 5;
  return 0;
}

static int
remove_thrice (const char *path) {
  for (int i = 0; i < 3; i++)
    if (until_it_works (remove_cases, path))
      return 6;
  return 0;
}

static int
embed_thrice (const char *path) {
  for (int i = 0; i < 3; i++)
    if (until_it_works (embed_again, path))
      return 7;
  return 0;
}

static int
verify_thrice (const char *path) {
  for (int i = 0; i < 3; i++) {
    g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) problems = library ? prc_library_verify (library, FALSE, &error) : NULL;
    if (error && g_error_matches (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_BUSY))
      continue;
    if (!problems || problems->len > 0)
      return 8;
  }
  return 0;
}

// What a query does; a case that went meanwhile is no error.
static void
search_once (PrcLibrary *library) {
  g_autoptr (GError) error = NULL;
  const PrcFilter filter = {.modality = "CT", .text = "case"};
  g_autoptr (PrcSeriesSet) series = prc_library_select (library, &filter, &error);
  g_assert_no_error (error);
  g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) found = prc_library_find_cases (library, "case", 10, &error);
  g_assert_no_error (error);
  float query[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (2, 3, query);
  PrcIndexHit hits[5];
  const PrcIndexScope scope = {series, NULL};
  const size_t n = prc_index_search (index, query, 5, &scope, hits);
  for (size_t i = 0; i < n; i++) {
    PrcHit hit = {0};
    if (!prc_library_fill_hit (library, hits[i].slice_id, &hit, &error)) {
      g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
    g_clear_pointer (&hit.matching_case, prc_case_unref);
    g_free (hit.path);
    g_free (hit.sop_instance_uid);
    g_free (hit.series_instance_uid);
  }
}

static void
test_together (void) {
  static int (*const workers[]) (const char *) = {import_thrice, import_thrice, remove_thrice,
                                                  embed_thrice, verify_thrice};
  g_autofree char *folder = NULL;
  g_autofree char *path = library_fixture_path (&folder);
  pid_t children[G_N_ELEMENTS (workers)];
  for (gsize i = 0; i < G_N_ELEMENTS (workers); i++)
    if ((children[i] = fork ()) == 0)
      _exit (workers[i](path));
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  g_assert_nonnull (library);
  for (gsize left = G_N_ELEMENTS (workers); left > 0;) {
    search_once (library);
    int status = 0;
    if (waitpid (-1, &status, WNOHANG) > 0) {
      g_assert_cmpint (status, ==, 0);
      left--;
    }
  }
  assert_sound (library);
  g_clear_pointer (&library, prc_library_close);
  g_assert_cmpint (import_cases (path), ==, 0);
  library = prc_library_open (path, NULL);
  g_assert_cmpint (number_of (library, "SELECT count (*) FROM slices"), ==, N_CASES * N_SLICES);
  g_clear_pointer (&library, prc_library_close);
  prc_fixture_remove (folder);
}

int
main (int argc, char **argv) {
  // A program that dies leaves what the kernel holds: no disk is needed, and none is waited for.
  if (g_access ("/dev/shm", W_OK) == 0 && !g_getenv ("PRECEDENT_SOAK"))
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, NULL);
  soak = g_getenv ("PRECEDENT_SOAK") != NULL;
  for (guint number = 1; number <= N_CASES; number++)
    all[number] = library_fixture_series (number, number, N_SLICES);
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
    g_autofree char *name = g_strdup_printf ("/library-crash/%s", operations[i].name);
    g_test_add_data_func (name, &operations[i], test_operation);
  }
  g_test_add_func ("/library-crash/flipped-log", test_flipped_log);
  g_test_add_func ("/library-crash/clock", test_clock);
  g_test_add_func ("/library-crash/together", test_together);
  const int result = g_test_run ();
  for (guint number = 1; number <= N_CASES; number++)
    prc_series_unref (all[number]);
  return result;
}
