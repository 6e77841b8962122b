// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "prc-series-set.h"

// A snapshot of every slice vector of the library, or of every segment vector (then there may be
// several of a slice): immutable, reference-counted, any thread. A byte a component is kept in
// memory, and how far that can be wrong is known: the vectors themselves are asked for only where it
// could matter, so that what is found is what a comparison with every vector would find. A large
// library is parted into cells of which only the nearest are looked at; then one hit in some
// hundreds may be missed, unless the exact ones are wanted.
typedef struct _PrcIndex PrcIndex;

#define PRC_INDEX_MODALITY 9 // bytes with the end: the longest of PS3.3 C.7.3.1.1.1 has 8

typedef struct { // what is known of a slice without asking the database
  int64_t slice_id, case_id, series_id;
  int64_t segment_id; // of a segment's vector; 0: of the whole slice
  // The same for all slices of a series within a case:
  uint32_t patient; // number that slices of one patient share, for the statistics below
  char modality[PRC_INDEX_MODALITY]; // as CT; upper case, cut when longer; "" unknown
} PrcIndexEntry;

typedef struct {
  int64_t slice_id, case_id, segment_id;
  float cosine;
  const char *modality; // the index owns it
} PrcIndexHit;

// Where the vectors themselves are: immutable, reference-counted. `fetch` writes n vectors of
// `dimension` floats, `stride` floats apart, by slice id, or by segment id in an index of segments;
// of an id that it does not know any more, anything but a number. One call at a time, in any thread.
typedef struct _PrcIndexVectors PrcIndexVectors;
typedef void (*PrcIndexFetch) (gpointer data, const int64_t *ids, size_t n, unsigned stride,
                               float *vectors);
PrcIndexVectors *prc_index_vectors_new (PrcIndexFetch fetch, gpointer data, GDestroyNotify free);
PrcIndexVectors *prc_index_vectors_ref (PrcIndexVectors *vectors);
void prc_index_vectors_unref (PrcIndexVectors *vectors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcIndexVectors, prc_index_vectors_unref)

// How a snapshot is made: of everything, or of what came and went since the one before, with which
// it shares all the rest. Confined to one thread.
typedef struct _PrcIndexBuilder PrcIndexBuilder;

PrcIndexBuilder *prc_index_builder_new (unsigned dimension, bool of_segments,
                                        PrcIndexVectors *vectors);
PrcIndexBuilder *prc_index_builder_new_after (const PrcIndex *before);
// A vector of no number is passed over. What was removed before may come again.
void prc_index_builder_add (PrcIndexBuilder *builder, const PrcIndexEntry *entry,
                            const float *vector);
// Slices, or segments in an index of segments; unknown ones are passed over.
void prc_index_builder_remove (PrcIndexBuilder *builder, const int64_t *ids, size_t n);
PrcIndex *prc_index_builder_end (PrcIndexBuilder *builder, uint64_t version); // frees the builder

// vectors: n * dimension floats, unit length; entries: n. Both copied.
PrcIndex *prc_index_new (const float *vectors, const PrcIndexEntry *entries, size_t n,
                         unsigned dimension, uint64_t version);
PrcIndex *prc_index_ref (PrcIndex *index);
void prc_index_unref (PrcIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcIndex, prc_index_unref)

// Whether so large an index, or one so changed, is worth being parted into cells (anew).
bool prc_index_wants_cells (const PrcIndex *index);

bool prc_index_has_cells (const PrcIndex *index);

// The same rows, parted into cells: trained on a sample of them, then measured on slices of the
// library how many must be looked at. Some seconds for a million rows; any thread. NULL when
// cancelled.
PrcIndex *prc_index_with_cells (const PrcIndex *index, GCancellable *cancellable);

// What took so long was made of `from`; `to` is a later snapshot, made after it. The rows of `to`, as
// far as possible in the cells of `made`; NULL where too much has changed.
PrcIndex *prc_index_catch_up (const PrcIndex *made, const PrcIndex *from, const PrcIndex *to);

size_t prc_index_length (const PrcIndex *index);
uint64_t prc_index_version (const PrcIndex *index);

// What is searched. Rows whose series is not wanted are passed over within the scan, so that a
// filter never costs a hit.
typedef struct {
  const PrcSeriesSet *keep;     // NULL: all
  const PrcSeriesSet *left_out; // of those; NULL: none
  bool exact;                   // everything is looked at, however large the library is
} PrcIndexScope;

// The k nearest within the scope (NULL: everything), by falling cosine, ties by slice id, then by
// segment id. Returns how many were written to hits.
size_t prc_index_search (const PrcIndex *index, const float *vector, size_t k,
                         const PrcIndexScope *scope, PrcIndexHit *hits);

// The same by case: the best slice of each of the k nearest cases.
size_t prc_index_search_cases (const PrcIndex *index, const float *vector, size_t k,
                               const PrcIndexScope *scope, PrcIndexHit *hits);

// What cosines of a query of this modality are measured by: the modality itself, or "", the whole
// library, when it holds fewer than 5 patients or 100 pairs of it, or the modality is NULL or "".
// The index owns it.
const char *prc_index_scale (const PrcIndex *index, const char *modality);

// Share of random pairs of slices of different patients, both of the scale (as prc_index_scale gave
// it), that are less alike than `cosine`, in [0, 100]; -1 when there are too few to say (fewer than
// 3 patients in the whole library). All pairs of a few slices, a seeded sample of many; worked out
// when first asked for, and again when the library has become another by some per cent.
double prc_index_percentile (const PrcIndex *index, const char *scale, float cosine);

// The cosine below which a best hit counts as "nothing alike": 98 of 100 slices of the scale have a
// nearer neighbour of another patient in it. -1 when there are too few to say.
float prc_index_nothing_alike (const PrcIndex *index, const char *scale);
