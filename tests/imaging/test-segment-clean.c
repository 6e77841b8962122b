// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <string.h>

#include "prc-distance.h"
#include "prc-segment-edit.h"
#include "volume.h"

// Filling between slices, islands, holes, smoothing and sets, against twins that look at every
// voxel. tests/conformance/segment.py compares the same operations with scipy.

static PrcSegmentStack *
checked (PrcSegmentStack *stack, GError *error) {
  g_assert_no_error (error);
  g_assert_nonnull (stack);
  return stack;
}

/* ---- islands ---- */

static void
naive_spread (const VolumeGrid *grid, const uint8_t *voxels, uint32_t *labels, size_t seed,
              uint32_t label) {
  GArray *waiting = g_array_new (FALSE, FALSE, sizeof (size_t));

  labels[seed] = label;
  g_array_append_val (waiting, seed);
  while (waiting->len > 0) {
    size_t at = g_array_index (waiting, size_t, waiting->len - 1);
    int64_t z = (int64_t)(at / grid->columns / grid->rows);
    int64_t y = (int64_t)(at / grid->columns % grid->rows), x = (int64_t)(at % grid->columns);

    g_array_set_size (waiting, waiting->len - 1);
    for (int i = 0; i < 27; i++) {
      int64_t dz = z + i / 9 - 1, dy = y + i / 3 % 3 - 1, dx = x + i % 3 - 1;
      if (dz < 0 || dy < 0 || dx < 0 || dz >= grid->slices || dy >= grid->rows ||
          dx >= grid->columns)
        continue;
      size_t next = volume_at (grid, (uint32_t)dz, (uint32_t)dy, (uint32_t)dx);
      if (!voxels[next] || labels[next])
        continue;
      labels[next] = label;
      g_array_append_val (waiting, next);
    }
  }
  g_array_unref (waiting);
}

static uint8_t *
naive_islands (const VolumeGrid *grid, const uint8_t *voxels, uint64_t min_voxels) {
  size_t size = volume_size (grid);
  g_autofree uint32_t *labels = g_new0 (uint32_t, size);
  g_autofree uint64_t *areas = g_new0 (uint64_t, size + 1);
  uint8_t *kept = volume_new (grid);
  uint32_t n = 0, largest = 0;

  for (size_t i = 0; i < size; i++)
    if (voxels[i] && !labels[i])
      naive_spread (grid, voxels, labels, i, ++n);
  for (size_t i = 0; i < size; i++)
    areas[labels[i]]++;
  for (uint32_t label = 1; label <= n; label++)
    if (largest == 0 || areas[label] > areas[largest])
      largest = label;
  for (size_t i = 0; i < size; i++)
    kept[i] = labels[i] && (labels[i] == largest || areas[labels[i]] >= min_voxels);
  return kept;
}

static void
test_islands_like_naive (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  VolumeGrid grid = {.slices = 8, .rows = 21, .columns = 18};

  for (int round = 0; round < 60; round++) {
    g_autofree uint8_t *voxels = volume_random (&grid, random);
    g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
    static const uint64_t limits[] = {0, 2, 30, G_MAXUINT64};
    for (size_t i = 0; i < G_N_ELEMENTS (limits); i++) {
      GError *error = NULL;
      g_autofree uint8_t *expected = naive_islands (&grid, voxels, limits[i]);
      g_autoptr (PrcSegmentStack) kept =
          checked (prc_segment_edit_remove_islands (stack, limits[i], NULL, &error), error);
      volume_assert_equal (&grid, kept, expected);
      if (limits[i] == 0)
        g_assert_true (prc_segment_stack_mask (kept, 4) == prc_segment_stack_mask (stack, 4));
    }
  }
}

