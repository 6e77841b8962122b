// SPDX-License-Identifier: Apache-2.0
#include "fake-pool.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "prc-imaging-error.h"

#define SIDE 8

struct _PrcCodecPool {
  int references;
  GMutex lock;
  GCond changed;
  bool is_held, fails;
  FakeStats stats;
};

PrcCodecPool *
prc_codec_pool_new (unsigned max_processes) {
  PrcCodecPool *pool = g_new0 (PrcCodecPool, 1);
  pool->references = 1;
  return pool;
}

PrcCodecPool *
prc_codec_pool_ref (PrcCodecPool *pool) {
  g_atomic_int_inc (&pool->references);
  return pool;
}

void
prc_codec_pool_unref (PrcCodecPool *pool) {
  if (!g_atomic_int_dec_and_test (&pool->references))
    return;
  g_mutex_clear (&pool->lock);
  g_cond_clear (&pool->changed);
  g_free (pool);
}

FakeStats
fake_pool_stats (PrcCodecPool *pool) {
  g_mutex_lock (&pool->lock);
  FakeStats stats = pool->stats;
  g_mutex_unlock (&pool->lock);
  return stats;
}

static void
set_flag (PrcCodecPool *pool, bool *flag, bool value) {
  g_mutex_lock (&pool->lock);
  *flag = value;
  g_cond_broadcast (&pool->changed);
  g_mutex_unlock (&pool->lock);
}

void
fake_pool_hold (PrcCodecPool *pool, bool hold) {
  set_flag (pool, &pool->is_held, hold);
}

void
fake_pool_fail (PrcCodecPool *pool, bool fail) {
  set_flag (pool, &pool->fails, fail);
}

void
fake_pool_wait_running (PrcCodecPool *pool, unsigned n) {
  g_mutex_lock (&pool->lock);
  while (pool->stats.running < n)
    g_cond_wait (&pool->changed, &pool->lock);
  g_mutex_unlock (&pool->lock);
}

void
prc_description_free (PrcDescription *description) {
  g_clear_pointer (&description->instance, prc_instance_unref);
  g_clear_error (&description->error);
  g_free (description->path);
  g_free (description);
}

static PrcDescription *
describe (const char *path) {
  PrcDescription *description = g_new0 (PrcDescription, 1);
  description->path = g_strdup (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *record = NULL;
  if (g_str_has_prefix (name, "im"))
    record = g_strdup_printf (
        "{'SOPInstanceUID': <'1.%u'>, 'IsImage': <true>, 'Rows': <[8.0]>, 'Columns': <[8.0]>,"
        " 'ImagePositionPatient': <[0.0, 0.0, %d.0]>, 'InstanceNumber': <[%d.0]>,"
        " 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]>}",
        g_str_hash (path), atoi (name + 2), atoi (name + 2));
  else if (g_str_has_prefix (name, "sr"))
    record = g_strdup ("{'SOPInstanceUID': <'2.1'>}");
  if (record)
    description->instance = prc_fixture_instance (path, record);
  else
    description->error = g_error_new_literal (PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_NOT_DICOM,
                                              "This is no DICOM file");
  return description;
}

// Enters a request; waits at the gate if there is one.
static void
enter (PrcCodecPool *pool, bool has_gate, GCancellable *cancellable) {
  g_mutex_lock (&pool->lock);
  pool->stats.running++;
  pool->stats.most_running = MAX (pool->stats.most_running, pool->stats.running);
  g_cond_broadcast (&pool->changed);
  while (has_gate && pool->is_held && !g_cancellable_is_cancelled (cancellable)) {
    gint64 until = g_get_monotonic_time () + 2000; // cancelling signals nobody
    g_cond_wait_until (&pool->changed, &pool->lock, until);
  }
  g_mutex_unlock (&pool->lock);
}

// False and an error when the request failed.
static bool
leave (PrcCodecPool *pool, GCancellable *cancellable, GError **error) {
  g_mutex_lock (&pool->lock);
  pool->stats.running--;
  bool cancelled = g_cancellable_set_error_if_cancelled (cancellable, error);
  pool->stats.n_cancelled += cancelled;
  bool fails = pool->fails && !cancelled;
  g_mutex_unlock (&pool->lock);
  if (fails)
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC, "No codec");
  return !cancelled && !fails;
}

