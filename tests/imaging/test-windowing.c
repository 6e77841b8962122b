// SPDX-License-Identifier: Apache-2.0
// Which of its own windows a frame is shown with, and what a drag begins with; expected values
// worked out by hand from PS3.3 C.11.2.
#include "prc-windowing.h"

#include "prc-voi.h"

#include <math.h>
#include <string.h>

typedef struct {
  PrcFrameInfo info;
  PrcLut lut;
  uint16_t *entries;
} Picture;

// Values that rise evenly from `low` to `high`, and a LUT of them.
static PrcFrame *
ramp_frame (Picture *picture, double low, double high) {
  g_autofree uint16_t *samples = g_new (uint16_t, 100 * 100);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 100 * 100; i++)
    samples[i] = (uint16_t)lrint (low + (high - low) * i / 9999.0);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 100 * 100 * sizeof *samples);
  picture->info.rows = picture->info.columns = 100;
  picture->info.type = PRC_SAMPLE_U16;
  picture->info.rescale_slope = picture->info.pixel_aspect = 1;
  if (picture->entries) {
    picture->lut.entries = picture->entries;
    picture->info.voi_luts = &picture->lut;
    picture->info.n_voi_luts = 1;
  }
  PrcFrame *frame = prc_frame_new (&picture->info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

typedef double (*Curve) (double value);

static void
make_lut (Picture *picture, int32_t first, uint32_t n, uint32_t bits, Curve curve) {
  picture->entries = g_new (uint16_t, n);
  for (uint32_t i = 0; i < n; i++)
    picture->entries[i] = (uint16_t)lrint (curve (first + (double)i) * ((1u << bits) - 1));
  picture->lut = (PrcLut){.first_mapped = first, .n_entries = n, .bits = bits};
}

static double
line_of_12_bits (double value) {
  return value / 4095;
}

static double
line_of_16_bits (double value) {
  return value / 65535;
}

static double
falling (double value) {
  return 1 - value / 4095;
}

static double
s_curve (double value) {
  return 1 / (1 + exp (-4 * (value - 2048) / 1000));
}

static double
flat (double value) {
  return 0.5;
}

static void
resemble (Curve curve, uint32_t n, uint32_t bits, double low, double high, PrcViewParams *params) {
  Picture picture = {0};

  make_lut (&picture, 0, n, bits, curve);
  g_autoptr (PrcFrame) frame = ramp_frame (&picture, low, high);
  *params = (PrcViewParams){.voi = 0, .width = 1};
  prc_windowing_resemble (params, frame, 0);
  g_assert_cmpint (params->voi, ==, 0);
  g_free (picture.entries);
}

// A straight table is a window: from 0 to its last input.
static void
test_straight_lut (void) {
  PrcViewParams params;

  resemble (line_of_12_bits, 4096, 12, 1000, 3000, &params);
  g_assert_cmpfloat_with_epsilon (params.width, 4095, 8);
  g_assert_cmpfloat_with_epsilon (params.centre, 2047.5, 4);
}

// Trap: a table whose range goes far beyond the data. What it shows is dark, and the window that a
// drag begins with is as dark: 0 to 65535, not the data's own range, which would be a jump.
static void
test_lut_beyond_the_data (void) {
  PrcViewParams params;

  resemble (line_of_16_bits, 65536, 16, 0, 4095, &params);
  g_assert_cmpfloat_with_epsilon (params.width, 65535, 70);
  g_assert_cmpfloat_with_epsilon (params.centre, 32767.5, 35);
}

// 10 % and 90 % of this curve are at 2048 -+ 1000 ln (9) / 4 = 1498.7 and 2597.3.
static void
test_curved_lut (void) {
  PrcViewParams params;

  resemble (s_curve, 4096, 12, 0, 4095, &params);
  g_assert_cmpfloat_with_epsilon (params.centre, 2048, 2);
  g_assert_cmpfloat_with_epsilon (params.width, 1373.3, 6);
}

// No window rises where the table falls or stays: the values themselves decide (1 % to 99 % of 0 to
// 4095 is 4013 wide).
static void
test_lut_without_likeness (void) {
  PrcViewParams params;

  resemble (falling, 4096, 12, 0, 4095, &params);
  g_assert_cmpfloat_with_epsilon (params.width, 4013, 2);
  g_assert_cmpfloat_with_epsilon (params.centre, 2047.5, 2);
  resemble (flat, 4096, 12, 0, 4095, &params);
  g_assert_cmpfloat_with_epsilon (params.width, 4013, 2);
  resemble (line_of_12_bits, 1, 12, 0, 4095, &params); // one entry
  g_assert_cmpfloat_with_epsilon (params.width, 4013, 2);
}

// On every value of the data the window is within a few levels of the table that it stands for.
static void
test_picture_does_not_jump (void) {
  Picture picture = {0};

  make_lut (&picture, 0, 65536, 16, line_of_16_bits);
  g_autoptr (PrcFrame) frame = ramp_frame (&picture, 300, 4095);
  PrcViewParams params = {.voi = 0, .width = 1, .zoom = 1};
  g_autoptr (PrcVoi) table = prc_voi_new (frame, &params);
  prc_windowing_resemble (&params, frame, 0);
  params.voi = PRC_VOI_USE_WINDOW;
  g_autoptr (PrcVoi) window = prc_voi_new (frame, &params);
  for (int value = 300; value <= 4095; value++)
    g_assert_cmpint (abs (prc_voi_level (table, value) - prc_voi_level (window, value)), <=, 1);
  g_free (picture.entries);
}

// VOI LUTs first, then windows, each with its explanation (C.11.2.1.1, C.11.2.1.2).
static void
test_choices (void) {
  static const PrcWindow windows[] = {{40, 400, "SOFT"}, {-600, 1500, "LUNG"}};
  Picture picture = {.info = {.windows = windows, .n_windows = 2, .voi_function = PRC_VOI_SIGMOID}};
  PrcViewParams params = {.centre = 7, .width = 8};

  make_lut (&picture, 0, 4096, 12, line_of_12_bits);
  g_strlcpy (picture.lut.explanation, "HARDER", sizeof picture.lut.explanation);
  g_autoptr (PrcFrame) frame = ramp_frame (&picture, 0, 4095);
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_assert_cmpuint (prc_windowing_n_choices (info), ==, 3);
  g_assert_cmpstr (prc_windowing_explanation (info, 0), ==, "HARDER");
  g_assert_cmpstr (prc_windowing_explanation (info, 1), ==, "SOFT");
  g_assert_cmpstr (prc_windowing_explanation (info, 2), ==, "LUNG");
  g_assert_cmpstr (prc_windowing_explanation (info, 3), ==, "");
  prc_windowing_choose (&params, frame, 0);
  g_assert_cmpint (params.voi, ==, 0);
  g_assert_cmpfloat (params.centre, ==, 7);
  prc_windowing_choose (&params, frame, 2);
  g_assert_cmpint (params.voi, ==, PRC_VOI_USE_WINDOW);
  g_assert_cmpfloat (params.centre, ==, -600);
  g_assert_cmpfloat (params.width, ==, 1500);
  g_assert_cmpint (params.function, ==, PRC_VOI_SIGMOID);
  g_free (picture.entries);
}

// The curve that a histogram shows is the formula of each function: vectors of C.11.2.1.2.1 and
// C.11.2.1.3, worked out by hand.
static void
test_brightness (void) {
  Picture picture = {0};
  g_autoptr (PrcFrame) frame = ramp_frame (&picture, 0, 100);
  const PrcFrameInfo *info = prc_frame_info (frame);
  PrcViewParams params = {.voi = PRC_VOI_USE_WINDOW, .centre = 2048, .width = 4096};

  g_assert_cmpfloat (prc_windowing_brightness (&params, info, 0), ==, 0);
  g_assert_cmpfloat (prc_windowing_brightness (&params, info, 4095), ==, 1);
  g_assert_cmpfloat_with_epsilon (prc_windowing_brightness (&params, info, 2047.5), 0.5, 1e-12);
  params.width = 1; // a step between 2047 and 2048
  g_assert_cmpfloat (prc_windowing_brightness (&params, info, 2047), ==, 0);
  g_assert_cmpfloat (prc_windowing_brightness (&params, info, 2048), ==, 1);
  params = (PrcViewParams){
      .voi = PRC_VOI_USE_WINDOW, .centre = 10, .width = 4, .function = PRC_VOI_LINEAR_EXACT};
  g_assert_cmpfloat (prc_windowing_brightness (&params, info, 9), ==, 0.25);
  params.function = PRC_VOI_SIGMOID; // 1 / (1 + e)
  g_assert_cmpfloat_with_epsilon (prc_windowing_brightness (&params, info, 9), 0.2689414213, 1e-9);
  params.invert = true;
  g_assert_cmpfloat_with_epsilon (prc_windowing_brightness (&params, info, 9), 0.7310585786, 1e-9);
  g_assert_cmpfloat (prc_windowing_brightness (&params, info, NAN), ==, 0);
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/windowing/straight-lut", test_straight_lut);
  g_test_add_func ("/windowing/lut-beyond-the-data", test_lut_beyond_the_data);
  g_test_add_func ("/windowing/curved-lut", test_curved_lut);
  g_test_add_func ("/windowing/lut-without-likeness", test_lut_without_likeness);
  g_test_add_func ("/windowing/picture-does-not-jump", test_picture_does_not_jump);
  g_test_add_func ("/windowing/choices", test_choices);
  g_test_add_func ("/windowing/brightness", test_brightness);
  return g_test_run ();
}
