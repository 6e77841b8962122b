// SPDX-License-Identifier: Apache-2.0
#include "fake-store.h"

#include <string.h>

#include "fixture.h"
#include "prc-annotate.h"
#include "prc-phantom.h"

guint fake_store_n_asked, fake_store_prefetch_index;
int fake_store_prefetch_direction;
guint fake_annotations_drawn, fake_annotation_index;
PrcSeries *fake_annotation_series;
gboolean fake_annotation_hides;
char *fake_scan_first_path;

static GHashTable *frames;            // instance -> PrcFrame
static GHashTable *failures;          // instance -> sentence
static GQueue waiting = G_QUEUE_INIT; // GTask
static gboolean held, in_memory = TRUE;
static PrcScan *first_scan, *last_scan;
static GError *scan_error;

/* ---- frames ---- */

PrcFrameStore *
fake_store_new (void) {
  static int store;

  if (!frames) {
    frames = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)prc_frame_unref);
    failures = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  }
  return (PrcFrameStore *)&store;
}

static PrcFrame *
phantom_in_units (guint64 seed, guint index, const char *units) {
  g_autoptr (PrcFrame) made = prc_phantom_frame (seed, index, 48, 64);
  PrcFrameInfo info = *prc_frame_info (made);
  g_autoptr (GBytes) samples = g_bytes_new (prc_frame_samples (made), prc_frame_size (made));

  g_strlcpy (info.units, units, sizeof info.units);
  return prc_frame_new (&info, samples, NULL);
}

void
fake_store_put (PrcSeries *series, guint64 seed, const char *units) {
  fake_store_new ();
  for (guint i = 0; i < prc_series_length (series); i++)
    g_hash_table_insert (frames, prc_series_slice (series, i)->instance,
                         phantom_in_units (seed, i, units));
}

void
fake_store_put_frame (PrcSeries *series, guint index, PrcFrame *frame) {
  fake_store_new ();
  g_hash_table_insert (frames, prc_series_slice (series, index)->instance, prc_frame_ref (frame));
}

PrcFrame *
fake_store_frame (PrcSeries *series, guint index) {
  return prc_frame_ref (g_hash_table_lookup (frames, prc_series_slice (series, index)->instance));
}

void
fake_store_set_in_memory (gboolean yes) {
  in_memory = yes;
}

void
fake_store_hold (gboolean hold) {
  held = hold;
}

void
fake_store_fail (PrcSeries *series, guint index, const char *sentence) {
  gpointer instance = prc_series_slice (series, index)->instance;

  if (sentence)
    g_hash_table_insert (failures, instance, g_strdup (sentence));
  else
    g_hash_table_remove (failures, instance);
}

// Tokens, weak: fake-engine.c has its own where a program takes both.
#pragma weak prc_frame_store_ref
#pragma weak prc_frame_store_unref
#pragma weak prc_codec_pool_ref
#pragma weak prc_codec_pool_unref

PrcFrameStore *
prc_frame_store_ref (PrcFrameStore *store) {
  return store;
}

void
prc_frame_store_unref (PrcFrameStore *store) {
}

PrcCodecPool *
prc_codec_pool_ref (PrcCodecPool *pool) {
  return pool;
}

void
prc_codec_pool_unref (PrcCodecPool *pool) {
}

PrcFrame *
prc_frame_store_peek (PrcFrameStore *store, PrcInstance *instance, uint32_t frame) {
  PrcFrame *found = g_hash_table_lookup (frames, instance);

  if (!in_memory || !found || g_hash_table_contains (failures, instance))
    return NULL;
  return prc_frame_ref (found);
}

static void
answer (GTask *task) {
  PrcInstance *instance = g_task_get_task_data (task);
  const char *sentence = g_hash_table_lookup (failures, instance);
  PrcFrame *frame = g_hash_table_lookup (frames, instance);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (sentence)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", sentence);
  else
    g_task_return_pointer (task, prc_frame_ref (frame), (GDestroyNotify)prc_frame_unref);
}

void
prc_frame_store_get_async (PrcFrameStore *store, PrcInstance *instance, uint32_t frame,
                           PrcPriority priority, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data) {
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, prc_instance_ref (instance), (GDestroyNotify)prc_instance_unref);
  if (priority == PRC_PRIORITY_VIEW)
    fake_store_n_asked++;
  if (held)
    g_queue_push_tail (&waiting, g_steal_pointer (&task));
  else
    answer (task);
}

