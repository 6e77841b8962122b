// SPDX-License-Identifier: Apache-2.0
// What an import tells of itself, while it goes on and afterwards.
#include <glib/gi18n-lib.h>

#include "prc-import.h"
#include "prc-scan.h"

// As RFC 4180 quotes. A problem is our own sentence and a path begins with a slash: neither is
// taken for a formula by a spreadsheet.
static void
append_quoted (GString *list, const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_string_append_c (list, '"');
  for (const char *at = valid; *at; at++)
    g_string_append (list, *at == '"' ? "\"\"" : (char[]){*at, '\0'});
  g_string_append_c (list, '"');
}

gboolean
prc_import_summary_save (const PrcImportSummary *summary, const char *path, GError **error) {
  g_autoptr (GString) list =
      g_string_new ("\xef\xbb\xbfpath,problem\r\n"); // or Excel reads no UTF-8
  for (guint i = 0; i < summary->problems->len; i++) {
    const PrcScanProblem *problem = summary->problems->pdata[i];
    append_quoted (list, problem->path);
    g_string_append_c (list, ',');
    append_quoted (list, problem->reason);
    g_string_append (list, "\r\n");
  }
  return g_file_set_contents_full (path, list->str, (gssize)list->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

void
prc_import_summary_free (PrcImportSummary *summary) {
  if (!summary)
    return;
  g_clear_pointer (&summary->problems, g_ptr_array_unref);
  g_free (summary);
}

char *
prc_import_status_rate (const PrcImportStatus *status) {
  const guint seconds = (guint)MIN (status->seconds_left, 1e6), minutes = (seconds + 30) / 60;
  if (status->rate <= 0)
    return NULL;
  if (seconds < 100)
    return g_strdup_printf (_ ("%.0f/s, %u s left"), status->rate, seconds);
  if (minutes < 100)
    return g_strdup_printf (_ ("%.0f/s, %u min left"), status->rate, minutes);
  return g_strdup_printf (_ ("%.0f/s, %u h left"), status->rate, (minutes + 30) / 60);
}
