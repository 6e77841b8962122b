// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-instance.h"
#include "prc-mask.h"

// A slice, or a segment of it, as questions and answers name it. A plain value that owns what it
// points at; any thread.
typedef struct {
  PrcInstance *instance; // NULL: a picture
  guint frame_number;    // of the instance, from 0
  guint slice_number;    // of its series, from 1; 0: no slice
  PrcMask *mask;         // of the segment; NULL: the whole slice
  char *segment;         // what it is called, or NULL
} PrcCasePlace;

// The whole slice. References `instance` (may be NULL); releases what was there.
void prc_case_place_set (PrcCasePlace *place, PrcInstance *instance, guint frame_number,
                         guint slice_number);
void prc_case_place_set_segment (PrcCasePlace *place, PrcMask *mask, const char *segment);
void prc_case_place_copy (PrcCasePlace *place, const PrcCasePlace *from);

gboolean prc_case_place_equal (const PrcCasePlace *a, const PrcCasePlace *b);
// Whatever segment of it.
gboolean prc_case_place_same_slice (const PrcCasePlace *a, const PrcCasePlace *b);
// FALSE when either is a picture: nobody knows whose.
gboolean prc_case_place_same_series (const PrcCasePlace *a, const PrcCasePlace *b);
gboolean prc_case_place_same_patient (const PrcCasePlace *a, const PrcCasePlace *b);
