// SPDX-License-Identifier: Apache-2.0
// Every state of the panel "Similar cases", brought about by an engine that answers when told to.
#include <adwaita.h>
#include <glib/gstdio.h>
#include <locale.h>

#include "fake-engine.h"
#include "prc-case-filter.h"
#include "prc-case-item.h"
#include "prc-case-list.h"
#include "prc-case-panel.h"
#include "prc-case-row.h"

typedef struct {
  PrcEngine *engine;
  GtkWidget *window, *canvas, *panel;
  PrcFrame *frame;
  char *folder; // with a file for each of the first hits
  guint n_opened, opened, n_imports;
} Fixture;

static PrcInstance *
instance_new (const char *patient, const char *series, guint slice) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (
      "{'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.2'>, 'SOPInstanceUID': <'1.2.3.%s.%u'>, "
      "'StudyInstanceUID': <'1.2.3'>, 'SeriesInstanceUID': <'1.2.3.%s'>, 'PatientID': <'%s'>, "
      "'Modality': <'CT'>, 'IsImage': <true>, 'Rows': <[2.0]>, 'Columns': <[2.0]>}",
      series, slice, series, patient);
  g_autoptr (GVariant) record = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  PrcInstance *instance = prc_instance_new_from_record ("/a", record, &error);
  g_assert_no_error (error);
  return instance;
}

static PrcFrame *
frame_new (void) {
  static const guint8 pixels[4];
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  PrcFrameInfo info = {
      .rows = 2, .columns = 2, .type = PRC_SAMPLE_U8, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (GError) error = NULL;
  PrcFrame *frame = prc_frame_new (&info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static void
on_open_case (Fixture *f, PrcAnswer *answer, guint hit) {
  g_assert_cmpuint (hit, <, answer->n_hits);
  f->n_opened++;
  f->opened = hit;
}

static void
on_import (Fixture *f) {
  f->n_imports++;
}

static gboolean
on_drawn (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data) {
  int *frames = user_data;
  return --*frames > 0;
}

// Until what was asked for is laid out, drawn, and followed by what that set off.
static void
settle (Fixture *f) {
  int frames = 4;
  gtk_widget_add_tick_callback (f->window, on_drawn, &frames, NULL);
  while (frames > 0 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
}

static void
make_files (Fixture *f, guint n) {
  f->folder = g_dir_make_tmp ("precedent-panel-XXXXXX", NULL);
  for (guint i = 0; i < n; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u", f->folder, i);
    g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  }
}

static void
set_up (Fixture *f, gconstpointer unused) {
  f->engine = fake_engine_new ();
  f->frame = frame_new ();
  make_files (f, 4);
  f->panel = prc_case_panel_new (f->engine, FAKE_STORE, FAKE_POOL);
  f->canvas = gtk_button_new_with_label ("canvas");
  g_signal_connect_swapped (f->panel, "open-case", G_CALLBACK (on_open_case), f);
  g_signal_connect_swapped (f->panel, "import", G_CALLBACK (on_import), f);

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_size_request (f->panel, 340, 860);
  gtk_box_append (GTK_BOX (box), f->canvas);
  gtk_box_append (GTK_BOX (box), f->panel);
  f->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (f->window), box);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_widget_grab_focus (f->canvas);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  gpointer panel = f->panel;
  g_object_add_weak_pointer (G_OBJECT (f->panel), &panel);
  gtk_window_destroy (GTK_WINDOW (f->window));
  fake_engine_end (f->engine);
  g_assert_null (panel);
  g_assert_cmpuint (G_OBJECT (f->engine)->ref_count, ==, 1);
  g_object_unref (f->engine);
  prc_frame_unref (f->frame);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u", f->folder, i);
    g_remove (path);
  }
  g_rmdir (f->folder);
  g_free (f->folder);
}

static GtkWidget *
child (Fixture *f, const char *name) {
  GObject *object = gtk_widget_get_template_child (f->panel, PRC_TYPE_CASE_PANEL, name);
  g_assert_nonnull (object);
  return GTK_WIDGET (object);
}

static GtkWidget *
list_view (Fixture *f) {
  return GTK_WIDGET (gtk_widget_get_template_child (child (f, "list"), PRC_TYPE_CASE_LIST, "view"));
}

static GListModel *
cases (Fixture *f) {
  return G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list_view (f))));
}

