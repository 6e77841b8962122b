// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-input.h"

#include <math.h>

#include "prc-slice-input.h"

typedef struct { // of one view
  PrcSliceView *view;
  PrcSegmentTool *tool;
  double pointer_x, pointer_y; // logical; not a number: elsewhere
  double scroll_rest;
} Hands;

static gboolean
is_brush (Hands *hands) {
  PrcSegmentToolKind kind = prc_segment_tool_get_kind (hands->tool);

  return kind == PRC_SEGMENT_TOOL_BRUSH || kind == PRC_SEGMENT_TOOL_ERASER;
}

// FALSE while the slice in view is not seen yet.
static gboolean
to_image (Hands *hands, double x, double y, double *image_x, double *image_y) {
  const PrcFrame *frame = prc_slice_view_get_frame (hands->view);
  double scale = gtk_widget_get_scale_factor (GTK_WIDGET (hands->view));
  int width, height;

  if (!frame || !prc_slice_view_get_series (hands->view))
    return FALSE;
  prc_slice_view_get_size (hands->view, &width, &height);
  prc_view_params_to_image (prc_slice_view_params (hands->view), prc_frame_info (frame), width,
                            height, x * scale, y * scale, image_x, image_y);
  return TRUE;
}

static void
show_ring (Hands *hands) {
  double scale = gtk_widget_get_scale_factor (GTK_WIDGET (hands->view));
  gboolean shown = is_brush (hands) && isfinite (hands->pointer_x);

  prc_slice_view_set_ring (hands->view, hands->pointer_x * scale, hands->pointer_y * scale,
                           shown ? prc_segment_tool_get_radius (hands->tool) : 0);
}

static void
tool_changed (PrcSegmentTool *tool, GParamSpec *pspec, Hands *hands) {
  gboolean any = prc_segment_tool_get_kind (tool) != PRC_SEGMENT_TOOL_NONE;

  gtk_widget_set_cursor_from_name (GTK_WIDGET (hands->view), any ? "crosshair" : NULL);
  if (any) // what is painted is seen
    prc_slice_view_set_graphics (hands->view, TRUE);
  show_ring (hands);
}

/* ---- pointer ---- */

static void
pointed (GtkEventControllerMotion *controller, double x, double y, gpointer user_data) {
  Hands *hands = user_data;

  hands->pointer_x = x;
  hands->pointer_y = y;
  if (is_brush (hands))
    show_ring (hands);
}

static void
went_away (GtkEventControllerMotion *controller, gpointer user_data) {
  pointed (controller, NAN, NAN, user_data);
}

static void
drag_began (GtkGestureDrag *gesture, double x, double y, gpointer user_data) {
  Hands *hands = user_data;
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  guint index = prc_slice_view_get_index (hands->view);
  double image_x, image_y;

  if (prc_segment_tool_get_kind (hands->tool) == PRC_SEGMENT_TOOL_NONE ||
      state & GDK_CONTROL_MASK) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (hands->view));
  if (!to_image (hands, x, y, &image_x, &image_y))
    return;
  if (is_brush (hands))
    prc_segment_tool_begin_stroke (hands->tool, image_x, image_y, index);
  else
    prc_segment_tool_grow (hands->tool, image_x, image_y, index);
}

static void
dragged (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data) {
  Hands *hands = user_data;
  double x, y, image_x, image_y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  if (to_image (hands, x + dx, y + dy, &image_x, &image_y))
    prc_segment_tool_move_stroke (hands->tool, image_x, image_y,
                                  prc_slice_view_get_index (hands->view));
  pointed (NULL, x + dx, y + dy, hands);
}

static void
drag_ended (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data) {
  if (prc_segment_tool_is_painting (((Hands *)user_data)->tool))
    dragged (gesture, dx, dy, user_data); // the last way may have come with the release
  prc_segment_tool_end_stroke (((Hands *)user_data)->tool);
}

static void
drag_cancelled (GtkGesture *gesture, GdkEventSequence *sequence, gpointer user_data) {
  prc_segment_tool_end_stroke (((Hands *)user_data)->tool);
}

static gboolean
scrolled (GtkEventControllerScroll *controller, double dx, double dy, gpointer user_data) {
  Hands *hands = user_data;
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (!is_brush (hands) || !(state & GDK_SHIFT_MASK) || state & GDK_CONTROL_MASK)
    return GDK_EVENT_PROPAGATE;
  int steps = prc_slice_input_steps (dy != 0 ? dy : dx, &hands->scroll_rest);
  prc_segment_tool_step_radius (hands->tool, -steps);
  return GDK_EVENT_STOP;
}

