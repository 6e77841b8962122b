// SPDX-License-Identifier: Apache-2.0
#include "prc-case-question.h"

void
prc_case_question_set (PrcCaseQuestion *question, PrcFrame *frame, const PrcCasePlace *place,
                       const PrcMask *mask, const char *segment) {
  PrcCaseQuestion before = *question;

  *question = (PrcCaseQuestion){.frame = prc_frame_ref (frame),
                                .mask = mask ? prc_mask_ref ((PrcMask *)mask) : NULL,
                                .segment = g_strdup (segment)};
  prc_case_place_set (&question->place, place->instance, place->frame_number, place->slice_number);
  prc_case_question_clear (&before);
}

void
prc_case_question_clear (PrcCaseQuestion *question) {
  g_clear_pointer (&question->frame, prc_frame_unref);
  g_clear_pointer (&question->mask, prc_mask_unref);
  g_clear_pointer (&question->segment, g_free);
  prc_case_place_set (&question->place, NULL, 0, 0);
}

PrcQuery
prc_case_question_query (const PrcCaseQuestion *question, guint k) {
  return (PrcQuery){
      .frame = question->frame,
      .instance = question->place.instance,
      .frame_number = question->place.frame_number,
      .mask = question->mask,
      .k = k,
  };
}
