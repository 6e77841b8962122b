// SPDX-License-Identifier: Apache-2.0
#include "prc-index.h"

#include "prc-index-scan.h"

#include <math.h>
#include <string.h>

#define ALIGNMENT         64
#define PAIR_SAMPLES      20000
#define NEIGHBOUR_SAMPLES 256
#define BLOCK_ROWS        512        // 256 KB of vectors stay in the second-level cache
#define MODALITY_PATIENTS 5          // with fewer a modality has no scale of its own
#define MODALITY_PAIRS    100        // as many as per cent
#define SILENT_PER_CENT   2          // resources/encoder.md says why
#define SEED              0x5052634e // fixed: the same library always gives the same statistics

struct _PrcIndex {
  float *vectors; // [n][stride], rows padded with zeros to whole lanes
  PrcIndexEntry *entries;
  uint32_t *case_numbers; // of the row's case, from 0, in the order of first appearance
  size_t n, n_cases;
  unsigned dimension, stride;
  uint64_t version;
  GMutex lock;        // of the scales
  GHashTable *scales; // modality -> Scale, "" of the whole library; made when first asked for
};

// What cosines are measured by: how alike slices of different patients are.
typedef struct {
  char *modality;
  float *pair_cosines; // ascending
  size_t n_pairs;      // 0: too few to say
  float nothing_alike;
} Scale;

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

static void
scale_free (gpointer data) {
  Scale *scale = data;
  g_free (scale->modality);
  g_free (scale->pair_cosines);
  g_free (scale);
}

PrcIndex *
prc_index_new (const float *vectors, const PrcIndexEntry *entries, size_t n, unsigned dimension,
               uint64_t version) {
  PrcIndex *index = g_atomic_rc_box_new0 (PrcIndex);
  index->n = n;
  index->dimension = dimension;
  index->stride = (dimension + PRC_INDEX_LANES - 1) / PRC_INDEX_LANES * PRC_INDEX_LANES;
  index->version = version;
  index->vectors = new_rows (n, index->stride);
  for (size_t i = 0; i < n; i++)
    memcpy (index->vectors + i * index->stride, vectors + i * dimension,
            dimension * sizeof (float));
  index->entries = g_memdup2 (entries, n * sizeof *entries);
  index->case_numbers = g_new (uint32_t, n);
  number_cases (index);
  g_mutex_init (&index->lock);
  index->scales = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, scale_free);
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
  g_hash_table_unref (index->scales);
  g_mutex_clear (&index->lock);
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
  PrcIndexScope scope;
  int64_t last_series; // of which `last_passes`: rows of a series lie together
  bool last_passes;
  float *query; // padded
  PrcIndexScan scan;
} Search;

static bool
is_within (const PrcIndexScope *scope, int64_t series_id) {
  return (!scope->keep || prc_series_set_has (scope->keep, series_id)) &&
         (!scope->left_out || !prc_series_set_has (scope->left_out, series_id));
}

static void
search_init (Search *search, const PrcIndex *index, const float *vector,
             const PrcIndexScope *scope) {
  *search =
      (Search){.index = index, .query = new_rows (1, index->stride), .scan = prc_index_scan ()};
  if (scope)
    search->scope = *scope;
  search->last_passes = is_within (&search->scope, 0);
  memcpy (search->query, vector, index->dimension * sizeof (float));
}

typedef void (*SearchRow) (Search *search, size_t row, float cosine, gpointer data);

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
passes (Search *search, size_t row) {
  const int64_t series = search->index->entries[row].series_id;
  if (series != search->last_series) {
    search->last_series = series;
    search->last_passes = is_within (&search->scope, series);
  }
  return search->last_passes;
}

static PrcIndexHit
hit_of (const PrcIndex *index, size_t row, float cosine) {
  const PrcIndexEntry *entry = &index->entries[row];
  return (PrcIndexHit){entry->slice_id, entry->case_id, entry->segment_id, cosine, entry->modality};
}

static void
row_of_slices (Search *search, size_t row, float cosine, gpointer data) {
  Best *best = data;
  const PrcIndexHit hit = hit_of (search->index, row, cosine);
  if (!isnan (cosine) && would_enter (best, &hit) && passes (search, row))
    enter (best, &hit);
}

