// SPDX-License-Identifier: Apache-2.0
// The panel "Similar cases" asked with a segment or a box, and the way back to the whole slice.
#include <adwaita.h>

#include "fake-engine.h"
#include "prc-case-asked.h"
#include "prc-case-item.h"
#include "prc-case-panel.h"
#include "prc-case-text.h"

typedef struct {
  PrcEngine *engine;
  GtkWidget *window, *panel;
  PrcFrame *frame;
  PrcMask *mask;
} Fixture;

static PrcInstance *
instance_new (const char *patient, guint slice) {
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (
      "{'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.2'>, 'SOPInstanceUID': <'1.2.3.%s.%u'>, "
      "'StudyInstanceUID': <'1.2.3'>, 'SeriesInstanceUID': <'1.2.3.1'>, 'PatientID': <'%s'>, "
      "'Modality': <'CT'>, 'IsImage': <true>, 'Rows': <[2.0]>, 'Columns': <[2.0]>}",
      patient, slice, patient);
  g_autoptr (GVariant) record = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  PrcInstance *instance = prc_instance_new_from_record ("/a", record, &error);
  g_assert_no_error (error);
  return instance;
}

static void
set_up (Fixture *f, gconstpointer unused) {
  static const guint8 pixels[4] = {0, 1, 1, 0};
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  const PrcFrameInfo info = {
      .rows = 2, .columns = 2, .type = PRC_SAMPLE_U8, .rescale_slope = 1, .pixel_aspect = 1};
  f->engine = fake_engine_new ();
  f->frame = prc_frame_new (&info, bytes, NULL);
  f->mask = prc_mask_new_from_bytes (2, 2, pixels, 2);
  f->panel = prc_case_panel_new (f->engine, FAKE_STORE, FAKE_POOL);
  f->window = gtk_window_new ();
  gtk_widget_set_size_request (f->panel, 340, 700);
  gtk_window_set_child (GTK_WINDOW (f->window), f->panel);
  gtk_window_present (GTK_WINDOW (f->window));
  fake_engine_set (f->engine, PRC_ENGINE_READY, "", 60, 412);
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  gtk_window_destroy (GTK_WINDOW (f->window));
  fake_engine_end (f->engine);
  g_assert_cmpuint (G_OBJECT (f->engine)->ref_count, ==, 1);
  g_object_unref (f->engine);
  prc_frame_unref (f->frame);
  prc_mask_unref (f->mask);
}

static GtkWidget *
child (Fixture *f, const char *name) {
  return GTK_WIDGET (gtk_widget_get_template_child (f->panel, PRC_TYPE_CASE_PANEL, name));
}

// The n-th widget of a type below `widget`, in the order they are shown; NULL.
static GtkWidget *
find (GtkWidget *widget, GType type, guint *n) {
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (*n)-- == 0)
    return widget;
  for (GtkWidget *below = gtk_widget_get_first_child (widget); below;
       below = gtk_widget_get_next_sibling (below)) {
    GtkWidget *found = find (below, type, n);
    if (found)
      return found;
  }
  return NULL;
}

static GtkWidget *
in_bar (Fixture *f, GType type, guint n) {
  GtkWidget *found = find (child (f, "asked_bar"), type, &n);
  g_assert_nonnull (found);
  return found;
}

// What the bar says, "" when it takes no room.
static const char *
asked (Fixture *f) {
  return gtk_widget_get_visible (child (f, "asked_bar"))
             ? gtk_label_get_label (GTK_LABEL (in_bar (f, GTK_TYPE_LABEL, 0)))
             : "";
}

static void
ask_segment (Fixture *f, guint slice) {
  g_autoptr (PrcInstance) instance = instance_new ("P1", slice);
  prc_case_panel_ask_segment (PRC_CASE_PANEL (f->panel), f->frame, instance, 0, slice, f->mask,
                              "Liver tumour");
}

