// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-edit-private.h"

// Parts of masks: runs of pixels that touch are joined, and each part is known by one of its runs.

typedef struct {
  uint32_t *parent; // of each run; a root is its own
  uint64_t *area;   // of the part, at its root
} Parts;

static uint32_t
root_of (const Parts *parts, uint32_t run) {
  while (parts->parent[run] != run) {
    parts->parent[run] = parts->parent[parts->parent[run]];
    run = parts->parent[run];
  }
  return run;
}

// The earlier run stays the root.
static void
join (const Parts *parts, uint32_t a, uint32_t b) {
  a = root_of (parts, a);
  b = root_of (parts, b);
  if (a == b)
    return;
  parts->parent[MAX (a, b)] = MIN (a, b);
  parts->area[MIN (a, b)] += parts->area[MAX (a, b)];
}

// A row of runs, the first of them with its number.
typedef struct {
  const PrcSpan *runs;
  size_t n;
  uint32_t number;
} Row;

// Runs of two rows that share a column, or with `slack` 1 touch by a corner.
static void
join_rows (const Parts *parts, Row a, Row b, uint32_t slack) {
  for (size_t i = 0, k = 0; i < a.n && k < b.n;) {
    const PrcSpan *x = &a.runs[i], *y = &b.runs[k];

    if (x->first < y->end + slack && y->first < x->end + slack)
      join (parts, a.number + (uint32_t)i, b.number + (uint32_t)k);
    if (x->end < y->end)
      i++;
    else
      k++;
  }
}

/* ---- islands ---- */

typedef struct {
  const PrcSegmentStack *stack;
  uint32_t *first; // number of the first run of each slice; one more: of all
  Parts parts;
} Islands;

static Row
row_of (const Islands *islands, uint32_t index, int64_t row) {
  const PrcMask *mask = prc_segment_stack_mask (islands->stack, index);
  PrcMaskBounds bounds;
  Row found = {0};
  size_t n;

  if (!mask || !prc_mask_bounds (mask, &bounds) || row < bounds.top || row >= bounds.bottom)
    return found;
  found.runs = prc_mask_row (mask, (uint32_t)row, &found.n);
  found.number =
      islands->first[index] + (uint32_t)(found.runs - prc_mask_row (mask, bounds.top, &n));
  return found;
}

static uint32_t
count_runs (const PrcMask *mask) {
  PrcMaskBounds bounds;
  size_t n;

  if (!mask || !prc_mask_bounds (mask, &bounds))
    return 0;
  const PrcSpan *last = prc_mask_row (mask, bounds.bottom - 1, &n);
  return (uint32_t)(last + n - prc_mask_row (mask, bounds.top, &(size_t){0}));
}

static void
islands_init (Islands *islands, const PrcSegmentStack *stack) {
  uint32_t n_slices = prc_segment_stack_length (stack);

  islands->stack = stack;
  islands->first = g_new0 (uint32_t, n_slices + 1);
  for (uint32_t i = 0; i < n_slices; i++)
    islands->first[i + 1] = islands->first[i] + count_runs (prc_segment_stack_mask (stack, i));
  islands->parts.parent = g_new (uint32_t, islands->first[n_slices] + 1);
  islands->parts.area = g_new (uint64_t, islands->first[n_slices] + 1);
}

static void
islands_clear (Islands *islands) {
  g_free (islands->first);
  g_free (islands->parts.parent);
  g_free (islands->parts.area);
}

static void
join_slice (Islands *islands, uint32_t index) {
  const PrcMask *mask = prc_segment_stack_mask (islands->stack, index);
  PrcMaskBounds bounds;

  if (!mask || !prc_mask_bounds (mask, &bounds))
    return;
  for (uint32_t row = bounds.top; row < bounds.bottom; row++) {
    Row here = row_of (islands, index, row);
    for (uint32_t i = 0; i < here.n; i++) {
      islands->parts.parent[here.number + i] = here.number + i;
      islands->parts.area[here.number + i] = here.runs[i].end - here.runs[i].first;
    }
    join_rows (&islands->parts, here, row_of (islands, index, (int64_t)row - 1), 1);
    for (int down = -1; index > 0 && down <= 1; down++)
      join_rows (&islands->parts, here, row_of (islands, index - 1, (int64_t)row + down), 1);
  }
}

static PrcMask *
kept_of (Islands *islands, uint32_t index, uint32_t largest, uint64_t min_voxels) {
  const PrcMask *mask = prc_segment_stack_mask (islands->stack, index);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    Row here = row_of (islands, index, row);
    for (uint32_t i = 0; i < here.n; i++) {
      uint32_t root = root_of (&islands->parts, here.number + i);
      PrcRowSpan span = {(int32_t)row, here.runs[i].first, here.runs[i].end};
      if (root == largest || islands->parts.area[root] >= min_voxels)
        g_array_append_val (spans, span);
    }
  }
  return prc_mask_new_from_spans (prc_mask_rows (mask), prc_mask_columns (mask),
                                  (const PrcRowSpan *)(void *)spans->data, spans->len);
}

