// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "prc-imaging-error.h"
#include "prc-segment-edit.h"
#include "prc-segment-range.h"
#include "volume.h"

static PrcCodecPool *pool;
static const VolumeGrid grid = {
    .slices = 6, .rows = 14, .columns = 17, .slice_mm = 2, .row_mm = 1, .column_mm = 1};

typedef struct {
  char *folder;
  PrcFrameStore *store;
  PrcSeries *series;
  PrcSegmentStack *empty;
} Scene;

static void
scene_open (Scene *scene, const int16_t *values) {
  scene->folder = prc_fixture_folder ();
  scene->store = prc_frame_store_new (pool, 0);
  scene->series = volume_files (&grid, pool, scene->folder, values);
  scene->empty = prc_segment_stack_new_empty (grid.slices);
}

static void
scene_close (Scene *scene) {
  prc_segment_stack_unref (scene->empty);
  prc_series_unref (scene->series);
  prc_frame_store_unref (scene->store);
  prc_fixture_remove (scene->folder);
  g_free (scene->folder);
}

static PrcSegmentStack *
grow (Scene *scene, const PrcSegmentStack *stack, uint32_t column, uint32_t row, uint32_t index,
      PrcSegmentRange range) {
  g_autoptr (GError) error = NULL;
  PrcSegmentStack *grown = prc_segment_edit_grow (stack, scene->series, scene->store, column, row,
                                                  index, &range, G_MAXUINT64, NULL, &error);

  g_assert_no_error (error);
  return grown;
}

// Spreads until nothing changes any more.
static void
naive (const int16_t *values, PrcSegmentRange range, size_t seed, uint8_t *voxels) {
  bool changed = values[seed] >= range.low && values[seed] <= range.high;

  voxels[seed] = voxels[seed] || changed;
  while (changed) {
    changed = false;
    for (uint32_t i = 0; i < grid.slices; i++)
      for (uint32_t row = 0; row < grid.rows; row++)
        for (uint32_t column = 0; column < grid.columns; column++) {
          size_t at = volume_at (&grid, i, row, column);
          bool near = (i > 0 && voxels[volume_at (&grid, i - 1, row, column)]) ||
                      (i + 1 < grid.slices && voxels[volume_at (&grid, i + 1, row, column)]) ||
                      (row > 0 && voxels[at - grid.columns]) ||
                      (row + 1 < grid.rows && voxels[at + grid.columns]) ||
                      (column > 0 && voxels[at - 1]) ||
                      (column + 1 < grid.columns && voxels[at + 1]);
          if (near && !voxels[at] && values[at] >= range.low && values[at] <= range.high)
            voxels[at] = changed = true;
        }
  }
}

static void
test_like_naive (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  g_autofree int16_t *values = g_new (int16_t, volume_size (&grid));

  for (int round = 0; round < 12; round++) {
    // Half of the voxels are in the range: paths that wind through all slices.
    for (size_t i = 0; i < volume_size (&grid); i++)
      values[i] = (int16_t)g_rand_int_range (random, 0, 100 + 10 * round);
    PrcSegmentRange range = {20, 79};
    Scene scene;
    scene_open (&scene, values);
    for (int click = 0; click < 5; click++) {
      uint32_t index = (uint32_t)g_rand_int_range (random, 0, 6);
      uint32_t row = (uint32_t)g_rand_int_range (random, 0, 14);
      uint32_t column = (uint32_t)g_rand_int_range (random, 0, 17);
      g_autofree uint8_t *expected = volume_new (&grid);
      naive (values, range, volume_at (&grid, index, row, column), expected);
      g_autoptr (PrcSegmentStack) grown = grow (&scene, scene.empty, column, row, index, range);
      if (values[volume_at (&grid, index, row, column)] >= 20 &&
          values[volume_at (&grid, index, row, column)] <= 79)
        volume_assert_equal (&grid, grown, expected);
      else
        g_assert_cmpuint (prc_segment_stack_area (grown), ==, 0);
    }
    scene_close (&scene);
  }
}

// Two cubes that touch by an edge are not joined; what was there before stays.
static void
test_six_neighbours (void) {
  g_autofree int16_t *values = g_new0 (int16_t, volume_size (&grid));
  g_autofree uint8_t *expected = volume_new (&grid);
  Scene scene;

  for (uint32_t i = 1; i < 3; i++)
    for (uint32_t row = 2; row < 5; row++)
      for (uint32_t column = 2; column < 5; column++) {
        values[volume_at (&grid, i, row, column)] = 100;
        values[volume_at (&grid, i, row + 3, column + 3)] = 100;
        expected[volume_at (&grid, i, row, column)] = 1;
      }
  scene_open (&scene, values);
  g_autoptr (PrcSegmentStack) grown =
      grow (&scene, scene.empty, 3, 3, 1, (PrcSegmentRange){100, 100});
  volume_assert_equal (&grid, grown, expected);
  expected[0] = 1;
  g_autoptr (PrcSegmentStack) before = volume_stack (&grid, expected);
  g_autoptr (PrcSegmentStack) both = grow (&scene, before, 7, 7, 1, (PrcSegmentRange){100, 100});
  g_assert_cmpuint (prc_segment_stack_area (both), ==, 18 + 18 + 1);
  scene_close (&scene);
}