size_t
prc_index_search (const PrcIndex *index, const float *vector, size_t k, const PrcIndexScope *scope,
                  PrcIndexHit *hits) {
  if (k == 0)
    return 0;
  Search search;
  Best best = {hits, 0, k};
  search_init (&search, index, vector, scope);
  search_rows (&search, row_of_slices, &best);
  qsort (hits, best.n, sizeof *hits, compare_hits);
  return best.n;
}

static void
row_of_cases (Search *search, size_t row, float cosine, gpointer data) {
  PrcIndexHit *best = (PrcIndexHit *)data + search->index->case_numbers[row];
  const PrcIndexHit hit = hit_of (search->index, row, cosine);
  if (!isnan (cosine) && is_worse (best, &hit) && passes (search, row))
    *best = hit;
}

size_t
prc_index_search_cases (const PrcIndex *index, const float *vector, size_t k,
                        const PrcIndexScope *scope, PrcIndexHit *hits) {
  if (k == 0)
    return 0;
  g_autofree PrcIndexHit *of_case = g_new (PrcIndexHit, index->n_cases);
  for (size_t i = 0; i < index->n_cases; i++)
    of_case[i] = (PrcIndexHit){INT64_MAX, 0, 0, -INFINITY, ""};
  Search search;
  search_init (&search, index, vector, scope);
  search_rows (&search, row_of_cases, of_case);
  Best best = {hits, 0, k};
  for (size_t i = 0; i < index->n_cases; i++)
    if (of_case[i].cosine > -INFINITY && would_enter (&best, &of_case[i]))
      enter (&best, &of_case[i]);
  qsort (hits, best.n, sizeof *hits, compare_hits);
  return best.n;
}

// --- scales: how alike slices of different patients are, in this library or of one modality

typedef struct { // rows of one modality, or all
  const PrcIndex *index;
  const char *modality;
  size_t *rows, n;
} Kind;

static bool
is_of (const Kind *kind, size_t row) {
  return !*kind->modality || strcmp (kind->index->entries[row].modality, kind->modality) == 0;
}

static void
find_rows (Kind *kind) {
  kind->rows = g_new (size_t, MAX (kind->index->n, 1));
  for (size_t i = 0; i < kind->index->n; i++)
    if (is_of (kind, i))
      kind->rows[kind->n++] = i;
}

static uint32_t
patient_of (const Kind *kind, size_t place) {
  return kind->index->entries[kind->rows[place]].patient;
}

static bool
has_patients (const Kind *kind, unsigned least) {
  uint32_t seen[MODALITY_PATIENTS];
  unsigned n = 0;
  for (size_t i = 0; i < kind->n && n < least; i++) {
    const uint32_t patient = patient_of (kind, i);
    unsigned place = 0;
    while (place < n && seen[place] != patient)
      place++;
    if (place == n)
      seen[n++] = patient;
  }
  return n == least;
}

static int
compare_floats (const void *a, const void *b) {
  const float left = *(const float *)a, right = *(const float *)b;
  return (left > right) - (left < right);
}

static const float *
vector_of (const Kind *kind, size_t place) {
  return kind->index->vectors + kind->rows[place] * kind->index->stride;
}

static void
take_pair (const Kind *kind, PrcIndexScan scan, size_t a, size_t b, Scale *scale) {
  if (patient_of (kind, a) != patient_of (kind, b))
    scan (vector_of (kind, a), 1, kind->index->stride, vector_of (kind, b),
          &scale->pair_cosines[scale->n_pairs++]);
}

static size_t
any_of (const Kind *kind, GRand *random) {
  return (size_t)(g_rand_double (random) * (double)kind->n);
}

static void
sample_pairs (const Kind *kind, GRand *random, Scale *scale) {
  const PrcIndexScan scan = prc_index_scan ();
  scale->pair_cosines = g_new (float, PAIR_SAMPLES);
  const bool all = kind->n * (kind->n - 1) / 2 <= PAIR_SAMPLES;
  for (size_t a = 1; all && a < kind->n; a++)
    for (size_t b = 0; b < a; b++)
      take_pair (kind, scan, a, b, scale);
  for (size_t tries = 0; !all && tries < 4 * PAIR_SAMPLES && scale->n_pairs < PAIR_SAMPLES;
       tries++) {
    const size_t a = any_of (kind, random);
    take_pair (kind, scan, a, any_of (kind, random), scale);
  }
  qsort (scale->pair_cosines, scale->n_pairs, sizeof (float), compare_floats);
}

