// SPDX-License-Identifier: Apache-2.0
#include "prc-index.h"

#include <math.h>
#include <string.h>

typedef struct {
  float *vectors;
  PrcIndexEntry *entries;
  size_t n;
  unsigned dimension;
  PrcIndex *index;
  bool exact; // everything is to be looked at
} Made;

static void
unit (float *vector, unsigned dimension, GRand *random) {
  double square = 0;
  for (unsigned i = 0; i < dimension; i++) {
    vector[i] = (float)g_rand_double_range (random, -1, 1);
    square += (double)vector[i] * vector[i];
  }
  for (unsigned i = 0; i < dimension; i++)
    vector[i] = (float)(vector[i] / sqrt (square));
}

// Slices of a case are neighbours as in a real library; every seventh row repeats the one before,
// so that ties occur.
static Made
make (guint32 seed, size_t n, unsigned dimension, unsigned per_case) {
  Made made = {g_new (float, MAX (n * dimension, 1)), g_new0 (PrcIndexEntry, MAX (n, 1)), n,
               dimension, NULL};
  GRand *random = g_rand_new_with_seed (seed);
  for (size_t i = 0; i < n; i++) {
    float *row = made.vectors + i * dimension;
    unit (row, dimension, random);
    if (i % 7 == 6)
      memcpy (row, row - dimension, dimension * sizeof *row);
    made.entries[i].slice_id =
        (int64_t)(1000 + n - i); // falling: order of rows is not order of ids
    made.entries[i].case_id = (int64_t)(i / per_case + 1);
    made.entries[i].series_id = (int64_t)(i / ((per_case + 1) / 2)); // some of two cases
    made.entries[i].patient = (uint32_t)(i / per_case);
  }
  g_rand_free (random);
  made.index = prc_index_new (made.vectors, made.entries, n, dimension, 7);
  return made;
}

static void
made_clear (Made *made) {
  prc_index_unref (made->index);
  g_free (made->vectors);
  g_free (made->entries);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

// --- the naive twin: every cosine in double precision, everything sorted

typedef struct {
  PrcIndexHit hit;
  double cosine;
} Naive;

static int
compare (const void *a, const void *b) {
  const Naive *left = a, *right = b;
  if (fabs (left->cosine - right->cosine) > 0)
    return left->cosine < right->cosine ? 1 : -1;
  return left->hit.slice_id > right->hit.slice_id ? 1 : -1;
}

static size_t
naive (const Made *made, const float *query, const PrcIndexScope *scope, bool by_case, Naive *out) {
  size_t n = 0;
  for (size_t i = 0; i < made->n; i++) {
    const PrcIndexEntry *entry = &made->entries[i];
    if (scope && ((scope->keep && !prc_series_set_has (scope->keep, entry->series_id)) ||
                  (scope->left_out && prc_series_set_has (scope->left_out, entry->series_id))))
      continue;
    double cosine = 0;
    for (unsigned j = 0; j < made->dimension; j++)
      cosine += (double)query[j] * made->vectors[i * made->dimension + j];
    out[n++] = (Naive){{entry->slice_id, entry->case_id, (float)cosine}, cosine};
  }
  qsort (out, n, sizeof *out, compare);
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    bool seen = false;
    for (size_t j = 0; by_case && j < kept; j++)
      seen |= out[j].hit.case_id == out[i].hit.case_id;
    if (!seen)
      out[kept++] = out[i];
  }
  return kept;
}

