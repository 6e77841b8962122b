// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "fake-store.h"
#include "prc-render.h"
#include "prc-slice-input.h"

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcSeries *series;
  guint n_rested, n_windows, n_shown, n_notices;
} Fixture;

static void
count (GtkWidget *widget, guint *counter) {
  (*counter)++;
}

static void
count_notice (GtkWidget *widget, const char *sentence, guint *counter) {
  g_assert_cmpstr (sentence, !=, "");
  (*counter)++;
}

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

static void
set_up (Fixture *fixture, gconstpointer units) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", 30, 0, 2, 1);
  fake_store_put (fixture->series, 7, units ? units : "HU");
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  prc_slice_input_attach (fixture->view);
  g_signal_connect (fixture->view, "rested", G_CALLBACK (count), &fixture->n_rested);
  g_signal_connect (fixture->view, "shown", G_CALLBACK (count), &fixture->n_shown);
  g_signal_connect (fixture->view, "window-changed", G_CALLBACK (count), &fixture->n_windows);
  g_signal_connect (fixture->view, "notice", G_CALLBACK (count_notice), &fixture->n_notices);
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, 320, 240);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (fixture->view, fixture->series, 3);
  g_assert_true (wait_until (is_shown, fixture->view));
}

static void
tear_down (Fixture *fixture, gconstpointer units) {
  gpointer view = fixture->view;

  g_object_add_weak_pointer (G_OBJECT (fixture->view), &view);
  gtk_window_destroy (fixture->window);
  fake_store_release ();
  wait_ms (20);
  g_assert_null (view); // finalised, whatever was under way
  prc_series_unref (fixture->series);
}

static GBytes *
pixels_shown (PrcSliceView *view) {
  GdkTexture *texture = prc_slice_view_get_texture (view);
  gsize width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  guchar *pixels = g_malloc (width * height * 4);

  gdk_texture_download (texture, pixels, width * 4);
  return g_bytes_new_take (pixels, width * height * 4);
}

typedef struct {
  PrcSliceView *view;
  PrcFrame *frame;
} Expected;

static bool
shows (gpointer data) {
  Expected *expected = data;
  int width, height;

  prc_slice_view_get_size (expected->view, &width, &height);
  g_autoptr (PrcRaster) raster = prc_render (
      expected->frame, prc_slice_view_params (expected->view), NULL, width, height, NULL, NULL);
  if (!prc_slice_view_get_texture (expected->view))
    return false;
  g_autoptr (GBytes) shown = pixels_shown (expected->view);
  g_assert_cmpuint (raster->stride, ==, (gsize)raster->width * 4);
  return g_bytes_equal (shown, raster->bytes);
}

// What comes to be shown, to the last bit, is what the renderer makes of that slice for a view of
// this size.
static void
assert_shows (PrcSliceView *view, PrcSeries *series, guint index) {
  g_autoptr (PrcFrame) frame = fake_store_frame (series, index);

  g_assert_true (wait_until (shows, &(Expected){view, frame}));
}

static void
test_pixels (Fixture *fixture, gconstpointer data) {
  int width, height;

  prc_slice_view_get_size (fixture->view, &width, &height);
  g_assert_cmpint (width, ==,
                   gtk_widget_get_width (GTK_WIDGET (fixture->view)) *
                       gtk_widget_get_scale_factor (GTK_WIDGET (fixture->view)));
  g_assert_cmpint (width, >=, 320);
  assert_shows (fixture->view, fixture->series, 3);
  prc_slice_view_set_index (fixture->view, 4);
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_shows (fixture->view, fixture->series, 4);
}

// What reaches the screen: the widget's own paintable, one pixel per device pixel.
static void
test_screen (Fixture *fixture, gconstpointer data) {
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->view));
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (fixture->view));
  int width = gtk_widget_get_width (GTK_WIDGET (fixture->view));
  int height = gtk_widget_get_height (GTK_WIDGET (fixture->view));
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  g_autoptr (GdkTexture) screen =
      gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (fixture->window)), node,
                                   &GRAPHENE_RECT_INIT (0, 0, width, height));
  g_autofree guchar *seen = g_malloc ((gsize)width * height * 4);
  gdk_texture_download (screen, seen, (gsize)width * 4);
  g_autoptr (GBytes) shown = pixels_shown (fixture->view);
  if (gtk_widget_get_scale_factor (GTK_WIDGET (fixture->view)) == 1)
    g_assert_cmpmem (seen, (gsize)width * height * 4, g_bytes_get_data (shown, NULL),
                     g_bytes_get_size (shown));
}