PrcFrame *
prc_frame_store_get_finish (GAsyncResult *result, GError **error) {
  return g_task_propagate_pointer (G_TASK (result), error);
}

PrcFrame *
prc_frame_store_get (PrcFrameStore *store, PrcInstance *instance, uint32_t frame,
                     PrcPriority priority, GCancellable *cancellable, GError **error) {
  const char *sentence = g_hash_table_lookup (failures, instance);

  if (!sentence)
    return prc_frame_ref (g_hash_table_lookup (frames, instance));
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, sentence);
  return NULL;
}

void
prc_frame_store_prefetch (PrcFrameStore *store, gconstpointer owner, PrcSeries *series,
                          uint32_t index, int direction) {
  fake_store_prefetch_index = index;
  fake_store_prefetch_direction = direction;
}

guint
fake_store_release (void) {
  guint n = g_queue_get_length (&waiting);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GTask) task = g_queue_pop_head (&waiting);
    answer (task);
  }
  return n;
}

void
prc_annotate_draw (const PrcAnnotation *annotation, cairo_t *cr) {
  fake_annotations_drawn++;
  fake_annotation_index = annotation->index;
  fake_annotation_series = annotation->series;
  fake_annotation_hides = annotation->hide_patient;
}

/* ---- series and scans ---- */

static PrcInstance *
make_instance (const char *modality, const char *uid, const char *patient, guint number, double z,
               int way) {
  g_autofree char *path = g_strdup_printf ("/nowhere/%s-%u.dcm", uid, number);
  g_autofree char *place = g_strdup_printf (
      "'ImagePositionPatient': <[0.0, 0.0, %f]>, 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, "
      "%d.0, 0.0]>, 'PixelSpacing': <[1.0, 1.0]>,",
      z, way);
  g_autofree char *record = g_strdup_printf (
      "{'SOPInstanceUID': <'%s.%u'>, 'SeriesInstanceUID': <'%s'>, 'StudyInstanceUID': <'1.%s'>,"
      " 'PatientID': <'%s'>, 'PatientName': <'%s'>, 'Modality': <'%s'>, 'IsImage': <true>, %s"
      " 'SeriesDescription': <'Series %s'>, 'StudyDate': <'20260131'>,"
      " 'Rows': <[48.0]>, 'Columns': <[64.0]>, 'InstanceNumber': <[%u.0]>}",
      uid, number, uid, patient, patient, patient, modality, way ? place : "", uid, number);

  return prc_fixture_instance (path, record);
}

static PrcSeries *
series_of (const char *modality, const char *uid, const char *patient, guint n, double first_mm,
           double step_mm, int way) {
  g_autoptr (GPtrArray) instances =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (instances,
                     make_instance (modality, uid, patient, i + 1, first_mm + i * step_mm, way));
  g_autoptr (GPtrArray) grouped =
      prc_series_group ((PrcInstance *const *)instances->pdata, instances->len);
  g_assert_cmpuint (grouped->len, ==, 1);
  return prc_series_ref (grouped->pdata[0]);
}

PrcSeries *
make_series (const char *uid, const char *patient, guint n, double first_mm, double step_mm,
             int way) {
  return series_of ("CT", uid, patient, n, first_mm, step_mm, way);
}

PrcSeries *
make_series_of (const char *modality, const char *uid, const char *patient, guint n) {
  return series_of (modality, uid, patient, n, 0, 1, 1);
}

PrcScan *
make_scan (guint n_series, PrcSeries *const *series, gboolean complete) {
  PrcScan *scan = g_atomic_rc_box_new0 (PrcScan);

  scan->series = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  scan->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_scan_problem_unref);
  scan->others = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  for (guint i = 0; i < n_series; i++)
    g_ptr_array_add (scan->series, prc_series_ref (series[i]));
  scan->complete = complete;
  scan->n_found = scan->n_done = n_series;
  return scan;
}

void
add_problem (PrcScan *scan, const char *path, const char *reason) {
  g_ptr_array_add (scan->problems, prc_scan_problem_new (path, reason));
}

