// SPDX-License-Identifier: Apache-2.0
#include "prc-values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static PrcFrame *
frame_of (PrcFrameInfo *info, const void *samples, uint32_t rows, uint32_t columns) {
  g_autoptr (GBytes) bytes =
      g_bytes_new (samples, (gsize)rows * columns * prc_sample_size (info->type));
  g_autoptr (GError) error = NULL;

  info->rows = rows;
  info->columns = columns;
  info->pixel_aspect = 1;
  if (info->rescale_slope == 0)
    info->rescale_slope = 1;
  PrcFrame *frame = prc_frame_new (info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static GArray *
values_of (PrcFrame *frame, const PrcPixelRect *region, size_t wanted) {
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  prc_values_collect (frame, region, wanted, values);
  prc_values_sort (values);
  return values;
}

static double
at (const GArray *values, guint i) {
  return g_array_index (values, double, i);
}

static int
by_value (const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static void
test_all_values (void) {
  PrcFrameInfo info = {.type = PRC_SAMPLE_S16, .rescale_slope = -2, .rescale_intercept = 10};
  const int16_t samples[] = {5, -3, 0, 7, 1, 2};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 2, 3);
  g_autoptr (GArray) values = values_of (frame, NULL, 6);
  const double expected[] = {-4, 0, 6, 8, 10, 16}; // 10 - 2 x, sorted

  g_assert_cmpuint (values->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (at (values, i), ==, expected[i]);
}

// Trap: padding and what is no number are in no window and in no histogram.
static void
test_no_padding (void) {
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_F32, .has_padding = true, .padding_low = -2000, .padding_high = -1000};
  const float samples[] = {-2000, -1000, 3, NAN, INFINITY, -999};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 1, 6);
  g_autoptr (GArray) values = values_of (frame, NULL, 100);

  g_assert_cmpuint (values->len, ==, 2);
  g_assert_cmpfloat (at (values, 0), ==, -999);
  g_assert_cmpfloat (at (values, 1), ==, 3);
}

// Nor does what a shutter hides or a supplemental palette colours.
static void
test_no_hidden_values (void) {
  const PrcRowSpan visible = {0, 1, 4};
  g_autoptr (PrcMask) shutter = prc_mask_new_from_spans (1, 6, &visible, 1);
  const uint8_t rgb[3] = {1, 2, 3};
  const PrcColourTable colours = {.first_mapped = 30, .n_entries = 1, .rgb = rgb};
  PrcFrameInfo info = {.type = PRC_SAMPLE_U8, .shutter = shutter, .colours = &colours};
  const uint8_t samples[] = {10, 11, 12, 30, 14, 15};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 1, 6);
  g_autoptr (GArray) values = values_of (frame, NULL, 100);

  g_assert_cmpuint (values->len, ==, 2);
  g_assert_cmpfloat (at (values, 0), ==, 11);
  g_assert_cmpfloat (at (values, 1), ==, 12);
}

// As the C library sorts them, whatever they are.
static void
test_sort (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  const double special[] = {0, -1, 1e308, -1e308, 5e-324, -5e-324, 0.1, -0.1, 256, 65536, -3024};

  for (guint n = 0; n < 300; n += 7) {
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
    for (guint i = 0; i < n; i++) {
      double value = i < G_N_ELEMENTS (special) ? special[i]
                                                : (g_rand_double (random) - 0.5) *
                                                      pow (10, g_rand_int_range (random, -5, 9));
      g_array_append_val (values, value);
    }
    g_autoptr (GArray) expected = g_array_copy (values);
    if (n > 0)
      qsort (expected->data, n, sizeof (double), by_value);
    prc_values_sort (values);
    for (guint i = 0; i < n; i++)
      g_assert_cmpfloat (at (values, i), ==, at (expected, i));
  }
}

static void
test_region (void) {
  PrcFrameInfo info = {.type = PRC_SAMPLE_U8};
  uint8_t samples[20 * 30];
  for (int i = 0; i < 20 * 30; i++)
    samples[i] = (uint8_t)(i % 30 + (i / 30 >= 10 ? 100 : 0));
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 20, 30);

  g_autoptr (GArray) inside = values_of (frame, &(PrcPixelRect){3, 9, 2, 2}, 100);
  g_assert_cmpuint (inside->len, ==, 4);
  g_assert_cmpfloat (at (inside, 0), ==, 3);
  g_assert_cmpfloat (at (inside, 1), ==, 4);
  g_assert_cmpfloat (at (inside, 2), ==, 103);
  g_assert_cmpfloat (at (inside, 3), ==, 104);
  g_autoptr (GArray) corner = values_of (frame, &(PrcPixelRect){29, 19, 50, UINT32_MAX}, 100);
  g_assert_cmpuint (corner->len, ==, 1);
  g_assert_cmpfloat (at (corner, 0), ==, 129);
  g_autoptr (GArray) outside = values_of (frame, &(PrcPixelRect){30, 0, 5, 5}, 100);
  g_assert_cmpuint (outside->len, ==, 0);
  g_autoptr (GArray) few = values_of (frame, NULL, 6); // every tenth both ways
  g_assert_cmpuint (few->len, ==, 6);
  g_assert_cmpfloat (at (few, 5), ==, 120);
}

static void
test_colour_has_none (void) {
  PrcFrameInfo info = {.type = PRC_SAMPLE_RGB8};
  const uint8_t samples[12] = {1};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 2, 2);
  g_autoptr (GArray) values = values_of (frame, NULL, 100);
  double centre = 1, width = 2;
  PrcHistogram histogram;

  g_assert_cmpuint (values->len, ==, 0);
  g_assert_true (isnan (prc_values_quantile (values, 0.5)));
  g_assert_false (prc_values_window (values, &centre, &width));
  g_assert_cmpfloat (width, ==, 2);
  g_assert_false (prc_histogram_fill (&histogram, values, 0));
}

