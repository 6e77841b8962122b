// SPDX-License-Identifier: Apache-2.0
#include "prc-import-run.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "prc-engine-error.h"
#include "prc-scan.h"

#define RATE_SECONDS 2  // before that a rate is a guess
#define PATIENCE_MS  25 // between two looks at what else is to be done, while a codec is waited for

static PrcImportSummary *
summary_new (void) {
  PrcImportSummary *summary = g_new0 (PrcImportSummary, 1);
  summary->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_scan_problem_unref);
  return summary;
}

void
prc_import_run_add_problem (PrcImportRun *self, const char *path, const char *reason) {
  if (!g_hash_table_add (self->refused, g_strdup (path)))
    return;
  g_ptr_array_add (self->summary->problems, prc_scan_problem_new (path, reason));
  self->summary->n_refused++;
}

void
prc_import_run_add_note (PrcImportRun *self, const char *path, const char *reason) {
  g_ptr_array_add (self->summary->problems, prc_scan_problem_new (path, reason));
}

// Of this phase since it began, in what it counts a second; 0 until there is something to go by.
static double
rate_of (PrcImportRun *self, guint n_done, const char *phase) {
  const gint64 now = g_get_monotonic_time ();
  if (self->phase != phase || n_done < self->phase_done) {
    self->phase = phase;
    self->phase_start = now;
    self->phase_done = n_done;
  }
  const double seconds = (double)(now - self->phase_start) / G_USEC_PER_SEC;
  return seconds < RATE_SECONDS ? 0 : (n_done - self->phase_done) / seconds;
}

void
prc_import_run_tell (PrcImportRun *self, guint n_done, guint n_total, const char *phase) {
  const double rate = rate_of (self, n_done, phase);
  const PrcImportStatus status = {n_done, n_total, phase, rate,
                                  rate > 0 ? (n_total - MIN (n_done, n_total)) / rate : 0};
  if (self->progress)
    self->progress (&status, self->user_data);
}

static void
tell_adding (PrcImportRun *self) {
  prc_import_run_tell (self, self->n_done, self->plan->n_slices, _ ("Adding slices"));
}

// --- writing

static gboolean
write_slices (PrcImportRun *self, PrcImportCase *to, const PrcLibrarySlice *slices, guint n,
              GError **error) {
  if (self->plan->again)
    return prc_library_add_vectors (self->library, slices, n, prc_model_id (self->model),
                                    prc_model_dimension (self->model), error);
  g_autoptr (GError) fault = NULL;
  const gint64 id =
      prc_library_add (self->library, to->key, to->text, slices, n, prc_model_id (self->model),
                       prc_model_dimension (self->model), &fault);
  if (id) {
    self->case_id = id;
    return TRUE;
  }
  if (!g_error_matches (fault, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT)) {
    g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
  }
  prc_import_run_add_problem (self, to->path,
                              fault->message); // this case cannot be, the others can
  return TRUE;
}

static gboolean
flush_writing (PrcImportRun *self, GError **error) {
  if (self->n_writing == 0)
    return TRUE;
  const guint n = self->n_writing;
  self->n_writing = 0;
  if (!write_slices (self, self->writing_case, self->writing, n, error))
    return FALSE;
  self->summary->n_added += n;
  return TRUE;
}

static gboolean
write_item (PrcImportRun *self, const PrcImportItem *item, const float *vector, GError **error) {
  if ((self->n_writing == PRC_IMPORT_WRITE_BATCH || item->of_case != self->writing_case) &&
      !flush_writing (self, error))
    return FALSE;
  const gsize dimension = prc_model_dimension (self->model);
  float *place = self->vectors + self->n_writing * dimension;
  memcpy (place, vector, dimension * sizeof *vector);
  self->writing_case = item->of_case;
  self->writing[self->n_writing++] = (PrcLibrarySlice){item->series, item->index, place};
  return TRUE;
}

static gboolean
write_file (PrcImportRun *self, PrcImportFile *file, GError **error) {
  if (!flush_writing (self, error)) // the slices that its segments are on
    return FALSE;
  const PrcSegmentationInfo *info = prc_segmentation_info (file->segmentation);
  const PrcLibrarySegmentation written = {file->instance, info->title, file->series,
                                          file->n_segments};
  g_autofree PrcLibrarySegment *segments = g_new (PrcLibrarySegment, file->segments->len);
  guint n = 0;
  for (guint i = 0; i < file->segments->len; i++) {
    const PrcImportSegment *each = file->segments->pdata[i];
    if (each->vector)
      segments[n++] = (PrcLibrarySegment){&info->segments[each->segment], each->index, each->voxels,
                                          each->volume_ml, each->vector};
  }
  const int n_added = prc_library_add_segments (self->library, &written, segments, n,
                                                prc_model_segment_id (self->model),
                                                prc_model_dimension (self->model), error);
  self->summary->n_segments += (guint)MAX (n_added, 0);
  prc_import_file_forget (file);
  return n_added >= 0;
}

