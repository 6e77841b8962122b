// SPDX-License-Identifier: Apache-2.0
#include "prc-scan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-file-ids.h"
#include "prc-imaging-error.h"
#include "prc-path.h"
#include "prc-walk.h"

#define MAX_PROBLEMS 1000 // that are listed one by one
#define MAX_REASONS  50   // that are summed up one by one beyond it
#define MIN_INTERVAL (G_USEC_PER_SEC / 10)
#define COST_SHARE   4 // at most a fourth of the time goes into grouping

// Files per request: one first, so that there is something to show, then ever more.
static const unsigned batch_sizes[] = {1, 8, 32, 128};

typedef struct {
  unsigned count;
  char *path; // of the first
} Summary;

typedef struct {
  PrcCodecPool *pool;
  PrcPriority priority;
  PrcScanProgress progress;
  gpointer user_data;
  GCancellable *cancellable;
  PrcWalk *walk;
  GQueue batches; // Batch, oldest first: results are taken in the order of files, so that a scan
                  // can be repeated
  unsigned n_batches, n_running, n_done;
  GError *error;
  GPtrArray *images, *others, *copies, *problems;
  GHashTable *uids;       // SOP Instance UIDs of images, borrowed
  GHashTable *summaries;  // reason -> Summary
  gint64 published, cost; // when last, and how long it took, in microseconds
  bool shown;             // an image was published
  bool more;              // the walk may have files
} Scanner;

typedef struct {
  Scanner *scanner;
  GPtrArray *descriptions; // NULL while running
} Batch;

static void
batch_free (Batch *batch) {
  g_clear_pointer (&batch->descriptions, g_ptr_array_unref);
  g_free (batch);
}

static void
summary_free (Summary *summary) {
  g_free (summary->path);
  g_free (summary);
}

static gpointer
copy_reference (gconstpointer box, gpointer user_data) {
  return g_atomic_rc_box_acquire ((gpointer)box);
}

static gpointer
copy_instance (gconstpointer instance, gpointer user_data) {
  return prc_instance_ref ((PrcInstance *)instance);
}

static void
scanner_clear (Scanner *self) {
  g_queue_clear_full (&self->batches, (GDestroyNotify)batch_free);
  g_clear_pointer (&self->walk, prc_walk_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->images, g_ptr_array_unref);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_clear_pointer (&self->copies, g_ptr_array_unref);
  g_clear_pointer (&self->uids, g_hash_table_unref);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->summaries, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scanner, scanner_clear)

static void
add_problem (Scanner *self, const char *path, const char *reason) {
  if (self->problems->len < MAX_PROBLEMS) {
    g_ptr_array_add (self->problems, prc_scan_problem_new (path, reason));
    return;
  }
  if (!g_hash_table_contains (self->summaries, reason) &&
      g_hash_table_size (self->summaries) >= MAX_REASONS)
    reason = _ ("Refused for other reasons");
  Summary *summary = g_hash_table_lookup (self->summaries, reason);
  if (!summary) {
    summary = g_new0 (Summary, 1);
    summary->path = g_strdup (path);
    g_hash_table_insert (self->summaries, g_strdup (reason), summary);
  }
  summary->count++;
}

static GPtrArray *
list_problems (const Scanner *self) {
  GPtrArray *problems = g_ptr_array_copy (self->problems, copy_reference, NULL);
  g_ptr_array_set_free_func (problems, (GDestroyNotify)prc_scan_problem_unref);
  GHashTableIter iter;
  const char *reason;
  const Summary *summary;
  g_hash_table_iter_init (&iter, self->summaries);
  while (g_hash_table_iter_next (&iter, (gpointer *)&reason, (gpointer *)&summary)) {
    unsigned more = summary->count - 1;
    g_autofree char *sentence =
        more == 0
            ? g_strdup (reason)
            : g_strdup_printf (ngettext ("%s (and %u more file)", "%s (and %u more files)", more),
                               reason, more);
    g_ptr_array_add (problems, prc_scan_problem_new (summary->path, sentence));
  }
  return problems;
}

static PrcScan *
snapshot (const Scanner *self, bool complete) {
  PrcScan *scan = g_atomic_rc_box_new0 (PrcScan);
  scan->series = prc_series_group ((PrcInstance *const *)self->images->pdata, self->images->len);
  scan->problems = list_problems (self);
  scan->others = g_ptr_array_copy (self->others, copy_instance, NULL);
  g_ptr_array_set_free_func (scan->others, (GDestroyNotify)prc_instance_unref);
  scan->copies = g_ptr_array_copy (self->copies, copy_instance, NULL);
  g_ptr_array_set_free_func (scan->copies, (GDestroyNotify)prc_instance_unref);
  scan->n_done = self->n_done;
  scan->n_found = prc_walk_found (self->walk);
  scan->complete = complete;
  return scan;
}

// Not more often than a person can see, nor so often that grouping again and again would slow the
// scan down; but the first image at once.
static void
publish (Scanner *self) {
  if (!self->progress || g_cancellable_is_cancelled (self->cancellable))
    return;
  gint64 now = g_get_monotonic_time ();
  bool is_first = self->published == 0 || (!self->shown && self->images->len > 0);
  if (!is_first && now - self->published < MAX (MIN_INTERVAL, COST_SHARE * self->cost))
    return;
  g_autoptr (PrcScan) scan = snapshot (self, false);
  self->published = g_get_monotonic_time ();
  self->cost = self->published - now;
  self->shown = scan->series->len > 0;
  self->progress (scan, self->user_data);
}

