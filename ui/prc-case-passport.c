// SPDX-License-Identifier: Apache-2.0
#include "prc-case-passport.h"

#include <glib/gi18n-lib.h>

#include "prc-case-text.h"

struct _PrcCasePassport {
  GtkBox parent_instance;
  GtkWidget *button, *asked, *when, *model, *library, *searched_title, *searched, *elapsed;
};

G_DEFINE_FINAL_TYPE (PrcCasePassport, prc_case_passport, GTK_TYPE_BOX)

void
prc_case_passport_set_answer (PrcCasePassport *self, const PrcAnswer *answer, const char *asked) {
  g_return_if_fail (PRC_IS_CASE_PASSPORT (self));
  gtk_widget_set_sensitive (self->button, answer != NULL);
  if (answer == NULL)
    return;

  g_autofree char *model = prc_case_text_model (answer);
  g_autofree char *library = g_strdup_printf ("%" G_GUINT64_FORMAT, answer->library_version);
  g_autofree char *searched = g_strdup_printf ("%'u", answer->n_slices_searched);
  g_autofree char *elapsed = prc_case_text_time (answer);
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (answer->asked_at);
  g_autofree char *date = when ? g_date_time_format (when, "%x %X") : NULL;
  gtk_label_set_label (GTK_LABEL (self->asked), asked ? asked : "");
  gtk_label_set_label (GTK_LABEL (self->when), date ? date : "");
  gtk_label_set_label (GTK_LABEL (self->model), model);
  gtk_widget_set_tooltip_text (self->model, answer->model_id);
  gtk_label_set_label (GTK_LABEL (self->library), library);
  gtk_label_set_label (GTK_LABEL (self->searched_title),
                       answer->by_segment ? _ ("Segments searched") : _ ("Slices searched"));
  gtk_label_set_label (GTK_LABEL (self->searched), searched);
  gtk_label_set_label (GTK_LABEL (self->elapsed), elapsed);
}

static void
prc_case_passport_class_init (PrcCasePassportClass *klass) {
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/precedent_viewer/Precedent/case-passport.ui");
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, button);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, asked);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, when);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, model);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, library);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, searched_title);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, searched);
  gtk_widget_class_bind_template_child (widget_class, PrcCasePassport, elapsed);
}

static void
prc_case_passport_init (PrcCasePassport *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
  // The button inside the menu button is what has the focus, and so what is read aloud.
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (self->button)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_widget_get_tooltip_text (self->button), -1);
}
