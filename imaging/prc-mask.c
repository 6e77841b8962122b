// SPDX-License-Identifier: Apache-2.0
#include "prc-mask.h"

#include <stdlib.h>
#include <string.h>

struct _PrcMask {
  uint32_t rows, columns;
  uint32_t top, n_rows; // the rows that are kept
  uint32_t left, right;
  uint64_t area;
  uint32_t n_spans;
  uint32_t starts[]; // n_rows + 1 places in the spans, which follow
};

static PrcSpan *
spans_of (const PrcMask *mask) {
  return (PrcSpan *)(void *)(mask->starts + mask->n_rows + 1);
}

// A mask while it grows, row by row.
typedef struct {
  uint32_t rows, columns, left, right;
  uint32_t top; // of the rows in `starts`: none before the first that has any
  uint64_t area;
  GArray *starts, *spans;
} Builder;

static bool
builder_init (Builder *builder, uint32_t rows, uint32_t columns) {
  if (rows < 1 || columns < 1 || rows > PRC_MASK_MAX_SIDE || columns > PRC_MASK_MAX_SIDE)
    return false;
  *builder = (Builder){.rows = rows, .columns = columns, .left = columns};
  builder->starts = g_array_sized_new (FALSE, FALSE, sizeof (uint32_t), 64);
  builder->spans = g_array_sized_new (FALSE, FALSE, sizeof (PrcSpan), 64);
  return true;
}

// Rows ascend. What it takes depends on the rows that have any, not on those above.
static void
builder_begin_row (Builder *builder, uint32_t row) {
  uint32_t start = builder->spans->len;

  if (start == 0) {
    g_array_set_size (builder->starts, 0);
    builder->top = row;
  }
  while (builder->top + builder->starts->len <= row)
    g_array_append_val (builder->starts, start);
}

// Columns of the row begun last, in ascending order, within the mask.
static void
builder_add (Builder *builder, uint32_t first, uint32_t end) {
  uint32_t row_start = g_array_index (builder->starts, uint32_t, builder->starts->len - 1);
  PrcSpan span = {(uint16_t)first, (uint16_t)end};
  PrcSpan *last = NULL;

  if (builder->spans->len > row_start)
    last = &g_array_index (builder->spans, PrcSpan, builder->spans->len - 1);
  if (last != NULL && first <= last->end) {
    if (end <= last->end)
      return;
    builder->area += end - last->end;
    last->end = (uint16_t)end;
  } else {
    builder->area += end - first;
    g_array_append_val (builder->spans, span);
  }
  builder->left = MIN (builder->left, first);
  builder->right = MAX (builder->right, end);
}

// Rows without anything above and below are not kept.
static PrcMask *
builder_end (Builder *builder) {
  const uint32_t *starts;
  uint32_t n_spans = builder->spans->len, n_rows = builder->starts->len;
  PrcMask *mask;

  g_array_append_val (builder->starts, n_spans);
  starts = (const uint32_t *)(const void *)builder->starts->data;
  while (n_rows > 0 && starts[n_rows - 1] == n_spans)
    n_rows--;
  if (n_rows == 0)
    builder->top = 0;
  mask = g_atomic_rc_box_alloc (sizeof *mask + (n_rows + 1) * sizeof *starts +
                                n_spans * sizeof (PrcSpan));
  *mask = (PrcMask){builder->rows, builder->columns, builder->top,  n_rows,
                    builder->left, builder->right,   builder->area, n_spans};
  memcpy (mask->starts, starts, (n_rows + 1) * sizeof *starts);
  if (n_spans > 0)
    memcpy (spans_of (mask), builder->spans->data, n_spans * sizeof (PrcSpan));
  g_array_unref (builder->starts);
  g_array_unref (builder->spans);
  return mask;
}

// Up to 64 of the bits from `at` on, the first lowest; *n of them count, at least one.
static uint64_t
bits_from (const uint8_t *bits, uint64_t at, uint64_t end, uint64_t *n) {
  const uint8_t *bytes = bits + at / 8;
  size_t there = (size_t)MIN ((end - at / 8 * 8 + 7) / 8, 8);
  uint64_t word = 0;

  memcpy (&word, bytes, there);
  *n = MIN (8 * there - at % 8, end - at);
  return GUINT64_FROM_LE (word) >> (at % 8);
}

// The first place from `at` on where the bit is `wanted`, or `end`.
static uint64_t
find_bit (const uint8_t *bits, uint64_t at, uint64_t end, bool wanted) {
  while (at < end) {
    uint64_t n, word = bits_from (bits, at, end, &n);
    uint64_t hits = wanted ? word : ~word;
    uint64_t step = hits == 0 ? 64 : (uint64_t)__builtin_ctzll (hits);

    if (step < n)
      return at + step;
    at += n;
  }
  return end;
}

