// SPDX-License-Identifier: Apache-2.0
// Inputs for other encoders than the built-in one.
#include <math.h>

#include "prc-preprocess.h"

#define MOST 7

// Of bytes from 0 to 195, or of HU.
static PrcFrame *
frame_of (unsigned size, const char *units) {
  guint8 *samples = g_new (guint8, size * size);
  for (unsigned y = 0; y < size; y++)
    for (unsigned x = 0; x < size; x++)
      samples[y * size + x] = (guint8)((x * 37 + y * 61 + x * y % 11 * 23) % 200);
  g_autoptr (GBytes) bytes = g_bytes_new_take (samples, size * size);
  PrcFrameInfo info = {
      .rows = size, .columns = size, .rescale_slope = 1, .pixel_aspect = 1, .type = PRC_SAMPLE_U8};
  g_strlcpy (info.units, units, sizeof info.units);
  PrcFrame *frame = prc_frame_new (&info, bytes, NULL);
  g_assert_nonnull (frame);
  return frame;
}

static PrcRecipe
plain_recipe (unsigned size, PrcInterpolation interpolation) {
  return (PrcRecipe){
      .size = size, .channels = 1, .quantiles = {0, 1}, .sd = {1}, .interpolation = interpolation};
}

// Pillow 9.4: Image.resize of the same picture in mode F from 0 to 1, with BILINEAR and BICUBIC;
// the first, the middle and the last row. Where it overshoots it is cut.
static const struct {
  unsigned from, to;
  PrcInterpolation interpolation;
  float rows[3 * MOST];
} pillow[] = {
    {12,
     5,
     PRC_INTERPOLATION_LINEAR,
     {0.39070f, 0.55777f, 0.52327f, 0.44275f, 0.41138f, 0.48111f, 0.50634f, 0.45396f, 0.50382f,
      0.45396f, 0.51559f, 0.63743f, 0.56197f, 0.74672f, 0.39399f}},
    {12,
     5,
     PRC_INTERPOLATION_CUBIC,
     {0.36463f, 0.57560f, 0.53454f, 0.42401f, 0.40717f, 0.46945f, 0.49196f, 0.45394f, 0.47596f,
      0.45080f, 0.51706f, 0.64603f, 0.56112f, 0.78505f, 0.36505f}},
    {4, 7, PRC_INTERPOLATION_LINEAR, {0.00000f, 0.06777f, 0.17619f, 0.28462f, 0.39304f, 0.50147f,
                                      0.56923f, 0.46923f, 0.41703f, 0.33352f, 0.50641f, 0.67930f,
                                      0.59579f, 0.54359f, 0.93846f, 0.76630f, 0.49084f, 0.72821f,
                                      0.96557f, 0.69011f, 0.51795f}},
    {4, 7, PRC_INTERPOLATION_CUBIC, {0.00000f, 0.02278f, 0.14187f, 0.24068f, 0.35335f, 0.52553f,
                                     0.61847f, 0.48082f, 0.41108f, 0.31843f, 0.50641f, 0.69439f,
                                     0.60174f, 0.53200f, 1.00000f, 0.79939f, 0.49499f, 0.77214f,
                                     1.00000f, 0.67794f, 0.44552f}},
};

static void
test_interpolation (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (pillow); i++) {
    const unsigned size = pillow[i].to, rows[] = {0, size / 2, size - 1};
    const PrcRecipe recipe = plain_recipe (size, pillow[i].interpolation);
    g_autoptr (PrcFrame) frame = frame_of (pillow[i].from, "");
    float out[MOST * MOST];
    g_assert_true (prc_preprocess (&recipe, frame, NULL, out, NULL));
    for (unsigned row = 0; row < 3; row++)
      for (unsigned column = 0; column < size; column++)
        g_assert_cmpfloat_with_epsilon (out[rows[row] * size + column],
                                        pillow[i].rows[row * size + column], 1.1e-5);
  }
}

// The same values twice: as planes and as pixels, each channel by its own mean and deviation.
static void
test_layout (void) {
  PrcRecipe recipe = plain_recipe (4, PRC_INTERPOLATION_AREA);
  g_autoptr (PrcFrame) frame = frame_of (4, "");
  float plain[16], pixels[48], planes[48];
  g_assert_true (prc_preprocess (&recipe, frame, NULL, plain, NULL));
  recipe.channels = 3;
  for (unsigned c = 0; c < 3; c++) {
    recipe.mean[c] = 0.25f * (float)c;
    recipe.sd[c] = 0.5f * (float)(c + 1);
  }
  g_assert_cmpuint (prc_recipe_length (&recipe), ==, 48);
  g_assert_true (prc_preprocess (&recipe, frame, NULL, pixels, NULL));
  recipe.planes = true;
  g_assert_true (prc_preprocess (&recipe, frame, NULL, planes, NULL));
  for (unsigned i = 0; i < 16; i++)
    for (unsigned c = 0; c < 3; c++) {
      const float expected = (plain[i] - 0.25f * (float)c) / (0.5f * (float)(c + 1));
      g_assert_cmpfloat_with_epsilon (pixels[3 * i + c], expected, 1e-6);
      g_assert_cmpfloat (planes[16 * c + i], ==, pixels[3 * i + c]);
    }
}

static void
test_windows (void) {
  PrcRecipe recipe = plain_recipe (4, PRC_INTERPOLATION_AREA);
  g_autoptr (PrcFrame) frame = frame_of (4, "HU");
  const guint8 *samples = prc_frame_samples (frame);
  recipe.channels = 3;
  for (unsigned c = 0; c < 3; c++) {
    recipe.ct[c].centre = 50 * (float)c;
    recipe.ct[c].width = 200;
    recipe.sd[c] = 1;
  }
  float out[48];
  g_assert_true (prc_preprocess (&recipe, frame, NULL, out, NULL));
  for (unsigned i = 0; i < 16; i++)
    for (unsigned c = 0; c < 3; c++) {
      const double expected = (samples[i] - 50.0 * c) / 200 + 0.5;
      g_assert_cmpfloat_with_epsilon (out[3 * i + c], CLAMP (expected, 0, 1), 1e-6);
    }
}

// Beyond the picture there is the low end, with every kernel.
static void
test_padding (void) {
  for (unsigned kind = PRC_INTERPOLATION_AREA; kind <= PRC_INTERPOLATION_CUBIC; kind++) {
    PrcRecipe recipe = plain_recipe (16, kind);
    g_autoptr (PrcFrame) frame = frame_of (16, "");
    recipe.mean[0] = 0.5f;
    recipe.sd[0] = 0.25f;
    float out[256];
    g_assert_true (prc_preprocess (&recipe, frame, &(PrcRegion){4, 2, 4, 12}, out, NULL));
    for (unsigned row = 0; row < 16; row++)
      g_assert_cmpfloat_with_epsilon (out[row * 16], -2, 1e-6);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recipe/interpolation", test_interpolation);
  g_test_add_func ("/recipe/layout", test_layout);
  g_test_add_func ("/recipe/windows", test_windows);
  g_test_add_func ("/recipe/padding", test_padding);
  return g_test_run ();
}
