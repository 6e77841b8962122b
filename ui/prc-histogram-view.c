// SPDX-License-Identifier: Apache-2.0
#include "prc-histogram-view.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-annotate-text.h"
#include "prc-histogram-count.h"
#include "prc-histogram-edge.h"
#include "prc-windowing.h"

#define HEIGHT  112 // logical pixels
#define MARGIN  12
#define RIGHT   56 // of the plot, where the button is
#define COLOURS 6  // of the strip below the bars
#define STEPS   200

struct _PrcHistogramView {
  GtkWidget parent_instance;
  PrcSliceView *view;
  PrcHistogramCount *count; // of the frame counted last, or NULL
  PrcFrame *counted;
  gboolean counting;   // in a worker
  GtkWidget *edges[2]; // low and high
  GtkWidget *logarithmic;
  double low, high; // of the window
  double drag_low, drag_high;
};

G_DEFINE_FINAL_TYPE (PrcHistogramView, prc_histogram_view, GTK_TYPE_WIDGET)

/* ---- values and places ---- */

static bool
has_values (PrcHistogramView *self) {
  return self->count && self->count->histogram.n > 0;
}

static double
plot_width (PrcHistogramView *self) {
  return MAX (gtk_widget_get_width (GTK_WIDGET (self)) - MARGIN - RIGHT, 1);
}

static double
place_of (PrcHistogramView *self, double value) {
  const PrcHistogram *histogram = &self->count->histogram;
  double share = (value - histogram->low) / (histogram->high - histogram->low);

  return MARGIN + CLAMP (share, 0, 1) * plot_width (self);
}

static double
value_at (PrcHistogramView *self, double x) {
  const PrcHistogram *histogram = &self->count->histogram;

  return histogram->low + (x - MARGIN) / plot_width (self) * (histogram->high - histogram->low);
}

// What one step of a key is: some two-hundredth of what is seen, whole where that is possible.
static double
step (PrcHistogramView *self) {
  const PrcHistogram *histogram = &self->count->histogram;
  double part = (histogram->high - histogram->low) / STEPS;

  return part >= 1 ? round (part) : part;
}

/* ---- the window ---- */

static void
tell_edges (PrcHistogramView *self) {
  const PrcHistogram *histogram = &self->count->histogram;
  const char *units = prc_frame_info (self->counted)->units;
  double values[2] = {self->low, self->high};

  for (int i = 0; i < 2; i++) {
    g_autofree char *number = prc_annotate_number (values[i]);
    g_autofree char *text = g_strjoin (*units ? " " : "", number, units, NULL);
    prc_histogram_edge_set_value (PRC_HISTOGRAM_EDGE (self->edges[i]), values[i], histogram->low,
                                  histogram->high, text);
  }
}

// A VOI LUT has no edges; those of the window that is like it stand for it.
static void
read_window (PrcHistogramView *self) {
  PrcViewParams params = *prc_slice_view_params (self->view);

  if (params.voi >= 0 && params.voi < (int)prc_frame_info (self->counted)->n_voi_luts)
    prc_windowing_resemble (&params, self->counted, (uint32_t)params.voi);
  self->low = params.centre - params.width / 2;
  self->high = params.centre + params.width / 2;
}

static void
set_window (PrcHistogramView *self, double low, double high) {
  PrcViewParams params = *prc_slice_view_params (self->view);

  if (!(high > low))
    return;
  if (params.voi != PRC_VOI_USE_WINDOW)
    params.function = PRC_VOI_LINEAR_EXACT;
  params.voi = PRC_VOI_USE_WINDOW;
  params.centre = low + (high - low) / 2;
  params.width = high - low;
  prc_slice_view_take_params (self->view, &params, FALSE);
}

// An edge stops one step before the other one.
static void
set_edge (PrcHistogramView *self, bool is_high, double value) {
  if (is_high)
    set_window (self, self->low, fmax (value, self->low + step (self)));
  else
    set_window (self, fmin (value, self->high - step (self)), self->high);
}

static void
edge_moved (GtkWidget *edge, double x, PrcHistogramView *self) {
  if (has_values (self))
    set_edge (self, edge == self->edges[1], value_at (self, x));
}

static void
edge_stepped (GtkWidget *edge, int steps, PrcHistogramView *self) {
  bool is_high = edge == self->edges[1];

  if (has_values (self))
    set_edge (self, is_high, (is_high ? self->high : self->low) + steps * step (self));
}

static void
drag_began (GtkGestureDrag *gesture, double x, double y, PrcHistogramView *self) {
  self->drag_low = self->low;
  self->drag_high = self->high;
}

static void
dragged (GtkGestureDrag *gesture, double dx, double dy, PrcHistogramView *self) {
  if (!has_values (self))
    return;
  double by = value_at (self, dx) - value_at (self, 0);
  set_window (self, self->drag_low + by, self->drag_high + by);
}

/* ---- counting ---- */

static void update (PrcHistogramView *self);

