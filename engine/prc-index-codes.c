// SPDX-License-Identifier: Apache-2.0
#include "prc-index-codes.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define ZERO    128
#define LARGEST 127

unsigned
prc_index_stride (unsigned dimension) {
  return (dimension + PRC_INDEX_LINE - 1) / PRC_INDEX_LINE * PRC_INDEX_LINE;
}

PrcIndexCode
prc_index_encode (const float *vector, unsigned dimension, uint8_t *codes) {
  float largest = 0;
  bool finite = true;
  for (unsigned i = 0; i < dimension; i++) {
    largest = fmaxf (largest, fabsf (vector[i]));
    finite &= isfinite (vector[i]);
  }
  memset (codes, ZERO, prc_index_stride (dimension));
  if (!finite)
    return (PrcIndexCode){0, INFINITY, 0};
  const float scale = largest / LARGEST, inverse = scale > 0 ? 1 / scale : 0;
  if (!isfinite (inverse)) // so short that it is none
    return (PrcIndexCode){0, largest * sqrtf ((float)dimension), 0};
  double lost = 0, reach = 0;
  for (unsigned i = 0; i < dimension; i++) {
    const int code = CLAMP ((int)lrintf (vector[i] * inverse), -LARGEST, LARGEST);
    const double back = (double)scale * code, rest = vector[i] - back;
    codes[i] = (uint8_t)(code + ZERO);
    lost += rest * rest;
    reach += back * back;
  }
  return (PrcIndexCode){scale, (float)sqrt (lost), (float)sqrt (reach)};
}

// --- kernels: rows strictly one after the other, as memory likes it

static int32_t
correction (const int8_t *query, unsigned stride) { // rows are larger by 128
  int32_t sum = 0;
  for (unsigned i = 0; i < stride; i++)
    sum += query[i];
  return ZERO * sum;
}

static void
dots_plain (const uint8_t *rows, size_t n, unsigned stride, const int8_t *query, int32_t *dots) {
  for (size_t i = 0; i < n; i++, rows += stride) {
    int32_t sum = 0;
    for (unsigned j = 0; j < stride; j++)
      sum += (rows[j] - ZERO) * query[j];
    dots[i] = sum;
  }
}

#ifdef __x86_64__
#define AVX2 __attribute__ ((target ("avx2")))
#define VNNI __attribute__ ((target ("avx512f,avx512bw,avx512vl,avx512vnni")))

AVX2 static void
dots_avx2 (const uint8_t *rows, size_t n, unsigned stride, const int8_t *query, int32_t *dots) {
  const int32_t surplus = correction (query, stride);
  for (size_t i = 0; i < n; i++, rows += stride) {
    __m256i sums[2] = {_mm256_setzero_si256 (), _mm256_setzero_si256 ()};
    for (unsigned j = 0; j < stride; j += 16) { // 16 bits: products of bytes would not fit
      const __m256i row = _mm256_cvtepu8_epi16 (_mm_loadu_si128 ((const void *)(rows + j)));
      const __m256i asked = _mm256_cvtepi8_epi16 (_mm_loadu_si128 ((const void *)(query + j)));
      sums[j / 16 % 2] = _mm256_add_epi32 (sums[j / 16 % 2], _mm256_madd_epi16 (row, asked));
    }
    const __m256i both = _mm256_add_epi32 (sums[0], sums[1]);
    __m128i sum = _mm_add_epi32 (_mm256_castsi256_si128 (both), _mm256_extracti128_si256 (both, 1));
    sum = _mm_add_epi32 (sum, _mm_shuffle_epi32 (sum, 0x4e));
    sum = _mm_add_epi32 (sum, _mm_shuffle_epi32 (sum, 0xb1));
    dots[i] = _mm_cvtsi128_si32 (sum) - surplus;
  }
}

VNNI static inline __m512i
row_vnni (const uint8_t *row, unsigned stride, const int8_t *query) {
  __m512i sum = _mm512_setzero_si512 ();
  for (unsigned j = 0; j < stride; j += 64)
    sum = _mm512_dpbusd_epi32 (sum, _mm512_loadu_si512 (row + j), _mm512_loadu_si512 (query + j));
  return sum;
}

