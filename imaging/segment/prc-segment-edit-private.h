// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-edit.h"

// What the operations on segments share, and nobody else includes.

typedef struct {
  uint32_t rows, columns;
  double row_mm, column_mm; // distances of pixels; both 1 where they are unknown
} PrcSegmentRaster;
PrcSegmentRaster prc_segment_edit_grid (const PrcSeries *series);

bool prc_segment_edit_has_planes (const PrcSeries *series); // slices have places and distances

// Else an error: the caller mixed up two series, or a frame is not of the size its header says.
bool prc_segment_edit_is_of (const PrcSegmentStack *stack, const PrcSeries *series, GError **error);
bool prc_segment_edit_same_size (const PrcMask *a, const PrcMask *b, GError **error);

GPtrArray *prc_segment_edit_masks_new (void); // of PrcMask or NULL, owned by it
// The masks of a stack, which may be replaced one by one, and a stack of them.
GPtrArray *prc_segment_edit_masks (const PrcSegmentStack *stack);
// Takes `mask`. One that is the same as there was leaves that in place: it is shared.
void prc_segment_edit_replace (GPtrArray *masks, uint32_t index, PrcMask *mask);
PrcSegmentStack *prc_segment_edit_stack (GPtrArray *masks);
