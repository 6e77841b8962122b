// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <adwaita.h>
#include "prc-engine.h"

// "Add to library": asks for title, diagnosis, findings and a note, adds the series given and shows
// progress with a cancel button. Main thread.
#define PRC_TYPE_ADD_CASE_DIALOG (prc_add_case_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PrcAddCaseDialog, prc_add_case_dialog, PRC, ADD_CASE_DIALOG, AdwWindow)

// series: element type PrcSeries, referenced. The title is proposed from the series. Signal "added"
// (gint64 case id).
GtkWidget *prc_add_case_dialog_new (GtkWindow *parent, PrcEngine *engine, GPtrArray *series);
