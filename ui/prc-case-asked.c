// SPDX-License-Identifier: Apache-2.0
#include "prc-case-asked.h"

#include <glib/gi18n-lib.h>

struct _PrcCaseAsked {
  GtkBox parent_instance;
  GtkWidget *picture, *label, *size, *against, *segments, *slices;
  gboolean setting; // the buttons, which is no choice of the reader
};

G_DEFINE_FINAL_TYPE (PrcCaseAsked, prc_case_asked, GTK_TYPE_BOX)

enum { BACK, AGAINST, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
title (const PrcCaseQuestion *question) {
  if (question->kind == PRC_ASKED_BOX)
    return g_strdup (_ ("Alike to the box"));
  /* Translators: %s is what a segment is called, such as "Liver tumour" */
  return g_strdup_printf (_ ("Cases with a segment like: %s"), question->name);
}

void
prc_case_asked_set_question (PrcCaseAsked *self, const PrcCaseQuestion *question) {
  const gboolean box = question->kind == PRC_ASKED_BOX;
  g_return_if_fail (PRC_IS_CASE_ASKED (self));
  g_autofree char *text = question->kind == PRC_ASKED_SLICE ? g_strdup ("") : title (question);

  gtk_label_set_label (GTK_LABEL (self->label), text);
  gtk_widget_set_tooltip_text (self->label, box ? NULL : question->name);
  gtk_label_set_label (GTK_LABEL (self->size), box ? question->name : "");
  gtk_widget_set_visible (self->size, box);
  gtk_widget_set_visible (self->picture, box);
  gtk_widget_set_visible (self->against, box);
  gtk_widget_set_visible (GTK_WIDGET (self), question->kind != PRC_ASKED_SLICE);
}

void
prc_case_asked_set_picture (PrcCaseAsked *self, GdkPaintable *picture) {
  gtk_picture_set_paintable (GTK_PICTURE (self->picture), picture);
}

void
prc_case_asked_set_answer (PrcCaseAsked *self, const PrcAnswer *answer) {
  if (!answer || answer->asked != PRC_ASKED_BOX)
    return;
  self->setting = TRUE;
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (answer->by_segment ? self->segments : self->slices), TRUE);
  self->setting = FALSE;
}

static void
on_clicked (PrcCaseAsked *self) {
  g_signal_emit (self, signals[BACK], 0);
}

static void
on_toggled (GtkToggleButton *button, PrcCaseAsked *self) {
  if (!self->setting && gtk_toggle_button_get_active (button))
    g_signal_emit (self, signals[AGAINST], 0,
                   GTK_WIDGET (button) == self->segments ? PRC_AGAINST_SEGMENTS
                                                         : PRC_AGAINST_SLICES);
}

static void
prc_case_asked_class_init (PrcCaseAskedClass *klass) {
  signals[BACK] = g_signal_new ("back", PRC_TYPE_CASE_ASKED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[AGAINST] = g_signal_new ("against", PRC_TYPE_CASE_ASKED, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static GtkWidget *
words_new (PrcCaseAsked *self) {
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->label = gtk_label_new (NULL);
  self->size = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (self->label), 2);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->label, "case-asked-title");
  gtk_label_set_xalign (GTK_LABEL (self->size), 0);
  gtk_widget_add_css_class (self->size, "caption");
  gtk_widget_add_css_class (self->size, "numeric");
  gtk_box_append (GTK_BOX (words), self->label);
  gtk_box_append (GTK_BOX (words), self->size);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  return words;
}

static GtkWidget *
choice_new (PrcCaseAsked *self, const char *label, const char *tooltip) {
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_hexpand (button, TRUE);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  return button;
}

static GtkWidget *
against_new (PrcCaseAsked *self) {
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->segments =
      choice_new (self, _ ("Segments"), _ ("Compare the box with the segments of the library"));
  self->slices = choice_new (self, _ ("Whole Slices"),
                             _ ("Compare the box with the whole slices of the library"));
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->slices),
                               GTK_TOGGLE_BUTTON (self->segments));
  gtk_widget_add_css_class (box, "linked");
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The box is compared with"), -1);
  gtk_box_append (GTK_BOX (box), self->segments);
  gtk_box_append (GTK_BOX (box), self->slices);
  return box;
}

static GtkWidget *
picture_new (void) {
  GtkWidget *picture = gtk_picture_new ();

  gtk_widget_set_size_request (picture, PRC_CASE_ASKED_PICTURE, PRC_CASE_ASKED_PICTURE);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (picture, "thumbnail");
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), _ ("What is in the box"));
  return picture;
}

static void
prc_case_asked_init (PrcCaseAsked *self) {
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *back = gtk_button_new_with_label (_ ("Whole Slice"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->picture = picture_new ();
  self->against = against_new (self);
  gtk_widget_set_valign (back, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (back, _ ("Back to cases like the slice in view"));
  gtk_widget_add_css_class (GTK_WIDGET (self), "case-asked");
  gtk_box_append (GTK_BOX (row), self->picture);
  gtk_box_append (GTK_BOX (row), words_new (self));
  gtk_box_append (GTK_BOX (row), back);
  gtk_box_append (GTK_BOX (self), row);
  gtk_box_append (GTK_BOX (self), self->against);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_swapped (back, "clicked", G_CALLBACK (on_clicked), self);
}