static void
assert_state (Fixture *f, PrcCasePanelState state) {
  g_assert_cmpint (prc_case_panel_get_state (PRC_CASE_PANEL (f->panel)), ==, state);
}

static void
assert_page (Fixture *f, const char *name) {
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (child (f, "pages"))), ==, name);
}

static void
assert_label (Fixture *f, const char *name, const char *text) {
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (child (f, name))), ==, text);
}

static void
assert_title (Fixture *f, const char *title) {
  assert_page (f, "message");
  g_assert_cmpstr (adw_status_page_get_title (ADW_STATUS_PAGE (child (f, "message"))), ==, title);
}

static void
ready (Fixture *f) {
  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 60, 412);
}

static void
ask (Fixture *f, guint slice) {
  g_autoptr (PrcInstance) instance = instance_new ("P1", "1", slice);
  prc_case_panel_ask (PRC_CASE_PANEL (f->panel), f->frame, instance, 0, slice);
}

static void
scroll_to (Fixture *f, const char *patient, const char *series, guint slice) {
  g_autoptr (PrcInstance) instance = instance_new (patient, series, slice);
  prc_case_panel_set_slice (PRC_CASE_PANEL (f->panel), instance, 0, slice);
}

static void
answer (Fixture *f, guint question, PrcAnswerState state, guint n_hits) {
  fake_engine_answer (f->engine, question, fake_answer (state, n_hits, 0, f->folder));
  settle (f);
}

static void
show_results (Fixture *f) {
  ready (f);
  ask (f, 143);
  answer (f, 0, PRC_ANSWER_RESULTS, 6);
}

static void
test_starting (Fixture *f, gconstpointer unused) {
  assert_state (f, PRC_CASE_PANEL_STARTING);
  assert_title (f, "Opening the library…");
  g_assert_true (gtk_widget_get_visible (child (f, "message_spinner")));
  ready (f);
  assert_state (f, PRC_CASE_PANEL_IDLE);
  assert_title (f, "No slice to compare yet");
  g_assert_false (gtk_widget_get_visible (child (f, "message_spinner")));
  g_assert_false (gtk_widget_get_visible (child (f, "message_button")));
}

static void
test_asked_before_ready (Fixture *f, gconstpointer unused) {
  ask (f, 7);
  assert_state (f, PRC_CASE_PANEL_STARTING);
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 0);
  ready (f);
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 1);
  assert_state (f, PRC_CASE_PANEL_WORKING);
}

static gboolean
css (Fixture *f, const char *name, const char *class_name) {
  return gtk_widget_has_css_class (child (f, name), class_name);
}

static void
test_working (Fixture *f, gconstpointer unused) {
  ready (f);
  ask (f, 143);
  assert_state (f, PRC_CASE_PANEL_WORKING);
  assert_title (f, "No similar cases yet"); // nothing flickers while an answer may be near
  while (!css (f, "progress", "active"))
    g_main_context_iteration (NULL, TRUE);
  assert_title (f, "Searching the library…");
  answer (f, 0, PRC_ANSWER_RESULTS, 6);
  g_assert_false (css (f, "progress", "active"));

  ask (f, 150); // the old results stay, dimmed
  assert_page (f, "list");
  g_assert_true (css (f, "pages", "outdated"));
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 6);
}

