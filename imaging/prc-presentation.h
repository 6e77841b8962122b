// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cairo.h>

#include "prc-series.h"
#include "prc-view-params.h"

// A softcopy presentation state (PS3.3 A.33): how images that it names are to be looked at, and
// what is drawn on them. Immutable, reference-counted, any thread.
typedef struct _PrcPresentation PrcPresentation;

typedef struct {
  const char *sop_instance_uid, *study_instance_uid;
  const char *title;                         // label, else description, else date; never empty
  const char *description;                   // with the label when there are both
  const char *creation_date, *creation_time; // DA and TM
  const char *const *notes; // translated sentences about what is in it and not shown;
                            // NULL-terminated
} PrcPresentationInfo;

// From the codec's answer to Present. Whatever it holds, NULL only when it names no image.
PrcPresentation *prc_presentation_new_from_record (GVariant *record, GError **error);
PrcPresentation *prc_presentation_ref (PrcPresentation *presentation);
void prc_presentation_unref (PrcPresentation *presentation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcPresentation, prc_presentation_unref)

const PrcPresentationInfo *prc_presentation_info (const PrcPresentation *presentation); // borrowed

// Whether it is about this slice; about any of the series.
bool prc_presentation_names (const PrcPresentation *presentation, const PrcSlice *slice);
bool prc_presentation_names_series (const PrcPresentation *presentation, const PrcSeries *series);

// The frame of a slice that it names, read as it says: modality and VOI transformations,
// presentation LUT, shutter, overlays, proportions of pixels. The same samples; a new reference. A transformation that
// a presentation state of grey images lacks is the identity, whatever the image says (PS3.4 N.2.1).
PrcFrame *prc_presentation_read (const PrcPresentation *presentation, const PrcSlice *slice,
                                 PrcFrame *frame);

// The frame with the overlays that the presentation state brings, and else as it is: its graphics
// only. A new reference.
PrcFrame *prc_presentation_overlay (const PrcPresentation *presentation, PrcFrame *frame);

// How a slice that it names lies.
PrcTurn prc_presentation_turn (const PrcPresentation *presentation);

// The well-known palette that a pseudo-color presentation state asks for; NULL: none.
const PrcPalette *prc_presentation_palette (const PrcPresentation *presentation);

// Zoom and place so that the displayed area fills the view, or has the size it asks for, turned as
// `params` says. `pixel_mm`: a device pixel of the screen, 0 when unknown: then what should have its
// true size fills the view. `info` is of the frame as prc_presentation_read gives it.
void prc_presentation_place (const PrcPresentation *presentation, const PrcSlice *slice,
                             const PrcFrameInfo *info, int view_width, int view_height,
                             double pixel_mm, PrcViewParams *params);

// How large the displayed area is with a device pixel for each column of the image, turned as the
// presentation state says.
void prc_presentation_extent (const PrcPresentation *presentation, const PrcSlice *slice,
                              const PrcFrameInfo *info, double *width, double *height);

// Graphics and text of a slice in the order of layers, in device pixels; `scale`: device pixels per
// logical pixel.
void prc_presentation_draw (const PrcPresentation *presentation, const PrcSlice *slice,
                            const PrcFrameInfo *info, const PrcViewParams *params, int view_width,
                            int view_height, double scale, cairo_t *cr);
