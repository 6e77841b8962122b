// SPDX-License-Identifier: Apache-2.0
#include "prc-watcher.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "prc-scan.h"
#include "prc-walk.h"

#define SETTLE_MS 5000
#define REST_MS   60000
#define MAX_TRIES 3 // of a file that is refused and does not change

struct _PrcWatcher {
  GObject parent_instance;
  PrcEngine *engine;
  char *library_folder;
  GStrv folders;
  GPtrArray *monitors;     // GFileMonitor
  GHashTable *missing;     // of the folders
  GHashTable *files;       // path -> File
  GCancellable *looking;   // NULL when no look is under way
  GCancellable *importing; // likewise
  GStrv batch;             // what is imported
  guint timer, settle_ms, rest_ms, look;
  char *words; // on the last import
  guint n_done, n_total;
};

// What is known of a file.
typedef struct {
  guint64 size;
  gint64 changed; // microseconds
  guint look;     // that saw it last
  guint n_same;   // looks that found it as the one before
  guint tries;
  gint64 not_before; // monotonic
  gboolean done;
} File;

typedef struct { // of a look
  char *path;
  guint64 size;
  gint64 changed;
} Found;

typedef struct {
  GStrv folders;
  char *library_folder;
  GArray *found;      // Found
  GPtrArray *missing; // borrowed from folders
} Look;

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcWatcher, prc_watcher, G_TYPE_OBJECT)

static void schedule (PrcWatcher *self, guint ms);

/* ---- a look, in a thread ---- */

static void
found_clear (gpointer data) {
  g_free (((Found *)data)->path);
}

static void
look_free (gpointer data) {
  Look *look = data;
  g_strfreev (look->folders);
  g_free (look->library_folder);
  g_array_unref (look->found);
  g_ptr_array_unref (look->missing);
  g_free (look);
}

static gboolean
is_below (const char *path, const char *folder) {
  const gsize n = strlen (folder);
  return strncmp (path, folder, n) == 0 && path[n] == G_DIR_SEPARATOR;
}

static void
look_into (Look *look, const char *folder, GCancellable *cancellable) {
  const char *const folders[] = {folder, NULL};
  g_autoptr (PrcWalk) walk = prc_walk_new (folders);
  while (!g_cancellable_is_cancelled (cancellable)) {
    g_autofree char *reason = NULL;
    g_autofree char *path = prc_walk_next (walk, &reason);
    GStatBuf status;
    if (!path)
      break;
    if (reason || is_below (path, look->library_folder) || g_stat (path, &status) != 0)
      continue;
    const Found found = {g_steal_pointer (&path), (guint64)status.st_size,
                         status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000};
    g_array_append_val (look->found, found);
  }
}

static void
look_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable) {
  Look *look = data;
  for (char **folder = look->folders; *folder; folder++)
    if (g_file_test (*folder, G_FILE_TEST_IS_DIR))
      look_into (look, *folder, cancellable);
    else
      g_ptr_array_add (look->missing, *folder);
  g_task_return_boolean (task, TRUE);
}

/* ---- what was found ---- */

static void
take_found (PrcWatcher *self, const Found *found) {
  File *file = g_hash_table_lookup (self->files, found->path);
  if (!file) {
    file = g_new0 (File, 1);
    g_hash_table_insert (self->files, g_strdup (found->path), file);
  }
  if (file->look == 0 || file->size != found->size || file->changed != found->changed)
    *file = (File){.size = found->size, .changed = found->changed};
  else
    file->n_same++;
  file->look = self->look;
}

static gboolean
was_not_seen (gpointer path, gpointer file, gpointer self) {
  return ((File *)file)->look != ((PrcWatcher *)self)->look;
}

// Folders with a file to be read, but for those with one that may still be written.
static GHashTable *
ready_folders (PrcWatcher *self, gboolean *unsettled) {
  GHashTable *ready = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) restless = g_ptr_array_new_with_free_func (g_free);
  const gint64 now = g_get_monotonic_time ();
  GHashTableIter iter;
  const char *path;
  const File *file;
  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, (gpointer *)&path, (gpointer *)&file)) {
    if (file->done)
      continue;
    if (file->n_same == 0)
      g_ptr_array_add (restless, g_path_get_dirname (path));
    else if (now >= file->not_before)
      g_hash_table_add (ready, g_path_get_dirname (path));
  }
  for (guint i = 0; i < restless->len; i++)
    g_hash_table_remove (ready, restless->pdata[i]);
  *unsettled = restless->len > 0;
  return ready;
}

