// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-pane.h"

#include <glib/gi18n-lib.h>

#include "prc-progress-row.h"
#include "prc-segment-match.h"
#include "prc-segment-regions.h"

#define LONG_MS         1000 // what takes longer is said
#define JOINING_AT_MOST 100  // files; more are a folder's worth, to be opened

struct _PrcSegmentPane {
  GtkBox parent_instance;
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcSliceView *view; // borrowed
  PrcScan *scan;      // or NULL
  GPtrArray *orphans; // PrcInstance: segmentations opened without any image
  PrcSegmentations *segmentations;
  PrcSegmentList *list;
  PrcProgressRow *progress;
  guint wait; // until it has taken long
  guint n_found;
  gboolean takes_long;
};

G_DEFINE_FINAL_TYPE (PrcSegmentPane, prc_segment_pane, GTK_TYPE_BOX)

enum { NOTICE, FOUND, CHOSEN, LEAVE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- work under way ---- */

static void
update_progress (PrcSegmentPane *self) {
  guint done, total;

  if (!self->takes_long || !prc_segmentations_progress (self->segmentations, &done, &total))
    prc_progress_row_hide (self->progress);
  else
    prc_progress_row_show (self->progress, _ ("Reading segmentations"), done, total);
}

static gboolean
it_takes_long (gpointer user_data) {
  PrcSegmentPane *self = user_data;

  self->wait = 0;
  self->takes_long = TRUE;
  update_progress (self);
  return G_SOURCE_REMOVE;
}

static void
watch_progress (PrcSegmentPane *self) {
  guint done, total;
  gboolean busy = prc_segmentations_progress (self->segmentations, &done, &total);

  if (busy && !self->wait && !self->takes_long)
    self->wait = g_timeout_add (LONG_MS, it_takes_long, self);
  if (!busy) {
    g_clear_handle_id (&self->wait, g_source_remove);
    self->takes_long = FALSE;
  }
  update_progress (self);
}

static void
stop (PrcProgressRow *row, PrcSegmentPane *self) {
  prc_segmentations_cancel (self->segmentations);
}

/* ---- what is shown ---- */

static void
show_set (PrcSegmentPane *self) {
  PrcSegmentSet *set = prc_segmentations_get_set (self->segmentations);

  prc_slice_view_set_segments (self->view, set);
  prc_segment_list_set_set (self->list, set);
}

static void
changed (PrcSegmentations *segmentations, const char *problem, gpointer user_data) {
  PrcSegmentPane *self = user_data;

  if (self->segmentations == NULL)
    return; // it is being made
  watch_progress (self);
  guint n = g_hash_table_size (prc_segmentations_get_keys (segmentations));
  if (n != self->n_found) {
    self->n_found = n;
    g_signal_emit (self, signals[FOUND], 0);
  }
  if (problem)
    g_signal_emit (self, signals[NOTICE], 0, problem);
}

// Those that were opened alone wait for their images, however many come alone.
static void
keep_orphans (PrcSegmentPane *self) {
  if (!self->scan || self->scan->series->len > 0) {
    g_ptr_array_set_size (self->orphans, 0);
    return;
  }
  for (guint i = 0; i < self->scan->others->len; i++)
    if (prc_segmentation_is_one (self->scan->others->pdata[i]))
      g_ptr_array_add (self->orphans, prc_instance_ref (self->scan->others->pdata[i]));
}

void
prc_segment_pane_clear (PrcSegmentPane *self) {
  keep_orphans (self);
  prc_segment_list_set_set (self->list, NULL);
  prc_slice_view_set_segments (self->view, NULL);
  g_clear_pointer (&self->segmentations, prc_segmentations_free);
  g_clear_pointer (&self->scan, prc_scan_unref);
  g_clear_handle_id (&self->wait, g_source_remove);
  self->takes_long = FALSE;
  self->n_found = 0;
  self->segmentations = prc_segmentations_new (self->pool, changed, self);
  for (guint i = 0; i < self->orphans->len; i++)
    prc_segmentations_offer (self->segmentations, self->orphans->pdata[i]);
  update_progress (self);
}

void
prc_segment_pane_take_scan (PrcSegmentPane *self, PrcScan *scan) {
  prc_scan_ref (scan);
  g_clear_pointer (&self->scan, prc_scan_unref);
  self->scan = scan;
  prc_segment_pane_series_changed (self);
  prc_segmentations_take_scan (self->segmentations, scan);
}

void
prc_segment_pane_series_changed (PrcSegmentPane *self) {
  prc_segmentations_set_series (self->segmentations, prc_slice_view_get_series (self->view));
  show_set (self);
}

gboolean
prc_segment_pane_is_busy (PrcSegmentPane *self) {
  guint done, total;

  return prc_segmentations_progress (self->segmentations, &done, &total);
}

GHashTable *
prc_segment_pane_get_keys (PrcSegmentPane *self) {
  return prc_segmentations_get_keys (self->segmentations);
}

PrcSegmentSet *
prc_segment_pane_get_set (PrcSegmentPane *self) {
  return prc_segmentations_get_set (self->segmentations);
}

PrcSegmentList *
prc_segment_pane_get_list (PrcSegmentPane *self) {
  return self->list;
}

/* ---- the list ---- */

static void
chosen (PrcSegmentList *list, PrcSegmentPane *self) {
  PrcSegmentItem *item = prc_segment_list_get_chosen (list);
  const PrcSegmentation *file = item ? prc_segment_item_get_segmentation (item) : NULL;

  if (file)
    prc_segment_list_show_threshold (list,
                                     prc_segmentations_get_threshold (self->segmentations, file));
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
threshold_set (PrcSegmentList *list, double threshold, PrcSegmentPane *self) {
  PrcSegmentItem *item = prc_segment_list_get_chosen (list);
  const PrcSegmentation *file = item ? prc_segment_item_get_segmentation (item) : NULL;

  if (file)
    prc_segmentations_set_threshold (self->segmentations, file, threshold);
}

static void
leave (PrcSegmentList *list, PrcSegmentPane *self) {
  g_signal_emit (self, signals[LEAVE], 0);
}

/* ---- regions of overlays ---- */

typedef struct {
  PrcSegmentSet *set;
  PrcSeries *series;
  PrcFrameStore *store;
} Taking;

static void
taking_free (Taking *taking) {
  g_object_unref (taking->set);
  prc_series_unref (taking->series);
  prc_frame_store_unref (taking->store);
  g_free (taking);
}

static void
take_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Taking *taking = data;
  GError *error = NULL;
  GPtrArray *regions = prc_segment_regions (taking->series, taking->store, cancellable, &error);

  if (regions)
    g_task_return_pointer (task, regions, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
add_region (PrcSegmentSet *set, const PrcSegmentRegion *region) {
  g_autoptr (PrcSegmentItem) item = prc_segment_item_new (NULL, 0, region->stack);
  g_autofree char *label =
      *region->label ? g_strdup (region->label)
                     : g_strdup_printf (_ ("Overlay %u"), (region->group - 0x6000u) / 2 + 1);

  g_object_set (item, "label", label, NULL);
  prc_segment_set_add (set, item);
}

static void
regions_taken (GObject *source, GAsyncResult *result, gpointer user_data) {
  PrcSegmentPane *self = PRC_SEGMENT_PANE (source);
  Taking *taking = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) regions = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!regions || prc_segment_set_get_series (taking->set) != taking->series)
    return; // it has grown meanwhile: whoever wants them asks again
  for (guint i = 0; i < regions->len; i++)
    add_region (taking->set, regions->pdata[i]);
  if (regions->len == 0)
    g_signal_emit (self, signals[NOTICE], 0,
                   _ ("None of the overlays of this series is a region of interest"));
}

void
prc_segment_pane_take_regions (PrcSegmentPane *self) {
  PrcSegmentSet *set = prc_segment_pane_get_set (self);

  if (!set)
    return;
  Taking *taking = g_new0 (Taking, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, regions_taken, NULL);
  taking->set = g_object_ref (set);
  taking->series = prc_series_ref (prc_segment_set_get_series (set));
  taking->store = prc_frame_store_ref (self->store);
  g_task_set_task_data (task, taking, (GDestroyNotify)taking_free);
  g_task_run_in_thread (task, take_in_thread);
}

/* ---- joining ---- */

typedef struct {
  GStrv paths;
  PrcCodecPool *pool;
  PrcScan *scan;
  PrcSeries *series;                    // in view
  gboolean in_view;                     // all lie on it
  gboolean in_doubt;                    // some may be of any of several patients
  GPtrArray *instances, *segmentations; // of the same length
} Joining;

static void
joining_free (Joining *joining) {
  g_strfreev (joining->paths);
  prc_codec_pool_unref (joining->pool);
  prc_scan_unref (joining->scan);
  prc_series_unref (joining->series);
  g_ptr_array_unref (joining->instances);
  g_ptr_array_unref (joining->segmentations);
  g_free (joining);
}

static gboolean
join_one (Joining *joining, const char *path, GCancellable *cancellable, GError **error) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (joining->pool, path, PRC_PRIORITY_VIEW, cancellable, error);