// `vector` NULL: there is none to be had of it now.
static gboolean
take_segment (PrcImportRun *self, PrcImportSegment *segment, const float *vector, GError **error) {
  PrcImportFile *file = segment->file;
  if (vector)
    segment->vector = g_memdup2 (vector, prc_model_dimension (self->model) * sizeof *vector);
  return --file->n_pending > 0 || write_file (self, file, error);
}

// What is there already gets a new path if it was moved, and the words of the list.
static gboolean
write_known (PrcImportRun *self, PrcImportCase *to, GError **error) {
  const guint n = to->known->len;
  if (n == 0)
    return TRUE;
  g_autofree PrcLibrarySlice *slices = g_new (PrcLibrarySlice, n);
  for (guint i = 0; i < n; i++) {
    const PrcImportItem *item = to->known->pdata[i];
    slices[i] = (PrcLibrarySlice){item->series, item->index, NULL};
  }
  self->summary->n_skipped += n;
  self->n_done += n;
  return write_slices (self, to, slices, n, error);
}

// --- embedding

static gboolean
flush_embedding (PrcImportRun *self, GError **error) {
  const gsize dimension = prc_model_dimension (self->model);
  const guint n = self->n_embedding;
  g_autofree float *vectors = g_new (float, PRC_IMPORT_BATCH *dimension);
  self->n_embedding = 0;
  if (!prc_embedder_forward (self->embedder, self->inputs, n, vectors, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    const PrcImportPlace *place = &self->embedding[i];
    const float *vector = vectors + i * dimension;
    if (!(place->item ? write_item (self, place->item, vector, error)
                      : take_segment (self, place->segment, vector, error)))
      return FALSE;
  }
  tell_adding (self);
  return TRUE;
}

static float *
next_input (PrcImportRun *self) {
  return self->inputs + self->n_embedding * prc_embedder_input_length (self->embedder);
}

static gboolean
put_place (PrcImportRun *self, PrcImportItem *item, PrcImportSegment *segment, GError **error) {
  self->embedding[self->n_embedding++] = (PrcImportPlace){item, segment};
  return self->n_embedding < PRC_IMPORT_BATCH || flush_embedding (self, error);
}

// What cannot be seen on its slice never will be; what is on a slice that cannot be read now may be
// another time: then it is missing from its file, and the next import reads that again.
static gboolean
embed_segment (PrcImportRun *self, PrcImportSegment *segment, const PrcFrame *frame,
               GError **error) {
  if (frame &&
      prc_embedder_look (self->embedder, frame, NULL, segment->mask, next_input (self), NULL))
    return put_place (self, NULL, segment, error);
  segment->file->n_segments -= frame != NULL;
  return take_segment (self, segment, NULL, error);
}

static gboolean
embed_item (PrcImportRun *self, PrcImportItem *item, GError **error) {
  g_autoptr (GError) fault = g_steal_pointer (&item->error);
  g_autoptr (PrcFrame) frame = g_steal_pointer (&item->frame);
  self->n_done += !item->known;
  if (!item->known && frame &&
      prc_embedder_look (self->embedder, frame, NULL, NULL, next_input (self), &fault)) {
    if (!put_place (self, item, NULL, error))
      return FALSE;
  } else if (fault) {
    prc_import_run_add_problem (self, prc_import_item_path (item), fault->message);
  }
  for (guint i = 0; item->segments && i < item->segments->len; i++)
    if (!embed_segment (self, item->segments->pdata[i], frame, error))
      return FALSE;
  return TRUE;
}

// --- segmentations, read while the slices of the case before them are at work

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data) {
  PrcImportCase *of_case = user_data;
  of_case->files = prc_import_files_read_finish (result, &of_case->error);
  --*of_case->n_reading;
}

static void
start_reading (PrcImportRun *self, PrcImportCase *of_case) {
  if (of_case->n_reading || of_case->segmentations->len == 0)
    return;
  g_autoptr (GPtrArray) series = prc_import_case_series (of_case);
  of_case->n_reading = &self->n_reading;
  self->n_reading++;
  prc_import_files_read_async (self->pool, of_case->segmentations, series, self->cancellable,
                               on_read, of_case);
}

// --- decoding, some slices ahead of the embedder

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer user_data) {
  PrcImportItem *item = user_data;
  item->frame = prc_codec_pool_decode_finish (result, &item->error);
  item->decoded = TRUE;
  --*item->n_running;
}

