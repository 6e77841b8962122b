// SPDX-License-Identifier: Apache-2.0
// Who waits for what: jobs, their order, the threads that serve them, cancellation. What a request
// says and how its answer is read is in prc-codec-request.c.
#include "prc-codec-pool.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "prc-codec-process.h"
#include "prc-codec-request.h"
#include "prc-imaging-error.h"
#include "prc-places.h"

#define N_PRIORITIES (PRC_PRIORITY_BACKGROUND + 1)

// How long an abandoned request may go on. Most decodes take less: killing their process at once
// would cost a new one (some 20 ms) to save a few. A long one would keep the next image waiting.
#define GRACE_MS 50

typedef struct {
  int refs; // atomic
  PrcCodecRequest *request;
  GCancellable *cancellable;
  gulong cancel_handler;
  GTask *task;        // of an async call, else NULL: somebody waits on `pool->done`
  PrcCodecPool *pool; // borrowed: pool outlives its jobs
  // under pool->lock
  bool settled;  // somebody took responsibility for the answer: the worker, or the cancellation
  bool finished; // sync: result and error are there
  gpointer result;
  GError *error;
} Job;

typedef struct {
  PrcCodecPool *pool;
  GThread *thread;
  PrcCodecProcess *process;  // changed by the thread only, under lock
  Job *job;                  // under lock: what it works on
  PrcCodecPatience patience; // with the call in progress
  unsigned limit_ms;
} Worker;

struct _PrcCodecPool {
  gatomicrefcount refs;
  char *executable;
  unsigned max_workers;
  GMutex lock;
  GCond work, done;
  GQueue queues[N_PRIORITIES];
  GPtrArray *workers;
  unsigned n_idle, n_pending, limit_ms;
  bool quit;
};

static Job *
job_ref (Job *job) {
  g_atomic_int_inc (&job->refs);
  return job;
}

static void
job_unref (gpointer data) {
  Job *job = data;
  if (!g_atomic_int_dec_and_test (&job->refs))
    return;
  GDestroyNotify destroy = prc_codec_request_result_destroy (job->request);
  if (job->result)
    destroy (job->result);
  g_clear_error (&job->error);
  g_clear_object (&job->task);
  g_clear_object (&job->cancellable);
  prc_codec_request_free (job->request);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_unref)

// Takes result and error. Called by whoever settled the job, without the lock.
static void
job_finish (Job *job, gpointer result, GError *error) {
  if (job->task) {
    if (error)
      g_task_return_error (job->task, error);
    else
      g_task_return_pointer (job->task, result, prc_codec_request_result_destroy (job->request));
    return;
  }
  g_mutex_lock (&job->pool->lock);
  job->result = result;
  job->error = error;
  job->finished = true;
  g_cond_broadcast (&job->pool->done);
  g_mutex_unlock (&job->pool->lock);
}

static bool
job_settle (Job *job) {
  g_mutex_lock (&job->pool->lock);
  bool mine = !job->settled;
  job->settled = true;
  g_mutex_unlock (&job->pool->lock);
  return mine;
}

// Under the lock. Lets a request that nobody waits for any more end by itself, if it does so soon.
static void
give_grace (PrcCodecPool *pool, Job *job) {
  for (unsigned i = 0; i < pool->workers->len; i++) {
    Worker *worker = pool->workers->pdata[i];
    if (worker->job == job)
      prc_codec_patience_end_at (&worker->patience, g_get_monotonic_time () + GRACE_MS * 1000);
  }
}

