// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-case.h"
#include "prc-case-segment.h"
#include "prc-preprocess.h"
#include "prc-tally.h"

// What the library said to a query: immutable, reference-counted, any thread.
typedef enum {
  PRC_ANSWER_RESULTS,
  PRC_ANSWER_NOTHING_ALIKE,
  PRC_ANSWER_EMPTY_LIBRARY,
  PRC_ANSWER_NO_SEGMENTS // segments were to answer, and the library holds slices but no segment
} PrcAnswerState;

typedef enum {
  PRC_ASKED_SLICE,
  PRC_ASKED_SEGMENT,
  PRC_ASKED_BOX, // drawn on a slice
} PrcAsked;

typedef struct {
  PrcCase *matching_case;
  gint64 slice_id;
  char *path;  // of the file that holds the matching slice
  guint frame; // in that file, from 0
  char *sop_instance_uid, *series_instance_uid;
  guint slice_number, n_slices_in_series; // place of the slice in its series, from 1
  float cosine;
  double percentile; // prc_index_percentile; -1 when unknown
  char *scale;       // modality whose pairs the percentile is of; "" or NULL: of the whole library
  gboolean is_own;   // the case itself or another of its patient (PrcQuery.include_self)
  PrcCaseSegment *segment; // that matched, with by_segment; else NULL
} PrcHit;

typedef struct {
  PrcAnswerState state;
  PrcHit *hits; // best slice of each case, by falling cosine (with by_slice: every slice)
  guint n_hits;
  guint n_kept_out;   // cases left out: the case itself and the same patient
  PrcTally *tally;    // of the diagnoses of the nearest cases; NULL when none is alike, or by_slice
  guint64 generation; // of the query
  char *model_id;
  guint64 library_version;
  PrcAsked asked;
  gint64 asked_at;         // seconds since 1970, UTC
  guint n_slices_searched; // with by_segment: segments
  gboolean by_segment;     // segments were searched: a segment asked, or a box
  PrcRegion region;        // the box that asked, else of width 0
  // The segment that asked, or what the box was taken for when segments were searched, and the slice
  // it is of, as far as that is known; else NULL.
  PrcMask *mask;
  char *sop_instance_uid;
  guint frame;
  double preprocess_ms, embed_ms, search_ms, gather_ms;
} PrcAnswer;

PrcAnswer *prc_answer_new (guint n_hits);
PrcAnswer *prc_answer_ref (PrcAnswer *answer);
void prc_answer_unref (PrcAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcAnswer, prc_answer_unref)
