// SPDX-License-Identifier: Apache-2.0
#include "prc-library.h"

#include <glib/gstdio.h>
#include <string.h>
#include "fixture.h"
#include "library-fixture.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"

#define N_CASES    4
#define N_SLICES   12
#define N_SEGMENTS 3

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
  for (guint number = 1; number <= N_CASES; number++) {
    g_autoptr (PrcSeries) series = library_fixture_series (number, number, N_SLICES);
    library_fixture_add (fixture->library, series, number, 0, N_SLICES, &error);
    g_assert_no_error (error);
    library_fixture_add_segments (fixture->library, series, number, N_SEGMENTS, N_SEGMENTS, &error);
    g_assert_no_error (error);
  }
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  prc_library_close (fixture->library);
  prc_fixture_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static guint
n_problems (PrcLibrary *library, gboolean repair) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = prc_library_verify (library, repair, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++) { // one line, and nothing of a patient in it
    g_assert_null (strchr (problems->pdata[i], '\n'));
    g_assert_null (strstr (problems->pdata[i], "Case "));
  }
  return problems->len;
}

static void
break_with (Fixture *fixture, const char *sql) {
  g_autoptr (GError) error = NULL;
  g_autofree char *free_hand = g_strdup_printf ("PRAGMA foreign_keys = OFF;"
                                                "PRAGMA ignore_check_constraints = ON; %s",
                                                sql);
  prc_sql_exec (fixture->library->db, free_hand, &error);
  g_assert_no_error (error);
  prc_sql_exec (fixture->library->db, "PRAGMA foreign_keys = ON", NULL);
}

static void
test_sound (Fixture *fixture, gconstpointer data) {
  const guint64 version = prc_library_version (fixture->library);
  g_assert_cmpuint (n_problems (fixture->library, FALSE), ==, 0);
  g_assert_cmpuint (n_problems (fixture->library, TRUE), ==, 0);
  g_assert_cmpuint (prc_library_version (fixture->library), ==, version);
}

static const char *const mendable[] = {
    "UPDATE slices SET path = path || 'x' WHERE id = (SELECT max (id) FROM slices)",
    "UPDATE slices SET sop_uid = '1.2.3' WHERE id = (SELECT max (id) FROM slices)",
    "UPDATE series SET modality = 'PT' WHERE id = (SELECT max (id) FROM series)",
    "UPDATE studies SET patient = '' WHERE id = (SELECT max (id) FROM studies)",
    "UPDATE models SET name = name || 'x'",
    "UPDATE embeddings SET vector = zeroblob (128) WHERE slice_id = (SELECT max (id) FROM slices)",
    "UPDATE embeddings SET vector = zeroblob (128),"
    " sum = prc_sum (slice_id, model_id, zeroblob (128)) WHERE slice_id = (SELECT max (id) FROM "
    "slices)",
    "UPDATE embeddings SET vector = x'0000803f', sum = prc_sum (slice_id, model_id, x'0000803f')",
    "DELETE FROM embeddings WHERE slice_id = (SELECT max (id) FROM slices)",
    "DELETE FROM series WHERE id = (SELECT max (id) FROM series)",
    "UPDATE studies SET age_days = 7",
    "UPDATE series SET plane = 'coronal' WHERE id = 2",
    "INSERT INTO case_tags VALUES (2, 'lung', 7)",
    "INSERT INTO case_tags VALUES (99, 'lung', prc_sum (99, 'lung'))",
    "INSERT INTO case_codes VALUES (2, 'finding', 'SCT', '27925004', 'Nodule', 7)",
    "UPDATE audit SET n_slices = n_slices + 1",
    "INSERT INTO audit_cases VALUES (99, 1, prc_sum (99, 1))",
    "INSERT INTO case_search (case_search) VALUES ('delete-all')",
    "INSERT INTO case_search (case_search, rowid, title, history, diagnosis, findings, note,"
    " outcome, tags) VALUES ('delete', 1, 'Case 1', '', 'made up', '', '', '', '')",
    "INSERT INTO case_search (rowid, title) VALUES (77, 'of nobody')",
    "UPDATE case_search_data SET block = zeroblob (length (block)) WHERE id > 10",
    "UPDATE segmentations SET path = path || 'x'"
    " WHERE id = (SELECT max (id) FROM segmentations)",
    "UPDATE segments SET label = 'Nodule 7' WHERE id = (SELECT max (id) FROM segments)",
    "UPDATE segments SET volume_mm3 = 7 WHERE id = (SELECT max (id) FROM segments)",
    "UPDATE segment_embeddings SET vector = zeroblob (128)"
    " WHERE segment_id = (SELECT max (id) FROM segments)",
    "UPDATE segment_embeddings SET vector = zeroblob (128),"
    " sum = prc_sum (segment_id, model_id, zeroblob (128))"
    " WHERE segment_id = (SELECT max (id) FROM segments)",
    "DELETE FROM segment_embeddings WHERE segment_id = (SELECT max (id) FROM segments)",
    "DELETE FROM segmentations WHERE id = (SELECT max (id) FROM segmentations)",
    "DELETE FROM slices WHERE id = (SELECT min (slice_id) FROM segments)",
    "DELETE FROM cases WHERE id = (SELECT max (id) FROM cases)",
};

