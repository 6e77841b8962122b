// SPDX-License-Identifier: Apache-2.0
#include "prc-ops.h"

#include <math.h>

static double
sum_at (const PrcConv *conv, const float *weights, const float *map, unsigned row, unsigned column,
        unsigned output) {
  double sum = 0;
  int pad = (int)conv->kernel / 2, size = (int)conv->in_size;
  for (int ky = 0; ky < (int)conv->kernel; ky++)
    for (int kx = 0; kx < (int)conv->kernel; kx++) {
      int y = (int)(row * conv->stride) + ky - pad, x = (int)(column * conv->stride) + kx - pad;
      if (y < 0 || x < 0 || y >= size || x >= size)
        continue;
      const float *pixel = map + ((size_t)y * conv->in_size + (size_t)x) * conv->inputs;
      size_t tap = (size_t)ky * conv->kernel + (size_t)kx;
      for (unsigned c = 0; c < conv->inputs; c++)
        sum += (double)pixel[c] * weights[(tap * conv->inputs + c) * conv->outputs + output];
    }
  return sum;
}

void
prc_conv_forward_reference (const PrcConv *conv, const float *weights, const float *input,
                            unsigned n, const float *residual, bool relu, float *output) {
  unsigned size = conv->out_size;
  for (unsigned p = 0; p < n * size * size; p++) {
    const float *map =
        input + (size_t)(p / (size * size)) * conv->in_size * conv->in_size * conv->inputs;
    for (unsigned o = 0; o < conv->outputs; o++) {
      size_t at = (size_t)p * conv->outputs + o;
      double v = sum_at (conv, weights, map, p / size % size, p % size, o) + conv->bias[o];
      v += residual ? residual[at] : 0;
      output[at] = (float)(relu && v < 0 ? 0 : v);
    }
  }
}

void
prc_max_pool_reference (const float *input, unsigned n, unsigned size, unsigned channels,
                        float *output) {
  int half = (int)(size - 1) / 2 + 1;
  for (unsigned i = 0; i < n; i++)
    for (int row = 0; row < half; row++)
      for (int column = 0; column < half; column++)
        for (unsigned c = 0; c < channels; c++) {
          float best = -INFINITY;
          for (int y = 2 * row - 1; y <= 2 * row + 1; y++)
            for (int x = 2 * column - 1; x <= 2 * column + 1; x++)
              if (y >= 0 && x >= 0 && y < (int)size && x < (int)size)
                best = fmaxf (
                    best,
                    input[(((size_t)i * size + (size_t)y) * size + (size_t)x) * channels + c]);
          *output++ = best;
        }
}

void
prc_mean_pool_reference (const float *input, unsigned n, unsigned size, unsigned channels,
                         float *output) {
  for (unsigned i = 0; i < n; i++)
    for (unsigned c = 0; c < channels; c++) {
      double sum = 0;
      for (size_t p = 0; p < (size_t)size * size; p++)
        sum += input[(i * (size_t)size * size + p) * channels + c];
      *output++ = (float)(sum / ((double)size * size));
    }
}

void
prc_dense_reference (const float *input, unsigned n, unsigned inputs, unsigned outputs,
                     const float *weights, const float *bias, float *output) {
  for (unsigned i = 0; i < n; i++)
    for (unsigned o = 0; o < outputs; o++) {
      double sum = bias[o];
      for (unsigned k = 0; k < inputs; k++)
        sum += (double)input[(size_t)i * inputs + k] * weights[(size_t)k * outputs + o];
      *output++ = (float)sum;
    }
}
