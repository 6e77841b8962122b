// SPDX-License-Identifier: Apache-2.0
#include "prc-case-thumbnail.h"

#include <glib/gi18n-lib.h>

#include "prc-imaging-error.h"
#include "prc-thumbnail.h"

typedef struct {
  PrcFrameStore *store;
  guint frame;
  int size;
} Wish;

static void
wish_free (Wish *wish) {
  prc_frame_store_unref (wish->store);
  g_free (wish);
}

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GdkTexture *texture = prc_thumbnail_finish (result, &error);

  if (texture == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, texture, g_object_unref);
}

static GError *
why_no_instance (const PrcDescription *description) {
  if (description && description->error)
    return g_error_copy (description->error);
  return g_error_new_literal (PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_NO_IMAGE,
                              _ ("The file holds no picture"));
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (GTask) task = user_data;
  Wish *wish = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) descriptions = prc_codec_pool_describe_finish (result, &error);
  const PrcDescription *description =
      descriptions && descriptions->len > 0 ? g_ptr_array_index (descriptions, 0) : NULL;

  if (error)
    g_task_return_error (task, error);
  else if (description == NULL || description->instance == NULL)
    g_task_return_error (task, why_no_instance (description));
  else
    prc_thumbnail_async (wish->store, description->instance, wish->frame, wish->size,
                         g_task_get_cancellable (task), on_thumbnail, g_object_ref (task));
}

void
prc_case_thumbnail_async (PrcCodecPool *pool, PrcFrameStore *store, const char *path, guint frame,
                          int size, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data) {
  const char *paths[] = {path, NULL};
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Wish *wish = g_new0 (Wish, 1);

  wish->store = prc_frame_store_ref (store);
  wish->frame = frame;
  wish->size = size;
  g_task_set_task_data (task, wish, (GDestroyNotify)wish_free);
  g_task_set_source_tag (task, prc_case_thumbnail_async);
  prc_codec_pool_describe_async (pool, paths, PRC_PRIORITY_THUMBNAIL, cancellable, on_described,
                                 task);
}

GdkTexture *
prc_case_thumbnail_finish (GAsyncResult *result, GError **error) {
  g_return_val_if_fail (g_async_result_is_tagged (result, prc_case_thumbnail_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
