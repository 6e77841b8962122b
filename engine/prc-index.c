// SPDX-License-Identifier: Apache-2.0
#include "prc-index.h"

#include <math.h>
#include <string.h>

#define LANES             16
#define ALIGNMENT         64
#define PAIR_SAMPLES      20000
#define NEIGHBOUR_SAMPLES 256
#define BLOCK_ROWS        512        // 256 KB of vectors stay in the second-level cache
#define SEED              0x5052634e // fixed: the same library always gives the same statistics

struct _PrcIndex {
  float *vectors; // [n][stride], rows padded with zeros to whole lanes
  PrcIndexEntry *entries;
  uint32_t *case_numbers; // of the row's case, from 0, in the order of first appearance
  size_t n, n_cases;
  unsigned dimension, stride;
  uint64_t version;
  gsize statistics_ready;
  float *pair_cosines; // ascending
  size_t n_pairs;
  float nothing_alike;
};

// --- the scan: one row after the other, as memory likes it; four rows at once would be several
// times slower

typedef float Lanes __attribute__ ((vector_size (LANES * sizeof (float)), aligned (4)));

static inline __attribute__ ((always_inline)) float
dot (const float *a, const float *b, unsigned stride) {
  Lanes sums[2] = {{0}, {0}};
  unsigned i = 0;
  for (; i + 2 * LANES <= stride; i += 2 * LANES) {
    sums[0] += *(const Lanes *)(a + i) * *(const Lanes *)(b + i);
    sums[1] += *(const Lanes *)(a + i + LANES) * *(const Lanes *)(b + i + LANES);
  }
  if (i < stride)
    sums[0] += *(const Lanes *)(a + i) * *(const Lanes *)(b + i);
  sums[0] += sums[1];
  float sum = 0;
  for (unsigned j = 0; j < LANES; j++)
    sum += sums[0][j];
  return sum;
}

typedef void (*Scan) (const float *rows, size_t n, unsigned stride, const float *query, float *out);

#define DEFINE_SCAN(name, attributes)                                                              \
  attributes static void name (const float *rows, size_t n, unsigned stride, const float *query,   \
                               float *out) {                                                       \
    for (size_t i = 0; i < n; i++)                                                                 \
      out[i] = dot (rows + i * stride, query, stride);                                             \
  }

DEFINE_SCAN (scan_any, )
#ifdef __x86_64__
DEFINE_SCAN (scan_avx2, __attribute__ ((target ("avx2,fma"))))
DEFINE_SCAN (scan_avx512, __attribute__ ((target ("avx512f"))))
#endif

static Scan
choose_scan (void) {
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx512f"))
    return scan_avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return scan_avx2;
#endif
  return scan_any;
}

// --- making one

static float *
new_rows (size_t n, unsigned stride) {
  float *rows = g_aligned_alloc0 (MAX (n, 1), stride * sizeof (float), ALIGNMENT);
  return rows;
}

static void
number_cases (PrcIndex *index) {
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (size_t i = 0; i < index->n; i++) {
    const PrcIndexEntry *entry = &index->entries[i];
    if (i > 0 && entry->case_id == entry[-1].case_id) {
      index->case_numbers[i] = index->case_numbers[i - 1];
      continue;
    }
    gpointer number = NULL;
    if (!g_hash_table_lookup_extended (numbers, &entry->case_id, NULL, &number)) {
      number = GUINT_TO_POINTER (index->n_cases++);
      g_hash_table_insert (numbers, (gpointer)&entry->case_id, number);
    }
    index->case_numbers[i] = GPOINTER_TO_UINT (number);
  }
}

PrcIndex *
prc_index_new (const float *vectors, const PrcIndexEntry *entries, size_t n, unsigned dimension,
               uint64_t version) {
  PrcIndex *index = g_atomic_rc_box_new0 (PrcIndex);
  index->n = n;
  index->dimension = dimension;
  index->stride = (dimension + LANES - 1) / LANES * LANES;
  index->version = version;
  index->vectors = new_rows (n, index->stride);
  for (size_t i = 0; i < n; i++)
    memcpy (index->vectors + i * index->stride, vectors + i * dimension,
            dimension * sizeof (float));
  index->entries = g_memdup2 (entries, n * sizeof *entries);
  index->case_numbers = g_new (uint32_t, n);
  number_cases (index);
  return index;
}

PrcIndex *
prc_index_ref (PrcIndex *index) {
  return g_atomic_rc_box_acquire (index);
}

static void
clear (gpointer data) {
  PrcIndex *index = data;
  g_aligned_free (index->vectors);
  g_free (index->entries);
  g_free (index->case_numbers);
  g_free (index->pair_cosines);
}

void
prc_index_unref (PrcIndex *index) {
  g_atomic_rc_box_release_full (index, clear);
}

size_t
prc_index_length (const PrcIndex *index) {
  return index->n;
}

uint64_t
prc_index_version (const PrcIndex *index) {
  return index->version;
}

