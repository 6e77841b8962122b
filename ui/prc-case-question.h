// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-case-place.h"
#include "prc-query.h"

// What the panel asks the library: a slice, or a segment on it. A plain value that owns what it
// holds; main thread.
typedef struct {
  PrcFrame *frame; // NULL: nothing
  PrcCasePlace place;
  PrcMask *mask; // of the segment; NULL: the whole slice
  char *segment; // what it is called; NULL with the mask
} PrcCaseQuestion;

// References what is given (instance, mask and name may be NULL), releases what was there.
void prc_case_question_set (PrcCaseQuestion *question, PrcFrame *frame, const PrcCasePlace *place,
                            const PrcMask *mask, const char *segment);
void prc_case_question_clear (PrcCaseQuestion *question);

// For `k` cases; borrows from the question.
PrcQuery prc_case_question_query (const PrcCaseQuestion *question, guint k);
