// SPDX-License-Identifier: Apache-2.0
#include "prc-embedder.h"

#include <stdlib.h>

#include "prc-embedder-private.h"
#include "prc-features.h"
#include "prc-network.h"

#define ALIGNMENT 64
#define N_HELD    2            // maps of the whole batch: what went in and what comes out
#define N_WORK    4            // maps of a group: within a block, its shortcut, between blocks
#define NEAR      (256u << 10) // floats of the maps of a group: they stay in the cache

struct _PrcEmbedder {
  PrcModel *model;
  unsigned max_batch;
  float *arena;
  float *input; // one preprocessed slice
  float *held[N_HELD], *work[N_WORK];
  float *scratch;    // of the convolutions
  float *features;   // [max_batch][features]
  float *places;     // wanted of the input under way, the caller's; or NULL
  unsigned n_joined; // floats of a place that are there already
  PrcEmbedderTrace trace;
  gpointer trace_data;
};

static size_t
rounded (size_t floats) {
  return (floats + ALIGNMENT / sizeof (float) - 1) / (ALIGNMENT / sizeof (float)) *
         (ALIGNMENT / sizeof (float));
}

static size_t
length_of (const PrcConv *conv, unsigned n) {
  return (size_t)n * conv->out_size * conv->out_size * conv->outputs;
}

static size_t
pooled_length (const PrcConv *stem, unsigned n) {
  const size_t half = (stem->out_size - 1) / 2 + 1;
  return n * half * half * stem->outputs;
}

// Of n images those that go through a layer together, whose maps take `floats` each: as many as
// stay in the cache, in groups of much the same size.
static unsigned
group_size (size_t floats, unsigned n) {
  const unsigned most = (unsigned)CLAMP (NEAR / floats, 1, n), groups = (n + most - 1) / most;
  return (n + groups - 1) / groups;
}

static unsigned
stem_group (const PrcConv *stem, unsigned n) {
  return group_size (length_of (stem, 1), n);
}

static unsigned
block_group (const PrcBlock *block, unsigned n) {
  const PrcConv *in = &block->conv1;
  return group_size ((size_t)in->in_size * in->in_size * in->inputs + 2 * length_of (in, 1), n);
}

typedef struct {
  size_t held, work, scratch; // floats; the first for one image
} Needs;

static void
consider (Needs *needs, const PrcConv *conv, unsigned group) {
  needs->work = MAX (needs->work, length_of (conv, group));
  needs->scratch = MAX (needs->scratch, prc_conv_scratch_length (conv, group));
}

static Needs
measure (const PrcNetwork *network, unsigned max_batch) {
  Needs needs = {.held = pooled_length (&network->stem, 1)};
  for (unsigned n = 1; n <= max_batch; n++)
    consider (&needs, &network->stem, stem_group (&network->stem, n));
  for (unsigned i = 0; i < network->n_blocks; i++) {
    const PrcBlock *block = &network->blocks[i];
    needs.held = MAX (needs.held, length_of (&block->conv2, 1));
    for (unsigned n = 1; n <= max_batch; n++) {
      consider (&needs, &block->conv1, block_group (block, n));
      consider (&needs, &block->conv2, block_group (block, n));
      if (block->has_shortcut)
        consider (&needs, &block->shortcut, block_group (block, n));
    }
  }
  return needs;
}

static float *
take (float **free_space, size_t floats) {
  float *array = *free_space;
  *free_space += rounded (floats);
  return array;
}

