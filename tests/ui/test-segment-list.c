// SPDX-License-Identifier: Apache-2.0
// The list of segments with its rows, the looks of all and the details of the chosen one.
#include "prc-segment-list.h"

#include "fake-segments.h"
#include "fake-store.h"
#include "prc-segment-row.h"
#include "prc-segment-words.h"

#define N 4 // slices

typedef struct {
  GtkWindow *window;
  PrcSegmentList *list;
  PrcSeries *series;
  PrcSegmentSet *set;
  guint n_chosen, n_activated;
} Fixture;

static void
count (PrcSegmentList *list, guint *counter) {
  ++*counter;
}

static void
set_up (Fixture *f, gconstpointer data) {
  fake_store_hold (FALSE);
  f->series = make_series ("1.2", "P", N, 0, 1, 1);
  fake_store_put (f->series, 1, "HU");
  f->set = prc_segment_set_new (f->series);
  f->list = PRC_SEGMENT_LIST (prc_segment_list_new (fake_store_new ()));
  f->window = GTK_WINDOW (gtk_window_new ());
  g_signal_connect (f->list, "chosen", G_CALLBACK (count), &f->n_chosen);
  g_signal_connect (f->list, "activate", G_CALLBACK (count), &f->n_activated);
  gtk_window_set_default_size (f->window, 240, 600);
  gtk_window_set_child (f->window, GTK_WIDGET (f->list));
  gtk_window_present (f->window);
}

static void
tear_down (Fixture *f, gconstpointer data) {
  gpointer list = f->list, set = f->set;

  g_object_add_weak_pointer (G_OBJECT (f->list), &list);
  g_object_add_weak_pointer (G_OBJECT (f->set), &set);
  gtk_window_destroy (f->window);
  g_object_unref (f->set);
  wait_ms (50);
  g_assert_null (list);
  g_assert_null (set);
  prc_series_unref (f->series);
}

static void
add_file (Fixture *f, const char *title, guint n, const char *name) {
  g_autofree PrcSegment *segments = g_new0 (PrcSegment, n);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    segments[i] = (PrcSegment){.number = i + 1, .label = name};
  g_autoptr (PrcSegmentation) file = fake_segmentation_new (title, segments, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr (PrcSegmentStack) stack = fake_stack (N, 1, 2, 5 + (int)i % 40, 10, 5);
    g_ptr_array_add (items, prc_segment_item_new (file, i, stack));
  }
  prc_segment_set_add_all (f->set, items);
}

static PrcSegmentItem * // borrowed
nth (Fixture *f, guint i) {
  g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (f->set), i);

  return item;
}

/* ---- looking into widgets ---- */

static void
collect (GtkWidget *widget, GType type, GPtrArray *found) {
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static GPtrArray *
all_of (Fixture *f, GType type) {
  GPtrArray *found = g_ptr_array_new ();

  collect (GTK_WIDGET (f->list), type, found);
  return found;
}

static PrcSegmentRow *
row_of (Fixture *f, PrcSegmentItem *item) {
  g_autoptr (GPtrArray) rows = all_of (f, PRC_TYPE_SEGMENT_ROW);

  for (guint i = 0; i < rows->len; i++)
    if (prc_segment_row_get_item (rows->pdata[i]) == item)
      return rows->pdata[i];
  return NULL;
}

static gboolean
shows_text (GtkWidget *widget, const char *text) {
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (widget, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    if (gtk_widget_get_mapped (labels->pdata[i]) &&
        !g_strcmp0 (gtk_label_get_text (labels->pdata[i]), text))
      return TRUE;
  return FALSE;
}

static GtkWidget *
toggle_in (GtkWidget *widget, guint which) {
  g_autoptr (GPtrArray) toggles = g_ptr_array_new ();

  collect (widget, GTK_TYPE_TOGGLE_BUTTON, toggles);
  g_assert_cmpuint (toggles->len, >, which);
  return toggles->pdata[which];
}

static bool
is_named (GtkWidget *widget, const char *name) {
  g_autofree char *other = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, NULL);

  return other == NULL;
}

/* ---- tests ---- */

static void
test_takes_no_room_without_segments (Fixture *f, gconstpointer data) {
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->list)));
  prc_segment_list_set_set (f->list, f->set);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->list)));
  add_file (f, "one", 2, "liver");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->list)));
  prc_segment_list_set_wanted (f->list, FALSE);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->list)));
  prc_segment_list_set_wanted (f->list, TRUE);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->list)));
  prc_segment_list_set_set (f->list, NULL);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->list)));
}

