// SPDX-License-Identifier: Apache-2.0
#include "prc-case-text.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static const struct {
  const char *term, *words;
} body_parts[] = {
    {"ABDOMEN", N_ ("abdomen")},
    {"ANKLE", N_ ("ankle")},
    {"ARM", N_ ("arm")},
    {"BRAIN", N_ ("brain")},
    {"BREAST", N_ ("breast")},
    {"CHEST", N_ ("chest")},
    {"CSPINE", N_ ("cervical spine")},
    {"ELBOW", N_ ("elbow")},
    {"EXTREMITY", N_ ("extremity")},
    {"FOOT", N_ ("foot")},
    {"HAND", N_ ("hand")},
    {"HEAD", N_ ("head")},
    {"HEART", N_ ("heart")},
    {"HIP", N_ ("hip")},
    {"KIDNEY", N_ ("kidney")},
    {"KNEE", N_ ("knee")},
    {"LEG", N_ ("leg")},
    {"LIVER", N_ ("liver")},
    {"LSPINE", N_ ("lumbar spine")},
    {"NECK", N_ ("neck")},
    {"PELVIS", N_ ("pelvis")},
    {"PROSTATE", N_ ("prostate")},
    {"SHOULDER", N_ ("shoulder")},
    {"SKULL", N_ ("skull")},
    {"SPINE", N_ ("spine")},
    {"THIGH", N_ ("thigh")},
    {"TSPINE", N_ ("thoracic spine")},
    {"WHOLEBODY", N_ ("whole body")},
    {"WRIST", N_ ("wrist")},
};

static char *
percent (double percentile) {
  double tenths = fmin (floor (percentile * 10), 999);
  if (tenths >= 990 && fmod (tenths, 10) != 0)
    return g_strdup_printf ("%.1f", tenths / 10);
  return g_strdup_printf ("%.0f", floor (tenths / 10));
}

char *
prc_case_text_similarity (const PrcHit *hit) {
  const double percentile = hit->percentile;
  if (percentile < 0 || isnan (percentile))
    return g_strdup_printf (_ ("Similarity %.2f, library too small to rank"), (double)hit->cosine);
  g_autofree char *number = percent (percentile);
  /* Translators: a number such as 97 or 99.6, and a modality such as CT */
  if (hit->scale && *hit->scale)
    return g_strdup_printf (_ ("Closer than %s\u00a0%% of %s pairs"), number, hit->scale);
  /* Translators: %s is a number such as 97 or 99.6 */
  return g_strdup_printf (_ ("Closer than %s\u00a0%% of the library"), number);
}

char *
prc_case_text_similarity_meaning (const PrcHit *hit) {
  const double percentile = hit->percentile, cosine = (double)hit->cosine;
  if (percentile < 0 || isnan (percentile))
    return g_strdup_printf (_ ("Cosine of the two slices' vectors: %.3f. Ranks need cases of at "
                               "least three patients."),
                            cosine);
  g_autofree char *number = percent (percentile);
  if (hit->scale && *hit->scale)
    return g_strdup_printf (
        hit->segment ? _ ("Of pairs of %s segments of different patients in this library, "
                          "%s\u00a0%% are less alike (cosine %.3f).")
                     : _ ("Of pairs of %s slices of different patients in this library, "
                          "%s\u00a0%% are less alike (cosine %.3f)."),
        hit->scale, number, cosine);
  if (hit->segment)
    return g_strdup_printf (_ ("Of pairs of segments of different patients in this library, "
                               "%s\u00a0%% are less alike (cosine %.3f)."),
                            number, cosine);
  return g_strdup_printf (_ ("Of pairs of slices of different patients in this library, %s\u00a0%% "
                             "are less alike (cosine %.3f)."),
                          number, cosine);
}

double
prc_case_text_fraction (double percentile) {
  return isnan (percentile) ? 0 : CLAMP (percentile / 100, 0, 1);
}

char *
prc_case_text_place (guint slice_number, guint n_slices) {
  if (slice_number == 0 || n_slices <= 1) // a radiograph is no slice
    return g_strdup ("");
  return g_strdup_printf (_ ("Slice %u of %u"), slice_number, n_slices);
}

