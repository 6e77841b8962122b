// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-segment-measure.h"
#include "prc-segmentation.h"

// One segment on the series in view, as a list shows it and a view paints it. Main thread.
// Properties, all notified: "label" (string), "colour" (uint, 0xRRGGBB), "visible" (boolean; false
// at first for what lies around the patient, prc-segment-look.h), "opacity" (double, 0 to 1, of its
// own; times that of the set), "measured" (boolean, read-only).
// Signal "changed" (): what a picture of it shows.
#define PRC_TYPE_SEGMENT_ITEM (prc_segment_item_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentItem, prc_segment_item, PRC, SEGMENT_ITEM, GObject)

// `segmentation` NULL: one that a hand draws, called "" until set_segment. The stack is of the
// series of the set that it is added to. References are taken.
PrcSegmentItem *prc_segment_item_new (const PrcSegmentation *segmentation, guint segment,
                                      PrcSegmentStack *stack);
const PrcSegmentation *prc_segment_item_get_segmentation (PrcSegmentItem *self); // borrowed or NULL
guint prc_segment_item_get_index (PrcSegmentItem *self); // into the segments of its segmentation
// Label, codes; borrowed, until they are set. The label is that of the property.
const PrcSegment *prc_segment_item_get_segment (PrcSegmentItem *self);
// What it is called and coded as from now on; copied. Its colour is taken when it has one.
void prc_segment_item_set_segment (PrcSegmentItem *self, const PrcSegment *segment);
// What people call it: its label, else its codes, else its number. Owned.
char *prc_segment_item_name (PrcSegmentItem *self);
// Its codes in words of the reader's language where they are known, else as the file has them; ""
// when they say no more than the label.
char *prc_segment_item_meaning (PrcSegmentItem *self); // owned

PrcSegmentStack *prc_segment_item_get_stack (PrcSegmentItem *self); // borrowed
// By the reader's hand: it is edited from now on, until saved.
void prc_segment_item_set_stack (PrcSegmentItem *self, PrcSegmentStack *stack);
// The same segment laid on its series anew; nothing is edited by that.
void prc_segment_item_refit (PrcSegmentItem *self, PrcSegmentStack *stack);
// The same file read anew: what the reader chose or drew stays.
void prc_segment_item_reread (PrcSegmentItem *self, const PrcSegmentation *segmentation);
gboolean prc_segment_item_is_edited (PrcSegmentItem *self);
void prc_segment_item_set_saved (PrcSegmentItem *self);

gboolean prc_segment_item_has_colour (PrcSegmentItem *self); // from its file or the reader's choice
guint prc_segment_item_get_colour (PrcSegmentItem *self);
void prc_segment_item_set_colour (PrcSegmentItem *self, guint colour);
gboolean prc_segment_item_get_visible (PrcSegmentItem *self);
void prc_segment_item_set_visible (PrcSegmentItem *self, gboolean visible);
double prc_segment_item_get_opacity (PrcSegmentItem *self);
void prc_segment_item_set_opacity (PrcSegmentItem *self, double opacity);

// What was measured of the stack as it is now; borrowed, NULL: nothing yet. A new stack forgets it.
const PrcSegmentMeasure *prc_segment_item_get_measure (PrcSegmentItem *self, gboolean *with_values);
// Dropped when the stack is not the one that was measured.
void prc_segment_item_take_measure (PrcSegmentItem *self, const PrcSegmentStack *stack,
                                    const PrcSegmentMeasure *measure, gboolean with_values);