static void
test_wheel (Fixture *fixture, gconstpointer data) {
  GtkWidget *view = GTK_WIDGET (fixture->view);

  turn_wheel (view, 1);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 4);
  turn_wheel (view, -2);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 2);
  for (int i = 0; i < 5; i++) // a touchpad's crumbs add up
    turn_wheel (view, 0.2);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 3);
  turn_wheel (view, -100);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 0);
  g_assert_cmpint (fake_store_prefetch_direction, ==, -1);
  turn_wheel (view, 100);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 29);
  g_assert_cmpint (fake_store_prefetch_direction, ==, 1);
  g_assert_cmpuint (fake_store_prefetch_index, ==, 29);
}

static void
test_steps (void) {
  double rest = 0;

  g_assert_cmpint (prc_slice_input_steps (0.5, &rest), ==, 0);
  g_assert_cmpint (prc_slice_input_steps (0.5, &rest), ==, 1);
  g_assert_cmpint (prc_slice_input_steps (2.25, &rest), ==, 2);
  g_assert_cmpint (prc_slice_input_steps (0.75, &rest), ==, 1);
  g_assert_cmpint (prc_slice_input_steps (0.9, &rest), ==, 0);
  g_assert_cmpint (prc_slice_input_steps (-1, &rest), ==, -1); // turning round is felt at once
}

static void
test_window_drag_arithmetic (void) {
  double centre, width, narrow, unused;

  prc_slice_input_drag_window (40, 400, 2000, 0, 0, &centre, &width);
  g_assert_cmpfloat (centre, ==, 40);
  g_assert_cmpfloat (width, ==, 400);
  prc_slice_input_drag_window (40, 400, 2000, 250, 0, &centre, &width);
  g_assert_cmpfloat_with_epsilon (width, 800, 1e-9); // right is wider, one window per 250 pixels
  g_assert_cmpfloat (centre, ==, 40);
  prc_slice_input_drag_window (40, 400, 2000, 0, -125, &centre, &width);
  g_assert_cmpfloat_with_epsilon (centre, -160, 1e-9); // up is brighter
  prc_slice_input_drag_window (40, 400, 2000, -10000, 0, &centre, &width);
  g_assert_cmpfloat (width, ==, 1);
  prc_slice_input_drag_window (40, 1, 2000, 100, 0, &unused, &narrow);
  g_assert_cmpfloat (narrow, >, 10); // a tiny window is not stuck
  prc_slice_input_drag_window (0.5, 0.2, 1, -10000, 0, &unused, &narrow);
  g_assert_cmpfloat_with_epsilon (narrow, 0.001, 1e-9); // parametric maps live below 1
}

static void
test_keys (Fixture *fixture, gconstpointer data) {
  static const struct {
    guint key;
    GdkModifierType state;
    guint index;
  } presses[] = {
      {GDK_KEY_Down, 0, 4},       {GDK_KEY_Up, 0, 3},
      {GDK_KEY_Page_Down, 0, 13}, {GDK_KEY_Page_Up, 0, 3},
      {GDK_KEY_Page_Up, 0, 0},    {GDK_KEY_End, 0, 29},
      {GDK_KEY_Down, 0, 29},      {GDK_KEY_Home, 0, 0},
      {GDK_KEY_Up, 0, 0},         {GDK_KEY_Down, GDK_SHIFT_MASK, 10},
      {GDK_KEY_KP_Up, 0, 9},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (presses); i++) {
    g_assert_true (press_key (GTK_WIDGET (fixture->view), presses[i].key, presses[i].state));
    g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, presses[i].index);
  }
  g_assert_false (press_key (GTK_WIDGET (fixture->view), GDK_KEY_q, 0));
  g_assert_false (press_key (GTK_WIDGET (fixture->view), GDK_KEY_Down, GDK_ALT_MASK));
}

static void
note_step (PrcSliceView *view, int step, int *sum) {
  *sum = *sum * 10 + (step > 0 ? 1 : 2);
}

static void
test_series_keys (Fixture *fixture, gconstpointer data) {
  int steps = 0;

  g_signal_connect (fixture->view, "step-series", G_CALLBACK (note_step), &steps);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Right, 0);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Left, 0);
  g_assert_cmpint (steps, ==, 12);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 3);
}

