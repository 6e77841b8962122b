// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-frame.h"
#include "prc-layer.h"
#include "prc-view-params.h"

// Device pixels ready to show: immutable, reference-counted, any thread. Four bytes a pixel, B G R
// A in memory (cairo's and GDK's default 32-bit format on little endian), opaque, premultiplied.
typedef struct {
  int width, height;
  size_t stride; // bytes
  GBytes *bytes;
  PrcViewParams params; // it was made for
} PrcRaster;

PrcRaster *prc_raster_ref (PrcRaster *raster);
void prc_raster_unref (PrcRaster *raster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcRaster, prc_raster_unref)

// Stored values -> padding -> modality -> VOI -> presentation -> palette -> `layer` (may be NULL;
// prc-layer-paint.h), overlays over it, resampled to width x height device pixels in the same pass;
// black outside the image. Any thread; checks `cancellable` (may be NULL) every few rows. NULL only
// when cancelled or when width or height are not in 1..16384. Resampling is on VOI output when
// magnified (never upscale before the window).
PrcRaster *prc_render (const PrcFrame *frame, const PrcViewParams *params, const PrcLayer *layer,
                       int width, int height, GCancellable *cancellable, GError **error);

// The naive twin: one pixel after the other, in double precision, straight from the standard's
// formulas. For tests.
PrcRaster *prc_render_reference (const PrcFrame *frame, const PrcViewParams *params,
                                 const PrcLayer *layer, int width, int height);

// One image pixel per output pixel, no resampling, no overlays, no layer: rows * columns pixels of one byte
// (grey) or three (RGB).
GBytes *prc_render_native (const PrcFrame *frame, const PrcViewParams *params);
unsigned prc_render_native_channels (const PrcFrame *frame, const PrcViewParams *params); // 1 or 3
