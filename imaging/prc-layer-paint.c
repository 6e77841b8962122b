// SPDX-License-Identifier: Apache-2.0
#include "prc-layer-paint.h"

#include "prc-kernels.h"
#include "prc-layer-lines.h"

#include <glib.h>
#include <string.h>

#define MAX_REACH 8  // device pixels of an outline's width
#define AHEAD     16 // device rows, found together while what they need is in the nearest cache
#define MAX_KEPT  (1 << 18) // strokes from one picture to the next: 4 MiB

typedef struct {
  const PrcTint *fill, *outline; // those of all items lie together
  bool has_fill, has_outline;
  PrcLayerLines lines;
} Item;

typedef struct {
  PrcStroke *strokes;
  size_t n, capacity;
  size_t starts[AHEAD + 1]; // of the rows in them
} Strokes;

// Of AHEAD rows.
typedef struct {
  int until; // the last of them, and one; 0: none found
  Strokes fills, outlines;
} Block;

struct _PrcLayerPainter {
  const PrcLayer *layer;
  const PrcKernels *kernels;
  PrcLayerPlace place;
  PrcLayerGrid grid;
  int from, until; // device rows in which the same items are met
  GPtrArray *met;  // Item
  bool again;      // painted here before: blocks are kept. The first time there is but one
  Block *blocks;
  size_t n_blocks, n_kept; // strokes in them
  PrcRuns scratch[2];
  PrcTint *tints;
  size_t n;
  Item items[];
};

/* ---- strokes of a row ---- */

// For n strokes, and for all of a row of items that are one run each: two of an outline, one to try.
static void
make_room (const PrcLayerPainter *painter, size_t n, Strokes *strokes) {
  n += strokes->n + 3 * (size_t)painter->met->len;
  if (n <= strokes->capacity)
    return;
  strokes->capacity = 2 * n;
  strokes->strokes = g_renew (PrcStroke, strokes->strokes, strokes->capacity);
}

static void
add_strokes (const PrcLayerPainter *painter, const PrcRuns *runs, const PrcTint *tint,
             Strokes *strokes) {
  make_room (painter, runs->n, strokes);
  for (size_t i = 0; i < runs->n; i++) {
    int first = MAX (runs->runs[i].first, 0), end = MIN (runs->runs[i].end, painter->grid.x.size);

    if (first < end)
      strokes->strokes[strokes->n++] = (PrcStroke){first, end, tint};
  }
}

// A line further away counts for less: the way there takes steps too.
static void
add_outline (PrcLayerPainter *painter, const Item *item, int y, const PrcRuns *line,
             Strokes *outlines) {
  PrcRuns *inside = &painter->scratch[0], *next = &painter->scratch[1];
  int reach = painter->grid.y.reach;

  inside->n = 0;
  for (size_t i = 0; i < line->n; i++)
    prc_runs_append (inside, line->runs[i].first + reach, line->runs[i].end - reach);
  for (int i = -reach; i <= reach && inside->n > 0; i++) {
    PrcRuns near = prc_layer_lines_at (&item->lines, &painter->grid, y + i), *before = inside;

    if (near.runs == line->runs && near.n == line->n)
      continue;
    prc_runs_intersect (inside, &near, reach - ABS (i), next);
    inside = next;
    next = before;
  }
  prc_runs_subtract (line, inside, next);
  add_strokes (painter, next, item->outline, outlines);
}

// What is left of the run of device row y when its outline is off, where the rows near it are of one
// run too. False when they are not.
static inline bool
find_plain_inside (const PrcLayerPainter *painter, const Item *item, int y, int reach,
                   PrcRun *inside) {
  for (int i = -reach; i <= reach; i++) {
    PrcRun near = prc_layer_lines_whole (&item->lines, &painter->grid, y + i);
    int less = reach - ABS (i);

    if (near.first > near.end)
      return false;
    inside->first = MAX (inside->first, near.first + less);
    inside->end = MIN (inside->end, near.end - less);
  }
  return true;
}

static inline PrcStroke *
put_stroke (PrcStroke *to, int first, int end, int width, const PrcTint *tint) {
  *to = (PrcStroke){MAX (first, 0), MIN (end, width), tint};
  return to + (to->first < to->end);
}

