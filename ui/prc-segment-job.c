// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-job.h"

#include "prc-segment-fit.h"
#include "prc-segment-match.h"

PrcSegmentJob *
prc_segment_job_new (PrcSegmentJobKind kind, PrcCodecPool *pool, PrcInstance *instance) {
  PrcSegmentJob *job = g_new0 (PrcSegmentJob, 1);

  job->kind = kind;
  job->pool = prc_codec_pool_ref (pool);
  job->instance = prc_instance_ref (instance);
  return job;
}

static void
job_free (PrcSegmentJob *job) {
  prc_codec_pool_unref (job->pool);
  prc_instance_unref (job->instance);
  g_clear_pointer (&job->segmentation, prc_segmentation_unref);
  g_clear_pointer (&job->series, prc_series_unref);
  g_clear_pointer (&job->scan, prc_scan_unref);
  g_clear_pointer (&job->lies_on, g_ptr_array_unref);
  g_clear_pointer (&job->stacks, g_ptr_array_unref);
  g_clear_pointer (&job->shapes, g_array_unref);
  g_free (job);
}

// Among the series of its scan: another of them may be the one that it was made from. Whose it is
// when there is no telling is said when all are looked through.
static gboolean
may_lie (PrcSegmentJob *job) {
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  g_ptr_array_add (all, job->series);
  for (guint i = 0; job->scan && i < job->scan->series->len; i++) {
    PrcSeries *other = job->scan->series->pdata[i];
    if (!g_str_equal (prc_series_key (other), prc_series_key (job->series)))
      g_ptr_array_add (all, other);
  }
  g_autoptr (GPtrArray) on = prc_segment_match (job->segmentation, all, NULL);
  return on && g_ptr_array_find (on, job->series, NULL);
}

static void
fit (PrcSegmentJob *job, GCancellable *cancellable, GError **error) {
  if (!job->again && !may_lie (job))
    return;
  job->stacks = prc_segment_fit (job->segmentation, job->series, cancellable, error);
  job->lies = job->stacks != NULL;
  if (!job->lies)
    return;
  job->shapes = g_array_sized_new (FALSE, TRUE, sizeof (PrcSegmentMeasure), job->stacks->len);
  for (guint i = 0; i < job->stacks->len && !g_cancellable_is_cancelled (cancellable); i++) {
    PrcSegmentMeasure shape;
    prc_segment_measure_shape (job->stacks->pdata[i], job->series, &shape);
    g_array_append_val (job->shapes, shape);
  }
}

static void
seek (PrcSegmentJob *job, GError **error) {
  g_autoptr (GPtrArray) on = prc_segment_match (job->segmentation, job->scan->series, error);

  job->lies_on = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; on && i < on->len; i++)
    g_ptr_array_add (job->lies_on, g_strdup (prc_series_key (on->pdata[i])));
}

static void
do_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  PrcSegmentJob *job = data;
  g_autoptr (GError) error = NULL;

  if (job->kind == PRC_SEGMENT_JOB_READ)
    job->segmentation = prc_codec_pool_segment (job->pool, job->instance, job->threshold,
                                                PRC_PRIORITY_SCAN, cancellable, &error);
  else if (job->kind == PRC_SEGMENT_JOB_FIT)
    fit (job, cancellable, &error);
  else
    seek (job, &error);
  if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

void
prc_segment_job_start (PrcSegmentJob *job, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, job, (GDestroyNotify)job_free);
  g_task_run_in_thread (task, do_job);
}

PrcSegmentJob *
prc_segment_job_finish (GAsyncResult *result, GError **error) {
  g_task_propagate_boolean (G_TASK (result), error);
  return g_task_get_task_data (G_TASK (result));
}
