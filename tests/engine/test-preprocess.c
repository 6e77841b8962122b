// SPDX-License-Identifier: Apache-2.0
// The expected numbers were computed in numpy: engine/training/dump_preprocess.py prints them.
#include <math.h>
#include <stdlib.h>

#include "prc-engine-error.h"
#include "prc-preprocess.h"

#define SIZE   PRC_INPUT_SIZE
#define LENGTH (SIZE * SIZE * PRC_INPUT_CHANNELS)

static const unsigned places[8][3] = {{0, 0, 0},   {5, 64, 1},  {31, 2, 2},  {64, 64, 0},
                                      {64, 64, 1}, {64, 64, 2}, {90, 17, 0}, {127, 127, 2}};

static int
pattern (unsigned row, unsigned column, int modulus) {
  return (int)(column * 31 + row * 17 + column * row % 7 * 50) % modulus;
}

// Signed 16-bit pattern + offset.
static PrcFrame *
frame_of (PrcFrameInfo info, int modulus, int offset) {
  gint16 *samples = g_new (gint16, (gsize)info.rows * info.columns);
  for (unsigned row = 0; row < info.rows; row++)
    for (unsigned column = 0; column < info.columns; column++)
      samples[row * info.columns + column] = (gint16)(pattern (row, column, modulus) + offset);
  g_autoptr (GBytes) bytes = g_bytes_new_take (samples, (gsize)info.rows * info.columns * 2);
  info.type = PRC_SAMPLE_S16;
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = prc_frame_new (&info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static PrcFrameInfo
ct_info (void) {
  return (PrcFrameInfo){.rows = 200,
                        .columns = 160,
                        .rescale_slope = 1,
                        .rescale_intercept = -1024,
                        .units = "HU",
                        .pixel_aspect = 1};
}

static PrcFrameInfo
mr_info (double aspect) {
  return (PrcFrameInfo){.rows = 90,
                        .columns = 130,
                        .rescale_slope = 2.5,
                        .rescale_intercept = 3,
                        .pixel_aspect = aspect};
}

static float *
input_of (const PrcFrame *frame, const PrcRegion *region) {
  float *out = g_new (float, LENGTH);
  g_autoptr (GError) error = NULL;
  g_assert_true (prc_preprocess (&prc_recipe_built_in, frame, region, out, &error));
  g_assert_no_error (error);
  return out;
}

// expected: the mean, then the values at `places`.
static void
check_input (const float *out, const double expected[9]) {
  double mean = 0;
  for (unsigned i = 0; i < LENGTH; i++)
    mean += out[i];
  g_assert_cmpfloat_with_epsilon (mean / LENGTH, expected[0], 1e-5);
  for (unsigned i = 0; i < 8; i++) {
    const unsigned *p = places[i];
    g_assert_cmpfloat_with_epsilon (out[(p[0] * SIZE + p[1]) * 3 + p[2]], expected[i + 1], 2e-5);
  }
}

static void
check (PrcFrame *frame, const PrcRegion *region, const double expected[9]) {
  g_autoptr (PrcFrame) owned = frame;
  g_autofree float *out = input_of (frame, region);
  check_input (out, expected);
}

static void
test_ct (void) {
  static const double whole[] = {-0.027728, -1.000000, -1.000000, -1.000000, 1.000000,
                                 1.000000,  0.514578,  -0.336747, -1.000000};
  static const double region[] = {-0.220791, -1.000000, -1.000000, -0.060007, 0.494754,
                                  -0.836486, -0.698816, -0.244273, -1.000000};
  static const double enlarged[] = {-0.069450, -1.000000, -1.000000, -0.855503, 1.000000,
                                    1.000000,  -0.035831, 0.887081,  -1.000000};
  check (frame_of (ct_info (), 2500, 0), NULL, whole);
  check (frame_of (ct_info (), 2500, 0), &(PrcRegion){0}, whole);
  check (frame_of (ct_info (), 2500, 0), &(PrcRegion){20.25, 30.5, 100.5, 60}, region);
  check (frame_of (ct_info (), 2500, 0), &(PrcRegion){10, 10, 40, 25}, enlarged);
}

static void
test_ct_padding (void) {
  static const double expected[] = {-0.047932, -1.000000, -1.000000, -1.000000, 1.000000,
                                    1.000000,  0.514578,  -0.800311, -1.000000};
  PrcFrameInfo info = ct_info ();
  info.has_padding = true;
  info.padding_low = -5;
  info.padding_high = 299;
  check (frame_of (info, 2500, 0), NULL, expected);
}

static void
test_grey (void) {
  static const double plain[] = {-0.038521, -1.000000, -0.493358, -0.337572, -0.271159,
                                 -0.271159, -0.271159, -0.542817, -1.000000};
  static const double inverse[] = {-0.035554, -1.000000, 0.493358, -0.403168, 0.271159,
                                   0.271159,  0.271159,  0.542817, -1.000000};
  static const double padded[] = {-0.407836, -1.000000, -1.000000, 0.205548, -0.086307,
                                  -0.086307, -0.086307, 0.159059,  -1.000000};
  PrcFrameInfo info = mr_info (1.5);
  check (frame_of (info, 700, 0), NULL, plain);
  info.inverse = true; // MONOCHROME1
  check (frame_of (info, 700, 0), NULL, inverse);
  info = mr_info (1);
  info.has_padding = true;
  info.padding_low = 600;
  info.padding_high = 32767;
  check (frame_of (info, 700, 0), NULL, padded);
}

// The window stored in the file says how to look, not what was measured.
static void
test_window_does_not_matter (void) {
  PrcFrameInfo info = ct_info ();
  const PrcWindow windows[] = {{40, 80, "BRAIN"}, {-600, 1500, "LUNG"}};
  g_autoptr (PrcFrame) plain = frame_of (info, 2500, 0);
  info.windows = windows;
  info.n_windows = 2;
  info.voi_function = PRC_VOI_SIGMOID;
  g_autoptr (PrcFrame) windowed = frame_of (info, 2500, 0);
  g_autofree float *a = input_of (plain, NULL), *b = input_of (windowed, NULL);
  g_assert_cmpmem (a, LENGTH * sizeof (float), b, LENGTH * sizeof (float));
}

// What stands in the padding changes nothing.
static void
test_padding_does_not_matter (void) {
  PrcFrameInfo info = {.rows = 64,
                       .columns = 64,
                       .type = PRC_SAMPLE_S16,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .has_padding = true};
  float *inputs[2];
  for (unsigned k = 0; k < 2; k++) {
    gint16 samples[64 * 64];
    info.padding_low = info.padding_high = k ? -2000 : 30000;
    for (int i = 0; i < 64 * 64; i++)
      samples[i] = (gint16)(i % 64 < 9 ? info.padding_low : i * 7 % 501);
    g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof samples);
    g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
    inputs[k] = input_of (frame, NULL);
  }
  g_assert_cmpmem (inputs[0], LENGTH * sizeof (float), inputs[1], LENGTH * sizeof (float));
  g_free (inputs[0]);
  g_free (inputs[1]);
}

// Nor does what the file's own shutter hides, of grey and of colours; an overlay never does.
static void
test_shutter_hides (void) {
  g_autofree guint8 *seen = g_malloc (64 * 64);
  for (int i = 0; i < 64 * 64; i++)
    seen[i] = i % 64 >= 9;
  g_autoptr (PrcMask) shutter = prc_mask_new_from_bytes (64, 64, seen, 64);
  PrcOverlay overlay = {.group = 0x6000, .mask = shutter};
  for (unsigned kind = 0; kind < 2; kind++) {
    PrcFrameInfo info = {.rows = 64,
                         .columns = 64,
                         .type = kind ? PRC_SAMPLE_RGB8 : PRC_SAMPLE_U8,
                         .rescale_slope = 1,
                         .pixel_aspect = 1,
                         .shutter = shutter};
    float *inputs[3];
    for (unsigned k = 0; k < 3; k++) {
      guint8 samples[64 * 64 * 3];
      unsigned channels = kind ? 3 : 1;
      for (unsigned i = 0; i < 64 * 64; i++)
        for (unsigned c = 0; c < channels; c++)
          samples[i * channels + c] =
              seen[i] ? (guint8)(i * 7 % 101 + c) : (guint8)(k == 1 ? 255 : 0);
      info.overlays = &overlay;
      info.n_overlays = k == 2;
      g_autoptr (GBytes) bytes = g_bytes_new (samples, 64 * 64 * channels);
      g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
      inputs[k] = input_of (frame, NULL);
    }
    g_assert_cmpmem (inputs[0], LENGTH * sizeof (float), inputs[1], LENGTH * sizeof (float));
    g_assert_cmpmem (inputs[0], LENGTH * sizeof (float), inputs[2], LENGTH * sizeof (float));
    for (unsigned k = 0; k < 3; k++)
      g_free (inputs[k]);
  }
}

// The same modality values stored in another way: rescale, table, wide and floating samples.
static void
test_storage_does_not_matter (void) {
  static guint16 entries[3000];
  for (unsigned i = 0; i < G_N_ELEMENTS (entries); i++)
    entries[i] = (guint16)i;
  PrcFrameInfo info = {
      .rows = 70, .columns = 50, .rescale_slope = 1, .rescale_intercept = 0, .pixel_aspect = 1};
  g_autoptr (PrcFrame) plain = frame_of (info, 2500, 0);
  g_autofree float *expected = input_of (plain, NULL);
  for (unsigned kind = 0; kind < 4; kind++) {
    PrcFrameInfo other = info;
    static const PrcSampleType types[] = {PRC_SAMPLE_U16, PRC_SAMPLE_S32, PRC_SAMPLE_F32,
                                          PRC_SAMPLE_F64};
    const PrcLut lut = {0, G_N_ELEMENTS (entries), 16, entries, ""};
    other.type = types[kind];
    g_autofree guint8 *samples = g_malloc0 (70 * 50 * 8);
    for (unsigned i = 0; i < 70 * 50; i++) {
      int v = pattern (i / 50, i % 50, 2500);
      if (kind == 0)
        ((guint16 *)(void *)samples)[i] = (guint16)v;
      else if (kind == 1)
        ((gint32 *)(void *)samples)[i] = v * 2 + 10;
      else if (kind == 2)
        ((float *)(void *)samples)[i] = (float)v / 4;
      else
        ((double *)(void *)samples)[i] = v / 8.0 - 1;
    }
    other.modality_lut = kind == 0 ? &lut : NULL;
    other.rescale_slope = kind == 1 ? 0.5 : kind == 2 ? 4 : kind == 3 ? 8 : 1;
    other.rescale_intercept = kind == 1 ? -5 : kind == 3 ? 8 : 0;
    g_autoptr (GBytes) bytes = g_bytes_new (samples, 70 * 50 * prc_sample_size (other.type));
    g_autoptr (PrcFrame) frame = prc_frame_new (&other, bytes, NULL);
    g_assert_nonnull (frame);
    g_autofree float *input = input_of (frame, NULL);
    for (unsigned i = 0; i < LENGTH; i++)
      g_assert_cmpfloat_with_epsilon (input[i], expected[i], 1e-5);
  }
}

// A grey picture stored as colours is the grey picture; and a smooth one survives a change of
// matrix.
static void
test_colour (void) {
  PrcFrameInfo info = {.rows = 60, .columns = 80, .rescale_slope = 1, .pixel_aspect = 1};
  guint8 grey[60 * 80], colour[60 * 80 * 3];
  for (unsigned i = 0; i < 60 * 80; i++)
    grey[i] = colour[3 * i] = colour[3 * i + 1] = colour[3 * i + 2] = (guint8)(i * 11 % 240);
  g_autoptr (GBytes) grey_bytes = g_bytes_new (grey, sizeof grey);
  g_autoptr (GBytes) colour_bytes = g_bytes_new (colour, sizeof colour);
  info.type = PRC_SAMPLE_U8;
  g_autoptr (PrcFrame) a = prc_frame_new (&info, grey_bytes, NULL);
  info.type = PRC_SAMPLE_RGB8;
  g_autoptr (PrcFrame) b = prc_frame_new (&info, colour_bytes, NULL);
  g_autofree float *x = input_of (a, NULL), *y = input_of (b, NULL);
  for (unsigned i = 0; i < LENGTH; i++)
    g_assert_cmpfloat_with_epsilon (x[i], y[i], 1e-5);
}

// Not-a-number and infinity count as the low end.
static void
test_not_finite (void) {
  float samples[32 * 32];
  for (unsigned i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = i < 32 * 16 ? (i % 2 ? NAN : -INFINITY) : (float)(i % 100);
  PrcFrameInfo info = {
      .rows = 32, .columns = 32, .type = PRC_SAMPLE_F32, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof samples);
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  g_autofree float *input = input_of (frame, NULL);
  float highest = -1;
  for (unsigned i = 0; i < LENGTH; i++) {
    g_assert_true (isfinite (input[i]));
    if (i < LENGTH / 4)
      g_assert_cmpfloat (input[i], ==, -1);
    highest = fmaxf (highest, input[i]);
  }
  g_assert_cmpfloat (highest, >, 0.9);
}

static void
refused (PrcFrame *frame, const PrcRegion *region) {
  g_autoptr (PrcFrame) owned = frame;
  g_autoptr (GError) error = NULL;
  g_autofree float *out = g_new (float, LENGTH);
  g_assert_false (prc_preprocess (&prc_recipe_built_in, frame, region, out, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
}

static void
test_refused (void) {
  PrcFrameInfo padded = ct_info ();
  padded.has_padding = true;
  padded.padding_low = -32768;
  padded.padding_high = 32767;
  refused (frame_of (padded, 2500, 0), NULL);
  refused (frame_of (ct_info (), 1, 40), NULL); // of one value
  refused (frame_of (mr_info (1), 1, 40), NULL);
  const PrcRegion regions[] = {{160, 0, 5, 5}, {-9, 0, 9, 9},  {0, 200, 5, 5}, {0, 0, -5, 5},
                               {0, 0, 5, 0},   {0, 0, NAN, 5}, {NAN, 0, 5, 5}, {0, INFINITY, 5, 5}};
  for (unsigned i = 0; i < G_N_ELEMENTS (regions); i++)
    refused (frame_of (ct_info (), 2500, 0), &regions[i]);
}

// Sizes and regions at the edges of what fits: nothing is read outside (a sanitizer says so),
// everything is in range.
static void
test_edges (void) {
  for (unsigned round = 0; round < 200; round++) {
    PrcFrameInfo info = ct_info ();
    info.rows = (uint32_t)g_test_rand_int_range (1, 300);
    info.columns = (uint32_t)g_test_rand_int_range (2, 300);
    info.pixel_aspect = exp (g_test_rand_double_range (-4, 4));
    if (round % 2)
      info.units[0] = '\0';
    g_autoptr (PrcFrame) frame = frame_of (info, 2500, 0);
    PrcRegion region = {g_test_rand_double_range (-2, 1), g_test_rand_double_range (-2, 0.5),
                        g_test_rand_double_range (2.1, 400), g_test_rand_double_range (2.1, 400)};
    g_autofree float *input = input_of (frame, round % 3 ? &region : NULL);
    for (unsigned i = 0; i < LENGTH; i++)
      g_assert_true (input[i] >= -1.0001f && input[i] <= 1.0001f);
  }
}

// --- segments

static PrcMask *
disc (uint32_t rows, uint32_t columns, int x, int y, int radius) {
  g_autofree guint8 *bytes = g_malloc0 ((gsize)rows * columns);
  for (int row = 0; row < (int)rows; row++)
    for (int column = 0; column < (int)columns; column++)
      bytes[row * (int)columns + column] =
          (column - x) * (column - x) + (row - y) * (row - y) < radius * radius;
  return prc_mask_new_from_bytes (rows, columns, bytes, columns);
}

static float *
segment_input (const PrcFrame *frame, PrcMask *mask) {
  g_autoptr (PrcMask) owned = mask;
  float *out = g_new (float, LENGTH);
  g_autoptr (GError) error = NULL;
  g_assert_true (prc_preprocess_segment (&prc_recipe_built_in, frame, mask, out, &error));
  g_assert_no_error (error);
  return out;
}

static void
check_segment (PrcFrame *frame, PrcMask *mask, const double expected[9]) {
  g_autoptr (PrcFrame) owned = frame;
  g_autofree float *out = segment_input (frame, mask);
  check_input (out, expected);
}

static void
test_segment (void) {
  static const double plain[] = {-0.095028, 0.000000,  -1.000000, -1.000000, 1.000000,
                                 0.763933,  -0.177936, -0.260352, -1.000000};
  static const double small[] = {-0.222129, -0.278327, -0.595103, -0.868569, 1.000000,
                                 0.716519,  -0.215569, -0.002021, -0.175922};
  static const double edge[] = {-0.285059, -1.000000, -1.000000, -0.199378, -0.145477,
                                -0.604263, -0.604263, 0.000000,  -1.000000};
  static const double padded[] = {-0.100994, 0.000000,  -1.000000, -1.000000, 1.000000,
                                  0.763933,  -0.177936, -0.260352, -1.000000};
  static const double grey[] = {-0.382131, -0.616195, -0.604717, -0.833960, -0.127656,
                                -0.127656, -0.127656, -0.280734, -0.459874};
  PrcFrameInfo info = ct_info ();
  check_segment (frame_of (info, 2500, 0), disc (200, 160, 70, 90, 20), plain);
  check_segment (frame_of (info, 2500, 0), disc (200, 160, 70, 90, 3), small);
  check_segment (frame_of (info, 2500, 0), disc (200, 160, 155, 4, 15), edge);
  info.has_padding = true;
  info.padding_low = -5;
  info.padding_high = 299;
  check_segment (frame_of (info, 2500, 0), disc (200, 160, 70, 90, 20), padded);
  info = mr_info (1.5);
  info.inverse = true;
  check_segment (frame_of (info, 700, 0), disc (90, 130, 60, 40, 25), grey);
}

// 40 HU where the mask is, `near_hu` close to it, `far_hu` beyond the square around it: of a mask of
// radius 20 in the middle the square is 58.5 wide.
static float *
staged_input (const PrcMask *mask, int near_hu, int far_hu) {
  PrcFrameInfo info = {.rows = 200,
                       .columns = 200,
                       .type = PRC_SAMPLE_S16,
                       .rescale_slope = 1,
                       .units = "HU",
                       .pixel_aspect = 1};
  g_autofree gint16 *samples = g_new (gint16, 200 * 200);
  for (int i = 0; i < 200 * 200; i++) {
    const int x = i % 200, y = i / 200, away = MAX (ABS (x - 100), ABS (y - 100));
    samples[i] = (gint16)(prc_mask_contains (mask, (uint32_t)x, (uint32_t)y) ? 40
                          : away < 31                                        ? near_hu
                                                                             : far_hu);
  }
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 200 * 200 * 2);
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  return segment_input (frame, prc_mask_ref ((PrcMask *)mask));
}

// What lies beyond the square is not seen; what lies beside the mask is, at half its height.
static void
test_segment_fades (void) {
  g_autoptr (PrcMask) mask = disc (200, 200, 100, 100, 20);
  g_autofree float *a = staged_input (mask, 240, -1000), *b = staged_input (mask, 240, 500),
                   *c = staged_input (mask, -160, 500);
  g_assert_cmpmem (a, LENGTH * sizeof (float), b, LENGTH * sizeof (float));
  const float *middle = a + (64 * SIZE + 64) * 3, *corner = a + (10 * SIZE + 10) * 3;
  g_assert_cmpfloat_with_epsilon (middle[1], 0,
                                  1e-5); // 40 HU: the middle of the soft tissue window
  g_assert_cmpfloat_with_epsilon (corner[1], 0, 1e-5); // 240 HU: its top, at half height
  corner = c + (10 * SIZE + 10) * 3;
  g_assert_cmpfloat_with_epsilon (corner[1], -1, 1e-5); // its bottom stays
}

// Neither the window in the file nor what stands in the padding.
static void
test_segment_window_does_not_matter (void) {
  PrcFrameInfo info = ct_info ();
  const PrcWindow window = {40, 80, "BRAIN"};
  g_autoptr (PrcFrame) plain = frame_of (info, 2500, 0);
  info.windows = &window;
  info.n_windows = 1;
  info.voi_function = PRC_VOI_SIGMOID;
  g_autoptr (PrcFrame) windowed = frame_of (info, 2500, 0);
  g_autofree float *a = segment_input (plain, disc (200, 160, 70, 90, 20));
  g_autofree float *b = segment_input (windowed, disc (200, 160, 70, 90, 20));
  g_assert_cmpmem (a, LENGTH * sizeof (float), b, LENGTH * sizeof (float));
}

static void
test_segment_refused (void) {
  g_autoptr (PrcFrame) frame = frame_of (ct_info (), 2500, 0);
  PrcMask *masks[] = {disc (200, 160, 70, 90, 0), disc (160, 200, 70, 90, 10),
                      disc (201, 160, 70, 90, 10)};
  for (unsigned i = 0; i < G_N_ELEMENTS (masks); i++) {
    g_autoptr (PrcMask) mask = masks[i];
    g_autoptr (GError) error = NULL;
    float out[LENGTH];
    g_assert_false (prc_preprocess_segment (&prc_recipe_built_in, frame, mask, out, &error));
    g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
  }
}

// Masks anywhere on images of any size and aspect: nothing is read outside, all is in range.
static void
test_segment_edges (void) {
  for (unsigned round = 0; round < 200; round++) {
    PrcFrameInfo info = ct_info ();
    info.rows = (uint32_t)g_test_rand_int_range (1, 300);
    info.columns = (uint32_t)g_test_rand_int_range (2, 300);
    info.pixel_aspect = exp (g_test_rand_double_range (-4, 4));
    if (round % 2)
      info.units[0] = '\0';
    g_autoptr (PrcFrame) frame = frame_of (info, 2500, 0);
    const int x = g_test_rand_int_range (0, (int)info.columns);
    const int y = g_test_rand_int_range (0, (int)info.rows);
    PrcMask *mask = disc (info.rows, info.columns, x, y, g_test_rand_int_range (1, 200));
    g_autofree float *input = segment_input (frame, mask);
    for (unsigned i = 0; i < LENGTH; i++)
      g_assert_true (input[i] >= -1.0001f && input[i] <= 1.0001f);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preprocess/ct", test_ct);
  g_test_add_func ("/preprocess/ct-padding", test_ct_padding);
  g_test_add_func ("/preprocess/grey", test_grey);
  g_test_add_func ("/preprocess/window-does-not-matter", test_window_does_not_matter);
  g_test_add_func ("/preprocess/padding-does-not-matter", test_padding_does_not_matter);
  g_test_add_func ("/preprocess/shutter-hides", test_shutter_hides);
  g_test_add_func ("/preprocess/storage-does-not-matter", test_storage_does_not_matter);
  g_test_add_func ("/preprocess/colour", test_colour);
  g_test_add_func ("/preprocess/not-finite", test_not_finite);
  g_test_add_func ("/preprocess/refused", test_refused);
  g_test_add_func ("/preprocess/edges", test_edges);
  g_test_add_func ("/preprocess/segment", test_segment);
  g_test_add_func ("/preprocess/segment-fades", test_segment_fades);
  g_test_add_func ("/preprocess/segment-window-does-not-matter",
                   test_segment_window_does_not_matter);
  g_test_add_func ("/preprocess/segment-refused", test_segment_refused);
  g_test_add_func ("/preprocess/segment-edges", test_segment_edges);
  return g_test_run ();
}