static void
start_decodes (PrcImportRun *self) {
  // Enough to keep all codecs at work, few enough that frames of radiographs fit into memory.
  const guint ahead = CLAMP (g_get_num_processors () + 2, 4, 16);
  const guint n = self->plan->todo->len;
  while (self->n_running < ahead && self->n_started < n) {
    PrcImportItem *item = self->plan->todo->pdata[self->n_started++];
    start_reading (self, item->of_case);
    if (item->of_case->place + 1 < self->plan->cases->len)
      start_reading (self, self->plan->cases->pdata[item->of_case->place + 1]);
    const PrcSlice *slice = prc_series_slice (item->series, item->index);
    item->n_running = &self->n_running;
    self->n_running++;
    prc_codec_pool_decode_async (self->pool, slice->instance, slice->frame, PRC_PRIORITY_BACKGROUND,
                                 self->cancellable, on_decoded, item);
  }
}

static gboolean
on_patience (gpointer user_data) {
  tell_adding (user_data);
  return G_SOURCE_CONTINUE;
}

// The segments of a case are with their slices before the first of them is embedded.
static gboolean
lay_segments (PrcImportRun *self, PrcImportCase *of_case, GError **error) {
  if (of_case->laid || of_case->segmentations->len == 0)
    return TRUE;
  start_reading (self, of_case);
  while (!of_case->files && !of_case->error)
    g_main_context_iteration (self->context, TRUE);
  if (of_case->error) {
    g_propagate_error (error, g_steal_pointer (&of_case->error));
    return FALSE;
  }
  for (guint i = 0; i < of_case->files->len; i++) {
    const PrcImportFile *file = of_case->files->pdata[i];
    const char *path = prc_instance_info (file->instance)->path;
    g_autofree char *cut = g_strdup_printf (
        _ ("Only its first %d segments were taken into the library"), PRC_IMPORT_MAX_SEGMENTS);
    if (file->error || file->cut)
      prc_import_run_add_problem (self, path, file->cut ? cut : file->error->message);
  }
  of_case->laid = TRUE;
  prc_import_plan_lay (self->plan, of_case, self->n_started);
  return TRUE;
}

static gboolean
add_item (PrcImportRun *self, PrcImportItem *item, GError **error) {
  start_decodes (self);
  if (!lay_segments (self, item->of_case, error))
    return FALSE;
  start_decodes (self);
  while (!item->decoded)
    g_main_context_iteration (self->context, TRUE);
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error) &&
         embed_item (self, item, error);
}

static gboolean
add_todo (PrcImportRun *self, GError **error) {
  while (self->n_taken < self->plan->todo->len)
    if (!add_item (self, self->plan->todo->pdata[self->n_taken++], error))
      return FALSE;
  return TRUE;
}

// Cases with nothing new but segmentations; and files with nothing in them that is worth
// remembering, so that they are not read again.
static gboolean
add_late (PrcImportRun *self, GError **error) {
  for (guint i = 0; i < self->plan->cases->len; i++)
    if (!lay_segments (self, self->plan->cases->pdata[i], error) || !add_todo (self, error))
      return FALSE;
  if (!flush_embedding (self, error))
    return FALSE;
  for (guint i = 0; i < self->plan->cases->len; i++) {
    const PrcImportCase *of_case = self->plan->cases->pdata[i];
    for (guint j = 0; of_case->files && j < of_case->files->len; j++) {
      PrcImportFile *file = of_case->files->pdata[j];
      if (file->series && file->segmentation && !write_file (self, file, error))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
add_items (PrcImportRun *self, GError **error) {
  for (guint i = 0; i < self->plan->cases->len; i++)
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
        !write_known (self, self->plan->cases->pdata[i], error))
      return FALSE;
  tell_adding (self);
  if (!add_todo (self, error) || !add_late (self, error) || !flush_writing (self, error))
    return FALSE;
  tell_adding (self);
  return TRUE;
}

gboolean
prc_import_run (PrcImportRun *self, GError **error) {
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  g_autoptr (GSource) patience = g_timeout_source_new (PATIENCE_MS);
  g_source_set_callback (patience, on_patience, self, NULL);
  g_source_attach (patience, self->context);
  const gboolean ok = add_items (self, error);
  g_source_destroy (patience);
  while (self->n_running + self->n_reading >
         0) // their answers come here even when nobody wants them any more
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  return ok;
}

void
prc_import_run_init (PrcImportRun *self) {
  prc_library_begin_import (self->library);
  self->summary = summary_new ();
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->plan = prc_import_plan_new (self->library, prc_model_id (self->model),
                                    prc_model_segment_id (self->model));
  self->inputs = g_new (float, PRC_IMPORT_BATCH *prc_embedder_input_length (self->embedder));
  self->vectors = g_new (float, PRC_IMPORT_WRITE_BATCH *prc_model_dimension (self->model));
}

void
prc_import_run_clear (PrcImportRun *self) {
  g_clear_pointer (&self->plan, prc_import_plan_free);
  g_clear_pointer (&self->summary, prc_import_summary_free);
  g_hash_table_unref (self->refused);
  g_free (self->inputs);
  g_free (self->vectors);
}
