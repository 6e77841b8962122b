// SPDX-License-Identifier: Apache-2.0
#include "prc-kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define AVX2        __attribute__ ((target ("avx2")))
#define HALF_WEIGHT _mm256_set1_epi32 (PRC_WEIGHT_ONE / 2)
#define LANES       16 // 16-bit ones

static inline AVX2 __m256i
load (const void *at) {
  return _mm256_loadu_si256 (at);
}

static inline AVX2 void
store (void *at, __m256i value) {
  _mm256_storeu_si256 (at, value);
}

// Comparing with the larger or smaller of two is how AVX2 compares unsigned numbers.
static inline AVX2 __m256i
clear_padding_u16 (__m256i level, __m256i x, int32_t padding_low, int32_t padding_high) {
  __m256i low = _mm256_set1_epi16 ((int16_t)padding_low);
  __m256i high = _mm256_set1_epi16 ((int16_t)padding_high);
  __m256i within = _mm256_cmpeq_epi16 (_mm256_min_epu16 (_mm256_max_epu16 (x, low), high), x);

  return _mm256_andnot_si256 (within, level);
}

static inline AVX2 __m256i
clear_padding_s16 (__m256i level, __m256i x, int32_t padding_low, int32_t padding_high) {
  __m256i low = _mm256_set1_epi16 ((int16_t)padding_low);
  __m256i high = _mm256_set1_epi16 ((int16_t)padding_high);
  __m256i within = _mm256_cmpeq_epi16 (_mm256_min_epi16 (_mm256_max_epi16 (x, low), high), x);

  return _mm256_andnot_si256 (within, level);
}

// From a clamped sample on, signed and unsigned are the same bits.
static inline AVX2 __m256i
ramp_levels (__m256i clamped, const PrcRamp *ramp) {
  const __m256i white = _mm256_set1_epi16 (PRC_WHITE);
  __m256i d = _mm256_sub_epi16 (clamped, _mm256_set1_epi16 ((int16_t)ramp->low));
  __m256i level = _mm256_mulhi_epu16 (_mm256_sll_epi16 (d, _mm_cvtsi32_si128 (ramp->shift)),
                                      _mm256_set1_epi16 ((int16_t)ramp->factor));

  level = _mm256_adds_epi16 (level, _mm256_set1_epi16 (ramp->start));
  level = _mm256_min_epi16 (_mm256_max_epi16 (level, _mm256_setzero_si256 ()), white);
  return ramp->flip ? _mm256_sub_epi16 (white, level) : level;
}

#define DEFINE_RAMP(name, type, min, max, clear_padding)                                           \
  static AVX2 void name (const type *samples, size_t n, const PrcRamp *ramp, int16_t *out) {       \
    const PrcRamp r = *ramp;                                                                       \
    const __m256i low = _mm256_set1_epi16 ((int16_t)r.low);                                        \
    const __m256i high = _mm256_set1_epi16 ((int16_t)r.high);                                      \
    size_t i = 0;                                                                                  \
                                                                                                   \
    for (; i + LANES <= n; i += LANES) {                                                           \
      __m256i x = load (samples + i);                                                              \
      __m256i level = ramp_levels (min (max (x, low), high), &r);                                  \
                                                                                                   \
      if (r.has_padding)                                                                           \
        level = clear_padding (level, x, r.padding_low, r.padding_high);                           \
      store (out + i, level);                                                                      \
    }                                                                                              \
    prc_kernels_scalar.name (samples + i, n - i, ramp, out + i);                                   \
  }
DEFINE_RAMP (ramp_u16, uint16_t, _mm256_min_epu16, _mm256_max_epu16, clear_padding_u16)
DEFINE_RAMP (ramp_s16, int16_t, _mm256_min_epi16, _mm256_max_epi16, clear_padding_s16)

