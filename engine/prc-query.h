// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-filter.h"
#include "prc-frame.h"
#include "prc-index.h"
#include "prc-instance.h"
#include "prc-preprocess.h"

// What a box is compared with. The best is segments where the library has enough of the modality
// to compare with (prc_index_scale), else whole slices.
typedef enum {
  PRC_AGAINST_BEST,
  PRC_AGAINST_SEGMENTS,
  PRC_AGAINST_SLICES,
} PrcAgainst;

// A question to the library. Plain struct, owned by whoever made it; the engine copies what it
// keeps.
typedef struct {
  PrcFrame *frame;
  PrcInstance
      *instance; // the frame's, for keeping out its own case and patient; may be NULL (a picture)
  guint frame_number;
  PrcRegion region;   // a box around something; width 0: whole image
  PrcAgainst against; // of a region only
  // Of the frame's size, or NULL: then what is asked for is segments like this one, and nothing but
  // segments answers; the region does not count. Who wants whole slices asks without it.
  const PrcMask *mask;
  guint k; // cases (or slices) wanted
  gboolean by_slice;
  PrcFilter filter;      // what answers; a patient whom it excludes is counted as kept out
  gboolean include_self; // do not keep out the own case and patient
  gboolean exact; // look at every slice, however large the library is: slower, misses nothing
  guint64 generation;
} PrcQuery;

void prc_query_copy (PrcQuery *to, const PrcQuery *from); // what it points to as well
void prc_query_clear (PrcQuery *query);                   // of a copy

// Whether segments answer it, when these (an index of segments) are there. Then prc_search takes that
// index, and `against` is to say so.
gboolean prc_query_asks_segments (const PrcQuery *query, const PrcIndex *segments);
