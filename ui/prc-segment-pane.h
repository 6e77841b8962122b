// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-list.h"
#include "prc-segmentations.h"
#include "prc-slice-view.h"

// Segments in a window: reads those of the study, paints them over a view of it, lists them, says
// what takes long. Takes no room while there is nothing to show. Main thread.
//
// Signals: "notice" (const char *): a sentence for the reader; "found" (): more series are known to
// have segments; "chosen" (): another segment, or
// none; "leave" (): the list gives the keyboard back.
#define PRC_TYPE_SEGMENT_PANE (prc_segment_pane_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentPane, prc_segment_pane, PRC, SEGMENT_PANE, GtkBox)

// The view lives at least as long.
GtkWidget *prc_segment_pane_new (PrcCodecPool *pool, PrcFrameStore *store, PrcSliceView *view);
PrcSegmentList *prc_segment_pane_get_list (PrcSegmentPane *self); // borrowed

void prc_segment_pane_clear (PrcSegmentPane *self); // something else is opened
void prc_segment_pane_take_scan (PrcSegmentPane *self, PrcScan *scan);
void prc_segment_pane_series_changed (PrcSegmentPane *self); // what the view shows has

gboolean prc_segment_pane_is_busy (PrcSegmentPane *self); // files are read or laid

GHashTable *prc_segment_pane_get_keys (PrcSegmentPane *self); // of series with segments; borrowed

// Of the series in view; borrowed, or NULL.
PrcSegmentSet *prc_segment_pane_get_set (PrcSegmentPane *self);

// Whether it is worth a look: there is a study, and these are some files, no folders.
gboolean prc_segment_pane_may_join (PrcSegmentPane *self, const char *const *paths);
// Makes segments of the regions among the overlays of the series in view; says so, or that there are
// none.
void prc_segment_pane_take_regions (PrcSegmentPane *self);

// Lets files join the study in view: when all are segmentations and each lies on some series of it.
// FALSE, with no error, when they are something else or lie nowhere: they are to be opened.
// `*said`: on what they lie, in a sentence; NULL when whose they are is not known, which is told
// as a notice.
void prc_segment_pane_join_async (PrcSegmentPane *self, const char *const *paths,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean prc_segment_pane_join_finish (PrcSegmentPane *self, GAsyncResult *result,
                                       const char **said, GError **error);
