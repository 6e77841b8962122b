// SPDX-License-Identifier: Apache-2.0
// The scan works with codes and knows how far each product can be from the truth. A row that cannot
// be among the k best any more is dropped; of what is left the vectors themselves are asked for, the
// most promising first, until none of the others can be better.
#include "prc-index-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "prc-index-cells.h"

#define CHUNK       512   // rows whose products stay in the first-level cache
#define GROUP       16    // of them are compared at once
#define FIRST_LIMIT 1024  // candidates before they are looked through
#define MAX_FETCHED 16384 // vectors, where not all is wanted: a library of copies has no end
#define SLACK       4e-6f // what single precision may be off
#define FEW_SHARE   16    // a filter that keeps less than this part is scanned by itself

typedef struct {
  float upper, lower; // the cosine lies between
  uint32_t part, row;
} Candidate;

typedef struct { // the query in two steps: what the first loses is the second
  int8_t *codes;
  float scale, lost;
} Asked;

typedef struct {
  const PrcIndex *index;
  const PrcIndexWish *wish;
  PrcIndexDots dots;
  Asked coarse, fine;
  float length;    // of the query
  float threshold; // the k-th best lower bound so far
  Candidate *list;
  size_t n, room, limit;
  float *values;    // as many as `room`: for what is sorted out
  float *of_case;   // best lower bound; NULL where slices are wanted
  size_t n_scanned; // rows that are meant
} Search;

// --- the query

static float
ask (Asked *asked, const float *vector, unsigned dimension, float *rest) {
  const unsigned stride = prc_index_stride (dimension);
  g_autofree uint8_t *codes = g_malloc (stride);
  const PrcIndexCode code = prc_index_encode (vector, dimension, codes);
  asked->codes = g_malloc (stride);
  for (unsigned i = 0; i < stride; i++)
    asked->codes[i] = (int8_t)(codes[i] - 128);
  for (unsigned i = 0; i < dimension; i++)
    rest[i] = vector[i] - code.scale * asked->codes[i];
  asked->scale = code.scale;
  asked->lost = code.lost;
  return code.reach;
}

// False when it is no number.
static bool
ask_twice (Search *search, const float *vector) {
  const unsigned dimension = search->index->dimension;
  g_autofree float *rest = g_new (float, 2 * dimension);
  double square = 0;
  for (unsigned i = 0; i < dimension; i++)
    square += (double)vector[i] * vector[i];
  search->length = (float)sqrt (square);
  if (!isfinite (search->length))
    return false;
  ask (&search->coarse, vector, dimension, rest);
  ask (&search->fine, rest, dimension, rest + dimension);
  return true;
}

// --- what may still be among the best

// The k-th largest of n, which are left in another order.
static float
select_kth (float *values, size_t n, size_t k) {
  size_t low = 0, high = n - 1;
  while (low < high) {
    const float middle = values[low + (high - low) / 2];
    size_t i = low, j = high;
    for (;;) {
      while (values[i] > middle)
        i++;
      while (values[j] < middle)
        j--;
      if (i >= j)
        break;
      const float value = values[i];
      values[i++] = values[j];
      values[j--] = value;
    }
    // Everything up to j is at least as large as what follows.
    if (k - 1 <= j)
      high = j;
    else
      low = j + 1;
  }
  return values[k - 1];
}

static uint32_t
case_of (const Search *search, const Candidate *candidate) {
  const PrcIndex *index = search->index;
  const uint32_t series = index->parts[candidate->part].run->series[candidate->row];
  return index->series.entries[series].case_number;
}

// Lower bounds of the candidates, or the best of each case, into values; returns how many. The best
// of each case stays in of_case.
static size_t
gather_lower (Search *search, const Candidate *list, size_t length) {
  float *of_case = search->of_case;
  size_t n = 0;
  for (size_t i = 0; i < length; i++)
    if (!of_case)
      search->values[n++] = list[i].lower;
  if (!of_case)
    return n;
  for (size_t i = 0; i < length; i++)
    of_case[case_of (search, &list[i])] = -INFINITY;
  for (int again = 0; again < 2; again++) {
    for (size_t i = 0; i < length; i++) {
      float *best = &of_case[case_of (search, &list[i])];
      *best = fmaxf (*best, list[i].lower);
    }
    for (size_t i = 0; !again && i < length; i++) { // each case once
      float *best = &of_case[case_of (search, &list[i])];
      if (*best > -INFINITY)
        search->values[n++] = *best;
      *best = -INFINITY;
    }
  }
  return n;
}

