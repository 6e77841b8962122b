// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-slice-view.h"

// The values of the slice in view, without padding, counted, with the window over them: its curve,
// the colours that values get, and its edges to take hold of. A drag between them moves the whole
// window. Counts in a worker, follows the slice; does nothing while it is hidden.
#define PRC_TYPE_HISTOGRAM_VIEW (prc_histogram_view_get_type ())
G_DECLARE_FINAL_TYPE (PrcHistogramView, prc_histogram_view, PRC, HISTOGRAM_VIEW, GtkWidget)

GtkWidget *prc_histogram_view_new (PrcSliceView *view); // which outlives it
