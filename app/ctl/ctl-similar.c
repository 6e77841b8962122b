// SPDX-License-Identifier: Apache-2.0
#include "ctl-similar-segment.h"
#include "ctl.h"

#include <glib/gi18n.h>
#include "prc-search.h"

typedef struct {
  char *library, *model, *by, *filter, *roi, *against, *segment, *exclude_patient;
  int k, frame_number;
  gboolean as_json, exact;
  PrcFilter wanted; // from `filter`
  PrcRegion region; // from `roi`
} Options;

static void
options_clear (Options *options) {
  g_free (options->library);
  g_free (options->model);
  g_free (options->by);
  g_free (options->filter);
  g_free (options->roi);
  g_free (options->against);
  g_free (options->segment);
  g_free (options->exclude_patient);
  prc_filter_clear (&options->wanted);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static bool
check (Options *options, CtlStatus *status) {
  g_autoptr (GError) fault = NULL;
  *status = CTL_DONE;
  if (options->k < 1 || options->k > 10000)
    *status = ctl_usage (_ ("-k takes a number from 1 to 10000"));
  else if (options->by && strcmp (options->by, "case") && strcmp (options->by, "slice"))
    *status = ctl_usage (_ ("--by takes case or slice, not \"%s\""), options->by);
  else if (options->filter && !prc_filter_parse (options->filter, &options->wanted, &fault))
    *status = ctl_usage ("--filter: %s", fault->message);
  else if (options->roi && !ctl_parse_region (options->roi, &options->region))
    *status = ctl_usage (_ ("--roi takes X,Y,W,H, not \"%s\""), options->roi);
  else if (options->against && (!options->roi || (strcmp (options->against, "segments") &&
                                                  strcmp (options->against, "slices"))))
    *status = ctl_usage (_ ("--against takes segments or slices, beside --roi"));
  else if (options->segment && (options->roi || options->frame_number != 1))
    *status = ctl_usage (_ ("--segment says itself where: neither --roi nor --frame beside it"));
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
  ctl_json_string (json, "percentile-of", hit->scale);
  ctl_json_string (json, "path", hit->path);
  ctl_json_int (json, "frame", (gint64)hit->frame + 1);
  ctl_json_string (json, "sop-instance-uid", hit->sop_instance_uid);
  ctl_json_int (json, "slice", hit->slice_number);
  ctl_json_int (json, "slices-in-series", hit->n_slices_in_series);
  if (hit->segment) {
    json_builder_set_member_name (json, "segment");
    json_builder_begin_object (json);
    ctl_json_segment (json, hit->segment);
    json_builder_end_object (json);
  }
  json_builder_end_object (json);
}

static void
add_asked (JsonBuilder *json, const CtlSegment *asked) {
  const PrcSegment *said = ctl_segment_said (asked);
  json_builder_set_member_name (json, "segment");
  json_builder_begin_object (json);
  ctl_json_string (json, "path", prc_instance_info (asked->file->instance)->path);
  ctl_json_int (json, "number", said->number);
  ctl_json_string (json, "label", said->label);
  ctl_json_int (json, "voxels", (gint64)asked->segment->voxels);
  if (asked->segment->volume_ml >= 0)
    ctl_json_number (json, "volume-ml", asked->segment->volume_ml);
  ctl_json_int (json, "frame", (gint64)asked->frame + 1);
  json_builder_end_object (json);
}

// `asked`: the segment, or NULL.
static void
add_answer (JsonBuilder *json, const char *path, const CtlSegment *asked, const PrcAnswer *answer) {
  json_builder_begin_object (json);
  ctl_json_string (json, "path", path);
  if (asked)
    add_asked (json, asked);
  ctl_json_string (json, "model-id", answer->model_id);
  ctl_json_int (json, "library-version", (gint64)answer->library_version);
  if (answer->asked == PRC_ASKED_BOX)
    ctl_json_string (json, "against", answer->by_segment ? "segments" : "slices");
  ctl_json_int (json, "slices-searched", answer->by_segment ? 0 : answer->n_slices_searched);
  if (answer->by_segment)
    ctl_json_int (json, "segments-searched", answer->n_slices_searched);
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
  if (answer->by_segment)
    g_print (_ ("%s: library version %zu, %u segments, encoder %.12s\n"), shown,
             (size_t)answer->library_version, answer->n_slices_searched, answer->model_id);
  else
    g_print (_ ("%s: library version %zu, %u slices, encoder %.12s\n"), shown,
             (size_t)answer->library_version, answer->n_slices_searched, answer->model_id);
  if (answer->state == PRC_ANSWER_EMPTY_LIBRARY)
    g_print (_ ("  the library is empty\n"));
  if (answer->state == PRC_ANSWER_NO_SEGMENTS)
    g_print (_ ("  the library holds no segments\n"));
  if (answer->state == PRC_ANSWER_NOTHING_ALIKE)
    g_print (_ ("  nothing in the library is alike; the least unlike:\n"));
  for (guint i = 0; i < answer->n_hits; i++) {
    const PrcHit *hit = &answer->hits[i];
    g_autofree char *hit_path = ctl_shown_path (hit->path);
    g_print ("%3u. %.3f", i + 1, hit->cosine);
    if (hit->percentile >= 0 && *hit->scale)
      g_print (_ ("  closer than %5.1f %% of %s pairs"), hit->percentile, hit->scale);
    else if (hit->percentile >= 0)
      g_print (_ ("  closer than %5.1f %% of the library"), hit->percentile);
    g_autofree char *segment = hit->segment ? prc_case_segment_title (hit->segment) : NULL;
    g_print ("  %s%s%s | %s | %s %s | %s\n", segment ? segment : "", segment ? " | " : "",
             hit->matching_case->title, hit->matching_case->diagnosis, hit->matching_case->modality,
             hit->matching_case->body_part, hit_path);
  }
}

typedef struct {
  const Options *options;
  PrcCodecPool *pool;
  PrcModel *model;
  PrcEmbedder *embedder;
  PrcLibrary *library;
  PrcIndex *slices, *segments; // the second only where it may be asked
} Search;

static void
search_clear (Search *search) {
  g_clear_pointer (&search->pool, prc_codec_pool_unref);
  g_clear_pointer (&search->slices, prc_index_unref);
  g_clear_pointer (&search->segments, prc_index_unref);
  g_clear_pointer (&search->library, prc_library_close);
  g_clear_pointer (&search->embedder, prc_embedder_free);
  g_clear_pointer (&search->model, prc_model_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static PrcAgainst
against (const Options *options) {
  if (!options->against)
    return PRC_AGAINST_BEST;
  return strcmp (options->against, "slices") ? PRC_AGAINST_SEGMENTS : PRC_AGAINST_SLICES;
}

// `frame_number` from 1; `mask` NULL: the whole slice or the region.
static PrcAnswer *
search_slice (const Search *search, PrcInstance *instance, int frame_number, const PrcMask *mask,
              GError **error) {
  const Options *options = search->options;
  g_autoptr (PrcFrame) frame = ctl_decode (search->pool, instance, frame_number, error);
  if (!frame)
    return NULL;
  PrcQuery query = {
      .frame = frame,
      .instance = instance,
      .frame_number = (guint)frame_number - 1,
      .region = options->region,
      .against = against (options),
      .mask = mask,
      .k = (guint)options->k,
      .by_slice = !g_strcmp0 (options->by, "slice"),
      .filter = options->wanted,
      .exact = options->exact,
  };
  PrcIndex *index = search->slices;
  if (search->segments && prc_query_asks_segments (&query, search->segments)) {
    query.against = PRC_AGAINST_SEGMENTS;
    index = search->segments;
  }
  return prc_search (search->library, index, search->embedder, search->model, &query,
                     ctl_cancellable (), error);
}

static PrcAnswer *
search_file (const Search *search, const char *path, GError **error) {
  g_autoptr (PrcInstance) instance = ctl_describe (search->pool, path, error);
  return instance ? search_slice (search, instance, search->options->frame_number, NULL, error)
                  : NULL;
}

static bool
search_open (Search *search, const Options *options) {
  g_autoptr (GError) error = NULL;
  search->options = options;
  if (!ctl_open_encoder (options->model, &search->model, &search->embedder, 1) ||
      !(search->library = ctl_open_library (options->library)))
    return false;
  search->slices = prc_library_index (search->library, prc_model_id (search->model), &error);
  if (search->slices && (options->segment || options->roi))
    search->segments =
        prc_library_segment_index (search->library, prc_model_segment_id (search->model), &error);
  if (error) {
    ctl_complain (_ ("library"), error);
    return false;
  }
  search->pool = prc_codec_pool_new (1);
  return true;
}

// All paths together are the images that the segment lies on.
static CtlStatus
search_segment (char **paths, int n, const Options *options) {
  g_auto (Search) search = {0};
  g_auto (CtlSegment) asked = {0};
  g_autoptr (GError) error = NULL;
  if (!search_open (&search, options))
    return CTL_REFUSED;
  if (!ctl_segment_find (search.pool, options->segment, paths, n, &asked, &error))
    return ctl_complain (options->segment, error);
  const char *path = prc_instance_info (asked.instance)->path;
  g_autoptr (PrcAnswer) answer =
      search_slice (&search, asked.instance, (int)asked.frame + 1, asked.segment->mask, &error);
  if (!answer)
    return ctl_complain (path, error);
  g_autoptr (JsonBuilder) json = json_builder_new ();
  if (!options->as_json) {
    print_answer (path, answer);
    return CTL_DONE;
  }
  add_answer (json, path, &asked, answer);
  ctl_print_json (json);
  return CTL_DONE;
}

static CtlStatus
search_files (char **paths, int n, const Options *options) {
  g_auto (Search) search = {0};
  if (!search_open (&search, options))
    return CTL_REFUSED;
  g_autoptr (JsonBuilder) json = json_builder_new ();
  CtlStatus status = CTL_DONE;
  if (n > 1)
    json_builder_begin_array (json);
  for (int i = 0; i < n; i++) {
    g_autoptr (GError) refusal = NULL;
    g_autoptr (PrcAnswer) answer = search_file (&search, paths[i], &refusal);
    if (!answer) {
      status = ctl_complain (paths[i], refusal);
      if (g_cancellable_is_cancelled (ctl_cancellable ()) || n == 1)
        return status;
      ctl_json_refusal (json, paths[i], refusal);
    } else if (options->as_json) {
      add_answer (json, paths[i], NULL, answer);
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
      {"model", 0, 0, G_OPTION_ARG_FILENAME, &options.model,
       N_ ("Another encoder than the built-in one: *.onnx or *.safetensors"), "FILE"},
      {"number", 'k', 0, G_OPTION_ARG_INT, &options.k, N_ ("How many (10)"), "N"},
      {"by", 0, 0, G_OPTION_ARG_STRING, &options.by, N_ ("Cases, or single slices"), "case|slice"},
      {"filter", 0, 0, G_OPTION_ARG_STRING, &options.filter, N_ ("Only such cases"),
       "NAME=VALUE,..."},
      {"roi", 0, 0, G_OPTION_ARG_STRING, &options.roi, N_ ("Ask with this region, in image pixels"),
       "X,Y,W,H"},
      {"against", 0, 0, G_OPTION_ARG_STRING, &options.against,
       N_ ("Compare the region with these (segments where the library has enough of them)"),
       "segments|slices"},
      {"segment", 0, 0, G_OPTION_ARG_FILENAME, &options.segment,
       N_ ("Ask with this segment of a file (the largest) for segments alike"), "SEGFILE[:NUMBER]"},
      {"frame", 0, 0, G_OPTION_ARG_INT, &options.frame_number,
       N_ ("Frame of a multi-frame image, from 1"), "N"},
      {"exclude-patient", 0, 0, G_OPTION_ARG_STRING, &options.exclude_patient,
       N_ ("Keep this Patient ID out"), "ID"},
      {"exact", 0, 0, G_OPTION_ARG_NONE, &options.exact,
       N_ ("Compare with every slice, however large the library is"), NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, N_ ("One JSON document"), NULL},
      {NULL},
  };
  CtlStatus status;
  if (!ctl_options (&argc, &argv, entries, "FILE...", 1, -1))
    return CTL_USAGE;
  if (!check (&options, &status))
    return status;
  options.wanted.exclude_patient = g_steal_pointer (&options.exclude_patient);
  return options.segment ? search_segment (argv + 1, argc - 1, &options)
                         : search_files (argv + 1, argc - 1, &options);
}
