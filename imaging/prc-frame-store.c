// SPDX-License-Identifier: Apache-2.0
#include "prc-frame-store.h"

#include <unistd.h>

#include "prc-frame-cache.h"
#include "prc-frame-wish.h"

// Decodes, their waiters and the wishes belong to one thread of the store, which does nothing but
// pass messages: so they need no lock, and one waiter's cancelling cannot touch another's decode.
// Only the cache is shared between threads.

#define MAX_BUDGET    ((size_t)2 << 30)
#define MAX_PREFETCH  4 // decodes at a time
#define PREFETCH_PART 4 // of the budget: one in so many

struct _PrcFrameStore {
  int references;
  PrcCodecPool *pool;
  PrcFrameCache *cache;
  GMainContext *context; // of the thread
  GThread *thread;
  int closing;     // atomic
  bool frees_self; // the last reference was dropped in the thread itself
  // Of the thread alone:
  GHashTable *decodes; // PrcFrameKey -> Decode; those that can be joined
  GHashTable *wishes;  // owner -> Wish
  unsigned n_attempts, n_prefetching, max_prefetching;
};

typedef struct {
  gconstpointer owner;
  PrcSeries *series;
  GArray *order; // indices into series
  unsigned next; // in order
} Wish;

// A frame that is being decoded.
typedef struct {
  PrcFrameStore *store;
  PrcFrameKey key;           // holds a reference
  GCancellable *cancellable; // of the decode itself
  GPtrArray *waiters;        // Waiter
  gconstpointer wisher;      // owner of the wish that started it, or NULL
  PrcPriority priority;      // the highest so far
  unsigned n_attempts; // requests to the pool under way: one, and one more for each time somebody
                       // more urgent came
  bool is_listed;      // in store->decodes
  int references;      // attempts, and being listed
} Decode;

typedef struct {
  Decode *decode;
  GTask *task;
  gulong on_cancelled; // handler at the task's cancellable, or 0
} Waiter;

typedef struct { // task data
  PrcFrameStore *store;
  PrcFrameKey key;
  PrcPriority priority;
  Waiter *waiter; // while it waits; of the store's thread
} Request;

static void pump (PrcFrameStore *self);

static PrcFrameKey
key_copy (const PrcFrameKey *key) {
  return (PrcFrameKey){prc_instance_ref (key->instance), key->frame};
}

static void
request_free (Request *request) {
  prc_instance_unref (request->key.instance);
  prc_frame_store_unref (request->store);
  g_free (request);
}

static void
wish_free (Wish *wish) {
  prc_series_unref (wish->series);
  g_array_unref (wish->order);
  g_free (wish);
}

static void
waiter_free (Waiter *waiter) {
  Request *request = g_task_get_task_data (waiter->task);
  request->waiter = NULL;
  if (waiter->on_cancelled) // without waiting for a handler that runs just now: it finds no waiter
    g_signal_handler_disconnect (g_task_get_cancellable (waiter->task), waiter->on_cancelled);
  g_object_unref (waiter->task);
  g_free (waiter);
}

static void
decode_unref (Decode *decode) {
  if (--decode->references > 0)
    return;
  prc_instance_unref (decode->key.instance);
  g_object_unref (decode->cancellable);
  g_ptr_array_unref (decode->waiters);
  g_free (decode);
}

static Decode *
decode_new (PrcFrameStore *self, const PrcFrameKey *key, PrcPriority priority) {
  Decode *decode = g_new0 (Decode, 1);
  decode->store = self;
  decode->key = key_copy (key);
  decode->cancellable = g_cancellable_new ();
  decode->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify)waiter_free);
  decode->priority = priority;
  decode->is_listed = true;
  decode->references = 1;
  g_hash_table_insert (self->decodes, &decode->key, decode);
  return decode;
}

static void
set_wisher (Decode *decode, gconstpointer owner) {
  decode->store->n_prefetching += (owner != NULL) - (decode->wisher != NULL);
  decode->wisher = owner;
}

