// SPDX-License-Identifier: Apache-2.0
// Segmentations through codecs and encoder into a library, and segments as questions to it.
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
#include "prc-scan.h"
#include "prc-search.h"
#include "prc-segment-write.h"

#define SIDE     64 // of the pictures of library_fixture_write_case
#define N_CASES  5
#define N_SLICES 4

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
  g_clear_pointer (&fixture->library, prc_library_close);
  prc_fixture_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static PrcImportSummary *
import (Fixture *fixture) {
  g_autoptr (GError) error = NULL;
  const char *const paths[] = {fixture->folder, NULL};
  PrcImportSummary *summary =
      prc_import (fixture->library, embedder, model, pool, paths, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) problems = prc_library_verify (fixture->library, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
  return summary;
}

static gint64
number (Fixture *fixture, const char *sql) {
  gint64 value = -1;
  g_assert_true (prc_sql_do (fixture->library->db, &value, NULL, sql, ""));
  return value;
}

static char *
case_path (Fixture *fixture, guint number_of_case, const char *name) {
  return g_strdup_printf ("%s/case-%u/%s", fixture->folder, number_of_case, name);
}

// The disc that library_fixture_write_case draws; it grows from slice to slice.
static PrcMask *
disc (guint number_of_case, guint slice) {
  guint8 bytes[SIDE * SIDE];
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      const double dx = x - 16 - 5.0 * (number_of_case % 7);
      const double dy = y - 16 - 3.0 * (number_of_case % 11);
      const double radius = 6 + number_of_case % 5 + 0.3 * slice;
      bytes[y * SIDE + x] = dx * dx + dy * dy < radius * radius;
    }
  return prc_mask_new_from_bytes (SIDE, SIDE, bytes, SIDE);
}

static PrcSegmentStack *
disc_stack (guint number_of_case) {
  PrcMask *masks[N_SLICES];
  for (guint i = 0; i < N_SLICES; i++)
    masks[i] = disc (number_of_case, i);
  PrcSegmentStack *stack = prc_segment_stack_new (masks, N_SLICES);
  for (guint i = 0; i < N_SLICES; i++)
    prc_mask_unref (masks[i]);
  return stack;
}

static PrcSegment
segment_called (const char *label) {
  static const PrcCode none = {"", "", ""};
  return (PrcSegment){.label = label,
                      .description = "",
                      .algorithm_type = "MANUAL",
                      .algorithm_name = "",
                      .tracking_id = "",
                      .tracking_uid = "",
                      .interpreted_type = "",
                      .category = none,
                      .type = {"27925004", "SCT", "Nodule"},
                      .type_modifier = none,
                      .anatomic_region = none,
                      .anatomic_modifier = none};
}

static PrcSeries *
series_of (Fixture *fixture, guint number_of_case) {
  g_autofree char *folder = case_path (fixture, number_of_case, "");
  const char *const paths[] = {folder, NULL};
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_VIEW, NULL, NULL, NULL, NULL);
  g_assert_cmpuint (scan->series->len, ==, 1);
  return prc_series_ref (scan->series->pdata[0]);
}

typedef gboolean (*Write) (PrcCodecPool *codecs, const PrcSeries *series,
                           const PrcSegmentDraft *drafts, size_t n, const char *label,
                           const char *path, GCancellable *cancellable, GError **error);

// A file with the disc of a case as `label` and, unless `alone`, a couch.
static void
write_file (Fixture *fixture, guint number_of_case, Write write, const char *label,
            gboolean alone) {
  g_autoptr (GError) error = NULL;
  g_autofree char *path = case_path (fixture, number_of_case, "segments.dcm");
  g_autoptr (PrcSeries) series = series_of (fixture, number_of_case);
  g_autoptr (PrcSegmentStack) stack = disc_stack (number_of_case);
  const PrcSegment segments[] = {segment_called (label), segment_called ("Couch")};
  const PrcSegmentDraft drafts[] = {{&segments[0], stack}, {&segments[1], stack}};
  write (pool, series, drafts, alone ? 1 : 2, "Findings", path, NULL, &error);
  g_assert_no_error (error);
}

