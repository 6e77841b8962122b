// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-index-private.h"

// The first run of a large index lies in cells: the rows that are nearest to one of some thousand
// middles. Who asks looks only at the cells with the nearest middles. Immutable, reference-counted.
struct _PrcIndexCells {
  size_t n;
  unsigned stride;
  uint8_t *middles;    // n codes
  float *scales;       // n
  size_t n_probes;     // cells that are looked at
  size_t n_rows;       // that lie in cells
  GMappedFile *mapped; // where the middles lie; NULL: in memory of their own
};

size_t prc_index_cells_rows (const PrcIndexCells *cells); // that are to be looked at

// Cells by the likeness of their middle to a query of codes.
typedef struct {
  float *likeness; // a heap, the most alike first
  uint32_t *cells;
  size_t n;
} PrcIndexCellOrder;

void prc_index_cells_order (const PrcIndexCells *cells, const int8_t *query,
                            PrcIndexCellOrder *order);
bool prc_index_cells_next (PrcIndexCellOrder *order, uint32_t *cell);
void prc_index_cells_order_clear (PrcIndexCellOrder *order);

// Whether so large an index, or one so changed, is worth being parted into cells (anew).
bool prc_index_wants_cells (const PrcIndex *index);

// The same rows, parted into cells: trained on a sample of them, then measured how many must be
// looked at. Seconds for a million rows; any thread. NULL when cancelled.
PrcIndex *prc_index_with_cells (const PrcIndex *index, GCancellable *cancellable);
