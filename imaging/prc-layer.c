// SPDX-License-Identifier: Apache-2.0
#include "prc-layer.h"

#include <glib.h>
#include <math.h>

struct _PrcLayer {
  gpointer prepared; // or NULL; atomic
  GDestroyNotify destroy;
  size_t n;
  PrcLayerItem items[];
};

unsigned
prc_layer_alpha (double opacity) {
  return (unsigned)rint (fmin (fmax (opacity, 0), 1) * 256); // not a number: 0
}

static bool
is_seen (const PrcLayerItem *item) {
  return item->mask != NULL && prc_mask_area (item->mask) > 0 &&
         (prc_layer_alpha (item->fill) > 0 || prc_layer_alpha (item->outline) > 0);
}

PrcLayer *
prc_layer_new (const PrcLayerItem *items, size_t n) {
  PrcLayer *layer;
  size_t n_seen = 0;

  for (size_t i = 0; i < n; i++)
    n_seen += is_seen (&items[i]);
  if (n_seen == 0)
    return NULL;
  layer = g_atomic_rc_box_alloc (sizeof *layer + n_seen * sizeof *items);
  layer->prepared = NULL;
  layer->destroy = NULL;
  layer->n = 0;
  for (size_t i = 0; i < n; i++)
    if (is_seen (&items[i])) {
      layer->items[layer->n] = items[i];
      layer->items[layer->n++].mask = prc_mask_ref (items[i].mask);
    }
  return layer;
}

PrcLayer *
prc_layer_ref (const PrcLayer *layer) {
  return g_atomic_rc_box_acquire ((PrcLayer *)layer);
}

static void
layer_clear (gpointer data) {
  PrcLayer *layer = data;

  if (layer->prepared != NULL)
    layer->destroy (layer->prepared);
  for (size_t i = 0; i < layer->n; i++)
    prc_mask_unref ((PrcMask *)layer->items[i].mask);
}

void
prc_layer_unref (PrcLayer *layer) {
  g_atomic_rc_box_release_full (layer, layer_clear);
}

const PrcLayerItem *
prc_layer_items (const PrcLayer *layer, size_t *n) {
  *n = layer->n;
  return layer->items;
}

gpointer
prc_layer_take_prepared (const PrcLayer *layer) {
  return g_atomic_pointer_exchange (&((PrcLayer *)layer)->prepared, NULL);
}

void
prc_layer_put_prepared (const PrcLayer *layer, gpointer prepared, GDestroyNotify destroy) {
  gpointer before;

  ((PrcLayer *)layer)->destroy = destroy; // one and the same for all
  before = g_atomic_pointer_exchange (&((PrcLayer *)layer)->prepared, prepared);
  if (before != NULL)
    destroy (before);
}
