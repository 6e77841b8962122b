// SPDX-License-Identifier: Apache-2.0
#include "fake-segments.h"

struct _PrcSegmentation {
  gatomicrefcount references;
  PrcSegmentationInfo info;
  PrcSegment *segments;
};

static const char *
text (const char *given) {
  return given ? given : "";
}

static PrcCode
code (PrcCode given) {
  return (PrcCode){text (given.value), text (given.scheme), text (given.meaning)};
}

PrcSegmentation *
fake_segmentation_new (const char *title, const PrcSegment *segments, guint n) {
  PrcSegmentation *self = g_new0 (PrcSegmentation, 1);

  g_atomic_ref_count_init (&self->references);
  self->segments = g_new0 (PrcSegment, n);
  for (guint i = 0; i < n; i++) {
    PrcSegment *segment = &self->segments[i];
    *segment = segments[i];
    segment->label = text (segment->label);
    segment->description = text (segment->description);
    segment->algorithm_type = text (segment->algorithm_type);
    segment->algorithm_name = text (segment->algorithm_name);
    segment->tracking_id = text (segment->tracking_id);
    segment->tracking_uid = text (segment->tracking_uid);
    segment->interpreted_type = text (segment->interpreted_type);
    segment->category = code (segment->category);
    segment->type = code (segment->type);
    segment->type_modifier = code (segment->type_modifier);
    segment->anatomic_region = code (segment->anatomic_region);
    segment->anatomic_modifier = code (segment->anatomic_modifier);
  }
  self->info = (PrcSegmentationInfo){.path = "/nowhere/segments",
                                     .title = title,
                                     .sop_instance_uid = title,
                                     .series_instance_uid = "",
                                     .study_instance_uid = "",
                                     .frame_of_reference_uid = "",
                                     .patient_key = "",
                                     .segments = self->segments,
                                     .n_segments = n};
  return self;
}

PrcSegmentation *
prc_segmentation_ref (const PrcSegmentation *segmentation) {
  PrcSegmentation *self = (PrcSegmentation *)segmentation;

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
prc_segmentation_unref (PrcSegmentation *self) {
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->segments);
  g_free (self);
}

const PrcSegmentationInfo *
prc_segmentation_info (const PrcSegmentation *segmentation) {
  return &segmentation->info;
}

PrcSegmentStack *
fake_stack (guint n, guint first, guint last, int column, int row, int side) {
  g_autofree PrcRowSpan *spans = g_new (PrcRowSpan, side);
  g_autofree PrcMask **masks = g_new0 (PrcMask *, n);

  for (int i = 0; i < side; i++)
    spans[i] = (PrcRowSpan){row + i, column, column + side};
  PrcMask *mask = prc_mask_new_from_spans (48, 64, spans, side);
  for (guint i = first; i <= last; i++)
    masks[i] = mask;
  PrcSegmentStack *stack = prc_segment_stack_new (masks, n);
  prc_mask_unref (mask);
  return stack;
}