static void
rest (Fixture *f, const char *patient, guint slice) {
  g_autoptr (PrcInstance) instance = instance_new (patient, slice);
  prc_case_panel_ask (PRC_CASE_PANEL (f->panel), f->frame, instance, 0, slice);
}

static void
answer (Fixture *f, guint question, PrcAnswer *with) {
  fake_engine_answer (f->engine, question, with);
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

static PrcAnswer *
answer_new (PrcAnswerState state, guint n_hits) {
  PrcAnswer *made = fake_answer (state, n_hits, 0, "/nowhere");
  made->by_segment = TRUE;
  made->asked = PRC_ASKED_SEGMENT;
  made->n_slices_searched = 209;
  for (guint i = 0; i < n_hits; i++) {
    PrcCaseSegment *segment = prc_case_segment_new ();
    g_free ((char *)segment->segment.label);
    segment->segment.label = g_strdup_printf ("Tumour %u", i + 1);
    segment->volume_ml = 1.2 + i;
    made->hits[i].segment = segment;
  }
  return made;
}

static void
assert_state (Fixture *f, PrcCasePanelState state) {
  g_assert_cmpint (prc_case_panel_get_state (PRC_CASE_PANEL (f->panel)), ==, state);
}

static gboolean
dimmed (Fixture *f) {
  return gtk_widget_has_css_class (child (f, "pages"), "outdated");
}

static guint
n_questions (Fixture *f) {
  return fake_engine_n_questions (f->engine);
}

static gboolean
is_by_segment (Fixture *f, guint question) {
  return fake_engine_query (f->engine, question)->mask != NULL;
}

static void
show_segment_results (Fixture *f) {
  rest (f, "P1", 12);
  answer (f, 0, fake_answer (PRC_ANSWER_RESULTS, 3, 0, "/nowhere"));
  g_assert_cmpstr (asked (f), ==, "");
  g_assert_false (is_by_segment (f, 0));
  ask_segment (f, 20);
  g_assert_cmpuint (n_questions (f), ==, 2);
  g_assert_true (is_by_segment (f, 1));
  g_assert_true (dimmed (f)); // what is still there answers another question
  answer (f, 1, answer_new (PRC_ANSWER_RESULTS, 4));
  assert_state (f, PRC_CASE_PANEL_RESULTS);
  g_assert_false (dimmed (f));
}

static void
test_says_what_was_asked (Fixture *f, gconstpointer unused) {
  show_segment_results (f);
  g_assert_cmpstr (asked (f), ==, "Cases with a segment like: Liver tumour");
  gtk_test_accessible_assert_property (child (f, "status"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "4 cases with a segment like this one");
}

// The reader looks around: the segment stays asked for, nothing else is.
static void
test_stays (Fixture *f, gconstpointer unused) {
  show_segment_results (f);
  for (guint slice = 20; slice < 25; slice++)
    rest (f, "P1", slice);
  g_assert_cmpuint (n_questions (f), ==, 2);
  assert_state (f, PRC_CASE_PANEL_RESULTS);
  g_assert_false (dimmed (f));
  g_assert_false (gtk_widget_get_visible (child (f, "now")));
  g_assert_cmpstr (asked (f), !=, "");
}

// Scrolling does not stop a question about a segment that is under way.
static void
test_not_cancelled (Fixture *f, gconstpointer unused) {
  ask_segment (f, 20);
  rest (f, "P1", 21);
  g_assert_false (fake_engine_cancelled (f->engine, 0));
  answer (f, 0, answer_new (PRC_ANSWER_RESULTS, 1));
  assert_state (f, PRC_CASE_PANEL_RESULTS);
}

static void
go_back (Fixture *f) {
  g_signal_emit_by_name (in_bar (f, GTK_TYPE_BUTTON, 0), "clicked");
}

static void
test_back (Fixture *f, gconstpointer unused) {
  show_segment_results (f);
  rest (f, "P1", 22);
  go_back (f);
  g_assert_cmpstr (asked (f), ==, "");
  g_assert_cmpuint (n_questions (f), ==, 3);
  g_assert_false (is_by_segment (f, 2));
  g_assert_true (dimmed (f));
  answer (f, 2, fake_answer (PRC_ANSWER_RESULTS, 2, 0, "/nowhere"));
  assert_state (f, PRC_CASE_PANEL_RESULTS);
  g_assert_false (dimmed (f));
  rest (f, "P1", 23); // and slices are asked for again as they rest
  g_assert_cmpuint (n_questions (f), ==, 4);
}

// Back on the very slice that the segment is on: that is another question.
static void
test_back_on_its_slice (Fixture *f, gconstpointer unused) {
  show_segment_results (f);
  rest (f, "P1", 20);
  go_back (f);
  g_assert_cmpuint (n_questions (f), ==, 3);
  g_assert_false (is_by_segment (f, 2));
}

static void
test_back_while_moving (Fixture *f, gconstpointer unused) {
  show_segment_results (f);
  g_autoptr (PrcInstance) instance = instance_new ("P1", 30);
  prc_case_panel_set_slice (PRC_CASE_PANEL (f->panel), instance, 0, 30);
  go_back (f);
  g_assert_cmpuint (n_questions (f), ==, 2); // until it rests
  assert_state (f, PRC_CASE_PANEL_IDLE);
  rest (f, "P1", 30);
  g_assert_cmpuint (n_questions (f), ==, 3);
}

static void
test_another_patient (Fixture *f, gconstpointer unused) {
  show_segment_results (f);
  rest (f, "P2", 3);
  g_assert_cmpstr (asked (f), ==, "");
  g_assert_cmpuint (n_questions (f), ==, 3);
  g_assert_false (is_by_segment (f, 2));
  answer (f, 2, fake_answer (PRC_ANSWER_RESULTS, 2, 0, "/nowhere"));
  assert_state (f, PRC_CASE_PANEL_RESULTS);
}

static void
test_nothing_open (Fixture *f, gconstpointer unused) {
  show_segment_results (f);
  prc_case_panel_set_slice (PRC_CASE_PANEL (f->panel), NULL, 0, 0);
  g_assert_cmpstr (asked (f), ==, "");
  assert_state (f, PRC_CASE_PANEL_IDLE);
}

// A library of whole slices: that is said, and the reader decides.
static void
test_no_segments (Fixture *f, gconstpointer unused) {
  rest (f, "P1", 20);
  answer (f, 0, fake_answer (PRC_ANSWER_RESULTS, 3, 0, "/nowhere"));
  ask_segment (f, 20);
  answer (f, 1, answer_new (PRC_ANSWER_NO_SEGMENTS, 0));
  assert_state (f, PRC_CASE_PANEL_NOTHING_ALIKE);
  g_assert_cmpstr (adw_status_page_get_title (ADW_STATUS_PAGE (child (f, "message"))), ==,
                   "The library holds no segments");
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  g_assert_cmpuint (n_questions (f), ==, 3);
  g_assert_false (is_by_segment (f, 2));
  g_assert_cmpstr (asked (f), ==, "");
}

static void
test_nothing_alike (Fixture *f, gconstpointer unused) {
  ask_segment (f, 20);
  answer (f, 0, answer_new (PRC_ANSWER_NOTHING_ALIKE, 2));
  g_assert_cmpstr (adw_status_page_get_title (ADW_STATUS_PAGE (child (f, "message"))), ==,
                   "Nothing in the library looks like this segment");
  g_assert_nonnull (strstr (
      adw_status_page_get_description (ADW_STATUS_PAGE (child (f, "message"))), "209 segments"));
  g_signal_emit_by_name (child (f, "message_button"), "clicked");
  g_assert_true (gtk_widget_get_visible (child (f, "note")));
}

static void
test_failed (Fixture *f, gconstpointer unused) {
  ask_segment (f, 20);
  fake_engine_fail (f->engine, 0, "The segment is not on this image");
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
  assert_state (f, PRC_CASE_PANEL_FAILED);
  g_signal_emit_by_name (child (f, "message_button"), "clicked"); // again, the same
  g_assert_cmpuint (n_questions (f), ==, 2);
  g_assert_true (is_by_segment (f, 1));
}

static void
test_rows_name_the_segment (Fixture *f, gconstpointer unused) {
  g_autoptr (PrcAnswer) found = answer_new (PRC_ANSWER_RESULTS, 2);
  g_autoptr (PrcCaseItem) item = prc_case_item_new (found, 0, NULL);
  g_autofree char *segment = NULL;
  g_object_get (item, "segment", &segment, NULL);
  g_assert_cmpstr (segment, ==, "Tumour 1, 1.2 ml");
  g_assert_nonnull (strstr (prc_case_item_name (item), "Tumour 1, 1.2 ml"));
  g_autoptr (PrcAnswer) whole = fake_answer (PRC_ANSWER_RESULTS, 1, 0, "/nowhere");
  g_autoptr (PrcCaseItem) plain = prc_case_item_new (whole, 0, NULL);
  g_autofree char *none = NULL;
  g_object_get (plain, "segment", &none, NULL);
  g_assert_cmpstr (none, ==, "");
}

/* ---- a box ---- */

static void
ask_box (Fixture *f, guint slice, double side) {
  g_autoptr (PrcInstance) instance = instance_new ("P1", slice);
  const PrcRegion box = {0, 0, side, side};
  prc_case_panel_ask_box (PRC_CASE_PANEL (f->panel), f->frame, instance, 0, slice, &box,
                          "24 × 18 mm", NULL);
}

static PrcAnswer *
box_answer (PrcAnswerState state, guint n_hits, gboolean by_segment) {
  PrcAnswer *made =
      by_segment ? answer_new (state, n_hits) : fake_answer (state, n_hits, 0, "/nowhere");
  made->asked = PRC_ASKED_BOX;
  return made;
}

static const PrcQuery *
query (Fixture *f, guint question) {
  return fake_engine_query (f->engine, question);
}

static GtkToggleButton *
against (Fixture *f, guint n) { // 0: segments, 1: whole slices
  return GTK_TOGGLE_BUTTON (in_bar (f, GTK_TYPE_TOGGLE_BUTTON, n));
}

static void
count_dropped (GtkWidget *panel, guint *n) {
  ++*n;
}

static void
test_box (Fixture *f, gconstpointer unused) {
  rest (f, "P1", 12);
  answer (f, 0, fake_answer (PRC_ANSWER_RESULTS, 3, 0, "/nowhere"));
  ask_box (f, 12, 2);
  g_assert_cmpuint (n_questions (f), ==, 2);
  g_assert_cmpfloat (query (f, 1)->region.width, ==, 2);
  g_assert_null (query (f, 1)->mask);
  g_assert_cmpint (query (f, 1)->against, ==, PRC_AGAINST_BEST);
  g_assert_true (dimmed (f));
  g_assert_cmpstr (asked (f), ==, "Alike to the box");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (in_bar (f, GTK_TYPE_LABEL, 1))), ==,
                   "24 × 18 mm");
  answer (f, 1, box_answer (PRC_ANSWER_RESULTS, 4, TRUE));
  assert_state (f, PRC_CASE_PANEL_RESULTS);
  g_assert_false (dimmed (f));
  g_assert_true (gtk_toggle_button_get_active (against (f, 0)));
  gtk_test_accessible_assert_property (child (f, "status"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "4 cases alike to the box");
  for (guint slice = 12; slice < 15; slice++) // the reader looks around
    rest (f, "P1", slice);
  g_assert_cmpuint (n_questions (f), ==, 2);
  g_assert_false (dimmed (f));
}

// While a hand draws the newest wins, and what is compared with stays as chosen.
static void
test_box_again (Fixture *f, gconstpointer unused) {
  ask_box (f, 12, 2);
  ask_box (f, 12, 1.5);
  g_assert_true (fake_engine_cancelled (f->engine, 0));
  answer (f, 0, box_answer (PRC_ANSWER_RESULTS, 1, TRUE)); // late: nobody wants it
  assert_state (f, PRC_CASE_PANEL_WORKING);
  answer (f, 1, box_answer (PRC_ANSWER_RESULTS, 3, TRUE));
  assert_state (f, PRC_CASE_PANEL_RESULTS);
  gtk_toggle_button_set_active (against (f, 1), TRUE);
  g_assert_cmpuint (n_questions (f), ==, 3);
  g_assert_cmpint (query (f, 2)->against, ==, PRC_AGAINST_SLICES);
  g_assert_cmpfloat (query (f, 2)->region.width, ==, 1.5);
  answer (f, 2, box_answer (PRC_ANSWER_RESULTS, 3, FALSE));
  g_assert_cmpuint (n_questions (f), ==, 3); // what the answer shows is no choice
  ask_box (f, 12, 1);
  g_assert_cmpint (query (f, 3)->against, ==, PRC_AGAINST_SLICES);
}

static void
test_box_back (Fixture *f, gconstpointer unused) {
  guint n_dropped = 0;
  g_signal_connect (f->panel, "box-dropped", G_CALLBACK (count_dropped), &n_dropped);
  rest (f, "P1", 12);
  ask_box (f, 12, 2);
  answer (f, 1, box_answer (PRC_ANSWER_RESULTS, 3, FALSE));
  g_assert_true (gtk_toggle_button_get_active (against (f, 1))); // there were no segments
  g_assert_cmpuint (n_dropped, ==, 0);
  go_back (f);
  g_assert_cmpuint (n_dropped, ==, 1);
  g_assert_cmpstr (asked (f), ==, "");
  g_assert_cmpuint (n_questions (f), ==, 3);
  g_assert_cmpfloat (query (f, 2)->region.width, ==, 0);
  prc_case_panel_drop_box (PRC_CASE_PANEL (f->panel)); // nothing more
  g_assert_cmpuint (n_questions (f), ==, 3);
  ask_box (f, 12, 2);
  ask_segment (f, 20); // something else is asked
  g_assert_cmpuint (n_dropped, ==, 2);
  ask_box (f, 12, 2);
  rest (f, "P2", 1);
  g_assert_cmpuint (n_dropped, ==, 3);
  g_assert_cmpstr (asked (f), ==, "");
}

static void
test_box_nothing_alike (Fixture *f, gconstpointer unused) {
  ask_box (f, 12, 2);
  answer (f, 0, box_answer (PRC_ANSWER_NOTHING_ALIKE, 2, TRUE));
  g_assert_cmpstr (adw_status_page_get_title (ADW_STATUS_PAGE (child (f, "message"))), ==,
                   "Nothing in the library looks like what is in the box");
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv);
  adw_init ();
  ADD ("/case-segment/says-what-was-asked", test_says_what_was_asked);
  ADD ("/case-box/asks", test_box);
  ADD ("/case-box/again", test_box_again);
  ADD ("/case-box/back", test_box_back);
  ADD ("/case-box/nothing-alike", test_box_nothing_alike);
  ADD ("/case-segment/stays", test_stays);
  ADD ("/case-segment/not-cancelled", test_not_cancelled);
  ADD ("/case-segment/back", test_back);
  ADD ("/case-segment/back-on-its-slice", test_back_on_its_slice);
  ADD ("/case-segment/back-while-moving", test_back_while_moving);
  ADD ("/case-segment/another-patient", test_another_patient);
  ADD ("/case-segment/nothing-open", test_nothing_open);
  ADD ("/case-segment/no-segments", test_no_segments);
  ADD ("/case-segment/nothing-alike", test_nothing_alike);
  ADD ("/case-segment/failed", test_failed);
  ADD ("/case-segment/rows-name-the-segment", test_rows_name_the_segment);
  return g_test_run ();
}