// --- the k best: a heap with the worst of them on top

typedef struct {
  PrcIndexHit *hits;
  size_t n, k;
} Best;

static bool
is_worse (const PrcIndexHit *a, const PrcIndexHit *b) {
  if (a->cosine != b->cosine)
    return a->cosine < b->cosine;
  return a->slice_id != b->slice_id ? a->slice_id > b->slice_id : a->segment_id > b->segment_id;
}

static void
sift_down (PrcIndexHit *hits, size_t n, PrcIndexHit hit) {
  size_t place = 0;
  for (size_t child = 1; child < n; child = 2 * place + 1) {
    if (child + 1 < n && is_worse (&hits[child + 1], &hits[child]))
      child++;
    if (!is_worse (&hits[child], &hit))
      break;
    hits[place] = hits[child];
    place = child;
  }
  hits[place] = hit;
}

static void
sift_up (PrcIndexHit *hits, size_t place, PrcIndexHit hit) {
  while (place > 0 && is_worse (&hit, &hits[(place - 1) / 2])) {
    hits[place] = hits[(place - 1) / 2];
    place = (place - 1) / 2;
  }
  hits[place] = hit;
}

static bool
would_enter (const Best *best, const PrcIndexHit *hit) {
  return best->n < best->k || is_worse (&best->hits[0], hit);
}

static void
enter (Best *best, const PrcIndexHit *hit) {
  if (best->n < best->k)
    sift_up (best->hits, best->n++, *hit);
  else
    sift_down (best->hits, best->n, *hit);
}

static int
compare_hits (const void *a, const void *b) {
  return is_worse (a, b) ? 1 : is_worse (b, a) ? -1 : 0;
}

// --- searching

// A NaN in the query compares with nothing: then no row is near, and none is given.
typedef struct {
  const PrcIndex *index;
  PrcIndexFilter filter;
  gpointer user_data;
  float *query; // padded
  Scan scan;
} Search;

static void
search_init (Search *search, const PrcIndex *index, const float *vector, PrcIndexFilter filter,
             gpointer user_data) {
  *search = (Search){index, filter, user_data, new_rows (1, index->stride), choose_scan ()};
  memcpy (search->query, vector, index->dimension * sizeof (float));
}

typedef void (*SearchRow) (const Search *search, size_t row, float cosine, gpointer data);

static void
search_rows (Search *search, SearchRow each, gpointer data) {
  const PrcIndex *index = search->index;
  float cosines[1024];
  for (size_t first = 0; first < index->n; first += G_N_ELEMENTS (cosines)) {
    const size_t n = MIN (G_N_ELEMENTS (cosines), index->n - first);
    search->scan (index->vectors + first * index->stride, n, index->stride, search->query, cosines);
    for (size_t i = 0; i < n; i++)
      each (search, first + i, cosines[i], data);
  }
  g_aligned_free (search->query);
}

static bool
passes (const Search *search, size_t row) {
  return !search->filter || search->filter (&search->index->entries[row], search->user_data);
}

static PrcIndexHit
hit_of (const PrcIndex *index, size_t row, float cosine) {
  const PrcIndexEntry *entry = &index->entries[row];
  return (PrcIndexHit){entry->slice_id, entry->case_id, entry->segment_id, cosine};
}

static void
row_of_slices (const Search *search, size_t row, float cosine, gpointer data) {
  Best *best = data;
  const PrcIndexHit hit = hit_of (search->index, row, cosine);
  if (!isnan (cosine) && would_enter (best, &hit) && passes (search, row))
    enter (best, &hit);
}

size_t
prc_index_search (const PrcIndex *index, const float *vector, size_t k, PrcIndexFilter filter,
                  gpointer user_data, PrcIndexHit *hits) {
  if (k == 0)
    return 0;
  Search search;
  Best best = {hits, 0, k};
  search_init (&search, index, vector, filter, user_data);
  search_rows (&search, row_of_slices, &best);
  qsort (hits, best.n, sizeof *hits, compare_hits);
  return best.n;
}

static void
row_of_cases (const Search *search, size_t row, float cosine, gpointer data) {
  PrcIndexHit *best = (PrcIndexHit *)data + search->index->case_numbers[row];
  const PrcIndexHit hit = hit_of (search->index, row, cosine);
  if (!isnan (cosine) && is_worse (best, &hit) && passes (search, row))
    *best = hit;
}

size_t
prc_index_search_cases (const PrcIndex *index, const float *vector, size_t k, PrcIndexFilter filter,
                        gpointer user_data, PrcIndexHit *hits) {
  if (k == 0)
    return 0;
  g_autofree PrcIndexHit *of_case = g_new (PrcIndexHit, index->n_cases);
  for (size_t i = 0; i < index->n_cases; i++)
    of_case[i] = (PrcIndexHit){INT64_MAX, 0, 0, -INFINITY};
  Search search;
  search_init (&search, index, vector, filter, user_data);
  search_rows (&search, row_of_cases, of_case);
  Best best = {hits, 0, k};
  for (size_t i = 0; i < index->n_cases; i++)
    if (of_case[i].cosine > -INFINITY && would_enter (&best, &of_case[i]))
      enter (&best, &of_case[i]);
  qsort (hits, best.n, sizeof *hits, compare_hits);
  return best.n;
}

