// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A product of two matrices whose left side is gathered from a map: row (image, y, x) of the left
// side is `n_segments` runs of `segment_length` floats, `segment_step` apart, the first at
// left + image * image_step + y * row_step + x * column_step. A convolution over a padded map is
// that, without unfolding; a plain matrix has one segment and its rows `column_step` apart.
typedef struct {
  const float *left;
  size_t image_step, row_step, column_step;
  size_t across, down; // x runs to `across`, y to `down`
  size_t n_segments, segment_length, segment_step;
  const float *packed; // right side, from prc_pack_right
  size_t n_rows;
  unsigned n_columns;    // a multiple of 16
  const float *bias;     // [n_columns] or NULL
  const float *residual; // as output, or NULL
  bool relu;
  float *output; // [n_rows][n_columns] = act (left * right + bias + residual)
} PrcProduct;

// The inner loops. prc-ops-kernels.c is compiled once for every instruction set; prc_ops_kernels ()
// picks the best that this processor runs, once. Channels are multiples of 16.
//
// The product is our own because the BLAS of a distribution is older than the processors it meets:
// OpenBLAS 0.3.21 takes what it does not know for a Prescott and runs at a seventh of its speed.
typedef struct {
  const char *name;     // "avx512", "avx2", "baseline"
  unsigned panel_width; // columns of the right side that are kept together when packed
  void (*multiply) (const PrcProduct *product);
  // Patch of (m + 2)^2 pixels with its first at (row, column), zero outside the map, transformed:
  // value q of channel c to out[q * stride + c].
  void (*winograd_input) (unsigned m, const float *map, unsigned size, unsigned channels, int row,
                          int column, float *out, size_t stride);
  // The way back for m x m pixels from (row, column) on, with bias, residual map and activation.
  void (*winograd_output) (unsigned m, const float *in, size_t stride, unsigned size,
                           unsigned channels, unsigned row, unsigned column, const float *bias,
                           const float *residual, bool relu, float *map);
  // For preprocessing: sums += weight * clamp (values * scale + offset, 0, 1), not-a-number as 0.
  void (*add_mapped) (const float *values, size_t n, float scale, float offset, float weight,
                      float *sums);
  void (*widen_u8) (const uint8_t *from, size_t n, float *to);
  void (*widen_u16) (const uint16_t *from, size_t n, float *to);
  void (*widen_s16) (const int16_t *from, size_t n, float *to);
  void (*max_pool) (const float *input, unsigned n, unsigned size, unsigned channels,
                    float *output);
} PrcOpsKernels;

extern const PrcOpsKernels prc_ops_kernels_baseline;
#ifdef __x86_64__
extern const PrcOpsKernels prc_ops_kernels_avx2, prc_ops_kernels_avx512;
#endif

// The best set for this processor, or the one named by $PRECEDENT_KERNELS when it can run here (for
// tests).
const PrcOpsKernels *prc_ops_kernels (void);
