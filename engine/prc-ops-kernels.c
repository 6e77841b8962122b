// SPDX-License-Identifier: Apache-2.0
#include "prc-ops-kernels.h"

#include <stdint.h>

// Written with the compiler's vectors of 16 floats: one AVX-512 register, two of AVX2, four of SSE2
// or NEON. KERNEL_SET is given by the build.
typedef float Lane __attribute__ ((vector_size (64)));
typedef float LaneInMemory __attribute__ ((vector_size (64), aligned (4), may_alias));
#define LANES                 16
#define LOAD(address)         ((Lane) * (const LaneInMemory *)(const void *)(address))
#define STORE(address, value) (*(LaneInMemory *)(void *)(address) = (value))
#define INLINE                static inline __attribute__ ((always_inline))

// C has no choice between vectors; a comparison gives all ones or all zeros in every lane.
INLINE Lane
larger (Lane a, Lane b) {
  typedef int32_t Mask __attribute__ ((vector_size (64)));
  Mask first = a > b;
  return (Lane)((first & (Mask)a) | (~first & (Mask)b));
}

static void
finish (float *rows, size_t n, unsigned channels, const float *bias, const float *residual,
        bool relu) {
  const Lane zero = {0};
  for (size_t i = 0; i < n; i++)
    for (unsigned c = 0; c < channels; c += LANES) {
      size_t at = i * channels + c;
      Lane v = LOAD (rows + at) + LOAD (bias + c);
      if (residual)
        v += LOAD (residual + at);
      STORE (rows + at, relu ? larger (v, zero) : v);
    }
}

// B^T d for one line of a patch, in place; `step` is the distance between its elements.
INLINE void
input_line2 (Lane *d, unsigned step) {
  Lane a = d[0], b = d[step], c = d[2 * step], e = d[3 * step];
  d[0] = a - c;
  d[step] = b + c;
  d[2 * step] = c - b;
  d[3 * step] = b - e;
}

INLINE void
input_line4 (Lane *d, unsigned step) {
  Lane d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
       d5 = d[5 * step];
  Lane even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1;
  Lane even2 = d4 - d2, odd2 = 2.0f * (d3 - d1);
  d[0] = 4.0f * d0 - 5.0f * d2 + d4;
  d[step] = even + odd;
  d[2 * step] = even - odd;
  d[3 * step] = even2 + odd2;
  d[4 * step] = even2 - odd2;
  d[5 * step] = 4.0f * d1 - 5.0f * d3 + d5;
}

INLINE void
patch_forward (unsigned m, Lane *d) {
  const unsigned t = m + 2;
  for (unsigned i = 0; i < t; i++) {
    if (m == 2)
      input_line2 (d + i, t);
    else
      input_line4 (d + i, t);
  }
  for (unsigned i = 0; i < t; i++) {
    if (m == 2)
      input_line2 (d + i * t, 1);
    else
      input_line4 (d + i * t, 1);
  }
}

INLINE void
input_any (unsigned m, const float *map, unsigned size, unsigned channels, int row, int column,
           float *out, size_t stride) {
  const unsigned t = m + 2;
  bool inside =
      row >= 0 && column >= 0 && row + (int)t <= (int)size && column + (int)t <= (int)size;
  const Lane zero = {0};
  for (unsigned c = 0; c < channels; c += LANES) {
    Lane d[36];
    for (unsigned y = 0; y < t; y++)
      for (unsigned x = 0; x < t; x++) {
        int py = row + (int)y, px = column + (int)x;
        bool valid = inside || (py >= 0 && px >= 0 && py < (int)size && px < (int)size);
        d[y * t + x] = valid ? LOAD (map + ((size_t)py * size + (size_t)px) * channels + c) : zero;
      }
    patch_forward (m, d);
    for (unsigned q = 0; q < t * t; q++)
      STORE (out + q * stride + c, d[q]);
  }
}

