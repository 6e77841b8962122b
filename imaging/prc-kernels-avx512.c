// SPDX-License-Identifier: Apache-2.0
#include "prc-kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

// Only what runs over every sample of a large picture; for the rest the wider registers bring
// nothing.

#define AVX512 __attribute__ ((target ("avx512f,avx512bw,avx512vl")))
#define LANES  32 // 16-bit ones

static inline AVX512 __m512i
spread (int32_t value) {
  return _mm512_set1_epi16 ((int16_t)value);
}

// From a clamped sample on, signed and unsigned are the same bits.
static inline AVX512 __m512i
ramp_levels (__m512i clamped, const PrcRamp *ramp) {
  __m512i d = _mm512_sub_epi16 (clamped, spread (ramp->low));
  __m512i level = _mm512_mulhi_epu16 (_mm512_sll_epi16 (d, _mm_cvtsi32_si128 (ramp->shift)),
                                      spread (ramp->factor));

  level = _mm512_adds_epi16 (level, spread (ramp->start));
  level = _mm512_min_epi16 (_mm512_max_epi16 (level, _mm512_setzero_si512 ()), spread (PRC_WHITE));
  return ramp->flip ? _mm512_sub_epi16 (spread (PRC_WHITE), level) : level;
}

// The last samples go through masked loads and stores.
#define DEFINE_RAMP(name, type, suffix)                                                            \
  static AVX512 void name (const type *samples, size_t n, const PrcRamp *ramp, int16_t *out) {     \
    const PrcRamp r = *ramp;                                                                       \
                                                                                                   \
    for (size_t i = 0; i < n; i += LANES) {                                                        \
      __mmask32 there = n - i >= LANES ? ~(__mmask32)0 : ((__mmask32)1 << (n - i)) - 1;            \
      __m512i x = _mm512_maskz_loadu_epi16 (there, samples + i);                                   \
      __m512i clamped =                                                                            \
          _mm512_min_##suffix (_mm512_max_##suffix (x, spread (r.low)), spread (r.high));          \
      __m512i level = ramp_levels (clamped, &r);                                                   \
                                                                                                   \
      if (r.has_padding) {                                                                         \
        __mmask32 tissue = _mm512_cmplt_##suffix##_mask (x, spread (r.padding_low)) |              \
                           _mm512_cmpgt_##suffix##_mask (x, spread (r.padding_high));              \
        level = _mm512_maskz_mov_epi16 (tissue, level);                                            \
      }                                                                                            \
      _mm512_mask_storeu_epi16 (out + i, there, level);                                            \
    }                                                                                              \
  }
DEFINE_RAMP (ramp_u16, uint16_t, epu16)
DEFINE_RAMP (ramp_s16, int16_t, epi16)

// 128 numbers in four registers, looked up by seven bits.
static inline AVX512 __m512i
look_up (const __m512i *table, __m512i index) {
  __m512i low = _mm512_permutex2var_epi16 (table[0], index, table[1]);
  __m512i high = _mm512_permutex2var_epi16 (table[2], index, table[3]);

  return _mm512_mask_mov_epi16 (low, _mm512_test_epi16_mask (index, spread (64)), high);
}

static inline AVX512 __m512i
curve_levels (__m512i clamped, const __m512i *starts, const __m512i *rises, int32_t curve_low,
              int shift) {
  __m512i d =
      _mm512_sll_epi16 (_mm512_sub_epi16 (clamped, spread (curve_low)), _mm_cvtsi32_si128 (shift));
  __m512i piece = _mm512_srli_epi16 (d, 9);
  __m512i along = _mm512_slli_epi16 (_mm512_and_si512 (d, spread (511)), 6);

  return _mm512_add_epi16 (look_up (starts, piece),
                           _mm512_mulhrs_epi16 (look_up (rises, piece), along));
}

