// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-mask.h"
#include "prc-preprocess.h"

// What a box drawn around something on a slice is taken for where segments are to be like it. Hands
// leave some room around what they mean, and most of that is round: it is taken for an ellipse in
// the middle of the box, this part of it wide and high. A fraction of precision is lost to the
// segment itself, less than with the rectangle (engine/training/boxes.py).
#define PRC_BOX_ELLIPSE 0.8

// The ellipse, of the frame's size; at least a pixel. The part of the box beyond the image does not
// count. NULL and an error for a box that lies outside the image or has no size.
PrcMask *prc_box_mask (const PrcFrameInfo *info, const PrcRegion *box, GError **error);
