// SPDX-License-Identifier: Apache-2.0
#include "prc-import-segments.h"

#include "prc-segment-fit.h"
#include "prc-segment-look.h"
#include "prc-segment-match.h"
#include "prc-segment-measure.h"

#define THRESHOLD 0.5 // of fractional ones, as they are shown at first

typedef struct {
  PrcCodecPool *pool;
  GPtrArray *instances, *series;
} Reading;

static void
reading_free (gpointer data) {
  Reading *reading = data;
  prc_codec_pool_unref (reading->pool);
  g_ptr_array_unref (reading->instances);
  g_ptr_array_unref (reading->series);
  g_free (reading);
}

static void
segment_free (gpointer data) {
  PrcImportSegment *segment = data;
  g_clear_pointer (&segment->mask, prc_mask_unref);
  g_free (segment->vector);
  g_free (segment);
}

void
prc_import_file_free (PrcImportFile *file) {
  prc_instance_unref (file->instance);
  g_clear_error (&file->error);
  g_clear_pointer (&file->segmentation, prc_segmentation_unref);
  g_clear_pointer (&file->series, prc_series_unref);
  g_ptr_array_unref (file->segments);
  g_free (file);
}

void
prc_import_file_forget (PrcImportFile *file) {
  g_clear_pointer (&file->segmentation, prc_segmentation_unref);
  for (guint i = 0; i < file->segments->len; i++) {
    PrcImportSegment *segment = file->segments->pdata[i];
    g_clear_pointer (&segment->mask, prc_mask_unref);
    g_clear_pointer (&segment->vector, g_free);
  }
}

// --- what of it

static void
add_segment (PrcImportFile *file, guint number, PrcSegmentStack *stack) {
  PrcSegmentExtent extent;
  PrcSegmentMeasure measure;
  if (!prc_segment_stack_extent (stack, &extent))
    return;
  prc_segment_measure_shape (stack, file->series, &measure);
  PrcImportSegment *segment = g_new0 (PrcImportSegment, 1);
  segment->file = file;
  segment->segment = number;
  segment->index = extent.largest;
  segment->mask = prc_mask_ref (prc_segment_stack_mask (stack, extent.largest));
  segment->voxels = prc_segment_stack_area (stack);
  segment->volume_ml = measure.volume_ml;
  g_ptr_array_add (file->segments, segment);
}

static void
lay (PrcImportFile *file, GCancellable *cancellable) {
  const PrcSegmentationInfo *info = prc_segmentation_info (file->segmentation);
  g_autoptr (GPtrArray) stacks =
      prc_segment_fit (file->segmentation, file->series, cancellable, &file->error);
  if (!stacks) // and so it is not remembered as one without segments
    g_clear_pointer (&file->series, prc_series_unref);
  for (guint i = 0; stacks && i < stacks->len && !file->cut; i++) {
    file->cut = file->segments->len == PRC_IMPORT_MAX_SEGMENTS;
    if (!file->cut && !prc_segment_look_is_around (&info->segments[i]))
      add_segment (file, i, stacks->pdata[i]);
  }
  file->n_segments = file->n_pending = file->segments->len;
}

PrcImportFile *
prc_import_file_read (PrcCodecPool *pool, PrcInstance *instance, GPtrArray *series,
                      PrcPriority priority, GCancellable *cancellable) {
  PrcImportFile *file = g_new0 (PrcImportFile, 1);
  file->instance = prc_instance_ref (instance);
  file->segments = g_ptr_array_new_with_free_func (segment_free);
  file->segmentation =
      prc_codec_pool_segment (pool, instance, THRESHOLD, priority, cancellable, &file->error);
  g_autoptr (GPtrArray) on =
      file->segmentation ? prc_segment_match (file->segmentation, series, &file->error) : NULL;
  if (on && on->len > 0) {
    file->series = prc_series_ref (on->pdata[0]);
    lay (file, cancellable);
  }
  return file;
}

static void
read_files (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  const Reading *reading = data;
  g_autoptr (GPtrArray) files =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_import_file_free);
  for (guint i = 0; i < reading->instances->len && !g_cancellable_is_cancelled (cancellable); i++)
    g_ptr_array_add (files,
                     prc_import_file_read (reading->pool, reading->instances->pdata[i],
                                           reading->series, PRC_PRIORITY_BACKGROUND, cancellable));
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_steal_pointer (&files), (GDestroyNotify)g_ptr_array_unref);
}

void
prc_import_files_read_async (PrcCodecPool *pool, GPtrArray *instances, GPtrArray *series,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *reading = g_new (Reading, 1);
  *reading =
      (Reading){prc_codec_pool_ref (pool), g_ptr_array_ref (instances), g_ptr_array_ref (series)};
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_files);
}

GPtrArray *
prc_import_files_read_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}
