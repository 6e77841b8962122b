// SPDX-License-Identifier: Apache-2.0
// Windowing in the hand: a real pointer on a view of made-up frames.
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "fake-store.h"
#include "prc-settings.h"
#include "prc-slice-input.h"
#include "prc-voi.h"

enum { SIDE = 100, N_SLICES = 30 };

typedef struct {
  GtkWindow *window;
  PrcSliceView *view;
  PrcSeries *series;
  guint n_notices;
} Fixture;

static void
count_notice (GtkWidget *widget, const char *sentence, guint *counter) {
  (*counter)++;
}

static bool
is_shown (gpointer view) {
  return !prc_slice_view_is_loading (view);
}

// Value = column + 1000 * index, padding -2000 in the left fifth; `info` says the rest.
static PrcFrame *
ramp_frame (const PrcFrameInfo *info, guint index) {
  g_autofree int16_t *samples = g_new (int16_t, SIDE * SIDE);
  PrcFrameInfo all = *info;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < SIDE * SIDE; i++)
    samples[i] = (int16_t)(i % SIDE < SIDE / 5 ? -2000 : i % SIDE + 1000 * (int)index);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, SIDE * SIDE * sizeof *samples);
  all.rows = all.columns = SIDE;
  all.type = PRC_SAMPLE_S16;
  all.rescale_slope = all.pixel_aspect = 1;
  all.has_padding = true;
  all.padding_low = all.padding_high = -2000;
  PrcFrame *frame = prc_frame_new (&all, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static void
set_up (Fixture *fixture, gconstpointer data) {
  static const PrcFrameInfo nothing = {.units = "HU"};
  PrcFrameStore *store = fake_store_new ();

  fake_store_hold (FALSE);
  fake_store_set_in_memory (TRUE);
  fixture->series = make_series ("1", "a", N_SLICES, 0, 2, 1);
  for (guint i = 0; i < N_SLICES; i++) {
    g_autoptr (PrcFrame) frame = ramp_frame (data ? data : &nothing, i);
    fake_store_put_frame (fixture->series, i, frame);
  }
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->view = PRC_SLICE_VIEW (prc_slice_view_new (store));
  prc_slice_input_attach (fixture->view);
  g_signal_connect (fixture->view, "notice", G_CALLBACK (count_notice), &fixture->n_notices);
  gtk_window_set_decorated (fixture->window, FALSE);
  gtk_window_set_default_size (fixture->window, 400, 400);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  gtk_window_present (fixture->window);
  prc_slice_view_set_series (fixture->view, fixture->series, 3);
  g_assert_true (wait_until (is_shown, fixture->view));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->view));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture->view)), ==, 400); // 4 px a pixel
}

static void
tear_down (Fixture *fixture, gconstpointer data) {
  gtk_window_destroy (fixture->window);
  fake_store_release ();
  wait_ms (20);
  prc_series_unref (fixture->series);
  g_object_set (prc_settings_get_default (), "level-down-brightens", FALSE, NULL);
  prc_settings_reset_presets (prc_settings_get_default ());
}

static void
assert_window (PrcSliceView *view, double centre, double width, double within) {
  double c, w;

  g_assert_true (prc_slice_view_get_window (view, &c, &w));
  g_assert_cmpfloat_with_epsilon (c, centre, within + 1e-9);
  g_assert_cmpfloat_with_epsilon (w, width, within + 1e-9);
}

// How bright the middle of the picture is on the screen.
static int
brightness (PrcSliceView *view) {
  g_autoptr (PrcVoi) voi =
      prc_voi_new (prc_slice_view_get_frame (view), prc_slice_view_params (view));

  return prc_voi_level (voi, prc_frame_stored (prc_slice_view_get_frame (view), 50, 50));
}

/* ---- level direction ---- */

