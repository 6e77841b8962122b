// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-answer.h"
#include "prc-explanation.h"
#include "prc-import.h"
#include "prc-query.h"
#include "prc-series.h"
#include "prc-trial.h"

// The engine thread as the viewer sees it: a queue of jobs by priority (slice in view, explanation,
// cases asked for, import, maintenance), one thread that owns the library and the arena, answers as
// GTasks on the main loop. A query job that waits is dropped as soon as its cancellable is
// cancelled; an import gives way to a query between two batches. Every function here belongs to the
// main thread. Properties, all read-only, notified on the main thread: "state" (PrcEngineState),
// "message" (string: why it failed), "n-cases" and "n-slices" (uint), "library-version" (uint64), "indexing" (below).
#define PRC_TYPE_ENGINE (prc_engine_get_type ())
G_DECLARE_FINAL_TYPE (PrcEngine, prc_engine, PRC, ENGINE, GObject)

typedef enum { PRC_ENGINE_STARTING, PRC_ENGINE_READY, PRC_ENGINE_FAILED } PrcEngineState;
#define PRC_TYPE_ENGINE_STATE (prc_engine_state_get_type ())
GType prc_engine_state_get_type (void);

// A library that another encoder has indexed is indexed again from its files, once after the start
// and behind everything that is asked; what is done is searched already. "indexing" (boolean) is
// notified when anything of this changes.
typedef struct {
  gboolean running;
  guint n_done, n_total; // slices of the library with a vector of this encoder; all
  guint n_left;          // afterwards: those whose files are gone or cannot be read
  gboolean failed;       // it ended before all were seen to, and goes on with the next start
} PrcIndexing;

// Returns at once; model and library are loaded in the thread. NULL paths: the defaults.
PrcEngine *prc_engine_new (PrcCodecPool *pool, const char *library_path, const char *weights_path);

PrcEngineState prc_engine_state (PrcEngine *self);
const char *prc_engine_message (PrcEngine *self); // "" unless failed
guint prc_engine_n_cases (PrcEngine *self);
guint prc_engine_n_slices (PrcEngine *self);
const PrcIndexing *prc_engine_indexing (PrcEngine *self); // borrowed; as of now

void prc_engine_query_async (PrcEngine *self, const PrcQuery *query, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
PrcAnswer *prc_engine_query_finish (PrcEngine *self, GAsyncResult *result, GError **error);

// Which patch of the one is like which of the other (prc-explanation.h); the crops are copied. Comes
// behind queries and before all else. Who asks anew cancels what was asked before.
void prc_engine_explain_async (PrcEngine *self, const PrcCrop *query, const PrcCrop *neighbour,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
PrcExplanation *prc_engine_explain_finish (PrcEngine *self, GAsyncResult *result, GError **error);

// How often what leads a tally is right in this library (prc-trial.h). Comes behind all else, gives
// way between two cases, and is worked out once for a version of the library. The answer is to be
// freed with g_free.
void prc_engine_try_async (PrcEngine *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
PrcTrial *prc_engine_try_finish (PrcEngine *self, GAsyncResult *result, GError **error);

// Element type PrcSeries; of `segmentations` (may be NULL) PrcInstance. `progress` is called on the main thread.
void prc_engine_add_series_async (PrcEngine *self, GPtrArray *series, GPtrArray *segmentations,
                                  const PrcCaseText *text, PrcImportProgress progress,
                                  gpointer progress_data, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gint64 prc_engine_add_series_finish (PrcEngine *self, GAsyncResult *result, GError **error);

void prc_engine_import_async (PrcEngine *self, const char *const *paths, const char *cases_csv,
                              PrcImportProgress progress, gpointer progress_data,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
PrcImportSummary *prc_engine_import_finish (PrcEngine *self, GAsyncResult *result, GError **error);

// Images in their order, then segmentations; some may be gone from the disk.
void prc_engine_case_paths_async (PrcEngine *self, gint64 case_id, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
GStrv prc_engine_case_paths_finish (PrcEngine *self, GAsyncResult *result, GError **error);

void prc_engine_remove_case_async (PrcEngine *self, gint64 case_id, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean prc_engine_remove_case_finish (PrcEngine *self, GAsyncResult *result, GError **error);

// Ends the thread: cancels what runs, waits for it, closes the library; what was asked is answered
// with CANCELLED, and so is what is asked afterwards. Who lets go of an engine that is at work
// calls this first: its tasks hold it. Called by dispose too.
void prc_engine_shut_down (PrcEngine *self);
