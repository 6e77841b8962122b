// SPDX-License-Identifier: Apache-2.0
// What lies on and around a picture: palettes, shutters, overlays, presentation tables.
#include "prc-kernels.h"
#include "prc-paint.h"
#include "prc-render.h"

#include <math.h>
#include <string.h>

static PrcFrame *
frame_of (PrcFrameInfo info, const void *samples) {
  size_t size = (size_t)info.rows * info.columns * prc_sample_size (info.type);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, size);
  g_autoptr (GError) error = NULL;
  PrcFrame *frame;

  info.rescale_slope = info.rescale_slope == 0 ? 1 : info.rescale_slope;
  info.pixel_aspect = info.pixel_aspect == 0 ? 1 : info.pixel_aspect;
  frame = prc_frame_new (&info, bytes, &error);
  g_assert_no_error (error);
  return frame;
}

// The values of an 8-bit frame as they are, one device pixel each.
static PrcViewParams
as_is (const PrcFrame *frame) {
  const PrcFrameInfo *info = prc_frame_info (frame);

  return (PrcViewParams){.voi = PRC_VOI_USE_WINDOW,
                         .function = PRC_VOI_LINEAR,
                         .centre = 128,
                         .width = 256,
                         .zoom = 1,
                         .image_centre_x = info->columns / 2.0,
                         .image_centre_y = info->rows / 2.0};
}

// Every set of kernels gives these device pixels (without their alpha, which is 255).
static void
assert_pixels (PrcFrame *frame, const PrcViewParams *params, int width, int height,
               const uint32_t *expected) {
  for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++) {
    g_autoptr (PrcRaster) raster = NULL;
    const uint32_t *pixels;

    prc_kernels_use (*set);
    raster = prc_render (frame, params, NULL, width, height, NULL, NULL);
    pixels = g_bytes_get_data (raster->bytes, NULL);
    for (int i = 0; i < width * height; i++)
      g_assert_cmphex (pixels[i], ==, 0xff000000u | expected[i]);
  }
  prc_kernels_use (NULL);
}

static const uint8_t levels[] = {0, 127, 128, 192, 255, 1, 2, 3, 4, 5, 6};

static void
test_palette_on_grey (void) {
  static const uint32_t expected[] = {0x000000, 0xfe0000, 0xff0000, 0xff8004, 0xffffff, 0x020000,
                                      0x040000, 0x060000, 0x080000, 0x0a0000, 0x0c0000};
  g_autoptr (PrcFrame) frame =
      frame_of ((PrcFrameInfo){.type = PRC_SAMPLE_U8, .rows = 1, .columns = 11}, levels);
  PrcViewParams params = as_is (frame);

  params.palette = prc_palette_find ("hot-iron");
  assert_pixels (frame, &params, 11, 1, expected);
  g_autoptr (GBytes) native = prc_render_native (frame, &params);
  const uint8_t *rgb = g_bytes_get_data (native, NULL);
  g_assert_cmpuint (prc_render_native_channels (frame, &params), ==, 3);
  g_assert_cmpuint (g_bytes_get_size (native), ==, 33);
  g_assert_cmpmem (rgb + 9, 3, ((uint8_t[]){0xff, 0x80, 0x04}), 3);
  g_autoptr (PrcRaster) twin = prc_render_reference (frame, &params, NULL, 11, 1);
  const uint32_t *slow = g_bytes_get_data (twin->bytes, NULL);
  for (int i = 0; i < 11; i++)
    g_assert_cmphex (slow[i], ==, 0xff000000u | expected[i]);
}

// The palette colours what the inversion leaves, so that the two can be had together.
static void
test_palette_after_inversion (void) {
  static const uint32_t expected[] = {0xffffff, 0xff0000, 0xfe0000};
  g_autoptr (PrcFrame) frame = frame_of (
      (PrcFrameInfo){.type = PRC_SAMPLE_U8, .rows = 1, .columns = 3, .inverse = true}, levels);
  PrcViewParams params = as_is (frame);

  params.palette = prc_palette_find ("hot-iron");
  assert_pixels (frame, &params, 3, 1, expected);
}

