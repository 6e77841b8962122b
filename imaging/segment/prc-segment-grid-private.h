// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-grid.h"

// Between the files that make a grid and lay it; for nobody else.

// One frame. Places in the grid are in pixels from the origin of the patient, `along` the normal in
// millimetres.
typedef struct {
  uint32_t segment;
  int named;
  double column, row, along_mm; // of its first pixel
  PrcMask *mask;
} PrcGridPiece;

struct _PrcSegmentGrid {
  double axes[3][3]; // rows count columns, columns count rows, normal
  double steps[3];   // of these, in millimetres; of the normal: 1
  double distance_mm;
  bool repeats; // a segment has several frames in one place
  GArray *pieces;
};

const PrcGridPiece *prc_segment_grid_piece (const PrcSegmentGrid *grid, uint32_t i);
// A place (scale 1) or a way of this length in the patient, in the steps of the grid.
void prc_segment_grid_place (const PrcSegmentGrid *grid, const double mm[3], double scale,
                             double out[3]);
