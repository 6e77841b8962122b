// SPDX-License-Identifier: Apache-2.0
#include "prc-viewer-window-private.h"

#include <glib/gi18n-lib.h>

#include "prc-scan-words.h"
#include "prc-settings.h"
#include "prc-text.h"

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcViewerWindow, prc_viewer_window, ADW_TYPE_APPLICATION_WINDOW)

static void
noticed (GtkWidget *widget, const char *sentence, PrcViewerWindow *self) {
  prc_viewer_window_say (self, sentence, NULL);
}

/* ---- what is in view ---- */

static void
update_title (PrcViewerWindow *self) {
  PrcSeries *series = prc_slice_view_get_series (prc_stage_study_view (self->stage));

  if (!series) {
    adw_window_title_set_title (self->title, "Precedent");
    adw_window_title_set_subtitle (self->title, "");
    gtk_window_set_title (GTK_WINDOW (self), "Precedent");
    return;
  }
  const PrcInstanceInfo *info = prc_series_info (series);
  g_autofree char *name = prc_text_person_name (info->patient_name);
  const char *title = *name && !self->hide_patient ? name : prc_series_title (series);
  const char *subtitle = title == name ? prc_series_title (series) : info->study_description;
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, subtitle);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
show_series (PrcViewerWindow *self, PrcSeries *series, guint index) {
  prc_viewer_window_stop_searching (self);
  prc_slice_view_set_series (prc_stage_study_view (self->stage), series, index);
  prc_segment_pane_series_changed (self->segments);
  gtk_stack_set_visible_child_name (self->centre, series ? "stage" : "welcome");
  update_title (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
series_selected (PrcSeriesList *list, PrcSeries *series, PrcViewerWindow *self) {
  show_series (self, series, prc_series_length (series) / 2);
}

static void
file_chosen (PrcSeriesList *list, const char *path, PrcViewerWindow *self) {
  prc_viewer_window_show_tags_of (self, path);
}

static void
segments_found (PrcSegmentPane *pane, PrcViewerWindow *self) {
  prc_series_list_mark_segmented (self->list, prc_segment_pane_get_keys (pane));
}

static void
step_series (PrcSliceView *view, int step, PrcViewerWindow *self) {
  prc_series_list_step (self->list, step);
}

static void
slice_changed (PrcSliceView *view, GParamSpec *pspec, PrcViewerWindow *self) {
  PrcSeries *series = prc_slice_view_get_series (view);
  guint index = prc_slice_view_get_index (view);

  if (!series) {
    prc_case_panel_set_slice (self->panel, NULL, 0, 0);
    return;
  }
  const PrcSlice *slice = prc_series_slice (series, index);
  prc_case_panel_set_slice (self->panel, slice->instance, slice->frame, index + 1);
}

static void
picture_shown (PrcSliceView *view, PrcViewerWindow *self) {
  if (self->opening)
    prc_opening_go_on (self->opening);
}

static void
slice_rested (PrcSliceView *view, PrcViewerWindow *self) {
  guint index = prc_slice_view_get_index (view);
  const PrcSlice *slice = prc_series_slice (prc_slice_view_get_series (view), index);

  prc_case_panel_ask (self->panel, prc_slice_view_get_decoded (view), slice->instance, slice->frame,
                      index + 1);
  prc_viewer_window_update_tags (self);
}

static void
open_case (PrcCasePanel *panel, PrcAnswer *answer, guint hit, PrcViewerWindow *self) {
  prc_stage_open_case (self->stage, self->engine, answer, hit);
}

static void
comparing_changed (PrcStage *stage, GParamSpec *pspec, PrcViewerWindow *self) {
  gtk_widget_set_visible (self->link_button, prc_stage_get_comparing (stage));
  gtk_widget_set_visible (self->matches_button, prc_stage_get_comparing (stage));
  g_signal_emit (self, signals[CHANGED], 0);
}

void
prc_viewer_window_set_hide_patient (PrcViewerWindow *self, gboolean hide_patient) {
  PrcSliceView *view = prc_stage_study_view (self->stage);

  self->hide_patient = hide_patient;
  prc_stage_set_annotate (self->stage, prc_slice_view_get_annotate (view), hide_patient);
  prc_series_list_set_hide_patient (self->list, hide_patient);
  update_title (self);
  prc_viewer_window_update_tags (self);
}

/* ---- opening ---- */

static void
say_nothing_found (PrcViewerWindow *self, PrcScan *scan, const GError *error) {
  const char *reason = _ ("There are no images in what was opened");
  g_autofree char *others = scan ? prc_scan_words_others (scan, false) : NULL;

  if (error)
    reason = error->message;
  else if (scan && scan->problems->len == 1)
    reason = ((PrcScanProblem *)scan->problems->pdata[0])->reason;
  else if (others && scan->problems->len == 0)
    reason = others;
  else if (scan && scan->n_found == 0)
    reason = _ ("The folder is empty");
  adw_status_page_set_title (self->welcome, _ ("Nothing to Show"));
  g_autofree char *escaped = g_markup_escape_text (reason, -1);
  adw_status_page_set_description (self->welcome, escaped);
}

static void
opening_is_over (PrcViewerWindow *self, PrcScan *scan) {
  const GError *error = prc_opening_error (self->opening);

  self->all_read = TRUE;
  prc_progress_row_hide (self->reading);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    error = NULL;
  if (!scan || scan->series->len == 0)
    say_nothing_found (self, scan, error);
  else if (error)
    prc_viewer_window_say (self, error->message, NULL);
}

static void
show_progress (PrcViewerWindow *self, PrcScan *scan) {
  g_autofree char *sentence =
      g_strdup_printf (ngettext ("Reading %u of %u file", "Reading %u of %u files", scan->n_found),
                       scan->n_done, scan->n_found);

  prc_progress_row_show (self->reading, sentence, scan->n_done, scan->n_found);
}

// They are offered, not applied: a picture that changes by itself would not be trusted.
static void
presentations_changed (PrcPresentations *presentations, const char *problem, gpointer user_data) {
  PrcViewerWindow *self = user_data;
  GPtrArray *list = prc_presentations_list (presentations);

  prc_slice_view_set_presentations (prc_stage_study_view (self->stage), list);
  if (list->len > 0 && !self->offered_presentations)
    prc_viewer_window_say (
        self, _ ("The study has presentation states: choose one in the Window menu"), NULL);
  self->offered_presentations = list->len > 0;
  if (problem)
    prc_viewer_window_say (self, problem, NULL);
}

static void
take_scan (PrcViewerWindow *self, PrcScan *scan) {
  PrcSliceView *view = prc_stage_study_view (self->stage);
  PrcSeries *shown = prc_slice_view_get_series (view), *newer = NULL;

  g_clear_pointer (&self->scan, prc_scan_unref);
  self->scan = prc_scan_ref (scan);
  for (guint i = 0; shown && i < scan->series->len && !newer; i++)
    if (!g_strcmp0 (prc_series_key (scan->series->pdata[i]), prc_series_key (shown)))
      newer = scan->series->pdata[i];
  if (newer)
    prc_slice_view_set_series (view, newer, 0);
  else if (scan->series->len > 0)
    show_series (self, scan->series->pdata[0], 0);
  prc_series_list_set_scan (self->list, scan);
  prc_presentations_take_scan (self->presentations, scan);
  prc_segment_pane_take_scan (self->segments, scan);
  shown = prc_slice_view_get_series (view);
  if (shown && !prc_series_list_get_selected (self->list))
    prc_series_list_select (self->list, prc_series_key (shown));
}

static void
opening_changed (PrcOpening *opening, gpointer user_data) {
  PrcViewerWindow *self = user_data;
  gboolean over = prc_opening_is_over (opening); // before: the scan is the last one then
  g_autoptr (PrcScan) scan = prc_opening_scan (opening);

  if (scan) {
    take_scan (self, scan);
    show_progress (self, scan);
  }
  if (over)
    opening_is_over (self, scan);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
forget_opening (PrcViewerWindow *self) {
  if (!self->opening)
    return;
  prc_opening_cancel (self->opening);
  prc_opening_ignore (self->opening);
  g_clear_pointer (&self->opening, prc_opening_unref);
}

void
prc_viewer_window_show_opening (PrcViewerWindow *self, PrcOpening *opening) {
  prc_opening_ref (opening);
  forget_opening (self);
  self->opening = opening;
  self->all_read = FALSE;
  prc_stage_close_case (self->stage);
  show_series (self, NULL, 0);
  prc_slice_view_set_presentations (prc_stage_study_view (self->stage), NULL);
  g_clear_pointer (&self->presentations, prc_presentations_free);
  self->presentations = prc_presentations_new (self->pool, presentations_changed, self);
  self->offered_presentations = FALSE;
  prc_segment_tool_forget (prc_segment_editing_get_tool (self->editing));
  prc_segment_pane_clear (self->segments);
  prc_series_list_set_scan (self->list, NULL);
  g_clear_pointer (&self->scan, prc_scan_unref);
  adw_status_page_set_title (self->welcome, _ ("Reading…"));
  adw_status_page_set_description (self->welcome, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (prc_stage_study_view (self->stage)));
  prc_opening_listen (opening, opening_changed, self);
}

static void
open_now (PrcViewerWindow *self, const char *const *paths) {
  if (prc_viewer_window_ask_to_open (self, paths, open_now))
    return;
  g_autoptr (PrcOpening) opening = prc_opening_new (self->pool, self->store, paths);

  prc_viewer_window_show_opening (self, opening);
}

static void
joined (GObject *pane, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcViewerWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  const char *said = NULL;
  gboolean joined = prc_segment_pane_join_finish (PRC_SEGMENT_PANE (pane), result, &said, &error);

  if (error)
    return; // something else is opened, or the window closed
  g_auto (GStrv) paths = g_steal_pointer (&self->joining_paths);
  g_clear_object (&self->joining);
  if (joined) {
    if (said)
      prc_viewer_window_say (self, said, NULL);
    return;
  }
  open_now (self, (const char *const *)paths);
}

static void
forget_joining (PrcViewerWindow *self) {
  if (self->joining)
    g_cancellable_cancel (self->joining);
  g_clear_object (&self->joining);
  g_clear_pointer (&self->joining_paths, g_strfreev);
}

void
prc_viewer_window_open_paths (PrcViewerWindow *self, const char *const *paths) {
  forget_joining (self);
  if (!prc_segment_pane_may_join (self->segments, paths)) {
    open_now (self, paths);
    return;
  }
  self->joining = g_cancellable_new ();
  self->joining_paths = g_strdupv ((GStrv)paths);
  prc_segment_pane_join_async (self->segments, paths, self->joining, joined, g_object_ref (self));
}

void
prc_viewer_window_open_files (PrcViewerWindow *self, GListModel *files) {
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);
    char *path = g_file_get_path (file);
    if (path)
      g_ptr_array_add (paths, path);
  }
  if (paths->len == 0) {
    prc_viewer_window_say (self, _ ("Only files on this computer can be opened"), NULL);
    return;
  }
  g_ptr_array_add (paths, NULL);
  prc_viewer_window_open_paths (self, (const char *const *)paths->pdata);
}

static void
reading_cancelled (PrcProgressRow *row, PrcViewerWindow *self) {
  if (self->opening)
    prc_opening_cancel (self->opening);
}

static gboolean
dropped (GtkDropTarget *target, const GValue *value, double x, double y, PrcViewerWindow *self) {
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  for (GSList *file = g_value_get_boxed (value); file; file = file->next)
    g_list_store_append (files, file->data);
  prc_viewer_window_open_files (self, G_LIST_MODEL (files));
  return TRUE;
}

gboolean
prc_viewer_window_is_settled (PrcViewerWindow *self, gboolean results) {
  PrcSliceView *view = prc_stage_study_view (self->stage);
  PrcCasePanelState state = prc_case_panel_get_state (self->panel);

  if (!self->opening)
    return TRUE;
  if (!self->all_read || self->joining || prc_segment_pane_is_busy (self->segments))
    return FALSE;
  if (!prc_slice_view_get_series (view))
    return TRUE;
  if (prc_slice_view_is_loading (view))
    return FALSE;
  return !results || prc_slice_view_get_failure (view) || state == PRC_CASE_PANEL_RESULTS ||
         state == PRC_CASE_PANEL_NOTHING_ALIKE || state == PRC_CASE_PANEL_EMPTY_LIBRARY ||
         state == PRC_CASE_PANEL_FAILED;
}

/* ---- window ---- */

static void
import_asked (PrcCasePanel *panel, PrcViewerWindow *self) {
  gtk_widget_activate_action (GTK_WIDGET (self), "win.import", NULL);
}

// Keys that no focused widget took go to the picture, wherever the focus is.
static gboolean
key_left_over (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
               PrcViewerWindow *self) {
  GtkWidget *view = GTK_WIDGET (prc_stage_active_view (self->stage));
  PrcSegmentTool *tool = prc_segment_editing_get_tool (self->editing);

  if (key == GDK_KEY_Escape && !prc_segment_tool_get_kind (tool) &&
      !prc_box_tool_get_active (self->box)) {
    if (prc_stage_get_comparing (self->stage)) // what came last goes first
      prc_stage_close_case (self->stage);
    else if (!prc_viewer_window_drop_box (self))
      return GDK_EVENT_PROPAGATE;
    return GDK_EVENT_STOP;
  }
  if (gtk_widget_has_focus (view) || !gtk_widget_get_mapped (view))
    return GDK_EVENT_PROPAGATE;
  return gtk_event_controller_key_forward (controller, view);
}

static void
add_keys_and_drops (PrcViewerWindow *self) {
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_left_over), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (drop, "drop", G_CALLBACK (dropped), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
}

static void
fill_sidebar (PrcViewerWindow *self) {
  self->list = PRC_SERIES_LIST (prc_series_list_new (self->store));
  self->reading = PRC_PROGRESS_ROW (prc_progress_row_new ());
  self->adding = PRC_PROGRESS_ROW (prc_progress_row_new ());
  gtk_box_append (self->sidebar, GTK_WIDGET (self->list));
  gtk_box_append (self->sidebar, GTK_WIDGET (self->reading));
  gtk_box_append (self->sidebar, GTK_WIDGET (self->adding));
  g_signal_connect (self->list, "series-selected", G_CALLBACK (series_selected), self);
  g_signal_connect (self->list, "file-chosen", G_CALLBACK (file_chosen), self);
  g_signal_connect (self->reading, "cancel", G_CALLBACK (reading_cancelled), self);
}

static void
fill_centre (PrcViewerWindow *self) {
  self->stage = PRC_STAGE (prc_stage_new (self->pool, self->store));
  PrcSliceView *view = prc_stage_study_view (self->stage);
  self->segments = PRC_SEGMENT_PANE (prc_segment_pane_new (self->pool, self->store, view));
  gtk_box_insert_child_after (self->sidebar, GTK_WIDGET (self->segments), GTK_WIDGET (self->list));
  g_object_bind_property (prc_segment_pane_get_list (self->segments), "visible", self->list,
                          "vexpand", G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN);
  gtk_stack_add_named (self->centre, prc_viewer_window_add_editing (self), "stage");
  g_signal_connect (self->segments, "notice", G_CALLBACK (noticed), self);
  g_signal_connect (self->segments, "found", G_CALLBACK (segments_found), self);
  g_signal_connect (view, "notify::index", G_CALLBACK (slice_changed), self);
  g_signal_connect (view, "shown", G_CALLBACK (picture_shown), self);
  g_signal_connect (view, "rested", G_CALLBACK (slice_rested), self);
  g_signal_connect (view, "step-series", G_CALLBACK (step_series), self);
  g_signal_connect (self->stage, "notice", G_CALLBACK (noticed), self);
  g_signal_connect (self->stage, "notify::comparing", G_CALLBACK (comparing_changed), self);
}

static void
fill_panel (PrcViewerWindow *self) {
  self->panel = PRC_CASE_PANEL (prc_case_panel_new (self->engine, self->store, self->pool));
  gtk_widget_set_vexpand (GTK_WIDGET (self->panel), TRUE);
  gtk_box_append (self->panel_place, GTK_WIDGET (self->panel));
  g_signal_connect (self->panel, "open-case", G_CALLBACK (open_case), self);
  g_signal_connect (self->panel, "import", G_CALLBACK (import_asked), self);
}

static void
prc_viewer_window_dispose (GObject *object) {
  PrcViewerWindow *self = PRC_VIEWER_WINDOW (object);

  prc_viewer_window_end_box (self);
  prc_viewer_window_end_editing (self);
  forget_opening (self);
  forget_joining (self);
  prc_viewer_window_stop_searching (self);
  g_clear_pointer (&self->presentations, prc_presentations_free);
  prc_viewer_window_close_tags (self);
  if (self->import)
    g_cancellable_cancel (self->import);
  if (self->stage)
    g_signal_handlers_disconnect_by_data (prc_stage_study_view (self->stage), self);
  self->stage = NULL;
  self->panel = NULL;
  self->adding = self->reading = NULL;
  g_clear_pointer (&self->scan, prc_scan_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), PRC_TYPE_VIEWER_WINDOW);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->store, prc_frame_store_unref);
  g_clear_pointer (&self->pool, prc_codec_pool_unref);
  G_OBJECT_CLASS (prc_viewer_window_parent_class)->dispose (object);
}

