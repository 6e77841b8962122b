// SPDX-License-Identifier: Apache-2.0
// One value's way to the screen against PS3.3 C.11.2.1; expected levels worked out by hand from its
// formulas.
#include "prc-kernels.h"
#include "prc-voi.h"

#include <math.h>
#include <string.h>

static PrcFrame *
frame_of_rows (PrcFrameInfo *info, const void *samples, uint32_t rows, uint32_t n) {
  g_autoptr (GBytes) bytes = g_bytes_new (samples, rows * n * prc_sample_size (info->type));
  g_autoptr (GError) error = NULL;
  PrcFrame *frame;

  info->rows = rows;
  info->columns = n;
  if (info->rescale_slope == 0)
    info->rescale_slope = 1;
  info->pixel_aspect = 1;
  frame = prc_frame_new (info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static PrcFrame *
frame_of (PrcFrameInfo *info, const void *samples, uint32_t n) {
  return frame_of_rows (info, samples, 1, n);
}

static PrcViewParams
window (PrcVoiFunction function, double centre, double width) {
  return (PrcViewParams){
      .voi = PRC_VOI_USE_WINDOW, .function = function, .centre = centre, .width = width, .zoom = 1};
}

// The level of one value, asked as definition and as row, which must agree.
static int
level_of (PrcFrame *frame, const PrcViewParams *params, uint32_t pixel) {
  g_autoptr (PrcVoi) voi = prc_voi_new (frame, params);
  int one = prc_voi_level (voi, prc_frame_stored (frame, pixel, 0));
  int16_t row;

  prc_voi_row (voi, pixel, 1, 0, &row);
  g_assert_cmpint (row, ==, one * PRC_LEVEL_ONE);
  return one;
}

static int
level_of_u16 (PrcVoiFunction function, double centre, double width, uint16_t value) {
  PrcFrameInfo info = {.type = PRC_SAMPLE_U16};
  g_autoptr (PrcFrame) frame = frame_of (&info, &value, 1);
  PrcViewParams params = window (function, centre, width);

  return level_of (frame, &params, 0);
}

static int
level_of_s16 (PrcVoiFunction function, double centre, double width, int16_t value) {
  PrcFrameInfo info = {.type = PRC_SAMPLE_S16};
  g_autoptr (PrcFrame) frame = frame_of (&info, &value, 1);
  PrcViewParams params = window (function, centre, width);

  return level_of (frame, &params, 0);
}

static void
test_linear (void) {
  // The examples of C.11.2.1.2.1: 2048/4096 takes 12 bits to the full range, 2048/1 is a threshold,
  // 0/100 ends at -50 and 50.
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 2048, 4096, 0), ==, 0);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 2048, 4096, 4095), ==, 255);
  // (2048 - 2047.5) / 4095 * 255 + 127.5 = 127.53
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 2048, 4096, 2048), ==, 128);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 2048, 4096, 2047), ==, 127);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 2048, 1, 2047), ==, 0);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 2048, 1, 2048), ==, 255);
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR, 0, 100, -50), ==, 0);
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR, 0, 100, -49), ==, 3); // 1 / 99 * 255 = 2.58
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR, 0, 100, 49), ==, 255);
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR, 0, 100, 48), ==, 252); // 255 - 2.58
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR, 0, 100, 50), ==, 255);
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR, 0, 100, 32767), ==, 255);
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR, 0, 100, -32768), ==, 0);
  // A width below 1 is not allowed; it must not turn the picture over or divide by zero.
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 10, 0, 9), ==, 0);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 10, -5, 10), ==, 255);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR, 10, NAN, 10), ==, 255);
}

static void
test_linear_exact (void) {
  // 0/100: -50 and below is black, 50 and above white, the centre 127.5
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR_EXACT, 0, 100, -50), ==, 0);
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR_EXACT, 0, 100, -49), ==, 3);  // 2.55
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR_EXACT, 0, 100, 0), ==, 128);  // half up
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR_EXACT, 0, 100, 49), ==, 252); // 252.45
  g_assert_cmpint (level_of_s16 (PRC_VOI_LINEAR_EXACT, 0, 100, 50), ==, 255);
  // Half-open steps at width 0.5: 1 is within, 2 beyond.
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR_EXACT, 1.1, 0.5, 1), ==,
                   77); // (-0.2 + 0.5) * 255 = 76.5
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR_EXACT, 1.1, 0.5, 2), ==, 255);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR_EXACT, 1.1, 0.5, 0), ==, 0);
  g_assert_cmpint (level_of_u16 (PRC_VOI_LINEAR_EXACT, 5, 0, 6), ==, 255);
  // The centre is mid grey, even where c - w / 2 is c in double precision.
  PrcFrameInfo far = {.type = PRC_SAMPLE_F64};
  double value = 1e300;
  g_autoptr (PrcFrame) frame = frame_of (&far, &value, 1);
  PrcViewParams params = window (PRC_VOI_LINEAR_EXACT, 1e300, 65535);
  g_assert_cmpint (level_of (frame, &params, 0), ==, 128);
}

