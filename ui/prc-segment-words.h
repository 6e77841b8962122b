// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-measure.h"
#include "prc-segmentation.h"

// What is known of a segment in a person's words; newly allocated, "" for what is not known. Pure.

char *prc_segment_words_volume (const PrcSegmentMeasure *measure);   // "12.3 ml"
char *prc_segment_words_mean (const PrcSegmentMeasure *measure);     // "45.2 ± 12.1 HU"
char *prc_segment_words_range (const PrcSegmentMeasure *measure);    // "-10 to 120 HU"
char *prc_segment_words_diameter (const PrcSegmentMeasure *measure); // "34.5 mm on slice 12"
char *prc_segment_words_slices (const PrcSegmentStack *stack);       // "23, from 12 to 34"
char *prc_segment_words_algorithm (const PrcSegment *segment); // "Automatic, TotalSegmentator"
