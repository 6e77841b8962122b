// SPDX-License-Identifier: Apache-2.0
// Editing segments in the window, nothing made up: pointer, actions, worker, files, questions.
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "prc-segment-dialog.h"
#include "prc-viewer-window-actions.h"
#include "prc-viewer-window-private.h"

enum { N = 6, SIDE = 64, PATIENCE_S = 30 };

typedef struct {
  char *folder, *study, *library;
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcEngine *engine;
  PrcViewerWindow *window;
  PrcSegmentTool *tool;
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

// A cube of 300 HU, rows and columns 24 to 39 of slices 1 to 4, in water.
static void
write_study (const char *folder) {
  for (unsigned i = 0; i < N; i++) {
    int16_t pixels[SIDE * SIDE];
    for (int k = 0; k < SIDE * SIDE; k++) {
      int row = k / SIDE, column = k % SIDE;
      bool in = i >= 1 && i <= 4 && row >= 24 && row < 40 && column >= 24 && column < 40;
      pixels[k] = (int16_t)(1024 + (in ? 300 : 0));
    }
    const PrcFixtureSlice slice = {.study = 7,
                                   .series = 1,
                                   .instance = i + 1,
                                   .rows = SIDE,
                                   .columns = SIDE,
                                   .position_mm = {0, 0, 2.0 * i},
                                   .pixels = pixels};
    g_autofree char *path = g_strdup_printf ("%s/IM%03u.dcm", folder, i);
    prc_fixture_write (path, &slice);
  }
}

static PrcSliceView *
view_of (Fixture *f) {
  return prc_stage_study_view (f->window->stage);
}

static void
open_study (Fixture *f) {
  prc_viewer_window_open_paths (f->window, (const char *const[]){f->study, NULL});
}

static void
noticed (PrcSegmentTool *tool, const char *sentence) {
  g_test_message ("notice: %s", sentence);
}

static void
set_up (Fixture *f, gconstpointer data) {
  f->folder = prc_fixture_folder ();
  f->study = g_build_filename (f->folder, "study", NULL);
  f->library = g_build_filename (f->folder, "library.sqlite", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->study, 0700), ==, 0);
  write_study (f->study);
  f->pool = prc_codec_pool_new (2);
  f->store = prc_frame_store_new (f->pool, 0);
  f->engine = prc_engine_new (f->pool, f->library, NULL);
  f->window = PRC_VIEWER_WINDOW (prc_viewer_window_new (NULL, f->pool, f->store, f->engine));
  prc_viewer_window_add_actions (f->window);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1300, 800);
  gtk_window_present (GTK_WINDOW (f->window));
  f->tool = g_object_ref (prc_segment_editing_get_tool (f->window->editing));
  g_signal_connect (f->tool, "notice", G_CALLBACK (noticed), NULL);
  open_study (f);
  WAIT_FOR (prc_segment_tool_get_segments (f->tool));
  prc_slice_view_set_index (view_of (f), 2);
  WAIT_FOR (prc_slice_view_get_frame (view_of (f)));
}

static void
tear_down (Fixture *f, gconstpointer data) {
  gpointer window = f->window;

  g_object_add_weak_pointer (G_OBJECT (f->window), &window);
  gtk_window_destroy (GTK_WINDOW (f->window));
  WAIT_FOR (window == NULL);
  g_object_unref (f->tool);
  prc_engine_shut_down (f->engine);
  g_object_unref (f->engine);
  prc_frame_store_unref (f->store);
  prc_codec_pool_unref (f->pool);
  prc_fixture_remove (f->folder);
  g_free (f->folder);
  g_free (f->study);
  g_free (f->library);
}

static void
act (Fixture *f, const char *name, GVariant *parameter) {
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (f->window), name, parameter));
}

static uint64_t
area (Fixture *f) {
  PrcSegmentItem *item = prc_segment_tool_get_item (f->tool);

  return item ? prc_segment_stack_area (prc_segment_item_get_stack (item)) : 0;
}

