// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-box-tool.h"
#include "prc-case-asked.h"
#include "prc-case-panel.h"
#include "prc-presentations.h"
#include "prc-progress-row.h"
#include "prc-segment-editing.h"
#include "prc-segment-pane.h"
#include "prc-series-list.h"
#include "prc-stage.h"
#include "prc-tag-window.h"
#include "prc-viewer-window.h"

struct _PrcViewerWindow {
  AdwApplicationWindow parent_instance;
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcEngine *engine;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkMenuButton *presets_button;
  GtkWidget *link_button, *matches_button;
  GtkPaned *outer, *inner;
  GtkBox *sidebar, *panel_place;
  GtkStack *centre;
  AdwStatusPage *welcome;

  PrcSeriesList *list;
  PrcStage *stage;
  PrcCasePanel *panel;
  PrcSegmentPane *segments;
  PrcSegmentEditing *editing;
  PrcProgressRow *reading, *adding;

  PrcOpening *opening;
  PrcScan *scan;
  gboolean all_read;               // and shown so
  PrcPresentations *presentations; // of what is opened; or NULL
  gboolean offered_presentations;
  GCancellable *import;
  GCancellable *joining; // files that may belong to the study in view are looked at
  GStrv joining_paths;
  GCancellable *searching; // the picture of a segment to ask with is being read
  PrcBoxTool *box;
  PrcCaseQuestion boxed; // what the box asks, or asked last
  guint box_timer;       // while a hand draws
  gboolean box_waits;    // and has drawn on since it was asked
  PrcTagWindow *tags;    // while it is open; weak
  gboolean hide_patient;
};

// The window of tags (prc-viewer-window-tags.c).
void prc_viewer_window_show_tags (PrcViewerWindow *self);
void prc_viewer_window_show_tags_of (PrcViewerWindow *self, const char *path); // no slice
void prc_viewer_window_update_tags (PrcViewerWindow *self); // what is in view, what is hidden
void prc_viewer_window_close_tags (PrcViewerWindow *self);

// Keys, actions and menu of segments (prc-viewer-window-segments.c); once there are actions.
void prc_viewer_window_add_segment_actions (PrcViewerWindow *self);
PrcSegmentItem *prc_viewer_window_need_segment (PrcViewerWindow *self); // chosen; borrowed or NULL

// Editing of segments (prc-viewer-window-editing.c). The stage with the tools above it; owned.
GtkWidget *prc_viewer_window_add_editing (PrcViewerWindow *self);
void prc_viewer_window_end_editing (PrcViewerWindow *self); // the window goes
// Where edits would be lost: asks first, and opens then. FALSE: there are none.
gboolean prc_viewer_window_ask_to_open (PrcViewerWindow *self, const char *const *paths,
                                        void (*open) (PrcViewerWindow *self,
                                                      const char *const *paths));

// Asking with a segment (prc-viewer-window-search.c).
void prc_viewer_window_add_search_actions (PrcViewerWindow *self);
void prc_viewer_window_stop_searching (PrcViewerWindow *self);

// Asking with a box (prc-viewer-window-box.c); once there are panel and editing.
void prc_viewer_window_add_box (PrcViewerWindow *self);
void prc_viewer_window_add_box_actions (PrcViewerWindow *self);
gboolean prc_viewer_window_drop_box (PrcViewerWindow *self); // FALSE: there is none
void prc_viewer_window_end_box (PrcViewerWindow *self);      // the window goes

void prc_viewer_window_import_paths (PrcViewerWindow *self, const char *const *paths);
void prc_viewer_window_set_hide_patient (PrcViewerWindow *self, gboolean hide_patient);
