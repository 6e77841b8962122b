// SPDX-License-Identifier: Apache-2.0
#include "prc-layer-paint.h"

#include "prc-kernels.h"
#include "prc-layer-scale.h"
#include "prc-runs.h"

#include <glib.h>
#include <string.h>

#define MAX_REACH 8  // device pixels of an outline's width
#define AHEAD     16 // device rows, found together while what they need is in the nearest cache

// An item in device pixels. A line is what device rows show that show the same rows of the mask:
// magnified one for each of them, minified one for each device row.
typedef struct {
  const PrcTint *fill, *outline; // those of all items lie together
  bool has_fill, has_outline;
  int top, end;     // device rows that show any of it
  int first, n;     // lines that are kept
  uint32_t *starts; // n + 1 places in the runs
  PrcRuns runs;     // of all lines, one after the other
} Item;

typedef struct {
  PrcStroke *strokes;
  size_t n, capacity;
  size_t starts[AHEAD + 1]; // of the rows in them
} Strokes;

struct _PrcLayerPainter {
  const PrcKernels *kernels;
  PrcLayerScale x, y;
  int *lines;              // by device row + reach
  int from, until;         // device rows in which the same items are met
  GPtrArray *met;          // Item
  int first_row;           // of those that the strokes are for
  Strokes fills, outlines; // of AHEAD rows
  PrcRuns scratch[3];
  PrcTint *tints;
  size_t n;
  Item items[];
};

/* ---- lines ---- */

static void
find_lines (PrcLayerPainter *painter) {
  const PrcLayerScale *y = &painter->y;
  int n = y->size + 2 * y->reach;

  painter->lines = g_new (int, n);
  for (int i = 0; i < n; i++)
    painter->lines[i] = y->zoom < 1 ? i : y->lows[i] < y->highs[i] ? (int)y->lows[i] : -1;
}

