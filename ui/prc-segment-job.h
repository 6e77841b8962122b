// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-scan.h"
#include "prc-segment-measure.h"

// One step with a segmentation that takes a while, done in a thread. Made and read on the main
// thread, left alone while it is under way.

typedef enum {
  PRC_SEGMENT_JOB_READ, // the file of `instance` with `threshold`: `segmentation`
  // `segmentation` on `series`, one of `scan` (may be NULL): `lies`, and then `stacks` and `shapes`
  PRC_SEGMENT_JOB_FIT,
  PRC_SEGMENT_JOB_SEEK, // `segmentation` among the series of `scan`: `lies_on`
} PrcSegmentJobKind;

typedef struct {
  PrcSegmentJobKind kind;
  gpointer tag; // whatever it is for
  PrcCodecPool *pool;
  PrcInstance *instance;
  double threshold;
  PrcSegmentation *segmentation;
  PrcSeries *series;
  PrcScan *scan;
  gboolean again;     // it lay on the series before: what is there no more is to go
  gboolean lies;      // on some image
  GPtrArray *lies_on; // keys of the series
  GPtrArray *stacks;  // PrcSegmentStack, of each segment
  GArray *shapes;     // PrcSegmentMeasure without values, of each segment
} PrcSegmentJob;

PrcSegmentJob *prc_segment_job_new (PrcSegmentJobKind kind, PrcCodecPool *pool,
                                    PrcInstance *instance);
// Takes the job; what else it needs has been put into it, referenced. `callback` gets it with
// prc_segment_job_finish.
void prc_segment_job_start (PrcSegmentJob *job, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
PrcSegmentJob *prc_segment_job_finish (GAsyncResult *result,
                                       GError **error); // borrowed, never NULL
