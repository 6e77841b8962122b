// SPDX-License-Identifier: Apache-2.0
// The tag browser on files made here, read by the real codec.
#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "prc-tag-tree.h"
#include "prc-tag-window-actions.h"

static PrcCodecPool *pool;

// A chain of what a file has: a name in three scripts, a description, a sequence, private elements.
static GByteArray *
file_with (const char *description) {
  GByteArray *file = prc_fixture_begin ();
  g_autoptr (GByteArray) items = g_byte_array_new (), first = g_byte_array_new (),
                         second = g_byte_array_new ();
  prc_fixture_put (first, 0x00081155, "UI", "1.2.3", 6);
  prc_fixture_put (second, 0x00081155, "UI", "1.2.4", 6);
  prc_fixture_put (second, 0x00091001, "LO", "Inside", -1);
  prc_fixture_put_item (items, first);
  prc_fixture_put_item (items, second);
  prc_fixture_put (file, 0x00080005, "CS", "ISO_IR 192", -1);
  prc_fixture_put (file, 0x00080060, "CS", "MR", -1);
  prc_fixture_put (file, 0x0008103E, "LO", description, -1);
  prc_fixture_put (file, 0x00081140, "SQ", items->data, items->len);
  prc_fixture_put (file, 0x00100010, "PN", "Yamada^Tarou=山田^太郎=やまだ^たろう", -1);
  prc_fixture_put (file, 0x00290010, "LO", "ACME", -1);
  prc_fixture_put (file, 0x00291001, "LO", "Secret", -1);
  return file;
}

static char *
save (const char *description) {
  g_autoptr (GByteArray) file = file_with (description);
  return prc_fixture_save (file);
}

static PrcTagTree *
tree_of (const char *description, gboolean hide_patient) {
  g_autofree char *path = save (description);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcElements) elements = prc_codec_pool_list (pool, path, NULL, &error);
  g_assert_no_error (error);
  g_remove (path);
  return prc_tag_tree_new (elements, hide_patient);
}

// The tags of all rows, a blank between them; items by their number.
static char *
rows_of (GListModel *model, PrcTagTree *tree) {
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, i);
    g_autoptr (PrcTagItem) item = gtk_tree_list_row_get_item (row);
    g_autofree char *tag =
        prc_element_tag_text (prc_tag_tree_element (tree, prc_tag_item_index (item)));
    g_string_append_printf (text, "%s%s", i ? " " : "", tag);
  }
  return g_string_free (text, FALSE);
}

static void
assert_found (PrcTagTree *tree, const char *query, guint n, const char *rows) {
  g_assert_cmpuint (prc_tag_tree_search (tree, query), ==, n);
  g_autoptr (GtkTreeListModel) model = prc_tag_tree_model (tree);
  g_autofree char *got = rows_of (G_LIST_MODEL (model), tree);
  g_assert_cmpstr (got, ==, rows);
}

static void
test_search (void) {
  g_autoptr (PrcTagTree) tree = tree_of ("Größe <b>T2</b>", FALSE);
  assert_found (tree, "", 0,
                "(0002,0010) (0008,0005) (0008,0060) (0008,103E) (0008,1140) (0010,0010) "
                "(0029,0010) (0029,1001)");
  assert_found (tree, "modality", 1, "(0008,0060)"); // keyword and name
  assert_found (tree, "series descr", 1, "(0008,103E)");
  assert_found (tree, "0008103e", 1, "(0008,103E)");
  assert_found (tree, "(0008,103E)", 1, "(0008,103E)");
  assert_found (tree, "GROSSE", 1, "(0008,103E)");
  assert_found (tree, "größe", 1, "(0008,103E)");
  assert_found (tree, "GRÖSSE", 1, "(0008,103E)");
  assert_found (tree, "groesse", 0, "");
  assert_found (tree, "太郎", 1, "(0010,0010)");
  assert_found (tree, "ＭＲ", 1, "(0008,0060)");             // full width
  assert_found (tree, "acme", 2, "(0029,0010) (0029,1001)"); // by creator
  // What matches inside of a sequence comes with all that is around it, open.
  assert_found (tree, "1.2.4", 1, "(0008,1140) 2. (0008,1155)");
  assert_found (tree, "inside", 1, "(0008,1140) 2. (0009,1001)");
  assert_found (tree, "nothing of that kind", 0, "");
}

