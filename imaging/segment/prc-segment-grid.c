// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-grid-private.h"

#include <math.h>
#include <string.h>

#include "prc-geometry.h"

#define SAME_DIRECTION 1e-4 // in each part of a unit vector: rounding in the file
#define SAME_SPACING   1e-4 // of the spacing
#define SAME_PLACE_MM  0.01 // at most; less where planes lie closer
#define SPARSE         1.5  // distances further apart than this have planes missing between them
#define THINNEST       0.1  // of the distance of slices: what is said to be thinner is not lost
#define FARTHEST_MM    10   // of planes that do not say: beyond it somebody drew on a few of many

static void
piece_clear (gpointer data) {
  prc_mask_unref (((PrcGridPiece *)data)->mask);
}

PrcSegmentGrid *
prc_segment_grid_new (const PrcPlane *plane) {
  PrcSegmentGrid *grid = g_new0 (PrcSegmentGrid, 1);

  memcpy (grid->axes[0], plane->row_direction, sizeof grid->axes[0]);
  memcpy (grid->axes[1], plane->column_direction, sizeof grid->axes[1]);
  prc_geometry_normal (plane, grid->axes[2]);
  grid->steps[0] = plane->column_spacing_mm;
  grid->steps[1] = plane->row_spacing_mm;
  grid->steps[2] = 1;
  grid->pieces = g_array_new (FALSE, FALSE, sizeof (PrcGridPiece));
  g_array_set_clear_func (grid->pieces, piece_clear);
  return grid;
}

void
prc_segment_grid_free (PrcSegmentGrid *grid) {
  g_array_unref (grid->pieces);
  g_free (grid);
}

void
prc_segment_grid_place (const PrcSegmentGrid *grid, const double mm[3], double scale,
                        double out[3]) {
  for (int i = 0; i < 3; i++)
    out[i] = scale * prc_geometry_dot (mm, grid->axes[i]) / grid->steps[i];
}

static bool
same_direction (const double a[3], const double b[3]) {
  return fabs (a[0] - b[0]) < SAME_DIRECTION && fabs (a[1] - b[1]) < SAME_DIRECTION &&
         fabs (a[2] - b[2]) < SAME_DIRECTION;
}

bool
prc_segment_grid_add (PrcSegmentGrid *grid, uint32_t segment, const PrcPlane *plane, PrcMask *mask,
                      int named) {
  double place[3];

  if (!same_direction (plane->row_direction, grid->axes[0]) ||
      !same_direction (plane->column_direction, grid->axes[1]) ||
      fabs (plane->column_spacing_mm - grid->steps[0]) > SAME_SPACING * grid->steps[0] ||
      fabs (plane->row_spacing_mm - grid->steps[1]) > SAME_SPACING * grid->steps[1])
    return false;
  if (prc_mask_area (mask) == 0)
    return true;
  prc_segment_grid_place (grid, plane->position_mm, 1, place);
  PrcGridPiece piece = {segment, named, place[0], place[1], place[2], prc_mask_ref (mask)};
  g_array_append_val (grid->pieces, piece);
  return true;
}

const PrcGridPiece *
prc_segment_grid_piece (const PrcSegmentGrid *grid, uint32_t i) {
  return &g_array_index (grid->pieces, PrcGridPiece, i);
}

static int
compare_pieces (gconstpointer a, gconstpointer b) {
  const PrcGridPiece *x = a, *y = b;

  if (x->segment != y->segment)
    return x->segment < y->segment ? -1 : 1;
  return (x->along_mm > y->along_mm) - (x->along_mm < y->along_mm);
}

static int
compare_numbers (gconstpointer a, gconstpointer b) {
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

// The smallest way from one plane to the next, 0 when there is one plane only. The smallest since
// empty frames are omitted.
static double
smallest_gap (const PrcSegmentGrid *grid) {
  uint32_t n = grid->pieces->len;
  g_autofree double *places = g_new (double, n + 1);
  double gap = INFINITY;

  for (uint32_t i = 0; i < n; i++)
    places[i] = prc_segment_grid_piece (grid, i)->along_mm;
  qsort (places, n, sizeof *places, compare_numbers);
  double extent = n > 0 ? places[n - 1] - places[0] : 0;
  double same = CLAMP (0.05 * extent / n, 1e-6, SAME_PLACE_MM);
  for (uint32_t i = 1, last = 0; i < n; i++) {
    if (places[i] - places[last] <= same)
      continue;
    gap = fmin (gap, places[i] - places[last]);
    last = i;
  }
  return isfinite (gap) ? gap : 0;
}

static bool
names_slices (const PrcSegmentGrid *grid) {
  for (uint32_t i = 0; i < grid->pieces->len; i++)
    if (prc_segment_grid_piece (grid, i)->named >= 0)
      return true;
  return false;
}

// Empty frames are omitted: planes of lesions far from each other are no thicker than others. Then
// what the file says counts, and where it was drawn on these very slices their distance, for slices
// may overlap.
double
prc_segment_grid_distance_mm (const PrcSegmentGrid *grid, double thickness_mm,
                              double otherwise_mm) {
  double gap = smallest_gap (grid), usual;
  bool silent = !(thickness_mm > 0) || !isfinite (thickness_mm);

  if (silent && !names_slices (grid))
    return gap > 0 && gap <= FARTHEST_MM ? gap : otherwise_mm;
  usual = silent ? otherwise_mm : thickness_mm;
  if (gap > 0 && gap <= SPARSE * usual)
    return gap;
  usual = fmax (usual, THINNEST * otherwise_mm);
  return gap > 0 && names_slices (grid) ? fmin (usual, otherwise_mm) : usual;
}

static bool
in_one_place (const PrcSegmentGrid *grid, const PrcGridPiece *a, const PrcGridPiece *b) {
  return a->segment == b->segment && fabs (a->column - b->column) < 0.5 &&
         fabs (a->row - b->row) < 0.5 && b->along_mm - a->along_mm < 0.01 * grid->distance_mm;
}

void
prc_segment_grid_close (PrcSegmentGrid *grid, double distance_mm) {
  grid->distance_mm = distance_mm;
  g_array_sort (grid->pieces, compare_pieces);
  for (uint32_t i = 1; i < grid->pieces->len && !grid->repeats; i++)
    grid->repeats =
        in_one_place (grid, prc_segment_grid_piece (grid, i - 1), prc_segment_grid_piece (grid, i));
}
