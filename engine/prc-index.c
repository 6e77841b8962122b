// SPDX-License-Identifier: Apache-2.0
#include "prc-index-private.h"

#include <math.h>
#include <string.h>

#define TAIL_ROWS    16384 // a run shorter than this is written anew with what came, not followed
#define SCALES_ROWS  65536 // from here on a snapshot may keep the scales of the one before
#define SCALES_SHARE 16    // as long as no more than this part of it is new

// --- where the vectors are

struct _PrcIndexVectors {
  PrcIndexFetch fetch;
  gpointer data;
  GDestroyNotify free;
  GMutex lock;
};

PrcIndexVectors *
prc_index_vectors_new (PrcIndexFetch fetch, gpointer data, GDestroyNotify free) {
  PrcIndexVectors *vectors = g_atomic_rc_box_new0 (PrcIndexVectors);
  vectors->fetch = fetch;
  vectors->data = data;
  vectors->free = free;
  g_mutex_init (&vectors->lock);
  return vectors;
}

PrcIndexVectors *
prc_index_vectors_ref (PrcIndexVectors *vectors) {
  return g_atomic_rc_box_acquire (vectors);
}

static void
clear_vectors (gpointer data) {
  PrcIndexVectors *vectors = data;
  if (vectors->free)
    vectors->free (vectors->data);
  g_mutex_clear (&vectors->lock);
}

void
prc_index_vectors_unref (PrcIndexVectors *vectors) {
  g_atomic_rc_box_release_full (vectors, clear_vectors);
}

unsigned
prc_index_padded (const PrcIndex *index) {
  return index->stride; // of bytes, and a multiple of 16
}

void
prc_index_fetch (const PrcIndex *index, const int64_t *ids, size_t n, float *vectors) {
  const unsigned stride = prc_index_padded (index);
  memset (vectors, 0, n * stride * sizeof (float));
  g_mutex_lock (&index->vectors->lock);
  index->vectors->fetch (index->vectors->data, ids, n, stride, vectors);
  g_mutex_unlock (&index->vectors->lock);
}

// In memory, for who has them there.
typedef struct {
  float *vectors;
  unsigned dimension;
  GHashTable *rows; // id -> row + 1
} Held;

static void
fetch_held (gpointer data, const int64_t *ids, size_t n, unsigned stride, float *vectors) {
  const Held *held = data;
  for (size_t i = 0; i < n; i++) {
    const size_t row = GPOINTER_TO_SIZE (g_hash_table_lookup (held->rows, &ids[i]));
    if (row > 0)
      memcpy (vectors + i * stride, held->vectors + (row - 1) * held->dimension,
              held->dimension * sizeof (float));
    else
      vectors[i * stride] = NAN;
  }
}

static void
free_held (gpointer data) {
  Held *held = data;
  g_free (held->vectors);
  g_hash_table_unref (held->rows);
  g_free (held);
}

static int64_t
id_of (const PrcIndexEntry *entry) {
  return entry->segment_id ? entry->segment_id : entry->slice_id;
}

static PrcIndexVectors *
hold (const float *vectors, const PrcIndexEntry *entries, size_t n, unsigned dimension) {
  Held *held = g_new (Held, 1);
  held->vectors = g_memdup2 (vectors, n * dimension * sizeof (float));
  held->dimension = dimension;
  held->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (size_t i = 0; i < n; i++) {
    const int64_t id = id_of (&entries[i]);
    g_hash_table_insert (held->rows, g_memdup2 (&id, sizeof id), GSIZE_TO_POINTER (i + 1));
  }
  return prc_index_vectors_new (fetch_held, held, free_held);
}

// --- the snapshot

PrcIndex *
prc_index_ref (PrcIndex *index) {
  return g_atomic_rc_box_acquire (index);
}

