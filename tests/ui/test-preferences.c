// SPDX-License-Identifier: Apache-2.0
// A reader at the preferences: what is changed there counts at once and is in the file.
#include <glib/gstdio.h>
#include <string.h>

#include "prc-encoder-row.h"
#include "prc-preferences-window.h"

typedef struct {
  char *folder, *path;
  PrcSettings *settings;
  GtkWidget *window;
} Fixture;

static void
turn_loop (void) {
  for (int i = 0; i < 50; i++) {
    g_usleep (1000);
    while (g_main_context_iteration (NULL, FALSE)) {
    }
  }
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  fixture->folder = g_dir_make_tmp ("preferences-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "preferences", NULL);
  fixture->settings = prc_settings_new (fixture->path);
  fixture->window = prc_preferences_window_new (NULL, fixture->settings, NULL);
  gtk_window_present (GTK_WINDOW (fixture->window));
  turn_loop ();
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gpointer settings = fixture->settings;

  g_object_add_weak_pointer (settings, &settings);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->settings);
  for (int i = 0; i < 40 && settings; i++)
    turn_loop ();
  g_assert_null (settings); // the window let go of them
  g_remove (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

// The `n`th descendant (from 0) of a type that bears a title, or any title (NULL).
static GtkWidget *
find (GtkWidget *from, GType type, const char *title, guint *n) {
  for (GtkWidget *child = gtk_widget_get_first_child (from); child;
       child = gtk_widget_get_next_sibling (child)) {
    bool named =
        !title || (ADW_IS_PREFERENCES_ROW (child) &&
                   !g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (child)), title));
    if (G_TYPE_CHECK_INSTANCE_TYPE (child, type) && named && (*n)-- == 0)
      return child;
    GtkWidget *found = find (child, type, title, n);
    if (found)
      return found;
  }
  return NULL;
}

static GtkWidget *
row_of (Fixture *fixture, GType type, const char *title) {
  guint n = 0;
  GtkWidget *row = find (fixture->window, type, title, &n);

  g_assert_nonnull (row);
  return row;
}

static GtkWidget *
within (GtkWidget *row, GType type, const char *title) {
  guint n = 0;
  GtkWidget *found = find (row, type, title, &n);

  g_assert_nonnull (found);
  return found;
}

static GtkWidget *
button_labelled (GtkWidget *from, const char *label) {
  for (guint i = 0;; i++) {
    guint n = i;
    GtkWidget *button = find (from, GTK_TYPE_BUTTON, NULL, &n);
    g_assert_nonnull (button);
    if (!g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label))
      return button;
  }
}

static void
click (GtkWidget *button) {
  g_signal_emit_by_name (button, "clicked");
  turn_loop ();
}

static void
test_switches (Fixture *fixture, gconstpointer data) {
  GtkWidget *row = row_of (fixture, ADW_TYPE_ACTION_ROW, "Drag down to brighten");
  GtkWidget *toggle = within (row, GTK_TYPE_SWITCH, NULL);

  g_assert_false (gtk_switch_get_active (GTK_SWITCH (toggle)));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Drag down to brighten");
  adw_action_row_activate (ADW_ACTION_ROW (row)); // as Enter on it does; the switch glides
  for (int i = 0; i < 40 && !prc_settings_get_level_down_brightens (fixture->settings); i++)
    turn_loop ();
  g_assert_true (prc_settings_get_level_down_brightens (fixture->settings));
  g_object_set (fixture->settings, "level-down-brightens", FALSE, NULL);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (toggle)));
}

static void
test_watched_folders (Fixture *fixture, gconstpointer data) {
  guint n = 0;

  prc_settings_watch_folder (fixture->settings, "/scans/<CT>");
  prc_settings_watch_folder (fixture->settings, "/others");
  turn_loop ();
  GtkWidget *row = row_of (fixture, ADW_TYPE_ACTION_ROW, "/scans/&lt;CT&gt;");
  GtkWidget *button = within (row, GTK_TYPE_BUTTON, NULL);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Stop Watching /scans/<CT>");
  click (button);
  g_auto (GStrv) left = prc_settings_watched (fixture->settings);
  g_assert_cmpstrv (left, ((const char *const[]){"/others", NULL}));
  g_assert_null (find (fixture->window, ADW_TYPE_ACTION_ROW, "/scans/&lt;CT&gt;", &n));
}

static void
test_choices (Fixture *fixture, gconstpointer data) {
  AdwComboRow *palette = ADW_COMBO_ROW (row_of (fixture, ADW_TYPE_COMBO_ROW, "PET opens in"));
  AdwComboRow *set =
      ADW_COMBO_ROW (row_of (fixture, ADW_TYPE_COMBO_ROW, "Unlabelled text is read as"));

  g_assert_cmpuint (adw_combo_row_get_selected (palette), ==, 1); // inverted grey
  adw_combo_row_set_selected (palette, 2);
  g_assert_cmpstr (prc_settings_get_palette_of_pet (fixture->settings), ==, "hot-iron");
  adw_combo_row_set_selected (set, 1);
  g_assert_cmpstr (prc_settings_get_fallback_character_set (fixture->settings), ==, "GB18030");
  g_object_set (fixture->settings, "fallback-character-set", "KOI8-R", NULL); // by another hand
  g_assert_cmpuint (adw_combo_row_get_selected (set), ==, GTK_INVALID_LIST_POSITION);
  g_assert_cmpstr (prc_settings_get_fallback_character_set (fixture->settings), ==, "KOI8-R");
}

