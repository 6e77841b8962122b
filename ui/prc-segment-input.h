// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-tool.h"
#include "prc-slice-view.h"

// Hands that edit segments on a slice view, before those of prc-slice-input.h: with a tool in hand
// the first button paints or lets grow (with Ctrl it does what it does without), Shift and the
// wheel change the size of the brush. Keys: b, e and w take brush, eraser and growing in hand, or
// put them down; < and > change the size; Enter does at the crosshair (Ctrl and arrows) what a click
// does at the pointer; Escape gives up what is under way, then puts the tool
// down; Ctrl+z and Ctrl+Shift+z go back and forth.

// Puts the event controllers on the view. They die with it.
void prc_segment_input_attach (PrcSliceView *view, PrcSegmentTool *tool);