static void
test_presets (Fixture *fixture, gconstpointer data) {
  const PrcPreset *lung = prc_preset_find ("lung");
  double centre, width;

  g_assert_nonnull (lung);
  press_key (GTK_WIDGET (fixture->view), (guint)lung->key, 0);
  g_assert_true (prc_slice_view_get_window (fixture->view, &centre, &width));
  g_assert_cmpfloat (centre, ==, lung->centre);
  g_assert_cmpfloat (width, ==, lung->width);
  g_assert_cmpuint (fixture->n_notices, ==, 0);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Down, 0); // kept while scrolling
  g_assert_true (wait_until (is_shown, fixture->view));
  prc_slice_view_get_window (fixture->view, &centre, &width);
  g_assert_cmpfloat (width, ==, lung->width);
  assert_shows (fixture->view, fixture->series, 4);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_0, 0);
  prc_slice_view_get_window (fixture->view, &centre, &width);
  g_assert_cmpfloat (width, !=, lung->width);
}

static void
test_presets_need_hu (Fixture *fixture, gconstpointer data) {
  double centre, width, centre_after, width_after;

  prc_slice_view_get_window (fixture->view, &centre, &width);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_5, 0);
  prc_slice_view_get_window (fixture->view, &centre_after, &width_after);
  g_assert_cmpfloat (centre, ==, centre_after);
  g_assert_cmpfloat (width, ==, width_after);
  g_assert_cmpuint (fixture->n_notices, ==, 1);
}

static void
test_looks (Fixture *fixture, gconstpointer data) {
  GtkWidget *view = GTK_WIDGET (fixture->view);
  PrcViewParams fitted = *prc_slice_view_params (fixture->view);

  press_key (view, GDK_KEY_i, 0);
  g_assert_true (prc_slice_view_get_invert (fixture->view));
  press_key (view, GDK_KEY_s, 0);
  g_assert_false (prc_slice_view_get_smooth (fixture->view));
  g_assert_true (prc_slice_view_params (fixture->view)->overlays); // graphics are seen at first
  press_key (view, GDK_KEY_g, 0);
  g_assert_false (prc_slice_view_get_graphics (fixture->view));
  g_assert_false (prc_slice_view_params (fixture->view)->overlays);
  press_key (view, GDK_KEY_g, 0);
  g_assert_true (prc_slice_view_get_graphics (fixture->view));
  press_key (view, GDK_KEY_plus, 0);
  g_assert_cmpfloat (prc_slice_view_params (fixture->view)->zoom, >, fitted.zoom);
  press_key (view, GDK_KEY_space, 0);
  g_assert_cmpint (prc_slice_view_get_annotate (fixture->view), ==, PRC_ANNOTATE_MINIMAL);
  press_key (view, GDK_KEY_t, 0);
  press_key (view, GDK_KEY_t, 0);
  g_assert_cmpint (prc_slice_view_get_annotate (fixture->view), ==, PRC_ANNOTATE_ALL);
  assert_shows (fixture->view, fixture->series, 3);
  press_key (view, GDK_KEY_s, 0);
  press_key (view, GDK_KEY_r, 0);
  g_assert_true (prc_view_params_equal (&fitted, prc_slice_view_params (fixture->view)));
}

// The view is wider than high, the picture square: whichever way it lies it stays fitted. Left of a
// mirrored picture is still left on the screen.
static void
test_turns (Fixture *fixture, gconstpointer data) {
  GtkWidget *view = GTK_WIDGET (fixture->view);
  const PrcViewParams *params = prc_slice_view_params (fixture->view);
  PrcViewParams fitted = *params;

  press_key (view, GDK_KEY_bracketright, 0);
  g_assert_cmpint (params->quarter_turns, ==, 1);
  assert_shows (fixture->view, fixture->series, 3);
  press_key (view, GDK_KEY_x, 0);
  g_assert_true (params->flip);
  press_key (view, GDK_KEY_bracketleft, 0); // as seen: that is a clockwise one behind the mirror
  g_assert_cmpint (params->quarter_turns, ==, 2);
  assert_shows (fixture->view, fixture->series, 3);
  press_key (view, GDK_KEY_Down, 0); // kept while scrolling
  g_assert_cmpint (params->quarter_turns, ==, 2);
  g_assert_cmpfloat (params->zoom, ==, fitted.zoom);
  press_key (view, GDK_KEY_r, 0);
  g_assert_true (prc_view_params_equal (&fitted, params));
}

