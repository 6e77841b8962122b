// SPDX-License-Identifier: Apache-2.0
#include "prc-box-tool.h"

#include <math.h>

#include "prc-box-shape.h"

#define REACH 6.0 // logical pixels from a side that take hold of it
#define CLICK 4.0 // logical pixels that a hand may tremble

struct _PrcBoxTool {
  GObject parent_instance;
  PrcSliceView *view; // holds this, by its hands
  gboolean active, blocked;

  PrcRegion box;     // width 0: none
  PrcSeries *series; // with the box
  guint index;

  gboolean pulling;      // a hand has hold of it
  PrcBoxPart part;       // that it pulls; PRC_BOX_NOWHERE: it draws
  PrcRegion before;      // it took hold
  double from_x, from_y; // where, image coordinates
  gboolean keyed;        // Enter set the first corner: `from`, the corner of a pixel
  gboolean has_cursor;   // ours is shown
};

G_DEFINE_FINAL_TYPE (PrcBoxTool, prc_box_tool, G_TYPE_OBJECT)

enum { PROP_ACTIVE = 1, PROP_BLOCKED, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { MOVED, GONE, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- the box ---- */

// Of the slice in view, while it is seen.
static const PrcFrameInfo *
seen (PrcBoxTool *self) {
  const PrcFrame *frame = prc_slice_view_get_frame (self->view);

  return frame && prc_slice_view_get_series (self->view) ? prc_frame_info (frame) : NULL;
}

// The series may have grown since: its slices are known by what they are.
static gboolean
is_in_view (PrcBoxTool *self) {
  PrcSeries *shown = prc_slice_view_get_series (self->view);

  if (!(self->box.width > 0) || !shown)
    return FALSE;
  const PrcSlice *mine = prc_series_slice (self->series, self->index);
  const PrcSlice *in_view = prc_series_slice (shown, prc_slice_view_get_index (self->view));
  return mine->frame == in_view->frame &&
         !g_strcmp0 (prc_instance_info (mine->instance)->sop_instance_uid,
                     prc_instance_info (in_view->instance)->sop_instance_uid);
}

static void
show (PrcBoxTool *self) {
  if (!is_in_view (self)) {
    prc_slice_view_set_box (self->view, NULL, NULL);
    return;
  }
  const PrcSlice *slice = prc_series_slice (self->series, self->index);
  g_autofree char *words =
      prc_box_words (&self->box, prc_instance_plane (slice->instance, slice->frame));
  prc_slice_view_set_box (self->view, &self->box, words);
}

static void
set_box (PrcBoxTool *self, const PrcRegion *box, gboolean settled) {
  PrcSeries *before = self->series;

  self->box = *box;
  self->series = prc_series_ref (prc_slice_view_get_series (self->view));
  self->index = prc_slice_view_get_index (self->view);
  g_clear_pointer (&before, prc_series_unref);
  show (self);
  g_signal_emit (self, signals[MOVED], 0, settled);
}

static void
forget_box (PrcBoxTool *self) {
  self->box = (PrcRegion){0};
  g_clear_pointer (&self->series, prc_series_unref);
  show (self);
}

gboolean
prc_box_tool_get_box (PrcBoxTool *self, PrcRegion *box, PrcSeries **series, guint *index) {
  *box = self->box;
  *series = self->series;
  *index = self->index;
  return self->box.width > 0;
}

void
prc_box_tool_clear (PrcBoxTool *self) {
  const gboolean any = self->box.width > 0;

  self->pulling = self->keyed = FALSE;
  forget_box (self);
  prc_box_tool_set_active (self, FALSE);
  if (any)
    g_signal_emit (self, signals[GONE], 0);
}

// As it was before the hand took hold.
static void
let_go (PrcBoxTool *self) {
  const gboolean changed = self->pulling || self->keyed;

  self->pulling = self->keyed = FALSE;
  if (!changed)
    return;
  if (self->before.width > 0 && is_in_view (self))
    set_box (self, &self->before, TRUE);
  else if (self->box.width > 0)
    prc_box_tool_clear (self);
}

/* ---- in hand ---- */

static void
set_cursor (PrcBoxTool *self, const char *name) {
  if (name || self->has_cursor)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self->view), name);
  self->has_cursor = name != NULL;
}

gboolean
prc_box_tool_get_active (PrcBoxTool *self) {
  return self->active;
}

