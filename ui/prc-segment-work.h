// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-edit.h"

// One operation on one segment, for a worker thread: what is to be done, and to what.

typedef enum {
  PRC_SEGMENT_WORK_STROKE,
  PRC_SEGMENT_WORK_GROW,
  PRC_SEGMENT_WORK_BETWEEN,
  PRC_SEGMENT_WORK_LARGEST, // alone is kept
  PRC_SEGMENT_WORK_ISLANDS, // of less than a hundredth of the whole go
  PRC_SEGMENT_WORK_HOLES,
  PRC_SEGMENT_WORK_SMOOTH, // by two pixels
  PRC_SEGMENT_WORK_ADD,    // the other segment
  PRC_SEGMENT_WORK_SUBTRACT,
  PRC_SEGMENT_WORK_INTERSECT,
  PRC_SEGMENT_N_WORKS,
} PrcSegmentWorkKind;

typedef struct {
  PrcSegmentWorkKind kind;
  PrcSegmentStack *stack, *other; // other: NULL unless two are put together
  PrcSeries *series;
  PrcFrameStore *store;
  GArray *brushes;             // PrcBrush, of a stroke: from the first on; or NULL
  uint32_t column, row, index; // where growing begins
  PrcSegmentRange range; // to grow in; of all: spread standard deviations around the mean there,
  double spread;         // and this is what it was then
} PrcSegmentWork;

// References are taken; other may be NULL.
PrcSegmentWork *prc_segment_work_new (PrcSegmentWorkKind kind, PrcSegmentStack *stack,
                                      PrcSegmentStack *other, PrcSeries *series,
                                      PrcFrameStore *store);
void prc_segment_work_free (PrcSegmentWork *work);

// Blocks; any thread. As prc-segment-edit.h says.
PrcSegmentStack *prc_segment_work_run (PrcSegmentWork *work, GCancellable *cancellable,
                                       GError **error);
// `work` is taken, and borrowed from the result until that is gone.
void prc_segment_work_run_async (PrcSegmentWork *work, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
PrcSegmentStack *prc_segment_work_run_finish (GAsyncResult *result, PrcSegmentWork **work,
                                              GError **error);
