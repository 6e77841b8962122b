// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <string.h>

#include "prc-segment-edit-private.h"

// A row of the neighbourhood: `reach` columns to either side, so many rows and slices away.
typedef struct {
  int32_t slices, rows, reach;
} Stroke;

typedef struct {
  const PrcSegmentStack *stack;
  const PrcSeries *series;
  PrcSegmentRaster grid;
  double radius;
  bool deep;       // slices have a distance
  int32_t widest;  // reach, columns
  GArray *strokes; // Stroke, for the slice in work
  uint64_t size;   // pixels of all strokes
  int32_t *slope;  // how the count changes its change from column to column
} Median;

static uint32_t
clamped (int64_t at, uint32_t n) {
  return (uint32_t)CLAMP (at, 0, (int64_t)n - 1);
}

// Beyond the ends the slices go on as far apart as elsewhere.
static double
along_of (const Median *median, int64_t index) {
  uint32_t inside = clamped (index, prc_series_length (median->series));

  return prc_series_slice (median->series, inside)->along_mm +
         (double)(index - inside) * prc_series_spacing_mm (median->series);
}

static void
add_strokes_of_slice (Median *median, int32_t slices, double away) {
  double rest = median->radius * median->radius - away * away;

  if (rest < 0)
    return;
  int32_t most = (int32_t)fmin (sqrt (rest) / median->grid.row_mm + 1e-9, median->grid.rows);
  for (int32_t rows = -most; rows <= most; rows++) {
    double across = fmax (rest - pow (rows * median->grid.row_mm, 2), 0);
    double reach = fmin (sqrt (across) / median->grid.column_mm + 1e-9, median->grid.columns);
    Stroke stroke = {slices, rows, (int32_t)reach};

    g_array_append_val (median->strokes, stroke);
    median->size += 2 * (uint64_t)stroke.reach + 1;
  }
}

static void
find_strokes (Median *median, uint32_t index) {
  double here = along_of (median, index), away;

  g_array_set_size (median->strokes, 0);
  median->size = 0;
  add_strokes_of_slice (median, 0, 0);
  for (int side = -1; median->deep && side <= 1; side += 2)
    for (int32_t i = 1; i <= (int32_t)prc_series_length (median->series); i++) {
      away = fabs (along_of (median, (int64_t)index + side * i) - here);
      if (away > median->radius + 1e-9)
        break;
      add_strokes_of_slice (median, side * i, away);
    }
}

// A run of a neighbouring row counts for the columns that see it, more and more from where the
// first does, fewer from where the last of it is passed. One at the edge of the image goes on.
static void
count_run (Median *median, PrcSpan run, int32_t reach) {
  int32_t widest = median->widest, columns = (int32_t)median->grid.columns;
  int32_t first = run.first == 0 ? -widest : run.first;
  int32_t end = run.end == columns ? columns + widest : run.end;
  int32_t *slope = median->slope + 2 * widest;

  slope[first - reach]++;
  slope[end - reach]--;
  slope[first + reach + 1]--;
  slope[end + reach + 1]++;
}

static bool
count_row (Median *median, uint32_t index, uint32_t row) {
  bool any = false;

  memset (median->slope, 0,
          (median->grid.columns + 4 * (size_t)median->widest + 2) * sizeof *median->slope);
  for (guint i = 0; i < median->strokes->len; i++) {
    Stroke stroke = g_array_index (median->strokes, Stroke, i);
    uint32_t from =
        clamped ((int64_t)index + stroke.slices, prc_segment_stack_length (median->stack));
    const PrcMask *mask = prc_segment_stack_mask (median->stack, from);
    size_t n = 0;
    const PrcSpan *runs =
        mask ? prc_mask_row (mask, clamped ((int64_t)row + stroke.rows, median->grid.rows), &n)
             : NULL;

    for (size_t k = 0; k < n; k++)
      count_run (median, runs[k], stroke.reach);
    any = any || n > 0;
  }
  return any;
}

static void
add_majority (const Median *median, uint32_t row, GArray *spans) {
  const int32_t *slope = median->slope;
  int64_t change = 0, count = 0;
  PrcRowSpan span = {(int32_t)row, -1, -1};

  for (int32_t column = -2 * median->widest; column < (int32_t)median->grid.columns; column++) {
    change += *slope++;
    count += change;
    bool in = column >= 0 && 2 * count > (int64_t)median->size;
    if (in && span.first < 0)
      span.first = column;
    if (!in && span.first >= 0) {
      span.end = column;
      g_array_append_val (spans, span);
      span.first = -1;
    }
  }
  span.end = (int32_t)median->grid.columns;
  if (span.first >= 0)
    g_array_append_val (spans, span);
}

static PrcMask *
smoothed (Median *median, uint32_t index) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  find_strokes (median, index);
  for (uint32_t row = 0; row < median->grid.rows; row++)
    if (count_row (median, index, row))
      add_majority (median, row, spans);
  if (spans->len == 0)
    return NULL;
  return prc_mask_new_from_spans (median->grid.rows, median->grid.columns,
                                  (const PrcRowSpan *)(void *)spans->data, spans->len);
}

// Slices further away than the neighbourhood reaches see nothing.
static bool
is_near (const Median *median, const PrcSegmentExtent *extent, uint32_t index) {
  if (index >= extent->first && index <= extent->last)
    return true;
  uint32_t nearest = index < extent->first ? extent->first : extent->last;
  return median->deep &&
         fabs (along_of (median, nearest) - along_of (median, index)) <= median->radius + 1e-9;
}

PrcSegmentStack *
prc_segment_edit_smooth (const PrcSegmentStack *stack, const PrcSeries *series, double radius_mm,
                         GCancellable *cancellable, GError **error) {
  g_autoptr (GPtrArray) masks = prc_segment_edit_masks (stack);
  g_autoptr (GArray) strokes = g_array_new (FALSE, FALSE, sizeof (Stroke));
  PrcSegmentExtent extent;
  Median median = {stack,
                   series,
                   prc_segment_edit_grid (series),
                   radius_mm,
                   prc_segment_edit_has_planes (series),
                   0,
                   strokes,
                   0,
                   NULL};

  if (!prc_segment_edit_is_of (stack, series, error))
    return NULL;
  if (!(radius_mm > 0) || !isfinite (radius_mm) || !prc_segment_stack_extent (stack, &extent))
    return prc_segment_stack_ref (stack);
  median.widest = (int32_t)fmin (radius_mm / median.grid.column_mm + 1e-9, median.grid.columns);
  g_autofree int32_t *slope = g_new (int32_t, median.grid.columns + 4 * (size_t)median.widest + 2);
  median.slope = slope;
  for (uint32_t i = 0; i < masks->len; i++) {
    if (is_near (&median, &extent, i))
      prc_segment_edit_replace (masks, i, smoothed (&median, i));
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
  }
  return prc_segment_edit_stack (masks);
}