static void
add_segments_unless_known (PrcLibrary *library, PrcSeries *series, guint number) {
  g_autoptr (PrcInstance) file = library_fixture_segmentation (number);
  gboolean known = FALSE;
  g_assert_true (
      prc_library_know_segmentation (library, file, LIBRARY_FIXTURE_SEGMENT_MODEL, &known, NULL));
  if (!known)
    g_assert_cmpint (
        library_fixture_add_segments (library, series, number, N_SEGMENTS, N_SEGMENTS, NULL), >=,
        0);
}

static void
test_mendable (Fixture *fixture, gconstpointer data) {
  for (gsize i = 0; i < G_N_ELEMENTS (mendable); i++) {
    g_test_message ("%s", mendable[i]);
    break_with (fixture, mendable[i]);
    g_assert_cmpuint (n_problems (fixture->library, FALSE), >, 0);
    const guint64 version = prc_library_version (fixture->library);
    g_assert_cmpuint (n_problems (fixture->library, TRUE), >, 0); // says what it mended
    g_assert_cmpuint (n_problems (fixture->library, FALSE), ==, 0);
    g_assert_cmpuint (prc_library_version (fixture->library), >, version);
    for (guint number = 1; number <= N_CASES;
         number++) { // the next import brings back what was lost
      g_autoptr (PrcSeries) series = library_fixture_series (number, number, N_SLICES);
      g_assert_cmpint (library_fixture_add (fixture->library, series, number, 0, N_SLICES, NULL), >,
                       0);
      add_segments_unless_known (fixture->library, series, number);
    }
    g_autoptr (PrcIndex) segments =
        prc_library_segment_index (fixture->library, LIBRARY_FIXTURE_SEGMENT_MODEL, NULL);
    g_assert_cmpuint (prc_index_length (segments), ==, N_CASES * N_SEGMENTS);
    g_autoptr (PrcIndex) index = prc_library_index (fixture->library, LIBRARY_FIXTURE_MODEL, NULL);
    g_assert_cmpuint (prc_index_length (index), ==, N_CASES * N_SLICES);
    g_assert_cmpuint (n_problems (fixture->library, FALSE), ==, 0);
  }
}

static const char *const not_mendable[] = {
    "UPDATE cases SET diagnosis = 'other words' WHERE id = 2", // nobody can import a person's words
                                                               // again
    "CREATE TABLE more (x)",
};

static void
test_not_mendable (Fixture *fixture, gconstpointer data) {
  for (gsize i = 0; i < G_N_ELEMENTS (not_mendable); i++) {
    break_with (fixture, not_mendable[i]);
    g_assert_cmpuint (n_problems (fixture->library, TRUE), ==, i == 0 ? 2 : i + 1); // and its index
    g_assert_cmpuint (n_problems (fixture->library, FALSE), ==, i + 1);
  }
  g_autoptr (PrcCase) kept = prc_library_case (fixture->library, 2, NULL);
  g_assert_cmpstr (kept->diagnosis, ==, "other words");
}

// --- one flipped byte, anywhere in the file

