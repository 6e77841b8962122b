// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-editing.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-path.h"
#include "prc-progress-row.h"
#include "prc-segment-actions.h"
#include "prc-segment-bar.h"
#include "prc-segment-input.h"

struct _PrcSegmentEditing {
  GObject parent_instance;
  GtkWindow *window; // holds this
  PrcCodecPool *pool;
  PrcSegmentTool *tool;
  GSimpleActionGroup *actions;
  GtkWidget *bar, *progress; // NULL when run down
  GCancellable *saving;

  gboolean leaving;         // all is to be saved, and go_on called then
  void (*go_on) (gpointer); // or NULL
  gpointer go_on_data;
  GDestroyNotify go_on_destroy;
};

enum { NOTICE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcSegmentEditing, prc_segment_editing, G_TYPE_OBJECT)

static void save_set (PrcSegmentEditing *self, PrcSegmentSet *set, PrcSegmentSavingKind kind);

static void
say (PrcSegmentEditing *self, const char *sentence) {
  g_signal_emit (self, signals[NOTICE], 0, sentence);
}

/* ---- what comes after ---- */

static void
forget_go_on (PrcSegmentEditing *self) {
  if (self->go_on_destroy)
    self->go_on_destroy (self->go_on_data);
  self->leaving = FALSE;
  self->go_on = NULL;
  self->go_on_data = NULL;
  self->go_on_destroy = NULL;
}

static void
leave (PrcSegmentEditing *self) {
  void (*go_on) (gpointer) = self->go_on;
  gpointer data = g_steal_pointer (&self->go_on_data);
  GDestroyNotify destroy = self->go_on_destroy;

  self->leaving = FALSE;
  self->go_on = NULL;
  self->go_on_destroy = NULL;
  prc_segment_tool_forget (self->tool);
  if (go_on)
    go_on (data);
  if (destroy)
    destroy (data);
}

// Each series with edits becomes a file; when none is left, what was asked for is done.
static void
save_rest (PrcSegmentEditing *self) {
  self->leaving = TRUE;
  g_autoptr (PrcSegmentSet) set = prc_segment_tool_first_unsaved (self->tool);

  if (set)
    save_set (self, set, PRC_SEGMENT_SAVING_SEG);
  else
    leave (self);
}

/* ---- saving ---- */

typedef struct {
  PrcSegmentEditing *self;
  PrcSegmentSet *set;
  PrcSegmentSavingKind kind;
  char *name;
} Job;

static void
job_free (Job *job) {
  g_object_unref (job->self);
  g_object_unref (job->set);
  g_free (job->name);
  g_free (job);
}

static Job *
job_new (PrcSegmentEditing *self, PrcSegmentSet *set, PrcSegmentSavingKind kind) {
  Job *job = g_new0 (Job, 1);

  *job = (Job){g_object_ref (self), g_object_ref (set), kind, NULL};
  return job;
}

static void
written (GObject *source, GAsyncResult *result, gpointer user_data) {
  Job *job = user_data;
  PrcSegmentEditing *self = job->self;
  g_autoptr (GError) error = NULL;
  gboolean done = prc_segment_saving_write_finish (result, &error);

  g_clear_object (&self->saving);
  if (self->progress) {
    prc_progress_row_hide (PRC_PROGRESS_ROW (self->progress));
    g_object_notify (G_OBJECT (self->tool), "unsaved");
    g_autofree char *sentence =
        done ? g_strdup_printf (_ ("The segments are saved as %s"), job->name) : NULL;
    if (done || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      say (self, done ? sentence : error->message);
    if (done && self->leaving)
      save_rest (self);
    else if (self->leaving)
      forget_go_on (self);
  }
  job_free (job);
}

static void
write_set (Job *job, const char *path) {
  PrcSegmentEditing *self = job->self;

  if (self->saving || !self->progress) {
    forget_go_on (self);
    job_free (job);
    return;
  }
  job->name = g_path_get_basename (path);
  self->saving = g_cancellable_new ();
  prc_progress_row_show (PRC_PROGRESS_ROW (self->progress), _ ("Saving the segments"), 0, 0);
  prc_segment_saving_write_async (self->pool, job->set, job->kind, path, self->saving, written,
                                  job);
}

static void
file_chosen (GtkNativeDialog *dialog, int response, Job *job) {
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  g_object_unref (dialog);
  if (path) {
    write_set (job, path);
    return;
  }
  if (file)
    say (job->self, _ ("Only files on this computer can be written"));
  forget_go_on (job->self);
  job_free (job);
}

static void
save_set (PrcSegmentEditing *self, PrcSegmentSet *set, PrcSegmentSavingKind kind) {
  const PrcSlice *slice = prc_series_slice (prc_segment_set_get_series (set), 0);
  const char *path = prc_instance_info (slice->instance)->path;
  g_autofree char *archive = NULL, *name = NULL;
  const bool packed = prc_path_split (path, &archive, &name);
  g_autofree char *folder_path = g_path_get_dirname (packed ? archive : path);
  g_autoptr (GFile) folder = g_file_new_for_path (folder_path);
  gboolean contours = kind == PRC_SEGMENT_SAVING_RTSTRUCT;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      contours ? _ ("Export as RT Structure Set") : _ ("Save Segments"), self->window,
      GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog),
                                     contours ? "contours.dcm" : "segments.dcm");
  g_signal_connect (dialog, "response", G_CALLBACK (file_chosen), job_new (self, set, kind));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
has_something (PrcSegmentEditing *self) {
  PrcSegmentSet *set = prc_segment_tool_get_segments (self->tool);

  if (!set || self->saving)
    return FALSE;
  if (g_list_model_get_n_items (G_LIST_MODEL (set)) > 0)
    return TRUE;
  say (self, _ ("There is no segment to save"));
  return FALSE;
}