static void
test_results (Fixture *f, gconstpointer unused) {
  show_results (f);
  assert_state (f, PRC_CASE_PANEL_RESULTS);
  assert_page (f, "list");
  assert_label (f, "status", "For slice 143");
  g_assert_false (gtk_widget_get_visible (child (f, "now")));
  g_assert_false (css (f, "pages", "outdated"));
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 6);
  gtk_test_accessible_assert_role (child (f, "status"), GTK_ACCESSIBLE_ROLE_STATUS);
  gtk_test_accessible_assert_property (child (f, "status"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "6 similar cases for slice 143");
  g_assert_false (gtk_widget_get_visible (child (f, "kept_out_bar")));
}

static void
test_query (Fixture *f, gconstpointer unused) {
  ready (f);
  ask (f, 143);
  ask (f, 144);
  const PrcQuery *query = fake_engine_query (f->engine, 1);
  g_assert_cmpuint (query->k, >, 0);
  g_assert_cmpuint (query->region.width, ==, 0);
  g_assert_false (query->by_slice);
  g_assert_false (query->include_self);
  g_assert_cmpuint (query->generation, >, fake_engine_query (f->engine, 0)->generation);
}

static GtkWidget *
toggle_of (GtkWidget *from, const char *label) {
  if (GTK_IS_TOGGLE_BUTTON (from) && gtk_widget_get_visible (from) &&
      g_strcmp0 (gtk_button_get_label (GTK_BUTTON (from)), label) == 0)
    return from;
  for (GtkWidget *at = gtk_widget_get_first_child (from); at;
       at = gtk_widget_get_next_sibling (at)) {
    GtkWidget *found = toggle_of (at, label);
    if (found)
      return found;
  }
  return NULL;
}

static void
test_filter (Fixture *f, gconstpointer unused) {
  GtkWidget *filter = child (f, "filter");

  ready (f);
  ask (f, 143);
  g_assert_true (prc_filter_is_empty (&fake_engine_query (f->engine, 0)->filter));
  answer (f, 0, PRC_ANSWER_RESULTS, 6);
  g_assert_false (gtk_widget_get_visible (child (f, "filter_bar")));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle_of (filter, "CT")), TRUE);
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 2);
  assert_label (f, "filter_label", "Only: CT");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle_of (filter, "Proven diagnosis")), TRUE);
  g_assert_cmpstr (fake_engine_query (f->engine, 2)->filter.proof, ==, "proven");
  assert_label (f, "filter_label", "Only: CT · Proven diagnosis");
  g_assert_true (gtk_widget_get_visible (child (f, "filter_bar")));

  answer (f, 2, PRC_ANSWER_NOTHING_ALIKE, 0);
  assert_title (f, "No case is left");
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  g_assert_true (prc_filter_is_empty (&fake_engine_query (f->engine, 3)->filter));
  g_assert_false (gtk_widget_get_visible (child (f, "filter_bar")));
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (toggle_of (filter, "CT"))));
}

static void
test_age_bands (Fixture *f, gconstpointer unused) {
  static const guint bands[][3] = {{0, 0, 1},     {1, 0, 1},      {2, 2, 12},    {12, 2, 12},
                                   {13, 13, 17},  {18, 18, 39},   {40, 40, 59},  {77, 60, 79},
                                   {80, 80, 200}, {103, 80, 200}, {999, 80, 200}};
  for (gsize i = 0; i < G_N_ELEMENTS (bands); i++) {
    guint from = 0, to = 0;
    prc_case_filter_age_band (bands[i][0], &from, &to);
    g_assert_cmpuint (from, ==, bands[i][1]);
    g_assert_cmpuint (to, ==, bands[i][2]);
  }
}