static void
test_grey_palettes_stay_grey (void) {
  static const uint32_t expected[] = {0xffffff, 0x808080, 0x7f7f7f};
  g_autoptr (PrcFrame) frame =
      frame_of ((PrcFrameInfo){.type = PRC_SAMPLE_U8, .rows = 1, .columns = 3}, levels);
  PrcViewParams params = as_is (frame);

  params.palette = prc_palette_find ("inverted-grey");
  assert_pixels (frame, &params, 3, 1, expected);
  g_autoptr (GBytes) native = prc_render_native (frame, &params);
  g_assert_cmpuint (prc_render_native_channels (frame, &params), ==, 1);
  g_assert_cmpmem (g_bytes_get_data (native, NULL), g_bytes_get_size (native),
                   ((uint8_t[]){255, 128, 127}), 3);
}

static void
test_palette_not_on_colour (void) {
  static const uint8_t rgb[] = {10, 20, 30, 40, 50, 60};
  static const uint32_t expected[] = {0x0a141e, 0x28323c};
  g_autoptr (PrcFrame) frame =
      frame_of ((PrcFrameInfo){.type = PRC_SAMPLE_RGB8, .rows = 1, .columns = 2}, rgb);
  PrcViewParams params = as_is (frame);

  params.palette = prc_palette_find ("hot-iron");
  assert_pixels (frame, &params, 2, 1, expected);
  g_autoptr (GBytes) native = prc_render_native (frame, &params);
  g_assert_cmpmem (g_bytes_get_data (native, NULL), g_bytes_get_size (native), rgb, 6);
}

// Rows of every width, so that every kernel meets its tail.
static void
test_palette_of_every_width (void) {
  const PrcPalette *palette = prc_palette_find ("viridis");
  int16_t row[200];
  uint32_t pixels[200];

  for (int i = 0; i < 200; i++)
    row[i] = (int16_t)(i * 16320 / 199);
  for (const PrcKernels *const *set = prc_kernels_available (); *set != NULL; set++)
    for (size_t n = 0; n <= 200; n++) {
      memset (pixels, 0, sizeof pixels);
      (*set)->emit_palette (row, n, palette, pixels);
      for (size_t i = 0; i < 200; i++)
        g_assert_cmphex (pixels[i], ==, i < n ? palette->pixels[(row[i] + 32) / 64] : 0);
    }
}

static void
test_params_know_palette_and_overlays (void) {
  PrcViewParams a = {.zoom = 1}, b = a;

  g_assert_true (prc_view_params_equal (&a, &b));
  b.palette = prc_palette_find ("pet");
  g_assert_false (prc_view_params_equal (&a, &b));
  b = a;
  b.overlays = true;
  g_assert_false (prc_view_params_equal (&a, &b));
}

static PrcMask *
mask_of (uint32_t rows, uint32_t columns, const char *picture) {
  g_autofree uint8_t *bytes = g_malloc (strlen (picture));

  for (size_t i = 0; picture[i] != 0; i++)
    bytes[i] = picture[i] == '#';
  return prc_mask_new_from_bytes (rows, columns, bytes, columns);
}

// ---- shutters ----

static const uint8_t nine[] = {10, 20, 30, 40, 50, 60, 70, 80, 90};

