// SPDX-License-Identifier: Apache-2.0
// The dialog "Add to library": what it proposes, refuses, sends and says.
#include "fake-engine.h"
#include "prc-add-case-dialog.h"

typedef struct {
  PrcEngine *engine;
  GtkWidget *parent, *dialog;
  gint64 added;
} Fixture;

static PrcInstance *
instance_new (const char *study, const char *series, const char *description, guint slice) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (
      "{'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.2'>, 'SOPInstanceUID': <'1.2.%s.%s.%u'>, "
      "'StudyInstanceUID': <'1.2.%s'>, 'SeriesInstanceUID': <'1.2.%s.%s'>, 'PatientID': <'P'>, "
      "'StudyDescription': <'Chest'>, 'SeriesDescription': <'%s'>, 'InstanceNumber': <[%u.0]>, "
      "'Modality': <'CT'>, 'IsImage': <true>, 'Rows': <[2.0]>, 'Columns': <[2.0]>}",
      study, series, slice, study, study, series, description, slice);
  g_autoptr (GVariant) record = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  PrcInstance *instance = prc_instance_new_from_record ("/a", record, &error);
  g_assert_no_error (error);
  return instance;
}

// Two series of one study, of two slices and of one, and one of another study.
static GPtrArray *
series_new (void) {
  PrcInstance *instances[] = {
      instance_new ("1", "1", "Lung 1.0", 1), instance_new ("1", "1", "Lung 1.0", 2),
      instance_new ("1", "2", "Scout", 1), instance_new ("2", "1", "Other", 1)};
  GPtrArray *series = prc_series_group (instances, G_N_ELEMENTS (instances));

  g_assert_cmpuint (series->len, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (instances); i++)
    prc_instance_unref (instances[i]);
  return series;
}

static void
on_added (Fixture *f, gint64 case_id) {
  f->added = case_id;
}

static void
iterate (void) {
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
set_up (Fixture *f, gconstpointer unused) {
  g_autoptr (GPtrArray) series = series_new ();

  f->engine = fake_engine_new ();
  f->parent = gtk_window_new ();
  gtk_window_present (GTK_WINDOW (f->parent));
  f->dialog = prc_add_case_dialog_new (GTK_WINDOW (f->parent), f->engine, series, NULL);
  g_object_add_weak_pointer (G_OBJECT (f->dialog), (gpointer *)&f->dialog);
  g_signal_connect_swapped (f->dialog, "added", G_CALLBACK (on_added), f);
  gtk_window_present (GTK_WINDOW (f->dialog));
  iterate ();
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  if (f->dialog)
    gtk_window_destroy (GTK_WINDOW (f->dialog));
  iterate ();
  g_assert_null (f->dialog);
  gtk_window_destroy (GTK_WINDOW (f->parent));
  iterate ();
  g_assert_cmpuint (G_OBJECT (f->engine)->ref_count, ==, 1);
  g_object_unref (f->engine);
}

static GtkWidget *
child (Fixture *f, const char *name) {
  GObject *object = gtk_widget_get_template_child (f->dialog, PRC_TYPE_ADD_CASE_DIALOG, name);
  g_assert_nonnull (object);
  return GTK_WIDGET (object);
}

static void
type (Fixture *f, const char *name, const char *text) {
  gtk_editable_set_text (GTK_EDITABLE (child (f, name)), text);
}

static void
click (Fixture *f, const char *name) {
  g_signal_emit_by_name (child (f, name), "clicked");
}

static void
test_proposal (Fixture *f, gconstpointer unused) {
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (f, "title"))), ==,
                   "Chest, Lung 1.0");
  g_assert_true (gtk_widget_get_sensitive (child (f, "add")));
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (child (f, "this_row"))), ==,
                   "Lung 1.0, 2 slices");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (child (f, "study_row"))), ==,
                   "2 series, 3 slices");
}

static void
test_needs_title (Fixture *f, gconstpointer unused) {
  type (f, "title", " \t ");
  g_assert_false (gtk_widget_get_sensitive (child (f, "add")));
  type (f, "title", "x");
  g_assert_true (gtk_widget_get_sensitive (child (f, "add")));
}

