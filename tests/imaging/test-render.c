// SPDX-License-Identifier: Apache-2.0
// The fast way against the naive twin, every set of kernels against every other, and the edges of
// what can be asked.
#include "prc-kernels.h"
#include "prc-render.h"

#include <math.h>
#include <string.h>

static PrcFrame *
random_frame (PrcFrameInfo info) {
  size_t size = (size_t)info.rows * info.columns * prc_sample_size (info.type);
  g_autofree uint8_t *samples = g_malloc (size);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  PrcFrame *frame;

  for (size_t i = 0; i < size; i++)
    samples[i] = (uint8_t)g_test_rand_int ();
  if (info.rescale_slope == 0)
    info.rescale_slope = 1;
  if (info.pixel_aspect == 0)
    info.pixel_aspect = 1;
  bytes = g_bytes_new (samples, size);
  frame = prc_frame_new (&info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

static const uint32_t *
pixels_of (const PrcRaster *raster) {
  return g_bytes_get_data (raster->bytes, NULL);
}

// The largest difference of any channel of any pixel.
static int
difference (const PrcRaster *a, const PrcRaster *b) {
  const uint8_t *x = g_bytes_get_data (a->bytes, NULL), *y = g_bytes_get_data (b->bytes, NULL);
  int most = 0;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (size_t i = 0; i < (size_t)a->width * a->height * 4; i++)
    most = MAX (most, ABS (x[i] - y[i]));
  return most;
}

static PrcRaster *
render (PrcFrame *frame, const PrcViewParams *params, int width, int height) {
  g_autoptr (GError) error = NULL;
  PrcRaster *raster = prc_render (frame, params, NULL, width, height, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (raster);
  g_assert_cmpuint (g_bytes_get_size (raster->bytes), ==, raster->stride * height);
  return raster;
}

// All sets of kernels give the same bytes; returns how far they are from the twin.
static int
compare (PrcFrame *frame, const PrcViewParams *params, int width, int height) {
  g_autoptr (PrcRaster) reference = prc_render_reference (frame, params, NULL, width, height);
  g_autoptr (PrcRaster) first = NULL;

  for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++) {
    g_autoptr (PrcRaster) raster = NULL;

    prc_kernels_use (*set);
    raster = render (frame, params, width, height);
    if (first == NULL)
      first = prc_raster_ref (raster);
    else
      g_assert_true (g_bytes_equal (first->bytes, raster->bytes));
  }
  prc_kernels_use (NULL);
  return difference (first, reference);
}

static void
assert_close (PrcFrame *frame, const PrcViewParams *params, int width, int height, int limit) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  int d = compare (frame, params, width, height);

  if (d > limit)
    g_error ("differs by %d: type %d, %u x %u in %d x %d, zoom %.9g aspect %.9g centre %.9g %.9g, "
             "smooth %d",
             d, info->type, info->columns, info->rows, width, height, params->zoom,
             info->pixel_aspect, params->image_centre_x, params->image_centre_y, params->smooth);
}

static PrcViewParams
random_params (const PrcFrameInfo *info) {
  PrcViewParams params = {
      .voi = PRC_VOI_USE_WINDOW,
      .function = (PrcVoiFunction)g_test_rand_int_range (0, 3),
      .centre = g_test_rand_double_range (-30000, 60000),
      .width = exp (g_test_rand_double_range (0, 11)),
      .invert = g_test_rand_bit (),
      .smooth = g_test_rand_bit (),
      .zoom = exp (g_test_rand_double_range (-3.5, 3.5)),
      .image_centre_x = g_test_rand_double_range (-0.2, 1.2) * info->columns,
      .image_centre_y = g_test_rand_double_range (-0.2, 1.2) * info->rows,
      .quarter_turns = (uint8_t)g_test_rand_int_range (0, 4),
      .flip = g_test_rand_bit (),
  };

  if (g_test_rand_int_range (0, 4) == 0)
    params.zoom = rint (params.zoom + 0.5);
  if (info->type == PRC_SAMPLE_U8 || info->type == PRC_SAMPLE_S8)
    params.centre /= 200;
  return params;
}

static void
test_random (void) {
  int n = g_test_thorough () ? 3000 : 250;

  for (int i = 0; i < n; i++) {
    PrcFrameInfo info = {
        .type = (PrcSampleType)g_test_rand_int_range (0, PRC_SAMPLE_RGB8 + 1),
        .rows = g_test_rand_int_range (1, 80),
        .columns = g_test_rand_int_range (1, 80),
        .inverse = g_test_rand_bit (),
        .has_padding = g_test_rand_bit (),
        .padding_low = -100,
        .padding_high = 4000,
        .pixel_aspect = g_test_rand_bit () ? 1 : exp (g_test_rand_double_range (-2, 2)),
    };
    g_autoptr (PrcFrame) frame = random_frame (info);
    PrcViewParams params = random_params (&info);

    assert_close (frame, &params, g_test_rand_int_range (1, 70), g_test_rand_int_range (1, 70), 1);
  }
}

static PrcViewParams
view (double zoom, double x, double y, bool smooth) {
  return (PrcViewParams){.voi = PRC_VOI_USE_WINDOW,
                         .centre = 128,
                         .width = 256,
                         .smooth = smooth,
                         .zoom = zoom,
                         .image_centre_x = x,
                         .image_centre_y = y};
}

// One device pixel per image pixel is the picture itself, smooth or not; so is every whole
// magnification without smoothing.
static void
test_exact (void) {
  g_autoptr (PrcFrame) frame =
      random_frame ((PrcFrameInfo){.type = PRC_SAMPLE_U16, .rows = 33, .columns = 41});
  PrcViewParams params = view (1, 20, 16.5, true);

  params.centre = 32768;
  params.width = 65536;
  for (int zoom = 1; zoom < 5; zoom++) {
    g_autoptr (PrcRaster) raster = NULL;
    g_autoptr (GBytes) native = prc_render_native (frame, &params);
    const uint8_t *grey = g_bytes_get_data (native, NULL);

    params.zoom = zoom;
    params.smooth = zoom == 1;
    params.image_centre_x = 41 / 2.0;
    params.image_centre_y = 33 / 2.0;
    raster = render (frame, &params, 41 * zoom, 33 * zoom);
    for (int y = 0; y < 33 * zoom; y++)
      for (int x = 0; x < 41 * zoom; x++)
        g_assert_cmphex (pixels_of (raster)[y * 41 * zoom + x], ==,
                         0xff000000 + grey[y / zoom * 41 + x / zoom] * 0x10101u);
    assert_close (frame, &params, 41 * zoom + 3, 33 * zoom + 7, 0);
  }
}

static void
test_nearest (void) {
  for (int i = 0; i < 60; i++) {
    PrcFrameInfo info = {.type = PRC_SAMPLE_S16, .rows = 17, .columns = 23};
    g_autoptr (PrcFrame) frame = random_frame (info);
    PrcViewParams params = random_params (&info);

    params.smooth = false;
    params.zoom = g_test_rand_double_range (1.01, 9);
    assert_close (frame, &params, 64, 48, 0);
  }
}

// Worked by hand: pixels 0 and 200 side by side, 4 device pixels each, bilinear between centres.
static void
test_bilinear_by_hand (void) {
  const uint8_t samples[] = {0, 200};
  int expected[] = {0, 0, 25, 75, 125, 175, 200, 200};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 2);
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_U8, .rows = 1, .columns = 2, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  PrcViewParams params = view (4, 1, 0.5, true);
  g_autoptr (PrcRaster) raster = render (frame, &params, 8, 4);

  for (int x = 0; x < 8; x++)
    g_assert_cmpint (pixels_of (raster)[8 + x] & 255, ==, expected[x]);
}

