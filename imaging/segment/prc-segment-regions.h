// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame-store.h"
#include "prc-segment-stack.h"

// A region of interest that came as an overlay of the images (Overlay Type R, PS3.3 C.9.2).
typedef struct {
  uint16_t group; // 0x6000 to 0x601e
  char *label;    // of the overlay; "" when absent
  PrcSegmentStack *stack;
} PrcSegmentRegion;

void prc_segment_region_free (PrcSegmentRegion *region);

// Those of a series, in the order of slices and groups: an overlay of one group and label on several
// slices is one region; what lies beside the image is left out. Decodes all slices, one at a time;
// those that cannot be read have none. NULL only when cancelled. Blocks; any thread.
GPtrArray *prc_segment_regions (PrcSeries *series, PrcFrameStore *store, GCancellable *cancellable,
                                GError **error);

bool prc_segment_regions_has (const PrcFrame *frame); // whether a frame has any