static void
prc_viewer_window_class_init (PrcViewerWindowClass *klass) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = prc_viewer_window_dispose;
  signals[CHANGED] = g_signal_new ("changed", PRC_TYPE_VIEWER_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/precedent_viewer/Precedent/viewer-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, presets_button);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, link_button);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, matches_button);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, outer);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, inner);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, panel_place);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, centre);
  gtk_widget_class_bind_template_child (widget_class, PrcViewerWindow, welcome);
}

static void
prc_viewer_window_init (PrcViewerWindow *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
prc_viewer_window_new (GtkApplication *application, PrcCodecPool *pool, PrcFrameStore *store,
                       PrcEngine *engine) {
  PrcViewerWindow *self = g_object_new (PRC_TYPE_VIEWER_WINDOW, "application", application, NULL);

  self->pool = prc_codec_pool_ref (pool);
  self->store = prc_frame_store_ref (store);
  self->engine = g_object_ref (engine);
  fill_sidebar (self);
  fill_centre (self);
  fill_panel (self);
  prc_viewer_window_add_box (self);
  add_keys_and_drops (self);
  if (prc_settings_get_problem (prc_settings_get_default ()))
    prc_viewer_window_say (self, prc_settings_get_problem (prc_settings_get_default ()), NULL);
  return GTK_WIDGET (self);
}
