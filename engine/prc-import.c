// SPDX-License-Identifier: Apache-2.0
#include "prc-import.h"

#include <glib/gi18n-lib.h>
#include "prc-cases-csv.h"
#include "prc-engine-error.h"
#include "prc-import-copies.h"
#include "prc-import-run.h"
#include "prc-path.h"
#include "prc-scan.h"
#include "prc-segmentation.h"

#define MAX_ROWS_TOLD 1000 // one by one

// --- files and folders

static void
on_scanned (PrcScan *scan, gpointer user_data) {
  prc_import_run_tell (user_data, scan->n_done, scan->n_found, _ ("Reading headers"));
}

static void
report_scan (PrcImportRun *self, const PrcScan *scan, const char *cases_csv) {
  g_autofree char *list = cases_csv ? g_canonicalize_filename (cases_csv, NULL) : NULL;
  for (guint i = 0; i < scan->problems->len; i++) {
    const PrcScanProblem *problem = scan->problems->pdata[i];
    if (g_strcmp0 (problem->path, list) != 0) // the list may lie in the folder that it is about
      prc_import_run_add_problem (self, problem->path, problem->reason);
  }
}

static void
report_row (PrcImportRun *self, const PrcCasesCsvRow *row) {
  const gboolean there =
      g_file_test (row->path, G_FILE_TEST_EXISTS) || prc_path_is_there (row->path);
  g_autofree char *sentence =
      there ? g_strdup_printf (
                  _ ("Line %u of the list of cases names it, but no image was found in it"),
                  row->line)
            : g_strdup_printf (_ ("Line %u of the list of cases names it, but it is not there"),
                               row->line);
  if (there)
    prc_import_run_add_note (self, row->path, sentence);
  else
    prc_import_run_add_problem (self, row->path, sentence);
}

// Lines of the list that no image was found for.
static void
report_list (PrcImportRun *self, PrcCasesCsv *csv, const char *cases_csv) {
  for (guint i = 0; csv && i < prc_cases_csv_length (csv); i++) {
    if (prc_cases_csv_is_found (csv, i))
      continue;
    g_autoptr (PrcCasesCsvRow) row =
        self->summary->n_unmatched < MAX_ROWS_TOLD ? prc_cases_csv_row (csv, i) : NULL;
    self->summary->n_unmatched++;
    if (row)
      report_row (self, row);
  }
  const guint n = self->summary->n_unmatched;
  if (n <= MAX_ROWS_TOLD)
    return;
  g_autofree char *sentence =
      g_strdup_printf (ngettext ("%u more line of the list names no image",
                                 "%u more lines of the list name no image", n - MAX_ROWS_TOLD),
                       n - MAX_ROWS_TOLD);
  prc_import_run_add_problem (self, cases_csv, sentence);
}

static GStrv
absolute_paths (const char *const *paths) {
  g_autoptr (GStrvBuilder) absolute = g_strv_builder_new ();
  for (; *paths; paths++) {
    g_autofree char *path = g_canonicalize_filename (*paths, NULL);
    g_strv_builder_add (absolute, path);
  }
  return g_strv_builder_end (absolute);
}

// A segmentation may come later than its images, alone: those that the library has of its study are
// looked up where they were.
static gboolean
find_images (PrcImportRun *self, const PrcInstance *segmentation, PrcCasesCsv *csv,
             GError **error) {
  const char *study = prc_instance_info (segmentation)->study_instance_uid;
  if (!*study || prc_import_plan_has_study (self->plan, study))
    return TRUE;
  g_auto (GStrv) paths = prc_library_study_paths (self->library, study, error);
  if (!paths || !*paths)
    return paths != NULL;
  g_autoptr (PrcScan) scan =
      prc_scan (self->pool, (const char *const *)paths, PRC_PRIORITY_BACKGROUND, NULL, NULL,
                self->cancellable, error);
  for (guint i = 0; scan && i < scan->series->len; i++)
    prc_import_plan_add (self->plan, scan->series->pdata[i], csv);
  return scan != NULL;
}

static gboolean
plan_segmentations (PrcImportRun *self, GPtrArray *others, PrcCasesCsv *csv, GError **error) {
  for (guint i = 0; i < others->len; i++)
    if (prc_segmentation_is_one (others->pdata[i]) &&
        (!find_images (self, others->pdata[i], csv, error) ||
         !prc_import_plan_add_segmentation (self->plan, others->pdata[i], csv, error)))
      return FALSE;
  return TRUE;
}

static gboolean
import_paths (PrcImportRun *self, const char *const *paths, const char *cases_csv, GError **error) {
  g_autoptr (PrcCasesCsv) csv = cases_csv ? prc_cases_csv_load (cases_csv, error) : NULL;
  if (cases_csv && !csv)
    return FALSE;
  g_auto (GStrv) absolute = absolute_paths (paths); // the library is read from elsewhere
  g_autoptr (PrcScan) scan =
      prc_scan (self->pool, (const char *const *)absolute, PRC_PRIORITY_BACKGROUND, on_scanned,
                self, self->cancellable, error);
  if (!scan)
    return FALSE;
  report_scan (self, scan, cases_csv);
  prc_import_check_patients (self, scan);
  for (guint i = 0; i < scan->series->len; i++)
    prc_import_plan_add (self->plan, scan->series->pdata[i], csv);
  if (!prc_import_check_copies (self, scan, error) ||
      !plan_segmentations (self, scan->others, csv, error))
    return FALSE;
  report_list (self, csv, cases_csv);
  prc_import_plan_finish (self->plan);
  return prc_import_run (self, error);
}

PrcImportSummary *
prc_import (PrcLibrary *library, PrcEmbedder *embedder, PrcModel *model, PrcCodecPool *pool,
            const char *const *paths, const char *cases_csv, PrcImportProgress progress,
            gpointer user_data, GCancellable *cancellable, GError **error) {
  g_auto (PrcImportRun) self = {.library = library,
                                .embedder = embedder,
                                .model = model,
                                .pool = pool,
                                .cancellable = cancellable,
                                .progress = progress,
                                .user_data = user_data};
  prc_import_run_init (&self);
  const gint64 start = g_get_monotonic_time ();
  if (!import_paths (&self, paths, cases_csv, error))
    return NULL;
  self.summary->seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  return g_steal_pointer (&self.summary);
}

// --- what is on the screen

gint64
prc_import_series (PrcLibrary *library, PrcEmbedder *embedder, PrcModel *model, PrcCodecPool *pool,
                   GPtrArray *series, GPtrArray *segmentations, const PrcCaseText *text,
                   PrcImportProgress progress, gpointer user_data, GCancellable *cancellable,
                   GError **error) {
  g_auto (PrcImportRun) self = {.library = library,
                                .embedder = embedder,
                                .model = model,
                                .pool = pool,
                                .cancellable = cancellable,
                                .progress = progress,
                                .user_data = user_data};
  prc_import_run_init (&self);
  for (guint i = 0; i < series->len; i++)
    prc_import_plan_add_as (self.plan, series->pdata[i], series->pdata[0], text);
  if (segmentations && !plan_segmentations (&self, segmentations, NULL, error))
    return 0;
  prc_import_plan_finish (self.plan);
  if (!prc_import_run (&self, error))
    return 0;
  if (self.case_id == 0) {
    const PrcScanProblem *first =
        self.summary->problems->len ? self.summary->problems->pdata[0] : NULL;
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT,
                         first ? first->reason : _ ("There is no slice to add"));
  }
  return self.case_id;
}
