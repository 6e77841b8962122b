// SPDX-License-Identifier: Apache-2.0
#include "prc-layer-paint.h"

#include "prc-kernels.h"
#include "prc-runs.h"

#include <glib.h>
#include <math.h>

#define MAX_REACH 8    // device pixels of an outline's width
#define NO_PART   1e-6 // of a device pixel: less is not shown in it

// Which device pixels show which mask pixels along one axis; tables go `reach` pixels beyond the
// view, for outlines end where masks do.
typedef struct {
  double zoom, centre, middle; // device pixels per mask pixel; the same point in both
  uint32_t n;                  // mask pixels
  int size, reach;
  int *firsts, *ends; // by mask edge, 0 to n: device pixels that show what is from there on begin;
                      // those that show what is before it end
  uint32_t *lows, *highs; // by device pixel + reach: mask pixels low <= i < high are shown
} Scale;

static int
within (const Scale *scale, double at) {
  return (int)CLAMP (at, -scale->reach, scale->size + scale->reach);
}

// As the picture has it: sample by sample at the middle of device pixels.
static void
find_edges_magnified (Scale *scale) {
  uint32_t edge = 0;

  for (int i = -scale->reach; i < scale->size + scale->reach; i++) {
    double sample = floor (scale->centre + (i + 0.5 - scale->middle) / scale->zoom);

    for (; edge <= scale->n && edge <= sample; edge++)
      scale->firsts[edge] = i;
  }
  for (; edge <= scale->n; edge++)
    scale->firsts[edge] = scale->size + scale->reach;
  scale->ends = scale->firsts;
}

// What is at the rim of the image and of less than half a device pixel belongs to the last one that
// is shown.
static void
find_edges_minified (Scale *scale) {
  double low = scale->middle - scale->centre * scale->zoom, high = low + scale->n * scale->zoom;
  double first = ceil (low - 0.5), end = fmax (ceil (high - 0.5), first + 1);

  scale->ends = scale->firsts + scale->n + 1;
  for (uint32_t edge = 0; edge <= scale->n; edge++) {
    double at = low + edge * scale->zoom;

    scale->firsts[edge] = within (scale, CLAMP (floor (at + NO_PART), first, end - 1));
    scale->ends[edge] = within (scale, CLAMP (ceil (at - NO_PART), first + 1, end));
  }
}

static void
find_pixels (Scale *scale) {
  uint32_t low = 0, high = 0;

  for (int i = -scale->reach; i < scale->size + scale->reach; i++) {
    while (low < scale->n && scale->ends[low + 1] <= i)
      low++;
    while (high < scale->n && scale->firsts[high] <= i)
      high++;
    scale->lows[i + scale->reach] = low;
    scale->highs[i + scale->reach] = high;
  }
}

static bool
scale_init (Scale *scale, double zoom, double centre, uint32_t n, int size, int reach) {
  size_t n_pixels = (size_t)size + 2 * (size_t)reach;

  *scale = (Scale){zoom, centre, size / 2.0, n, size, reach, NULL, NULL, NULL, NULL};
  if (!isfinite (zoom) || !isfinite (centre) || !(zoom > 0))
    return false;
  scale->firsts = g_new (int, 2 * ((size_t)n + 1));
  scale->lows = g_new (uint32_t, 2 * n_pixels);
  scale->highs = scale->lows + n_pixels;
  if (zoom < 1)
    find_edges_minified (scale);
  else
    find_edges_magnified (scale);
  find_pixels (scale);
  return true;
}

static void
scale_clear (Scale *scale) {
  g_free (scale->firsts);
  g_free (scale->lows);
}

// What device rows show that show the same rows of the mask.
typedef struct {
  uint32_t low, high;
  PrcRuns runs;
} Line;

