// SPDX-License-Identifier: Apache-2.0
#include "prc-embedder.h"

#include <stdlib.h>

#include "prc-embedder-private.h"
#include "prc-features.h"
#include "prc-network.h"

#define ALIGNMENT 64
#define N_MAPS    3 // a block's input, the map within it, and its shortcut or output

struct _PrcEmbedder {
  PrcModel *model;
  unsigned max_batch;
  float *arena;
  float *input;        // one preprocessed slice
  float *maps[N_MAPS]; // each as large as the largest map of max_batch images
  float *scratch;      // of the convolutions
  float *features;     // [max_batch][features]
  float *places;       // wanted of the input under way, the caller's; or NULL
  unsigned n_joined;   // floats of a place that are there already
  PrcEmbedderTrace trace;
  gpointer trace_data;
};

static size_t
rounded (size_t floats) {
  return (floats + ALIGNMENT / sizeof (float) - 1) / (ALIGNMENT / sizeof (float)) *
         (ALIGNMENT / sizeof (float));
}

typedef struct {
  size_t map, scratch;
} Needs;

static void
consider (Needs *needs, const PrcConv *conv, unsigned n) {
  size_t map = (size_t)n * conv->out_size * conv->out_size * conv->outputs;
  needs->map = MAX (needs->map, map);
  needs->scratch = MAX (needs->scratch, prc_conv_scratch_length (conv, n));
}

static Needs
measure (const PrcNetwork *network, unsigned n) {
  Needs needs = {0};
  consider (&needs, &network->stem, n);
  for (unsigned i = 0; i < network->n_blocks; i++) {
    const PrcBlock *block = &network->blocks[i];
    consider (&needs, &block->conv1, n);
    consider (&needs, &block->conv2, n);
    if (block->has_shortcut)
      consider (&needs, &block->shortcut, n);
  }
  return needs;
}

static void
lay_arena (PrcEmbedder *self, const PrcNetwork *network) {
  const Needs needs =
      prc_model_onnx (self->model) ? (Needs){0} : measure (network, self->max_batch);
  const size_t input = prc_embedder_input_length (self);
  const size_t map = rounded (needs.map), scratch = rounded (needs.scratch);
  const size_t features = rounded ((size_t)self->max_batch * network->features);
  const size_t total = rounded (input) + N_MAPS * map + scratch + features;
  self->arena = aligned_alloc (ALIGNMENT, total * sizeof (float));
  if (!self->arena)
    abort (); // out of memory, as g_malloc does
  self->input = self->arena;
  for (unsigned i = 0; i < N_MAPS; i++)
    self->maps[i] = self->arena + rounded (input) + i * map;
  self->scratch = self->arena + rounded (input) + N_MAPS * map;
  self->features = self->scratch + scratch;
}

PrcEmbedder *
prc_embedder_new (PrcModel *model, unsigned max_batch) {
  PrcEmbedder *self = g_new0 (PrcEmbedder, 1);
  self->model = prc_model_ref (model);
  self->max_batch = MAX (max_batch, 1);
  lay_arena (self, prc_model_network (model));
  return self;
}

void
prc_embedder_free (PrcEmbedder *embedder) {
  prc_model_unref (embedder->model);
  free (embedder->arena);
  g_free (embedder);
}

void
prc_embedder_set_trace (PrcEmbedder *embedder, PrcEmbedderTrace trace, gpointer user_data) {
  embedder->trace = trace;
  embedder->trace_data = user_data;
}

static void
tell (PrcEmbedder *self, const float *values, size_t length) {
  if (self->trace)
    self->trace (values, length, self->trace_data);
}

static void
convolve (PrcEmbedder *self, const PrcConv *conv, const float *input, unsigned n,
          const float *residual, bool relu, float *output) {
  prc_conv_forward (conv, input, n, residual, relu, self->scratch, output);
}

static size_t
length_of (const PrcConv *conv, unsigned n) {
  return (size_t)n * conv->out_size * conv->out_size * conv->outputs;
}

// maps[0] holds the input; afterwards it holds the output.
static void
run_block (PrcEmbedder *self, const PrcBlock *block, unsigned n) {
  float *input = self->maps[0], *middle = self->maps[1], *output = self->maps[2];
  convolve (self, &block->conv1, input, n, NULL, true, middle);
  tell (self, middle, length_of (&block->conv1, n));
  if (block->has_shortcut) {
    convolve (self, &block->shortcut, input, n, NULL, false, output);
    // Nothing reads the input any more: the sum takes its place.
    convolve (self, &block->conv2, middle, n, output, true, input);
  } else {
    convolve (self, &block->conv2, middle, n, input, true, output);
    self->maps[0] = output;
    self->maps[2] = input;
  }
  tell (self, self->maps[0], length_of (&block->conv2, n));
}