// The old picture stays until the new one is there; the counter tells the truth meanwhile.
static void
test_slow_decode (Fixture *fixture, gconstpointer data) {
  g_autoptr (GBytes) before = pixels_shown (fixture->view);

  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_index (fixture->view, 9);
  wait_ms (200); // the note appears
  g_assert_true (prc_slice_view_is_loading (fixture->view));
  g_autoptr (GBytes) during = pixels_shown (fixture->view);
  g_assert_true (g_bytes_equal (before, during));
  g_assert_cmpuint (fake_annotation_index, ==, 9);
  g_assert_null (prc_slice_view_get_frame (fixture->view));
  g_assert_cmpuint (fake_store_release (), ==, 1);
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_shows (fixture->view, fixture->series, 9);
  g_assert_nonnull (prc_slice_view_get_frame (fixture->view));
}

// However fast somebody scrolls: one decode runs, one waits, the newest takes its place.
static void
test_newest_replaces (Fixture *fixture, gconstpointer data) {
  guint asked = fake_store_n_asked;

  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  for (guint i = 10; i < 20; i++)
    prc_slice_view_set_index (fixture->view, i);
  g_assert_cmpuint (fake_store_n_asked - asked, ==, 1);
  g_assert_cmpuint (fake_store_release (), ==, 1);
  assert_shows (fixture->view, fixture->series, 10); // the first of them, on the way
  g_assert_true (prc_slice_view_is_loading (fixture->view));
  g_assert_cmpuint (fake_store_n_asked - asked, ==, 2);
  g_assert_cmpuint (fake_store_release (), ==, 1);
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_shows (fixture->view, fixture->series, 19);
}

// Another series never shows under the old picture, nor the old picture under the new text.
static void
test_other_series (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) other = make_series ("2", "b", 5, 0, 1, 1);

  fake_store_put (other, 99, "HU");
  prc_slice_view_set_window (fixture->view, 11, 22);
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_index (fixture->view, 8);
  prc_slice_view_set_series (fixture->view, other, 2);
  g_assert_null (prc_slice_view_get_texture (fixture->view));
  fake_store_release (); // the answer for the series before comes too late
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_shows (fixture->view, other, 2);
  double centre, width;
  g_assert_true (prc_slice_view_get_window (fixture->view, &centre, &width));
  g_assert_cmpfloat (width, !=, 22); // its own window
  prc_slice_view_set_series (fixture->view, NULL, 0);
  g_assert_null (prc_slice_view_get_texture (fixture->view));
  g_assert_false (prc_slice_view_is_loading (fixture->view));
}

static void
test_failed_slice (Fixture *fixture, gconstpointer data) {
  fake_store_fail (fixture->series, 5, "Pixel Data ends too early");
  prc_slice_view_set_index (fixture->view, 5);
  g_assert_true (wait_until (is_shown, fixture->view));
  g_assert_cmpstr (prc_slice_view_get_failure (fixture->view), ==, "Pixel Data ends too early");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->view),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Slice 6 of 30. Pixel Data ends too early");
  wait_ms (200);
  g_assert_cmpuint (fixture->n_rested, <=, 1); // nobody asks about a slice that is not there
  prc_slice_view_set_index (fixture->view, 6);
  g_assert_true (wait_until (is_shown, fixture->view));
  g_assert_null (prc_slice_view_get_failure (fixture->view));
  assert_shows (fixture->view, fixture->series, 6);
  fake_store_fail (fixture->series, 5, NULL);
}

// A series that grows while it is read keeps the slice in view, though it counts anew, and what was
// chosen.
static void
test_refinement (Fixture *fixture, gconstpointer data) {
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < 30; i++)
    g_ptr_array_add (all, prc_series_slice (fixture->series, i)->instance);
  g_autoptr (GPtrArray) upper = prc_series_group ((PrcInstance *const *)all->pdata + 20, 10);
  prc_slice_view_set_series (fixture->view, NULL, 0);
  prc_slice_view_set_series (fixture->view, upper->pdata[0], 4);
  g_assert_true (wait_until (is_shown, fixture->view));
  prc_slice_view_set_window (fixture->view, 11, 22);
  guint shown = fixture->n_shown;
  prc_slice_view_set_series (fixture->view, fixture->series, 0);
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 24);
  g_assert_false (prc_slice_view_is_loading (fixture->view));
  double centre, width;
  g_assert_true (prc_slice_view_get_window (fixture->view, &centre, &width));
  g_assert_cmpfloat (width, ==, 22);
  wait_ms (60);
  g_assert_cmpuint (fixture->n_shown, ==, shown);
  assert_shows (fixture->view, fixture->series, 24);
}

