// SPDX-License-Identifier: Apache-2.0
// The values under pointer and crosshair, one image pixel on one device pixel, and texts that belong
// to the series in view. Runs also with GDK_SCALE=2.
#include <math.h>
#include <string.h>

#include "fake-store.h"
#include "prc-slice-input.h"
#include "prc-slice-view-private.h"

#define ROWS    48
#define COLUMNS 64

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcSeries *series;
} Fixture;

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

// Stored is 100 * row + column, with -1024 in HU; the first pixel is padding.
static PrcFrame *
numbered_frame (void) {
  static int16_t samples[ROWS * COLUMNS];
  const PrcFrameInfo info = {.rows = ROWS,
                             .columns = COLUMNS,
                             .type = PRC_SAMPLE_S16,
                             .rescale_slope = 1,
                             .rescale_intercept = -1024,
                             .pixel_aspect = 1,
                             .has_padding = true,
                             .padding_low = -2000,
                             .padding_high = -2000,
                             .units = "HU"};

  for (int i = 0; i < ROWS * COLUMNS; i++)
    samples[i] = (int16_t)(i / COLUMNS * 100 + i % COLUMNS);
  samples[0] = -2000;
  g_autoptr (GBytes) bytes = g_bytes_new_static (samples, sizeof samples);
  return prc_frame_new (&info, bytes, NULL);
}

// Black and white by turns.
static PrcFrame *
checkerboard (void) {
  static uint8_t samples[ROWS * COLUMNS];
  const PrcWindow window = {.centre = 128, .width = 256};
  const PrcFrameInfo info = {.rows = ROWS,
                             .columns = COLUMNS,
                             .type = PRC_SAMPLE_U8,
                             .rescale_slope = 1,
                             .pixel_aspect = 1,
                             .windows = &window,
                             .n_windows = 1};

  for (int i = 0; i < ROWS * COLUMNS; i++)
    samples[i] = (i / COLUMNS + i % COLUMNS) % 2 ? 255 : 0;
  g_autoptr (GBytes) bytes = g_bytes_new_static (samples, sizeof samples);
  return prc_frame_new (&info, bytes, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();
  g_autoptr (PrcFrame) numbers = numbered_frame ();
  g_autoptr (PrcFrame) squares = checkerboard ();

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", 5, 0, 2, 1);
  fake_store_put (fixture->series, 7, "HU");
  fake_store_put_frame (fixture->series, 1, squares);
  fake_store_put_frame (fixture->series, 2, numbers);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  prc_slice_input_attach (fixture->view);
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, 321, 243); // odd: the middle is within a pixel
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (fixture->view, fixture->series, 2);
  g_assert_true (wait_until (is_shown, fixture->view));
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gtk_window_destroy (fixture->window);
  wait_ms (20);
  prc_series_unref (fixture->series);
}

static void
point_at (Fixture *fixture, double image_x, double image_y) {
  double x, y;
  int width, height;

  prc_slice_view_get_size (fixture->view, &width, &height);
  prc_view_params_to_view (prc_slice_view_params (fixture->view),
                           prc_frame_info (prc_slice_view_reference_frame (fixture->view)), width,
                           height, image_x, image_y, &x, &y);
  prc_slice_view_point (fixture->view, x, y);
}

