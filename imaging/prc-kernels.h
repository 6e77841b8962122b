// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prc-palette.h"

// The inner loops of rendering, chosen once for the processor. Rows hold levels in units of 1/64
// (PRC_LEVEL_ONE) as int16, 0 to PRC_WHITE; weights are in units of 1/16384. All sets give the same
// bits. Any thread.

#define PRC_LEVEL_BITS  6
#define PRC_LEVEL_ONE   (1 << PRC_LEVEL_BITS)
#define PRC_WHITE       (255 * PRC_LEVEL_ONE)
#define PRC_WEIGHT_BITS 14
#define PRC_WEIGHT_ONE  (1 << PRC_WEIGHT_BITS)
#define PRC_TAP_GROUP   8 // area taps come in groups; rows are readable this far beyond their end

// A linear window in 16-bit integers, precise to 1/30 level; exact levels come from a table. For a
// sample x: ((clamp (x, low, high) - low << shift) * factor >> 16) + start, clamped to 0 to white,
// in row units; then white - that when `flip`; then 0 within the padding.
typedef struct {
  int32_t low, high; // within the type's range
  int shift;
  uint16_t factor;
  int16_t start;
  bool flip, has_padding;
  int32_t padding_low, padding_high; // within the type's range
} PrcRamp;

// Any smooth way from samples to levels, in PRC_CURVE_PIECES straight pieces of equal length. For a
// sample x: d = clamp (x, low, high) - low << shift, which is below 2^16; piece d >> 9; its level at
// the start, plus its rise * (d & 511) / 512, the nearest; then 0 within the padding.
#define PRC_CURVE_PIECES 128
typedef struct {
  int32_t low, high; // within the type's range
  int shift;
  int16_t starts[PRC_CURVE_PIECES], rises[PRC_CURVE_PIECES]; // in row units
  int32_t both[PRC_CURVE_PIECES];                            // start, and rise in the upper half
  bool has_padding;
  int32_t padding_low, padding_high; // within the type's range
} PrcCurve;

// A colour to blend with, ready for two channels in one multiplication: pixels times scale, plus
// what the colour adds and a half.
typedef struct {
  uint32_t scale;     // 256 - alpha
  uint32_t even, odd; // blue and red, green and alpha, in 16 bits each
} PrcTint;

PrcTint prc_tint (uint32_t colour, unsigned alpha); // 0xRRGGBB; 0 to 256

typedef struct {
  int32_t first, end; // first < end
  const PrcTint *tint;
} PrcStroke;

typedef struct {
  const char *name;
  void (*ramp_u16) (const uint16_t *samples, size_t n, const PrcRamp *ramp, int16_t *out);
  void (*ramp_s16) (const int16_t *samples, size_t n, const PrcRamp *ramp, int16_t *out);
  void (*curve_u16) (const uint16_t *samples, size_t n, const PrcCurve *curve, int16_t *out);
  void (*curve_s16) (const int16_t *samples, size_t n, const PrcCurve *curve, int16_t *out);
  // out[i] = sum over t < n_taps of rows[t][i] * weights[t]; n_taps is even
  void (*average_rows) (const int16_t *const *rows, const int16_t *weights, size_t n_taps, size_t n,
                        int16_t *out);
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
  void (*emit_palette) (const int16_t *row, size_t n, const PrcPalette *palette, uint32_t *pixels);
  void (*emit_rgb) (const int16_t *red, const int16_t *green, const int16_t *blue, size_t n,
                    uint32_t *pixels);
  // Where covered[i] is 1, not 0, each of the three channels becomes
  // pixel * (1 - alpha / 256) + colour * alpha / 256, halves up; opaque.
  void (*blend_covered) (uint32_t *pixels, const uint8_t *covered, size_t n, uint32_t colour,
                         unsigned alpha);
  // Pixels first <= i < end of each stroke, one after the other, become
  // pixel * (1 - alpha / 256) + colour * alpha / 256 in the same way, opaque from opaque ones.
  void (*blend_strokes) (uint32_t *pixels, const PrcStroke *strokes, size_t n);
} PrcKernels;

const PrcKernels *prc_kernels (void); // the best for this processor

extern const PrcKernels prc_kernels_scalar;
#if defined(__x86_64__)
extern const PrcKernels prc_kernels_avx2;
void prc_kernels_avx512_init (PrcKernels *kernels); // replaces what is better than AVX2
void prc_kernels_vbmi_init (PrcKernels *kernels);   // and what AVX-512 VBMI does better still
#endif
// For tests and benchmarks: every set this processor runs, best first, NULL-terminated; and a way
// to pick one (NULL: the best).
const PrcKernels *const *prc_kernels_available (void);
void prc_kernels_use (const PrcKernels *kernels);
