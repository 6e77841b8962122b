// SPDX-License-Identifier: Apache-2.0
// Exact search over a snapshot, as a ratio to one read and one memcpy of the same bytes in the same
// run.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "prc-index.h"

#define DIMENSION 128
#define RUNS      31

static double
milliseconds (void) {
  return (double)g_get_monotonic_time () / 1000;
}

static int
compare (const void *a, const void *b) {
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double
median (double *times) {
  qsort (times, RUNS, sizeof *times, compare);
  return times[RUNS / 2];
}

static float *
make_vectors (size_t n, PrcIndexEntry *entries) {
  float *vectors = g_new (float, n *DIMENSION);
  GRand *random = g_rand_new_with_seed (1);
  for (size_t i = 0; i < n; i++) {
    double square = 0;
    for (int j = 0; j < DIMENSION; j++) {
      vectors[i * DIMENSION + (size_t)j] = (float)g_rand_double_range (random, -1, 1);
      square += pow (vectors[i * DIMENSION + (size_t)j], 2);
    }
    for (int j = 0; j < DIMENSION; j++)
      vectors[i * DIMENSION + (size_t)j] /= (float)sqrt (square);
    entries[i] = (PrcIndexEntry){.slice_id = (int64_t)i,
                                 .case_id = (int64_t)(i / 100),
                                 .series_id = (int64_t)(i / 100),
                                 .patient = (uint32_t)(i / 100)};
  }
  g_rand_free (random);
  return vectors;
}

static PrcSeriesSet *
most (size_t n) { // all but one in twenty
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (int64_t));
  for (int64_t id = 0; id <= (int64_t)(n / 100); id++)
    if (id % 20 != 0)
      g_array_append_val (ids, id);
  return prc_series_set_new ((const int64_t *)(void *)ids->data, ids->len);
}

static void
bench (size_t n) {
  g_autofree PrcIndexEntry *entries = g_new (PrcIndexEntry, n);
  g_autofree float *vectors = make_vectors (n, entries);
  g_autofree float *copy = g_new (float, n *DIMENSION);
  const size_t bytes = n * DIMENSION * sizeof (float);
  double made = milliseconds ();
  g_autoptr (PrcIndex) index = prc_index_new (vectors, entries, n, DIMENSION, 0);
  made = milliseconds () - made;
  g_autoptr (PrcSeriesSet) keep = most (n);
  const PrcIndexScope scope = {keep, NULL};
  PrcIndexHit hits[20];
  double slices[RUNS], cases[RUNS], copies[RUNS];
  for (int run = 0; run < RUNS; run++) { // alternating, so that a busy machine is busy for all
    const float *query = vectors + (size_t)run * DIMENSION;
    const double start = milliseconds ();
    prc_index_search (index, query, 20, &scope, hits);
    const double searched = milliseconds ();
    prc_index_search_cases (index, query, 20, &scope, hits);
    const double by_case = milliseconds ();
    memcpy (copy, vectors, bytes);
    copies[run] = milliseconds () - by_case;
    slices[run] = searched - start;
    cases[run] = by_case - searched;
  }
  double statistics = milliseconds ();
  prc_index_percentile (index, "", 0.5f);
  statistics = milliseconds () - statistics;
  const double copied = median (copies), by_slice = median (slices), by_case = median (cases);
  g_print ("search n=%zu d=%d k=20 filter=95%%: slices %.3f ms = %.2f x memcpy (%.3f ms), cases "
           "%.3f ms = %.2f x; snapshot %.1f ms, statistics once %.1f ms\n",
           n, DIMENSION, by_slice, by_slice / copied, copied, by_case, by_case / copied, made,
           statistics);
}

int
main (void) {
  bench (10000);
  bench (100000);
  return 0;
}
