// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"

// A picture to judge a display by, drawn for one image pixel per device pixel: eighteen steps of
// grey with squares of little contrast in them, black in black and white in white (5 and 95 %),
// lines as fine as the display's pixels, ramps, and a grid for the geometry. In the manner of
// AAPM TG18-QC, drawn anew. Any thread.

#define PRC_TEST_PATTERN_STEPS 18
#define PRC_TEST_PATTERN_LEAST 360 // smaller sides are refused

// Grey of a step, 0 to 255 in steps of 15.
unsigned prc_test_pattern_level (unsigned step);

// Eight bits, with the window that shows each value as it is. NULL and an error for a size that is
// too small or larger than any display.
PrcFrame *prc_test_pattern_new (uint32_t rows, uint32_t columns, GError **error);

// Where a step's patch is, in pixels: for tests and labels.
void prc_test_pattern_patch (uint32_t rows, uint32_t columns, unsigned step, uint32_t *row,
                             uint32_t *column, uint32_t *size);
