// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-regions.h"

typedef struct { // one being collected
  uint16_t group;
  const char *label; // key
  PrcMask **masks;   // of each slice
} Region;

typedef struct {
  GPtrArray *list; // Region
  uint32_t n_slices;
} Regions;

static void
region_free (Regions *regions, Region *region) {
  for (uint32_t i = 0; i < regions->n_slices; i++)
    if (region->masks[i])
      prc_mask_unref (region->masks[i]);
  g_free (region->masks);
  g_free ((char *)region->label);
  g_free (region);
}

static Region *
need_region (Regions *regions, const PrcOverlay *overlay) {
  for (guint i = 0; i < regions->list->len; i++) {
    Region *region = regions->list->pdata[i];
    if (region->group == overlay->group && g_str_equal (region->label, overlay->label))
      return region;
  }
  Region *region = g_new0 (Region, 1);
  region->group = overlay->group;
  region->label = g_strdup (overlay->label);
  region->masks = g_new0 (PrcMask *, regions->n_slices);
  g_ptr_array_add (regions->list, region);
  return region;
}

static void
take_overlay (Regions *regions, const PrcOverlay *overlay, const PrcFrameInfo *info,
              uint32_t index) {
  PrcMask *mask =
      prc_mask_new_moved (overlay->mask, info->rows, info->columns, overlay->row, overlay->column);

  if (mask && prc_mask_area (mask) > 0) {
    Region *region = need_region (regions, overlay);
    g_clear_pointer (&region->masks[index], prc_mask_unref);
    region->masks[index] = g_steal_pointer (&mask);
  }
  g_clear_pointer (&mask, prc_mask_unref);
}

static void
take_slice (Regions *regions, PrcSeries *series, uint32_t index, PrcFrameStore *store,
            GCancellable *cancellable) {
  const PrcSlice *slice = prc_series_slice (series, index);
  g_autoptr (PrcFrame) frame = prc_frame_store_get (store, slice->instance, slice->frame,
                                                    PRC_PRIORITY_BACKGROUND, cancellable, NULL);

  if (!frame)
    return;
  const PrcFrameInfo *info = prc_frame_info (frame);
  for (uint32_t i = 0; i < info->n_overlays; i++)
    if (info->overlays[i].region)
      take_overlay (regions, &info->overlays[i], info, index);
}

GPtrArray *
prc_segment_regions (PrcSeries *series, PrcFrameStore *store, GCancellable *cancellable,
                     GError **error) {
  Regions regions = {g_ptr_array_new (), prc_series_length (series)};
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_segment_region_free);

  for (uint32_t i = 0; i < regions.n_slices && !g_cancellable_is_cancelled (cancellable); i++)
    take_slice (&regions, series, i, store, cancellable);
  for (guint i = 0; i < regions.list->len; i++) {
    Region *region = regions.list->pdata[i];
    PrcSegmentRegion *made = g_new0 (PrcSegmentRegion, 1);
    made->group = region->group;
    made->label = g_strdup (region->label);
    made->stack = prc_segment_stack_new (region->masks, regions.n_slices);
    g_ptr_array_add (found, made);
    region_free (&regions, region);
  }
  g_ptr_array_unref (regions.list);
  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL
                                                                   : g_steal_pointer (&found);
}

void
prc_segment_region_free (PrcSegmentRegion *region) {
  prc_segment_stack_unref (region->stack);
  g_free (region->label);
  g_free (region);
}

bool
prc_segment_regions_has (const PrcFrame *frame) {
  const PrcFrameInfo *info = prc_frame_info (frame);

  for (uint32_t i = 0; i < info->n_overlays; i++)
    if (info->overlays[i].region)
      return true;
  return false;
}
