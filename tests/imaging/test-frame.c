// SPDX-License-Identifier: Apache-2.0
#include <glib.h>
#include <math.h>
#include <string.h>

#include "prc-frame.h"
#include "prc-imaging-error.h"

static PrcFrameInfo
info_of (PrcSampleType type, uint32_t rows, uint32_t columns) {
  return (PrcFrameInfo){
      .rows = rows, .columns = columns, .type = type, .rescale_slope = 1, .pixel_aspect = 1};
}

static PrcFrame *
frame_of (const PrcFrameInfo *info, const void *samples) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      g_bytes_new (samples, (size_t)info->rows * info->columns * prc_sample_size (info->type));
  PrcFrame *frame = prc_frame_new (info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static void
expect_refused (const PrcFrameInfo *info, size_t size) {
  g_autoptr (GError) error = NULL;
  g_autofree char *zero = g_malloc0 (size + 1);
  g_autoptr (GBytes) bytes = g_bytes_new (zero, size);
  g_assert_null (prc_frame_new (info, bytes, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
}

static void
test_refuses (void) {
  PrcFrameInfo info = info_of (PRC_SAMPLE_U16, 2, 3);
  expect_refused (&info, 11);
  expect_refused (&info, 13);
  info = info_of (PRC_SAMPLE_U16, 0, 3);
  expect_refused (&info, 0);
  info = info_of (PRC_SAMPLE_U16, 1u << 31, 1u << 31);
  expect_refused (&info, 0);
  info = info_of (77, 2, 3);
  expect_refused (&info, 12);
  info = info_of (PRC_SAMPLE_U8, 1, 1);
  info.rescale_slope = NAN;
  expect_refused (&info, 1);
  info.rescale_slope = 0;
  expect_refused (&info, 1);
  info = info_of (PRC_SAMPLE_U8, 1, 1);
  info.pixel_aspect = 0;
  expect_refused (&info, 1);
  info = info_of (PRC_SAMPLE_U8, 1, 1);
  PrcLut lut = {.n_entries = 0, .bits = 16, .entries = (const uint16_t[]){1}};
  info.modality_lut = &lut;
  expect_refused (&info, 1);
  lut.n_entries = 1;
  lut.bits = 17;
  expect_refused (&info, 1);
}

static void
test_copies (void) {
  uint16_t entries[] = {10, 20, 30};
  PrcLut lut = {.first_mapped = -1, .n_entries = 3, .bits = 8, .entries = entries};
  PrcWindow windows[] = {{40, 400, "soft"}, {1, 0, "bad"}, {NAN, 5, ""}, {-600, 1500, "lung"}};
  PrcFrameInfo info = info_of (PRC_SAMPLE_S8, 1, 4);
  info.modality_lut = &lut;
  info.windows = windows;
  info.n_windows = 4;
  info.row_spacing_mm = -3;
  info.column_spacing_mm = NAN;
  info.has_padding = true;
  info.padding_low = 5;
  info.padding_high = -5;
  const int8_t samples[] = {-128, 127, 0, 1};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples);
  entries[1] = 99;
  windows[0].centre = 99;
  const PrcFrameInfo *copy = prc_frame_info (frame);
  g_assert_cmpuint (copy->n_windows, ==, 2);
  g_assert_cmpfloat (copy->windows[0].centre, ==, 40);
  g_assert_cmpstr (copy->windows[1].explanation, ==, "lung");
  g_assert_cmpuint (copy->modality_lut->entries[1], ==, 20);
  g_assert_cmpfloat (copy->row_spacing_mm, ==, 0);
  g_assert_cmpfloat (copy->column_spacing_mm, ==, 0);
  g_assert_cmpfloat (copy->padding_low, ==, -5);
  g_assert_cmpfloat (prc_frame_stored (frame, 0, 0), ==, -128);
  g_assert_cmpuint (prc_frame_size (frame), ==, 4);
  // PS3.3 C.11.1.1.1: below the first value mapped the first entry, beyond the last the last
  g_assert_cmpfloat (prc_frame_modality (frame, -100), ==, 10);
  g_assert_cmpfloat (prc_frame_modality (frame, 0), ==, 20);
  g_assert_cmpfloat (prc_frame_modality (frame, 1), ==, 30);
  g_assert_cmpfloat (prc_frame_modality (frame, 100), ==, 30);
  g_assert_true (prc_frame_is_padding (frame, -5));
  g_assert_false (prc_frame_is_padding (frame, 6));
}

static void
test_unaligned (void) {
  static const uint8_t raw[] = {0, 1, 0, 2, 0, 3, 0};
  g_autoptr (GBytes) all = g_bytes_new (raw, sizeof raw);
  g_autoptr (GBytes) odd = g_bytes_new_from_bytes (all, 1, 6);
  PrcFrameInfo info = info_of (PRC_SAMPLE_U16, 1, 3);
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, odd, NULL);
  g_assert_nonnull (frame);
  g_assert_cmpuint ((uintptr_t)prc_frame_samples (frame) % 2, ==, 0);
  g_assert_cmpfloat (prc_frame_stored (frame, 2, 0), ==, 3);
}

static void
expect_quantiles (const PrcFrame *frame, double q0, double q25, double q100) {
  const double q[] = {0, 0.25, 1};
  double out[3];
  g_assert_true (prc_frame_quantiles (frame, q, out, 3));
  g_assert_cmpfloat_with_epsilon (out[0], q0, 1e-9);
  g_assert_cmpfloat_with_epsilon (out[1], q25, 1e-9);
  g_assert_cmpfloat_with_epsilon (out[2], q100, 1e-9);
}

// numpy.quantile ([5, -3, 900, 7, 7, 2], [0, .25, 1]) = -3, 2.75, 900 (linear interpolation)
static void
test_quantiles_of_types (void) {
  const int16_t s16[] = {5, -3, 900, 7, 7, 2};
  const int32_t s32[] = {5, -3, 900, 7, 7, 2};
  const float f32[] = {5, -3, 900, 7, 7, 2};
  const double f64[] = {5, -3, 900, 7, 7, 2};
  const struct {
    PrcSampleType type;
    const void *samples;
  } all[] = {
      {PRC_SAMPLE_S16, s16}, {PRC_SAMPLE_S32, s32}, {PRC_SAMPLE_F32, f32}, {PRC_SAMPLE_F64, f64}};
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++) {
    PrcFrameInfo info = info_of (all[i].type, 2, 3);
    g_autoptr (PrcFrame) frame = frame_of (&info, all[i].samples);
    expect_quantiles (frame, -3, 2.75, 900);
  }
  const uint8_t u8[] = {5, 0, 255, 7, 7, 2}; // numpy: 0, 2.75, 255
  PrcFrameInfo info = info_of (PRC_SAMPLE_U8, 2, 3);
  g_autoptr (PrcFrame) frame = frame_of (&info, u8);
  expect_quantiles (frame, 0, 2.75, 255);
}