// Each file had a list of its own, and one saw the last.
static void
test_one_list_for_many_files (Fixture *f, gconstpointer data) {
  prc_segment_list_set_set (f->list, f->set);
  add_file (f, "Liver and lesions", 2, "liver");
  wait_ms (100);
  g_assert_false (shows_text (GTK_WIDGET (f->list), "Liver and lesions"));
  add_file (f, "Vessels", 2, "vein");
  wait_ms (100);
  g_assert_true (shows_text (GTK_WIDGET (row_of (f, nth (f, 0))), "Liver and lesions"));
  g_assert_false (shows_text (GTK_WIDGET (row_of (f, nth (f, 1))), "Liver and lesions"));
  g_assert_true (shows_text (GTK_WIDGET (row_of (f, nth (f, 2))), "Vessels"));
  add_file (f, "Vessels", 1, "artery"); // told apart by their names
  wait_ms (100);
  g_assert_true (shows_text (GTK_WIDGET (row_of (f, nth (f, 4))), "Vessels · nowhere/segments"));
  g_assert_true (shows_text (GTK_WIDGET (row_of (f, nth (f, 2))), "Vessels · nowhere/segments"));
  prc_segment_set_remove_file (f->set, prc_segment_item_get_segmentation (nth (f, 0)));
  prc_segment_set_remove_file (f->set, prc_segment_item_get_segmentation (nth (f, 0)));
  wait_ms (100);
  g_assert_false (shows_text (GTK_WIDGET (f->list), "Vessels"));
}

static void
test_hundreds_of_rows (Fixture *f, gconstpointer data) {
  add_file (f, "one", 500, "rib");
  prc_segment_list_set_set (f->list, f->set);
  wait_ms (100);
  g_autoptr (GPtrArray) rows = all_of (f, PRC_TYPE_SEGMENT_ROW);
  g_assert_cmpuint (rows->len, >, 3);
  g_assert_cmpuint (rows->len, <, 300); // those in sight and around, used again
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (f->list)), <=, 600);
  prc_segment_list_choose (f->list, nth (f, 400));
  wait_ms (100);
  g_assert_nonnull (row_of (f, nth (f, 400)));
  g_assert_true (prc_segment_list_get_chosen (f->list) == nth (f, 400));
}

static void
test_eye (Fixture *f, gconstpointer data) {
  add_file (f, "one", 2, "liver");
  prc_segment_list_set_set (f->list, f->set);
  wait_ms (100);
  PrcSegmentRow *row = row_of (f, nth (f, 0));
  GtkToggleButton *eye = GTK_TOGGLE_BUTTON (toggle_in (GTK_WIDGET (row), 0));
  g_assert_true (gtk_toggle_button_get_active (eye));
  g_assert_true (is_named (GTK_WIDGET (eye), "Show liver"));
  g_assert_true (is_named (GTK_WIDGET (row), "liver, shown"));
  gtk_toggle_button_set_active (eye, FALSE);
  g_assert_false (prc_segment_item_get_visible (nth (f, 0)));
  g_assert_true (is_named (GTK_WIDGET (row), "liver, hidden"));
  prc_segment_item_set_visible (nth (f, 0), TRUE);
  g_assert_true (gtk_toggle_button_get_active (eye));
  prc_segment_set_set_solo (f->set, nth (f, 1));
  g_assert_true (is_named (GTK_WIDGET (row), "liver, hidden"));
  g_assert_true (gtk_toggle_button_get_active (eye)); // again when it is not alone any more
}

