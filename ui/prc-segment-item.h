// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-segment-measure.h"
#include "prc-segmentation.h"

// One segment on the series in view, as a list shows it and a view paints it. Main thread.
// Properties, all notified: "label" (string), "colour" (uint, 0xRRGGBB), "visible" (boolean),
// "opacity" (double, 0 to 1, of its own), "stack" (the masks; by function), "measure" (by function).
// Signal "changed" (): what a picture of it shows.
#define PRC_TYPE_SEGMENT_ITEM (prc_segment_item_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentItem, prc_segment_item, PRC, SEGMENT_ITEM, GObject)

// `segmentation` NULL: one that a hand draws. The stack is of `series`.
PrcSegmentItem *prc_segment_item_new (const PrcSegmentation *segmentation, guint segment,
                                      PrcSegmentStack *stack);
const PrcSegmentation *prc_segment_item_get_segmentation (PrcSegmentItem *self); // borrowed or NULL
const PrcSegment *prc_segment_item_get_segment (PrcSegmentItem *self); // label, codes; borrowed
PrcSegmentStack *prc_segment_item_get_stack (PrcSegmentItem *self);    // borrowed
void prc_segment_item_set_stack (PrcSegmentItem *self, PrcSegmentStack *stack);
// Its codes in words of the reader's language where they are known, else as the file has them.
char *prc_segment_item_meaning (PrcSegmentItem *self); // owned