static void
compare_with_naive (const Made *made, const float *query, size_t k, const PrcIndexScope *within) {
  const PrcIndexScope scope_made = {within ? within->keep : NULL, within ? within->left_out : NULL,
                                    made->exact};
  const PrcIndexScope *scope = within || made->exact ? &scope_made : NULL;
  g_autofree Naive *expected = g_new (Naive, made->n + 1);
  g_autofree PrcIndexHit *hits = g_new (PrcIndexHit, k + 1);
  for (int by_case = 0; by_case < 2; by_case++) {
    const size_t all = naive (made, query, scope, by_case, expected);
    const size_t n = by_case ? prc_index_search_cases (made->index, query, k, scope, hits)
                             : prc_index_search (made->index, query, k, scope, hits);
    g_assert_cmpuint (n, ==, MIN (k, all));
    for (size_t i = 0; i < n; i++) {
      g_assert_cmpfloat_with_epsilon (hits[i].cosine, expected[i].cosine, 1e-5);
      // Two that are nearer to each other than float sums can tell may change places.
      if (fabs (expected[i].cosine - expected[i + 1 < all ? i + 1 : i].cosine) > 1e-5 &&
          (i == 0 || fabs (expected[i].cosine - expected[i - 1].cosine) > 1e-5))
        g_assert_cmpint (hits[i].slice_id, ==, expected[i].hit.slice_id);
      if (i > 0)
        g_assert_true (
            hits[i - 1].cosine > hits[i].cosine ||
            (hits[i - 1].cosine == hits[i].cosine && hits[i - 1].slice_id < hits[i].slice_id));
    }
  }
}

// A share of the series that there are, and some that there are not.
static PrcSeriesSet *
any_series (const Made *made, double share, GRand *random) {
  g_autofree int64_t *ids = g_new (int64_t, made->n + 3);
  size_t n = 0;
  for (size_t i = 0; i < made->n; i++)
    if ((i == 0 || made->entries[i].series_id != made->entries[i - 1].series_id) &&
        g_rand_double (random) < share)
      ids[n++] = made->entries[i].series_id;
  for (int i = 0; i < 3; i++)
    ids[n++] = g_rand_int_range (random, 100000, 200000);
  return prc_series_set_new (ids, n);
}

static void
compare_scopes (const Made *made, const float *query, size_t k, GRand *random) {
  const double shares[] = {0, .02, .3, .95};
  for (gsize i = 0; i < G_N_ELEMENTS (shares); i++) {
    g_autoptr (PrcSeriesSet) one = any_series (made, shares[i], random);
    g_autoptr (PrcSeriesSet) other = any_series (made, .2, random);
    compare_with_naive (made, query, k, &(PrcIndexScope){one, NULL});
    compare_with_naive (made, query, k, &(PrcIndexScope){NULL, one});
    compare_with_naive (made, query, k, &(PrcIndexScope){one, other});
  }
}

static void
test_naive (void) {
  GRand *random = g_rand_new_with_seed (1);
  for (guint32 round = 0; round < 60; round++) {
    const size_t n = (size_t)g_rand_int_range (random, 1, round % 10 ? 400 : 3000);
    const unsigned dimension = (unsigned)g_rand_int_range (random, 2, 140);
    g_auto (Made) made = make (round, n, dimension, (unsigned)g_rand_int_range (random, 1, 40));
    g_autofree float *query = g_new (float, dimension);
    unit (query, dimension, random);
    const size_t k = (size_t)g_rand_int_range (random, 1, 30);
    compare_with_naive (&made, query, k, NULL);
    compare_with_naive (&made, query, n + 5, NULL); // more than there are
    compare_scopes (&made, query, k, random);
    compare_with_naive (&made, made.vectors, k, NULL); // one of its own: cosine 1
  }
  g_rand_free (random);
}

// Few and many dimensions, and numbers of rows about those that are scanned together.
static void
test_sizes (void) {
  const unsigned dimensions[] = {64, 128, 512, 768};
  const size_t lengths[] = {1, 15, 16, 17, 511, 513, 1500};
  GRand *random = g_rand_new_with_seed (2);
  for (gsize d = 0; d < G_N_ELEMENTS (dimensions); d++) {
    g_autofree float *query = g_new (float, dimensions[d]);
    unit (query, dimensions[d], random);
    for (gsize l = 0; l < G_N_ELEMENTS (lengths); l++) {
      g_auto (Made) made = make ((guint32)(d + l), lengths[l], dimensions[d], 9);
      compare_with_naive (&made, query, 10, NULL);
      compare_with_naive (&made, query, 1, NULL);
      compare_scopes (&made, query, 3, random);
    }
  }
  g_rand_free (random);
}

