// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "prc-mask.h"

// What is painted over one slice: masks of the image's size with their colours, the first at the
// bottom, all outlines above all fills. Immutable, reference-counted, any thread.
typedef struct _PrcLayer PrcLayer;

typedef struct {
  const PrcMask *mask;
  uint32_t colour; // 0xRRGGBB
  double fill;     // opacity inside, 0 to 1; painted to the nearest of 256 steps
  double outline;  // opacity of the edge, likewise; one logical pixel wide, inside the mask
} PrcLayerItem;

// References are taken; items of which nothing is seen are left out. NULL when none is left.
PrcLayer *prc_layer_new (const PrcLayerItem *items, size_t n);
PrcLayer *prc_layer_ref (const PrcLayer *layer);
void prc_layer_unref (PrcLayer *layer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcLayer, prc_layer_unref)

const PrcLayerItem *prc_layer_items (const PrcLayer *layer, size_t *n); // borrowed
unsigned prc_layer_alpha (double opacity); // 0 (nothing is seen) to 256 (opaque)

// What is made of a layer to paint it stays with it from one picture to the next: for
// prc-layer-paint.h. Taken it is the caller's, NULL when there is none; what is put replaces.
gpointer prc_layer_take_prepared (const PrcLayer *layer);
void prc_layer_put_prepared (const PrcLayer *layer, gpointer prepared, GDestroyNotify destroy);