static bool
has_rested (gpointer data) {
  return *(guint *)data == 0;
}

// Waits for one more "rested".
static void
assert_rests (Fixture *fixture) {
  fixture->n_rested--; // counts up to 0 then
  g_assert_true (wait_until (has_rested, &fixture->n_rested));
}

static void
test_rest (Fixture *fixture, gconstpointer data) {
  assert_rests (fixture);
  wait_ms (200);
  g_assert_cmpuint (fixture->n_rested, ==, 0); // once
  for (guint i = 10; i < 20; i++) {
    prc_slice_view_set_index (fixture->view, i);
    while (g_main_context_iteration (NULL, FALSE)) {
    }
  }
  assert_rests (fixture);                          // not while it moved
  prc_slice_view_set_window (fixture->view, 1, 2); // a window changes no answer
  wait_ms (250);
  g_assert_cmpuint (fixture->n_rested, ==, 0);
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_index (fixture->view, 25);
  wait_ms (250);
  g_assert_cmpuint (fixture->n_rested, ==, 0); // not before it is there
  fake_store_release ();
  assert_rests (fixture);
}

// Painting again what was painted draws no text anew.
static void
test_cheap_repaint (Fixture *fixture, gconstpointer data) {
  wait_ms (250);
  guint drawn = fake_annotations_drawn;
  g_assert_cmpuint (drawn, >, 0);
  for (int i = 0; i < 5; i++) {
    gtk_widget_queue_draw (GTK_WIDGET (fixture->view));
    wait_ms (30);
  }
  g_assert_cmpuint (fake_annotations_drawn, ==, drawn);
  prc_slice_view_set_window (fixture->view, 3, 4);
  wait_ms (60);
  g_assert_cmpuint (fake_annotations_drawn, >, drawn);
}

static void
test_accessible (Fixture *fixture, gconstpointer data) {
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (fixture->view), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->view),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Slice 4 of 30");
  prc_slice_view_set_index (fixture->view, 11);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->view),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Slice 12 of 30");
  prc_slice_view_set_message (fixture->view, "Gone");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->view),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Gone");
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (fixture->view)));
}

static void
test_resize (Fixture *fixture, gconstpointer data) {
  double zoom = prc_slice_view_params (fixture->view)->zoom;

  gtk_window_set_default_size (fixture->window, 640, 480);
  wait_ms (300);
  assert_shows (fixture->view, fixture->series, 3);
  g_assert_cmpfloat (prc_slice_view_params (fixture->view)->zoom, >, zoom * 1.5); // still fits
}

static void
test_dies_while_loading (Fixture *fixture, gconstpointer data) {
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_index (fixture->view, 20);
  prc_slice_view_set_index (fixture->view, 21);
  // tear_down destroys the window, answers, and looks whether the view is gone
}

#define ADD(name, function, units)                                                                 \
  g_test_add ("/slice-view/" name, Fixture, units, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slice-view/steps", test_steps);
  g_test_add_func ("/slice-view/window-drag-arithmetic", test_window_drag_arithmetic);
  ADD ("pixels", test_pixels, NULL);
  ADD ("screen", test_screen, NULL);
  ADD ("wheel", test_wheel, NULL);
  ADD ("keys", test_keys, NULL);
  ADD ("series-keys", test_series_keys, NULL);
  ADD ("presets", test_presets, NULL);
  ADD ("presets-need-hu", test_presets_need_hu, "BQML");
  ADD ("looks", test_looks, NULL);
  ADD ("turns", test_turns, NULL);
  ADD ("slow-decode", test_slow_decode, NULL);
  ADD ("newest-replaces", test_newest_replaces, NULL);
  ADD ("trap-41-other-series", test_other_series, NULL);
  ADD ("failed-slice", test_failed_slice, NULL);
  ADD ("refinement", test_refinement, NULL);
  ADD ("rest", test_rest, NULL);
  ADD ("cheap-repaint", test_cheap_repaint, NULL);
  ADD ("accessible", test_accessible, NULL);
  ADD ("resize", test_resize, NULL);
  ADD ("dies-while-loading", test_dies_while_loading, NULL);
  return g_test_run ();
}
