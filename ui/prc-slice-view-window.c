// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view-private.h"

#include <glib/gi18n-lib.h>

const PrcViewParams *
prc_slice_view_params (PrcSliceView *self) {
  return &self->params;
}

void
prc_slice_view_get_size (PrcSliceView *self, int *view_width, int *view_height) {
  *view_width = self->view_width;
  *view_height = self->view_height;
}

void
prc_slice_view_take_params (PrcSliceView *self, const PrcViewParams *params, gboolean moved) {
  PrcViewParams before = self->params;

  if (prc_view_params_equal (&before, params))
    return;
  self->params = *params;
  if (moved)
    self->fitted = FALSE;
  prc_slice_view_postpone_rest (self);
  prc_slice_view_repaint (self);
  if (before.voi != params->voi || before.centre != params->centre ||
      before.width != params->width || before.invert != params->invert)
    g_signal_emit (self, prc_slice_view_signals[PRC_SLICE_VIEW_WINDOW_CHANGED], 0);
}

void
prc_slice_view_set_window (PrcSliceView *self, double centre, double width) {
  PrcViewParams params = self->params;

  params.voi = PRC_VOI_USE_WINDOW;
  params.centre = centre;
  params.width = width;
  if (self->reference_frame)
    params.function = prc_frame_info (self->reference_frame)->voi_function;
  self->has_window = TRUE;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_window (PrcSliceView *self, double *centre, double *width) {
  if (!self->reference_frame || !self->has_window || self->params.voi != PRC_VOI_USE_WINDOW)
    return FALSE;
  *centre = self->params.centre;
  *width = self->params.width;
  return TRUE;
}

void
prc_slice_view_auto_window (PrcSliceView *self) {
  PrcViewParams params = self->params;

  if (!self->reference_frame)
    return;
  prc_view_params_auto_window (&params, self->frame ? self->frame : self->reference_frame);
  prc_slice_view_take_params (self, &params, FALSE);
}

void
prc_slice_view_file_window (PrcSliceView *self) {
  PrcViewParams params = self->params;

  if (!self->reference_frame)
    return;
  prc_view_params_default_voi (&params, self->frame ? self->frame : self->reference_frame);
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_apply_preset (PrcSliceView *self, const PrcPreset *preset) {
  if (!self->reference_frame)
    return FALSE;
  if (g_strcmp0 (prc_frame_info (self->reference_frame)->units, "HU")) {
    g_signal_emit (self, prc_slice_view_signals[PRC_SLICE_VIEW_NOTICE], 0,
                   _ ("Window presets are for CT: this image is not in Hounsfield units"));
    return FALSE;
  }
  prc_slice_view_set_window (self, preset->centre, preset->width);
  return TRUE;
}

void
prc_slice_view_set_invert (PrcSliceView *self, gboolean invert) {
  PrcViewParams params = self->params;

  params.invert = invert;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_invert (PrcSliceView *self) {
  return self->params.invert;
}

void
prc_slice_view_set_smooth (PrcSliceView *self, gboolean smooth) {
  PrcViewParams params = self->params;

  params.smooth = smooth;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_smooth (PrcSliceView *self) {
  return self->params.smooth;
}

void
prc_slice_view_fit (PrcSliceView *self) {
  self->fitted = TRUE;
  prc_slice_view_refit (self);
  prc_slice_view_repaint (self);
}

static void
turn (PrcSliceView *self, PrcTurn turn) {
  PrcViewParams params = self->params;

  prc_view_params_set_turn (&params, turn);
  if (self->fitted && self->reference_frame)
    prc_view_params_fit (&params, prc_frame_info (self->reference_frame), self->view_width,
                         self->view_height);
  prc_slice_view_take_params (self, &params, FALSE);
}

void
prc_slice_view_rotate (PrcSliceView *self, int quarters) {
  turn (self, prc_turn_screen (prc_view_params_turn (&self->params), quarters));
}

void
prc_slice_view_flip (PrcSliceView *self) {
  turn (self, prc_turn_mirror (prc_view_params_turn (&self->params)));
}

void
prc_slice_view_reset (PrcSliceView *self) {
  turn (self, (PrcTurn){0});
  prc_slice_view_set_invert (self, FALSE);
  prc_slice_view_file_window (self);
  prc_slice_view_fit (self);
}
