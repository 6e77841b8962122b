// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The inner loops of rendering, chosen once for the processor. Rows hold levels in units of 1/128
// (PRC_LEVEL_ONE) as int16, 0 to 255 * 128; weights are in units of 1/16384. All sets give the same
// bits. Any thread.

#define PRC_WEIGHT_BITS 14
#define PRC_WEIGHT_ONE  (1 << PRC_WEIGHT_BITS)
#define PRC_TAP_GROUP   8 // area taps come in groups; rows are readable this far beyond their end

// A linear window: level = trunc (clamp ((x - offset) * scale + bias, 0, 255)) ^ flip, and 0 within
// the padding.
typedef struct {
  float offset, scale, bias;
  float padding_low, padding_high; // low > high: none
  uint8_t flip;
} PrcAffine;

typedef struct {
  const char *name;
  // NULL in the scalar set: a table does it.
  void (*window_u16) (const uint16_t *samples, size_t n, const PrcAffine *affine, int16_t *out);
  void (*window_s16) (const int16_t *samples, size_t n, const PrcAffine *affine, int16_t *out);
  // sum[i] += row[i] * weight, and the sum of all taps back to levels.
  void (*add_row) (uint32_t *sum, const int16_t *row, size_t n, uint32_t weight);
  void (*finish_sum) (const uint32_t *sum, size_t n, int16_t *out);
  // out[i] = row[first[i]] * (1 - weight[i]) + row[first[i] + 1] * weight[i]
  void (*across_pair) (const int16_t *row, const int32_t *first, const int16_t *weight, size_t n,
                       int16_t *out);
  // out[i] = sum over t < n_taps of row[first[i] + t] * weights[i * n_taps + t]; n_taps is a
  // multiple of PRC_TAP_GROUP
  void (*across_area) (const int16_t *row, const int32_t *first, const int16_t *weights,
                       size_t n_taps, size_t n, int16_t *out);
  // out = a * (1 - weight) + b * weight
  void (*blend_rows) (const int16_t *a, const int16_t *b, int weight, size_t n, int16_t *out);
  void (*emit_grey) (const int16_t *row, size_t n, uint32_t *pixels); // opaque B G R A
  void (*emit_rgb) (const int16_t *red, const int16_t *green, const int16_t *blue, size_t n,
                    uint32_t *pixels);
} PrcKernels;

const PrcKernels *prc_kernels (void); // the best for this processor

extern const PrcKernels prc_kernels_scalar;
// For tests and benchmarks: every set this processor runs, best first, NULL-terminated; and a way
// to pick one (NULL: the best).
const PrcKernels *const *prc_kernels_available (void);
void prc_kernels_use (const PrcKernels *kernels);
