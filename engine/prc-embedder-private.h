// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-embedder.h"

// For the tests that compare every layer with PyTorch's: called after the stem, the pooling, both
// convolutions of every block, the mean and the unit vector, in this order, with the NHWC values of
// the whole batch.
typedef void (*PrcEmbedderTrace) (const float *values, size_t length, gpointer user_data);
void prc_embedder_set_trace (PrcEmbedder *embedder, PrcEmbedderTrace trace, gpointer user_data);
