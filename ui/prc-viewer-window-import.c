// SPDX-License-Identifier: Apache-2.0
#include "prc-viewer-window-private.h"

#include <glib/gi18n-lib.h>

#include "prc-scan-words.h"

static void
import_cancelled (PrcProgressRow *row, PrcViewerWindow *self) {
  if (self->import)
    g_cancellable_cancel (self->import);
}

static void
import_progressed (const PrcImportStatus *status, gpointer user_data) {
  PrcViewerWindow *self = user_data;
  g_autofree char *rate = prc_import_status_rate (status);
  g_autofree char *sentence =
      rate ? g_strdup_printf (_ ("%s: %u of %u, %s"), status->phase, status->n_done,
                              status->n_total, rate)
           : g_strdup_printf (_ ("%s: %u of %u"), status->phase, status->n_done, status->n_total);

  if (self->adding)
    prc_progress_row_show (self->adding, sentence, status->n_done, status->n_total);
}

/* ---- what was refused ---- */

static void
list_chosen (GtkNativeDialog *dialog, int response, PrcViewerWindow *self) {
  const PrcImportSummary summary = {.problems = g_object_get_data (G_OBJECT (dialog), "problems")};
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = file ? g_file_get_path (file) : NULL;
    if (!path)
      prc_viewer_window_say (self, _ ("Only files on this computer can be written"), NULL);
    else if (!prc_import_summary_save (&summary, path, &error))
      prc_viewer_window_say (self, error->message, NULL);
  }
  g_object_unref (dialog);
}

static void
problems_answered (GtkWidget *message, const char *response, PrcViewerWindow *self) {
  if (g_strcmp0 (response, "save"))
    return;
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (_ ("Save the List of Problems"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "problems.csv");
  g_object_set_data_full (G_OBJECT (dialog), "problems",
                          g_ptr_array_ref (g_object_get_data (G_OBJECT (message), "problems")),
                          (GDestroyNotify)g_ptr_array_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (list_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

// By reason, with some names each; all of them are in the list that can be saved.
static void
problems_clicked (AdwToast *toast, PrcViewerWindow *self) {
  GPtrArray *problems = g_object_get_data (G_OBJECT (toast), "problems");
  const PrcScan scan = {.problems = problems};
  g_autofree char *text = prc_scan_words_problems (&scan, false);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), adw_toast_get_title (toast), text);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "save", _ ("_Save List…"), "close",
                                    _ ("_Close"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  g_object_set_data_full (G_OBJECT (dialog), "problems", g_ptr_array_ref (problems),
                          (GDestroyNotify)g_ptr_array_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (problems_answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
say_imported (PrcViewerWindow *self, const char *sentence, GPtrArray *problems) {
  AdwToast *toast = adw_toast_new (sentence); // numbers and our own words: no markup in it

  if (problems && problems->len > 0) {
    g_object_set_data_full (G_OBJECT (toast), "problems", g_ptr_array_ref (problems),
                            (GDestroyNotify)g_ptr_array_unref);
    adw_toast_set_button_label (toast, _ ("Details"));
    g_signal_connect_object (toast, "button-clicked", G_CALLBACK (problems_clicked), self, 0);
  }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
imported (GObject *object, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcViewerWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary =
      prc_engine_import_finish (PRC_ENGINE (object), result, &error);

  g_clear_object (&self->import);
  if (!self->adding)
    return; // the window is closed
  prc_progress_row_hide (self->adding);
  g_signal_handlers_disconnect_by_func (self->adding, import_cancelled, self);
  g_signal_emit_by_name (self, "changed");
  if (!summary) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      prc_viewer_window_say (self, error->message, NULL);
    return;
  }
  g_autofree char *sentence =
      g_strdup_printf (_ ("Slices added: %u, already there: %u, files refused: %u"),
                       summary->n_added, summary->n_skipped, summary->n_refused);
  say_imported (self, sentence, summary->problems);
}

void
prc_viewer_window_import_paths (PrcViewerWindow *self, const char *const *paths) {
  if (self->import)
    return;
  self->import = g_cancellable_new ();
  g_signal_connect (self->adding, "cancel", G_CALLBACK (import_cancelled), self);
  prc_progress_row_show (self->adding, _ ("Adding cases to the library"), 0, 0);
  prc_engine_import_async (self->engine, paths, NULL, import_progressed, self, self->import,
                           imported, g_object_ref (self));
  g_signal_emit_by_name (self, "changed");
}