// Vectors of length 0, of one large component, and many that are the same.
static void
test_odd_vectors (void) {
  GRand *random = g_rand_new_with_seed (6);
  g_auto (Made) made = make (6, 900, 32, 9);
  prc_index_unref (made.index);
  for (size_t i = 0; i < made.n; i++) {
    float *row = made.vectors + i * 32;
    if (i % 3 == 0 || i % 50 == 1)
      memset (row, 0, 32 * sizeof *row);
    if (i % 3 == 0) // one component is 100 times the others: the code keeps little of those
      for (int j = 0; j < 32; j++)
        row[j] = j == 5 ? 1 : .01f * (float)((i / 3 + (size_t)j) % 2);
    if (i % 3 == 1 && i > 450)
      memcpy (row, made.vectors + 32, 32 * sizeof *row);
  }
  made.index = prc_index_new (made.vectors, made.entries, made.n, 32, 1);
  for (size_t i = 0; i < 40; i++)
    compare_with_naive (&made, made.vectors + i * 32, 25, NULL);
  g_autofree float *query = g_new (float, 32);
  unit (query, 32, random);
  compare_with_naive (&made, query, 40, NULL);
  compare_scopes (&made, query, 40, random);
  g_rand_free (random);
}

// --- what comes and goes

static void
fetch_made (gpointer data, const int64_t *ids, size_t n, unsigned stride, float *vectors) {
  const Made *made = data;
  for (size_t i = 0; i < n; i++) // ids as in make ()
    memcpy (vectors + i * stride,
            made->vectors + (1000 + made->n - (size_t)ids[i]) * made->dimension,
            made->dimension * sizeof (float));
}

static bool
is_in (const bool *there, size_t i, PrcIndexEntry *entries, float *vectors, const Made *made,
       size_t *n) {
  if (!there[i])
    return false;
  memcpy (vectors + *n * made->dimension, made->vectors + i * made->dimension,
          made->dimension * sizeof (float));
  entries[(*n)++] = made->entries[i];
  return true;
}

static void
compare_what_is_there (const Made *made, const bool *there, PrcIndex *index, GRand *random) {
  g_auto (Made) now = {g_new (float, made->n * made->dimension),
                       g_new (PrcIndexEntry, made->n),
                       0,
                       made->dimension,
                       prc_index_ref (index),
                       made->exact};
  for (size_t i = 0; i < made->n; i++)
    is_in (there, i, now.entries, now.vectors, made, &now.n);
  g_assert_cmpuint (prc_index_length (index), ==, now.n);
  g_autofree float *query = g_new (float, made->dimension);
  unit (query, made->dimension, random);
  compare_with_naive (&now, query, 12, NULL);
  compare_scopes (&now, query, 7, random);
}

// Some go and some come; `there` says who is.
static PrcIndex *
change (const Made *made, const PrcIndex *index, bool *there, uint64_t version, GRand *random) {
  PrcIndexBuilder *builder = prc_index_builder_new_after (index);
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (int64_t));
  const double leave = g_rand_double (random) * .4, come = g_rand_double (random) * .2;
  for (size_t i = 0; i < made->n; i++)
    if (g_rand_double (random) < leave) { // of some that are not there, too
      g_array_append_val (gone, made->entries[i].slice_id);
      there[i] = false;
    }
  prc_index_builder_remove (builder, (const int64_t *)(void *)gone->data, gone->len);
  for (size_t i = 0; i < made->n; i++)
    if (!there[i] && g_rand_double (random) < come) {
      prc_index_builder_add (builder, &made->entries[i], made->vectors + i * made->dimension);
      there[i] = true;
    }
  return prc_index_builder_end (builder, version);
}