/* ---- keys ---- */

static gboolean
take_or_put_down (Hands *hands, PrcSegmentToolKind kind) {
  gboolean held = prc_segment_tool_get_kind (hands->tool) == kind;

  prc_segment_tool_set_kind (hands->tool, held ? PRC_SEGMENT_TOOL_NONE : kind);
  return TRUE;
}

// FALSE: nothing is in hand, or there is no crosshair.
static gboolean
use_at_cross (Hands *hands) {
  guint column, row, index = prc_slice_view_get_index (hands->view);

  if (prc_segment_tool_get_kind (hands->tool) == PRC_SEGMENT_TOOL_NONE ||
      !prc_slice_view_get_cross (hands->view, &column, &row))
    return FALSE;
  if (!is_brush (hands)) {
    prc_segment_tool_grow (hands->tool, column + 0.5, row + 0.5, index);
  } else {
    prc_segment_tool_begin_stroke (hands->tool, column + 0.5, row + 0.5, index);
    prc_segment_tool_end_stroke (hands->tool);
  }
  return TRUE;
}

static gboolean
stop (Hands *hands) {
  if (prc_segment_tool_cancel (hands->tool))
    return TRUE;
  if (prc_segment_tool_get_kind (hands->tool) == PRC_SEGMENT_TOOL_NONE)
    return FALSE;
  prc_segment_tool_set_kind (hands->tool, PRC_SEGMENT_TOOL_NONE);
  return TRUE;
}

static gboolean
plain_key (Hands *hands, guint key) {
  switch (key) {
  case GDK_KEY_b:
    return take_or_put_down (hands, PRC_SEGMENT_TOOL_BRUSH);
  case GDK_KEY_e:
    return take_or_put_down (hands, PRC_SEGMENT_TOOL_ERASER);
  case GDK_KEY_w:
    return take_or_put_down (hands, PRC_SEGMENT_TOOL_GROW);
  case GDK_KEY_less:
  case GDK_KEY_greater:
    prc_segment_tool_step_radius (hands->tool, key == GDK_KEY_less ? -1 : 1);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    return use_at_cross (hands);
  case GDK_KEY_Escape:
    return stop (hands);
  default:
    return FALSE;
  }
}

static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             gpointer user_data) {
  Hands *hands = user_data;
  gboolean control = (state & GDK_CONTROL_MASK) != 0;

  if (state & (GDK_ALT_MASK | GDK_SUPER_MASK) || !prc_segment_tool_get_segments (hands->tool))
    return GDK_EVENT_PROPAGATE;
  key = gdk_keyval_to_lower (key);
  if (!control)
    return plain_key (hands, key);
  if (key != GDK_KEY_z)
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_SHIFT_MASK)
    prc_segment_tool_redo (hands->tool);
  else
    prc_segment_tool_undo (hands->tool);
  return GDK_EVENT_STOP;
}

/* ---- attaching ---- */

static void
hands_free (gpointer data) {
  Hands *hands = data;

  g_signal_handlers_disconnect_by_data (hands->tool, hands);
  g_object_unref (hands->tool);
  g_free (hands);
}

// First of all controllers: they take what they want before the others see it.
static void
add (Hands *hands, GtkEventController *controller) {
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (hands->view), controller);
}

static void
add_pointer (Hands *hands) {
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_began), hands);
  g_signal_connect (drag, "drag-update", G_CALLBACK (dragged), hands);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_ended), hands);
  g_signal_connect (drag, "cancel", G_CALLBACK (drag_cancelled), hands);
  add (hands, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (motion, "enter", G_CALLBACK (pointed), hands);
  g_signal_connect (motion, "motion", G_CALLBACK (pointed), hands);
  g_signal_connect (motion, "leave", G_CALLBACK (went_away), hands);
  add (hands, motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), hands);
  add (hands, scroll);
}

void
prc_segment_input_attach (PrcSliceView *view, PrcSegmentTool *tool) {
  Hands *hands = g_new0 (Hands, 1);
  GtkEventController *keys = gtk_event_controller_key_new ();

  hands->view = view;
  hands->tool = g_object_ref (tool);
  hands->pointer_x = hands->pointer_y = NAN;
  g_object_set_data_full (G_OBJECT (view), "prc-segment-hands", hands, hands_free);
  add_pointer (hands);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), hands);
  add (hands, keys);
  g_signal_connect (tool, "notify::kind", G_CALLBACK (tool_changed), hands);
  g_signal_connect (tool, "notify::radius", G_CALLBACK (tool_changed), hands);
}