static void
on_cancelled (GCancellable *cancellable, gpointer data) {
  Job *job = data;
  if (!job_settle (job)) // the answer is on its way
    return;
  g_mutex_lock (&job->pool->lock);
  give_grace (job->pool, job);
  g_mutex_unlock (&job->pool->lock);
  job_finish (job, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled")));
}

static Job *
pop (PrcCodecPool *pool) {
  for (unsigned i = 0; i < N_PRIORITIES; i++) {
    Job *job = g_queue_pop_head (&pool->queues[i]);
    if (job) {
      pool->n_pending--;
      return job;
    }
  }
  return NULL;
}

static void
set_process (Worker *worker, PrcCodecProcess *process) {
  g_mutex_lock (&worker->pool->lock);
  PrcCodecProcess *old = worker->process;
  worker->process = process;
  g_mutex_unlock (&worker->pool->lock);
  if (old)
    prc_codec_process_free (old);
}

// A living process for the next call, started when there is none.
static PrcCodecProcess *
get_process (gpointer data, GError **error) {
  Worker *worker = data;
  if (worker->process && prc_codec_process_is_alive (worker->process))
    return worker->process;
  set_process (worker, NULL);
  PrcCodecProcess *process = prc_codec_process_start (worker->pool->executable, error);
  set_process (worker, process);
  return process;
}

static void
drop_process (gpointer data) {
  set_process (data, NULL);
}

static void
serve (Worker *worker, Job *job) {
  GError *error = NULL;
  PrcCodecServer server = {get_process, drop_process, worker, &worker->patience, worker->limit_ms};
  gpointer result = prc_codec_request_run (job->request, &server, &error);
  if (prc_codec_patience_is_over (&worker->patience))
    set_process (worker, NULL); // it is still busy with what nobody wants
  if (job_settle (job)) {
    job_finish (job, result, error);
    return;
  }
  if (result)
    prc_codec_request_result_destroy (job->request) (result);
  g_clear_error (&error);
}

static void
work_on (Worker *worker, Job *job) {
  PrcCodecPool *pool = worker->pool;
  bool wanted = !job->settled;
  worker->job = job;
  worker->limit_ms = pool->limit_ms;
  g_mutex_unlock (&pool->lock);
  if (wanted)
    serve (worker, job);
  // Not in on_cancelled and not under the lock: this waits for a cancellation that is just being
  // told.
  if (job->cancel_handler)
    g_cancellable_disconnect (job->cancellable, job->cancel_handler);
  g_mutex_lock (&pool->lock);
  worker->job = NULL;
  if (!pool->quit)
    prc_codec_patience_reset (&worker->patience);
  g_mutex_unlock (&pool->lock);
  job_unref (job);
  g_mutex_lock (&pool->lock);
}

static gpointer
run_worker (gpointer data) {
  Worker *worker = data;
  PrcCodecPool *pool = worker->pool;
  g_mutex_lock (&pool->lock);
  while (!pool->quit) {
    Job *job = pop (pool);
    if (job) {
      work_on (worker, job);
      continue;
    }
    pool->n_idle++;
    g_cond_wait (&pool->work, &pool->lock);
    pool->n_idle--;
  }
  g_mutex_unlock (&pool->lock);
  set_process (worker, NULL);
  return NULL;
}

// Under the lock. A worker for the new job: one that waits, or a new one.
static void
find_worker (PrcCodecPool *pool) {
  if (pool->n_idle >= pool->n_pending) {
    g_cond_signal (&pool->work);
    return;
  }
  if (pool->workers->len < pool->max_workers) {
    Worker *worker = g_new0 (Worker, 1);
    worker->pool = pool;
    prc_codec_patience_init (&worker->patience);
    g_ptr_array_add (pool->workers, worker);
    worker->thread = g_thread_new ("codec", run_worker, worker);
  }
}

static Job *
job_new (PrcCodecPool *pool, PrcCodecRequest *request, GCancellable *cancellable, GTask *task) {
  Job *job = g_new0 (Job, 1);
  job->refs = 1;
  job->pool = pool;
  job->request = request;
  g_set_object (&job->cancellable, cancellable);
  job->task = task;
  return job;
}

static void
push (PrcCodecPool *pool, Job *job, PrcPriority priority) {
  // The queue's reference holds the handler's data until the handler is disconnected.
  if (job->cancellable)
    job->cancel_handler =
        g_cancellable_connect (job->cancellable, G_CALLBACK (on_cancelled), job, NULL);
  g_mutex_lock (&pool->lock);
  g_queue_push_tail (&pool->queues[MIN ((unsigned)priority, N_PRIORITIES - 1)], job_ref (job));
  pool->n_pending++;
  find_worker (pool);
  g_mutex_unlock (&pool->lock);
}

// Blocks until the request is answered or cancelled. Takes the request.
static gpointer
submit (PrcCodecPool *pool, PrcCodecRequest *request, PrcPriority priority,
        GCancellable *cancellable, GError **error) {
  g_autoptr (Job) job = job_new (pool, request, cancellable, NULL);
  push (pool, job, priority);
  g_mutex_lock (&pool->lock);
  while (!job->finished)
    g_cond_wait (&pool->done, &pool->lock);
  gpointer result = g_steal_pointer (&job->result);
  GError *failure = g_steal_pointer (&job->error);
  g_mutex_unlock (&pool->lock);
  if (failure)
    g_propagate_error (error, failure);
  return result;
}

static void
submit_async (PrcCodecPool *pool, PrcCodecRequest *request, PrcPriority priority,
              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data) {
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, submit_async);
  g_autoptr (Job) job = job_new (pool, request, cancellable, task);
  push (pool, job, priority);
}

