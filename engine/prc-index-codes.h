// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>
#include <stdint.h>

// Vectors as one byte a component, and products of such vectors at the machine's speed. A row is
// `stride` bytes, a multiple of PRC_INDEX_LINE, each a code + 128, padded with codes of 0.
#define PRC_INDEX_LINE 64

unsigned prc_index_stride (unsigned dimension);

typedef struct {
  float scale; // vector = scale x code + what is lost
  float lost;  // length of what is lost
  float reach; // length of scale x code
} PrcIndexCode;

// codes: one row. Of a vector with a number that is none, `lost` is infinite.
PrcIndexCode prc_index_encode (const float *vector, unsigned dimension, uint8_t *codes);

// What asks is signed and padded with zeros; dots[i] = sum of (rows[i] - 128) x query. Whole
// numbers: every kernel gives the same.
typedef void (*PrcIndexDots) (const uint8_t *rows, size_t n, unsigned stride, const int8_t *query,
                              int32_t *dots);

typedef struct {
  const char *name;
  PrcIndexDots dots;
} PrcIndexKernel;

// Those that this machine can run, the best first; the last is plain C.
const PrcIndexKernel *prc_index_kernels (size_t *n);
PrcIndexDots prc_index_dots (void); // the best

// In single precision, always in the same order; both padded to a multiple of 16 with zeros.
float prc_index_product (const float *a, const float *b, unsigned dimension);
