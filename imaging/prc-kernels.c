// SPDX-License-Identifier: Apache-2.0
#include "prc-kernels.h"

#include <glib.h>

#define HALF_WEIGHT (PRC_WEIGHT_ONE / 2)

static inline int16_t
ramp_level (int32_t x, const PrcRamp *ramp) {
  uint16_t d = (uint16_t)((CLAMP (x, ramp->low, ramp->high) - ramp->low) << ramp->shift);
  int32_t level = (int32_t)(((uint32_t)d * ramp->factor) >> 16) + ramp->start;

  level = CLAMP (level, 0, PRC_WHITE);
  if (ramp->has_padding && x >= ramp->padding_low && x <= ramp->padding_high)
    return 0;
  return (int16_t)(ramp->flip ? PRC_WHITE - level : level);
}

static void
ramp_u16 (const uint16_t *samples, size_t n, const PrcRamp *ramp, int16_t *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = ramp_level (samples[i], ramp);
}

static void
ramp_s16 (const int16_t *samples, size_t n, const PrcRamp *ramp, int16_t *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = ramp_level (samples[i], ramp);
}

static inline int16_t
curve_level (int32_t x, const PrcCurve *curve) {
  uint32_t d = (uint32_t)(CLAMP (x, curve->low, curve->high) - curve->low) << curve->shift;
  int32_t along = (int32_t)(d & 511) << 6;

  if (curve->has_padding && x >= curve->padding_low && x <= curve->padding_high)
    return 0;
  return (int16_t)(curve->starts[d >> 9] + ((curve->rises[d >> 9] * along + 0x4000) >> 15));
}

static void
curve_u16 (const uint16_t *samples, size_t n, const PrcCurve *curve, int16_t *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = curve_level (samples[i], curve);
}

static void
curve_s16 (const int16_t *samples, size_t n, const PrcCurve *curve, int16_t *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = curve_level (samples[i], curve);
}

static void
average_rows (const int16_t *const *rows, const int16_t *weights, size_t n_taps, size_t n,
              int16_t *out) {
  for (size_t i = 0; i < n; i++) {
    int sum = HALF_WEIGHT;

    for (size_t t = 0; t < n_taps; t++)
      sum += rows[t][i] * weights[t];
    out[i] = (int16_t)(sum >> PRC_WEIGHT_BITS);
  }
}

static void
across_pair (const int16_t *row, const int32_t *first, const int16_t *weight, size_t n,
             int16_t *out) {
  for (size_t i = 0; i < n; i++) {
    int left = row[first[i]], right = row[first[i] + 1];

    out[i] = (int16_t)((left * (PRC_WEIGHT_ONE - weight[i]) + right * weight[i] + HALF_WEIGHT) >>
                       PRC_WEIGHT_BITS);
  }
}

static void
across_area (const int16_t *row, const int32_t *first, const int16_t *weights, size_t n_taps,
             size_t n, int16_t *out) {
  for (size_t i = 0; i < n; i++, weights += n_taps) {
    const int16_t *taps = row + first[i];
    int sum = HALF_WEIGHT;

    for (size_t t = 0; t < n_taps; t++)
      sum += taps[t] * weights[t];
    out[i] = (int16_t)(sum >> PRC_WEIGHT_BITS);
  }
}

static void
blend_rows (const int16_t *a, const int16_t *b, int weight, size_t n, int16_t *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = (int16_t)((a[i] * (PRC_WEIGHT_ONE - weight) + b[i] * weight + HALF_WEIGHT) >>
                       PRC_WEIGHT_BITS);
}

static inline uint32_t
to_byte (int16_t level) {
  return ((uint32_t)level + PRC_LEVEL_ONE / 2) >> PRC_LEVEL_BITS;
}

static void
emit_grey (const int16_t *row, size_t n, uint32_t *pixels) {
  for (size_t i = 0; i < n; i++)
    pixels[i] = 0xff000000u | to_byte (row[i]) * 0x010101u;
}

