// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-answer.h"
#include "prc-case-place.h"
#include "prc-query.h"

// What the panel asks the library: a slice, a segment on it, or a box. A plain value that owns what
// it holds; main thread.
typedef struct {
  PrcAsked kind;
  PrcFrame *frame; // NULL: nothing
  PrcCasePlace place;
  PrcMask *mask; // of the segment; else NULL
  PrcRegion box; // else of width 0
  PrcAgainst against;
  char *name; // of the segment, or how large the box is; NULL of a slice
} PrcCaseQuestion;

// References what is given (instance, mask and name may be NULL), releases what was there.
void prc_case_question_set (PrcCaseQuestion *question, PrcFrame *frame, const PrcCasePlace *place,
                            const PrcMask *mask, const char *segment);
void prc_case_question_set_box (PrcCaseQuestion *question, PrcFrame *frame,
                                const PrcCasePlace *place, const PrcRegion *box, PrcAgainst against,
                                const char *name);
void prc_case_question_clear (PrcCaseQuestion *question);

// For `k` cases; borrows from the question.
PrcQuery prc_case_question_query (const PrcCaseQuestion *question, guint k);

// "Slice 12", "Segment: Liver tumour", "Box of 24 × 18 mm on slice 12"; owned.
char *prc_case_question_words (const PrcCaseQuestion *question);
