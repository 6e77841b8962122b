// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-edit-private.h"

#include <glib/gi18n-lib.h>

#include "prc-imaging-error.h"

static void
mask_free (gpointer mask) {
  if (mask)
    prc_mask_unref (mask);
}

PrcSegmentRaster
prc_segment_edit_grid (const PrcSeries *series) {
  const PrcSlice *slice = prc_series_slice (series, 0);
  const PrcInstanceInfo *info = prc_series_info (series);
  const PrcPlane *plane = prc_instance_plane (slice->instance, slice->frame);
  PrcSegmentRaster grid = {info->rows, info->columns, 1, 1};

  if (plane->row_spacing_mm > 0 && plane->column_spacing_mm > 0) {
    grid.row_mm = plane->row_spacing_mm;
    grid.column_mm = plane->column_spacing_mm;
  }
  return grid;
}

bool
prc_segment_edit_has_planes (const PrcSeries *series) {
  double normal[3];

  return prc_series_normal (series, normal) && prc_series_spacing_mm (series) > 0;
}

bool
prc_segment_edit_is_of (const PrcSegmentStack *stack, const PrcSeries *series, GError **error) {
  if (prc_segment_stack_length (stack) == prc_series_length (series))
    return true;
  g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
               _ ("The segment belongs to another series"));
  return false;
}

bool
prc_segment_edit_same_size (const PrcMask *a, const PrcMask *b, GError **error) {
  if (prc_mask_rows (a) == prc_mask_rows (b) && prc_mask_columns (a) == prc_mask_columns (b))
    return true;
  g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
               _ ("The images of the series are not of one size"));
  return false;
}

GPtrArray *
prc_segment_edit_masks_new (void) {
  return g_ptr_array_new_with_free_func (mask_free);
}

GPtrArray *
prc_segment_edit_masks (const PrcSegmentStack *stack) {
  GPtrArray *masks = prc_segment_edit_masks_new ();

  for (uint32_t i = 0; i < prc_segment_stack_length (stack); i++) {
    PrcMask *mask = prc_segment_stack_mask (stack, i);
    g_ptr_array_add (masks, mask ? prc_mask_ref (mask) : NULL);
  }
  return masks;
}

void
prc_segment_edit_replace (GPtrArray *masks, uint32_t index, PrcMask *mask) {
  PrcMask *before = masks->pdata[index];

  if (before && mask && prc_mask_equal (before, mask)) {
    prc_mask_unref (mask);
    return;
  }
  mask_free (before);
  masks->pdata[index] = mask;
}

PrcSegmentStack *
prc_segment_edit_stack (GPtrArray *masks) {
  return prc_segment_stack_new ((PrcMask *const *)masks->pdata, masks->len);
}

static PrcMask *
combined (PrcMask *a, PrcMask *b, PrcSegmentSetOp op) {
  if (!a || !b) {
    PrcMask *left = op == PRC_SEGMENT_UNION && !a ? b : op == PRC_SEGMENT_INTERSECT ? NULL : a;
    return left ? prc_mask_ref (left) : NULL;
  }
  if (op == PRC_SEGMENT_UNION)
    return prc_mask_new_union (a, b);
  return op == PRC_SEGMENT_SUBTRACT ? prc_mask_new_difference (a, b)
                                    : prc_mask_new_intersection (a, b);
}

PrcSegmentStack *
prc_segment_edit_combine (const PrcSegmentStack *a, const PrcSegmentStack *b, PrcSegmentSetOp op) {
  g_autoptr (GPtrArray) masks = prc_segment_edit_masks (a);

  for (uint32_t i = 0; i < MIN (masks->len, prc_segment_stack_length (b)); i++) {
    PrcMask *of_a = masks->pdata[i], *of_b = prc_segment_stack_mask (b, i);

    if (of_a && of_b && !prc_segment_edit_same_size (of_a, of_b, NULL))
      continue;
    prc_segment_edit_replace (masks, i, combined (of_a, of_b, op));
  }
  return prc_segment_edit_stack (masks);
}
