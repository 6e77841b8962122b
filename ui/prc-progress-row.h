// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

// A line of work under way: a sentence, a bar, a button that stops it. Hidden while nothing is
// under way. Main thread. Signal "cancel" ().
#define PRC_TYPE_PROGRESS_ROW (prc_progress_row_get_type ())
G_DECLARE_FINAL_TYPE (PrcProgressRow, prc_progress_row, PRC, PROGRESS_ROW, GtkWidget)

GtkWidget *prc_progress_row_new (void);
void prc_progress_row_show (PrcProgressRow *self, const char *sentence, guint done, guint total);
void prc_progress_row_hide (PrcProgressRow *self);
