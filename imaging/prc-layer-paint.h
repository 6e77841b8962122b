// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-layer.h"
#include "prc-view-params.h"

// Paints a layer over a picture of width x height device pixels row by row, while the row is still
// in the processor's cache. Of an image that is not turned.
//   Magnified, a device pixel is painted when its middle lies in a pixel of the mask; minified, when
//   it shows any part of one, so that thin structures never vanish. Only where the picture shows
//   the image.
//   The outline of what is painted so: what is at most params->scale steps up, down, left or right
//   from what is not, whether that is in view or not.
// Masks that are not of the image's size are not painted. One thread at a time.
typedef struct _PrcLayerPainter PrcLayerPainter;

// `aspect`: height / width of the image's pixels. What a layer was painted with last is used again
// where the place is the same. The layer is to outlive it, and takes it back.
PrcLayerPainter *prc_layer_painter_take (const PrcLayer *layer, const PrcViewParams *params,
                                         double aspect, uint32_t rows, uint32_t columns, int width,
                                         int height);
void prc_layer_painter_give_back (PrcLayerPainter *painter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcLayerPainter, prc_layer_painter_give_back)

// Whether the same is painted over device row y >= 1 as over the one above.
bool prc_layer_painter_same_as_above (const PrcLayerPainter *painter, int y);
void prc_layer_painter_paint (PrcLayerPainter *painter, int y, uint32_t *row); // `width` pixels

// All rows.
void prc_layer_paint (const PrcLayer *layer, const PrcViewParams *params, double aspect,
                      uint32_t rows, uint32_t columns, uint32_t *pixels, int width, int height);
