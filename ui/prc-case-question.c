// SPDX-License-Identifier: Apache-2.0
#include "prc-case-question.h"

#include <glib/gi18n-lib.h>

static void
put (PrcCaseQuestion *question, PrcFrame *frame, const PrcCasePlace *place, PrcAsked kind,
     const char *name) {
  PrcCaseQuestion before = *question;

  *question =
      (PrcCaseQuestion){.kind = kind, .frame = prc_frame_ref (frame), .name = g_strdup (name)};
  prc_case_place_set (&question->place, place->instance, place->frame_number, place->slice_number);
  prc_case_question_clear (&before);
}

void
prc_case_question_set (PrcCaseQuestion *question, PrcFrame *frame, const PrcCasePlace *place,
                       const PrcMask *mask, const char *segment) {
  g_autoptr (PrcMask) own = mask ? prc_mask_ref (mask) : NULL; // may be that of the question

  put (question, frame, place, mask ? PRC_ASKED_SEGMENT : PRC_ASKED_SLICE, segment);
  question->mask = g_steal_pointer (&own);
}

void
prc_case_question_set_box (PrcCaseQuestion *question, PrcFrame *frame, const PrcCasePlace *place,
                           const PrcRegion *box, PrcAgainst against, const char *name) {
  put (question, frame, place, PRC_ASKED_BOX, name);
  question->box = *box;
  question->against = against;
}

void
prc_case_question_clear (PrcCaseQuestion *question) {
  g_clear_pointer (&question->frame, prc_frame_unref);
  g_clear_pointer (&question->mask, prc_mask_unref);
  g_clear_pointer (&question->name, g_free);
  prc_case_place_set (&question->place, NULL, 0, 0);
  question->kind = PRC_ASKED_SLICE;
  question->box = (PrcRegion){0};
}

PrcQuery
prc_case_question_query (const PrcCaseQuestion *question, guint k) {
  return (PrcQuery){
      .frame = question->frame,
      .instance = question->place.instance,
      .frame_number = question->place.frame_number,
      .region = question->box,
      .against = question->against,
      .mask = question->mask,
      .k = k,
  };
}

char *
prc_case_question_words (const PrcCaseQuestion *question) {
  const guint slice = question->place.slice_number;

  switch (question->kind) {
  case PRC_ASKED_SEGMENT:
    /* Translators: %s is what a segment is called, such as "Liver tumour" */
    return g_strdup_printf (_ ("Segment: %s"), question->name);
  case PRC_ASKED_BOX:
    /* Translators: how large a box is, such as "24 × 18 mm", and the number of a slice */
    return g_strdup_printf (_ ("Box of %s on slice %u"), question->name, slice);
  case PRC_ASKED_SLICE:
    break;
  }
  return g_strdup_printf (_ ("Slice %u"), slice);
}
