// SPDX-License-Identifier: Apache-2.0
#include "prc-ops.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "prc-ops-kernels.h"

#define PADDED_FLOATS   (64u << 10)  // of maps copied at a time: well within the second-level cache
#define WINOGRAD_FLOATS (256u << 10) // of transformed tiles on each side of the products
#define MIN_TILES       48u

static const PrcOpsKernels *
pick_kernels (void) {
  const PrcOpsKernels *best = &prc_ops_kernels_baseline;
  const char *wanted = g_getenv ("PRECEDENT_KERNELS");
#ifdef __x86_64__
  const PrcOpsKernels *sets[] = {&prc_ops_kernels_avx512, &prc_ops_kernels_avx2};
  bool able[] = {__builtin_cpu_supports ("avx512f") != 0,
                 __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma")};
  for (unsigned i = 0; i < G_N_ELEMENTS (sets); i++)
    if (able[i] && (!wanted || strcmp (wanted, sets[i]->name) == 0))
      return sets[i];
#endif
  (void)wanted;
  return best;
}

const PrcOpsKernels *
prc_ops_kernels (void) {
  static const PrcOpsKernels *chosen;
  if (g_once_init_enter (&chosen))
    g_once_init_leave (&chosen, pick_kernels ());
  return chosen;
}

size_t
prc_packed_length (size_t inner, unsigned columns) {
  unsigned panel = prc_ops_kernels ()->panel_width;
  return inner * ((columns + panel - 1) / panel * panel);
}

void
prc_pack_right (const float *right, size_t inner, unsigned columns, float *packed) {
  unsigned panel = prc_ops_kernels ()->panel_width;
  for (unsigned first = 0; first < columns; first += panel)
    for (size_t k = 0; k < inner; k++)
      for (unsigned c = first; c < first + panel; c++)
        *packed++ = c < columns ? right[k * columns + c] : 0;
}

// A plain matrix [rows][inner] times a packed one.
static void
multiply (const float *left, size_t rows, size_t inner, const float *packed, unsigned columns,
          const float *bias, float *output) {
  PrcProduct product = {.left = left,
                        .column_step = inner,
                        .across = rows,
                        .down = 1,
                        .n_segments = 1,
                        .segment_length = inner,
                        .packed = packed,
                        .n_rows = rows,
                        .n_columns = columns,
                        .bias = bias,
                        .output = output};
  prc_ops_kernels ()->multiply (&product);
}

static unsigned
winograd_step (const PrcConv *conv) {
  return conv->method == PRC_CONV_WINOGRAD2 ? 2 : conv->method == PRC_CONV_WINOGRAD4 ? 4 : 0;
}

PrcConvMethod
prc_conv_choose (const PrcConv *conv) {
  if (conv->kernel != 3 || conv->stride != 1 || conv->inputs % 16)
    return PRC_CONV_DIRECT;
  // Few tiles leave the products short of rows, and reading filters costs more than multiplying by
  // them: those of the larger step are 4 and 16 / 9 times as long.
  if (conv->out_size <= 4)
    return PRC_CONV_DIRECT;
  return conv->out_size >= 12 ? PRC_CONV_WINOGRAD4 : PRC_CONV_WINOGRAD2;
}

// G of F(m, 3): how a filter of three taps looks at m + 2 points.
static void
transform_taps (unsigned m, const float g[3], float *out) {
  if (m == 2) {
    out[0] = g[0];
    out[1] = (g[0] + g[1] + g[2]) / 2;
    out[2] = (g[0] - g[1] + g[2]) / 2;
    out[3] = g[2];
    return;
  }
  out[0] = g[0] / 4;
  out[1] = -(g[0] + g[1] + g[2]) / 6;
  out[2] = -(g[0] - g[1] + g[2]) / 6;
  out[3] = g[0] / 24 + g[1] / 12 + g[2] / 6;
  out[4] = g[0] / 24 - g[1] / 12 + g[2] / 6;
  out[5] = g[2];
}

// One filter of 3 x 3 taps, `plane` apart, to its (m + 2)^2 values.
static void
transform_filter (unsigned m, const float *weights, size_t plane, float *out) {
  unsigned t = m + 2;
  float half[3][6], whole[6];
  for (unsigned x = 0; x < 3; x++) {
    float column[3] = {weights[x * plane], weights[(3 + x) * plane], weights[(6 + x) * plane]};
    transform_taps (m, column, half[x]);
  }
  for (unsigned y = 0; y < t; y++) {
    float row[3] = {half[0][y], half[1][y], half[2][y]};
    transform_taps (m, row, whole);
    for (unsigned x = 0; x < t; x++)
      out[(y * t + x) * plane] = whole[x];
  }
}

size_t
prc_conv_packed_length (const PrcConv *conv) {
  unsigned m = winograd_step (conv);
  size_t points = m ? (m + 2) * (m + 2) : (size_t)conv->kernel * conv->kernel;
  return points * prc_packed_length (conv->inputs, conv->outputs);
}

void
prc_conv_pack (const PrcConv *conv, const float *weights, float *packed) {
  unsigned m = winograd_step (conv), points = (m + 2) * (m + 2);
  size_t plane = (size_t)conv->inputs * conv->outputs;
  if (!m) {
    prc_pack_right (weights, (size_t)conv->kernel * conv->kernel * conv->inputs, conv->outputs,
                    packed);
    return;
  }
  g_autofree float *transformed = g_new (float, points *plane);
  for (size_t i = 0; i < plane; i++)
    transform_filter (m, weights + i, plane, transformed + i);
  for (unsigned q = 0; q < points; q++)
    prc_pack_right (transformed + q * plane, conv->inputs, conv->outputs,
                    packed + q * prc_packed_length (conv->inputs, conv->outputs));
}

static size_t
padded_length (const PrcConv *conv) { // floats of one map
  size_t side = conv->in_size + conv->kernel / 2 * 2;
  return side * side * conv->inputs;
}

// Images that are copied and multiplied together: the right side is then read once for all.
static unsigned
direct_images (const PrcConv *conv, unsigned n) {
  return (unsigned)MIN (MAX (PADDED_FLOATS / padded_length (conv), 1), n);
}

static size_t
winograd_tiles (const PrcConv *conv, unsigned n) {
  unsigned m = winograd_step (conv), across = (conv->out_size + m - 1) / m;
  size_t per_tile = (size_t)(m + 2) * (m + 2) * MAX (conv->inputs, conv->outputs);
  return MIN (MAX (WINOGRAD_FLOATS / per_tile, MIN_TILES), (size_t)n * across * across);
}

// Floats from one point's values of all tiles to the next's: never a multiple of 4 KiB, or what is
// written together would fall into the same few lines of the first-level cache.
static size_t
winograd_plane (size_t tiles, unsigned channels) {
  return tiles * channels + 16;
}

size_t
prc_conv_scratch_length (const PrcConv *conv, unsigned n) {
  unsigned m = winograd_step (conv);
  size_t tiles = m ? winograd_tiles (conv, n) : 0;
  if (m)
    return (m + 2) * (m + 2) *
           (winograd_plane (tiles, conv->inputs) + winograd_plane (tiles, conv->outputs));
  return conv->kernel == 1 ? 0 : direct_images (conv, n) * padded_length (conv);
}

// A map with a border of zeros, kernel / 2 wide.
static void
pad_map (const PrcConv *conv, const float *map, float *out) {
  size_t border = (size_t)conv->kernel / 2 * conv->inputs,
         line = (size_t)conv->in_size * conv->inputs;
  size_t frame = conv->kernel / 2 * (line + 2 * border) + border;
  memset (out, 0, frame * sizeof (float));
  out += frame;
  for (unsigned y = 0; y < conv->in_size; y++, map += line) {
    memcpy (out, map, line * sizeof (float));
    out += line;
    // The right border of this line and the left one of the next.
    size_t gap = y + 1 < conv->in_size ? 2 * border : frame;
    memset (out, 0, gap * sizeof (float));
    out += gap;
  }
}

static void
forward_direct (const PrcConv *conv, const float *input, unsigned n, const float *residual,
                bool relu, float *scratch, float *output) {
  size_t side = conv->in_size + conv->kernel / 2 * 2, line = side * conv->inputs;
  size_t in_map = (size_t)conv->in_size * conv->in_size * conv->inputs;
  size_t out_map = (size_t)conv->out_size * conv->out_size * conv->outputs;
  unsigned together = direct_images (conv, n);
  PrcProduct product = {.image_step = side * line,
                        .row_step = conv->stride * line,
                        .column_step = (size_t)conv->stride * conv->inputs,
                        .across = conv->out_size,
                        .down = conv->out_size,
                        .n_segments = conv->kernel,
                        .segment_length = (size_t)conv->kernel * conv->inputs,
                        .segment_step = line,
                        .packed = conv->packed,
                        .n_columns = conv->outputs,
                        .bias = conv->bias,
                        .relu = relu};
  for (unsigned first = 0; first < n; first += together) {
    unsigned images = MIN (together, n - first);
    product.left = conv->kernel == 1 ? input + first * in_map : scratch;
    for (unsigned i = 0; conv->kernel > 1 && i < images; i++)
      pad_map (conv, input + (first + i) * in_map, scratch + i * side * line);
    product.n_rows = (size_t)images * conv->out_size * conv->out_size;
    product.residual = residual ? residual + first * out_map : NULL;
    product.output = output + first * out_map;
    prc_ops_kernels ()->multiply (&product);
  }
}

// Tiles [first, last) of all images through the input transform, (m + 2)^2 products, and back.
static void
winograd_part (const PrcConv *conv, const float *input, size_t first, size_t last,
               const float *residual, bool relu, float *scratch, float *output) {
  const PrcOpsKernels *kernels = prc_ops_kernels ();
  unsigned m = winograd_step (conv), points = (m + 2) * (m + 2),
           across = (conv->out_size + m - 1) / m;
  size_t n = last - first, in = winograd_plane (n, conv->inputs),
         out = winograd_plane (n, conv->outputs);
  size_t in_map = (size_t)conv->in_size * conv->in_size * conv->inputs;
  size_t out_map = (size_t)conv->out_size * conv->out_size * conv->outputs;
  size_t plane = prc_packed_length (conv->inputs, conv->outputs);
  float *products = scratch + points * in;
  for (size_t i = 0; i < n; i++) {
    size_t image = (first + i) / (across * across), tile = (first + i) % (across * across);
    int row = (int)(tile / across * m) - 1, column = (int)(tile % across * m) - 1;
    kernels->winograd_input (m, input + image * in_map, conv->in_size, conv->inputs, row, column,
                             scratch + i * conv->inputs, in);
  }
  for (unsigned q = 0; q < points; q++)
    multiply (scratch + q * in, n, conv->inputs, conv->packed + q * plane, conv->outputs, NULL,
              products + q * out);
  for (size_t i = 0; i < n; i++) {
    size_t image = (first + i) / (across * across), tile = (first + i) % (across * across);
    kernels->winograd_output (m, products + i * conv->outputs, out, conv->out_size, conv->outputs,
                              (unsigned)(tile / across * m), (unsigned)(tile % across * m),
                              conv->bias, residual ? residual + image * out_map : NULL, relu,
                              output + image * out_map);
  }
}

void
prc_conv_forward (const PrcConv *conv, const float *input, unsigned n, const float *residual,
                  bool relu, float *scratch, float *output) {
  unsigned m = winograd_step (conv);
  if (!m) {
    forward_direct (conv, input, n, residual, relu, scratch, output);
    return;
  }
  unsigned across = (conv->out_size + m - 1) / m;
  size_t tiles = (size_t)n * across * across, part = winograd_tiles (conv, n);
  for (size_t first = 0; first < tiles; first += part)
    winograd_part (conv, input, first, MIN (first + part, tiles), residual, relu, scratch, output);
}

void
prc_max_pool (const float *input, unsigned n, unsigned size, unsigned channels, float *output) {
  prc_ops_kernels ()->max_pool (input, n, size, channels, output);
}

void
prc_mean_pool (const float *input, unsigned n, unsigned size, unsigned channels, float *output) {
  size_t pixels = (size_t)size * size;
  for (unsigned i = 0; i < n; i++) {
    float *sum = output + (size_t)i * channels;
    memset (sum, 0, sizeof (float) * channels);
    for (size_t p = 0; p < pixels; p++)
      for (unsigned c = 0; c < channels; c++)
        sum[c] += input[(i * pixels + p) * channels + c];
    for (unsigned c = 0; c < channels; c++)
      sum[c] /= (float)pixels;
  }
}

void
prc_dense (const float *input, unsigned n, unsigned inputs, unsigned outputs, const float *packed,
           const float *bias, float *output) {
  multiply (input, n, inputs, packed, outputs, bias, output);
}

void
prc_normalise (float *rows, unsigned n, unsigned length) {
  for (unsigned i = 0; i < n; i++) {
    double sum = 0;
    for (unsigned j = 0; j < length; j++)
      sum += (double)rows[j] * rows[j];
    float scale = sum > 0 ? (float)(1 / sqrt (sum)) : 0;
    for (unsigned j = 0; j < length; j++)
      rows[j] *= scale;
    rows += length;
  }
}