static void
test_words (Fixture *f, gconstpointer unused) {
  GtkTextBuffer *note = gtk_text_view_get_buffer (GTK_TEXT_VIEW (child (f, "note")));

  type (f, "title", "  Nodule  ");
  type (f, "diagnosis", "Adenocarcinoma");
  type (f, "findings", "Solid, 11 mm");
  gtk_text_buffer_set_text (note, "Line one\nline two\n", -1);
  adw_combo_row_set_selected (ADW_COMBO_ROW (child (f, "outcome")), 2);
  click (f, "add");
  const FakeAddition *sent = fake_engine_addition (f->engine);
  g_assert_cmpstr (sent->title, ==, "Nodule");
  g_assert_cmpstr (sent->diagnosis, ==, "Adenocarcinoma");
  g_assert_cmpstr (sent->findings, ==, "Solid, 11 mm");
  g_assert_cmpstr (sent->note, ==, "Line one\nline two");
  g_assert_cmpstr (sent->outcome, ==, "pathology");
  g_assert_cmpuint (sent->n_series, ==, 2); // all of the study, not the other one
  fake_engine_addition_done (f->engine, 9, NULL);
  iterate ();
  g_assert_cmpint (f->added, ==, 9);
  g_assert_null (f->dialog); // closes itself
}

static void
test_this_series (Fixture *f, gconstpointer unused) {
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (child (f, "whole_study"))));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (child (f, "this_series")), TRUE);
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (child (f, "whole_study"))));
  click (f, "add");
  g_assert_cmpuint (fake_engine_addition (f->engine)->n_series, ==, 1);
  g_assert_cmpstr (fake_engine_addition (f->engine)->outcome, ==, "");
  fake_engine_addition_done (f->engine, 1, NULL);
}

static void
test_progress (Fixture *f, gconstpointer unused) {
  g_assert_false (gtk_widget_get_visible (child (f, "progress_box")));
  click (f, "add");
  g_assert_true (gtk_widget_get_visible (child (f, "progress_box")));
  g_assert_false (gtk_widget_get_sensitive (child (f, "add")));
  g_assert_false (gtk_widget_get_sensitive (child (f, "form")));
  fake_engine_addition_progress (f->engine, 1, 4);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (child (f, "progress"))), ==,
                     0.25);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (child (f, "progress_label"))), ==,
                   "Adding slices: 1 of 4");
  fake_engine_addition_progress (f->engine, 0, 0); // not known yet: no division
  fake_engine_addition_done (f->engine, 1, NULL);
}

static void
test_failure (Fixture *f, gconstpointer unused) {
  type (f, "diagnosis", "Kept");
  click (f, "add");
  fake_engine_addition_done (f->engine, 0, "Another program holds the library");
  iterate ();
  g_assert_nonnull (f->dialog);
  g_assert_cmpint (f->added, ==, 0);
  g_assert_true (gtk_widget_get_visible (child (f, "failure")));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (child (f, "failure"))), ==,
                   "Another program holds the library");
  gtk_test_accessible_assert_role (child (f, "failure"), GTK_ACCESSIBLE_ROLE_ALERT);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (child (f, "diagnosis"))), ==, "Kept");
  g_assert_true (gtk_widget_get_sensitive (child (f, "form")));
  click (f, "add"); // again
  g_assert_false (gtk_widget_get_visible (child (f, "failure")));
  fake_engine_addition_done (f->engine, 3, NULL);
  iterate ();
  g_assert_cmpint (f->added, ==, 3);
}

static void
test_stop (Fixture *f, gconstpointer unused) {
  click (f, "add");
  click (f, "cancel");
  g_assert_nonnull (f->dialog);
  fake_engine_addition_done (f->engine, 5, NULL); // the engine notices
  iterate ();
  g_assert_cmpint (f->added, ==, 0);
  g_assert_nonnull (f->dialog);
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (child (f, "failure"))), "Stopped"));
  click (f, "cancel");
  iterate ();
  g_assert_null (f->dialog);
}

static void
test_close_while_adding (Fixture *f, gconstpointer unused) {
  click (f, "add");
  gtk_window_close (GTK_WINDOW (f->dialog));
  iterate ();
  fake_engine_addition_progress (f->engine, 1, 4); // late, and harmless
  fake_engine_addition_done (f->engine, 5, NULL);
  iterate ();
  g_assert_null (f->dialog);
}

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv);
  adw_init ();
  g_test_add ("/add-case/proposal", Fixture, NULL, set_up, test_proposal, tear_down);
  g_test_add ("/add-case/needs-title", Fixture, NULL, set_up, test_needs_title, tear_down);
  g_test_add ("/add-case/words", Fixture, NULL, set_up, test_words, tear_down);
  g_test_add ("/add-case/this-series", Fixture, NULL, set_up, test_this_series, tear_down);
  g_test_add ("/add-case/progress", Fixture, NULL, set_up, test_progress, tear_down);
  g_test_add ("/add-case/failure", Fixture, NULL, set_up, test_failure, tear_down);
  g_test_add ("/add-case/stop", Fixture, NULL, set_up, test_stop, tear_down);
  g_test_add ("/add-case/close-while-adding", Fixture, NULL, set_up, test_close_while_adding,
              tear_down);
  return g_test_run ();
}
