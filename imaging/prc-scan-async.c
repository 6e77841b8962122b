// SPDX-License-Identifier: Apache-2.0
#include "prc-scan.h"

// A scan in a thread of its own, so that grouping never holds up the main loop.

typedef struct {
  PrcCodecPool *pool;
  char **paths;
  PrcScanProgress progress;
  gpointer user_data;
  GCancellable *cancellable;
  GMainContext *context; // the caller's
  GMutex lock;
  PrcScan *latest; // not yet shown to the caller; under the lock
} Job;

static void
job_free (Job *job) {
  prc_codec_pool_unref (job->pool);
  g_strfreev (job->paths);
  g_clear_object (&job->cancellable);
  g_main_context_unref (job->context);
  g_clear_pointer (&job->latest, prc_scan_unref);
  g_mutex_clear (&job->lock);
  g_free (job);
}

static gboolean
show_latest (gpointer user_data) {
  Job *job = g_task_get_task_data (user_data);
  g_mutex_lock (&job->lock);
  g_autoptr (PrcScan) scan = g_steal_pointer (&job->latest);
  g_mutex_unlock (&job->lock);
  if (scan && !g_cancellable_is_cancelled (job->cancellable))
    job->progress (scan, job->user_data);
  return G_SOURCE_REMOVE;
}

// In the thread. The newest takes the place of one that the caller's loop had no time for yet. The
// source is attached before the task returns and has its priority, so the caller sees no progress
// after the end.
static void
on_progress (PrcScan *scan, gpointer user_data) {
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);
  g_mutex_lock (&job->lock);
  bool is_waiting = job->latest != NULL;
  g_clear_pointer (&job->latest, prc_scan_unref);
  job->latest = prc_scan_ref (scan);
  g_mutex_unlock (&job->lock);
  if (is_waiting)
    return;
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, show_latest, g_object_ref (task), g_object_unref);
  g_source_attach (source, job->context);
}

static void
scan_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Job *job = data;
  GError *error = NULL;
  PrcScan *scan = prc_scan (job->pool, (const char *const *)job->paths, PRC_PRIORITY_SCAN,
                            job->progress ? on_progress : NULL, task, cancellable, &error);
  if (scan)
    g_task_return_pointer (task, scan, (GDestroyNotify)prc_scan_unref);
  else
    g_task_return_error (task, error);
}

void
prc_scan_async (PrcCodecPool *pool, const char *const *paths, GCancellable *cancellable,
                PrcScanProgress progress, GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);
  job->pool = prc_codec_pool_ref (pool);
  job->paths = g_strdupv ((char **)paths);
  job->progress = progress;
  job->user_data = user_data;
  job->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  job->context = g_main_context_ref_thread_default ();
  g_mutex_init (&job->lock);
  g_task_set_source_tag (task, prc_scan_async);
  g_task_set_task_data (task, job, (GDestroyNotify)job_free);
  g_task_run_in_thread (task, scan_in_thread);
}

PrcScan *
prc_scan_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}
