// SPDX-License-Identifier: Apache-2.0
// Holds what would be painted.
#include "prc-layer.h"

#include <glib.h>
#include <string.h>

struct _PrcLayer {
  size_t n;
  PrcLayerItem items[];
};

PrcLayer *
prc_layer_new (const PrcLayerItem *items, size_t n) {
  PrcLayer *self = g_atomic_rc_box_alloc0 (sizeof *self + n * sizeof *items);

  for (size_t i = 0; i < n; i++)
    if (items[i].fill > 0 || items[i].outline > 0)
      self->items[self->n++] = items[i];
  if (self->n == 0)
    g_clear_pointer (&self, g_atomic_rc_box_release);
  return self;
}

void
prc_layer_unref (PrcLayer *layer) {
  g_atomic_rc_box_release (layer);
}

const PrcLayerItem *
prc_layer_items (const PrcLayer *layer, size_t *n) {
  *n = layer->n;
  return layer->items;
}