// Most rows are one run. False when this one is not, or one near it. There is room for all it takes.
static inline bool
add_plain (const PrcLayerPainter *painter, const Item *item, int y, Block *block) {
  int width = painter->grid.x.size, reach = painter->grid.y.reach;
  const int *rows = painter->grid.lines + y;
  PrcRun run = prc_layer_lines_whole (&item->lines, &painter->grid, y), inside = run;
  PrcStroke *fill = block->fills.strokes + block->fills.n;
  PrcStroke *outline = block->outlines.strokes + block->outlines.n;

  if (run.first > run.end)
    return false;
  if (rows[0] == rows[reach] && rows[2 * reach] == rows[reach])
    inside = (PrcRun){run.first + reach, run.end - reach}; // the same line above and below
  else if (item->has_outline &&
           !(reach == 1 ? find_plain_inside (painter, item, y, 1, &inside) // the loop unrolled
                        : find_plain_inside (painter, item, y, reach, &inside)))
    return false;
  if (item->has_fill)
    block->fills.n += (size_t)(put_stroke (fill, run.first, run.end, width, item->fill) - fill);
  if (!item->has_outline)
    return true;
  if (inside.first >= inside.end)
    inside.first = inside.end = run.end;
  outline = put_stroke (outline, run.first, inside.first, width, item->outline);
  outline = put_stroke (outline, inside.end, run.end, width, item->outline);
  block->outlines.n = (size_t)(outline - block->outlines.strokes);
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

    if (y >= item->lines.end)
      continue;
    if (y >= item->lines.top)
      g_ptr_array_add (painter->met, item);
    painter->until = MIN (painter->until, y >= item->lines.top ? item->lines.end : item->lines.top);
  }
}

bool
prc_layer_painter_same_as_above (const PrcLayerPainter *painter, int y) {
  int n = 2 * painter->grid.y.reach + 1;

  return painter->n == 0 || memcmp (painter->grid.lines + y, painter->grid.lines + y - 1,
                                    (size_t)n * sizeof (int)) == 0;
}

static void
find_row_strokes (PrcLayerPainter *painter, int y, Block *block) {
  meet (painter, y);
  make_room (painter, 0, &block->fills);
  make_room (painter, 0, &block->outlines);
  for (guint i = 0; i < painter->met->len; i++) {
    const Item *item = painter->met->pdata[i];
    PrcRuns line;

    if (add_plain (painter, item, y, block))
      continue;
    line = prc_layer_lines_at (&item->lines, &painter->grid, y);
    if (item->has_fill)
      add_strokes (painter, &line, item->fill, &block->fills);
    if (item->has_outline)
      add_outline (painter, item, y, &line, &block->outlines);
  }
}

static void
block_clear (Block *block) {
  g_free (block->fills.strokes);
  g_free (block->outlines.strokes);
  *block = (Block){0};
}

static void
forget_blocks (PrcLayerPainter *painter) {
  for (size_t i = 0; i < painter->n_blocks; i++)
    block_clear (&painter->blocks[i]);
  painter->n_kept = 0;
}

static Block *
block_of (PrcLayerPainter *painter, int y) {
  Block *block = &painter->blocks[painter->again ? y / AHEAD : 0];
  int first = y / AHEAD * AHEAD;

  if (block->until == first + AHEAD)
    return block;
  if (painter->n_kept > MAX_KEPT)
    forget_blocks (painter);
  block->fills.n = block->outlines.n = 0;
  for (int i = 0; i < AHEAD; i++) {
    if (first + i < painter->grid.y.size)
      find_row_strokes (painter, first + i, block);
    block->fills.starts[i + 1] = block->fills.n;
    block->outlines.starts[i + 1] = block->outlines.n;
  }
  if (painter->again)
    painter->n_kept += block->fills.n + block->outlines.n;
  block->until = first + AHEAD;
  return block;
}

static void
blend (const PrcLayerPainter *painter, const Strokes *strokes, int i, uint32_t *row) {
  painter->kernels->blend_strokes (row, strokes->strokes + strokes->starts[i],
                                   strokes->starts[i + 1] - strokes->starts[i]);
}

