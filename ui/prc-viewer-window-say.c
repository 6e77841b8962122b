// SPDX-License-Identifier: Apache-2.0
#include "prc-viewer-window-private.h"

#include <glib/gi18n-lib.h>

static void
show_details (AdwToast *toast, PrcViewerWindow *self) {
  const char *details = g_object_get_data (G_OBJECT (toast), "details");
  const char *sentence = g_object_get_data (G_OBJECT (toast), "sentence"); // the title is markup
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), sentence, details);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

void
prc_viewer_window_say (PrcViewerWindow *self, const char *sentence, const char *details) {
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (escaped);

  if (details) {
    g_object_set_data_full (G_OBJECT (toast), "details", g_strdup (details), g_free);
    g_object_set_data_full (G_OBJECT (toast), "sentence", g_strdup (sentence), g_free);
    adw_toast_set_button_label (toast, _ ("Details"));
    g_signal_connect_object (toast, "button-clicked", G_CALLBACK (show_details), self, 0);
  }
  adw_toast_overlay_add_toast (self->toasts, toast);
}
