// SPDX-License-Identifier: Apache-2.0
// Segments in the window, with real files, codecs and frames: opened with their images, before,
// after and without them.
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "prc-viewer-window-actions.h"
#include "prc-viewer-window-private.h"
#include "segment-fixture.h"

enum { N_SLICES = 8, PATIENCE_S = 30 };

typedef struct {
  char *folder, *images, *segments; // folder of images, file of segments
  char *elsewhere;                  // file of segments of other images
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcEngine *engine;
  PrcViewerWindow *window;
} Fixture;

static gboolean
wake (gpointer user_data) {
  return G_SOURCE_CONTINUE;
}

// Turns the main loop until it is so.
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START {                                                                                   \
    gint64 end_ = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;                           \
    guint timer_ = g_timeout_add (10, wake, NULL);                                                 \
    while (!(condition) && g_get_monotonic_time () < end_)                                         \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (timer_);                                                                      \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

/* ---- files ---- */

static PrcSegmentStack *
stack_of (guint rows, guint first, guint last, guint largest) {
  PrcMask *masks[N_SLICES] = {NULL};

  for (guint i = first; i <= last; i++) {
    const int side = i == largest ? 12 : 6;
    const PrcRowSpan spans[] = {{8, 8, 8 + side}, {9, 8, 8 + side}, {10, 8, 8 + side}};
    masks[i] = prc_mask_new_from_spans (rows, 32, spans, 3);
  }
  PrcSegmentStack *stack = prc_segment_stack_new (masks, N_SLICES);
  for (guint i = first; i <= last; i++)
    prc_mask_unref (masks[i]);
  return stack;
}

static PrcSegment
segment_called (const char *label) {
  const PrcCode none = {"", "", ""};

  return (PrcSegment){.label = label,
                      .description = "",
                      .algorithm_type = "MANUAL",
                      .algorithm_name = "",
                      .tracking_id = "",
                      .tracking_uid = "",
                      .interpreted_type = "",
                      .category = none,
                      .type = none,
                      .type_modifier = none,
                      .anatomic_region = none,
                      .anatomic_modifier = none};
}

static char *
write_segments (PrcCodecPool *pool, PrcSeries *series, const char *folder, const char *name,
                guint first) {
  const PrcSegment lesion = segment_called ("Lesion"), table = segment_called ("Table");
  const guint rows = prc_instance_info (prc_series_slice (series, 0)->instance)->rows;
  g_autoptr (PrcSegmentStack) small = stack_of (rows, 2, 5, 4);
  g_autoptr (PrcSegmentStack) large = stack_of (rows, first, 7, 1);
  const PrcSegmentDraft drafts[] = {{&lesion, small}, {&table, large}};
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  prc_segment_write_seg (pool, series, drafts, 2, "Drawn", path, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static void
write_files (Fixture *f) {
  PrcSegmentSeriesPlan plan = {.n_slices = N_SLICES,
                               .rows = 32,
                               .columns = 32,
                               .orientation = {1, 0, 0, 0, 1, 0},
                               .step_mm = {0, 0, 2}};
  g_autofree char *others = g_build_filename (f->folder, "others", NULL);

  f->images = g_build_filename (f->folder, "images", NULL);
  g_mkdir (f->images, 0700);
  g_mkdir (others, 0700);
  g_autoptr (PrcSeries) series = prc_segment_fixture_series (f->pool, f->images, &plan);
  f->segments = write_segments (f->pool, series, f->folder, "segments.dcm", 0);
  plan.orientation[0] = plan.orientation[4] = 0; // sagittal, a metre away and more
  plan.orientation[1] = plan.orientation[5] = 1;
  plan.rows = 40;
  plan.step_mm[0] = 500;
  plan.step_mm[2] = 0;
  g_autoptr (PrcSeries) other = prc_segment_fixture_series (f->pool, others, &plan);
  f->elsewhere = write_segments (f->pool, other, f->folder, "elsewhere.dcm", 2);
}

static void
set_up (Fixture *f, gconstpointer data) {
  f->folder = prc_fixture_folder ();
  g_autofree char *library = g_build_filename (f->folder, "library.sqlite", NULL);
  f->pool = prc_codec_pool_new (2);
  f->store = prc_frame_store_new (f->pool, 1 << 20);
  f->engine = prc_engine_new (f->pool, library, NULL);
  write_files (f);
  f->window = PRC_VIEWER_WINDOW (prc_viewer_window_new (NULL, f->pool, f->store, f->engine));
  prc_viewer_window_add_actions (f->window);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f, gconstpointer data) {
  gpointer window = f->window;

  g_object_add_weak_pointer (G_OBJECT (f->window), &window);
  gtk_window_destroy (GTK_WINDOW (f->window));
  WAIT_FOR (window == NULL);
  prc_engine_shut_down (f->engine);
  g_object_unref (f->engine);
  prc_frame_store_unref (f->store);
  prc_codec_pool_unref (f->pool);
  prc_fixture_remove (f->folder);
  g_free (f->folder);
  g_free (f->images);
  g_free (f->segments);
  g_free (f->elsewhere);
}

/* ---- what is in view ---- */

static void
open_and_settle (Fixture *f, const char *first, const char *second) {
  prc_viewer_window_open_paths (f->window, (const char *const[]){first, second, NULL});
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
}

static PrcSliceView *
view_of (Fixture *f) {
  return prc_stage_study_view (f->window->stage);
}

static guint
n_segments (Fixture *f) {
  PrcSegmentSet *set = prc_slice_view_get_segments (view_of (f));

  return set ? g_list_model_get_n_items (G_LIST_MODEL (set)) : 0;
}

static PrcSegmentItem * // borrowed
nth (Fixture *f, guint i) {
  g_autoptr (PrcSegmentItem) item =
      g_list_model_get_item (G_LIST_MODEL (prc_slice_view_get_segments (view_of (f))), i);

  return item;
}

static GtkWidget *
list_of (Fixture *f) {
  return GTK_WIDGET (prc_segment_pane_get_list (f->window->segments));
}

// Whether a label in sight below the widget holds the text.
static bool
says (GtkWidget *widget, const char *text) {
  if (!gtk_widget_get_mapped (widget))
    return false;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text))
    return true;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return true;
  return false;
}

static gboolean
press (Fixture *f, guint key, GdkModifierType state) {
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (f->window));
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (all) && !taken; i++) {
    g_autoptr (GObject) one = g_list_model_get_item (all, i);
    if (GTK_IS_EVENT_CONTROLLER_KEY (one) &&
        gtk_event_controller_get_propagation_phase (GTK_EVENT_CONTROLLER (one)) == GTK_PHASE_BUBBLE)
      g_signal_emit_by_name (one, "key-pressed", key, 0u, state, &taken);
  }
  return taken;
}

