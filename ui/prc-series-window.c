// SPDX-License-Identifier: Apache-2.0
#include "prc-series-window.h"

static bool
is_flat (const PrcFrame *frame) {
  const double ends[2] = {0, 1};
  double values[2];

  return !prc_frame_quantiles (frame, ends, values, 2) || !(values[1] > values[0]);
}

static void
take_own (PrcSeriesWindow *self, PrcViewParams *params, const PrcFrame *frame) {
  uint32_t n = prc_windowing_n_choices (prc_frame_info (frame));

  self->guessed = n == 0;
  self->makeshift = n == 0 && is_flat (frame);
  if (n == 0)
    prc_view_params_auto_window (params, frame);
  else
    prc_windowing_choose (params, frame, self->choice < n ? self->choice : 0);
}

void
prc_series_window_meet (PrcSeriesWindow *self, PrcViewParams *params, const PrcFrame *frame,
                        bool steady) {
  uint32_t n = prc_windowing_n_choices (prc_frame_info (frame));
  bool has_table = params->voi < (int)prc_frame_info (frame)->n_voi_luts;

  if (self->by_hand && has_table)
    return;
  if (!self->known) {
    prc_view_params_default_voi (params, frame); // a window stands beside a VOI LUT from the start
    take_own (self, params, frame);
  } else if (self->makeshift || !has_table || (n > 0 && !steady)) {
    take_own (self, params, frame);
  }
  self->known = true;
}

void
prc_series_window_follow (PrcSeriesWindow *self, PrcViewParams *params, const PrcFrame *frame,
                          uint32_t choice) {
  *self = (PrcSeriesWindow){.known = true, .choice = choice};
  take_own (self, params, frame);
}
