// SPDX-License-Identifier: Apache-2.0
// The window with nothing made up behind it: real files, codecs, frames, engine and library.
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "prc-add-case-dialog.h"
#include "prc-viewer-window-actions.h"
#include "prc-viewer-window-private.h"

enum { N_SLICES = 6, PATIENCE_S = 30 };

typedef struct {
  char *folder, *library;
  PrcCodecPool *pool;
  PrcFrameStore *store;
  PrcEngine *engine;
  PrcViewerWindow *window;
} Fixture;

// A disc of 300 HU in -800 HU, elsewhere for each study.
static void
write_case (const char *folder, unsigned number, const char *patient) {
  g_autofree char *inner = g_strdup_printf ("%s/case-%u", folder, number);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  for (unsigned i = 0; i < N_SLICES; i++) {
    int16_t pixels[64 * 64];
    for (int y = 0; y < 64; y++)
      for (int x = 0; x < 64; x++) {
        int dx = x - 12 - 9 * (int)number, dy = y - 30, radius = 6 + (int)i;
        pixels[y * 64 + x] = dx * dx + dy * dy < radius * radius ? 1324 : 224; // HU + 1024
      }
    const PrcFixtureSlice slice = {.study = number,
                                   .series = 1,
                                   .instance = i + 1,
                                   .patient_id = patient,
                                   .rows = 64,
                                   .columns = 64,
                                   .position_mm = {0, 0, 2.0 * i},
                                   .pixels = pixels};
    g_autofree char *path = g_strdup_printf ("%s/IM%03u.dcm", inner, i);
    prc_fixture_write (path, &slice);
  }
}

static gboolean
wake (gpointer user_data) {
  return G_SOURCE_CONTINUE;
}

// Turns the main loop until it is so.
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START {                                                                                   \
    gint64 end_ = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;                           \
    guint timer_ = g_timeout_add (10, wake, NULL);                                                 \
    while (!(condition) && g_get_monotonic_time () < end_)                                         \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (timer_);                                                                      \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

static void
set_up (Fixture *f, gconstpointer data) {
  f->folder = prc_fixture_folder ();
  f->library = g_build_filename (f->folder, "library.sqlite", NULL);
  write_case (f->folder, 1, "ANNA");
  write_case (f->folder, 2, "BERT");
  f->pool = prc_codec_pool_new (2);
  f->store = prc_frame_store_new (f->pool, 1); // keeps nothing: every slice is read again
  f->engine = prc_engine_new (f->pool, f->library, NULL);
  f->window = PRC_VIEWER_WINDOW (prc_viewer_window_new (NULL, f->pool, f->store, f->engine));
  prc_viewer_window_add_actions (f->window);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f, gconstpointer data) {
  gpointer window = f->window;
  g_object_add_weak_pointer (G_OBJECT (f->window), &window);
  gtk_window_destroy (GTK_WINDOW (f->window));
  WAIT_FOR (window == NULL);
  prc_engine_shut_down (f->engine);
  g_object_unref (f->engine);
  prc_frame_store_unref (f->store);
  prc_codec_pool_unref (f->pool);
  prc_fixture_remove (f->folder);
  g_free (f->folder);
  g_free (f->library);
}

static PrcSliceView *
view_of (Fixture *f) {
  return prc_stage_study_view (f->window->stage);
}

static char *
case_path (Fixture *f, guint number) {
  return g_strdup_printf ("%s/case-%u", f->folder, number);
}

static void
open_case (Fixture *f, guint number) {
  g_autofree char *path = case_path (f, number);
  prc_viewer_window_open_paths (f->window, (const char *const[]){path, NULL});
}

// Whether a label in sight below the widget holds the text.
static bool
says (GtkWidget *widget, const char *text) {
  if (!gtk_widget_get_mapped (widget))
    return false;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text))
    return true;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, text))
      return true;
  return false;
}

static char *
picture_sum (Fixture *f) {
  GdkTexture *texture = prc_slice_view_get_texture (view_of (f));
  g_assert_nonnull (texture);
  gsize stride = 4 * (gsize)gdk_texture_get_width (texture),
        size = stride * (gsize)gdk_texture_get_height (texture);
  g_autofree guchar *pixels = g_malloc (size);
  gdk_texture_download (texture, pixels, stride);
  return g_compute_checksum_for_data (G_CHECKSUM_MD5, pixels, size);
}

