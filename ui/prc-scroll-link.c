// SPDX-License-Identifier: Apache-2.0
#include "prc-scroll-link.h"

#include <math.h>

// Stacks closer than this to the same plane are "the same orientation".
#define COSINE_SAME_PLANE 0.8

static uint32_t
clamp_index (const PrcSeries *series, int64_t index) {
  int64_t last = (int64_t)prc_series_length (series) - 1;
  return (uint32_t)CLAMP (index, 0, last);
}

PrcScrollLink
prc_scroll_link_new (const PrcSeries *leader, uint32_t leader_index, const PrcSeries *follower,
                     uint32_t follower_index) {
  PrcScrollLink link = {.direction = 1};
  double a[3], b[3];

  link.leader_index = clamp_index (leader, leader_index);
  link.follower_index = clamp_index (follower, follower_index);
  link.leader_along_mm = prc_series_slice (leader, link.leader_index)->along_mm;
  link.follower_along_mm = prc_series_slice (follower, link.follower_index)->along_mm;
  if (prc_series_spacing_mm (leader) > 0 && prc_series_spacing_mm (follower) > 0 &&
      prc_series_normal (leader, a) && prc_series_normal (follower, b)) {
    double cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    link.by_mm = fabs (cosine) > COSINE_SAME_PLANE;
    if (link.by_mm && cosine < 0)
      link.direction = -1;
  }
  return link;
}

uint32_t
prc_scroll_link_follow (const PrcScrollLink *link, const PrcSeries *leader, uint32_t leader_index,
                        const PrcSeries *follower) {
  uint32_t index = clamp_index (leader, leader_index);

  if (link->by_mm) {
    double way = prc_series_slice (leader, index)->along_mm - link->leader_along_mm;
    return prc_series_nearest (follower, link->follower_along_mm + link->direction * way);
  }
  return clamp_index (follower,
                      (int64_t)link->follower_index + (int64_t)index - (int64_t)link->leader_index);
}

PrcScrollLink
prc_scroll_link_reversed (const PrcScrollLink *link) {
  PrcScrollLink reversed = *link;

  reversed.leader_along_mm = link->follower_along_mm;
  reversed.follower_along_mm = link->leader_along_mm;
  reversed.leader_index = link->follower_index;
  reversed.follower_index = link->leader_index;
  return reversed;
}