static void
test_limits (void) {
  g_autofree int16_t *values = g_new0 (int16_t, volume_size (&grid));
  PrcSegmentRange range = {0, 0};
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  Scene scene;

  scene_open (&scene, values);
  g_assert_null (prc_segment_edit_grow (scene.empty, scene.series, scene.store, 3, 3, 3, &range,
                                        volume_size (&grid) - 1, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_autoptr (PrcSegmentStack) all = prc_segment_edit_grow (
      scene.empty, scene.series, scene.store, 3, 3, 3, &range, volume_size (&grid), NULL, &error);
  g_assert_cmpuint (prc_segment_stack_area (all), ==, volume_size (&grid));
  g_cancellable_cancel (cancelled);
  g_assert_null (prc_segment_edit_grow (scene.empty, scene.series, scene.store, 3, 3, 3, &range,
                                        G_MAXUINT64, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autoptr (PrcSegmentStack) beside = grow (&scene, scene.empty, 17, 3, 3, range);
  g_assert_cmpuint (prc_segment_stack_area (beside), ==, 0);
  scene_close (&scene);
}

static PrcFrame *
frame_of (const PrcFrameInfo *info, const void *samples, size_t size) {
  g_autoptr (GBytes) bytes = g_bytes_new (samples, size);
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = prc_frame_new (info, bytes, &error);

  g_assert_no_error (error);
  return frame;
}

// Values are rescaled, padding is no tissue, and what a shutter hides is not there.
static void
test_range_of_values (void) {
  static const int16_t samples[] = {-2000, 1000, 1024, 1060, 1064, 1065, 1050, 1050};
  static const PrcRowSpan seen[] = {{0, 0, 4}, {1, 0, 3}};
  g_autoptr (PrcMask) shutter = prc_mask_new_from_spans (2, 4, seen, 2);
  PrcFrameInfo info = {.rows = 2,
                       .columns = 4,
                       .type = PRC_SAMPLE_S16,
                       .rescale_slope = 1,
                       .rescale_intercept = -1024,
                       .pixel_aspect = 1,
                       .has_padding = true,
                       .padding_low = 1060,
                       .padding_high = 1060,
                       .shutter = shutter};
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, sizeof samples);
  g_autoptr (PrcMask) mask = prc_segment_range_mask (frame, &(PrcSegmentRange){0, 40}, NULL);
  static const bool expected[] = {false, false, true, false, true, false, true, false};

  for (uint32_t i = 0; i < 8; i++)
    g_assert_true (prc_mask_contains (mask, i % 4, i / 4) == expected[i]);
  PrcMaskBounds bounds = {0, 9, 1, 9};
  g_autoptr (PrcMask) part = prc_segment_range_mask (frame, &(PrcSegmentRange){0, 40}, &bounds);
  g_assert_cmpuint (prc_mask_area (part), ==, 2); // 1024 and 1050
}

// A large frame goes by a table: the same as pixel by pixel, for every type of few values.
static void
test_table_like_values (void) {
  static const PrcSampleType types[] = {PRC_SAMPLE_U8, PRC_SAMPLE_S8, PRC_SAMPLE_U16,
                                        PRC_SAMPLE_S16, PRC_SAMPLE_F32};
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autofree uint32_t *noise = g_new (uint32_t, 300 * 300);

  for (size_t i = 0; i < 300 * 300; i++)
    noise[i] = g_rand_int (random);
  for (size_t t = 0; t < G_N_ELEMENTS (types); t++) {
    PrcFrameInfo info = {.rows = 300,
                         .columns = 300,
                         .type = types[t],
                         .rescale_slope = -2,
                         .rescale_intercept = 7,
                         .pixel_aspect = 1};
    g_autoptr (PrcFrame) frame = frame_of (&info, noise, 300 * 300 * prc_sample_size (types[t]));
    PrcSegmentRange range = {-101, 57};
    g_autoptr (PrcMask) mask = prc_segment_range_mask (frame, &range, NULL);
    for (uint32_t row = 0; row < 300; row += 3)
      for (uint32_t column = 0; column < 300; column++) {
        double value = prc_frame_stored (frame, column, row) * -2 + 7;
        g_assert_true (prc_mask_contains (mask, column, row) == (value >= -101 && value <= 57));
      }
  }
}

// By hand: 3 x 3 around the middle hold 90, 100 x 7, 110; mean 100, SD sqrt (200 / 8) = 5.
static void
test_range_around (void) {
  int16_t samples[25];
  PrcFrameInfo info = {
      .rows = 5, .columns = 5, .type = PRC_SAMPLE_S16, .rescale_slope = 1, .pixel_aspect = 1};
  PrcSegmentRange range;

  for (int i = 0; i < 25; i++)
    samples[i] = i / 5 % 4 == 0 || i % 5 % 4 == 0 ? 500 : 100;
  samples[6] = 90;
  samples[18] = 110;
  g_autoptr (PrcFrame) frame = frame_of (&info, samples, sizeof samples);
  g_assert_true (prc_segment_range_around (frame, 2, 2, 1, 2, &range));
  g_assert_cmpfloat_with_epsilon (range.low, 90, 1e-9);
  g_assert_cmpfloat_with_epsilon (range.high, 110, 1e-9);
  g_assert_true (prc_segment_range_around (frame, 2, 2, 0, 2, &range)); // a pixel has no spread
  g_assert_cmpfloat (range.low, ==, 99);
  g_assert_cmpfloat (range.high, ==, 101);
  g_assert_true (prc_segment_range_around (frame, 0, 0, 1, 0.001, &range)); // itself always
  g_assert_cmpfloat (range.high, >=, 500);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (2);
  g_test_add_func ("/segment-grow/like-naive", test_like_naive);
  g_test_add_func ("/segment-grow/six-neighbours", test_six_neighbours);
  g_test_add_func ("/segment-grow/limits", test_limits);
  g_test_add_func ("/segment-range/values", test_range_of_values);
  g_test_add_func ("/segment-range/table-like-values", test_table_like_values);
  g_test_add_func ("/segment-range/around", test_range_around);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