static void
test_sigmoid (void) {
  // 255 / (1 + e^(-4 (x - c) / w))
  g_assert_cmpint (level_of_s16 (PRC_VOI_SIGMOID, 40, 400, 40), ==, 128);
  g_assert_cmpint (level_of_s16 (PRC_VOI_SIGMOID, 40, 400, 240), ==, 225); // e^-2: 224.60
  g_assert_cmpint (level_of_s16 (PRC_VOI_SIGMOID, 40, 400, -160), ==, 30); // e^2: 30.40
  g_assert_cmpint (level_of_s16 (PRC_VOI_SIGMOID, 40, 400, -32768), ==, 0);
  g_assert_cmpint (level_of_s16 (PRC_VOI_SIGMOID, 40, 400, 32767), ==, 255);
}

static void
test_rescale (void) {
  // stored * -0.5 + 1000 at centre 0, width 256 exact: 2000 -> 0 -> 127.5, 1900 -> 50 -> 177.3,
  // 65535 is far below
  PrcFrameInfo info = {.type = PRC_SAMPLE_U16, .rescale_slope = -0.5, .rescale_intercept = 1000};
  uint16_t samples[] = {2000, 1900, 65535, 0};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 4);
  PrcViewParams params = window (PRC_VOI_LINEAR_EXACT, 0, 256);
  int expected[] = {128, 177, 0, 255};

  for (int i = 0; i < 4; i++)
    g_assert_cmpint (level_of (frame, &params, i), ==, expected[i]);
}

static void
test_inverse (void) {
  // The frame's inversion comes after the VOI, the user's undoes it; black tissue becomes white.
  PrcFrameInfo info = {.type = PRC_SAMPLE_S16, .inverse = true, .rescale_intercept = -10};
  int16_t samples[] = {-50, 0, 70, 10};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 4);
  PrcViewParams params = window (PRC_VOI_LINEAR_EXACT, 0, 100);

  g_assert_cmpint (level_of (frame, &params, 0), ==, 255); // modality -60
  g_assert_cmpint (level_of (frame, &params, 1), ==, 153); // -10: 102
  g_assert_cmpint (level_of (frame, &params, 2), ==, 0);
  g_assert_cmpint (level_of (frame, &params, 3), ==,
                   127); // 0: 127.5 goes to 128 before it is inverted
  params.invert = true;
  g_assert_cmpint (level_of (frame, &params, 0), ==, 0);
  g_assert_cmpint (level_of (frame, &params, 1), ==, 102);
  g_assert_cmpint (level_of (frame, &params, 3), ==, 128);
}

static void
test_voi_lut (void) {
  // Three entries of 10 bits from first value 100: below is the first, above the last; range 1023.
  const uint16_t entries[] = {1023, 512, 100};
  PrcLut lut = {.first_mapped = 100, .n_entries = 3, .bits = 10, .entries = entries};
  PrcWindow file_window = {0, 10, ""};
  PrcFrameInfo info = {.type = PRC_SAMPLE_U16,
                       .voi_luts = &lut,
                       .n_voi_luts = 1,
                       .windows = &file_window,
                       .n_windows = 1,
                       .rescale_slope = 2,
                       .voi_function = PRC_VOI_SIGMOID};
  uint16_t samples[] = {0, 50, 51, 65535}; // modality 0, 100, 102, 131070
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 4);
  PrcViewParams params = window (PRC_VOI_SIGMOID, 0, 10);

  params.voi = 0;
  g_assert_cmpint (level_of (frame, &params, 0), ==, 255);
  g_assert_cmpint (level_of (frame, &params, 1), ==, 255);
  g_assert_cmpint (level_of (frame, &params, 2), ==, 25); // 100 / 1023 * 255 = 24.93
  g_assert_cmpint (level_of (frame, &params, 3), ==, 25);
  // An index that the frame does not have falls back to the window.
  params.voi = 1;
  g_assert_cmpint (level_of (frame, &params, 0), ==, 128);
}

