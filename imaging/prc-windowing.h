// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-view-params.h"

// What a frame itself says about its window (PS3.3 C.11.2): its VOI LUTs, then its windows, counted
// from 0. Any thread.

uint32_t prc_windowing_n_choices (const PrcFrameInfo *info);
// VOI LUT Explanation or Window Center & Width Explanation; "" when absent. Borrowed.
const char *prc_windowing_explanation (const PrcFrameInfo *info, uint32_t choice);
// A VOI LUT leaves the window beside it alone.
void prc_windowing_choose (PrcViewParams *params, const PrcFrame *frame, uint32_t choice);

// The straight window that looks most like a VOI LUT on the values that the frame has: on them it
// passes through the LUT's output. A LUT may reach far beyond the data, or fall, or be flat where
// the data are: then it is the automatic window. `params` gets centre, width and function; its
// `voi` stays.
void prc_windowing_resemble (PrcViewParams *params, const PrcFrame *frame, uint32_t voi_lut);

// How bright a modality value is: 0, the dark end, to 1, as its VOI LUT or window has it and
// inverted where frame and parameters say so; before any palette. NaN is dark.
double prc_windowing_brightness (const PrcViewParams *params, const PrcFrameInfo *info,
                                 double value);
