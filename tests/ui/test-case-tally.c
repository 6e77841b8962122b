// SPDX-License-Identifier: Apache-2.0
// The tally of diagnoses: its words, its lines, and the choice below it.
#include <locale.h>

#include "fake-engine.h"
#include "prc-case-tally-bar.h"
#include "prc-case-tally-text.h"
#include "prc-case-tally.h"

// Ten cases with these diagnoses answer out of `n_library`, in which there are `n_first` of the first.
static PrcAnswer *
answer_of (const char *const *diagnoses, guint n_first, guint n_library) {
  g_autoptr (PrcDiagnoses) known = prc_diagnoses_new ();
  guint n = g_strv_length ((GStrv)diagnoses);
  g_autofree gint64 *ids = g_new (gint64, n);
  PrcAnswer *answer = fake_answer (PRC_ANSWER_RESULTS, n, 1, "/nowhere");

  for (guint i = 0; i < n; i++) {
    PrcCase *found = answer->hits[i].matching_case;
    ids[i] = found->id;
    g_free (found->diagnosis);
    found->diagnosis = g_strdup (diagnoses[i]);
    prc_diagnoses_add (known, ids[i], diagnoses[i], NULL);
    n_first -= g_str_equal (diagnoses[i], diagnoses[0]) ? 1 : 0;
  }
  for (guint i = n; i < n_library; i++)
    prc_diagnoses_add (known, 1000 + i, i < n + n_first ? diagnoses[0] : "Something else", NULL);
  answer->tally = prc_tally_new (known, ids, n, NULL);
  return answer;
}

#define OP "Organising pneumonia"
static const char *const clear[] = {OP, OP, "Lymphoma",    OP,  OP, "", OP,
                                    OP, OP, "Sarcoidosis", NULL};
static const char *const scattered[] = {"A", "B", "C", "", NULL};

static void
assert_words (char *words, const char *expected) {
  g_autofree char *owned = words;
  g_assert_cmpstr (owned, ==, expected);
}

static void
test_words (void) {
  g_autoptr (PrcAnswer) answer = answer_of (clear, 8, 200);
  const PrcTally *tally = answer->tally;

  assert_words (prc_case_tally_text_title (tally), "Diagnoses of the 10 nearest");
  assert_words (prc_case_tally_text_count (tally, tally->lines), "7 of 10 cases");
  assert_words (prc_case_tally_text_base (tally, tally->lines), "4\u00a0% of the library");
  assert_words (prc_case_tally_text_base (tally, tally->lines + 1), "<1\u00a0% of the library");
  // Wilson's interval of 7 of 10: 0.397 to 0.892
  assert_words (prc_case_tally_text_line (tally, tally->lines),
                "Organising pneumonia: 7 of the 10 nearest cases; 4\u00a0% of the library. "
                "95\u00a0% interval (Wilson): 40 to 89\u00a0%. More than its share in the library "
                "explains.");
  assert_words (prc_case_tally_text_rest (tally, 1), "2 cases with others, 1 without a diagnosis");
  assert_words (prc_case_tally_text_rest (tally, 3), "1 without a diagnosis");
}

static void
test_words_of_chance (void) {
  g_autoptr (PrcAnswer) answer = answer_of (clear, 120, 200);
  g_autofree char *line = prc_case_tally_text_line (answer->tally, answer->tally->lines);

  g_assert_nonnull (strstr (line, "60\u00a0% of the library"));
  g_assert_nonnull (strstr (line, "no more than chance"));
}

static void
test_words_of_trial (void) {
  const PrcTrial trial = {200, 150, 110, 120, 44, 0.657, 0.798, 7}, none = {.n_tried = 20};

  assert_words (prc_case_tally_text_trial (&trial),
                "Tried on its own cases, what stood out was right in 110 of 150");
  assert_words (prc_case_tally_text_trial (&none), "");
  assert_words (prc_case_tally_text_trial_meaning (&trial),
                "200 cases of this library were looked for by one of their slices among those of "
                "other patients. In 150, one diagnosis stood out of the nearest; in 110 it was the "
                "case's own (95\u00a0% interval, Wilson: 66 to 80\u00a0%). The nearest case alone "
                "had it in 120 of all, and always naming the commonest diagnosis would have been "
                "right in 44.");
}

// --- the widget

static GtkWidget *
find (GtkWidget *from, GType type, const char *text) {
  if (G_TYPE_CHECK_INSTANCE_TYPE (from, type) && gtk_widget_is_visible (from) &&
      (!text ||
       (GTK_IS_LABEL (from) && g_str_equal (gtk_label_get_label (GTK_LABEL (from)), text)) ||
       (GTK_IS_BUTTON (from) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (from)), text) == 0)))
    return from;
  for (GtkWidget *at = gtk_widget_get_first_child (from); at;
       at = gtk_widget_get_next_sibling (at)) {
    GtkWidget *found = find (at, type, text);
    if (found)
      return found;
  }
  return NULL;
}

typedef struct {
  PrcEngine *engine;
  GtkWidget *window;
  PrcCaseTally *tally;
  guint n_changes;
} Fixture;

static void
on_changed (Fixture *f) {
  f->n_changes++;
}

static void
set_up (Fixture *f, gconstpointer unused) {
  f->engine = fake_engine_new ();
  f->tally = g_object_new (PRC_TYPE_CASE_TALLY, NULL);
  f->window = gtk_window_new ();
  prc_case_tally_set_engine (f->tally, f->engine);
  g_signal_connect_swapped (f->tally, "choice-changed", G_CALLBACK (on_changed), f);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->tally));
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f, gconstpointer unused) {
  gtk_window_destroy (GTK_WINDOW (f->window));
  fake_engine_end (f->engine);
  g_assert_cmpuint (G_OBJECT (f->engine)->ref_count, ==, 1);
  g_object_unref (f->engine);
}

