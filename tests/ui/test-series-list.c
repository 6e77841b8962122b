// SPDX-License-Identifier: Apache-2.0
#include "fake-store.h"
#include "fixture.h"
#include "prc-scan-words.h"
#include "prc-series-list.h"
#include "prc-series-row.h"

typedef struct {
  GtkWindow *window;
  PrcSeriesList *list;
  PrcSeries *a, *b, *c; // of one patient, of one patient, of another
  guint n_selected;
  const char *selected;
} Fixture;

static void
selected (PrcSeriesList *list, PrcSeries *series, Fixture *fixture) {
  fixture->n_selected++;
  fixture->selected = prc_series_key (series);
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  fixture->a = make_series ("1", "p", 10, 0, 1, 1);
  fixture->b = make_series ("2", "p", 5, 0, 1, 1);
  fixture->c = make_series ("3", "q", 1, 0, 1, 1);
  fake_store_put (fixture->a, 1, "HU");
  fake_store_put (fixture->b, 2, "HU");
  fake_store_put (fixture->c, 3, "HU");
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->list = PRC_SERIES_LIST (prc_series_list_new (store));
  g_signal_connect (fixture->list, "series-selected", G_CALLBACK (selected), fixture);
  gtk_window_set_default_size (fixture->window, 240, 600);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->list));
  gtk_window_present (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gpointer list = fixture->list;

  g_object_add_weak_pointer (G_OBJECT (fixture->list), &list);
  gtk_window_destroy (fixture->window);
  fake_store_release ();
  wait_ms (50);
  g_assert_null (list);
  prc_series_unref (fixture->a);
  prc_series_unref (fixture->b);
  prc_series_unref (fixture->c);
}

static void
show (Fixture *fixture, guint n, PrcSeries *const *series, gboolean complete) {
  g_autoptr (PrcScan) scan = make_scan (n, series, complete);

  prc_series_list_set_scan (fixture->list, scan);
}

static const char *
selected_key (Fixture *fixture) {
  PrcSeries *series = prc_series_list_get_selected (fixture->list);

  return series ? prc_series_key (series) : NULL;
}

// While a scan grows, what a person chose stays chosen, and nobody is told anything.
static void
test_refinement_keeps_the_selection (Fixture *fixture, gconstpointer data) {
  PrcSeries *two[] = {fixture->a, fixture->c};
  PrcSeries *three[] = {fixture->b, fixture->a, fixture->c};

  show (fixture, 2, two, FALSE);
  prc_series_list_select (fixture->list, prc_series_key (fixture->c));
  g_assert_cmpuint (fixture->n_selected, ==, 0);
  show (fixture, 3, three, TRUE);
  g_assert_cmpuint (prc_series_list_length (fixture->list), ==, 3);
  g_assert_cmpstr (selected_key (fixture), ==, prc_series_key (fixture->c));
  g_assert_cmpuint (fixture->n_selected, ==, 0);
  prc_series_list_step (fixture->list, -1); // the order is the scan's
  g_assert_cmpstr (fixture->selected, ==, prc_series_key (fixture->a));
  prc_series_list_step (fixture->list, -1);
  g_assert_cmpstr (fixture->selected, ==, prc_series_key (fixture->b));
  prc_series_list_step (fixture->list, -1); // there is none before the first
  g_assert_cmpuint (fixture->n_selected, ==, 2);
}

static void
test_grown_series_takes_the_place_of_the_old (Fixture *fixture, gconstpointer data) {
  g_autoptr (GPtrArray) instances = g_ptr_array_new ();

  for (guint i = 0; i < 4; i++)
    g_ptr_array_add (instances, prc_series_slice (fixture->a, i)->instance);
  g_autoptr (GPtrArray) part = prc_series_group ((PrcInstance *const *)instances->pdata, 4);
  show (fixture, 1, (PrcSeries *const *)part->pdata, FALSE);
  prc_series_list_select (fixture->list, prc_series_key (part->pdata[0]));
  g_assert_cmpuint (prc_series_length (prc_series_list_get_selected (fixture->list)), ==, 4);
  show (fixture, 1, &fixture->a, TRUE);
  g_assert_cmpuint (prc_series_list_length (fixture->list), ==, 1);
  g_assert_cmpuint (prc_series_length (prc_series_list_get_selected (fixture->list)), ==, 10);
}