PrcMask *
prc_mask_new_from_bits (uint32_t rows, uint32_t columns, const uint8_t *bits, size_t size,
                        uint64_t first_bit) {
  uint64_t n_bits = (uint64_t)rows * columns;
  Builder builder;

  if (first_bit / 8 > size || n_bits + first_bit % 8 > (uint64_t)(size - first_bit / 8) * 8 ||
      !builder_init (&builder, rows, columns))
    return NULL;
  for (uint32_t row = 0; row < rows; row++) {
    uint64_t start = first_bit + (uint64_t)row * columns, end = start + columns, at = start;

    builder_begin_row (&builder, row);
    while ((at = find_bit (bits, at, end, true)) < end) {
      uint64_t stop = find_bit (bits, at, end, false);

      builder_add (&builder, (uint32_t)(at - start), (uint32_t)(stop - start));
      at = stop;
    }
  }
  return builder_end (&builder);
}

PrcMask *
prc_mask_new_from_bytes (uint32_t rows, uint32_t columns, const uint8_t *bytes, size_t stride) {
  Builder builder;

  if (!builder_init (&builder, rows, columns))
    return NULL;
  for (uint32_t row = 0; row < rows; row++, bytes += stride) {
    builder_begin_row (&builder, row);
    for (uint32_t column = 0; column < columns; column++) {
      uint32_t first = column;

      while (column < columns && bytes[column] != 0)
        column++;
      if (column > first)
        builder_add (&builder, first, column);
    }
  }
  return builder_end (&builder);
}

static int
compare_spans (const void *a, const void *b) {
  const PrcRowSpan *x = a, *y = b;

  if (x->row != y->row)
    return x->row < y->row ? -1 : 1;
  return (x->first > y->first) - (x->first < y->first);
}

// Sorted already, most of the time.
static const PrcRowSpan *
in_order (const PrcRowSpan *spans, size_t n, PrcRowSpan **copy) {
  size_t i = 1;

  while (i < n && compare_spans (&spans[i - 1], &spans[i]) <= 0)
    i++;
  if (i >= n)
    return spans;
  *copy = g_memdup2 (spans, n * sizeof *spans);
  qsort (*copy, n, sizeof **copy, compare_spans);
  return *copy;
}

PrcMask *
prc_mask_new_from_spans (uint32_t rows, uint32_t columns, const PrcRowSpan *spans, size_t n) {
  g_autofree PrcRowSpan *copy = NULL;
  Builder builder;

  if (!builder_init (&builder, rows, columns))
    return NULL;
  spans = in_order (spans, n, &copy);
  for (size_t i = 0; i < n; i++) {
    int32_t first = MAX (spans[i].first, 0), end = MIN (spans[i].end, (int32_t)columns);

    if (spans[i].row < 0 || spans[i].row >= (int32_t)rows || first >= end)
      continue;
    builder_begin_row (&builder, (uint32_t)spans[i].row);
    builder_add (&builder, (uint32_t)first, (uint32_t)end);
  }
  return builder_end (&builder);
}

PrcMask *
prc_mask_new_moved (const PrcMask *mask, uint32_t rows, uint32_t columns, int32_t down,
                    int32_t right) {
  g_autofree PrcRowSpan *spans = g_new (PrcRowSpan, mask->n_spans + 1);
  size_t n = 0;

  for (uint32_t row = mask->top; row < mask->top + mask->n_rows; row++) {
    size_t n_here;
    const PrcSpan *here = prc_mask_row (mask, row, &n_here);

    for (size_t i = 0; i < n_here; i++)
      spans[n++] = (PrcRowSpan){(int32_t)row + down, here[i].first + right, here[i].end + right};
  }
  return prc_mask_new_from_spans (rows, columns, spans, n);
}

PrcMask *
prc_mask_new_inverted (const PrcMask *mask) {
  Builder builder;

  builder_init (&builder, mask->rows, mask->columns);
  for (uint32_t row = 0; row < mask->rows; row++) {
    uint32_t at = 0;
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    builder_begin_row (&builder, row);
    for (size_t i = 0; i < n; at = spans[i++].end)
      if (spans[i].first > at)
        builder_add (&builder, at, spans[i].first);
    if (at < mask->columns)
      builder_add (&builder, at, mask->columns);
  }
  return builder_end (&builder);
}