// --- statistics: how alike slices of different patients are in this library

static int
compare_floats (const void *a, const void *b) {
  const float left = *(const float *)a, right = *(const float *)b;
  return (left > right) - (left < right);
}

static bool
has_three_patients (const PrcIndex *index) {
  uint32_t seen[2];
  unsigned n = 0;
  for (size_t i = 0; i < index->n; i++) {
    const uint32_t patient = index->entries[i].patient;
    if ((n > 0 && patient == seen[0]) || (n > 1 && patient == seen[1]))
      continue;
    if (n == 2)
      return true;
    seen[n++] = patient;
  }
  return false;
}

static void
take_pair (PrcIndex *index, size_t a, size_t b) {
  if (index->entries[a].patient != index->entries[b].patient)
    index->pair_cosines[index->n_pairs++] =
        dot (index->vectors + a * index->stride, index->vectors + b * index->stride, index->stride);
}

static void
sample_pairs (PrcIndex *index, GRand *random) {
  index->pair_cosines = g_new (float, PAIR_SAMPLES);
  const bool all = index->n * (index->n - 1) / 2 <= PAIR_SAMPLES;
  for (size_t a = 1; all && a < index->n; a++)
    for (size_t b = 0; b < a; b++)
      take_pair (index, a, b);
  for (size_t tries = 0; !all && tries < 4 * PAIR_SAMPLES && index->n_pairs < PAIR_SAMPLES;
       tries++) {
    const size_t a = (size_t)(g_rand_double (random) * (double)index->n);
    take_pair (index, a, (size_t)(g_rand_double (random) * (double)index->n));
  }
  qsort (index->pair_cosines, index->n_pairs, sizeof (float), compare_floats);
}

// rows[i], i < n: all rows of a small library, else a sample with repeats.
static size_t
choose_rows (const PrcIndex *index, GRand *random, size_t *rows) {
  const size_t n = MIN (index->n, NEIGHBOUR_SAMPLES);
  for (size_t i = 0; i < n; i++)
    rows[i] =
        index->n <= NEIGHBOUR_SAMPLES ? i : (size_t)(g_rand_double (random) * (double)index->n);
  return n;
}

// Nearest neighbour of another patient for each chosen row. Block by block, so that a block is read
// from memory once for all of them.
static void
find_neighbours (const PrcIndex *index, const size_t *rows, size_t n, float *nearest) {
  const Scan scan = choose_scan ();
  float cosines[BLOCK_ROWS];
  for (size_t i = 0; i < n; i++)
    nearest[i] = -INFINITY;
  for (size_t first = 0; first < index->n; first += BLOCK_ROWS) {
    const size_t block = MIN (BLOCK_ROWS, index->n - first);
    for (size_t i = 0; i < n; i++) {
      const uint32_t patient = index->entries[rows[i]].patient;
      scan (index->vectors + first * index->stride, block, index->stride,
            index->vectors + rows[i] * index->stride, cosines);
      for (size_t j = 0; j < block; j++)
        if (cosines[j] > nearest[i] && index->entries[first + j].patient != patient)
          nearest[i] = cosines[j];
    }
  }
}

static void
make_statistics (PrcIndex *index) {
  index->nothing_alike = -1;
  if (!has_three_patients (index))
    return;
  GRand *random = g_rand_new_with_seed (SEED);
  sample_pairs (index, random);
  size_t rows[NEIGHBOUR_SAMPLES];
  float nearest[NEIGHBOUR_SAMPLES];
  const size_t n = choose_rows (index, random, rows);
  find_neighbours (index, rows, n, nearest);
  qsort (nearest, n, sizeof *nearest, compare_floats);
  index->nothing_alike = nearest[n / 100];
  g_rand_free (random);
}

// Made when first asked for, in whichever thread that is: an import makes many snapshots that
// nobody asks.
static const PrcIndex *
with_statistics (const PrcIndex *index) {
  PrcIndex *writable = (PrcIndex *)index;
  if (g_once_init_enter (&writable->statistics_ready)) {
    make_statistics (writable);
    g_once_init_leave (&writable->statistics_ready, 1);
  }
  return index;
}

double
prc_index_percentile (const PrcIndex *index, float cosine) {
  with_statistics (index);
  if (index->n_pairs == 0)
    return -1;
  size_t low = 0, high = index->n_pairs; // how many are less: a binary search
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (index->pair_cosines[middle] < cosine)
      low = middle + 1;
    else
      high = middle;
  }
  return 100.0 * (double)low / (double)index->n_pairs;
}

float
prc_index_nothing_alike (const PrcIndex *index) {
  return with_statistics (index)->nothing_alike;
}
