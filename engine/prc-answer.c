// SPDX-License-Identifier: Apache-2.0
#include "prc-answer.h"

static void
clear (gpointer data) {
  PrcAnswer *answer = data;
  for (guint i = 0; i < answer->n_hits; i++) {
    PrcHit *hit = &answer->hits[i];
    g_clear_pointer (&hit->matching_case, prc_case_unref);
    g_clear_pointer (&hit->segment, prc_case_segment_unref);
    g_free (hit->path);
    g_free (hit->scale);
    g_free (hit->sop_instance_uid);
    g_free (hit->series_instance_uid);
  }
  g_free (answer->hits);
  g_clear_pointer (&answer->tally, prc_tally_free);
  g_free (answer->model_id);
  g_free (answer->sop_instance_uid);
  g_clear_pointer (&answer->mask, prc_mask_unref);
}

PrcAnswer *
prc_answer_new (guint n_hits) {
  PrcAnswer *answer = g_atomic_rc_box_new0 (PrcAnswer);
  answer->hits = g_new0 (PrcHit, n_hits);
  answer->n_hits = n_hits;
  for (guint i = 0; i < n_hits; i++)
    answer->hits[i].percentile = -1;
  return answer;
}

PrcAnswer *
prc_answer_ref (PrcAnswer *answer) {
  return g_atomic_rc_box_acquire (answer);
}

void
prc_answer_unref (PrcAnswer *answer) {
  g_atomic_rc_box_release_full (answer, clear);
}
