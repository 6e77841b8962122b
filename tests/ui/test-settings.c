// SPDX-License-Identifier: Apache-2.0
#include "prc-settings.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data) {
  fixture->folder = g_dir_make_tmp ("settings-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "below", "preferences", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  g_autofree char *below = g_path_get_dirname (fixture->path);
  g_autofree char *aside = g_strconcat (fixture->path, "~", NULL);

  g_remove (fixture->path);
  g_remove (aside);
  g_rmdir (below);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0); // nothing else was left there
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
write_file (Fixture *fixture, const char *text) {
  g_autofree char *below = g_path_get_dirname (fixture->path);

  g_mkdir_with_parents (below, 0700);
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
}

static void
count (PrcSettings *settings, guint *counter) {
  (*counter)++;
}

static void
count_notify (PrcSettings *settings, GParamSpec *pspec, guint *counter) {
  (*counter)++;
}

// Each folder once; what is no path is none.
static void
test_watched (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSettings) settings = prc_settings_new (fixture->path);
  guint n = 0;

  g_signal_connect (settings, "notify::watched-folders", G_CALLBACK (count_notify), &n);
  prc_settings_watch_folder (settings, "/a b;c");
  prc_settings_watch_folder (settings, "/d");
  prc_settings_watch_folder (settings, "/d");
  prc_settings_watch_folder (settings, "relative");
  prc_settings_watch_folder (settings, "/two\nlines");
  g_assert_cmpuint (n, ==, 2);
  g_autoptr (PrcSettings) again = prc_settings_new (fixture->path);
  g_auto (GStrv) folders = prc_settings_watched (again);
  g_assert_cmpstrv (folders, ((const char *const[]){"/a b;c", "/d", NULL}));
  prc_settings_unwatch_folder (again, "/a b;c");
  prc_settings_unwatch_folder (again, "/elsewhere");
  g_auto (GStrv) left = prc_settings_watched (again);
  g_assert_cmpstrv (left, ((const char *const[]){"/d", NULL}));
  prc_settings_unwatch_folder (again, "/d");
  g_auto (GStrv) none = prc_settings_watched (again);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static void
assert_defaults (PrcSettings *settings) {
  size_t n, n_built_in;

  g_assert_false (prc_settings_get_level_down_brightens (settings));
  g_assert_true (prc_settings_get_smooth (settings));
  g_assert_cmpstr (prc_settings_get_palette_of_pet (settings), ==, "inverted-grey");
  g_assert_cmpstr (prc_settings_get_fallback_character_set (settings), ==, "");
  g_assert_true (prc_settings_presets (settings, &n) == prc_presets (&n_built_in));
  g_assert_cmpuint (n, ==, n_built_in);
}

static void
test_defaults (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSettings) settings = prc_settings_new (fixture->path);

  assert_defaults (settings);
  g_assert_null (prc_settings_get_problem (settings));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS)); // reading writes nothing
}

static void
test_saves (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSettings) settings = prc_settings_new (fixture->path);
  guint n_notified = 0;
  struct stat about;

  g_signal_connect (settings, "notify", G_CALLBACK (count_notify), &n_notified);
  g_object_set (settings, "level-down-brightens", TRUE, "fallback-character-set", "GB18030", NULL);
  g_object_set (settings, "level-down-brightens", TRUE, NULL); // as it was: no word of it
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_cmpint (stat (fixture->path, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);

  g_autoptr (PrcSettings) again = prc_settings_new (fixture->path);
  g_assert_true (prc_settings_get_level_down_brightens (again));
  g_assert_cmpstr (prc_settings_get_fallback_character_set (again), ==, "GB18030");
  g_assert_true (prc_settings_get_smooth (again));
}

// What another window saved meanwhile, and what only a later version knows, stays.
static void
test_keeps_the_rest (Fixture *fixture, gconstpointer data) {
  write_file (fixture, "# mine\n[Preferences]\nfrom-the-future=7\n[Elsewhere]\na=b\n");
  g_autoptr (PrcSettings) first = prc_settings_new (fixture->path);
  g_autoptr (PrcSettings) second = prc_settings_new (fixture->path);

  g_object_set (first, "smooth", FALSE, NULL);
  g_object_set (second, "palette-of-pet", "hot-iron", NULL);
  g_autoptr (PrcSettings) third = prc_settings_new (fixture->path);
  g_assert_false (prc_settings_get_smooth (third));
  g_assert_cmpstr (prc_settings_get_palette_of_pet (third), ==, "hot-iron");
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "from-the-future=7"));
  g_assert_nonnull (strstr (text, "# mine"));
  g_assert_nonnull (strstr (text, "a=b"));
}