void
prc_box_tool_set_active (PrcBoxTool *self, gboolean active) {
  if (self->active == active)
    return;
  self->active = active;
  self->keyed = FALSE;
  set_cursor (self, active ? "crosshair" : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE]);
}

static gboolean
to_image (PrcBoxTool *self, double x, double y, double *image_x, double *image_y) {
  const PrcFrameInfo *info = seen (self);
  const double scale = gtk_widget_get_scale_factor (GTK_WIDGET (self->view));
  int width, height;

  if (!info)
    return FALSE;
  prc_slice_view_get_size (self->view, &width, &height);
  prc_view_params_to_image (prc_slice_view_params (self->view), info, width, height, x * scale,
                            y * scale, image_x, image_y);
  return TRUE;
}

// What a hand at this place, in logical pixels, would take hold of.
static PrcBoxPart
part_at (PrcBoxTool *self, double x, double y) {
  const PrcFrameInfo *info = seen (self);
  const double scale = gtk_widget_get_scale_factor (GTK_WIDGET (self->view));
  int width, height;

  if (!info || self->blocked || !is_in_view (self))
    return PRC_BOX_NOWHERE;
  prc_slice_view_get_size (self->view, &width, &height);
  const PrcBoxPart part = prc_box_at (&self->box, prc_slice_view_params (self->view), info, width,
                                      height, x * scale, y * scale, REACH * scale);
  return part == PRC_BOX_INSIDE && !self->active ? PRC_BOX_NOWHERE : part;
}

/* ---- pointer ---- */

static void
pointed (GtkEventControllerMotion *controller, double x, double y, gpointer user_data) {
  PrcBoxTool *self = user_data;

  if (self->pulling)
    return;
  const PrcBoxPart part = part_at (self, x, y);
  set_cursor (self, part || self->active ? prc_box_cursor (part, prc_slice_view_params (self->view))
                                         : NULL);
}

static void
drag_began (GtkGestureDrag *gesture, double x, double y, gpointer user_data) {
  PrcBoxTool *self = user_data;
  const GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  const PrcBoxPart part = part_at (self, x, y);

  if (state & GDK_CONTROL_MASK || (!part && !self->active) ||
      !to_image (self, x, y, &self->from_x, &self->from_y)) {
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  self->keyed = FALSE;
  self->pulling = TRUE;
  self->part = part;
  self->before = is_in_view (self) ? self->box : (PrcRegion){0};
}

static void
dragged (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data) {
  PrcBoxTool *self = user_data;
  const PrcFrameInfo *info = seen (self);
  double x, y, image_x, image_y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  if (!self->pulling || !info || !to_image (self, x + dx, y + dy, &image_x, &image_y))
    return;
  const PrcRegion box = self->part
                            ? prc_box_pulled (info, &self->before, self->part,
                                              image_x - self->from_x, image_y - self->from_y)
                            : prc_box_between (info, self->from_x, self->from_y, image_x, image_y);
  if (self->part || hypot (dx, dy) >= CLICK)
    set_box (self, &box, FALSE);
}

static void
drag_ended (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data) {
  PrcBoxTool *self = user_data;

  if (!self->pulling)
    return;
  if (dx != 0 || dy != 0)
    dragged (gesture, dx, dy, user_data); // the last way may have come with the release
  self->pulling = FALSE;
  if (hypot (dx, dy) < (self->part ? 1 : CLICK) || !is_in_view (self))
    return; // a click
  prc_box_tool_set_active (self, FALSE);
  g_signal_emit (self, signals[MOVED], 0, TRUE);
}

static void
drag_cancelled (GtkGesture *gesture, GdkEventSequence *sequence, gpointer user_data) {
  let_go (user_data);
}

/* ---- keys ---- */

// From the first corner to the pixel of the crosshair, both within.
static gboolean
draw_to_cross (PrcBoxTool *self, gboolean settled) {
  const PrcFrameInfo *info = seen (self);
  guint column, row;

  if (!info || !prc_slice_view_get_cross (self->view, &column, &row))
    return FALSE;
  const double x = column, y = row;
  const PrcRegion box = prc_box_between (info, fmin (x, self->from_x), fmin (y, self->from_y),
                                         fmax (x, self->from_x) + 1, fmax (y, self->from_y) + 1);
  set_box (self, &box, settled);
  return TRUE;
}

static gboolean
set_corner (PrcBoxTool *self) {
  guint column, row;

  if (!self->active || !prc_slice_view_get_cross (self->view, &column, &row))
    return FALSE;
  if (self->keyed) {
    self->keyed = FALSE;
    prc_box_tool_set_active (self, FALSE);
    return draw_to_cross (self, TRUE);
  }
  self->before = is_in_view (self) ? self->box : (PrcRegion){0};
  self->keyed = TRUE;
  self->from_x = column;
  self->from_y = row;
  return draw_to_cross (self, FALSE);
}

static void
cross_moved (PrcSliceView *view, PrcBoxTool *self) {
  guint column, row;

  if (!self->keyed)
    return;
  if (prc_slice_view_get_cross (view, &column, &row))
    draw_to_cross (self, FALSE);
  else
    let_go (self); // the pointer took over
}

static gboolean
stop (PrcBoxTool *self) {
  const gboolean held = self->active || self->pulling || self->keyed;

  if (self->pulling || self->keyed)
    let_go (self);
  else
    prc_box_tool_set_active (self, FALSE);
  return held;
}

static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             gpointer user_data) {
  PrcBoxTool *self = user_data;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK) || !seen (self))
    return GDK_EVENT_PROPAGATE;
  switch (gdk_keyval_to_lower (key)) {
  case GDK_KEY_q:
    prc_box_tool_set_active (self, !self->active);
    return GDK_EVENT_STOP;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    return set_corner (self);
  case GDK_KEY_Escape:
    return stop (self);
  default:
    return GDK_EVENT_PROPAGATE;
  }
}

