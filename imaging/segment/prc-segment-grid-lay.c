// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-grid-private.h"

#include <math.h>

#include "prc-geometry.h"

// Half-way between two pixels or planes (which is where they are when one grid is twice as fine as
// the other) rounding must not decide: such places belong to the next one, by this part of a step.
#define SLACK        1e-3
#define COS_PARALLEL 0.9998 // a degree

// What one plane of a segment is shown for: low <= along < high.
typedef struct {
  double low_mm, high_mm;
  const PrcGridPiece *pieces;
  size_t n;
} Level;

typedef struct {
  const PrcSegmentGrid *grid;
  PrcSegmentSlices *slices;
  GArray *levels;          // ascending
  double low[3], high[3];  // the box around it, in the grid; half a pixel more than centres
  double corners_mm[8][3]; // of this box, in the patient
  GArray *spans;           // of the slice at hand
} Laid;

static const PrcGridPiece *
pieces_of (const PrcSegmentGrid *grid, uint32_t segment, size_t *n) {
  uint32_t low = 0, high = grid->pieces->len, first;

  while (low < high) {
    uint32_t middle = low + (high - low) / 2;

    if (prc_segment_grid_piece (grid, middle)->segment < segment)
      low = middle + 1;
    else
      high = middle;
  }
  first = low;
  while (low < grid->pieces->len && prc_segment_grid_piece (grid, low)->segment == segment)
    low++;
  *n = low - first;
  return prc_segment_grid_piece (grid, first);
}

// A plane is shown up to half-way to the next one of the stack, or for half the distance of planes
// where the next one is missing.
static void
make_levels (Laid *laid, const PrcGridPiece *pieces, size_t n) {
  double distance = laid->grid->distance_mm, slack = SLACK * distance;
  Level *before = NULL;

  for (size_t i = 0; i < n;) {
    size_t same = 1;
    double along = pieces[i].along_mm;

    while (i + same < n && pieces[i + same].along_mm - along < 0.01 * distance)
      same++;
    Level level = {along - distance / 2 - slack, along + distance / 2 - slack, pieces + i, same};
    if (before != NULL && along - before->pieces->along_mm < 1.5 * distance) {
      level.low_mm = (along + before->pieces->along_mm) / 2 - slack;
      before->high_mm = level.low_mm;
    }
    g_array_append_val (laid->levels, level);
    before = &g_array_index (laid->levels, Level, laid->levels->len - 1);
    i += same;
  }
}

static void
widen (Laid *laid, int axis, double low, double high) {
  laid->low[axis] = fmin (laid->low[axis], low);
  laid->high[axis] = fmax (laid->high[axis], high);
}

static void
make_box (Laid *laid, const PrcGridPiece *pieces, size_t n) {
  const PrcSegmentGrid *grid = laid->grid;

  for (int i = 0; i < 3; i++) {
    laid->low[i] = INFINITY;
    laid->high[i] = -INFINITY;
  }
  for (size_t i = 0; i < n; i++) {
    PrcMaskBounds bounds;

    if (!prc_mask_bounds (pieces[i].mask, &bounds))
      continue;
    widen (laid, 0, pieces[i].column + bounds.left - 0.5, pieces[i].column + bounds.right - 0.5);
    widen (laid, 1, pieces[i].row + bounds.top - 0.5, pieces[i].row + bounds.bottom - 0.5);
  }
  for (uint32_t i = 0; i < laid->levels->len; i++) {
    const Level *level = &g_array_index (laid->levels, Level, i);
    widen (laid, 2, level->low_mm, level->high_mm);
  }
  for (int corner = 0; corner < 8; corner++)
    for (int k = 0; k < 3; k++) {
      laid->corners_mm[corner][k] = 0;
      for (int i = 0; i < 3; i++)
        laid->corners_mm[corner][k] +=
            (corner >> i & 1 ? laid->high[i] : laid->low[i]) * grid->steps[i] * grid->axes[i][k];
    }
}

