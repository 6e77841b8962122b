// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cairo.h>
#include "prc-presentation.h"
#include "prc-presets.h"
#include "prc-series.h"
#include "prc-view-params.h"

// What stands over the picture: graphics of a presentation state, corner text, orientation letters, scale bar, warnings. Drawn with
// cairo and pango, the same in the viewer and in `precedentctl render`. Any thread.

typedef enum { PRC_ANNOTATE_ALL, PRC_ANNOTATE_MINIMAL, PRC_ANNOTATE_NONE } PrcAnnotateLevel;

typedef struct {
  PrcSeries *series;
  uint32_t index;              // slice
  const PrcFrame *frame;       // of that slice; may be NULL while it loads
  const PrcViewParams *params; // zoom in device pixels
  int view_width, view_height; // device pixels
  double scale;                // device pixels per logical pixel (text size)
  bool hide_patient;           // no name, id, birth date
  const PrcPreset *presets;    // whose names a window may have; NULL: the built-in ones
  size_t n_presets;
  int lines_below; // kept free under the text of the bottom left corner, for who writes there
  PrcAnnotateLevel level; // lossy flag and geometry warnings are shown at every level
  // Chosen for the series, or NULL: its graphics are drawn on slices it names, and the corner says
  // that it is applied, or that nothing but its graphics is.
  const PrcPresentation *presentation;
  bool graphics_only;
} PrcAnnotation;

void prc_annotate_draw (const PrcAnnotation *annotation, cairo_t *cr); // in device pixels

// "R", "AL", ... for a direction in the LPS patient frame, up to three letters by falling weight (F
// and H, not S and I). out holds 4 bytes.
void prc_orientation_letters (const double direction[3], char out[4]);