static void
emit_palette (const int16_t *row, size_t n, const PrcPalette *palette, uint32_t *pixels) {
  for (size_t i = 0; i < n; i++)
    pixels[i] = palette->pixels[to_byte (row[i])];
}

static void
emit_rgb (const int16_t *red, const int16_t *green, const int16_t *blue, size_t n,
          uint32_t *pixels) {
  for (size_t i = 0; i < n; i++)
    pixels[i] = 0xff000000u | to_byte (red[i]) << 16 | to_byte (green[i]) << 8 | to_byte (blue[i]);
}

static uint32_t
blend (uint32_t pixel, uint32_t colour, unsigned alpha) {
  uint32_t blended = 0xff000000u;

  for (int shift = 0; shift < 24; shift += 8) {
    uint32_t under = pixel >> shift & 255, over = colour >> shift & 255;

    blended |= (under * (256 - alpha) + over * alpha + 128) >> 8 << shift;
  }
  return blended;
}

static void
blend_covered (uint32_t *pixels, const uint8_t *covered, size_t n, uint32_t colour,
               unsigned alpha) {
  for (size_t i = 0; i < n; i++)
    if (covered[i])
      pixels[i] = blend (pixels[i], colour, alpha);
}

PrcTint
prc_tint (uint32_t colour, unsigned alpha) {
  uint32_t opaque = colour | 0xff000000u;

  return (PrcTint){256 - alpha, (opaque & 0x00ff00ff) * alpha + 0x00800080,
                   (opaque >> 8 & 0x00ff00ff) * alpha + 0x00800080};
}

// No channel reaches the next: 255 * 256 + 128 is below 65,536.
static void
blend_strokes (uint32_t *pixels, const PrcStroke *strokes, size_t n) {
  for (const PrcStroke *stroke = strokes; stroke < strokes + n; stroke++) {
    const PrcTint tint = *stroke->tint;

    for (int32_t i = stroke->first; i < stroke->end; i++) {
      uint32_t even = (pixels[i] & 0x00ff00ff) * tint.scale + tint.even;
      uint32_t odd = (pixels[i] >> 8 & 0x00ff00ff) * tint.scale + tint.odd;

      pixels[i] = (even >> 8 & 0x00ff00ff) | (odd & 0xff00ff00);
    }
  }
}

const PrcKernels prc_kernels_scalar = {
    .name = "scalar",
    .ramp_u16 = ramp_u16,
    .ramp_s16 = ramp_s16,
    .curve_u16 = curve_u16,
    .curve_s16 = curve_s16,
    .average_rows = average_rows,
    .across_pair = across_pair,
    .across_area = across_area,
    .blend_rows = blend_rows,
    .emit_grey = emit_grey,
    .emit_palette = emit_palette,
    .emit_rgb = emit_rgb,
    .blend_covered = blend_covered,
    .blend_strokes = blend_strokes,
};

const PrcKernels *const *
prc_kernels_available (void) {
  static const PrcKernels *sets[4];
#if defined(__x86_64__)
  static PrcKernels avx512;
#endif
  static gsize once;

  if (g_once_init_enter (&once)) {
    unsigned n = 0;

#if defined(__x86_64__)
    if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("avx512bw") &&
        __builtin_cpu_supports ("avx512vl")) {
      avx512 = prc_kernels_avx2;
      prc_kernels_avx512_init (&avx512);
      if (__builtin_cpu_supports ("avx512vbmi"))
        prc_kernels_vbmi_init (&avx512);
      sets[n++] = &avx512;
    }
    if (__builtin_cpu_supports ("avx2"))
      sets[n++] = &prc_kernels_avx2;
#endif
    sets[n] = &prc_kernels_scalar;
    g_once_init_leave (&once, 1);
  }
  return sets;
}

static const PrcKernels *chosen;

const PrcKernels *
prc_kernels (void) {
  const PrcKernels *kernels = g_atomic_pointer_get (&chosen);

  return kernels != NULL ? kernels : prc_kernels_available ()[0];
}

void
prc_kernels_use (const PrcKernels *kernels) {
  g_atomic_pointer_set (&chosen, kernels);
}
