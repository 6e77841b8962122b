// SPDX-License-Identifier: Apache-2.0
#include "prc-viewer-window-private.h"

// The list of segments and the tools work on the same one.
static void
list_chose (PrcSegmentPane *pane, PrcViewerWindow *self) {
  PrcSegmentItem *item = prc_segment_list_get_chosen (prc_segment_pane_get_list (pane));

  prc_segment_tool_set_item (prc_segment_editing_get_tool (self->editing), item);
}

static void
tool_chose (PrcSegmentTool *tool, GParamSpec *pspec, PrcViewerWindow *self) {
  PrcSegmentList *list = prc_segment_pane_get_list (self->segments);
  PrcSegmentItem *item = prc_segment_tool_get_item (tool);

  if (item && item != prc_segment_list_get_chosen (list))
    prc_segment_list_choose (list, item);
}

// A series that still grows would count its slices anew under the hand.
static void
window_changed (PrcViewerWindow *self) {
  PrcSegmentTool *tool = prc_segment_editing_get_tool (self->editing);
  PrcSegmentSet *set = self->all_read ? prc_segment_pane_get_set (self->segments) : NULL;

  if (set == prc_segment_tool_get_segments (tool))
    return;
  prc_segment_tool_set_segments (tool, set);
  list_chose (self->segments, self);
}

static void
noticed (PrcSegmentEditing *editing, const char *sentence, PrcViewerWindow *self) {
  prc_viewer_window_say (self, sentence, NULL);
}

/* ---- before edits are lost ---- */

typedef struct {
  PrcViewerWindow *window;
  GStrv paths;
  void (*open) (PrcViewerWindow *, const char *const *);
} Wish;

static void
wish_free (gpointer data) {
  Wish *wish = data;

  g_object_unref (wish->window);
  g_strfreev (wish->paths);
  g_free (wish);
}

static void
open_wished (gpointer data) {
  Wish *wish = data;

  wish->open (wish->window, (const char *const *)wish->paths);
}

gboolean
prc_viewer_window_ask_to_open (PrcViewerWindow *self, const char *const *paths,
                               void (*open) (PrcViewerWindow *self, const char *const *paths)) {
  Wish *wish = g_new (Wish, 1);

  *wish = (Wish){g_object_ref (self), g_strdupv ((GStrv)paths), open};
  if (prc_segment_editing_ask (self->editing, open_wished, wish, wish_free))
    return TRUE;
  wish_free (wish);
  return FALSE;
}

static void
close_window (gpointer window) {
  gtk_window_destroy (window);
}

static gboolean
close_asked (GtkWindow *window, PrcViewerWindow *self) {
  if (prc_segment_editing_ask (self->editing, close_window, g_object_ref (window), g_object_unref))
    return TRUE;
  g_object_unref (window);
  return FALSE;
}

/* ---- window ---- */

GtkWidget *
prc_viewer_window_add_editing (PrcViewerWindow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *room = gtk_scrolled_window_new (); // a narrow window stays narrow
  PrcSegmentTool *tool;

  self->editing = prc_segment_editing_new (GTK_WINDOW (self), self->pool, self->store,
                                           prc_stage_study_view (self->stage));
  tool = prc_segment_editing_get_tool (self->editing);
  gtk_widget_set_vexpand (GTK_WIDGET (self->stage), TRUE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (room), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (room),
                                 prc_segment_editing_get_bar (self->editing));
  g_object_bind_property (prc_segment_editing_get_bar (self->editing), "visible", room, "visible",
                          G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (box), room);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stage));
  gtk_box_append (self->sidebar, prc_segment_editing_get_progress (self->editing));
  g_signal_connect (self->editing, "notice", G_CALLBACK (noticed), self);
  g_signal_connect (self->segments, "chosen", G_CALLBACK (list_chose), self);
  g_signal_connect (tool, "notify::item", G_CALLBACK (tool_chose), self);
  g_signal_connect (self, "changed", G_CALLBACK (window_changed), NULL);
  g_signal_connect (self, "close-request", G_CALLBACK (close_asked), self);
  return box;
}

void
prc_viewer_window_end_editing (PrcViewerWindow *self) {
  if (!self->editing)
    return;
  g_signal_handlers_disconnect_by_data (prc_segment_editing_get_tool (self->editing), self);
  g_signal_handlers_disconnect_by_data (self->editing, self);
  g_object_run_dispose (G_OBJECT (self->editing));
  g_clear_object (&self->editing);
}