/* ---- tests ---- */

static void
test_opened_with_its_images (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->images, f->segments);
  g_assert_cmpuint (n_segments (f), ==, 2);
  g_assert_true (gtk_widget_get_mapped (list_of (f)));
  WAIT_FOR (says (list_of (f), "Lesion"));
  g_assert_true (prc_segment_item_get_visible (nth (f, 0)));
  g_assert_false (prc_segment_item_get_visible (nth (f, 1))); // the table
  g_assert_false (says (GTK_WIDGET (f->window), "without a picture"));
}

// The first file read is the segmentation.
static void
test_opened_before_its_images (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->segments, f->images);
  g_assert_cmpuint (n_segments (f), ==, 2);
}

static void
test_keys (Fixture *f, gconstpointer data) {
  g_assert_false (press (f, GDK_KEY_v, 0)); // nothing is open
  open_and_settle (f, f->images, f->segments);
  PrcSegmentSet *set = prc_slice_view_get_segments (view_of (f));
  g_assert_true (press (f, GDK_KEY_l, 0)); // the first, when none is chosen
  g_assert_cmpuint (prc_slice_view_get_index (view_of (f)), ==, 4);
  g_assert_true (prc_segment_list_get_chosen (PRC_SEGMENT_LIST (list_of (f))) == nth (f, 0));
  prc_segment_list_choose (PRC_SEGMENT_LIST (list_of (f)), nth (f, 1));
  press (f, GDK_KEY_l, 0);
  g_assert_cmpuint (prc_slice_view_get_index (view_of (f)), ==, 1);
  press (f, GDK_KEY_v, 0);
  g_assert_true (prc_segment_item_get_visible (nth (f, 1)));
  press (f, GDK_KEY_V, GDK_SHIFT_MASK);
  g_assert_true (prc_segment_set_get_solo (set) == nth (f, 1));
  press (f, GDK_KEY_V, GDK_SHIFT_MASK);
  g_assert_null (prc_segment_set_get_solo (set));
}

static void
test_list_goes_away (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->images, f->segments);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show-segments",
                                      g_variant_new_boolean (FALSE));
  g_assert_false (gtk_widget_get_mapped (list_of (f)));
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show-segments",
                                      g_variant_new_boolean (TRUE));
  g_assert_true (gtk_widget_get_mapped (list_of (f)));
  open_and_settle (f, f->images, NULL); // another study, without any
  g_assert_cmpuint (n_segments (f), ==, 0);
  g_assert_false (gtk_widget_get_mapped (list_of (f)));
}

// Opened later it took the place of the study that it belongs to.
static void
test_joins_the_study (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->images, NULL);
  PrcSeries *series = prc_slice_view_get_series (view_of (f));
  open_and_settle (f, f->segments, NULL);
  g_assert_true (prc_slice_view_get_series (view_of (f)) == series);
  g_assert_cmpuint (n_segments (f), ==, 2);
  WAIT_FOR (says (GTK_WIDGET (f->window), "The segments are shown with the study"));
  open_and_settle (f, f->segments, NULL); // once more: not twice
  g_assert_cmpuint (n_segments (f), ==, 2);
}

