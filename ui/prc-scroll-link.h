// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-series.h"

// Two series scrolled as one: from the pair of slices at which they were linked, a step in the one
// is the same way in the other, in millimetres along the stack when both have geometry of one
// orientation, else in slices. Patients differ, so no frame of reference is asked for: the pair is
// the alignment. Plain values, any thread.
typedef struct {
  bool by_mm;
  double direction; // -1 when the stacks count in opposite directions of the body
  double leader_along_mm, follower_along_mm;
  uint32_t leader_index, follower_index;
} PrcScrollLink;

// Aligns slice `leader_index` of the one with slice `follower_index` of the other (both clamped to
// their series).
PrcScrollLink prc_scroll_link_new (const PrcSeries *leader, uint32_t leader_index,
                                   const PrcSeries *follower, uint32_t follower_index);

// The follower's slice when the leader shows `leader_index`; clamped to the follower.
uint32_t prc_scroll_link_follow (const PrcScrollLink *link, const PrcSeries *leader,
                                 uint32_t leader_index, const PrcSeries *follower);

// The same alignment seen from the other side.
PrcScrollLink prc_scroll_link_reversed (const PrcScrollLink *link);
