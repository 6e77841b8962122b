// SPDX-License-Identifier: Apache-2.0
#include "prc-windowing.h"

#include <math.h>

uint32_t
prc_windowing_n_choices (const PrcFrameInfo *info) {
  return info->type == PRC_SAMPLE_RGB8 ? 0 : info->n_voi_luts + info->n_windows;
}

const char *
prc_windowing_explanation (const PrcFrameInfo *info, uint32_t choice) {
  if (choice < info->n_voi_luts)
    return info->voi_luts[choice].explanation;
  choice -= info->n_voi_luts;
  return choice < info->n_windows ? info->windows[choice].explanation : "";
}

void
prc_windowing_choose (PrcViewParams *params, const PrcFrame *frame, uint32_t choice) {
  const PrcFrameInfo *info = prc_frame_info (frame);

  g_return_if_fail (choice < prc_windowing_n_choices (info));
  if (choice < info->n_voi_luts) {
    params->voi = (int)choice;
    return;
  }
  const PrcWindow *window = &info->windows[choice - info->n_voi_luts];
  params->voi = PRC_VOI_USE_WINDOW;
  params->centre = window->centre;
  params->width = window->width;
  params->function = info->voi_function;
}

// 0 to 1, as the pixels are mapped (PS3.3 C.11.2.1.1).
static double
output_of (const PrcLut *lut, double value) {
  return prc_lut_entry (lut, value) / (double)((1u << lut->bits) - 1);
}

// The last value from `low` on whose output is not above `level`, where `level` is between the
// outputs of both ends.
static double
value_of_output (const PrcLut *lut, double low, double high, double level) {
  for (int i = 0; i < 60 && high - low > 1e-9 * fmax (fabs (low), 1); i++) {
    double middle = low + (high - low) / 2;
    if (output_of (lut, middle) <= level)
      low = middle;
    else
      high = middle;
  }
  return low;
}

void
prc_windowing_resemble (PrcViewParams *params, const PrcFrame *frame, uint32_t voi_lut) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  const PrcLut *lut = &info->voi_luts[voi_lut];
  const double q[2] = {0.01, 0.99};
  double ends[2];
  int voi = params->voi;

  prc_view_params_auto_window (params, frame);
  params->voi = voi;
  if (!prc_frame_quantiles (frame, q, ends, 2))
    return;
  double low = ends[0], high = ends[1], dark = output_of (lut, low), bright = output_of (lut, high);
  double span = bright - dark;
  if (!(span > 0))
    return;
  // Between a tenth and nine tenths of what the data use: the toe and the shoulder of a curve say
  // little about its slope.
  low = value_of_output (lut, ends[0], ends[1], dark + span / 10);
  high = value_of_output (lut, ends[0], ends[1], dark + 9 * span / 10);
  if (!(high > low))
    return;
  dark = output_of (lut, low);
  bright = output_of (lut, high);
  if (!(bright > dark))
    return;
  params->width = (high - low) / (bright - dark);
  params->centre = low + (0.5 - dark) * params->width;
}

// PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2.
static double
output_of_window (const PrcViewParams *params, double value) {
  double half_unit = params->function == PRC_VOI_LINEAR ? 0.5 : 0;
  double width = params->function == PRC_VOI_LINEAR ? params->width - 1 : params->width;
  double from_centre = value - (params->centre - half_unit);

  if (!(width > 0))
    return from_centre > 0 ? 1 : 0;
  if (params->function == PRC_VOI_SIGMOID)
    return 1 / (1 + exp (-4 * from_centre / width));
  return CLAMP (from_centre / width + 0.5, 0, 1);
}

double
prc_windowing_brightness (const PrcViewParams *params, const PrcFrameInfo *info, double value) {
  if (isnan (value))
    return 0;
  bool table = params->voi >= 0 && (uint32_t)params->voi < info->n_voi_luts;
  double output =
      table ? output_of (&info->voi_luts[params->voi], value) : output_of_window (params, value);
  return info->inverse != params->invert ? 1 - output : output;
}