static void
test_looks_of_all (Fixture *f, gconstpointer data) {
  g_autoptr (PrcSegmentSet) other = prc_segment_set_new (f->series);
  gboolean fill, outline;

  add_file (f, "one", 2, "liver");
  prc_segment_list_set_set (f->list, f->set);
  g_autoptr (GPtrArray) scales = all_of (f, GTK_TYPE_SCALE);
  gtk_range_set_value (scales->pdata[0], 80);
  g_assert_cmpfloat (prc_segment_set_get_opacity (f->set), ==, 0.8);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle_in (GTK_WIDGET (f->list), 0)), FALSE);
  g_object_get (f->set, "fill", &fill, "outline", &outline, NULL);
  g_assert_false (fill);
  g_assert_true (outline);
  prc_segment_list_set_set (f->list, other); // shows its own looks
  g_assert_cmpfloat (prc_segment_set_get_opacity (f->set), ==, 0.8);
  g_assert_cmpfloat (gtk_range_get_value (scales->pdata[0]), ==, 30);
  prc_segment_list_set_set (f->list, f->set);
  g_assert_cmpfloat (gtk_range_get_value (scales->pdata[0]), ==, 80);
  prc_segment_list_set_set (f->list, NULL);
}

static bool
has_values (gpointer item) {
  gboolean with_values;

  prc_segment_item_get_measure (item, &with_values);
  return with_values;
}

static void
test_details_of_the_chosen_one (Fixture *f, gconstpointer data) {
  add_file (f, "one", 2, "liver");
  prc_segment_list_set_set (f->list, f->set);
  wait_ms (50);
  g_assert_cmpuint (f->n_chosen, ==, 1); // none, of the new set
  int height = gtk_widget_get_height (
      gtk_widget_get_ancestor (GTK_WIDGET (row_of (f, nth (f, 0))), GTK_TYPE_SCROLLED_WINDOW));
  prc_segment_list_choose (f->list, nth (f, 0));
  g_assert_cmpuint (f->n_chosen, ==, 2);
  g_assert_true (wait_until (has_values, nth (f, 0)));
  g_assert_false (has_values (nth (f, 1))); // nobody asked
  wait_ms (50);
  // 25 pixels of 1 x 1 mm on two slices 1 mm apart; corners of 5 x 5 are 7.07 mm apart.
  g_assert_true (shows_text (GTK_WIDGET (f->list), "0.05 ml"));
  g_assert_true (shows_text (GTK_WIDGET (f->list), "7.07 mm on slice 2"));
  g_assert_true (shows_text (GTK_WIDGET (f->list), "2, from 2 to 3"));
  // Rows stay where they are: the second click of two lands on the same one.
  g_assert_cmpint (gtk_widget_get_height (gtk_widget_get_ancestor (
                       GTK_WIDGET (row_of (f, nth (f, 0))), GTK_TYPE_SCROLLED_WINDOW)),
                   ==, height);
  g_autoptr (PrcSegmentStack) edited = fake_stack (N, 0, 0, 1, 1, 10);
  prc_segment_item_set_stack (nth (f, 0), edited);
  g_assert_true (wait_until (has_values, nth (f, 0)));
  wait_ms (50);
  g_assert_true (shows_text (GTK_WIDGET (f->list), "0.1 ml"));
  g_assert_true (shows_text (GTK_WIDGET (f->list), "1, number 1"));
}

static void
test_opacity_of_one (Fixture *f, gconstpointer data) {
  add_file (f, "one", 2, "liver");
  prc_segment_list_set_set (f->list, f->set);
  prc_segment_list_choose (f->list, nth (f, 1));
  g_autoptr (GPtrArray) scales = all_of (f, GTK_TYPE_SCALE);
  gtk_range_set_value (scales->pdata[1], 40);
  g_assert_cmpfloat (prc_segment_item_get_opacity (nth (f, 1)), ==, 0.4);
  prc_segment_list_choose (f->list, nth (f, 0));
  g_assert_cmpfloat (gtk_range_get_value (scales->pdata[1]), ==, 100);
  g_assert_cmpfloat (prc_segment_item_get_opacity (nth (f, 1)), ==, 0.4);
  prc_segment_list_choose (f->list, NULL);
  g_assert_null (prc_segment_list_get_chosen (f->list));
}

