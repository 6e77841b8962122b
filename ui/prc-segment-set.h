// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-layer.h"
#include "prc-segment-item.h"
#include "prc-segment-look.h"
#include "prc-series.h"

// The segments of one series, of however many files, in one list: a GListModel of PrcSegmentItem,
// those of a file one after the other. Main thread. Properties, all notified: "opacity" (double, 0
// to 1, for all), "fill" and "outline" (booleans), "solo" (PrcSegmentItem or NULL: it alone is
// seen, hidden or not). Signal "changed" (): what a picture of some slice shows.
//
// With o = opacity of the item x opacity of the set, the inside is painted with o and the edge with
// three times that, at most 1: an edge that is seen where the inside lets the picture through.
#define PRC_TYPE_SEGMENT_SET (prc_segment_set_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentSet, prc_segment_set, PRC, SEGMENT_SET, GObject)

#define PRC_SEGMENT_SET_OPACITY PRC_SEGMENT_LOOK_OPACITY // at first

PrcSegmentSet *prc_segment_set_new (PrcSeries *series);
PrcSeries *prc_segment_set_get_series (PrcSegmentSet *self); // borrowed
// Another state of the series, with more slices or less: masks go with their images.
void prc_segment_set_set_series (PrcSegmentSet *self, PrcSeries *series);

// Behind those of the same file. An item without a colour gets the one least used so far.
void prc_segment_set_add (PrcSegmentSet *self, PrcSegmentItem *item);
void prc_segment_set_add_all (PrcSegmentSet *self, GPtrArray *items); // all of one file
void prc_segment_set_remove (PrcSegmentSet *self, PrcSegmentItem *item);
// All that came from this file.
void prc_segment_set_remove_file (PrcSegmentSet *self, const PrcSegmentation *segmentation);
guint prc_segment_set_n_files (PrcSegmentSet *self); // what hands draw counts as one

double prc_segment_set_get_opacity (PrcSegmentSet *self);
void prc_segment_set_set_opacity (PrcSegmentSet *self, double opacity);
PrcSegmentItem *prc_segment_set_get_solo (PrcSegmentSet *self); // borrowed or NULL
void prc_segment_set_set_solo (PrcSegmentSet *self, PrcSegmentItem *item);
void prc_segment_set_show_all (PrcSegmentSet *self, gboolean visible); // and none alone

// What is painted over a slice; owned, NULL: nothing.
PrcLayer *prc_segment_set_layer (PrcSegmentSet *self, guint index);
