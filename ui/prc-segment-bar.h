// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-segment-tool.h"

// The tools for segments with what they are set to, in one line: seen while a tool is in hand. Its
// buttons are the actions "segment.*" (prc-segment-actions.h). Main thread.
#define PRC_TYPE_SEGMENT_BAR (prc_segment_bar_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentBar, prc_segment_bar, PRC, SEGMENT_BAR, GtkWidget)

GtkWidget *prc_segment_bar_new (PrcSegmentTool *tool);
