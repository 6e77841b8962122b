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
  g_autofree char *sentence =
      g_strdup_printf (_ ("%s: %u of %u"), status->phase, status->n_done, status->n_total);

  if (self->adding)
    prc_progress_row_show (self->adding, sentence, status->n_done, status->n_total);
}

static char *
problems_text (const PrcImportSummary *summary) {
  PrcScan scan = {.problems = summary->problems};

  return summary->problems ? prc_scan_words_problems (&scan, false) : NULL;
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
  g_autofree char *details = problems_text (summary);
  g_autofree char *sentence =
      g_strdup_printf (_ ("Slices added: %u, already there: %u, files refused: %u"),
                       summary->n_added, summary->n_skipped, summary->n_refused);
  prc_viewer_window_say (self, sentence, details);
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
