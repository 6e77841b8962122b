// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-slice-view.h"

// What plays the series of a slice view, below it: play and pause, slower and faster, round or
// forth and back, and at which rate. Hidden until something is played, and again with another
// series. Listens to keys on the view: "c" plays and pauses, "," and "." change the speed. Main
// thread.
#define PRC_TYPE_CINE_BAR (prc_cine_bar_get_type ())
G_DECLARE_FINAL_TYPE (PrcCineBar, prc_cine_bar, PRC, CINE_BAR, GtkWidget)

GtkWidget *prc_cine_bar_new (PrcSliceView *view); // the view is not kept alive
void prc_cine_bar_play_or_pause (PrcCineBar *self);