void
prc_segment_editing_save (PrcSegmentEditing *self, PrcSegmentSavingKind kind) {
  if (has_something (self))
    save_set (self, prc_segment_tool_get_segments (self->tool), kind);
}

void
prc_segment_editing_save_to (PrcSegmentEditing *self, PrcSegmentSavingKind kind, const char *path) {
  if (has_something (self))
    write_set (job_new (self, prc_segment_tool_get_segments (self->tool), kind), path);
}

static void
saving_cancelled (PrcProgressRow *row, PrcSegmentEditing *self) {
  if (self->saving)
    g_cancellable_cancel (self->saving);
}

/* ---- before edits are lost ---- */

static gboolean
leave_later (gpointer user_data) {
  PrcSegmentEditing *self = user_data;

  if (self->tool)
    leave (self);
  return G_SOURCE_REMOVE;
}

// The window may go: not before the dialog above it has gone.
static void
answered (AdwMessageDialog *dialog, const char *response, PrcSegmentEditing *self) {
  if (!g_strcmp0 (response, "save"))
    save_rest (self);
  else if (!g_strcmp0 (response, "discard"))
    g_idle_add_full (G_PRIORITY_DEFAULT, leave_later, g_object_ref (self), g_object_unref);
  else
    forget_go_on (self);
}

gboolean
prc_segment_editing_ask (PrcSegmentEditing *self, void (*go_on) (gpointer user_data),
                         gpointer user_data, GDestroyNotify destroy) {
  g_autoptr (GPtrArray) unsaved = prc_segment_tool_unsaved (self->tool);
  GtkWidget *dialog;

  if (unsaved->len == 0)
    return FALSE;
  forget_go_on (self);
  self->go_on = go_on;
  self->go_on_data = user_data;
  self->go_on_destroy = destroy;
  g_autofree char *body =
      g_strdup_printf (ngettext ("%u segment was edited and is in no file yet.",
                                 "%u segments were edited and are in no file yet.", unsaved->len),
                       unsaved->len);
  dialog = adw_message_dialog_new (self->window, _ ("Save the Edited Segments?"), body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "discard",
                                    _ ("_Discard"), "save", _ ("_Save…"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/* ---- object ---- */

// A range that nobody has set yet is what the window shows in grey.
static void
limited_changed (PrcSegmentTool *tool, GParamSpec *pspec, PrcSliceView *view) {
  double low, high, centre, width;
  gboolean limited;

  g_object_get (tool, "limited", &limited, "low", &low, "high", &high, NULL);
  if (limited && low > high && prc_slice_view_get_window (view, &centre, &width))
    g_object_set (tool, "high", round (centre + width / 2), "low", round (centre - width / 2),
                  NULL);
}

static void
pass_notice (PrcSegmentTool *tool, const char *sentence, PrcSegmentEditing *self) {
  say (self, sentence);
}

static void
save_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_segment_editing_save (user_data, PRC_SEGMENT_SAVING_SEG);
}

static void
export_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data) {
  prc_segment_editing_save (user_data, PRC_SEGMENT_SAVING_RTSTRUCT);
}

static const GActionEntry entries[] = {
    {.name = "save", .activate = save_activated},
    {.name = "export", .activate = export_activated},
};

static void
prc_segment_editing_dispose (GObject *object) {
  PrcSegmentEditing *self = PRC_SEGMENT_EDITING (object);

  if (self->saving)
    g_cancellable_cancel (self->saving);
  forget_go_on (self);
  if (self->tool) {
    g_signal_handlers_disconnect_by_data (self->tool, self);
    prc_segment_tool_set_segments (self->tool, NULL);
  }
  g_clear_object (&self->tool);
  g_clear_object (&self->actions);
  g_clear_object (&self->bar);
  g_clear_object (&self->progress);
  g_clear_pointer (&self->pool, prc_codec_pool_unref);
  G_OBJECT_CLASS (prc_segment_editing_parent_class)->dispose (object);
}

static void
prc_segment_editing_class_init (PrcSegmentEditingClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_segment_editing_dispose;
  signals[NOTICE] = g_signal_new ("notice", PRC_TYPE_SEGMENT_EDITING, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
prc_segment_editing_init (PrcSegmentEditing *self) {
}

PrcSegmentEditing *
prc_segment_editing_new (GtkWindow *window, PrcCodecPool *pool, PrcFrameStore *store,
                         PrcSliceView *view) {
  PrcSegmentEditing *self = g_object_new (PRC_TYPE_SEGMENT_EDITING, NULL);

  self->window = window;
  self->pool = prc_codec_pool_ref (pool);
  self->tool = prc_segment_tool_new (store);
  self->actions = prc_segment_actions_new (self->tool, window);
  self->bar = g_object_ref_sink (prc_segment_bar_new (self->tool));
  self->progress = g_object_ref_sink (prc_progress_row_new ());
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "segment", G_ACTION_GROUP (self->actions));
  prc_segment_input_attach (view, self->tool);
  g_signal_connect_object (self->tool, "notify::limited", G_CALLBACK (limited_changed), view, 0);
  g_signal_connect (self->tool, "notice", G_CALLBACK (pass_notice), self);
  g_signal_connect_object (self->progress, "cancel", G_CALLBACK (saving_cancelled), self, 0);
  return self;
}

PrcSegmentTool *
prc_segment_editing_get_tool (PrcSegmentEditing *self) {
  return self->tool;
}

GtkWidget *
prc_segment_editing_get_bar (PrcSegmentEditing *self) {
  return self->bar;
}

GtkWidget *
prc_segment_editing_get_progress (PrcSegmentEditing *self) {
  return self->progress;
}
