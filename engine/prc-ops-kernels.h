// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The inner loops beside the matrix product. prc-ops-kernels.c is compiled once for every
// instruction set; prc_kernels () picks the best that this processor runs, once. Channels are
// multiples of 16.
typedef struct {
  const char *name; // "avx512", "avx2", "baseline"

  // rows [n][channels]: += bias, += residual (or NULL), then max (0, x) when relu.
  void (*finish) (float *rows, size_t n, unsigned channels, const float *bias,
                  const float *residual, bool relu);
  // Patch of (m + 2)^2 pixels with its first at (row, column), zero outside the map, transformed:
  // value q of channel c to out[q * stride + c].
  void (*winograd_input) (unsigned m, const float *map, unsigned size, unsigned channels, int row,
                          int column, float *out, size_t stride);
  // The way back for m x m pixels from (row, column) on, with bias, residual map and activation.
  void (*winograd_output) (unsigned m, const float *in, size_t stride, unsigned size,
                           unsigned channels, unsigned row, unsigned column, const float *bias,
                           const float *residual, bool relu, float *map);
  void (*max_pool) (const float *input, unsigned n, unsigned size, unsigned channels,
                    float *output);
} PrcKernels;

extern const PrcKernels prc_kernels_baseline;
#ifdef __x86_64__
extern const PrcKernels prc_kernels_avx2, prc_kernels_avx512;
#endif

// The best set for this processor, or the one named by $PRECEDENT_KERNELS when it can run here (for
// tests).
const PrcKernels *prc_kernels (void);