static void
show_count (PrcHistogramView *self) {
  const char *units = self->counted ? prc_frame_info (self->counted)->units : "";
  g_autofree char *sentence =
      self->count ? prc_histogram_count_describe (self->count, units) : NULL;

  for (int i = 0; i < 2; i++)
    gtk_widget_set_child_visible (self->edges[i], has_values (self));
  if (has_values (self)) {
    read_window (self);
    tell_edges (self);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sentence ? sentence : "", -1);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
count_in_thread (GTask *task, gpointer source, gpointer frame, GCancellable *cancellable) {
  g_task_return_pointer (task, prc_histogram_count_new (frame), g_atomic_rc_box_release);
}

static void
counted (GObject *object, GAsyncResult *result, gpointer unused) {
  PrcHistogramView *self = PRC_HISTOGRAM_VIEW (object);
  PrcHistogramCount *count = g_task_propagate_pointer (G_TASK (result), NULL);
  PrcFrame *frame = g_task_get_task_data (G_TASK (result));

  self->counting = FALSE;
  if (!self->view) { // it is gone
    g_atomic_rc_box_release (count);
    return;
  }
  g_clear_pointer (&self->count, g_atomic_rc_box_release);
  g_clear_pointer (&self->counted, prc_frame_unref);
  self->count = count;
  self->counted = prc_frame_ref (frame);
  show_count (self);
  update (self); // another slice may have come meanwhile
}

// One count at a time; the next one is of the slice that is in view then.
static void
update (PrcHistogramView *self) {
  PrcFrame *frame = self->view ? prc_slice_view_get_frame (self->view) : NULL;

  if (!frame || frame == self->counted || self->counting ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_autoptr (GTask) task = g_task_new (self, NULL, counted, NULL);
  self->counting = TRUE;
  g_task_set_task_data (task, prc_frame_ref (frame), (GDestroyNotify)prc_frame_unref);
  g_task_run_in_thread (task, count_in_thread);
}

static void
window_changed (PrcHistogramView *self) {
  if (self->count && gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_count (self);
}

/* ---- drawing ---- */

static double
bar_height (PrcHistogramView *self, guint bin, double whole) {
  const PrcHistogram *histogram = &self->count->histogram;
  double count = histogram->counts[bin], most = histogram->most;

  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->logarithmic)))
    return log1p (count) / log1p (most) * whole;
  return count / most * whole;
}

static void
draw_bars (PrcHistogramView *self, cairo_t *cr, double bottom) {
  double width = plot_width (self) / PRC_HISTOGRAM_BINS;

  cairo_move_to (cr, MARGIN, bottom);
  for (guint i = 0; i < PRC_HISTOGRAM_BINS; i++) {
    double top = bottom - bar_height (self, i, bottom - 4);
    cairo_line_to (cr, MARGIN + i * width, top);
    cairo_line_to (cr, MARGIN + (i + 1) * width, top);
  }
  cairo_line_to (cr, MARGIN + plot_width (self), bottom);
  cairo_close_path (cr);
  cairo_set_source_rgb (cr, 0.42, 0.45, 0.5);
  cairo_fill (cr);
}

// The window's curve, and below the bars the colour that each value gets.
static void
draw_window (PrcHistogramView *self, cairo_t *cr, double bottom) {
  const PrcViewParams *params = prc_slice_view_params (self->view);
  const PrcFrameInfo *info = prc_frame_info (self->counted);
  const PrcPalette *palette = prc_slice_view_get_palette (self->view);
  int n = (int)plot_width (self);

  for (int x = 0; x < n; x++) {
    double bright = prc_windowing_brightness (params, info, value_at (self, MARGIN + x + 0.5));
    guint pixel = palette->pixels[(int)lrint (CLAMP (bright, 0, 1) * 255)];
    cairo_rectangle (cr, MARGIN + x, bottom + 2, 1, COLOURS);
    cairo_set_source_rgb (cr, (pixel >> 16 & 255) / 255.0, (pixel >> 8 & 255) / 255.0,
                          (pixel & 255) / 255.0);
    cairo_fill (cr);
  }
  for (int x = 0; x < n; x++) {
    double bright = prc_windowing_brightness (params, info, value_at (self, MARGIN + x + 0.5));
    cairo_line_to (cr, MARGIN + x + 0.5, bottom - bright * (bottom - 4));
  }
  cairo_set_line_width (cr, 1.5);
  cairo_set_source_rgb (cr, 1, 0.88, 0.55);
  cairo_stroke (cr);
}

static void
show_value (PrcHistogramView *self, GtkSnapshot *snapshot, double value, bool left_of_it) {
  g_autofree char *text = prc_annotate_number (value);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  double x = place_of (self, value) + (left_of_it ? -width - 6 : 6);
  if (!left_of_it && x + width > MARGIN + plot_width (self) + 4)
    x = place_of (self, value) - width - 6; // clear of the button
  x = fmax (x, 2);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, 2));
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){0.09f, 0.09f, 0.1f, 0.75f},
                             &GRAPHENE_RECT_INIT (-2, 0, width + 4, height));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){0.93f, 0.94f, 0.95f, 1});
  gtk_snapshot_restore (snapshot);
}

