// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-segment-tool.h"

// The actions "segment.*" on what a hand works on:
//   tool ('none', 'brush', 'eraser', 'grow'), undo, redo, stop
//   new, properties, delete       ask first
//   between, largest, islands, holes, smooth
//   add, subtract, intersect (u)  with another segment, its place in the set

// Owned; the window, over which they ask, lives longer.
GSimpleActionGroup *prc_segment_actions_new (PrcSegmentTool *tool, GtkWindow *window);
