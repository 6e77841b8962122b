// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A binary picture, run-length coded: overlays, shutters, segments. Immutable, reference-counted,
// any thread. Takes 4 bytes for each run and 4 for each row between the first and the last that
// have any, whatever rows and columns are. Row 0, column 0 is the top left pixel.
typedef struct _PrcMask PrcMask;

// Pixels first <= column < end of a row.
typedef struct {
  uint16_t first, end;
} PrcSpan;

// Pixels first <= column < end of `row`, which may lie beyond the mask.
typedef struct {
  int32_t row, first, end;
} PrcRowSpan;

#define PRC_MASK_MAX_SIDE 65535

// rows and columns are 1 to PRC_MASK_MAX_SIDE in all of these; NULL when they are not.

// rows * columns bits one after the other, no gap between rows, the first in bit first_bit % 8 of
// bits[first_bit / 8], lowest bit first (PS3.5 8.1.1). NULL when `size` bytes are too few.
PrcMask *prc_mask_new_from_bits (uint32_t rows, uint32_t columns, const uint8_t *bits, size_t size,
                                 uint64_t first_bit);
// Set where a byte is not 0; `stride` bytes (>= columns) from row to row.
PrcMask *prc_mask_new_from_bytes (uint32_t rows, uint32_t columns, const uint8_t *bytes,
                                  size_t stride);
// In any order; spans that overlap or touch become one, what lies beyond the mask is left out.
PrcMask *prc_mask_new_from_spans (uint32_t rows, uint32_t columns, const PrcRowSpan *spans,
                                  size_t n);

// The pixels of `mask` in a mask of other size, moved down and right by whole pixels (less than
// 2^30 either way); what falls off is lost.
PrcMask *prc_mask_new_moved (const PrcMask *mask, uint32_t rows, uint32_t columns, int32_t down,
                             int32_t right);
PrcMask *prc_mask_new_inverted (const PrcMask *mask);
// In both, in one of them at least, in a and not in b; of the same size.
PrcMask *prc_mask_new_intersection (const PrcMask *a, const PrcMask *b);
PrcMask *prc_mask_new_union (const PrcMask *a, const PrcMask *b);
PrcMask *prc_mask_new_difference (const PrcMask *a, const PrcMask *b);
// Of the same size, and the same pixels.
bool prc_mask_equal (const PrcMask *a, const PrcMask *b);

PrcMask *prc_mask_ref (const PrcMask *mask);
void prc_mask_unref (PrcMask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcMask, prc_mask_unref)

uint32_t prc_mask_rows (const PrcMask *mask);
uint32_t prc_mask_columns (const PrcMask *mask);
uint64_t prc_mask_area (const PrcMask *mask); // pixels set
size_t prc_mask_size (const PrcMask *mask);   // bytes, for budgets

// The spans of a row, ascending, apart by one pixel at least; borrowed. *n is 0 for a row without
// any and for one beyond the mask.
const PrcSpan *prc_mask_row (const PrcMask *mask, uint32_t row, size_t *n);
bool prc_mask_contains (const PrcMask *mask, uint32_t column, uint32_t row);

// The smallest rectangle around all that is set; false when nothing is.
typedef struct {
  uint32_t top, bottom, left, right; // rows top <= row < bottom, columns left <= column < right
} PrcMaskBounds;
bool prc_mask_bounds (const PrcMask *mask, PrcMaskBounds *bounds);