static void
test_kept_out (Fixture *f, gconstpointer unused) {
  PrcAnswer *found = fake_answer (PRC_ANSWER_RESULTS, 3, 0, f->folder);

  ready (f);
  ask (f, 143);
  found->n_kept_out = 2;
  fake_engine_answer (f->engine, 0, found);
  settle (f);
  g_assert_true (gtk_widget_get_visible (child (f, "kept_out_bar")));
  assert_label (f, "kept_out", "2 cases of this patient are kept out");

  g_signal_emit_by_name (child (f, "kept_out_button"), "clicked");
  g_assert_true (fake_engine_query (f->engine, 1)->include_self);
  found = fake_answer (PRC_ANSWER_RESULTS, 3, 0, f->folder);
  found->hits[1].is_own = TRUE;
  fake_engine_answer (f->engine, 1, found);
  settle (f);
  assert_label (f, "kept_out", "Cases of this patient are shown");
  g_autoptr (PrcCaseItem) own = g_list_model_get_item (cases (f), 1);
  g_autofree char *mark = NULL;
  g_object_get (own, "own", &mark, NULL);
  g_assert_cmpstr (mark, ==, "This patient");
  g_assert_nonnull (strstr (prc_case_item_name (own), "this patient"));

  ask (f, 144); // as long as this patient is in view
  g_assert_true (fake_engine_query (f->engine, 2)->include_self);
  scroll_to (f, "P2", "2", 1);
  scroll_to (f, "P1", "1", 143);
  ask (f, 143);
  g_assert_false (fake_engine_query (f->engine, 3)->include_self);
}

static void
test_outdated (Fixture *f, gconstpointer unused) {
  show_results (f);
  scroll_to (f, "P1", "1", 150);
  assert_state (f, PRC_CASE_PANEL_OUTDATED);
  assert_label (f, "status", "For slice 143");
  assert_label (f, "now", "now at 150");
  g_assert_true (css (f, "pages", "outdated"));
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 6);

  scroll_to (f, "P1", "2", 3);
  assert_label (f, "now", "now in another series");

  scroll_to (f, "P1", "1", 143); // back: it is the answer to this slice
  assert_state (f, PRC_CASE_PANEL_RESULTS);
  g_assert_false (css (f, "pages", "outdated"));
  ask (f, 143);
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 1);
  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 61, 413);
  ask (f, 143); // but the library is another one now
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 2);
}

static void
test_another_patient (Fixture *f, gconstpointer unused) {
  show_results (f);
  scroll_to (f, "P2", "9", 1);
  assert_state (f, PRC_CASE_PANEL_IDLE);
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 0);
  assert_label (f, "status", "");
  assert_page (f, "message");
}

static void
test_no_slice (Fixture *f, gconstpointer unused) {
  show_results (f);
  prc_case_panel_set_slice (PRC_CASE_PANEL (f->panel), NULL, 0, 0);
  assert_state (f, PRC_CASE_PANEL_IDLE);
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 0);
}

static void
test_nothing_alike (Fixture *f, gconstpointer unused) {
  ready (f);
  ask (f, 143);
  answer (f, 0, PRC_ANSWER_NOTHING_ALIKE, 3);
  assert_state (f, PRC_CASE_PANEL_NOTHING_ALIKE);
  assert_title (f, "Nothing in the library looks like this slice");
  g_assert_nonnull (strstr (
      adw_status_page_get_description (ADW_STATUS_PAGE (child (f, "message"))), "60 cases"));
  gtk_test_accessible_assert_property (child (f, "status"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Nothing alike for slice 143");

  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  assert_page (f, "list");
  assert_state (f, PRC_CASE_PANEL_NOTHING_ALIKE);
  g_assert_true (gtk_widget_get_visible (child (f, "note")));
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 3);

  ask (f, 144); // the wish was for that answer alone
  answer (f, 1, PRC_ANSWER_NOTHING_ALIKE, 0);
  assert_page (f, "message");
  g_assert_false (gtk_widget_get_visible (child (f, "message_button")));
  g_assert_false (gtk_widget_get_visible (child (f, "note")));
}

// Cases, but no vector of today's encoder: not "empty".
static void
test_other_encoder (Fixture *f, gconstpointer unused) {
  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 12, 0);
  ask (f, 143);
  answer (f, 0, PRC_ANSWER_EMPTY_LIBRARY, 0);
  assert_title (f, "The library must be indexed again");
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  g_assert_cmpuint (f->n_imports, ==, 1);
}

