// SPDX-License-Identifier: Apache-2.0
// Scales: how alike slices of different patients are, in this library or of one modality.
#include "prc-index-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_ROWS       4096
#define PAIR_SAMPLES      20000
#define NEIGHBOUR_SAMPLES 256
#define MODALITY_PATIENTS 5          // with fewer a modality has no scale of its own
#define MODALITY_PAIRS    100        // as many as per cent
#define SILENT_PER_CENT   2          // resources/encoder.md says why
#define SEED              0x5052634e // fixed: the same snapshot always gives the same statistics

struct _PrcIndexScales {
  GMutex lock;
  GHashTable *scales; // modality -> Scale, "" of the whole library; made when first asked for
  size_t n_news;
};

// What cosines are measured by.
typedef struct {
  char *modality;
  float *pair_cosines; // ascending
  size_t n_pairs;      // 0: too few to say
  float nothing_alike;
} Scale;

static void
scale_free (gpointer data) {
  Scale *scale = data;
  g_free (scale->modality);
  g_free (scale->pair_cosines);
  g_free (scale);
}

PrcIndexScales *
prc_index_scales_new (void) {
  PrcIndexScales *scales = g_atomic_rc_box_new0 (PrcIndexScales);
  g_mutex_init (&scales->lock);
  scales->scales = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, scale_free);
  return scales;
}

PrcIndexScales *
prc_index_scales_ref (PrcIndexScales *scales) {
  return g_atomic_rc_box_acquire (scales);
}

static void
clear (gpointer data) {
  PrcIndexScales *scales = data;
  g_hash_table_unref (scales->scales);
  g_mutex_clear (&scales->lock);
}

void
prc_index_scales_unref (PrcIndexScales *scales) {
  g_atomic_rc_box_release_full (scales, clear);
}

size_t
prc_index_scales_news (PrcIndexScales *scales, size_t n) {
  g_mutex_lock (&scales->lock);
  scales->n_news += n;
  const size_t news = scales->n_news;
  g_mutex_unlock (&scales->lock);
  return news;
}

// --- slices of one modality, or all

typedef struct {
  int64_t id;
  uint32_t series;
} Sampled;

typedef struct {
  const PrcIndex *index;
  uint8_t *open;    // of every series whether it is one
  size_t n;         // rows
  Sampled *sampled; // all of few, else some
  size_t n_sampled;
  float *vectors; // of these
} Kind;

static void
kind_clear (Kind *kind) {
  g_free (kind->open);
  g_free (kind->sampled);
  g_free (kind->vectors);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Kind, kind_clear)

static void
find_series (Kind *kind, const char *modality) {
  const PrcIndexSeries *series = &kind->index->series;
  kind->open = g_malloc (MAX (series->n, 1));
  for (size_t i = 0; i < series->n; i++) {
    const PrcIndexSeriesEntry *entry = &series->entries[i];
    kind->open[i] = !*modality || strcmp (series->modalities[entry->modality], modality) == 0;
    kind->n += kind->open[i] ? entry->n : 0;
  }
}

static bool
has_patients (const Kind *kind, unsigned least) {
  uint32_t seen[MODALITY_PATIENTS];
  unsigned n = 0;
  for (size_t i = 0; i < kind->index->series.n && n < least; i++) {
    const PrcIndexSeriesEntry *entry = &kind->index->series.entries[i];
    unsigned place = 0;
    while (place < n && seen[place] != entry->patient)
      place++;
    if (place == n && kind->open[i] && entry->n > 0)
      seen[n++] = entry->patient;
  }
  return n == least;
}

static int
compare_places (const void *a, const void *b) {
  const size_t left = *(const size_t *)a, right = *(const size_t *)b;
  return (left > right) - (left < right);
}

// Which of the kind's rows, counted as they lie: all, or as many as are sampled.
static size_t *
choose_places (const Kind *kind, GRand *random) {
  size_t *places = g_new (size_t, kind->n_sampled);
  for (size_t i = 0; i < kind->n_sampled; i++)
    places[i] = kind->n == kind->n_sampled ? i : (size_t)(g_rand_double (random) * (double)kind->n);
  qsort (places, kind->n_sampled, sizeof *places, compare_places);
  return places;
}

static void
take_rows (Kind *kind, const size_t *places) {
  const PrcIndex *index = kind->index;
  size_t next = 0, place = 0;
  for (size_t p = 0; p < index->n_parts; p++) {
    const PrcIndexPart *part = &index->parts[p];
    for (size_t row = 0; row < part->run->n && next < kind->n_sampled; row++) {
      if (!kind->open[part->run->series[row]] || prc_index_is_gone (part, row))
        continue;
      for (; next < kind->n_sampled && places[next] == place; next++)
        kind->sampled[next] = (Sampled){part->run->ids[row], part->run->series[row]};
      place++;
    }
  }
  kind->n_sampled = next;
}

static void
drop_missing (Kind *kind, unsigned stride) {
  size_t kept = 0;
  for (size_t i = 0; i < kind->n_sampled; i++) {
    const float *vector = kind->vectors + i * stride;
    if (isnan (prc_index_product (vector, vector, stride)))
      continue;
    kind->sampled[kept] = kind->sampled[i];
    memmove (kind->vectors + kept++ * stride, vector, stride * sizeof (float));
  }
  kind->n_sampled = kept;
}