static void
assert_text (char *text, const char *expected) { // owned
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_hidden (void) {
  g_autoptr (PrcTagTree) tree = tree_of ("Head", TRUE);
  guint name = prc_tag_tree_find_path (tree, "PatientName");
  assert_text (prc_tag_tree_value (tree, name, 100), "hidden");
  assert_text (prc_tag_tree_whole_value (tree, name), "");
  assert_text (prc_tag_tree_row_text (tree, name), "(0010,0010)\tPatient's Name\tPN\thidden");
  assert_found (tree, "yamada", 0, ""); // nor can it be guessed by searching
  assert_found (tree, "secret", 0, "");
  assert_found (tree, "patient name", 1, "(0010,0010)");
  assert_found (tree, "head", 1, "(0008,103E)");
}

static void
test_paths (void) {
  g_autoptr (PrcTagTree) tree = tree_of ("Head", FALSE);
  guint index =
      prc_tag_tree_find_path (tree, "ReferencedImageSequence[2]/ReferencedSOPInstanceUID");
  g_assert_cmpuint (index, !=, G_MAXUINT);
  assert_text (prc_tag_tree_whole_value (tree, index), "1.2.4");
  assert_text (prc_tag_tree_path (tree, index),
               "ReferencedImageSequence[2]/ReferencedSOPInstanceUID");
  g_assert_cmpuint (prc_tag_tree_find_path (tree, "PatientID"), ==, G_MAXUINT);
}

// Ten thousand elements and a value of megabytes: rows are made when they are looked at.
static void
test_many (void) {
  g_autoptr (GByteArray) file = prc_fixture_begin ();
  g_autofree char *text = g_strnfill (4000000, 'x');
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < 10000; i++)
    prc_fixture_put (file, 0x00091000u + (i << 16) * 2, "LO", "value", -1);
  prc_fixture_put (file, 0x7FDF1010, "UT", text, -1);
  g_autofree char *path = prc_fixture_save (file);
  g_autoptr (PrcElements) elements = prc_codec_pool_list (pool, path, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (PrcTagTree) tree = prc_tag_tree_new (elements, FALSE);
  g_autoptr (GtkTreeListModel) model = prc_tag_tree_model (tree);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 10002);
  g_autofree char *shown = prc_tag_tree_value (tree, 10001, 512);
  g_assert_cmpuint (strlen (shown), <, 520);
  g_assert_cmpuint (prc_tag_tree_search (tree, "value"), ==, 10000);
  g_remove (path);
}

/* ---- the window ---- */

static void
settle (void) {
  for (gint64 end = g_get_monotonic_time () + 300000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
}

static PrcTagWindow *
window_with (const char *path) {
  PrcTagWindow *window = PRC_TAG_WINDOW (prc_tag_window_new (pool));
  prc_tag_window_add_actions (window);
  prc_tag_window_show (window, path, 0, "Series · 1 / 2");
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < 20 && !prc_tag_window_get_selection (window); i++)
    settle ();
  g_assert_nonnull (prc_tag_window_get_selection (window));
  return window;
}

static GtkWidget *
find_widget (GtkWidget *widget, GType type) {
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_widget (child, type);
    if (found)
      return found;
  }
  return NULL;
}

// The texts of all labels on the screen, each in brackets.
static void
collect (GtkWidget *widget, GString *text) {
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    g_string_append_printf (text, "[%s]", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    collect (child, text);
}

static void
assert_shows (PrcTagWindow *window, const char *part, gboolean shows) {
  g_autoptr (GString) text = g_string_new (NULL);
  collect (GTK_WIDGET (window), text);
  if ((strstr (text->str, part) != NULL) != shows)
    g_error ("%s: %d in %s", part, shows, text->str);
}

static void
clipboard_read (GObject *source, GAsyncResult *result, gpointer user_data) {
  *(char **)user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  if (!*(char **)user_data)
    *(char **)user_data = g_strdup ("");
}

static void
assert_copies (PrcTagWindow *window, const char *action, const char *expected) {
  char *text = NULL;
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (window)), NULL,
                                 clipboard_read, &text);
  while (!text)
    g_main_context_iteration (NULL, TRUE);
  assert_text (text, expected);
}

