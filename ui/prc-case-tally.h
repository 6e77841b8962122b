// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-engine.h"

// The diagnoses of the nearest cases, counted: a line and a bar for each of the commonest, beside
// its share in the library. Below it the choice between all cases and those that are alike but of
// another diagnosis than the one that leads. Takes no room where there is nothing to count. Main
// thread. Signal "choice-changed" (): prc_case_tally_wants says otherwise now.
#define PRC_TYPE_CASE_TALLY (prc_case_tally_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseTally, prc_case_tally, PRC, CASE_TALLY, GtkBox)

// Asked how far its library is to be believed, once there is a tally; references it. Without, that
// is not told.
void prc_case_tally_set_engine (PrcCaseTally *self, PrcEngine *engine);
// References it; NULL: none. What the reader chose stays where the next answer offers it as well.
void prc_case_tally_set_answer (PrcCaseTally *self, PrcAnswer *answer);
// Whether a case of the answer is to be shown, by what the reader chose.
gboolean prc_case_tally_wants (PrcCaseTally *self, const PrcHit *hit);
