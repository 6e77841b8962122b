// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "prc-geometry.h"
#include "prc-segment-edit-private.h"
#include "prc-segment-range.h"

// All that is near enough to the way from one point to another, on one slice: in millimetres from
// the centre of its first pixel.
typedef struct {
  double x[2], y[2], radius;
} Capsule;

static void
widen (double *left, double *right, double from, double to) {
  *left = fmin (*left, from);
  *right = fmax (*right, to);
}

// The part of a line across that lies in the rectangle between the two discs.
static void
widen_by_sides (const Capsule *capsule, double y, double *left, double *right) {
  double dx = capsule->x[1] - capsule->x[0], dy = capsule->y[1] - capsule->y[0];
  double length = hypot (dx, dy);

  if (!(length > 0))
    return;
  double across_x = -dy / length * capsule->radius, across_y = dx / length * capsule->radius;
  const double xs[] = {capsule->x[0] + across_x, capsule->x[1] + across_x, capsule->x[1] - across_x,
                       capsule->x[0] - across_x};
  const double ys[] = {capsule->y[0] + across_y, capsule->y[1] + across_y, capsule->y[1] - across_y,
                       capsule->y[0] - across_y};
  for (int i = 0; i < 4; i++) {
    int k = (i + 1) % 4;
    double span = ys[k] - ys[i], part = (y - ys[i]) / span;

    if (span != 0 && part >= 0 && part <= 1) {
      double x = xs[i] + part * (xs[k] - xs[i]);
      widen (left, right, x, x);
    }
  }
}

static uint32_t
limited (double value, uint32_t most) {
  return (uint32_t)fmax (0, fmin (value, most));
}

// A pixel is in when its centre is.
static PrcMask *
fill_capsule (const Capsule *capsule, const PrcSegmentRaster *grid) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  double highest = fmin (capsule->y[0], capsule->y[1]) - capsule->radius;
  double lowest = fmax (capsule->y[0], capsule->y[1]) + capsule->radius;
  uint32_t first_row = limited (ceil (highest / grid->row_mm - 1e-9), grid->rows);
  uint32_t end_row = limited (floor (lowest / grid->row_mm + 1e-9) + 1, grid->rows);

  for (uint32_t row = first_row; row < end_row; row++) {
    double y = row * grid->row_mm, left = INFINITY, right = -INFINITY;

    for (int end = 0; end < 2; end++) {
      double rest = capsule->radius * capsule->radius - pow (y - capsule->y[end], 2);
      if (rest >= 0)
        widen (&left, &right, capsule->x[end] - sqrt (rest), capsule->x[end] + sqrt (rest));
    }
    widen_by_sides (capsule, y, &left, &right);
    uint32_t first = limited (ceil (left / grid->column_mm - 1e-9), grid->columns);
    uint32_t end = limited (floor (right / grid->column_mm + 1e-9) + 1, grid->columns);
    PrcRowSpan span = {(int32_t)row, (int32_t)first, (int32_t)end};
    if (left <= right && first < end)
      g_array_append_val (spans, span);
  }
  return prc_mask_new_from_spans (grid->rows, grid->columns,
                                  (const PrcRowSpan *)(void *)spans->data, spans->len);
}

// Where an image point of one slice lies on another, and how far that is from it.
static double
project (const PrcPlane *from, const PrcSegmentRaster *grid, double image_x, double image_y,
         const PrcPlane *to, double *x, double *y) {
  double rest[3], normal[3];

  prc_geometry_normal (to, normal);
  for (int i = 0; i < 3; i++)
    rest[i] = from->position_mm[i] + from->row_direction[i] * (image_x - 0.5) * grid->column_mm +
              from->column_direction[i] * (image_y - 0.5) * grid->row_mm - to->position_mm[i];
  *x = prc_geometry_dot (rest, to->row_direction);
  *y = prc_geometry_dot (rest, to->column_direction);
  return prc_geometry_dot (rest, normal);
}

static const PrcPlane *
plane_of (const PrcSeries *series, uint32_t index) {
  const PrcSlice *slice = prc_series_slice (series, index);

  return prc_instance_plane (slice->instance, slice->frame);
}

// The brush on its own slice is at least as wide as a pixel is from corner to corner, so that no
// way of it has gaps.
static void
lay_on_own (const PrcSegmentRaster *grid, const PrcBrush *from, const PrcBrush *to,
            Capsule *capsule) {
  *capsule =
      (Capsule){{(from->image_x - 0.5) * grid->column_mm, (to->image_x - 0.5) * grid->column_mm},
                {(from->image_y - 0.5) * grid->row_mm, (to->image_y - 0.5) * grid->row_mm},
                fmax (to->radius_mm, hypot (grid->column_mm, grid->row_mm) / 2)};
}