static void
test_window (void) {
  g_autofree char *path = save ("Head");
  PrcTagWindow *window = window_with (path);
  GtkWidget *entry = find_widget (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY);
  settle ();
  assert_shows (window, "[(0008,0060)]", TRUE);
  assert_shows (window, "[Modality]", TRUE);
  assert_shows (window, "[Yamada^Tarou=山田^太郎=やまだ^たろう]", TRUE);
  assert_shows (window, "[2 items]", TRUE);
  assert_shows (window, "[Private: ACME]", TRUE);
  gtk_editable_set_text (GTK_EDITABLE (entry), "1.2.4");
  g_signal_emit_by_name (entry, "search-changed");
  settle ();
  assert_shows (window, "[Item 2]", TRUE);
  assert_shows (window, "[1 match]", TRUE);
  assert_copies (window, "tags.copy-value", "1.2.4"); // the match is selected
  assert_copies (window, "tags.copy-path", "ReferencedImageSequence[2]/ReferencedSOPInstanceUID");
  assert_copies (window, "tags.copy-row", "(0008,1155)\tReferenced SOP Instance UID\tUI\t1.2.4");
  gtk_editable_set_text (GTK_EDITABLE (entry), "nowhere");
  g_signal_emit_by_name (entry, "search-changed");
  assert_shows (window, "[Nothing matches]", TRUE);
  gtk_window_destroy (GTK_WINDOW (window));
  g_remove (path);
}

static guint
n_rows (PrcTagWindow *window) {
  return g_list_model_get_n_items (G_LIST_MODEL (prc_tag_window_get_selection (window)));
}

// What the keys of the rows do.
static void
test_open_and_close (void) {
  g_autofree char *path = save ("Head");
  PrcTagWindow *window = window_with (path);
  GtkWidget *widget = GTK_WIDGET (window), *view = find_widget (widget, GTK_TYPE_COLUMN_VIEW);
  g_assert_cmpuint (n_rows (window), ==, 8);
  gtk_selection_model_select_item (prc_tag_window_get_selection (window), 4, TRUE);
  assert_copies (window, "tags.copy-path", "ReferencedImageSequence");
  gtk_widget_activate_action (widget, "tags.open", NULL);
  g_assert_cmpuint (n_rows (window), ==, 10);
  gtk_selection_model_select_item (prc_tag_window_get_selection (window), 6, TRUE);
  gtk_widget_activate_action (widget, "tags.open", NULL);
  g_assert_cmpuint (n_rows (window), ==, 12);
  gtk_selection_model_select_item (prc_tag_window_get_selection (window), 8, TRUE);
  assert_copies (window, "tags.copy-value", "Inside");
  gtk_widget_activate_action (widget, "tags.close-row", NULL); // out of the item
  assert_copies (window, "tags.copy-path", "ReferencedImageSequence[2]");
  gtk_widget_activate_action (widget, "tags.close-row", NULL); // and it closes
  g_assert_cmpuint (n_rows (window), ==, 10);
  g_signal_emit_by_name (view, "activate", 4); // Enter, a double click
  g_assert_cmpuint (n_rows (window), ==, 8);
  gtk_window_destroy (GTK_WINDOW (window));
  g_remove (path);
}

static void
test_next_match (void) {
  g_autofree char *path = save ("Head");
  PrcTagWindow *window = window_with (path);
  GtkWidget *entry = find_widget (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "referenced sop");
  g_signal_emit_by_name (entry, "search-changed");
  assert_copies (window, "tags.copy-value", "1.2.3");
  prc_tag_window_next_match (window);
  assert_copies (window, "tags.copy-value", "1.2.4");
  prc_tag_window_next_match (window); // and round
  assert_copies (window, "tags.copy-value", "1.2.3");
  gtk_window_destroy (GTK_WINDOW (window));
  g_remove (path);
}

// Another slice keeps the place; patient data go when they are to be hidden.
static void
test_other_file_and_hiding (void) {
  g_autofree char *first = save ("Head"), *second = save ("Neck");
  PrcTagWindow *window = window_with (first);
  GtkWidget *entry = find_widget (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "series description");
  g_signal_emit_by_name (entry, "search-changed");
  assert_copies (window, "tags.copy-value", "Head");
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  g_signal_emit_by_name (entry, "search-changed");
  prc_tag_window_show (window, second, 0, "Series · 2 / 2");
  settle ();
  assert_copies (window, "tags.copy-value", "Neck");
  prc_tag_window_set_hide_patient (window, TRUE);
  settle ();
  assert_shows (window, "Yamada", FALSE);
  assert_shows (window, "[hidden]", TRUE);
  assert_shows (window, "Values that may lead to the patient are hidden", TRUE);
  assert_copies (window, "tags.copy-value", "Neck");
  gtk_window_destroy (GTK_WINDOW (window));
  g_remove (first);
  g_remove (second);
}