// Sixteen pieces' starts (which = 0) or rises (which = 1) out of two gathers of eight.
static inline AVX2 __m256i
pack_pieces (__m256i low, __m256i high, int which) {
  low = which ? low : _mm256_slli_epi32 (low, 16);
  high = which ? high : _mm256_slli_epi32 (high, 16);
  return _mm256_permute4x64_epi64 (
      _mm256_packs_epi32 (_mm256_srai_epi32 (low, 16), _mm256_srai_epi32 (high, 16)),
      _MM_SHUFFLE (3, 1, 2, 0));
}

static inline AVX2 __m256i
gather_pieces (const PrcCurve *curve, __m128i pieces) {
  return _mm256_i32gather_epi32 (curve->both, _mm256_cvtepu16_epi32 (pieces), 4);
}

static inline AVX2 __m256i
curve_levels (__m256i clamped, const PrcCurve *curve) {
  __m256i d = _mm256_sll_epi16 (_mm256_sub_epi16 (clamped, _mm256_set1_epi16 ((int16_t)curve->low)),
                                _mm_cvtsi32_si128 (curve->shift));
  __m256i pieces = _mm256_srli_epi16 (d, 9);
  __m256i along = _mm256_slli_epi16 (_mm256_and_si256 (d, _mm256_set1_epi16 (511)), 6);
  __m256i low = gather_pieces (curve, _mm256_castsi256_si128 (pieces));
  __m256i high = gather_pieces (curve, _mm256_extracti128_si256 (pieces, 1));

  return _mm256_add_epi16 (pack_pieces (low, high, 0),
                           _mm256_mulhrs_epi16 (pack_pieces (low, high, 1), along));
}

#define DEFINE_CURVE(name, type, min, max, clear_padding)                                          \
  static AVX2 void name (const type *samples, size_t n, const PrcCurve *curve, int16_t *out) {     \
    const __m256i low = _mm256_set1_epi16 ((int16_t)curve->low);                                   \
    const __m256i high = _mm256_set1_epi16 ((int16_t)curve->high);                                 \
    size_t i = 0;                                                                                  \
                                                                                                   \
    for (; i + LANES <= n; i += LANES) {                                                           \
      __m256i x = load (samples + i);                                                              \
      __m256i level = curve_levels (min (max (x, low), high), curve);                              \
                                                                                                   \
      if (curve->has_padding)                                                                      \
        level = clear_padding (level, x, curve->padding_low, curve->padding_high);                 \
      store (out + i, level);                                                                      \
    }                                                                                              \
    prc_kernels_scalar.name (samples + i, n - i, curve, out + i);                                  \
  }
DEFINE_CURVE (curve_u16, uint16_t, _mm256_min_epu16, _mm256_max_epu16, clear_padding_u16)
DEFINE_CURVE (curve_s16, int16_t, _mm256_min_epi16, _mm256_max_epi16, clear_padding_s16)

static inline AVX2 __m256i
rounded (__m256i sum) {
  return _mm256_srai_epi32 (_mm256_add_epi32 (sum, HALF_WEIGHT), PRC_WEIGHT_BITS);
}

// The last columns, one by one.
static void
average_tail (const int16_t *const *rows, const int16_t *weights, size_t n_taps, size_t i, size_t n,
              int16_t *out) {
  for (; i < n; i++) {
    int sum = PRC_WEIGHT_ONE / 2;

    for (size_t t = 0; t < n_taps; t++)
      sum += rows[t][i] * weights[t];
    out[i] = (int16_t)(sum >> PRC_WEIGHT_BITS);
  }
}

static inline int
pair_at (const int16_t *weights) {
  int pair;

  memcpy (&pair, weights, sizeof pair);
  return pair;
}