typedef struct {
  const PrcLayerItem *item;
  unsigned fill, outline; // in 256ths
  PrcMaskBounds bounds;
  int top, end;                   // device rows that show any of it
  Line pool[2 * MAX_REACH + 2];   // more than can be near
  Line *near[2 * MAX_REACH + 1];  // of device rows y - reach to y + reach
  unsigned newest;                // in the pool
  bool changed;                   // otherwise than the device row above
  PrcRuns edge, inside, one_less; // the outline, and what it takes to find it
} Item;

struct _PrcLayerPainter {
  const PrcKernels *kernels;
  Scale x, y;
  int row;
  PrcRuns scratch;
  size_t n;
  Item items[];
};

/* ---- what a device row shows ---- */

static void
add_mask_row (const Scale *x, const PrcMask *mask, uint32_t row, PrcRuns *runs) {
  size_t n;
  const PrcSpan *spans = prc_mask_row (mask, row, &n);

  for (size_t i = 0; i < n; i++)
    prc_runs_append (runs, x->firsts[spans[i].first], x->ends[spans[i].end]);
}

static void
fill_line (PrcLayerPainter *painter, Item *item, Line *line) {
  PrcRuns united = {0};

  line->runs.n = 0;
  if (line->low < line->high)
    add_mask_row (&painter->x, item->item->mask, line->low, &line->runs);
  for (uint32_t row = line->low + 1; row < line->high; row++) {
    painter->scratch.n = 0;
    add_mask_row (&painter->x, item->item->mask, row, &painter->scratch);
    if (painter->scratch.n == 0)
      continue;
    prc_runs_unite (&line->runs, &painter->scratch, &item->one_less);
    united = line->runs;
    line->runs = item->one_less;
    item->one_less = united;
  }
}

// The line of a device row; `above` is that of the row before, or NULL.
static Line *
line_of (PrcLayerPainter *painter, Item *item, int y, Line *above) {
  const Scale *scale = &painter->y;
  size_t at = (size_t)(y + scale->reach);
  uint32_t low = MAX (scale->lows[at], item->bounds.top);
  uint32_t high = MIN (scale->highs[at], item->bounds.bottom);
  Line *line;

  if (low >= high)
    low = high = 0;
  if (above != NULL && above->low == low && above->high == high)
    return above;
  item->newest = (item->newest + 1) % G_N_ELEMENTS (item->pool);
  line = &item->pool[item->newest];
  line->low = low;
  line->high = high;
  fill_line (painter, item, line);
  return line;
}

// Its lines near device row y; painter->row is still the one before.
static void
item_go (PrcLayerPainter *painter, Item *item, int y) {
  int reach = painter->y.reach, n = 2 * reach + 1;
  bool next = y == painter->row + 1 && y > item->top;

  item->changed = !next;
  for (int i = 0; i < n; i++) {
    Line *before = item->near[i], *above = i > 0 ? item->near[i - 1] : NULL;

    if (next && i + 1 < n)
      item->near[i] = item->near[i + 1];
    else
      item->near[i] = line_of (painter, item, y - reach + i, next ? before : above);
    item->changed |= item->near[i] != before;
  }
}

/* ---- outlines ---- */

static void
swap (PrcRuns *a, PrcRuns *b) {
  PrcRuns third = *a;

  *a = *b;
  *b = third;
}

// A line further away counts for less: the way there takes steps too.
static void
find_edge (Item *item, int reach) {
  const Line *middle = item->near[reach];

  item->inside.n = 0;
  for (size_t i = 0; i < middle->runs.n; i++)
    prc_runs_append (&item->inside, middle->runs.runs[i].first + reach,
                     middle->runs.runs[i].end - reach);
  for (int i = 0; i <= 2 * reach; i++) {
    const Line *line = item->near[i];

    if (line == middle)
      continue;
    prc_runs_intersect (&item->inside, &line->runs, reach - ABS (i - reach), &item->one_less);
    swap (&item->inside, &item->one_less);
  }
  prc_runs_subtract (&middle->runs, &item->inside, &item->edge);
}

