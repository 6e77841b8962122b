// SPDX-License-Identifier: Apache-2.0
#include "prc-voi-private.h"

#include <math.h>

// Where the window rises over stored values: from 0 at `start` over `width` to white. A falling
// slope is the same turned over.
static void
find_rise (const PrcVoi *voi, double *start, double *width) {
  const PrcFrameInfo *info = voi->info;
  bool linear = voi->function == PRC_VOI_LINEAR;
  double w = linear ? voi->width - 1 : voi->width;
  double low = (linear ? voi->centre - 0.5 : voi->centre) - w / 2;
  double zero = info->rescale_slope < 0 ? low + w : low;

  *start = (zero - info->rescale_intercept) / info->rescale_slope;
  *width = w / fabs (info->rescale_slope);
}

bool
prc_voi_fit_ramp (PrcVoi *voi, int32_t base, int32_t top) {
  const PrcFrameInfo *info = voi->info;
  PrcRamp *ramp = &voi->ramp;
  double start, width, factor;

  find_rise (voi, &start, &width);
  if (!(width >= 2) || !isfinite (start))
    return false;
  ramp->low = (int32_t)CLAMP (floor (start), base, top);
  ramp->high = (int32_t)CLAMP (ceil (start + width), base, top);
  while (ramp->shift < 15 && ((ramp->high - ramp->low) << (ramp->shift + 1)) <= 65535)
    ramp->shift++;
  factor = rint (PRC_WHITE * 65536.0 / (width * (1 << ramp->shift)));
  if (factor > 65535)
    return false;
  ramp->factor = (uint16_t)factor;
  ramp->start = (int16_t)CLAMP (rint ((ramp->low - start) / width * PRC_WHITE), -32767, PRC_WHITE);
  ramp->flip = voi->inverse != (info->rescale_slope < 0);
  ramp->padding_low = (int32_t)CLAMP (ceil (info->padding_low), base, top);
  ramp->padding_high = (int32_t)CLAMP (floor (info->padding_high), base, top);
  ramp->has_padding = info->has_padding && info->padding_low <= top && info->padding_high >= base &&
                      ramp->padding_low <= ramp->padding_high;
  return true;
}

// Whole values around (from, to), in any order, within the type's range.
static void
set_range (PrcCurve *curve, double from, double to, int32_t base, int32_t top) {
  curve->low = (int32_t)CLAMP (floor (fmin (from, to)), base, top);
  curve->high = (int32_t)CLAMP (ceil (fmax (from, to)), base, top);
  while (curve->shift < 15 && ((curve->high - curve->low) << (curve->shift + 1)) <= 65535)
    curve->shift++;
}

// The stored values beyond which the level stays the same, or a SIGMOID as good as that: at twice
// its width from its centre it is 255 / (1 + exp (8)) = 0.09 from the end.
static void
find_bends (const PrcVoi *voi, int32_t base, int32_t top, PrcCurve *curve) {
  const PrcFrameInfo *info = voi->info;
  const PrcLut *lut = info->modality_lut != NULL ? info->modality_lut : voi->lut;
  double from, to;

  if (lut != NULL) {
    from = lut->first_mapped - 1.0;
    to = lut->first_mapped + (double)lut->n_entries;
  } else if (voi->function == PRC_VOI_SIGMOID) {
    from = voi->centre - 2 * voi->width;
    to = voi->centre + 2 * voi->width;
  } else {
    from = voi->centre - 0.5 - voi->width / 2;
    to = voi->centre + 0.5 + voi->width / 2;
  }
  if (info->modality_lut == NULL) {
    from = (from - info->rescale_intercept) / info->rescale_slope;
    to = (to - info->rescale_intercept) / info->rescale_slope;
  }
  set_range (curve, from, to, base, top);
}

// In row units.
static double
curve_target (const PrcVoi *voi, double stored) {
  double output = CLAMP (prc_voi_output (voi, stored), 0, 255);

  return (voi->inverse ? 255 - output : output) * PRC_LEVEL_ONE;
}

static void
fill_pieces (const PrcVoi *voi, PrcCurve *curve) {
  double step = 512.0 / (1 << curve->shift), start = curve_target (voi, curve->low);

  for (int i = 0; i < PRC_CURVE_PIECES; i++) {
    double end = curve_target (voi, curve->low + (i + 1) * step); // beyond `high` in the end

    curve->starts[i] = (int16_t)rint (start);
    curve->rises[i] = (int16_t)(rint (end) - rint (start));
    curve->both[i] = (int32_t)((uint32_t)curve->rises[i] << 16 | (uint16_t)curve->starts[i]);
    start = end;
  }
}

// Within a quarter of a level at every value: tables may have any shape.
static bool
curve_is_close (const PrcVoi *voi, const PrcCurve *curve) {
  for (int32_t value = curve->low; value <= curve->high; value++) {
    uint32_t d = (uint32_t)(value - curve->low) << curve->shift;
    double level = curve->starts[d >> 9] + curve->rises[d >> 9] * (double)(d & 511) / 512;

    if (fabs (level - curve_target (voi, value)) > PRC_LEVEL_ONE / 4)
      return false;
  }
  return true;
}

bool
prc_voi_fit_curve (PrcVoi *voi, int32_t base, int32_t top) {
  const PrcFrameInfo *info = voi->info;
  PrcCurve *curve = &voi->curve;
  bool plain = voi->lut == NULL && info->modality_lut == NULL && info->presentation_lut == NULL;

  find_bends (voi, base, top, curve);
  if (curve->high <= curve->low)
    return false;
  fill_pieces (voi, curve);
  curve->padding_low = (int32_t)CLAMP (ceil (info->padding_low), base, top);
  curve->padding_high = (int32_t)CLAMP (floor (info->padding_high), base, top);
  curve->has_padding = info->has_padding && info->padding_low <= top &&
                       info->padding_high >= base && curve->padding_low <= curve->padding_high;
  return (plain && (curve->high - curve->low) >> 4 != 0) || curve_is_close (voi, curve);
}
