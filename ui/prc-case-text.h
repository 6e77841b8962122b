// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-answer.h"
#include "prc-engine.h"

// Every sentence of the panel "Similar cases", as pure functions of what the library answered:
// translated, UTF-8, newly allocated, "" when there is nothing to say. Slice numbers are counted
// from 1. None of them speaks of the open patient.

// "Closer than 97 % of CT pairs", or "of the library" where it holds too few of the modality; the
// percentile in [0, 100] is rounded down, so that the words never claim more than is true. Below 0
// the library is too small to rank in: the cosine as it is.
char *prc_case_text_similarity (const PrcHit *hit);
// What that means, for whoever points at it.
char *prc_case_text_similarity_meaning (const PrcHit *hit);
double prc_case_text_fraction (double percentile); // of the bar, [0, 1]

char *prc_case_text_place (guint slice_number, guint n_slices); // "Slice 12 of 34"
char *prc_case_text_modality (const char *modality);            // "CT"
// PS3.16 annex L terms in a reader's words ("LSPINE" -> "Lumbar spine"); others as they are, not
// shouted.
char *prc_case_text_body_part (const char *body_part);
// Outcome tokens of the library in words; other text as it is. Tokens: "pathology", "follow-up".
char *prc_case_text_outcome (const char *outcome);

// How a diagnosis is proven, for a chip: "Pathology", "Follow-up", "Not proven"; "" unknown.
char *prc_case_text_proof (const char *proof);

// What of the case matched when a segment asked, "Lung nodule, 1.2 ml"; else "".
char *prc_case_text_segment (const PrcHit *hit);

// A row as a screen reader says it: "Pulmonary nodule, CT chest, closer than 97 % of CT pairs,
// slice 12 of 34".
char *prc_case_text_row (const PrcHit *hit, gboolean files_gone);

char *prc_case_text_fresh (guint slice_number);                     // "For slice 143"
char *prc_case_text_now (guint slice_number, gboolean same_series); // "now at 150"
char *prc_case_text_announce (const PrcAnswer *answer,
                              guint slice_number); // the same with what was found
char *prc_case_text_kept_out (guint n_cases);
char *prc_case_text_searched (const PrcAnswer *answer, guint n_cases);
// "Indexing again: 1,240 of 5,000 slices…", or what could not be indexed again.
char *prc_case_text_indexing (const PrcIndexing *indexing);
char *prc_case_text_model (const PrcAnswer *answer); // the first digits of the model's id
char *prc_case_text_time (const PrcAnswer *answer);

// What a case made of a series may be called, from Study and Series Description; never patient
// data. "" when both are.
char *prc_case_text_proposed_title (const char *study_description, const char *series_description,
                                    const char *modality);
