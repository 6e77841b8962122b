// SPDX-License-Identifier: Apache-2.0
#include "prc-layer-lines.h"

#include <glib.h>

bool
prc_layer_grid_init (PrcLayerGrid *grid, const PrcLayerPlace *place) {
  int reach = place->reach, n = place->height + 2 * reach;
  const PrcLayerScale *y = &grid->y;

  *grid = (PrcLayerGrid){.lines = NULL};
  if (!prc_layer_scale_init (&grid->x, place->zoom, place->centre_x, place->columns, place->width,
                             reach))
    return false;
  if (!prc_layer_scale_init (&grid->y, place->zoom * place->aspect, place->centre_y, place->rows,
                             place->height, reach)) {
    prc_layer_grid_clear (grid);
    *grid = (PrcLayerGrid){.lines = NULL};
    return false;
  }
  prc_layer_scale_find_pixels (&grid->y);
  grid->lines = g_new (int, n);
  for (int i = 0; i < n; i++)
    grid->lines[i] = y->zoom < 1 ? i : y->lows[i] < y->highs[i] ? (int)y->lows[i] : -1;
  return true;
}

void
prc_layer_grid_clear (PrcLayerGrid *grid) {
  for (size_t i = 0; i < G_N_ELEMENTS (grid->scratch); i++)
    prc_runs_clear (&grid->scratch[i]);
  g_free (grid->lines);
  prc_layer_scale_clear (&grid->x);
  prc_layer_scale_clear (&grid->y);
}

static void
mask_rows_of (const PrcLayerGrid *grid, const PrcMaskBounds *bounds, int line, uint32_t *low,
              uint32_t *high) {
  bool minified = grid->y.zoom < 1;

  *low = MAX (minified ? grid->y.lows[line] : (uint32_t)line, bounds->top);
  *high = MIN (minified ? grid->y.highs[line] : (uint32_t)line + 1, bounds->bottom);
}

static void
add_mask_row (const PrcLayerScale *x, const PrcMask *mask, uint32_t row, PrcRuns *runs) {
  size_t n;
  const PrcSpan *spans = prc_mask_row (mask, row, &n);

  for (size_t i = 0; i < n; i++)
    prc_runs_append (runs, x->firsts[spans[i].first], x->ends[spans[i].end]);
}

// Into one of the scratch lists.
static const PrcRuns *
gather_line (PrcLayerGrid *grid, const PrcMask *mask, uint32_t low, uint32_t high) {
  PrcRuns *line = &grid->scratch[0], *more = &grid->scratch[1], *both = &grid->scratch[2];

  line->n = 0;
  add_mask_row (&grid->x, mask, low, line);
  for (uint32_t row = low + 1; row < high; row++) {
    PrcRuns *before = line;

    more->n = 0;
    add_mask_row (&grid->x, mask, row, more);
    if (more->n == 0)
      continue;
    prc_runs_unite (line, more, both);
    line = both;
    both = before;
  }
  return line;
}

// Magnified, runs of a row never touch.
static void
add_line (PrcLayerGrid *grid, const PrcMask *mask, uint32_t low, uint32_t high, PrcRuns *runs) {
  const PrcLayerScale *x = &grid->x;
  const PrcRuns *line;
  const PrcSpan *spans;
  size_t n;

  if (low >= high)
    return;
  if (high - low == 1 && x->zoom >= 1) {
    spans = prc_mask_row (mask, low, &n);
    prc_runs_reserve (runs, runs->n + n);
    for (size_t i = 0; i < n; i++) {
      runs->runs[runs->n] = (PrcRun){x->firsts[spans[i].first], x->ends[spans[i].end]};
      runs->n += runs->runs[runs->n].first < runs->runs[runs->n].end;
    }
    return;
  }
  line = gather_line (grid, mask, low, high);
  prc_runs_reserve (runs, runs->n + line->n);
  for (size_t i = 0; i < line->n; i++)
    runs->runs[runs->n++] = line->runs[i];
}

static PrcRun
whole_of (const PrcRun *runs, size_t n) {
  return n == 0 ? (PrcRun){0} : n == 1 ? *runs : (PrcRun){1, 0};
}

static void
gather_lines (PrcLayerLines *lines, PrcLayerGrid *grid, const PrcMask *mask,
              const PrcMaskBounds *bounds) {
  lines->starts = g_new0 (uint32_t, (size_t)lines->n + 1);
  lines->whole = g_new (PrcRun, lines->n);
  prc_runs_reserve (&lines->runs, (size_t)lines->n);
  for (int i = 0; i < lines->n; i++) {
    uint32_t low, high;

    mask_rows_of (grid, bounds, lines->first + i, &low, &high);
    add_line (grid, mask, low, high, &lines->runs);
    lines->starts[i + 1] = (uint32_t)lines->runs.n;
    lines->whole[i] =
        whole_of (lines->runs.runs + lines->starts[i], lines->runs.n - lines->starts[i]);
  }
}

void
prc_layer_lines_init (PrcLayerLines *lines, PrcLayerGrid *grid, const PrcMask *mask) {
  const PrcLayerScale *y = &grid->y;
  int first, end, n_rows = y->size + 2 * y->reach;
  PrcMaskBounds bounds;

  *lines = (PrcLayerLines){0};
  if (!prc_mask_bounds (mask, &bounds))
    return;
  first = y->firsts[bounds.top];
  end = y->ends[bounds.bottom];
  if (first >= end)
    return;
  lines->top = MAX (first, 0);
  lines->end = MIN (end, y->size);
  lines->first = grid->lines[first + y->reach];
  lines->n = grid->lines[MIN (end + y->reach, n_rows) - 1] + 1 - lines->first;
  gather_lines (lines, grid, mask, &bounds);
}

void
prc_layer_lines_clear (PrcLayerLines *lines) {
  g_free (lines->starts);
  g_free (lines->whole);
  prc_runs_clear (&lines->runs);
}
