// SPDX-License-Identifier: Apache-2.0
#include "prc-view-params.h"

#include <math.h>

// Beyond these a picture is one pixel or one flat colour, and products of coordinates lose their
// meaning.
#define ZOOM_MIN 1e-3
#define ZOOM_MAX 1e3

bool
prc_view_params_equal (const PrcViewParams *a, const PrcViewParams *b) {
  return a->voi == b->voi && a->centre == b->centre && a->width == b->width &&
         a->function == b->function && a->invert == b->invert && a->palette == b->palette &&
         a->overlays == b->overlays && a->smooth == b->smooth && a->zoom == b->zoom &&
         a->image_centre_x == b->image_centre_x && a->image_centre_y == b->image_centre_y &&
         a->quarter_turns == b->quarter_turns && a->flip == b->flip && a->scale == b->scale;
}

PrcTurn
prc_view_params_turn (const PrcViewParams *params) {
  return (PrcTurn){params->quarter_turns % 4, params->flip};
}

void
prc_view_params_set_turn (PrcViewParams *params, PrcTurn turn) {
  params->quarter_turns = turn.quarter_turns;
  params->flip = turn.flip;
}

static double
type_span (PrcSampleType type) {
  switch (type) {
  case PRC_SAMPLE_U8:
  case PRC_SAMPLE_S8:
  case PRC_SAMPLE_RGB8:
    return 255;
  case PRC_SAMPLE_U16:
  case PRC_SAMPLE_S16:
    return 65535;
  case PRC_SAMPLE_U32:
  case PRC_SAMPLE_S32:
    return 4294967295.0;
  default:
    return 1;
  }
}

static void
set_window (PrcViewParams *params, double low, double high) {
  params->centre = low + (high - low) / 2;
  params->width = high - low;
}

void
prc_view_params_auto_window (PrcViewParams *params, const PrcFrame *frame) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  double q[2] = {0.01, 0.99}, range[2] = {0, 1}, values[2];

  // LINEAR would add its half unit, which is too coarse for fractional values (PET, parametric
  // maps).
  params->voi = PRC_VOI_USE_WINDOW;
  params->function = PRC_VOI_LINEAR_EXACT;
  if (!prc_frame_quantiles (frame, q, values, 2)) {
    set_window (params, 0, 255);
    return;
  }
  if (!(values[1] > values[0]))
    prc_frame_quantiles (frame, range, values, 2);
  if (values[1] > values[0]) {
    set_window (params, values[0], values[1]);
  } else {
    params->centre = values[0];
    params->width = fmax (type_span (info->type) * fabs (info->rescale_slope), 1e-6);
  }
}

void
prc_view_params_default_voi (PrcViewParams *params, const PrcFrame *frame) {
  const PrcFrameInfo *info = prc_frame_info (frame);

  // A window is set beside a VOI LUT too: it is where a drag begins.
  if (info->n_windows > 0) {
    params->centre = info->windows[0].centre;
    params->width = info->windows[0].width;
    params->function = info->voi_function;
  } else {
    prc_view_params_auto_window (params, frame);
  }
  params->voi = info->n_voi_luts > 0 ? 0 : PRC_VOI_USE_WINDOW;
}

void
prc_view_params_fit (PrcViewParams *params, const PrcFrameInfo *info, int view_width,
                     int view_height) {
  bool lies = params->quarter_turns % 2 != 0;
  int width = lies ? view_height : view_width, height = lies ? view_width : view_height;
  double across = (width > 0 ? width : 1) / (double)info->columns;
  double down = (height > 0 ? height : 1) / (info->rows * info->pixel_aspect);

  params->zoom = fmin (across, down);
  params->image_centre_x = info->columns / 2.0;
  params->image_centre_y = info->rows / 2.0;
}

void
prc_view_params_to_image (const PrcViewParams *params, const PrcFrameInfo *info, int view_width,
                          int view_height, double view_x, double view_y, double *image_x,
                          double *image_y) {
  double x = view_x - view_width / 2.0, y = view_y - view_height / 2.0;

  prc_turn_back_vector (prc_view_params_turn (params), &x, &y);
  *image_x = params->image_centre_x + x / params->zoom;
  *image_y = params->image_centre_y + y / (params->zoom * info->pixel_aspect);
}

void
prc_view_params_to_view (const PrcViewParams *params, const PrcFrameInfo *info, int view_width,
                         int view_height, double image_x, double image_y, double *view_x,
                         double *view_y) {
  double x = (image_x - params->image_centre_x) * params->zoom;
  double y = (image_y - params->image_centre_y) * params->zoom * info->pixel_aspect;

  prc_turn_vector (prc_view_params_turn (params), &x, &y);
  *view_x = view_width / 2.0 + x;
  *view_y = view_height / 2.0 + y;
}

void
prc_view_params_pan (PrcViewParams *params, const PrcFrameInfo *info, double dx, double dy) {
  prc_turn_back_vector (prc_view_params_turn (params), &dx, &dy);
  params->image_centre_x -= dx / params->zoom;
  params->image_centre_y -= dy / (params->zoom * info->pixel_aspect);
}

void
prc_view_params_zoom_at (PrcViewParams *params, const PrcFrameInfo *info, int view_width,
                         int view_height, double view_x, double view_y, double factor) {
  double x = view_width / 2.0 - view_x, y = view_height / 2.0 - view_y;
  double zoom = params->zoom * factor;

  // A fitted view may already lie beyond the limits; then zoom only moves back towards them.
  if (!(zoom > 0) || (zoom > ZOOM_MAX && factor > 1) || (zoom < ZOOM_MIN && factor < 1))
    return;
  // The point comes to the middle, the zoom changes, the point goes back.
  prc_view_params_pan (params, info, x, y);
  params->zoom = zoom;
  prc_view_params_pan (params, info, -x, -y);
}