  if (!instance || !prc_segmentation_is_one (instance))
    return FALSE;
  g_autoptr (PrcSegmentation) segmentation = prc_codec_pool_segment (
      joining->pool, instance, PRC_SEGMENTATIONS_THRESHOLD, PRC_PRIORITY_VIEW, cancellable, error);
  if (!segmentation)
    return FALSE;
  g_autoptr (GPtrArray) on = prc_segment_match (segmentation, joining->scan->series, NULL);
  if (on && on->len == 0)
    return FALSE;
  joining->in_doubt |= !on;
  joining->in_view &= on && g_ptr_array_find (on, joining->series, NULL);
  g_ptr_array_add (joining->instances, g_steal_pointer (&instance));
  g_ptr_array_add (joining->segmentations, g_steal_pointer (&segmentation));
  return TRUE;
}

static void
join_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Joining *joining = data;

  for (char **path = joining->paths; *path; path++)
    if (!join_one (joining, *path, cancellable, NULL)) {
      g_task_return_boolean (task, FALSE); // whatever it is: opening it says so
      return;
    }
  g_task_return_boolean (task, TRUE);
}

gboolean
prc_segment_pane_may_join (PrcSegmentPane *self, const char *const *paths) {
  if (!self->scan || !prc_slice_view_get_series (self->view) ||
      g_strv_length ((GStrv)paths) > JOINING_AT_MOST)
    return FALSE;
  for (; *paths; paths++)
    if (!g_file_test (*paths, G_FILE_TEST_IS_REGULAR))
      return FALSE;
  return TRUE;
}

