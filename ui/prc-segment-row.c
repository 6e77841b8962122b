// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-row.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-words.h"

#define SWATCH 14 // logical pixels

struct _PrcSegmentRow {
  GtkBox parent_instance;
  PrcSegmentItem *item;
  GBinding *shown; // its visibility and the eye
  gboolean eclipsed;
  GtkWidget *heading, *title, *mark, *swatch, *label, *meaning, *volume, *eye;
};

G_DEFINE_FINAL_TYPE (PrcSegmentRow, prc_segment_row, GTK_TYPE_BOX)

static gboolean
is_seen (PrcSegmentRow *self) {
  return !self->eclipsed && prc_segment_item_get_visible (self->item);
}

// Full while it is seen, a ring while it is not.
static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data) {
  PrcSegmentRow *self = user_data;

  if (!self->item)
    return;
  guint colour = prc_segment_item_get_colour (self->item);
  cairo_set_source_rgb (cr, (colour >> 16) / 255.0, (colour >> 8 & 0xff) / 255.0,
                        (colour & 0xff) / 255.0);
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0 - 1.5, 0, 2 * G_PI);
  if (is_seen (self)) {
    cairo_fill (cr);
  } else {
    cairo_set_line_width (cr, 1.5);
    cairo_stroke (cr);
  }
}

/* ---- words ---- */

static void
set_text (GtkWidget *label, const char *text) {
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (label, *text != '\0');
}

// The list's row is what has the focus, and so what is read aloud.
static void
update_name (PrcSegmentRow *self, const char *name, const char *meaning, const char *volume) {
  GtkWidget *list_row = gtk_widget_get_parent (GTK_WIDGET (self));
  const char *state = is_seen (self) ? _ ("shown") : _ ("hidden");
  g_autoptr (GString) all = g_string_new (name);
  g_autofree char *eye = g_strdup_printf (_ ("Show %s"), name);

  for (guint i = 0; i < 3; i++) {
    const char *part = i == 0 ? meaning : i == 1 ? volume : state;
    if (*part)
      g_string_append_printf (all, ", %s", part);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, all->str,
                                  -1);
  if (list_row)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list_row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    all->str, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->eye), GTK_ACCESSIBLE_PROPERTY_LABEL, eye,
                                  -1);
}

static void
update (PrcSegmentRow *self) {
  const PrcSegmentMeasure *measure = prc_segment_item_get_measure (self->item, NULL);
  gboolean nowhere = prc_segment_stack_area (prc_segment_item_get_stack (self->item)) == 0;
  g_autofree char *name = prc_segment_item_name (self->item);
  g_autofree char *meaning = prc_segment_item_meaning (self->item);
  g_autofree char *volume =
      measure && !nowhere ? prc_segment_words_volume (measure) : g_strdup (nowhere ? "–" : "");

  set_text (self->label, name);
  set_text (self->meaning, meaning);
  set_text (self->volume, volume);
  gtk_button_set_icon_name (GTK_BUTTON (self->eye), prc_segment_item_get_visible (self->item)
                                                        ? "view-reveal-symbolic"
                                                        : "view-conceal-symbolic");
  if (is_seen (self))
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unseen");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "unseen");
  gtk_widget_queue_draw (self->swatch);
  update_name (self, name, meaning, volume);
}

// Tooltips are made when they are asked for: setting their text asks X where the pointer is.
static gboolean
show_whole (PrcSegmentRow *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
            gpointer user_data) {
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (self->label));

  if (!self->item)
    return FALSE;
  const PrcSegment *segment = prc_segment_item_get_segment (self->item);
  g_autofree char *name = prc_segment_item_name (self->item),
                  *meaning = prc_segment_item_meaning (self->item);
  g_autoptr (GString) text = g_string_new (name);
  if (!*meaning && !*segment->description && !pango_layout_is_ellipsized (layout))
    return FALSE; // all of it is there to be read
  if (*meaning)
    g_string_append_printf (text, "\n%s", meaning);
  if (*segment->description)
    g_string_append_printf (text, "\n%s", segment->description);
  gtk_tooltip_set_text (tooltip, text->str);
  return TRUE;
}