// A picture of three by two in a view of four by three, half a pixel off its middle: turned
// clockwise it stands two wide and three high, then mirrored.
static void
test_turned_by_hand (void) {
  const uint8_t samples[] = {1, 2, 3, 4, 5, 6};
  const uint8_t expected[] = {0, 1, 4, 0, 0, 2, 5, 0, 0, 3, 6, 0};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 6);
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_U8, .rows = 2, .columns = 3, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  PrcViewParams params = view (1, 1.5, 1, true);
  g_autoptr (PrcRaster) raster = NULL;

  params.quarter_turns = 1;
  params.flip = true;
  raster = render (frame, &params, 4, 3);
  for (int i = 0; i < 12; i++)
    g_assert_cmphex (pixels_of (raster)[i], ==, 0xff000000 + expected[i] * 0x10101u);
}

// Five pixels on two device pixels: each covers 2.5, so (a + b + c / 2) / 2.5.
static void
test_area_by_hand (void) {
  const uint8_t samples[] = {10, 20, 30, 40, 200};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 5);
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_U8, .rows = 1, .columns = 5, .rescale_slope = 1, .pixel_aspect = 2.5};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  PrcViewParams params = view (0.4, 2.5, 0.5, true);
  g_autoptr (PrcRaster) raster = render (frame, &params, 4, 1);

  g_assert_cmphex (pixels_of (raster)[0], ==, 0xff000000);
  g_assert_cmphex (pixels_of (raster)[1], ==, 0xff000000 + 18 * 0x10101);  // 45 / 2.5
  g_assert_cmphex (pixels_of (raster)[2], ==, 0xff000000 + 102 * 0x10101); // 255 / 2.5
  g_assert_cmphex (pixels_of (raster)[3], ==, 0xff000000);
}