static void
test_of_another_study (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->images, NULL);
  open_and_settle (f, f->elsewhere, NULL);
  g_assert_null (prc_slice_view_get_series (view_of (f)));
  g_assert_true (says (GTK_WIDGET (f->window), "a segmentation of other images"));
  open_and_settle (f, f->images, f->elsewhere); // together they say what is missing
  g_assert_cmpuint (n_segments (f), ==, 0);
  WAIT_FOR (says (GTK_WIDGET (f->window), "lies on none of these images"));
}

// A segmentation that was opened alone was forgotten when its images came.
static void
test_opened_alone_before_its_images (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->segments, NULL);
  open_and_settle (f, f->elsewhere, NULL); // and another
  g_assert_null (prc_slice_view_get_series (view_of (f)));
  open_and_settle (f, f->images, NULL);
  g_assert_cmpuint (n_segments (f), ==, 2);
  g_assert_false (says (GTK_WIDGET (f->window), "lies on none of these images")); // no one said so
  open_and_settle (f, f->images, NULL);
  g_assert_cmpuint (n_segments (f), ==, 0); // they had their study
}

static void
test_closed_while_joining (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->images, NULL);
  prc_viewer_window_open_paths (f->window, (const char *const[]){f->segments, NULL});
  prc_viewer_window_open_paths (f->window, (const char *const[]){f->images, NULL}); // counts
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  g_assert_nonnull (prc_slice_view_get_series (view_of (f)));
  g_assert_cmpuint (n_segments (f), ==, 0);
  prc_viewer_window_open_paths (f->window, (const char *const[]){f->segments, NULL});
}

/* ---- asking the library ---- */

static void
imported (GObject *engine, GAsyncResult *result, gpointer done) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary =
      prc_engine_import_finish (PRC_ENGINE (engine), result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (summary->n_segments, >=, 1); // the lesion; the table is none
  *(gboolean *)done = TRUE;
}

static void
import_all (Fixture *f) {
  gboolean done = FALSE;

  prc_engine_import_async (f->engine, (const char *const[]){f->folder, NULL}, NULL, NULL, NULL,
                           NULL, imported, &done);
  WAIT_FOR (done);
}

static PrcCasePanelState
panel_state (Fixture *f) {
  return prc_case_panel_get_state (f->window->panel);
}

// The largest slice comes into view and the segment is asked for; one click leads back.
static void
test_search (Fixture *f, gconstpointer data) {
  WAIT_FOR (prc_engine_state (f->engine) == PRC_ENGINE_READY);
  import_all (f);
  open_and_settle (f, f->images, f->segments);
  WAIT_FOR (panel_state (f) == PRC_CASE_PANEL_NOTHING_ALIKE); // its own case is kept out
  g_assert_true (says (GTK_WIDGET (f->window->panel), "looks like this slice"));
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "search-segment", NULL);
  WAIT_FOR (says (GTK_WIDGET (f->window->panel), "Cases with a segment like: Lesion"));
  g_assert_cmpuint (prc_slice_view_get_index (view_of (f)), ==, 4);
  WAIT_FOR (says (GTK_WIDGET (f->window->panel), "looks like this segment"));
  prc_slice_view_set_index (view_of (f), 6); // looking around changes nothing
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  g_assert_true (says (GTK_WIDGET (f->window->panel), "Cases with a segment like: Lesion"));
  g_signal_emit_by_name (gtk_widget_get_template_child (GTK_WIDGET (f->window->panel),
                                                        PRC_TYPE_CASE_PANEL, "asked_bar"),
                         "back");
  WAIT_FOR (says (GTK_WIDGET (f->window->panel), "looks like this slice"));
  g_assert_false (says (GTK_WIDGET (f->window->panel), "Cases with a segment like"));
}

// The window goes while the picture of the segment is on its way.
static void
test_search_and_close (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->images, f->segments);
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "search-segment", NULL);
}

static void
test_search_without_segments (Fixture *f, gconstpointer data) {
  open_and_settle (f, f->images, NULL);
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "search-segment", NULL);
  WAIT_FOR (says (GTK_WIDGET (f->window), "There are no segments here"));
}

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, test) g_test_add ("/segment/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("opened-with-its-images", test_opened_with_its_images);
  ADD ("loaded-before-its-images/window", test_opened_before_its_images);
  ADD ("loaded-before-its-images/alone", test_opened_alone_before_its_images);
  ADD ("keys", test_keys);
  ADD ("list-goes-away", test_list_goes_away);
  ADD ("joins-the-study", test_joins_the_study);
  ADD ("of-another-study", test_of_another_study);
  ADD ("closed-while-joining", test_closed_while_joining);
  ADD ("search", test_search);
  ADD ("search-and-close", test_search_and_close);
  ADD ("search-without-segments", test_search_without_segments);
  return g_test_run ();
}