static void
sample_rows (Kind *kind, GRand *random) {
  const unsigned stride = prc_index_padded (kind->index);
  kind->n_sampled = MIN (kind->n, SAMPLE_ROWS);
  kind->sampled = g_new (Sampled, kind->n_sampled);
  g_autofree size_t *places = choose_places (kind, random);
  take_rows (kind, places);
  g_autofree int64_t *ids = g_new (int64_t, kind->n_sampled);
  for (size_t i = 0; i < kind->n_sampled; i++)
    ids[i] = kind->sampled[i].id;
  kind->vectors = g_new (float, MAX (kind->n_sampled, 1) * stride);
  prc_index_fetch (kind->index, ids, kind->n_sampled, kind->vectors);
  drop_missing (kind, stride);
}

static uint32_t
patient_of (const Kind *kind, size_t place) {
  return kind->index->series.entries[kind->sampled[place].series].patient;
}

static int
compare_floats (const void *a, const void *b) {
  const float left = *(const float *)a, right = *(const float *)b;
  return (left > right) - (left < right);
}

static void
take_pair (const Kind *kind, size_t a, size_t b, Scale *scale) {
  const unsigned stride = prc_index_padded (kind->index);
  if (patient_of (kind, a) != patient_of (kind, b))
    scale->pair_cosines[scale->n_pairs++] =
        prc_index_product (kind->vectors + a * stride, kind->vectors + b * stride, stride);
}

static size_t
any_of (const Kind *kind, GRand *random) {
  return (size_t)(g_rand_double (random) * (double)kind->n_sampled);
}

static void
sample_pairs (const Kind *kind, GRand *random, Scale *scale) {
  const size_t n = kind->n_sampled;
  scale->pair_cosines = g_new (float, PAIR_SAMPLES);
  const bool all = n == 0 || n * (n - 1) / 2 <= PAIR_SAMPLES;
  for (size_t a = 1; all && a < n; a++)
    for (size_t b = 0; b < a; b++)
      take_pair (kind, a, b, scale);
  for (size_t tries = 0; !all && tries < 4 * PAIR_SAMPLES && scale->n_pairs < PAIR_SAMPLES;
       tries++) {
    const size_t a = any_of (kind, random);
    take_pair (kind, a, any_of (kind, random), scale);
  }
  qsort (scale->pair_cosines, scale->n_pairs, sizeof (float), compare_floats);
}

// Of the kind and of another patient; -1 when there is none.
static float
nearest_cosine (const Kind *kind, size_t place, uint8_t *open) {
  const PrcIndexSeries *series = &kind->index->series;
  const uint32_t patient = patient_of (kind, place);
  for (size_t i = 0; i < series->n; i++)
    open[i] = kind->open[i] && series->entries[i].patient != patient;
  PrcIndexHit hit;
  const PrcIndexWish wish = {1, false, false, open, kind->n < kind->index->n};
  const float *vector = kind->vectors + place * prc_index_padded (kind->index);
  return prc_index_find (kind->index, vector, &wish, &hit) ? hit.cosine : -1;
}

static void
measure (Kind *kind, Scale *scale) {
  GRand *random = g_rand_new_with_seed (SEED);
  sample_rows (kind, random);
  sample_pairs (kind, random, scale);
  float nearest[NEIGHBOUR_SAMPLES];
  g_autofree uint8_t *open = g_malloc (MAX (kind->index->series.n, 1));
  const size_t n = MIN (kind->n_sampled, NEIGHBOUR_SAMPLES);
  for (size_t i = 0; i < n; i++)
    nearest[i] = nearest_cosine (kind, i * kind->n_sampled / n, open);
  qsort (nearest, n, sizeof *nearest, compare_floats);
  if (n > 0)
    scale->nothing_alike = nearest[n * SILENT_PER_CENT / 100];
  g_rand_free (random);
}

static Scale *
scale_new (const PrcIndex *index, const char *modality) {
  Scale *scale = g_new0 (Scale, 1);
  scale->modality = g_strdup (modality);
  scale->nothing_alike = -1;
  g_auto (Kind) kind = {.index = index};
  find_series (&kind, modality);
  const bool whole = *modality == '\0';
  if (has_patients (&kind, whole ? 3 : MODALITY_PATIENTS))
    measure (&kind, scale);
  if (!whole && scale->n_pairs < MODALITY_PAIRS)
    scale->n_pairs = 0;
  return scale;
}

// Made when first asked for, in whichever thread that is: an import makes many snapshots that
// nobody asks. Others wait meanwhile.
static const Scale *
scale_of (const PrcIndex *index, const char *modality) {
  PrcIndexScales *scales = index->scales;
  g_mutex_lock (&scales->lock);
  Scale *scale = g_hash_table_lookup (scales->scales, modality);
  if (!scale) {
    scale = scale_new (index, modality);
    g_hash_table_insert (scales->scales, scale->modality, scale);
  }
  g_mutex_unlock (&scales->lock);
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
