// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-history.h"
#include "prc-segment-tool.h"

// What the files of the tool share, and nobody else includes. Each calls only those above it:
//   prc-segment-tool-core.c  the segment that is worked on, and what is under way
//   prc-segment-tool-work.c  strokes, operations, and the way back
//   prc-segment-tool.c       the object with its settings

struct _PrcSegmentTool {
  GObject parent_instance;
  PrcFrameStore *store;
  GPtrArray *sets;    // PrcSegmentSet, of the study
  PrcSegmentSet *set; // in view: one of them, or NULL
  PrcSegmentItem *item;
  int kind;
  double radius, low, high, spread;
  gboolean sphere, limited;

  gboolean stroking;           // the hand is down
  PrcSegmentItem *painted;     // by the stroke, until all of it is there; or NULL
  PrcSegmentStack *before;     // what it was before the stroke
  PrcBrush last;               // where the stroke is
  GArray *waiting;             // PrcBrush: places of the stroke that no worker has taken yet
  GCancellable *worker;        // of a stroke or an operation; NULL: none is under way
  PrcSegmentItem *worked_item; // of an operation
  PrcSegmentStack *shown;      // what of it was to be seen when that began
  PrcSegmentWork *grown;       // the last region that grew, from before it did; or NULL
  PrcSegmentItem *grown_item;
  PrcSegmentStack *grown_to;
};

// core
void prc_segment_tool_say (PrcSegmentTool *self, const char *sentence); // "notice"
void prc_segment_tool_tell_changed (PrcSegmentTool *self); // what can be undone, what is unsaved
PrcSegmentHistory *prc_segment_tool_history (PrcSegmentSet *set); // borrowed; each has its own
void prc_segment_tool_forget_stroke (PrcSegmentTool *self);
void prc_segment_tool_forget_growth (PrcSegmentTool *self);

// work
void prc_segment_tool_regrow (PrcSegmentTool *self); // it is set to something else since