// A row of two masks at once. What is in changes only at an edge, where a run of either begins or
// ends: after an odd number of a mask's edges its pixels are set.
static void
combine_rows (Builder *builder, const PrcSpan *a, size_t n_a, const PrcSpan *b, size_t n_b,
              bool (*keep) (bool in_a, bool in_b)) {
  const uint16_t *edges_a = (const uint16_t *)a, *edges_b = (const uint16_t *)b;
  size_t i = 0, k = 0;
  uint32_t at = 0;

  while (i < 2 * n_a || k < 2 * n_b) {
    uint32_t next_a = i < 2 * n_a ? edges_a[i] : UINT32_MAX;
    uint32_t next_b = k < 2 * n_b ? edges_b[k] : UINT32_MAX;
    uint32_t next = MIN (next_a, next_b);

    if (next > at && keep (i % 2 == 1, k % 2 == 1))
      builder_add (builder, at, next);
    i += next_a == next;
    k += next_b == next;
    at = next;
  }
}

static PrcMask *
combine (const PrcMask *a, const PrcMask *b, bool (*keep) (bool in_a, bool in_b)) {
  Builder builder;

  g_return_val_if_fail (a->rows == b->rows && a->columns == b->columns, NULL);
  builder_init (&builder, a->rows, a->columns);
  for (uint32_t row = 0; row < a->rows; row++) {
    size_t n_a, n_b;
    const PrcSpan *of_a = prc_mask_row (a, row, &n_a), *of_b = prc_mask_row (b, row, &n_b);

    builder_begin_row (&builder, row);
    combine_rows (&builder, of_a, n_a, of_b, n_b, keep);
  }
  return builder_end (&builder);
}

static bool
in_both (bool in_a, bool in_b) {
  return in_a && in_b;
}

static bool
in_either (bool in_a, bool in_b) {
  return in_a || in_b;
}

static bool
in_first_only (bool in_a, bool in_b) {
  return in_a && !in_b;
}

PrcMask *
prc_mask_new_intersection (const PrcMask *a, const PrcMask *b) {
  return combine (a, b, in_both);
}

PrcMask *
prc_mask_new_union (const PrcMask *a, const PrcMask *b) {
  return combine (a, b, in_either);
}

PrcMask *
prc_mask_new_difference (const PrcMask *a, const PrcMask *b) {
  return combine (a, b, in_first_only);
}

// Runs apart and rows trimmed: there is one way only to write down the same pixels.
bool
prc_mask_equal (const PrcMask *a, const PrcMask *b) {
  if (a == b)
    return true;
  return a->rows == b->rows && a->columns == b->columns && a->top == b->top &&
         a->n_rows == b->n_rows && a->n_spans == b->n_spans &&
         memcmp (a->starts, b->starts, prc_mask_size (a) - sizeof *a) == 0;
}

PrcMask *
prc_mask_ref (const PrcMask *mask) {
  return g_atomic_rc_box_acquire ((PrcMask *)mask);
}

void
prc_mask_unref (PrcMask *mask) {
  g_atomic_rc_box_release (mask);
}

uint32_t
prc_mask_rows (const PrcMask *mask) {
  return mask->rows;
}

uint32_t
prc_mask_columns (const PrcMask *mask) {
  return mask->columns;
}

uint64_t
prc_mask_area (const PrcMask *mask) {
  return mask->area;
}

size_t
prc_mask_size (const PrcMask *mask) {
  return sizeof *mask + (mask->n_rows + 1) * sizeof *mask->starts +
         mask->n_spans * sizeof (PrcSpan);
}

const PrcSpan *
prc_mask_row (const PrcMask *mask, uint32_t row, size_t *n) {
  const uint32_t *start;

  *n = 0;
  if (row < mask->top || row - mask->top >= mask->n_rows)
    return NULL;
  start = mask->starts + (row - mask->top);
  *n = start[1] - start[0];
  return spans_of (mask) + start[0];
}

bool
prc_mask_contains (const PrcMask *mask, uint32_t column, uint32_t row) {
  size_t low = 0, n;
  const PrcSpan *spans = prc_mask_row (mask, row, &n);

  while (low < n) {
    size_t middle = low + (n - low) / 2;

    if (column >= spans[middle].end)
      low = middle + 1;
    else if (column < spans[middle].first)
      n = middle;
    else
      return true;
  }
  return false;
}

bool
prc_mask_bounds (const PrcMask *mask, PrcMaskBounds *bounds) {
  *bounds = (PrcMaskBounds){mask->top, mask->top + mask->n_rows, mask->left, mask->right};
  return mask->n_spans > 0;
}
