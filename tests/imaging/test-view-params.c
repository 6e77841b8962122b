// SPDX-License-Identifier: Apache-2.0
#include "prc-presets.h"
#include "prc-view-params.h"

#include <math.h>

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-9 * (1 + fabs ((double)(b))))

// The table as radiology teaching gives it; other viewers shipped misprints.
static void
test_presets (void) {
  static const PrcPreset expected[] = {
      {"brain", "", 40, 80, '2'},        {"subdural", "", 75, 200, '3'},
      {"stroke", "", 40, 40, '4'},       {"lung", "", -600, 1500, '5'},
      {"mediastinum", "", 50, 350, '6'}, {"abdomen", "", 50, 400, '7'},
      {"liver", "", 30, 150, '8'},       {"bone", "", 400, 1800, '9'},
      {"spine", "", 50, 250, 0},         {"angio", "", 170, 600, 0},
  };
  size_t n;

  prc_presets (&n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  for (size_t i = 0; i < n; i++) {
    const PrcPreset *preset = prc_preset_find (expected[i].id);

    g_assert_nonnull (preset);
    g_assert_cmpfloat (preset->centre, ==, expected[i].centre);
    g_assert_cmpfloat (preset->width, ==, expected[i].width);
    g_assert_cmpint (preset->key, ==, expected[i].key);
  }
  g_assert_null (prc_preset_find ("kidney"));
  g_assert_null (prc_preset_find (NULL));
}

static void
test_fit (void) {
  PrcFrameInfo info = {.rows = 4000, .columns = 3000, .pixel_aspect = 1};
  PrcViewParams params = {0};

  prc_view_params_fit (&params, &info, 1920, 1080);
  NEAR (params.zoom, 0.27); // 1080 / 4000
  NEAR (params.image_centre_x, 1500);
  NEAR (params.image_centre_y, 2000);
  info.pixel_aspect = 0.25; // 3000 wide, 1000 high on screen
  prc_view_params_fit (&params, &info, 1920, 1080);
  NEAR (params.zoom, 0.64);                    // 1920 / 3000
  prc_view_params_fit (&params, &info, 0, -3); // a view before it has a size
  g_assert_cmpfloat (params.zoom, >, 0);
}

// Pixel aspect is height over width (PS3.3 C.7.6.3.1.7, vertical \ horizontal): one row takes
// `aspect` columns of screen.
static void
test_aspect (void) {
  PrcFrameInfo info = {.rows = 10, .columns = 10, .pixel_aspect = 2};
  PrcViewParams params = {.zoom = 3, .image_centre_x = 5, .image_centre_y = 5};
  double x, y;

  prc_view_params_to_view (&params, &info, 100, 80, 6, 6, &x, &y);
  NEAR (x, 53);
  NEAR (y, 46);
  prc_view_params_to_image (&params, &info, 100, 80, 0, 10, &x, &y);
  NEAR (x, 5 - 50 / 3.0);
  NEAR (y, 0);
}

// A picture of 40 x 20, two device pixels a pixel, in a view of 100 x 60 about its middle: where
// the corner (0, 0) and the point (30, 5) come to lie, worked out by hand for each way it can lie.
static void
test_turned (void) {
  static const struct {
    uint8_t quarter_turns;
    bool flip;
    double corner[2], point[2];
  } cases[] = {
      {0, false, {10, 10}, {70, 20}}, {1, false, {70, -10}, {60, 50}},
      {2, false, {90, 50}, {30, 40}}, {3, false, {30, 70}, {40, 10}},
      {0, true, {90, 10}, {30, 20}},  {1, true, {30, -10}, {40, 50}},
      {2, true, {10, 50}, {70, 40}},  {3, true, {70, 70}, {60, 10}},
  };
  PrcFrameInfo info = {.rows = 20, .columns = 40, .pixel_aspect = 1};

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    PrcViewParams params = {.zoom = 2,
                            .image_centre_x = 20,
                            .image_centre_y = 10,
                            .quarter_turns = cases[i].quarter_turns,
                            .flip = cases[i].flip};
    double x, y;

    prc_view_params_to_view (&params, &info, 100, 60, 0, 0, &x, &y);
    NEAR (x, cases[i].corner[0]);
    NEAR (y, cases[i].corner[1]);
    prc_view_params_to_view (&params, &info, 100, 60, 30, 5, &x, &y);
    NEAR (x, cases[i].point[0]);
    NEAR (y, cases[i].point[1]);
    prc_view_params_to_image (&params, &info, 100, 60, x, y, &x, &y);
    NEAR (x, 30);
    NEAR (y, 5);
    prc_view_params_pan (&params, &info, 7, -3); // what lies there goes where the hand goes
    prc_view_params_to_view (&params, &info, 100, 60, 30, 5, &x, &y);
    NEAR (x, cases[i].point[0] + 7);
    NEAR (y, cases[i].point[1] - 3);
  }
}