// The last block of a stage whose map is no wider than what is wanted.
static bool
is_joined (const PrcNetwork *network, unsigned block) {
  const PrcConv *last = &network->blocks[block].conv2;
  const bool ends =
      block + 1 == network->n_blocks || network->blocks[block + 1].conv1.out_size < last->out_size;
  return ends && last->out_size <= PRC_FEATURE_SIDE;
}

size_t
prc_embedder_input_length (const PrcEmbedder *embedder) {
  return prc_recipe_length (prc_model_recipe (embedder->model));
}

gboolean
prc_embedder_explains (const PrcEmbedder *embedder) {
  return prc_model_explains (embedder->model);
}

unsigned
prc_embedder_dimension (const PrcEmbedder *embedder) {
  return prc_model_dimension (embedder->model);
}

unsigned
prc_embedder_feature_length (const PrcEmbedder *embedder) {
  const PrcNetwork *network = prc_model_network (embedder->model);
  unsigned length = 0;
  for (unsigned i = 0; i < network->n_blocks; i++)
    length += is_joined (network, i) ? network->blocks[i].conv2.outputs : 0;
  return length;
}

static void
join (PrcEmbedder *self, const PrcNetwork *network, unsigned block) {
  const PrcConv *last = &network->blocks[block].conv2;
  if (!self->places || !is_joined (network, block))
    return;
  prc_features_lay (self->maps[0], last->out_size, last->outputs, PRC_FEATURE_SIDE,
                    self->places + self->n_joined, prc_embedder_feature_length (self));
  self->n_joined += last->outputs;
}

static void
forward (PrcEmbedder *embedder, const float *inputs, unsigned n, float *vectors) {
  const PrcNetwork *network = prc_model_network (embedder->model);
  const PrcConv *stem = &network->stem;
  if (n == 0)
    return;
  convolve (embedder, stem, inputs, n, NULL, true, embedder->maps[1]);
  tell (embedder, embedder->maps[1], length_of (stem, n));
  prc_max_pool (embedder->maps[1], n, stem->out_size, stem->outputs, embedder->maps[0]);
  tell (embedder, embedder->maps[0], length_of (stem, n) / 4);
  for (unsigned i = 0; i < network->n_blocks; i++) {
    run_block (embedder, &network->blocks[i], n);
    join (embedder, network, i);
  }
  const PrcConv *last = &network->blocks[network->n_blocks - 1].conv2;
  prc_mean_pool (embedder->maps[0], n, last->out_size, last->outputs, embedder->features);
  tell (embedder, embedder->features, (size_t)n * network->features);
  prc_dense (embedder->features, n, network->features, network->dimension, network->head_packed,
             network->head_bias, vectors);
  prc_normalise (vectors, n, network->dimension);
  tell (embedder, vectors, (size_t)n * network->dimension);
}

gboolean
prc_embedder_forward (PrcEmbedder *embedder, const float *inputs, unsigned n, float *vectors,
                      GError **error) {
  PrcOnnx *onnx = prc_model_onnx (embedder->model);
  g_return_val_if_fail (n <= embedder->max_batch, FALSE);
  if (!onnx)
    forward (embedder, inputs, n, vectors);
  for (unsigned i = 0; onnx && i < n; i++)
    if (!prc_onnx_run (onnx, inputs + i * prc_embedder_input_length (embedder),
                       vectors + i * prc_embedder_dimension (embedder), error))
      return FALSE;
  return TRUE;
}

void
prc_embedder_forward_features (PrcEmbedder *embedder, const float *input, float *vector,
                               float *features) {
  g_return_if_fail (prc_embedder_explains (embedder));
  embedder->places = features;
  embedder->n_joined = 0;
  forward (embedder, input, 1, vector);
  embedder->places = NULL;
  prc_features_normalise (features, PRC_FEATURE_PLACES, prc_embedder_feature_length (embedder));
}

gboolean
prc_embedder_look (PrcEmbedder *embedder, const PrcFrame *frame, const PrcRegion *region,
                   const PrcMask *mask, float *input, GError **error) {
  const PrcRecipe *recipe = prc_model_recipe (embedder->model);
  return mask ? prc_preprocess_segment (recipe, frame, mask, input, error)
              : prc_preprocess (recipe, frame, region, input, error);
}

gboolean
prc_embedder_embed (PrcEmbedder *embedder, const PrcFrame *frame, const PrcRegion *region,
                    float *vector, GError **error) {
  return prc_embedder_look (embedder, frame, region, NULL, embedder->input, error) &&
         prc_embedder_forward (embedder, embedder->input, 1, vector, error);
}
