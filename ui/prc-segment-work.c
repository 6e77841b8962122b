// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-work.h"

#include <glib/gi18n-lib.h>

#include "prc-imaging-error.h"
#include "prc-segment-range.h"

#define REACH 3 // pixels around a click that say what is alike

PrcSegmentWork *
prc_segment_work_new (PrcSegmentWorkKind kind, PrcSegmentStack *stack, PrcSegmentStack *other,
                      PrcSeries *series, PrcFrameStore *store) {
  PrcSegmentWork *work = g_new0 (PrcSegmentWork, 1);

  work->kind = kind;
  work->stack = prc_segment_stack_ref (stack);
  work->other = other ? prc_segment_stack_ref (other) : NULL;
  work->series = prc_series_ref (series);
  work->store = prc_frame_store_ref (store);
  work->range = (PrcSegmentRange){1, 0};
  return work;
}

void
prc_segment_work_free (PrcSegmentWork *work) {
  prc_segment_stack_unref (work->stack);
  g_clear_pointer (&work->other, prc_segment_stack_unref);
  prc_series_unref (work->series);
  prc_frame_store_unref (work->store);
  g_clear_pointer (&work->brushes, g_array_unref);
  g_free (work);
}

static PrcSegmentStack *
paint (PrcSegmentWork *work, GCancellable *cancellable, GError **error) {
  PrcSegmentStack *stack = prc_segment_stack_ref (work->stack);

  for (guint i = 0; stack && i < work->brushes->len; i++) {
    g_autoptr (PrcSegmentStack) before = stack;
    const PrcBrush *to = &g_array_index (work->brushes, PrcBrush, i);

    stack = prc_segment_edit_brush (before, work->series, work->store, i > 0 ? to - 1 : to, to,
                                    cancellable, error);
  }
  return stack;
}

static bool
find_range (PrcSegmentWork *work, GCancellable *cancellable, GError **error) {
  const PrcSlice *slice = prc_series_slice (work->series, work->index);

  if (!prc_segment_range_is_all (&work->range))
    return true;
  g_autoptr (PrcFrame) frame = prc_frame_store_get (work->store, slice->instance, slice->frame,
                                                    PRC_PRIORITY_VIEW, cancellable, error);
  if (!frame)
    return false;
  if (work->column < prc_frame_info (frame)->columns && work->row < prc_frame_info (frame)->rows &&
      prc_segment_range_around (frame, work->column, work->row, REACH, work->spread, &work->range))
    return true;
  g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
               _ ("There is no value here to grow from"));
  return false;
}

// More than half of the series is no structure in it.
static PrcSegmentStack *
grow (PrcSegmentWork *work, GCancellable *cancellable, GError **error) {
  const PrcInstanceInfo *info = prc_series_info (work->series);
  uint64_t voxels = (uint64_t)info->rows * info->columns * prc_series_length (work->series);

  if (!find_range (work, cancellable, error))
    return NULL;
  return prc_segment_edit_grow (work->stack, work->series, work->store, work->column, work->row,
                                work->index, &work->range, MAX (voxels / 2, 1), cancellable, error);
}

static PrcSegmentStack *
smooth (PrcSegmentWork *work, GCancellable *cancellable, GError **error) {
  const PrcSlice *slice = prc_series_slice (work->series, 0);
  const PrcPlane *plane = prc_instance_plane (slice->instance, slice->frame);
  double pixel = MAX (plane->row_spacing_mm, plane->column_spacing_mm);

  return prc_segment_edit_smooth (work->stack, work->series, 2 * (pixel > 0 ? pixel : 1),
                                  cancellable, error);
}

PrcSegmentStack *
prc_segment_work_run (PrcSegmentWork *work, GCancellable *cancellable, GError **error) {
  switch (work->kind) {
  case PRC_SEGMENT_WORK_STROKE:
    return paint (work, cancellable, error);
  case PRC_SEGMENT_WORK_GROW:
    return grow (work, cancellable, error);
  case PRC_SEGMENT_WORK_BETWEEN:
    return prc_segment_edit_interpolate (work->stack, work->series, cancellable, error);
  case PRC_SEGMENT_WORK_LARGEST:
    return prc_segment_edit_remove_islands (work->stack, G_MAXUINT64, cancellable, error);
  case PRC_SEGMENT_WORK_ISLANDS:
    return prc_segment_edit_remove_islands (
        work->stack, prc_segment_stack_area (work->stack) / 100 + 1, cancellable, error);
  case PRC_SEGMENT_WORK_HOLES:
    return prc_segment_edit_fill_holes (work->stack, cancellable, error);
  case PRC_SEGMENT_WORK_SMOOTH:
    return smooth (work, cancellable, error);
  case PRC_SEGMENT_WORK_ADD:
    return prc_segment_edit_combine (work->stack, work->other, PRC_SEGMENT_UNION);
  case PRC_SEGMENT_WORK_SUBTRACT:
    return prc_segment_edit_combine (work->stack, work->other, PRC_SEGMENT_SUBTRACT);
  case PRC_SEGMENT_WORK_INTERSECT:
    return prc_segment_edit_combine (work->stack, work->other, PRC_SEGMENT_INTERSECT);
  default:
    g_return_val_if_reached (NULL);
  }
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable) {
  GError *error = NULL;
  PrcSegmentStack *stack = prc_segment_work_run (task_data, cancellable, &error);

  if (stack)
    g_task_return_pointer (task, stack, (GDestroyNotify)prc_segment_stack_unref);
  else
    g_task_return_error (task, error);
}

void
prc_segment_work_run_async (PrcSegmentWork *work, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, work, (GDestroyNotify)prc_segment_work_free);
  g_task_run_in_thread (task, run_in_thread);
}

PrcSegmentStack *
prc_segment_work_run_finish (GAsyncResult *result, PrcSegmentWork **work, GError **error) {
  *work = g_task_get_task_data (G_TASK (result));
  return g_task_propagate_pointer (G_TASK (result), error);
}