// Two taps at a time: interleaved, they are what one multiply-add takes. Widening and packing both
// stay within 128-bit lanes, so the order comes back by itself.
static AVX2 void
average_rows (const int16_t *const *rows, const int16_t *weights, size_t n_taps, size_t n,
              int16_t *out) {
  size_t i = 0;

  for (; i + LANES <= n; i += LANES) {
    __m256i low = _mm256_setzero_si256 (), high = low;

    for (size_t t = 0; t < n_taps; t += 2) {
      __m256i x = load (rows[t] + i), y = load (rows[t + 1] + i);
      __m256i w = _mm256_set1_epi32 (pair_at (weights + t));

      low = _mm256_add_epi32 (low, _mm256_madd_epi16 (_mm256_unpacklo_epi16 (x, y), w));
      high = _mm256_add_epi32 (high, _mm256_madd_epi16 (_mm256_unpackhi_epi16 (x, y), w));
    }
    store (out + i, _mm256_packs_epi32 (rounded (low), rounded (high)));
  }
  average_tail (rows, weights, n_taps, i, n, out);
}

// Both samples of a pair come with one 32-bit gather, and one multiply-add weighs them.
static AVX2 void
across_pair (const int16_t *row, const int32_t *first, const int16_t *weight, size_t n,
             int16_t *out) {
  size_t i = 0;

  for (; i + 8 <= n; i += 8) {
    __m256i pairs = _mm256_i32gather_epi32 ((const int *)(const void *)row, load (first + i), 2);
    __m256i right = _mm256_cvtepu16_epi32 (_mm_loadu_si128 ((const void *)(weight + i)));
    __m256i left = _mm256_sub_epi32 (_mm256_set1_epi32 (PRC_WEIGHT_ONE), right);
    __m256i weights = _mm256_or_si256 (left, _mm256_slli_epi32 (right, 16));
    __m256i level = rounded (_mm256_madd_epi16 (pairs, weights));

    level = _mm256_permute4x64_epi64 (_mm256_packs_epi32 (level, level), _MM_SHUFFLE (3, 1, 2, 0));
    _mm_storeu_si128 ((void *)(out + i), _mm256_castsi256_si128 (level));
  }
  prc_kernels_scalar.across_pair (row, first + i, weight + i, n - i, out + i);
}

// The weighted taps of two outputs, a lane each, as four partial sums.
static inline AVX2 __m256i
two_areas (const int16_t *row, const int32_t *first, const int16_t *weights, size_t n_taps) {
  __m256i sum = _mm256_setzero_si256 ();

  for (size_t t = 0; t < n_taps; t += PRC_TAP_GROUP) {
    __m256i x = _mm256_loadu2_m128i ((const void *)(row + first[1] + t),
                                     (const void *)(row + first[0] + t));
    __m256i w =
        _mm256_loadu2_m128i ((const void *)(weights + n_taps + t), (const void *)(weights + t));

    sum = _mm256_add_epi32 (sum, _mm256_madd_epi16 (x, w));
  }
  return sum;
}

static AVX2 void
across_area (const int16_t *row, const int32_t *first, const int16_t *weights, size_t n_taps,
             size_t n, int16_t *out) {
  const __m256i order = _mm256_setr_epi32 (0, 4, 1, 5, 2, 6, 3, 7);
  size_t i = 0;

  for (; i + 8 <= n; i += 8) {
    const int16_t *w = weights + i * n_taps;
    __m256i a = two_areas (row, first + i, w, n_taps);
    __m256i b = two_areas (row, first + i + 2, w + 2 * n_taps, n_taps);
    __m256i c = two_areas (row, first + i + 4, w + 4 * n_taps, n_taps);
    __m256i d = two_areas (row, first + i + 6, w + 6 * n_taps, n_taps);
    __m256i sums = _mm256_hadd_epi32 (_mm256_hadd_epi32 (a, b), _mm256_hadd_epi32 (c, d));
    __m256i level = rounded (_mm256_permutevar8x32_epi32 (sums, order));

    level = _mm256_permute4x64_epi64 (_mm256_packs_epi32 (level, level), _MM_SHUFFLE (3, 1, 2, 0));
    _mm_storeu_si128 ((void *)(out + i), _mm256_castsi256_si128 (level));
  }
  prc_kernels_scalar.across_area (row, first + i, weights + i * n_taps, n_taps, n - i, out + i);
}

