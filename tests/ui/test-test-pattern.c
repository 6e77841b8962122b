// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "prc-gsdf.h"
#include "prc-test-pattern-window.h"
#include "prc-test-pattern.h"

static void
turn (guint ms) {
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
find_labels (GtkWidget *widget, GString *all) {
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (all, "%s|", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    find_labels (child, all);
}

// The numbers of a display from 0.5 to 350 cd/m², as the formula in another language gives them.
static void
test_expected (void) {
  static const double expected[PRC_TEST_PATTERN_STEPS] = {0.5,   1.282, 2.564, 4.484, 7.209, 10.95,
                                                          15.97, 22.6,  31.26, 42.46, 56.86, 75.28,
                                                          98.74, 128.5, 166.3, 213.9, 274.1, 350};

  for (unsigned step = 0; step < PRC_TEST_PATTERN_STEPS; step++) {
    g_autofree char *text = prc_test_pattern_window_luminance (0.5, 350, step);
    double value = g_ascii_strtod (text, NULL);
    g_assert_cmpfloat_with_epsilon (value, expected[step], expected[step] * 1e-3);
  }
}

// It says what the program does not do, and paints one pixel of the pattern per device pixel.
static void
test_window (void) {
  GtkWidget *window = prc_test_pattern_window_new (NULL);
  g_autoptr (GString) all = g_string_new (NULL);

  gtk_window_present (GTK_WINDOW (window));
  turn (300);
  find_labels (window, all);
  g_assert_nonnull (strstr (all->str, "Precedent does not calibrate this display|"));
  g_assert_nonnull (strstr (all->str, "|255|350|"));
  GdkTexture *texture = prc_test_pattern_window_get_texture (PRC_TEST_PATTERN_WINDOW (window));
  g_assert_nonnull (texture);
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  g_autoptr (PrcFrame) frame = prc_test_pattern_new ((guint)height, (guint)width, NULL);
  g_autofree guchar *pixels = g_malloc ((gsize)width * (gsize)height * 4);
  gdk_texture_download (texture, pixels, (gsize)width * 4);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      g_assert_cmpfloat (pixels[4 * (y * width + x)], ==,
                         prc_frame_stored (frame, (guint)x, (guint)y));
  gtk_window_destroy (GTK_WINDOW (window));
  turn (20);
}

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trap-39-pattern/expected", test_expected);
  g_test_add_func ("/trap-39-pattern/window", test_window);
  return g_test_run ();
}