void
fake_scan_set (PrcScan *first, PrcScan *last, const GError *error) {
  g_clear_pointer (&first_scan, prc_scan_unref);
  g_clear_pointer (&last_scan, prc_scan_unref);
  g_clear_error (&scan_error);
  first_scan = first ? prc_scan_ref (first) : NULL;
  last_scan = last ? prc_scan_ref (last) : NULL;
  scan_error = error ? g_error_copy (error) : NULL;
}

PrcScan *
prc_scan (PrcCodecPool *pool, const char *const *paths, PrcPriority priority,
          PrcScanProgress progress, gpointer user_data, GCancellable *cancellable, GError **error) {
  g_free (fake_scan_first_path);
  fake_scan_first_path = g_strdup (paths[0]);
  if (first_scan)
    progress (first_scan, user_data);
  if (!last_scan && !scan_error) // reads until it is told to stop
    while (!g_cancellable_is_cancelled (cancellable))
      g_usleep (2000);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (scan_error && error)
    *error = g_error_copy (scan_error);
  return last_scan ? prc_scan_ref (last_scan) : NULL;
}

/* ---- hands ---- */

static gboolean
wake (gpointer user_data) {
  return G_SOURCE_CONTINUE;
}

bool
wait_until (bool (*done) (gpointer), gpointer data) {
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  guint timer = g_timeout_add (10, wake, NULL);

  while (!done (data) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  return done (data);
}

static bool
never (gpointer data) {
  return g_get_monotonic_time () >= *(gint64 *)data;
}

void
wait_ms (guint ms) {
  gint64 end = g_get_monotonic_time () + ms * 1000;

  wait_until (never, &end);
}

static GtkEventController *
controller_of (GtkWidget *widget, GType type) {
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
    if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
      return controller;
  }
  g_assert_not_reached ();
}

gboolean
press_key (GtkWidget *widget, guint key, GdkModifierType state) {
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (all) && !taken; i++) { // one after the other
    g_autoptr (GObject) one = g_list_model_get_item (all, i);
    if (GTK_IS_EVENT_CONTROLLER_KEY (one))
      g_signal_emit_by_name (one, "key-pressed", key, 0u, state, &taken);
  }
  return taken;
}

void
turn_wheel (GtkWidget *widget, double dy) {
  gboolean taken = FALSE;

  g_signal_emit_by_name (controller_of (widget, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0,
                         dy, &taken);
}

static void
tool_ended (GObject *process, GAsyncResult *result, gpointer user_data) {
  *(gboolean *)user_data = g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, NULL);
  g_assert_true (*(gboolean *)user_data);
}

static bool
is_true (gpointer flag) {
  return *(gboolean *)flag;
}

// Runs xdotool with the words of `line` while the main loop goes on.
static void
run_tool (const char *line) {
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  gboolean done = FALSE;
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *)words, G_SUBPROCESS_FLAGS_NONE, NULL);

  g_assert_nonnull (process);
  g_subprocess_wait_check_async (process, NULL, tool_ended, &done);
  g_assert_true (wait_until (is_true, &done));
  wait_ms (40);
}

gboolean
drag_pointer (int button, const char *modifier, int x, int y, int dx, int dy) {
  g_autofree char *tool = g_find_program_in_path ("xdotool");

  if (!tool) {
    g_test_skip ("xdotool is not there");
    return FALSE;
  }
  g_autofree char *place = g_strdup_printf ("xdotool mousemove %d %d", x, y);
  g_autofree char *hold = g_strdup_printf ("xdotool keydown %s", modifier ? modifier : "");
  g_autofree char *released = g_strdup_printf ("xdotool keyup %s", modifier ? modifier : "");
  g_autofree char *press = g_strdup_printf ("xdotool mousedown %d", button);
  g_autofree char *half = g_strdup_printf ("xdotool mousemove_relative -- %d %d", dx / 2, dy / 2);
  g_autofree char *rest =
      g_strdup_printf ("xdotool mousemove_relative -- %d %d", dx - dx / 2, dy - dy / 2);
  g_autofree char *release = g_strdup_printf ("xdotool mouseup %d", button);
  run_tool (place);
  if (modifier)
    run_tool (hold);
  run_tool (press);
  run_tool (half);
  run_tool (rest);
  run_tool (release);
  if (modifier)
    run_tool (released);
  return TRUE;
}
