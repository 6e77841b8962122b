// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtk/gtk.h>
#include "prc-annotate.h"
#include "prc-render.h"

// What a slice view draws, ready to be drawn again cheaply: the raster as a texture (and, for the
// cairo renderer, as a surface over the same bytes), the annotation as a render node that is made
// anew only when prc_slice_picture_forget_annotation was called. Plain struct, zero is empty. Main
// thread.
typedef struct {
  GdkTexture *texture;
  cairo_surface_t *surface, *last_surface;
  GskRenderNode *annotation;
} PrcSlicePicture;

void prc_slice_picture_clear (PrcSlicePicture *picture);
void prc_slice_picture_set_raster (PrcSlicePicture *picture,
                                   const PrcRaster *raster); // its bytes are shared
void prc_slice_picture_forget_annotation (PrcSlicePicture *picture);

// All in the widget's logical pixels, black below. The texture is drawn one pixel per device pixel,
// in the middle.
void prc_slice_picture_snapshot_texture (PrcSlicePicture *picture, GtkWidget *widget,
                                         GtkSnapshot *snapshot);
void prc_slice_picture_snapshot_annotation (PrcSlicePicture *picture, GtkWidget *widget,
                                            GtkSnapshot *snapshot, const PrcAnnotation *what);
// The border of a rectangle given in device pixels, light on a dark one, seen on any picture.
void prc_slice_picture_snapshot_frame (GtkWidget *widget, GtkSnapshot *snapshot,
                                       const graphene_rect_t *view_rect);
// A ring around a point, likewise.
void prc_slice_picture_snapshot_ring (GtkWidget *widget, GtkSnapshot *snapshot, double view_x,
                                      double view_y, double view_radius);
// A sentence in the middle (`low` = 0.5) or near the bottom (`low` near 1), wrapped, light on a
// dark plate.
void prc_slice_picture_snapshot_sentence (GtkWidget *widget, GtkSnapshot *snapshot,
                                          const char *sentence, double low);