#define DEFINE_CURVE(name, type, suffix)                                                           \
  static AVX512 void name (const type *samples, size_t n, const PrcCurve *curve, int16_t *out) {   \
    const PrcCurve c = *curve;                                                                     \
    __m512i starts[4], rises[4];                                                                   \
                                                                                                   \
    for (int i = 0; i < 4; i++) {                                                                  \
      starts[i] = _mm512_loadu_si512 (c.starts + i * LANES);                                       \
      rises[i] = _mm512_loadu_si512 (c.rises + i * LANES);                                         \
    }                                                                                              \
    for (size_t i = 0; i < n; i += LANES) {                                                        \
      __mmask32 there = n - i >= LANES ? ~(__mmask32)0 : ((__mmask32)1 << (n - i)) - 1;            \
      __m512i x = _mm512_maskz_loadu_epi16 (there, samples + i);                                   \
      __m512i clamped =                                                                            \
          _mm512_min_##suffix (_mm512_max_##suffix (x, spread (c.low)), spread (c.high));          \
      __m512i level = curve_levels (clamped, starts, rises, c.low, c.shift);                       \
                                                                                                   \
      if (c.has_padding) {                                                                         \
        __mmask32 tissue = _mm512_cmplt_##suffix##_mask (x, spread (c.padding_low)) |              \
                           _mm512_cmpgt_##suffix##_mask (x, spread (c.padding_high));              \
        level = _mm512_maskz_mov_epi16 (tissue, level);                                            \
      }                                                                                            \
      _mm512_mask_storeu_epi16 (out + i, there, level);                                            \
    }                                                                                              \
  }
DEFINE_CURVE (curve_u16, uint16_t, epu16)
DEFINE_CURVE (curve_s16, int16_t, epi16)

static inline AVX512 __m512i
rounded (__m512i sum) {
  return _mm512_srai_epi32 (_mm512_add_epi32 (sum, _mm512_set1_epi32 (PRC_WEIGHT_ONE / 2)),
                            PRC_WEIGHT_BITS);
}

static inline int
pair_at (const int16_t *weights) {
  int pair;

  memcpy (&pair, weights, sizeof pair);
  return pair;
}

static inline AVX512 __m512i
average_columns (const int16_t *const *rows, const int16_t *weights, size_t n_taps, size_t i,
                 __mmask32 there) {
  __m512i low = _mm512_setzero_si512 (), high = low;

  for (size_t t = 0; t < n_taps; t += 2) {
    __m512i x = _mm512_maskz_loadu_epi16 (there, rows[t] + i);
    __m512i y = _mm512_maskz_loadu_epi16 (there, rows[t + 1] + i);
    __m512i w = _mm512_set1_epi32 (pair_at (weights + t));

    low = _mm512_add_epi32 (low, _mm512_madd_epi16 (_mm512_unpacklo_epi16 (x, y), w));
    high = _mm512_add_epi32 (high, _mm512_madd_epi16 (_mm512_unpackhi_epi16 (x, y), w));
  }
  return _mm512_packs_epi32 (rounded (low), rounded (high));
}

// Two taps at a time: interleaved, they are what one multiply-add takes. Widening and packing both
// stay within 128-bit lanes, so the order comes back by itself.
static AVX512 void
average_rows (const int16_t *const *rows, const int16_t *weights, size_t n_taps, size_t n,
              int16_t *out) {
  size_t i = 0;

  for (; i + LANES <= n; i += LANES)
    _mm512_storeu_si512 (out + i, average_columns (rows, weights, n_taps, i, ~(__mmask32)0));
  if (i < n) {
    __mmask32 there = ((__mmask32)1 << (n - i)) - 1;

    _mm512_mask_storeu_epi16 (out + i, there, average_columns (rows, weights, n_taps, i, there));
  }
}

static inline AVX512 __m512i
four_lanes (const int16_t *a, const int16_t *b, const int16_t *c, const int16_t *d) {
  __m512i lanes = _mm512_castsi128_si512 (_mm_loadu_si128 ((const void *)a));

  lanes = _mm512_mask_broadcast_i32x4 (lanes, 0x00f0, _mm_loadu_si128 ((const void *)b));
  lanes = _mm512_mask_broadcast_i32x4 (lanes, 0x0f00, _mm_loadu_si128 ((const void *)c));
  return _mm512_mask_broadcast_i32x4 (lanes, 0xf000, _mm_loadu_si128 ((const void *)d));
}