static bool
is_set (Fixture *f, uint32_t index, uint32_t column, uint32_t row) {
  PrcSegmentStack *stack = prc_segment_item_get_stack (prc_segment_tool_get_item (f->tool));
  PrcMask *mask = prc_segment_stack_mask (stack, index);

  return mask && prc_mask_contains (mask, column, row);
}

static bool
is_idle (Fixture *f) {
  return !prc_segment_tool_get_busy (f->tool) && !prc_segment_tool_is_painting (f->tool);
}

/* ---- a real pointer ---- */

static void
ended (GObject *process, GAsyncResult *result, gpointer done) {
  *(gboolean *)done = g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, NULL);
}

static void
run (const char *line) {
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  gboolean done = FALSE;
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *)words, G_SUBPROCESS_FLAGS_NONE, NULL);

  g_assert_nonnull (process);
  g_subprocess_wait_check_async (process, NULL, ended, &done);
  WAIT_FOR (done);
}

static void
move_to (Fixture *f, double image_x, double image_y) {
  const PrcFrameInfo *info = prc_frame_info (prc_slice_view_reference_frame (view_of (f)));
  int width, height, scale = gtk_widget_get_scale_factor (GTK_WIDGET (view_of (f)));
  double x, y, surface_x, surface_y;

  prc_slice_view_get_size (view_of (f), &width, &height);
  prc_view_params_to_view (prc_slice_view_params (view_of (f)), info, width, height, image_x,
                           image_y, &x, &y);
  gtk_widget_translate_coordinates (GTK_WIDGET (view_of (f)), GTK_WIDGET (f->window), x / scale,
                                    y / scale, &x, &y);
  gtk_native_get_surface_transform (GTK_NATIVE (f->window), &surface_x, &surface_y);
  g_autofree char *line =
      g_strdup_printf ("xdotool mousemove %ld %ld", lround (x + surface_x), lround (y + surface_y));
  run (line);
}

