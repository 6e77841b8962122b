// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-measure.h"

#include <math.h>
#include <string.h>

#include "prc-values.h"

#define GAP        1.5  // of the usual distance: slices are missing there
#define SAME_PLACE 0.01 // of it

static const PrcPlane *
plane_of (const PrcSeries *series, uint32_t index) {
  const PrcSlice *slice = prc_series_slice (series, index);

  return prc_instance_plane (slice->instance, slice->frame);
}

// ---- volume ----

// Half the way to a neighbour; there may be none.
static double
half_way (const PrcSeries *series, uint32_t index, bool up, double usual_mm) {
  uint32_t last = prc_series_length (series) - 1;

  if (up ? index == last : index == 0)
    return usual_mm / 2;
  const PrcSlice *neighbour = prc_series_slice (series, up ? index + 1 : index - 1);
  double way_mm = fabs (neighbour->along_mm - prc_series_slice (series, index)->along_mm);
  if (way_mm <= SAME_PLACE * usual_mm)
    return NAN;
  return (way_mm > GAP * usual_mm ? usual_mm : way_mm) / 2;
}

static double
share_of_slice_mm (const PrcSeries *series, uint32_t index) {
  double normal[3], usual_mm = prc_series_spacing_mm (series);

  if (!prc_series_normal (series, normal))
    return NAN;
  if (!(usual_mm > 0) && prc_series_length (series) == 1)
    usual_mm = prc_series_info (series)->slice_thickness_mm;
  if (!(usual_mm > 0))
    return NAN;
  return half_way (series, index, false, usual_mm) + half_way (series, index, true, usual_mm);
}

static double
volume_of_slice_ml (const PrcSegmentStack *stack, const PrcSeries *series, uint32_t index) {
  const PrcPlane *plane = plane_of (series, index);
  double pixel_mm2 = plane->row_spacing_mm * plane->column_spacing_mm;

  if (!(pixel_mm2 > 0))
    return NAN;
  return (double)prc_mask_area (prc_segment_stack_mask (stack, index)) * pixel_mm2 *
         share_of_slice_mm (series, index) / 1000;
}

// ---- diameter ----

typedef struct {
  int32_t column, row; // a corner of pixels
} Corner;

// Corners come row by row, `column` counts away from the inside: those that are left behind when
// the way bends inwards are no ends of any longest line.
static void
add_corner (Corner *side, size_t *n, Corner corner) {
  while (*n >= 2) {
    Corner a = side[*n - 2], b = side[*n - 1];

    if (((int64_t)b.column - a.column) * ((int64_t)corner.row - a.row) <
        ((int64_t)b.row - a.row) * ((int64_t)corner.column - a.column))
      break;
    (*n)--;
  }
  side[(*n)++] = corner;
}

// The outer corners of a mask's convex hull, at most 4 for each row: down its left side, then down
// its right.
static size_t
make_hull (const PrcMask *mask, const PrcMaskBounds *bounds, Corner *hull) {
  size_t n_left = 0, n_right = 0;
  Corner *right;

  for (uint32_t row = bounds->top; row < bounds->bottom; row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (uint32_t edge = row; n > 0 && edge < row + 2; edge++)
      add_corner (hull, &n_left, (Corner){spans[0].first, (int32_t)edge});
  }
  right = hull + n_left;
  for (uint32_t row = bounds->top; row < bounds->bottom; row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (uint32_t edge = row; n > 0 && edge < row + 2; edge++)
      add_corner (right, &n_right, (Corner){-spans[n - 1].end, (int32_t)edge});
  }
  for (size_t i = 0; i < n_right; i++)
    right[i].column = -right[i].column;
  return n_left + n_right;
}

static double
distance_mm (const PrcPlane *plane, double columns, double rows) {
  return hypot (columns * plane->column_spacing_mm, rows * plane->row_spacing_mm);
}