char *
prc_case_text_segment (const PrcHit *hit) {
  return hit->segment ? prc_case_segment_title (hit->segment) : g_strdup ("");
}

char *
prc_case_text_modality (const char *modality) {
  return g_utf8_strup (modality, -1);
}

// As it stands inside a sentence.
static char *
body_part_words (const char *body_part) {
  for (gsize i = 0; i < G_N_ELEMENTS (body_parts); i++)
    if (g_ascii_strcasecmp (body_part, body_parts[i].term) == 0)
      return g_strdup (_ (body_parts[i].words));
  return g_utf8_strdown (body_part, -1);
}

static char *
capitalised (const char *text) {
  char first[7] = {0};
  if (*text == '\0')
    return g_strdup ("");
  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (text)), first);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}

char *
prc_case_text_body_part (const char *body_part) {
  g_autofree char *words = body_part_words (body_part);
  return capitalised (words);
}

char *
prc_case_text_outcome (const char *outcome) {
  if (g_ascii_strcasecmp (outcome, "pathology") == 0)
    return g_strdup (_ ("Proven by pathology"));
  if (g_ascii_strcasecmp (outcome, "follow-up") == 0)
    return g_strdup (_ ("Confirmed by follow-up"));
  return g_strdup (outcome);
}

char *
prc_case_text_proof (const char *proof) {
  if (g_str_equal (proof, "pathology"))
    return g_strdup (C_ ("diagnosis proven by", "Pathology"));
  if (g_str_equal (proof, "follow-up"))
    return g_strdup (C_ ("diagnosis proven by", "Follow-up"));
  if (g_str_equal (proof, "none"))
    return g_strdup (_ ("Not proven"));
  return g_strdup ("");
}

static void
append_part (GString *text, const char *part) {
  if (*part == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, _ (", "));
  g_string_append (text, part);
}

// Sentences of their own on screen are parts of one here.
static void
append_lowered (GString *text, const char *part) {
  char first[7] = {0};
  if (*part == '\0')
    return;
  g_unichar_to_utf8 (g_unichar_tolower (g_utf8_get_char (part)), first);
  g_autofree char *lowered = g_strconcat (first, g_utf8_next_char (part), NULL);
  append_part (text, lowered);
}

// As it stands inside a sentence, after the diagnosis.
static char *
proof_words (const char *proof) {
  if (g_str_equal (proof, "pathology"))
    return g_strdup (_ ("proven by pathology"));
  if (g_str_equal (proof, "follow-up"))
    return g_strdup (_ ("confirmed by follow-up"));
  return g_strdup (g_str_equal (proof, "none") ? _ ("not proven") : "");
}

char *
prc_case_text_row (const PrcHit *hit, gboolean files_gone) {
  const PrcCase *found = hit->matching_case;
  g_autofree char *modality = prc_case_text_modality (found->modality);
  g_autofree char *part = body_part_words (found->body_part);
  g_autofree char *kind = g_strstrip (g_strconcat (modality, " ", part, NULL));
  g_autofree char *similarity = prc_case_text_similarity (hit);
  g_autofree char *place = prc_case_text_place (hit->slice_number, hit->n_slices_in_series);
  g_autofree char *outcome = prc_case_text_outcome (found->outcome);
  g_autofree char *segment = prc_case_text_segment (hit);
  g_autofree char *proof = proof_words (found->proof);
  GString *text = g_string_new (*found->diagnosis ? found->diagnosis : found->title);

  append_part (text, hit->is_own ? _ ("this patient") : "");
  append_part (text, proof);
  append_part (text, segment);
  append_part (text, kind);
  append_lowered (text, similarity);
  append_lowered (text, place);
  append_lowered (text, outcome);
  if (files_gone)
    append_part (text, _ ("files are gone"));
  return g_string_free (text, FALSE);
}

char *
prc_case_text_fresh (guint slice_number) {
  if (slice_number == 0)
    return g_strdup ("");
  return g_strdup_printf (_ ("For slice %u"), slice_number);
}

char *
prc_case_text_now (guint slice_number, gboolean same_series) {
  if (!same_series)
    return g_strdup (_ ("now in another series"));
  return g_strdup_printf (_ ("now at %u"), slice_number);
}