// Nobody can join it any more; what is still under way is given up.
static void
unlist (Decode *decode) {
  if (!decode->is_listed)
    return;
  decode->is_listed = false;
  g_hash_table_remove (decode->store->decodes, &decode->key);
  set_wisher (decode, NULL);
  if (decode->n_attempts > 0)
    g_cancellable_cancel (decode->cancellable);
  decode_unref (decode);
}

static void
answer (Decode *decode, PrcFrame *frame, const GError *error) {
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&decode->waiters);
  decode->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify)waiter_free);
  for (unsigned i = 0; i < waiters->len; i++) {
    Waiter *waiter = waiters->pdata[i];
    if (frame)
      g_task_return_pointer (waiter->task, prc_frame_ref (frame), (GDestroyNotify)prc_frame_unref);
    else
      g_task_return_error (waiter->task, g_error_copy (error));
  }
}

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer user_data) {
  Decode *decode = user_data;
  PrcFrameStore *self = decode->store;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcFrame) frame = prc_codec_pool_decode_finish (result, &error);
  decode->n_attempts--;
  self->n_attempts--;
  if (frame && decode->is_listed)
    prc_frame_cache_put (self->cache, &decode->key, frame);
  if (decode->is_listed && (frame || decode->n_attempts == 0)) {
    answer (decode, frame, error);
    unlist (decode);
  }
  decode_unref (decode);
  pump (self);
}

static void
attempt (Decode *decode) {
  PrcFrameStore *self = decode->store;
  decode->references++;
  decode->n_attempts++;
  self->n_attempts++;
  prc_codec_pool_decode_async (self->pool, decode->key.instance, decode->key.frame,
                               decode->priority, decode->cancellable, on_decoded, decode);
}

// Runs `function` in the store's thread, in the order of calls.
static void
post (PrcFrameStore *self, GSourceFunc function, gpointer data, GDestroyNotify notify) {
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, notify);
  g_source_attach (source, self->context);
}

static gboolean
give_up (gpointer user_data) {
  Request *request = g_task_get_task_data (user_data);
  Waiter *waiter = request->waiter;
  if (!waiter) // answered in the meantime
    return G_SOURCE_REMOVE;
  Decode *decode = waiter->decode;
  g_task_return_error_if_cancelled (waiter->task);
  g_ptr_array_remove_fast (decode->waiters, waiter);
  if (decode->waiters->len == 0 && !decode->wisher)
    unlist (decode);
  return G_SOURCE_REMOVE;
}

// In whatever thread cancels. (A GCancellableSource would do, but GLib 2.74 leaks it when it goes
// while others are still being told.)
static void
on_cancelled (GCancellable *cancellable, gpointer user_data) {
  Request *request = g_task_get_task_data (user_data);
  post (request->store, give_up, g_object_ref (user_data), g_object_unref);
}

static void
add_waiter (Decode *decode, GTask *task) {
  Request *request = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_new0 (Waiter, 1);
  waiter->decode = decode;
  waiter->task = g_object_ref (task);
  request->waiter = waiter;
  g_ptr_array_add (decode->waiters, waiter);
  if (cancellable)
    waiter->on_cancelled = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                                  g_object_ref (task), g_object_unref);
}

// Whoever comes shares the decode under way. Is he more urgent than it, a second request runs at
// his priority, for the first may stand far back in the queue; the first answer counts.
static gboolean
start_request (gpointer user_data) {
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);
  PrcFrameStore *self = request->store;
  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  PrcFrame *frame = prc_frame_cache_get (self->cache, &request->key);
  if (frame) {
    g_task_return_pointer (task, frame, (GDestroyNotify)prc_frame_unref);
    return G_SOURCE_REMOVE;
  }
  Decode *decode = g_hash_table_lookup (self->decodes, &request->key);
  bool is_new = !decode;
  if (is_new)
    decode = decode_new (self, &request->key, request->priority);
  add_waiter (decode, task);
  if (is_new || request->priority < decode->priority) {
    decode->priority = request->priority;
    attempt (decode);
  }
  return G_SOURCE_REMOVE;
}

