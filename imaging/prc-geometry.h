// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-series.h"

// Vectors and planes in the LPS patient frame, millimetres. Any thread.

double prc_geometry_dot (const double a[3], const double b[3]);
double prc_geometry_length (const double a[3]);

// Makes the two directions of Image Orientation (Patient) unit vectors at a right angle (PS3.3
// C.7.6.2.1.1). False, and nothing changed, when they are further from it than 1e-3: then they are
// no orientation.
bool prc_geometry_orthonormalise (double row_direction[3], double column_direction[3]);

// Values of Image Position (Patient), Image Orientation (Patient), Pixel Spacing. What is none (not
// finite, beyond ten kilometres, no right angle, not positive) leaves the plane as it was.
void prc_geometry_set_position (PrcPlane *plane, const double position[3]);
void prc_geometry_set_orientation (PrcPlane *plane, const double orientation[6]);
bool prc_geometry_set_spacing (PrcPlane *plane, const double spacing[2]);

// row x column; false without an orientation.
bool prc_geometry_normal (const PrcPlane *plane, double out[3]);

// The body plane whose normal is within 37 degrees, else oblique. NONE without an orientation.
PrcOrientation prc_geometry_classify (const PrcPlane *plane);
