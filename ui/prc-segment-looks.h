// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-segment-set.h"

// How many segments there are, and how all of them look: shown or hidden, opacity, inside and edge.
// Main thread.
#define PRC_TYPE_SEGMENT_LOOKS (prc_segment_looks_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentLooks, prc_segment_looks, PRC, SEGMENT_LOOKS, GtkBox)

GtkWidget *prc_segment_looks_new (void);
void prc_segment_looks_set_set (PrcSegmentLooks *self, PrcSegmentSet *set); // or NULL

// Keeps the "opacity" of a set or an item (0 to 1) and a slider in percent alike, whichever is
// moved. Borrowed, as GBinding has it.
GBinding *prc_segment_looks_bind_opacity (GObject *of, GtkRange *percent);