// In original pixels, and the same in native pixels and on the screen.
static void
test_trap_29_shutter_native_and_resampled (void) {
  static const uint32_t expected[] = {0x404040, 0x141414, 0x404040, 0x282828, 0x323232,
                                      0x3c3c3c, 0x404040, 0x404040, 0x404040};
  g_autoptr (PrcMask) seen = mask_of (3, 3, ".#.###...");
  g_autoptr (PrcFrame) frame = frame_of (
      (PrcFrameInfo){
          .type = PRC_SAMPLE_U8, .rows = 3, .columns = 3, .shutter = seen, .shutter_value = 0x4040},
      nine);
  PrcViewParams params = as_is (frame);

  assert_pixels (frame, &params, 3, 3, expected);
  g_autoptr (GBytes) native = prc_render_native (frame, &params);
  const uint8_t *grey = g_bytes_get_data (native, NULL);
  for (int i = 0; i < 9; i++)
    g_assert_cmpint (grey[i], ==, expected[i] & 255);
}

// It turns with the picture: a quarter clockwise takes the first column to the first row.
static void
test_trap_29_shutter_turns (void) {
  static const uint32_t expected[] = {0x000000, 0x282828, 0x000000, 0x000000, 0x323232,
                                      0x141414, 0x000000, 0x3c3c3c, 0x000000};
  g_autoptr (PrcMask) seen = mask_of (3, 3, ".#.###...");
  g_autoptr (PrcFrame) frame = frame_of (
      (PrcFrameInfo){.type = PRC_SAMPLE_U8, .rows = 3, .columns = 3, .shutter = seen}, nine);
  PrcViewParams params = as_is (frame);

  params.quarter_turns = 1;
  assert_pixels (frame, &params, 3, 3, expected);
}

// Its value is what the screen gets, whatever the window, the inversion and the palette.
static void
test_trap_29_shutter_value (void) {
  static const uint32_t inverted[] = {0xf5f5f5, 0x000000, 0x000000, 0x000000, 0xcdcdcd,
                                      0xc3c3c3, 0xb9b9b9, 0xafafaf, 0x000000};
  g_autoptr (PrcMask) seen = mask_of (3, 3, "#...####.");
  PrcFrameInfo info = {.type = PRC_SAMPLE_U8, .rows = 3, .columns = 3, .shutter = seen};
  g_autoptr (PrcFrame) frame = frame_of (info, nine);
  PrcViewParams params = as_is (frame);

  params.invert = true;
  assert_pixels (frame, &params, 3, 3, inverted);
  params.invert = false;
  params.palette = prc_palette_find ("spring"); // whose black is magenta
  g_autoptr (PrcRaster) raster = prc_render (frame, &params, NULL, 3, 3, NULL, NULL);
  const uint32_t *pixels = g_bytes_get_data (raster->bytes, NULL);
  g_assert_cmphex (pixels[0], ==, 0xffff0af5);
  g_assert_cmphex (pixels[1], ==, 0xff000000);
  g_assert_cmphex (pixels[8], ==, 0xff000000);
  g_autoptr (GBytes) native = prc_render_native (frame, &params);
  static const uint8_t first[] = {0xff, 0x0a, 0xf5, 0, 0, 0};
  g_assert_cmpmem (g_bytes_get_data (native, NULL), sizeof first, first, sizeof first);
}

static void
test_shutter_on_colour (void) {
  static const uint8_t rgb[] = {1, 2, 3, 4, 5, 6};
  static const uint32_t expected[] = {0xffffff, 0x040506};
  g_autoptr (PrcMask) seen = mask_of (1, 2, ".#");
  g_autoptr (PrcFrame) frame = frame_of ((PrcFrameInfo){.type = PRC_SAMPLE_RGB8,
                                                        .rows = 1,
                                                        .columns = 2,
                                                        .shutter = seen,
                                                        .shutter_value = 65535},
                                         rgb);
  PrcViewParams params = as_is (frame);

  assert_pixels (frame, &params, 2, 1, expected);
}