static GArray *
array_of (const double *values, guint n) {
  GArray *array = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_append_vals (array, values, n);
  return array;
}

static void
test_window (void) {
  g_autoptr (GArray) even = g_array_new (FALSE, FALSE, sizeof (double));
  double centre = 0, width = 0;

  for (int i = 0; i <= 1000; i++) {
    double value = i - 500;
    g_array_append_val (even, value);
  }
  g_assert_cmpfloat (prc_values_quantile (even, 0), ==, -500);
  g_assert_cmpfloat (prc_values_quantile (even, 0.25), ==, -250);
  g_assert_cmpfloat_with_epsilon (prc_values_quantile (even, 0.0005), -499.5, 1e-9);
  g_assert_cmpfloat (prc_values_quantile (even, 2), ==, 500);
  g_assert_true (prc_values_window (even, &centre, &width));
  g_assert_cmpfloat_with_epsilon (centre, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (width, 980, 1e-9); // 10 to 990

  double nearly_flat[1000] = {[999] = 8}; // both quantiles are 0
  g_autoptr (GArray) one_differs = array_of (nearly_flat, 1000);
  g_assert_true (prc_values_window (one_differs, &centre, &width));
  g_assert_cmpfloat (centre, ==, 4);
  g_assert_cmpfloat (width, ==, 8);
  g_autoptr (GArray) same = array_of (nearly_flat, 10);
  g_assert_false (prc_values_window (same, &centre, &width));
}

// 0 to the 99.9 % quantile, whatever else there is; without uptake the usual one.
static void
test_uptake_window (void) {
  g_autoptr (GArray) body = g_array_new (FALSE, FALSE, sizeof (double));
  double centre = 0, width = 0;

  for (int i = 0; i <= 10000; i++) {
    double value = i < 9900 ? -1 + i / 9900.0 : i; // air, and organs from 9900 to 10000
    g_array_append_val (body, value);
  }
  g_assert_true (prc_values_uptake_window (body, &centre, &width));
  g_assert_cmpfloat_with_epsilon (width, 9990, 1e-9);
  g_assert_cmpfloat_with_epsilon (centre, 4995, 1e-9);
  g_autoptr (GArray) none = array_of ((const double[]){-3, -2, -1}, 3);
  g_assert_true (prc_values_uptake_window (none, &centre, &width));
  g_assert_cmpfloat (centre, <, 0);
}

static uint32_t
sum (const PrcHistogram *histogram) {
  uint32_t all = 0;

  for (int i = 0; i < PRC_HISTOGRAM_BINS; i++)
    all += histogram->counts[i];
  return all;
}

// 0, 1, 1, 2, 2, 2, ... whole numbers: a bin each, none between two of them.
static void
test_histogram_of_whole_numbers (void) {
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  PrcHistogram histogram;

  for (int i = 0; i < 100; i++)
    for (int j = 0; j <= i; j++) {
      double value = i;
      g_array_append_val (values, value);
    }
  g_assert_true (prc_histogram_fill (&histogram, values, 1));
  double step = (histogram.high - histogram.low) / PRC_HISTOGRAM_BINS;
  g_assert_cmpfloat_with_epsilon (step, 1, 1e-9);
  for (int i = 10; i < 99; i++) {
    int bin = (int)floor (i - histogram.low);
    g_assert_cmpuint (histogram.counts[bin], ==, (guint)i + 1);
  }
  g_assert_cmpuint (histogram.most, ==, 100);
  g_assert_cmpuint (histogram.n, ==, sum (&histogram));
}

static void
test_histogram_ends (void) {
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  PrcHistogram histogram;

  for (int i = 0; i < 10000; i++) {
    double value = i / 10000.0;
    g_array_append_val (values, value);
  }
  double metal = 1e30;
  g_array_append_val (values, metal);
  g_assert_true (prc_histogram_fill (&histogram, values, 0));
  g_assert_cmpfloat (histogram.high, <, 1.1); // one value does not make all the others one peak
  g_assert_cmpfloat (histogram.low, >=, 0);
  g_assert_cmpuint (histogram.n, >, 9950);
  g_assert_cmpuint (histogram.n, ==, sum (&histogram));
  g_assert_cmpuint (histogram.most, <, 60);

  g_autoptr (GArray) same = array_of ((const double[]){7, 7, 7}, 3);
  g_assert_true (prc_histogram_fill (&histogram, same, 0));
  g_assert_cmpfloat (histogram.low, <, 7);
  g_assert_cmpfloat (histogram.high, >, 7);
  g_assert_cmpuint (histogram.most, ==, 3);
  g_autoptr (GArray) huge = array_of ((const double[]){-1e308, 1e308}, 2);
  prc_histogram_fill (&histogram, huge, 0); // the range is infinite; no bin is out of bounds
  g_assert_cmpuint (histogram.n, ==, sum (&histogram));
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/values/all", test_all_values);
  g_test_add_func ("/values/no-padding", test_no_padding);
  g_test_add_func ("/values/no-hidden-values", test_no_hidden_values);
  g_test_add_func ("/values/sort", test_sort);
  g_test_add_func ("/values/region", test_region);
  g_test_add_func ("/values/colour-has-none", test_colour_has_none);
  g_test_add_func ("/values/window", test_window);
  g_test_add_func ("/values/uptake-window", test_uptake_window);
  g_test_add_func ("/values/histogram-of-whole-numbers", test_histogram_of_whole_numbers);
  g_test_add_func ("/values/histogram-ends", test_histogram_ends);
  return g_test_run ();
}