static uint32_t
largest_of (const Islands *islands, uint32_t n_runs) {
  uint32_t largest = 0;

  for (uint32_t i = 0; i < n_runs; i++)
    if (islands->parts.parent[i] == i && islands->parts.area[i] > islands->parts.area[largest])
      largest = i;
  return largest;
}

PrcSegmentStack *
prc_segment_edit_remove_islands (const PrcSegmentStack *stack, uint64_t min_voxels,
                                 GCancellable *cancellable, GError **error) {
  uint32_t n = prc_segment_stack_length (stack);
  g_autoptr (GPtrArray) masks = prc_segment_edit_masks (stack);
  bool cancelled = false;
  Islands islands;

  islands_init (&islands, stack);
  for (uint32_t i = 0; i < n && !cancelled; i++) {
    join_slice (&islands, i);
    cancelled = g_cancellable_set_error_if_cancelled (cancellable, error);
  }
  uint32_t largest = cancelled ? 0 : largest_of (&islands, islands.first[n]);
  for (uint32_t i = 0; i < n && !cancelled; i++) {
    if (masks->pdata[i])
      prc_segment_edit_replace (masks, i, kept_of (&islands, i, largest, min_voxels));
    cancelled = g_cancellable_set_error_if_cancelled (cancellable, error);
  }
  islands_clear (&islands);
  return cancelled ? NULL : prc_segment_edit_stack (masks);
}

/* ---- holes ---- */

// The gaps between the runs of a row, from the left to the right end of the mask.
static void
add_gaps (const PrcMask *mask, uint32_t row, const PrcMaskBounds *bounds, GArray *gaps) {
  size_t n;
  const PrcSpan *runs = prc_mask_row (mask, row, &n);
  PrcSpan gap = {(uint16_t)bounds->left, 0};

  for (size_t i = 0; i <= n; i++) {
    gap.end = i < n ? runs[i].first : (uint16_t)bounds->right;
    if (gap.end > gap.first)
      g_array_append_val (gaps, gap);
    if (i < n)
      gap.first = runs[i].end;
  }
}

static Row
gaps_of (const GArray *gaps, const uint32_t *starts, uint32_t row) {
  return (Row){&g_array_index (gaps, PrcSpan, starts[row]), starts[row + 1] - starts[row],
               starts[row]};
}

// Numbers of gaps are one more than their places: 0 is all that is around the mask.
static void
join_gaps (const Parts *parts, const GArray *gaps, const uint32_t *starts,
           const PrcMaskBounds *bounds) {
  uint32_t rows = bounds->bottom - bounds->top;

  for (uint32_t i = 0; i <= gaps->len; i++) {
    parts->parent[i] = i;
    parts->area[i] = 0;
  }
  for (uint32_t row = 0; row < rows; row++) {
    Row here = gaps_of (gaps, starts, row);

    here.number++;
    for (uint32_t i = 0; i < here.n; i++)
      if (row == 0 || row + 1 == rows || here.runs[i].first == bounds->left ||
          here.runs[i].end == bounds->right)
        join (parts, 0, here.number + i);
    if (row > 0) {
      Row above = gaps_of (gaps, starts, row - 1);
      above.number++;
      join_rows (parts, here, above, 0);
    }
  }
}

static PrcMask *
without_holes (PrcMask *mask) {
  g_autoptr (GArray) gaps = g_array_new (FALSE, FALSE, sizeof (PrcSpan));
  g_autoptr (GArray) holes = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  PrcMaskBounds bounds;

  prc_mask_bounds (mask, &bounds);
  g_autofree uint32_t *starts = g_new0 (uint32_t, bounds.bottom - bounds.top + 1);
  for (uint32_t row = bounds.top; row < bounds.bottom; row++) {
    add_gaps (mask, row, &bounds, gaps);
    starts[row - bounds.top + 1] = gaps->len;
  }
  g_autofree uint32_t *parent = g_new (uint32_t, gaps->len + 1);
  g_autofree uint64_t *area = g_new (uint64_t, gaps->len + 1);
  Parts parts = {parent, area};
  join_gaps (&parts, gaps, starts, &bounds);
  for (uint32_t row = bounds.top; row < bounds.bottom; row++)
    for (uint32_t i = starts[row - bounds.top]; i < starts[row - bounds.top + 1]; i++) {
      PrcSpan gap = g_array_index (gaps, PrcSpan, i);
      PrcRowSpan span = {(int32_t)row, gap.first, gap.end};
      if (root_of (&parts, i + 1) != 0)
        g_array_append_val (holes, span);
    }
  if (holes->len == 0)
    return prc_mask_ref (mask);
  g_autoptr (PrcMask) filled =
      prc_mask_new_from_spans (prc_mask_rows (mask), prc_mask_columns (mask),
                               (const PrcRowSpan *)(void *)holes->data, holes->len);
  return prc_mask_new_union (mask, filled);
}

PrcSegmentStack *
prc_segment_edit_fill_holes (const PrcSegmentStack *stack, GCancellable *cancellable,
                             GError **error) {
  g_autoptr (GPtrArray) masks = prc_segment_edit_masks (stack);

  for (uint32_t i = 0; i < masks->len; i++) {
    if (masks->pdata[i])
      prc_segment_edit_replace (masks, i, without_holes (masks->pdata[i]));
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
  }
  return prc_segment_edit_stack (masks);
}
