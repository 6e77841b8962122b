// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame-store.h"
#include "prc-values.h"

// Looks through a series in the background for the values in it: up to two dozen slices from end to
// end, about as many values as one slice has. Slices that cannot be read are left out. Main thread.
typedef struct _PrcSeriesValues PrcSeriesValues;

// Called once, on the main thread, unless freed before. `sorted` is borrowed and may be empty.
typedef void (*PrcSeriesValuesReady) (const GArray *sorted, gpointer user_data);

PrcSeriesValues *prc_series_values_new (PrcFrameStore *store, PrcSeries *series,
                                        PrcSeriesValuesReady ready, gpointer user_data);
void prc_series_values_free (PrcSeriesValues *values); // stops; from `ready` too
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSeriesValues, prc_series_values_free)
