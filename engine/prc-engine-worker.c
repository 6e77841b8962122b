// SPDX-License-Identifier: Apache-2.0
#include "prc-engine-worker.h"

#include <glib/gi18n-lib.h>
#include "prc-index-training.h"
#include "prc-library-private.h"

typedef struct {
  PrcIndex *index;
  gint64 made, cost;          // microseconds
  PrcIndexTraining *training; // of it, or of one before; NULL: none
  gboolean cannot_keep;       // no file could be written for it: not tried again and again
} Snapshot;

struct _PrcEngineWorker {
  PrcCodecPool *pool;
  char *library_path, *weights_path;
  PrcLibrary *library;
  PrcModel *model;
  PrcEmbedder *embedder;
  Snapshot slices, segments;
  guint64 told_version;
  gboolean told;
  PrcTrial trial;
  gboolean tried;  // and the trial is of its library version
  guint n_imports; // running: a query within one is served from within it
  GError *failure;
};

PrcEngineWorker *
prc_engine_worker_new (PrcCodecPool *pool, const char *library_path, const char *weights_path) {
  PrcEngineWorker *worker = g_new0 (PrcEngineWorker, 1);
  worker->pool = prc_codec_pool_ref (pool);
  worker->library_path = library_path ? g_strdup (library_path) : prc_library_default_path ();
  worker->weights_path = g_strdup (weights_path);
  return worker;
}

static void
snapshot_clear (Snapshot *snapshot) {
  if (snapshot->training)
    prc_index_training_end (g_steal_pointer (&snapshot->training), NULL);
  g_clear_pointer (&snapshot->index, prc_index_unref);
}

void
prc_engine_worker_free (PrcEngineWorker *worker) {
  snapshot_clear (&worker->slices);
  snapshot_clear (&worker->segments);
  g_clear_pointer (&worker->embedder, prc_embedder_free);
  g_clear_pointer (&worker->model, prc_model_unref);
  g_clear_pointer (&worker->library, prc_library_close);
  g_clear_error (&worker->failure);
  prc_codec_pool_unref (worker->pool);
  g_free (worker->library_path);
  g_free (worker->weights_path);
  g_free (worker);
}

gboolean
prc_engine_worker_open (PrcEngineWorker *worker, GError **error) {
  worker->model = prc_model_load (worker->weights_path, &worker->failure);
  if (worker->model) {
    worker->embedder = prc_embedder_new (worker->model, PRC_IMPORT_BATCH);
    worker->library = prc_library_open (worker->library_path, &worker->failure);
  }
  if (worker->failure)
    g_propagate_error (error, g_error_copy (worker->failure));
  return !worker->failure;
}

// Whoever shuts down cancels one thing after the other: what was asked later may come here although
// the opening was cancelled.
static gboolean
is_open (PrcEngineWorker *worker, GError **error) {
  if (worker->failure)
    g_propagate_error (error, g_error_copy (worker->failure));
  else if (!worker->library)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  return worker->library != NULL;
}

gboolean
prc_engine_worker_news (PrcEngineWorker *worker, PrcEngineCounts *counts) {
  if (!worker->library)
    return FALSE;
  const guint64 version = prc_library_version (worker->library);
  if (worker->told && version == worker->told_version)
    return FALSE;
  if (!prc_library_counts (worker->library, &counts->n_cases, &counts->n_slices, NULL))
    return FALSE;
  worker->told = TRUE;
  worker->told_version = counts->version = version;
  return TRUE;
}

static void
take_parted (PrcEngineWorker *worker, Snapshot *of, gboolean of_segments) {
  const PrcIndexFileMark *mark = prc_index_training_mark (of->training);
  of->cannot_keep =
      !mark || !prc_library_keep_index_file (worker->library, of_segments, mark, NULL);
  PrcIndex *parted = prc_index_training_end (g_steal_pointer (&of->training), of->index);
  if (!parted)
    return;
  prc_library_take_index (worker->library, of->index, parted);
  prc_index_unref (of->index);
  of->index = parted;
}

// A large snapshot is parted into cells beside its use; what comes of it takes its place when the
// next one asks.
static void
part (PrcEngineWorker *worker, Snapshot *of) {
  const gboolean of_segments = of == &worker->segments;
  if (of->training && prc_index_training_is_done (of->training))
    take_parted (worker, of, of_segments);
  if (of->training || worker->n_imports > 0)
    return;
  const gboolean unkept = !of->cannot_keep && prc_index_has_cells (of->index) &&
                          !prc_library_has_index_file (worker->library, of_segments);
  if (!unkept && !prc_index_wants_cells (of->index))
    return;
  const PrcIndexFileMark mark = prc_library_new_index_mark (worker->library, of_segments);
  g_autofree char *path = prc_library_index_path (worker->library, of_segments);
  of->training = prc_index_training_new (of->index, path, &mark);
}