static const Level *
level_at (const Laid *laid, double along_mm) {
  uint32_t low = 0, high = laid->levels->len;

  while (low < high) {
    uint32_t middle = low + (high - low) / 2;

    if (g_array_index (laid->levels, Level, middle).high_mm <= along_mm)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == laid->levels->len || g_array_index (laid->levels, Level, low).low_mm > along_mm)
    return NULL;
  return &g_array_index (laid->levels, Level, low);
}

// ---- one slice of it ----

typedef struct {
  uint32_t index, rows, columns;
  double origin[3], per_column[3], per_row[3]; // in the grid
  uint32_t first_row, end_row;                 // where the box may be
  // Frames of several images in one place (points in time) are told apart by the image they name.
  bool only_named;
} Target;

static bool
counts (const PrcGridPiece *piece, const Target *target) {
  return !target->only_named || piece->named == (int)target->index;
}

// False when the box does not reach the slice.
static bool
target_init (Target *target, const Laid *laid, const PrcPlane *plane) {
  double normal[3], lowest = INFINITY, highest = -INFINITY, top = INFINITY, bottom = -INFINITY;

  prc_geometry_normal (plane, normal);
  for (int i = 0; i < 8; i++) {
    double way[3];

    for (int k = 0; k < 3; k++)
      way[k] = laid->corners_mm[i][k] - plane->position_mm[k];
    double row = prc_geometry_dot (way, plane->column_direction) / plane->row_spacing_mm;
    double height = prc_geometry_dot (way, normal);
    top = fmin (top, row);
    bottom = fmax (bottom, row);
    lowest = fmin (lowest, height);
    highest = fmax (highest, height);
  }
  if (!(lowest <= 0 && highest >= 0 && bottom >= -1 && top <= target->rows))
    return false;
  target->first_row = (uint32_t)CLAMP (floor (top), 0, target->rows);
  target->end_row = (uint32_t)CLAMP (ceil (bottom) + 1, 0, target->rows);
  prc_segment_grid_place (laid->grid, plane->position_mm, 1, target->origin);
  prc_segment_grid_place (laid->grid, plane->row_direction, plane->column_spacing_mm,
                          target->per_column);
  prc_segment_grid_place (laid->grid, plane->column_direction, plane->row_spacing_mm,
                          target->per_row);
  return true;
}

static double
place_of (const Target *target, int axis, double column, double row) {
  return target->origin[axis] + column * target->per_column[axis] + row * target->per_row[axis];
}

// The one frame that the slice shows pixel by pixel, or NULL: when the nearest pixel in each corner
// is the one of the same column and row, it is everywhere.
static const PrcGridPiece *
same_grid (const Laid *laid, const Target *target) {
  const Level *level = level_at (laid, target->origin[2]);
  const PrcGridPiece *only = NULL;

  for (size_t i = 0; level != NULL && i < level->n; i++) {
    if (!counts (&level->pieces[i], target))
      continue;
    if (only != NULL)
      return NULL;
    only = &level->pieces[i];
  }
  if (only == NULL || prc_mask_rows (only->mask) != target->rows ||
      prc_mask_columns (only->mask) != target->columns)
    return NULL;
  for (int corner = 0; corner < 4; corner++) {
    double column = corner & 1 ? target->columns - 1 : 0, row = corner & 2 ? target->rows - 1 : 0;

    if (fabs (place_of (target, 0, column, row) - only->column - column) > 0.5 - 2 * SLACK ||
        fabs (place_of (target, 1, column, row) - only->row - row) > 0.5 - 2 * SLACK ||
        level_at (laid, place_of (target, 2, column, row)) != level)
      return NULL;
  }
  return only;
}

static void
add_span (Laid *laid, uint32_t row, double first, double end, uint32_t columns) {
  PrcRowSpan span = {(int32_t)row, (int32_t)CLAMP (first, 0, columns),
                     (int32_t)CLAMP (end, 0, columns)};

  if (span.first < span.end)
    g_array_append_val (laid->spans, span);
}

