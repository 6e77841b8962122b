// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-embedder.h"

// For the tests that compare every layer with PyTorch's: called with the NHWC values after the stem
// (layer 0), the pooling (1), both convolutions of every block (2, 3, ...), the mean and the unit
// vector. Images come in groups, which differ between layers, each layer's in their order.
typedef void (*PrcEmbedderTrace) (unsigned layer, const float *values, size_t length,
                                  gpointer user_data);
void prc_embedder_set_trace (PrcEmbedder *embedder, PrcEmbedderTrace trace, gpointer user_data);