static int
compare_paths (gconstpointer a, gconstpointer b) {
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

// With those of the same folder that are known: only a whole series says where its slices lie.
static GStrv
files_of (PrcWatcher *self, GHashTable *folders) {
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  GHashTableIter iter;
  const char *path;
  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, (gpointer *)&path, NULL)) {
    g_autofree char *folder = g_path_get_dirname (path);
    if (g_hash_table_contains (folders, folder))
      g_ptr_array_add (paths, g_strdup (path));
  }
  g_ptr_array_sort (paths, compare_paths);
  g_ptr_array_add (paths, NULL);
  return (GStrv)g_ptr_array_steal (paths, NULL);
}

/* ---- importing ---- */

static void
on_progress (const PrcImportStatus *status, gpointer user_data) {
  PrcWatcher *self = user_data;
  self->n_done = status->n_done;
  self->n_total = status->n_total;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_words (PrcWatcher *self, const PrcImportSummary *summary, const GError *error) {
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M");
  if (summary && summary->n_added + summary->n_refused == 0)
    return;
  g_free (self->words);
  self->words = summary
                    ? g_strdup_printf (_ ("Imported at %s: slices added: %u, files refused: %u"),
                                       time, summary->n_added, summary->n_refused)
                    : g_strdup_printf (_ ("The import at %s failed: %s"), time, error->message);
}

static void
take_summary (PrcWatcher *self, const PrcImportSummary *summary) {
  const gint64 later = g_get_monotonic_time () + (gint64)self->rest_ms * 1000;
  for (char **path = self->batch; *path; path++) {
    File *file = g_hash_table_lookup (self->files, *path);
    if (!file)
      continue;
    file->done = summary != NULL;
    file->not_before = later;
  }
  for (guint i = 0; summary && i < summary->problems->len; i++) {
    const PrcScanProblem *problem = summary->problems->pdata[i];
    File *file = g_hash_table_lookup (self->files, problem->path);
    if (file && ++file->tries < MAX_TRIES)
      file->done = FALSE;
  }
}

static void
imported (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcWatcher) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary =
      prc_engine_import_finish (PRC_ENGINE (source), result, &error);
  g_clear_object (&self->importing);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    take_summary (self, summary);
    take_words (self, summary, error);
  }
  g_clear_pointer (&self->batch, g_strfreev);
  schedule (self, self->settle_ms);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
import (PrcWatcher *self, GHashTable *folders) {
  if (self->importing || g_hash_table_size (folders) == 0)
    return;
  self->batch = files_of (self, folders);
  self->importing = g_cancellable_new ();
  self->n_done = self->n_total = 0;
  prc_engine_import_async (self->engine, (const char *const *)self->batch, NULL, on_progress, self,
                           self->importing, imported, g_object_ref (self));
}

/* ---- looking ---- */

static void
looked (GObject *source, GAsyncResult *result, gpointer user_data) {
  PrcWatcher *self = PRC_WATCHER (source);
  const gboolean wanted = g_task_propagate_boolean (G_TASK (result), NULL);
  const Look *look = g_task_get_task_data (G_TASK (result));
  gboolean unsettled;
  g_clear_object (&self->looking);
  if (!wanted || !self->folders) {
    schedule (self, self->settle_ms); // of other folders, if any
    return;
  }
  self->look++;
  for (guint i = 0; i < look->found->len; i++)
    take_found (self, &g_array_index (look->found, Found, i));
  g_hash_table_foreach_remove (self->files, was_not_seen, self);
  g_hash_table_remove_all (self->missing);
  for (guint i = 0; i < look->missing->len; i++)
    g_hash_table_add (self->missing, g_strdup (look->missing->pdata[i]));
  g_autoptr (GHashTable) ready = ready_folders (self, &unsettled);
  import (self, ready);
  schedule (self, unsettled ? self->settle_ms : self->rest_ms);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
look_around (gpointer data) {
  PrcWatcher *self = data;
  self->timer = 0;
  if (self->looking || !self->folders)
    return G_SOURCE_REMOVE;
  Look *look = g_new0 (Look, 1);
  look->folders = g_strdupv (self->folders);
  look->library_folder = g_strdup (self->library_folder);
  look->found = g_array_new (FALSE, FALSE, sizeof (Found));
  g_array_set_clear_func (look->found, found_clear);
  look->missing = g_ptr_array_new ();
  self->looking = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (self, self->looking, looked, NULL);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_in_thread);
  return G_SOURCE_REMOVE;
}