char *
prc_case_text_announce (const PrcAnswer *answer, guint slice_number) {
  switch (answer->state) {
  case PRC_ANSWER_RESULTS:
    if (answer->asked == PRC_ASKED_BOX)
      return g_strdup_printf (
          ngettext ("%u case alike to the box", "%u cases alike to the box", answer->n_hits),
          answer->n_hits);
    if (answer->by_segment)
      return g_strdup_printf (ngettext ("%u case with a segment like this one",
                                        "%u cases with a segment like this one", answer->n_hits),
                              answer->n_hits);
    return g_strdup_printf (
        ngettext ("%u similar case for slice %u", "%u similar cases for slice %u", answer->n_hits),
        answer->n_hits, slice_number);
  case PRC_ANSWER_NOTHING_ALIKE:
    if (answer->asked == PRC_ASKED_BOX)
      return g_strdup (_ ("Nothing alike to the box"));
    if (answer->by_segment)
      return g_strdup (_ ("No segment alike"));
    return g_strdup_printf (_ ("Nothing alike for slice %u"), slice_number);
  case PRC_ANSWER_NO_SEGMENTS:
    return g_strdup (_ ("The library holds no segments"));
  case PRC_ANSWER_EMPTY_LIBRARY:
    break;
  }
  return g_strdup (_ ("The library is empty"));
}

char *
prc_case_text_kept_out (guint n_cases) {
  if (n_cases == 0)
    return g_strdup ("");
  return g_strdup_printf (ngettext ("%u case of this patient is kept out",
                                    "%u cases of this patient are kept out", n_cases),
                          n_cases);
}

char *
prc_case_text_searched (const PrcAnswer *answer, guint n_cases) {
  const guint n = answer->n_slices_searched;
  g_autofree char *slices = answer->by_segment
                                ? g_strdup_printf (ngettext ("%'u segment", "%'u segments", n), n)
                                : g_strdup_printf (ngettext ("%'u slice", "%'u slices", n), n);
  g_autofree char *cases = g_strdup_printf (ngettext ("%'u case", "%'u cases", n_cases), n_cases);
  /* Translators: both are numbers with their noun, such as "4,312 slices" and "60 cases" */
  return g_strdup_printf (_ ("Searched: %s of %s"), slices, cases);
}

char *
prc_case_text_indexing (const PrcIndexing *indexing) {
  const guint n = indexing->n_total, n_left = indexing->n_left;
  if (indexing->running)
    return g_strdup_printf (ngettext ("Indexing again: %'u of %'u slice. What is done is searched",
                                      "Indexing again: %'u of %'u slices. What is done is searched",
                                      n),
                            indexing->n_done, n);
  if (indexing->failed)
    return g_strdup_printf (
        _ ("Indexing again has stopped at %'u of %'u slices and goes on with the next start"),
        indexing->n_done, n);
  if (n_left > 0)
    return g_strdup_printf (
        ngettext ("%'u slice is not searched: its file is gone or cannot be read",
                  "%'u slices are not searched: their files are gone or cannot be read", n_left),
        n_left);
  return g_strdup ("");
}

char *
prc_case_text_model (const PrcAnswer *answer) {
  return g_strndup (answer->model_id ? answer->model_id : "", 12);
}

char *
prc_case_text_time (const PrcAnswer *answer) {
  double total = answer->preprocess_ms + answer->embed_ms + answer->search_ms + answer->gather_ms;
  return g_strdup_printf (_ ("%.0f ms (prepare %.0f, encode %.0f, search %.0f, gather %.0f)"),
                          total, answer->preprocess_ms, answer->embed_ms, answer->search_ms,
                          answer->gather_ms);
}

char *
prc_case_text_proposed_title (const char *study_description, const char *series_description,
                              const char *modality) {
  gboolean same = g_ascii_strcasecmp (study_description, series_description) == 0;
  gboolean both = *study_description && *series_description && !same;
  if (both)
    return g_strdup_printf (_ ("%s, %s"), study_description, series_description);
  if (*study_description || *series_description)
    return g_strdup (*study_description ? study_description : series_description);
  return g_strdup (modality);
}