static void
raise_threshold (Search *search, const Candidate *list, size_t length) {
  const size_t n = gather_lower (search, list, length);
  if (n >= search->wish->k)
    search->threshold = fmaxf (search->threshold, select_kth (search->values, n, search->wish->k));
}

static void
sort_out (Search *search) {
  raise_threshold (search, search->list, search->n);
  size_t kept = 0;
  for (size_t i = 0; i < search->n; i++)
    if (search->list[i].upper >= search->threshold)
      search->list[kept++] = search->list[i];
  search->n = kept;
  search->limit = MAX (2 * kept, FIRST_LIMIT + 2 * search->wish->k);
}

static void
enter (Search *search, uint32_t part, uint32_t row, int32_t coarse) {
  const PrcIndexRun *run = search->index->parts[part].run;
  int32_t fine;
  search->dots (run->codes + (size_t)row * run->stride, 1, run->stride, search->fine.codes, &fine);
  const float product =
      run->scales[row] * (search->coarse.scale * (float)coarse + search->fine.scale * (float)fine);
  const float wrong = search->length * run->lost * run->scales[row] +
                      search->fine.lost * run->reach + SLACK * (1 + search->length * run->reach);
  if (!(product + wrong >= search->threshold))
    return;
  if (search->n == search->limit)
    sort_out (search);
  if (search->n == search->room) {
    search->room = MAX (2 * search->room, search->limit);
    search->list = g_renew (Candidate, search->list, search->room);
    search->values = g_renew (float, search->values, search->room);
  }
  search->list[search->n++] = (Candidate){product + wrong, product - wrong, part, row};
}

// --- the scan

static bool
is_meant (const Search *search, const PrcIndexPart *part, size_t row) {
  const uint8_t *open = search->wish->open;
  return (!open || open[part->run->series[row]]) && !prc_index_is_gone (part, row);
}

// Whether one of a group may be among the best; all are compared at once.
static inline bool
any_reaches (const float *scales, const int32_t *dots, float scale, float lost, float bar) {
  int any = 0;
  for (int i = 0; i < GROUP; i++)
    any |= scales[i] * (scale * (float)dots[i] + lost) >= bar;
  return any;
}

static void
take_products (Search *search, uint32_t place, size_t first, size_t n, const int32_t *dots) {
  const PrcIndexPart *part = &search->index->parts[place];
  const PrcIndexRun *run = part->run;
  const float *scales = run->scales + first;
  const float lost = search->length * run->lost, scale = search->coarse.scale;
  const float more = search->coarse.lost * run->reach + SLACK * (1 + search->length * run->reach);
  for (size_t i = 0; i < n; i += GROUP) {
    const size_t end = MIN (i + GROUP, n);
    const float bar = search->threshold - more;
    if (end - i == GROUP && !any_reaches (scales + i, dots + i, scale, lost, bar))
      continue;
    for (size_t j = i; j < end; j++)
      if (scales[j] * (scale * (float)dots[j] + lost) >= bar && is_meant (search, part, first + j))
        enter (search, place, (uint32_t)(first + j), dots[j]);
  }
}

static void
scan_rows (Search *search, uint32_t part, size_t first, size_t n) {
  const PrcIndexRun *run = search->index->parts[part].run;
  int32_t dots[CHUNK];
  search->n_scanned += n;
  for (size_t done = 0; done < n; done += CHUNK) {
    const size_t chunk = MIN (CHUNK, n - done);
    search->dots (run->codes + (first + done) * run->stride, chunk, run->stride,
                  search->coarse.codes, dots);
    take_products (search, part, first + done, chunk, dots);
  }
}

// Rows of a series lie together, or nearly so: what a strict filter leaves out is not even read.
static void
scan_open (Search *search, uint32_t part, size_t first, size_t n) {
  const uint32_t *series = search->index->parts[part].run->series;
  const uint8_t *open = search->wish->open;
  const size_t end = first + n;
  for (size_t row = first; row < end;) {
    const size_t start = row;
    while (row < end && open[series[row]])
      row++;
    if (row > start)
      scan_rows (search, part, start, row - start);
    while (row < end && !open[series[row]])
      row++;
  }
}