static void
test_damaged (Fixture *fixture, gconstpointer data) {
  write_file (fixture, "this is\x01no key file\n[[[\n");
  g_autoptr (PrcSettings) settings = prc_settings_new (fixture->path);
  g_autofree char *aside = g_strconcat (fixture->path, "~", NULL);

  assert_defaults (settings);
  g_assert_nonnull (prc_settings_get_problem (settings));
  g_assert_null (strchr (prc_settings_get_problem (settings), '\n'));
  g_object_set (settings, "smooth", FALSE, NULL); // a change makes it whole, the old one is kept
  g_assert_null (prc_settings_get_problem (settings));
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  g_autoptr (PrcSettings) again = prc_settings_new (fixture->path);
  g_assert_null (prc_settings_get_problem (again));
  g_assert_false (prc_settings_get_smooth (again));
}

// One wrong value costs that value alone.
static void
test_wrong_values (Fixture *fixture, gconstpointer data) {
  write_file (fixture, "[Preferences]\nsmooth=perhaps\nlevel-down-brightens=true\n"
                       "palette-of-pet=\xff\xfe\n"
                       "[Preset 1]\nId=a\nName=Knee\nCentre=nan\nWidth=10\n"
                       "[Preset 2]\nId=b\nName=Elbow\nCentre=10\nWidth=0\n"
                       "[Preset 3]\nId=c\nCentre=10\nWidth=20\n");
  g_autoptr (PrcSettings) settings = prc_settings_new (fixture->path);
  size_t n, n_built_in;

  g_assert_true (prc_settings_get_smooth (settings));
  g_assert_true (prc_settings_get_level_down_brightens (settings));
  g_assert_cmpstr (prc_settings_get_palette_of_pet (settings), ==, "inverted-grey");
  g_assert_nonnull (prc_settings_get_problem (settings));
  g_assert_true (prc_settings_presets (settings, &n) == prc_presets (&n_built_in));
}

static void
test_cannot_save (void) {
  g_autoptr (PrcSettings) settings = prc_settings_new ("/proc/nobody/preferences");

  g_object_set (settings, "smooth", FALSE, NULL);
  g_assert_false (prc_settings_get_smooth (settings)); // for as long as the program runs
  g_assert_nonnull (prc_settings_get_problem (settings));
}

static void
test_presets (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSettings) settings = prc_settings_new (fixture->path);
  guint n_changed = 0;
  const PrcPreset mine[] = {
      {"lung", "Lung", -500, 1400, '5'},    {"own-1", "膝; knee=\n", 0.125, 1e-3, '5'},
      {"own-2", "Flat", 1, 0, '6'},         {"lung", "Lung again", 1, 2, 0},
      {"own-3", "Endless", INFINITY, 1, 0}, {"own-4", "Key", 3, 4, 'x'},
  };

  g_signal_connect (settings, "presets-changed", G_CALLBACK (count), &n_changed);
  prc_settings_set_presets (settings, mine, G_N_ELEMENTS (mine));
  g_assert_cmpuint (n_changed, ==, 1);
  g_autoptr (PrcSettings) again = prc_settings_new (fixture->path);
  for (int i = 0; i < 2; i++) { // at once, and from the file
    PrcSettings *which = i ? again : settings;
    size_t n;
    const PrcPreset *presets = prc_settings_presets (which, &n);
    g_assert_cmpuint (n, ==, 3);
    g_assert_cmpstr (presets[0].id, ==, "lung");
    g_assert_cmpfloat (presets[0].centre, ==, -500);
    g_assert_cmpfloat (presets[0].width, ==, 1400);
    g_assert_cmpint (presets[0].key, ==, '5');
    g_assert_cmpstr (presets[1].name, ==, "膝; knee=\n");
    g_assert_cmpfloat (presets[1].centre, ==, 0.125);
    g_assert_cmpfloat (presets[1].width, ==, 1e-3);
    g_assert_cmpint (presets[1].key, ==, 0); // taken by the first
    g_assert_cmpint (presets[2].key, ==, 0); // no digit
    g_assert_true (prc_settings_preset_of_key (which, '5') == &presets[0]);
    g_assert_null (prc_settings_preset_of_key (which, '2'));
    g_assert_null (prc_settings_preset_of_key (which, 0));
    g_assert_true (prc_settings_find_preset (which, "own-4") == &presets[2]);
    g_assert_null (prc_settings_find_preset (which, "brain"));
  }
  prc_settings_reset_presets (again);
  g_autoptr (PrcSettings) last = prc_settings_new (fixture->path);
  assert_defaults (again);
  assert_defaults (last);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/settings/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  ADD ("defaults", test_defaults);
  ADD ("saves", test_saves);
  ADD ("keeps-the-rest", test_keeps_the_rest);
  ADD ("damaged", test_damaged);
  ADD ("wrong-values", test_wrong_values);
  g_test_add_func ("/settings/cannot-save", test_cannot_save);
  ADD ("presets", test_presets);
  ADD ("watched", test_watched);
  return g_test_run ();
}
