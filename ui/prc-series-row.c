// SPDX-License-Identifier: Apache-2.0
#include "prc-series-row.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-look.h"

#define SEGMENTS_MARK 14 // logical pixels

struct _PrcSeriesRow {
  GtkListBoxRow parent_instance;
  PrcSeries *series;
  guint position;
  GtkWidget *picture, *title, *caption, *mark, *segments;
  PrcInstance *thumbnail_instance; // asked for or shown
};

G_DEFINE_FINAL_TYPE (PrcSeriesRow, prc_series_row, GTK_TYPE_LIST_BOX_ROW)

char *
prc_series_row_caption (const PrcSeries *series) {
  const PrcInstanceInfo *info = prc_series_info (series);
  guint n = prc_series_length (series);
  g_autofree char *count = g_strdup_printf (ngettext ("%u image", "%u images", n), n);

  return *info->modality ? g_strdup_printf ("%s · %s", info->modality, count)
                         : g_steal_pointer (&count);
}

static void
update (PrcSeriesRow *self) {
  g_autofree char *caption = prc_series_row_caption (self->series);
  const char *const *problems = prc_series_problems (self->series);
  const char *title = prc_series_title (self->series);
  gboolean segmented = gtk_widget_get_visible (self->segments);
  g_autofree char *plain = g_strdup_printf (_ ("%s, %s"), title, caption);
  g_autofree char *name = segmented ? g_strdup_printf (_ ("%s, %s"), plain, _ ("has segments"))
                                    : g_steal_pointer (&plain);
  g_autofree char *sentences = problems && *problems ? g_strjoinv ("\n", (char **)problems) : NULL;

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->caption), caption);
  gtk_widget_set_visible (self->mark, sentences != NULL);
  gtk_widget_set_tooltip_text (self->mark, sentences);
  gtk_widget_set_tooltip_text (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sentences ? sentences : "",
                                  -1);
}

void
prc_series_row_set_series (PrcSeriesRow *self, PrcSeries *series) {
  PrcSeries *before = self->series;

  self->series = prc_series_ref (series);
  if (before)
    prc_series_unref (before);
  update (self);
}

PrcSeries *
prc_series_row_get_series (PrcSeriesRow *self) {
  return self->series;
}

void
prc_series_row_set_segmented (PrcSeriesRow *self, gboolean segmented) {
  if (gtk_widget_get_visible (self->segments) == segmented)
    return;
  gtk_widget_set_visible (self->segments, segmented);
  update (self);
}

void
prc_series_row_set_position (PrcSeriesRow *self, guint position) {
  self->position = position;
}

guint
prc_series_row_get_position (PrcSeriesRow *self) {
  return self->position;
}

const PrcSlice *
prc_series_row_wants_thumbnail (PrcSeriesRow *self, gboolean complete) {
  const PrcSlice *middle = prc_series_slice (self->series, prc_series_length (self->series) / 2);

  if (self->thumbnail_instance && (!complete || self->thumbnail_instance == middle->instance))
    return NULL;
  g_clear_pointer (&self->thumbnail_instance, prc_instance_unref);
  self->thumbnail_instance = prc_instance_ref (middle->instance);
  return middle;
}

void
prc_series_row_take_thumbnail (PrcSeriesRow *self, const PrcSlice *slice, GdkTexture *texture) {
  if (self->thumbnail_instance == slice->instance)
    gtk_picture_set_paintable (GTK_PICTURE (self->picture), GDK_PAINTABLE (texture));
}

static GtkWidget *
label_new (const char *css_class) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

// What segments look like: two that overlap, in colours of their own.
static void
draw_segments_mark (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer unused) {
  const double radius = SEGMENTS_MARK * 0.3;

  for (guint i = 0; i < 2; i++) {
    guint colour = prc_segment_look_colour (i);
    double red = (colour >> 16) / 255.0, green = (colour >> 8 & 0xff) / 255.0;
    cairo_arc (cr, i ? width - radius - 1 : radius + 1, height / 2.0, radius, 0, 2 * G_PI);
    cairo_set_source_rgba (cr, red, green, (colour & 0xff) / 255.0, 0.4);
    cairo_fill_preserve (cr);
    cairo_set_source_rgb (cr, red, green, (colour & 0xff) / 255.0);
    cairo_set_line_width (cr, 1);
    cairo_stroke (cr);
  }
}

static GtkWidget *
words_new (PrcSeriesRow *self) {
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->title = label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->title), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->title), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (self->title), 2);
  self->caption = label_new ("caption");
  gtk_widget_add_css_class (self->caption, "dim-label");
  self->mark = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (self->mark, "warning");
  gtk_box_append (GTK_BOX (line), self->caption);
  self->segments = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->segments), SEGMENTS_MARK);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->segments), draw_segments_mark, NULL,
                                  NULL);
  gtk_widget_set_tooltip_text (self->segments, _ ("Has segments"));
  gtk_widget_set_visible (self->segments, FALSE);
  gtk_box_append (GTK_BOX (line), self->segments);
  gtk_box_append (GTK_BOX (line), self->mark);
  gtk_box_append (GTK_BOX (words), self->title);
  gtk_box_append (GTK_BOX (words), line);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (words, TRUE);
  return words;
}

static void
prc_series_row_dispose (GObject *object) {
  PrcSeriesRow *self = PRC_SERIES_ROW (object);

  g_clear_pointer (&self->thumbnail_instance, prc_instance_unref);
  g_clear_pointer (&self->series, prc_series_unref);
  G_OBJECT_CLASS (prc_series_row_parent_class)->dispose (object);
}

static void
prc_series_row_class_init (PrcSeriesRowClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_series_row_dispose;
}

static void
prc_series_row_init (PrcSeriesRow *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  self->picture = gtk_picture_new ();
  gtk_widget_add_css_class (self->picture, "thumbnail");
  gtk_widget_set_size_request (self->picture, PRC_SERIES_ROW_PICTURE, PRC_SERIES_ROW_PICTURE);
  gtk_widget_set_valign (self->picture, GTK_ALIGN_CENTER);
  gtk_widget_set_overflow (self->picture, GTK_OVERFLOW_HIDDEN);
  gtk_box_append (GTK_BOX (box), self->picture);
  gtk_box_append (GTK_BOX (box), words_new (self));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "series-row");
}

GtkWidget *
prc_series_row_new (PrcSeries *series) {
  PrcSeriesRow *self = g_object_new (PRC_TYPE_SERIES_ROW, NULL);

  prc_series_row_set_series (self, series);
  return GTK_WIDGET (self);
}