static void
assert_readout (Fixture *fixture, const char *expected) {
  g_autofree char *text = prc_slice_view_readout (fixture->view);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_pointer (Fixture *fixture, gconstpointer data) {
  assert_readout (fixture, NULL);
  point_at (fixture, 12.5, 5.5);
  assert_readout (fixture, "Column 13, row 6 · L 12.0  P 5.0  H 4.0 mm\n-512 HU · stored 512");
  point_at (fixture, 12.99, 5.01);
  assert_readout (fixture, "Column 13, row 6 · L 12.0  P 5.0  H 4.0 mm\n-512 HU · stored 512");
  point_at (fixture, 0.5, 0.5);
  assert_readout (fixture, "Column 1, row 1 · L 0.0  P 0.0  H 4.0 mm\nPadding · stored -2000");
  point_at (fixture, 64.5, 5.5); // beside the image
  assert_readout (fixture, NULL);
  point_at (fixture, -0.5, 5.5);
  assert_readout (fixture, NULL);
  point_at (fixture, 63.5, 47.5);
  assert_readout (fixture, "Column 64, row 48 · L 63.0  P 47.0  H 4.0 mm\n3739 HU · stored 4763");
  prc_slice_view_set_annotate (fixture->view, PRC_ANNOTATE_NONE, FALSE);
  assert_readout (fixture, NULL);
  prc_slice_view_set_annotate (fixture->view, PRC_ANNOTATE_MINIMAL, FALSE);
  prc_slice_view_point (fixture->view, NAN, NAN);
  assert_readout (fixture, NULL);
}

// Flipped and turned, the value is still that of the pixel seen there.
static void
test_turned (Fixture *fixture, gconstpointer data) {
  prc_slice_view_rotate (fixture->view, 1);
  prc_slice_view_flip (fixture->view);
  point_at (fixture, 12.5, 5.5);
  assert_readout (fixture, "Column 13, row 6 · L 12.0  P 5.0  H 4.0 mm\n-512 HU · stored 512");
}

// Values of the slice in view, never of the one before while it loads.
static void
test_not_stale (Fixture *fixture, gconstpointer data) {
  point_at (fixture, 12.5, 5.5);
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_index (fixture->view, 1);
  assert_readout (fixture, NULL);
  fake_store_release ();
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_readout (fixture, "Column 13, row 6 · L 12.0  P 5.0  H 2.0 mm\nValue 255");
  fake_store_hold (FALSE);
}

// Moving the pointer draws neither picture nor corner text anew.
static void
test_cheap (Fixture *fixture, gconstpointer data) {
  prc_slice_view_set_window (fixture->view, 100, 200); // else the series finds a better one
  wait_ms (60);
  GdkTexture *texture = prc_slice_view_get_texture (fixture->view);
  guint drawn = fake_annotations_drawn;
  for (int i = 0; i < 5; i++) {
    point_at (fixture, 3.5 + i, 7.5);
    wait_ms (20);
  }
  g_assert_cmpuint (fake_annotations_drawn, ==, drawn);
  g_assert_true (prc_slice_view_get_texture (fixture->view) == texture);
}

static void
test_cross (Fixture *fixture, gconstpointer data) {
  GtkWidget *view = GTK_WIDGET (fixture->view);

  g_assert_false (press_key (view, GDK_KEY_Escape, 0));
  press_key (view, GDK_KEY_Right, GDK_CONTROL_MASK);
  assert_readout (fixture, "Column 33, row 25 · L 32.0  P 24.0  H 4.0 mm\n1408 HU · stored 2432");
  press_key (view, GDK_KEY_Right, GDK_CONTROL_MASK);
  press_key (view, GDK_KEY_Up, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  assert_readout (fixture, "Column 34, row 15 · L 33.0  P 14.0  H 4.0 mm\n409 HU · stored 1433");
  gtk_test_accessible_assert_property (
      GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
      "Slice 3 of 5. Column 34, row 15 · L 33.0  P 14.0  H 4.0 mm\n409 HU · stored 1433");
  for (int i = 0; i < 9; i++) // not out of the image
    press_key (view, GDK_KEY_Left, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  assert_readout (fixture, "Column 1, row 15 · L 0.0  P 14.0  H 4.0 mm\n376 HU · stored 1400");
  g_assert_cmpuint (prc_slice_view_get_index (fixture->view), ==, 2);
  prc_slice_view_rotate (fixture->view, 1); // up on the screen is then to the left in the image
  press_key (view, GDK_KEY_Down, GDK_CONTROL_MASK);
  assert_readout (fixture, "Column 2, row 15 · L 1.0  P 14.0  H 4.0 mm\n377 HU · stored 1401");
  press_key (view, GDK_KEY_Up, 0); // another slice, the same place
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_readout (fixture, "Column 2, row 15 · L 1.0  P 14.0  H 2.0 mm\nValue 255");
  g_assert_true (press_key (view, GDK_KEY_Escape, 0));
  assert_readout (fixture, NULL);
}

/* ---- trap 40 ---- */

// What the widget draws, in device pixels.
static guchar *
screen_of (Fixture *fixture, int *width, int *height) {
  GtkWidget *view = GTK_WIDGET (fixture->view);
  int scale = gtk_widget_get_scale_factor (view);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (view);

  *width = gtk_widget_get_width (view) * scale;
  *height = gtk_widget_get_height (view) * scale;
  gtk_snapshot_scale (snapshot, (float)scale, (float)scale);
  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), gtk_widget_get_width (view),
                          gtk_widget_get_height (view));
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  g_autoptr (GdkTexture) texture =
      gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (fixture->window)), node,
                                   &GRAPHENE_RECT_INIT (0, 0, (float)*width, (float)*height));
  guchar *pixels = g_malloc ((gsize)*width * (gsize)*height * 4);
  gdk_texture_download (texture, pixels, (gsize)*width * 4);
  return pixels;
}

