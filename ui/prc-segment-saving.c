// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-saving.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-imaging-error.h"
#include "prc-segment-write.h"

typedef struct {
  PrcCodecPool *pool;
  PrcSeries *series;
  PrcSegmentSavingKind kind;
  char *path;
  GPtrArray *items;
  GPtrArray *stacks; // of the items, as they were
  GPtrArray *files;  // PrcSegmentation that they were of: strings of segments are theirs
  PrcSegment *segments;
} Saving;

static void
saving_free (gpointer data) {
  Saving *saving = data;

  prc_codec_pool_unref (saving->pool);
  prc_series_unref (saving->series);
  g_free (saving->path);
  g_ptr_array_unref (saving->stacks);
  g_ptr_array_unref (saving->items);
  g_ptr_array_unref (saving->files);
  g_free (saving->segments);
  g_free (saving);
}

/* ---- what is saved ---- */

static gboolean
is_of_edited_file (GPtrArray *all, PrcSegmentItem *item) {
  const PrcSegmentation *file = prc_segment_item_get_segmentation (item);

  for (guint i = 0; file && i < all->len; i++)
    if (prc_segment_item_get_segmentation (all->pdata[i]) == file &&
        prc_segment_item_is_edited (all->pdata[i]))
      return TRUE;
  return FALSE;
}

GPtrArray *
prc_segment_saving_items (PrcSegmentSet *set) {
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *chosen = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean any_edited = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set)); i++) {
    g_ptr_array_add (all, g_list_model_get_item (G_LIST_MODEL (set), i));
    any_edited |= prc_segment_item_is_edited (all->pdata[i]);
  }
  for (guint i = 0; i < all->len; i++) {
    PrcSegmentItem *item = all->pdata[i];
    if (!any_edited || !prc_segment_item_get_segmentation (item) || is_of_edited_file (all, item))
      g_ptr_array_add (chosen, g_object_ref (item));
  }
  return chosen;
}

static gboolean
is_same_file (GFile *file, const char *path) {
  g_autoptr (GFile) other = path ? g_file_new_for_path (path) : NULL;

  return other && g_file_equal (file, other);
}

// The images, and the files of segments that are shown with them.
static gboolean
is_of_study (PrcSegmentSet *set, const char *path) {
  g_autoptr (GFile) file = g_file_new_for_path (path);
  PrcSeries *series = prc_segment_set_get_series (set);

  for (guint i = 0; i < prc_series_length (series); i++)
    if (is_same_file (file, prc_instance_info (prc_series_slice (series, i)->instance)->path))
      return TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set)); i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (set), i);
    const PrcSegmentation *from = prc_segment_item_get_segmentation (item);
    if (from && is_same_file (file, prc_segmentation_info (from)->path))
      return TRUE;
  }
  return FALSE;
}

/* ---- writing ---- */

static bool
any_pixel (const Saving *saving) {
  for (guint i = 0; i < saving->stacks->len; i++)
    if (prc_segment_stack_area (saving->stacks->pdata[i]) > 0)
      return true;
  return false;
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable) {
  Saving *saving = task_data;
  size_t n = 0;
  g_autofree PrcSegmentDraft *drafts = g_new0 (PrcSegmentDraft, saving->items->len);
  g_autofree char *name = g_path_get_basename (saving->path);
  GError *error = NULL;
  char *dot = strrchr (name, '.');
  gboolean done;

  if (dot && dot > name)
    *dot = '\0';
  for (guint i = 0; i < saving->items->len; i++)
    if (prc_segment_stack_area (saving->stacks->pdata[i]) > 0)
      drafts[n++] = (PrcSegmentDraft){&saving->segments[i], saving->stacks->pdata[i]};
  if (saving->kind == PRC_SEGMENT_SAVING_SEG)
    done = prc_segment_write_seg (saving->pool, saving->series, drafts, n, name, saving->path,
                                  cancellable, &error);
  else
    done = prc_segment_write_rtstruct (saving->pool, saving->series, drafts, n, name, saving->path,
                                       cancellable, &error);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

// Strings of an item live as long as it does, or the file that it is of: that may be read again.
static Saving *
saving_new (PrcCodecPool *pool, PrcSegmentSet *set, PrcSegmentSavingKind kind, const char *path) {
  Saving *saving = g_new0 (Saving, 1);

  saving->pool = prc_codec_pool_ref (pool);
  saving->series = prc_series_ref (prc_segment_set_get_series (set));
  saving->kind = kind;
  saving->path = g_strdup (path);
  saving->items = prc_segment_saving_items (set);
  saving->stacks = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_segment_stack_unref);
  saving->files = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_segmentation_unref);
  saving->segments = g_new0 (PrcSegment, saving->items->len);
  for (guint i = 0; i < saving->items->len; i++) {
    PrcSegmentItem *item = saving->items->pdata[i];
    const PrcSegmentation *file = prc_segment_item_get_segmentation (item);
    if (file)
      g_ptr_array_add (saving->files, prc_segmentation_ref (file));
    g_ptr_array_add (saving->stacks, prc_segment_stack_ref (prc_segment_item_get_stack (item)));
    saving->segments[i] = *prc_segment_item_get_segment (item);
    saving->segments[i].has_colour = true;
    saving->segments[i].colour = prc_segment_item_get_colour (item);
  }
  return saving;
}

void
prc_segment_saving_write_async (PrcCodecPool *pool, PrcSegmentSet *set, PrcSegmentSavingKind kind,
                                const char *path, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Saving *saving = saving_new (pool, set, kind, path);

  g_task_set_task_data (task, saving, saving_free);
  if (is_of_study (set, path))
    g_task_return_new_error (task, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                             _ ("Choose another name: this file is part of the study"));
  else if (!any_pixel (saving))
    g_task_return_new_error (task, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                             _ ("There is no segment to save"));
  else
    g_task_run_in_thread (task, write_in_thread);
}

gboolean
prc_segment_saving_write_finish (GAsyncResult *result, GError **error) {
  Saving *saving = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  for (guint i = 0; saving->kind == PRC_SEGMENT_SAVING_SEG && i < saving->items->len; i++)
    if (prc_segment_item_get_stack (saving->items->pdata[i]) == saving->stacks->pdata[i])
      prc_segment_item_set_saved (saving->items->pdata[i]);
  return TRUE;
}
