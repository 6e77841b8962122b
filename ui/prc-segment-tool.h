// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-set.h"
#include "prc-segment-work.h"

// What a hand does to segments: the tool that it holds and how that is set, the segment that it
// works on, what is under way, and the way back. Files are never changed: an edit changes what is
// in memory. Main thread; work that takes longer than a frame runs in a worker.
//
// Properties, all notified: "kind" (int, PrcSegmentToolKind), "radius" (double, mm, of the brush;
// image pixels where there is no spacing), "sphere" (boolean: the brush is a ball), "limited"
// (boolean: only values from "low" to "high" are touched), "low" and "high" (double, modality
// units; low is above high until they are set), "spread" (double, standard deviations that a region grows around the mean of the click),
// "item" (PrcSegmentItem or NULL, worked on), "busy" (boolean, an operation is under way),
// "can-undo", "can-redo", "unsaved" (booleans). Signal "notice" (const char *): why nothing was
// done.
#define PRC_TYPE_SEGMENT_TOOL (prc_segment_tool_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentTool, prc_segment_tool, PRC, SEGMENT_TOOL, GObject)

typedef enum {
  PRC_SEGMENT_TOOL_NONE,
  PRC_SEGMENT_TOOL_BRUSH,
  PRC_SEGMENT_TOOL_ERASER,
  PRC_SEGMENT_TOOL_GROW,
} PrcSegmentToolKind;

#define PRC_SEGMENT_TOOL_MIN_RADIUS 0.5
#define PRC_SEGMENT_TOOL_MAX_RADIUS 100.0

PrcSegmentTool *prc_segment_tool_new (PrcFrameStore *store);

// The segments of the series in view from now on, or NULL. What was edited of others is remembered
// until prc_segment_tool_forget.
void prc_segment_tool_set_segments (PrcSegmentTool *self, PrcSegmentSet *segments);
PrcSegmentSet *prc_segment_tool_get_segments (PrcSegmentTool *self); // borrowed or NULL
void prc_segment_tool_forget (PrcSegmentTool *self);                 // another study comes

PrcSegmentToolKind prc_segment_tool_get_kind (PrcSegmentTool *self);
void prc_segment_tool_set_kind (PrcSegmentTool *self, PrcSegmentToolKind kind);
double prc_segment_tool_get_radius (PrcSegmentTool *self);
void prc_segment_tool_set_radius (PrcSegmentTool *self, double mm);  // clamped
void prc_segment_tool_step_radius (PrcSegmentTool *self, int steps); // a tenth and more each
PrcSegmentItem *prc_segment_tool_get_item (PrcSegmentTool *self);    // borrowed or NULL
void prc_segment_tool_set_item (PrcSegmentTool *self, PrcSegmentItem *item);
// Adds one of its own to the set and works on it; borrowed, NULL without a set.
PrcSegmentItem *prc_segment_tool_add_item (PrcSegmentTool *self);
// Takes the segment that is worked on out of the set.
void prc_segment_tool_remove_item (PrcSegmentTool *self);

// A stroke of brush or eraser, image coordinates (prc-view-params.h), on slice `index`. Without a
// segment to work on it begins one. Every move is seen at once, the whole is one step of undo.
// FALSE: there is nothing to paint on, or an operation is under way.
gboolean prc_segment_tool_begin_stroke (PrcSegmentTool *self, double image_x, double image_y,
                                        guint index);
void prc_segment_tool_move_stroke (PrcSegmentTool *self, double image_x, double image_y,
                                   guint index);
void prc_segment_tool_end_stroke (PrcSegmentTool *self);
gboolean prc_segment_tool_is_painting (PrcSegmentTool *self); // until all of a stroke is there

// Lets a region grow from a pixel. While nothing else is done to the segment it grows again, in
// place of what it was, whenever the spread or the range changes.
void prc_segment_tool_grow (PrcSegmentTool *self, double image_x, double image_y, guint index);
// Any other operation on the segment that is worked on; `other` for those of two.
void prc_segment_tool_work (PrcSegmentTool *self, PrcSegmentWorkKind kind, PrcSegmentItem *other);
gboolean prc_segment_tool_cancel (PrcSegmentTool *self); // TRUE: something was under way

void prc_segment_tool_undo (PrcSegmentTool *self);
void prc_segment_tool_redo (PrcSegmentTool *self);

// Items of the sets seen since the last forget that are edited, but for those that hands drew and
// emptied again; owned, of PrcSegmentItem.
GPtrArray *prc_segment_tool_unsaved (PrcSegmentTool *self);
PrcSegmentSet *prc_segment_tool_first_unsaved (PrcSegmentTool *self); // with such an item; owned
gboolean prc_segment_tool_get_busy (PrcSegmentTool *self);