static gboolean
shows (Fixture *f, const char *text) {
  return find (f->window, GTK_TYPE_LABEL, text) != NULL;
}

static void
test_lines (Fixture *f, gconstpointer unused) {
  g_autoptr (PrcAnswer) answer = answer_of (clear, 8, 200);

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->tally)));
  prc_case_tally_set_answer (f->tally, answer);
  g_assert_true (shows (f, "Diagnoses of the 10 nearest"));
  g_assert_true (shows (f, OP));
  g_assert_true (shows (f, "7 of 10 cases"));
  g_assert_false (shows (f, "Lymphoma")); // once is nothing yet
  g_assert_true (shows (f, "2 cases with others, 1 without a diagnosis"));
  g_assert_nonnull (find (f->window, PRC_TYPE_CASE_TALLY_BAR, NULL));

  prc_case_tally_set_answer (f->tally, NULL);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->tally)));
}

static void
test_scattered (Fixture *f, gconstpointer unused) {
  g_autoptr (PrcAnswer) answer = answer_of (scattered, 1, 50);

  prc_case_tally_set_answer (f->tally, answer);
  g_assert_true (shows (f, "No diagnosis stands there more than once"));
  g_assert_null (find (f->window, PRC_TYPE_CASE_TALLY_BAR, NULL));
  g_assert_null (find (f->window, GTK_TYPE_BUTTON, "Another diagnosis (3)")); // than which?
}

static void
test_choice (Fixture *f, gconstpointer unused) {
  g_autoptr (PrcAnswer) answer = answer_of (clear, 8, 200), other = answer_of (scattered, 1, 50);

  prc_case_tally_set_answer (f->tally, answer);
  GtkWidget *others = find (f->window, GTK_TYPE_TOGGLE_BUTTON, "Another diagnosis (2)");
  g_assert_nonnull (others);
  g_assert_true (prc_case_tally_wants (f->tally, &answer->hits[0]));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (others), TRUE);
  g_assert_cmpuint (f->n_changes, ==, 1);
  g_assert_false (prc_case_tally_wants (f->tally, &answer->hits[0])); // of what leads
  g_assert_true (prc_case_tally_wants (f->tally, &answer->hits[2]));
  g_assert_false (prc_case_tally_wants (f->tally, &answer->hits[5])); // of none

  prc_case_tally_set_answer (f->tally, other); // in which none leads
  g_assert_true (prc_case_tally_wants (f->tally, &other->hits[0]));
  prc_case_tally_set_answer (f->tally, answer);
  g_assert_false (prc_case_tally_wants (f->tally, &answer->hits[0]));
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (find (f->window, GTK_TYPE_TOGGLE_BUTTON, "All (10)")), TRUE);
  g_assert_true (prc_case_tally_wants (f->tally, &answer->hits[0]));
  g_assert_cmpuint (f->n_changes, ==, 2);
}

static void
test_folded (Fixture *f, gconstpointer unused) {
  g_autoptr (PrcAnswer) answer = answer_of (clear, 8, 200);

  prc_case_tally_set_answer (f->tally, answer);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find (f->window, GTK_TYPE_TOGGLE_BUTTON, NULL)),
                                FALSE);
  g_assert_null (find (f->window, PRC_TYPE_CASE_TALLY_BAR, NULL));
  g_assert_true (shows (f, "Diagnoses of the 10 nearest"));
}

static void
iterate (void) {
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_trial (Fixture *f, gconstpointer unused) {
  g_autoptr (PrcAnswer) first = answer_of (clear, 8, 200), second = answer_of (clear, 8, 200);
  g_autoptr (PrcAnswer) later = answer_of (clear, 8, 200), segment = answer_of (clear, 8, 200);
  const PrcTrial trial = {200, 150, 110, 120, 44, 0.657, 0.798, first->library_version};

  segment->by_segment = TRUE; // its vectors were not tried
  prc_case_tally_set_answer (f->tally, segment);
  g_assert_cmpuint (fake_engine_n_trials (f->engine), ==, 0);
  prc_case_tally_set_answer (f->tally, first);
  prc_case_tally_set_answer (f->tally, second);
  g_assert_cmpuint (fake_engine_n_trials (f->engine), ==, 1);
  fake_engine_try (f->engine, &trial);
  iterate ();
  g_assert_true (shows (f, "Tried on its own cases, what stood out was right in 110 of 150"));
  prc_case_tally_set_answer (f->tally, first);
  g_assert_cmpuint (fake_engine_n_trials (f->engine), ==, 1);
  later->library_version++;
  prc_case_tally_set_answer (f->tally, later);
  g_assert_cmpuint (fake_engine_n_trials (f->engine), ==, 2);
}

int
main (int argc, char **argv) {
  static const struct {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
      {"/case-tally/lines", test_lines},   {"/case-tally/scattered", test_scattered},
      {"/case-tally/choice", test_choice}, {"/case-tally/folded", test_folded},
      {"/case-tally/trial", test_trial},
  };
  gtk_test_init (&argc, &argv);
  g_test_add_func ("/case-tally/words", test_words);
  g_test_add_func ("/case-tally/words-of-chance", test_words_of_chance);
  g_test_add_func ("/case-tally/words-of-trial", test_words_of_trial);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
