// SPDX-License-Identifier: Apache-2.0
#include "prc-job-queue.h"

typedef struct {
  GMutex lock;
  GCond changed;
  GString *order; // a letter for each job: a..z run, A..Z dropped
  gboolean open;  // the gate that holds the first job back
  PrcJobQueue *queue;
} Log;

typedef struct {
  Log *log;
  char letter;
} Entry;

static void
log_init (Log *log) {
  g_mutex_init (&log->lock);
  g_cond_init (&log->changed);
  log->order = g_string_new (NULL);
  log->open = FALSE;
  log->queue = prc_job_queue_new ();
}

static void
log_clear (Log *log) {
  g_string_free (log->order, TRUE);
  g_mutex_clear (&log->lock);
  g_cond_clear (&log->changed);
}

static void
note (Entry *entry, char letter) {
  g_mutex_lock (&entry->log->lock);
  g_string_append_c (entry->log->order, letter);
  g_cond_broadcast (&entry->log->changed);
  g_mutex_unlock (&entry->log->lock);
  g_free (entry);
}

static void
run (gpointer data) {
  note (data, ((Entry *)data)->letter);
}

static void
drop (gpointer data) {
  note (data, g_ascii_toupper (((Entry *)data)->letter));
}

static void
wait_at_gate (gpointer data) { // so that what follows is pushed before anything of it is taken
  Log *log = ((Entry *)data)->log;
  g_mutex_lock (&log->lock);
  while (!log->open)
    g_cond_wait (&log->changed, &log->lock);
  g_mutex_unlock (&log->lock);
  run (data);
}

static void
give_way (gpointer data) {
  Entry *entry = data;
  Log *log = entry->log;
  g_mutex_lock (&log->lock);
  while (!log->open)
    g_cond_wait (&log->changed, &log->lock);
  g_mutex_unlock (&log->lock);
  prc_job_queue_run_urgent (log->queue, PRC_JOB_IMPORT);
  run (data);
}

static void
push_as (Log *log, PrcJobPriority priority, GCancellable *cancellable, PrcJob job, char letter) {
  Entry *entry = g_new (Entry, 1);
  *entry = (Entry){log, letter};
  prc_job_queue_push (log->queue, priority, cancellable, job, drop, entry);
}

static void
open_gate (Log *log) {
  g_mutex_lock (&log->lock);
  log->open = TRUE;
  g_cond_broadcast (&log->changed);
  g_mutex_unlock (&log->lock);
}

static void
wait_for (Log *log, gsize n) {
  g_mutex_lock (&log->lock);
  while (log->order->len < n)
    g_cond_wait (&log->changed, &log->lock);
  g_mutex_unlock (&log->lock);
}

static void
test_order (void) {
  Log log;
  log_init (&log);
  push_as (&log, PRC_JOB_QUERY, NULL, wait_at_gate, 'g');
  push_as (&log, PRC_JOB_MAINTENANCE, NULL, run, 'm');
  push_as (&log, PRC_JOB_IMPORT, NULL, run, 'i');
  push_as (&log, PRC_JOB_EXPLANATION, NULL, run, 'e');
  push_as (&log, PRC_JOB_QUERY, NULL, run, 'a');
  push_as (&log, PRC_JOB_CASES, NULL, run, 'c');
  push_as (&log, PRC_JOB_QUERY, NULL, run, 'b');
  open_gate (&log);
  wait_for (&log, 7);
  g_assert_cmpstr (log.order->str, ==, "gabecim");
  prc_job_queue_stop (log.queue);
  log_clear (&log);
}