static void
scan (Search *search, uint32_t part, size_t first, size_t n) {
  if (search->wish->few)
    scan_open (search, part, first, n);
  else
    scan_rows (search, part, first, n);
}

// The nearest cells first, until as many rows that are meant were seen as cells usually give: a
// filter that keeps half of the rows sees twice as many cells. And never fewer than are wanted.
static void
scan_cells (Search *search) {
  const PrcIndexCells *cells = search->index->cells;
  const PrcIndexRun *run = search->index->parts[0].run;
  PrcIndexCellOrder order;
  prc_index_cells_order (cells, search->coarse.codes, &order);
  const size_t usual = prc_index_cells_rows (cells, search->wish->by_case, search->wish->k);
  uint32_t cell;
  do {
    const size_t enough = search->n_scanned + usual;
    while (search->n_scanned < enough && prc_index_cells_next (&order, &cell))
      scan (search, 0, run->starts[cell], run->starts[cell + 1] - run->starts[cell]);
    sort_out (search);
  } while (!(search->threshold > -INFINITY) && order.n > 0);
  prc_index_cells_order_clear (&order);
}

static size_t
count_open (const PrcIndex *index, const uint8_t *open) {
  size_t n = 0;
  for (size_t i = 0; i < index->series.n; i++)
    n += open[i] ? index->series.entries[i].n : 0;
  return n;
}

static void
scan_all (Search *search) {
  const PrcIndex *index = search->index;
  const bool strict =
      search->wish->few && count_open (index, search->wish->open) <= index->n / FEW_SHARE;
  const bool cells = index->cells && !search->wish->exact && !strict;
  for (size_t i = cells; i < index->n_parts; i++)
    scan (search, (uint32_t)i, 0, index->parts[i].run->n);
  if (cells)
    scan_cells (search);
}

// --- the vectors themselves

static bool
is_worse (const PrcIndexHit *a, const PrcIndexHit *b) {
  if (a->cosine != b->cosine)
    return a->cosine < b->cosine;
  return a->slice_id != b->slice_id ? a->slice_id > b->slice_id : a->segment_id > b->segment_id;
}

static int
compare_hits (const void *a, const void *b) {
  return is_worse (a, b) ? 1 : is_worse (b, a) ? -1 : 0;
}

static int64_t
id_of (const Search *search, const Candidate *candidate) {
  return search->index->parts[candidate->part].run->ids[candidate->row];
}

typedef struct {
  Candidate candidate;
  int64_t id;
} Turn;

// Copies of one vector come by id, whatever is left of their number.
static int
compare_turns (const void *a, const void *b) {
  const Turn *left = a, *right = b;
  if (left->candidate.upper != right->candidate.upper)
    return left->candidate.upper < right->candidate.upper ? 1 : -1;
  return (left->id > right->id) - (left->id < right->id);
}

static void
put_in_turn (Search *search) {
  g_autofree Turn *turns = g_new (Turn, search->n);
  for (size_t i = 0; i < search->n; i++)
    turns[i] = (Turn){search->list[i], id_of (search, &search->list[i])};
  if (search->n > 0)
    qsort (turns, search->n, sizeof *turns, compare_turns);
  for (size_t i = 0; i < search->n; i++)
    search->list[i] = turns[i].candidate;
}

static bool
can_matter (const Search *search, const Candidate *candidate) {
  return candidate->upper >= search->threshold &&
         (!search->of_case || candidate->upper >= search->of_case[case_of (search, candidate)]);
}

#define BATCH 16

// The next that can matter, at most BATCH; *next goes on behind them.
static size_t
next_batch (const Search *search, size_t *next, Candidate *batch, int64_t *ids) {
  size_t n = 0;
  for (; *next < search->n && n < BATCH; (*next)++) {
    const Candidate *candidate = &search->list[*next];
    if (!can_matter (search, candidate))
      continue;
    ids[n] = id_of (search, candidate);
    batch[n++] = *candidate;
  }
  return n;
}