PrcCodecPool *
prc_codec_pool_new (unsigned max_processes) {
  PrcCodecPool *pool = g_new0 (PrcCodecPool, 1);
  g_atomic_ref_count_init (&pool->refs);
  pool->executable = prc_places_codec ();
  pool->max_workers = max_processes ? max_processes : MAX (2, g_get_num_processors ());
  pool->limit_ms = 30000;
  pool->workers = g_ptr_array_new ();
  g_mutex_init (&pool->lock);
  g_cond_init (&pool->work);
  g_cond_init (&pool->done);
  for (unsigned i = 0; i < N_PRIORITIES; i++)
    g_queue_init (&pool->queues[i]);
  return pool;
}

PrcCodecPool *
prc_codec_pool_ref (PrcCodecPool *pool) {
  g_atomic_ref_count_inc (&pool->refs);
  return pool;
}

static void
stop_workers (PrcCodecPool *pool) {
  g_mutex_lock (&pool->lock);
  pool->quit = true;
  for (unsigned i = 0; i < pool->workers->len; i++) {
    Worker *worker = pool->workers->pdata[i];
    prc_codec_patience_end_at (&worker->patience, 0);
    if (worker->process)
      prc_codec_process_kill (worker->process);
  }
  g_cond_broadcast (&pool->work);
  g_mutex_unlock (&pool->lock);
  for (unsigned i = 0; i < pool->workers->len; i++) {
    Worker *worker = pool->workers->pdata[i];
    g_thread_join (worker->thread);
    prc_codec_patience_clear (&worker->patience);
    g_free (worker);
  }
  g_ptr_array_set_size (pool->workers, 0);
}

// Nobody waits in a blocking call any more, the callers hold references; what is left are async
// requests.
static void
cancel_pending (PrcCodecPool *pool) {
  Job *job;
  while ((job = pop (pool))) {
    on_cancelled (NULL, job);
    if (job->cancel_handler)
      g_cancellable_disconnect (job->cancellable, job->cancel_handler);
    job_unref (job);
  }
}

void
prc_codec_pool_unref (PrcCodecPool *pool) {
  if (!g_atomic_ref_count_dec (&pool->refs))
    return;
  stop_workers (pool);
  cancel_pending (pool);
  g_ptr_array_unref (pool->workers);
  g_mutex_clear (&pool->lock);
  g_cond_clear (&pool->work);
  g_cond_clear (&pool->done);
  g_free (pool->executable);
  g_free (pool);
}

void
prc_codec_pool_set_time_limit (PrcCodecPool *pool, unsigned milliseconds) {
  g_mutex_lock (&pool->lock);
  pool->limit_ms = MAX (milliseconds, 1);
  g_mutex_unlock (&pool->lock);
}

