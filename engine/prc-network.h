// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-model.h"
#include "prc-onnx.h"
#include "prc-ops.h"

// What a model is inside: shared by prc-model.c, which builds it, and prc-embedder.c, which runs
// it. All arrays belong to the model and live as long.
typedef struct {
  PrcConv conv1, conv2, shortcut; // output = relu (conv2 (relu (conv1 (x))) + shortcut (x) or x)
  bool has_shortcut;
} PrcBlock;

#define PRC_NETWORK_MAX_BLOCKS 32

typedef struct {
  PrcConv stem; // then relu and a 3 x 3 maximum, stride 2
  PrcBlock blocks[PRC_NETWORK_MAX_BLOCKS];
  unsigned n_blocks;
  unsigned features, dimension; // head: [features] to [dimension], after the mean over the map
  const float *head_packed, *head_bias; // [features][dimension] packed, [dimension]
} PrcNetwork;

const PrcNetwork *prc_model_network (const PrcModel *model); // of the built-in encoder
PrcOnnx *prc_model_onnx (const PrcModel *model);             // or NULL: it is the built-in one

// As prc_model_load, but for inputs of any size, which the network's stem says: for benchmarks and
// for tests of the layers, as preprocessing makes PRC_INPUT_SIZE only.
PrcModel *prc_model_load_any_input (const char *path, GError **error);
