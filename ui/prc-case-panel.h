// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-engine.h"
#include "prc-frame-store.h"

// The panel "Similar cases": fills by itself while a slice rests. States: starting, idle, working,
// results, nothing alike, empty library, failed; results of a slice that is no longer in view stay,
// dimmed and labelled with the slice they belong to. Main thread. Signals: "open-case" (PrcAnswer
// boxed pointer as gpointer, guint hit): Enter or double-click on a case;
//          "import" (): the empty state's button asks for a folder to import.
#define PRC_TYPE_CASE_PANEL (prc_case_panel_get_type ())
G_DECLARE_FINAL_TYPE (PrcCasePanel, prc_case_panel, PRC, CASE_PANEL, GtkWidget)

GtkWidget *prc_case_panel_new (PrcEngine *engine, PrcFrameStore *store, PrcCodecPool *pool);

// Asks for the slice at rest; a newer question cancels the older. `slice_number` from 1, for the
// freshness line.
void prc_case_panel_ask (PrcCasePanel *self, PrcFrame *frame, PrcInstance *instance,
                         guint frame_number, guint slice_number);
// The slice in view is another one now: running questions are cancelled, results shown are marked
// outdated. 0: no slice in view, clears.
void prc_case_panel_set_slice (PrcCasePanel *self, PrcInstance *instance, guint frame_number,
                               guint slice_number);
