// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-explanation.h"
#include "prc-import.h"
#include "prc-index.h"
#include "prc-search.h"
#include "prc-trial.h"

// What the engine thread owns: library, encoder, the snapshot that is searched. Confined to it;
// made before it starts and freed after it ended.
typedef struct _PrcEngineWorker PrcEngineWorker;

PrcEngineWorker *prc_engine_worker_new (PrcCodecPool *pool, const char *library_path,
                                        const char *weights_path); // NULL paths: the defaults
void prc_engine_worker_free (PrcEngineWorker *worker);

gboolean prc_engine_worker_open (PrcEngineWorker *worker, GError **error);

typedef struct {
  guint n_cases, n_slices;
  guint64 version;
} PrcEngineCounts;

// True when the library is another than when this was asked last, by whomever it was changed.
gboolean prc_engine_worker_news (PrcEngineWorker *worker, PrcEngineCounts *counts);

// Of the following, each fails with the reason when the worker could not be opened, and with
// G_IO_ERROR_CANCELLED when it was not.
PrcAnswer *prc_engine_worker_query (PrcEngineWorker *worker, const PrcQuery *query,
                                    GCancellable *cancellable, GError **error);
PrcExplanation *prc_engine_worker_explain (PrcEngineWorker *worker, const PrcCrop *query,
                                           const PrcCrop *neighbour, GCancellable *cancellable,
                                           GError **error);
// As prc_trial_run, once for a version of the library.
gboolean prc_engine_worker_try (PrcEngineWorker *worker, void (*between) (gpointer data),
                                gpointer data, GCancellable *cancellable, PrcTrial *trial,
                                GError **error);
gint64 prc_engine_worker_add_series (PrcEngineWorker *worker, GPtrArray *series,
                                     GPtrArray *segmentations, const PrcCaseText *text,
                                     PrcImportProgress progress, gpointer data,
                                     GCancellable *cancellable, GError **error);
PrcImportSummary *prc_engine_worker_import (PrcEngineWorker *worker, const char *const *paths,
                                            const char *cases_csv, PrcImportProgress progress,
                                            gpointer data, GCancellable *cancellable,
                                            GError **error);
PrcImportSummary *prc_engine_worker_index_again (PrcEngineWorker *worker,
                                                 PrcImportProgress progress, gpointer data,
                                                 GCancellable *cancellable, GError **error);
GStrv prc_engine_worker_case_paths (PrcEngineWorker *worker, gint64 id, GError **error);
gboolean prc_engine_worker_remove (PrcEngineWorker *worker, gint64 id, GError **error);
