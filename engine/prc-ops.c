// SPDX-License-Identifier: Apache-2.0
#include "prc-ops.h"

#include <cblas.h>
#include <glib.h>
#include <math.h>
#include <string.h>

#include "prc-ops-kernels.h"

#define TILE_FLOATS     (96u << 10) // of unfolded patches: 384 KiB, less than the second-level cache
#define WINOGRAD_FLOATS (256u << 10) // of transformed tiles on each side of the products
#define MIN_TILE_ROWS   48u          // fewer rows and the product no longer runs at full speed

static const PrcKernels *
pick_kernels (void) {
  const PrcKernels *best = &prc_kernels_baseline;
  const char *wanted = g_getenv ("PRECEDENT_KERNELS");
#ifdef __x86_64__
  const PrcKernels *sets[] = {&prc_kernels_avx512, &prc_kernels_avx2};
  bool able[] = {__builtin_cpu_supports ("avx512f") != 0,
                 __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma")};
  for (unsigned i = 0; i < G_N_ELEMENTS (sets); i++)
    if (able[i] && (!wanted || strcmp (wanted, sets[i]->name) == 0))
      return sets[i];
#endif
  (void)wanted;
  return best;
}

const PrcKernels *
prc_kernels (void) {
  static const PrcKernels *chosen;
  if (g_once_init_enter (&chosen))
    g_once_init_leave (&chosen, pick_kernels ());
  return chosen;
}

// c [rows][columns] = a [rows][inner] * b [inner][columns]
static void
multiply (size_t rows, unsigned columns, size_t inner, const float *a, const float *b, float *c) {
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)rows, (blasint)columns,
               (blasint)inner, 1, a, (blasint)inner, b, (blasint)columns, 0, c, (blasint)columns);
}

static unsigned
winograd_step (const PrcConv *conv) {
  return conv->method == PRC_CONV_WINOGRAD2 ? 2 : conv->method == PRC_CONV_WINOGRAD4 ? 4 : 0;
}