static void
winograd_input (unsigned m, const float *map, unsigned size, unsigned channels, int row, int column,
                float *out, size_t stride) {
  if (m == 2)
    input_any (2, map, size, channels, row, column, out, stride);
  else
    input_any (4, map, size, channels, row, column, out, stride);
}

// A^T e: t values `step` apart to m values `step` apart.
INLINE void
output_line (unsigned m, const Lane *e, unsigned step, Lane *out, unsigned out_step) {
  if (m == 2) {
    out[0] = e[0] + e[step] + e[2 * step];
    out[out_step] = e[step] - e[2 * step] - e[3 * step];
    return;
  }
  Lane sum1 = e[step] + e[2 * step], difference1 = e[step] - e[2 * step];
  Lane sum2 = e[3 * step] + e[4 * step], difference2 = e[3 * step] - e[4 * step];
  out[0] = e[0] + sum1 + sum2;
  out[out_step] = difference1 + 2.0f * difference2;
  out[2 * out_step] = sum1 + 4.0f * sum2;
  out[3 * out_step] = difference1 + 8.0f * difference2 + e[5 * step];
}

INLINE void
output_any (unsigned m, const float *in, size_t stride, unsigned size, unsigned channels,
            unsigned row, unsigned column, const float *bias, const float *residual, bool relu,
            float *map) {
  const unsigned t = m + 2;
  const Lane zero = {0};
  for (unsigned c = 0; c < channels; c += LANES) {
    Lane d[36], half[24], out[16];
    for (unsigned q = 0; q < t * t; q++)
      d[q] = LOAD (in + q * stride + c);
    for (unsigned x = 0; x < t; x++)
      output_line (m, d + x, t, half + x, t);
    for (unsigned y = 0; y < m; y++)
      output_line (m, half + y * t, 1, out + y * m, 1);
    Lane b = LOAD (bias + c);
    for (unsigned y = 0; y < m && row + y < size; y++)
      for (unsigned x = 0; x < m && column + x < size; x++) {
        size_t at = ((size_t)(row + y) * size + column + x) * channels + c;
        Lane v = out[y * m + x] + b;
        if (residual)
          v += LOAD (residual + at);
        STORE (map + at, relu ? larger (v, zero) : v);
      }
  }
}

static void
winograd_output (unsigned m, const float *in, size_t stride, unsigned size, unsigned channels,
                 unsigned row, unsigned column, const float *bias, const float *residual, bool relu,
                 float *map) {
  if (m == 2)
    output_any (2, in, stride, size, channels, row, column, bias, residual, relu, map);
  else
    output_any (4, in, stride, size, channels, row, column, bias, residual, relu, map);
}

static void
max_pool (const float *input, unsigned n, unsigned size, unsigned channels, float *output) {
  unsigned out_size = (size - 1) / 2 + 1;
  for (unsigned p = 0; p < n * out_size * out_size; p++) {
    unsigned image = p / (out_size * out_size), row = p / out_size % out_size * 2,
             column = p % out_size * 2;
    const float *map = input + (size_t)image * size * size * channels;
    for (unsigned c = 0; c < channels; c += LANES) {
      Lane best = LOAD (map + ((size_t)row * size + column) * channels + c);
      for (unsigned y = row ? row - 1 : 0; y <= row + 1 && y < size; y++)
        for (unsigned x = column ? column - 1 : 0; x <= column + 1 && x < size; x++) {
          Lane v = LOAD (map + ((size_t)y * size + x) * channels + c);
          best = larger (best, v);
        }
      STORE (output + (size_t)p * channels + c, best);
    }
  }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_ (a, b)
#define TEXT_(a)    #a
#define TEXT(a)     TEXT_ (a)

const PrcKernels JOIN (prc_kernels_, KERNEL_SET) = {
    .name = TEXT (KERNEL_SET),
    .finish = finish,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .max_pool = max_pool,
};
