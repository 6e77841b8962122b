// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-grid.h"
#include "prc-segmentation.h"

// Between the files that lay segmentations; for nobody else.

// Contours that are placed in the patient of the series (by_place), or by the images they name.
// Adds a stack for each segment, NULL for those that are nowhere; stops when slices are cancelled.
void prc_segment_fit_contours (const PrcSegmentationInfo *info, bool by_place,
                               PrcSegmentSlices *slices, PrcSegmentStack **stacks);

// A contour on its way to slices.
typedef struct {
  const PrcContour *contour;
  double along_mm;        // of its middle, on the normal of the planes; or the number of the slice
  double low_mm, high_mm; // on the normal of the slices
  int named;              // the slice that it names as the one it was drawn on, or -1
} PrcDrawnContour;

void prc_contour_extent (const PrcContour *contour, const double direction[3], double *low_mm,
                         double *high_mm);
// How many of n, sorted by segment and place, are of the first one's segment and within same_mm.
uint32_t prc_drawn_contours_in_plane (const PrcDrawnContour *drawn, uint32_t n, double same_mm);
PrcMask *prc_drawn_contours_mask (const PrcDrawnContour *drawn, uint32_t n, const PrcPlane *plane,
                                  uint32_t rows, uint32_t columns, double reach_mm);
// For slices across the planes of contours (sorted by segment and place): each plane filled, as
// frames of a grid. Planes count as most_mm apart when they are further. NULL when points are
// further apart than any numbers of pixels.
PrcSegmentGrid *prc_drawn_contours_grid (const PrcDrawnContour *drawn, uint32_t n,
                                         const double normal[3], double same_mm, double most_mm,
                                         PrcSegmentSlices *slices);