static void
schedule (PrcWatcher *self, guint ms) {
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->folders)
    self->timer = g_timeout_add (ms, look_around, self);
}

static void
on_event (PrcWatcher *self) {
  if (!self->looking)
    schedule (self, self->settle_ms);
}

static void
monitor (PrcWatcher *self, const char *folder) {
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  GFileMonitor *monitor = g_file_monitor_directory (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (!monitor)
    return;
  g_signal_connect_object (monitor, "changed", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->monitors, monitor);
}

/* ---- outside ---- */

static void
stop (PrcWatcher *self) {
  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_set_size (self->monitors, 0);
  g_cancellable_cancel (self->looking);
  g_cancellable_cancel (self->importing);
  g_clear_pointer (&self->folders, g_strfreev);
}

void
prc_watcher_set_folders (PrcWatcher *self, const char *const *folders) {
  if (self->folders && folders && g_strv_equal ((const char *const *)self->folders, folders))
    return;
  stop (self);
  g_hash_table_remove_all (self->missing);
  if (folders && *folders && self->engine) {
    self->folders = g_strdupv ((GStrv)folders);
    for (; *folders; folders++)
      monitor (self, *folders);
    schedule (self, 0);
  }
  g_signal_emit (self, signals[CHANGED], 0);
}

void
prc_watcher_set_times (PrcWatcher *self, guint settle_ms, guint rest_ms) {
  self->settle_ms = settle_ms;
  self->rest_ms = rest_ms;
}

gboolean
prc_watcher_is_missing (PrcWatcher *self, const char *folder) {
  return g_hash_table_contains (self->missing, folder);
}

char *
prc_watcher_words (PrcWatcher *self) {
  if (self->importing && self->n_total > 0)
    return g_strdup_printf (_ ("Importing from watched folders: %u of %u"), self->n_done,
                            self->n_total);
  return g_strdup (self->words);
}

void
prc_watcher_shut_down (PrcWatcher *self) {
  stop (self);
  g_clear_object (&self->engine);
}

static void
prc_watcher_dispose (GObject *object) {
  prc_watcher_shut_down (PRC_WATCHER (object));
  G_OBJECT_CLASS (prc_watcher_parent_class)->dispose (object);
}

static void
prc_watcher_finalize (GObject *object) {
  PrcWatcher *self = PRC_WATCHER (object);
  g_free (self->library_folder);
  g_free (self->words);
  g_strfreev (self->batch);
  g_ptr_array_unref (self->monitors);
  g_hash_table_unref (self->missing);
  g_hash_table_unref (self->files);
  G_OBJECT_CLASS (prc_watcher_parent_class)->finalize (object);
}

static void
prc_watcher_class_init (PrcWatcherClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_watcher_dispose;
  G_OBJECT_CLASS (klass)->finalize = prc_watcher_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_watcher_init (PrcWatcher *self) {
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
  self->missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->settle_ms = SETTLE_MS;
  self->rest_ms = REST_MS;
}

PrcWatcher *
prc_watcher_new (PrcEngine *engine, const char *library_path) {
  PrcWatcher *self = g_object_new (PRC_TYPE_WATCHER, NULL);
  g_autofree char *standard = library_path ? NULL : prc_library_default_path ();
  self->engine = g_object_ref (engine);
  self->library_folder = g_path_get_dirname (library_path ? library_path : standard);
  return self;
}
