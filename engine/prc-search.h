// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-answer.h"
#include "prc-embedder.h"
#include "prc-index.h"
#include "prc-library.h"
#include "prc-query.h"

// The way of a query: preprocess, embed, search, guard, gather. Blocks; the engine thread and
// precedentctl share it. The own case (same study, same SOP instance) and the same patient are kept
// out unless query->include_self; every hit is the best slice of its case. With query->mask, and for
// a region against segments (prc_query_asks_segments), `index` is that of segments
// (prc_library_segment_index) and every hit the best segment of its case; when it is empty the state
// says so, and nothing else is searched instead. The region is then seen as segments are (prc-box.h). NULL and an error when the
// frame or the mask is refused, the library cannot be read, or `cancellable` was cancelled (checked between
// steps).
PrcAnswer *prc_search (PrcLibrary *library, PrcIndex *index, PrcEmbedder *embedder, PrcModel *model,
                       const PrcQuery *query, GCancellable *cancellable, GError **error);
