// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-cine-schedule.h"
#include "prc-slice-view.h"

// Plays the series of a slice view. No slice is left out: one that is not decoded or rendered in
// time is waited for, and the real rate falls below the nominal one, which is said. Scrolling by
// hand, another series and a closed view end it. Main thread. Signal: "changed" (): playing, speed,
// order or the real rate is another one.
#define PRC_TYPE_CINE (prc_cine_get_type ())
G_DECLARE_FINAL_TYPE (PrcCine, prc_cine, PRC, CINE, GObject)

PrcCine *prc_cine_new (PrcSliceView *view); // the view is not kept alive

void prc_cine_play (PrcCine *self); // nothing happens with fewer than two slices
void prc_cine_stop (PrcCine *self);
gboolean prc_cine_is_playing (PrcCine *self);

// Both hold until another series is played, which comes with its own. Times the file's own speed,
// in steps of a quarter, within 1/8 and 8; and forth and back in place of round and round.
void prc_cine_faster (PrcCine *self, int steps);
void prc_cine_set_sweep (PrcCine *self, gboolean sweep);
gboolean prc_cine_get_sweep (PrcCine *self);

double prc_cine_rate (PrcCine *self);      // slices a second as meant
double prc_cine_real_rate (PrcCine *self); // over the last second; 0 before one has passed
// "25 /s", "12 of 25 /s" when the slices do not come in time; owned.
char *prc_cine_text (PrcCine *self);

// What the frame clock calls while it plays; for tests with a clock of their own.
void prc_cine_tick (PrcCine *self, gint64 now_us);