// The squares stand on device pixels: 64 x 48 of them, black and white by turns, and nothing grey.
static void
assert_crisp (Fixture *fixture) {
  int width, height, x0 = -1, y0 = -1, n = 0;
  wait_ms (80);
  g_autofree guchar *pixels = screen_of (fixture, &width, &height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      guchar value = pixels[4 * (y * width + x) + 1];
      g_assert_true (value == 0 || value == 255);
      if (value == 255 && x0 < 0) // of the first row, at its second column
        x0 = x - 1, y0 = y;
      n += value == 255;
    }
  g_assert_cmpint (n, ==, ROWS * COLUMNS / 2);
  for (int y = 0; y < ROWS; y++)
    for (int x = 0; x < COLUMNS; x++)
      g_assert_cmpint (pixels[4 * ((y0 + y) * width + x0 + x) + 1], ==, (x + y) % 2 ? 255 : 0);
}

static void
test_actual_pixels (Fixture *fixture, gconstpointer data) {
  GtkWidget *view = GTK_WIDGET (fixture->view);
  const PrcViewParams *params = prc_slice_view_params (fixture->view);

  prc_slice_view_set_index (fixture->view, 1);
  g_assert_true (wait_until (is_shown, fixture->view));
  prc_slice_view_file_window (fixture->view, 0);
  prc_slice_view_set_smooth (fixture->view, TRUE); // which would show every half pixel
  g_assert_true (press_key (view, GDK_KEY_a, 0));
  g_assert_cmpfloat (params->zoom, ==, 1);
  assert_crisp (fixture);
  PrcViewParams moved = *params;
  moved.image_centre_x += 7.3; // a hand does not stop at pixels
  moved.image_centre_y -= 4.6;
  prc_slice_view_take_params (fixture->view, &moved, TRUE);
  assert_crisp (fixture);
  prc_slice_view_rotate (fixture->view, 1);
  prc_slice_view_rotate (fixture->view, 1);
  assert_crisp (fixture);
  prc_slice_view_reset (fixture->view);
  press_key (view, GDK_KEY_a, 0);
  gtk_window_set_default_size (fixture->window, 330, 250);
  wait_ms (150);
  assert_crisp (fixture);
}

/* ---- trap 41 ---- */

// No text of the patient before, not even while the new picture loads.
static void
test_other_patient (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) other = make_series ("9", "b", 4, 0, 1, 1);

  fake_store_put (other, 99, "HU");
  point_at (fixture, 12.5, 5.5);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Right, GDK_CONTROL_MASK);
  wait_ms (60);
  g_assert_true (fake_annotation_series == fixture->series);
  guint drawn = fake_annotations_drawn;
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_series (fixture->view, other, 1);
  assert_readout (fixture, NULL);
  wait_ms (60);
  if (fake_annotations_drawn != drawn)
    g_assert_true (fake_annotation_series == other);
  g_assert_null (prc_slice_view_get_texture (fixture->view));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fixture->view),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Slice 2 of 4");
  fake_store_release ();
  g_assert_true (wait_until (is_shown, fixture->view));
  wait_ms (60);
  g_assert_cmpuint (fake_annotations_drawn, >, drawn);
  g_assert_true (fake_annotation_series == other);
  g_autofree char *readout = prc_slice_view_readout (fixture->view);
  g_assert_true (g_str_has_prefix (readout, "Column 13, row 6 ·")); // the cross is gone
  fake_store_hold (FALSE);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  ADD ("/readout/pointer", test_pointer);
  ADD ("/readout/turned", test_turned);
  ADD ("/readout/not-stale", test_not_stale);
  ADD ("/readout/cheap", test_cheap);
  ADD ("/readout/cross", test_cross);
  ADD ("/trap-40/actual-pixels", test_actual_pixels);
  ADD ("/trap-41/other-patient", test_other_patient);
  return g_test_run ();
}
