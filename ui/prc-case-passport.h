// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-answer.h"

// The button that tells where an answer comes from: what was asked and when,
// model, library version, slices searched, how long it took. Main thread.
#define PRC_TYPE_CASE_PASSPORT (prc_case_passport_get_type ())
G_DECLARE_FINAL_TYPE (PrcCasePassport, prc_case_passport, PRC, CASE_PASSPORT, GtkBox)

// NULL: insensitive. `asked`: what, in words (prc_case_question_words).
void prc_case_passport_set_answer (PrcCasePassport *self, const PrcAnswer *answer,
                                   const char *asked);