static void
write_cases (Fixture *fixture, gboolean with_segments) {
  library_fixture_write_cases (fixture->folder, N_CASES, N_SLICES);
  for (guint i = 1; with_segments && i <= N_CASES; i++)
    write_file (fixture, i, prc_segment_write_seg, "Lesion", FALSE);
}

static void
check_segments (Fixture *fixture, const char *modality) {
  for (guint i = 1; i <= N_CASES; i++) {
    g_autofree char *folder = case_path (fixture, i, "");
    g_autofree char *sql =
        g_strdup_printf ("SELECT DISTINCT case_id FROM slices JOIN series ON series.id = series_id"
                         " JOIN studies ON studies.id = study_id WHERE path LIKE '%s%%'",
                         folder);
    g_autoptr (GPtrArray) segments =
        prc_library_case_segments (fixture->library, number (fixture, sql), NULL);
    g_assert_cmpuint (segments->len, ==, 1); // the couch is left out
    const PrcCaseSegment *segment = segments->pdata[0];
    g_autoptr (PrcSegmentStack) stack = disc_stack (i);
    g_assert_cmpstr (segment->segment.label, ==, "Lesion");
    g_assert_cmpstr (segment->modality, ==, modality);
    g_assert_cmpuint (segment->slice_number, ==, N_SLICES);
    g_assert_true (g_str_has_prefix (segment->slice_path, folder));
    g_assert_true (g_str_has_suffix (segment->path, "segments.dcm"));
    g_assert_cmpuint (segment->voxels, ==, prc_segment_stack_area (stack));
    // 1 x 1 x 2 mm
    g_assert_cmpfloat_with_epsilon (segment->volume_ml, 0.002 * (double)segment->voxels, 1e-3);
  }
}

static void
test_study (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, TRUE);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_added, ==, N_CASES * N_SLICES);
  g_assert_cmpuint (summary->n_segments, ==, N_CASES);
  g_assert_cmpuint (summary->n_refused, ==, 0);
  check_segments (fixture, "SEG");
  g_auto (GStrv) paths = prc_library_case_paths (fixture->library, 1, NULL);
  g_assert_cmpuint (g_strv_length (paths), ==, N_SLICES + 1);
  g_assert_true (g_str_has_suffix (paths[N_SLICES], "segments.dcm"));
  const guint64 version = prc_library_version (fixture->library);
  g_clear_pointer (&summary, prc_import_summary_free);
  summary = import (fixture); // again: nothing at all
  g_assert_cmpuint (summary->n_segments, ==, 0);
  g_assert_cmpuint (prc_library_version (fixture->library), ==, version);
}

// A library of images, or one of before there were segments: the next import of the same folder
// brings them, and reads no more slices than they are on.
static void
test_later (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, FALSE);
  prc_import_summary_free (import (fixture));
  for (guint i = 1; i <= N_CASES; i++)
    write_file (fixture, i, prc_segment_write_seg, "Lesion", FALSE);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_added, ==, 0);
  g_assert_cmpuint (summary->n_skipped, ==, N_CASES * N_SLICES);
  g_assert_cmpuint (summary->n_segments, ==, N_CASES);
  check_segments (fixture, "SEG");
}

// A segmentation alone, of images that are in the library already, from wherever it lies.
static void
test_alone (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, FALSE);
  prc_import_summary_free (import (fixture));
  write_file (fixture, 2, prc_segment_write_seg, "Lesion", FALSE);
  g_autofree char *from = case_path (fixture, 2, "segments.dcm");
  g_autofree char *to = g_build_filename (fixture->folder, "drawn.dcm", NULL);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  const char *const paths[] = {to, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary =
      prc_import (fixture->library, embedder, model, pool, paths, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 0);
  g_assert_cmpuint (summary->n_segments, ==, 1);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM cases"), ==, N_CASES);
  g_autoptr (GPtrArray) all = prc_library_cases (fixture->library, NULL);
  guint n = 0;
  for (guint i = 0; i < all->len; i++) {
    const gint64 id = ((PrcCase *)all->pdata[i])->id;
    g_autoptr (GPtrArray) segments = prc_library_case_segments (fixture->library, id, NULL);
    g_auto (GStrv) files = prc_library_case_paths (fixture->library, id, NULL);
    n += segments->len;
    g_assert_cmpuint (g_strv_length (files), ==, N_SLICES + segments->len);
  }
  g_assert_cmpuint (n, ==, 1);
}

