// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-instance.h"

// A slice as questions and answers name it. A plain value that owns a reference; any thread.
typedef struct {
  PrcInstance *instance; // NULL: a picture
  guint frame_number;    // of the instance, from 0
  guint slice_number;    // of its series, from 1; 0: no slice
} PrcCasePlace;

// References `instance` (may be NULL); releases what was there.
void prc_case_place_set (PrcCasePlace *place, PrcInstance *instance, guint frame_number,
                         guint slice_number);

gboolean prc_case_place_equal (const PrcCasePlace *a, const PrcCasePlace *b);
// FALSE when either is a picture: nobody knows whose.
gboolean prc_case_place_same_series (const PrcCasePlace *a, const PrcCasePlace *b);
gboolean prc_case_place_same_patient (const PrcCasePlace *a, const PrcCasePlace *b);