// The list becomes what was looked at, with the true cosine as both bounds.
static void
check (Search *search, const float *query) {
  const unsigned stride = prc_index_padded (search->index);
  const size_t most = search->wish->exact ? G_MAXSIZE : MAX (MAX_FETCHED, 4 * search->wish->k);
  g_autofree float *vectors = g_new (float, BATCH *stride);
  Candidate batch[BATCH];
  int64_t ids[BATCH];
  size_t next = 0, n, n_checked = 0;
  while (n_checked < most && (n = next_batch (search, &next, batch, ids)) > 0) {
    prc_index_fetch (search->index, ids, n, vectors);
    for (size_t i = 0; i < n; i++) {
      const float cosine = prc_index_product (query, vectors + i * stride, stride);
      batch[i].upper = batch[i].lower = cosine;
      if (!isnan (cosine)) // else it is not there any more
        search->list[n_checked++] = batch[i];
    }
    raise_threshold (search, search->list, n_checked);
  }
  search->n = n_checked;
}

static size_t
give (const Search *search, PrcIndexHit *hits) {
  g_autofree PrcIndexHit *all = g_new (PrcIndexHit, search->n);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (size_t i = 0; i < search->n; i++)
    all[i] = prc_index_hit (search->index, search->index->parts[search->list[i].part].run,
                            search->list[i].row, search->list[i].upper);
  if (search->n > 0)
    qsort (all, search->n, sizeof *all, compare_hits);
  size_t n = 0;
  for (size_t i = 0; i < search->n && n < search->wish->k; i++)
    if (!search->of_case || g_hash_table_add (seen, &all[i].case_id))
      hits[n++] = all[i];
  return n;
}

static void
search_clear (Search *search) {
  g_free (search->coarse.codes);
  g_free (search->fine.codes);
  g_free (search->list);
  g_free (search->values);
  g_free (search->of_case);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

size_t
prc_index_find (const PrcIndex *index, const float *vector, const PrcIndexWish *wish,
                PrcIndexHit *hits) {
  g_auto (Search) search = {.index = index,
                            .wish = wish,
                            .dots = prc_index_dots (),
                            .threshold = -INFINITY,
                            .limit = FIRST_LIMIT + 2 * wish->k};
  if (wish->k == 0 || index->n == 0 || !ask_twice (&search, vector))
    return 0;
  if (wish->by_case) {
    search.of_case = g_new (float, index->series.n_cases);
    for (size_t i = 0; i < index->series.n_cases; i++)
      search.of_case[i] = -INFINITY;
  }
  scan_all (&search);
  sort_out (&search);
  put_in_turn (&search);
  g_autofree float *query = g_new0 (float, prc_index_padded (index));
  memcpy (query, vector, index->dimension * sizeof (float));
  check (&search, query);
  return give (&search, hits);
}

// --- what is asked from outside

static bool
is_within (const PrcIndexScope *scope, int64_t series_id) {
  return (!scope->keep || prc_series_set_has (scope->keep, series_id)) &&
         (!scope->left_out || !prc_series_set_has (scope->left_out, series_id));
}

static uint8_t *
open_series (const PrcIndex *index, const PrcIndexScope *scope) {
  uint8_t *open = g_malloc (MAX (index->series.n, 1));
  for (size_t i = 0; i < index->series.n; i++)
    open[i] = is_within (scope, index->series.entries[i].series_id);
  return open;
}

static size_t
search_within (const PrcIndex *index, const float *vector, size_t k, bool by_case,
               const PrcIndexScope *scope, PrcIndexHit *hits) {
  const bool filtered = scope && (scope->keep || scope->left_out);
  g_autofree uint8_t *open = filtered ? open_series (index, scope) : NULL;
  const PrcIndexWish wish = {k, by_case, scope && scope->exact, open, filtered && scope->keep};
  return prc_index_find (index, vector, &wish, hits);
}

size_t
prc_index_search (const PrcIndex *index, const float *vector, size_t k, const PrcIndexScope *scope,
                  PrcIndexHit *hits) {
  return search_within (index, vector, k, false, scope, hits);
}

size_t
prc_index_search_cases (const PrcIndex *index, const float *vector, size_t k,
                        const PrcIndexScope *scope, PrcIndexHit *hits) {
  return search_within (index, vector, k, true, scope, hits);
}
