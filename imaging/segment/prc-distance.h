// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-mask.h"

// How far the pixels of a rectangle are from the edge of a mask: exact Euclidean distances between
// centres of pixels (Felzenszwalb and Huttenlocher 2012), less half a pixel. Any thread.

typedef struct {
  int32_t top, left; // may lie beyond the mask
  uint32_t rows, columns;
} PrcDistanceBox;

// Positive inside the mask, negative outside, in the units of the distances of pixels. The box
// holds all of the mask, with at least a pixel's margin on every side; the mask is not empty. Owned,
// rows * columns.
float *prc_distance_signed (const PrcMask *mask, const PrcDistanceBox *box, double row_mm,
                            double column_mm);
