// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-series.h"

// One series in the list: thumbnail, title, modality, number of images, a mark when the geometry
// has problems and one when it has segments. Main thread.
#define PRC_TYPE_SERIES_ROW (prc_series_row_get_type ())
G_DECLARE_FINAL_TYPE (PrcSeriesRow, prc_series_row, PRC, SERIES_ROW, GtkListBoxRow)

#define PRC_SERIES_ROW_PICTURE 64 // logical pixels

GtkWidget *prc_series_row_new (PrcSeries *series);
void prc_series_row_set_series (PrcSeriesRow *self, PrcSeries *series); // of the same key
PrcSeries *prc_series_row_get_series (PrcSeriesRow *self);              // borrowed
void prc_series_row_set_segmented (PrcSeriesRow *self, gboolean segmented);
void prc_series_row_set_position (PrcSeriesRow *self, guint position);
guint prc_series_row_get_position (PrcSeriesRow *self);

// The slice a thumbnail is to be made of, or NULL when it has one of that slice already (or in the
// making). Borrowed.
const PrcSlice *prc_series_row_wants_thumbnail (PrcSeriesRow *self, gboolean complete);
void prc_series_row_take_thumbnail (PrcSeriesRow *self, const PrcSlice *slice, GdkTexture *texture);

// "CT · 78 images"; owned.
char *prc_series_row_caption (const PrcSeries *series);
