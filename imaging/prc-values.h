// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"

// Samples of modality values (HU for CT), without padding, what is no finite number, what a shutter
// hides and what a supplemental palette colours: what automatic windows and histograms are made of. Arrays are of double. Any thread.

typedef struct {
  uint32_t column, row, columns, rows; // image pixels; what lies outside the frame does not count
} PrcPixelRect;

// Appends about `wanted` values of a region (NULL: the whole frame), all of them when it has no
// more, on a fixed grid. Nothing for RGB8.
void prc_values_collect (const PrcFrame *frame, const PrcPixelRect *region, size_t wanted,
                         GArray *values);
void prc_values_sort (GArray *values);

// Of sorted values; NaN when there are none. Between two of them it interpolates.
double prc_values_quantile (const GArray *sorted, double q);
// From the 1 % to the 99 % quantile, from the lowest to the highest when those two are one; false
// and nothing written when there are no two different values.
bool prc_values_window (const GArray *sorted, double *centre, double *width);
// The same for the uptake of a whole PET series, most of which is air: from 0 to the 99.9 %
// quantile, which on a body is some SUV of 5 to 8.
bool prc_values_uptake_window (const GArray *sorted, double *centre, double *width);

#define PRC_HISTOGRAM_BINS 256
typedef struct {
  double low, high; // of the first and last bin; low < high
  uint32_t counts[PRC_HISTOGRAM_BINS];
  uint32_t most, n; // in one bin; in all
} PrcHistogram;

// Without the outermost 0.1 % on either side, which would make all else one peak. `whole`: the
// values are whole numbers times a step of this size (0: they are not), so that no bin falls
// between two of them. False when there are no values.
bool prc_histogram_fill (PrcHistogram *histogram, const GArray *sorted, double whole);
