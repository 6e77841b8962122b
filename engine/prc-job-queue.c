// SPDX-License-Identifier: Apache-2.0
#include "prc-job-queue.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

// pthread's own mutex and condition: the thread sanitizer understands them, GLib's are futexes to
// it.
struct _PrcJobQueue {
  gatomicrefcount refs; // the owner's and one for each job
  pthread_mutex_t lock;
  pthread_cond_t pushed;
  GQueue waiting[PRC_N_JOB_PRIORITIES]; // Job
  bool stopped;
  GThread *thread;
};

typedef enum { NEW, WAITING, GONE } State; // GONE: taken by the thread, or dropped

typedef struct {
  gatomicrefcount refs; // the list's or the thread's, and the cancellable's
  PrcJobQueue *queue;
  State state; // under the queue's lock
  PrcJobPriority priority;
  GCancellable *cancellable;
  gulong handler;
  PrcJob run, drop;
  gpointer data;
} Job;

static void
queue_unref (PrcJobQueue *queue) {
  if (!g_atomic_ref_count_dec (&queue->refs))
    return;
  pthread_mutex_destroy (&queue->lock);
  pthread_cond_destroy (&queue->pushed);
  g_free (queue);
}

static Job *
job_ref (Job *job) {
  g_atomic_ref_count_inc (&job->refs);
  return job;
}

static void
job_unref (gpointer data) {
  Job *job = data;
  if (!g_atomic_ref_count_dec (&job->refs))
    return;
  queue_unref (job->queue);
  g_free (job);
}

// Waits for a handler that runs just now in another thread: not under the lock, which that one
// takes.
static void
forget_cancellable (Job *job) {
  if (!job->cancellable)
    return;
  g_cancellable_disconnect (job->cancellable, job->handler);
  g_clear_object (&job->cancellable);
}

static void
on_cancelled (GCancellable *cancellable, Job *job) {
  PrcJobQueue *queue = job->queue;
  pthread_mutex_lock (&queue->lock);
  const State before = job->state;
  job->state = GONE;
  if (before == WAITING)
    g_queue_remove (&queue->waiting[job->priority], job);
  pthread_mutex_unlock (&queue->lock);
  if (before == GONE)
    return;
  job->drop (job->data);
  if (before == WAITING) {
    g_clear_object (&job->cancellable); // it cannot be disconnected from within its own emission
    job_unref (job);
  }
}

static Job *
take (PrcJobQueue *queue, PrcJobPriority end) { // under the lock
  for (int i = 0; i < (int)end; i++) {
    Job *job = g_queue_pop_head (&queue->waiting[i]);
    if (!job)
      continue;
    job->state = GONE;
    return job;
  }
  return NULL;
}

static void
run (Job *job) {
  forget_cancellable (job);
  job->run (job->data);
  job_unref (job);
}

static gpointer
work (gpointer data) {
  // Hands come first: where there are fewer cores than threads, the one that paints gets them.
  setpriority (PRIO_PROCESS, (id_t)gettid (), 10);
  PrcJobQueue *queue = data;
  for (;;) {
    pthread_mutex_lock (&queue->lock);
    Job *job = NULL;
    while (!queue->stopped && !(job = take (queue, PRC_N_JOB_PRIORITIES)))
      pthread_cond_wait (&queue->pushed, &queue->lock);
    pthread_mutex_unlock (&queue->lock);
    if (!job)
      return NULL;
    run (job);
  }
}

PrcJobQueue *
prc_job_queue_new (void) {
  PrcJobQueue *queue = g_new0 (PrcJobQueue, 1);
  g_atomic_ref_count_init (&queue->refs);
  pthread_mutex_init (&queue->lock, NULL);
  pthread_cond_init (&queue->pushed, NULL);
  for (int i = 0; i < PRC_N_JOB_PRIORITIES; i++)
    g_queue_init (&queue->waiting[i]);
  queue->thread = g_thread_new ("engine", work, queue);
  return queue;
}

void
prc_job_queue_push (PrcJobQueue *queue, PrcJobPriority priority, GCancellable *cancellable,
                    PrcJob run_job, PrcJob drop, gpointer data) {
  Job *job = g_new0 (Job, 1);
  g_atomic_ref_count_init (&job->refs);
  g_atomic_ref_count_inc (&queue->refs);
  *job = (Job){.refs = job->refs,
               .queue = queue,
               .priority = priority,
               .run = run_job,
               .drop = drop,
               .data = data};
  if (cancellable) { // before it waits: the thread must find the handler's number in it
    job->cancellable = g_object_ref (cancellable);
    job->handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), job_ref (job), job_unref);
  }
  pthread_mutex_lock (&queue->lock);
  const bool waits = job->state == NEW && !queue->stopped;
  const bool cancelled = job->state == GONE;
  job->state = waits ? WAITING : GONE;
  if (waits) {
    g_queue_push_tail (&queue->waiting[priority], job);
    pthread_cond_signal (&queue->pushed);
  }
  pthread_mutex_unlock (&queue->lock);
  if (waits)
    return;
  forget_cancellable (job);
  if (!cancelled)
    drop (data);
  job_unref (job);
}

unsigned
prc_job_queue_run_urgent (PrcJobQueue *queue, PrcJobPriority priority) {
  for (unsigned n = 0;; n++) {
    pthread_mutex_lock (&queue->lock);
    Job *job = queue->stopped ? NULL : take (queue, priority);
    pthread_mutex_unlock (&queue->lock);
    if (!job)
      return n;
    run (job);
  }
}

void
prc_job_queue_stop (PrcJobQueue *queue) {
  pthread_mutex_lock (&queue->lock);
  queue->stopped = true;
  pthread_cond_signal (&queue->pushed);
  for (;;) {
    Job *job = take (queue, PRC_N_JOB_PRIORITIES);
    pthread_mutex_unlock (&queue->lock);
    if (!job)
      break;
    forget_cancellable (job);
    job->drop (job->data);
    job_unref (job);
    pthread_mutex_lock (&queue->lock);
  }
  g_thread_join (queue->thread);
  queue_unref (queue);
}