// The pixels of the slice whose nearest pixel is in a run; the end of one run is reckoned as the
// beginning of the next, so that no pixel is lost or had twice. `start`: the place of the slice's
// first pixel in the row of the mask.
static void
map_row (Laid *laid, uint32_t row, double start, double step, uint32_t columns,
         const PrcSpan *spans, size_t n) {
  double shifted = start + 0.5 + SLACK;

  for (size_t i = 0; i < n; i++) {
    // columns run back when the one grid is the other's mirror image
    const PrcSpan *span = step > 0 ? &spans[i] : &spans[n - 1 - i];
    double at_first = (span->first - shifted) / step, at_end = (span->end - shifted) / step;

    if (step > 0)
      add_span (laid, row, ceil (at_first), ceil (at_end), columns);
    else
      add_span (laid, row, floor (at_end) + 1, floor (at_first) + 1, columns);
  }
}

// A slice whose rows run along rows of the grid: runs become runs.
static void
lay_runs (Laid *laid, const Target *target) {
  double middle = 0.5 * (target->columns - 1);

  for (uint32_t row = target->first_row;
       row < target->end_row && !prc_segment_slices_cancelled (laid->slices); row++) {
    const Level *level = level_at (laid, place_of (target, 2, middle, row));
    double place = place_of (target, 1, middle, row) + 0.5 + SLACK;

    laid->slices->work += level != NULL ? level->n : 0;
    for (size_t i = 0; level != NULL && i < level->n; i++) {
      const PrcGridPiece *piece = &level->pieces[i];
      double there = floor (place - piece->row);
      size_t n;

      if (!counts (piece, target) || !(there >= 0 && there < PRC_MASK_MAX_SIDE))
        continue;
      const PrcSpan *spans = prc_mask_row (piece->mask, (uint32_t)there, &n);
      map_row (laid, row, place_of (target, 0, 0, row) - piece->column, target->per_column[0],
               target->columns, spans, n);
    }
  }
}

// Whether a frame that counts has the place, half a pixel added to its column and row.
static bool
level_contains (const Level *level, const Target *target, double column, double row) {
  for (size_t i = 0; i < level->n; i++) {
    const PrcGridPiece *piece = &level->pieces[i];
    double x = column - piece->column, y = row - piece->row;

    if (x >= 0 && y >= 0 && x < PRC_MASK_MAX_SIDE && y < PRC_MASK_MAX_SIDE &&
        counts (piece, target) && prc_mask_contains (piece->mask, (uint32_t)x, (uint32_t)y))
      return true;
  }
  return false;
}

// The columns of a row that are in the box: *first <= column < *end.
static void
clip_row (const Laid *laid, const Target *target, uint32_t row, uint32_t *first, uint32_t *end) {
  double low = 0, high = target->columns;

  for (int i = 0; i < 3; i++) {
    double start = place_of (target, i, 0, row), step = target->per_column[i];
    double a = (laid->low[i] - start) / step, b = (laid->high[i] - start) / step;

    if (fabs (step) > 1e-12) {
      low = fmax (low, fmin (a, b) - 1);
      high = fmin (high, fmax (a, b) + 2);
    } else if (start < laid->low[i] - 1 || start > laid->high[i] + 1) {
      high = 0;
    }
  }
  *first = (uint32_t)CLAMP (low, 0, target->columns);
  *end = (uint32_t)CLAMP (high, *first, target->columns);
}

static void
lay_pixels_of_row (Laid *laid, const Target *target, uint32_t row) {
  const Level *level = NULL;
  const double *step = target->per_column;
  double start[3] = {place_of (target, 0, 0, row) + 0.5 + SLACK,
                     place_of (target, 1, 0, row) + 0.5 + SLACK, place_of (target, 2, 0, row)};
  uint32_t first, end, run = 0, column;

  clip_row (laid, target, row, &first, &end);
  for (column = first; column < end; column++) {
    double along = start[2] + column * step[2];

    if (level == NULL || along < level->low_mm || along >= level->high_mm)
      level = level_at (laid, along);
    laid->slices->work += level != NULL ? level->n : 0;
    if (level != NULL &&
        level_contains (level, target, start[0] + column * step[0], start[1] + column * step[1])) {
      run++;
    } else if (run > 0) {
      add_span (laid, row, column - run, column, target->columns);
      run = 0;
    }
  }
  if (run > 0)
    add_span (laid, row, column - run, column, target->columns);
}