static void
clear (gpointer data) {
  PrcIndex *index = data;
  for (size_t i = 0; i < index->n_parts; i++) {
    prc_index_run_unref (index->parts[i].run);
    g_free (index->parts[i].gone);
  }
  g_free (index->parts);
  g_free (index->series.entries);
  g_free (index->series.modalities);
  prc_index_vectors_unref (index->vectors);
  g_clear_pointer (&index->cells, prc_index_cells_unref);
  prc_index_scales_unref (index->scales);
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

PrcIndexHit
prc_index_hit (const PrcIndex *index, const PrcIndexRun *run, size_t row, float cosine) {
  const PrcIndexSeriesEntry *series = &index->series.entries[run->series[row]];
  return (PrcIndexHit){prc_index_run_slice (run, row), series->case_id,
                       run->slices ? run->ids[row] : 0, cosine,
                       index->series.modalities[series->modality]};
}

// --- making one

typedef struct {
  int64_t series_id, case_id;
} SeriesKey;

struct _PrcIndexBuilder {
  PrcIndex *index; // not finished
  const PrcIndex *before;
  PrcIndexRun *run;   // that is written; NULL until something comes
  GHashTable *places; // SeriesKey -> place + 1; made when first needed
  GHashTable *cases;  // case id -> number + 1
  size_t series_room;
  uint32_t last; // place of the series that came last
  size_t n_changed;
};

static guint
hash_key (gconstpointer data) {
  const SeriesKey *key = data;
  return g_int64_hash (&key->series_id) ^ 31 * g_int64_hash (&key->case_id);
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b) {
  const SeriesKey *left = a, *right = b;
  return left->series_id == right->series_id && left->case_id == right->case_id;
}

static void
remember_series (PrcIndexBuilder *builder, uint32_t place) {
  const PrcIndexSeriesEntry *entry = &builder->index->series.entries[place];
  const SeriesKey key = {entry->series_id, entry->case_id};
  g_hash_table_insert (builder->places, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (place + 1));
  g_hash_table_insert (builder->cases, g_memdup2 (&entry->case_id, sizeof entry->case_id),
                       GUINT_TO_POINTER (entry->case_number + 1));
}

static void
remember_all (PrcIndexBuilder *builder) {
  builder->places = g_hash_table_new_full (hash_key, equal_keys, g_free, NULL);
  builder->cases = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (uint32_t i = 0; i < builder->index->series.n; i++)
    remember_series (builder, i);
}

static uint32_t
modality_place (PrcIndexSeries *series, const char *modality) {
  for (size_t i = 0; i < series->n_modalities; i++)
    if (strcmp (series->modalities[i], modality) == 0)
      return (uint32_t)i;
  series->modalities =
      g_realloc_n (series->modalities, series->n_modalities + 1, sizeof *series->modalities);
  g_strlcpy (series->modalities[series->n_modalities], modality, PRC_INDEX_MODALITY);
  return (uint32_t)series->n_modalities++;
}

static uint32_t
new_series (PrcIndexBuilder *builder, const PrcIndexEntry *entry) {
  PrcIndexSeries *series = &builder->index->series;
  if (series->n == builder->series_room) {
    builder->series_room = 2 * builder->series_room + 16;
    series->entries = g_renew (PrcIndexSeriesEntry, series->entries, builder->series_room);
  }
  const guint number = GPOINTER_TO_UINT (g_hash_table_lookup (builder->cases, &entry->case_id));
  series->entries[series->n] =
      (PrcIndexSeriesEntry){entry->series_id,
                            entry->case_id,
                            entry->patient,
                            number ? number - 1 : (uint32_t)series->n_cases++,
                            modality_place (series, entry->modality),
                            0};
  remember_series (builder, (uint32_t)series->n);
  return (uint32_t)series->n++;
}

static uint32_t
place_of (PrcIndexBuilder *builder, const PrcIndexEntry *entry) {
  const PrcIndexSeries *series = &builder->index->series;
  if (builder->last < series->n) {
    const PrcIndexSeriesEntry *last = &series->entries[builder->last];
    if (last->series_id == entry->series_id && last->case_id == entry->case_id)
      return builder->last;
  }
  if (!builder->places)
    remember_all (builder);
  const SeriesKey key = {entry->series_id, entry->case_id};
  const guint place = GPOINTER_TO_UINT (g_hash_table_lookup (builder->places, &key));
  return builder->last = place ? place - 1 : new_series (builder, entry);
}

PrcIndexBuilder *
prc_index_builder_new (unsigned dimension, bool of_segments, PrcIndexVectors *vectors) {
  PrcIndexBuilder *builder = g_new0 (PrcIndexBuilder, 1);
  PrcIndex *index = builder->index = g_atomic_rc_box_new0 (PrcIndex);
  index->dimension = dimension;
  index->stride = prc_index_stride (dimension);
  index->of_segments = of_segments;
  index->vectors = prc_index_vectors_ref (vectors);
  return builder;
}

static size_t
gone_size (const PrcIndexRun *run) {
  return (run->n + 63) / 64 * sizeof (uint64_t);
}

static void
copy_series (PrcIndex *to, const PrcIndexSeries *series) {
  to->series = *series;
  to->series.entries = g_memdup2 (series->entries, series->n * sizeof *series->entries);
  to->series.modalities = g_memdup2 (series->modalities, series->n_modalities * PRC_INDEX_MODALITY);
}

PrcIndex *
prc_index_of_columns (unsigned dimension, PrcIndexVectors *vectors, const PrcIndexSeries *series,
                      PrcIndexRun *run) {
  PrcIndex *made = g_atomic_rc_box_new0 (PrcIndex);
  made->n = run->n;
  made->n_parts = 1;
  made->parts = g_new (PrcIndexPart, 1);
  made->parts[0] = (PrcIndexPart){run, NULL};
  made->dimension = dimension;
  made->stride = run->stride;
  made->of_segments = run->slices != NULL;
  made->vectors = prc_index_vectors_ref (vectors);
  made->scales = prc_index_scales_new ();
  copy_series (made, series);
  return made;
}

PrcIndexBuilder *
prc_index_builder_new_after (const PrcIndex *before) {
  PrcIndexBuilder *builder =
      prc_index_builder_new (before->dimension, before->of_segments, before->vectors);
  PrcIndex *index = builder->index;
  builder->before = before;
  index->n = before->n;
  index->n_parts = before->n_parts;
  index->parts = g_new0 (PrcIndexPart, before->n_parts);
  for (size_t i = 0; i < before->n_parts; i++) {
    const PrcIndexPart *part = &before->parts[i];
    index->parts[i].run = prc_index_run_ref (part->run);
    index->parts[i].gone = g_memdup2 (part->gone, part->gone ? gone_size (part->run) : 0);
  }
  copy_series (index, &before->series);
  builder->series_room = before->series.n;
  if (before->cells)
    index->cells = prc_index_cells_ref (before->cells);
  return builder;
}

// The last run is written on when it is short and has no cells, without what is gone of it; else a
// new one begins.
static PrcIndexRun *
run_to_write (PrcIndexBuilder *builder) {
  PrcIndex *index = builder->index;
  if (builder->run)
    return builder->run;
  PrcIndexPart *last = index->n_parts > 0 ? &index->parts[index->n_parts - 1] : NULL;
  if (last && !last->run->starts && last->run->n < TAIL_ROWS) {
    builder->run = prc_index_run_copy (last->run, last->gone);
    prc_index_run_unref (last->run);
    g_clear_pointer (&last->gone, g_free);
    last->run = builder->run;
    return builder->run;
  }
  index->parts = g_renew (PrcIndexPart, index->parts, index->n_parts + 1);
  builder->run = prc_index_run_new (index->stride, index->of_segments);
  index->parts[index->n_parts++] = (PrcIndexPart){builder->run, NULL};
  return builder->run;
}

void
prc_index_builder_add (PrcIndexBuilder *builder, const PrcIndexEntry *entry, const float *vector) {
  PrcIndex *index = builder->index;
  const uint32_t place = place_of (builder, entry);
  if (!prc_index_run_add (run_to_write (builder), vector, index->dimension, id_of (entry),
                          entry->slice_id, place))
    return;
  index->series.entries[place].n++;
  index->n++;
  builder->n_changed++;
}

static int
compare_ids (const void *a, const void *b) {
  const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

static void
remove_row (PrcIndexBuilder *builder, PrcIndexPart *part, size_t row) {
  if (prc_index_is_gone (part, row))
    return;
  if (!part->gone)
    part->gone = g_malloc0 (gone_size (part->run));
  part->gone[row / 64] |= UINT64_C (1) << (row % 64);
  builder->index->series.entries[part->run->series[row]].n--;
  builder->index->n--;
  builder->n_changed++;
}

// Ids of a case follow one another, so that nearly all rows are outside of the range.
void
prc_index_builder_remove (PrcIndexBuilder *builder, const int64_t *ids, size_t n) {
  g_return_if_fail (!builder->run);
  PrcIndex *index = builder->index;
  g_autofree int64_t *sorted = g_memdup2 (ids, n * sizeof *ids);
  if (n > 0)
    qsort (sorted, n, sizeof *sorted, compare_ids);
  for (size_t i = 0; n > 0 && i < index->n_parts; i++) {
    const PrcIndexRun *run = index->parts[i].run;
    for (size_t row = 0; row < run->n; row++)
      if (run->ids[row] >= sorted[0] && run->ids[row] <= sorted[n - 1] &&
          bsearch (&run->ids[row], sorted, n, sizeof *sorted, compare_ids))
        remove_row (builder, &index->parts[i], row);
  }
}

static bool
is_much_the_same (const PrcIndexBuilder *builder) {
  return builder->before && builder->index->n >= SCALES_ROWS &&
         prc_index_scales_news (builder->before->scales, builder->n_changed) <=
             builder->index->n / SCALES_SHARE;
}

PrcIndex *
prc_index_builder_end (PrcIndexBuilder *builder, uint64_t version) {
  PrcIndex *index = builder->index;
  index->version = version;
  index->scales = is_much_the_same (builder) ? prc_index_scales_ref (builder->before->scales)
                                             : prc_index_scales_new ();
  g_clear_pointer (&builder->places, g_hash_table_unref);
  g_clear_pointer (&builder->cases, g_hash_table_unref);
  g_free (builder);
  return index;
}

PrcIndex *
prc_index_new (const float *vectors, const PrcIndexEntry *entries, size_t n, unsigned dimension,
               uint64_t version) {
  g_autoptr (PrcIndexVectors) held = hold (vectors, entries, n, dimension);
  PrcIndexBuilder *builder =
      prc_index_builder_new (dimension, n > 0 && entries[0].segment_id != 0, held);
  for (size_t i = 0; i < n; i++)
    prc_index_builder_add (builder, &entries[i], vectors + i * dimension);
  return prc_index_builder_end (builder, version);
}

// --- bringing a snapshot that took long to make up to date

static GHashTable *
ids_of (const PrcIndex *index, const PrcIndex *but) {
  GHashTable *ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (size_t p = 0; p < index->n_parts; p++) {
    const PrcIndexPart *part = &index->parts[p];
    for (size_t row = 0; !prc_index_part_of (but, part->run) && row < part->run->n; row++)
      if (!prc_index_is_gone (part, row))
        g_hash_table_add (ids, &part->run->ids[row]);
  }
  return ids;
}

const PrcIndexPart *
prc_index_part_of (const PrcIndex *index, const PrcIndexRun *run) {
  for (size_t i = 0; i < index->n_parts; i++)
    if (index->parts[i].run == run)
      return &index->parts[i];
  return NULL;
}

// Whether the later one only knows more series than the earlier one.
static bool
goes_on (const PrcIndexSeries *from, const PrcIndexSeries *to) {
  if (to->n < from->n)
    return false;
  for (size_t i = 0; i < from->n; i++)
    if (from->entries[i].series_id != to->entries[i].series_id ||
        from->entries[i].case_id != to->entries[i].case_id)
      return false;
  return true;
}

static void
find_gone (const PrcIndex *from, const PrcIndex *to, GHashTable *fresh, GArray *gone) {
  for (size_t p = 0; p < from->n_parts; p++) {
    const PrcIndexPart *was = &from->parts[p], *is = prc_index_part_of (to, was->run);
    for (size_t row = 0; row < was->run->n; row++)
      if (!prc_index_is_gone (was, row) &&
          (is ? prc_index_is_gone (is, row) : !g_hash_table_contains (fresh, &was->run->ids[row])))
        g_array_append_val (gone, was->run->ids[row]);
  }
}

PrcIndex *
prc_index_catch_up (const PrcIndex *made, const PrcIndex *from, const PrcIndex *to) {
  if (!goes_on (&from->series, &to->series))
    return NULL;
  g_autoptr (GHashTable) old = ids_of (from, to), fresh = ids_of (to, from);
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (int64_t));
  find_gone (from, to, fresh, gone);
  PrcIndexBuilder *builder = prc_index_builder_new_after (made);
  prc_index_builder_remove (builder, (const int64_t *)(void *)gone->data, gone->len);
  for (size_t p = 0; p < to->n_parts; p++) {
    const PrcIndexPart *part = &to->parts[p];
    for (size_t row = 0; !prc_index_part_of (from, part->run) && row < part->run->n; row++)
      if (!prc_index_is_gone (part, row) && !g_hash_table_contains (old, &part->run->ids[row])) {
        PrcIndexRun *run = run_to_write (builder);
        prc_index_run_take (run, part->run, row);
        run->lost = fmaxf (run->lost, part->run->lost);
        run->reach = fmaxf (run->reach, part->run->reach);
      }
  }
  PrcIndex *index = prc_index_builder_end (builder, to->version);
  g_free (index->series.entries);
  g_free (index->series.modalities);
  copy_series (index, &to->series);
  index->n = to->n;
  return index;
}
