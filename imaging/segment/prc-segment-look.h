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

// Gives segments colours of their own. One thread at a time.
typedef struct _PrcSegmentColours PrcSegmentColours;
PrcSegmentColours *prc_segment_colours_new (void);
void prc_segment_colours_free (PrcSegmentColours *colours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSegmentColours, prc_segment_colours_free)
void prc_segment_colours_use (PrcSegmentColours *colours, guint colour); // somebody has it
// One that is least used so far, and not yet just so; it is used from now on.
guint prc_segment_colours_give (PrcSegmentColours *colours);

#define PRC_SEGMENT_LOOK_OPACITY 0.3 // of the inside, at first
// Of the edge: three times that of the inside, at most 1, so that it is seen where the inside lets
// the picture through.
double prc_segment_look_edge (double inside);

// Couches, tables, supports, fixation, the outline of the body, background: what lies around what
// is looked at, by ROI interpreted type (PS3.3 C.8.8.8.1), code or words. Not shown at first.
bool prc_segment_look_is_around (const PrcSegment *segment);
