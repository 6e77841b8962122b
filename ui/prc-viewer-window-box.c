// SPDX-License-Identifier: Apache-2.0
// Asking the library with a box drawn on the slice in view.
#include "prc-viewer-window-private.h"

#include "prc-box-picture.h"
#include "prc-box-shape.h"

#define PACE_MS 150 // between two questions while a hand draws

static void
ask (PrcViewerWindow *self) {
  const PrcCaseQuestion *asked = &self->boxed;
  PrcSliceView *view = prc_stage_study_view (self->stage);
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (view));
  g_autoptr (GdkTexture) picture = prc_box_picture (asked->frame, prc_slice_view_params (view),
                                                    &asked->box, PRC_CASE_ASKED_PICTURE * scale);

  prc_case_panel_ask_box (self->panel, asked->frame, asked->place.instance,
                          asked->place.frame_number, asked->place.slice_number, &asked->box,
                          asked->name, GDK_PAINTABLE (picture));
}

// What was asked before this has had its time; on a slow machine it is waited for.
static gboolean
paced (gpointer user_data) {
  PrcViewerWindow *self = user_data;

  if (!self->box_waits) {
    self->box_timer = 0;
    return G_SOURCE_REMOVE;
  }
  if (prc_case_panel_get_state (self->panel) == PRC_CASE_PANEL_WORKING)
    return G_SOURCE_CONTINUE;
  self->box_waits = FALSE;
  ask (self);
  return G_SOURCE_CONTINUE;
}

static void
stop_pacing (PrcViewerWindow *self) {
  g_clear_handle_id (&self->box_timer, g_source_remove);
  self->box_waits = FALSE;
}

// Of the slice in view, whose picture is there: nothing else can be drawn on.
static void
moved (PrcBoxTool *tool, gboolean settled, PrcViewerWindow *self) {
  PrcFrame *frame = prc_slice_view_get_decoded (prc_stage_study_view (self->stage));
  PrcSeries *series;
  PrcRegion box;
  guint index;

  if (!frame || !prc_box_tool_get_box (tool, &box, &series, &index))
    return;
  const PrcSlice *slice = prc_series_slice (series, index);
  const PrcCasePlace place = {slice->instance, slice->frame, index + 1};
  g_autofree char *words = prc_box_words (&box, prc_instance_plane (slice->instance, slice->frame));
  prc_case_question_set_box (&self->boxed, frame, &place, &box, PRC_AGAINST_BEST, words);
  prc_viewer_window_stop_searching (self);
  if (settled) {
    stop_pacing (self);
    g_action_group_change_action_state (G_ACTION_GROUP (self), "show-panel",
                                        g_variant_new_boolean (TRUE));
    ask (self);
  } else if (self->box_timer) {
    self->box_waits = TRUE;
  } else {
    ask (self);
    self->box_timer = g_timeout_add (PACE_MS, paced, self);
  }
}

static void
gone (PrcBoxTool *tool, PrcViewerWindow *self) {
  stop_pacing (self);
  prc_case_question_clear (&self->boxed);
  prc_case_panel_drop_box (self->panel);
}

static void
dropped (PrcCasePanel *panel, PrcViewerWindow *self) {
  prc_box_tool_clear (self->box);
}

/* ---- in hand ---- */

static void
change_box (GSimpleAction *action, GVariant *state, gpointer user_data) {
  prc_box_tool_set_active (((PrcViewerWindow *)user_data)->box, g_variant_get_boolean (state));
}

static void
active_changed (PrcBoxTool *tool, GParamSpec *pspec, PrcViewerWindow *self) {
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "box");
  const gboolean active = prc_box_tool_get_active (tool);

  if (action)
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (active));
  if (active) // one tool at a time
    prc_segment_tool_set_kind (prc_segment_editing_get_tool (self->editing), PRC_SEGMENT_TOOL_NONE);
}

static void
kind_changed (PrcSegmentTool *tool, GParamSpec *pspec, PrcBoxTool *box) {
  g_object_set (box, "blocked", prc_segment_tool_get_kind (tool) != PRC_SEGMENT_TOOL_NONE, NULL);
}

void
prc_viewer_window_add_box_actions (PrcViewerWindow *self) {
  static const GActionEntry entries[] = {
      {.name = "box", .state = "false", .change_state = change_box},
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
prc_viewer_window_add_box (PrcViewerWindow *self) {
  self->box = prc_box_tool_new (prc_stage_study_view (self->stage));
  g_signal_connect (self->box, "moved", G_CALLBACK (moved), self);
  g_signal_connect (self->box, "gone", G_CALLBACK (gone), self);
  g_signal_connect (self->box, "notify::active", G_CALLBACK (active_changed), self);
  g_signal_connect (self->panel, "box-dropped", G_CALLBACK (dropped), self);
  g_signal_connect_object (prc_segment_editing_get_tool (self->editing), "notify::kind",
                           G_CALLBACK (kind_changed), self->box, 0);
}

gboolean
prc_viewer_window_drop_box (PrcViewerWindow *self) {
  PrcSeries *series;
  PrcRegion box;
  guint index;

  if (!prc_box_tool_get_box (self->box, &box, &series, &index))
    return FALSE;
  prc_box_tool_clear (self->box);
  return TRUE;
}

void
prc_viewer_window_end_box (PrcViewerWindow *self) {
  if (!self->box)
    return;
  stop_pacing (self);
  prc_case_question_clear (&self->boxed);
  g_signal_handlers_disconnect_by_data (self->box, self);
  if (self->panel)
    g_signal_handlers_disconnect_by_func (self->panel, dropped, self);
  g_clear_object (&self->box);
}