// numpy on the values without padding: [10, 20, 30, 40] -> 10, 17.5, 40
static void
test_quantiles_without_padding (void) {
  const uint16_t samples[] = {10, 65535, 40, 65530, 20, 30};
  PrcFrameInfo info = info_of (PRC_SAMPLE_U16, 2, 3);
  info.has_padding = true;
  info.padding_low = 65530;
  info.padding_high = 65535;
  g_autoptr (PrcFrame) frame = frame_of (&info, samples);
  expect_quantiles (frame, 10, 17.5, 40);
  info.padding_low = 0;
  g_autoptr (PrcFrame) nothing = frame_of (&info, samples);
  double q = 0.5, out;
  g_assert_false (prc_frame_quantiles (nothing, &q, &out, 1));
}

// A falling slope turns the order round: numpy.quantile ([-10, -20, -30, -80]) -> -80, -42.5, -10
static void
test_quantiles_of_modality (void) {
  const uint16_t samples[] = {1, 2, 3, 8};
  PrcFrameInfo info = info_of (PRC_SAMPLE_U16, 2, 2);
  info.rescale_slope = -10;
  g_autoptr (PrcFrame) falling = frame_of (&info, samples);
  expect_quantiles (falling, -80, -42.5, -10);
  const uint16_t entries[] = {500, 100, 300}; // samples become 500, 100, 300, 300
  PrcLut lut = {.first_mapped = 1, .n_entries = 3, .bits = 16, .entries = entries};
  info.modality_lut = &lut;
  g_autoptr (PrcFrame) table = frame_of (&info, samples);
  expect_quantiles (table, 100, 250, 500);
}

static void
test_quantiles_of_odd_values (void) {
  const float samples[] = {NAN, INFINITY, 2, -INFINITY, 4, 6};
  PrcFrameInfo info = info_of (PRC_SAMPLE_F32, 2, 3);
  g_autoptr (PrcFrame) frame = frame_of (&info, samples);
  expect_quantiles (frame, 2, 3, 6);
  const uint8_t rgb[3] = {1, 2, 3};
  info = info_of (PRC_SAMPLE_RGB8, 1, 1);
  g_autoptr (PrcFrame) colour = frame_of (&info, rgb);
  double q = 0.5, out;
  g_assert_false (prc_frame_quantiles (colour, &q, &out, 1));
}

