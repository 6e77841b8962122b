// SPDX-License-Identifier: Apache-2.0
#include "prc-histogram-edge.h"

#define GRIP_HEIGHT 16

struct _PrcHistogramEdge {
  GtkWidget parent_instance;
  double start; // of the drag, in the parent
};

enum { MOVED, STEPPED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcHistogramEdge, prc_histogram_edge, GTK_TYPE_WIDGET)

static double
place_in_parent (PrcHistogramEdge *self, double x) {
  double parent_x = x, y;
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_translate_coordinates (widget, gtk_widget_get_parent (widget), x, 0, &parent_x, &y);
  return parent_x;
}

static void
drag_began (GtkGestureDrag *gesture, double x, double y, PrcHistogramEdge *self) {
  gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->start = place_in_parent (self, PRC_HISTOGRAM_EDGE_WIDTH / 2.0) - place_in_parent (self, x);
}

// The handle moves under the pointer while it is dragged: places are taken in the parent.
static void
dragged (GtkGestureDrag *gesture, double dx, double dy, PrcHistogramEdge *self) {
  double x, y;

  gtk_gesture_get_point (GTK_GESTURE (gesture), NULL, &x, &y);
  g_signal_emit (self, signals[MOVED], 0, place_in_parent (self, x) + self->start);
}

static gboolean
key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
             PrcHistogramEdge *self) {
  int step = state & GDK_SHIFT_MASK ? 10 : 1;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Left || key == GDK_KEY_KP_Left)
    step = -step;
  else if (key != GDK_KEY_Right && key != GDK_KEY_KP_Right)
    return GDK_EVENT_PROPAGATE;
  g_signal_emit (self, signals[STEPPED], 0, step);
  return GDK_EVENT_STOP;
}

static void
prc_histogram_edge_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  static const GdkRGBA plain = {1, 0.88f, 0.55f, 1}, focused = {0.91f, 0.53f, 0.12f, 1};
  const GdkRGBA *colour = gtk_widget_has_focus (widget) ? &focused : &plain;
  float middle = PRC_HISTOGRAM_EDGE_WIDTH / 2.0f, height = (float)gtk_widget_get_height (widget);
  float half = gtk_widget_has_focus (widget) ? 1.5f : 1;
  GskRoundedRect grip;

  gtk_snapshot_append_color (snapshot, colour,
                             &GRAPHENE_RECT_INIT (middle - half, 0, 2 * half, height));
  gsk_rounded_rect_init_from_rect (
      &grip, &GRAPHENE_RECT_INIT (middle - 4, (height - GRIP_HEIGHT) / 2, 8, GRIP_HEIGHT), 3);
  gtk_snapshot_push_rounded_clip (snapshot, &grip);
  gtk_snapshot_append_color (snapshot, colour, &grip.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
prc_histogram_edge_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline) {
  *minimum = *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? PRC_HISTOGRAM_EDGE_WIDTH : GRIP_HEIGHT;
}

static void
prc_histogram_edge_class_init (PrcHistogramEdgeClass *klass) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = prc_histogram_edge_snapshot;
  widget_class->measure = prc_histogram_edge_measure;
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[STEPPED] = g_signal_new ("stepped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
prc_histogram_edge_init (PrcHistogramEdge *self) {
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "ew-resize");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_began), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (dragged), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
prc_histogram_edge_new (const char *label) {
  GtkWidget *self = g_object_new (PRC_TYPE_HISTOGRAM_EDGE, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (self, label);
  return self;
}

void
prc_histogram_edge_set_value (PrcHistogramEdge *self, double value, double low, double high,
                              const char *text) {
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, low,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, high,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, value,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}
