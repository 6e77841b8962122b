// SPDX-License-Identifier: Apache-2.0
#include "prc-series-window.h"

#include <string.h>

// A frame of 4 x 4 values from `low` on, `step` apart, with its own windows.
static PrcFrame *
frame_with (double low, double step, const PrcWindow *windows, uint32_t n) {
  float samples[16];
  PrcFrameInfo info = {.rows = 4,
                       .columns = 4,
                       .type = PRC_SAMPLE_F32,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .windows = windows,
                       .n_windows = n,
                       .voi_function = PRC_VOI_SIGMOID};

  for (int i = 0; i < 16; i++)
    samples[i] = (float)(low + i * step);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof samples);
  return prc_frame_new (&info, bytes, NULL);
}

static void
assert_window (const PrcViewParams *params, double centre, double width) {
  g_assert_cmpint (params->voi, ==, PRC_VOI_USE_WINDOW);
  g_assert_cmpfloat (params->centre, ==, centre);
  g_assert_cmpfloat (params->width, ==, width);
}

static void
test_follows (void) {
  g_autoptr (PrcFrame) first = frame_with (0, 1, (PrcWindow[]){{10, 20, ""}, {1, 2, ""}}, 2);
  g_autoptr (PrcFrame) second = frame_with (0, 1, (PrcWindow[]){{30, 40, ""}}, 1);
  g_autoptr (PrcFrame) mute = frame_with (500, 1, NULL, 0);
  PrcSeriesWindow window = {0};
  PrcViewParams params = {0};

  prc_series_window_meet (&window, &params, first, false);
  assert_window (&params, 10, 20);
  g_assert_cmpint (params.function, ==, PRC_VOI_SIGMOID);
  prc_series_window_meet (&window, &params, second, false);
  assert_window (&params, 30, 40);
  prc_series_window_meet (&window, &params, mute, false); // it says nothing: as before
  assert_window (&params, 30, 40);
  prc_series_window_follow (&window, &params, first, 1);
  assert_window (&params, 1, 2);
  prc_series_window_meet (&window, &params, second, false); // it has no second one
  assert_window (&params, 30, 40);
  prc_series_window_meet (&window, &params, first, false);
  assert_window (&params, 1, 2);
}

static void
test_by_hand_stays (void) {
  g_autoptr (PrcFrame) first = frame_with (0, 1, (PrcWindow[]){{10, 20, ""}}, 1);
  g_autoptr (PrcFrame) second = frame_with (0, 1, (PrcWindow[]){{30, 40, ""}}, 1);
  PrcSeriesWindow window = {0};
  PrcViewParams params = {0};

  prc_series_window_meet (&window, &params, first, false);
  window.by_hand = true;
  params.centre = 5;
  params.width = 6;
  prc_series_window_meet (&window, &params, second, false);
  assert_window (&params, 5, 6);
  prc_series_window_follow (&window, &params, second, 0);
  assert_window (&params, 30, 40);
  g_assert_false (window.by_hand);
}

// Trap: the scanner writes each PET slice's own range as its window; uptake is compared from slice
// to slice, in units that the per-slice rescale gives.
static void
test_steady (void) {
  g_autoptr (PrcFrame) first = frame_with (0, 1, (PrcWindow[]){{10, 20, ""}}, 1);
  g_autoptr (PrcFrame) second = frame_with (0, 1, (PrcWindow[]){{30, 40, ""}}, 1);
  PrcSeriesWindow window = {0};
  PrcViewParams params = {0};

  prc_series_window_meet (&window, &params, first, true);
  prc_series_window_meet (&window, &params, second, true);
  assert_window (&params, 10, 20);
}

// Trap: the first slice is often empty; the window that it gives must not stay for those that show
// something.
static void
test_empty_first_slice (void) {
  g_autoptr (PrcFrame) empty = frame_with (7, 0, NULL, 0);
  g_autoptr (PrcFrame) full = frame_with (100, 10, NULL, 0);
  g_autoptr (PrcFrame) next = frame_with (1000, 50, NULL, 0);
  PrcSeriesWindow window = {0};
  PrcViewParams params = {0};

  prc_series_window_meet (&window, &params, empty, false);
  prc_series_window_meet (&window, &params, full, false); // 100 to 250, without 1 % on both sides
  g_assert_cmpfloat_with_epsilon (params.centre, 175, 1e-3);
  g_assert_cmpfloat_with_epsilon (params.width, 147, 1e-3);
  prc_series_window_meet (&window, &params, next, false); // and from then on it does not jump
  g_assert_cmpfloat_with_epsilon (params.width, 147, 1e-3);
}

static PrcFrame *
frame_with_table (void) {
  static const uint16_t entries[] = {0, 100, 255};
  static const PrcLut lut = {.n_entries = 3, .bits = 8, .entries = entries};
  const uint8_t samples[4] = {0, 1, 2, 2};
  PrcFrameInfo info = {.rows = 2,
                       .columns = 2,
                       .type = PRC_SAMPLE_U8,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .voi_luts = &lut,
                       .n_voi_luts = 1};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof samples);

  return prc_frame_new (&info, bytes, NULL);
}

// A slice without the table that its neighbour has is not drawn with a table that is not there.
static void
test_table_on_one_slice (void) {
  g_autoptr (PrcFrame) with_table = frame_with_table ();
  g_autoptr (PrcFrame) mute = frame_with (100, 10, NULL, 0);

  for (int steady = 0; steady < 2; steady++) {
    PrcSeriesWindow window = {0};
    PrcViewParams params = {0};
    prc_series_window_meet (&window, &params, with_table, steady);
    g_assert_cmpint (params.voi, ==, 0);
    prc_series_window_meet (&window, &params, mute, steady);
    g_assert_cmpint (params.voi, ==, PRC_VOI_USE_WINDOW);
    g_assert_cmpfloat_with_epsilon (params.centre, 175, 1e-3);
  }
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series-window/follows", test_follows);
  g_test_add_func ("/series-window/by-hand-stays", test_by_hand_stays);
  g_test_add_func ("/series-window/steady", test_steady);
  g_test_add_func ("/series-window/empty-first-slice", test_empty_first_slice);
  g_test_add_func ("/series-window/table-on-one-slice", test_table_on_one_slice);
  return g_test_run ();
}