// Nothing of the first study is left when the second is asked for, not even until it is there.
static void
test_second_study (Fixture *f, gconstpointer data) {
  open_case (f, 1);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, TRUE));
  GtkWidget *window = GTK_WIDGET (f->window);
  g_autofree char *first = picture_sum (f);
  g_assert_true (says (window, "ANNA"));
  g_assert_cmpint (prc_case_panel_get_state (f->window->panel), ==, PRC_CASE_PANEL_EMPTY_LIBRARY);

  open_case (f, 2);
  PrcSeries *series = prc_slice_view_get_series (view_of (f)); // small: it may be there already
  g_assert_true (!series || g_str_equal (prc_series_info (series)->patient_id, "BERT"));
  if (prc_slice_view_get_texture (view_of (f))) {
    g_autofree char *between = picture_sum (f);
    g_assert_cmpstr (between, !=, first);
  }
  g_assert_false (says (window, "ANNA"));
  g_assert_null (strstr (gtk_window_get_title (GTK_WINDOW (window)), "ANNA"));
  g_assert_true (prc_series_list_get_selected (f->window->list) == series);

  WAIT_FOR (prc_viewer_window_is_settled (f->window, TRUE));
  g_autofree char *second = picture_sum (f);
  g_assert_cmpstr (second, !=, first);
  g_assert_true (says (window, "BERT"));
  g_assert_false (says (window, "ANNA"));
  g_assert_cmpuint (prc_series_list_length (f->window->list), ==, 1);
}

// Opened again before the first is there: the first never shows up.
static void
test_quick_change (Fixture *f, gconstpointer data) {
  for (int i = 0; i < 5; i++) {
    open_case (f, 1);
    for (int turn = 0; turn < 3 * i; turn++)
      g_main_context_iteration (NULL, FALSE);
  }
  open_case (f, 2);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  for (int i = 0; i < 30; i++) {
    g_assert_false (says (GTK_WIDGET (f->window), "ANNA"));
    g_usleep (10000);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_true (says (GTK_WIDGET (f->window), "BERT"));
}

static void
test_hides_the_patient (Fixture *f, gconstpointer data) {
  open_case (f, 1);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  g_assert_nonnull (strstr (gtk_window_get_title (GTK_WINDOW (f->window)), "ANNA"));
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "hide-patient",
                                      g_variant_new_boolean (TRUE));
  WAIT_FOR (!says (GTK_WIDGET (f->window), "ANNA"));
  g_assert_null (strstr (gtk_window_get_title (GTK_WINDOW (f->window)), "ANNA"));
  open_case (f, 2); // of the next study, too
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  g_assert_false (says (GTK_WIDGET (f->window), "BERT"));
  g_assert_null (strstr (gtk_window_get_title (GTK_WINDOW (f->window)), "BERT"));
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "hide-patient",
                                      g_variant_new_boolean (FALSE));
  WAIT_FOR (says (GTK_WIDGET (f->window), "BERT"));
}

static bool
shows (Fixture *f, guint index) {
  PrcSliceView *view = view_of (f);
  return prc_slice_view_get_index (view) == index && !prc_slice_view_is_loading (view);
}

// A file taken away under the study gives its reason; the slices beside it are there, and so is
// this one when the file is back.
static void
test_removed_file (Fixture *f, gconstpointer data) {
  g_autofree char *path = g_build_filename (f->folder, "case-1/IM003.dcm", NULL),
                  *away = g_build_filename (f->folder, "away", NULL);
  open_case (f, 1);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  prc_slice_view_set_index (view_of (f), 0);
  WAIT_FOR (shows (f, 0));
  g_assert_cmpint (g_rename (path, away), ==, 0);
  for (guint i = 1; i < N_SLICES; i++) {
    prc_slice_view_set_index (view_of (f), i);
    WAIT_FOR (shows (f, i));
    const char *failure = prc_slice_view_get_failure (view_of (f));
    const PrcSlice *slice = prc_series_slice (prc_slice_view_get_series (view_of (f)), i);
    if (g_str_equal (prc_instance_info (slice->instance)->path, path))
      g_assert_cmpstr (failure, !=, "");
    g_assert_true ((failure != NULL) ==
                   g_str_equal (prc_instance_info (slice->instance)->path, path));
  }
  g_assert_cmpint (g_rename (away, path), ==, 0);
  for (guint i = N_SLICES; i-- > 0;) {
    prc_slice_view_set_index (view_of (f), i);
    WAIT_FOR (shows (f, i));
    g_assert_null (prc_slice_view_get_failure (view_of (f)));
  }
}

static gboolean
drop (Fixture *f, GFile **files, gsize n) {
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->window));
  GdkFileList *list = gdk_file_list_new_from_array (files, n);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, list);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) each = g_list_model_get_item (controllers, i);
    if (GTK_IS_DROP_TARGET (each))
      g_signal_emit_by_name (each, "drop", &value, 10.0, 10.0, &taken);
  }
  return taken;
}