// Snapshot after snapshot, each made from the one before: the new one knows what came and went, the
// old one what was there.
static void
test_changes (void) {
  GRand *random = g_rand_new_with_seed (8);
  g_auto (Made) made = make (8, 3000, 24, 10);
  g_autofree bool *there = g_new0 (bool, made.n);
  g_autoptr (PrcIndexVectors) vectors = prc_index_vectors_new (fetch_made, &made, NULL);
  g_autoptr (PrcIndex) index =
      prc_index_builder_end (prc_index_builder_new (24, false, vectors), 0);
  for (uint64_t round = 1; round < 40; round++) {
    g_autofree bool *before = g_memdup2 (there, made.n);
    g_autoptr (PrcIndex) next = change (&made, index, there, round, random);
    g_assert_cmpuint (prc_index_version (next), ==, round);
    compare_what_is_there (&made, there, next, random);
    compare_what_is_there (&made, before, index, random);
    prc_index_unref (g_steal_pointer (&index));
    index = g_steal_pointer (&next);
  }
  g_rand_free (random);
}

// --- cells

// Cells change nothing about what exact search finds, nor about a filter that leaves little.
static void
test_cells (void) {
  GRand *random = g_rand_new_with_seed (13);
  g_auto (Made) made = make (13, 5000, 32, 20);
  PrcIndex *parted = prc_index_with_cells (made.index, NULL);
  g_assert_nonnull (parted);
  g_assert_cmpuint (prc_index_length (parted), ==, made.n);
  g_assert_cmpuint (prc_index_version (parted), ==, prc_index_version (made.index));
  prc_index_unref (made.index);
  made.index = parted;
  size_t found = 0;
  for (int round = 0; round < 20; round++) {
    float query[32];
    unit (query, 32, random);
    made.exact = true;
    compare_with_naive (&made, query, 10, NULL);
    compare_scopes (&made, query, 10, random);
    made.exact = false;
    g_autoptr (PrcSeriesSet) few = any_series (&made, .03, random);
    compare_with_naive (&made, query, 10, &(PrcIndexScope){few, NULL, false});
    PrcIndexHit all[10], near[10];
    const PrcIndexScope exact = {NULL, NULL, true};
    g_assert_cmpuint (prc_index_search (parted, query, 10, &exact, all), ==, 10);
    g_assert_cmpuint (prc_index_search (parted, query, 10, NULL, near), ==, 10);
    for (int i = 0; i < 100; i++)
      found += all[i / 10].slice_id == near[i % 10].slice_id;
  }
  g_assert_cmpuint (found, >, 180); // of 200; directions of chance have no cells worth the name
  g_rand_free (random);
}

static void
test_cancelled_cells (void) {
  g_auto (Made) made = make (14, 2000, 16, 20);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_assert_null (prc_index_with_cells (made.index, cancellable));
  g_assert_false (prc_index_wants_cells (made.index)); // so few are scanned in no time
}

// Nobody gets less than there is, however few cells are usually enough.
static void
test_enough_from_cells (void) {
  g_auto (Made) made = make (17, 4000, 16, 20);
  g_autoptr (PrcIndex) parted = prc_index_with_cells (made.index, NULL);
  g_autofree PrcIndexHit *hits = g_new (PrcIndexHit, made.n);
  GRand *random = g_rand_new_with_seed (17);
  g_autoptr (PrcSeriesSet) half = any_series (&made, .5, random);
  const PrcIndexScope scope = {half, NULL, false};
  const size_t n_half = prc_index_search (made.index, made.vectors, made.n, &scope, hits);
  g_assert_cmpuint (prc_index_search (parted, made.vectors, made.n, NULL, hits), ==, made.n);
  g_assert_cmpuint (prc_index_search (parted, made.vectors, made.n, &scope, hits), ==, n_half);
  g_assert_cmpuint (prc_index_search_cases (parted, made.vectors, 150, NULL, hits), ==, 150);
  g_assert_cmpuint (prc_index_search_cases (parted, made.vectors, 1000, NULL, hits), ==, 200);
  g_rand_free (random);
}

