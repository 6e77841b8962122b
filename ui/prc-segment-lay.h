// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-job.h"
#include "prc-segment-set.h"

// Puts what came of a PRC_SEGMENT_JOB_FIT into the set of its series, of whatever state that is
// now. `before` (or NULL): the file as it was when its segments came into the set; they stay, laid
// anew, and what a hand drew stays as it was drawn. Main thread.
void prc_segment_lay (PrcSegmentSet *set, PrcSegmentJob *job, const PrcSegmentation *before);
