// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-scan.h"

// The presentation states among the files of a study, read beside the main thread as the scan finds
// them, before or after their images. Main thread.
typedef struct _PrcPresentations PrcPresentations;

// More are known; `problem` is why one of them cannot be used, or NULL.
typedef void (*PrcPresentationsChanged) (PrcPresentations *presentations, const char *problem,
                                         gpointer user_data);

PrcPresentations *prc_presentations_new (PrcCodecPool *pool, PrcPresentationsChanged changed,
                                         gpointer user_data);
void prc_presentations_free (PrcPresentations *presentations); // nothing is told after this
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcPresentations, prc_presentations_free)

void prc_presentations_take_scan (PrcPresentations *presentations, PrcScan *scan);
GPtrArray *prc_presentations_list (PrcPresentations *presentations); // PrcPresentation; borrowed
