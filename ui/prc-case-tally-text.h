// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-tally.h"
#include "prc-trial.h"

// Every sentence about a tally of diagnoses, as pure functions: translated, UTF-8, newly allocated,
// "" when there is nothing to say. They speak of the cases of the library, never of the open patient.

char *prc_case_tally_text_title (const PrcTally *tally); // "Diagnoses of the 10 nearest"
char *prc_case_tally_text_count (const PrcTally *tally,
                                 const PrcTallyLine *line); // "7 of 10 cases"
char *prc_case_tally_text_base (const PrcTally *tally,
                                const PrcTallyLine *line); // "4 % of the library"
// The line in full, with its interval and whether chance explains it: for whoever points at it, and
// for whoever listens.
char *prc_case_tally_text_line (const PrcTally *tally, const PrcTallyLine *line);
// What stands below the first `n_shown` lines: "3 cases with others, 1 without a diagnosis"; where
// none is shown, that no diagnosis stands there twice.
char *prc_case_tally_text_rest (const PrcTally *tally, guint n_shown);

// How far the library is to be believed, in short and in full; "" when no diagnosis ever led.
char *prc_case_tally_text_trial (const PrcTrial *trial);
char *prc_case_tally_text_trial_meaning (const PrcTrial *trial);
