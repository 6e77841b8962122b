// SPDX-License-Identifier: Apache-2.0
#include "prc-engine-worker.h"

#include <glib/gi18n-lib.h>
#include "prc-library-private.h"

typedef struct {
  PrcIndex *index;
  gint64 made, cost; // microseconds
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

void
prc_engine_worker_free (PrcEngineWorker *worker) {
  g_clear_pointer (&worker->slices.index, prc_index_unref);
  g_clear_pointer (&worker->segments.index, prc_index_unref);
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

// The snapshot is made anew when the library is another than it was. While an import changes it
// some times a second, a large one is not read again and again: reading takes at most a twentieth
// of the time.
static PrcIndex *
refresh (PrcEngineWorker *worker, Snapshot *of, GError **error) {
  const gint64 now = g_get_monotonic_time ();
  if (of->index) {
    if (prc_index_version (of->index) == prc_library_version (worker->library))
      return of->index;
    if (worker->n_imports > 0 && now - of->made < 20 * of->cost)
      return of->index;
  }
  PrcIndex *index =
      of == &worker->segments
          ? prc_library_segment_index (worker->library, prc_model_segment_id (worker->model), error)
          : prc_library_index (worker->library, prc_model_id (worker->model), error);
  if (!index)
    return NULL;
  g_clear_pointer (&of->index, prc_index_unref);
  of->index = index;
  of->made = g_get_monotonic_time ();
  of->cost = of->made - now;
  return index;
}

PrcAnswer *
prc_engine_worker_query (PrcEngineWorker *worker, const PrcQuery *query, GCancellable *cancellable,
                         GError **error) {
  PrcQuery settled = *query;
  PrcIndex *index = NULL;
  if (!is_open (worker, error))
    return NULL;
  if (query->mask || query->region.width > 0)
    index = refresh (worker, &worker->segments, error);
  if (index && prc_query_asks_segments (query, index))
    settled.against = PRC_AGAINST_SEGMENTS;
  else
    index = refresh (worker, &worker->slices, error);
  if (!index)
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