// What came and went while cells were made, and after that.
static void
test_catch_up (void) {
  GRand *random = g_rand_new_with_seed (15);
  g_auto (Made) made = make (15, 4000, 24, 10);
  made.exact = true;
  g_autofree bool *there = g_new0 (bool, made.n);
  g_autoptr (PrcIndexVectors) vectors = prc_index_vectors_new (fetch_made, &made, NULL);
  g_autoptr (PrcIndex) first =
      prc_index_builder_end (prc_index_builder_new (24, false, vectors), 0);
  for (int round = 0; round < 6; round++) {
    for (uint64_t step = 0; step < 3; step++) {
      PrcIndex *next = change (&made, first, there, step, random);
      prc_index_unref (first);
      first = next;
    }
    g_autoptr (PrcIndex) parted = prc_index_with_cells (first, NULL);
    g_autoptr (PrcIndex) second = change (&made, first, there, 10, random);
    g_autoptr (PrcIndex) third = change (&made, second, there, 11, random);
    g_autoptr (PrcIndex) same = prc_index_catch_up (parted, first, first);
    g_autoptr (PrcIndex) caught = prc_index_catch_up (parted, first, third);
    g_assert_cmpuint (prc_index_length (same), ==, prc_index_length (first));
    g_assert_cmpuint (prc_index_version (caught), ==, 11);
    compare_what_is_there (&made, there, third, random);
    compare_what_is_there (&made, there, caught, random);
    prc_index_unref (g_steal_pointer (&first));
    first = change (&made, caught, there, 12, random);
    compare_what_is_there (&made, there, first, random);
  }
  // Another library altogether.
  g_auto (Made) other = make (16, 100, 24, 7);
  g_autoptr (PrcIndex) parted = prc_index_with_cells (first, NULL);
  g_assert_null (prc_index_catch_up (parted, first, other.index));
  g_rand_free (random);
}

// A row that the database does not have any more is no hit; the others are all found.
static void
fetch_all_but_one (gpointer data, const int64_t *ids, size_t n, unsigned stride, float *vectors) {
  fetch_made (data, ids, n, stride, vectors);
  for (size_t i = 0; i < n; i++)
    if (ids[i] == 1000 + 50)
      vectors[i * stride] = NAN;
}

static void
test_missing (void) {
  g_auto (Made) made = make (9, 50, 16, 5);
  g_autoptr (PrcIndexVectors) vectors = prc_index_vectors_new (fetch_all_but_one, &made, NULL);
  PrcIndexBuilder *builder = prc_index_builder_new (16, false, vectors);
  for (size_t i = 0; i < made.n; i++)
    prc_index_builder_add (builder, &made.entries[i], made.vectors + i * 16);
  g_autoptr (PrcIndex) index = prc_index_builder_end (builder, 0);
  PrcIndexHit hits[50];
  g_assert_cmpuint (prc_index_search (index, made.vectors, 50, NULL, hits), ==, 49);
  for (int i = 0; i < 49; i++)
    g_assert_cmpint (hits[i].slice_id, !=, 1050);
}

