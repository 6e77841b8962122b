// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-frame-store.h"
#include "prc-scan.h"

// The series of a scan under headings of patient and study, with thumbnails of their middle slices;
// below, what holds no picture and what could not be read. A newer snapshot of the same scan refines the rows in place:
// selection, focus and scroll position stay. Main thread. Signal "series-selected" (PrcSeries *): a
// person chose another series. Signal "file-chosen" (const char *path): one of the files below.
#define PRC_TYPE_SERIES_LIST (prc_series_list_get_type ())
G_DECLARE_FINAL_TYPE (PrcSeriesList, prc_series_list, PRC, SERIES_LIST, GtkWidget)

GtkWidget *prc_series_list_new (PrcFrameStore *store);
void prc_series_list_set_scan (PrcSeriesList *self, PrcScan *scan); // NULL clears
void prc_series_list_set_hide_patient (PrcSeriesList *self, gboolean hide_patient);
// Series that have segments, by key, are marked.
void prc_series_list_mark_segmented (PrcSeriesList *self, GHashTable *keys);

PrcSeries *prc_series_list_get_selected (PrcSeriesList *self);      // borrowed, or NULL
void prc_series_list_select (PrcSeriesList *self, const char *key); // without the signal
void prc_series_list_step (PrcSeriesList *self, int step); // to a neighbour, with the signal
PrcSeries *prc_series_list_find (PrcSeriesList *self, const char *key); // borrowed, or NULL
guint prc_series_list_length (PrcSeriesList *self);
