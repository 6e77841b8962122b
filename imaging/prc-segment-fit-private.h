// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-slices.h"
#include "prc-segmentation.h"

// Between the files that lay segmentations; for nobody else.

// Contours that are placed in the patient of the series (by_place), or by the images they name.
// Adds a stack for each segment, NULL for those that are nowhere; stops when slices are cancelled.
void prc_segment_fit_contours (const PrcSegmentationInfo *info, bool by_place,
                               PrcSegmentSlices *slices, PrcSegmentStack **stacks);
