// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-index-private.h"

// The first run of a large index lies in cells: the rows that are nearest to one of some thousand
// middles. Who asks looks only at the cells with the nearest middles. Immutable, reference-counted.
struct _PrcIndexCells {
  size_t n;
  unsigned stride;
  uint8_t *middles;    // n codes
  float *scales;       // n
  size_t n_probes[2];  // cells that are looked at for the 10 nearest slices, and cases
  size_t n_rows;       // that lie in cells
  GMappedFile *mapped; // where the middles lie; NULL: in memory of their own
};

// How many are to be looked at. More of them lie further away: by the root, as on a plane.
size_t prc_index_cells_rows (const PrcIndexCells *cells, bool by_case, size_t k);

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