static void
test_structure_set (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, FALSE);
  for (guint i = 1; i <= N_CASES; i++)
    write_file (fixture, i, prc_segment_write_rtstruct, "Lesion", FALSE);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_segments, ==, N_CASES);
  check_segments (fixture, "RTSTRUCT");
}

// Nothing in it is worth remembering: that is remembered, it is not read again and again.
static void
test_only_around (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 1, N_SLICES);
  write_file (fixture, 1, prc_segment_write_seg, "Patient table", TRUE);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_segments, ==, 0);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM segmentations"), ==, 1);
  const guint64 version = prc_library_version (fixture->library);
  g_clear_pointer (&summary, prc_import_summary_free);
  summary = import (fixture);
  g_assert_cmpuint (prc_library_version (fixture->library), ==, version);
}

// Its images are somewhere else: no problem, nothing to remember.
static void
test_of_no_image (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 2, N_SLICES);
  write_file (fixture, 2, prc_segment_write_seg, "Lesion", TRUE);
  g_autofree char *from = case_path (fixture, 2, "segments.dcm"),
                  *to = case_path (fixture, 1, "segments.dcm"), *rest = case_path (fixture, 2, "");
  g_assert_cmpint (g_rename (from, to), ==, 0);
  prc_fixture_remove (rest);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_added, ==, N_SLICES);
  g_assert_cmpuint (summary->n_segments, ==, 0);
  g_assert_cmpuint (summary->n_refused, ==, 0);
}

static void
test_damaged (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 2, N_SLICES);
  write_file (fixture, 1, prc_segment_write_seg, "Lesion", TRUE);
  write_file (fixture, 2, prc_segment_write_seg, "Lesion", TRUE);
  g_autofree char *path = case_path (fixture, 1, "segments.dcm"), *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_autofree char *whole = g_memdup2 (bytes, length);
  // The number of frames says more than there is.
  static const char frames[] = {0x28, 0x00, 0x08, 0x00, 'I', 'S'};
  char *at = memmem (bytes, length, frames, sizeof frames);
  g_assert_nonnull (at);
  at[8] = '9';
  at[9] = '9';
  g_file_set_contents (path, bytes, (gssize)length, NULL);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_added, ==, 2 * N_SLICES); // the images are in all the same
  g_assert_cmpuint (summary->n_segments, >=, 1);
  if (summary->n_segments == 1) {
    g_assert_cmpuint (summary->n_refused, ==, 1);
    g_assert_true (g_str_has_suffix (((PrcScanProblem *)summary->problems->pdata[0])->path,
                                     "case-1/segments.dcm"));
  }
  g_file_set_contents (path, whole, (gssize)length, NULL);
  g_clear_pointer (&summary, prc_import_summary_free);
  prc_import_summary_free (import (fixture)); // mended: now it is in
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM segments"), ==, 2);
}

// More than anybody draws: the first of them are taken, and it is said that there are more.
static void
test_too_many (Fixture *fixture, gconstpointer data) {
  library_fixture_write_cases (fixture->folder, 1, N_SLICES);
  g_autofree char *path = case_path (fixture, 1, "segments.dcm");
  g_autoptr (PrcSeries) series = series_of (fixture, 1);
  const PrcRowSpan span = {20, 20, 30};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (SIDE, SIDE, &span, 1);
  PrcMask *masks[N_SLICES] = {mask};
  g_autoptr (PrcSegmentStack) stack = prc_segment_stack_new (masks, N_SLICES);
  const PrcSegment segment = segment_called ("Speck");
  PrcSegmentDraft drafts[1003];
  for (guint i = 0; i < G_N_ELEMENTS (drafts); i++)
    drafts[i] = (PrcSegmentDraft){&segment, stack};
  g_autoptr (GError) error = NULL;
  prc_segment_write_seg (pool, series, drafts, G_N_ELEMENTS (drafts), "Many", path, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_segments, ==, 1000);
  g_assert_cmpuint (summary->problems->len, ==, 1);
  g_assert_nonnull (strstr (((PrcScanProblem *)summary->problems->pdata[0])->reason, "first 1000"));
}