static void
test_cleared (Fixture *fixture, gconstpointer data) {
  show (fixture, 1, &fixture->a, TRUE);
  prc_series_list_select (fixture->list, prc_series_key (fixture->a));
  prc_series_list_set_scan (fixture->list, NULL);
  g_assert_cmpuint (prc_series_list_length (fixture->list), ==, 0);
  g_assert_null (prc_series_list_get_selected (fixture->list));
  g_assert_null (prc_series_list_find (fixture->list, prc_series_key (fixture->a)));
  prc_series_list_step (fixture->list, 1);
  g_assert_cmpuint (fixture->n_selected, ==, 0);
}

static GtkWidget *
find_by_type (GtkWidget *widget, GType type) {
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_by_type (child, type);
    if (found)
      return found;
  }
  return NULL;
}

static GtkListBoxRow *
row_at (Fixture *fixture, int index) {
  GtkWidget *list = find_by_type (GTK_WIDGET (fixture->list), GTK_TYPE_LIST_BOX);

  return gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), index);
}

static void
test_headings (Fixture *fixture, gconstpointer data) {
  PrcSeries *three[] = {fixture->a, fixture->b, fixture->c};

  show (fixture, 3, three, TRUE);
  g_assert_nonnull (gtk_list_box_row_get_header (row_at (fixture, 0)));
  g_assert_null (gtk_list_box_row_get_header (row_at (fixture, 1))); // the same study
  GtkWidget *other = gtk_list_box_row_get_header (row_at (fixture, 2));
  g_assert_nonnull (other);
  GtkWidget *name = gtk_widget_get_first_child (other);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (name)), ==, "q");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_next_sibling (name))), ==,
                   "2026-01-31");
  prc_series_list_set_hide_patient (fixture->list, TRUE);
  name = gtk_widget_get_first_child (gtk_list_box_row_get_header (row_at (fixture, 2)));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (name)), ==, "Patient");
}

static bool
has_thumbnail (gpointer data) {
  GtkWidget *picture = find_by_type (data, GTK_TYPE_PICTURE);

  return gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL;
}

static void
test_thumbnails (Fixture *fixture, gconstpointer data) {
  PrcSeries *two[] = {fixture->a, fixture->c};

  show (fixture, 2, two, TRUE);
  g_assert_true (wait_until (has_thumbnail, row_at (fixture, 0)));
  g_assert_true (wait_until (has_thumbnail, row_at (fixture, 1)));
}

// One that fails is left out, the next is made all the same.
static void
test_failed_thumbnail (Fixture *fixture, gconstpointer data) {
  PrcSeries *two[] = {fixture->b, fixture->c};

  fake_store_fail (fixture->b, 2, "broken"); // its middle slice
  show (fixture, 2, two, TRUE);
  g_assert_true (wait_until (has_thumbnail, row_at (fixture, 1)));
  g_assert_false (has_thumbnail (row_at (fixture, 0)));
  fake_store_fail (fixture->b, 2, NULL);
}

static void
test_caption (void) {
  g_autoptr (PrcSeries) one = make_series ("8", "p", 1, 0, 1, 1);
  g_autoptr (PrcSeries) many = make_series ("9", "p", 78, 0, 1, 1);
  g_autofree char *first = prc_series_row_caption (one);
  g_autofree char *second = prc_series_row_caption (many);

  g_assert_cmpstr (first, ==, "CT · 1 image");
  g_assert_cmpstr (second, ==, "CT · 78 images");
}

