// SPDX-License-Identifier: Apache-2.0
#include "prc-recipe.h"

#include "prc-preprocess.h"

const PrcRecipe prc_recipe_built_in = {
    .size = PRC_INPUT_SIZE,
    .channels = PRC_INPUT_CHANNELS,
    .ct = {{-600, 1500}, {40, 400}, {400, 1800}},
    .quantiles = {0.005, 0.995},
    .mean = {0.5f, 0.5f, 0.5f},
    .sd = {0.5f, 0.5f, 0.5f},
    .interpolation = PRC_INTERPOLATION_AREA,
};

size_t
prc_recipe_length (const PrcRecipe *recipe) {
  return (size_t)recipe->size * recipe->size * recipe->channels;
}
