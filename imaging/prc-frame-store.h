// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-series.h"

// Decoded frames within a byte budget, least recently used out first; a frame lives on while
// someone holds it. Requests for a frame that is already being decoded share the one decode.
// Thread-safe; no callback under the lock.
typedef struct _PrcFrameStore PrcFrameStore;

// budget_bytes 0: a quarter of this machine's memory, at most 2 GiB.
PrcFrameStore *prc_frame_store_new (PrcCodecPool *pool, size_t budget_bytes);
PrcFrameStore *prc_frame_store_ref (PrcFrameStore *store);
void prc_frame_store_unref (PrcFrameStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcFrameStore, prc_frame_store_unref)

PrcFrame *prc_frame_store_peek (PrcFrameStore *store, PrcInstance *instance,
                                uint32_t frame); // owned, or NULL: not there now
PrcFrame *prc_frame_store_get (PrcFrameStore *store, PrcInstance *instance, uint32_t frame,
                               PrcPriority priority, GCancellable *cancellable,
                               GError **error); // blocks
void prc_frame_store_get_async (PrcFrameStore *store, PrcInstance *instance, uint32_t frame,
                                PrcPriority priority, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
PrcFrame *prc_frame_store_get_finish (GAsyncResult *result, GError **error);

// What is likely wanted next around `index`: two on each side, then wider in the direction of
// travel (+1, -1, 0 unknown), up to a quarter of the budget. A new call replaces the wish before
// it; on a jump what is pending is cancelled. NULL series: stop. `owner` names who wishes (one wish
// per owner).
void prc_frame_store_prefetch (PrcFrameStore *store, gconstpointer owner, PrcSeries *series,
                               uint32_t index, int direction);
