// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>

// Says that a segment was asked for, and leads back to the slice in view. Takes no room for a whole
// slice. Main thread. Signal "back" ().
#define PRC_TYPE_CASE_ASKED (prc_case_asked_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseAsked, prc_case_asked, PRC, CASE_ASKED, GtkBox)

void prc_case_asked_set_segment (PrcCaseAsked *self, const char *segment); // NULL: a whole slice
