// SPDX-License-Identifier: Apache-2.0
#include "prc-geometry.h"

#include <math.h>
#include <string.h>

#define NOISE       1e-3 // in lengths and in the cosine between the two directions
#define FARTHEST    1e7  // mm
#define COS_OBLIQUE 0.8  // 37 degrees: an axial CT with a tilted gantry is axial to its reader

double
prc_geometry_dot (const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void
cross (const double a[3], const double b[3], double out[3]) {
  out[0] = a[1] * b[2] - a[2] * b[1];
  out[1] = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
}

double
prc_geometry_length (const double a[3]) {
  return sqrt (prc_geometry_dot (a, a));
}

bool
prc_geometry_orthonormalise (double row_direction[3], double column_direction[3]) {
  double row_length = prc_geometry_length (row_direction);
  double column_length = prc_geometry_length (column_direction);
  if (!(fabs (row_length - 1) <= NOISE) || !(fabs (column_length - 1) <= NOISE))
    return false;
  double cosine = prc_geometry_dot (row_direction, column_direction) / (row_length * column_length);
  if (!(fabs (cosine) <= NOISE))
    return false;
  double column[3];
  for (int i = 0; i < 3; i++) {
    row_direction[i] /= row_length;
    column[i] = column_direction[i] / column_length;
  }
  for (int i = 0; i < 3; i++)
    column[i] -= cosine * row_direction[i];
  double length = prc_geometry_length (column);
  for (int i = 0; i < 3; i++)
    column_direction[i] = column[i] / length;
  return true;
}

bool
prc_geometry_normal (const PrcPlane *plane, double out[3]) {
  if (!plane->has_orientation)
    return false;
  cross (plane->row_direction, plane->column_direction, out);
  return true;
}

static bool
are_coordinates (const double *numbers, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!(fabs (numbers[i]) <= FARTHEST))
      return false;
  return true;
}

void
prc_geometry_set_position (PrcPlane *plane, const double position[3]) {
  if (!are_coordinates (position, 3))
    return;
  memcpy (plane->position_mm, position, sizeof plane->position_mm);
  plane->has_position = true;
}

void
prc_geometry_set_orientation (PrcPlane *plane, const double orientation[6]) {
  double directions[6];
  if (!are_coordinates (orientation, 6))
    return;
  memcpy (directions, orientation, sizeof directions);
  if (!prc_geometry_orthonormalise (directions, directions + 3))
    return;
  memcpy (plane->row_direction, directions, sizeof plane->row_direction);
  memcpy (plane->column_direction, directions + 3, sizeof plane->column_direction);
  plane->has_orientation = true;
}

bool
prc_geometry_set_spacing (PrcPlane *plane, const double spacing[2]) {
  if (!are_coordinates (spacing, 2) || spacing[0] <= 0 || spacing[1] <= 0)
    return false;
  plane->row_spacing_mm = spacing[0];
  plane->column_spacing_mm = spacing[1];
  return true;
}

PrcOrientation
prc_geometry_classify (const PrcPlane *plane) {
  double normal[3];
  if (!prc_geometry_normal (plane, normal))
    return PRC_ORIENTATION_NONE;
  static const PrcOrientation of_axis[] = {PRC_ORIENTATION_SAGITTAL, PRC_ORIENTATION_CORONAL,
                                           PRC_ORIENTATION_AXIAL};
  for (int i = 0; i < 3; i++) {
    if (fabs (normal[i]) >= COS_OBLIQUE)
      return of_axis[i];
  }
  return PRC_ORIENTATION_OBLIQUE;
}
