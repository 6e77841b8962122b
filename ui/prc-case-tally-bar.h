// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-tally.h"

// One diagnosis of a tally as a bar from 0 to 1: its share among the nearest cases filled, the
// interval of that as a whisker, its share in the library as a mark above. Grey where the interval
// reaches down to the mark. A picture of what stands in words beside it: whoever uses it says them.
// Main thread.
#define PRC_TYPE_CASE_TALLY_BAR (prc_case_tally_bar_get_type ())
G_DECLARE_FINAL_TYPE (PrcCaseTallyBar, prc_case_tally_bar, PRC, CASE_TALLY_BAR, GtkWidget)

void prc_case_tally_bar_set (PrcCaseTallyBar *self, const PrcTally *tally,
                             const PrcTallyLine *line); // copies
