// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-drafts.h"

#include <glib/gi18n-lib.h>

#include "prc-imaging-error.h"

#define MAX_SEGMENTS 65535 // Segment Number is a US

static bool
fail (GError **error, PrcImagingError code, const char *sentence) {
  g_set_error_literal (error, PRC_IMAGING_ERROR, code, sentence);
  return false;
}

static bool
lies_on (const PrcSegmentStack *stack, const PrcSeries *series) {
  const PrcInstanceInfo *info = prc_series_info (series);

  if (prc_segment_stack_length (stack) != prc_series_length (series))
    return false;
  for (uint32_t i = 0; i < prc_segment_stack_length (stack); i++) {
    PrcMask *mask = prc_segment_stack_mask (stack, i);
    if (mask && (prc_mask_rows (mask) != info->rows || prc_mask_columns (mask) != info->columns))
      return false;
  }
  return true;
}

bool
prc_segment_drafts_check (const PrcSegmentDraft *drafts, size_t n, const PrcSeries *series,
                          GError **error) {
  bool any = false;

  if (n > MAX_SEGMENTS)
    return fail (error, PRC_IMAGING_ERROR_TOO_LARGE,
                 _ ("There are more segments than a file can hold"));
  for (size_t i = 0; i < n; i++) {
    if (!lies_on (drafts[i].stack, series))
      return fail (error, PRC_IMAGING_ERROR_ARGUMENT, _ ("The segments are not of these images"));
    any = any || prc_segment_stack_area (drafts[i].stack) > 0;
  }
  return any || fail (error, PRC_IMAGING_ERROR_ARGUMENT,
                      _ ("The segments are empty: there is nothing to save"));
}

static bool
overlap_on (const PrcSegmentDraft *drafts, size_t n, uint32_t slice) {
  g_autoptr (PrcMask) all = NULL;

  for (size_t i = 0; i < n; i++) {
    PrcMask *mask = prc_segment_stack_mask (drafts[i].stack, slice);
    if (!mask)
      continue;
    g_autoptr (PrcMask) before = g_steal_pointer (&all);
    all = before ? prc_mask_new_union (before, mask) : prc_mask_ref (mask);
    if (before && prc_mask_area (all) < prc_mask_area (before) + prc_mask_area (mask))
      return true;
  }
  return false;
}

bool
prc_segment_drafts_overlap (const PrcSegmentDraft *drafts, size_t n) {
  uint32_t n_slices = n ? prc_segment_stack_length (drafts[0].stack) : 0;

  for (uint32_t i = 0; i < n_slices; i++)
    if (overlap_on (drafts, n, i))
      return true;
  return false;
}
