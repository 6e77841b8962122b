// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame-store.h"
#include "prc-segment-stack.h"

// What a segment measures on a series. Not a number where it cannot be said: no spacing, slices
// apart by unequal distances, units unknown.
typedef struct {
  uint64_t voxels;
  uint32_t slices;  // that have any
  double volume_ml; // voxels times the volume of one
  double mean, sd;  // modality values of all voxels; padding left out; sd over n - 1
  double lowest, highest;
  char units[24];     // of them
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