// rows[i], i < n: all of a small kind, else a sample with repeats.
static size_t
choose_rows (const Kind *kind, GRand *random, size_t *rows) {
  const size_t n = MIN (kind->n, NEIGHBOUR_SAMPLES);
  for (size_t i = 0; i < n; i++)
    rows[i] = kind->rows[kind->n <= NEIGHBOUR_SAMPLES ? i : any_of (kind, random)];
  return n;
}

static bool
has_any (const Kind *kind, size_t first, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (is_of (kind, first + i))
      return true;
  return false;
}

// Nearest neighbour of the kind and of another patient for each chosen row. Block by block, so that
// a block is read from memory once for all of them; series lie together, so that most blocks
// without any of the kind are passed over.
static void
find_neighbours (const Kind *kind, const size_t *rows, size_t n, float *nearest) {
  const PrcIndex *index = kind->index;
  const PrcIndexScan scan = prc_index_scan ();
  float cosines[BLOCK_ROWS];
  for (size_t i = 0; i < n; i++)
    nearest[i] = -INFINITY;
  for (size_t first = 0; first < index->n; first += BLOCK_ROWS) {
    const size_t block = MIN (BLOCK_ROWS, index->n - first);
    for (size_t i = 0; has_any (kind, first, block) && i < n; i++) {
      const uint32_t patient = index->entries[rows[i]].patient;
      scan (index->vectors + first * index->stride, block, index->stride,
            index->vectors + rows[i] * index->stride, cosines);
      for (size_t j = 0; j < block; j++)
        if (cosines[j] > nearest[i] && index->entries[first + j].patient != patient &&
            is_of (kind, first + j))
          nearest[i] = cosines[j];
    }
  }
}

static void
measure (const Kind *kind, Scale *scale) {
  GRand *random = g_rand_new_with_seed (SEED);
  sample_pairs (kind, random, scale);
  size_t rows[NEIGHBOUR_SAMPLES];
  float nearest[NEIGHBOUR_SAMPLES];
  const size_t n = choose_rows (kind, random, rows);
  find_neighbours (kind, rows, n, nearest);
  qsort (nearest, n, sizeof *nearest, compare_floats);
  scale->nothing_alike = nearest[n * SILENT_PER_CENT / 100];
  g_rand_free (random);
}

static Scale *
scale_new (const PrcIndex *index, const char *modality) {
  Scale *scale = g_new0 (Scale, 1);
  scale->modality = g_strdup (modality);
  scale->nothing_alike = -1;
  Kind kind = {index, modality, NULL, 0};
  find_rows (&kind);
  const bool whole = *modality == '\0';
  if (has_patients (&kind, whole ? 3 : MODALITY_PATIENTS))
    measure (&kind, scale);
  if (!whole && scale->n_pairs < MODALITY_PAIRS)
    scale->n_pairs = 0;
  g_free (kind.rows);
  return scale;
}

// Made when first asked for, in whichever thread that is: an import makes many snapshots that
// nobody asks. Others wait meanwhile.
static const Scale *
scale_of (const PrcIndex *index, const char *modality) {
  PrcIndex *writable = (PrcIndex *)index;
  g_mutex_lock (&writable->lock);
  Scale *scale = g_hash_table_lookup (index->scales, modality);
  if (!scale) {
    scale = scale_new (index, modality);
    g_hash_table_insert (index->scales, scale->modality, scale);
  }
  g_mutex_unlock (&writable->lock);
  return scale;
}

const char *
prc_index_scale (const PrcIndex *index, const char *modality) {
  const Scale *scale = modality ? scale_of (index, modality) : NULL;
  return scale && scale->n_pairs > 0 ? scale->modality : "";
}

double
prc_index_percentile (const PrcIndex *index, const char *scale_name, float cosine) {
  const Scale *scale = scale_of (index, scale_name);
  if (scale->n_pairs == 0)
    return -1;
  size_t low = 0, high = scale->n_pairs; // how many are less: a binary search
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (scale->pair_cosines[middle] < cosine)
      low = middle + 1;
    else
      high = middle;
  }
  return 100.0 * (double)low / (double)scale->n_pairs;
}

float
prc_index_nothing_alike (const PrcIndex *index, const char *scale_name) {
  return scale_of (index, scale_name)->nothing_alike;
}
