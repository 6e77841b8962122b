// SPDX-License-Identifier: Apache-2.0
#include <glib/gstdio.h>

#include "fake-engine.h"
#include "fake-segments.h"
#include "fake-store.h"
#include "fixture.h"
#include "prc-stage.h"

// The study: 30 slices of 2 mm. The case: 40 slices of 1 mm, found at its slice 11 (index 10).
typedef struct {
  GtkWindow *window;
  PrcStage *stage;
  PrcEngine *engine;
  PrcSeries *study, *other;
  PrcAnswer *answer;
  char *file; // of the matching slice
  guint n_comparing;
} Fixture;

void
prc_engine_case_paths_async (PrcEngine *self, gint64 case_id, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "the library is gone");
}

GStrv
prc_engine_case_paths_finish (PrcEngine *self, GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
comparing (PrcStage *stage, GParamSpec *pspec, Fixture *fixture) {
  fixture->n_comparing++;
}

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

static PrcAnswer *
answer_of (Fixture *fixture) {
  PrcAnswer *answer = prc_answer_new (1);
  const PrcSlice *slice = prc_series_slice (fixture->other, 10);
  PrcHit *hit = &answer->hits[0];

  hit->matching_case = prc_case_new ();
  g_free (hit->matching_case->title);
  hit->matching_case->title = g_strdup ("Chest");
  hit->path = g_strdup (fixture->file);
  hit->sop_instance_uid = g_strdup (prc_instance_info (slice->instance)->sop_instance_uid);
  hit->series_instance_uid = g_strdup ("2");
  return answer;
}

static void
set_up (Fixture *fixture, gconstpointer units) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  g_close (g_file_open_tmp ("precedent-XXXXXX.dcm", &fixture->file, NULL), NULL);
  fixture->study = make_series ("1", "p", 30, 0, 2, 1);
  fixture->other = make_series ("2", "q", 40, 500, 1, 1);
  fake_store_put (fixture->study, 1, "HU");
  fake_store_put (fixture->other, 2, units ? units : "HU");
  fixture->engine = fake_engine_new ();
  fixture->answer = answer_of (fixture);
  g_autoptr (PrcScan) scan = make_scan (1, &fixture->other, TRUE);
  fake_scan_set (NULL, scan, NULL);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->stage = PRC_STAGE (prc_stage_new ((PrcCodecPool *)store, store));
  g_signal_connect (fixture->stage, "notify::comparing", G_CALLBACK (comparing), fixture);
  gtk_window_set_default_size (fixture->window, 800, 400);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->stage));
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (prc_stage_study_view (fixture->stage), fixture->study, 15);
  g_assert_true (wait_until (is_shown, prc_stage_study_view (fixture->stage)));
  prc_slice_view_set_window (prc_stage_study_view (fixture->stage), 44, 444);
}

static void
tear_down (Fixture *fixture, gconstpointer units) {
  gpointer stage = fixture->stage;

  g_object_add_weak_pointer (G_OBJECT (fixture->stage), &stage);
  gtk_window_destroy (fixture->window);
  wait_ms (150);
  g_assert_null (stage);
  fake_engine_end (fixture->engine);
  g_unlink (fixture->file);
  g_free (fixture->file);
  prc_answer_unref (fixture->answer);
  prc_series_unref (fixture->study);
  prc_series_unref (fixture->other);
}

static bool
case_is_shown (gpointer stage) {
  PrcSliceView *view = prc_stage_case_view (stage);

  return view && prc_slice_view_get_series (view) && !prc_slice_view_is_loading (view);
}

static PrcSliceView *
open_case (Fixture *fixture) {
  prc_stage_open_case (fixture->stage, fixture->engine, fixture->answer, 0);
  g_assert_true (wait_until (case_is_shown, fixture->stage));
  return prc_stage_case_view (fixture->stage);
}

static void
test_opens_at_the_matching_slice (Fixture *fixture, gconstpointer data) {
  PrcSliceView *view = open_case (fixture);
  double centre, width;

  g_assert_cmpstr (fake_scan_first_path, ==, fixture->file);
  g_assert_cmpuint (prc_slice_view_get_index (view), ==, 10);
  g_assert_cmpuint (prc_slice_view_get_index (prc_stage_study_view (fixture->stage)), ==, 15);
  g_assert_true (prc_slice_view_get_window (view, &centre, &width)); // the study's
  g_assert_cmpfloat (centre, ==, 44);
  g_assert_cmpfloat (width, ==, 444);
  g_assert_true (prc_stage_get_comparing (fixture->stage));
  g_assert_cmpuint (fixture->n_comparing, ==, 1);
}

