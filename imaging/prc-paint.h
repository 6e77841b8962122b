// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-mask.h"
#include "prc-view-params.h"

// A mask to lay over a picture.
typedef struct {
  const PrcMask *mask;
  int32_t row, column; // of the image, under the mask's top left pixel
  uint32_t colour;     // 0xRRGGBB
  unsigned alpha;      // 0 (nothing is seen) to 256 (opaque)
  bool nearest;        // minified too, only where the middle of a device pixel is in the mask
} PrcPaint;

// Over width x height device pixels of a view of an image that is not turned, whose pixels are
// `aspect` times as high as wide. A device pixel is painted when its middle lies in a pixel of the
// mask; minified, when it shows any part of one, so that thin lines never vanish. Any thread.
void prc_paint (const PrcPaint *paint, const PrcViewParams *params, double aspect, uint32_t *pixels,
                int width, int height);