// It says how far it is, above the list as well; answers when there is something to answer with, and
// once more when all is done; and then what is not.
static void
test_indexing (Fixture *f, gconstpointer unused) {
  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 12, 0);
  g_assert_false (gtk_widget_get_visible (child (f, "indexing")));
  ask (f, 143);
  fake_engine_set_indexing (f->engine, &(PrcIndexing){TRUE, 0, 5000, 0});
  answer (f, 0, PRC_ANSWER_EMPTY_LIBRARY, 0);
  assert_title (f, "Indexing the library again…");
  g_assert_false (gtk_widget_get_visible (child (f, "message_button")));
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 1);

  setlocale (LC_NUMERIC, "C");
  fake_engine_set_indexing (f->engine, &(PrcIndexing){TRUE, 1240, 5000, 0});
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (child (f, "indexing"))), ==,
                   "Indexing again: 1240 of 5000 slices. What is done is searched");
  g_assert_true (gtk_widget_get_visible (child (f, "indexing")));
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 2);
  answer (f, 1, PRC_ANSWER_RESULTS, 3);
  fake_engine_set_indexing (f->engine, &(PrcIndexing){TRUE, 1300, 5000, 0});
  assert_page (f, "list");
  g_assert_true (gtk_widget_get_visible (child (f, "indexing")));
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 2); // a reader's list stays

  fake_engine_set_indexing (f->engine, &(PrcIndexing){FALSE, 4988, 5000, 12});
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 3);
  answer (f, 2, PRC_ANSWER_RESULTS, 4);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (child (f, "indexing"))), ==,
                   "12 slices are not searched: their files are gone or cannot be read");
  fake_engine_set_indexing (f->engine, &(PrcIndexing){FALSE, 5000, 5000, 0});
  g_assert_false (gtk_widget_get_visible (child (f, "indexing")));
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 3);
}

static void
test_empty_library (Fixture *f, gconstpointer unused) {
  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 0, 0);
  assert_state (f, PRC_CASE_PANEL_EMPTY_LIBRARY);
  ask (f, 143);
  answer (f, 0, PRC_ANSWER_EMPTY_LIBRARY, 0);
  assert_state (f, PRC_CASE_PANEL_EMPTY_LIBRARY);
  assert_title (f, "Your library is empty");
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  g_assert_cmpuint (f->n_imports, ==, 1);

  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 1, 1); // the import goes on by itself
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 2);
  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 2, 2);
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 2);
  answer (f, 1, PRC_ANSWER_RESULTS, 1);
  assert_state (f, PRC_CASE_PANEL_RESULTS);
}

static void
test_failed (Fixture *f, gconstpointer unused) {
  ready (f);
  ask (f, 143);
  fake_engine_fail (f->engine, 0, "The library <file> cannot be read");
  settle (f);
  assert_state (f, PRC_CASE_PANEL_FAILED);
  assert_title (f, "The search failed");
  g_assert_cmpstr (adw_status_page_get_description (ADW_STATUS_PAGE (child (f, "message"))), ==,
                   "The library &lt;file&gt; cannot be read");
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  assert_state (f, PRC_CASE_PANEL_WORKING);
  answer (f, 1, PRC_ANSWER_RESULTS, 2);
  assert_state (f, PRC_CASE_PANEL_RESULTS);
}

static void
test_engine_failed (Fixture *f, gconstpointer unused) {
  ask (f, 143);
  fake_engine_set (f->engine, PRC_ENGINE_FAILED, "The encoder is missing", 0, 0);
  assert_state (f, PRC_CASE_PANEL_FAILED);
  assert_title (f, "The library cannot be used");
  g_assert_false (gtk_widget_get_visible (child (f, "message_button")));
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 0);
}