static void
test_colour_order (void) {
  const uint8_t samples[] = {10, 20, 30};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 3);
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_RGB8, .rows = 1, .columns = 1, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  PrcViewParams params = view (3, 0.5, 0.5, true);
  g_autoptr (PrcRaster) raster = render (frame, &params, 3, 3);
  g_autoptr (GBytes) native = prc_render_native (frame, &params);
  const uint8_t *bgra = g_bytes_get_data (raster->bytes, NULL);

  for (int i = 0; i < 9; i++)
    g_assert_cmpmem (bgra + 4 * i, 4, ((uint8_t[]){30, 20, 10, 255}), 4);
  g_assert_cmpmem (g_bytes_get_data (native, NULL), g_bytes_get_size (native), samples, 3);
}

// A window applied after magnifying would give grey between; applied before, a threshold stays
// black and white at the pixels.
static void
test_window_before_magnifying (void) {
  const uint16_t samples[] = {0, 1000};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 4);
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_U16, .rows = 1, .columns = 2, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  PrcViewParams params = view (4, 1, 0.5, true);
  g_autoptr (PrcRaster) raster = NULL;

  params.centre = 900;
  params.width = 1;
  raster = render (frame, &params, 8, 1);
  g_assert_cmpint (pixels_of (raster)[3] & 255, ==,
                   96); // 0.375 * 255 = 95.6, though the value there is only 375
}

static void
test_extremes (void) {
  static const struct {
    uint32_t rows, columns;
    double aspect, zoom;
    int width, height;
  } cases[] = {
      {1, 1, 1, 1000, 50, 50},     {1, 1, 1, 0.001, 50, 50},    {1, 500, 1, 0.1, 51, 50},
      {500, 1, 1, 0.1, 50, 51},    {3, 3, 1000, 0.01, 20, 50},  {3, 3, 0.001, 30, 100, 9},
      {7, 5, 1, 1e9, 16, 16},      {7, 5, 1, 1e-12, 16, 16},    {2, 3000, 1, 0.0101, 33, 5},
      {65, 63, 1, 0.9999, 64, 64}, {65, 63, 1, 1.0001, 64, 64}, {65, 63, 3, 1, 64, 64},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int smooth = 0; smooth < 2; smooth++) {
      PrcFrameInfo info = {.type = PRC_SAMPLE_U8,
                           .rows = cases[i].rows,
                           .columns = cases[i].columns,
                           .pixel_aspect = cases[i].aspect};
      g_autoptr (PrcFrame) frame = random_frame (info);
      PrcViewParams params = view (cases[i].zoom, info.columns / 2.0, info.rows / 2.0, smooth);

      assert_close (frame, &params, cases[i].width, cases[i].height, 1);
    }
}