GPtrArray *
prc_codec_pool_describe (PrcCodecPool *pool, const char *const *paths, PrcPriority priority,
                         GCancellable *cancellable, GError **error) {
  return submit (pool, prc_codec_request_describe (paths), priority, cancellable, error);
}

PrcInstance *
prc_codec_pool_describe_one (PrcCodecPool *pool, const char *path, PrcPriority priority,
                             GCancellable *cancellable, GError **error) {
  const char *paths[] = {path, NULL};
  g_autoptr (GPtrArray) descriptions =
      prc_codec_pool_describe (pool, paths, priority, cancellable, error);
  if (!descriptions)
    return NULL;
  PrcDescription *description = descriptions->pdata[0];
  if (description->error)
    g_propagate_error (error, g_steal_pointer (&description->error));
  return g_steal_pointer (&description->instance);
}

void
prc_codec_pool_describe_async (PrcCodecPool *pool, const char *const *paths, PrcPriority priority,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data) {
  submit_async (pool, prc_codec_request_describe (paths), priority, cancellable, callback,
                user_data);
}

GPtrArray *
prc_codec_pool_describe_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

GPtrArray *
prc_codec_pool_contents (PrcCodecPool *pool, const char *path, PrcPriority priority,
                         GCancellable *cancellable, GError **error) {
  return submit (pool, prc_codec_request_contents (path), priority, cancellable, error);
}

PrcFrame *
prc_codec_pool_decode (PrcCodecPool *pool, PrcInstance *instance, uint32_t frame,
                       PrcPriority priority, GCancellable *cancellable, GError **error) {
  return submit (pool, prc_codec_request_decode (instance, frame), priority, cancellable, error);
}

void
prc_codec_pool_decode_async (PrcCodecPool *pool, PrcInstance *instance, uint32_t frame,
                             PrcPriority priority, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data) {
  submit_async (pool, prc_codec_request_decode (instance, frame), priority, cancellable, callback,
                user_data);
}

PrcFrame *
prc_codec_pool_decode_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

PrcPresentation *
prc_codec_pool_present (PrcCodecPool *pool, const char *path, PrcPriority priority,
                        GCancellable *cancellable, GError **error) {
  return submit (pool, prc_codec_request_present (path), priority, cancellable, error);
}

PrcSegmentation *
prc_codec_pool_segment (PrcCodecPool *pool, PrcInstance *instance, double threshold,
                        PrcPriority priority, GCancellable *cancellable, GError **error) {
  return submit (pool, prc_codec_request_segment (instance, threshold), priority, cancellable,
                 error);
}

char *
prc_codec_pool_dump_json (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                          GError **error) {
  return submit (pool, prc_codec_request_dump (path), PRC_PRIORITY_VIEW, cancellable, error);
}

PrcElements *
prc_codec_pool_list (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                     GError **error) {
  return submit (pool, prc_codec_request_list (path), PRC_PRIORITY_VIEW, cancellable, error);
}

void
prc_codec_pool_list_async (PrcCodecPool *pool, const char *path, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
  submit_async (pool, prc_codec_request_list (path), PRC_PRIORITY_VIEW, cancellable, callback,
                user_data);
}

PrcElements *
prc_codec_pool_list_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
prc_codec_pool_encode (PrcCodecPool *pool, const char *dataset_json, GBytes *pixels,
                       const char *transfer_syntax_uid, const char *path, GCancellable *cancellable,
                       GError **error) {
  PrcCodecRequest *request =
      prc_codec_request_encode (dataset_json, pixels, transfer_syntax_uid, path);
  return submit (pool, request, PRC_PRIORITY_BACKGROUND, cancellable, error) != NULL;
}

GBytes *
prc_codec_pool_encode_bytes (PrcCodecPool *pool, const char *dataset_json,
                             const char *transfer_syntax_uid, GCancellable *cancellable,
                             GError **error) {
  return submit (pool, prc_codec_request_encode_bytes (dataset_json, transfer_syntax_uid),
                 PRC_PRIORITY_VIEW, cancellable, error);
}