// Right is wider, and up or down is brighter as the reader prefers, also where the picture is
// inverted by its file (MONOCHROME1) or by hand.
static void
test_level_direction (Fixture *fixture, gconstpointer data) {
  for (int down_brightens = 0; down_brightens < 2; down_brightens++)
    for (int inverted = 0; inverted < 2; inverted++) {
      g_object_set (prc_settings_get_default (), "level-down-brightens", down_brightens, NULL);
      prc_slice_view_set_invert (fixture->view, inverted);
      prc_slice_view_set_window (fixture->view, 3050, 200);
      int before = brightness (fixture->view);
      if (!drag_pointer (1, NULL, 200, 200, 0, -60))
        return;
      int after_up = brightness (fixture->view);
      g_assert_cmpint (after_up > before, ==, !down_brightens);
      g_assert_cmpint (after_up, !=, before);
      drag_pointer (1, NULL, 200, 200, 0, 60);
      g_assert_cmpint (brightness (fixture->view), ==, before); // and back again
    }
}

static void
test_width_direction (Fixture *fixture, gconstpointer data) {
  double centre, width;

  prc_slice_view_set_window (fixture->view, 3050, 200);
  if (!drag_pointer (1, NULL, 200, 200, 50, 0))
    return;
  prc_slice_view_get_window (fixture->view, &centre, &width);
  g_assert_cmpfloat (centre, ==, 3050);
  g_assert_cmpfloat_with_epsilon (width, 240, 1e-9); // a window's width per 250 pixels
}

/* ---- where a window comes from ---- */

// Ctrl and a drag from pixel (30, 25) to (50, 75), view 4 pixels a pixel: values 3030 to 3050, of
// which 1 % to 99 % are 3030 to 3050 (each of 21 columns holds 4.8 %).
static void
test_region (Fixture *fixture, gconstpointer data) {
  if (!drag_pointer (1, "ctrl", 121, 101, 82, 198))
    return;
  assert_window (fixture->view, 3040, 20, 1e-9);
  drag_pointer (1, "ctrl", 203, 299, -82, -198); // drawn the other way
  assert_window (fixture->view, 3040, 20, 1e-9);
  prc_slice_view_rotate (fixture->view, 1); // columns lie across now: pixel rows 25 to 75 right
  wait_ms (50);                             // to left, columns 30 to 50 top to bottom
  prc_slice_view_set_window (fixture->view, 1, 2);
  drag_pointer (1, "ctrl", 101, 121, 198, 82);
  assert_window (fixture->view, 3040, 20, 1e-9);
}

// Trap: padding takes no part, and where there is nothing else the window stays.
static void
test_region_of_padding (Fixture *fixture, gconstpointer data) {
  if (!drag_pointer (1, "ctrl", 1, 101, 100, 100)) // columns 0 to 25, of which 0 to 19 are padding
    return;
  assert_window (fixture->view, 3022.5, 5, 1e-9);
  drag_pointer (1, "ctrl", 1, 101, 60, 60);
  assert_window (fixture->view, 3022.5, 5, 1e-9);
  g_assert_cmpuint (fixture->n_notices, ==, 1);
  drag_pointer (1, "ctrl", 200, 200, 1, 1); // a click is no region
  g_assert_cmpuint (fixture->n_notices, ==, 1);
  assert_window (fixture->view, 3022.5, 5, 1e-9);
}

static bool
has_series_window (gpointer view) {
  double centre, width;

  return prc_slice_view_get_window (view, &centre, &width) && width > 20000;
}

// The whole series: 20 to 29,099. The slice alone has a width of some 80.
static void
test_series_window (Fixture *fixture, gconstpointer data) {
  fake_store_set_in_memory (FALSE);
  prc_slice_view_auto_window_of_series (fixture->view);
  g_assert_true (wait_until (has_series_window, fixture->view));
  assert_window (fixture->view, 14560, 29000, 600);
  fake_store_set_in_memory (TRUE);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_0, 0);
  assert_window (fixture->view, 3059.5, 79, 3);
}

// Trap: the first slice is often empty. Where the file has no window, the series decides once one
// rests, and nobody has to ask; what the reader set stays.
static void
test_series_decides (Fixture *fixture, gconstpointer data) {
  g_assert_true (wait_until (has_series_window, fixture->view));
  assert_window (fixture->view, 14560, 29000, 600);
  g_assert_false (prc_slice_view_window_is_by_hand (fixture->view));
  g_assert_false (press_key (GTK_WIDGET (fixture->view), GDK_KEY_Escape, 0));
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Down, 0); // and the next slice is shown alike
  g_assert_true (wait_until (is_shown, fixture->view));
  wait_ms (300);
  assert_window (fixture->view, 14560, 29000, 600);
  prc_slice_view_set_series (fixture->view, NULL, 0);
  prc_slice_view_set_series (fixture->view, fixture->series, 3);
  prc_slice_view_set_window (fixture->view, 1, 2);
  wait_ms (300);
  assert_window (fixture->view, 1, 2, 0);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_1, 0); // the file has none: the series' again
  g_assert_true (wait_until (has_series_window, fixture->view));
}