/* ---- item ---- */

static void
forget_item (PrcSegmentRow *self) {
  if (self->shown)
    g_binding_unbind (self->shown);
  g_clear_object (&self->shown);
  if (self->item)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_clear_object (&self->item);
}

void
prc_segment_row_set_item (PrcSegmentRow *self, PrcSegmentItem *item) {
  forget_item (self);
  if (!item)
    return;
  self->item = g_object_ref (item);
  self->shown = g_object_ref (g_object_bind_property (
      item, "visible", self->eye, "active", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE));
  g_signal_connect_swapped (item, "notify", G_CALLBACK (update), self);
  update (self);
}

PrcSegmentItem *
prc_segment_row_get_item (PrcSegmentRow *self) {
  return self->item;
}

void
prc_segment_row_set_heading (PrcSegmentRow *self, const char *title, const char *notes) {
  gtk_label_set_text (GTK_LABEL (self->title), title ? title : "");
  gtk_widget_set_visible (self->heading, title != NULL);
  gtk_widget_set_visible (self->mark, notes != NULL);
  gtk_widget_set_tooltip_text (self->mark, notes);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  notes ? notes : "", -1);
}

void
prc_segment_row_set_eclipsed (PrcSegmentRow *self, gboolean eclipsed) {
  if (self->eclipsed == eclipsed)
    return;
  self->eclipsed = eclipsed;
  if (self->item)
    update (self);
}

/* ---- widget ---- */

static GtkWidget *
label_new (const char *css_class) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
heading_new (PrcSegmentRow *self) {
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->title = label_new ("caption-heading");
  gtk_widget_set_hexpand (self->title, TRUE);
  self->mark = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (heading, "segment-heading");
  gtk_box_append (GTK_BOX (heading), self->title);
  gtk_box_append (GTK_BOX (heading), self->mark);
  return heading;
}

static GtkWidget *
swatch_new (PrcSegmentRow *self) {
  GtkWidget *swatch = gtk_drawing_area_new ();

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), SWATCH);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), SWATCH);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, self, NULL);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  return swatch;
}

// The name has the whole width: it is what is looked for.
static GtkWidget *
words_new (PrcSegmentRow *self) {
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->label = label_new (NULL);
  self->meaning = label_new ("caption");
  self->volume = label_new ("caption");
  gtk_widget_add_css_class (self->meaning, "dim-label");
  gtk_widget_add_css_class (self->volume, "numeric");
  gtk_box_append (GTK_BOX (line), self->meaning);
  gtk_box_append (GTK_BOX (line), self->volume);
  gtk_box_append (GTK_BOX (words), self->label);
  gtk_box_append (GTK_BOX (words), line);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  return words;
}

static GtkWidget *
eye_new (void) {
  GtkWidget *eye = gtk_toggle_button_new ();

  gtk_button_set_icon_name (GTK_BUTTON (eye), "view-reveal-symbolic");
  gtk_widget_add_css_class (eye, "flat");
  gtk_widget_add_css_class (eye, "eye");
  gtk_widget_set_valign (eye, GTK_ALIGN_CENTER);
  return eye;
}

static void
prc_segment_row_dispose (GObject *object) {
  forget_item (PRC_SEGMENT_ROW (object));
  G_OBJECT_CLASS (prc_segment_row_parent_class)->dispose (object);
}

static void
prc_segment_row_class_init (PrcSegmentRowClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_segment_row_dispose;
}

static void
prc_segment_row_init (PrcSegmentRow *self) {
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "segment-row");
  self->heading = heading_new (self);
  self->swatch = swatch_new (self);
  self->eye = eye_new ();
  gtk_box_append (GTK_BOX (line), self->swatch);
  gtk_box_append (GTK_BOX (line), words_new (self));
  gtk_box_append (GTK_BOX (line), self->eye);
  gtk_box_append (GTK_BOX (self), self->heading);
  gtk_box_append (GTK_BOX (self), line);
  gtk_widget_set_visible (self->heading, FALSE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (show_whole), NULL);
}

GtkWidget *
prc_segment_row_new (void) {
  return g_object_new (PRC_TYPE_SEGMENT_ROW, NULL);
}
