// SPDX-License-Identifier: Apache-2.0
// The menu of windows: what it offers for which picture, and how it writes what files say.
#include <glib/gstdio.h>
#include <string.h>

#include "fake-store.h"
#include "prc-settings.h"
#include "prc-window-menu.h"

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcSeries *series;
} Fixture;

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

static void
show (Fixture *fixture, const PrcFrameInfo *info) {
  PrcFrameInfo all = *info;
  const uint8_t samples[12] = {1, 2, 3};

  all.rows = all.columns = 2;
  all.rescale_slope = all.pixel_aspect = 1;
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 4 * prc_sample_size (all.type));
  g_autoptr (PrcFrame) frame = prc_frame_new (&all, bytes, NULL);
  g_assert_nonnull (frame);
  fake_store_put_frame (fixture->series, 0, frame);
  prc_slice_view_set_series (fixture->view, NULL, 0);
  prc_slice_view_set_series (fixture->view, fixture->series, 0);
  g_assert_true (wait_until (is_shown, fixture->view));
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", 1, 0, 2, 1);
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (fake_store_new ()));
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  gtk_window_present (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gtk_window_destroy (fixture->window);
  prc_series_unref (fixture->series);
  prc_settings_reset_presets (prc_settings_get_default ());
}

// "label=action(target)" of all items, sections in "label{...}", one after the other.
static void
write_menu (GMenuModel *menu, GString *out) {
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
    g_autoptr (GVariant) target =
        g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);
    g_autofree char *label = NULL, *action = NULL;
    g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label);
    g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action);
    g_autofree char *text = target ? g_variant_print (target, FALSE) : g_strdup ("");
    g_string_append_printf (out, "%s%s%s", label ? label : "", section ? "{" : "=",
                            action ? action : "");
    if (section)
      write_menu (section, out);
    g_string_append_printf (out, "(%s)%s", text, section ? "}\n" : ";");
  }
}

static char *
menu_text (Fixture *fixture) {
  g_autoptr (GMenuModel) menu = prc_window_menu_new (fixture->view);
  GString *out = g_string_new (NULL);

  write_menu (menu, out);
  return g_string_free (out, FALSE);
}

static void
test_own (Fixture *fixture, gconstpointer data) {
  static const uint16_t entries[] = {0, 1, 255};
  static const PrcWindow windows[] = {{40, 400, "SOFT_TISSUE\x01\xe2\x80\xae"}, {0.5, 2, ""}};
  static const PrcLut luts[] = {
      {.n_entries = 3, .bits = 8, .entries = entries},
      {.n_entries = 3, .bits = 8, .entries = entries, .explanation = "HARDER"}};

  show (fixture,
        &(PrcFrameInfo){
            .units = "HU", .windows = windows, .n_windows = 2, .voi_luts = luts, .n_voi_luts = 2});
  g_autofree char *text = menu_text (fixture);
  g_assert_nonnull (strstr (text, "VOI LUT 1=win.own-window(0);VOI LUT: HARDER=win.own-window(1);"
                                  "SOFT__TISSUE  40 / 400=win.own-window(2);"
                                  "0.5 / 2=win.own-window(3);"));
  g_assert_nonnull (strstr (text, "Lung  -600 / 1500 (5)=win.preset('lung');"));
}

// The numbers of CT presets mean nothing on other values.
static void
test_not_ct (Fixture *fixture, gconstpointer data) {
  show (fixture, &(PrcFrameInfo){.units = "BQML"});
  g_autofree char *text = menu_text (fixture);
  g_assert_null (strstr (text, "win.preset"));
  g_assert_null (strstr (text, "win.own-window"));
  g_assert_nonnull (strstr (text, "win.auto-window-of-series"));
}

static void
test_readers_presets (Fixture *fixture, gconstpointer data) {
  const PrcPreset mine[] = {{"own_1", "Knee_joint", 12, 34.5, 0}};

  prc_settings_set_presets (prc_settings_get_default (), mine, 1);
  show (fixture, &(PrcFrameInfo){.units = "HU"});
  g_autofree char *text = menu_text (fixture);
  g_assert_nonnull (strstr (text, "Knee__joint  12 / 34.5=win.preset('own_1');"));
  g_assert_null (strstr (text, "Lung"));
}

// Before anything is shown there is a menu all the same.
static void
test_nothing_shown (Fixture *fixture, gconstpointer data) {
  g_autofree char *text = menu_text (fixture);

  g_assert_nonnull (strstr (text, "win.reset"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/window-menu/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  g_autofree char *config = g_dir_make_tmp ("config-XXXXXX", NULL);

  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  ADD ("own", test_own);
  ADD ("not-ct", test_not_ct);
  ADD ("readers-presets", test_readers_presets);
  ADD ("nothing-shown", test_nothing_shown);
  int status = g_test_run ();
  g_autofree char *below = g_build_filename (config, "precedent", NULL);
  g_autofree char *file = g_build_filename (below, "preferences", NULL);
  g_remove (file);
  g_rmdir (below);
  g_rmdir (config);
  return status;
}
