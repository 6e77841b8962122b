// SPDX-License-Identifier: Apache-2.0
#include "prc-case-tally-bar.h"

#define HEIGHT 14 // logical pixels: the mark's, then the bar's
#define MARK   5
#define CAP    2.5 // of the whisker, above and below it

struct _PrcCaseTallyBar {
  GtkWidget parent_instance;
  double share, base, low, high;
  gboolean exceeds;
};

G_DEFINE_FINAL_TYPE (PrcCaseTallyBar, prc_case_tally_bar, GTK_TYPE_WIDGET)

static void
set_colour (cairo_t *cr, const GdkRGBA *colour, double alpha) {
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

static void
fill_rectangle (cairo_t *cr, double x, double y, double width, double height) {
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

static void
draw_whisker (cairo_t *cr, double from, double to, double middle) {
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, from, middle);
  cairo_line_to (cr, to, middle);
  for (int i = 0; i < 2; i++) {
    cairo_move_to (cr, i ? to : from, middle - CAP);
    cairo_line_to (cr, i ? to : from, middle + CAP);
  }
  cairo_stroke (cr);
}

// A triangle that points at the line it stands on.
static void
draw_mark (cairo_t *cr, double x, double height) {
  cairo_move_to (cr, x - 3.5, 0);
  cairo_line_to (cr, x + 3.5, 0);
  cairo_line_to (cr, x, MARK);
  cairo_close_path (cr);
  cairo_fill (cr);
  fill_rectangle (cr, x - 0.75, MARK - 1, 1.5, height - MARK + 1);
}

static void
draw (PrcCaseTallyBar *self, cairo_t *cr, double width, double height) {
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  const double inner = width - 8, bar = height - MARK; // room for half a mark and a cap
  GdkRGBA text, accent;

  gtk_style_context_get_color (style, &text);
  if (!self->exceeds || !gtk_style_context_lookup_color (style, "accent_color", &accent)) {
    accent = text;
    accent.alpha *= 0.45f;
  }
  cairo_translate (cr, 4, 0);
  set_colour (cr, &text, 0.13);
  fill_rectangle (cr, 0, MARK, inner, bar);
  set_colour (cr, &accent, 0.75);
  fill_rectangle (cr, 0, MARK, inner * self->share, bar);
  set_colour (cr, &text, 0.9);
  draw_whisker (cr, inner * self->low, inner * self->high, MARK + bar / 2);
  set_colour (cr, &text, 1);
  draw_mark (cr, inner * self->base, height);
}

static void
prc_case_tally_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot) {
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL) {
    cairo_translate (cr, width, 0);
    cairo_scale (cr, -1, 1);
  }
  cairo_translate (cr, 0, (height - HEIGHT) / 2);
  draw (PRC_CASE_TALLY_BAR (widget), cr, width, HEIGHT);
  cairo_destroy (cr);
}

static void
prc_case_tally_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline) {
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : HEIGHT;
}

static void
prc_case_tally_bar_class_init (PrcCaseTallyBarClass *klass) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = prc_case_tally_bar_snapshot;
  widget_class->measure = prc_case_tally_bar_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
prc_case_tally_bar_init (PrcCaseTallyBar *self) {
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
}

void
prc_case_tally_bar_set (PrcCaseTallyBar *self, const PrcTally *tally, const PrcTallyLine *line) {
  g_return_if_fail (PRC_IS_CASE_TALLY_BAR (self));
  self->share = prc_tally_share (tally, line);
  self->base = CLAMP (prc_tally_base (tally, line), 0, 1);
  self->low = line->low;
  self->high = line->high;
  self->exceeds = prc_tally_exceeds (tally, line);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
