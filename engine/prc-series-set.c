// SPDX-License-Identifier: Apache-2.0
#include "prc-series-set.h"

#include <stdlib.h>

// SQLite counts ids from 1, so that a bit for each is less than a list. A file can say anything,
// though: ids beyond these 2 MiB of bits, and negative ones, stand in a list.
#define MAX_BITS (INT64_C (1) << 24)

struct _PrcSeriesSet {
  uint64_t *bits;
  int64_t n_bits;
  int64_t *others; // ascending, each once
  size_t n_others, length;
};

static bool
is_near (int64_t id) {
  return id >= 0 && id < MAX_BITS;
}

static int
compare (const void *a, const void *b) {
  const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

static void
take_near (PrcSeriesSet *set, int64_t id) {
  uint64_t *word = &set->bits[id / 64];
  const uint64_t bit = UINT64_C (1) << (id % 64);
  set->length += !(*word & bit);
  *word |= bit;
}

static void
sort_others (PrcSeriesSet *set) {
  size_t kept = 0;
  if (set->n_others > 0)
    qsort (set->others, set->n_others, sizeof *set->others, compare);
  for (size_t i = 0; i < set->n_others; i++)
    if (i == 0 || set->others[i] != set->others[kept - 1])
      set->others[kept++] = set->others[i];
  set->n_others = kept;
  set->length += kept;
}

PrcSeriesSet *
prc_series_set_new (const int64_t *ids, size_t n) {
  PrcSeriesSet *set = g_atomic_rc_box_new0 (PrcSeriesSet);
  size_t n_others = 0;
  for (size_t i = 0; i < n; i++) {
    if (is_near (ids[i]))
      set->n_bits = MAX (set->n_bits, ids[i] + 1);
    else
      n_others++;
  }
  set->bits = g_new0 (uint64_t, (gsize)(set->n_bits + 63) / 64);
  set->others = g_new (int64_t, n_others);
  for (size_t i = 0; i < n; i++) {
    if (is_near (ids[i]))
      take_near (set, ids[i]);
    else
      set->others[set->n_others++] = ids[i];
  }
  sort_others (set);
  return set;
}

PrcSeriesSet *
prc_series_set_ref (PrcSeriesSet *set) {
  return g_atomic_rc_box_acquire (set);
}

static void
clear (gpointer data) {
  PrcSeriesSet *set = data;
  g_free (set->bits);
  g_free (set->others);
}

void
prc_series_set_unref (PrcSeriesSet *set) {
  g_atomic_rc_box_release_full (set, clear);
}

size_t
prc_series_set_length (const PrcSeriesSet *set) {
  return set->length;
}

bool
prc_series_set_has (const PrcSeriesSet *set, int64_t id) {
  if (is_near (id))
    return id < set->n_bits && (set->bits[id / 64] >> (id % 64) & 1);
  return set->n_others > 0 && bsearch (&id, set->others, set->n_others, sizeof id, compare) != NULL;
}
