// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame-store.h"
#include "prc-render.h"

// Gets one view its frames and pictures without making it wait: at most one decode and one
// rendering run for the view, at most one of each waits, and a newer wish replaces the one that
// waits. What was started is finished and delivered (so that fast scrolling shows pictures on the
// way), unless prc_render_source_reset came in between. Main thread.
typedef struct _PrcRenderSource PrcRenderSource;

// Called on the main thread. Either `frame` or `error` is set. All borrowed.
typedef void (*PrcFrameReady) (PrcInstance *instance, guint number, PrcFrame *frame,
                               const GError *error, gpointer user_data);
typedef void (*PrcRasterReady) (PrcInstance *instance, guint number, PrcRaster *raster,
                                gpointer user_data);

PrcRenderSource *prc_render_source_new (PrcFrameStore *store, PrcFrameReady frame_ready,
                                        PrcRasterReady raster_ready, gpointer user_data);
void prc_render_source_free (PrcRenderSource *source); // nothing is delivered after this
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcRenderSource, prc_render_source_free)

// Forgets everything wanted and under way.
void prc_render_source_reset (PrcRenderSource *source);

// Frame `number` (from 0) of an instance. A frame that is in memory is returned at once, owned by
// the caller, and nothing is delivered; NULL: it is under way.
PrcFrame *prc_render_source_want_frame (PrcRenderSource *source, PrcInstance *instance,
                                        guint number);

// A picture of `frame`, which is frame `number` of `instance`, for width x height device pixels,
// with `layer` (may be NULL) over it.
void prc_render_source_want_raster (PrcRenderSource *source, PrcInstance *instance, guint number,
                                    PrcFrame *frame, const PrcViewParams *params,
                                    const PrcLayer *layer, int width, int height);
void prc_render_source_drop_rasters (PrcRenderSource *source); // none that was wanted is delivered