// What is hidden is no tissue: a collimator at 4000 must not darken the picture.
static void
test_shutter_not_in_quantiles (void) {
  static const uint16_t samples[] = {4000, 100, 200, 4000, 300, 4000};
  static const double ends[] = {0, 1};
  double values[2];
  g_autoptr (PrcMask) seen = mask_of (2, 3, ".##.#.");
  PrcFrameInfo info = {.type = PRC_SAMPLE_U16, .rows = 2, .columns = 3, .shutter = seen};
  g_autoptr (PrcFrame) frame = frame_of (info, samples);
  static const float floats[] = {4000, 100, 200, 4000, 300, 4000};

  g_assert_true (prc_frame_quantiles (frame, ends, values, 2));
  g_assert_cmpfloat (values[0], ==, 100);
  g_assert_cmpfloat (values[1], ==, 300);
  info.type = PRC_SAMPLE_F32;
  g_autoptr (PrcFrame) fractions = frame_of (info, floats);
  g_assert_true (prc_frame_quantiles (fractions, ends, values, 2));
  g_assert_cmpfloat (values[0], ==, 100);
  g_assert_cmpfloat (values[1], ==, 300);
}

static void
test_shutter_of_other_size_is_refused (void) {
  g_autoptr (PrcMask) seen = mask_of (2, 2, "#...");
  PrcFrameInfo info = {.type = PRC_SAMPLE_U8,
                       .rows = 3,
                       .columns = 3,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .shutter = seen};
  g_autoptr (GBytes) bytes = g_bytes_new_static (nine, sizeof nine);
  g_autoptr (GError) error = NULL;

  g_assert_null (prc_frame_new (&info, bytes, &error));
  g_assert_nonnull (error);
}

// ---- overlays ----

static PrcFrame *
overlaid (const PrcMask *mask, int row, int column) {
  PrcOverlay overlay = {.group = 0x6000, .mask = mask, .row = row, .column = column};

  return frame_of (
      (PrcFrameInfo){
          .type = PRC_SAMPLE_U8, .rows = 3, .columns = 3, .overlays = &overlay, .n_overlays = 1},
      nine);
}

// The origin may be beside the image; what lies there is painted beside the picture.
static void
test_trap_30_overlay_origin (void) {
  static const uint32_t expected[] = {
      0,        0,        0,        0,        0, //
      0xffffff, 0x0a0a0a, 0x141414, 0x1e1e1e, 0, 0, 0xffffff, 0x323232, 0x3c3c3c, 0,
      0,        0x464646, 0x505050, 0x5a5a5a, 0, 0, 0,        0,        0,        0};
  g_autoptr (PrcMask) diagonal = mask_of (3, 3, "#...#....");
  g_autoptr (PrcFrame) frame = overlaid (diagonal, 0, -1);
  PrcViewParams params = as_is (frame);

  params.overlays = true;
  assert_pixels (frame, &params, 5, 5, expected);
  params.overlays = false;
  g_autoptr (PrcRaster) raster = prc_render (frame, &params, NULL, 5, 5, NULL, NULL);
  g_assert_cmphex (((const uint32_t *)g_bytes_get_data (raster->bytes, NULL))[5], ==, 0xff000000);
}

static void
test_overlay_magnified (void) {
  g_autoptr (PrcMask) dot = mask_of (1, 1, "#");
  g_autoptr (PrcFrame) frame = overlaid (dot, 1, 2);
  PrcViewParams params = as_is (frame);

  params.overlays = true;
  params.zoom = 2;
  g_autoptr (PrcRaster) raster = prc_render (frame, &params, NULL, 6, 6, NULL, NULL);
  const uint32_t *pixels = g_bytes_get_data (raster->bytes, NULL);
  for (int y = 0; y < 6; y++)
    for (int x = 0; x < 6; x++)
      g_assert_true ((pixels[6 * y + x] == 0xffffffff) == (x >= 4 && y >= 2 && y < 4));
}

