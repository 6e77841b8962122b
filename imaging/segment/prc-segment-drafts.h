// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-write.h"

// What the writers of segments ask of what they are given.

// Whether the segments lie on the slices of the series, with any pixel among them.
bool prc_segment_drafts_check (const PrcSegmentDraft *drafts, size_t n, const PrcSeries *series,
                               GError **error);
// Whether any pixel belongs to two of them.
bool prc_segment_drafts_overlap (const PrcSegmentDraft *drafts, size_t n);