PrcConvMethod
prc_conv_choose (const PrcConv *conv) {
  if (conv->kernel == 1)
    return PRC_CONV_GEMM;
  if (conv->kernel != 3 || conv->stride != 1 || conv->inputs % 16)
    return PRC_CONV_IM2COL;
  return conv->out_size >= 8 ? PRC_CONV_WINOGRAD4 : PRC_CONV_IM2COL;
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

size_t
prc_conv_transformed_length (const PrcConv *conv) {
  unsigned m = winograd_step (conv);
  return m ? (size_t)(m + 2) * (m + 2) * conv->inputs * conv->outputs : 0;
}

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

void
prc_conv_transform (const PrcConv *conv, float *transformed) {
  unsigned m = winograd_step (conv);
  size_t plane = (size_t)conv->inputs * conv->outputs;
  for (size_t i = 0; m && i < plane; i++)
    transform_filter (m, conv->weights + i, plane, transformed + i);
}

static size_t
im2col_rows (const PrcConv *conv) {
  size_t inner = (size_t)conv->kernel * conv->kernel * conv->inputs;
  return MAX (TILE_FLOATS / inner, MIN_TILE_ROWS);
}

static size_t
winograd_tiles (const PrcConv *conv, unsigned n) {
  unsigned m = winograd_step (conv), across = (conv->out_size + m - 1) / m;
  size_t per_tile = (size_t)(m + 2) * (m + 2) * MAX (conv->inputs, conv->outputs);
  return MIN (MAX (WINOGRAD_FLOATS / per_tile, MIN_TILE_ROWS), (size_t)n * across * across);
}

size_t
prc_conv_scratch_length (const PrcConv *conv, unsigned n) {
  unsigned m = winograd_step (conv);
  if (m)
    return winograd_tiles (conv, n) * (m + 2) * (m + 2) * (conv->inputs + conv->outputs);
  if (conv->kernel == 1 && conv->stride == 1)
    return 0;
  size_t pixels = (size_t)n * conv->out_size * conv->out_size;
  return MIN (im2col_rows (conv), pixels) * conv->kernel * conv->kernel * conv->inputs;
}

// One line of a patch: kernel * inputs numbers from (row, column) on, zero outside the map.
static void
copy_patch_line (const PrcConv *conv, const float *map, int row, int column, float *out) {
  int size = (int)conv->in_size, kernel = (int)conv->kernel;
  if (row < 0 || row >= size) {
    memset (out, 0, sizeof (float) * conv->kernel * conv->inputs);
    return;
  }
  int first = MAX (0, -column), last = MIN (kernel, size - column);
  const float *pixels =
      map + ((size_t)row * conv->in_size + (size_t)(column + first)) * conv->inputs;
  memset (out, 0, sizeof (float) * (size_t)first * conv->inputs);
  memcpy (out + (size_t)first * conv->inputs, pixels,
          sizeof (float) * (size_t)(last - first) * conv->inputs);
  memset (out + (size_t)last * conv->inputs, 0,
          sizeof (float) * (size_t)(kernel - last) * conv->inputs);
}

// Patches of the output pixels [first, last), counted through all images.
static void
unfold (const PrcConv *conv, const float *input, size_t first, size_t last, float *out) {
  size_t per_image = (size_t)conv->out_size * conv->out_size,
         line = (size_t)conv->kernel * conv->inputs;
  int pad = (int)conv->kernel / 2;
  for (size_t p = first; p < last; p++) {
    const float *map = input + p / per_image * conv->in_size * conv->in_size * conv->inputs;
    int row = (int)(p % per_image / conv->out_size * conv->stride) - pad;
    int column = (int)(p % conv->out_size * conv->stride) - pad;
    for (int y = 0; y < (int)conv->kernel; y++, out += line)
      copy_patch_line (conv, map, row + y, column, out);
  }
}

static void
forward_im2col (const PrcConv *conv, const float *input, unsigned n, const float *residual,
                bool relu, float *scratch, float *output) {
  const PrcKernels *kernels = prc_kernels ();
  size_t inner = (size_t)conv->kernel * conv->kernel * conv->inputs;
  size_t pixels = (size_t)n * conv->out_size * conv->out_size, tile = im2col_rows (conv);
  bool direct = conv->kernel == 1 && conv->stride == 1;
  for (size_t first = 0; first < pixels; first += tile) {
    size_t last = MIN (first + tile, pixels), at = first * conv->outputs;
    if (!direct)
      unfold (conv, input, first, last, scratch);
    multiply (last - first, conv->outputs, inner, direct ? input + first * inner : scratch,
              conv->weights, output + at);
    kernels->finish (output + at, last - first, conv->outputs, conv->bias,
                     residual ? residual + at : NULL, relu);
  }
}

// Tiles [first, last) of all images through the input transform, (m + 2)^2 products, and back.
static void
winograd_part (const PrcConv *conv, const float *input, size_t first, size_t last,
               const float *residual, bool relu, float *scratch, float *output) {
  const PrcKernels *kernels = prc_kernels ();
  unsigned m = winograd_step (conv), points = (m + 2) * (m + 2),
           across = (conv->out_size + m - 1) / m;
  size_t n = last - first, in = n * conv->inputs, out = n * conv->outputs;
  size_t in_map = (size_t)conv->in_size * conv->in_size * conv->inputs;
  size_t out_map = (size_t)conv->out_size * conv->out_size * conv->outputs;
  float *products = scratch + points * in;
  for (size_t i = 0; i < n; i++) {
    size_t image = (first + i) / (across * across), tile = (first + i) % (across * across);
    int row = (int)(tile / across * m) - 1, column = (int)(tile % across * m) - 1;
    kernels->winograd_input (m, input + image * in_map, conv->in_size, conv->inputs, row, column,
                             scratch + i * conv->inputs, in);
  }
  for (unsigned q = 0; q < points; q++)
    multiply (n, conv->outputs, conv->inputs, scratch + q * in,
              conv->transformed + (size_t)q * conv->inputs * conv->outputs, products + q * out);
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
    forward_im2col (conv, input, n, residual, relu, scratch, output);
    return;
  }
  unsigned across = (conv->out_size + m - 1) / m;
  size_t tiles = (size_t)n * across * across, part = winograd_tiles (conv, n);
  for (size_t first = 0; first < tiles; first += part)
    winograd_part (conv, input, first, MIN (first + part, tiles), residual, relu, scratch, output);
}

void
prc_max_pool (const float *input, unsigned n, unsigned size, unsigned channels, float *output) {
  prc_kernels ()->max_pool (input, n, size, channels, output);
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
prc_dense (const float *input, unsigned n, unsigned inputs, unsigned outputs, const float *weights,
           const float *bias, float *output) {
  multiply (n, outputs, inputs, input, weights, output);
  for (size_t i = 0; i < (size_t)n * outputs; i++)
    output[i] += bias[i % outputs];
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
