// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The layers of the encoder on float32 maps, NHWC: [image][row][column][channel]. Maps are square.
// Every function has a naive twin with the suffix _reference, kept for tests. Nothing allocates;
// scratch and outputs are the caller's, 64-byte aligned, and overlap with nothing else. Reentrant.

typedef enum {
  PRC_CONV_GEMM,      // 1 x 1: one matrix product, gathered first when strided
  PRC_CONV_IM2COL,    // tiles of unfolded patches that stay in the cache, then a product
  PRC_CONV_WINOGRAD2, // F(2 x 2, 3 x 3): 2.25 x fewer multiplications
  PRC_CONV_WINOGRAD4, // F(4 x 4, 3 x 3): 4 x fewer
} PrcConvMethod;

// A convolution with padding kernel / 2 and its bias. Borrows its arrays.
typedef struct {
  unsigned inputs, outputs; // channels; outputs a multiple of 16
  unsigned kernel, stride;
  unsigned in_size, out_size; // rows = columns; out_size = (in_size - 1) / stride + 1
  PrcConvMethod method;       // Winograd: kernel 3, stride 1, inputs a multiple of 16
  const float *weights;       // [kernel][kernel][inputs][outputs]
  const float *transformed;   // Winograd: [(m + 2)^2][inputs][outputs], from prc_conv_transform
  const float *bias;          // [outputs]
} PrcConv;

// What is fastest for this shape, by a rule taken from measurements (tests/bench/bench-embed prints
// them): the same on every machine, so that a vector does not depend on a stopwatch.
PrcConvMethod prc_conv_choose (const PrcConv *conv);

size_t prc_conv_transformed_length (const PrcConv *conv); // floats; 0 when the method needs none
void prc_conv_transform (const PrcConv *conv, float *transformed);

size_t prc_conv_scratch_length (const PrcConv *conv, unsigned n); // floats, for n images

// output = act (conv (input) + bias + residual); residual may be NULL, act is max (0, x) when
// `relu`.
void prc_conv_forward (const PrcConv *conv, const float *input, unsigned n, const float *residual,
                       bool relu, float *scratch, float *output);

// 3 x 3 maximum, stride 2, padding 1: [n][size][size][channels] to half the size; channels a
// multiple of 16.
void prc_max_pool (const float *input, unsigned n, unsigned size, unsigned channels, float *output);
// Mean over the map: [n][size][size][channels] to [n][channels].
void prc_mean_pool (const float *input, unsigned n, unsigned size, unsigned channels,
                    float *output);
// output [n][outputs] = input [n][inputs] * weights [inputs][outputs] + bias.
void prc_dense (const float *input, unsigned n, unsigned inputs, unsigned outputs,
                const float *weights, const float *bias, float *output);
// Every row to unit length; a row of zeros stays.
void prc_normalise (float *rows, unsigned n, unsigned length);

void prc_conv_forward_reference (const PrcConv *conv, const float *input, unsigned n,
                                 const float *residual, bool relu, float *output);
void prc_max_pool_reference (const float *input, unsigned n, unsigned size, unsigned channels,
                             float *output);
void prc_mean_pool_reference (const float *input, unsigned n, unsigned size, unsigned channels,
                              float *output);
void prc_dense_reference (const float *input, unsigned n, unsigned inputs, unsigned outputs,
                          const float *weights, const float *bias, float *output);
