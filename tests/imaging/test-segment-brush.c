// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "fixture.h"
#include "prc-segment-edit.h"
#include "volume.h"

#define ALL                                                                                        \
  (PrcSegmentRange) {                                                                              \
    1, 0                                                                                           \
  }

static PrcSegmentStack *
stroke (const PrcSegmentStack *stack, const PrcSeries *series, PrcFrameStore *store, PrcBrush from,
        PrcBrush to) {
  g_autoptr (GError) error = NULL;
  PrcSegmentStack *painted =
      prc_segment_edit_brush (stack, series, store, &from, &to, NULL, &error);

  g_assert_no_error (error);
  return painted;
}

static PrcSegmentStack *
dab (const PrcSegmentStack *stack, const PrcSeries *series, PrcBrush at) {
  return stroke (stack, series, NULL, at, at);
}

// Voxels whose centres are within the radius of a line between two points, looked at one by one.
static uint8_t *
naive (const VolumeGrid *grid, PrcBrush from, PrcBrush to) {
  uint8_t *voxels = volume_new (grid);
  double row_mm = grid->row_mm > 0 ? grid->row_mm : 1;
  double column_mm = grid->column_mm > 0 ? grid->column_mm : 1;
  double ax = (from.image_x - 0.5) * column_mm, ay = (from.image_y - 0.5) * row_mm;
  double bx = (to.image_x - 0.5) * column_mm, by = (to.image_y - 0.5) * row_mm;
  double square = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);

  for (uint32_t slice = 0; slice < grid->slices; slice++)
    for (uint32_t row = 0; row < grid->rows; row++)
      for (uint32_t column = 0; column < grid->columns; column++) {
        double away = ((double)slice - to.index) * grid->slice_mm;
        double x = column * column_mm,
               y = row * row_mm + ((double)slice - to.index) * grid->shift_mm;
        double part = square > 0 ? ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square : 0;
        part = CLAMP (part, 0, 1);
        double in_plane = hypot (x - ax - part * (bx - ax), y - ay - part * (by - ay));
        double radius =
            slice == to.index ? fmax (to.radius_mm, hypot (row_mm, column_mm) / 2) : to.radius_mm;
        bool seen = slice == to.index || (to.sphere && grid->slice_mm > 0);
        if (seen && hypot (in_plane, away) <= radius + 1e-9)
          voxels[volume_at (grid, slice, row, column)] = 1;
      }
  return voxels;
}