/* ---- object ---- */

static void
slice_changed (PrcSliceView *view, GParamSpec *pspec, PrcBoxTool *self) {
  self->pulling = self->keyed = FALSE; // as far as it came
  show (self);
}

static void
prc_box_tool_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec) {
  PrcBoxTool *self = PRC_BOX_TOOL (object);

  g_value_set_boolean (value, property == PROP_ACTIVE ? self->active : self->blocked);
}

static void
prc_box_tool_set_property (GObject *object, guint property, const GValue *value,
                           GParamSpec *pspec) {
  PrcBoxTool *self = PRC_BOX_TOOL (object);

  if (property == PROP_ACTIVE)
    prc_box_tool_set_active (self, g_value_get_boolean (value));
  else if (self->blocked != g_value_get_boolean (value)) {
    self->blocked = g_value_get_boolean (value);
    if (self->blocked) {
      self->has_cursor = FALSE; // theirs is shown
      prc_box_tool_set_active (self, FALSE);
    }
    g_object_notify_by_pspec (object, pspec);
  }
}

static void
prc_box_tool_finalize (GObject *object) {
  PrcBoxTool *self = PRC_BOX_TOOL (object);

  g_clear_pointer (&self->series, prc_series_unref);
  G_OBJECT_CLASS (prc_box_tool_parent_class)->finalize (object);
}

static void
prc_box_tool_class_init (PrcBoxToolClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = prc_box_tool_get_property;
  object_class->set_property = prc_box_tool_set_property;
  object_class->finalize = prc_box_tool_finalize;
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  props[PROP_BLOCKED] = g_param_spec_boolean ("blocked", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[MOVED] = g_signal_new ("moved", PRC_TYPE_BOX_TOOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[GONE] = g_signal_new ("gone", PRC_TYPE_BOX_TOOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
prc_box_tool_init (PrcBoxTool *self) {
}

// First of all controllers: they take what they want before the others see it.
static void
add (PrcBoxTool *self, GtkEventController *controller) {
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self->view), controller);
}

PrcBoxTool *
prc_box_tool_new (PrcSliceView *view) {
  PrcBoxTool *self = g_object_new (PRC_TYPE_BOX_TOOL, NULL);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->view = view;
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_began), self, 0);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (dragged), self, 0);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_ended), self, 0);
  g_signal_connect_object (drag, "cancel", G_CALLBACK (drag_cancelled), self, 0);
  add (self, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (motion, "enter", G_CALLBACK (pointed), self, 0);
  g_signal_connect_object (motion, "motion", G_CALLBACK (pointed), self, 0);
  add (self, motion);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed), self, 0);
  add (self, keys);
  g_signal_connect_object (view, "notify::index", G_CALLBACK (slice_changed), self, 0);
  g_signal_connect_object (view, "pointed", G_CALLBACK (cross_moved), self, 0);
  g_object_set_data_full (G_OBJECT (view), "prc-box-tool", g_object_ref (self), g_object_unref);
  return self;
}
