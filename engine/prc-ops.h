// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The layers of the encoder on float32 maps, NHWC: [image][row][column][channel]. Maps are square.
// Every function has a naive twin with the suffix _reference, kept for tests. Nothing allocates;
// scratch and outputs are the caller's, 64-byte aligned, and overlap with nothing else. Reentrant.

typedef enum {
  PRC_CONV_DIRECT,    // one product over a padded copy of the map, nothing unfolded
  PRC_CONV_WINOGRAD2, // F(2 x 2, 3 x 3): 2.25 x fewer multiplications
  PRC_CONV_WINOGRAD4, // F(4 x 4, 3 x 3): 4 x fewer
} PrcConvMethod;

// A convolution with padding kernel / 2 and its bias. Borrows its arrays.
typedef struct {
  unsigned inputs, outputs; // channels; outputs a multiple of 16
  unsigned kernel, stride;
  unsigned in_size, out_size; // rows = columns; out_size = (in_size - 1) / stride + 1
  PrcConvMethod method;       // Winograd: kernel 3, stride 1, inputs a multiple of 16
  const float *packed;        // from prc_conv_pack
  const float *bias;          // [outputs]
} PrcConv;

// What is fastest for this shape, by a rule taken from measurements (tests/bench/bench-embed prints
// them): the same on every machine, so that a vector does not depend on a stopwatch.
PrcConvMethod prc_conv_choose (const PrcConv *conv);

// Filters [kernel][kernel][inputs][outputs] as the method and this processor's product want them.
size_t prc_conv_packed_length (const PrcConv *conv); // floats
void prc_conv_pack (const PrcConv *conv, const float *weights, float *packed);

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
// output [n][outputs] = input [n][inputs] * right side + bias; outputs a multiple of 16. The right
// side [inner][columns] is packed by prc_pack_right into prc_packed_length floats.
size_t prc_packed_length (size_t inner, unsigned columns);
void prc_pack_right (const float *right, size_t inner, unsigned columns, float *packed);
void prc_dense (const float *input, unsigned n, unsigned inputs, unsigned outputs,
                const float *packed, const float *bias, float *output);
// Every row to unit length; a row of zeros stays.
void prc_normalise (float *rows, unsigned n, unsigned length);

void prc_conv_forward_reference (const PrcConv *conv, const float *weights, const float *input,
                                 unsigned n, const float *residual, bool relu, float *output);
void prc_max_pool_reference (const float *input, unsigned n, unsigned size, unsigned channels,
                             float *output);
void prc_mean_pool_reference (const float *input, unsigned n, unsigned size, unsigned channels,
                              float *output);
void prc_dense_reference (const float *input, unsigned n, unsigned inputs, unsigned outputs,
                          const float *weights, const float *bias, float *output);