static void
test_modality_lut (void) {
  // Replaces the rescale altogether; signed first value.
  const uint16_t entries[] = {10, 20, 40, 80};
  PrcLut lut = {.first_mapped = -2, .n_entries = 4, .bits = 8, .entries = entries};
  PrcFrameInfo info = {.type = PRC_SAMPLE_S16,
                       .modality_lut = &lut,
                       .rescale_slope = 100,
                       .rescale_intercept = 5000};
  int16_t samples[] = {-300, -2, -1, 0, 1, 300};
  int expected[] = {10, 10, 20, 40, 80, 80}; // window 0 to 255
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 6);
  PrcViewParams params = window (PRC_VOI_LINEAR, 128, 256);

  for (int i = 0; i < 6; i++)
    g_assert_cmpint (level_of (frame, &params, i), ==, expected[i]);
}

static void
test_padding (void) {
  // Inclusive interval of stored values; black in both polarities, while tissue of the same
  // blackness turns white.
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_S16, .has_padding = true, .padding_low = -2000, .padding_high = -1990};
  int16_t samples[] = {-2001, -2000, -1995, -1990, -1989};
  int inverted[] = {255, 0, 0, 0, 255};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 5);
  PrcViewParams params = window (PRC_VOI_LINEAR, 40, 400);

  for (int i = 0; i < 5; i++)
    g_assert_cmpint (level_of (frame, &params, i), ==, 0);
  params.invert = true;
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (level_of (frame, &params, i), ==, inverted[i]);
  params = window (PRC_VOI_LINEAR, -3000, 1); // everything is white but padding
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (level_of (frame, &params, i), ==, inverted[i]);
}

static void
test_padding_beyond_type (void) {
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_U8, .has_padding = true, .padding_low = 250, .padding_high = 1e9};
  uint8_t samples[] = {249, 250, 255};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 3);
  PrcViewParams params = window (PRC_VOI_LINEAR, 128, 256);

  g_assert_cmpint (level_of (frame, &params, 0), ==, 249);
  g_assert_cmpint (level_of (frame, &params, 1), ==, 0);
  g_assert_cmpint (level_of (frame, &params, 2), ==, 0);
}

static void
test_float (void) {
  PrcFrameInfo info = {.type = PRC_SAMPLE_F32};
  float samples[] = {NAN, INFINITY, -INFINITY, 0.25f, 1.0f};
  int expected[] = {0, 255, 0, 64, 255}; // 0.25 * 255 = 63.75
  int inverted[] = {0, 0, 255, 191, 0};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 5);
  PrcViewParams params = window (PRC_VOI_LINEAR_EXACT, 0.5, 1);

  for (int i = 0; i < 5; i++)
    g_assert_cmpint (level_of (frame, &params, i), ==, expected[i]);
  params.invert = true;
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (level_of (frame, &params, i), ==, inverted[i]);
}

static void
test_wide_types (void) {
  PrcFrameInfo u32 = {.type = PRC_SAMPLE_U32, .rescale_slope = 1e-9};
  uint32_t big[] = {0, 2147483648u, 4294967295u};
  g_autoptr (PrcFrame) dose = frame_of (&u32, big, 3);
  PrcViewParams params = window (PRC_VOI_LINEAR_EXACT, 2.147483648, 4.294967296);
  PrcFrameInfo s8 = {.type = PRC_SAMPLE_S8};
  int8_t small[] = {-128, 0, 127};
  g_autoptr (PrcFrame) tiny = frame_of (&s8, small, 3);

  g_assert_cmpint (level_of (dose, &params, 0), ==, 0);
  g_assert_cmpint (level_of (dose, &params, 1), ==, 128);
  g_assert_cmpint (level_of (dose, &params, 2), ==, 255);
  params = window (PRC_VOI_LINEAR, 0, 256); // -128 -> 0, 0 -> 128, 127 -> 255
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (level_of (tiny, &params, i), ==, small[i] + 128);
}

static PrcViewParams
random_window (void) {
  double centre = g_test_rand_double_range (-40000, 70000);
  double width = exp (g_test_rand_double_range (-2, 12));
  PrcVoiFunction function = (PrcVoiFunction)g_test_rand_int_range (0, 3);
  PrcViewParams params;

  if (g_test_rand_bit ()) { // whole numbers make values fall on halves
    centre = floor (centre / 50);
    width = ceil (width / 10);
  }
  params = window (function, centre, width);
  params.invert = g_test_rand_bit ();
  return params;
}

