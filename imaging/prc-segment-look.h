// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segmentation.h"

// How segments look before the reader says anything. Any thread.

#define PRC_SEGMENT_N_COLOURS 20
#define PRC_SEGMENT_N_SHADES  5

// Colours that are told apart on a grey picture, 0xRRGGBB. From PRC_SEGMENT_N_COLOURS on they come
// again, lighter or darker; from N_COLOURS x N_SHADES on, as before.
guint prc_segment_look_colour (guint n);
// Which of the first PRC_SEGMENT_N_COLOURS it is a shade of, else is taken for most easily.
guint prc_segment_look_nearest (guint colour);

// Couches, tables, supports, fixation, the outline of the body, background: what lies around what
// is looked at, by ROI interpreted type (PS3.3 C.8.8.8.1), code or words. Not shown at first.
bool prc_segment_look_is_around (const PrcSegment *segment);