// The library makes a snapshot of the one before and of what came and went since. While an import
// changes it some times a second, that takes at most a twentieth of the time.
static PrcIndex *
refresh (PrcEngineWorker *worker, Snapshot *of, GError **error) {
  const gint64 now = g_get_monotonic_time ();
  if (of->index && worker->n_imports > 0 && now - of->made < 20 * of->cost)
    return of->index;
  PrcIndex *index =
      of == &worker->segments
          ? prc_library_segment_index (worker->library, prc_model_segment_id (worker->model), error)
          : prc_library_index (worker->library, prc_model_id (worker->model), error);
  if (!index)
    return NULL;
  if (index != of->index) {
    of->made = g_get_monotonic_time ();
    of->cost = of->made - now;
  }
  g_clear_pointer (&of->index, prc_index_unref);
  of->index = index;
  part (worker, of);
  return of->index;
}

PrcAnswer *
prc_engine_worker_query (PrcEngineWorker *worker, const PrcQuery *query, GCancellable *cancellable,
                         GError **error) {
  PrcQuery settled = *query;
  PrcIndex *index = NULL;
  if (!is_open (worker, error))
    return NULL;
  const gboolean may_ask_segments = query->mask || query->region.width > 0;
  if (may_ask_segments && !(index = refresh (worker, &worker->segments, error)))
    return NULL;
  if (index && prc_query_asks_segments (query, index))
    settled.against = PRC_AGAINST_SEGMENTS;
  else if (!(index = refresh (worker, &worker->slices, error)))
    return NULL;
  return prc_search (worker->library, index, worker->embedder, worker->model, &settled, cancellable,
                     error);
}

PrcExplanation *
prc_engine_worker_explain (PrcEngineWorker *worker, const PrcCrop *query, const PrcCrop *neighbour,
                           GCancellable *cancellable, GError **error) {
  if (!is_open (worker, error))
    return NULL;
  return prc_explain (worker->embedder, query, neighbour, cancellable, error);
}

gboolean
prc_engine_worker_try (PrcEngineWorker *worker, void (*between) (gpointer data), gpointer data,
                       GCancellable *cancellable, PrcTrial *trial, GError **error) {
  PrcIndex *now = is_open (worker, error) ? refresh (worker, &worker->slices, error) : NULL;
  if (!now)
    return FALSE;
  g_autoptr (PrcIndex) index = prc_index_ref (now); // what runs between may make another
  if (!worker->tried || worker->trial.library_version != prc_index_version (index)) {
    if (!prc_trial_run (worker->library, index, worker->model, between, data, cancellable,
                        &worker->trial, error))
      return FALSE;
    worker->tried = TRUE;
  }
  *trial = worker->trial;
  return TRUE;
}

gint64
prc_engine_worker_add_series (PrcEngineWorker *worker, GPtrArray *series, GPtrArray *segmentations,
                              const PrcCaseText *text, PrcImportProgress progress, gpointer data,
                              GCancellable *cancellable, GError **error) {
  if (!is_open (worker, error))
    return 0;
  worker->n_imports++;
  const gint64 id =
      prc_import_series (worker->library, worker->embedder, worker->model, worker->pool, series,
                         segmentations, text, progress, data, cancellable, error);
  worker->n_imports--;
  return id;
}

PrcImportSummary *
prc_engine_worker_import (PrcEngineWorker *worker, const char *const *paths, const char *cases_csv,
                          PrcImportProgress progress, gpointer data, GCancellable *cancellable,
                          GError **error) {
  if (!is_open (worker, error))
    return NULL;
  worker->n_imports++;
  PrcImportSummary *summary =
      prc_import (worker->library, worker->embedder, worker->model, worker->pool, paths, cases_csv,
                  progress, data, cancellable, error);
  worker->n_imports--;
  return summary;
}

PrcImportSummary *
prc_engine_worker_index_again (PrcEngineWorker *worker, PrcImportProgress progress, gpointer data,
                               GCancellable *cancellable, GError **error) {
  if (!is_open (worker, error))
    return NULL;
  worker->n_imports++;
  PrcImportSummary *summary = prc_import_again (worker->library, worker->embedder, worker->model,
                                                worker->pool, progress, data, cancellable, error);
  worker->n_imports--;
  return summary;
}

GStrv
prc_engine_worker_case_paths (PrcEngineWorker *worker, gint64 id, GError **error) {
  return is_open (worker, error) ? prc_library_case_paths (worker->library, id, error) : NULL;
}

gboolean
prc_engine_worker_remove (PrcEngineWorker *worker, gint64 id, GError **error) {
  return is_open (worker, error) && prc_library_remove (worker->library, id, error);
}
