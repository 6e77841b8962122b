// SPDX-License-Identifier: Apache-2.0
#include "prc-box-picture.h"

#include <math.h>

#include "prc-box-shape.h"
#include "prc-render.h"

GdkTexture *
prc_box_picture (const PrcFrame *frame, const PrcViewParams *params, const PrcRegion *box,
                 int size) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  PrcViewParams own = *params;

  own.image_centre_x = box->x + box->width / 2;
  own.image_centre_y = box->y + box->height / 2;
  own.zoom = size / MAX (box->width, box->height * info->pixel_aspect);
  own.scale = 1;
  const PrcRegion seen = prc_box_to_view (box, &own, info, 0, 0);
  g_autoptr (PrcRaster) raster = prc_render (frame, &own, NULL, MAX ((int)round (seen.width), 1),
                                             MAX ((int)round (seen.height), 1), NULL, NULL);
  return raster ? gdk_memory_texture_new (raster->width, raster->height, GDK_MEMORY_B8G8R8A8,
                                          raster->bytes, raster->stride)
                : NULL;
}
