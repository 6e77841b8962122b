// SPDX-License-Identifier: Apache-2.0
#include "prc-query.h"

void
prc_query_copy (PrcQuery *to, const PrcQuery *from) {
  *to = *from;
  to->frame = prc_frame_ref (from->frame);
  to->instance = from->instance ? prc_instance_ref (from->instance) : NULL;
  to->mask = from->mask ? prc_mask_ref ((PrcMask *)from->mask) : NULL;
  prc_filter_copy (&to->filter, &from->filter);
}

void
prc_query_clear (PrcQuery *query) {
  g_clear_pointer (&query->frame, prc_frame_unref);
  g_clear_pointer (&query->instance, prc_instance_unref);
  if (query->mask)
    prc_mask_unref ((PrcMask *)query->mask);
  prc_filter_clear (&query->filter);
}

gboolean
prc_query_asks_segments (const PrcQuery *query, const PrcIndex *segments) {
  const char *modality = query->instance ? prc_instance_info (query->instance)->modality : "";
  if (query->mask)
    return TRUE;
  if (!(query->region.width > 0) || query->against == PRC_AGAINST_SLICES)
    return FALSE;
  g_autofree char *upper = g_ascii_strup (modality, -1);
  return query->against == PRC_AGAINST_SEGMENTS || *prc_index_scale (segments, upper);
}
