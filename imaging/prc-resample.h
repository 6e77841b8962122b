// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How one axis of the view draws on one axis of the image: for each device pixel that shows the
// image, which samples and how much of each. A device pixel shows the image when its centre lies in
// it; an image that is there at all shows at least one.

typedef enum {
  PRC_AXIS_COPY,  // sample first[0] + i
  PRC_AXIS_POINT, // sample first[i]
  PRC_AXIS_PAIR,  // first[i] and first[i] + 1; weights[i] is that of the second
  PRC_AXIS_AREA, // n_taps from first[i]; weights[i * n_taps + t] sum to PRC_WEIGHT_ONE, some at the
                 // end are 0
} PrcAxisKind;

typedef struct {
  PrcAxisKind kind;
  int view_first, n;             // device pixels that show the image
  uint32_t image_first, image_n; // the samples they use
  int32_t *first;                // counted from image_first
  int16_t *weights;
  size_t n_taps;
} PrcAxis;

// `zoom`: device pixels per sample, > 0; `image_centre`: in samples, under the middle of the view;
// n_samples: 1 to 2^31 - 1. False (and nothing to clear) when nothing is seen.
bool prc_axis_init (PrcAxis *axis, double zoom, double image_centre, uint32_t n_samples,
                    int view_size, bool smooth);
void prc_axis_clear (PrcAxis *axis);
