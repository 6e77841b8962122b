// SPDX-License-Identifier: Apache-2.0
#include "prc-frame-cache.h"

#include <string.h>

typedef struct {
  PrcFrameKey key; // holds a reference
  PrcFrame *frame;
  GList link; // in recent
} Entry;

struct _PrcFrameCache {
  GMutex lock;
  GHashTable *entries; // of PrcFrameKey, which lies in the Entry
  GQueue recent;       // of Entry, last used first
  size_t bytes, budget;
};

unsigned
prc_frame_key_hash (gconstpointer key) {
  const PrcFrameKey *self = key;
  const PrcInstanceInfo *info = prc_instance_info (self->instance);
  return g_str_hash (info->sop_instance_uid) ^ g_str_hash (info->path) * 31u ^
         self->frame * 2654435761u;
}

gboolean
prc_frame_key_equal (gconstpointer a, gconstpointer b) {
  const PrcFrameKey *x = a, *y = b;
  if (x->frame != y->frame)
    return FALSE;
  if (x->instance == y->instance)
    return TRUE;
  const PrcInstanceInfo *info_x = prc_instance_info (x->instance);
  const PrcInstanceInfo *info_y = prc_instance_info (y->instance);
  return strcmp (info_x->sop_instance_uid, info_y->sop_instance_uid) == 0 &&
         strcmp (info_x->path, info_y->path) == 0;
}

static void
entry_free (Entry *entry) {
  prc_instance_unref (entry->key.instance);
  prc_frame_unref (entry->frame);
  g_free (entry);
}

PrcFrameCache *
prc_frame_cache_new (size_t budget_bytes) {
  PrcFrameCache *self = g_new0 (PrcFrameCache, 1);
  g_mutex_init (&self->lock);
  self->entries = g_hash_table_new (prc_frame_key_hash, prc_frame_key_equal);
  g_queue_init (&self->recent);
  self->budget = budget_bytes;
  return self;
}

size_t
prc_frame_cache_budget (const PrcFrameCache *cache) {
  return cache->budget;
}

static void
take_out (PrcFrameCache *self, Entry *entry, GPtrArray *gone) {
  g_hash_table_remove (self->entries, &entry->key);
  g_queue_unlink (&self->recent, &entry->link);
  self->bytes -= prc_frame_size (entry->frame);
  g_ptr_array_add (gone, entry);
}

static GPtrArray *
new_gone (void) {
  return g_ptr_array_new_with_free_func ((GDestroyNotify)entry_free);
}

void
prc_frame_cache_free (PrcFrameCache *cache) {
  g_autoptr (GPtrArray) gone = new_gone ();
  while (cache->recent.tail)
    take_out (cache, cache->recent.tail->data, gone);
  g_hash_table_unref (cache->entries);
  g_mutex_clear (&cache->lock);
  g_free (cache);
}

PrcFrame *
prc_frame_cache_get (PrcFrameCache *cache, const PrcFrameKey *key) {
  PrcFrame *frame = NULL;
  g_mutex_lock (&cache->lock);
  Entry *entry = g_hash_table_lookup (cache->entries, key);
  if (entry) {
    g_queue_unlink (&cache->recent, &entry->link);
    g_queue_push_head_link (&cache->recent, &entry->link);
    frame = prc_frame_ref (entry->frame);
  }
  g_mutex_unlock (&cache->lock);
  return frame;
}

bool
prc_frame_cache_has (PrcFrameCache *cache, const PrcFrameKey *key) {
  g_mutex_lock (&cache->lock);
  bool has = g_hash_table_contains (cache->entries, key);
  g_mutex_unlock (&cache->lock);
  return has;
}

void
prc_frame_cache_put (PrcFrameCache *cache, const PrcFrameKey *key, PrcFrame *frame) {
  if (prc_frame_size (frame) > cache->budget)
    return;
  g_autoptr (GPtrArray) gone = new_gone (); // let go after the lock: unmapping pixels takes time
  Entry *entry = g_new0 (Entry, 1);
  entry->key = (PrcFrameKey){prc_instance_ref (key->instance), key->frame};
  entry->frame = prc_frame_ref (frame);
  entry->link.data = entry;
  g_mutex_lock (&cache->lock);
  Entry *before = g_hash_table_lookup (cache->entries, key);
  if (before)
    take_out (cache, before, gone);
  g_hash_table_insert (cache->entries, &entry->key, entry);
  g_queue_push_head_link (&cache->recent, &entry->link);
  cache->bytes += prc_frame_size (frame);
  while (cache->bytes > cache->budget)
    take_out (cache, cache->recent.tail->data, gone);
  g_mutex_unlock (&cache->lock);
}
