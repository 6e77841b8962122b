// SPDX-License-Identifier: Apache-2.0
#include "prc-progress-row.h"

#include <glib/gi18n-lib.h>

struct _PrcProgressRow {
  GtkWidget parent_instance;
  GtkWidget *label, *bar, *words, *button;
};

enum { CANCEL, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PrcProgressRow, prc_progress_row, GTK_TYPE_WIDGET)

void
prc_progress_row_show (PrcProgressRow *self, const char *sentence, guint done, guint total) {
  gtk_label_set_text (GTK_LABEL (self->label), sentence);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                 total ? MIN (1.0, (double)done / total) : 0);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
prc_progress_row_hide (PrcProgressRow *self) {
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
clicked (GtkButton *button, gpointer user_data) {
  g_signal_emit (user_data, signals[CANCEL], 0);
}

static void
prc_progress_row_dispose (GObject *object) {
  PrcProgressRow *self = PRC_PROGRESS_ROW (object);

  g_clear_pointer (&self->words, gtk_widget_unparent);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (prc_progress_row_parent_class)->dispose (object);
}

static void
prc_progress_row_class_init (PrcProgressRowClass *klass) {
  G_OBJECT_CLASS (klass)->dispose = prc_progress_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "progressrow");
  signals[CANCEL] = g_signal_new ("cancel", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
prc_progress_row_init (PrcProgressRow *self) {
  self->words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  self->label = gtk_label_new (NULL);
  self->bar = gtk_progress_bar_new ();
  self->button = gtk_button_new_from_icon_name ("process-stop-symbolic");
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->label, "caption");
  gtk_widget_add_css_class (self->label, "numeric");
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "circular");
  gtk_widget_set_tooltip_text (self->button, _ ("Stop"));
  gtk_widget_set_hexpand (self->words, TRUE);
  gtk_widget_set_valign (self->words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->words), self->label);
  gtk_box_append (GTK_BOX (self->words), self->bar);
  gtk_widget_set_parent (self->words, GTK_WIDGET (self));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect (self->button, "clicked", G_CALLBACK (clicked), self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
prc_progress_row_new (void) {
  return g_object_new (PRC_TYPE_PROGRESS_ROW, NULL);
}
