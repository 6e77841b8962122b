// SPDX-License-Identifier: Apache-2.0
// What lies on and around a picture: palettes, shutters, overlays, presentation tables.
#include "prc-kernels.h"
#include "prc-render.h"

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
    raster = prc_render (frame, params, width, height, NULL, NULL);
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
  g_autoptr (PrcRaster) twin = prc_render_reference (frame, &params, 11, 1);
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

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display/palette-on-grey", test_palette_on_grey);
  g_test_add_func ("/display/palette-after-inversion", test_palette_after_inversion);
  g_test_add_func ("/display/grey-palettes-stay-grey", test_grey_palettes_stay_grey);
  g_test_add_func ("/display/palette-not-on-colour", test_palette_not_on_colour);
  g_test_add_func ("/display/params-know-palette-and-overlays",
                   test_params_know_palette_and_overlays);
  return g_test_run ();
}
