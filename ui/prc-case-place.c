// SPDX-License-Identifier: Apache-2.0
#include "prc-case-place.h"

void
prc_case_place_set (PrcCasePlace *place, PrcInstance *instance, guint frame_number,
                    guint slice_number) {
  PrcInstance *before = place->instance;

  *place =
      (PrcCasePlace){instance ? prc_instance_ref (instance) : NULL, frame_number, slice_number};
  g_clear_pointer (&before, prc_instance_unref);
}

gboolean
prc_case_place_equal (const PrcCasePlace *a, const PrcCasePlace *b) {
  if (a->slice_number == 0 || b->slice_number == 0 || !a->instance || !b->instance)
    return a->slice_number == b->slice_number && a->instance == b->instance;
  return a->frame_number == b->frame_number &&
         g_str_equal (prc_instance_info (a->instance)->sop_instance_uid,
                      prc_instance_info (b->instance)->sop_instance_uid);
}

gboolean
prc_case_place_same_series (const PrcCasePlace *a, const PrcCasePlace *b) {
  return a->instance && b->instance &&
         g_str_equal (prc_instance_info (a->instance)->series_instance_uid,
                      prc_instance_info (b->instance)->series_instance_uid);
}

gboolean
prc_case_place_same_patient (const PrcCasePlace *a, const PrcCasePlace *b) {
  return a->instance && b->instance &&
         g_str_equal (prc_instance_patient_key (a->instance),
                      prc_instance_patient_key (b->instance));
}
