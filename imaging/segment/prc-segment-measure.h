// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame-store.h"
#include "prc-segment-stack.h"

// What a segment measures on a series. Not a number where it cannot be said.
//   - A slice stands for half the way to each of its neighbours along the normal; where slices are
//     missing and at the ends, for half the usual way. So equal distances give voxels times the
//     volume of one, and slices apart by unequal distances each their own share. No volume without
//     pixel spacing, without geometry, or when slices in one place would count twice.
//   - Values leave out what prc_values_collect does: padding, what a shutter hides, colours.
typedef struct {
  uint64_t voxels;
  uint32_t slices; // that have any
  double volume_ml;
  double mean, sd; // modality values of all voxels; sd over n - 1
  double lowest, highest;
  char units[24];     // of them, as prc_frame_info has them; slices of several units have no values
  double diameter_mm; // longest in plane, between outer corners of pixels: the true surface lies
                      // within one voxel of it
  uint32_t diameter_slice;
  double diameter_from[2], diameter_to[2]; // its ends, image_ coordinates (column, row)
} PrcSegmentMeasure;

// Decodes the slices that have any, one at a time. False when cancelled or a frame cannot be read:
// what needs no values is filled all the same. Blocks; any thread.
bool prc_segment_measure (const PrcSegmentStack *stack, const PrcSeries *series,
                          PrcFrameStore *store, PrcSegmentMeasure *measure,
                          GCancellable *cancellable, GError **error);
// Without values.
void prc_segment_measure_shape (const PrcSegmentStack *stack, const PrcSeries *series,
                                PrcSegmentMeasure *measure);