// A large frame is looked at on a grid: a ramp keeps its quantiles; tissue between the points of
// the grid is found.
static void
test_quantiles_of_large (void) {
  const uint32_t side = 2048;
  g_autofree uint16_t *samples = g_new (uint16_t, side * side);
  for (uint32_t i = 0; i < side * side; i++)
    samples[i] = (uint16_t)(i / side);
  PrcFrameInfo info = info_of (PRC_SAMPLE_U16, side, side);
  g_autoptr (PrcFrame) ramp = frame_of (&info, samples);
  const double q = 0.5;
  double out;
  g_assert_true (prc_frame_quantiles (ramp, &q, &out, 1));
  g_assert_cmpfloat_with_epsilon (out, 1023.5, 4);
  memset (samples, 0, sizeof *samples * side * side);
  samples[side + 1] = 77;
  info.has_padding = true;
  g_autoptr (PrcFrame) hidden = frame_of (&info, samples);
  g_assert_true (prc_frame_quantiles (hidden, &q, &out, 1));
  g_assert_cmpfloat (out, ==, 77);
}

static PrcFrame *
from_text (const char *text, size_t size, GError **error) {
  g_autoptr (GVariant) reading = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  g_assert_nonnull (reading);
  g_autofree char *zero = g_malloc0 (size);
  g_autoptr (GBytes) bytes = g_bytes_new (zero, size);
  return prc_frame_new_from_reading (reading, bytes, error);
}

static void
test_reading (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = from_text (
      "{'SampleType': <@u 3>, 'Rows': <@u 2>, 'Columns': <@u 3>, 'Inverse': <true>, 'Units': "
      "<'HU'>,"
      " 'RescaleSlope': <0.5>, 'RescaleIntercept': <-1024.0>, 'VOILUTFunction': <'SIGMOID '>,"
      " 'WindowCenter': <[40.0, 1.0, -600.0]>, 'WindowWidth': <[400.0, 0.0]>,"
      " 'WindowCenterWidthExplanation': <['soft']>, 'PixelPadding': <(-2000.0, -1999.0)>,"
      " 'RowSpacing': <2.0>, 'ColumnSpacing': <1.0>, 'Lossy': <true>,"
      " 'ModalityLUT': <(@i -1, @u 16, 'HU', @ay [1, 0, 2, 0])>,"
      " 'VOILUTs': <[(@i 0, @u 8, 'a', @ay [1, 0]), (@i 0, @u 99, 'bad', @ay [1, 0]),"
      "              (@i 0, @u 8, 'empty', @ay [])]>}",
      12, &error);
  g_assert_no_error (error);
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_assert_cmpint (info->type, ==, PRC_SAMPLE_S16);
  g_assert_true (info->inverse && info->lossy && info->has_padding);
  g_assert_cmpstr (info->units, ==, "HU");
  g_assert_cmpint (info->voi_function, ==, PRC_VOI_SIGMOID);
  g_assert_cmpuint (info->n_windows, ==, 1);
  g_assert_cmpstr (info->windows[0].explanation, ==, "soft");
  g_assert_cmpfloat (info->pixel_aspect, ==, 2);
  g_assert_cmpuint (info->modality_lut->n_entries, ==, 2);
  g_assert_cmpuint (info->modality_lut->entries[1], ==, 2);
  g_assert_cmpuint (info->n_voi_luts, ==, 1);
  g_assert_cmpstr (info->voi_luts[0].explanation, ==, "a");
}

static void
test_reading_refuses (void) {
  static const char *const all[] = {
      "{}",
      "{'SampleType': <@u 3>, 'Rows': <@u 2>}",
      "{'SampleType': <@u 3>, 'Rows': <2.0>, 'Columns': <@u 3>}",
      "{'SampleType': <@u 3>, 'Rows': <@u 65536>, 'Columns': <@u 65536>}",
      "{'SampleType': <@u 99>, 'Rows': <@u 2>, 'Columns': <@u 3>}",
      "{'SampleType': <@u 3>, 'Rows': <@u 2>, 'Columns': <@u 3>,"
      " 'ModalityLUT': <(@i 0, @u 16, '', @ay [])>}",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (from_text (all[i], 12, &error));
    g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/refuses", test_refuses);
  g_test_add_func ("/frame/copies", test_copies);
  g_test_add_func ("/frame/unaligned", test_unaligned);
  g_test_add_func ("/frame/quantiles/types", test_quantiles_of_types);
  g_test_add_func ("/frame/quantiles/padding", test_quantiles_without_padding);
  g_test_add_func ("/frame/quantiles/modality", test_quantiles_of_modality);
  g_test_add_func ("/frame/quantiles/odd-values", test_quantiles_of_odd_values);
  g_test_add_func ("/frame/quantiles/large", test_quantiles_of_large);
  g_test_add_func ("/frame/reading", test_reading);
  g_test_add_func ("/frame/reading-refuses", test_reading_refuses);
  return g_test_run ();
}
