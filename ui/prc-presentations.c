// SPDX-License-Identifier: Apache-2.0
#include "prc-presentations.h"

#define FAMILY "1.2.840.10008.5.1.4.1.1.11." // of SOP Class UIDs

struct _PrcPresentations {
  grefcount references; // ours and that of each reading under way
  PrcCodecPool *pool;
  PrcPresentationsChanged changed; // NULL once freed
  gpointer user_data;
  GCancellable *cancellable;
  GHashTable *seen; // paths
  GPtrArray *list;
};

typedef struct { // one reading
  PrcCodecPool *pool;
  GPtrArray *paths, *found;
  char *problem;
} Batch;

static void
release (PrcPresentations *self) {
  if (!g_ref_count_dec (&self->references))
    return;
  prc_codec_pool_unref (self->pool);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->seen);
  g_ptr_array_unref (self->list);
  g_free (self);
}

static void
batch_free (Batch *batch) {
  g_ptr_array_unref (batch->paths);
  g_ptr_array_unref (batch->found);
  prc_codec_pool_unref (batch->pool);
  g_free (batch->problem);
  g_free (batch);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Batch *batch = data;

  for (guint i = 0; i < batch->paths->len && !g_cancellable_is_cancelled (cancellable); i++) {
    g_autoptr (GError) error = NULL;
    PrcPresentation *state = prc_codec_pool_present (batch->pool, batch->paths->pdata[i],
                                                     PRC_PRIORITY_SCAN, cancellable, &error);
    if (state)
      g_ptr_array_add (batch->found, state);
    else if (!batch->problem)
      batch->problem = g_strdup (error->message);
  }
  g_task_return_boolean (task, TRUE);
}

static void
have_read (GObject *source, GAsyncResult *result, gpointer user_data) {
  Batch *batch = g_task_get_task_data (G_TASK (result));
  PrcPresentations *self = user_data;

  if (self->changed) {
    for (guint i = 0; i < batch->found->len; i++)
      g_ptr_array_add (self->list, prc_presentation_ref (batch->found->pdata[i]));
    self->changed (self, batch->problem, self->user_data);
  }
  release (self);
}

PrcPresentations *
prc_presentations_new (PrcCodecPool *pool, PrcPresentationsChanged changed, gpointer user_data) {
  PrcPresentations *self = g_new0 (PrcPresentations, 1);

  g_ref_count_init (&self->references);
  self->pool = prc_codec_pool_ref (pool);
  self->changed = changed;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_presentation_unref);
  return self;
}

void
prc_presentations_free (PrcPresentations *self) {
  self->changed = NULL;
  g_cancellable_cancel (self->cancellable);
  release (self);
}

static GPtrArray *
new_paths (PrcPresentations *self, PrcScan *scan) {
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < scan->others->len; i++) {
    const PrcInstanceInfo *info = prc_instance_info (scan->others->pdata[i]);
    if (g_str_has_prefix (info->sop_class_uid, FAMILY) &&
        g_hash_table_add (self->seen, g_strdup (info->path)))
      g_ptr_array_add (paths, g_strdup (info->path));
  }
  return paths;
}

void
prc_presentations_take_scan (PrcPresentations *self, PrcScan *scan) {
  g_autoptr (GPtrArray) paths = new_paths (self, scan);

  if (paths->len == 0)
    return;
  Batch *batch = g_new0 (Batch, 1);
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, have_read, self);
  g_ref_count_inc (&self->references);
  batch->pool = prc_codec_pool_ref (self->pool);
  batch->paths = g_steal_pointer (&paths);
  batch->found = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_presentation_unref);
  g_task_set_task_data (task, batch, (GDestroyNotify)batch_free);
  g_task_run_in_thread (task, read_in_thread);
}

GPtrArray *
prc_presentations_list (PrcPresentations *self) {
  return self->list;
}
