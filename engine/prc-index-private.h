// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-index-run.h"
#include "prc-index.h"

// What the files of the index share.

// --- series: what is true of all rows of one. Immutable.

typedef struct {
  int64_t series_id, case_id;
  uint32_t patient;
  uint32_t case_number; // of the case, from 0
  uint32_t modality;    // place in `modalities`
  uint32_t n;           // rows that are searched
} PrcIndexSeriesEntry;

typedef struct {
  PrcIndexSeriesEntry *entries;
  size_t n;
  char (*modalities)[PRC_INDEX_MODALITY];
  size_t n_modalities, n_cases;
} PrcIndexSeries;

// --- a snapshot

typedef struct {
  PrcIndexRun *run;
  uint64_t *gone; // a bit for every row that is not searched any more; NULL: all are
} PrcIndexPart;

typedef struct _PrcIndexScales PrcIndexScales;
typedef struct _PrcIndexCells PrcIndexCells;

struct _PrcIndex {
  PrcIndexPart *parts;
  size_t n_parts, n; // n: rows that are searched
  unsigned dimension, stride;
  bool of_segments;
  uint64_t version;
  PrcIndexSeries series;
  PrcIndexVectors *vectors;
  PrcIndexCells *cells; // of the first part; NULL: none
  PrcIndexScales *scales;
};

static inline bool
prc_index_is_gone (const PrcIndexPart *part, size_t row) {
  return part->gone && (part->gone[row / 64] >> (row % 64) & 1);
}

PrcIndexHit prc_index_hit (const PrcIndex *index, const PrcIndexRun *run, size_t row, float cosine);

// Of one run, which it takes over, and its series, which are copied; no cells, version 0.
PrcIndex *prc_index_of_columns (unsigned dimension, PrcIndexVectors *vectors,
                                const PrcIndexSeries *series, PrcIndexRun *run);

const PrcIndexPart *prc_index_part_of (const PrcIndex *index, const PrcIndexRun *run); // or NULL

// --- searching

typedef struct {
  size_t k;
  bool by_case;
  bool exact;          // look at everything, however large the library
  const uint8_t *open; // of every series whether it is meant; NULL: all
  bool few;            // `open` may leave so much out that rows are better passed over than scored
} PrcIndexWish;

size_t prc_index_find (const PrcIndex *index, const float *vector, const PrcIndexWish *wish,
                       PrcIndexHit *hits);

// vectors: n x padded dimension floats, of these ids; numbers that are none where there is none.
unsigned prc_index_padded (const PrcIndex *index);
void prc_index_fetch (const PrcIndex *index, const int64_t *ids, size_t n, float *vectors);

// --- scales

PrcIndexScales *prc_index_scales_new (void);
PrcIndexScales *prc_index_scales_ref (PrcIndexScales *scales);
void prc_index_scales_unref (PrcIndexScales *scales);
// Counts rows that came or went since they were made; gives the sum.
size_t prc_index_scales_news (PrcIndexScales *scales, size_t n);

// --- cells

PrcIndexCells *prc_index_cells_ref (PrcIndexCells *cells);
void prc_index_cells_unref (PrcIndexCells *cells);
