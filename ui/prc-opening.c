// SPDX-License-Identifier: Apache-2.0
#include "prc-opening.h"

#define TELL_EVERY_MS    100
#define PAUSE_AT_MOST_MS 500

struct _PrcOpening {
  gatomicrefcount references;
  PrcCodecPool *pool;
  PrcFrameStore *store;
  GStrv paths;
  GCancellable *cancellable;
  GMutex lock; // guards what follows, down to the blank line
  PrcScan *scan;
  GError *error;
  GCond resumed;
  bool over, telling; // telling: a call of the listener is on its way
  bool paused;        // after the first header
  gint64 told_at;     // monotonic, microseconds

  PrcOpeningChanged changed; // main thread only
  gpointer user_data;
};

PrcOpening *
prc_opening_ref (PrcOpening *opening) {
  g_atomic_ref_count_inc (&opening->references);
  return opening;
}

void
prc_opening_unref (PrcOpening *opening) {
  if (!g_atomic_ref_count_dec (&opening->references))
    return;
  g_clear_pointer (&opening->scan, prc_scan_unref);
  g_clear_error (&opening->error);
  g_cond_clear (&opening->resumed);
  g_mutex_clear (&opening->lock);
  g_object_unref (opening->cancellable);
  g_strfreev (opening->paths);
  prc_frame_store_unref (opening->store);
  prc_codec_pool_unref (opening->pool);
  g_free (opening);
}

static void
tell_now (PrcOpening *opening) {
  g_mutex_lock (&opening->lock);
  opening->told_at = g_get_monotonic_time ();
  bool known = opening->scan || opening->over;
  g_mutex_unlock (&opening->lock);
  if (known && opening->changed)
    opening->changed (opening, opening->user_data);
}

static gboolean
tell (gpointer user_data) {
  PrcOpening *opening = user_data;

  g_mutex_lock (&opening->lock);
  opening->telling = false;
  g_mutex_unlock (&opening->lock);
  tell_now (opening);
  return G_SOURCE_REMOVE;
}

// With the lock held.
static void
tell_soon (PrcOpening *opening) {
  gint64 wait = TELL_EVERY_MS - (g_get_monotonic_time () - opening->told_at) / 1000;

  if (opening->telling)
    return;
  opening->telling = true;
  if (opening->over || opening->told_at == 0)
    wait = 0;
  g_timeout_add_full (G_PRIORITY_DEFAULT, (guint)MAX (wait, 0), tell, prc_opening_ref (opening),
                      (GDestroyNotify)prc_opening_unref);
}

// Into the store's memory: the view finds it there.
static gpointer
decode_first (gpointer user_data) {
  g_autoptr (PrcOpening) opening = user_data;
  g_autoptr (PrcScan) scan = prc_opening_scan (opening);
  const PrcSlice *slice = prc_series_slice (scan->series->pdata[0], 0);
  g_autoptr (PrcFrame) frame = prc_frame_store_get (opening->store, slice->instance, slice->frame,
                                                    PRC_PRIORITY_VIEW, opening->cancellable, NULL);

  return NULL;
}

static void
pause_reading (PrcOpening *opening) {
  gint64 end = g_get_monotonic_time () + PAUSE_AT_MOST_MS * 1000;

  g_mutex_lock (&opening->lock);
  while (opening->paused && g_cond_wait_until (&opening->resumed, &opening->lock, end)) {
  }
  opening->paused = false;
  g_mutex_unlock (&opening->lock);
}

void
prc_opening_go_on (PrcOpening *opening) {
  g_mutex_lock (&opening->lock);
  opening->paused = false;
  g_cond_broadcast (&opening->resumed);
  g_mutex_unlock (&opening->lock);
}

static void
progressed (PrcScan *scan, gpointer user_data) {
  PrcOpening *opening = user_data;

  g_mutex_lock (&opening->lock);
  bool first = scan->series->len > 0 && (!opening->scan || opening->scan->series->len == 0);
  g_clear_pointer (&opening->scan, prc_scan_unref);
  opening->scan = prc_scan_ref (scan);
  tell_soon (opening);
  g_mutex_unlock (&opening->lock);
  if (!first)
    return;
  g_thread_unref (g_thread_new ("first-slice", decode_first, prc_opening_ref (opening)));
  pause_reading (opening);
}

static gpointer
read_headers (gpointer user_data) {
  g_autoptr (PrcOpening) opening = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcScan) scan =
      prc_scan (opening->pool, (const char *const *)opening->paths, PRC_PRIORITY_SCAN, progressed,
                opening, opening->cancellable, &error);

  if (scan)
    progressed (scan, opening);
  g_mutex_lock (&opening->lock);
  opening->over = true;
  opening->error = g_steal_pointer (&error);
  tell_soon (opening);
  g_mutex_unlock (&opening->lock);
  return NULL;
}

static PrcOpening *
opening_new (PrcCodecPool *pool, PrcFrameStore *store, const char *const *paths, bool paused) {
  PrcOpening *opening = g_new0 (PrcOpening, 1);

  g_atomic_ref_count_init (&opening->references);
  g_mutex_init (&opening->lock);
  g_cond_init (&opening->resumed);
  opening->paused = paused;
  opening->pool = prc_codec_pool_ref (pool);
  opening->store = prc_frame_store_ref (store);
  opening->paths = g_strdupv ((GStrv)paths);
  opening->cancellable = g_cancellable_new ();
  g_thread_unref (g_thread_new ("open", read_headers, prc_opening_ref (opening)));
  return opening;
}

PrcOpening *
prc_opening_new (PrcCodecPool *pool, PrcFrameStore *store, const char *const *paths) {
  return opening_new (pool, store, paths, false);
}

PrcOpening *
prc_opening_new_at_start (PrcCodecPool *pool, PrcFrameStore *store, const char *const *paths) {
  return opening_new (pool, store, paths, true);
}

void
prc_opening_listen (PrcOpening *opening, PrcOpeningChanged changed, gpointer user_data) {
  opening->changed = changed;
  opening->user_data = user_data;
  tell_now (opening);
}

void
prc_opening_ignore (PrcOpening *opening) {
  opening->changed = NULL;
  opening->user_data = NULL;
}

void
prc_opening_cancel (PrcOpening *opening) {
  g_cancellable_cancel (opening->cancellable);
}

PrcScan *
prc_opening_scan (PrcOpening *opening) {
  g_mutex_lock (&opening->lock);
  PrcScan *scan = opening->scan ? prc_scan_ref (opening->scan) : NULL;
  g_mutex_unlock (&opening->lock);
  return scan;
}

gboolean
prc_opening_is_over (PrcOpening *opening) {
  g_mutex_lock (&opening->lock);
  gboolean over = opening->over;
  g_mutex_unlock (&opening->lock);
  return over;
}

const GError *
prc_opening_error (PrcOpening *opening) {
  return prc_opening_is_over (opening) ? opening->error : NULL;
}