static void
test_problems (void) {
  g_autoptr (PrcScan) scan = make_scan (0, NULL, TRUE);

  g_assert_null (prc_scan_words_problems (scan, false));
  add_problem (scan, "/x/notes.txt", "Not a DICOM file");
  for (int i = 0; i < 7; i++) {
    g_autofree char *path = g_strdup_printf ("/x/bad%d.dcm", i);
    add_problem (scan, path, "Ends too early");
  }
  g_autofree char *text = prc_scan_words_problems (scan, false);
  g_assert_cmpstr (text, ==,
                   "Not a DICOM file (1 file)\n    notes.txt\n\n"
                   "Ends too early (7 files)\n    bad0.dcm\n    bad1.dcm\n    bad2.dcm\n"
                   "    bad3.dcm\n    bad4.dcm\n    …");
}

static gboolean
shows (GtkWidget *widget, const char *text) { // somewhere below
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && !g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    if (shows (child, text))
      return TRUE;
  return FALSE;
}

static void
file_chosen (PrcSeriesList *list, const char *path, char **chosen) {
  g_free (*chosen);
  *chosen = g_strdup (path);
}

// The label with links, wherever it is; popovers hang below their buttons.
static GtkWidget *
find_links (GtkWidget *widget) {
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), "<a href"))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_links (child);
    if (found)
      return found;
  }
  return NULL;
}

// What is no image is said in words, under a button of its own.
static void
test_others (Fixture *f, gconstpointer user_data) {
  g_autoptr (PrcScan) scan = make_scan (0, NULL, TRUE);
  static const char *const records[] = {
      "{'SOPInstanceUID': <'1'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.104.1'>}",
      "{'SOPInstanceUID': <'2'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.88.33'>}",
      "{'SOPInstanceUID': <'3'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.88.11'>}",
      "{'SOPInstanceUID': <'4'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.77.1.1.1'>,"
      " 'TransferSyntaxUID': <'1.2.840.10008.1.2.4.102'>}"};

  g_assert_null (prc_scan_words_others (scan, false));
  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    g_autofree char *path = g_strdup_printf ("/x/object%u.dcm", i);
    g_ptr_array_add (scan->others, prc_fixture_instance (path, records[i]));
  }
  g_autofree char *text = prc_scan_words_others (scan, false);
  g_assert_true (g_str_has_prefix (text, "This is an encapsulated PDF document;"));
  g_assert_nonnull (strstr (text, "report; the tag browser and precedentctl dump show what it "
                                  "holds (2 files)\n    object1.dcm\n    object2.dcm\n\n"));
  g_assert_nonnull (strstr (text, "This is a video (MPEG-4 AVC/H.264 High Profile / Level 4.1)"));
  g_autofree char *markup = prc_scan_words_others (scan, true);
  g_assert_nonnull (strstr (markup, "\n    <a href=\"file:///x/object1.dcm\">object1.dcm</a>"));
  prc_series_list_set_scan (f->list, scan);
  wait_ms (50);
  g_assert_true (shows (GTK_WIDGET (f->list), "4 objects without a picture"));
  g_autofree char *chosen = NULL;
  gboolean taken = FALSE;
  g_signal_connect (f->list, "file-chosen", G_CALLBACK (file_chosen), &chosen);
  GtkWidget *links = find_links (GTK_WIDGET (f->list));
  g_assert_nonnull (links);
  g_signal_emit_by_name (links, "activate-link", "file:///x/object0.dcm", &taken);
  g_assert_true (taken); // nothing else opens it
  g_assert_cmpstr (chosen, ==, "/x/object0.dcm");
  prc_series_list_set_scan (f->list, NULL);
  wait_ms (50);
  g_assert_false (shows (GTK_WIDGET (f->list), "4 objects without a picture"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/series-list/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series-list/caption", test_caption);
  g_test_add_func ("/series-list/problems", test_problems);
  ADD ("refinement-keeps-the-selection", test_refinement_keeps_the_selection);
  ADD ("grown-series", test_grown_series_takes_the_place_of_the_old);
  ADD ("cleared", test_cleared);
  ADD ("others", test_others);
  ADD ("headings", test_headings);
  ADD ("thumbnails", test_thumbnails);
  ADD ("failed-thumbnail", test_failed_thumbnail);
  return g_test_run ();
}
