// SPDX-License-Identifier: Apache-2.0
#include "prc-add-case-dialog.h"

#include <glib/gi18n-lib.h>
#include "prc-case-text.h"

struct _PrcAddCaseDialog {
  AdwWindow parent_instance;

  PrcEngine *engine;
  GPtrArray *segmentations; // PrcInstance, or NULL
  GPtrArray *study;         // PrcSeries of the study in view, the one in view first
  GCancellable *adding;     // NULL: nothing is being added
  gboolean closed;

  GtkWidget *add, *cancel, *form, *title, *diagnosis, *findings, *outcome, *note, *this_series,
      *whole_study, *this_row, *study_row, *progress_box, *progress, *progress_label, *failure;
};

G_DEFINE_FINAL_TYPE (PrcAddCaseDialog, prc_add_case_dialog, ADW_TYPE_WINDOW)

enum { ADDED, N_SIGNALS };
static guint signals[N_SIGNALS];

// In the order of the outcome row's choices; what the library keeps.
static const char *const outcomes[] = {"", "follow-up", "pathology"};

static char *
trimmed (GtkWidget *entry) {
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
}

static char *
note_text (PrcAddCaseDialog *self) {
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->note));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

static void
update (PrcAddCaseDialog *self) {
  g_autofree char *title = trimmed (self->title);
  gboolean adding = self->adding != NULL;

  gtk_widget_set_sensitive (self->add, *title && !adding);
  gtk_widget_set_sensitive (self->form, !adding);
  gtk_widget_set_visible (self->progress_box, adding);
  gtk_button_set_label (GTK_BUTTON (self->cancel), adding ? _ ("_Stop") : _ ("_Cancel"));
}

static void
say (PrcAddCaseDialog *self, const char *sentence) {
  gtk_label_set_label (GTK_LABEL (self->failure), sentence ? sentence : "");
  gtk_widget_set_visible (self->failure, sentence != NULL);
}

static void
on_progress (const PrcImportStatus *status, gpointer user_data) {
  PrcAddCaseDialog *self = user_data;
  g_autofree char *text = NULL;

  if (self->closed)
    return;
  if (status->n_total == 0) {
    gtk_label_set_label (GTK_LABEL (self->progress_label), status->phase);
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->progress));
    return;
  }
  /* Translators: what is being done, then how much of how much */
  text = g_strdup_printf (_ ("%s: %u of %u"), status->phase, status->n_done, status->n_total);
  gtk_label_set_label (GTK_LABEL (self->progress_label), text);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress),
                                 (double)status->n_done / status->n_total);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcAddCaseDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 case_id = prc_engine_add_series_finish (PRC_ENGINE (source), result, &error);

  g_clear_object (&self->adding);
  if (error == NULL)
    g_signal_emit (self, signals[ADDED], 0, case_id);
  if (self->closed)
    return;
  if (error == NULL) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  say (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                 ? _ ("Stopped. Slices added so far stay in the library; adding again carries on.")
                 : error->message);
  update (self);
  gtk_widget_grab_focus (self->add);
}

static void
on_add (PrcAddCaseDialog *self) {
  gboolean whole = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->whole_study));
  g_autoptr (GPtrArray) series = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  g_autofree char *title = trimmed (self->title), *diagnosis = trimmed (self->diagnosis),
                  *findings = trimmed (self->findings), *note = note_text (self);
  guint outcome = adw_combo_row_get_selected (ADW_COMBO_ROW (self->outcome));
  const PrcCaseText text = {title, diagnosis, findings, note,
                            outcomes[MIN (outcome, G_N_ELEMENTS (outcomes) - 1)]};

  if (self->adding || *title == '\0')
    return;
  for (guint i = 0; i < (whole ? self->study->len : 1); i++)
    g_ptr_array_add (series, prc_series_ref (g_ptr_array_index (self->study, i)));
  say (self, NULL);
  self->adding = g_cancellable_new ();
  gtk_label_set_label (GTK_LABEL (self->progress_label), _ ("Starting"));
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), 0);
  gtk_window_set_modal (GTK_WINDOW (self), FALSE); // reading goes on meanwhile
  update (self);
  prc_engine_add_series_async (self->engine, series, self->segmentations, &text, on_progress, self,
                               self->adding, on_added, g_object_ref (self));
}