// Lying on its side, a picture 3000 wide has to fit the height of the view.
static void
test_fit_turned (void) {
  PrcFrameInfo info = {.rows = 1000, .columns = 3000, .pixel_aspect = 2};
  PrcViewParams params = {.quarter_turns = 3, .flip = true};

  prc_view_params_fit (&params, &info, 1920, 1080);
  NEAR (params.zoom, 0.36); // 1080 / 3000; the other way 1920 / 2000
  params.quarter_turns = 2;
  prc_view_params_fit (&params, &info, 1920, 1080);
  NEAR (params.zoom, 0.54); // 1080 / 2000
}

static void
test_round_trip (void) {
  for (int i = 0; i < 1000; i++) {
    PrcFrameInfo info = {
        .rows = 512, .columns = 300, .pixel_aspect = exp (g_test_rand_double_range (-3, 3))};
    PrcViewParams params = {.zoom = exp (g_test_rand_double_range (-5, 5)),
                            .image_centre_x = g_test_rand_double_range (-100, 600),
                            .image_centre_y = g_test_rand_double_range (-100, 600),
                            .quarter_turns = (uint8_t)g_test_rand_int_range (0, 4),
                            .flip = g_test_rand_bit ()};
    int width = g_test_rand_int_range (1, 3000), height = g_test_rand_int_range (1, 3000);
    double view_x = g_test_rand_double_range (-10, 3000);
    double view_y = g_test_rand_double_range (-10, 3000);
    double image_x, image_y, x, y;

    prc_view_params_to_image (&params, &info, width, height, view_x, view_y, &image_x, &image_y);
    prc_view_params_to_view (&params, &info, width, height, image_x, image_y, &x, &y);
    g_assert_cmpfloat_with_epsilon (x, view_x, 1e-6);
    g_assert_cmpfloat_with_epsilon (y, view_y, 1e-6);
    // Zooming keeps the point under the pointer.
    prc_view_params_zoom_at (&params, &info, width, height, view_x, view_y, 1.25);
    prc_view_params_to_view (&params, &info, width, height, image_x, image_y, &x, &y);
    g_assert_cmpfloat_with_epsilon (x, view_x, 1e-5);
    g_assert_cmpfloat_with_epsilon (y, view_y, 1e-5);
  }
}

static void
test_zoom_limits (void) {
  PrcFrameInfo info = {.rows = 5, .columns = 5, .pixel_aspect = 1};
  PrcViewParams params = {.zoom = 1};

  for (int i = 0; i < 1000; i++)
    prc_view_params_zoom_at (&params, &info, 100, 100, 3, 4, 2);
  g_assert_cmpfloat (params.zoom, <, 1e4);
  for (int i = 0; i < 1000; i++)
    prc_view_params_zoom_at (&params, &info, 100, 100, 3, 4, 0.5);
  g_assert_cmpfloat (params.zoom, >, 1e-4);
  prc_view_params_zoom_at (&params, &info, 100, 100, 3, 4, -1);
  prc_view_params_zoom_at (&params, &info, 100, 100, 3, 4, NAN);
  g_assert_cmpfloat (params.zoom, >, 0);
  g_assert_true (isfinite (params.image_centre_x));
}

static PrcFrame *
frame_with (const PrcFrameInfo *wanted, const int16_t *samples, uint32_t n) {
  PrcFrameInfo info = *wanted;
  g_autoptr (GBytes) bytes = g_bytes_new (samples, n * 2);
  PrcFrame *frame;

  info.rows = 1;
  info.columns = n;
  info.type = PRC_SAMPLE_S16;
  info.pixel_aspect = 1;
  info.rescale_slope = 2;
  frame = prc_frame_new (&info, bytes, NULL);
  g_assert_nonnull (frame);
  return frame;
}

