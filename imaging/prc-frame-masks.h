// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "prc-frame.h"

// The shutter and the overlays of a codec's reading, or of the reading in a presentation.
typedef struct {
  bool has_shutter; // the reading speaks of one, even if that hides nothing
  PrcMask *shutter; // as PrcFrameInfo has it; NULL: all is seen
  uint16_t shutter_value;
  PrcOverlay *overlays; // masks are owned
  uint32_t n_overlays;
} PrcFrameMasks;

// For an image of this size whose pixels are `aspect` times as high as wide. What is garbled counts
// as absent. Clear it in the end.
void prc_frame_masks_init (PrcFrameMasks *masks, GVariant *reading, uint32_t rows, uint32_t columns,
                           double aspect);
void prc_frame_masks_clear (PrcFrameMasks *masks);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrcFrameMasks, prc_frame_masks_clear)
