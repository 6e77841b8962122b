// SPDX-License-Identifier: Apache-2.0
// The histogram below a picture, with hands on the edges of the window.
#include <math.h>
#include <string.h>

#include "fake-store.h"
#include "prc-histogram-count.h"
#include "prc-histogram-edge.h"
#include "prc-histogram-view.h"

enum { SIDE = 100, N_SLICES = 4 };

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  GtkWidget *histogram;
  PrcSeries *series;
} Fixture;

// Values 0 to 999 in equal numbers, moved up by 1000 from slice to slice.
static PrcFrame *
even_frame (guint index, PrcSampleType type) {
  g_autofree int16_t *samples = g_new0 (int16_t, SIDE * SIDE * 2);
  PrcFrameInfo info = {.rows = SIDE,
                       .columns = SIDE,
                       .type = type,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .units = "HU"};
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < SIDE * SIDE; i++)
    samples[i] = (int16_t)(i % 1000 + 1000 * (int)index);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, SIDE * SIDE * prc_sample_size (type));
  PrcFrame *frame = prc_frame_new (&info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static GtkWidget *
edge_of (Fixture *fixture, int which) {
  GtkWidget *child = gtk_widget_get_first_child (fixture->histogram);

  for (; child; child = gtk_widget_get_next_sibling (child))
    if (PRC_IS_HISTOGRAM_EDGE (child) && which-- == 0)
      return child;
  g_assert_not_reached ();
}

static bool
is_counted (gpointer edge) {
  return gtk_widget_get_child_visible (edge);
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", N_SLICES, 0, 2, 1);
  for (guint i = 0; i < N_SLICES; i++) {
    g_autoptr (PrcFrame) frame = even_frame (i, i == 3 ? PRC_SAMPLE_RGB8 : PRC_SAMPLE_S16);
    fake_store_put_frame (fixture->series, i, frame);
  }
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  fixture->histogram = prc_histogram_view_new (fixture->view);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (fixture->view));
  gtk_box_append (GTK_BOX (box), fixture->histogram);
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, 580, 400); // 512 pixels for 256 bins
  gtk_window_set_child (fixture->window, box);
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (fixture->view, fixture->series, 0);
  prc_slice_view_set_window (fixture->view, 500, 400);
  g_assert_true (wait_until (is_counted, edge_of (fixture, 0)));
  gtk_test_widget_wait_for_draw (fixture->histogram);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gpointer histogram = fixture->histogram;

  prc_slice_view_set_index (fixture->view, 2); // and go, while a worker counts
  g_object_add_weak_pointer (histogram, &histogram);
  gtk_window_destroy (fixture->window);
  for (int i = 0; i < 20 && histogram; i++)
    wait_ms (20);
  g_assert_null (histogram);
  prc_series_unref (fixture->series);
}

static void
assert_edges (Fixture *fixture, double low, double high, double within) {
  double centre, width;

  g_assert_true (prc_slice_view_get_window (fixture->view, &centre, &width));
  g_assert_cmpfloat_with_epsilon (centre - width / 2, low, within + 1e-9);
  g_assert_cmpfloat_with_epsilon (centre + width / 2, high, within + 1e-9);
}

// 1000 values in 256 bins of 4: a step of a key is 5, a two-hundredth of what is seen.
static void
test_keys (Fixture *fixture, gconstpointer data) {
  GtkWidget *low = edge_of (fixture, 0), *high = edge_of (fixture, 1);

  g_assert_true (press_key (low, GDK_KEY_Left, 0));
  assert_edges (fixture, 295, 700, 0);
  g_assert_true (press_key (high, GDK_KEY_Right, GDK_SHIFT_MASK));
  assert_edges (fixture, 295, 750, 0);
  for (int i = 0; i < 30; i++) // stops at the other edge
    press_key (low, GDK_KEY_Right, GDK_SHIFT_MASK);
  assert_edges (fixture, 745, 750, 0);
  g_assert_false (press_key (low, GDK_KEY_Down, 0)); // scrolls, elsewhere
  g_assert_false (press_key (low, GDK_KEY_Left, GDK_CONTROL_MASK));
}