static void
test_series_window_stops (Fixture *fixture, gconstpointer data) {
  fake_store_set_in_memory (FALSE);
  fake_store_hold (TRUE);
  prc_slice_view_set_window (fixture->view, 1, 2);
  prc_slice_view_auto_window_of_series (fixture->view);
  g_assert_true (press_key (GTK_WIDGET (fixture->view), GDK_KEY_Escape, 0));
  g_assert_false (press_key (GTK_WIDGET (fixture->view), GDK_KEY_Escape, 0));
  fake_store_release ();
  wait_ms (50);
  assert_window (fixture->view, 1, 2, 0);
  prc_slice_view_auto_window_of_series (fixture->view); // and so does a hand on the window
  prc_slice_view_set_window (fixture->view, 3, 4);
  while (fake_store_release ())
    wait_ms (20);
  assert_window (fixture->view, 3, 4, 0);
  prc_slice_view_auto_window_of_series (fixture->view); // or the series going away
  prc_slice_view_set_series (fixture->view, NULL, 0);
  while (fake_store_release ())
    wait_ms (20);
}

/* ---- the file's own ---- */

static const PrcWindow own_windows[] = {{3040, 100, "SOFT"}, {3060, 30, "HARD"}};
static const PrcFrameInfo with_windows = {
    .units = "HU", .windows = own_windows, .n_windows = 2, .voi_function = PRC_VOI_SIGMOID};

static void
test_cycle (Fixture *fixture, gconstpointer data) {
  GtkWidget *view = GTK_WIDGET (fixture->view);

  assert_window (fixture->view, 3040, 100, 0);
  g_assert_cmpint (prc_slice_view_get_file_window (fixture->view), ==, 0);
  press_key (view, GDK_KEY_1, 0);
  assert_window (fixture->view, 3060, 30, 0);
  g_assert_cmpint (prc_slice_view_get_file_window (fixture->view), ==, 1);
  press_key (view, GDK_KEY_Down, 0); // the second one of the next slice too
  g_assert_true (wait_until (is_shown, view));
  g_assert_cmpint (prc_slice_view_get_file_window (fixture->view), ==, 1);
  press_key (view, GDK_KEY_1, 0);
  assert_window (fixture->view, 3040, 100, 0);
  press_key (view, GDK_KEY_5, 0);
  g_assert_cmpint (prc_slice_view_get_file_window (fixture->view), ==, -1);
  assert_window (fixture->view, -600, 1500, 0);
  press_key (view, GDK_KEY_1, 0); // back from the reader's own: the first
  assert_window (fixture->view, 3040, 100, 0);
}

// Trap: a SIGMOID image must not run away. A drag keeps the function, and where it began counts, not
// how many steps it took.
static void
test_sigmoid_does_not_run_away (Fixture *fixture, gconstpointer data) {
  if (!drag_pointer (1, NULL, 200, 200, 50, 0))
    return;
  g_assert_cmpint (prc_slice_view_params (fixture->view)->function, ==, PRC_VOI_SIGMOID);
  assert_window (fixture->view, 3040, 120, 1e-9);
  drag_pointer (1, NULL, 200, 200, 0, 25);
  drag_pointer (1, NULL, 200, 200, 0, -25);
  assert_window (fixture->view, 3040, 120, 1e-9);
}