static void
test_disc_in_millimetres (void) {
  // Pixels 2 mm high and 1 mm wide: a radius of 3 mm is 3 columns and 1 row to either side.
  VolumeGrid grid = {
      .slices = 3, .rows = 9, .columns = 11, .slice_mm = 5, .row_mm = 2, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (3);
  g_autoptr (PrcSegmentStack) disc =
      dab (empty, series,
           (PrcBrush){.image_x = 5.5, .image_y = 4.5, .index = 1, .radius_mm = 3, .range = ALL});
  g_autofree uint8_t *expected = volume_new (&grid);

  for (uint32_t column = 2; column <= 8; column++)
    expected[volume_at (&grid, 1, 4, column)] = 1;
  for (uint32_t column = 3; column <= 7; column++) // sqrt (9 - 4) = 2.2
    expected[volume_at (&grid, 1, 3, column)] = expected[volume_at (&grid, 1, 5, column)] = 1;
  volume_assert_equal (&grid, disc, expected);
  g_assert_cmpuint (prc_segment_stack_area (empty), ==, 0);
}

static void
test_never_nothing (void) {
  VolumeGrid grid = {.slices = 1, .rows = 9, .columns = 9, .row_mm = 1, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (1);
  g_autoptr (PrcSegmentStack) centre =
      dab (empty, series, (PrcBrush){.image_x = 3.5, .image_y = 3.5, .range = ALL});
  g_autoptr (PrcSegmentStack) corner =
      dab (empty, series, (PrcBrush){.image_x = 3.99, .image_y = 3.01, .range = ALL});
  g_autoptr (PrcSegmentStack) thin =
      stroke (empty, series, NULL, (PrcBrush){.image_x = 0.5, .image_y = 0.5, .range = ALL},
              (PrcBrush){.image_x = 8.5, .image_y = 8.5, .range = ALL});

  g_assert_cmpuint (prc_segment_stack_area (centre), ==, 1);
  g_assert_true (prc_mask_contains (prc_segment_stack_mask (corner, 0), 3, 3));
  for (uint32_t i = 0; i < 9; i++)
    g_assert_true (prc_mask_contains (prc_segment_stack_mask (thin, 0), i, i));
}

// What cannot be drawn changes nothing.
static void
test_nowhere (void) {
  VolumeGrid grid = {
      .slices = 2, .rows = 5, .columns = 5, .slice_mm = 1, .row_mm = 1, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (2);
  g_autoptr (PrcSegmentStack) other = prc_segment_stack_new_empty (3);
  static const PrcBrush brushes[] = {
      {.image_x = -50, .image_y = 2, .radius_mm = 3, .sphere = true, .range = {1, 0}},
      {.image_x = NAN, .image_y = 2, .radius_mm = 3, .range = {1, 0}},
      {.image_x = 1e300, .image_y = -1e300, .radius_mm = 3, .sphere = true, .range = {1, 0}},
      {.image_x = 1, .image_y = 1, .radius_mm = INFINITY, .sphere = true, .range = {1, 0}},
      {.image_x = 1, .image_y = 1, .radius_mm = NAN, .range = {1, 0}},
      {.image_x = 1, .image_y = 1, .radius_mm = 1, .index = 2, .range = {1, 0}},
      {.image_x = 1, .image_y = 1, .radius_mm = 1, .erase = true, .range = {1, 0}},
  };
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (brushes); i++) {
    g_autoptr (PrcSegmentStack) same = dab (empty, series, brushes[i]);
    g_assert_cmpuint (prc_segment_stack_area (same), ==, 0);
  }
  g_assert_null (
      prc_segment_edit_brush (other, series, NULL, &brushes[0], &brushes[0], NULL, &error));
  g_assert_nonnull (error);
}

static PrcBrush
random_brush (GRand *random, const VolumeGrid *grid) {
  return (PrcBrush){.image_x = g_rand_double_range (random, -3, grid->columns + 3),
                    .image_y = g_rand_double_range (random, -3, grid->rows + 3),
                    .radius_mm = g_rand_double_range (random, 0, 9),
                    .range = ALL};
}

// Strokes of any size and way, on stacks of any spacing, tilted ones too: voxel by voxel.
static void
test_like_naive (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (int round = 0; round < 120; round++) {
    VolumeGrid grid = {.slices = 7,
                       .rows = 19,
                       .columns = 23,
                       .slice_mm = round % 5 == 0 ? 0 : g_rand_double_range (random, 0.5, 4),
                       .row_mm = round % 7 == 0 ? 0 : g_rand_double_range (random, 0.4, 2),
                       .column_mm = g_rand_double_range (random, 0.4, 2),
                       .shift_mm = round % 3 == 0 ? 0.7 : 0};
    if (grid.row_mm == 0)
      grid.column_mm = grid.slice_mm = 0;
    if (grid.slice_mm == 0)
      grid.shift_mm = 0;
    g_autoptr (PrcSeries) series = volume_series (&grid);
    PrcBrush from = random_brush (random, &grid), to = random_brush (random, &grid);
    from.index = to.index = (uint32_t)g_rand_int_range (random, 0, 7);
    from.sphere = to.sphere = round % 2;
    from.radius_mm = to.radius_mm;
    g_autofree uint8_t *before = volume_random (&grid, random);
    g_autofree uint8_t *touched = naive (&grid, from, to);
    g_autofree uint8_t *expected = volume_new (&grid);
    g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, before);

    for (int erase = 0; erase < 2; erase++) {
      from.erase = to.erase = erase;
      for (size_t i = 0; i < volume_size (&grid); i++)
        expected[i] = erase ? before[i] && !touched[i] : before[i] || touched[i];
      g_autoptr (PrcSegmentStack) painted = stroke (stack, series, NULL, from, to);
      volume_assert_equal (&grid, painted, expected);
    }
  }
}

// A ball of 20 mm in voxels of 0.8 x 0.7 x 2.5 mm holds 4/3 pi r^3, within a layer of voxels.
static void
test_ball_volume (void) {
  VolumeGrid grid = {
      .slices = 21, .rows = 64, .columns = 64, .slice_mm = 2.5, .row_mm = 0.8, .column_mm = 0.7};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (21);
  g_autoptr (PrcSegmentStack) ball = dab (empty, series,
                                          (PrcBrush){.image_x = 32.2,
                                                     .image_y = 31.7,
                                                     .index = 10,
                                                     .radius_mm = 20,
                                                     .sphere = true,
                                                     .range = ALL});
  double volume = (double)prc_segment_stack_area (ball) * 2.5 * 0.8 * 0.7;

  g_assert_cmpfloat_with_epsilon (volume, 4.0 / 3 * G_PI * 8000, 4.0 / 3 * G_PI * 8000 * 0.02);
  g_assert_null (prc_segment_stack_mask (ball, 1)); // 22.5 mm away
  g_assert_nonnull (prc_segment_stack_mask (ball, 3));
}

static void
test_shares_what_is_not_touched (void) {
  VolumeGrid grid = {
      .slices = 9, .rows = 20, .columns = 20, .slice_mm = 1, .row_mm = 1, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autofree uint8_t *voxels = volume_random (&grid, random);
  g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
  g_autoptr (PrcSegmentStack) painted = dab (stack, series,
                                             (PrcBrush){.image_x = 10,
                                                        .image_y = 10,
                                                        .index = 4,
                                                        .radius_mm = 1.5,
                                                        .sphere = true,
                                                        .range = ALL});

  for (uint32_t i = 0; i < 9; i++)
    if (i < 3 || i > 5)
      g_assert_true (prc_segment_stack_mask (stack, i) == prc_segment_stack_mask (painted, i));
}

// Only what lies within the range is touched, both ends included; its file is read for that.
static void
test_range (void) {
  VolumeGrid grid = {
      .slices = 2, .rows = 8, .columns = 8, .slice_mm = 1, .row_mm = 1, .column_mm = 1};
  g_autofree char *folder = prc_fixture_folder ();
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (2);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autofree int16_t *values = g_new (int16_t, volume_size (&grid));
  g_autofree uint8_t *expected = volume_new (&grid);

  for (size_t i = 0; i < volume_size (&grid); i++) {
    values[i] = (int16_t)(i % 5 * 10);
    expected[i] = i >= 64 && values[i] >= 10 && values[i] <= 30;
  }
  g_autoptr (PrcSeries) series = volume_files (&grid, pool, folder, values);
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (2);
  PrcBrush brush = {.image_x = 4, .image_y = 4, .index = 1, .radius_mm = 99, .range = {10, 30}};
  g_autoptr (PrcSegmentStack) painted = stroke (empty, series, store, brush, brush);

  volume_assert_equal (&grid, painted, expected);
  brush.erase = true;
  brush.range.low = 20;
  g_autoptr (PrcSegmentStack) erased = stroke (painted, series, store, brush, brush);
  for (size_t i = 0; i < volume_size (&grid); i++)
    expected[i] = i >= 64 && values[i] == 10;
  volume_assert_equal (&grid, erased, expected);
  prc_fixture_remove (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment-brush/disc-in-millimetres", test_disc_in_millimetres);
  g_test_add_func ("/segment-brush/never-nothing", test_never_nothing);
  g_test_add_func ("/segment-brush/nowhere", test_nowhere);
  g_test_add_func ("/segment-brush/like-naive", test_like_naive);
  g_test_add_func ("/segment-brush/ball-volume", test_ball_volume);
  g_test_add_func ("/segment-brush/shares", test_shares_what_is_not_touched);
  g_test_add_func ("/segment-brush/range", test_range);
  return g_test_run ();
}