VNNI static void
dots_vnni (const uint8_t *rows, size_t n, unsigned stride, const int8_t *query, int32_t *dots) {
  const int32_t surplus = correction (query, stride);
  size_t i = 0;
  for (; i + 4 <= n; i += 4, rows += 4 * (size_t)stride) { // four sums are added up crosswise
    const __m512i a = row_vnni (rows, stride, query);
    const __m512i b = row_vnni (rows + stride, stride, query);
    const __m512i c = row_vnni (rows + 2 * (size_t)stride, stride, query);
    const __m512i d = row_vnni (rows + 3 * (size_t)stride, stride, query);
    const __m512i ab =
        _mm512_add_epi32 (_mm512_unpacklo_epi32 (a, b), _mm512_unpackhi_epi32 (a, b));
    const __m512i cd =
        _mm512_add_epi32 (_mm512_unpacklo_epi32 (c, d), _mm512_unpackhi_epi32 (c, d));
    const __m512i all =
        _mm512_add_epi32 (_mm512_unpacklo_epi64 (ab, cd), _mm512_unpackhi_epi64 (ab, cd));
    const __m256i half =
        _mm256_add_epi32 (_mm512_castsi512_si256 (all), _mm512_extracti64x4_epi64 (all, 1));
    const __m128i sums =
        _mm_add_epi32 (_mm256_castsi256_si128 (half), _mm256_extracti128_si256 (half, 1));
    _mm_storeu_si128 ((void *)(dots + i), _mm_sub_epi32 (sums, _mm_set1_epi32 (surplus)));
  }
  for (; i < n; i++, rows += stride)
    dots[i] = _mm512_reduce_add_epi32 (row_vnni (rows, stride, query)) - surplus;
}
#elif defined(__aarch64__)
static void
dots_neon (const uint8_t *rows, size_t n, unsigned stride, const int8_t *query, int32_t *dots) {
  const uint8x16_t zero = vdupq_n_u8 (ZERO);
  for (size_t i = 0; i < n; i++, rows += stride) {
    int32x4_t sum = vdupq_n_s32 (0);
    for (unsigned j = 0; j < stride; j += 16) {
      const int8x16_t row = vreinterpretq_s8_u8 (veorq_u8 (vld1q_u8 (rows + j), zero));
      const int8x16_t asked = vld1q_s8 (query + j);
      sum = vpadalq_s16 (sum, vmull_s8 (vget_low_s8 (row), vget_low_s8 (asked)));
      sum = vpadalq_s16 (sum, vmull_high_s8 (row, asked));
    }
    dots[i] = vaddvq_s32 (sum);
  }
}
#endif

static PrcIndexKernel kernels[4];
static size_t n_kernels;

static void
add_kernel (const char *name, PrcIndexDots dots) {
  kernels[n_kernels++] = (PrcIndexKernel){name, dots};
}

const PrcIndexKernel *
prc_index_kernels (size_t *n) {
  static gsize found;
  if (g_once_init_enter (&found)) {
#ifdef __x86_64__
    if (__builtin_cpu_supports ("avx512vnni") && __builtin_cpu_supports ("avx512bw") &&
        __builtin_cpu_supports ("avx512vl"))
      add_kernel ("avx512-vnni", dots_vnni);
    if (__builtin_cpu_supports ("avx2"))
      add_kernel ("avx2", dots_avx2);
#elif defined(__aarch64__)
    add_kernel ("neon", dots_neon);
#endif
    add_kernel ("plain", dots_plain);
    g_once_init_leave (&found, 1);
  }
  if (n)
    *n = n_kernels;
  return kernels;
}

PrcIndexDots
prc_index_dots (void) {
  return prc_index_kernels (NULL)[0].dots;
}

// --- floats

typedef float Lanes __attribute__ ((vector_size (64), aligned (4), may_alias));

float
prc_index_product (const float *a, const float *b, unsigned dimension) {
  Lanes sums = {0};
  for (unsigned i = 0; i < dimension; i += 16)
    sums += *(const Lanes *)(const void *)(a + i) * *(const Lanes *)(const void *)(b + i);
  float sum = 0;
  for (unsigned i = 0; i < 16; i++)
    sum += sums[i];
  return sum;
}