static PrcFrame *
every_16_bit_value (bool is_signed) {
  static uint16_t samples[65536];
  double slopes[] = {1, 0.5, -1, 0.0031, 1.7, -20};
  PrcFrameInfo info = {.type = is_signed ? PRC_SAMPLE_S16 : PRC_SAMPLE_U16,
                       .rescale_slope = slopes[g_test_rand_int_range (0, 6)],
                       .rescale_intercept = g_test_rand_int_range (-1100, 1100),
                       .inverse = g_test_rand_bit (),
                       .has_padding = g_test_rand_bit ()};

  for (int i = 0; i < 65536; i++)
    samples[i] = (uint16_t)i;
  info.padding_low = g_test_rand_int_range (-3000, 3000);
  info.padding_high = info.padding_low + g_test_rand_int_range (0, 100);
  return frame_of_rows (&info, samples, 256, 256);
}

// Every 16-bit value, under every set of kernels, is what the definition says: the fast ways have
// no tolerance.
static void
test_every_value (void) {
  g_autofree int16_t *row = g_new (int16_t, 65536);
  unsigned n = g_test_thorough () ? 300 : 30;

  for (unsigned round = 0; round < n; round++) {
    g_autoptr (PrcFrame) frame = every_16_bit_value (g_test_rand_bit ());
    PrcViewParams params = random_window ();

    for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++) {
      g_autoptr (PrcVoi) voi = NULL;

      prc_kernels_use (*set);
      voi = prc_voi_new (frame, &params);
      prc_voi_row (voi, 0, 65536, 0, row);
      for (uint32_t i = 0; i < 65536; i++)
        if (row[i] !=
            prc_voi_level (voi, prc_frame_stored (frame, i % 256, i / 256)) * PRC_LEVEL_ONE)
          g_error ("%s: sample %u gives %g", (*set)->name, i, row[i] / (double)PRC_LEVEL_ONE);
    }
  }
  prc_kernels_use (NULL);
}

static void
test_rgb (void) {
  PrcFrameInfo info = {.type = PRC_SAMPLE_RGB8};
  uint8_t samples[] = {1, 2, 3, 250, 251, 252};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, 2);
  PrcViewParams params = window (PRC_VOI_LINEAR, 0, 1); // no window on colour
  g_autoptr (PrcVoi) voi = prc_voi_new (frame, &params);
  int16_t row[2];

  g_assert_cmpuint (prc_voi_n_channels (voi), ==, 3);
  for (unsigned channel = 0; channel < 3; channel++) {
    prc_voi_row (voi, 0, 2, channel, row);
    g_assert_cmpint (row[0], ==, samples[channel] * PRC_LEVEL_ONE);
    g_assert_cmpint (row[1], ==, samples[3 + channel] * PRC_LEVEL_ONE);
  }
}

// ---- rows for averaging ----

enum { SIDE = 1024 }; // of frames large enough for curves; every value comes 16 times

static PrcFrame *
frame_of_all_values (PrcFrameInfo *info) {
  g_autofree uint16_t *samples = g_new (uint16_t, SIDE * SIDE);

  for (int i = 0; i < SIDE * SIDE; i++)
    samples[i] = (uint16_t)i;
  return frame_of_rows (info, samples, SIDE, SIDE);
}

// PS3.3 C.11.2.1.3.1 and C.11.2.1.1, in the open.
static double
slow_level (const PrcFrameInfo *info, const PrcViewParams *params, double stored) {
  double x = stored * info->rescale_slope + info->rescale_intercept, output;

  if (info->has_padding && stored >= info->padding_low && stored <= info->padding_high)
    return 0;
  if (params->voi >= 0) {
    const PrcLut *lut = &info->voi_luts[params->voi];
    double entry = fmin (fmax (floor (x + 0.5) - lut->first_mapped, 0), lut->n_entries - 1.0);

    output = lut->entries[(size_t)entry] * 255.0 / ((1 << lut->bits) - 1);
  } else {
    output = 255 / (1 + exp (-4 * (x - params->centre) / params->width));
  }
  return info->inverse != params->invert ? 255 - output : output;
}