static void
test_ties (void) {
  const float same[5][2] = {{1, 0}, {1, 0}, {0, 1}, {1, 0}, {1, 0}};
  PrcIndexEntry entries[5] = {{.slice_id = 9, .case_id = 1},
                              {.slice_id = 3, .case_id = 2},
                              {.slice_id = 1, .case_id = 3},
                              {.slice_id = 7, .case_id = 1},
                              {.slice_id = 5, .case_id = 2}};
  g_autoptr (PrcIndex) index = prc_index_new (same[0], entries, 5, 2, 0);
  PrcIndexHit hits[5];
  g_assert_cmpuint (prc_index_search (index, same[0], 3, NULL, hits), ==, 3);
  g_assert_cmpint (hits[0].slice_id, ==, 3);
  g_assert_cmpint (hits[1].slice_id, ==, 5);
  g_assert_cmpint (hits[2].slice_id, ==, 7);
  g_assert_cmpuint (prc_index_search_cases (index, same[0], 5, NULL, hits), ==, 3);
  g_assert_cmpint (hits[0].slice_id, ==, 3); // the lowest id of case 2
  g_assert_cmpint (hits[1].slice_id, ==, 7); // of case 1
  g_assert_cmpint (hits[2].case_id, ==, 3);
  g_assert_cmpfloat (hits[2].cosine, ==, 0);
}

static void
test_empty (void) {
  g_autoptr (PrcIndex) index = prc_index_new (NULL, NULL, 0, 128, 3);
  float query[128] = {1};
  PrcIndexHit hits[4];
  g_assert_cmpuint (prc_index_length (index), ==, 0);
  g_assert_cmpuint (prc_index_version (index), ==, 3);
  g_assert_cmpuint (prc_index_search (index, query, 4, NULL, hits), ==, 0);
  g_assert_cmpuint (prc_index_search_cases (index, query, 4, NULL, hits), ==, 0);
  g_assert_cmpfloat (prc_index_percentile (index, "", 0.5f), ==, -1);
  g_assert_cmpfloat (prc_index_nothing_alike (index, ""), ==, -1);
}

static void
test_no_number (void) { // a query that is no number finds nothing and harms nothing
  g_auto (Made) made = make (5, 50, 16, 5);
  float query[16] = {NAN};
  PrcIndexHit hits[4];
  g_assert_cmpuint (prc_index_search (made.index, query, 4, NULL, hits), ==, 0);
  g_assert_cmpuint (prc_index_search_cases (made.index, query, 4, NULL, hits), ==, 0);
  g_assert_cmpuint (prc_index_search (made.index, made.vectors, 0, NULL, hits), ==, 0);
}

// Three patients on the axes and between. By hand, the pairs of different patients:
//   a (1, 0)   with c (0, 1): 0      with d (.8, .6): .8
//   b (.6, .8) with c (0, 1): .8     with d (.8, .6): .96
//   c (0, 1)   with d (.8, .6): .6                    so, in order: 0  .6  .8  .8  .96
static void
test_statistics (void) {
  const float vectors[4][2] = {{1, 0}, {.6f, .8f}, {0, 1}, {.8f, .6f}};
  const PrcIndexEntry entries[4] = {{.slice_id = 1, .case_id = 1, .patient = 10},
                                    {.slice_id = 2, .case_id = 1, .patient = 10},
                                    {.slice_id = 3, .case_id = 2, .patient = 20},
                                    {.slice_id = 4, .case_id = 3, .patient = 30}};
  g_autoptr (PrcIndex) index = prc_index_new (vectors[0], entries, 4, 2, 0);
  g_assert_cmpfloat (prc_index_percentile (index, "", -.1f), ==, 0);
  g_assert_cmpfloat (prc_index_percentile (index, "", .1f), ==, 20);
  g_assert_cmpfloat (prc_index_percentile (index, "", .7f), ==, 40);
  g_assert_cmpfloat (prc_index_percentile (index, "", .9f), ==, 80);
  g_assert_cmpfloat (prc_index_percentile (index, "", 1), ==, 100);
  // Nearest of another patient: a .8, b .96, c .8, d .96. Two hundredths of four are less than one: the first
  // of them.
  g_assert_cmpfloat_with_epsilon (prc_index_nothing_alike (index, ""), .8, 1e-6);

  g_autoptr (PrcIndex) two = prc_index_new (vectors[0], entries, 3, 2, 0); // two patients only
  g_assert_cmpfloat (prc_index_percentile (two, "", .5f), ==, -1);
  g_assert_cmpfloat (prc_index_nothing_alike (two, ""), ==, -1);
}

