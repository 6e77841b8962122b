// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-answer.h"
#include "prc-frame-store.h"

// The cases of one answer, best first, as rows with pictures fetched only for rows in sight. Main
// thread. Signal "open" (guint hit): Enter or double-click on a case whose files are there. Keys:
// arrows, J and K move; Esc gives the focus back to the widget that had it before the list.
#define PRC_TYPE_CASE_LIST (prc_case_list_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseList, prc_case_list, PRC, CASE_LIST, GtkBox)

// Where pictures come from; references both. Without, rows have no pictures.
void prc_case_list_set_sources (PrcCaseList *self, PrcFrameStore *store, PrcCodecPool *pool);
// Whether a case is to stand in the list.
typedef gboolean (*PrcCaseListWants) (const PrcHit *hit, gpointer user_data);

// All rows change in one step; NULL empties the list. Pictures of slices that stay are kept. `wants`
// (may be NULL: all) is asked at once.
void prc_case_list_set_answer (PrcCaseList *self, PrcAnswer *answer, PrcCaseListWants wants,
                               gpointer user_data);