// A hull has few corners even where the mask has thousands of rows: all pairs.
static void
measure_diameter (const PrcMask *mask, const PrcPlane *plane, uint32_t slice,
                  PrcSegmentMeasure *measure) {
  PrcMaskBounds bounds;

  if (!prc_mask_bounds (mask, &bounds) || !(plane->column_spacing_mm > 0) ||
      !(plane->row_spacing_mm > 0) ||
      distance_mm (plane, bounds.right - bounds.left, bounds.bottom - bounds.top) <=
          measure->diameter_mm)
    return;
  g_autofree Corner *hull = g_new (Corner, 4 * (size_t)(bounds.bottom - bounds.top));
  size_t n = make_hull (mask, &bounds, hull);
  for (size_t i = 0; i < n; i++)
    for (size_t k = i + 1; k < n; k++) {
      double mm = distance_mm (plane, (double)hull[k].column - hull[i].column,
                               (double)hull[k].row - hull[i].row);

      if (mm <= measure->diameter_mm)
        continue;
      measure->diameter_mm = mm;
      measure->diameter_slice = slice;
      measure->diameter_from[0] = hull[i].column;
      measure->diameter_from[1] = hull[i].row;
      measure->diameter_to[0] = hull[k].column;
      measure->diameter_to[1] = hull[k].row;
    }
}

void
prc_segment_measure_shape (const PrcSegmentStack *stack, const PrcSeries *series,
                           PrcSegmentMeasure *measure) {
  PrcSegmentExtent extent;

  *measure = (PrcSegmentMeasure){.voxels = prc_segment_stack_area (stack)};
  measure->mean = measure->sd = measure->lowest = measure->highest = NAN;
  if (!prc_segment_stack_extent (stack, &extent) || extent.last >= prc_series_length (series)) {
    measure->diameter_mm = NAN;
    return;
  }
  for (uint32_t i = extent.first; i <= extent.last; i++) {
    const PrcMask *mask = prc_segment_stack_mask (stack, i);

    if (mask == NULL)
      continue;
    measure->slices++;
    measure->volume_ml += volume_of_slice_ml (stack, series, i);
    measure_diameter (mask, plane_of (series, i), i, measure);
  }
  if (measure->diameter_mm == 0)
    measure->diameter_mm = NAN;
}

// ---- values ----

// Sums of what lies around a value among them: differences of large sums would lose the spread.
typedef struct {
  uint64_t n;
  double around, sum, sum_of_squares, lowest, highest;
  bool mixed; // in units
} Values;

static void
add_values (Values *values, const GArray *more) {
  for (guint i = 0; i < more->len; i++) {
    double value = g_array_index (more, double, i);

    if (values->n++ == 0)
      *values = (Values){1, value, 0, 0, value, value, values->mixed};
    double away = value - values->around;
    values->sum += away;
    values->sum_of_squares += away * away;
    values->lowest = fmin (values->lowest, value);
    values->highest = fmax (values->highest, value);
  }
}

static void
add_frame (Values *values, const PrcMask *mask, const PrcFrame *frame, char units[24]) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_autoptr (GArray) more = g_array_new (FALSE, FALSE, sizeof (double));

  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (size_t i = 0; i < n; i++) {
      PrcPixelRect region = {spans[i].first, row, (uint32_t)spans[i].end - spans[i].first, 1};
      prc_values_collect (frame, &region, region.columns, more);
    }
  }
  if (more->len > 0 && values->n > 0 && strcmp (units, info->units) != 0)
    values->mixed = true;
  if (more->len > 0)
    g_strlcpy (units, info->units, 24);
  add_values (values, more);
}

static void
conclude (const Values *values, PrcSegmentMeasure *measure) {
  double n = (double)values->n, mean = values->sum / n;

  if (values->mixed)
    measure->units[0] = '\0';
  if (values->n == 0 || values->mixed)
    return;
  measure->mean = values->around + mean;
  measure->lowest = values->lowest;
  measure->highest = values->highest;
  if (values->n > 1)
    measure->sd = sqrt (fmax (values->sum_of_squares - n * mean * mean, 0) / (n - 1));
}

bool
prc_segment_measure (const PrcSegmentStack *stack, const PrcSeries *series, PrcFrameStore *store,
                     PrcSegmentMeasure *measure, GCancellable *cancellable, GError **error) {
  uint32_t n = MIN (prc_segment_stack_length (stack), prc_series_length (series));
  Values values = {0};

  prc_segment_measure_shape (stack, series, measure);
  for (uint32_t i = 0; i < n; i++) {
    const PrcMask *mask = prc_segment_stack_mask (stack, i);
    const PrcSlice *slice = prc_series_slice (series, i);

    if (mask == NULL)
      continue;
    g_autoptr (PrcFrame) frame = prc_frame_store_get (store, slice->instance, slice->frame,
                                                      PRC_PRIORITY_PREFETCH, cancellable, error);
    if (frame == NULL)
      return false;
    add_frame (&values, mask, frame, measure->units);
  }
  conclude (&values, measure);
  return true;
}
