// SPDX-License-Identifier: Apache-2.0
#include "prc-phantom.h"
#include "phantom-noise.h"
#include "phantom-random.h"
#include <math.h>

// A plain torso for tests and benchmarks: costs some 30 ns a pixel, so that 1000 slices of 512 x
// 512 take seconds.
typedef struct {
  float offset[3];            // into the noise
  float width, depth, height; // half axes of the body in the unit square, and the slice's height
  float fat, enhancement;
} Body;

static float
clamp01 (float value) {
  return CLAMP (value, 0, 1);
}

static Body
make_body (uint64_t seed, unsigned index) {
  PrcRandom random;
  Body body;

  prc_random_init (&random, seed);
  for (int i = 0; i < 3; i++)
    body.offset[i] = (float)prc_random_range (&random, 0, 8);
  body.width = (float)prc_random_range (&random, 0.74, 0.9);
  body.depth = body.width * (float)prc_random_range (&random, 0.62, 0.74);
  body.fat = (float)prc_random_range (&random, 0.05, 0.12);
  body.enhancement = (float)prc_random_range (&random, 0, 180);
  body.height = 0.02f * (float)index;
  return body;
}

static float
lung_hu (const Body *body, float x, float y) {
  const float *o = body->offset;
  float vessel = fabsf (prc_noise (3 * x + o[0], 3 * y + o[1], body->height + o[2]));

  return -870 + 60 * y + 700 * clamp01 (1 - 9 * vessel) +
         25 * prc_noise (20 * x, 20 * y, o[0] + 3 * body->height);
}

static float
soft_hu (const Body *body, float x, float y) {
  const float *o = body->offset;
  float heart = hypotf (x - 0.1f, 1.2f * (y + 0.12f));
  float aorta = hypotf (x - 0.09f, y - 0.26f);
  float spine = hypotf (x, 1.1f * (y - 0.38f));

  if (spine < 0.12f)
    return spine > 0.1f ? 700 : 220 + 40 * prc_noise (30 * x, 30 * y, body->height);
  if (heart < 0.3f || aorta < 0.07f)
    return 42 + body->enhancement + 4 * prc_noise (6 * x + o[1], 6 * y, body->height);
  return 50 + 12 * prc_noise (9 * x + o[2], 9 * y + o[1], body->height);
}

// x and y in [-1, 1] across the body's box.
static float
body_hu (const Body *body, float x, float y) {
  const float *o = body->offset;
  float bend = 0.02f * prc_noise (x + o[0], y + o[1], body->height * 0.3f + o[2]);
  float edge = hypotf (x / body->width, y / body->depth) - 1 + bend;
  float inner = edge + body->fat + 0.1f;
  float lung = hypotf (1.25f * (fabsf (x) - 0.4f), y) - 0.36f + bend;

  if (edge > 0)
    return -1000;
  if (edge + body->fat > 0)
    return -100 + 6 * prc_noise (12 * x, 12 * y, body->height);
  if (inner > 0 && sinf (9 * atan2f (y, x) + 2 * body->height) > 0.6f && edge < -body->fat - 0.03f)
    return 650;
  return lung < 0 && inner < 0 ? lung_hu (body, x, y) : soft_hu (body, x, y);
}

static PrcFrame *
frame_of_samples (int16_t *samples, uint32_t rows, uint32_t columns) {
  const PrcWindow window = {40, 400, ""};
  PrcFrameInfo info = {
      .rows = rows,
      .columns = columns,
      .type = PRC_SAMPLE_S16,
      .rescale_slope = 1,
      .rescale_intercept = -1024,
      .windows = &window,
      .n_windows = 1,
      .row_spacing_mm = 380.0 / MAX (rows, columns),
      .column_spacing_mm = 380.0 / MAX (rows, columns),
      .pixel_aspect = 1,
      .units = "HU",
  };
  g_autoptr (GBytes) bytes = g_bytes_new_take (samples, sizeof *samples * rows * columns);

  return prc_frame_new (&info, bytes, NULL);
}

PrcFrame *
prc_phantom_frame (uint64_t seed, unsigned index, uint32_t rows, uint32_t columns) {
  Body body = make_body (seed, index);
  uint32_t grain = (uint32_t)prc_hash64_pair (seed, index);
  int16_t *samples = g_new (int16_t, (size_t)rows * columns);
  float scale = 2.0f / (float)MAX (rows, columns);

  for (uint32_t row = 0; row < rows; row++) {
    for (uint32_t column = 0; column < columns; column++) {
      float x = ((float)column + 0.5f - 0.5f * (float)columns) * scale;
      float y = ((float)row + 0.5f - 0.5f * (float)rows) * scale;
      float hu = body_hu (&body, x, y) + 9 * prc_noise_white (grain++);

      samples[(size_t)row * columns + column] = (int16_t)lrintf (CLAMP (hu, -1024, 3071) + 1024);
    }
  }
  return frame_of_samples (samples, rows, columns);
}
