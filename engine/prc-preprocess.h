// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"

#include "prc-recipe.h"

// From stored values to an encoder's input, as its recipe says. Window and level never change the
// result; pixel padding never enters it. float32, layout [H][W][C] (or [C][H][W]), H = W.
//   CT (units HU): one window a channel.
//   else: every channel the same: modality values between two quantiles; RGB8 by luminance; inverse
//   frames turned.
// The square of the region (padded to a square with the low end, aspect kept) is averaged to H x W.

// Of the encoder that is shipped.
#define PRC_INPUT_SIZE     128
#define PRC_INPUT_CHANNELS 3
#define PRC_PREPROCESS_VERSION                                                                     \
  1 // part of the model id: vectors of different versions are never compared

typedef struct {
  double x, y, width, height; // image_ coordinates; width 0: the whole image
} PrcRegion;

// out: prc_recipe_length floats, caller's. false and an error
// for a region outside the image, a frame without a finite pixel, a frame of one value.
gboolean prc_preprocess (const PrcRecipe *recipe, const PrcFrame *frame, const PrcRegion *region,
                         float *out, GError **error);

// What a segment is compared by: the square around the mask (of the image's size) with a margin of a
// quarter of its longer side on every side, at its own scale; what is beside the mask is faded to
// half of its height over the low end, what is beside the image is the low end. A smaller square
// than PRC_SEGMENT_LEAST_SIDE columns is never taken, so that something is left around a speck.
// Values are mapped as those of the whole image are. The figures were chosen by measurement
// (engine/training/segments.py). Fails besides for a mask of another size and for an empty one.
#define PRC_SEGMENT_MARGIN     0.25
#define PRC_SEGMENT_LEAST_SIDE 24.0
#define PRC_SEGMENT_FADE       0.5
#define PRC_SEGMENT_VERSION    1 // of this recipe: part of prc_model_segment_id, not of the model id
gboolean prc_preprocess_segment (const PrcRecipe *recipe, const PrcFrame *frame,
                                 const PrcMask *mask, float *out, GError **error);

// The square that either of the two takes of a frame (mask NULL: the first), in image_ coordinates,
// and what of it is image and inside the region. They fail as those do, but do not look at values.
gboolean prc_preprocess_square (const PrcFrame *frame, const PrcRegion *region, const PrcMask *mask,
                                PrcRegion *square, PrcRegion *inside, GError **error);
