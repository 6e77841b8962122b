// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"

// From stored values to the encoder's input. Window and level never change the result; pixel
// padding never enters it. H = W = PRC_INPUT_SIZE, C = PRC_INPUT_CHANNELS, layout [H][W][C] (NHWC),
// float32, roughly [-1, 1].
//   CT (units HU): one window a channel: lung -600/1500, soft tissue 40/400, bone 400/1800.
//   else: every channel the same: modality values between the 0.5 % and 99.5 % quantiles; RGB8 by
//   luminance; inverse frames turned.
// The square of the region (padded to a square with the low end, aspect kept) is area-averaged to H
// x W.
#define PRC_INPUT_SIZE     128
#define PRC_INPUT_CHANNELS 3
#define PRC_PREPROCESS_VERSION                                                                     \
  1 // part of the model id: vectors of different versions are never compared

typedef struct {
  double x, y, width, height; // image_ coordinates; width 0: the whole image
} PrcRegion;

// out: PRC_INPUT_SIZE * PRC_INPUT_SIZE * PRC_INPUT_CHANNELS floats, caller's. false and an error
// for a region outside the image, a frame without a finite pixel, a frame of one value.
gboolean prc_preprocess (const PrcFrame *frame, const PrcRegion *region, float *out,
                         GError **error);