static void
test_thin_image_is_seen (void) {
  const uint8_t samples[400] = {[0 ... 399] = 255};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 400);
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_U8, .rows = 1, .columns = 400, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  PrcViewParams params = view (0.05, 200, 0.5, true);
  g_autoptr (PrcRaster) raster = render (frame, &params, 20, 20);
  int n = 0;

  for (int i = 0; i < 400; i++)
    n += pixels_of (raster)[i] == 0xffffffff;
  g_assert_cmpint (n, ==, 20); // one line
}

static void
test_nonsense (void) {
  double values[] = {NAN, INFINITY, -INFINITY, 0, -1, 1e300, -1e300, 1e-300};
  g_autoptr (PrcFrame) frame =
      random_frame ((PrcFrameInfo){.type = PRC_SAMPLE_S16, .rows = 9, .columns = 9});

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    for (int field = 0; field < 5; field++) {
      PrcViewParams params = view (2, 4, 4, true);
      double *fields[] = {&params.zoom, &params.image_centre_x, &params.image_centre_y,
                          &params.centre, &params.width};
      g_autoptr (PrcRaster) raster = NULL;

      *fields[field] = values[i];
      raster = render (frame, &params, 12, 13);
      for (int p = 0; p < 12 * 13; p++)
        g_assert_cmphex (pixels_of (raster)[p] >> 24, ==, 0xff);
    }
}

static void
test_refusals (void) {
  static const int sizes[][2] = {{0, 5}, {5, 0}, {-1, 5}, {16385, 1}, {1, 16385}};
  g_autoptr (PrcFrame) frame =
      random_frame ((PrcFrameInfo){.type = PRC_SAMPLE_U8, .rows = 2, .columns = 2});
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) cancelled = NULL;
  PrcViewParams params = view (2, 1, 1, true);

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (prc_render (frame, &params, NULL, sizes[i][0], sizes[i][1], NULL, &error));
    g_assert_nonnull (error);
  }
  g_cancellable_cancel (cancellable);
  g_assert_null (prc_render (frame, &params, NULL, 5, 5, cancellable, &cancelled));
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_padding_black (void) {
  const int16_t samples[] = {-2000, 100, -2000, 100};
  g_autoptr (GBytes) bytes = g_bytes_new (samples, 8);
  PrcFrameInfo info = {.type = PRC_SAMPLE_S16,
                       .rows = 2,
                       .columns = 2,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .inverse = true,
                       .has_padding = true,
                       .padding_low = -2000,
                       .padding_high = -2000};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  PrcViewParams params = view (1, 1, 1, false);
  g_autoptr (PrcRaster) raster = NULL;

  params.centre = 1000; // 100 is below the window: black, so white when inverted
  raster = render (frame, &params, 2, 2);
  g_assert_cmphex (pixels_of (raster)[0], ==, 0xff000000);
  g_assert_cmphex (pixels_of (raster)[1], ==, 0xffffffff);
}

static void
test_large_area (void) {
  g_autoptr (PrcFrame) frame =
      random_frame ((PrcFrameInfo){.type = PRC_SAMPLE_U16, .rows = 700, .columns = 3001});
  PrcViewParams params = view (0.0211, 1500, 350, true);

  params.centre = 32768;
  params.width = 60000;
  assert_close (frame, &params, 63, 20, 1);
  params.zoom = 0.00173;
  assert_close (frame, &params, 6, 3, 1);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/random", test_random);
  g_test_add_func ("/render/exact", test_exact);
  g_test_add_func ("/render/nearest", test_nearest);
  g_test_add_func ("/render/bilinear-by-hand", test_bilinear_by_hand);
  g_test_add_func ("/render/turned-by-hand", test_turned_by_hand);
  g_test_add_func ("/render/area-by-hand", test_area_by_hand);
  g_test_add_func ("/render/colour-order", test_colour_order);
  g_test_add_func ("/render/trap-40-window-before-magnifying", test_window_before_magnifying);
  g_test_add_func ("/render/extremes", test_extremes);
  g_test_add_func ("/render/thin-image-is-seen", test_thin_image_is_seen);
  g_test_add_func ("/render/nonsense", test_nonsense);
  g_test_add_func ("/render/refusals", test_refusals);
  g_test_add_func ("/render/padding-black", test_padding_black);
  g_test_add_func ("/render/large-area", test_large_area);
  return g_test_run ();
}