void
prc_segment_pane_join_async (PrcSegmentPane *self, const char *const *paths,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Joining *joining = g_new0 (Joining, 1);

  joining->paths = g_strdupv ((GStrv)paths);
  joining->pool = prc_codec_pool_ref (self->pool);
  joining->scan = prc_scan_ref (self->scan);
  joining->series = prc_series_ref (prc_slice_view_get_series (self->view));
  joining->in_view = TRUE;
  joining->instances = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  joining->segmentations = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_segmentation_unref);
  g_task_set_task_data (task, joining, (GDestroyNotify)joining_free);
  g_task_run_in_thread (task, join_in_thread);
}

gboolean
prc_segment_pane_join_finish (PrcSegmentPane *self, GAsyncResult *result, const char **said,
                              GError **error) {
  Joining *joining = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *said = joining->in_doubt  ? NULL
          : joining->in_view ? _ ("The segments are shown with the study")
                             : _ ("The segments lie on another series of the study");
  for (guint i = 0; i < joining->instances->len; i++)
    prc_segmentations_add (self->segmentations, joining->instances->pdata[i],
                           joining->segmentations->pdata[i]);
  return TRUE;
}

/* ---- widget ---- */

static void
prc_segment_pane_dispose (GObject *object) {
  PrcSegmentPane *self = PRC_SEGMENT_PANE (object);

  g_clear_handle_id (&self->wait, g_source_remove);
  g_clear_pointer (&self->segmentations, prc_segmentations_free);
  g_clear_pointer (&self->scan, prc_scan_unref);
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  g_clear_pointer (&self->store, prc_frame_store_unref);
  g_clear_pointer (&self->pool, prc_codec_pool_unref);
  G_OBJECT_CLASS (prc_segment_pane_parent_class)->dispose (object);
}

static void
prc_segment_pane_class_init (PrcSegmentPaneClass *klass) {
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = prc_segment_pane_dispose;
  signals[NOTICE] = g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FOUND] =
      g_signal_new ("found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHOSEN] =
      g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEAVE] =
      g_signal_new ("leave", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_segment_pane_init (PrcSegmentPane *self) {
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
prc_segment_pane_new (PrcCodecPool *pool, PrcFrameStore *store, PrcSliceView *view) {
  PrcSegmentPane *self = g_object_new (PRC_TYPE_SEGMENT_PANE, NULL);

  self->orphans = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  self->pool = prc_codec_pool_ref (pool);
  self->store = prc_frame_store_ref (store);
  self->view = view;
  self->segmentations = prc_segmentations_new (pool, changed, self);
  self->list = PRC_SEGMENT_LIST (prc_segment_list_new (store));
  self->progress = PRC_PROGRESS_ROW (prc_progress_row_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->list), TRUE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->progress));
  g_signal_connect (self->list, "chosen", G_CALLBACK (chosen), self);
  g_signal_connect (self->list, "threshold", G_CALLBACK (threshold_set), self);
  g_signal_connect (self->list, "leave", G_CALLBACK (leave), self);
  g_signal_connect (self->progress, "cancel", G_CALLBACK (stop), self);
  return GTK_WIDGET (self);
}