static void
test_newest_wins (Fixture *f, gconstpointer unused) {
  ready (f);
  ask (f, 1);
  ask (f, 2);
  g_assert_true (fake_engine_cancelled (f->engine, 0));
  g_assert_false (fake_engine_cancelled (f->engine, 1));
  answer (f, 1, PRC_ANSWER_RESULTS, 2);
  answer (f, 0, PRC_ANSWER_RESULTS, 5); // late, and silent
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 2);
  assert_label (f, "status", "For slice 2");
  assert_state (f, PRC_CASE_PANEL_RESULTS);
}

static void
test_scrolling_cancels (Fixture *f, gconstpointer unused) {
  show_results (f);
  ask (f, 150);
  scroll_to (f, "P1", "1", 150);
  g_assert_false (fake_engine_cancelled (f->engine, 1)); // it is this very slice
  scroll_to (f, "P1", "1", 151);
  g_assert_true (fake_engine_cancelled (f->engine, 1));
  assert_state (f, PRC_CASE_PANEL_OUTDATED);
  answer (f, 1, PRC_ANSWER_RESULTS, 1);
  g_assert_cmpuint (g_list_model_get_n_items (cases (f)), ==, 6);
  assert_state (f, PRC_CASE_PANEL_OUTDATED);
}

static void
count_changes (GListModel *model, guint position, guint removed, guint added, guint *n) {
  (*n)++;
}

static void
test_one_splice (Fixture *f, gconstpointer unused) {
  guint n = 0;

  show_results (f);
  g_signal_connect (cases (f), "items-changed", G_CALLBACK (count_changes), &n);
  ask (f, 144);
  g_assert_cmpuint (n, ==, 0);
  answer (f, 1, PRC_ANSWER_RESULTS, 5);
  g_assert_cmpuint (n, ==, 1);
}

static void
test_many (Fixture *f, gconstpointer unused) {
  GtkWidget *scroller = GTK_WIDGET (
      gtk_widget_get_template_child (child (f, "list"), PRC_TYPE_CASE_LIST, "scroller"));
  GtkAdjustment *vertical = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  guint asked = fake_thumbnails_asked;

  ready (f);
  ask (f, 143);
  answer (f, 0, PRC_ANSWER_RESULTS, 200);
  settle (f);
  guint n = g_list_model_get_n_items (cases (f)); // what is in sight, and no more
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <, 60);
  g_assert_cmpuint (fake_thumbnails_asked - asked, >, 0);
  g_assert_cmpuint (fake_thumbnails_asked - asked, <=, n);
  while (g_list_model_get_n_items (cases (f)) < 200) {
    gtk_adjustment_set_value (vertical, gtk_adjustment_get_upper (vertical));
    settle (f);
  }
  g_assert_cmpuint (fake_thumbnails_asked - asked, <=, 200);
}

static guint
pictures (Fixture *f) {
  guint n = 0;
  for (guint i = 0; i < g_list_model_get_n_items (cases (f)); i++) {
    g_autoptr (PrcCaseItem) item = g_list_model_get_item (cases (f), i);
    g_autoptr (GdkPaintable) picture = NULL;
    g_object_get (item, "thumbnail", &picture, NULL);
    n += picture != NULL;
  }
  return n;
}

// A slice that is in the next answer too keeps its picture; one under way is given up, and asked
// for again.
static void
test_pictures (Fixture *f, gconstpointer unused) {
  fake_thumbnails_held = TRUE;
  show_results (f);
  settle (f);
  g_assert_cmpuint (pictures (f), ==, 0);
  fake_thumbnails_held = FALSE;
  ask (f, 144);
  answer (f, 1, PRC_ANSWER_RESULTS, 2);
  settle (f);
  g_assert_cmpuint (pictures (f), ==, 2);
  guint asked = fake_thumbnails_asked;
  ask (f, 145);
  answer (f, 2, PRC_ANSWER_RESULTS, 2);
  settle (f);
  g_assert_cmpuint (pictures (f), ==, 2);
  g_assert_cmpuint (fake_thumbnails_asked, ==, asked);
}