// A line one pixel wide stays to the end, however small the picture.
static void
test_overlay_minified_never_vanishes (void) {
  enum { SIDE = 1000 };
  g_autofree uint8_t *samples = g_malloc0 (SIDE * SIDE);
  PrcRowSpan spans[SIDE + 1] = {{313, 0, SIDE}};

  for (int row = 0; row < SIDE; row++)
    spans[row + 1] = (PrcRowSpan){row, 777, 778};
  g_autoptr (PrcMask) cross = prc_mask_new_from_spans (SIDE, SIDE, spans, SIDE + 1);
  PrcOverlay overlay = {.mask = cross};
  PrcFrameInfo info = {
      .type = PRC_SAMPLE_U8, .rows = SIDE, .columns = SIDE, .overlays = &overlay, .n_overlays = 1};
  g_autoptr (PrcFrame) frame = frame_of (info, samples);
  for (int side = 7; side < 900; side += 31) {
    PrcViewParams params = as_is (frame);
    int across = 0, down = 0;

    params.overlays = true;
    params.zoom = side / (double)SIDE;
    g_autoptr (PrcRaster) raster = prc_render (frame, &params, NULL, side, side, NULL, NULL);
    const uint32_t *pixels = g_bytes_get_data (raster->bytes, NULL);
    for (int i = 0; i < side; i++) {
      across += pixels[313 * side / SIDE * side + i] == 0xffffffff;
      down += pixels[i * side + 777 * side / SIDE] == 0xffffffff;
    }
    g_assert_cmpint (across, ==, side);
    g_assert_cmpint (down, ==, side);
  }
}

// One device pixel after the other, straight from the rule.
static bool
is_painted (const PrcPaint *paint, const PrcViewParams *params, double aspect, int width,
            int height, int x, int y) {
  double zoom_y = params->zoom * aspect;
  double left = params->image_centre_x + (x - width / 2.0) / params->zoom - paint->column;
  double top = params->image_centre_y + (y - height / 2.0) / zoom_y - paint->row;
  double right = left + 1 / params->zoom, bottom = top + 1 / zoom_y;
  bool any_x = params->zoom < 1 && !paint->nearest, any_y = zoom_y < 1 && !paint->nearest;
  bool painted = false;

  for (int row = 0; row < (int)prc_mask_rows (paint->mask); row++)
    for (int column = 0; column < (int)prc_mask_columns (paint->mask); column++) {
      bool on_x =
          any_x ? column < right && column + 1 > left : floor ((left + right) / 2) == column;
      bool on_y = any_y ? row < bottom && row + 1 > top : floor ((top + bottom) / 2) == row;

      painted |= on_x && on_y && prc_mask_contains (paint->mask, (uint32_t)column, (uint32_t)row);
    }
  return painted;
}

static uint32_t
mixed (uint32_t pixel, const PrcPaint *paint) {
  uint32_t out = 0xff000000;

  for (int shift = 0; shift < 24; shift += 8) {
    double under = pixel >> shift & 255, over = paint->colour >> shift & 255;
    double sum = under + (over - under) * paint->alpha / 256;

    out |= (uint32_t)floor (sum + 0.5) << shift;
  }
  return out;
}