// Touching by a corner from slice to slice is enough; a gap is not.
static void
test_islands_by_hand (void) {
  VolumeGrid grid = {.slices = 4, .rows = 6, .columns = 6};
  g_autofree uint8_t *voxels = volume_new (&grid);
  GError *error = NULL;

  voxels[volume_at (&grid, 0, 1, 1)] = voxels[volume_at (&grid, 1, 2, 2)] =
      voxels[volume_at (&grid, 2, 1, 3)] = 1;
  voxels[volume_at (&grid, 2, 4, 5)] = voxels[volume_at (&grid, 3, 5, 5)] = 1;
  g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
  g_autoptr (PrcSegmentStack) largest =
      checked (prc_segment_edit_remove_islands (stack, G_MAXUINT64, NULL, &error), error);
  g_assert_cmpuint (prc_segment_stack_area (largest), ==, 3);
  g_assert_null (prc_segment_stack_mask (largest, 3));
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (4);
  g_autoptr (PrcSegmentStack) nothing =
      checked (prc_segment_edit_remove_islands (empty, 5, NULL, &error), error);
  g_assert_cmpuint (prc_segment_stack_area (nothing), ==, 0);
}

/* ---- holes ---- */

// What cannot be reached from the sides by steps along rows and columns.
static void
naive_holes (const VolumeGrid *grid, const uint8_t *slice, uint8_t *filled) {
  g_autofree uint8_t *outside = g_new0 (uint8_t, (size_t)grid->rows * grid->columns);
  bool changed = true;

  while (changed) {
    changed = false;
    for (uint32_t i = 0; i < grid->rows * grid->columns; i++) {
      uint32_t row = i / grid->columns, column = i % grid->columns;
      bool side = row == 0 || column == 0 || row + 1 == grid->rows || column + 1 == grid->columns;
      if (!slice[i] && !outside[i] &&
          (side || outside[i - 1] || outside[i + 1] || outside[i - grid->columns] ||
           outside[i + grid->columns]))
        outside[i] = changed = true;
    }
  }
  for (uint32_t i = 0; i < grid->rows * grid->columns; i++)
    filled[i] = !outside[i];
}

static void
test_holes_like_naive (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  VolumeGrid grid = {.slices = 3, .rows = 16, .columns = 15};
  g_autofree uint8_t *voxels = volume_new (&grid), *expected = volume_new (&grid);

  for (int round = 0; round < 200; round++) {
    for (size_t i = 0; i < volume_size (&grid); i++)
      voxels[i] = g_rand_int_range (random, 0, 100) < 30 + round / 4;
    for (uint32_t i = 0; i < grid.slices; i++)
      naive_holes (&grid, voxels + volume_at (&grid, i, 0, 0),
                   expected + volume_at (&grid, i, 0, 0));
    GError *error = NULL;
    g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
    g_autoptr (PrcSegmentStack) filled =
        checked (prc_segment_edit_fill_holes (stack, NULL, &error), error);
    volume_assert_equal (&grid, filled, expected);
  }
}

/* ---- smoothing ---- */

static bool
naive_majority (const VolumeGrid *grid, const uint8_t *voxels, uint32_t slice, uint32_t row,
                uint32_t column, double radius) {
  int reach = (int)radius + 1, n = 0, set = 0;

  for (int z = -reach; z <= reach; z++)
    for (int y = -2 * reach; y <= 2 * reach; y++)
      for (int x = -2 * reach; x <= 2 * reach; x++) {
        if (pow (z * grid->slice_mm, 2) + pow (y * grid->row_mm, 2) + pow (x * grid->column_mm, 2) >
            radius * radius + 1e-9)
          continue;
        int64_t at_z = CLAMP ((int64_t)slice + z, 0, (int64_t)grid->slices - 1);
        int64_t at_y = CLAMP ((int64_t)row + y, 0, (int64_t)grid->rows - 1);
        int64_t at_x = CLAMP ((int64_t)column + x, 0, (int64_t)grid->columns - 1);
        n++;
        set += voxels[volume_at (grid, (uint32_t)at_z, (uint32_t)at_y, (uint32_t)at_x)];
      }
  return 2 * set > n;
}