static void
test_pictures_gone (Fixture *f, gconstpointer unused) {
  fake_thumbnails_gone = TRUE;
  show_results (f);
  settle (f);
  fake_thumbnails_gone = FALSE;
  g_autoptr (PrcCaseItem) item = g_list_model_get_item (cases (f), 0);
  g_assert_true (prc_case_item_files_gone (item));
  g_signal_emit_by_name (list_view (f), "activate", 0); // but the file has come back meanwhile
  g_assert_false (prc_case_item_files_gone (item));
  g_assert_cmpuint (f->n_opened, ==, 1);
}

static GtkWidget *
row_at (Fixture *f, guint position) {
  GtkWidget *list_row = gtk_widget_get_first_child (list_view (f));
  while (position-- > 0)
    list_row = gtk_widget_get_next_sibling (list_row);
  return gtk_widget_get_first_child (list_row);
}

static void
test_row_names (Fixture *f, gconstpointer unused) {
  const char *name = "Pulmonary nodule, CT chest, closer than 99.8\u00a0% of the library, "
                     "slice 12 of 34, proven by pathology";

  show_results (f);
  GtkWidget *row = row_at (f, 0);
  g_assert_true (PRC_IS_CASE_ROW (row));
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, name);
  gtk_test_accessible_assert_property (gtk_widget_get_parent (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       name);
  gtk_test_accessible_assert_role (gtk_widget_get_parent (row), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
test_activate (Fixture *f, gconstpointer unused) {
  show_results (f);
  g_signal_emit_by_name (list_view (f), "activate", 2);
  g_assert_cmpuint (f->n_opened, ==, 1);
  g_assert_cmpuint (f->opened, ==, 2);
}

static void
test_files_gone (Fixture *f, gconstpointer unused) {
  show_results (f);
  g_autoptr (PrcCaseItem) item = g_list_model_get_item (cases (f), 5); // has no file
  g_assert_false (prc_case_item_files_gone (item));
  g_signal_emit_by_name (list_view (f), "activate", 5);
  g_assert_cmpuint (f->n_opened, ==, 0);
  g_assert_true (prc_case_item_files_gone (item));
  g_assert_nonnull (strstr (prc_case_item_name (item), "files are gone"));
  gtk_test_accessible_assert_property (row_at (f, 5), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       prc_case_item_name (item));
}

static void
test_passport (Fixture *f, gconstpointer unused) {
  GtkWidget *passport = child (f, "passport");
  GType type = G_OBJECT_TYPE (passport);
  GtkWidget *button = GTK_WIDGET (gtk_widget_get_template_child (passport, type, "button"));

  g_assert_false (gtk_widget_get_sensitive (button));
  show_results (f);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_assert_cmpstr (
      gtk_label_get_label (GTK_LABEL (gtk_widget_get_template_child (passport, type, "model"))), ==,
      "3f9a1c0e5b7d");
  g_assert_cmpstr (
      gtk_label_get_label (GTK_LABEL (gtk_widget_get_template_child (passport, type, "library"))),
      ==, "412");
}

static void
test_button_while_working (Fixture *f, gconstpointer unused) {
  ready (f);
  ask (f, 143);
  fake_engine_fail (f->engine, 0, "No");
  settle (f);
  // The page still says "Try Again" while an answer may be near.
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  g_assert_cmpuint (fake_engine_n_questions (f->engine), ==, 3);
  g_assert_true (fake_engine_cancelled (f->engine, 1));
  assert_state (f, PRC_CASE_PANEL_WORKING);
}

static void
press (const char *keys) {
  const char *argv[] = {"xdotool", "key", keys, NULL};
  g_autoptr (GError) error = NULL;
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                &error);
  g_assert_no_error (error);
}

static PrcCaseRow *
focused_row (Fixture *f) {
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (f->window));
  GtkWidget *inside = focus ? gtk_widget_get_first_child (focus) : NULL;
  return PRC_IS_CASE_ROW (inside) ? PRC_CASE_ROW (inside) : NULL;
}

