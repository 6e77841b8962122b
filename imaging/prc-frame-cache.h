// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"
#include "prc-instance.h"

// Which frame of which file: equal when SOP Instance UID, path and frame are.
typedef struct {
  PrcInstance *instance;
  uint32_t frame;
} PrcFrameKey;

unsigned prc_frame_key_hash (gconstpointer key);
gboolean prc_frame_key_equal (gconstpointer a, gconstpointer b);

// Frames within a byte budget, least recently used out first. Thread-safe; frames are let go
// outside the lock.
typedef struct _PrcFrameCache PrcFrameCache;

PrcFrameCache *prc_frame_cache_new (size_t budget_bytes);
void prc_frame_cache_free (PrcFrameCache *cache);
size_t prc_frame_cache_budget (const PrcFrameCache *cache);

// Owned, or NULL; the frame is now the one most recently used.
PrcFrame *prc_frame_cache_get (PrcFrameCache *cache, const PrcFrameKey *key);
bool prc_frame_cache_has (PrcFrameCache *cache, const PrcFrameKey *key); // and nothing is changed
// A frame larger than the whole budget is not kept. Replaces what was there under the key.
void prc_frame_cache_put (PrcFrameCache *cache, const PrcFrameKey *key, PrcFrame *frame);
