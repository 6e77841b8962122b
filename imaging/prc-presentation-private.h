// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-presentation.h"

// A part of a presentation state that is for some of its images.
typedef struct {
  GVariant *dict;
  GHashTable *images; // SOP Instance UID -> GArray of frames (uint32_t, none: all); NULL: all
  double order;       // of an annotation's layer
  GVariant *layer;    // of an annotation, or NULL
} PrcPresentationPart;

struct _PrcPresentation {
  GVariant *record;
  PrcPresentationInfo info;
  GStringChunk *texts;        // of info
  PrcPresentationPart *whole; // the images it is about
  bool grey;
  GVariant *layout, *active; // shutter and overlays; groups (aq)
  PrcTurn turn;
  GPtrArray *rescales, *vois, *areas; // PrcPresentationPart
  GPtrArray *annotations;             // the same, in the order they are drawn
};

bool prc_presentation_part_names (const PrcPresentationPart *part, const PrcSlice *slice);
// The part for a slice: one that names it counts before one for all. NULL when there is none.
const PrcPresentationPart *prc_presentation_find (const GPtrArray *parts, const PrcSlice *slice);

// The displayed area of a slice in image pixels, the whole image without one. The size mode and
// what goes with it stay in `dict` of the part that comes back, NULL for the whole image.
typedef struct {
  double left, top, right, bottom;
} PrcPresentationArea;
const PrcPresentationPart *prc_presentation_area (const PrcPresentation *presentation,
                                                  const PrcSlice *slice, const PrcFrameInfo *info,
                                                  PrcPresentationArea *area);