static void
mask_rows_of (const PrcLayerPainter *painter, const PrcMaskBounds *bounds, int line, uint32_t *low,
              uint32_t *high) {
  bool minified = painter->y.zoom < 1;

  *low = MAX (minified ? painter->y.lows[line] : (uint32_t)line, bounds->top);
  *high = MIN (minified ? painter->y.highs[line] : (uint32_t)line + 1, bounds->bottom);
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
gather_line (PrcLayerPainter *painter, const PrcMask *mask, uint32_t low, uint32_t high) {
  PrcRuns *line = &painter->scratch[0], *more = &painter->scratch[1], *both = &painter->scratch[2];

  line->n = 0;
  add_mask_row (&painter->x, mask, low, line);
  for (uint32_t row = low + 1; row < high; row++) {
    PrcRuns *before = line;

    more->n = 0;
    add_mask_row (&painter->x, mask, row, more);
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
add_line (PrcLayerPainter *painter, const PrcMask *mask, uint32_t low, uint32_t high,
          PrcRuns *runs) {
  const PrcLayerScale *x = &painter->x;
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
  line = gather_line (painter, mask, low, high);
  prc_runs_reserve (runs, runs->n + line->n);
  for (size_t i = 0; i < line->n; i++)
    runs->runs[runs->n++] = line->runs[i];
}

static void
gather_lines (PrcLayerPainter *painter, Item *item, const PrcMask *mask,
              const PrcMaskBounds *bounds) {
  item->starts = g_new0 (uint32_t, (size_t)item->n + 1);
  prc_runs_reserve (&item->runs, (size_t)item->n);
  for (int i = 0; i < item->n; i++) {
    uint32_t low, high;

    mask_rows_of (painter, bounds, item->first + i, &low, &high);
    add_line (painter, mask, low, high, &item->runs);
    item->starts[i + 1] = (uint32_t)item->runs.n;
  }
}

// Of a device row, at most `reach` beyond the view.
static inline PrcRuns
line_at (const PrcLayerPainter *painter, const Item *item, int y) {
  int line = painter->lines[y + painter->y.reach] - item->first;

  if (line < 0 || line >= item->n)
    return (PrcRuns){0};
  return (PrcRuns){item->runs.runs + item->starts[line],
                   item->starts[line + 1] - item->starts[line], 0};
}

/* ---- strokes of a row ---- */

static void
reserve_strokes (Strokes *strokes, size_t n) {
  if (strokes->n + n <= strokes->capacity)
    return;
  strokes->capacity = 2 * (strokes->n + n);
  strokes->strokes = g_renew (PrcStroke, strokes->strokes, strokes->capacity);
}

static void
add_strokes (const PrcLayerPainter *painter, const PrcRuns *runs, const PrcTint *tint,
             Strokes *strokes) {
  reserve_strokes (strokes, runs->n);
  for (size_t i = 0; i < runs->n; i++) {
    int first = MAX (runs->runs[i].first, 0), end = MIN (runs->runs[i].end, painter->x.size);

    if (first < end)
      strokes->strokes[strokes->n++] = (PrcStroke){first, end, tint};
  }
}

// A line further away counts for less: the way there takes steps too.
static void
add_outline (PrcLayerPainter *painter, const Item *item, int y, const PrcRuns *line) {
  PrcRuns *inside = &painter->scratch[0], *next = &painter->scratch[1];
  int reach = painter->y.reach;

  inside->n = 0;
  for (size_t i = 0; i < line->n; i++)
    prc_runs_append (inside, line->runs[i].first + reach, line->runs[i].end - reach);
  for (int i = -reach; i <= reach && inside->n > 0; i++) {
    PrcRuns near = line_at (painter, item, y + i), *before = inside;

    if (near.runs == line->runs && near.n == line->n)
      continue;
    prc_runs_intersect (inside, &near, reach - ABS (i), next);
    inside = next;
    next = before;
  }
  prc_runs_subtract (line, inside, next);
  add_strokes (painter, next, item->outline, &painter->outlines);
}

// What is left of the run of a line when its outline is off, where the lines near it are of one run
// too. False when they are not.
static inline bool
find_plain_inside (const PrcLayerPainter *painter, const Item *item, int y, PrcRun *inside) {
  int reach = painter->y.reach;
  const int *lines = painter->lines + y;

  for (int i = -reach; i <= reach; i++) {
    int line = lines[i + reach] - item->first, less = reach - ABS (i);
    uint32_t start;

    if (line < 0 || line >= item->n || item->starts[line] == item->starts[line + 1]) {
      inside->end = inside->first; // none
      continue;
    }
    start = item->starts[line];
    if (item->starts[line + 1] - start > 1)
      return false;
    inside->first = MAX (inside->first, item->runs.runs[start].first + less);
    inside->end = MIN (inside->end, item->runs.runs[start].end - less);
  }
  return true;
}

static inline PrcStroke *
put_stroke (PrcStroke *to, int first, int end, int width, const PrcTint *tint) {
  *to = (PrcStroke){MAX (first, 0), MIN (end, width), tint};
  return to + (to->first < to->end);
}

// Most lines are one run. False when this one is not, or one near it.
static inline bool
add_plain (PrcLayerPainter *painter, const Item *item, int y, const PrcRuns *line) {
  int width = painter->x.size;
  PrcRun run = line->runs[0], inside = run;
  PrcStroke *outline;

  if (line->n > 1 || (item->has_outline && !find_plain_inside (painter, item, y, &inside)))
    return false;
  if (item->has_fill)
    painter->fills.n = (size_t)(put_stroke (painter->fills.strokes + painter->fills.n, run.first,
                                            run.end, width, item->fill) -
                                painter->fills.strokes);
  if (!item->has_outline)
    return true;
  if (inside.first >= inside.end)
    inside.first = inside.end = run.end;
  outline = painter->outlines.strokes + painter->outlines.n;
  outline = put_stroke (outline, run.first, inside.first, width, item->outline);
  outline = put_stroke (outline, inside.end, run.end, width, item->outline);
  painter->outlines.n = (size_t)(outline - painter->outlines.strokes);
  return true;
}

// Those items that are met in device row y.
static void
meet (PrcLayerPainter *painter, int y) {
  if (y >= painter->from && y < painter->until)
    return;
  g_ptr_array_set_size (painter->met, 0);
  painter->from = y;
  painter->until = G_MAXINT;
  for (size_t i = 0; i < painter->n; i++) {
    Item *item = &painter->items[i];

    if (y >= item->end)
      continue;
    if (y >= item->top)
      g_ptr_array_add (painter->met, item);
    painter->until = MIN (painter->until, y >= item->top ? item->end : item->top);
  }
}

bool
prc_layer_painter_same_as_above (const PrcLayerPainter *painter, int y) {
  int n = 2 * painter->y.reach + 1;

  return painter->n == 0 ||
         memcmp (painter->lines + y, painter->lines + y - 1, (size_t)n * sizeof (int)) == 0;
}

static void
find_row_strokes (PrcLayerPainter *painter, int y) {
  meet (painter, y);
  for (guint i = 0; i < painter->met->len; i++) {
    const Item *item = painter->met->pdata[i];
    PrcRuns line = line_at (painter, item, y);

    if (line.n == 0)
      continue;
    reserve_strokes (&painter->fills, 1);
    reserve_strokes (&painter->outlines, 3); // one to try
    if (add_plain (painter, item, y, &line))
      continue;
    if (item->has_fill)
      add_strokes (painter, &line, item->fill, &painter->fills);
    if (item->has_outline)
      add_outline (painter, item, y, &line);
  }
}

static void
find_strokes (PrcLayerPainter *painter, int first_row) {
  painter->first_row = first_row;
  painter->fills.n = painter->outlines.n = 0;
  for (int i = 0; i < AHEAD; i++) {
    if (first_row + i < painter->y.size)
      find_row_strokes (painter, first_row + i);
    painter->fills.starts[i + 1] = painter->fills.n;
    painter->outlines.starts[i + 1] = painter->outlines.n;
  }
}

static void
blend (const PrcLayerPainter *painter, const Strokes *strokes, int i, uint32_t *row) {
  painter->kernels->blend_strokes (row, strokes->strokes + strokes->starts[i],
                                   strokes->starts[i + 1] - strokes->starts[i]);
}

void
prc_layer_painter_paint (PrcLayerPainter *painter, int y, uint32_t *row) {
  if (painter->n == 0)
    return;
  if (y < painter->first_row || y >= painter->first_row + AHEAD)
    find_strokes (painter, y);
  blend (painter, &painter->fills, y - painter->first_row, row);
  blend (painter, &painter->outlines, y - painter->first_row, row);
}

/* ---- coming and going ---- */

static void
item_init (PrcLayerPainter *painter, Item *item, const PrcLayerItem *of, PrcTint *tints) {
  const PrcLayerScale *y = &painter->y;
  unsigned fill = prc_layer_alpha (of->fill), outline = prc_layer_alpha (of->outline);
  int first, end, n_rows = y->size + 2 * y->reach;
  PrcMaskBounds bounds;

  prc_mask_bounds (of->mask, &bounds);
  first = y->firsts[bounds.top];
  end = y->ends[bounds.bottom];
  if (first >= end)
    return;
  item->has_fill = fill > 0;
  item->has_outline = outline > 0;
  tints[0] = prc_tint (of->colour, fill);
  tints[1] = prc_tint (of->colour, outline);
  item->fill = &tints[0];
  item->outline = &tints[1];
  item->top = MAX (first, 0);
  item->end = MIN (end, y->size);
  item->first = painter->lines[first + y->reach];
  item->n = painter->lines[MIN (end + y->reach, n_rows) - 1] + 1 - item->first;
  gather_lines (painter, item, of->mask, &bounds);
}

PrcLayerPainter *
prc_layer_painter_new (const PrcLayer *layer, const PrcViewParams *params, double aspect,
                       uint32_t rows, uint32_t columns, int width, int height) {
  size_t n;
  const PrcLayerItem *items = prc_layer_items (layer, &n);
  PrcLayerPainter *painter = g_malloc0 (sizeof *painter + n * sizeof *painter->items);
  int reach = CLAMP (params->scale, 1, MAX_REACH);
  bool x_seen, y_seen;

  painter->kernels = prc_kernels ();
  painter->met = g_ptr_array_new ();
  painter->tints = g_new (PrcTint, 2 * n);
  painter->first_row = -AHEAD;
  x_seen = prc_layer_scale_init (&painter->x, params->zoom, params->image_centre_x, columns, width,
                                 reach);
  y_seen = prc_layer_scale_init (&painter->y, params->zoom * aspect, params->image_centre_y, rows,
                                 height, reach);
  if (!x_seen || !y_seen)
    return painter;
  find_lines (painter);
  for (size_t i = 0; i < n; i++)
    if (prc_mask_rows (items[i].mask) == rows && prc_mask_columns (items[i].mask) == columns)
      item_init (painter, &painter->items[painter->n++], &items[i], &painter->tints[2 * i]);
  return painter;
}

void
prc_layer_painter_free (PrcLayerPainter *painter) {
  for (size_t i = 0; i < painter->n; i++) {
    g_free (painter->items[i].starts);
    prc_runs_clear (&painter->items[i].runs);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (painter->scratch); i++)
    prc_runs_clear (&painter->scratch[i]);
  g_free (painter->fills.strokes);
  g_free (painter->outlines.strokes);
  g_ptr_array_unref (painter->met);
  g_free (painter->lines);
  g_free (painter->tints);
  prc_layer_scale_clear (&painter->x);
  prc_layer_scale_clear (&painter->y);
  g_free (painter);
}

void
prc_layer_paint (const PrcLayer *layer, const PrcViewParams *params, double aspect, uint32_t rows,
                 uint32_t columns, uint32_t *pixels, int width, int height) {
  g_autoptr (PrcLayerPainter) painter =
      prc_layer_painter_new (layer, params, aspect, rows, columns, width, height);

  for (int y = 0; y < height; y++)
    prc_layer_painter_paint (painter, y, pixels + (size_t)y * width);
}