/* ---- painting ---- */

static bool
is_met (const PrcLayerPainter *painter, const Item *item) {
  return painter->row >= item->top && painter->row < item->end;
}

bool
prc_layer_painter_go (PrcLayerPainter *painter, int y) {
  bool changed = false;

  for (size_t i = 0; i < painter->n; i++) {
    Item *item = &painter->items[i];

    if (y >= item->top && y < item->end) {
      item_go (painter, item, y);
      changed |= item->changed;
    } else {
      changed |= is_met (painter, item);
    }
  }
  painter->row = y;
  return changed;
}

static void
paint_runs (const PrcLayerPainter *painter, const PrcRuns *runs, uint32_t colour, unsigned alpha,
            uint32_t *row) {
  for (size_t i = 0; i < runs->n; i++) {
    int first = MAX (runs->runs[i].first, 0), end = MIN (runs->runs[i].end, painter->x.size);

    if (first < end)
      painter->kernels->blend_run (row + first, (size_t)(end - first), colour, alpha);
  }
}

void
prc_layer_painter_paint (PrcLayerPainter *painter, uint32_t *row) {
  for (size_t i = 0; i < painter->n; i++) {
    Item *item = &painter->items[i];

    if (item->fill > 0 && is_met (painter, item))
      paint_runs (painter, &item->near[painter->y.reach]->runs, item->item->colour, item->fill,
                  row);
  }
  for (size_t i = 0; i < painter->n; i++) {
    Item *item = &painter->items[i];

    if (item->outline == 0 || !is_met (painter, item))
      continue;
    if (item->changed)
      find_edge (item, painter->y.reach);
    paint_runs (painter, &item->edge, item->item->colour, item->outline, row);
  }
}

/* ---- coming and going ---- */

static void
item_init (Item *item, const PrcLayerItem *of, const Scale *y) {
  item->item = of;
  item->fill = prc_layer_alpha (of->fill);
  item->outline = prc_layer_alpha (of->outline);
  prc_mask_bounds (of->mask, &item->bounds);
  item->top = MAX (y->firsts[item->bounds.top], 0);
  item->end = MIN (y->ends[item->bounds.bottom], y->size);
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
  painter->row = -1;
  x_seen = scale_init (&painter->x, params->zoom, params->image_centre_x, columns, width, reach);
  y_seen =
      scale_init (&painter->y, params->zoom * aspect, params->image_centre_y, rows, height, reach);
  for (size_t i = 0; x_seen && y_seen && i < n; i++)
    if (prc_mask_rows (items[i].mask) == rows && prc_mask_columns (items[i].mask) == columns)
      item_init (&painter->items[painter->n++], &items[i], &painter->y);
  return painter;
}

static void
item_clear (Item *item) {
  for (size_t i = 0; i < G_N_ELEMENTS (item->pool); i++)
    prc_runs_clear (&item->pool[i].runs);
  prc_runs_clear (&item->edge);
  prc_runs_clear (&item->inside);
  prc_runs_clear (&item->one_less);
}

void
prc_layer_painter_free (PrcLayerPainter *painter) {
  for (size_t i = 0; i < painter->n; i++)
    item_clear (&painter->items[i]);
  prc_runs_clear (&painter->scratch);
  scale_clear (&painter->x);
  scale_clear (&painter->y);
  g_free (painter);
}

void
prc_layer_paint (const PrcLayer *layer, const PrcViewParams *params, double aspect, uint32_t rows,
                 uint32_t columns, uint32_t *pixels, int width, int height) {
  g_autoptr (PrcLayerPainter) painter =
      prc_layer_painter_new (layer, params, aspect, rows, columns, width, height);

  for (int y = 0; y < height; y++) {
    prc_layer_painter_go (painter, y);
    prc_layer_painter_paint (painter, pixels + (size_t)y * width);
  }
}
