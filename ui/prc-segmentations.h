// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-scan.h"
#include "prc-segment-set.h"

// The segmentations among the files of a study, read beside the main thread as the scan finds them,
// before or after their images, and laid on the series in view; again when that has grown. One file
// after the other, what is in view first. Main thread.
typedef struct _PrcSegmentations PrcSegmentations;

#define PRC_SEGMENTATIONS_THRESHOLD 0.5 // at first

// More is known, or work begins or ends; `problem` is why something cannot be used, or NULL.
typedef void (*PrcSegmentationsChanged) (PrcSegmentations *segmentations, const char *problem,
                                         gpointer user_data);

PrcSegmentations *prc_segmentations_new (PrcCodecPool *pool, PrcSegmentationsChanged changed,
                                         gpointer user_data);
void prc_segmentations_free (PrcSegmentations *segmentations); // nothing is told after this
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSegmentations, prc_segmentations_free)

void prc_segmentations_take_scan (PrcSegmentations *segmentations, PrcScan *scan);
// One more, read already; one of the same path is replaced.
void prc_segmentations_add (PrcSegmentations *segmentations, PrcInstance *instance,
                            PrcSegmentation *segmentation);

// One that was opened before and may belong to these images; nothing is said when it does not.
void prc_segmentations_offer (PrcSegmentations *segmentations, PrcInstance *instance);

// The series in view from now on, or a newer state of it; NULL: none.
void prc_segmentations_set_series (PrcSegmentations *segmentations, PrcSeries *series);
// Of the series in view, empty while nothing lies on it; NULL without a series. Borrowed; each
// series keeps its own until this is freed.
PrcSegmentSet *prc_segmentations_get_set (PrcSegmentations *segmentations);

// Keys of the series that some of them lie on, known once the scan is complete. Borrowed.
GHashTable *prc_segmentations_get_keys (PrcSegmentations *segmentations);

// From which fraction on (0 to 1) a pixel of a fractional file counts; another one reads the file
// again, and what was chosen for its segments stays.
double prc_segmentations_get_threshold (PrcSegmentations *segmentations,
                                        const PrcSegmentation *segmentation);
void prc_segmentations_set_threshold (PrcSegmentations *segmentations,
                                      const PrcSegmentation *segmentation, double threshold);

// FALSE: nothing is under way. Steps since it was last so, for a bar.
gboolean prc_segmentations_progress (PrcSegmentations *segmentations, guint *done, guint *total);
// What is under way ends, what waits is left alone; what is known stays.
void prc_segmentations_cancel (PrcSegmentations *segmentations);
