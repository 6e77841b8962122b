// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-engine.h"

// One question to the library at a time: a newer one cancels the older. Main thread.
typedef struct _PrcCaseAsking PrcCaseAsking;

// The answer, or why there is none; both borrowed. Not called for what was stopped or cancelled.
typedef void (*PrcCaseAskingDone) (PrcAnswer *answer, const GError *error, gpointer user_data);
// It takes so long that work should show: an answer mostly comes sooner, and what shows work before
// that would only flicker.
typedef void (*PrcCaseAskingSlow) (gpointer user_data);

PrcCaseAsking *prc_case_asking_new (PrcEngine *engine, PrcCaseAskingDone done,
                                    PrcCaseAskingSlow slow, gpointer user_data);
void prc_case_asking_free (PrcCaseAsking *asking); // stops; nothing is called after this

void prc_case_asking_put (PrcCaseAsking *asking, const PrcQuery *query); // its generation is ours
void prc_case_asking_stop (PrcCaseAsking *asking);
// Of NULL: neither.
gboolean prc_case_asking_is_busy (const PrcCaseAsking *asking);
gboolean prc_case_asking_is_slow (const PrcCaseAsking *asking);