static void
show_sentence (PrcHistogramView *self, GtkSnapshot *snapshot) {
  g_autofree char *text = self->count ? prc_histogram_count_describe (self->count, "") : NULL;

  if (!text)
    return;
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (MARGIN, HEIGHT / 2 - 10));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){0.8f, 0.8f, 0.8f, 1});
  gtk_snapshot_restore (snapshot);
}

static void
prc_histogram_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  PrcHistogramView *self = PRC_HISTOGRAM_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double bottom = height - COLOURS - 6;

  if (!has_values (self)) {
    show_sentence (self, snapshot);
  } else {
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
    draw_bars (self, cr, bottom);
    draw_window (self, cr, bottom);
    cairo_destroy (cr);
    show_value (self, snapshot, self->low, true);
    show_value (self, snapshot, self->high, false);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_snapshot_child (widget, child, snapshot);
}

/* ---- widget ---- */

static void
place_child (GtkWidget *child, int x, int y, int width, int height) {
  gtk_widget_size_allocate (child, &(GtkAllocation){x, y, width, height}, -1);
}

static void
prc_histogram_view_size_allocate (GtkWidget *widget, int width, int height, int baseline) {
  PrcHistogramView *self = PRC_HISTOGRAM_VIEW (widget);
  GtkRequisition button;

  gtk_widget_get_preferred_size (self->logarithmic, &button, NULL);
  int button_width = MAX (button.width, RIGHT - 16);
  place_child (self->logarithmic, MAX (width - button_width - 6, 0), 4, button_width,
               button.height);
  for (int i = 0; has_values (self) && i < 2; i++) {
    double x = place_of (self, i ? self->high : self->low);
    place_child (self->edges[i], (int)lrint (x - PRC_HISTOGRAM_EDGE_WIDTH / 2.0), 0,
                 PRC_HISTOGRAM_EDGE_WIDTH, height - COLOURS - 4);
  }
}

static void
prc_histogram_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline) {
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : HEIGHT;
}

static void
prc_histogram_view_map (GtkWidget *widget) {
  GTK_WIDGET_CLASS (prc_histogram_view_parent_class)->map (widget);
  update (PRC_HISTOGRAM_VIEW (widget));
  window_changed (PRC_HISTOGRAM_VIEW (widget));
}

static void
prc_histogram_view_dispose (GObject *object) {
  PrcHistogramView *self = PRC_HISTOGRAM_VIEW (object);

  self->view = NULL;
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&self->edges[i], gtk_widget_unparent);
  g_clear_pointer (&self->logarithmic, gtk_widget_unparent);
  g_clear_pointer (&self->count, g_atomic_rc_box_release);
  g_clear_pointer (&self->counted, prc_frame_unref);
  G_OBJECT_CLASS (prc_histogram_view_parent_class)->dispose (object);
}

static void
prc_histogram_view_class_init (PrcHistogramViewClass *klass) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = prc_histogram_view_dispose;
  widget_class->snapshot = prc_histogram_view_snapshot;
  widget_class->size_allocate = prc_histogram_view_size_allocate;
  widget_class->measure = prc_histogram_view_measure;
  widget_class->map = prc_histogram_view_map;
  gtk_widget_class_set_css_name (widget_class, "histogram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_edges (PrcHistogramView *self) {
  self->edges[0] = prc_histogram_edge_new (_ ("Lower edge of the window"));
  self->edges[1] = prc_histogram_edge_new (_ ("Upper edge of the window"));
  for (int i = 0; i < 2; i++) {
    gtk_widget_set_child_visible (self->edges[i], FALSE);
    gtk_widget_set_parent (self->edges[i], GTK_WIDGET (self));
    g_signal_connect (self->edges[i], "moved", G_CALLBACK (edge_moved), self);
    g_signal_connect (self->edges[i], "stepped", G_CALLBACK (edge_stepped), self);
  }
}

static void
prc_histogram_view_init (PrcHistogramView *self) {
  GtkGesture *drag = gtk_gesture_drag_new ();

  add_edges (self);
  // Translators: a logarithmic scale of counts
  self->logarithmic = gtk_toggle_button_new_with_label (_ ("Log"));
  gtk_widget_set_tooltip_text (self->logarithmic, _ ("Logarithmic counts"));
  gtk_widget_set_parent (self->logarithmic, GTK_WIDGET (self));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->logarithmic), TRUE);
  g_signal_connect_swapped (self->logarithmic, "toggled", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_began), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (dragged), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Histogram"), -1);
}

GtkWidget *
prc_histogram_view_new (PrcSliceView *view) {
  PrcHistogramView *self = g_object_new (PRC_TYPE_HISTOGRAM_VIEW, NULL);

  self->view = view;
  g_signal_connect_object (view, "shown", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "window-changed", G_CALLBACK (window_changed), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
