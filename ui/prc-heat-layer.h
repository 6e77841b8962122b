// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-explanation.h"
#include "prc-layer.h"

// How well the patches of one side are matched, as something to paint over its image: one colour in
// PRC_HEAT_STEPS steps of opacity, smooth from the middle of a patch to the next, at most a third
// opaque: what lies below is read through it. NULL when nothing is matched better than by chance.
#define PRC_HEAT_STEPS  6
#define PRC_HEAT_COLOUR 0xffb000 // on grey told apart by every kind of colour vision
PrcLayer *prc_heat_layer_new (const PrcExplanation *explanation, PrcExplanationSide side,
                              guint rows, guint columns);

// Heat at a place of the image, 0 to 1.
double prc_heat_layer_at (const PrcExplanation *explanation, PrcExplanationSide side,
                          double image_x, double image_y);