// What is on the screen is added with what lies on it.
static void
test_series (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  library_fixture_write_cases (fixture->folder, 1, N_SLICES);
  write_file (fixture, 1, prc_segment_write_seg, "Lesion", FALSE);
  const char *const paths[] = {fixture->folder, NULL};
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_VIEW, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan->others->len, ==, 1);
  const PrcCaseText text = {.title = "One"};
  g_assert_cmpint (prc_import_series (fixture->library, embedder, model, pool, scan->series,
                                      scan->others, &text, NULL, NULL, NULL, &error),
                   ==, 1);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) segments = prc_library_case_segments (fixture->library, 1, NULL);
  g_assert_cmpuint (segments->len, ==, 1);
}

// Labels in a folder beside the images, of a case that a list names; the volumes are nibabel's.
static void
test_nifti_beside (Fixture *fixture, gconstpointer data) {
  g_autofree char *folder = prc_fixture_data ("segmentation/totalseg_ct");
  if (!folder)
    return;
  g_autofree char *images = g_build_filename (folder, "ct_dicom", NULL);
  g_autofree char *labels = g_build_filename (folder, "nifti", "example_seg_dicom.nii.gz", NULL);
  g_autofree char *list = g_build_filename (fixture->folder, "cases.csv", NULL);
  g_autofree char *csv = g_strdup_printf ("path,title\n%s,Organs\n", folder);
  g_file_set_contents (list, csv, -1, NULL);
  const char *const paths[] = {images, labels, NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary =
      prc_import (fixture->library, embedder, model, pool, paths, list, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 20);
  g_assert_cmpuint (summary->n_segments, ==, 31);
  g_autoptr (GPtrArray) segments = prc_library_case_segments (fixture->library, 1, NULL);
  g_assert_cmpuint (segments->len, ==, 31);
  const PrcCaseSegment *spleen = segments->pdata[0], *liver = segments->pdata[1];
  g_assert_cmpuint (spleen->segment.number, ==, 1);
  g_assert_cmpuint (liver->segment.number, ==, 5);
  g_assert_cmpuint (spleen->voxels, ==, 130634);
  g_assert_cmpuint (liver->voxels, ==, 366708);
}

// A repair that took a slice away took its segments: the next import brings back both.
static void
test_after_repair (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, TRUE);
  prc_import_summary_free (import (fixture));
  prc_sql_exec (fixture->library->db,
                "UPDATE slices SET path = 'x' WHERE id = (SELECT min (slice_id) FROM segments)",
                NULL);
  g_autoptr (GPtrArray) mended = prc_library_verify (fixture->library, TRUE, NULL);
  g_assert_cmpuint (mended->len, >, 0);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM segments"), ==, N_CASES - 1);
  g_autoptr (PrcImportSummary) summary = import (fixture);
  g_assert_cmpuint (summary->n_added, ==, 1);
  g_assert_cmpuint (summary->n_segments, ==, 1);
  check_segments (fixture, "SEG");
}

// As if another encoder had been at work: its models are given other names.
static void
rename_models (Fixture *fixture) {
  g_assert_true (prc_sql_exec (fixture->library->db,
                               "UPDATE models SET name = 'older ' || id,"
                               " sum = prc_sum ('older ' || id, dimension)",
                               NULL));
}

// Indexed again with the encoder of today: the segments of a file that lies anywhere, and no slice
// twice.
static void
test_again (Fixture *fixture, gconstpointer data) {
  g_autoptr (GError) error = NULL;
  write_cases (fixture, TRUE);
  g_autofree char *from = case_path (fixture, 2, "segments.dcm");
  prc_import_summary_free (import (fixture));
  rename_models (fixture);
  g_autoptr (PrcImportSummary) summary =
      prc_import_again (fixture->library, embedder, model, pool, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, N_CASES * N_SLICES);
  g_assert_cmpuint (summary->n_segments, ==, N_CASES);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM segment_embeddings"), ==,
                   2 * N_CASES); // with those of before
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM models"), ==, 4);
  check_segments (fixture, "SEG");

  // Only segments are left to do, and the file of one is gone.
  g_assert_true (
      prc_sql_exec (fixture->library->db,
                    "UPDATE models SET name = 'older', sum = prc_sum ('older', dimension)"
                    " WHERE id = (SELECT max (model_id) FROM segment_embeddings)",
                    NULL));
  g_assert_cmpint (g_unlink (from), ==, 0);
  g_clear_pointer (&summary, prc_import_summary_free);
  summary = prc_import_again (fixture->library, embedder, model, pool, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_added, ==, 0);
  g_assert_cmpuint (summary->n_segments, ==, N_CASES - 1);
  g_assert_cmpuint (summary->n_gone, ==, 1);
  g_assert_cmpuint (summary->n_left, ==, 0);
  g_assert_cmpint (number (fixture, "SELECT count (*) FROM segment_embeddings"), ==,
                   3 * N_CASES - 1);
  check_segments (fixture, "SEG");
}

