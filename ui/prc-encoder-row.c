// SPDX-License-Identifier: Apache-2.0
#include "prc-encoder-row.h"

#include <glib/gi18n-lib.h>

#include "prc-model.h"

#define ROW_DATA "prc-encoder-row"

typedef struct {
  PrcSettings *settings; // of the window, which outlives what can be clicked; weak
  GtkWidget *reset;
  GCancellable *trying; // what is tried now; or NULL
} Row;

static void
row_free (gpointer data) {
  Row *self = data;
  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  g_clear_weak_pointer (&self->settings);
  g_free (self);
}

static void
say (GtkWidget *row, const char *sentence) {
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
}

static char *
describe (PrcModel *model) {
  const char *licence = prc_model_licence (model), *more = prc_model_description (model);
  g_autofree char *facts =
      g_strdup_printf (_ ("%s, %u numbers a picture, licence: %s"), prc_model_name (model),
                       prc_model_dimension (model), *licence ? licence : _ ("not said"));
  const char *then = _ ("From the next start, when the library is indexed again in the background; "
                        "it cannot say why a case was found.");
  return *more ? g_strdup_printf ("%s\n%s\n%s", facts, more, then)
               : g_strdup_printf ("%s\n%s", facts, then);
}

static void
show_built_in (GtkWidget *row) {
  say (row, _ ("Built in. Any image encoder in ONNX can take its place."));
}

// --- trying one

static void
load (GTask *task, gpointer row, gpointer path, GCancellable *cancellable) {
  g_autoptr (GError) error = NULL;
  PrcModel *model = prc_model_load (path, &error);
  if (model)
    g_task_return_pointer (task, model, (GDestroyNotify)prc_model_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_tried (GObject *row, GAsyncResult *result, gpointer data) {
  Row *self = g_object_get_data (row, ROW_DATA);
  const char *path = g_task_get_task_data (G_TASK (result));
  const bool late = g_task_get_cancellable (G_TASK (result)) != self->trying;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcModel) model = g_task_propagate_pointer (G_TASK (result), &error);
  if (late || !self->settings) // another was chosen meanwhile, or the window is gone
    return;
  g_clear_object (&self->trying);
  if (model) {
    g_autofree char *text = describe (model);
    prc_settings_set_encoder (self->settings, path);
    gtk_widget_set_sensitive (self->reset, TRUE);
    say (GTK_WIDGET (row), text);
  } else {
    g_autofree char *name = g_path_get_basename (path);
    g_autofree char *text = g_strdup_printf (_ ("%s cannot be used: %s"), name, error->message);
    say (GTK_WIDGET (row), text);
  }
}

void
prc_encoder_row_choose (GtkWidget *row, const char *path) {
  Row *self = g_object_get_data (G_OBJECT (row), ROW_DATA);
  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  self->trying = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (row, self->trying, on_tried, NULL);
  g_task_set_task_data (task, g_strdup (path), g_free);
  say (row, _ ("Trying the encoder…"));
  g_task_run_in_thread (task, load);
}

// --- choosing one

static void
on_chosen (GtkNativeDialog *dialog, int response, GtkWidget *row) {
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  if (response == GTK_RESPONSE_ACCEPT && path)
    prc_encoder_row_choose (row, path);
  g_object_unref (dialog);
}

static void
on_choose (GtkWidget *row) {
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Choose an Encoder"), GTK_WINDOW (gtk_widget_get_root (row)),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  gtk_file_filter_set_name (filter, _ ("Encoders (ONNX)"));
  gtk_file_filter_add_suffix (filter, "onnx");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), row, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_reset (GtkWidget *row) {
  Row *self = g_object_get_data (G_OBJECT (row), ROW_DATA);
  g_cancellable_cancel (self->trying);
  g_clear_object (&self->trying);
  prc_settings_set_encoder (self->settings, "");
  gtk_widget_set_sensitive (self->reset, FALSE);
  say (row, _ ("Built in, from the next start"));
}

static GtkWidget *
button_new (GtkWidget *row, const char *label, GCallback clicked) {
  GtkWidget *button = gtk_button_new_with_mnemonic (label);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", clicked, row, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return button;
}

GtkWidget *
prc_encoder_row_new (PrcSettings *settings) {
  GtkWidget *row = adw_action_row_new ();
  Row *self = g_new0 (Row, 1);
  const char *path = prc_settings_get_encoder (settings);
  g_set_weak_pointer (&self->settings, settings);
  g_object_set_data_full (G_OBJECT (row), ROW_DATA, self, row_free);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Encoder"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  button_new (row, _ ("_Choose…"), G_CALLBACK (on_choose));
  self->reset = button_new (row, _ ("_Built-in"), G_CALLBACK (on_reset));
  gtk_widget_set_sensitive (self->reset, *path != '\0');
  if (*path)
    prc_encoder_row_choose (row, path); // says what it is, or why it does not work today
  else
    show_built_in (row);
  return row;
}
