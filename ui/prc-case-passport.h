// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-answer.h"

// The button that tells where an answer comes from: model, library version, slices searched, time.
// Main thread.
#define PRC_TYPE_CASE_PASSPORT (prc_case_passport_get_type ())
G_DECLARE_FINAL_TYPE (PrcCasePassport, prc_case_passport, PRC, CASE_PASSPORT, GtkBox)

void prc_case_passport_set_answer (PrcCasePassport *self,
                                   const PrcAnswer *answer); // NULL: insensitive
