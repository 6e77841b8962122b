// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>
#include "prc-import.h"
#include "prc-scan.h"

static void
on_progress (const PrcImportStatus *status, gpointer user_data) {
  g_autofree char *rate = prc_import_status_rate (status);
  g_autofree char *phase = rate ? g_strdup_printf ("%s (%s)", status->phase, rate) : NULL;
  ctl_progress (phase ? phase : status->phase, status->n_done, status->n_total);
}

static double
rate (const PrcImportSummary *summary) {
  return summary->seconds > 0 ? summary->n_added / summary->seconds : 0;
}

static void
print_text (const PrcImportSummary *summary, bool again) {
  if (again) {
    g_print (_ ("Slices indexed again: %u, left: %u, files gone: %u, refused: %u; %.1f s,"
                " %.0f slices/s\n"),
             summary->n_added, summary->n_left, summary->n_gone, summary->n_refused,
             summary->seconds, rate (summary));
    if (summary->n_segments > 0)
      g_print (_ ("Segments indexed again: %u\n"), summary->n_segments);
    return;
  }
  g_print (_ ("Slices added: %u, already there: %u, files refused: %u; %.1f s, %.0f slices/s\n"),
           summary->n_added, summary->n_skipped, summary->n_refused, summary->seconds,
           rate (summary));
  if (summary->n_segments > 0)
    g_print (_ ("Segments added: %u\n"), summary->n_segments);
  if (summary->n_unmatched > 0)
    g_print (_ ("Lines of the list of cases that name no image: %u\n"), summary->n_unmatched);
}

static void
print_json (const PrcImportSummary *summary, bool again) {
  g_autoptr (JsonBuilder) json = json_builder_new ();
  json_builder_begin_object (json);
  ctl_json_int (json, "added", summary->n_added);
  ctl_json_int (json, "skipped", summary->n_skipped);
  ctl_json_int (json, "refused", summary->n_refused);
  if (again) {
    ctl_json_int (json, "left", summary->n_left);
    ctl_json_int (json, "gone", summary->n_gone);
  }
  ctl_json_int (json, "segments", summary->n_segments);
  ctl_json_int (json, "unmatched", summary->n_unmatched);
  ctl_json_number (json, "seconds", summary->seconds);
  ctl_json_number (json, "slices-per-second", rate (summary));
  ctl_json_problems (json, summary->problems);
  json_builder_end_object (json);
  ctl_print_json (json);
}

// The options first: who asks for nothing that can be is told before a model is loaded.
static CtlStatus
check_call (gboolean again, gboolean drop, const char *cases, int n_paths) {
  if (drop && !again)
    return ctl_usage (_ ("--drop-others is of use with --reindex only"));
  if (again && (n_paths > 0 || cases))
    return ctl_usage (_ ("--reindex takes neither paths nor a list of cases"));
  return again || n_paths > 0 ? CTL_DONE : ctl_usage ("%s", _ ("PATH is missing"));
}

// Only what has a vector of this encoder.
static bool
drop_others (PrcLibrary *library, PrcModel *model, GError **error) {
  for (gint64 from = 0; from >= 0;)
    if (g_cancellable_set_error_if_cancelled (ctl_cancellable (), error) ||
        !prc_library_drop_others (library, prc_model_id (model), prc_model_segment_id (model), 0,
                                  &from, error))
      return false;
  return true;
}

CtlStatus
ctl_import (int argc, char **argv) {
  g_autofree char *library_path = NULL, *cases = NULL, *model_path = NULL, *problems = NULL;
  int jobs = 0;
  gboolean as_json = FALSE, again = FALSE, drop = FALSE;
  const GOptionEntry entries[] = {
      {"library", 0, 0, G_OPTION_ARG_FILENAME, &library_path,
       N_ ("Another library than the viewer's"), "L"},
      {"cases", 0, 0, G_OPTION_ARG_FILENAME, &cases,
       N_ ("Titles and diagnoses: path,title,diagnosis,findings,..."), "CSV"},
      {"model", 0, 0, G_OPTION_ARG_FILENAME, &model_path,
       N_ ("Another encoder than the built-in one: *.onnx or *.safetensors"), "FILE"},
      {"problems", 0, 0, G_OPTION_ARG_FILENAME, &problems,
       N_ ("Write what was refused as a list: path,problem"), "CSV"},
      {"reindex", 0, 0, G_OPTION_ARG_NONE, &again,
       N_ ("Index what is there again with today's encoder"), NULL},
      {"drop-others", 0, 0, G_OPTION_ARG_NONE, &drop,
       N_ ("With --reindex: forget the vectors of encoders of before"), NULL},
      {"jobs", 0, 0, G_OPTION_ARG_INT, &jobs, N_ ("Codec processes (one per core)"), "N"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("One JSON document"), NULL},
      {NULL},
  };
  if (!ctl_options (&argc, &argv, entries, "PATH...", 0, -1))
    return CTL_USAGE;
  const CtlStatus call = check_call (again, drop, cases, argc - 1);
  if (call != CTL_DONE)
    return call;
  if (jobs < 0 || jobs > 256)
    return ctl_usage (_ ("--jobs takes a number from 1 to 256"));
  g_autoptr (PrcModel) model = NULL;
  g_autoptr (PrcEmbedder) embedder = NULL;
  g_autoptr (PrcLibrary) library = NULL;
  if (!ctl_open_encoder (model_path, &model, &embedder, PRC_IMPORT_BATCH) ||
      !(library = ctl_open_library (library_path)))
    return CTL_REFUSED;
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new ((unsigned)jobs);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcImportSummary) summary =
      again ? prc_import_again (library, embedder, model, pool, on_progress, NULL,
                                ctl_cancellable (), &error)
            : prc_import (library, embedder, model, pool, (const char *const *)argv + 1, cases,
                          on_progress, NULL, ctl_cancellable (), &error);
  ctl_progress_end ();
  if (summary && drop && !drop_others (library, model, &error))
    g_clear_pointer (&summary, prc_import_summary_free);
  g_autofree char *standard = again ? prc_library_default_path () : NULL;
  if (!summary && again)
    return ctl_complain (library_path ? library_path : standard, error);
  if (!summary)
    return ctl_complain (cases ? cases : argv[1], error);
  for (guint i = 0; i < summary->problems->len; i++) {
    const PrcScanProblem *problem = g_ptr_array_index (summary->problems, i);
    ctl_complain_text (problem->path, problem->reason);
  }
  (as_json ? print_json : print_text) (summary, again);
  if (problems && !prc_import_summary_save (summary, problems, &error))
    return ctl_complain (problems, error);
  return summary->n_refused || summary->n_left || summary->n_gone ? CTL_REFUSED : CTL_DONE;
}