static AVX2 void
blend_rows (const int16_t *a, const int16_t *b, int weight, size_t n, int16_t *out) {
  __m256i weights = _mm256_set1_epi32 ((PRC_WEIGHT_ONE - weight) | weight << 16);
  size_t i = 0;

  for (; i + LANES <= n; i += LANES) {
    __m256i x = load (a + i), y = load (b + i);
    __m256i low = _mm256_madd_epi16 (_mm256_unpacklo_epi16 (x, y), weights);
    __m256i high = _mm256_madd_epi16 (_mm256_unpackhi_epi16 (x, y), weights);

    store (out + i, _mm256_packs_epi32 (rounded (low), rounded (high)));
  }
  prc_kernels_scalar.blend_rows (a + i, b + i, weight, n - i, out + i);
}

static inline AVX2 __m256i
bytes_of (const int16_t *row) {
  __m256i level = _mm256_cvtepu16_epi32 (_mm_loadu_si128 ((const void *)row));

  return _mm256_srli_epi32 (_mm256_add_epi32 (level, _mm256_set1_epi32 (PRC_LEVEL_ONE / 2)),
                            PRC_LEVEL_BITS);
}

static AVX2 void
emit_grey (const int16_t *row, size_t n, uint32_t *pixels) {
  const __m256i spread_byte =
      _mm256_setr_epi8 (0, 0, 0, -1, 4, 4, 4, -1, 8, 8, 8, -1, 12, 12, 12, -1, 0, 0, 0, -1, 4, 4, 4,
                        -1, 8, 8, 8, -1, 12, 12, 12, -1);
  const __m256i opaque = _mm256_set1_epi32 ((int)0xff000000);
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    store (pixels + i,
           _mm256_or_si256 (_mm256_shuffle_epi8 (bytes_of (row + i), spread_byte), opaque));
  prc_kernels_scalar.emit_grey (row + i, n - i, pixels + i);
}

static AVX2 void
emit_palette (const int16_t *row, size_t n, const PrcPalette *palette, uint32_t *pixels) {
  size_t i = 0;

  for (; i + 8 <= n; i += 8)
    store (pixels + i, _mm256_i32gather_epi32 ((const int *)(const void *)palette->pixels,
                                               bytes_of (row + i), 4));
  prc_kernels_scalar.emit_palette (row + i, n - i, palette, pixels + i);
}

static AVX2 void
emit_rgb (const int16_t *red, const int16_t *green, const int16_t *blue, size_t n,
          uint32_t *pixels) {
  const __m256i opaque = _mm256_set1_epi32 ((int)0xff000000);
  size_t i = 0;

  for (; i + 8 <= n; i += 8) {
    __m256i r = _mm256_slli_epi32 (bytes_of (red + i), 16),
            g = _mm256_slli_epi32 (bytes_of (green + i), 8);

    store (pixels + i,
           _mm256_or_si256 (_mm256_or_si256 (r, g), _mm256_or_si256 (bytes_of (blue + i), opaque)));
  }
  prc_kernels_scalar.emit_rgb (red + i, green + i, blue + i, n - i, pixels + i);
}

// Eight flags of a byte each as eight masks of 32 bits.
static inline AVX2 __m256i
masks_of (uint64_t flags) {
  __m256i wide = _mm256_cvtepu8_epi32 (_mm_cvtsi64_si128 ((long long)flags));

  return _mm256_cmpgt_epi32 (wide, _mm256_setzero_si256 ());
}

static inline AVX2 bool
none_of_32 (const uint8_t *flags) {
  __m256i all = load (flags);

  return _mm256_testz_si256 (all, all);
}

