// SPDX-License-Identifier: Apache-2.0
#include "prc-thumbnail.h"

#include "prc-render.h"

static void
render_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  PrcFrame *frame = g_object_get_data (G_OBJECT (task), "frame");
  int size = GPOINTER_TO_INT (data);
  PrcViewParams params = {.voi = PRC_VOI_USE_WINDOW, .width = 1, .smooth = TRUE, .zoom = 1};
  g_autoptr (PrcRaster) raster = NULL;
  GError *error = NULL;

  prc_view_params_default_voi (&params, frame);
  prc_view_params_fit (&params, prc_frame_info (frame), size, size);
  raster = prc_render (frame, &params, NULL, size, size, cancellable, &error);
  if (!raster) {
    g_task_return_error (task, error);
    return;
  }
  g_task_return_pointer (task,
                         gdk_memory_texture_new (raster->width, raster->height,
                                                 GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, raster->bytes,
                                                 raster->stride),
                         g_object_unref);
}

static void
decoded (GObject *object, GAsyncResult *result, gpointer user_data) {
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  PrcFrame *frame = prc_frame_store_get_finish (result, &error);

  if (!frame) {
    g_task_return_error (task, error);
    return;
  }
  g_object_set_data_full (G_OBJECT (task), "frame", frame, (GDestroyNotify)prc_frame_unref);
  g_task_run_in_thread (task, render_in_thread);
}

void
prc_thumbnail_async (PrcFrameStore *store, PrcInstance *instance, guint frame, int size,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data) {
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, prc_thumbnail_async);
  g_task_set_task_data (task, GINT_TO_POINTER (size), NULL);
  prc_frame_store_get_async (store, instance, frame, PRC_PRIORITY_THUMBNAIL, cancellable, decoded,
                             task);
}

GdkTexture *
prc_thumbnail_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}
