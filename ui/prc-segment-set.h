// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-layer.h"
#include "prc-segment-item.h"
#include "prc-series.h"

// The segments of one series, of however many files, in one list: a GListModel of PrcSegmentItem.
// Main thread. Properties: "opacity" (double, 0 to 1, for all), "fill" and "outline" (booleans),
// "solo" (PrcSegmentItem or NULL: it alone is seen). Signal "changed" (): what a picture of some
// slice shows.
#define PRC_TYPE_SEGMENT_SET (prc_segment_set_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentSet, prc_segment_set, PRC, SEGMENT_SET, GObject)

PrcSegmentSet *prc_segment_set_new (PrcSeries *series);
PrcSeries *prc_segment_set_get_series (PrcSegmentSet *self); // borrowed
void prc_segment_set_add (PrcSegmentSet *self, PrcSegmentItem *item);
void prc_segment_set_remove (PrcSegmentSet *self, PrcSegmentItem *item);
void prc_segment_set_set_solo (PrcSegmentSet *self, PrcSegmentItem *item);
// What is painted over a slice; owned, NULL: nothing.
PrcLayer *prc_segment_set_layer (PrcSegmentSet *self, guint index);
