// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-slice-view.h"

// Hands on a slice view: pointer, wheel and keys.

// Puts the event controllers on the view. They die with it.
void prc_slice_input_attach (PrcSliceView *view);

// Pure arithmetic of the hands.
// The window after a drag by (dx, dy) logical pixels: right is wider, up is brighter; in proportion
// to the window it began with, yet not stuck when that was tiny beside the values' range.
void prc_slice_input_drag_window (double start_centre, double start_width, double range, double dx,
                                  double dy, double *centre, double *width);
// Whole slices in what a wheel or touchpad turned; `rest` carries the fraction to the next event.
int prc_slice_input_steps (double delta, double *rest);