static void
compare_paint (GRand *random) {
  int rows = g_rand_int_range (random, 1, 14), columns = g_rand_int_range (random, 1, 40);
  int width = g_rand_int_range (random, 1, 50), height = g_rand_int_range (random, 1, 30);
  double aspect = g_rand_boolean (random) ? 1 : g_rand_double_range (random, 0.3, 3);
  g_autofree uint8_t *set = g_malloc ((size_t)(rows * columns));
  g_autofree uint32_t *before = g_new (uint32_t, width * height);
  PrcViewParams params = {.zoom = g_rand_double_range (random, 0.11, 5.03),
                          .image_centre_x = g_rand_double_range (random, -10, 30),
                          .image_centre_y = g_rand_double_range (random, -10, 20)};

  for (int i = 0; i < rows * columns; i++)
    set[i] = g_rand_int_range (random, 0, 4) == 0;
  for (int i = 0; i < width * height; i++)
    before[i] = g_rand_int (random) | 0xff000000;
  g_autoptr (PrcMask) mask =
      prc_mask_new_from_bytes ((uint32_t)rows, (uint32_t)columns, set, (size_t)columns);
  PrcPaint paint = {.mask = mask,
                    .row = g_rand_int_range (random, -9, 9),
                    .column = g_rand_int_range (random, -9, 9),
                    .colour = g_rand_int (random) & 0xffffff,
                    .alpha = g_rand_int_range (random, 0, 257),
                    .nearest = g_rand_boolean (random)};
  for (const PrcKernels *const *kernels = prc_kernels_available (); *kernels; kernels++) {
    g_autofree uint32_t *pixels = g_memdup2 (before, sizeof *before * (size_t)(width * height));

    prc_kernels_use (*kernels);
    prc_paint (&paint, &params, aspect, pixels, width, height);
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++) {
        uint32_t under = before[y * width + x];
        bool painted = is_painted (&paint, &params, aspect, width, height, x, y);

        g_assert_cmphex (pixels[y * width + x], ==, painted ? mixed (under, &paint) : under);
      }
  }
  prc_kernels_use (NULL);
}

static void
test_paint_against_the_rule (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (41);

  for (int i = 0; i < 400; i++)
    compare_paint (random);
}

static void
test_paint_nonsense (void) {
  static const double values[] = {NAN, INFINITY, -INFINITY, 0, -1, 1e300, 1e-300};
  g_autoptr (PrcMask) mask = mask_of (2, 2, "####");
  PrcPaint paint = {.mask = mask, .row = -70000, .column = 70000, .alpha = 256};
  uint32_t pixels[12] = {0};

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    for (int field = 0; field < 3; field++) {
      PrcViewParams params = {.zoom = 1};
      double *fields[] = {&params.zoom, &params.image_centre_x, &params.image_centre_y};

      *fields[field] = values[i];
      prc_paint (&paint, &params, 1, pixels, 4, 3);
    }
}

// ---- presentation tables and colours in grey pictures ----

// PS3.3 C.11.6: 0 to 255 is spread over the five entries; then the user's inversion.
static void
test_presentation_lut (void) {
  static const uint16_t entries[] = {1023, 0, 512, 100, 1023};
  static const uint8_t samples[] = {0, 31, 32, 128, 255};
  // 31 * 4 / 255 = 0.49, 32 * 4 / 255 = 0.50; 512 * 255 / 1023 = 127.6
  static const uint8_t expected[] = {255, 255, 0, 128, 255};
  static const PrcLut lut = {0, 5, 10, entries, ""};
  g_autoptr (PrcFrame) frame = frame_of (
      (PrcFrameInfo){.type = PRC_SAMPLE_U8, .rows = 1, .columns = 5, .presentation_lut = &lut},
      samples);
  PrcViewParams params = as_is (frame);

  for (int invert = 0; invert < 2; invert++) {
    params.invert = invert;
    g_autoptr (GBytes) native = prc_render_native (frame, &params);
    g_autoptr (PrcRaster) twin = prc_render_reference (frame, &params, NULL, 5, 1);
    const uint8_t *grey = g_bytes_get_data (native, NULL);
    const uint32_t *slow = g_bytes_get_data (twin->bytes, NULL);

    for (int i = 0; i < 5; i++) {
      g_assert_cmpint (grey[i], ==, invert ? 255 - expected[i] : expected[i]);
      g_assert_cmpint (slow[i] & 255, ==, grey[i]);
    }
  }
}

static void
test_damaged_presentation_lut_is_refused (void) {
  static const uint16_t entries[] = {0};
  static const PrcLut lut = {0, 0, 10, entries, ""};
  PrcFrameInfo info = {.type = PRC_SAMPLE_U8,
                       .rows = 3,
                       .columns = 3,
                       .rescale_slope = 1,
                       .pixel_aspect = 1,
                       .presentation_lut = &lut};
  g_autoptr (GBytes) bytes = g_bytes_new_static (nine, sizeof nine);
  g_autoptr (GError) error = NULL;

  g_assert_null (prc_frame_new (&info, bytes, &error));
  g_assert_nonnull (error);
}

