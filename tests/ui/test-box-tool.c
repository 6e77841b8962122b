// SPDX-License-Identifier: Apache-2.0
// A box drawn with pointer and keys on a view: of image pixels and of its slice.
#include "prc-box-tool.h"

#include <math.h>

#include "fake-store.h"
#include "prc-slice-input.h"
#include "prc-slice-view-private.h"

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcSeries *series;
  PrcBoxTool *tool;
  guint n_moved, n_settled, n_gone;
} Fixture;

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

static void
moved (PrcBoxTool *tool, gboolean settled, Fixture *f) {
  f->n_moved++;
  f->n_settled += settled ? 1 : 0;
}

static void
gone (PrcBoxTool *tool, Fixture *f) {
  f->n_gone++;
}

// 48 rows and 64 columns in a view of 640 x 480: 10 device pixels each.
static void
set_up (Fixture *f, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  f->series = make_series ("1", "a", 5, 0, 2, 1);
  fake_store_put (f->series, 7, "HU");
  f->window = GTK_WINDOW (gtk_window_new ());
  f->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  prc_slice_input_attach (f->view);
  f->tool = prc_box_tool_new (f->view);
  g_signal_connect (f->tool, "moved", G_CALLBACK (moved), f);
  g_signal_connect (f->tool, "gone", G_CALLBACK (gone), f);
  gtk_window_set_decorated (f->window, FALSE);
  gtk_window_set_default_size (f->window, 640, 480);
  gtk_window_set_child (f->window, GTK_WIDGET (f->view));
  gtk_window_present (f->window);
  prc_slice_view_set_series (f->view, f->series, 2);
  g_assert_true (wait_until (is_shown, f->view));
  wait_ms (50);
}

static void
tear_down (Fixture *f, gconstpointer data) {
  gpointer tool = f->tool;

  g_object_add_weak_pointer (G_OBJECT (tool), &tool);
  g_object_unref (f->tool);
  gtk_window_destroy (f->window);
  wait_ms (20);
  g_assert_null (tool);
  prc_series_unref (f->series);
}

static PrcRegion
box_of (Fixture *f) {
  PrcRegion box;
  PrcSeries *series;
  guint index;

  g_assert_true (prc_box_tool_get_box (f->tool, &box, &series, &index));
  g_assert_true (series == f->series);
  g_assert_cmpuint (index, ==, 2);
  return box;
}

static gboolean
has_box (Fixture *f) {
  PrcRegion box;
  PrcSeries *series;
  guint index;

  return prc_box_tool_get_box (f->tool, &box, &series, &index);
}

static void
assert_box (Fixture *f, double x, double y, double width, double height, double within) {
  const PrcRegion box = box_of (f);

  g_assert_cmpfloat_with_epsilon (box.x, x, within);
  g_assert_cmpfloat_with_epsilon (box.y, y, within);
  g_assert_cmpfloat_with_epsilon (box.width, width, within);
  g_assert_cmpfloat_with_epsilon (box.height, height, within);
}

static gboolean
press (Fixture *f, guint key) {
  return press_key (GTK_WIDGET (f->view), key, 0);
}

static void
step_cross (Fixture *f, int right, int down) {
  prc_slice_view_move_cross (f->view, right, down);
}

// Both corners' pixels are within; the first press puts the crosshair into the middle.
static void
draw_by_keys (Fixture *f) {
  g_assert_true (press (f, GDK_KEY_q));
  step_cross (f, 0, 0);
  guint column, row;
  g_assert_true (prc_slice_view_get_cross (f->view, &column, &row));
  step_cross (f, 10 - (int)column, 8 - (int)row);
  g_assert_true (press (f, GDK_KEY_Return));
  step_cross (f, 11, 5);
  g_assert_true (press (f, GDK_KEY_Return));
}

