// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-slices.h"

#include <math.h>

#define FAR_MM 1e7 // nobody lies there

typedef struct {
  const char *uid;
  uint32_t frame, index;
} Source;

static guint
source_hash (gconstpointer key) {
  const Source *source = key;

  return g_str_hash (source->uid) * 31 + source->frame;
}

static gboolean
source_equal (gconstpointer a, gconstpointer b) {
  const Source *x = a, *y = b;

  return x->frame == y->frame && g_str_equal (x->uid, y->uid);
}

static double
spacing_of (const PrcSeries *series) {
  double spacing_mm = prc_series_spacing_mm (series);

  if (!(spacing_mm > 0))
    spacing_mm = prc_series_info (series)->slice_thickness_mm;
  return spacing_mm > 0 ? spacing_mm : 1;
}

void
prc_segment_slices_init (PrcSegmentSlices *slices, const PrcSeries *series,
                         GCancellable *cancellable) {
  *slices = (PrcSegmentSlices){.series = series, .cancellable = cancellable};
  slices->n = prc_series_length (series);
  slices->has_geometry = prc_series_normal (series, slices->normal);
  slices->spacing_mm = spacing_of (series);
  slices->by_source = g_hash_table_new_full (source_hash, source_equal, g_free, NULL);
  slices->masks = g_new0 (PrcMask *, slices->n);
  slices->first = slices->n;
  for (uint32_t i = 0; i < slices->n; i++) {
    const PrcSlice *slice = prc_series_slice (series, i);
    Source source = {prc_instance_info (slice->instance)->sop_instance_uid, slice->frame, i};

    // Some writers give all images one UID: then the first is meant, as anywhere else.
    if (!g_hash_table_contains (slices->by_source, &source))
      g_hash_table_add (slices->by_source, g_memdup2 (&source, sizeof source));
  }
}

static void
drop_masks (PrcSegmentSlices *slices) {
  for (uint32_t i = slices->first; i < slices->end; i++)
    g_clear_pointer (&slices->masks[i], prc_mask_unref);
  slices->first = slices->n;
  slices->end = 0;
}

void
prc_segment_slices_clear (PrcSegmentSlices *slices) {
  drop_masks (slices);
  g_clear_pointer (&slices->masks, g_free);
  g_clear_pointer (&slices->by_source, g_hash_table_unref);
}

bool
prc_segment_slices_cancelled (const PrcSegmentSlices *slices) {
  return slices->work > PRC_SEGMENT_SLICES_WORK || slices->size > PRC_SEGMENT_SLICES_SIZE ||
         g_cancellable_is_cancelled (slices->cancellable);
}

bool
prc_segment_plane_is_placed (const PrcPlane *plane) {
  if (!plane->has_position || !plane->has_orientation)
    return false;
  for (int i = 0; i < 3; i++)
    if (!(fabs (plane->position_mm[i]) < FAR_MM) || !isfinite (plane->row_direction[i]) ||
        !isfinite (plane->column_direction[i]))
      return false;
  return plane->row_spacing_mm > 1 / FAR_MM && plane->row_spacing_mm < FAR_MM &&
         plane->column_spacing_mm > 1 / FAR_MM && plane->column_spacing_mm < FAR_MM;
}

const PrcPlane *
prc_segment_slices_plane (const PrcSegmentSlices *slices, uint32_t index) {
  const PrcSlice *slice = prc_series_slice (slices->series, index);

  return prc_instance_plane (slice->instance, slice->frame);
}

void
prc_segment_slices_size (const PrcSegmentSlices *slices, uint32_t index, uint32_t *rows,
                         uint32_t *columns) {
  const PrcInstanceInfo *info =
      prc_instance_info (prc_series_slice (slices->series, index)->instance);

  *rows = info->rows;
  *columns = info->columns;
}

int
prc_segment_slices_find (const PrcSegmentSlices *slices, const char *sop_instance_uid,
                         uint32_t frame) {
  Source wanted = {sop_instance_uid, frame, 0};
  const Source *source =
      *sop_instance_uid != '\0' ? g_hash_table_lookup (slices->by_source, &wanted) : NULL;

  return source != NULL ? (int)source->index : -1;
}

static uint32_t
first_from (const PrcSegmentSlices *slices, double along_mm) {
  uint32_t low = 0, high = slices->n;

  while (low < high) {
    uint32_t middle = low + (high - low) / 2;

    if (prc_series_slice (slices->series, middle)->along_mm < along_mm)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void
prc_segment_slices_range (const PrcSegmentSlices *slices, double low_mm, double high_mm,
                          uint32_t *first, uint32_t *end) {
  *first = slices->has_geometry ? first_from (slices, low_mm) : 0;
  *end = slices->has_geometry ? MAX (first_from (slices, high_mm), *first) : slices->n;
}

void
prc_segment_slices_add (PrcSegmentSlices *slices, uint32_t index, PrcMask *mask) {
  g_autoptr (PrcMask) taken = mask;
  PrcMask **there = &slices->masks[index];

  if (mask == NULL || prc_mask_area (mask) == 0)
    return;
  slices->first = MIN (slices->first, index);
  slices->end = MAX (slices->end, index + 1);
  slices->size += sizeof mask + (mask != slices->last ? prc_mask_size (mask) : 0);
  slices->last = mask;
  if (*there != NULL) {
    g_autoptr (PrcMask) before = *there;
    *there = prc_mask_new_union (before, mask);
  } else {
    *there = g_steal_pointer (&taken);
  }
}

PrcSegmentStack *
prc_segment_slices_take (PrcSegmentSlices *slices) {
  PrcSegmentStack *stack =
      slices->first < slices->end ? prc_segment_stack_new (slices->masks, slices->n) : NULL;

  drop_masks (slices);
  return stack;
}