// The files in an archive or of a DICOMDIR: into the walk, and what of it is not for reading among
// the problems.
static void
push_contents (Scanner *self, const char *path, GPtrArray *contents) {
  g_autofree char *folder = prc_path_is_dicomdir (path) ? g_path_get_dirname (path) : NULL;
  g_autoptr (PrcFileIds) ids = folder ? prc_file_ids_new (folder) : NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  for (unsigned i = 0; i < contents->len; i++) {
    const PrcContents *one = contents->pdata[i];
    char *file = one->problem ? NULL
                 : ids        ? prc_file_ids_find (ids, one->name)
                              : prc_path_join (path, one->name);
    g_autofree char *wanted = file  ? NULL
                              : ids ? g_build_filename (folder, one->name, NULL)
                                    : prc_path_join (path, one->name);
    if (file)
      g_ptr_array_add (files, file);
    else
      add_problem (self, wanted,
                   one->problem ? one->problem : _ ("The DICOMDIR names it, but it is not there"));
  }
  prc_walk_push (self->walk, (const char *const *)files->pdata, files->len);
  self->more = true;
}

static void
open_archive (Scanner *self, const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) contents =
      prc_codec_pool_contents (self->pool, path, self->priority, self->cancellable, &error);
  if (contents)
    push_contents (self, path, contents);
  else
    add_problem (self, path, error->message);
}

static void
open_directory_file (Scanner *self, const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) contents =
      prc_codec_pool_contents (self->pool, path, self->priority, self->cancellable, &error);
  self->n_done++;
  if (contents) {
    push_contents (self, path, contents);
    return;
  }
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *sentence =
      g_strdup_printf (_ ("%s; its folder is searched instead"), error->message);
  add_problem (self, path, sentence);
  prc_walk_push_folder (self->walk, folder);
}

static void
take_image (Scanner *self, PrcInstance *instance) {
  g_ptr_array_add (self->images, prc_instance_ref (instance));
  if (!g_hash_table_add (self->uids, (gpointer)prc_instance_info (instance)->sop_instance_uid))
    g_ptr_array_add (self->copies, prc_instance_ref (instance));
}

static void
take (Scanner *self, const PrcDescription *description) {
  self->n_done++;
  if (g_error_matches (description->error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARCHIVE))
    open_archive (self, description->path);
  else if (!description->instance)
    add_problem (self, description->path,
                 description->error ? description->error->message
                                    : _ ("The file could not be read"));
  else if (prc_instance_info (description->instance)->is_image)
    take_image (self, description->instance);
  else
    g_ptr_array_add (self->others, prc_instance_ref (description->instance));
}

static void
take_finished (Scanner *self) {
  Batch *batch;
  while ((batch = g_queue_peek_head (&self->batches)) && batch->descriptions) {
    for (unsigned i = 0; i < batch->descriptions->len; i++)
      take (self, batch->descriptions->pdata[i]);
    batch_free (g_queue_pop_head (&self->batches));
    publish (self);
  }
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data) {
  Batch *batch = user_data;
  g_autoptr (GError) error = NULL;
  batch->scanner->n_running--;
  batch->descriptions = prc_codec_pool_describe_finish (result, &error);
  if (!batch->descriptions && !batch->scanner->error)
    batch->scanner->error = g_steal_pointer (&error);
}

static GPtrArray *
next_paths (Scanner *self, unsigned size) {
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  while (paths->len < size) {
    g_autofree char *reason = NULL;
    g_autofree char *path = prc_walk_next (self->walk, &reason);
    if (!path)
      break;
    if (reason)
      add_problem (self, path, reason);
    else if (prc_path_is_dicomdir (path))
      open_directory_file (self, path);
    else
      g_ptr_array_add (paths, g_steal_pointer (&path));
  }
  return paths;
}

// False when there are no more files.
static bool
start_batch (Scanner *self) {
  unsigned size = batch_sizes[MIN (self->n_batches, G_N_ELEMENTS (batch_sizes) - 1)];
  g_autoptr (GPtrArray) paths = next_paths (self, size);
  if (paths->len == 0)
    return false;
  g_ptr_array_add (paths, NULL);
  Batch *batch = g_new0 (Batch, 1);
  batch->scanner = self;
  g_queue_push_tail (&self->batches, batch);
  self->n_batches++;
  self->n_running++;
  prc_codec_pool_describe_async (self->pool, (const char *const *)paths->pdata, self->priority,
                                 self->cancellable, on_described, batch);
  return true;
}

// One batch more than there can be codecs: none of them waits for us. The first file goes alone:
// what it shows is waited for, and a second codec that starts meanwhile would only delay it.
static void
run (Scanner *self, GMainContext *context) {
  unsigned max_running = CLAMP (g_get_num_processors (), 2, 16) + 1;
  self->more = true;
  while (self->more || self->n_running > 0) {
    self->more = self->more && !self->error && !g_cancellable_is_cancelled (self->cancellable);
    while (self->more && self->n_running < (self->n_done ? max_running : 1))
      self->more = start_batch (self);
    if (self->n_running > 0)
      g_main_context_iteration (context, TRUE);
    take_finished (self);
  }
}

PrcScan *
prc_scan (PrcCodecPool *pool, const char *const *paths, PrcPriority priority,
          PrcScanProgress progress, gpointer user_data, GCancellable *cancellable, GError **error) {
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_auto (Scanner) self = {.pool = pool,
                           .priority = priority,
                           .progress = progress,
                           .user_data = user_data,
                           .cancellable = cancellable};
  self.walk = prc_walk_new (paths);
  self.images = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  self.others = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  self.copies = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  self.uids = g_hash_table_new (g_str_hash, g_str_equal);
  self.problems = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_scan_problem_unref);
  self.summaries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)summary_free);
  g_main_context_push_thread_default (context);
  run (&self, context);
  g_main_context_pop_thread_default (context);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (self.error) {
    g_propagate_error (error, g_steal_pointer (&self.error));
    return NULL;
  }
  return snapshot (&self, true);
}
