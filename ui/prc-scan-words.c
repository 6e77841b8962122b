// SPDX-License-Identifier: Apache-2.0
#include "prc-scan-words.h"

#include <glib/gi18n-lib.h>

#include "prc-path.h"
#include "prc-segmentation.h"
#include "prc-text.h"

#define NAMES_PER_REASON 5

// A file's name; as markup a link to it.
static char *
shown_name (const char *path, bool markup) {
  g_autofree char *name = g_path_get_basename (path), *valid = g_filename_display_name (name);
  g_autofree char *shown = prc_text_safe (valid, -1, 256, false);

  if (!markup)
    return g_steal_pointer (&shown);
  g_autofree char *archive = NULL, *entry = NULL; // what is in an archive leads to it
  const bool packed = prc_path_split (path, &archive, &entry);
  g_autofree char *uri = g_filename_to_uri (packed ? archive : path, NULL, NULL);
  return uri ? g_markup_printf_escaped ("<a href=\"%s\">%s</a>", uri, shown)
             : g_markup_escape_text (shown, -1);
}

static void
append_reason (GString *text, const char *reason, GPtrArray *paths, bool markup) {
  g_autofree char *escaped = markup ? g_markup_escape_text (reason, -1) : g_strdup (reason);

  if (text->len)
    g_string_append (text, "\n\n");
  g_string_append_printf (text, ngettext ("%s (%u file)", "%s (%u files)", paths->len), escaped,
                          paths->len);
  for (guint i = 0; i < MIN (paths->len, NAMES_PER_REASON); i++) {
    g_autofree char *name = shown_name (paths->pdata[i], markup);
    g_string_append_printf (text, "\n    %s", name);
  }
  if (paths->len > NAMES_PER_REASON)
    g_string_append (text, "\n    …");
}

// Files by what is to be said about them, in the order found.
typedef struct {
  GHashTable *paths; // reason -> array of paths, both borrowed
  GPtrArray *reasons;
} Reasons;

static void
reasons_clear (Reasons *self) {
  g_hash_table_unref (self->paths);
  g_ptr_array_unref (self->reasons);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reasons, reasons_clear)

static void
reasons_init (Reasons *self) {
  self->paths =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  self->reasons = g_ptr_array_new_with_free_func (g_free);
}

static void
reasons_add (Reasons *self, char *reason, const char *path) { // takes the reason
  GPtrArray *paths = g_hash_table_lookup (self->paths, reason);

  if (paths) {
    g_free (reason);
  } else {
    paths = g_ptr_array_new ();
    g_hash_table_insert (self->paths, reason, paths);
    g_ptr_array_add (self->reasons, reason);
  }
  g_ptr_array_add (paths, (gpointer)path);
}

static char *
reasons_text (const Reasons *self, bool markup) {
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->reasons->len; i++)
    append_reason (text, self->reasons->pdata[i],
                   g_hash_table_lookup (self->paths, self->reasons->pdata[i]), markup);
  return text->len ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

char *
prc_scan_words_problems (const PrcScan *scan, bool markup) {
  g_auto (Reasons) reasons;

  reasons_init (&reasons);
  for (guint i = 0; i < scan->problems->len; i++) {
    const PrcScanProblem *problem = scan->problems->pdata[i];
    reasons_add (&reasons, g_strdup (problem->reason), problem->path);
  }
  return reasons_text (&reasons, markup);
}

// With images, segmentations are shown on them or said to lie on none.
static bool
is_told (const PrcScan *scan, const PrcInstance *instance) {
  return scan->series->len == 0 || !prc_segmentation_is_one (instance);
}

guint
prc_scan_words_n_others (const PrcScan *scan) {
  guint n = 0;

  for (guint i = 0; i < scan->others->len; i++)
    n += is_told (scan, scan->others->pdata[i]);
  return n;
}

char *
prc_scan_words_others (const PrcScan *scan, bool markup) {
  g_auto (Reasons) reasons;

  reasons_init (&reasons);
  for (guint i = 0; i < scan->others->len; i++) {
    PrcInstance *instance = scan->others->pdata[i];
    if (is_told (scan, instance))
      reasons_add (&reasons, prc_instance_refusal (instance), prc_instance_info (instance)->path);
  }
  return reasons_text (&reasons, markup);
}
