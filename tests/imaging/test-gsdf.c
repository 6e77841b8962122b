// SPDX-License-Identifier: Apache-2.0
// The Grayscale Standard Display Function against PS3.14's own numbers and its own inverse, and the
// pattern that a display is judged by.
#include <glib.h>
#include <math.h>

#include "prc-gsdf.h"
#include "prc-imaging-error.h"
#include "prc-render.h"
#include "prc-test-pattern.h"

// PS3.14 Annex B: the ends of the table, which its rounded coefficients meet to 2e-5, and the value
// that colour science packages test with.
static void
test_constants (void) {
  g_assert_cmpfloat_with_epsilon (prc_gsdf_luminance (1), 0.0500, 0.00005);
  g_assert_cmpfloat_with_epsilon (prc_gsdf_luminance (512), 130.065, 0.0005);
  g_assert_cmpfloat_with_epsilon (prc_gsdf_luminance (1023), 3993.404, 0.1);
  g_assert_cmpfloat (prc_gsdf_luminance (-7), ==, prc_gsdf_luminance (1));
  g_assert_cmpfloat (prc_gsdf_luminance (5000), ==, prc_gsdf_luminance (1023));
}

// PS3.14 section 7.2: index by luminance, which the standard gives as a polynomial of its own.
static double
index_of (double luminance) {
  static const double c[] = {71.498068,  94.593053,   41.912053,  9.8247004,   0.28175407,
                             -1.1878455, -0.18014349, 0.14710899, -0.017046845};
  double x = log10 (luminance), sum = 0;

  for (size_t i = G_N_ELEMENTS (c); i-- > 0;)
    sum = sum * x + c[i];
  return sum;
}

static void
test_inverse (void) {
  for (double jnd = 2; jnd < 1023; jnd += 3.7) {
    double luminance = prc_gsdf_luminance (jnd);
    g_assert_cmpfloat_with_epsilon (prc_gsdf_jnd (luminance), jnd, 1e-9);
    g_assert_cmpfloat_with_epsilon (index_of (luminance), jnd, 0.1);
  }
}

// From 0.5 to 350 cd/m²: the ends are the display's, the middle is half way in just-noticeable
// differences, far below half the light. By bisection of the formula in another language.
static void
test_display (void) {
  g_assert_cmpfloat_with_epsilon (prc_gsdf_display (0.5, 350, 0), 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (prc_gsdf_display (0.5, 350, 1), 350, 1e-4);
  g_assert_cmpfloat_with_epsilon (prc_gsdf_display (0.5, 350, 0.5), 36.504, 0.01);
  g_assert_cmpfloat_with_epsilon (prc_gsdf_display (0.5, 350, 45 / 255.0), 4.4837, 0.001);
}

/* ---- the pattern ---- */

static uint8_t
at (const PrcFrame *frame, uint32_t row, uint32_t column) {
  return (uint8_t)prc_frame_stored (frame, column, row);
}

static void
test_steps (void) {
  g_autoptr (PrcFrame) frame = prc_test_pattern_new (800, 1000, NULL);

  for (unsigned step = 0; step < PRC_TEST_PATTERN_STEPS; step++) {
    uint32_t row, column, size, corner;
    int level = (int)step * 15;
    prc_test_pattern_patch (800, 1000, step, &row, &column, &size);
    g_assert_cmpuint (prc_test_pattern_level (step), ==, (unsigned)level);
    g_assert_cmpuint (size, ==, 80);
    g_assert_cmpint (at (frame, row + size / 2, column + size / 2), ==, level);
    corner = size / 5;
    g_assert_cmpint (at (frame, row + corner, column + corner), ==, MIN (level + 4, 255));
    g_assert_cmpint (at (frame, row + corner, column + size - corner), ==, MAX (level - 4, 0));
  }
}

// Every other pixel: in one way at the least, some place of the picture goes 0, 255, 0, 255.
static void
test_finest_lines (void) {
  g_autoptr (PrcFrame) frame = prc_test_pattern_new (600, 600, NULL);
  unsigned across = 0, down = 0;

  for (uint32_t row = 3; row < 600; row++)
    for (uint32_t column = 3; column < 600; column++) {
      bool x = true, y = true;
      for (uint32_t i = 0; i < 4; i++) {
        x = x && at (frame, row, column - i) == (i % 2 ? 0 : 255);
        y = y && at (frame, row - i, column) == (i % 2 ? 0 : 255);
      }
      across += x;
      down += y;
    }
  g_assert_cmpuint (across, >, 1000);
  g_assert_cmpuint (down, >, 1000);
}

static void
test_five_percent (void) {
  g_autoptr (PrcFrame) frame = prc_test_pattern_new (600, 600, NULL);

  g_assert_cmpint (at (frame, 95, 185), ==, 0);
  g_assert_cmpint (at (frame, 120, 210), ==, 13);
  g_assert_cmpint (at (frame, 95, 365), ==, 255);
  g_assert_cmpint (at (frame, 120, 390), ==, 242);
}

// At one to one the viewer's own way of a picture changes no value of it.
static void
test_as_it_is (void) {
  g_autoptr (PrcFrame) frame = prc_test_pattern_new (400, 480, NULL);
  PrcViewParams params = {.zoom = 1, .image_centre_x = 240, .image_centre_y = 200, .smooth = true};
  prc_view_params_default_voi (&params, frame);
  g_autoptr (PrcRaster) raster = prc_render (frame, &params, NULL, 480, 400, NULL, NULL);
  const uint8_t *pixels = g_bytes_get_data (raster->bytes, NULL);
  bool seen[256] = {false};

  for (uint32_t row = 0; row < 400; row++)
    for (uint32_t column = 0; column < 480; column++) {
      uint8_t value = at (frame, row, column);
      seen[value] = true;
      for (int c = 0; c < 3; c++)
        g_assert_cmpint (pixels[row * raster->stride + column * 4 + c], ==, value);
    }
  for (int i = 0; i < 256; i++) // of the ramps
    g_assert_true (seen[i]);
}

static void
test_sizes (void) {
  static const uint32_t sizes[][2] = {{360, 360}, {361, 997}, {2160, 3840}, {1023, 361}};
  static const uint32_t bad[][2] = {{0, 0}, {359, 800}, {800, 359}, {800, 70000}};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (PrcFrame) frame = prc_test_pattern_new (sizes[i][0], sizes[i][1], NULL);
    g_assert_nonnull (frame);
    g_assert_cmpint (at (frame, sizes[i][0] - 1, sizes[i][1] - 1), ==, 255); // the edge is there
  }
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (prc_test_pattern_new (bad[i][0], bad[i][1], &error));
    g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
  }
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trap-39-gsdf/constants", test_constants);
  g_test_add_func ("/trap-39-gsdf/inverse", test_inverse);
  g_test_add_func ("/trap-39-gsdf/display", test_display);
  g_test_add_func ("/trap-39-pattern/steps", test_steps);
  g_test_add_func ("/trap-39-pattern/finest-lines", test_finest_lines);
  g_test_add_func ("/trap-39-pattern/five-percent", test_five_percent);
  g_test_add_func ("/trap-39-pattern/as-it-is", test_as_it_is);
  g_test_add_func ("/trap-39-pattern/sizes", test_sizes);
  return g_test_run ();
}