// Killed at any moment: the library is sound, a file is there with all its segments or not at all,
// and the rest follows.
static pid_t
start_import (Fixture *fixture) {
  const pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    execl ("/proc/self/exe", "import", "--import", fixture->folder, fixture->path, (char *)NULL);
    _exit (127);
  }
  return child;
}

static void
test_kill (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, TRUE);
  GRand *random = g_rand_new_with_seed (11);
  for (int round = 0; round < 8; round++) {
    const gint64 before = number (fixture, "SELECT changes FROM library");
    const pid_t child = start_import (fixture);
    int status = 0;
    while (number (fixture, "SELECT changes FROM library") == before &&
           waitpid (child, &status, WNOHANG) == 0)
      g_usleep (500);
    g_usleep ((gulong)g_rand_int_range (random, 0, 3000));
    kill (child, SIGKILL);
    waitpid (child, &status, 0);
    g_autoptr (GPtrArray) problems = prc_library_verify (fixture->library, FALSE, NULL);
    g_assert_cmpuint (problems->len, ==, 0);
    g_assert_cmpint (number (fixture, "SELECT count (*) FROM segmentations"), ==,
                     number (fixture, "SELECT count (*) FROM segment_embeddings"));
  }
  g_rand_free (random);
  prc_import_summary_free (import (fixture));
  check_segments (fixture, "SEG");
}

static int
import_as_child (const char *folder, const char *path) {
  g_autoptr (PrcLibrary) library = prc_library_open (path, NULL);
  const char *const paths[] = {folder, NULL};
  prc_import_summary_free (
      prc_import (library, embedder, model, pool, paths, NULL, NULL, NULL, NULL, NULL));
  return 0;
}

// --- asking

typedef struct {
  PrcQuery query;
  PrcIndex *slices, *segments;
} Question;

static void
question_clear (Question *question) {
  prc_frame_unref (question->query.frame);
  prc_instance_unref (question->query.instance);
  if (question->query.mask)
    prc_mask_unref ((PrcMask *)question->query.mask);
  prc_index_unref (question->slices);
  prc_index_unref (question->segments);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, question_clear)

// About the lesion of a case where it is largest.
static Question
ask_about (Fixture *fixture, guint number_of_case) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSeries) series = series_of (fixture, number_of_case);
  const PrcSlice *slice = prc_series_slice (series, N_SLICES - 1);
  Question question = {
      .query = {.instance = prc_instance_ref (slice->instance),
                .mask = disc (number_of_case, N_SLICES - 1),
                .k = 20,
                .generation = 9},
      .slices = prc_library_index (fixture->library, prc_model_id (model), NULL),
      .segments = prc_library_segment_index (fixture->library, prc_model_segment_id (model), NULL)};
  question.query.frame =
      prc_codec_pool_decode (pool, slice->instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return question;
}

static PrcAnswer *
answer (Fixture *fixture, Question *question) {
  g_autoptr (GError) error = NULL;
  PrcAnswer *said =
      prc_search (fixture->library, question->query.mask ? question->segments : question->slices,
                  embedder, model, &question->query, NULL, &error);
  g_assert_no_error (error);
  return said;
}

