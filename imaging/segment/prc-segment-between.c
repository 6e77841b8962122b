// SPDX-License-Identifier: Apache-2.0
#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-distance.h"
#include "prc-imaging-error.h"
#include "prc-segment-edit-private.h"

#define MAX_BOX (1u << 26) // pixels

// Two slices with a shape each, and what lies between.
typedef struct {
  PrcDistanceBox box;    // around both, and one pixel more
  float *distances[2];   // of either shape, positive inside
  double move_x, move_y; // from the middle of the first to that of the second, pixels
} Pair;

static void
middle_of (const PrcMask *mask, double *x, double *y) {
  double sum_x = 0, sum_y = 0, area = (double)prc_mask_area (mask);

  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (size_t i = 0; i < n; i++) {
      double length = spans[i].end - spans[i].first;
      sum_x += length * (spans[i].first + spans[i].end - 1) / 2;
      sum_y += length * row;
    }
  }
  *x = sum_x / area;
  *y = sum_y / area;
}

// Shapes that lie on each other are taken where they are. Between those that do not, as of a vessel
// that runs aslant, there would be nothing: they are moved towards each other.
static void
find_move (Pair *pair, const PrcMask *a, const PrcMask *b) {
  g_autoptr (PrcMask) both = prc_mask_new_intersection (a, b);
  double from_x, from_y, to_x, to_y;

  pair->move_x = pair->move_y = 0;
  if (prc_mask_area (both) > 0)
    return;
  middle_of (a, &from_x, &from_y);
  middle_of (b, &to_x, &to_y);
  pair->move_x = to_x - from_x;
  pair->move_y = to_y - from_y;
}

static bool
pair_init (Pair *pair, const PrcMask *a, const PrcMask *b, const PrcSegmentRaster *grid,
           GError **error) {
  PrcMaskBounds of_a, of_b;

  prc_mask_bounds (a, &of_a);
  prc_mask_bounds (b, &of_b);
  pair->box.top = (int32_t)MIN (of_a.top, of_b.top) - 1;
  pair->box.left = (int32_t)MIN (of_a.left, of_b.left) - 1;
  pair->box.rows = MAX (of_a.bottom, of_b.bottom) + 1 - (uint32_t)pair->box.top;
  pair->box.columns = MAX (of_a.right, of_b.right) + 1 - (uint32_t)pair->box.left;
  if ((uint64_t)pair->box.rows * pair->box.columns > MAX_BOX) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                 _ ("The images are too large to fill between slices"));
    return false;
  }
  find_move (pair, a, b);
  pair->distances[0] = prc_distance_signed (a, &pair->box, grid->row_mm, grid->column_mm);
  pair->distances[1] = prc_distance_signed (b, &pair->box, grid->row_mm, grid->column_mm);
  return true;
}

// Beyond the box a shape is far away.
static float
distance_at (const Pair *pair, int of, long row, long column) {
  const PrcDistanceBox *box = &pair->box;

  if (row < 0 || column < 0 || row >= (long)box->rows || column >= (long)box->columns)
    return -INFINITY;
  return pair->distances[of][(size_t)row * box->columns + (size_t)column];
}

// At `part` of the way from the first to the second, to where both are moved.
typedef struct {
  double part;
  long right, down, back_right, back_down;
} Step;

static bool
is_inside (const Pair *pair, const Step *step, uint32_t row, uint32_t column) {
  double from = distance_at (pair, 0, row - step->down, column - step->right);
  double to = distance_at (pair, 1, row + step->back_down, column + step->back_right);

  return (1 - step->part) * from + step->part * to > 0;
}

static PrcMask *
between (const Pair *pair, double part, const PrcSegmentRaster *grid) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  Step step = {
      .part = part, .right = lround (part * pair->move_x), .down = lround (part * pair->move_y)};

  step.back_right = lround (pair->move_x) - step.right;
  step.back_down = lround (pair->move_y) - step.down;
  for (uint32_t row = 0; row < pair->box.rows; row++)
    for (uint32_t column = 0; column < pair->box.columns; column++) {
      uint32_t first = column;

      while (column < pair->box.columns && is_inside (pair, &step, row, column))
        column++;
      PrcRowSpan span = {(int32_t)row + pair->box.top, (int32_t)first + pair->box.left,
                         (int32_t)column + pair->box.left};
      if (column > first)
        g_array_append_val (spans, span);
    }
  return prc_mask_new_from_spans (grid->rows, grid->columns,
                                  (const PrcRowSpan *)(void *)spans->data, spans->len);
}

static double
part_of_way (const PrcSeries *series, uint32_t first, uint32_t index, uint32_t last) {
  double from = prc_series_slice (series, first)->along_mm;
  double way = prc_series_slice (series, last)->along_mm - from;

  if (!(way > 0) || !prc_segment_edit_has_planes (series))
    return (double)(index - first) / (last - first);
  return (prc_series_slice (series, index)->along_mm - from) / way;
}

static bool
fill_gap (GPtrArray *masks, const PrcSeries *series, const PrcSegmentRaster *grid, uint32_t first,
          uint32_t last, GCancellable *cancellable, GError **error) {
  Pair pair;
  bool cancelled = false;

  if (!prc_segment_edit_same_size (masks->pdata[first], masks->pdata[last], error) ||
      !pair_init (&pair, masks->pdata[first], masks->pdata[last], grid, error))
    return false;
  for (uint32_t i = first + 1; i < last && !cancelled; i++) {
    masks->pdata[i] = between (&pair, part_of_way (series, first, i, last), grid);
    cancelled = g_cancellable_set_error_if_cancelled (cancellable, error);
  }
  g_free (pair.distances[0]);
  g_free (pair.distances[1]);
  return !cancelled;
}

PrcSegmentStack *
prc_segment_edit_interpolate (const PrcSegmentStack *stack, const PrcSeries *series,
                              GCancellable *cancellable, GError **error) {
  PrcSegmentRaster grid = prc_segment_edit_grid (series);
  g_autoptr (GPtrArray) masks = prc_segment_edit_masks (stack);
  bool any = false;
  uint32_t before = 0;

  if (!prc_segment_edit_is_of (stack, series, error))
    return NULL;
  for (uint32_t i = 0; i < masks->len; i++) {
    if (!prc_segment_stack_mask (stack, i))
      continue;
    if (any && i - before > 1 && !fill_gap (masks, series, &grid, before, i, cancellable, error))
      return NULL;
    any = true;
    before = i;
  }
  return prc_segment_edit_stack (masks);
}