GPtrArray *
prc_codec_pool_describe (PrcCodecPool *pool, const char *const *paths, PrcPriority priority,
                         GCancellable *cancellable, GError **error) {
  enter (pool, false, cancellable);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_description_free);
  for (size_t i = 0; paths[i]; i++)
    g_ptr_array_add (all, describe (paths[i]));
  return leave (pool, cancellable, error) ? g_steal_pointer (&all) : NULL;
}

static void
describe_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  g_autoptr (GError) error = NULL;
  PrcCodecPool *pool = g_object_get_data (G_OBJECT (task), "pool");
  GPtrArray *all = prc_codec_pool_describe (pool, data, PRC_PRIORITY_SCAN, cancellable, &error);
  if (all)
    g_task_return_pointer (task, all, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
prc_codec_pool_describe_async (PrcCodecPool *pool, const char *const *paths, PrcPriority priority,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_mutex_lock (&pool->lock);
  unsigned n = g_strv_length ((char **)paths);
  if (pool->stats.n_describes < G_N_ELEMENTS (pool->stats.first_sizes))
    pool->stats.first_sizes[pool->stats.n_describes] = n;
  pool->stats.n_describes++;
  pool->stats.n_described += n;
  g_mutex_unlock (&pool->lock);
  g_object_set_data_full (G_OBJECT (task), "pool", prc_codec_pool_ref (pool),
                          (GDestroyNotify)prc_codec_pool_unref);
  g_task_set_task_data (task, g_strdupv ((char **)paths), (GDestroyNotify)g_strfreev);
  g_task_run_in_thread (task, describe_in_thread);
}

GPtrArray *
prc_codec_pool_describe_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
prc_contents_free (PrcContents *contents) {
  g_free (contents->name);
  g_free (contents->problem);
  g_free (contents);
}

GPtrArray *
prc_codec_pool_contents (PrcCodecPool *pool, const char *path, PrcPriority priority,
                         GCancellable *cancellable, GError **error) {
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED, "Nothing in it");
  return NULL;
}

PrcFrame *
prc_codec_pool_decode (PrcCodecPool *pool, PrcInstance *instance, uint32_t frame,
                       PrcPriority priority, GCancellable *cancellable, GError **error) {
  g_mutex_lock (&pool->lock);
  pool->stats.n_decodes++;
  g_mutex_unlock (&pool->lock);
  enter (pool, true, cancellable);
  uint8_t samples[SIDE * SIDE];
  memset (samples, prc_instance_info (instance)->instance_number, sizeof samples);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof samples);
  PrcFrameInfo info = {
      .rows = SIDE, .columns = SIDE, .type = PRC_SAMPLE_U8, .rescale_slope = 1, .pixel_aspect = 1};
  if (!leave (pool, cancellable, error))
    return NULL;
  return prc_frame_new (&info, bytes, error);
}

typedef struct {
  PrcCodecPool *pool;
  PrcInstance *instance;
  uint32_t frame;
} Decode;

static void
decode_free (Decode *decode) {
  prc_codec_pool_unref (decode->pool);
  prc_instance_unref (decode->instance);
  g_free (decode);
}

static void
decode_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  GError *error = NULL;
  Decode *decode = data;
  PrcFrame *frame = prc_codec_pool_decode (decode->pool, decode->instance, decode->frame,
                                           PRC_PRIORITY_VIEW, cancellable, &error);
  if (frame)
    g_task_return_pointer (task, frame, (GDestroyNotify)prc_frame_unref);
  else
    g_task_return_error (task, error);
}

void
prc_codec_pool_decode_async (PrcCodecPool *pool, PrcInstance *instance, uint32_t frame,
                             PrcPriority priority, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Decode *decode = g_new (Decode, 1);
  *decode = (Decode){prc_codec_pool_ref (pool), prc_instance_ref (instance), frame};
  g_task_set_task_data (task, decode, (GDestroyNotify)decode_free);
  g_task_run_in_thread (task, decode_in_thread);
}

PrcFrame *
prc_codec_pool_decode_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}