static void
test_changes_a_preset (Fixture *fixture, gconstpointer data) {
  GtkWidget *lung = row_of (fixture, ADW_TYPE_EXPANDER_ROW, "Lung");
  GtkWidget *centre =
      within (within (lung, ADW_TYPE_ACTION_ROW, "Centre"), GTK_TYPE_SPIN_BUTTON, NULL);
  GtkWidget *name = within (lung, ADW_TYPE_ENTRY_ROW, "Name");

  g_assert_cmpstr (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (lung)), ==,
                   "-600 / 1500, key 5");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (centre), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Centre");
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (centre), -450);
  gtk_editable_set_text (GTK_EDITABLE (name), "Thin <lung>");
  g_signal_emit_by_name (name, "apply");
  g_autoptr (PrcSettings) again = prc_settings_new (fixture->path);
  const PrcPreset *preset = prc_settings_find_preset (again, "lung");
  g_assert_nonnull (preset);
  g_assert_cmpfloat (preset->centre, ==, -450);
  g_assert_cmpfloat (preset->width, ==, 1500);
  g_assert_cmpstr (preset->name, ==, "Thin <lung>");
  g_assert_cmpint (preset->key, ==, '5');
  g_assert_cmpstr (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (lung)), ==,
                   "-450 / 1500, key 5");
  gtk_editable_set_text (GTK_EDITABLE (name), ""); // a preset needs a name: the last one stays
  g_signal_emit_by_name (name, "apply");
  g_assert_cmpstr (prc_settings_find_preset (fixture->settings, "lung")->name, ==, "Thin <lung>");
}

// A digit chooses one preset.
static void
test_takes_a_key (Fixture *fixture, gconstpointer data) {
  GtkWidget *spine = row_of (fixture, ADW_TYPE_EXPANDER_ROW, "Spine");
  GtkWidget *lung = row_of (fixture, ADW_TYPE_EXPANDER_ROW, "Lung");

  adw_combo_row_set_selected (ADW_COMBO_ROW (within (spine, ADW_TYPE_COMBO_ROW, "Key")), 4); // 5
  g_assert_cmpstr (prc_settings_preset_of_key (fixture->settings, '5')->id, ==, "spine");
  g_assert_cmpint (prc_settings_find_preset (fixture->settings, "lung")->key, ==, 0);
  g_assert_cmpstr (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (lung)), ==, "-600 / 1500");
}

static void
test_adds_and_removes (Fixture *fixture, gconstpointer data) {
  size_t before, after;

  prc_settings_presets (fixture->settings, &before);
  click (button_labelled (fixture->window, "_Add"));
  const PrcPreset *presets = prc_settings_presets (fixture->settings, &after);
  g_assert_cmpuint (after, ==, before + 1);
  g_assert_cmpstr (presets[before].name, ==, "New preset");
  GtkWidget *fresh = row_of (fixture, ADW_TYPE_EXPANDER_ROW, "New preset");
  g_assert_true (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (fresh)));
  click (button_labelled (row_of (fixture, ADW_TYPE_EXPANDER_ROW, "Liver"), "Remove"));
  g_assert_null (prc_settings_find_preset (fixture->settings, "liver"));
  prc_settings_presets (fixture->settings, &after);
  g_assert_cmpuint (after, ==, before);
  click (button_labelled (fixture->window, "_Reset to Defaults"));
  g_assert_nonnull (prc_settings_find_preset (fixture->settings, "liver"));
  prc_settings_presets (fixture->settings, &after);
  g_assert_cmpuint (after, ==, before);
  row_of (fixture, ADW_TYPE_EXPANDER_ROW, "Liver"); // and in the window
  guint n = 0;
  g_assert_null (find (fixture->window, ADW_TYPE_EXPANDER_ROW, "New preset", &n));
}

// A file that is no encoder is tried, and what is wrong is said; the preference stays.
static void
test_encoder (Fixture *fixture, gconstpointer data) {
  GtkWidget *row = row_of (fixture, ADW_TYPE_ACTION_ROW, "Encoder");
  const char *said = "";

  prc_encoder_row_choose (row, "/nonexistent/a <b>.onnx");
  for (int i = 0; i < 100 && !strstr (said, "cannot be used"); i++) {
    turn_loop ();
    said = adw_action_row_get_subtitle (ADW_ACTION_ROW (row));
  }
  g_assert_nonnull (strstr (said, "a <b>.onnx cannot be used: "));
  g_assert_cmpstr (prc_settings_get_encoder (fixture->settings), ==, "");
  prc_settings_set_encoder (fixture->settings, "/nonexistent/other.onnx");
  GtkWidget *button = button_labelled (row, "_Built-in");
  gtk_widget_set_sensitive (button, TRUE);
  click (button);
  g_assert_cmpstr (prc_settings_get_encoder (fixture->settings), ==, "");
  g_assert_false (gtk_widget_get_sensitive (button));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/preferences/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("switches", test_switches);
  ADD ("choices", test_choices);
  ADD ("encoder", test_encoder);
  ADD ("watched-folders", test_watched_folders);
  ADD ("changes-a-preset", test_changes_a_preset);
  ADD ("takes-a-key", test_takes_a_key);
  ADD ("adds-and-removes", test_adds_and_removes);
  return g_test_run ();
}