static void
test_keys (Fixture *f, gconstpointer data) {
  g_assert_false (press (f, GDK_KEY_Return)); // nothing in hand
  draw_by_keys (f);
  assert_box (f, 10, 8, 12, 6, 1e-9);
  g_assert_false (prc_box_tool_get_active (f->tool));
  g_assert_cmpuint (f->n_settled, ==, 1);
  g_assert_cmpuint (f->n_moved, >=, 3); // seen as it grows
  g_assert_cmpfloat (f->view->box.width, ==, 12);
  g_assert_cmpstr (f->view->box_words, ==, "12.0 × 6.0 mm");
  prc_slice_view_hide_cross (f->view);
  gtk_test_accessible_assert_property (f->view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Slice 3 of 5. Box of 12.0 × 6.0 mm");
}

// Escape: first the drawing, then the tool; what was there before comes back.
static void
test_escape (Fixture *f, gconstpointer data) {
  g_assert_false (press (f, GDK_KEY_Escape));
  draw_by_keys (f);
  g_assert_true (press (f, GDK_KEY_q));
  g_assert_true (press (f, GDK_KEY_Return));
  step_cross (f, -15, 9);
  g_assert_cmpfloat (box_of (f).width, ==, 16);
  g_assert_true (press (f, GDK_KEY_Escape));
  assert_box (f, 10, 8, 12, 6, 1e-9);
  g_assert_true (prc_box_tool_get_active (f->tool));
  g_assert_true (press (f, GDK_KEY_Escape));
  g_assert_false (prc_box_tool_get_active (f->tool));
  prc_slice_view_hide_cross (f->view);
  g_assert_false (press (f, GDK_KEY_Escape)); // the window takes the box away, not the tool
  g_assert_true (has_box (f));
  prc_box_tool_clear (f->tool);
  g_assert_false (has_box (f));
  g_assert_cmpuint (f->n_gone, ==, 1);
  g_assert_cmpfloat (f->view->box.width, ==, 0);
  prc_box_tool_clear (f->tool);
  g_assert_cmpuint (f->n_gone, ==, 1);
}

// Its slice comes and goes, the box with it.
static void
test_slices (Fixture *f, gconstpointer data) {
  draw_by_keys (f);
  prc_slice_view_set_index (f->view, 3);
  g_assert_true (wait_until (is_shown, f->view));
  g_assert_cmpfloat (f->view->box.width, ==, 0);
  g_assert_null (f->view->box_words);
  g_assert_true (has_box (f));
  prc_slice_view_set_index (f->view, 2);
  g_assert_true (wait_until (is_shown, f->view));
  g_assert_cmpfloat (f->view->box.width, ==, 12);
}

// Half a drawing is left behind with its slice.
static void
test_slice_while_drawing (Fixture *f, gconstpointer data) {
  press (f, GDK_KEY_q);
  step_cross (f, 0, 0);
  g_assert_true (press (f, GDK_KEY_Return));
  prc_slice_view_set_index (f->view, 3);
  g_assert_true (wait_until (is_shown, f->view));
  const PrcRegion before = box_of (f);
  step_cross (f, 9, 9);
  const PrcRegion after = box_of (f);
  g_assert_cmpmem (&before, sizeof before, &after, sizeof after);
}

static void
test_zoom_and_turn (Fixture *f, gconstpointer data) {
  draw_by_keys (f);
  PrcViewParams params = *prc_slice_view_params (f->view);
  params.zoom *= 2.5;
  params.image_centre_x += 7;
  params.centre += 100;
  prc_slice_view_take_params (f->view, &params, TRUE);
  prc_slice_view_rotate (f->view, 1);
  prc_slice_view_flip (f->view);
  assert_box (f, 10, 8, 12, 6, 1e-9);
  g_assert_cmpuint (f->n_settled, ==, 1); // and nothing is asked anew
}

static void
test_pointer (Fixture *f, gconstpointer data) {
  prc_box_tool_set_active (f->tool, TRUE);
  if (!drag_pointer (1, NULL, 100, 80, 200, 120))
    return;
  assert_box (f, 10, 8, 20, 12, 0.5);
  g_assert_false (prc_box_tool_get_active (f->tool));
  g_assert_cmpuint (f->n_settled, ==, 1);
  drag_pointer (1, NULL, 300, 200, 100, 50); // its corner
  assert_box (f, 10, 8, 30, 17, 0.5);
  drag_pointer (1, NULL, 100, 150, 50, 20); // its left side
  assert_box (f, 15, 8, 25, 17, 0.5);
  g_assert_cmpuint (f->n_settled, ==, 3);
  double centre, width, other_centre, other_width;
  g_assert_true (prc_slice_view_get_window (f->view, &centre, &width));
  drag_pointer (1, NULL, 250, 150, 60, 30); // within, put down: the window's
  assert_box (f, 15, 8, 25, 17, 0.5);
  g_assert_true (prc_slice_view_get_window (f->view, &other_centre, &other_width));
  g_assert_cmpfloat (width, !=, other_width);
  prc_box_tool_set_active (f->tool, TRUE);
  drag_pointer (1, NULL, 250, 150, -50, 30); // within, in hand: the whole box
  assert_box (f, 10, 11, 25, 17, 0.5);
}

// Flipped, the side on the left of the screen is the right one of the image.
static void
test_pointer_flipped (Fixture *f, gconstpointer data) {
  draw_by_keys (f); // columns 10 to 22
  prc_slice_view_flip (f->view);
  if (!drag_pointer (1, NULL, 420, 110, -100, 0)) // column 22 is at 640 - 220
    return;
  assert_box (f, 10, 8, 22, 6, 0.5);
}

static void
test_click (Fixture *f, gconstpointer data) {
  prc_box_tool_set_active (f->tool, TRUE);
  if (!drag_pointer (1, NULL, 100, 80, 2, 1))
    return;
  g_assert_false (has_box (f));
  g_assert_true (prc_box_tool_get_active (f->tool));
  g_assert_cmpuint (f->n_moved, ==, 0);
}

// Another tool is in hand: the box is only seen.
static void
test_blocked (Fixture *f, gconstpointer data) {
  draw_by_keys (f);
  press (f, GDK_KEY_q);
  g_object_set (f->tool, "blocked", TRUE, NULL);
  g_assert_false (prc_box_tool_get_active (f->tool));
  if (!drag_pointer (1, NULL, 100, 80, 60, 60)) // on its corner
    return;
  assert_box (f, 10, 8, 12, 6, 1e-9);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv);
  ADD ("/box-tool/keys", test_keys);
  ADD ("/box-tool/escape", test_escape);
  ADD ("/box-tool/slices", test_slices);
  ADD ("/box-tool/slice-while-drawing", test_slice_while_drawing);
  ADD ("/box-tool/zoom-and-turn", test_zoom_and_turn);
  ADD ("/box-tool/pointer", test_pointer);
  ADD ("/box-tool/pointer-flipped", test_pointer_flipped);
  ADD ("/box-tool/click", test_click);
  ADD ("/box-tool/blocked", test_blocked);
  return g_test_run ();
}