static void
on_cancel (PrcAddCaseDialog *self) {
  if (self->adding)
    g_cancellable_cancel (self->adding);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
prc_add_case_dialog_dispose (GObject *object) {
  PrcAddCaseDialog *self = PRC_ADD_CASE_DIALOG (object);

  self->closed = TRUE;
  if (self->adding)
    g_cancellable_cancel (self->adding);
  G_OBJECT_CLASS (prc_add_case_dialog_parent_class)->dispose (object);
}

static void
prc_add_case_dialog_finalize (GObject *object) {
  PrcAddCaseDialog *self = PRC_ADD_CASE_DIALOG (object);

  g_clear_object (&self->engine);
  g_clear_object (&self->adding);
  g_clear_pointer (&self->study, g_ptr_array_unref);
  g_clear_pointer (&self->segmentations, g_ptr_array_unref);
  G_OBJECT_CLASS (prc_add_case_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class) {
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/precedent_viewer/Precedent/add-case-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, add);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, form);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, title);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, diagnosis);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, findings);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, outcome);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, note);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, this_series);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, whole_study);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, this_row);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, study_row);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, progress_box);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, progress_label);
  gtk_widget_class_bind_template_child (widget_class, PrcAddCaseDialog, failure);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
prc_add_case_dialog_class_init (PrcAddCaseDialogClass *klass) {
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = prc_add_case_dialog_dispose;
  object_class->finalize = prc_add_case_dialog_finalize;
  signals[ADDED] = g_signal_new ("added", PRC_TYPE_ADD_CASE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
prc_add_case_dialog_init (PrcAddCaseDialog *self) {
  gtk_widget_init_template (GTK_WIDGET (self));
}

static guint
count_slices (GPtrArray *series) {
  guint n = 0;

  for (guint i = 0; i < series->len; i++)
    n += prc_series_length (g_ptr_array_index (series, i));
  return n;
}

// The study of the first series; another study's pictures never come along.
static void
keep_study (PrcAddCaseDialog *self, GPtrArray *series) {
  const char *study = prc_series_info (g_ptr_array_index (series, 0))->study_instance_uid;

  self->study = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  for (guint i = 0; i < series->len; i++)
    if (g_str_equal (prc_series_info (g_ptr_array_index (series, i))->study_instance_uid, study))
      g_ptr_array_add (self->study, prc_series_ref (g_ptr_array_index (series, i)));
}

static void
describe_choice (PrcAddCaseDialog *self) {
  PrcSeries *first = g_ptr_array_index (self->study, 0);
  guint n_first = prc_series_length (first), n_all = count_slices (self->study);
  g_autofree char *one = g_strdup_printf (ngettext ("%s, %u slice", "%s, %u slices", n_first),
                                          prc_series_title (first), n_first);
  g_autofree char *series =
      g_strdup_printf (ngettext ("%u series", "%u series", self->study->len), self->study->len);
  g_autofree char *all =
      g_strdup_printf (ngettext ("%s, %u slice", "%s, %u slices", n_all), series, n_all);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->this_row), one);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->study_row), all);
  gtk_widget_set_visible (self->study_row, self->study->len > 1);
  gtk_widget_set_visible (self->this_series, self->study->len > 1);
  if (self->study->len == 1)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->this_series), TRUE);
}

static void
propose_title (PrcAddCaseDialog *self) {
  const PrcInstanceInfo *info = prc_series_info (g_ptr_array_index (self->study, 0));
  g_autofree char *title = prc_case_text_proposed_title (info->study_description,
                                                         info->series_description, info->modality);

  gtk_editable_set_text (GTK_EDITABLE (self->title), title);
}

GtkWidget *
prc_add_case_dialog_new (GtkWindow *parent, PrcEngine *engine, GPtrArray *series,
                         GPtrArray *segmentations) {
  g_return_val_if_fail (series->len > 0, NULL);
  PrcAddCaseDialog *self =
      g_object_new (PRC_TYPE_ADD_CASE_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

  self->engine = g_object_ref (engine);
  self->segmentations = segmentations ? g_ptr_array_ref (segmentations) : NULL;
  keep_study (self, series);
  describe_choice (self);
  propose_title (self);
  update (self);
  return GTK_WIDGET (self);
}