static void
test_pointer (Fixture *fixture, gconstpointer data) {
  int y = gtk_widget_get_height (GTK_WIDGET (fixture->view)) + 80; // below the grips
  int x = (int)(12 + 300.5 / 1024 * 512);

  if (!drag_pointer (1, NULL, x, y, 50, 0)) // 512 pixels are 1024 values
    return;
  assert_edges (fixture, 400, 700, 2);
  drag_pointer (1, NULL, x + 100, y, -25, 0); // between the edges: the whole window
  assert_edges (fixture, 350, 650, 2);
}

static void
test_accessible (Fixture *fixture, gconstpointer data) {
  GtkAccessible *low = GTK_ACCESSIBLE (edge_of (fixture, 0));

  gtk_test_accessible_assert_role (low, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_test_accessible_assert_property (low, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Lower edge of the window");
  gtk_test_accessible_assert_property (low, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 300.0);
  gtk_test_accessible_assert_property (low, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, "300 HU");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->histogram),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Values from 0 to 999 HU, half of them between 250 and 749");
}

static bool
tells_of_slice_2 (gpointer histogram) {
  g_autofree char *wrong = gtk_test_accessible_check_property (
      histogram, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
      "Values from 1000 to 1999 HU, half of them between 1250 and 1749");

  return !wrong;
}

static bool
tells_of_colours (gpointer histogram) {
  g_autofree char *wrong =
      gtk_test_accessible_check_property (histogram, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                          "There are no values to count in this picture");

  return !wrong;
}

// It follows the slice and the window; a colour picture has none.
static void
test_follows (Fixture *fixture, gconstpointer data) {
  prc_slice_view_set_index (fixture->view, 1);
  g_assert_true (wait_until (tells_of_slice_2, fixture->histogram));
  prc_slice_view_set_window (fixture->view, 1500, 100);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (edge_of (fixture, 1)),
                                       GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 1550.0);
  prc_slice_view_set_index (fixture->view, 3);
  g_assert_true (wait_until (tells_of_colours, fixture->histogram));
  g_assert_false (gtk_widget_get_child_visible (edge_of (fixture, 0)));
  press_key (edge_of (fixture, 0), GDK_KEY_Left, 0); // nothing to move
  prc_slice_view_set_index (fixture->view, 1);
  g_assert_true (wait_until (tells_of_slice_2, fixture->histogram));
}

// Nothing is counted for a histogram that nobody sees.
static void
test_hidden (Fixture *fixture, gconstpointer data) {
  gtk_widget_set_visible (fixture->histogram, FALSE);
  prc_slice_view_set_index (fixture->view, 1);
  wait_ms (150);
  g_assert_false (tells_of_slice_2 (fixture->histogram));
  gtk_widget_set_visible (fixture->histogram, TRUE);
  g_assert_true (wait_until (tells_of_slice_2, fixture->histogram));
}

static void
test_count (void) {
  g_autoptr (PrcFrame) frame = even_frame (0, PRC_SAMPLE_S16);
  PrcHistogramCount *count = prc_histogram_count_new (frame);

  g_assert_cmpuint (count->histogram.n, >=, SIDE * SIDE - 20); // but the outermost
  g_assert_cmpfloat (count->highest, ==, 999);
  g_autofree char *plain = prc_histogram_count_describe (count, "");
  g_assert_cmpstr (plain, ==, "Values from 0 to 999, half of them between 250 and 749");
  g_atomic_rc_box_release (count);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/histogram/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/count", test_count);
  ADD ("keys", test_keys);
  ADD ("pointer", test_pointer);
  ADD ("accessible", test_accessible);
  ADD ("follows", test_follows);
  ADD ("hidden", test_hidden);
  return g_test_run ();
}