// Bytes become words, two pixels to a 128-bit lane, and sums stay below 65,536.
static AVX2 void
blend_covered (uint32_t *pixels, const uint8_t *covered, size_t n, uint32_t colour,
               unsigned alpha) {
  const __m256i zero = _mm256_setzero_si256 (), opaque = _mm256_set1_epi32 ((int)0xff000000);
  const __m256i scale = _mm256_set1_epi16 ((int16_t)(256 - alpha));
  __m256i wide = _mm256_unpacklo_epi8 (_mm256_set1_epi32 ((int)colour), zero);
  __m256i share = _mm256_mullo_epi16 (wide, _mm256_set1_epi16 ((int16_t)alpha));
  size_t i = 0;

  share = _mm256_add_epi16 (share, _mm256_set1_epi16 (128));
  for (; i + 8 <= n; i += 8) {
    __m256i pixel, low, high;
    uint64_t flags;

    while (i + 40 <= n && none_of_32 (covered + i))
      i += 32;
    memcpy (&flags, covered + i, sizeof flags);
    if (flags == 0)
      continue;
    pixel = load (pixels + i);
    low = _mm256_mullo_epi16 (_mm256_unpacklo_epi8 (pixel, zero), scale);
    high = _mm256_mullo_epi16 (_mm256_unpackhi_epi8 (pixel, zero), scale);
    low = _mm256_srli_epi16 (_mm256_add_epi16 (low, share), 8);
    high = _mm256_srli_epi16 (_mm256_add_epi16 (high, share), 8);
    low = _mm256_or_si256 (_mm256_packus_epi16 (low, high), opaque);
    store (pixels + i, _mm256_blendv_epi8 (pixel, low, masks_of (flags)));
  }
  prc_kernels_scalar.blend_covered (pixels + i, covered + i, n - i, colour, alpha);
}

// A tint in all lanes.
typedef struct {
  __m256i scale, even, odd;
} Tint;

// Two of the four bytes at a time, as words: nothing has to change its place.
static inline AVX2 __m256i
blend_pixels (__m256i pixel, const Tint *tint) {
  const __m256i low_bytes = _mm256_set1_epi16 (255);
  __m256i even = _mm256_mullo_epi16 (_mm256_and_si256 (pixel, low_bytes), tint->scale);
  __m256i odd = _mm256_mullo_epi16 (_mm256_srli_epi16 (pixel, 8), tint->scale);

  even = _mm256_srli_epi16 (_mm256_add_epi16 (even, tint->even), 8);
  odd = _mm256_andnot_si256 (low_bytes, _mm256_add_epi16 (odd, tint->odd));
  return _mm256_or_si256 (even, odd);
}

static inline uint32_t *
next_line (uint32_t *at) {
  return (uint32_t *)(void *)(((uintptr_t)at + 31) & ~(uintptr_t)31);
}

// From one border of 32 bytes to the next. The first and last eight are blended before any is
// stored: they may have some in common with those between, which come out the same.
static AVX2 void
blend_strokes (uint32_t *pixels, const PrcStroke *strokes, size_t n) {
  for (const PrcStroke *stroke = strokes; stroke < strokes + n; stroke++) {
    uint32_t *at = pixels + stroke->first, *end = pixels + stroke->end;
    __m256i head, last;

    if (end - at < 8) {
      prc_kernels_scalar.blend_strokes (pixels, stroke, 1);
      continue;
    }
    const Tint tint = {_mm256_set1_epi16 ((int16_t)stroke->tint->scale),
                       _mm256_set1_epi32 ((int)stroke->tint->even),
                       _mm256_set1_epi32 ((int)stroke->tint->odd)};
    head = blend_pixels (load (at), &tint);
    last = blend_pixels (load (end - 8), &tint);
    for (uint32_t *middle = next_line (at); middle < end - 8; middle += 8)
      store (middle, blend_pixels (load (middle), &tint));
    store (at, head);
    store (end - 8, last);
  }
}

const PrcKernels prc_kernels_avx2 = {
    .name = "avx2",
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

#endif