static void
test_search (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, TRUE);
  prc_import_summary_free (import (fixture));
  g_auto (Question) question = ask_about (fixture, 3);
  question.query.include_self = TRUE;
  g_autoptr (PrcAnswer) self = answer (fixture, &question);
  g_assert_cmpint (self->state, ==, PRC_ANSWER_RESULTS);
  g_assert_true (self->by_segment);
  g_assert_cmpint (self->asked, ==, PRC_ASKED_SEGMENT);
  g_assert_true (self->mask == question.query.mask); // what asked, and where
  g_assert_cmpuint (self->frame, ==, question.query.frame_number);
  g_assert_cmpuint (self->n_hits, ==, N_CASES);
  g_assert_cmpuint (self->n_slices_searched, ==, N_CASES);
  g_assert_cmpuint (self->generation, ==, 9);
  g_assert_cmpfloat_with_epsilon (self->hits[0].cosine, 1, 1e-4); // of the same crop
  g_assert_cmpstr (self->hits[0].segment->segment.label, ==, "Lesion");
  g_assert_cmpuint (self->hits[0].slice_number, ==, N_SLICES);
  g_assert_cmpstr (self->hits[0].path, ==, self->hits[0].segment->slice_path);
  g_assert_cmpfloat (self->hits[0].percentile, >=, 0);
  question.query.include_self = FALSE;
  g_autoptr (PrcAnswer) others = answer (fixture, &question);
  g_assert_cmpuint (others->n_hits, ==, N_CASES - 1);
  g_assert_cmpuint (others->n_kept_out, ==, 1);
  question.query.filter.modality = "MR";
  g_autoptr (PrcAnswer) none = answer (fixture, &question);
  g_assert_cmpuint (none->n_hits, ==, 0);
  g_assert_cmpint (none->state, ==, PRC_ANSWER_NOTHING_ALIKE);
  question.query.filter.modality = NULL;

  // A mask of another size, or an empty one, is refused in words.
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcMask) wrong = prc_mask_new_from_spans (3, 3, NULL, 0);
  PrcQuery bad = question.query;
  bad.mask = wrong;
  g_assert_null (
      prc_search (fixture->library, question.segments, embedder, model, &bad, NULL, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);

  // A segment that went away since the snapshot was taken is left out.
  g_assert_true (prc_library_remove (fixture->library, others->hits[0].matching_case->id, NULL));
  g_autoptr (PrcAnswer) fewer = answer (fixture, &question);
  g_assert_cmpuint (fewer->n_hits, ==, N_CASES - 2);
}

static double
own_cosine (Fixture *fixture, guint number_of_case, const PrcAnswer *said) {
  g_autofree char *own = case_path (fixture, number_of_case, "");
  for (guint i = 0; i < said->n_hits; i++)
    if (g_str_has_prefix (said->hits[i].path, own))
      return (double)said->hits[i].cosine;
  g_assert_not_reached ();
}

// A box put loosely around the disc is all but the segment of that very disc; told so, it asks whole
// slices, which are less like it.
static void
test_box (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, TRUE);
  prc_import_summary_free (import (fixture));
  for (guint i = 1; i <= N_CASES; i++) {
    g_auto (Question) question = ask_about (fixture, i);
    PrcMaskBounds around;
    g_assert_true (prc_mask_bounds (question.query.mask, &around));
    PrcQuery box = question.query;
    box.mask = NULL;
    box.region = (PrcRegion){around.left - 3.0, around.top - 2.0, around.right - around.left + 5.0,
                             around.bottom - around.top + 5.0};
    box.include_self = TRUE;
    g_assert_false (prc_query_asks_segments (&box, question.segments)); // they are too few
    box.against = PRC_AGAINST_SEGMENTS;
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcAnswer) said =
        prc_search (fixture->library, question.segments, embedder, model, &box, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (said->asked, ==, PRC_ASKED_BOX);
    g_assert_true (said->by_segment);
    g_assert_cmpfloat (said->region.width, ==, box.region.width);
    g_assert_nonnull (said->mask); // what it was taken for
    g_assert_cmpuint (said->n_hits, ==, N_CASES);
    g_assert_cmpfloat (own_cosine (fixture, i, said), >, 0.9);
    g_assert_nonnull (said->hits[0].segment);
    box.against = PRC_AGAINST_SLICES;
    g_autoptr (PrcAnswer) slices =
        prc_search (fixture->library, question.slices, embedder, model, &box, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (slices->asked, ==, PRC_ASKED_BOX);
    g_assert_false (slices->by_segment);
    g_assert_null (slices->mask);
    g_assert_null (slices->hits[0].segment);
    g_assert_cmpfloat (own_cosine (fixture, i, slices), <, own_cosine (fixture, i, said));
    box.region.x = 2 * SIDE;
    box.against = PRC_AGAINST_SEGMENTS;
    g_assert_null (
        prc_search (fixture->library, question.segments, embedder, model, &box, NULL, &error));
    g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  }
}