static size_t
estimate_bytes (const PrcInstanceInfo *info) {
  size_t pixel = (size_t)info->samples_per_pixel * MAX (info->bits_allocated, 8) / 8;
  return MAX ((size_t)info->rows * info->columns * pixel, 1);
}

static PrcFrameKey
key_of_slice (const PrcSeries *series, uint32_t index) { // borrows the instance
  const PrcSlice *slice = prc_series_slice (series, index);
  return (PrcFrameKey){slice->instance, slice->frame};
}

// Starts the next decode of a wish; false when there is nothing left to start.
static bool
start_next (PrcFrameStore *self, Wish *wish) {
  while (wish->next < wish->order->len) {
    PrcFrameKey key =
        key_of_slice (wish->series, g_array_index (wish->order, uint32_t, wish->next++));
    if (prc_frame_cache_has (self->cache, &key) || g_hash_table_contains (self->decodes, &key))
      continue;
    Decode *decode = decode_new (self, &key, PRC_PRIORITY_PREFETCH);
    set_wisher (decode, wish->owner);
    attempt (decode);
    return true;
  }
  return false;
}

// Keeps a few prefetches going, the wishes taking turns.
static void
pump (PrcFrameStore *self) {
  bool more = !g_atomic_int_get (&self->closing);
  while (more && self->n_prefetching < self->max_prefetching) {
    GHashTableIter iter;
    gpointer wish;
    more = false;
    g_hash_table_iter_init (&iter, self->wishes);
    while (self->n_prefetching < self->max_prefetching &&
           g_hash_table_iter_next (&iter, NULL, &wish))
      more |= start_next (self, wish);
  }
}

static bool
is_wished (const Wish *wish, const PrcFrameKey *key) {
  for (unsigned i = 0; i < wish->order->len; i++) {
    PrcFrameKey other = key_of_slice (wish->series, g_array_index (wish->order, uint32_t, i));
    if (prc_frame_key_equal (key, &other))
      return true;
  }
  return false;
}

// What the owner no longer wishes is cancelled unless somebody waits for it.
static void
drop_unwished (PrcFrameStore *self, gconstpointer owner, const Wish *wish) {
  g_autoptr (GList) decodes = g_hash_table_get_values (self->decodes);
  for (GList *l = decodes; l; l = l->next) {
    Decode *decode = l->data;
    if (decode->wisher != owner || (wish && is_wished (wish, &decode->key)))
      continue;
    set_wisher (decode, NULL);
    if (decode->waiters->len == 0)
      unlist (decode);
  }
}

typedef struct {
  PrcFrameStore *store; // no reference: at its end the message is dropped
  gconstpointer owner;
  Wish *wish; // NULL: none any more
} Change;

static void
change_free (Change *change) {
  g_clear_pointer (&change->wish, wish_free);
  g_free (change);
}

static gboolean
change_wish (gpointer user_data) {
  Change *change = user_data;
  PrcFrameStore *self = change->store;
  drop_unwished (self, change->owner, change->wish);
  if (change->wish)
    g_hash_table_insert (self->wishes, (gpointer)change->owner, g_steal_pointer (&change->wish));
  else
    g_hash_table_remove (self->wishes, change->owner);
  pump (self);
  return G_SOURCE_REMOVE;
}

void
prc_frame_store_prefetch (PrcFrameStore *store, gconstpointer owner, PrcSeries *series,
                          uint32_t index, int direction) {
  Change *change = g_new0 (Change, 1);
  change->store = store;
  change->owner = owner;
  if (series) {
    size_t part = prc_frame_cache_budget (store->cache) / PREFETCH_PART;
    size_t max = part / estimate_bytes (prc_series_info (series));
    change->wish = g_new0 (Wish, 1);
    change->wish->owner = owner;
    change->wish->series = prc_series_ref (series);
    change->wish->order = prc_frame_wish_order (prc_series_length (series), index, direction,
                                                (uint32_t)MIN (max, G_MAXUINT32));
  }
  post (store, change_wish, change, (GDestroyNotify)change_free);
}

