// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-frame-store.h"
#include "prc-segment-set.h"

// The segments of the series in view, of all files in one list, with the looks of all and the
// details of the chosen one. Takes no room while there are none. Main thread.
//
// Signals: "chosen" (): another one, or none; "activate" (): the chosen one, by Enter or two
// clicks; "threshold" (double): for the file of the chosen one; "leave" (): Escape.
#define PRC_TYPE_SEGMENT_LIST (prc_segment_list_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentList, prc_segment_list, PRC, SEGMENT_LIST, GtkWidget)

GtkWidget *prc_segment_list_new (PrcFrameStore *store);
void prc_segment_list_set_set (PrcSegmentList *self, PrcSegmentSet *set);  // or NULL
PrcSegmentItem *prc_segment_list_get_chosen (PrcSegmentList *self);        // borrowed, or NULL
void prc_segment_list_choose (PrcSegmentList *self, PrcSegmentItem *item); // NULL: none
void prc_segment_list_show_threshold (PrcSegmentList *self, double threshold);
// What the menu of a row offers, actions of the window.
void prc_segment_list_set_menu (PrcSegmentList *self, GMenuModel *menu);
// Whether the reader wants to see it at all; TRUE at first.
void prc_segment_list_set_wanted (PrcSegmentList *self, gboolean wanted);