// What whole slices find is the same to the last bit, with segments in the library and without.
static void
test_whole_slices (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, FALSE);
  prc_import_summary_free (import (fixture));
  g_auto (Question) before = ask_about (fixture, 3);
  g_clear_pointer ((PrcMask **)&before.query.mask, prc_mask_unref);
  g_autoptr (PrcAnswer) without = answer (fixture, &before);
  for (guint i = 1; i <= N_CASES; i++)
    write_file (fixture, i, prc_segment_write_seg, "Lesion", FALSE);
  prc_import_summary_free (import (fixture));
  g_auto (Question) after = {0};
  after = before;
  prc_frame_ref (after.query.frame);
  prc_instance_ref (after.query.instance);
  after.slices = prc_library_index (fixture->library, prc_model_id (model), NULL);
  after.segments = prc_index_ref (before.segments);
  g_autoptr (PrcAnswer) with = answer (fixture, &after);
  g_assert_false (with->by_segment);
  g_assert_cmpuint (with->n_hits, ==, without->n_hits);
  g_assert_cmpstr (with->model_id, ==, without->model_id);
  g_assert_cmpuint (with->n_slices_searched, ==, without->n_slices_searched);
  for (guint i = 0; i < with->n_hits; i++) {
    const PrcHit *a = &with->hits[i], *b = &without->hits[i];
    g_assert_cmpint (a->slice_id, ==, b->slice_id);
    g_assert_cmpmem (&a->cosine, sizeof a->cosine, &b->cosine, sizeof b->cosine);
    g_assert_cmpmem (&a->percentile, sizeof a->percentile, &b->percentile, sizeof b->percentile);
    g_assert_null (a->segment);
  }
}

// The library has slices and no segments: that is said, whole slices do not answer instead.
static void
test_no_segments (Fixture *fixture, gconstpointer data) {
  write_cases (fixture, FALSE);
  g_auto (Question) early = ask_about (fixture, 3);
  g_autoptr (PrcAnswer) empty = answer (fixture, &early);
  g_assert_cmpint (empty->state, ==, PRC_ANSWER_EMPTY_LIBRARY);
  prc_import_summary_free (import (fixture));
  g_auto (Question) question = ask_about (fixture, 3);
  g_autoptr (PrcAnswer) said = answer (fixture, &question);
  g_assert_cmpint (said->state, ==, PRC_ANSWER_NO_SEGMENTS);
  g_assert_true (said->by_segment);
  g_assert_cmpuint (said->n_hits, ==, 0);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  const gboolean child = argc == 4 && g_str_equal (argv[1], "--import");
  if (!child)
    g_test_init (&argc, &argv, NULL);
  g_autoptr (GError) error = NULL;
  model = prc_model_load (NULL, &error);
  g_assert_no_error (error);
  embedder = prc_embedder_new (model, PRC_IMPORT_BATCH);
  pool = prc_codec_pool_new (2);
  if (child)
    return import_as_child (argv[2], argv[3]);
  ADD ("/import-segments/study", test_study);
  ADD ("/import-segments/later", test_later);
  ADD ("/import-segments/alone", test_alone);
  ADD ("/import-segments/structure-set", test_structure_set);
  ADD ("/import-segments/only-around", test_only_around);
  ADD ("/import-segments/of-no-image", test_of_no_image);
  ADD ("/import-segments/damaged", test_damaged);
  ADD ("/import-segments/too-many", test_too_many);
  ADD ("/import-segments/series", test_series);
  ADD ("/import-segments/nifti-beside", test_nifti_beside);
  ADD ("/import-segments/after-repair", test_after_repair);
  ADD ("/import-segments/again", test_again);
  ADD ("/import-segments/kill", test_kill);
  ADD ("/search-segments/answers", test_search);
  ADD ("/search-segments/box", test_box);
  ADD ("/search-segments/whole-slices", test_whole_slices);
  ADD ("/search-segments/none", test_no_segments);
  const int result = g_test_run ();
  prc_codec_pool_unref (pool);
  prc_embedder_free (embedder);
  prc_model_unref (model);
  return result;
}