// The weighted taps of four outputs, a lane each, as four partial sums.
static inline AVX512 __m512i
four_areas (const int16_t *row, const int32_t *first, const int16_t *weights, size_t n_taps) {
  __m512i sum = _mm512_setzero_si512 ();

  for (size_t t = 0; t < n_taps; t += PRC_TAP_GROUP) {
    const int16_t *x = row + t, *w = weights + t;
    __m512i taps = four_lanes (x + first[0], x + first[1], x + first[2], x + first[3]);
    __m512i scale = n_taps == PRC_TAP_GROUP
                        ? _mm512_loadu_si512 (w)
                        : four_lanes (w, w + n_taps, w + 2 * n_taps, w + 3 * n_taps);

    sum = _mm512_add_epi32 (sum, _mm512_madd_epi16 (taps, scale));
  }
  return sum;
}

// The sums of the four numbers in each lane of a, b, c and d, in that order within each lane.
static inline AVX512 __m512i
sum_lanes (__m512i a, __m512i b, __m512i c, __m512i d) {
  __m512i ab = _mm512_add_epi32 (_mm512_unpacklo_epi32 (a, b), _mm512_unpackhi_epi32 (a, b));
  __m512i cd = _mm512_add_epi32 (_mm512_unpacklo_epi32 (c, d), _mm512_unpackhi_epi32 (c, d));

  return _mm512_add_epi32 (_mm512_unpacklo_epi64 (ab, cd), _mm512_unpackhi_epi64 (ab, cd));
}