void
prc_layer_painter_paint (PrcLayerPainter *painter, int y, uint32_t *row) {
  const Block *block;

  if (painter->n == 0)
    return;
  block = block_of (painter, y);
  blend (painter, &block->fills, y % AHEAD, row);
  blend (painter, &block->outlines, y % AHEAD, row);
}

/* ---- coming and going ---- */

static void
item_init (PrcLayerPainter *painter, Item *item, const PrcLayerItem *of, PrcTint *tints) {
  unsigned fill = prc_layer_alpha (of->fill), outline = prc_layer_alpha (of->outline);

  item->has_fill = fill > 0;
  item->has_outline = outline > 0;
  tints[0] = prc_tint (of->colour, fill);
  tints[1] = prc_tint (of->colour, outline);
  item->fill = &tints[0];
  item->outline = &tints[1];
  prc_layer_lines_init (&item->lines, &painter->grid, of->mask);
}

static PrcLayerPainter *
painter_new (const PrcLayer *layer, const PrcLayerPlace *place) {
  size_t n;
  const PrcLayerItem *items = prc_layer_items (layer, &n);
  PrcLayerPainter *painter = g_malloc0 (sizeof *painter + n * sizeof *painter->items);

  painter->layer = layer;
  painter->place = *place;
  painter->met = g_ptr_array_new ();
  painter->tints = g_new (PrcTint, 2 * n);
  if (!prc_layer_grid_init (&painter->grid, place))
    return painter;
  painter->n_blocks = ((size_t)place->height + AHEAD - 1) / AHEAD;
  painter->blocks = g_new0 (Block, painter->n_blocks);
  for (size_t i = 0; i < n; i++)
    if (prc_mask_rows (items[i].mask) == place->rows &&
        prc_mask_columns (items[i].mask) == place->columns)
      item_init (painter, &painter->items[painter->n++], &items[i], &painter->tints[2 * i]);
  return painter;
}

static void
painter_free (gpointer data) {
  PrcLayerPainter *painter = data;

  for (size_t i = 0; i < painter->n; i++)
    prc_layer_lines_clear (&painter->items[i].lines);
  forget_blocks (painter);
  for (size_t i = 0; i < G_N_ELEMENTS (painter->scratch); i++)
    prc_runs_clear (&painter->scratch[i]);
  g_free (painter->blocks);
  g_ptr_array_unref (painter->met);
  g_free (painter->tints);
  prc_layer_grid_clear (&painter->grid);
  g_free (painter);
}

static bool
same_place (const PrcLayerPlace *a, const PrcLayerPlace *b) {
  return a->zoom == b->zoom && a->centre_x == b->centre_x && a->centre_y == b->centre_y &&
         a->aspect == b->aspect && a->rows == b->rows && a->columns == b->columns &&
         a->width == b->width && a->height == b->height && a->reach == b->reach;
}

PrcLayerPainter *
prc_layer_painter_take (const PrcLayer *layer, const PrcViewParams *params, double aspect,
                        uint32_t rows, uint32_t columns, int width, int height) {
  const PrcLayerPlace place = {params->zoom,
                               params->image_centre_x,
                               params->image_centre_y,
                               aspect,
                               rows,
                               columns,
                               width,
                               height,
                               CLAMP (params->scale, 1, MAX_REACH)};
  PrcLayerPainter *painter = prc_layer_take_prepared (layer);

  if (painter != NULL && !same_place (&painter->place, &place))
    g_clear_pointer (&painter, painter_free);
  if (painter != NULL)
    painter->again = true;
  else
    painter = painter_new (layer, &place);
  painter->kernels = prc_kernels ();
  return painter;
}

void
prc_layer_painter_give_back (PrcLayerPainter *painter) {
  prc_layer_put_prepared (painter->layer, painter, painter_free);
}

void
prc_layer_paint (const PrcLayer *layer, const PrcViewParams *params, double aspect, uint32_t rows,
                 uint32_t columns, uint32_t *pixels, int width, int height) {
  g_autoptr (PrcLayerPainter) painter =
      prc_layer_painter_take (layer, params, aspect, rows, columns, width, height);

  for (int y = 0; y < height; y++)
    prc_layer_painter_paint (painter, y, pixels + (size_t)y * width);
}