static void
test_keeps_the_focus (Fixture *f, gconstpointer data) {
  g_autoptr (GPtrArray) views = all_of (f, GTK_TYPE_LIST_VIEW);

  add_file (f, "one", 3, "liver");
  prc_segment_list_set_set (f->list, f->set);
  wait_ms (100);
  gtk_widget_child_focus (views->pdata[0], GTK_DIR_TAB_FORWARD);
  GtkWidget *before = gtk_root_get_focus (GTK_ROOT (f->window));
  g_assert_true (before && gtk_widget_is_ancestor (before, views->pdata[0]));
  prc_segment_list_choose (f->list, nth (f, 0));
  wait_ms (50);
  add_file (f, "two", 1, "vein");
  wait_ms (50);
  GtkWidget *after = gtk_root_get_focus (GTK_ROOT (f->window));
  g_assert_true (after && gtk_widget_is_ancestor (after, views->pdata[0]));
  g_assert_true (prc_segment_list_get_chosen (f->list) == nth (f, 0));
}

/* ---- words ---- */

static void
assert_words (char *words, const char *expected) {
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_words (void) {
  PrcSegmentMeasure m = {.volume_ml = 12.345,
                         .mean = -45.25,
                         .sd = 130.4,
                         .lowest = -1000,
                         .highest = 0,
                         .units = "HU",
                         .diameter_mm = 101.6,
                         .diameter_slice = 11};
  const PrcSegment made = {.algorithm_type = "SEMIAUTOMATIC", .algorithm_name = "Grow"};
  const PrcSegment nobody = {.algorithm_type = "", .algorithm_name = ""};
  const PrcSegment named = {.algorithm_type = "", .algorithm_name = "Grow"};
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (3);

  assert_words (prc_segment_words_volume (&m), "12.3 ml");
  assert_words (prc_segment_words_mean (&m), "-45.2 ± 130 HU");
  assert_words (prc_segment_words_range (&m), "-1000 to 0 HU");
  assert_words (prc_segment_words_diameter (&m), "102 mm on slice 12");
  m = (PrcSegmentMeasure){.volume_ml = NAN, .mean = NAN, .sd = NAN, .lowest = NAN, .highest = NAN};
  assert_words (prc_segment_words_volume (&m), "");
  assert_words (prc_segment_words_mean (&m), "");
  assert_words (prc_segment_words_range (&m), "");
  assert_words (prc_segment_words_diameter (&m), "");
  m = (PrcSegmentMeasure){.volume_ml = 0.00123, .mean = 1.5, .sd = NAN}; // one voxel
  assert_words (prc_segment_words_volume (&m), "0.00123 ml");
  assert_words (prc_segment_words_mean (&m), "1.50");
  assert_words (prc_segment_words_algorithm (&made), "Semi-automatic, Grow");
  assert_words (prc_segment_words_algorithm (&nobody), "");
  assert_words (prc_segment_words_algorithm (&named), "Grow");
  assert_words (prc_segment_words_slices (empty), "None of this series");
}

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/segment-list/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("takes-no-room-without-segments", test_takes_no_room_without_segments);
  ADD ("one-list-for-many-files", test_one_list_for_many_files);
  ADD ("hundreds-of-rows", test_hundreds_of_rows);
  ADD ("eye", test_eye);
  ADD ("looks-of-all", test_looks_of_all);
  ADD ("details-of-the-chosen-one", test_details_of_the_chosen_one);
  ADD ("opacity-of-one", test_opacity_of_one);
  ADD ("keeps-the-focus", test_keeps_the_focus);
  g_test_add_func ("/segment-list/words", test_words);
  return g_test_run ();
}
