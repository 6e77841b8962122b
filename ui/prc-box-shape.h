// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-instance.h"
#include "prc-preprocess.h"
#include "prc-view-params.h"

// A box on a slice, in image pixels: how hands draw it, take hold of it and pull it. Pure.

#define PRC_BOX_LEAST_SIDE 4.0 // image pixels

// What a hand is on: sides of the box in the image, two of them at a corner; or inside.
typedef enum {
  PRC_BOX_NOWHERE = 0,
  PRC_BOX_LEFT = 1,
  PRC_BOX_RIGHT = 2,
  PRC_BOX_TOP = 4,
  PRC_BOX_BOTTOM = 8,
  PRC_BOX_INSIDE = 16,
} PrcBoxPart;

// Between two corners, whichever they are, cut at the image; never smaller than the least side
// (unless the image is).
PrcRegion prc_box_between (const PrcFrameInfo *info, double x1, double y1, double x2, double y2);

// `part` of it pulled by so many image pixels: sides stop at the image and short of one another,
// the whole box stays as large as it is.
PrcRegion prc_box_pulled (const PrcFrameInfo *info, const PrcRegion *box, PrcBoxPart part,
                          double dx, double dy);

// Its place on the screen: view coordinates, whatever zoom and turn are; a positive size.
PrcRegion prc_box_to_view (const PrcRegion *box, const PrcViewParams *params,
                           const PrcFrameInfo *info, int view_width, int view_height);

// The part within `reach` device pixels of a place of the view. A box too small to have an inside
// between its sides still has its corners.
PrcBoxPart prc_box_at (const PrcRegion *box, const PrcViewParams *params, const PrcFrameInfo *info,
                       int view_width, int view_height, double view_x, double view_y, double reach);

// How the pointer looks there: a CSS cursor name, as the part lies on the screen.
const char *prc_box_cursor (PrcBoxPart part, const PrcViewParams *params);

// "24 × 18 mm", "4.5 × 3.0 mm", or in pixels where the plane has no spacing; owned.
char *prc_box_words (const PrcRegion *box, const PrcPlane *plane);