// What the reader set stays while one scrolls, what the slices say themselves comes back with 1.
static void
test_scrolling (Fixture *fixture, gconstpointer data) {
  static const PrcWindow other[] = {{4040, 77, ""}};
  const PrcFrameInfo info = {.units = "HU", .windows = other, .n_windows = 1};
  g_autoptr (PrcFrame) frame = ramp_frame (&info, 4);

  fake_store_put_frame (fixture->series, 4, frame);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Down, 0);
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_window (fixture->view, 4040, 77, 0);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Up, 0);
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_window (fixture->view, 3040, 100, 0);
  prc_slice_view_set_window (fixture->view, 3040, 100); // the same, but meant
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Down, 0);
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_window (fixture->view, 3040, 100, 0);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_r, 0);
  assert_window (fixture->view, 4040, 77, 0);
  if (!drag_pointer (1, NULL, 200, 200, 250, 0))
    return;
  assert_window (fixture->view, 4040, 154, 1e-9);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_Up, 0); // to one that says 3040 / 100
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_window (fixture->view, 4040, 154, 1e-9);
}

static uint16_t lut_entries[65536];
static const PrcLut wide_lut = {.n_entries = 65536, .bits = 16, .entries = lut_entries};
static const PrcFrameInfo with_table = {.units = "HU", .voi_luts = &wide_lut, .n_voi_luts = 1};

// Trap: the first drag on a picture with a VOI LUT that reaches far beyond the data. It begins with
// what the table shows, a window of 65,535, and no pixel jumps.
static void
test_first_drag_on_a_table (Fixture *fixture, gconstpointer data) {
  int before = brightness (fixture->view);

  g_assert_cmpint (prc_slice_view_params (fixture->view)->voi, ==, 0);
  if (!drag_pointer (1, NULL, 200, 200, 2, 0))
    return;
  g_assert_cmpint (prc_slice_view_params (fixture->view)->voi, ==, PRC_VOI_USE_WINDOW);
  g_assert_cmpint (abs (brightness (fixture->view) - before), <=, 3);
  double centre, width;
  g_assert_true (prc_slice_view_get_window (fixture->view, &centre, &width));
  g_assert_cmpfloat (width, >, 60000);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_1, 0);
  g_assert_cmpint (prc_slice_view_params (fixture->view)->voi, ==, 0);
}

// Back from another series, one is as it was left: window, inversion, palette, turn.
static void
test_series_as_it_was_left (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) other = make_series ("2", "b", N_SLICES, 0, 2, 1);

  fake_store_put (other, 5, "HU");
  prc_slice_view_set_window (fixture->view, 11, 22);
  prc_slice_view_set_invert (fixture->view, TRUE);
  prc_slice_view_set_palette (fixture->view, prc_palette_find ("hot-iron"));
  prc_slice_view_rotate (fixture->view, 1);
  prc_slice_view_set_series (fixture->view, other, 0);
  g_assert_true (wait_until (is_shown, fixture->view));
  g_assert_false (prc_slice_view_get_invert (fixture->view));
  g_assert_cmpint (prc_slice_view_params (fixture->view)->quarter_turns, ==, 0);
  g_assert_cmpint (prc_slice_view_get_file_window (fixture->view), ==, 0);
  prc_slice_view_set_series (fixture->view, fixture->series, 2);
  g_assert_true (wait_until (is_shown, fixture->view));
  assert_window (fixture->view, 11, 22, 0);
  g_assert_true (prc_slice_view_window_is_by_hand (fixture->view));
  g_assert_true (prc_slice_view_get_invert (fixture->view));
  g_assert_cmpstr (prc_slice_view_get_palette (fixture->view)->id, ==, "hot-iron");
  g_assert_cmpint (prc_slice_view_params (fixture->view)->quarter_turns, ==, 1);
  prc_slice_view_set_series (fixture->view, NULL, 0); // another study begins anew
  prc_slice_view_set_series (fixture->view, fixture->series, 2);
  g_assert_true (wait_until (is_shown, fixture->view));
  g_assert_false (prc_slice_view_window_is_by_hand (fixture->view));
  g_assert_false (prc_slice_view_get_invert (fixture->view));
}

/* ---- palettes ---- */

