// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-engine.h"

// "Add to library": asks for title, diagnosis, findings, a note and the outcome, adds the series
// chosen and shows progress with a button that stops it. Errors are said inside; the words typed
// are never lost to one. Main thread. Signal "added" (gint64 case id), after which the window
// closes itself.
#define PRC_TYPE_ADD_CASE_DIALOG (prc_add_case_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PrcAddCaseDialog, prc_add_case_dialog, PRC, ADD_CASE_DIALOG, AdwWindow)

// `series`: element type PrcSeries, at least one, referenced. The first is the one in view; of the
// others, those of its study are offered together. `segmentations` (PrcInstance, may be NULL) are
// files that may lie on them, and go along. The title is proposed from the descriptions.
GtkWidget *prc_add_case_dialog_new (GtkWindow *parent, PrcEngine *engine, GPtrArray *series,
                                    GPtrArray *segmentations);