static void
store_free (PrcFrameStore *self) {
  g_hash_table_unref (self->wishes);
  g_hash_table_unref (self->decodes);
  prc_frame_cache_free (self->cache);
  prc_codec_pool_unref (self->pool);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
close_decodes (PrcFrameStore *self) {
  g_autoptr (GList) decodes = g_hash_table_get_values (self->decodes);
  g_list_foreach (decodes, (GFunc)(void (*) (void))unlist, NULL);
  while (self->n_attempts > 0)
    g_main_context_iteration (self->context, TRUE);
}

static gpointer
run_thread (gpointer data) {
  PrcFrameStore *self = data;
  g_main_context_push_thread_default (self->context);
  while (!g_atomic_int_get (&self->closing))
    g_main_context_iteration (self->context, TRUE);
  close_decodes (self);
  g_main_context_pop_thread_default (self->context);
  if (self->frees_self)
    store_free (self);
  return NULL;
}

static size_t
default_budget (void) {
  size_t memory = (size_t)sysconf (_SC_PHYS_PAGES) * (size_t)sysconf (_SC_PAGESIZE);
  return MIN (memory / 4, MAX_BUDGET);
}

PrcFrameStore *
prc_frame_store_new (PrcCodecPool *pool, size_t budget_bytes) {
  PrcFrameStore *self = g_new0 (PrcFrameStore, 1);
  self->references = 1;
  self->pool = prc_codec_pool_ref (pool);
  self->cache = prc_frame_cache_new (budget_bytes ? budget_bytes : default_budget ());
  self->context = g_main_context_new ();
  self->decodes = g_hash_table_new (prc_frame_key_hash, prc_frame_key_equal);
  self->wishes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)wish_free);
  // One codec stays free for what somebody waits for.
  self->max_prefetching = CLAMP (g_get_num_processors () - 1, 1, MAX_PREFETCH);
  self->thread = g_thread_new ("prc-frame-store", run_thread, self);
  return self;
}

PrcFrameStore *
prc_frame_store_ref (PrcFrameStore *store) {
  g_atomic_int_inc (&store->references);
  return store;
}

// Requests hold references: at the last one only prefetches can be under way.
void
prc_frame_store_unref (PrcFrameStore *store) {
  if (!g_atomic_int_dec_and_test (&store->references))
    return;
  GThread *thread = store->thread;
  bool is_inside = g_thread_self () == thread;
  store->frees_self = is_inside;
  g_atomic_int_set (&store->closing, 1);
  if (is_inside) {
    g_thread_unref (thread);
    return;
  }
  g_main_context_wakeup (store->context);
  g_thread_join (thread);
  store_free (store);
}

PrcFrame *
prc_frame_store_peek (PrcFrameStore *store, PrcInstance *instance, uint32_t frame) {
  return prc_frame_cache_get (store->cache, &(PrcFrameKey){instance, frame});
}

void
prc_frame_store_get_async (PrcFrameStore *store, PrcInstance *instance, uint32_t frame,
                           PrcPriority priority, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  PrcFrame *there = prc_frame_store_peek (store, instance, frame);
  g_task_set_source_tag (task, prc_frame_store_get_async);
  if (there) {
    g_task_return_pointer (task, there, (GDestroyNotify)prc_frame_unref);
    return;
  }
  Request *request = g_new (Request, 1);
  *request =
      (Request){prc_frame_store_ref (store), {prc_instance_ref (instance), frame}, priority, NULL};
  g_task_set_task_data (task, request, (GDestroyNotify)request_free);
  post (store, start_request, g_object_ref (task), g_object_unref);
}

PrcFrame *
prc_frame_store_get_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data) {
  *(GAsyncResult **)user_data = g_object_ref (result);
}

PrcFrame *
prc_frame_store_get (PrcFrameStore *store, PrcInstance *instance, uint32_t frame,
                     PrcPriority priority, GCancellable *cancellable, GError **error) {
  PrcFrame *there = prc_frame_store_peek (store, instance, frame);
  if (there)
    return there;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_main_context_push_thread_default (context);
  prc_frame_store_get_async (store, instance, frame, priority, cancellable, keep_result, &result);
  while (!result)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return prc_frame_store_get_finish (result, error);
}
