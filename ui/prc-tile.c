// SPDX-License-Identifier: Apache-2.0
#include "prc-tile.h"

#include <glib/gi18n-lib.h>

#include "prc-cine-bar.h"
#include "prc-histogram-view.h"
#include "prc-slice-input.h"

struct _PrcTile {
  GtkWidget parent_instance;
  GtkWidget *caption, *title, *detail, *close;
  GtkWidget *view, *histogram, *cine;
};

enum { CLOSE, ENTERED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcTile, prc_tile, GTK_TYPE_WIDGET)

PrcSliceView *
prc_tile_view (PrcTile *self) {
  return PRC_SLICE_VIEW (self->view);
}

void
prc_tile_set_caption (PrcTile *self, const char *title, const char *detail, gboolean closable) {
  gtk_widget_set_visible (self->caption, title != NULL);
  gtk_label_set_text (GTK_LABEL (self->title), title ? title : "");
  gtk_label_set_text (GTK_LABEL (self->detail), detail ? detail : "");
  gtk_widget_set_tooltip_text (self->detail, detail);
  gtk_widget_set_visible (self->close, closable);
}

void
prc_tile_play_or_pause (PrcTile *self) {
  prc_cine_bar_play_or_pause (PRC_CINE_BAR (self->cine));
}

void
prc_tile_set_active (PrcTile *self, gboolean active) {
  if (active)
    gtk_widget_add_css_class (GTK_WIDGET (self), "active");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "active");
}

void
prc_tile_set_histogram (PrcTile *self, gboolean shown) {
  gtk_widget_set_visible (self->histogram, shown);
}

static void
close_clicked (GtkButton *button, gpointer user_data) {
  g_signal_emit (user_data, signals[CLOSE], 0);
}

static void
focus_entered (GtkEventControllerFocus *controller, gpointer user_data) {
  g_signal_emit (user_data, signals[ENTERED], 0);
}

static GtkWidget *
label_new (const char *css_class) {
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
caption_new (PrcTile *self) {
  GtkWidget *caption = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->title = label_new ("heading");
  self->detail = label_new ("dim-label");
  gtk_widget_set_hexpand (self->detail, TRUE);
  self->close = gtk_button_new_from_icon_name ("window-close-symbolic");
  gtk_widget_add_css_class (self->close, "flat");
  gtk_widget_add_css_class (self->close, "circular");
  gtk_widget_set_tooltip_text (self->close, _ ("Close the case (Esc)"));
  g_signal_connect (self->close, "clicked", G_CALLBACK (close_clicked), self);
  gtk_box_append (GTK_BOX (caption), self->title);
  gtk_box_append (GTK_BOX (caption), self->detail);
  gtk_box_append (GTK_BOX (caption), self->close);
  gtk_widget_add_css_class (caption, "tile-caption");
  gtk_widget_set_visible (caption, FALSE);
  return caption;
}

static void
prc_tile_dispose (GObject *object) {
  PrcTile *self = PRC_TILE (object);

  g_clear_pointer (&self->caption, gtk_widget_unparent);
  g_clear_pointer (&self->histogram, gtk_widget_unparent);
  g_clear_pointer (&self->cine, gtk_widget_unparent);
  g_clear_pointer (&self->view, gtk_widget_unparent);
  G_OBJECT_CLASS (prc_tile_parent_class)->dispose (object);
}

static void
prc_tile_class_init (PrcTileClass *klass) {
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = prc_tile_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "tile");
  signals[CLOSE] =
      g_signal_new ("close", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENTERED] =
      g_signal_new ("entered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_tile_init (PrcTile *self) {
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->caption = caption_new (self);
  gtk_widget_set_parent (self->caption, GTK_WIDGET (self));
  g_signal_connect (focus, "enter", G_CALLBACK (focus_entered), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

GtkWidget *
prc_tile_new (PrcFrameStore *store) {
  PrcTile *self = g_object_new (PRC_TYPE_TILE, NULL);

  self->view = prc_slice_view_new (store);
  prc_slice_input_attach (PRC_SLICE_VIEW (self->view));
  gtk_widget_set_parent (self->view, GTK_WIDGET (self));
  self->histogram = prc_histogram_view_new (PRC_SLICE_VIEW (self->view));
  gtk_widget_set_visible (self->histogram, FALSE);
  gtk_widget_set_parent (self->histogram, GTK_WIDGET (self));
  self->cine = prc_cine_bar_new (PRC_SLICE_VIEW (self->view));
  gtk_widget_set_parent (self->cine, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
