// SPDX-License-Identifier: Apache-2.0
// Cells by k-means in two steps: some middles of everything, then some of what belongs to each, so
// that a vector is compared with a hundredth of all middles. Works with codes: whole numbers are
// added up four times as fast as floats, and a middle needs no more. Then measures on slices of the
// library itself how many cells must be looked at.
#include "prc-index-cells.h"

#include <math.h>
#include <string.h>

#define CELLS_FROM    200000 // rows; below, a scan of all takes less than a millisecond
#define TAIL_SHARE    16     // the part that may lie outside of the cells before they are made anew
#define GONE_SHARE    4      // and the part of the cells that may be gone
#define SAMPLE        64     // rows of a cell that it is trained on
#define ROUNDS        8
#define NEAR          4 // of the first middles, whose own middles are compared
#define ASKED         200
#define ASKED_HITS    10
#define WANTED_RECALL .997
#define FIRST_PROBES  16

// Rows as k-means sees them.
typedef struct {
  uint8_t *codes;
  float *scales;
  size_t n;
  unsigned stride;
} Points;

static void
points_clear (Points *points) {
  g_aligned_free (points->codes);
  g_free (points->scales);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Points, points_clear)

static Points
points_new (size_t n, unsigned stride) {
  return (Points){g_aligned_alloc0 (MAX (n, 1), stride, 64), g_new0 (float, MAX (n, 1)), n, stride};
}

static void
copy_point (Points *to, size_t at, const uint8_t *codes, float scale) {
  memcpy (to->codes + at * to->stride, codes, to->stride);
  to->scales[at] = scale;
}

static void
as_query (const uint8_t *codes, unsigned stride, int8_t *query) {
  for (unsigned i = 0; i < stride; i++)
    query[i] = (int8_t)(codes[i] ^ 0x80);
}

// The most alike of middles[first] to middles[last - 1]; *likeness is raised to it.
static size_t
most_alike (const Points *middles, size_t first, size_t last, const int8_t *query, int32_t *dots,
            size_t best, float *likeness) {
  prc_index_dots () (middles->codes + first * middles->stride, last - first, middles->stride, query,
                     dots);
  for (size_t i = first; i < last; i++) {
    const float here = middles->scales[i] * (float)dots[i - first];
    if (here > *likeness) {
      *likeness = here;
      best = i;
    }
  }
  return best;
}

static void
add_up (float *sum, const uint8_t *codes, float scale, unsigned stride) {
  for (unsigned i = 0; i < stride; i++)
    sum[i] += scale * (float)((int)codes[i] - 128);
}

// Middles are directions: as long as a vector is. An empty cell keeps its middle.
static void
set_middle (Points *middles, size_t at, float *sum) {
  const float length = sqrtf (prc_index_product (sum, sum, middles->stride));
  if (!(length > 0))
    return;
  for (unsigned i = 0; i < middles->stride; i++)
    sum[i] /= length;
  uint8_t *codes = middles->codes + at * middles->stride;
  middles->scales[at] = prc_index_encode (sum, middles->stride, codes).scale;
}

// Middles of points[rows[0]] to points[rows[n - 1]] into middles[first] on; which of them each is
// nearest to into `nearest`, from 0.
static void
find_middles (const Points *points, const uint32_t *rows, size_t n, Points *middles, size_t first,
              size_t n_middles, uint32_t *nearest) {
  const unsigned stride = points->stride;
  g_autofree float *sums = g_new (float, n_middles *stride);
  g_autofree int32_t *dots = g_new (int32_t, n_middles);
  g_autofree int8_t *query = g_malloc (stride);
  for (size_t i = 0; i < n_middles; i++) { // evenly: neighbouring rows are of one case
    const size_t row = rows[i * n / n_middles];
    copy_point (middles, first + i, points->codes + row * stride, points->scales[row]);
  }
  for (int round = 0; round <= ROUNDS; round++) {
    memset (sums, 0, n_middles * stride * sizeof (float));
    for (size_t i = 0; i < n; i++) {
      const uint8_t *codes = points->codes + (size_t)rows[i] * stride;
      float likeness = -INFINITY;
      as_query (codes, stride, query);
      nearest[i] =
          (uint32_t)(most_alike (middles, first, first + n_middles, query, dots, first, &likeness) -
                     first);
      add_up (sums + nearest[i] * stride, codes, points->scales[rows[i]], stride);
    }
    for (size_t i = 0; round < ROUNDS && i < n_middles; i++)
      set_middle (middles, first + i, sums + i * stride);
  }
}

