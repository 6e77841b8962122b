// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"
#include "prc-kernels.h"
#include "prc-view-params.h"

// The way of one value to the screen: stored -> padding -> modality -> VOI -> presentation table ->
// inverse, prepared for one frame and one set of parameters. Levels are 0 (black) to 255, rounded to the nearest (halves
// up) after the VOI and inverted after that (PS3.3 C.7.6.3.1.2). Padding and NaN are background:
// black, inverted or not. Immutable, any thread; borrows the frame.
typedef struct _PrcVoi PrcVoi;

PrcVoi *prc_voi_new (const PrcFrame *frame, const PrcViewParams *params);
void prc_voi_free (PrcVoi *voi);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcVoi, prc_voi_free)

uint8_t prc_voi_level (const PrcVoi *voi,
                       double stored); // the definition: one value, in double precision

// Levels of `n` pixels that follow each other, in units of 1/PRC_LEVEL_ONE. `channel` counts in an
// RGB8 frame and in one with a supplemental palette, and is 0 elsewhere. Equal to prc_voi_level for
// each value that is no colour; what a shutter hides is prc_voi_shutter_level.
void prc_voi_row (const PrcVoi *voi, size_t first_pixel, size_t n, unsigned channel, int16_t *out);
// The same for averaging: may be faster and may keep fractions of a level (within 1/30 of the level
// before rounding for a linear window, within 1/4 for other transformations).
void prc_voi_row_for_averaging (const PrcVoi *voi, size_t first_pixel, size_t n, unsigned channel,
                                int16_t *out);

unsigned prc_voi_n_channels (const PrcVoi *voi);          // 1, or 3 for colours
uint8_t prc_voi_shutter_level (const PrcFrameInfo *info); // of its Shutter Presentation Value