static void
test_smooth_like_naive (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (6);

  for (int round = 0; round < 12; round++) {
    VolumeGrid grid = {.slices = 6,
                       .rows = 13,
                       .columns = 14,
                       .slice_mm = 1 + round % 3,
                       .row_mm = 0.8,
                       .column_mm = 1.1};
    double radius = 1 + 0.4 * round;
    g_autoptr (PrcSeries) series = volume_series (&grid);
    g_autofree uint8_t *voxels = volume_random (&grid, random), *expected = volume_new (&grid);
    for (uint32_t i = 0; i < grid.slices; i++)
      for (uint32_t row = 0; row < grid.rows; row++)
        for (uint32_t column = 0; column < grid.columns; column++)
          expected[volume_at (&grid, i, row, column)] =
              naive_majority (&grid, voxels, i, row, column, radius);
    GError *error = NULL;
    g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
    g_autoptr (PrcSegmentStack) smooth =
        checked (prc_segment_edit_smooth (stack, series, radius, NULL, &error), error);
    volume_assert_equal (&grid, smooth, expected);
  }
}

// A lone voxel goes, a notch is filled, a plane stays: also at the ends of the series.
static void
test_smooth_by_hand (void) {
  VolumeGrid grid = {
      .slices = 3, .rows = 12, .columns = 12, .slice_mm = 1, .row_mm = 1, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autofree uint8_t *voxels = volume_new (&grid);
  GError *error = NULL;

  for (uint32_t i = 0; i < 3; i++)
    memset (voxels + volume_at (&grid, i, 0, 0), 1, 6 * 12);
  g_autofree uint8_t *expected = g_memdup2 (voxels, volume_size (&grid));
  voxels[volume_at (&grid, 1, 5, 6)] = 0;
  voxels[volume_at (&grid, 0, 9, 9)] = 1;
  g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
  g_autoptr (PrcSegmentStack) smooth =
      checked (prc_segment_edit_smooth (stack, series, 1, NULL, &error), error);
  volume_assert_equal (&grid, smooth, expected);
  g_autoptr (PrcSegmentStack) same =
      checked (prc_segment_edit_smooth (stack, series, NAN, NULL, &error), error);
  g_assert_true (prc_segment_stack_equal (same, stack));
}

/* ---- between ---- */

static void
add_disc (const VolumeGrid *grid, uint8_t *voxels, uint32_t slice, double y, double x,
          double radius) {
  for (uint32_t row = 0; row < grid->rows; row++)
    for (uint32_t column = 0; column < grid->columns; column++)
      if (hypot ((row - y) * grid->row_mm, (column - x) * grid->column_mm) <= radius)
        voxels[volume_at (grid, slice, row, column)] = 1;
}

static PrcSegmentStack *
fill_between (const VolumeGrid *grid, const PrcSeries *series, const uint8_t *voxels) {
  g_autoptr (PrcSegmentStack) stack = volume_stack (grid, voxels);
  GError *error = NULL;

  return checked (prc_segment_edit_interpolate (stack, series, NULL, &error), error);
}

// Between two discs lies the frustum of a cone: every slice is a disc of the radius between, within
// half a pixel, and the volume is that of the formula.
static void
test_cone_frustum (void) {
  VolumeGrid grid = {
      .slices = 13, .rows = 60, .columns = 70, .slice_mm = 3, .row_mm = 1, .column_mm = 0.8};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autofree uint8_t *voxels = volume_new (&grid);
  double sum = 0;

  add_disc (&grid, voxels, 1, 30, 35, 8);
  add_disc (&grid, voxels, 11, 30, 35, 22);
  g_autoptr (PrcSegmentStack) filled = fill_between (&grid, series, voxels);
  g_assert_null (prc_segment_stack_mask (filled, 0));
  g_assert_null (prc_segment_stack_mask (filled, 12));
  for (uint32_t i = 1; i <= 11; i++) {
    const PrcMask *mask = prc_segment_stack_mask (filled, i);
    double radius = 8 + (i - 1) * 1.4, area = (double)prc_mask_area (mask) * 0.8;
    sum += area * 3 * (i == 1 || i == 11 ? 0.5 : 1);
    g_assert_cmpfloat_with_epsilon (sqrt (area / G_PI), radius, 0.5);
    for (int angle = 0; angle < 360; angle += 5) {
      double x = cos (angle * G_PI / 180), y = sin (angle * G_PI / 180);
      g_assert_true (prc_mask_contains (mask, (uint32_t)lround (35 + x * (radius - 1) / 0.8),
                                        (uint32_t)lround (30 + y * (radius - 1))));
      g_assert_false (prc_mask_contains (mask, (uint32_t)lround (35 + x * (radius + 1.2) / 0.8),
                                         (uint32_t)lround (30 + y * (radius + 1.2))));
    }
  }
  g_assert_cmpfloat_with_epsilon (sum, G_PI * 30 / 3 * (64 + 176 + 484), 800); // 3.5 %
}

// The same shape at both ends is a cylinder, at the edge of the image too; only empty slices are
// filled.
static void
test_cylinder (void) {
  VolumeGrid grid = {
      .slices = 9, .rows = 30, .columns = 30, .slice_mm = 1, .row_mm = 1, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autofree uint8_t *voxels = volume_new (&grid), *expected = volume_new (&grid);

  add_disc (&grid, voxels, 2, 3, 20, 9);
  add_disc (&grid, voxels, 4, 3, 20, 9);
  add_disc (&grid, voxels, 7, 3, 20, 9);
  voxels[volume_at (&grid, 4, 3, 20)] = 0;
  for (uint32_t i = 2; i <= 7; i++)
    add_disc (&grid, expected, i, 3, 20, 9);
  g_autoptr (PrcSegmentStack) filled = fill_between (&grid, series, voxels);
  g_assert_false (prc_mask_contains (prc_segment_stack_mask (filled, 4), 20, 3));
  expected[volume_at (&grid, 4, 3, 20)] = 0;
  g_autofree uint8_t *found = volume_voxels (&grid, filled);
  for (uint32_t i = 2; i <= 7; i++)
    for (uint32_t k = 0; k < 900; k++)
      if (hypot (k / 30 - 3.0, k % 30 - 20.0) > 2) // away from the pixel that was taken out
        g_assert_cmpint (found[i * 900 + k], ==, expected[i * 900 + k]);
}

// A vessel that runs aslant: discs that do not lie on each other are joined all the same.
static void
test_aslant (void) {
  VolumeGrid grid = {
      .slices = 11, .rows = 40, .columns = 60, .slice_mm = 1, .row_mm = 1, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autofree uint8_t *voxels = volume_new (&grid), *expected = volume_new (&grid);

  add_disc (&grid, voxels, 0, 10, 10, 4);
  add_disc (&grid, voxels, 10, 20, 40, 4);
  for (uint32_t i = 0; i <= 10; i++)
    add_disc (&grid, expected, i, 10 + i, 10 + 3.0 * i, 4);
  g_autoptr (PrcSegmentStack) filled = fill_between (&grid, series, voxels);
  volume_assert_equal (&grid, filled, expected);
}

static void
test_between_cancelled (void) {
  VolumeGrid grid = {
      .slices = 5, .rows = 8, .columns = 8, .slice_mm = 1, .row_mm = 1, .column_mm = 1};
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autofree uint8_t *voxels = volume_new (&grid);
  GError *error = NULL;

  add_disc (&grid, voxels, 0, 4, 4, 2);
  add_disc (&grid, voxels, 4, 4, 4, 2);
  g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
  g_cancellable_cancel (cancelled);
  g_assert_null (prc_segment_edit_interpolate (stack, series, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (prc_segment_edit_smooth (stack, series, 2, cancelled, &error));
  g_clear_error (&error);
  g_assert_null (prc_segment_edit_remove_islands (stack, 2, cancelled, &error));
  g_clear_error (&error);
  g_assert_null (prc_segment_edit_fill_holes (stack, cancelled, &error));
  g_clear_error (&error);
}

// Every pixel's distance to the nearest of the other kind, less half a pixel.
static void
test_distances_like_naive (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  VolumeGrid grid = {.slices = 1, .rows = 12, .columns = 16};

  for (int round = 0; round < 40; round++) {
    double row_mm = g_rand_double_range (random, 0.3, 2);
    double column_mm = g_rand_double_range (random, 0.3, 2);
    g_autofree uint8_t *voxels = volume_random (&grid, random);
    voxels[5] = 1;
    g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, voxels);
    const PrcMask *mask = prc_segment_stack_mask (stack, 0);
    PrcDistanceBox box = {-2, -1, 16, 19};
    g_autofree float *found = prc_distance_signed (mask, &box, row_mm, column_mm);
    for (int i = 0; i < 16 * 19; i++) {
      int row = i / 19 - 2, column = i % 19 - 1;
      bool in =
          row >= 0 && column >= 0 && prc_mask_contains (mask, (uint32_t)column, (uint32_t)row);
      double nearest = INFINITY;
      for (int k = 0; k < 16 * 19; k++) {
        int r = k / 19 - 2, c = k % 19 - 1;
        bool other = r >= 0 && c >= 0 && prc_mask_contains (mask, (uint32_t)c, (uint32_t)r);
        if (other != in)
          nearest = fmin (nearest, hypot ((r - row) * row_mm, (c - column) * column_mm));
      }
      nearest -= fmin (row_mm, column_mm) / 2;
      g_assert_cmpfloat_with_epsilon (found[i], in ? nearest : -nearest, 1e-4);
    }
  }
}

/* ---- sets ---- */

static void
test_sets (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (10);
  VolumeGrid grid = {.slices = 6, .rows = 15, .columns = 15};

  for (int round = 0; round < 30; round++) {
    g_autofree uint8_t *a = volume_random (&grid, random), *b = volume_random (&grid, random);
    g_autofree uint8_t *expected = volume_new (&grid);
    memset (a, 0, 225);
    memset (b + 225, 0, 225);
    g_autoptr (PrcSegmentStack) first = volume_stack (&grid, a), second = volume_stack (&grid, b);
    for (int op = PRC_SEGMENT_UNION; op <= PRC_SEGMENT_INTERSECT; op++) {
      g_autoptr (PrcSegmentStack) both =
          prc_segment_edit_combine (first, second, (PrcSegmentSetOp)op);
      for (size_t i = 0; i < volume_size (&grid); i++)
        expected[i] = op == PRC_SEGMENT_UNION      ? a[i] || b[i]
                      : op == PRC_SEGMENT_SUBTRACT ? a[i] && !b[i]
                                                   : a[i] && b[i];
      volume_assert_equal (&grid, both, expected);
    }
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment-islands/like-naive", test_islands_like_naive);
  g_test_add_func ("/segment-islands/by-hand", test_islands_by_hand);
  g_test_add_func ("/segment-holes/like-naive", test_holes_like_naive);
  g_test_add_func ("/segment-smooth/like-naive", test_smooth_like_naive);
  g_test_add_func ("/segment-smooth/by-hand", test_smooth_by_hand);
  g_test_add_func ("/segment-between/cone-frustum", test_cone_frustum);
  g_test_add_func ("/segment-between/cylinder", test_cylinder);
  g_test_add_func ("/segment-between/aslant", test_aslant);
  g_test_add_func ("/segment-between/cancelled", test_between_cancelled);
  g_test_add_func ("/segment-distance/like-naive", test_distances_like_naive);
  g_test_add_func ("/segment-sets/like-naive", test_sets);
  return g_test_run ();
}