// Random directions in 64 dimensions: cosines of pairs are spread about 0 with a deviation of 1/8,
// so that a sample must put 0 near the half and 1/8 near the 84th percentile of the normal
// distribution.
static void
test_sampled_statistics (void) {
  g_auto (Made) made = make (11, 2000, 64, 10);
  g_assert_cmpfloat_with_epsilon (prc_index_percentile (made.index, "", 0), 50, 1.5);
  g_assert_cmpfloat_with_epsilon (prc_index_percentile (made.index, "", .125f), 84.1, 1.5);
  g_auto (Made) again = make (11, 2000, 64, 10);
  g_assert_cmpfloat (prc_index_percentile (again.index, "", .1f), ==,
                     prc_index_percentile (made.index, "", .1f));
  g_assert_cmpfloat (prc_index_nothing_alike (again.index, ""), ==,
                     prc_index_nothing_alike (made.index, ""));
  // The lowest two hundredths of all nearest neighbours of another patient, by the naive twin.
  g_autofree Naive *all = g_new (Naive, made.n);
  g_autofree double *nearest = g_new (double, made.n);
  for (size_t i = 0; i < made.n; i++) {
    nearest[i] = -2;
    for (size_t j = 0; j < made.n; j++) {
      double cosine = 0;
      for (unsigned d = 0; d < 64; d++)
        cosine += (double)made.vectors[i * 64 + d] * made.vectors[j * 64 + d];
      if (made.entries[i].patient != made.entries[j].patient && cosine > nearest[i])
        nearest[i] = cosine;
    }
  }
  const float threshold = prc_index_nothing_alike (made.index, "");
  size_t below = 0;
  for (size_t i = 0; i < made.n; i++)
    below += nearest[i] < threshold;
  g_assert_cmpuint (below, <=, made.n * 6 / 100);
  g_assert_cmpuint (below, >, 0);
}

static void
in_plane (double degrees, float *vector) {
  vector[0] = (float)cos (degrees * G_PI / 180);
  vector[1] = (float)sin (degrees * G_PI / 180);
}

// Twenty patients of CT, degrees 0 to 19 apart by one, so that of the 190 pairs the 19 + 18 that lie one
// or two degrees apart are nearer than 2.5 degrees; twenty of MR, all the same, at 180 degrees; four
// of US at 90.
static PrcIndex *
make_modalities (void) {
  float vectors[44][2];
  PrcIndexEntry entries[44] = {0};
  for (int i = 0; i < 44; i++) {
    entries[i] = (PrcIndexEntry){.slice_id = i + 1, .case_id = i + 1, .patient = (uint32_t)i};
    in_plane (i < 20 ? i : i < 40 ? 180 : 90, vectors[i]);
    g_strlcpy (entries[i].modality,
               i < 20   ? "CT"
               : i < 40 ? "MR"
                        : "US",
               sizeof entries[i].modality);
  }
  return prc_index_new (vectors[0], entries, 44, 2, 0);
}

static void
test_modalities (void) {
  g_autoptr (PrcIndex) index = make_modalities ();
  const float apart = (float)cos (2.5 * G_PI / 180);
  g_assert_cmpstr (prc_index_scale (index, "CT"), ==, "CT");
  g_assert_cmpfloat_with_epsilon (prc_index_percentile (index, "CT", apart), 153 / 1.9, 1e-9);
  // The same of the whole library: 946 pairs, of which 37 of CT, 190 of MR and 6 of US are nearer.
  g_assert_cmpfloat_with_epsilon (prc_index_percentile (index, "", apart), 71300 / 946., 1e-9);
  g_assert_cmpfloat (prc_index_percentile (index, "MR", .9999f), ==, 0);
  // Every slice of CT has one at a degree, every slice of MR one that is the same.
  g_assert_cmpfloat_with_epsilon (prc_index_nothing_alike (index, "CT"), cos (G_PI / 180), 1e-6);
  g_assert_cmpfloat_with_epsilon (prc_index_nothing_alike (index, "MR"), 1, 1e-6);
}