static void
test_auto_window (void) {
  int16_t samples[1001];
  PrcFrameInfo info = {.has_padding = true, .padding_low = 5000, .padding_high = 30000};
  PrcViewParams params = {.invert = true, .zoom = 3};
  g_autoptr (PrcFrame) frame = NULL, flat = NULL, empty = NULL;

  for (int i = 0; i < 1001; i++)
    samples[i] = (int16_t)i;
  samples[1000] = 30000; // padding
  frame = frame_with (&info, samples, 1001);
  prc_view_params_auto_window (&params, frame);
  // Quantiles of 0..999 doubled: about 20 and 1978
  g_assert_cmpfloat_with_epsilon (params.centre, 999, 3);
  g_assert_cmpfloat_with_epsilon (params.width, 1958, 5);
  g_assert_true (params.invert);
  g_assert_cmpfloat (params.zoom, ==, 3);

  for (int i = 0; i < 1001; i++)
    samples[i] = 7;
  flat = frame_with (&info, samples, 1001);
  prc_view_params_auto_window (&params, flat);
  g_assert_cmpfloat (params.centre, ==, 14);
  g_assert_cmpfloat (params.width, >, 1000);

  for (int i = 0; i < 1001; i++)
    samples[i] = 6000;
  empty = frame_with (&info, samples, 1001);
  prc_view_params_auto_window (&params, empty);
  g_assert_cmpfloat (params.width, >, 0);
}

static void
test_default_voi (void) {
  int16_t samples[] = {0, 100};
  const uint16_t entries[] = {0, 255};
  PrcWindow windows[] = {{40, 400, "ABDOMEN"}, {-600, 1500, "LUNG"}};
  PrcLut lut = {.n_entries = 2, .bits = 8, .entries = entries};
  PrcFrameInfo info = {.windows = windows, .n_windows = 2, .voi_function = PRC_VOI_SIGMOID};
  PrcViewParams params = {0};
  g_autoptr (PrcFrame) plain = frame_with (&(PrcFrameInfo){0}, samples, 2);
  g_autoptr (PrcFrame) windowed = frame_with (&info, samples, 2);
  g_autoptr (PrcFrame) with_lut = NULL;

  prc_view_params_default_voi (&params, windowed);
  g_assert_cmpint (params.voi, ==, PRC_VOI_USE_WINDOW);
  g_assert_cmpfloat (params.centre, ==, 40);
  g_assert_cmpfloat (params.width, ==, 400);
  g_assert_cmpint (params.function, ==, PRC_VOI_SIGMOID);
  prc_view_params_default_voi (&params, plain);
  g_assert_cmpfloat_with_epsilon (params.centre, 100, 3);
  info.voi_luts = &lut;
  info.n_voi_luts = 1;
  with_lut = frame_with (&info, samples, 2);
  prc_view_params_default_voi (&params, with_lut);
  g_assert_cmpint (params.voi, ==, 0);
  g_assert_cmpfloat (params.width, ==, 400);
}

static void
test_equal (void) {
  PrcViewParams a = {.voi = -1, .centre = 1, .width = 2, .zoom = 3, .smooth = true}, b = a;

  g_assert_true (prc_view_params_equal (&a, &b));
  b.invert = true;
  g_assert_false (prc_view_params_equal (&a, &b));
  b = a;
  b.image_centre_y = 0.5;
  g_assert_false (prc_view_params_equal (&a, &b));
  b = a;
  b.quarter_turns = 2;
  g_assert_false (prc_view_params_equal (&a, &b));
  b = a;
  b.flip = true;
  g_assert_false (prc_view_params_equal (&a, &b));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view-params/presets", test_presets);
  g_test_add_func ("/view-params/fit", test_fit);
  g_test_add_func ("/view-params/aspect", test_aspect);
  g_test_add_func ("/view-params/turned", test_turned);
  g_test_add_func ("/view-params/fit-turned", test_fit_turned);
  g_test_add_func ("/view-params/round-trip", test_round_trip);
  g_test_add_func ("/view-params/zoom-limits", test_zoom_limits);
  g_test_add_func ("/view-params/auto-window", test_auto_window);
  g_test_add_func ("/view-params/default-voi", test_default_voi);
  g_test_add_func ("/view-params/equal", test_equal);
  return g_test_run ();
}