// PET opens dark on light, and up is brighter all the same; a palette is the series' own, `i` turns
// it over, `r` puts back what the series opened with.
static void
test_palette_of_pet (Fixture *fixture, gconstpointer data) {
  g_autoptr (PrcSeries) pet = make_series_of ("PT", "9", "a", 3);

  for (guint i = 0; i < 3; i++) {
    g_autoptr (PrcFrame) frame = ramp_frame (&(PrcFrameInfo){.units = "BQML"}, i);
    fake_store_put_frame (pet, i, frame);
  }
  g_assert_cmpstr (prc_slice_view_get_palette (fixture->view)->id, ==, "grey");
  prc_slice_view_set_palette (fixture->view, prc_palette_find ("hot-iron"));
  prc_slice_view_set_series (fixture->view, pet, 1);
  g_assert_true (wait_until (is_shown, fixture->view));
  g_assert_cmpstr (prc_slice_view_get_palette (fixture->view)->id, ==, "inverted-grey");
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_r, 0);
  wait_ms (400); // it rests, and the series decides: from 0 to nearly the highest value, 2099
  assert_window (fixture->view, 1049, 2098, 2);
  prc_slice_view_set_window (fixture->view, 1050, 200);
  int before = brightness (fixture->view);
  if (drag_pointer (1, NULL, 200, 200, 0, -60))
    g_assert_cmpint (brightness (fixture->view), <, before); // a lower level: lighter
  prc_slice_view_set_palette (fixture->view, prc_palette_find ("viridis"));
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_i, 0);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_r, 0);
  g_assert_cmpstr (prc_slice_view_get_palette (fixture->view)->id, ==, "inverted-grey");
  g_assert_false (prc_slice_view_get_invert (fixture->view));
  prc_slice_view_set_series (fixture->view, fixture->series, 1);
  g_assert_cmpstr (prc_slice_view_get_palette (fixture->view)->id, ==, "hot-iron");
  g_object_set (prc_settings_get_default (), "palette-of-pet", "pet", NULL);
  prc_slice_view_set_series (fixture->view, NULL, 0);
  prc_slice_view_set_series (fixture->view, pet, 1);
  g_assert_cmpstr (prc_slice_view_get_palette (fixture->view)->id, ==, "pet");
  g_object_set (prc_settings_get_default (), "palette-of-pet", "inverted-grey", NULL);
}

/* ---- presets ---- */

static void
test_own_presets (Fixture *fixture, gconstpointer data) {
  const PrcPreset mine[] = {{"own-1", "Knee", 12, 34, '5'}};

  prc_settings_set_presets (prc_settings_get_default (), mine, 1);
  press_key (GTK_WIDGET (fixture->view), GDK_KEY_5, 0);
  assert_window (fixture->view, 12, 34, 0);
  g_assert_false (press_key (GTK_WIDGET (fixture->view), GDK_KEY_2, 0)); // no preset has it now
}

#define ADD(name, function, info)                                                                  \
  g_test_add ("/slice-window/" name, Fixture, info, set_up, function, tear_down)

int
main (int argc, char *argv[]) {
  g_autofree char *config = g_dir_make_tmp ("config-XXXXXX", NULL);

  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  for (int i = 0; i < 65536; i++)
    lut_entries[i] = (uint16_t)i;
  gtk_test_init (&argc, &argv, NULL);
  ADD ("level-direction", test_level_direction, NULL);
  ADD ("width-direction", test_width_direction, NULL);
  ADD ("region", test_region, NULL);
  ADD ("region-of-padding", test_region_of_padding, NULL);
  ADD ("series-window", test_series_window, NULL);
  ADD ("series-decides", test_series_decides, NULL);
  ADD ("series-window-stops", test_series_window_stops, NULL);
  ADD ("cycle", test_cycle, &with_windows);
  ADD ("sigmoid-does-not-run-away", test_sigmoid_does_not_run_away, &with_windows);
  ADD ("scrolling", test_scrolling, &with_windows);
  ADD ("first-drag-on-a-table", test_first_drag_on_a_table, &with_table);
  ADD ("series-as-it-was-left", test_series_as_it_was_left, NULL);
  ADD ("palette-of-pet", test_palette_of_pet, NULL);
  ADD ("own-presets", test_own_presets, NULL);
  int status = g_test_run ();
  g_autofree char *below = g_build_filename (config, "precedent", NULL);
  g_autofree char *file = g_build_filename (below, "preferences", NULL);
  g_remove (file);
  g_rmdir (below);
  g_rmdir (config);
  return status;
}