static void
test_too_few_of_a_modality (void) { // four patients of US; nothing of XA; nothing said
  g_autoptr (PrcIndex) index = make_modalities ();
  g_assert_cmpstr (prc_index_scale (index, "US"), ==, "");
  g_assert_cmpstr (prc_index_scale (index, "XA"), ==, "");
  g_assert_cmpstr (prc_index_scale (index, ""), ==, "");
  g_assert_cmpstr (prc_index_scale (index, NULL), ==, "");
  PrcIndexHit hit;
  const float query[2] = {-1, 0};
  g_assert_cmpuint (prc_index_search (index, query, 1, NULL, &hit), ==, 1);
  g_assert_cmpstr (hit.modality, ==, "MR");
}

// Ten patients make a scale, but their ten slices only 45 pairs.
static void
test_too_few_pairs (void) {
  float vectors[15][2];
  PrcIndexEntry entries[15] = {0};
  for (int i = 0; i < 15; i++) {
    entries[i] = (PrcIndexEntry){
        .slice_id = i + 1, .case_id = i + 1, .patient = (uint32_t)i, .modality = "CT"};
    in_plane (i, vectors[i]);
  }
  g_autoptr (PrcIndex) few = prc_index_new (vectors[0], entries, 10, 2, 0);
  g_assert_cmpstr (prc_index_scale (few, "CT"), ==, "");
  g_autoptr (PrcIndex) enough = prc_index_new (vectors[0], entries, 15, 2, 0); // 105
  g_assert_cmpstr (prc_index_scale (enough, "CT"), ==, "CT");
}

typedef struct {
  PrcIndex *index;
  double percentile;
} Asked;

static gpointer
ask (gpointer data) {
  Asked *asked = data;
  asked->percentile = prc_index_percentile (asked->index, "", .1f);
  prc_index_unref (asked->index);
  return NULL;
}

static void
test_threads (void) { // the statistics are made once, whoever asks first
  g_auto (Made) made = make (12, 800, 32, 10);
  Asked asked[4];
  GThread *threads[4];
  for (int i = 0; i < 4; i++) {
    asked[i].index = prc_index_ref (made.index);
    threads[i] = g_thread_new ("ask", ask, &asked[i]);
  }
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (asked[i].percentile, ==, prc_index_percentile (made.index, "", .1f));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/index/naive", test_naive);
  g_test_add_func ("/index/sizes", test_sizes);
  g_test_add_func ("/index/odd-vectors", test_odd_vectors);
  g_test_add_func ("/index/changes", test_changes);
  g_test_add_func ("/index/cells", test_cells);
  g_test_add_func ("/index/enough-from-cells", test_enough_from_cells);
  g_test_add_func ("/index/cancelled-cells", test_cancelled_cells);
  g_test_add_func ("/index/catch-up", test_catch_up);
  g_test_add_func ("/index/missing", test_missing);
  g_test_add_func ("/index/ties", test_ties);
  g_test_add_func ("/index/empty", test_empty);
  g_test_add_func ("/index/no-number", test_no_number);
  g_test_add_func ("/index/statistics", test_statistics);
  g_test_add_func ("/index/sampled-statistics", test_sampled_statistics);
  g_test_add_func ("/index/modalities", test_modalities);
  g_test_add_func ("/index/too-few-of-a-modality", test_too_few_of_a_modality);
  g_test_add_func ("/index/too-few-pairs", test_too_few_pairs);
  g_test_add_func ("/index/threads", test_threads);
  return g_test_run ();
}
