// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-layer-scale.h"
#include "prc-mask.h"
#include "prc-runs.h"

// Masks in device pixels, by lines. A line is what device rows show that show the same rows of the
// mask: magnified there is one for each of them, minified one for each device row. Plain structs,
// one thread at a time; for prc-layer-paint.c.

// Where a picture lies in a view: rows x columns image pixels in width x height device pixels.
typedef struct {
  double zoom, centre_x, centre_y, aspect; // as in PrcViewParams and PrcFrameInfo
  uint32_t rows, columns;
  int width, height;
  int reach; // device pixels beyond the view that count, too
} PrcLayerPlace;

typedef struct {
  PrcLayerScale x, y;
  int *lines; // by device row + reach; -1: the row does not show the image
  PrcRuns scratch[3];
} PrcLayerGrid;

// False (and nothing to clear) when the place is none.
bool prc_layer_grid_init (PrcLayerGrid *grid, const PrcLayerPlace *place);
void prc_layer_grid_clear (PrcLayerGrid *grid);

typedef struct {
  int top, end;     // device rows that show any of the mask, within the view
  int first, n;     // lines that are kept
  uint32_t *starts; // n + 1 places in the runs
  PrcRuns runs;     // of all lines, one after the other
  PrcRun *whole;    // by line: its run; {0, 0} if it has none, {1, 0} if there are several
} PrcLayerLines;

// The mask is of the size of the image.
void prc_layer_lines_init (PrcLayerLines *lines, PrcLayerGrid *grid, const PrcMask *mask);
void prc_layer_lines_clear (PrcLayerLines *lines);

// Of device row y, at most `reach` beyond the view: as in `whole`.
static inline PrcRun
prc_layer_lines_whole (const PrcLayerLines *lines, const PrcLayerGrid *grid, int y) {
  unsigned line = (unsigned)(grid->lines[y + grid->y.reach] - lines->first);

  return line < (unsigned)lines->n ? lines->whole[line] : (PrcRun){0};
}

// All runs of device row y, likewise; borrowed.
static inline PrcRuns
prc_layer_lines_at (const PrcLayerLines *lines, const PrcLayerGrid *grid, int y) {
  int line = grid->lines[y + grid->y.reach] - lines->first;

  if (line < 0 || line >= lines->n)
    return (PrcRuns){0};
  return (PrcRuns){lines->runs.runs + lines->starts[line],
                   lines->starts[line + 1] - lines->starts[line], 0};
}