// --- both steps

typedef struct {
  Points tops, middles;
  size_t *firsts; // middles of top t: firsts[t] to firsts[t + 1] - 1
} Tree;

static void
tree_clear (Tree *tree) {
  points_clear (&tree->tops);
  points_clear (&tree->middles);
  g_free (tree->firsts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tree, tree_clear)

static Points
sample_points (const PrcIndex *index, size_t n) {
  Points points = points_new (n, index->stride);
  size_t place = 0, taken = 0;
  for (size_t p = 0; p < index->n_parts; p++) {
    const PrcIndexPart *part = &index->parts[p];
    for (size_t row = 0; row < part->run->n; row++) {
      if (prc_index_is_gone (part, row))
        continue;
      if (taken < n && place++ * n / index->n >= taken)
        copy_point (&points, taken++, part->run->codes + row * index->stride,
                    part->run->scales[row]);
    }
  }
  points.n = taken;
  return points;
}

// Rows of the sample that belong to each top, one after the other: a counting sort.
static uint32_t *
group_rows (const uint32_t *nearest, size_t n, size_t n_groups, size_t *starts) {
  uint32_t *rows = g_new (uint32_t, MAX (n, 1));
  g_autofree size_t *next = g_new (size_t, n_groups + 1);
  memset (starts, 0, (n_groups + 1) * sizeof *starts);
  for (size_t i = 0; i < n; i++)
    starts[nearest[i] + 1]++;
  for (size_t g = 0; g < n_groups; g++)
    starts[g + 1] += starts[g];
  memcpy (next, starts, (n_groups + 1) * sizeof *next);
  for (size_t i = 0; i < n; i++)
    rows[next[nearest[i]]++] = (uint32_t)i;
  return rows;
}

static bool
train (Tree *tree, const Points *points, size_t n_cells, GCancellable *cancellable) {
  const size_t n_tops = (size_t)sqrt ((double)n_cells), n = points->n;
  g_autofree uint32_t *nearest = g_new (uint32_t, n);
  g_autofree uint32_t *all = g_new (uint32_t, n);
  g_autofree size_t *starts = g_new (size_t, n_tops + 1);
  for (size_t i = 0; i < n; i++)
    all[i] = (uint32_t)i;
  tree->tops = points_new (n_tops, points->stride);
  tree->middles = points_new (n_cells + n_tops, points->stride);
  tree->firsts = g_new0 (size_t, n_tops + 1);
  find_middles (points, all, n, &tree->tops, 0, n_tops, nearest);
  g_autofree uint32_t *rows = group_rows (nearest, n, n_tops, starts);
  for (size_t t = 0; t < n_tops; t++) { // as many cells as its share of the rows
    const size_t length = starts[t + 1] - starts[t];
    const size_t share = (length * n_cells + n - 1) / n;
    if (g_cancellable_is_cancelled (cancellable))
      return false;
    if (length > 0)
      find_middles (points, rows + starts[t], length, &tree->middles, tree->firsts[t], share,
                    nearest);
    tree->firsts[t + 1] = tree->firsts[t] + share;
  }
  tree->middles.n = tree->firsts[n_tops];
  return true;
}

// --- rows into cells

static size_t
cell_of (const Tree *tree, const uint8_t *codes, int8_t *query, int32_t *dots) {
  const unsigned stride = tree->tops.stride;
  size_t tops[NEAR], n = 0;
  float likeness[NEAR];
  as_query (codes, stride, query);
  prc_index_dots () (tree->tops.codes, tree->tops.n, stride, query, dots);
  for (size_t i = 0; i < tree->tops.n; i++) {
    const float here = tree->tops.scales[i] * (float)dots[i];
    size_t at = n;
    if (tree->firsts[i] == tree->firsts[i + 1] || (n == NEAR && here <= likeness[--at]))
      continue;
    n = MAX (n, at + 1);
    for (; at > 0 && likeness[at - 1] < here; at--) {
      likeness[at] = likeness[at - 1];
      tops[at] = tops[at - 1];
    }
    likeness[at] = here;
    tops[at] = i;
  }
  float best_likeness = -INFINITY;
  size_t best = 0;
  for (size_t i = 0; i < n; i++)
    best = most_alike (&tree->middles, tree->firsts[tops[i]], tree->firsts[tops[i] + 1], query,
                       dots, best, &best_likeness);
  return best;
}

// Of every row of every part, one after the other; NULL when cancelled.
static uint32_t *
assign_rows (const PrcIndex *index, const Tree *tree, GCancellable *cancellable) {
  g_autofree uint32_t *cells = g_new (uint32_t, index->n);
  g_autofree int8_t *query = g_malloc (index->stride);
  g_autofree int32_t *dots = g_new (int32_t, MAX (tree->tops.n, tree->middles.n));
  size_t n = 0;
  for (size_t p = 0; p < index->n_parts; p++) {
    const PrcIndexPart *part = &index->parts[p];
    for (size_t row = 0; row < part->run->n; row++) {
      if (row % 4096 == 0 && g_cancellable_is_cancelled (cancellable))
        return NULL;
      if (!prc_index_is_gone (part, row))
        cells[n++] = (uint32_t)cell_of (tree, part->run->codes + row * index->stride, query, dots);
    }
  }
  return g_steal_pointer (&cells);
}

static void
put_row (PrcIndexRun *to, size_t at, const PrcIndexRun *from, size_t row) {
  memcpy (to->codes + at * to->stride, from->codes + row * to->stride, to->stride);
  to->scales[at] = from->scales[row];
  to->ids[at] = from->ids[row];
  to->series[at] = from->series[row];
  if (to->slices)
    to->slices[at] = from->slices[row];
}

static PrcIndexRun *
lay_out (const PrcIndex *index, const uint32_t *cells, size_t n_cells) {
  PrcIndexRun *run = prc_index_run_new (index->stride, index->of_segments);
  prc_index_run_set_length (run, index->n);
  run->n_cells = n_cells;
  run->starts = g_new0 (uint32_t, n_cells + 1);
  for (size_t i = 0; i < index->n; i++)
    run->starts[cells[i] + 1]++;
  for (size_t c = 0; c < n_cells; c++)
    run->starts[c + 1] += run->starts[c];
  g_autofree uint32_t *next = g_memdup2 (run->starts, n_cells * sizeof *next);
  size_t n = 0;
  for (size_t p = 0; p < index->n_parts; p++) {
    const PrcIndexPart *part = &index->parts[p];
    run->lost = fmaxf (run->lost, part->run->lost);
    run->reach = fmaxf (run->reach, part->run->reach);
    for (size_t row = 0; row < part->run->n; row++)
      if (!prc_index_is_gone (part, row))
        put_row (run, next[cells[n++]]++, part->run, row);
  }
  return run;
}

// --- how many cells must be looked at

typedef struct {
  PrcIndex *index;
  bool by_case;
  float *vectors;
  uint32_t *series; // of each that asks: kept out of its own answer
  PrcIndexHit (*hits)[ASKED_HITS];
  size_t *n_hits;
} Trial;

static size_t
ask_one (const Trial *trial, size_t i, bool exact, PrcIndexHit *hits) {
  g_autofree uint8_t *open = g_malloc (trial->index->series.n);
  memset (open, 1, trial->index->series.n);
  open[trial->series[i]] = 0;
  const PrcIndexWish wish = {ASKED_HITS, trial->by_case, exact, open, false};
  return prc_index_find (trial->index, trial->vectors + i * prc_index_padded (trial->index), &wish,
                         hits);
}

static double
measure_recall (const Trial *trial) {
  size_t n_found = 0, n_there = 0;
  for (size_t i = 0; i < ASKED; i++) {
    PrcIndexHit hits[ASKED_HITS];
    const size_t n = ask_one (trial, i, false, hits);
    n_there += trial->n_hits[i];
    for (size_t there = 0; there < trial->n_hits[i]; there++)
      for (size_t j = 0; j < n; j++)
        n_found += hits[j].slice_id == trial->hits[i][there].slice_id &&
                   hits[j].segment_id == trial->hits[i][there].segment_id;
  }
  return n_there > 0 ? (double)n_found / (double)n_there : 1;
}

static void
choose_probes (PrcIndex *index, bool by_case, GCancellable *cancellable) {
  PrcIndexCells *cells = index->cells;
  const PrcIndexRun *run = index->parts[0].run;
  g_autofree int64_t *ids = g_new (int64_t, ASKED);
  g_autofree uint32_t *series = g_new (uint32_t, ASKED);
  g_autofree float *vectors = g_new (float, ASKED *prc_index_padded (index));
  PrcIndexHit (*hits)[ASKED_HITS] = g_malloc_n (ASKED, sizeof *hits);
  size_t n_hits[ASKED] = {0};
  const Trial trial = {index, by_case, vectors, series, hits, n_hits};
  for (size_t i = 0; i < ASKED; i++) {
    const size_t row = (2 * i + 1) * run->n / (2 * ASKED);
    ids[i] = run->ids[row];
    series[i] = run->series[row];
  }
  prc_index_fetch (index, ids, ASKED, vectors);
  for (size_t i = 0; i < ASKED && !g_cancellable_is_cancelled (cancellable); i++)
    n_hits[i] = ask_one (&trial, i, true, hits[i]);
  size_t *n_probes = &cells->n_probes[by_case];
  *n_probes = MIN (FIRST_PROBES, cells->n);
  while (*n_probes < cells->n && measure_recall (&trial) < WANTED_RECALL &&
         !g_cancellable_is_cancelled (cancellable))
    *n_probes = MIN (*n_probes + (*n_probes + 1) / 2, cells->n);
  g_free (hits);
}

// --- all of it

static size_t
cells_for (size_t n) {
  size_t n_cells = 16;
  while ((double)n_cells * (double)n_cells < 8 * (double)n) // about four times the root
    n_cells *= 2;
  return n_cells;
}

bool
prc_index_has_cells (const PrcIndex *index) {
  return index->cells != NULL;
}

bool
prc_index_wants_cells (const PrcIndex *index) {
  if (index->n < CELLS_FROM)
    return false;
  if (!index->cells)
    return true;
  size_t outside = 0;
  for (size_t i = 1; i < index->n_parts; i++)
    outside += index->parts[i].run->n;
  const size_t in_cells = index->n - MIN (outside, index->n);
  return outside > index->n / TAIL_SHARE ||
         index->cells->n_rows - MIN (in_cells, index->cells->n_rows) >
             index->cells->n_rows / GONE_SHARE;
}

static PrcIndexCells *
cells_new (Tree *tree, size_t n_rows) {
  PrcIndexCells *cells = g_atomic_rc_box_new0 (PrcIndexCells);
  cells->n = tree->middles.n;
  cells->stride = tree->middles.stride;
  cells->middles = g_steal_pointer (&tree->middles.codes);
  cells->scales = g_steal_pointer (&tree->middles.scales);
  cells->n_rows = n_rows;
  return cells;
}

PrcIndex *
prc_index_with_cells (const PrcIndex *index, GCancellable *cancellable) {
  const size_t n_cells = cells_for (index->n);
  if (index->n < n_cells)
    return NULL;
  g_auto (Tree) tree = {0};
  g_auto (Points) points = sample_points (index, MIN (index->n, SAMPLE * n_cells));
  if (!train (&tree, &points, n_cells, cancellable))
    return NULL;
  g_autofree uint32_t *cells = assign_rows (index, &tree, cancellable);
  if (!cells)
    return NULL;
  PrcIndexRun *run = lay_out (index, cells, tree.middles.n);
  g_autoptr (PrcIndex) made =
      prc_index_of_columns (index->dimension, index->vectors, &index->series, run);
  made->version = index->version;
  made->cells = cells_new (&tree, index->n);
  choose_probes (made, false, cancellable);
  choose_probes (made, true, cancellable);
  return g_cancellable_is_cancelled (cancellable) ? NULL : g_steal_pointer (&made);
}
