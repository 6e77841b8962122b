// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-annotate.h"

typedef enum {
  PRC_CORNER_TOP_LEFT,
  PRC_CORNER_TOP_RIGHT,
  PRC_CORNER_BOTTOM_LEFT,
  PRC_CORNER_BOTTOM_RIGHT
} PrcCorner;

typedef struct {
  char *text;   // one line, valid UTF-8, no control characters
  int priority; // 0 goes last when there is little room
} PrcCornerLine;

// What stands in a corner, from top to bottom. Element type PrcCornerLine.
GPtrArray *prc_annotate_corner (const PrcAnnotation *annotation, PrcCorner corner);

// What has to be said at every level: lossy compression, problems of the geometry. Element type
// char *.
GPtrArray *prc_annotate_warnings (const PrcAnnotation *annotation);

// A round length (1, 2 or 5 times a power of ten, in mm) of at most `most_mm`, and its label. 0
// when most_mm is no length.
double prc_annotate_scale_length (double most_mm);
char *prc_annotate_number (double value); // as short as a reader wants it; owned
char *prc_annotate_scale_label (double length_mm, const char *spacing_source);
