// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-stack.h"
#include "prc-segmentation.h"

// Stands in for what the codec reads, so that a test says what is in a file. Segments are copied as
// they are: their strings must outlive it; NULL ones become "".
PrcSegmentation *fake_segmentation_new (const char *title, const PrcSegment *segments, guint n);
// A frame of 48 rows and 64 columns that names its image and says not where it lies; the mask is
// referenced. Before anybody else looks.
void fake_segmentation_put (PrcSegmentation *segmentation, guint segment, const char *source_uid,
                            PrcMask *mask);
// A square of `side` pixels at (column, row) on slices first to last of `n`, 48 rows, 64 columns.
PrcSegmentStack *fake_stack (guint n, guint first, guint last, int column, int row, int side);