static void
test_drop (Fixture *f, gconstpointer data) {
  g_autofree char *one = case_path (f, 1), *two = case_path (f, 2);
  GFile *local[] = {g_file_new_for_path (one), g_file_new_for_path (two)};
  GFile *remote[] = {g_file_new_for_uri ("http://192.0.2.1/a.dcm")};
  g_assert_true (drop (f, local, 2));
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  g_assert_cmpuint (prc_series_list_length (f->window->list), ==, 2);
  PrcSeries *shown = prc_slice_view_get_series (view_of (f));
  drop (f, remote, 1); // refused in words, and what is open stays
  WAIT_FOR (says (GTK_WIDGET (f->window), "Only files on this computer"));
  g_assert_true (prc_slice_view_get_series (view_of (f)) == shown);
  drop (f, local + 1, 1);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, FALSE));
  g_assert_cmpuint (prc_series_list_length (f->window->list), ==, 1);
  g_object_unref (local[0]);
  g_object_unref (local[1]);
  g_object_unref (remote[0]);
}

static GtkWidget *
find_dialog (void) {
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  for (GList *each = windows; each; each = each->next)
    if (PRC_IS_ADD_CASE_DIALOG (each->data))
      return each->data;
  return NULL;
}

static GObject *
part (GtkWidget *dialog, const char *name) {
  return gtk_widget_get_template_child (dialog, PRC_TYPE_ADD_CASE_DIALOG, name);
}

// What is added is found by the next question of another patient, and never by its own.
static void
test_added_case_is_found (Fixture *f, gconstpointer data) {
  open_case (f, 1);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, TRUE));
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "add-to-library", NULL);
  WAIT_FOR (find_dialog ());
  GtkWidget *dialog = find_dialog ();
  gtk_editable_set_text (GTK_EDITABLE (part (dialog, "title")), "A bright disc");
  gtk_editable_set_text (GTK_EDITABLE (part (dialog, "diagnosis")), "Discoid shadow");
  g_signal_emit_by_name (part (dialog, "add"), "clicked");
  WAIT_FOR (!find_dialog ());
  WAIT_FOR (prc_engine_n_cases (f->engine) == 1);
  // Its own patient is asked about again: kept out.
  prc_slice_view_set_index (view_of (f), 1);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, TRUE));
  g_assert_false (says (GTK_WIDGET (f->window->panel), "Discoid shadow"));
  open_case (f, 2);
  WAIT_FOR (says (GTK_WIDGET (f->window->panel), "Discoid shadow"));
  g_assert_cmpint (prc_case_panel_get_state (f->window->panel), !=, PRC_CASE_PANEL_EMPTY_LIBRARY);
}

static void
assert_safe (GtkWidget *widget) {
  if (GTK_IS_LABEL (widget)) {
    const char *text = gtk_label_get_text (GTK_LABEL (widget));
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_null (strstr (text, "\u202E"));
    g_assert_cmpuint (strlen (text), <, 5000);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    assert_safe (child);
}

#define HOSTILE "<b>&amp;</i> \xC0\xAF \xED\xA0\x80 \xFF \u202Eevil\x1b[31m"

// Trap 38, all the way: codec, series row, title, corners, dialog, library, panel, tags. Warnings
// of GTK and Pango are fatal in tests.
static void
test_trap_38_hostile_text (Fixture *f, gconstpointer data) {
  g_autoptr (GString) marks = g_string_new (HOSTILE);
  for (int i = 0; i < 20000; i++)
    g_string_append (marks, "\u0301");
  g_autofree char *folder = g_build_filename (f->folder, "hostile", NULL);
  g_autofree char *path = g_build_filename (folder, "IM001.dcm", NULL);
  const PrcFixtureSlice slice = {.study = 9,
                                 .series = 1,
                                 .instance = 1,
                                 .patient_id = HOSTILE,
                                 .description = marks->str,
                                 .rows = 64,
                                 .columns = 64};
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  prc_fixture_write (path, &slice);
  prc_viewer_window_open_paths (f->window, (const char *const[]){folder, NULL});
  WAIT_FOR (prc_viewer_window_is_settled (f->window, TRUE));
  g_assert_true (says (GTK_WIDGET (f->window), "<b>&amp;</i> "));
  assert_safe (GTK_WIDGET (f->window));
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "tags", NULL);
  WAIT_FOR (says (GTK_WIDGET (f->window->tags), "<b>&amp;</i> "));
  assert_safe (GTK_WIDGET (f->window->tags));
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "add-to-library", NULL);
  WAIT_FOR (find_dialog ());
  assert_safe (find_dialog ());
  g_signal_emit_by_name (part (find_dialog (), "add"), "clicked");
  WAIT_FOR (!find_dialog ());
  WAIT_FOR (prc_engine_n_cases (f->engine) == 1);
  open_case (f, 2);
  WAIT_FOR (prc_viewer_window_is_settled (f->window, TRUE));
  assert_safe (GTK_WIDGET (f->window));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/viewer-real/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("second-study", test_second_study);
  ADD ("quick-change", test_quick_change);
  ADD ("hides-the-patient", test_hides_the_patient);
  ADD ("removed-file", test_removed_file);
  ADD ("drop", test_drop);
  ADD ("added-case-is-found", test_added_case_is_found);
  ADD ("trap-38-hostile-text", test_trap_38_hostile_text);
  return g_test_run ();
}
