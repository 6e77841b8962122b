// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-case-item.h"

// One case of the panel: picture, diagnosis, what and where, how close. Looks live in case-row.ui.
// Main thread. Property "item" (PrcCaseItem or NULL). The row names itself, and the list's own row
// around it, for assistive technologies.
#define PRC_TYPE_CASE_ROW (prc_case_row_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseRow, prc_case_row, PRC, CASE_ROW, GtkBox)

#define PRC_CASE_ROW_PICTURE_SIZE 96 // logical pixels, as in case-row.ui

GtkWidget *prc_case_row_new (void);
void prc_case_row_set_item (PrcCaseRow *self, PrcCaseItem *item);
PrcCaseItem *prc_case_row_get_item (PrcCaseRow *self); // borrowed
