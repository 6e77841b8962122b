// SPDX-License-Identifier: Apache-2.0
// From a stored value to the VOI output, by the standard's formulas.
#include "prc-voi-private.h"

#include <math.h>

// PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, output range 0 to 255.
static double
window_output (const PrcVoi *voi, double x) {
  double c = voi->centre, w = voi->width;

  switch (voi->function) {
  case PRC_VOI_SIGMOID:
    return 255 / (1 + exp (-4 * (x - c) / w));
  case PRC_VOI_LINEAR_EXACT:
    return ((x - c) / w + 0.5) * 255; // the caller clamps
  default:
    if (x <= c - 0.5 - (w - 1) / 2)
      return 0;
    return x > c - 0.5 + (w - 1) / 2 ? 255 : ((x - (c - 0.5)) / (w - 1) + 0.5) * 255;
  }
}

// PS3.3 C.11.6.1: the whole range that comes in is spread over all entries.
static double
presented (const PrcLut *lut, double output) {
  double index = CLAMP (output, 0, 255) / 255 * (lut->n_entries - 1);

  return lut->entries[(uint32_t)(index + PRC_VOI_HALF)] * 255.0 / ((1u << lut->bits) - 1);
}

double
prc_voi_output (const PrcVoi *voi, double stored) {
  const PrcFrameInfo *info = voi->info;
  double value = info->modality_lut != NULL
                     ? prc_lut_entry (info->modality_lut, stored)
                     : stored * info->rescale_slope + info->rescale_intercept;
  double output;

  if (isnan (value))
    return value;
  if (voi->lut != NULL)
    output = prc_lut_entry (voi->lut, value) * 255.0 / ((1u << voi->lut->bits) - 1);
  else
    output = window_output (voi, value);
  return info->presentation_lut != NULL ? presented (info->presentation_lut, output) : output;
}
