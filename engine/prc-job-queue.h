// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

// One thread that works through jobs: the most urgent first, within a priority first come first
// served. Thread-safe; nothing is called under its lock.
typedef struct _PrcJobQueue PrcJobQueue;

typedef enum {
  PRC_JOB_QUERY, // the slice in view
  PRC_JOB_EXPLANATION,
  PRC_JOB_CASES, // what the library holds
  PRC_JOB_IMPORT,
  PRC_JOB_MAINTENANCE,
  PRC_N_JOB_PRIORITIES
} PrcJobPriority;

typedef void (*PrcJob) (gpointer data);

PrcJobQueue *prc_job_queue_new (void);

// Exactly one of the two is called, once: `run` in the queue's thread, or `drop` where the job was
// cancelled while it waited, or where the queue was stopped. `cancellable` may be NULL.
void prc_job_queue_push (PrcJobQueue *queue, PrcJobPriority priority, GCancellable *cancellable,
                         PrcJob run, PrcJob drop, gpointer data);

// Within a running job: runs what waits and is more urgent than `priority`, here and now. A long
// job gives way by calling this between two of its steps. Returns how many were run.
unsigned prc_job_queue_run_urgent (PrcJobQueue *queue, PrcJobPriority priority);

// Drops what waits, waits for what runs, ends the thread and the queue. Not from within a job.
void prc_job_queue_stop (PrcJobQueue *queue);