static AVX512 void
across_area (const int16_t *row, const int32_t *first, const int16_t *weights, size_t n_taps,
             size_t n, int16_t *out) {
  const __m512i order = _mm512_setr_epi32 (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  size_t i = 0;

  for (; i + 16 <= n; i += 16) {
    const int16_t *w = weights + i * n_taps;
    __m512i a = four_areas (row, first + i, w, n_taps);
    __m512i b = four_areas (row, first + i + 4, w + 4 * n_taps, n_taps);
    __m512i c = four_areas (row, first + i + 8, w + 8 * n_taps, n_taps);
    __m512i d = four_areas (row, first + i + 12, w + 12 * n_taps, n_taps);
    __m512i sums = _mm512_permutexvar_epi32 (order, sum_lanes (a, b, c, d));

    _mm256_storeu_si256 ((void *)(out + i), _mm512_cvtepi32_epi16 (rounded (sums)));
  }
  prc_kernels_avx2.across_area (row, first + i, weights + i * n_taps, n_taps, n - i, out + i);
}

// A tint in all lanes.
typedef struct {
  __m512i scale, even, odd;
} Tint;

// Two of the four bytes at a time, as words: nothing has to change its place.
static inline AVX512 __m512i
blend_pixels (__m512i pixel, const Tint *tint) {
  const __m512i low_bytes = spread (255);
  __m512i even = _mm512_mullo_epi16 (_mm512_and_si512 (pixel, low_bytes), tint->scale);
  __m512i odd = _mm512_mullo_epi16 (_mm512_srli_epi16 (pixel, 8), tint->scale);

  even = _mm512_srli_epi16 (_mm512_add_epi16 (even, tint->even), 8);
  odd = _mm512_andnot_si512 (low_bytes, _mm512_add_epi16 (odd, tint->odd));
  return _mm512_or_si512 (even, odd);
}

static inline AVX512 void
blend_some (uint32_t *pixels, __mmask16 there, const Tint *tint) {
  __m512i pixel = _mm512_maskz_loadu_epi32 (there, pixels);

  _mm512_mask_storeu_epi32 (pixels, there, blend_pixels (pixel, tint));
}

// From one cache line to the next: what is of the first and the last goes through masks.
static AVX512 void
blend_strokes (uint32_t *pixels, const PrcStroke *strokes, size_t n) {
  int32_t apart = (int32_t)((uintptr_t)pixels / sizeof *pixels % 16);

  for (const PrcStroke *stroke = strokes; stroke < strokes + n; stroke++) {
    const Tint tint = {spread ((int32_t)stroke->tint->scale),
                       _mm512_set1_epi32 ((int)stroke->tint->even),
                       _mm512_set1_epi32 ((int)stroke->tint->odd)};
    int32_t first = stroke->first + apart, last = stroke->end - 1 + apart;
    uint32_t *at = pixels - apart + (first & ~15), *end = pixels - apart + (last & ~15);
    __mmask16 from = (__mmask16)(0xffff << (first & 15)),
              to = (__mmask16)(0xffff >> (15 - (last & 15)));

    if (at == end) {
      blend_some (at, from & to, &tint);
      continue;
    }
    blend_some (at, from, &tint);
    for (at += 16; at < end; at += 16)
      _mm512_store_si512 (at, blend_pixels (_mm512_load_si512 (at), &tint));
    blend_some (end, to, &tint);
  }
}

void
prc_kernels_avx512_init (PrcKernels *kernels) {
  kernels->name = "avx512";
  kernels->ramp_u16 = ramp_u16;
  kernels->ramp_s16 = ramp_s16;
  kernels->curve_u16 = curve_u16;
  kernels->curve_s16 = curve_s16;
  kernels->average_rows = average_rows;
  kernels->across_area = across_area;
  kernels->blend_strokes = blend_strokes;
}

#define VBMI __attribute__ ((target ("avx512f,avx512bw,avx512vl,avx512vbmi")))

// Levels of 64 pixels as bytes, in the order in which interleaving the channels below leaves them
// behind each other.
static inline VBMI __m512i
bytes_of (const int16_t *row) {
  const __m512i half = _mm512_set1_epi16 (PRC_LEVEL_ONE / 2);
  const __m512i order = _mm512_setr_epi32 (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  __m512i low = _mm512_add_epi16 (_mm512_loadu_si512 (row), half);
  __m512i high = _mm512_add_epi16 (_mm512_loadu_si512 (row + LANES), half);
  __m256i first = _mm512_cvtepi16_epi8 (_mm512_srli_epi16 (low, PRC_LEVEL_BITS));
  __m256i second = _mm512_cvtepi16_epi8 (_mm512_srli_epi16 (high, PRC_LEVEL_BITS));

  return _mm512_permutexvar_epi32 (order,
                                   _mm512_inserti64x4 (_mm512_castsi256_si512 (first), second, 1));
}

// 256 bytes in four registers, looked up by eight bits.
static inline VBMI __m512i
look_up_bytes (const uint8_t *table, __m512i index) {
  __m512i low =
      _mm512_permutex2var_epi8 (_mm512_loadu_si512 (table), index, _mm512_loadu_si512 (table + 64));
  __m512i high = _mm512_permutex2var_epi8 (_mm512_loadu_si512 (table + 128), index,
                                           _mm512_loadu_si512 (table + 192));

  return _mm512_mask_mov_epi8 (low, _mm512_movepi8_mask (index), high);
}

static VBMI void
emit_palette (const int16_t *row, size_t n, const PrcPalette *palette, uint32_t *pixels) {
  const __m512i opaque = _mm512_set1_epi8 (-1);
  size_t i = 0;

  for (; i + 64 <= n; i += 64) {
    __m512i level = bytes_of (row + i), red = look_up_bytes (palette->channels[0], level);
    __m512i green = look_up_bytes (palette->channels[1], level);
    __m512i blue = look_up_bytes (palette->channels[2], level);
    __m512i bg = _mm512_unpacklo_epi8 (blue, green), ra = _mm512_unpacklo_epi8 (red, opaque);

    _mm512_storeu_si512 (pixels + i, _mm512_unpacklo_epi16 (bg, ra));
    _mm512_storeu_si512 (pixels + i + 16, _mm512_unpackhi_epi16 (bg, ra));
    bg = _mm512_unpackhi_epi8 (blue, green);
    ra = _mm512_unpackhi_epi8 (red, opaque);
    _mm512_storeu_si512 (pixels + i + 32, _mm512_unpacklo_epi16 (bg, ra));
    _mm512_storeu_si512 (pixels + i + 48, _mm512_unpackhi_epi16 (bg, ra));
  }
  prc_kernels_avx2.emit_palette (row + i, n - i, palette, pixels + i);
}

void
prc_kernels_vbmi_init (PrcKernels *kernels) {
  kernels->emit_palette = emit_palette;
}

#endif
