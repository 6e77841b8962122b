// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-model.h"
#include "prc-preprocess.h"

// A model and the one arena its forward pass works in; that allocates nothing. Confined to
// one thread at a time.
typedef struct _PrcEmbedder PrcEmbedder;

PrcEmbedder *prc_embedder_new (PrcModel *model, unsigned max_batch);
void prc_embedder_free (PrcEmbedder *embedder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcEmbedder, prc_embedder_free)

// Frame (or a region of it, may be NULL) to a unit vector of prc_model_dimension floats, caller's.
gboolean prc_embedder_embed (PrcEmbedder *embedder, const PrcFrame *frame, const PrcRegion *region,
                             float *vector, GError **error);

// Ready inputs [n][H][W][C] to unit vectors [n][dimension]; n <= max_batch.
void prc_embedder_forward (PrcEmbedder *embedder, const float *inputs, unsigned n, float *vectors);