static void
press_until_focus (Fixture *f, const char *keys, guint position) {
  g_autoptr (PrcCaseItem) item = g_list_model_get_item (cases (f), position);

  press (keys);
  while (focused_row (f) == NULL || prc_case_row_get_item (focused_row (f)) != item)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_keys (Fixture *f, gconstpointer unused) {
  g_autofree char *xdotool = g_find_program_in_path ("xdotool");

  if (xdotool == NULL) {
    g_test_skip ("xdotool is not there");
    return;
  }
  show_results (f);
  while (!gtk_window_is_active (GTK_WINDOW (f->window))) // keys go nowhere before
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_grab_focus (f->panel);
  g_assert_nonnull (focused_row (f));
  press_until_focus (f, "Down", 1);
  press_until_focus (f, "j", 2);
  press_until_focus (f, "k", 1);
  press ("Return");
  while (f->n_opened == 0)
    g_main_context_iteration (NULL, TRUE);
  settle (f);
  g_assert_cmpuint (f->n_opened, ==, 1);
  g_assert_cmpuint (f->opened, ==, 1);
  press ("Escape");
  while (gtk_root_get_focus (GTK_ROOT (f->window)) != f->canvas)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_gone_while_asking (Fixture *f, gconstpointer unused) {
  ready (f);
  ask (f, 143);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (f->panel)), f->panel);
  g_assert_true (fake_engine_cancelled (f->engine, 0));
  fake_engine_answer (f->engine, 0, fake_answer (PRC_ANSWER_RESULTS, 3, 0, f->folder));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  f->panel =
      g_object_ref_sink (prc_case_panel_new (f->engine, FAKE_STORE, FAKE_POOL)); // for tear_down
  gtk_box_append (GTK_BOX (gtk_widget_get_parent (f->canvas)), f->panel);
  g_object_unref (f->panel);
}

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv);
  adw_init ();
  const struct {
    const char *path;
    void (*run) (Fixture *f, gconstpointer data);
  } tests[] = {
      {"/case-panel/starting", test_starting},
      {"/case-panel/asked-before-ready", test_asked_before_ready},
      {"/case-panel/working", test_working},
      {"/case-panel/results", test_results},
      {"/case-panel/query", test_query},
      {"/case-panel/filter", test_filter},
      {"/case-panel/age-bands", test_age_bands},
      {"/case-panel/kept-out", test_kept_out},
      {"/case-panel/outdated", test_outdated},
      {"/case-panel/trap-41-another-patient", test_another_patient},
      {"/case-panel/no-slice", test_no_slice},
      {"/case-panel/nothing-alike", test_nothing_alike},
      {"/case-panel/empty-library", test_empty_library},
      {"/case-panel/other-encoder", test_other_encoder},
      {"/case-panel/indexing", test_indexing},
      {"/case-panel/failed", test_failed},
      {"/case-panel/engine-failed", test_engine_failed},
      {"/case-panel/newest-wins", test_newest_wins},
      {"/case-panel/scrolling-cancels", test_scrolling_cancels},
      {"/case-panel/one-splice", test_one_splice},
      {"/case-panel/many", test_many},
      {"/case-panel/pictures", test_pictures},
      {"/case-panel/pictures-gone", test_pictures_gone},
      {"/case-panel/row-names", test_row_names},
      {"/case-panel/activate", test_activate},
      {"/case-panel/files-gone", test_files_gone},
      {"/case-panel/passport", test_passport},
      {"/case-panel/button-while-working", test_button_while_working},
      {"/case-panel/keys", test_keys},
      {"/case-panel/gone-while-asking", test_gone_while_asking},
  };
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
