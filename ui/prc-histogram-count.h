// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-values.h"

// What a frame's values are like, counted on one in some of its pixels. Immutable, reference-counted
// by g_atomic_rc_box.
typedef struct {
  PrcHistogram histogram;                          // n == 0: there are no values
  double lowest, highest, middle_low, middle_high; // the middle half of the values between these
} PrcHistogramCount;

PrcHistogramCount *prc_histogram_count_new (const PrcFrame *frame); // any thread; some 4 ms
// One sentence for whoever does not see it; owned.
char *prc_histogram_count_describe (const PrcHistogramCount *count, const char *units);