static void
test_cancelled (void) {
  Log log;
  log_init (&log);
  g_autoptr (GCancellable) older = g_cancellable_new ();
  g_autoptr (GCancellable) newer = g_cancellable_new ();
  push_as (&log, PRC_JOB_QUERY, NULL, wait_at_gate, 'g');
  push_as (&log, PRC_JOB_QUERY, older, run, 'o');
  push_as (&log, PRC_JOB_QUERY, newer, run, 'n');
  g_cancellable_cancel (older);
  g_assert_cmpstr (log.order->str, ==, "O"); // dropped at once, not when its turn comes
  push_as (&log, PRC_JOB_QUERY, older, run, 'p');
  g_assert_cmpstr (log.order->str, ==, "OP"); // nor is it let in afterwards
  open_gate (&log);
  wait_for (&log, 4);
  g_assert_cmpstr (log.order->str, ==, "OPgn");
  g_cancellable_cancel (newer); // too late: it ran
  prc_job_queue_stop (log.queue);
  g_assert_cmpstr (log.order->str, ==, "OPgn");
  log_clear (&log);
}

static void
test_gives_way (void) {
  Log log;
  log_init (&log);
  push_as (&log, PRC_JOB_IMPORT, NULL, give_way, 'i');
  push_as (&log, PRC_JOB_MAINTENANCE, NULL, run, 'm');
  push_as (&log, PRC_JOB_IMPORT, NULL, run, 'j');
  push_as (&log, PRC_JOB_QUERY, NULL, run, 'q');
  push_as (&log, PRC_JOB_CASES, NULL, run, 'c');
  open_gate (&log);
  wait_for (&log, 5);
  // Whether the thread took i before q was there or not: q and c never wait for j.
  g_assert_true (g_str_equal (log.order->str, "qcijm"));
  prc_job_queue_stop (log.queue);
  log_clear (&log);
}

static gpointer
open_later (gpointer data) {
  g_usleep (10000);
  open_gate (data);
  return NULL;
}

static void
test_stop (void) {
  Log log;
  log_init (&log);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  push_as (&log, PRC_JOB_IMPORT, cancellable, wait_at_gate, 'i');
  g_usleep (20000); // likely taken by now; if not, it is dropped, which is right too
  push_as (&log, PRC_JOB_QUERY, cancellable, run, 'q');
  push_as (&log, PRC_JOB_QUERY, NULL, run, 'r');
  GThread *other = g_thread_new ("gate", open_later, &log);
  prc_job_queue_stop (log.queue);
  g_thread_join (other);
  g_assert_true (g_str_equal (log.order->str, "QRi") || g_str_equal (log.order->str, "QRI"));
  g_cancellable_cancel (cancellable); // the queue is gone; nothing may look for it
  log_clear (&log);
}

// --- everything at once: each job ends exactly once

static int ended;

static void
count (gpointer data) {
  g_atomic_int_inc (&ended);
}

static gpointer
cancel_some (gpointer data) {
  GPtrArray *cancellables = data;
  for (guint i = 0; i < cancellables->len; i += 2)
    g_cancellable_cancel (cancellables->pdata[i]);
  return NULL;
}

static void
test_storm (void) {
  for (int round = 0; round < 20; round++) {
    PrcJobQueue *queue = prc_job_queue_new ();
    g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
    ended = 0;
    for (int i = 0; i < 200; i++)
      g_ptr_array_add (cancellables, g_cancellable_new ());
    GThread *canceller = g_thread_new ("cancel", cancel_some, cancellables);
    for (int i = 0; i < 200; i++)
      prc_job_queue_push (queue, (PrcJobPriority)(i % PRC_N_JOB_PRIORITIES), cancellables->pdata[i],
                          count, count, NULL);
    if (round % 2)
      g_thread_join (canceller);
    prc_job_queue_stop (queue);
    if (round % 2 == 0)
      g_thread_join (canceller);
    g_assert_cmpint (g_atomic_int_get (&ended), ==, 200);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-queue/order", test_order);
  g_test_add_func ("/job-queue/cancelled", test_cancelled);
  g_test_add_func ("/job-queue/gives-way", test_gives_way);
  g_test_add_func ("/job-queue/stop", test_stop);
  g_test_add_func ("/job-queue/storm", test_storm);
  return g_test_run ();
}