// Grey below the first mapped value, through modality and window; colours from there, beyond the
// table its last. The inversion is for grey, a palette for pictures that have no colours.
static void
test_trap_12_supplemental_palette (void) {
  static const int16_t samples[] = {-24, 0, 999, 1000, 1001, 1002, 5000, -2000};
  static const uint8_t rgb[] = {255, 0, 0, 0, 255, 0, 1, 2, 3};
  // Window of C.11.2.1.2.1 over x / 4: -6 is (−6 − 127.5) / 255 + 0.5 below 0; 249.75 is 249.75.
  static const uint32_t expected[] = {0x000000, 0x000000, 0xfafafa, 0xff0000,
                                      0x00ff00, 0x010203, 0x010203, 0x000000};
  static const PrcColourTable colours = {1000, 3, rgb};
  PrcFrameInfo info = {.type = PRC_SAMPLE_S16,
                       .rows = 1,
                       .columns = 8,
                       .rescale_slope = 0.25,
                       .has_padding = true,
                       .padding_low = -2000,
                       .padding_high = -2000,
                       .colours = &colours};
  g_autoptr (PrcFrame) frame = frame_of (info, samples);
  PrcViewParams params = as_is (frame);

  assert_pixels (frame, &params, 8, 1, expected);
  params.palette = prc_palette_find ("hot-iron");
  assert_pixels (frame, &params, 8, 1, expected);
  g_autoptr (GBytes) native = prc_render_native (frame, &params);
  const uint8_t *out = g_bytes_get_data (native, NULL);
  g_assert_cmpuint (g_bytes_get_size (native), ==, 24);
  for (int i = 0; i < 24; i++)
    g_assert_cmpint (out[i], ==, expected[i / 3] >> (16 - 8 * (i % 3)) & 255);
  params.invert = true;
  g_autoptr (PrcRaster) raster = prc_render (frame, &params, NULL, 8, 1, NULL, NULL);
  const uint32_t *pixels = g_bytes_get_data (raster->bytes, NULL);
  g_assert_cmphex (pixels[2], ==, 0xff050505);
  g_assert_cmphex (pixels[3], ==, 0xffff0000);
  g_assert_cmphex (pixels[7], ==, 0xff000000);
}

// The same for samples without a table of levels.
static void
test_trap_12_supplemental_palette_of_32_bits (void) {
  static const int32_t samples[] = {999, 1000, 70000};
  static const uint8_t rgb[] = {255, 0, 0, 0, 255, 0};
  static const uint32_t expected[] = {0xffffff, 0xff0000, 0x00ff00};
  static const PrcColourTable colours = {1000, 2, rgb};
  g_autoptr (PrcFrame) frame = frame_of (
      (PrcFrameInfo){.type = PRC_SAMPLE_S32, .rows = 1, .columns = 3, .colours = &colours},
      samples);
  PrcViewParams params = as_is (frame);

  assert_pixels (frame, &params, 3, 1, expected);
}