static gboolean
over (gpointer flag) {
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

// The bar comes and takes room from the picture.
static void
take_in_hand (Fixture *f, const char *tool) {
  int height = 0;

  act (f, "segment.tool", g_variant_new_string (tool));
  WAIT_FOR (gtk_widget_get_height (prc_segment_editing_get_bar (f->window->editing)) > 0 &&
            gtk_widget_get_height (GTK_WIDGET (view_of (f))) > 300);
  while (height != gtk_widget_get_height (GTK_WIDGET (view_of (f)))) {
    gboolean late = FALSE;
    height = gtk_widget_get_height (GTK_WIDGET (view_of (f)));
    g_timeout_add (300, over, &late);
    WAIT_FOR (late);
  }
}

static bool
has_pointer (void) {
  g_autofree char *tool = g_find_program_in_path ("xdotool");

  if (!tool)
    g_test_skip ("xdotool is not there");
  return tool != NULL;
}

// The brush follows the pointer in true size; the window stays as it is; Ctrl gives it back.
static void
test_pointer (Fixture *f, gconstpointer data) {
  double centre, width, after;

  if (!has_pointer ())
    return;
  prc_slice_view_get_window (view_of (f), &centre, &width);
  take_in_hand (f, "brush");
  prc_segment_tool_set_radius (f->tool, 3);
  move_to (f, 15.5, 30.5);
  run ("xdotool mousedown 1");
  WAIT_FOR (area (f) > 0);
  move_to (f, 30.5, 30.5);
  move_to (f, 45.5, 30.5);
  run ("xdotool mouseup 1");
  WAIT_FOR (area (f) > 200 && is_idle (f));
  for (uint32_t column = 15; column <= 44; column++)
    g_assert_true (is_set (f, 2, column, 30));
  g_assert_true (is_set (f, 2, 30, 28));
  g_assert_false (is_set (f, 2, 30, 35));
  g_assert_false (is_set (f, 3, 30, 30));
  prc_slice_view_get_window (view_of (f), &centre, &after);
  g_assert_cmpfloat (width, ==, after);
  run ("xdotool key ctrl+z");
  WAIT_FOR (area (f) == 0);
  run ("xdotool key ctrl+shift+z");
  WAIT_FOR (area (f) > 200);
  run ("xdotool key Escape");
  WAIT_FOR (prc_segment_tool_get_kind (f->tool) == PRC_SEGMENT_TOOL_NONE);
  run ("xdotool key e");
  WAIT_FOR (prc_segment_tool_get_kind (f->tool) == PRC_SEGMENT_TOOL_ERASER);
  move_to (f, 30.5, 30.5);
  run ("xdotool click 1");
  WAIT_FOR (!is_set (f, 2, 30, 30));
  // Without a tool the same drag is for the window again.
  run ("xdotool key e");
  WAIT_FOR (prc_segment_tool_get_kind (f->tool) == PRC_SEGMENT_TOOL_NONE);
  uint64_t before = area (f);
  move_to (f, 15.5, 20.5);
  run ("xdotool mousedown 1");
  move_to (f, 30.5, 20.5);
  move_to (f, 45.5, 20.5);
  run ("xdotool mouseup 1");
  WAIT_FOR (prc_slice_view_get_window (view_of (f), &centre, &after) && after != width);
  g_assert_cmpuint (area (f), ==, before);
}

// A range that nobody set is what the window shows; one that was set stays.
static void
test_range (Fixture *f, gconstpointer data) {
  double low, high;

  prc_slice_view_set_window (view_of (f), 40, 400);
  g_object_set (f->tool, "limited", TRUE, NULL);
  g_object_get (f->tool, "low", &low, "high", &high, NULL);
  g_assert_cmpfloat (low, ==, -160);
  g_assert_cmpfloat (high, ==, 240);
  g_object_set (f->tool, "limited", FALSE, "low", 10.0, NULL);
  prc_slice_view_set_window (view_of (f), 0, 100);
  g_object_set (f->tool, "limited", TRUE, NULL);
  g_object_get (f->tool, "low", &low, "high", &high, NULL);
  g_assert_cmpfloat (low, ==, 10);
  g_assert_cmpfloat (high, ==, 240);
}

static void
test_grow (Fixture *f, gconstpointer data) {
  if (!has_pointer ())
    return;
  take_in_hand (f, "grow");
  move_to (f, 30.5, 30.5);
  run ("xdotool click 1");
  WAIT_FOR (area (f) == 16 * 16 * 4);
  act (f, "segment.undo", NULL);
  g_assert_cmpuint (area (f), ==, 0);
}

// Without a pointer: the tools work where the crosshair is.
static void
test_keys_alone (Fixture *f, gconstpointer data) {
  guint column, row;

  if (!has_pointer ())
    return;
  take_in_hand (f, "brush");
  prc_segment_tool_set_radius (f->tool, 2);
  gtk_widget_grab_focus (GTK_WIDGET (view_of (f)));
  run ("xdotool key Return");
  run ("xdotool key ctrl+Right");
  WAIT_FOR (prc_slice_view_get_cross (view_of (f), &column, &row));
  g_assert_cmpuint (area (f), ==, 0); // there was none yet
  run ("xdotool key Return");
  WAIT_FOR (area (f) == 13);
  g_assert_true (is_set (f, 2, column, row));
  run ("xdotool key greater");
  WAIT_FOR (prc_segment_tool_get_radius (f->tool) == 2.5);
  run ("xdotool key e");
  WAIT_FOR (prc_segment_tool_get_kind (f->tool) == PRC_SEGMENT_TOOL_ERASER);
  run ("xdotool key Return");
  WAIT_FOR (area (f) == 0);
}

/* ---- files ---- */

static void
grow_cube (Fixture *f) {
  prc_segment_tool_set_kind (f->tool, PRC_SEGMENT_TOOL_GROW);
  prc_segment_tool_grow (f->tool, 30.5, 30.5, 2);
  WAIT_FOR (is_idle (f));
  g_assert_cmpuint (area (f), ==, 1024);
}

static gboolean
unsaved (Fixture *f) {
  g_autoptr (GPtrArray) items = prc_segment_tool_unsaved (f->tool);

  return items->len > 0;
}

static char *
save (Fixture *f, PrcSegmentSavingKind kind, const char *name) {
  char *path = g_build_filename (f->folder, name, NULL);

  prc_segment_editing_save_to (f->window->editing, kind, path);
  WAIT_FOR (g_file_test (path, G_FILE_TEST_EXISTS));
  return path;
}

// What pydicom finds in the file.
static void
test_save (Fixture *f, gconstpointer data) {
  static const char script[] =
      "import sys, pydicom\n"
      "d = pydicom.dcmread(sys.argv[1])\n"
      "p = d.pixel_array\n"
      "s = d.SegmentSequence[0]\n"
      "print(d.Modality, p.shape, int(p.sum()), int(p[0, 24:40, 24:40].sum()), s.SegmentLabel,\n"
      "      d.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0]"
      ".ImagePositionPatient[2])\n";
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  grow_cube (f);
  g_assert_true (unsaved (f));
  g_autofree char *path = save (f, PRC_SEGMENT_SAVING_SEG, "seg.dcm");
  WAIT_FOR (!unsaved (f));
  const char *const words[] = {"/usr/bin/python3", "-c", script, path, NULL};
  if (!g_spawn_sync (NULL, (char **)words, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, NULL,
                     &error) ||
      !*output) {
    g_test_skip ("pydicom is not there");
    return;
  }
  g_assert_cmpstr (output, ==, "SEG (4, 64, 64) 1024 256 Segment 1 2\n");
}

// A file's segment is edited in memory; the file stays as it is and is never written over.
static void
test_file_stays (Fixture *f, gconstpointer data) {
  g_autofree char *before = NULL, *after = NULL;
  gsize size, size_after;

  grow_cube (f);
  g_autofree char *path = save (f, PRC_SEGMENT_SAVING_SEG, "seg.dcm");
  g_assert_true (g_file_get_contents (path, &before, &size, NULL));
  g_autofree char *moved = g_build_filename (f->study, "seg.dcm", NULL);
  g_assert_true (g_file_set_contents (moved, before, (gssize)size, NULL));
  WAIT_FOR (!unsaved (f));
  open_study (f);
  WAIT_FOR (prc_segment_tool_get_segments (f->tool) &&
            g_list_model_get_n_items (G_LIST_MODEL (prc_segment_tool_get_segments (f->tool))) == 1);
  PrcSegmentSet *set = prc_segment_tool_get_segments (f->tool);
  g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  prc_segment_list_choose (prc_segment_pane_get_list (f->window->segments), item);
  g_assert_true (prc_segment_tool_get_item (f->tool) == item);
  WAIT_FOR (area (f) == 1024);
  prc_segment_tool_set_kind (f->tool, PRC_SEGMENT_TOOL_ERASER);
  g_assert_true (prc_segment_tool_begin_stroke (f->tool, 30.5, 30.5, 2));
  prc_segment_tool_end_stroke (f->tool);
  g_assert_cmpuint (area (f), <, 1024);
  prc_segment_editing_save_to (f->window->editing, PRC_SEGMENT_SAVING_SEG, moved);
  WAIT_FOR (!gtk_widget_get_visible (prc_segment_editing_get_progress (f->window->editing)));
  g_assert_true (unsaved (f));
  g_assert_true (g_file_get_contents (moved, &after, &size_after, NULL));
  g_assert_cmpmem (before, size, after, size_after);
  g_autofree char *other = save (f, PRC_SEGMENT_SAVING_SEG, "other.dcm");
  WAIT_FOR (!unsaved (f));
}

static void
test_export (Fixture *f, gconstpointer data) {
  grow_cube (f);
  g_autofree char *path = save (f, PRC_SEGMENT_SAVING_RTSTRUCT, "rt.dcm");
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (f->pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (prc_instance_info (instance)->modality, ==, "RTSTRUCT");
  g_assert_true (unsaved (f)); // contours for others are no place to keep them
}

/* ---- questions ---- */

static GtkWindow * // borrowed, or NULL
dialog_in_view (void) {
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkWindow) one = g_list_model_get_item (all, i);
    if (ADW_IS_MESSAGE_DIALOG (one) && gtk_widget_get_visible (GTK_WIDGET (one)))
      return one;
  }
  return NULL;
}

