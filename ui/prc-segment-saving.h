// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-segment-tool.h"

// Writes the segments of a series into a new file, in a worker. Main thread.

typedef enum { PRC_SEGMENT_SAVING_SEG, PRC_SEGMENT_SAVING_RTSTRUCT } PrcSegmentSavingKind;

// What a file of this set holds: what hands drew, and all segments of those files of which any was
// edited; with nothing edited, of all. Owned, of PrcSegmentItem. Empty ones are not written.
GPtrArray *prc_segment_saving_items (PrcSegmentSet *set);

// Those items as they are now; a file of the study itself is never written over. What is in a
// DICOM Segmentation and not edited further meanwhile counts as saved then.
void prc_segment_saving_write_async (PrcCodecPool *pool, PrcSegmentSet *set,
                                     PrcSegmentSavingKind kind, const char *path,
                                     GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean prc_segment_saving_write_finish (GAsyncResult *result, GError **error);
