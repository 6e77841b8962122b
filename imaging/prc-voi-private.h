// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-voi.h"

// Each file calls only those above it: prc-voi-output.c, prc-voi-fit.c, prc-voi.c.

// Where the VOI output is a half in theory, double arithmetic may fall on either side of it; this
// much decides for "up".
#define PRC_VOI_HALF (0.5 + 1e-9)

struct _PrcVoi {
  const PrcFrameInfo *info;
  const void *samples;
  const PrcLut *lut; // VOI LUT, or NULL
  PrcVoiFunction function;
  double centre, width;
  bool inverse;
  bool has_ramp; // `ramp` may stand for `table` in averages
  PrcRamp ramp;
  bool has_curve; // `curve` may
  PrcCurve curve;
  uint16_t flip; // XORed on a sample's bits to give its place in the table
  // Of 8- and 16-bit samples, ascending by value; one for all channels where there are no colours.
  uint8_t *table[3];
};

// 0 to 255 before rounding and inversion, and beyond where a table is; NaN where there is none.
double prc_voi_output (const PrcVoi *voi, double stored);

// For 16-bit samples from `base` to `top`. False when it cannot stand for the table: a window too
// narrow for 16 bits, which is a threshold; a table that jumps. Curves are there because tables of
// 65,536 levels miss the first cache at every other sample; straight pieces live in registers.
bool prc_voi_fit_ramp (PrcVoi *voi, int32_t base, int32_t top);
bool prc_voi_fit_curve (PrcVoi *voi, int32_t base, int32_t top);
