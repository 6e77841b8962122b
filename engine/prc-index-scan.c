// SPDX-License-Identifier: Apache-2.0
#include "prc-index-scan.h"

// One row after the other, as memory likes it; four rows at once would be several
// times slower

typedef float Lanes __attribute__ ((vector_size (PRC_INDEX_LANES * sizeof (float)), aligned (4)));

static inline __attribute__ ((always_inline)) float
dot (const float *a, const float *b, unsigned stride) {
  Lanes sums[2] = {{0}, {0}};
  unsigned i = 0;
  for (; i + 2 * PRC_INDEX_LANES <= stride; i += 2 * PRC_INDEX_LANES) {
    sums[0] += *(const Lanes *)(a + i) * *(const Lanes *)(b + i);
    sums[1] +=
        *(const Lanes *)(a + i + PRC_INDEX_LANES) * *(const Lanes *)(b + i + PRC_INDEX_LANES);
  }
  if (i < stride)
    sums[0] += *(const Lanes *)(a + i) * *(const Lanes *)(b + i);
  sums[0] += sums[1];
  float sum = 0;
  for (unsigned j = 0; j < PRC_INDEX_LANES; j++)
    sum += sums[0][j];
  return sum;
}

#define DEFINE_SCAN(name, attributes)                                                              \
  attributes static void name (const float *rows, size_t n, unsigned stride, const float *query,   \
                               float *out) {                                                       \
    for (size_t i = 0; i < n; i++)                                                                 \
      out[i] = dot (rows + i * stride, query, stride);                                             \
  }

DEFINE_SCAN (scan_any, )
#ifdef __x86_64__
DEFINE_SCAN (scan_avx2, __attribute__ ((target ("avx2,fma"))))
DEFINE_SCAN (scan_avx512, __attribute__ ((target ("avx512f"))))
#endif

PrcIndexScan
prc_index_scan (void) {
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx512f"))
    return scan_avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return scan_avx2;
#endif
  return scan_any;
}
