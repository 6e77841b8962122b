// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-model.h"
#include "prc-preprocess.h"

// A model and the one arena its forward pass works in; that allocates nothing (but for an encoder in
// ONNX, which is asked one input at a time, as many exports take no more). Confined to one thread at
// a time. The built-in encoder never fails on a ready input.
typedef struct _PrcEmbedder PrcEmbedder;

PrcEmbedder *prc_embedder_new (PrcModel *model, unsigned max_batch);
void prc_embedder_free (PrcEmbedder *embedder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcEmbedder, prc_embedder_free)

// Frame (or a region of it, may be NULL) to a unit vector of prc_model_dimension floats, caller's.
gboolean prc_embedder_embed (PrcEmbedder *embedder, const PrcFrame *frame, const PrcRegion *region,
                             float *vector, GError **error);

// What of a frame the embedder's model is to see, as prc_preprocess and prc_preprocess_segment; mask
// NULL: the first. prc_embedder_input_length floats, caller's.
gboolean prc_embedder_look (PrcEmbedder *embedder, const PrcFrame *frame, const PrcRegion *region,
                            const PrcMask *mask, float *input, GError **error);
size_t prc_embedder_input_length (const PrcEmbedder *embedder);

// Ready inputs to unit vectors [n][dimension]; n <= max_batch.
gboolean prc_embedder_forward (PrcEmbedder *embedder, const float *inputs, unsigned n,
                               float *vectors, GError **error);

// What the encoder saw where: PRC_FEATURE_SIDE x PRC_FEATURE_SIDE places of the input, row by row.
// The last maps of all stages that are no wider than that are laid over one another (prc-features.h).
// One stage alone finds its place less well: between two patients' abdomens, the place of highest
// cosine lies in the same organ for 0.55, 0.61 and 0.50 of the places with stage 2, 3 or 4 and for
// 0.67 with the three (0.32 for the same place of the picture).
#define PRC_FEATURE_SIDE   16
#define PRC_FEATURE_PLACES (PRC_FEATURE_SIDE * PRC_FEATURE_SIDE)
gboolean prc_embedder_explains (const PrcEmbedder *embedder);       // else none of what follows
unsigned prc_embedder_dimension (const PrcEmbedder *embedder);      // of the vector
unsigned prc_embedder_feature_length (const PrcEmbedder *embedder); // floats of a place

// One ready input to its vector, the same bit for bit as from prc_embedder_forward, and
// PRC_FEATURE_PLACES unit vectors of prc_embedder_feature_length floats; both are the caller's.
void prc_embedder_forward_features (PrcEmbedder *embedder, const float *input, float *vector,
                                    float *features);
