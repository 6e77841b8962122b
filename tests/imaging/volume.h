// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-segment-stack.h"

// Series and segments small enough to be looked at voxel by voxel, for tests of what works on runs.

typedef struct {
  uint32_t slices, rows, columns;
  double slice_mm, row_mm, column_mm; // 0: unknown
  double shift_mm;                    // down in plane, from slice to slice: a tilted gantry
  double first_mm;                    // along, of the first slice
} VolumeGrid;

// Axial, of headers alone.
PrcSeries *volume_series (const VolumeGrid *grid);
// The same with files in `folder`, in Hounsfield units;
// values[slice * rows * columns + row * columns + column].
PrcSeries *volume_files (const VolumeGrid *grid, PrcCodecPool *pool, const char *folder,
                         const int16_t *values);

// One byte a voxel, 0 or 1, in the order of values.
PrcSegmentStack *volume_stack (const VolumeGrid *grid, const uint8_t *voxels);
uint8_t *volume_voxels (const VolumeGrid *grid, const PrcSegmentStack *stack); // owned
uint8_t *volume_new (const VolumeGrid *grid);
size_t volume_size (const VolumeGrid *grid);
size_t volume_at (const VolumeGrid *grid, uint32_t slice, uint32_t row, uint32_t column);

// Blobs, some of which touch each other and the sides; a few single voxels.
uint8_t *volume_random (const VolumeGrid *grid, GRand *random);
void volume_assert_equal (const VolumeGrid *grid, const PrcSegmentStack *stack,
                          const uint8_t *expected);
