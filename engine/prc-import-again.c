// SPDX-License-Identifier: Apache-2.0
// An import of what the library has already, for another encoder: a case at a time, so that a
// series is whole when segments are laid on it and memory does not grow with the library.
#include <glib/gi18n-lib.h>

#include "prc-engine-error.h"
#include "prc-import-run.h"
#include "prc-import.h"
#include "prc-path.h"
#include "prc-scan.h"
#include "prc-segmentation.h"

typedef struct {
  PrcImportRun setting; // what each case is worked on with
  PrcImportSummary *summary;
  PrcImportRun *run; // the case at work, or NULL
  guint n_before, n_total;
  PrcImportProgress progress;
  gpointer user_data;
} Again;

static void
tell (Again *self) {
  const guint n_done =
      self->n_before + self->summary->n_added + (self->run ? self->run->summary->n_added : 0);
  const PrcImportStatus status = {MIN (n_done, self->n_total), self->n_total, _ ("Indexing again")};
  if (self->progress)
    self->progress (&status, self->user_data);
}

static void
on_progress (const PrcImportStatus *status, gpointer user_data) {
  tell (user_data);
}

static void
on_scanned (PrcScan *scan, gpointer user_data) {
  tell (user_data);
}

static GStrv
those_there (GStrv paths) {
  g_autoptr (GStrvBuilder) there = g_strv_builder_new ();
  for (; *paths; paths++)
    if (prc_path_is_there (*paths))
      g_strv_builder_add (there, *paths);
  return g_strv_builder_end (there);
}

static void
report_gone (Again *self, GStrv paths) {
  for (; *paths; paths++) {
    if (prc_path_is_there (*paths))
      continue;
    self->summary->n_gone++;
    g_ptr_array_add (self->summary->problems,
                     prc_scan_problem_new (*paths, _ ("The file is gone")));
  }
}

static void
take_summary (Again *self, const PrcImportSummary *of_case) {
  self->summary->n_added += of_case->n_added;
  self->summary->n_segments += of_case->n_segments;
  self->summary->n_refused += of_case->n_refused;
  for (guint i = 0; i < of_case->problems->len; i++) {
    const PrcScanProblem *problem = of_case->problems->pdata[i];
    g_ptr_array_add (self->summary->problems,
                     prc_scan_problem_new (problem->path, problem->reason));
  }
}

static gboolean
plan_case (PrcImportRun *run, const PrcScan *scan, GError **error) {
  for (guint i = 0; i < scan->problems->len; i++) {
    const PrcScanProblem *problem = scan->problems->pdata[i];
    prc_import_run_add_problem (run, problem->path, problem->reason);
  }
  for (guint i = 0; i < scan->series->len; i++)
    prc_import_plan_add_again (run->plan, scan->series->pdata[i]);
  for (guint i = 0; run->plan->again && i < scan->others->len; i++)
    if (prc_segmentation_is_one (scan->others->pdata[i]) &&
        !prc_import_plan_add_segmentation (run->plan, scan->others->pdata[i], NULL, error))
      return FALSE;
  prc_import_plan_finish (run->plan);
  return TRUE;
}

static gboolean
embed_files (Again *self, GStrv paths, GError **error) {
  g_autoptr (PrcScan) scan =
      prc_scan (self->setting.pool, (const char *const *)paths, PRC_PRIORITY_BACKGROUND, on_scanned,
                self, self->setting.cancellable, error);
  if (!scan)
    return FALSE;
  g_auto (PrcImportRun) run = self->setting;
  prc_import_run_init (&run);
  self->run = &run;
  const gboolean ok = plan_case (&run, scan, error) && prc_import_run (&run, error);
  self->run = NULL;
  take_summary (self, run.summary);
  return ok;
}

// The whole case is read when one of its files is there that must be.
static gboolean
embed_case (Again *self, gint64 id, GError **error) {
  PrcLibrary *library = self->setting.library;
  g_auto (GStrv) stale =
      prc_library_stale_paths (library, id, prc_model_id (self->setting.model),
                               prc_model_segment_id (self->setting.model), error);
  if (!stale)
    return FALSE;
  report_gone (self, stale);
  g_auto (GStrv) wanted = those_there (stale);
  if (!*wanted) // or the case was removed or embedded meanwhile
    return TRUE;
  g_autoptr (GError) fault = NULL;
  g_auto (GStrv) all = prc_library_case_paths (library, id, &fault);
  if (g_error_matches (fault, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND))
    return TRUE; // another program removed it just now
  if (!all) {
    g_propagate_error (error, g_steal_pointer (&fault));
    return FALSE;
  }
  g_auto (GStrv) there = those_there (all);
  return embed_files (self, there, error);
}

static gboolean
embed_cases (Again *self, GError **error) {
  PrcModel *model = self->setting.model;
  g_autoptr (GArray) cases = prc_library_stale_cases (self->setting.library, prc_model_id (model),
                                                      prc_model_segment_id (model), error);
  for (guint i = 0; cases && i < cases->len; i++) {
    tell (self);
    if (g_cancellable_set_error_if_cancelled (self->setting.cancellable, error) ||
        !embed_case (self, g_array_index (cases, gint64, i), error))
      return FALSE;
  }
  return cases != NULL;
}

// Only now: who goes back to an encoder of before while this is at work loses nothing.
static gboolean
drop_replaced (Again *self, GError **error) {
  PrcModel *model = self->setting.model;
  gint64 from = 0;
  while (from >= 0) {
    if (g_cancellable_set_error_if_cancelled (self->setting.cancellable, error) ||
        !prc_library_drop_others (self->setting.library, prc_model_id (model),
                                  prc_model_segment_id (model), PRC_LIBRARY_KEPT, &from, error))
      return FALSE;
    if (from >= 0)
      tell (self);
  }
  return TRUE;
}

static gboolean
index_again (Again *self, GError **error) {
  PrcModel *model = self->setting.model;
  PrcLibraryStale stale;
  if (!prc_library_stale (self->setting.library, prc_model_id (model), prc_model_segment_id (model),
                          &stale, error))
    return FALSE;
  if (!stale.has_others || !prc_library_may_write (self->setting.library))
    return TRUE;
  self->n_total = stale.n_all_slices;
  self->n_before = stale.n_all_slices - stale.n_slices;
  if (!embed_cases (self, error) || !drop_replaced (self, error) ||
      !prc_library_stale (self->setting.library, prc_model_id (model), prc_model_segment_id (model),
                          &stale, error))
    return FALSE;
  self->summary->n_left = stale.n_slices;
  return TRUE;
}

PrcImportSummary *
prc_import_again (PrcLibrary *library, PrcEmbedder *embedder, PrcModel *model, PrcCodecPool *pool,
                  PrcImportProgress progress, gpointer user_data, GCancellable *cancellable,
                  GError **error) {
  Again self = {.setting = {.library = library,
                            .embedder = embedder,
                            .model = model,
                            .pool = pool,
                            .cancellable = cancellable,
                            .progress = on_progress,
                            .user_data = &self},
                .progress = progress,
                .user_data = user_data};
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (PrcImportSummary) summary = g_new0 (PrcImportSummary, 1);
  summary->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_scan_problem_unref);
  self.summary = summary;
  if (!index_again (&self, error))
    return NULL;
  summary->seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  return g_steal_pointer (&summary);
}
