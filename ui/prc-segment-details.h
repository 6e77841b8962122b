// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-frame-store.h"
#include "prc-segment-set.h"

// What is known of the chosen segment: measured in the background, again when it has been edited.
// Its own opacity, and for a fractional file the threshold. Takes the same room whatever is chosen:
// rows that move away under the pointer are not the ones that are clicked. Main thread.
// Signal: "threshold" (double): from this fraction on a pixel shall count.
#define PRC_TYPE_SEGMENT_DETAILS (prc_segment_details_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentDetails, prc_segment_details, PRC, SEGMENT_DETAILS, GtkBox)

GtkWidget *prc_segment_details_new (PrcFrameStore *store);
// An item (or NULL) of the series.
void prc_segment_details_set_item (PrcSegmentDetails *self, PrcSegmentItem *item,
                                   PrcSeries *series);
void prc_segment_details_show_threshold (PrcSegmentDetails *self, double threshold);