// In an enhanced object the next slice is the next item of the same file.
static void
test_frames (void) {
  g_autoptr (GByteArray) file = prc_fixture_begin (), items = g_byte_array_new ();
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GByteArray) item = g_byte_array_new ();
    g_autofree char *text = g_strdup_printf ("frame %u", i + 1);
    prc_fixture_put (item, 0x00209056, "SH", text, -1);
    prc_fixture_put_item (items, item);
  }
  prc_fixture_put (file, 0x00080060, "CS", "MR", -1);
  prc_fixture_put (file, 0x52009230, "SQ", items->data, items->len);
  g_autofree char *path = prc_fixture_save (file);
  PrcTagWindow *window = window_with (path);
  GtkWidget *entry = find_widget (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "frame 1");
  g_signal_emit_by_name (entry, "search-changed");
  assert_copies (window, "tags.copy-value", "frame 1");
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  g_signal_emit_by_name (entry, "search-changed");
  prc_tag_window_show (window, path, 2, "Series · 3 / 3");
  assert_copies (window, "tags.copy-value", "frame 3");
  prc_tag_window_show (window, path, 1, "Series · 2 / 3");
  assert_copies (window, "tags.copy-path", "PerFrameFunctionalGroupsSequence[2]/StackID");
  prc_tag_window_show (window, path, 7, "Series · 8 / 3"); // which is not there
  assert_copies (window, "tags.copy-value", "frame 2");
  gtk_window_destroy (GTK_WINDOW (window));
  g_remove (path);
}

// Trap 38: the warnings of Pango and GTK are fatal here.
static void
test_trap_38_hostile (void) {
  g_autoptr (GString) marks = g_string_new ("a");
  for (int i = 0; i < 30000; i++)
    g_string_append (marks, "\u0301");
  g_autoptr (GByteArray) file = prc_fixture_begin ();
  prc_fixture_put (file, 0x00080005, "CS", "ISO_IR 192", -1);
  prc_fixture_put (file, 0x00081030, "LO", "<b>&amp;</i> \xC0\xAF \xED\xA0\x80 \xFF", -1);
  prc_fixture_put (file, 0x0008103E, "LO", "a\0b\x1b[31m\u202Eevil\uFFFE", 16);
  prc_fixture_put (file, 0x00090010, "LO", "<i>\u202E", -1);
  prc_fixture_put (file, 0x00091001, "LO", "%s%n", -1);
  prc_fixture_put (file, 0x00104000, "LT", marks->str, 60000);
  g_autofree char *path = prc_fixture_save (file);
  PrcTagWindow *window = window_with (path);
  settle ();
  assert_shows (window, "[<b>&amp;</i> ", TRUE);
  assert_shows (window, "[Private: <i>]", TRUE);
  assert_shows (window, "\u202E", FALSE);
  gtk_window_destroy (GTK_WINDOW (window));
  g_remove (path);
}

static void
test_unreadable (void) {
  g_autofree char *path = save ("Head");
  g_assert_true (g_file_set_contents (path, "no DICOM at all", -1, NULL));
  PrcTagWindow *window = PRC_TAG_WINDOW (prc_tag_window_new (pool));
  prc_tag_window_add_actions (window);
  prc_tag_window_show (window, path, 0, "");
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  settle ();
  assert_shows (window, "Neither a DICOM file nor a picture this program reads", TRUE);
  g_assert_true (g_file_set_contents (path, "\xFF\xD8\xFF\xE0 and so on", -1, NULL));
  prc_tag_window_show (window, path, 0, "");
  settle ();
  settle ();
  assert_shows (window, "A picture that is no DICOM file has no tags", TRUE);
  gtk_window_destroy (GTK_WINDOW (window));
  g_remove (path);
}

int
main (int argc, char **argv) {
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  pool = prc_codec_pool_new (1);
  g_test_add_func ("/tag-tree/search", test_search);
  g_test_add_func ("/tag-tree/hidden", test_hidden);
  g_test_add_func ("/tag-tree/paths", test_paths);
  g_test_add_func ("/tag-tree/many", test_many);
  g_test_add_func ("/tag-window/window", test_window);
  g_test_add_func ("/tag-window/open-and-close", test_open_and_close);
  g_test_add_func ("/tag-window/next-match", test_next_match);
  g_test_add_func ("/tag-window/other-file-and-hiding", test_other_file_and_hiding);
  g_test_add_func ("/tag-window/frames", test_frames);
  g_test_add_func ("/tag-window/trap-38-hostile", test_trap_38_hostile);
  g_test_add_func ("/tag-window/unreadable", test_unreadable);
  int status = g_test_run ();
  prc_codec_pool_unref (pool);
  return status;
}
