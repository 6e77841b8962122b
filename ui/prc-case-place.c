// SPDX-License-Identifier: Apache-2.0
#include "prc-case-place.h"

void
prc_case_place_set (PrcCasePlace *place, PrcInstance *instance, guint frame_number,
                    guint slice_number) {
  const PrcCasePlace from = {instance, frame_number, slice_number, NULL, NULL};

  prc_case_place_copy (place, &from);
}

void
prc_case_place_set_segment (PrcCasePlace *place, PrcMask *mask, const char *segment) {
  const PrcCasePlace from = {place->instance, place->frame_number, place->slice_number, mask,
                             (char *)segment};

  prc_case_place_copy (place, &from);
}

void
prc_case_place_copy (PrcCasePlace *place, const PrcCasePlace *from) {
  PrcCasePlace before = *place;

  *place = *from;
  place->segment = g_strdup (from->segment);
  if (place->instance)
    prc_instance_ref (place->instance);
  if (place->mask)
    prc_mask_ref (place->mask);
  g_clear_pointer (&before.instance, prc_instance_unref);
  g_clear_pointer (&before.mask, prc_mask_unref);
  g_free (before.segment);
}

gboolean
prc_case_place_equal (const PrcCasePlace *a, const PrcCasePlace *b) {
  return a->mask == b->mask && prc_case_place_same_slice (a, b);
}

gboolean
prc_case_place_same_slice (const PrcCasePlace *a, const PrcCasePlace *b) {
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
