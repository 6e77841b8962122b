// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-fit-private.h"

#include <math.h>

#include "prc-contour.h"
#include "prc-geometry.h"

#define MAX_SIDE 1024 // of a frame

void
prc_contour_extent (const PrcContour *contour, const double direction[3], double *low_mm,
                    double *high_mm) {
  *low_mm = INFINITY;
  *high_mm = -INFINITY;
  for (uint32_t i = 0; i < contour->n_points; i++) {
    double along = prc_geometry_dot (contour->points_mm + 3 * (size_t)i, direction);

    *low_mm = fmin (*low_mm, along);
    *high_mm = fmax (*high_mm, along);
  }
}

uint32_t
prc_drawn_contours_in_plane (const PrcDrawnContour *drawn, uint32_t n, double same_mm) {
  uint32_t same = 1;

  while (same < n && drawn[same].contour->segment == drawn->contour->segment &&
         drawn[same].along_mm - drawn->along_mm < same_mm)
    same++;
  return same;
}

PrcMask *
prc_drawn_contours_mask (const PrcDrawnContour *drawn, uint32_t n, const PrcPlane *plane,
                         uint32_t rows, uint32_t columns, double reach_mm) {
  g_autofree const PrcContour **contours = g_new (const PrcContour *, n);

  for (uint32_t i = 0; i < n; i++)
    contours[i] = drawn[i].contour;
  return prc_contour_mask (contours, n, plane, rows, columns, reach_mm);
}

// Two directions at right angles to the normal, the first near an axis of the patient.
static void
lie_across (PrcPlane *plane, const double normal[3]) {
  int least = 0;

  for (int k = 1; k < 3; k++)
    if (fabs (normal[k]) < fabs (normal[least]))
      least = k;
  for (int k = 0; k < 3; k++)
    plane->row_direction[k] = (k == least) - normal[least] * normal[k];
  double length = prc_geometry_length (plane->row_direction);
  for (int k = 0; k < 3; k++)
    plane->row_direction[k] /= length;
  for (int k = 0; k < 3; k++) // normal x row
    plane->column_direction[k] = normal[(k + 1) % 3] * plane->row_direction[(k + 2) % 3] -
                                 normal[(k + 2) % 3] * plane->row_direction[(k + 1) % 3];
  plane->has_position = plane->has_orientation = true;
}

static void
extent_of_all (const PrcDrawnContour *drawn, uint32_t n, const double direction[3], double *low,
               double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (uint32_t i = 0; i < n; i++) {
    double one_low, one_high;

    prc_contour_extent (drawn[i].contour, direction, &one_low, &one_high);
    *low = fmin (*low, one_low);
    *high = fmax (*high, one_high);
  }
}

// The plane that holds all contours when they are looked at along their normal, in pixels of half
// the size of the series' own: they are read off twice.
static bool
plane_around (PrcPlane *plane, const PrcDrawnContour *drawn, uint32_t n, const double normal[3],
              const PrcPlane *slice, uint32_t *rows, uint32_t *columns) {
  double left, right, top, bottom, step;

  *plane = (PrcPlane){0};
  lie_across (plane, normal);
  extent_of_all (drawn, n, plane->row_direction, &left, &right);
  extent_of_all (drawn, n, plane->column_direction, &top, &bottom);
  step = fmin (slice->row_spacing_mm, slice->column_spacing_mm) / 2;
  step = fmax (step, fmax (right - left, bottom - top) / (MAX_SIDE - 1));
  if (!isfinite (step))
    return false;
  plane->row_spacing_mm = plane->column_spacing_mm = step;
  *columns = (uint32_t)((right - left) / step) + 1;
  *rows = (uint32_t)((bottom - top) / step) + 1;
  for (int k = 0; k < 3; k++)
    plane->position_mm[k] =
        (left + step / 2) * plane->row_direction[k] + (top + step / 2) * plane->column_direction[k];
  return true;
}

PrcSegmentGrid *
prc_drawn_contours_grid (const PrcDrawnContour *drawn, uint32_t n, const double normal[3],
                         double same_mm, double most_mm, PrcSegmentSlices *slices) {
  PrcPlane plane;
  uint32_t rows, columns, here;

  if (!plane_around (&plane, drawn, n, normal, prc_segment_slices_plane (slices, 0), &rows,
                     &columns))
    return NULL;
  PrcSegmentGrid *grid = prc_segment_grid_new (&plane);
  for (uint32_t i = 0; i < n && !prc_segment_slices_cancelled (slices); i += here) {
    PrcPlane level = plane;

    here = prc_drawn_contours_in_plane (&drawn[i], n - i, same_mm);
    for (int k = 0; k < 3; k++)
      level.position_mm[k] += (drawn[i].along_mm + drawn[i + here - 1].along_mm) / 2 * normal[k];
    g_autoptr (PrcMask) mask = prc_drawn_contours_mask (&drawn[i], here, &level, rows, columns, 0);
    slices->work += (uint64_t)rows * columns / 16; // as long as so many steps take
    slices->size += mask != NULL ? prc_mask_size (mask) : 0;
    if (mask != NULL)
      prc_segment_grid_add (grid, drawn[i].contour->segment, &level, mask, -1);
  }
  prc_segment_grid_close (
      grid, fmin (prc_segment_grid_distance_mm (grid, 0, slices->spacing_mm), most_mm));
  return grid;
}
