// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-segment-stack.h"
#include "prc-segmentation.h"

// Segments of a series written as a DICOM file that names the images it was drawn on. Blocks; any
// thread. The file appears whole or not at all.

typedef struct {
  const PrcSegment *segment; // number is given anew, from 1; label and codes as they are
  const PrcSegmentStack *stack;
} PrcSegmentDraft;

// A binary DICOM Segmentation (PS3.3 A.51): one frame for each slice that a segment has any pixel
// on; at least one segment with any. An absent type becomes "Tissue", an absent category that of the
// type; what else is absent stays so. `content_label` is what people read of the whole.
gboolean prc_segment_write_seg (PrcCodecPool *pool, const PrcSeries *series,
                                const PrcSegmentDraft *drafts, size_t n, const char *content_label,
                                const char *path, GCancellable *cancellable, GError **error);

// An RT Structure Set (PS3.3 A.19): CLOSED_PLANAR contours along the edges of pixels, holes by
// keyholes; rasterised again (prc-contour.h) they give the same masks.
gboolean prc_segment_write_rtstruct (PrcCodecPool *pool, const PrcSeries *series,
                                     const PrcSegmentDraft *drafts, size_t n, const char *label,
                                     const char *path, GCancellable *cancellable, GError **error);