static char *
contents (PrcLibrary *library) { // of every row that means something
  static const char *const tables[] = {"cases",
                                       "case_tags",
                                       "case_codes",
                                       "audit",
                                       "audit_cases",
                                       "studies",
                                       "series",
                                       "slices",
                                       "embeddings",
                                       "models",
                                       "segmentations",
                                       "segments",
                                       "segment_embeddings"};
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
    g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s ORDER BY 1, 2", tables[i]);
    g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (library->db, sql, NULL);
    if (!rows)
      return g_strdup ("unreadable");
    PrcSqlStep step;
    while ((step = prc_sql_step (rows, NULL)) == PRC_SQL_ROW)
      for (int c = 0; c < sqlite3_column_count (rows); c++) {
        const void *bytes = sqlite3_column_blob (rows, c);
        g_checksum_update (sum, bytes ? bytes : (const void *)"", sqlite3_column_bytes (rows, c));
        g_checksum_update (sum, (const guchar *)"|", 1);
      }
    if (step == PRC_SQL_ERROR)
      return g_strdup ("unreadable");
  }
  return g_strdup (g_checksum_get_string (sum));
}

typedef enum { REFUSED, FOUND, HARMLESS, MISSED } Verdict;

static Verdict
judge (const char *path, const char *expected) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  if (!library)
    return REFUSED;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = prc_library_verify (library, FALSE, &error);
  if (!problems)
    return FOUND;          // the answer is an error: not 0 either
  if (problems->len > 0) { // and a damaged library still answers without a crash
    g_autoptr (GPtrArray) cases = prc_library_cases (library, NULL);
    g_autoptr (PrcIndex) index = prc_library_index (library, LIBRARY_FIXTURE_MODEL, NULL);
    g_clear_pointer (&index, prc_index_unref);
    g_autoptr (PrcIndex) segments =
        prc_library_segment_index (library, LIBRARY_FIXTURE_SEGMENT_MODEL, NULL);
    g_autoptr (GPtrArray) of_case = prc_library_case_segments (library, 1, NULL);
    g_autoptr (GPtrArray) mended = prc_library_verify (library, TRUE, NULL);
    return FOUND;
  }
  g_autofree char *now = contents (library);
  return g_str_equal (now, expected) ? HARMLESS : MISSED;
}

static void
test_flipped_byte (Fixture *fixture, gconstpointer data) {
  g_autofree char *expected = contents (fixture->library);
  prc_library_close (g_steal_pointer (&fixture->library));
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  guint verdicts[4] = {0};
  GRand *random = g_rand_new_with_seed (17);
  for (int round = 0; round < 500; round++) {
    const gsize place = (gsize)(g_rand_double (random) * (double)length);
    const char flip = (char)g_rand_int_range (random, 1, 256);
    bytes[place] ^= flip;
    g_file_set_contents_full (fixture->path, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600,
                              NULL);
    g_unlink (log);
    const Verdict verdict = judge (fixture->path, expected);
    if (verdict == MISSED)
      g_test_message ("byte %" G_GSIZE_FORMAT " of page %" G_GSIZE_FORMAT, place % 4096,
                      place / 4096);
    verdicts[verdict]++;
    bytes[place] ^= flip;
  }
  g_rand_free (random);
  g_test_message ("refused %u, found %u, harmless %u, missed %u", verdicts[0], verdicts[1],
                  verdicts[2], verdicts[3]);
  g_assert_cmpuint (verdicts[MISSED], ==, 0);
  g_assert_cmpuint (verdicts[FOUND], >, 50); // most bytes of a small file are in no row
}

static void
test_truncated (Fixture *fixture, gconstpointer data) {
  g_autofree char *expected = contents (fixture->library);
  prc_library_close (g_steal_pointer (&fixture->library));
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  const gsize cuts[] = {1, 50, 100, 4095, 4096, 5000, length / 2, length - 4096, length - 1};
  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++) {
    g_file_set_contents (fixture->path, bytes, (gssize)cuts[i], NULL);
    const Verdict verdict = judge (fixture->path, expected);
    g_test_message ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes: %d", cuts[i], length,
                    (int)verdict);
    g_assert_true (verdict == REFUSED || verdict == FOUND);
  }
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  ADD ("/library-verify/sound", test_sound);
  ADD ("/library-verify/mendable", test_mendable);
  ADD ("/library-verify/not-mendable", test_not_mendable);
  ADD ("/library-verify/flipped-byte", test_flipped_byte);
  ADD ("/library-verify/truncated", test_truncated);
  return g_test_run ();
}
