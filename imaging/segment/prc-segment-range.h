// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"
#include "prc-segment-edit.h"

// Pixels by their values. Padding, what a shutter hides, colours and what is no number are in no
// range but that of all. Any thread.

bool prc_segment_range_is_all (const PrcSegmentRange *range);

// Of the rows and columns within `bounds` (NULL: of the whole frame). Owned.
PrcMask *prc_segment_range_mask (const PrcFrame *frame, const PrcSegmentRange *range,
                                 const PrcMaskBounds *bounds);

// From k standard deviations below the mean to k above, of the square of 2 * reach + 1 pixels
// around one; at least the value of that pixel itself and, on whole numbers, one step to either
// side. False when it has no value.
bool prc_segment_range_around (const PrcFrame *frame, uint32_t column, uint32_t row, uint32_t reach,
                               double k, PrcSegmentRange *range);
