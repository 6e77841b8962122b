// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-slice-view.h"

// What the hands (prc-slice-input.c) need of a slice view. View coordinates are device pixels.

const PrcViewParams *prc_slice_view_params (PrcSliceView *self);
// Takes new parameters; emits "window-changed" when the window is another one. `moved`: zoom or
// place was chosen by hand, so a resized view no longer fits.
void prc_slice_view_take_params (PrcSliceView *self, const PrcViewParams *params, gboolean moved);
const PrcFrame *prc_slice_view_reference_frame (
    PrcSliceView *self); // newest decoded of the series; borrowed, or NULL
void prc_slice_view_get_size (PrcSliceView *self, int *view_width, int *view_height);
void prc_slice_view_step (PrcSliceView *self, int slices);
void prc_slice_view_cycle_annotate (PrcSliceView *self);
void prc_slice_view_step_series (PrcSliceView *self, int series);

// Puts the event controllers on the view. They die with it.
void prc_slice_input_attach (PrcSliceView *self);

// Pure arithmetic of the hands.
// The window after a drag by (dx, dy) logical pixels: right is wider, up is brighter; in proportion
// to the window it began with, yet not stuck when that was tiny beside the values' range.
void prc_slice_input_drag_window (double start_centre, double start_width, double range, double dx,
                                  double dy, double *centre, double *width);
// Whole slices in what a wheel or touchpad turned; `rest` carries the fraction to the next event.
int prc_slice_input_steps (double delta, double *rest);
