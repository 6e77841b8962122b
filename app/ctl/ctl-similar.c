// SPDX-License-Identifier: Apache-2.0
#include "ctl.h"

#include <glib/gi18n.h>
#include "prc-search.h"

typedef struct {
  char *library, *by, *filter, *roi, *exclude_patient;
  int k, frame_number;
  gboolean as_json;
  char *modality, *body_part; // from `filter`
  PrcRegion region;           // from `roi`
} Options;

static void
options_clear (Options *options) {
  g_free (options->library);
  g_free (options->by);
  g_free (options->filter);
  g_free (options->roi);
  g_free (options->exclude_patient);
  g_free (options->modality);
  g_free (options->body_part);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static bool
parse_filter (Options *options) {
  g_auto (GStrv) parts = g_strsplit (options->filter, ",", -1);
  for (char **part = parts; *part; part++) {
    if (g_str_has_prefix (*part, "modality=") && !options->modality)
      options->modality = g_strdup (*part + strlen ("modality="));
    else if (g_str_has_prefix (*part, "body-part=") && !options->body_part)
      options->body_part = g_strdup (*part + strlen ("body-part="));
    else
      return false;
  }
  return true;
}

static bool
check (Options *options, CtlStatus *status) {
  *status = CTL_DONE;
  if (options->k < 1 || options->k > 10000)
    *status = ctl_usage (_ ("-k takes a number from 1 to 10000"));
  else if (options->by && strcmp (options->by, "case") && strcmp (options->by, "slice"))
    *status = ctl_usage (_ ("--by takes case or slice, not \"%s\""), options->by);
  else if (options->filter && !parse_filter (options))
    *status = ctl_usage (_ ("--filter takes modality=M,body-part=B, not \"%s\""), options->filter);
  else if (options->roi && !ctl_parse_region (options->roi, &options->region))
    *status = ctl_usage (_ ("--roi takes X,Y,W,H, not \"%s\""), options->roi);
  return *status == CTL_DONE;
}

static const char *
state_name (PrcAnswerState state) {
  switch (state) {
  case PRC_ANSWER_NOTHING_ALIKE:
    return "nothing-alike";
  case PRC_ANSWER_EMPTY_LIBRARY:
    return "empty-library";
  case PRC_ANSWER_NO_SEGMENTS:
    return "no-segments";
  case PRC_ANSWER_RESULTS:
  default:
    return "results";
  }
}

static void
add_hit (JsonBuilder *json, const PrcHit *hit) {
  const PrcCase *matching_case = hit->matching_case;
  json_builder_begin_object (json);
  ctl_json_int (json, "case", matching_case->id);
  ctl_json_string (json, "title", matching_case->title);
  ctl_json_string (json, "diagnosis", matching_case->diagnosis);
  ctl_json_string (json, "findings", matching_case->findings);
  ctl_json_string (json, "outcome", matching_case->outcome);
  ctl_json_string (json, "modality", matching_case->modality);
  ctl_json_string (json, "body-part", matching_case->body_part);
  ctl_json_number (json, "score", hit->cosine);
  ctl_json_number (json, "percentile", hit->percentile);
  ctl_json_string (json, "path", hit->path);
  ctl_json_int (json, "frame", (gint64)hit->frame + 1);
  ctl_json_string (json, "sop-instance-uid", hit->sop_instance_uid);
  ctl_json_int (json, "slice", hit->slice_number);
  ctl_json_int (json, "slices-in-series", hit->n_slices_in_series);
  json_builder_end_object (json);
}

static void
add_answer (JsonBuilder *json, const char *path, const PrcAnswer *answer) {
  json_builder_begin_object (json);
  ctl_json_string (json, "path", path);
  ctl_json_string (json, "model-id", answer->model_id);
  ctl_json_int (json, "library-version", (gint64)answer->library_version);
  ctl_json_int (json, "slices-searched", answer->n_slices_searched);
  ctl_json_int (json, "cases-kept-out", answer->n_kept_out);
  ctl_json_string (json, "state", state_name (answer->state));
  json_builder_set_member_name (json, "hits");
  json_builder_begin_array (json);
  for (guint i = 0; i < answer->n_hits; i++)
    add_hit (json, &answer->hits[i]);
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
print_answer (const char *path, const PrcAnswer *answer) {
  g_autofree char *shown = ctl_shown_path (path);
  g_print (_ ("%s: library version %zu, %u slices, encoder %.12s\n"), shown,
           (size_t)answer->library_version, answer->n_slices_searched, answer->model_id);
  if (answer->state == PRC_ANSWER_EMPTY_LIBRARY)
    g_print (_ ("  the library is empty\n"));
  if (answer->state == PRC_ANSWER_NOTHING_ALIKE)
    g_print (_ ("  nothing in the library is alike; the least unlike:\n"));
  for (guint i = 0; i < answer->n_hits; i++) {
    const PrcHit *hit = &answer->hits[i];
    g_autofree char *hit_path = ctl_shown_path (hit->path);
    g_print ("%3u. %.3f", i + 1, hit->cosine);
    if (hit->percentile >= 0)
      g_print ("  %5.1f %%", hit->percentile);
    g_print ("  %s | %s | %s %s | %s\n", hit->matching_case->title, hit->matching_case->diagnosis,
             hit->matching_case->modality, hit->matching_case->body_part, hit_path);
  }
}

static PrcAnswer *
search_file (const char *path, const Options *options, PrcCodecPool *pool, PrcLibrary *library,
             PrcIndex *index, PrcEmbedder *embedder, PrcModel *model, GError **error) {
  g_autoptr (PrcInstance) instance = ctl_describe (pool, path, error);
  g_autoptr (PrcFrame) frame =
      instance ? ctl_decode (pool, instance, options->frame_number, error) : NULL;
  if (!frame)
    return NULL;
  const PrcQuery query = {
      .frame = frame,
      .instance = instance,
      .frame_number = (guint)options->frame_number - 1,
      .region = options->region,
      .k = (guint)options->k,
      .by_slice = !g_strcmp0 (options->by, "slice"),
      .modality = options->modality,
      .body_part = options->body_part,
      .exclude_patient = options->exclude_patient,
  };
  return prc_search (library, index, embedder, model, &query, ctl_cancellable (), error);
}

static CtlStatus
search_files (char **paths, int n, const Options *options) {
  g_autoptr (PrcModel) model = NULL;
  g_autoptr (PrcEmbedder) embedder = NULL;
  g_autoptr (PrcLibrary) library = NULL;
  g_autoptr (GError) error = NULL;
  if (!ctl_open_encoder (&model, &embedder, 1) || !(library = ctl_open_library (options->library)))
    return CTL_REFUSED;
  g_autoptr (PrcIndex) index = prc_library_index (library, prc_model_id (model), &error);
  if (!index)
    return ctl_complain (_ ("library"), error);
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (JsonBuilder) json = json_builder_new ();
  CtlStatus status = CTL_DONE;
  if (n > 1)
    json_builder_begin_array (json);
  for (int i = 0; i < n; i++) {
    g_autoptr (GError) refusal = NULL;
    g_autoptr (PrcAnswer) answer =
        search_file (paths[i], options, pool, library, index, embedder, model, &refusal);
    if (!answer) {
      status = ctl_complain (paths[i], refusal);
      if (g_cancellable_is_cancelled (ctl_cancellable ()) || n == 1)
        return status;
      ctl_json_refusal (json, paths[i], refusal);
    } else if (options->as_json) {
      add_answer (json, paths[i], answer);
    } else {
      print_answer (paths[i], answer);
    }
  }
  if (n > 1)
    json_builder_end_array (json);
  if (options->as_json)
    ctl_print_json (json);
  return status;
}

CtlStatus
ctl_similar (int argc, char **argv) {
  g_auto (Options) options = {.k = 10, .frame_number = 1};
  const GOptionEntry entries[] = {
      {"library", 0, 0, G_OPTION_ARG_FILENAME, &options.library,
       N_ ("Another library than the viewer's"), "L"},
      {"number", 'k', 0, G_OPTION_ARG_INT, &options.k, N_ ("How many (10)"), "N"},
      {"by", 0, 0, G_OPTION_ARG_STRING, &options.by, N_ ("Cases, or single slices"), "case|slice"},
      {"filter", 0, 0, G_OPTION_ARG_STRING, &options.filter, N_ ("Only such cases"),
       "modality=M,body-part=B"},
      {"roi", 0, 0, G_OPTION_ARG_STRING, &options.roi, N_ ("Ask with this region, in image pixels"),
       "X,Y,W,H"},
      {"frame", 0, 0, G_OPTION_ARG_INT, &options.frame_number,
       N_ ("Frame of a multi-frame image, from 1"), "N"},
      {"exclude-patient", 0, 0, G_OPTION_ARG_STRING, &options.exclude_patient,
       N_ ("Keep this Patient ID out"), "ID"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("One JSON document"), NULL},
      {NULL},
  };
  CtlStatus status;
  if (!ctl_options (&argc, &argv, entries, "FILE...", 1, -1))
    return CTL_USAGE;
  if (!check (&options, &status))
    return status;
  return search_files (argv + 1, argc - 1, &options);
}