static void
lay_arena (PrcEmbedder *self, const PrcNetwork *network) {
  const Needs needs =
      prc_model_onnx (self->model) ? (Needs){0} : measure (network, self->max_batch);
  const size_t input = prc_embedder_input_length (self);
  const size_t held = self->max_batch * needs.held;
  const size_t features = (size_t)self->max_batch * network->features;
  const size_t total = rounded (input) + N_HELD * rounded (held) + N_WORK * rounded (needs.work) +
                       rounded (needs.scratch) + rounded (features);
  self->arena = aligned_alloc (ALIGNMENT, total * sizeof (float));
  if (!self->arena)
    abort (); // out of memory, as g_malloc does
  float *free_space = self->arena;
  self->input = take (&free_space, input);
  for (unsigned i = 0; i < N_HELD; i++)
    self->held[i] = take (&free_space, held);
  for (unsigned i = 0; i < N_WORK; i++)
    self->work[i] = take (&free_space, needs.work);
  self->scratch = take (&free_space, needs.scratch);
  self->features = take (&free_space, features);
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
tell (PrcEmbedder *self, unsigned layer, const float *values, size_t length) {
  if (self->trace)
    self->trace (layer, values, length, self->trace_data);
}

static void
convolve (PrcEmbedder *self, const PrcConv *conv, const float *input, unsigned n,
          const float *residual, bool relu, float *output) {
  prc_conv_forward (conv, input, n, residual, relu, self->scratch, output);
}

// Numbers of the layers for the trace: two of the stem, two of every block, mean and vector.
static void
run_stem (PrcEmbedder *self, const PrcConv *stem, const float *input, unsigned n, float *output) {
  convolve (self, stem, input, n, NULL, true, self->work[0]);
  tell (self, 0, self->work[0], length_of (stem, n));
  prc_max_pool (self->work[0], n, stem->out_size, stem->outputs, output);
  tell (self, 1, output, pooled_length (stem, n));
}

static void
run_block (PrcEmbedder *self, unsigned index, const float *input, unsigned n, float *output) {
  const PrcBlock *block = &prc_model_network (self->model)->blocks[index];
  float *middle = self->work[0], *shortcut = self->work[1];
  convolve (self, &block->conv1, input, n, NULL, true, middle);
  tell (self, 2 + 2 * index, middle, length_of (&block->conv1, n));
  if (block->has_shortcut)
    convolve (self, &block->shortcut, input, n, NULL, false, shortcut);
  convolve (self, &block->conv2, middle, n, block->has_shortcut ? shortcut : input, true, output);
  tell (self, 3 + 2 * index, output, length_of (&block->conv2, n));
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
join (PrcEmbedder *self, const PrcNetwork *network, unsigned block, const float *map) {
  const PrcConv *last = &network->blocks[block].conv2;
  if (!self->places || !is_joined (network, block))
    return;
  prc_features_lay (map, last->out_size, last->outputs, PRC_FEATURE_SIDE,
                    self->places + self->n_joined, prc_embedder_feature_length (self));
  self->n_joined += last->outputs;
}

// Blocks [first, last) one after the other on a group of images.
static void
run_blocks (PrcEmbedder *self, unsigned first, unsigned last, const float *input, unsigned n,
            float *output) {
  for (unsigned i = first; i < last; i++) {
    float *to = i + 1 == last ? output : self->work[2 + i % 2];
    run_block (self, i, input, n, to);
    join (self, prc_model_network (self->model), i, to);
    input = to;
  }
}

// held[0] holds the input of block `first`; afterwards it holds the output of the last that suits
// groups of the same size, and the one after is returned.
static unsigned
run_grouped (PrcEmbedder *self, unsigned first, unsigned n) {
  const PrcNetwork *network = prc_model_network (self->model);
  const PrcConv *in = &network->blocks[first].conv1;
  const unsigned group = block_group (&network->blocks[first], n);
  unsigned last = first + 1;
  while (last < network->n_blocks && block_group (&network->blocks[last], n) == group)
    last++;
  const size_t in_map = (size_t)in->in_size * in->in_size * in->inputs;
  const size_t out_map = length_of (&network->blocks[last - 1].conv2, 1);
  for (unsigned i = 0; i < n; i += group)
    run_blocks (self, first, last, self->held[0] + i * in_map, MIN (group, n - i),
                self->held[1] + i * out_map);
  float *output = self->held[1];
  self->held[1] = self->held[0];
  self->held[0] = output;
  return last;
}

static void
forward (PrcEmbedder *embedder, const float *inputs, unsigned n, float *vectors) {
  const PrcNetwork *network = prc_model_network (embedder->model);
  const PrcConv *stem = &network->stem;
  if (n == 0)
    return;
  const unsigned group = stem_group (stem, n);
  const size_t in_map = (size_t)stem->in_size * stem->in_size * stem->inputs;
  for (unsigned i = 0; i < n; i += group)
    run_stem (embedder, stem, inputs + i * in_map, MIN (group, n - i),
              embedder->held[0] + i * pooled_length (stem, 1));
  for (unsigned i = 0; i < network->n_blocks;)
    i = run_grouped (embedder, i, n);
  const PrcConv *last = &network->blocks[network->n_blocks - 1].conv2;
  const unsigned layer = 2 + 2 * network->n_blocks;
  prc_mean_pool (embedder->held[0], n, last->out_size, last->outputs, embedder->features);
  tell (embedder, layer, embedder->features, (size_t)n * network->features);
  prc_dense (embedder->features, n, network->features, network->dimension, network->head_packed,
             network->head_bias, vectors);
  prc_normalise (vectors, n, network->dimension);
  tell (embedder, layer + 1, vectors, (size_t)n * network->dimension);
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
