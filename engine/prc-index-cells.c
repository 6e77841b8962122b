// SPDX-License-Identifier: Apache-2.0
#include "prc-index-cells.h"

#include <math.h>

PrcIndexCells *
prc_index_cells_ref (PrcIndexCells *cells) {
  return g_atomic_rc_box_acquire (cells);
}

static void
clear (gpointer data) {
  PrcIndexCells *cells = data;
  if (cells->mapped) {
    g_mapped_file_unref (cells->mapped);
    return;
  }
  g_aligned_free (cells->middles);
  g_free (cells->scales);
}

void
prc_index_cells_unref (PrcIndexCells *cells) {
  g_atomic_rc_box_release_full (cells, clear);
}

size_t
prc_index_cells_rows (const PrcIndexCells *cells, bool by_case, size_t k) {
  const double probes = (double)cells->n_probes[by_case] * sqrt (MAX ((double)k / 10, 1));
  return (size_t)((double)cells->n_rows / (double)cells->n * probes) + 1;
}

// --- cells in the order of likeness

static void
sink (PrcIndexCellOrder *order, size_t place) {
  const float likeness = order->likeness[place];
  const uint32_t cell = order->cells[place];
  for (size_t child = 2 * place + 1; child < order->n; child = 2 * place + 1) {
    if (child + 1 < order->n && order->likeness[child + 1] > order->likeness[child])
      child++;
    if (order->likeness[child] <= likeness)
      break;
    order->likeness[place] = order->likeness[child];
    order->cells[place] = order->cells[child];
    place = child;
  }
  order->likeness[place] = likeness;
  order->cells[place] = cell;
}

void
prc_index_cells_order (const PrcIndexCells *cells, const int8_t *query, PrcIndexCellOrder *order) {
  g_autofree int32_t *dots = g_new (int32_t, cells->n);
  prc_index_dots () (cells->middles, cells->n, cells->stride, query, dots);
  *order = (PrcIndexCellOrder){g_new (float, cells->n), g_new (uint32_t, cells->n), cells->n};
  for (size_t i = 0; i < cells->n; i++) {
    order->likeness[i] = cells->scales[i] * (float)dots[i];
    order->cells[i] = (uint32_t)i;
  }
  for (size_t i = cells->n / 2; i-- > 0;)
    sink (order, i);
}

bool
prc_index_cells_next (PrcIndexCellOrder *order, uint32_t *cell) {
  if (order->n == 0)
    return false;
  *cell = order->cells[0];
  order->n--;
  order->likeness[0] = order->likeness[order->n];
  order->cells[0] = order->cells[order->n];
  if (order->n > 0)
    sink (order, 0);
  return true;
}

void
prc_index_cells_order_clear (PrcIndexCellOrder *order) {
  g_free (order->likeness);
  g_free (order->cells);
}
