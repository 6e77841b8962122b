// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>

// What an encoder wants to see: how prc_preprocess makes its input. Plain struct, copied freely; the
// built-in encoder's is a constant, that of an encoder in ONNX comes from the side file beside it.
#define PRC_RECIPE_MAX_CHANNELS 3

typedef enum {
  PRC_INTERPOLATION_AREA,   // the mean of what is under a step
  PRC_INTERPOLATION_LINEAR, // a triangle over two steps: "bilinear" with antialiasing
  PRC_INTERPOLATION_CUBIC,  // Keys' kernel (-0.5) over four: "bicubic" with antialiasing
} PrcInterpolation;

typedef struct {
  unsigned size, channels; // H = W; 1 or 3
  struct {
    float centre, width; // HU
  } ct[PRC_RECIPE_MAX_CHANNELS];
  double quantiles[2]; // which values of a picture that is no CT become 0 and 1
  // (value - mean) / sd of values from 0 to 1, in the order of the input's channels
  float mean[PRC_RECIPE_MAX_CHANNELS], sd[PRC_RECIPE_MAX_CHANNELS];
  PrcInterpolation interpolation;
  bool planes; // [C][H][W], else [H][W][C]
} PrcRecipe;

// CT windows: lung -600/1500, soft tissue 40/400, bone 400/1800; quantiles 0.5 % and 99.5 %; values
// from -1 to 1; the mean of what is under a step.
extern const PrcRecipe prc_recipe_built_in;

size_t prc_recipe_length (const PrcRecipe *recipe); // floats of one input