static void
answer (const char *response) {
  GtkWindow *dialog;

  WAIT_FOR ((dialog = dialog_in_view ()));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (dialog);
  WAIT_FOR (!dialog_in_view ());
}

static void
test_asks_before_opening (Fixture *f, gconstpointer data) {
  PrcSeries *series = prc_slice_view_get_series (view_of (f));

  grow_cube (f);
  open_study (f);
  answer ("cancel");
  g_assert_true (prc_slice_view_get_series (view_of (f)) == series);
  g_assert_cmpuint (area (f), ==, 1024);
  open_study (f);
  answer ("discard");
  WAIT_FOR (prc_slice_view_get_series (view_of (f)) != series);
  WAIT_FOR (prc_segment_tool_get_segments (f->tool));
  g_assert_false (unsaved (f));
  series = prc_slice_view_get_series (view_of (f));
  open_study (f); // nothing to ask about
  WAIT_FOR (prc_slice_view_get_series (view_of (f)) != series);
  g_assert_null (dialog_in_view ());
}

static void
test_asks_before_closing (Fixture *f, gconstpointer data) {
  grow_cube (f);
  gtk_window_close (GTK_WINDOW (f->window));
  answer ("cancel");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->window)));
  g_assert_true (unsaved (f));
  gpointer window = f->window;
  g_object_add_weak_pointer (window, &window);
  gtk_window_close (GTK_WINDOW (f->window));
  answer ("discard");
  WAIT_FOR (window == NULL);
  f->window = PRC_VIEWER_WINDOW (prc_viewer_window_new (NULL, f->pool, f->store, f->engine));
}