static void
lay_pixels (Laid *laid, const Target *target) {
  for (uint32_t row = target->first_row;
       row < target->end_row && !prc_segment_slices_cancelled (laid->slices); row++)
    lay_pixels_of_row (laid, target, row);
}

// Along a row of the slice neither the row of the grid nor the plane changes.
static bool
rows_are_rows (const Laid *laid, const Target *target) {
  return fabs (target->per_column[1]) * target->columns < 0.01 &&
         fabs (target->per_column[2]) * target->columns < 0.01 * laid->grid->distance_mm &&
         fabs (target->per_column[0]) > 1e-9;
}

static PrcMask *
lay_slice (Laid *laid, Target *target, const PrcPlane *plane) {
  const PrcGridPiece *same;

  if (!prc_segment_plane_is_placed (plane) || !target_init (target, laid, plane))
    return NULL;
  same = same_grid (laid, target);
  if (same != NULL)
    return prc_mask_ref (same->mask);
  g_array_set_size (laid->spans, 0);
  if (rows_are_rows (laid, target))
    lay_runs (laid, target);
  else
    lay_pixels (laid, target);
  return prc_mask_new_from_spans (target->rows, target->columns,
                                  (const PrcRowSpan *)(const void *)laid->spans->data,
                                  laid->spans->len);
}

// Slices that the box may reach. Those of a series point the same way within half a degree only.
static void
slices_of_box (const Laid *laid, const PrcSegmentSlices *slices, uint32_t *first, uint32_t *end) {
  double low = INFINITY, high = -INFINITY, farthest = 0;
  const double *origin = prc_segment_slices_plane (slices, 0)->position_mm;

  for (int i = 0; i < 8; i++) {
    double along = prc_geometry_dot (laid->corners_mm[i], slices->normal), away[3];

    for (int k = 0; k < 3; k++)
      away[k] = laid->corners_mm[i][k] - origin[k];
    low = fmin (low, along);
    high = fmax (high, along);
    farthest = fmax (farthest, prc_geometry_length (away));
  }
  prc_segment_slices_range (slices, low - 0.01 * farthest, high + 0.01 * farthest, first, end);
}

static bool
is_parallel (const PrcSegmentGrid *grid, const PrcPlane *plane) {
  double normal[3];

  return prc_geometry_normal (plane, normal) &&
         fabs (prc_geometry_dot (normal, grid->axes[2])) > COS_PARALLEL;
}

void
prc_segment_grid_reserve (const PrcSegmentGrid *grid, uint32_t segment,
                          const PrcSegmentSlices *slices, bool *reserved) {
  size_t n;

  pieces_of (grid, segment, &n);
  for (uint32_t i = 0; n > 0 && i < slices->n; i++)
    if (is_parallel (grid, prc_segment_slices_plane (slices, i)))
      reserved[i] = true;
}

void
prc_segment_grid_lay (const PrcSegmentGrid *grid, uint32_t segment, const bool *named,
                      const bool *reserved, PrcSegmentSlices *slices) {
  Laid laid = {.grid = grid, .slices = slices};
  uint32_t first, end;
  size_t n;
  const PrcGridPiece *pieces = pieces_of (grid, segment, &n);

  if (n == 0)
    return;
  g_autoptr (GArray) levels = laid.levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_autoptr (GArray) spans = laid.spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  make_levels (&laid, pieces, n);
  make_box (&laid, pieces, n);
  slices_of_box (&laid, slices, &first, &end);
  for (uint32_t i = first; i < end && !prc_segment_slices_cancelled (slices); i++) {
    const PrcPlane *plane = prc_segment_slices_plane (slices, i);
    Target target = {.index = i, .only_named = grid->repeats && named != NULL && named[i]};

    if (reserved != NULL && reserved[i] && !is_parallel (grid, plane))
      continue;
    prc_segment_slices_size (slices, i, &target.rows, &target.columns);
    prc_segment_slices_add (slices, i, lay_slice (&laid, &target, plane));
  }
}
