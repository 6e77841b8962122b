// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-slice-view.h"

// A box that a hand draws on a slice of a view, to ask with: in hand, the first button draws it from
// corner to corner (or Enter sets corners at the crosshair); then it is put down, and the box stays:
// its sides and corners can be pulled, and while it is in hand again, the whole box. The box is one
// of image pixels and of its slice: on others it is not seen. Main thread.
//
// Properties, notified: "active" (boolean: in hand), "blocked" (boolean: other tools are in hand,
// the box is only seen). Signals: "moved" (gboolean settled): there is a box, or it is another one,
// settled when the hand let go; "gone" (): there is none any more, by prc_box_tool_clear.
#define PRC_TYPE_BOX_TOOL (prc_box_tool_get_type ())
G_DECLARE_FINAL_TYPE (PrcBoxTool, prc_box_tool, PRC, BOX_TOOL, GObject)

// The view keeps its hands as long as it lives; they hold the tool.
PrcBoxTool *prc_box_tool_new (PrcSliceView *view);

gboolean prc_box_tool_get_active (PrcBoxTool *self);
void prc_box_tool_set_active (PrcBoxTool *self, gboolean active);

// The box and its slice, borrowed; FALSE when there is none.
gboolean prc_box_tool_get_box (PrcBoxTool *self, PrcRegion *box, PrcSeries **series, guint *index);
void prc_box_tool_clear (PrcBoxTool *self);
