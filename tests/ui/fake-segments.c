// SPDX-License-Identifier: Apache-2.0
#include "fake-segments.h"

struct _PrcSegmentation {
  gatomicrefcount references;
  PrcSegmentationInfo info;
  PrcSegment *segments;
  GArray *frames;      // PrcSegmentFrame
  GStringChunk *texts; // of the frames
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
  self->frames = g_array_new (FALSE, TRUE, sizeof (PrcSegmentFrame));
  self->texts = g_string_chunk_new (256);
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
  for (guint i = 0; i < self->frames->len; i++)
    prc_mask_unref ((PrcMask *)g_array_index (self->frames, PrcSegmentFrame, i).mask);
  g_array_unref (self->frames);
  g_string_chunk_free (self->texts);
  g_free (self->segments);
  g_free (self);
}

void
fake_segmentation_put (PrcSegmentation *self, guint segment, const char *source_uid,
                       PrcMask *mask) {
  const PrcSegmentFrame frame = {.segment = segment,
                                 .frame = self->frames->len,
                                 .mask = prc_mask_ref (mask),
                                 .source_uid = g_string_chunk_insert (self->texts, source_uid)};

  g_array_append_val (self->frames, frame);
  self->info.rows = 48;
  self->info.columns = 64;
  self->info.frames = (const PrcSegmentFrame *)self->frames->data;
  self->info.n_frames = self->frames->len;
}

const PrcSegmentationInfo *
prc_segmentation_info (const PrcSegmentation *segmentation) {
  return &segmentation->info;
}

bool
prc_segmentation_is_one (const PrcInstance *instance) {
  return g_str_equal (prc_instance_info (instance)->sop_class_uid, "1.2.840.10008.5.1.4.1.1.66.4");
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
