// SPDX-License-Identifier: Apache-2.0
#include "prc-search.h"

#include "prc-box.h"
#include "prc-engine-error.h"
#include "prc-library-private.h"

typedef struct {
  PrcSeriesSet *kept_out, *allowed; // `allowed` NULL: all
  guint n_kept_out;                 // cases
} Guard;

static void
guard_clear (Guard *guard) {
  g_clear_pointer (&guard->kept_out, prc_series_set_unref);
  g_clear_pointer (&guard->allowed, prc_series_set_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Guard, guard_clear)

// What is the same patient: one key, when there is anything behind it. Two pictures without a word
// about their patients have none.
static const char *
patient_key_of (PrcInstance *instance) {
  const PrcInstanceInfo *info = prc_instance_info (instance);
  const gboolean known = *info->patient_id || *info->patient_name || *info->study_instance_uid;
  return known ? prc_instance_patient_key (instance) : "";
}

// Series of the case itself and of its patient, and of the patient to be kept out besides.
static PrcSeriesSet *
related_series (PrcLibrary *library, PrcInstance *instance, const char *patient_id, guint *n_cases,
                GError **error) {
  const PrcInstanceInfo *info = instance ? prc_instance_info (instance) : NULL;
  return prc_library_related_series (
      library, info ? info->study_instance_uid : NULL, info ? info->sop_instance_uid : NULL,
      instance ? patient_key_of (instance) : NULL, patient_id, n_cases, error);
}

static gboolean
make_guard (PrcLibrary *library, const PrcQuery *query, Guard *guard, GError **error) {
  guard->kept_out = related_series (library, query->include_self ? NULL : query->instance,
                                    query->filter.exclude_patient, &guard->n_kept_out, error);
  if (!guard->kept_out)
    return FALSE;
  PrcFilter wanted = query->filter; // borrowed
  wanted.exclude_patient = NULL;
  if (prc_filter_is_empty (&wanted))
    return TRUE;
  guard->allowed = prc_library_select (library, &wanted, error);
  return guard->allowed != NULL;
}

static gboolean
embed (PrcEmbedder *embedder, const PrcQuery *query, float *vector, PrcAnswer *answer,
       GCancellable *cancellable, GError **error) {
  g_autofree float *input = g_new (float, prc_embedder_input_length (embedder));
  const gint64 start = g_get_monotonic_time ();
  const PrcRegion *region = query->region.width > 0 ? &query->region : NULL;
  if (!prc_embedder_look (embedder, query->frame, region, answer->mask, input, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  const gint64 prepared = g_get_monotonic_time ();
  if (!prc_embedder_forward (embedder, input, 1, vector, error))
    return FALSE;
  answer->preprocess_ms = (double)(prepared - start) / 1000;
  answer->embed_ms = (double)(g_get_monotonic_time () - prepared) / 1000;
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
fill (PrcLibrary *library, const PrcIndexHit *found, PrcHit *hit, GError **error) {
  return found->segment_id ? prc_library_fill_segment_hit (library, found->segment_id, hit, error)
                           : prc_library_fill_hit (library, found->slice_id, hit, error);
}

// A case that another program removed since the snapshot was taken is left out, not an error.
static gboolean
gather (PrcLibrary *library, PrcIndex *index, const PrcIndexHit *found, size_t n, const char *scale,
        PrcAnswer *answer, GError **error) {
  answer->n_hits = 0;
  for (size_t i = 0; i < n; i++) {
    PrcHit *hit = &answer->hits[answer->n_hits];
    g_autoptr (GError) missing = NULL;
    if (fill (library, &found[i], hit, &missing)) {
      hit->cosine = found[i].cosine;
      hit->percentile = prc_index_percentile (index, scale, found[i].cosine);
      hit->scale = g_strdup (scale);
      answer->n_hits++;
    } else if (!g_error_matches (missing, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&missing));
      return FALSE;
    }
  }
  const gboolean alike =
      answer->n_hits > 0 && answer->hits[0].cosine >= prc_index_nothing_alike (index, scale);
  answer->state = alike ? PRC_ANSWER_RESULTS : PRC_ANSWER_NOTHING_ALIKE;
  return TRUE;
}

// One for the whole answer, so that what stands further down never reads as nearer: that of the
// query's modality; of a picture that says none, or one that the library hardly holds, that of the
// nearest hit.
static const char *
scale_of (PrcIndex *index, const PrcQuery *query, const PrcIndexHit *nearest) {
  const char *said = query->instance ? prc_instance_info (query->instance)->modality : "";
  g_autofree char *modality = g_ascii_strup (said, PRC_INDEX_MODALITY - 1);
  const char *own = prc_index_scale (index, modality);
  return *own || !nearest ? own : prc_index_scale (index, nearest->modality);
}

// Of what was gathered: a case that has gone meanwhile does not count, nor do cases of the patient
// when they were asked for.
static gboolean
tally (PrcLibrary *library, const PrcQuery *query, const PrcSeriesSet *allowed, PrcAnswer *answer,
       GError **error) {
  gint64 cases[PRC_TALLY_CASES];
  guint n_cases, n = 0;
  PrcDiagnoses *diagnoses = prc_library_diagnoses (library, error);
  g_autoptr (PrcSeriesSet) own = NULL;
  if (diagnoses)
    own = related_series (library, query->instance, query->filter.exclude_patient, &n_cases, error);
  if (!own)
    return FALSE;
  const PrcIndexScope of_others = {.left_out = own}, searched = {allowed, own};
  for (guint i = 0; i < answer->n_hits; i++) {
    PrcHit *hit = &answer->hits[i];
    hit->is_own = !prc_diagnoses_within (diagnoses, hit->matching_case->id, &of_others);
    if (!hit->is_own && n < PRC_TALLY_CASES)
      cases[n++] = hit->matching_case->id;
  }
  answer->tally = prc_tally_new (diagnoses, cases, n, &searched);
  return TRUE;
}

static gboolean
search (PrcLibrary *library, PrcIndex *index, const float *vector, const PrcQuery *query,
        PrcAnswer *answer, GCancellable *cancellable, GError **error) {
  g_auto (Guard) guard = {0};
  const gint64 start = g_get_monotonic_time ();
  if (!make_guard (library, query, &guard, error))
    return FALSE;
  const PrcIndexScope scope = {guard.allowed, guard.kept_out, query->exact};
  g_autofree PrcIndexHit *found = g_new (PrcIndexHit, answer->n_hits);
  const size_t n = query->by_slice
                       ? prc_index_search (index, vector, answer->n_hits, &scope, found)
                       : prc_index_search_cases (index, vector, answer->n_hits, &scope, found);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  const gint64 searched = g_get_monotonic_time ();
  answer->n_kept_out = guard.n_kept_out;
  answer->search_ms = (double)(searched - start) / 1000;
  if (!gather (library, index, found, n, scale_of (index, query, n > 0 ? found : NULL), answer,
               error))
    return FALSE;
  if (answer->state == PRC_ANSWER_RESULTS && !query->by_slice &&
      !tally (library, query, guard.allowed, answer, error))
    return FALSE;
  answer->gather_ms = (double)(g_get_monotonic_time () - searched) / 1000;
  return TRUE;
}

// Of an index in which there is nothing.
static gboolean
say_what_is_missing (PrcLibrary *library, const PrcQuery *query, PrcAnswer *answer,
                     GError **error) {
  guint n_cases, n_slices = 0;
  if (answer->by_segment && !prc_library_counts (library, &n_cases, &n_slices, error))
    return FALSE;
  answer->state = n_slices > 0 ? PRC_ANSWER_NO_SEGMENTS : PRC_ANSWER_EMPTY_LIBRARY;
  return TRUE;
}

// What was asked, and the mask that asks when segments answer.
static gboolean
remember_question (const PrcQuery *query, PrcAnswer *answer, GError **error) {
  const gboolean box = !query->mask && query->region.width > 0;
  if (!query->mask && !box)
    return TRUE;
  answer->asked = box ? PRC_ASKED_BOX : PRC_ASKED_SEGMENT;
  answer->by_segment = !box || query->against == PRC_AGAINST_SEGMENTS;
  if (query->mask)
    answer->mask = prc_mask_ref (query->mask);
  else
    answer->region = query->region;
  if (box && answer->by_segment &&
      !(answer->mask = prc_box_mask (prc_frame_info (query->frame), &query->region, error)))
    return FALSE;
  answer->frame = query->frame_number;
  if (query->instance)
    answer->sop_instance_uid = g_strdup (prc_instance_info (query->instance)->sop_instance_uid);
  return TRUE;
}

PrcAnswer *
prc_search (PrcLibrary *library, PrcIndex *index, PrcEmbedder *embedder, PrcModel *model,
            const PrcQuery *query, GCancellable *cancellable, GError **error) {
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  const size_t length = prc_index_length (index);
  g_autoptr (PrcAnswer) answer = prc_answer_new ((guint)MIN (query->k, length));
  answer->generation = query->generation;
  answer->model_id = g_strdup (prc_model_id (model));
  answer->library_version = prc_index_version (index);
  answer->n_slices_searched = (guint)length;
  answer->asked_at = g_get_real_time () / G_USEC_PER_SEC;
  if (!remember_question (query, answer, error))
    return NULL;
  if (length == 0)
    return say_what_is_missing (library, query, answer, error) ? g_steal_pointer (&answer) : NULL;
  g_autofree float *vector = g_new (float, prc_model_dimension (model));
  if (!embed (embedder, query, vector, answer, cancellable, error) ||
      !search (library, index, vector, query, answer, cancellable, error))
    return NULL;
  return g_steal_pointer (&answer);
}
