// SPDX-License-Identifier: Apache-2.0
#include "prc-case-asked.h"

#include <glib/gi18n-lib.h>

struct _PrcCaseAsked {
  GtkBox parent_instance;
  GtkWidget *label, *button;
};

G_DEFINE_FINAL_TYPE (PrcCaseAsked, prc_case_asked, GTK_TYPE_BOX)

enum { BACK, N_SIGNALS };
static guint signals[N_SIGNALS];

void
prc_case_asked_set_segment (PrcCaseAsked *self, const char *segment) {
  g_return_if_fail (PRC_IS_CASE_ASKED (self));
  // Translators: %s is what a segment is called, such as "Liver tumour"
  g_autofree char *text =
      segment ? g_strdup_printf (_ ("Cases with a segment like: %s"), segment) : g_strdup ("");

  gtk_label_set_label (GTK_LABEL (self->label), text);
  gtk_widget_set_tooltip_text (self->label, segment);
  gtk_widget_set_visible (GTK_WIDGET (self), segment != NULL);
}

static void
on_clicked (PrcCaseAsked *self) {
  g_signal_emit (self, signals[BACK], 0);
}

static void
prc_case_asked_class_init (PrcCaseAskedClass *klass) {
  signals[BACK] = g_signal_new ("back", PRC_TYPE_CASE_ASKED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
prc_case_asked_init (PrcCaseAsked *self) {
  self->label = gtk_label_new (NULL);
  self->button = gtk_button_new_with_label (_ ("Whole Slice"));
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (self->label), 2);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->button, _ ("Back to cases like the slice in view"));
  gtk_widget_add_css_class (GTK_WIDGET (self), "case-asked");
  gtk_box_append (GTK_BOX (self), self->label);
  gtk_box_append (GTK_BOX (self), self->button);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_clicked), self);
}