// Every set of kernels gives the same row, within `limit` levels of the standard's.
static void
assert_averaging (PrcFrame *frame, const PrcViewParams *params, double limit) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_autofree int16_t *first = g_new (int16_t, 65536 + 5), *row = g_new (int16_t, 65536 + 5);
  int32_t base = info->type == PRC_SAMPLE_S16 ? 32768 : 65536;

  for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++) {
    g_autoptr (PrcVoi) voi = NULL;

    prc_kernels_use (*set);
    voi = prc_voi_new (frame, params);
    prc_voi_row_for_averaging (voi, 0, 65536 + 5, 0, row);
    if (set == prc_kernels_available ())
      memcpy (first, row, (65536 + 5) * sizeof *row);
    g_assert_cmpmem (row, (65536 + 5) * sizeof *row, first, (65536 + 5) * sizeof *row);
  }
  prc_kernels_use (NULL);
  for (int i = 0; i < 65536; i++) {
    double stored = i < base ? i : i - 65536, expected = slow_level (info, params, stored);

    if (fabs (first[i] / 64.0 - expected) > limit)
      g_error ("%g instead of %g at %g: centre %g width %g slope %g", first[i] / 64.0, expected,
               stored, params->centre, params->width, info->rescale_slope);
  }
}

static void
test_averaging_sigmoid (void) {
  static const double windows[][2] = {{40, 400},      {2000, 3},     {0, 70000},  {-30000, 5000},
                                      {30000, 20000}, {1e6, 100000}, {100, 1e-3}, {300.5, 17}};

  for (int variant = 0; variant < 8; variant++) {
    PrcFrameInfo info = {.type = variant & 1 ? PRC_SAMPLE_S16 : PRC_SAMPLE_U16,
                         .rescale_slope = variant & 2 ? -0.5 : 1,
                         .rescale_intercept = variant & 2 ? 10000 : 0,
                         .inverse = variant & 4,
                         .has_padding = variant & 4,
                         .padding_low = 100,
                         .padding_high = 900};
    g_autoptr (PrcFrame) frame = frame_of_all_values (&info);

    for (size_t i = 0; i < G_N_ELEMENTS (windows); i++) {
      PrcViewParams params = window (PRC_VOI_SIGMOID, windows[i][0], windows[i][1]);

      // A table's levels are whole numbers; where it is used it is up to a half off.
      assert_averaging (frame, &params, windows[i][1] < 4 ? 0.51 : 0.25);
    }
  }
}

// A table that bends softly, one that jumps, which no curve may smooth over.
static void
test_averaging_voi_lut (void) {
  uint16_t soft[4096], jumps[4096];
  PrcLut luts[2] = {{-1000, 4096, 12, soft, ""}, {-1000, 4096, 12, jumps, ""}};

  for (int i = 0; i < 4096; i++) {
    soft[i] = (uint16_t)rint (4095 / (1 + exp (-(i - 2000) / 300.0)));
    jumps[i] = i / 100 % 2 ? 4095 : (uint16_t)i;
  }
  for (int variant = 0; variant < 4; variant++) {
    PrcFrameInfo info = {.type = variant & 1 ? PRC_SAMPLE_S16 : PRC_SAMPLE_U16,
                         .rescale_slope = variant & 2 ? 0.5 : 1,
                         .inverse = variant & 2,
                         .voi_luts = luts,
                         .n_voi_luts = 2};
    g_autoptr (PrcFrame) frame = frame_of_all_values (&info);
    PrcViewParams params = window (PRC_VOI_LINEAR, 0, 1);

    params.voi = 0;
    assert_averaging (frame, &params, 0.27); // with what its own steps of 1/16 level add
    params.voi = 1;
    assert_averaging (frame, &params, 0.51);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voi/linear", test_linear);
  g_test_add_func ("/voi/linear-exact", test_linear_exact);
  g_test_add_func ("/voi/sigmoid", test_sigmoid);
  g_test_add_func ("/voi/rescale", test_rescale);
  g_test_add_func ("/voi/inverse", test_inverse);
  g_test_add_func ("/voi/voi-lut", test_voi_lut);
  g_test_add_func ("/voi/modality-lut", test_modality_lut);
  g_test_add_func ("/voi/padding", test_padding);
  g_test_add_func ("/voi/padding-beyond-type", test_padding_beyond_type);
  g_test_add_func ("/voi/float", test_float);
  g_test_add_func ("/voi/wide-types", test_wide_types);
  g_test_add_func ("/voi/every-value", test_every_value);
  g_test_add_func ("/voi/rgb", test_rgb);
  g_test_add_func ("/voi/averaging-sigmoid", test_averaging_sigmoid);
  g_test_add_func ("/voi/averaging-voi-lut", test_averaging_voi_lut);
  return g_test_run ();
}