// Everything at once, resampled, against the twin.
static void
test_all_against_the_twin (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (17);
  static const uint16_t entries[] = {0, 3000, 1000, 4095, 2000};
  static const PrcLut lut = {0, 5, 12, entries, ""};
  uint8_t rgb[300];

  for (size_t i = 0; i < sizeof rgb; i++)
    rgb[i] = (uint8_t)g_rand_int (random);
  for (int round = 0; round < 150; round++) {
    const PrcColourTable colours = {g_rand_int_range (random, 0, 60000), 100, rgb};
    uint16_t samples[30 * 40];
    uint8_t seen[30 * 40];

    for (int i = 0; i < 30 * 40; i++) {
      samples[i] = (uint16_t)g_rand_int (random);
      seen[i] = i / 7 % 3 != 0;
    }
    g_autoptr (PrcMask) shutter = prc_mask_new_from_bytes (30, 40, seen, 40);
    PrcFrameInfo info = {.type = g_rand_boolean (random) ? PRC_SAMPLE_U16 : PRC_SAMPLE_S16,
                         .rows = 30,
                         .columns = 40,
                         .inverse = g_rand_boolean (random),
                         .shutter = g_rand_boolean (random) ? shutter : NULL,
                         .shutter_value = (uint16_t)g_rand_int (random),
                         .presentation_lut = g_rand_int_range (random, 0, 3) == 0 ? &lut : NULL,
                         .colours = g_rand_int_range (random, 0, 3) == 0 ? &colours : NULL};
    g_autoptr (PrcFrame) frame = frame_of (info, samples);
    PrcViewParams params = as_is (frame);

    params.centre = 10000;
    params.width = 40000;
    params.smooth = g_rand_boolean (random);
    params.invert = g_rand_boolean (random);
    params.zoom = g_rand_double_range (random, 0.2, 4);
    params.quarter_turns = (uint8_t)g_rand_int_range (random, 0, 4);
    g_autoptr (PrcRaster) fast = prc_render (frame, &params, NULL, 50, 45, NULL, NULL);
    g_autoptr (PrcRaster) slow = prc_render_reference (frame, &params, NULL, 50, 45);
    const uint8_t *x = g_bytes_get_data (fast->bytes, NULL);
    const uint8_t *y = g_bytes_get_data (slow->bytes, NULL);
    for (int i = 0; i < 50 * 45 * 4; i++)
      g_assert_cmpint (ABS (x[i] - y[i]), <=, 1);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display/palette-on-grey", test_palette_on_grey);
  g_test_add_func ("/display/palette-after-inversion", test_palette_after_inversion);
  g_test_add_func ("/display/grey-palettes-stay-grey", test_grey_palettes_stay_grey);
  g_test_add_func ("/display/palette-of-every-width", test_palette_of_every_width);
  g_test_add_func ("/display/palette-not-on-colour", test_palette_not_on_colour);
  g_test_add_func ("/display/params-know-palette-and-overlays",
                   test_params_know_palette_and_overlays);
  g_test_add_func ("/display/trap-29-shutter-native-and-resampled",
                   test_trap_29_shutter_native_and_resampled);
  g_test_add_func ("/display/trap-29-shutter-turns", test_trap_29_shutter_turns);
  g_test_add_func ("/display/trap-29-shutter-value", test_trap_29_shutter_value);
  g_test_add_func ("/display/shutter-on-colour", test_shutter_on_colour);
  g_test_add_func ("/display/shutter-not-in-quantiles", test_shutter_not_in_quantiles);
  g_test_add_func ("/display/shutter-of-other-size-is-refused",
                   test_shutter_of_other_size_is_refused);
  g_test_add_func ("/display/trap-30-overlay-origin", test_trap_30_overlay_origin);
  g_test_add_func ("/display/overlay-magnified", test_overlay_magnified);
  g_test_add_func ("/display/overlay-minified-never-vanishes",
                   test_overlay_minified_never_vanishes);
  g_test_add_func ("/display/paint-against-the-rule", test_paint_against_the_rule);
  g_test_add_func ("/display/paint-nonsense", test_paint_nonsense);
  g_test_add_func ("/display/presentation-lut", test_presentation_lut);
  g_test_add_func ("/display/damaged-presentation-lut-is-refused",
                   test_damaged_presentation_lut_is_refused);
  g_test_add_func ("/display/trap-12-supplemental-palette", test_trap_12_supplemental_palette);
  g_test_add_func ("/display/trap-12-supplemental-palette-of-32-bits",
                   test_trap_12_supplemental_palette_of_32_bits);
  g_test_add_func ("/display/all-against-the-twin", test_all_against_the_twin);
  return g_test_run ();
}
