// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-saving.h"
#include "prc-slice-view.h"

// All that a window needs to edit segments on a slice view: the tool with its hands and its bar, the
// actions "segment.*" (prc-segment-actions.h, and "save" and "export" here), saving, and the
// question what is to become of edits before they are lost. Main thread. Signal "notice" (const
// char *): a sentence for the reader.
#define PRC_TYPE_SEGMENT_EDITING (prc_segment_editing_get_type ())
G_DECLARE_FINAL_TYPE (PrcSegmentEditing, prc_segment_editing, PRC, SEGMENT_EDITING, GObject)

// The window holds it, and runs it down with g_object_run_dispose when it goes itself.
PrcSegmentEditing *prc_segment_editing_new (GtkWindow *window, PrcCodecPool *pool,
                                            PrcFrameStore *store, PrcSliceView *view);
PrcSegmentTool *prc_segment_editing_get_tool (PrcSegmentEditing *self); // borrowed
GtkWidget *prc_segment_editing_get_bar (PrcSegmentEditing *self);       // for above the view
GtkWidget *prc_segment_editing_get_progress (PrcSegmentEditing *self);  // of saving

// Into a file of the reader's choice; into that file.
void prc_segment_editing_save (PrcSegmentEditing *self, PrcSegmentSavingKind kind);
void prc_segment_editing_save_to (PrcSegmentEditing *self, PrcSegmentSavingKind kind,
                                  const char *path);

// Something else is to be done that would lose edits. FALSE: there are none. TRUE: the reader is
// asked, and go_on is called when all is saved or given up, once, or never.
gboolean prc_segment_editing_ask (PrcSegmentEditing *self, void (*go_on) (gpointer user_data),
                                  gpointer user_data, GDestroyNotify destroy);