// False where the ball does not reach.
static bool
lay_on_other (const PrcSeries *series, const PrcSegmentRaster *grid, const PrcBrush *from,
              const PrcBrush *to, uint32_t index, Capsule *capsule) {
  const PrcPlane *own = plane_of (series, to->index), *other = plane_of (series, index);

  project (own, grid, from->image_x, from->image_y, other, &capsule->x[0], &capsule->y[0]);
  double away =
      project (own, grid, to->image_x, to->image_y, other, &capsule->x[1], &capsule->y[1]);
  capsule->radius = sqrt (fmax (to->radius_mm * to->radius_mm - away * away, 0));
  return capsule->radius > 0;
}

static PrcMask *
within_range (PrcMask *touched, const PrcSeries *series, PrcFrameStore *store, uint32_t index,
              const PrcSegmentRange *range, GCancellable *cancellable, GError **error) {
  g_autoptr (PrcMask) all = touched;
  const PrcSlice *slice = prc_series_slice (series, index);
  PrcMaskBounds bounds;

  if (prc_segment_range_is_all (range) || !prc_mask_bounds (all, &bounds))
    return g_steal_pointer (&all);
  g_autoptr (PrcFrame) frame = prc_frame_store_get (store, slice->instance, slice->frame,
                                                    PRC_PRIORITY_VIEW, cancellable, error);
  if (!frame)
    return NULL;
  g_autoptr (PrcMask) allowed = prc_segment_range_mask (frame, range, &bounds);
  if (!prc_segment_edit_same_size (all, allowed, error))
    return NULL;
  return prc_mask_new_intersection (all, allowed);
}

static PrcMask *
changed (PrcMask *before, PrcMask *touched, bool erase) {
  if (!before)
    return erase ? NULL : prc_mask_ref (touched);
  return erase ? prc_mask_new_difference (before, touched) : prc_mask_new_union (before, touched);
}

// The slices around that of the brush which its ball can reach: first to end.
static void
reach_of (const PrcSeries *series, const PrcBrush *to, uint32_t *first, uint32_t *end) {
  double middle = prc_series_slice (series, to->index)->along_mm;

  *first = to->index;
  *end = to->index + 1;
  if (!to->sphere || !prc_segment_edit_has_planes (series))
    return;
  while (*first > 0 && middle - prc_series_slice (series, *first - 1)->along_mm < to->radius_mm)
    (*first)--;
  while (*end < prc_series_length (series) &&
         prc_series_slice (series, *end)->along_mm - middle < to->radius_mm)
    (*end)++;
}

PrcSegmentStack *
prc_segment_edit_brush (const PrcSegmentStack *stack, const PrcSeries *series, PrcFrameStore *store,
                        const PrcBrush *from, const PrcBrush *to, GCancellable *cancellable,
                        GError **error) {
  PrcSegmentRaster grid = prc_segment_edit_grid (series);
  uint32_t first, end;

  if (!prc_segment_edit_is_of (stack, series, error))
    return NULL;
  if (from->index != to->index)
    from = to;
  if (to->index >= prc_series_length (series) || !isfinite (to->radius_mm) ||
      !isfinite (from->image_x + from->image_y + to->image_x + to->image_y))
    return prc_segment_stack_ref (stack);
  reach_of (series, to, &first, &end);
  g_autoptr (GPtrArray) masks = prc_segment_edit_masks_new ();
  for (uint32_t i = first; i < end; i++) {
    PrcMask *before = prc_segment_stack_mask (stack, i);
    Capsule capsule;

    if (i == to->index)
      lay_on_own (&grid, from, to, &capsule);
    else if (!lay_on_other (series, &grid, from, to, i, &capsule))
      capsule.radius = -1;
    if (capsule.radius < 0 || (to->erase && !before)) {
      g_ptr_array_add (masks, before ? prc_mask_ref (before) : NULL);
      continue;
    }
    g_autoptr (PrcMask) touched = within_range (fill_capsule (&capsule, &grid), series, store, i,
                                                &to->range, cancellable, error);
    if (!touched || (before && !prc_segment_edit_same_size (before, touched, error)))
      return NULL;
    g_ptr_array_add (masks, changed (before, touched, to->erase));
  }
  return prc_segment_stack_new_spliced (stack, first, (PrcMask *const *)masks->pdata, masks->len);
}