static void
test_scrolls_together (Fixture *fixture, gconstpointer data) {
  PrcSliceView *study = prc_stage_study_view (fixture->stage), *other = open_case (fixture);

  prc_slice_view_set_index (study, 18); // 6 mm on
  g_assert_cmpuint (prc_slice_view_get_index (other), ==, 16);
  prc_slice_view_set_index (other, 6); // the other way round: 4 mm before the pair
  g_assert_cmpuint (prc_slice_view_get_index (study), ==, 13);
  prc_stage_set_linked (fixture->stage, FALSE);
  prc_slice_view_set_index (study, 0);
  g_assert_cmpuint (prc_slice_view_get_index (other), ==, 6);
  prc_stage_set_linked (fixture->stage, TRUE); // from here on: 0 beside 6
  prc_slice_view_set_index (study, 2);
  g_assert_cmpuint (prc_slice_view_get_index (other), ==, 10);
}

static void
test_windows_together (Fixture *fixture, gconstpointer data) {
  PrcSliceView *study = prc_stage_study_view (fixture->stage), *other = open_case (fixture);
  double centre, width;

  prc_slice_view_set_window (study, -600, 1500);
  prc_slice_view_get_window (other, &centre, &width);
  g_assert_cmpfloat (width, ==, 1500);
  prc_slice_view_set_window (other, 400, 1800);
  prc_slice_view_get_window (study, &centre, &width);
  g_assert_cmpfloat (centre, ==, 400);
}

// HU here and something else there: a window in the one's units says nothing in the other's.
static void
test_other_units_keep_their_window (Fixture *fixture, gconstpointer data) {
  PrcSliceView *study = prc_stage_study_view (fixture->stage), *other = open_case (fixture);
  double centre, width;

  prc_slice_view_get_window (other, &centre, &width);
  g_assert_cmpfloat (width, !=, 444);
  prc_slice_view_set_window (other, 7, 9);
  prc_slice_view_get_window (study, &centre, &width);
  g_assert_cmpfloat (width, ==, 444);
}

static void
test_closes (Fixture *fixture, gconstpointer data) {
  open_case (fixture);
  prc_stage_close_case (fixture->stage);
  g_assert_null (prc_stage_case_view (fixture->stage));
  g_assert_false (prc_stage_get_comparing (fixture->stage));
  g_assert_true (prc_stage_active_view (fixture->stage) == prc_stage_study_view (fixture->stage));
  prc_stage_close_case (fixture->stage); // a second time is nothing
  g_assert_cmpuint (fixture->n_comparing, ==, 2);
  prc_slice_view_set_index (prc_stage_study_view (fixture->stage), 3);
  open_case (fixture); // and again, now beside slice 3
  prc_slice_view_set_index (prc_stage_study_view (fixture->stage), 4);
  g_assert_cmpuint (prc_slice_view_get_index (prc_stage_case_view (fixture->stage)), ==, 12);
}

static bool
is_explained (gpointer engine) {
  return fake_engine_n_explanations (engine) > 0;
}

// What was switched on stays so for the next case, and ends with the case.
static void
test_matches (Fixture *fixture, gconstpointer data) {
  prc_stage_set_matches (fixture->stage, TRUE); // nothing to compare yet
  wait_ms (200);
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 0);
  PrcSliceView *view = open_case (fixture);
  g_assert_true (wait_until (is_explained, fixture->engine));
  g_assert_true (fake_engine_explained_frame (fixture->engine, 0, PRC_EXPLANATION_QUERY) ==
                 prc_slice_view_get_decoded (prc_stage_study_view (fixture->stage)));
  g_assert_true (fake_engine_explained_frame (fixture->engine, 0, PRC_EXPLANATION_NEIGHBOUR) ==
                 prc_slice_view_get_decoded (view));
  prc_stage_close_case (fixture->stage);
  g_assert_true (fake_engine_explanation_cancelled (fixture->engine, 0));
  prc_slice_view_set_index (prc_stage_study_view (fixture->stage), 3);
  wait_ms (200);
  g_assert_cmpuint (fake_engine_n_explanations (fixture->engine), ==, 1);
}

static void
test_files_gone (Fixture *fixture, gconstpointer data) {
  g_unlink (fixture->file);
  prc_stage_open_case (fixture->stage, fixture->engine, fixture->answer, 0);
  PrcSliceView *view = prc_stage_case_view (fixture->stage);
  g_assert_null (prc_slice_view_get_series (view));
  gtk_test_accessible_assert_property (
      GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
      "The files of this case are gone from where they were when it was added");
}

// The folder is there, the slice is not in it any more.
static bool
has_message (gpointer view) {
  g_autofree char *other = gtk_test_accessible_check_property (
      view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "The files of this case cannot be read any more");

  return other == NULL;
}

