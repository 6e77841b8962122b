// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include <stdbool.h>
#include <stdint.h>

#include "prc-index-codes.h"

// A stretch of rows of the index, in columns: 144 bytes a row of 128 numbers. Written by one thread
// (prc_index_run_add), then immutable; reference-counted, any thread. Snapshots share them.
typedef struct {
  size_t n;
  unsigned stride;
  uint8_t *codes;   // n x stride
  float *scales;    // n
  int64_t *ids;     // n: of slices, or of segments
  int64_t *slices;  // n: of the segments' slices; NULL where `ids` are those
  uint32_t *series; // n: places in the table of series
  float lost;       // the largest share of its scale that a row has lost
  float reach;      // the longest row
  // Rows of a cell lie together: cell c has rows starts[c] to starts[c + 1]. NULL: no cells.
  size_t n_cells;
  uint32_t *starts;
  size_t room;         // rows, while it is written
  GMappedFile *mapped; // where the columns lie; NULL: in memory of its own
} PrcIndexRun;

#define PRC_INDEX_RUN_MAX UINT32_C (0xffffffff)

PrcIndexRun *prc_index_run_new (unsigned stride, bool of_segments);
// To be written on; without the rows whose bit is set, where there are bits.
PrcIndexRun *prc_index_run_copy (const PrcIndexRun *run, const uint64_t *gone);
PrcIndexRun *prc_index_run_ref (PrcIndexRun *run);
void prc_index_run_unref (PrcIndexRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcIndexRun, prc_index_run_unref)

// Room for one row more; its columns are the caller's to fill, at n - 1.
void prc_index_run_grow (PrcIndexRun *run);

// n rows, whose columns are the caller's to fill.
void prc_index_run_set_length (PrcIndexRun *run, size_t n);

// A row of another run of the same stride.
void prc_index_run_take (PrcIndexRun *run, const PrcIndexRun *from, size_t row);

// A row of floats. False, and nothing was added, when it holds what is no number.
bool prc_index_run_add (PrcIndexRun *run, const float *vector, unsigned dimension, int64_t id,
                        int64_t slice_id, uint32_t series);

static inline int64_t
prc_index_run_slice (const PrcIndexRun *run, size_t row) {
  return run->slices ? run->slices[row] : run->ids[row];
}