static GtkWidget *
find (GtkWidget *widget, GType type) {
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type);
    if (found)
      return found;
  }
  return NULL;
}

// A new one is asked for its name and type; its tool is at hand.
static void
test_new_and_renamed (Fixture *f, gconstpointer data) {
  GtkWindow *dialog;

  act (f, "segment.new", NULL);
  WAIT_FOR ((dialog = dialog_in_view ()));
  gtk_editable_set_text (GTK_EDITABLE (find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW)), " Node ");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (find (GTK_WIDGET (dialog), GTK_TYPE_DROP_DOWN)), 1);
  answer ("apply");
  PrcSegmentItem *item = prc_segment_tool_get_item (f->tool);
  const PrcSegment *segment = prc_segment_item_get_segment (item);
  size_t n;
  g_assert_cmpstr (segment->label, ==, "Node");
  g_assert_cmpstr (segment->type.value, ==, prc_codes_types (&n)[0].code.value);
  g_assert_cmpstr (segment->type.scheme, ==, "SCT");
  g_assert_cmpstr (segment->category.value, !=, "");
  g_assert_cmpint (prc_segment_tool_get_kind (f->tool), ==, PRC_SEGMENT_TOOL_BRUSH);
  g_assert_true (prc_segment_list_get_chosen (prc_segment_pane_get_list (f->window->segments)) ==
                 item);
  act (f, "segment.properties", NULL);
  WAIT_FOR ((dialog = dialog_in_view ()));
  gtk_editable_set_text (GTK_EDITABLE (find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW)), "");
  answer ("cancel");
  g_assert_cmpstr (prc_segment_item_get_segment (item)->label, ==, "Node");
  act (f, "segment.delete", NULL); // empty: not asked
  g_assert_null (prc_segment_tool_get_item (f->tool));
  grow_cube (f);
  act (f, "segment.delete", NULL);
  answer ("delete");
  g_assert_null (prc_segment_tool_get_item (f->tool));
}

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, test)                                                                            \
  g_test_add ("/segment-editing/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("pointer", test_pointer);
  ADD ("range", test_range);
  ADD ("grow", test_grow);
  ADD ("keys-alone", test_keys_alone);
  ADD ("save", test_save);
  ADD ("file-stays", test_file_stays);
  ADD ("export", test_export);
  ADD ("asks-before-opening", test_asks_before_opening);
  ADD ("asks-before-closing", test_asks_before_closing);
  ADD ("new-and-renamed", test_new_and_renamed);
  return g_test_run ();
}