static void
test_slice_gone (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcScan) scan = make_scan (1, &fixture->study, TRUE);

  fake_scan_set (NULL, scan, NULL);
  prc_stage_open_case (fixture->stage, fixture->engine, fixture->answer, 0);
  g_assert_true (wait_until (has_message, prc_stage_case_view (fixture->stage)));
}

// The slice is there, something else of the case is not, such as its segmentation.
static void
noticed (PrcStage *stage, const char *sentence, char **heard) {
  g_free (*heard);
  *heard = g_strdup (sentence);
}

static bool
has_heard (gpointer heard) {
  return *(char **)heard != NULL;
}

static void
test_something_gone (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcScan) scan = make_scan (1, &fixture->other, TRUE);
  g_autofree char *heard = NULL;

  add_problem (scan, "/gone/segments.dcm", "No such file or directory");
  fake_scan_set (NULL, scan, NULL);
  g_signal_connect (fixture->stage, "notice", G_CALLBACK (noticed), &heard);
  open_case (fixture);
  g_assert_true (wait_until (has_heard, &heard));
  g_assert_cmpstr (heard, ==, "1 file of this case is gone or cannot be read any more");
}

#define ADD(name, function, units)                                                                 \
  g_test_add ("/stage/" name, Fixture, units, set_up, function, tear_down)

/* ---- segments of the case ---- */

static bool
has_segment (gpointer view) {
  PrcSegmentSet *set = prc_slice_view_get_segments (view);

  return set && g_list_model_get_n_items (G_LIST_MODEL (set)) > 0;
}

// The files of the case: its images and a segmentation of slice 13 (index 12).
static void
add_segmentation (Fixture *fixture) {
  const PrcSegment segment = {.number = 1, .label = "lesion"};
  const PrcSlice *slice = prc_series_slice (fixture->other, 12);
  g_autoptr (PrcSegmentStack) stack = fake_stack (1, 0, 0, 20, 20, 6);
  g_autoptr (PrcScan) scan = make_scan (1, &fixture->other, TRUE);

  fake_segmentation = fake_segmentation_new ("lesions", &segment, 1);
  fake_segmentation_put (fake_segmentation, 0,
                         prc_instance_info (slice->instance)->sop_instance_uid,
                         prc_segment_stack_mask (stack, 0));
  g_ptr_array_add (scan->others,
                   prc_fixture_instance ("/nowhere/segments",
                                         "{'SOPInstanceUID': <'9'>, 'IsImage': <false>,"
                                         " 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.4'>}"));
  fake_scan_set (NULL, scan, NULL);
}

static void
test_segments_of_the_case (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSegmentSet) study = prc_segment_set_new (fixture->study);
  gboolean fill;

  add_segmentation (fixture);
  prc_slice_view_set_segments (prc_stage_study_view (fixture->stage), study);
  prc_segment_set_set_opacity (study, 0.6);
  PrcSliceView *view = open_case (fixture);
  g_assert_true (wait_until (has_segment, view));
  PrcSegmentSet *set = prc_slice_view_get_segments (view);
  g_assert_true (set != study);
  g_autoptr (PrcLayer) nothing = prc_segment_set_layer (set, 11);
  g_autoptr (PrcLayer) lesion = prc_segment_set_layer (set, 12);
  g_assert_null (nothing);
  g_assert_nonnull (lesion);
  g_assert_cmpfloat (prc_segment_set_get_opacity (set), ==, 0.6); // looks as the study's do
  prc_segment_set_set_opacity (study, 0.2);
  g_object_set (study, "fill", FALSE, NULL);
  g_object_get (set, "fill", &fill, NULL);
  g_assert_cmpfloat (prc_segment_set_get_opacity (set), ==, 0.2);
  g_assert_false (fill);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (study)), ==, 0); // no list of its own
  g_object_add_weak_pointer (G_OBJECT (set), (gpointer *)&set);
  prc_stage_close_case (fixture->stage);
  wait_ms (150);
  g_assert_null (set);
  g_clear_pointer (&fake_segmentation, prc_segmentation_unref);
}

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  ADD ("opens-at-the-matching-slice", test_opens_at_the_matching_slice, NULL);
  ADD ("scrolls-together", test_scrolls_together, NULL);
  ADD ("windows-together", test_windows_together, NULL);
  ADD ("other-units", test_other_units_keep_their_window, "BQML");
  ADD ("closes", test_closes, NULL);
  ADD ("matches", test_matches, NULL);
  ADD ("files-gone", test_files_gone, NULL);
  ADD ("slice-gone", test_slice_gone, NULL);
  ADD ("something-gone", test_something_gone, NULL);
  g_test_add ("/segment/of-past-cases", Fixture, NULL, set_up, test_segments_of_the_case,
              tear_down);
  return g_test_run ();
}
