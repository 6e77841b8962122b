// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"
#include "prc-palette.h"
#include "prc-turn.h"

// How a frame is looked at. A plain value; any thread.
//
// Coordinate frames: `view_` is device pixels from the top left corner of the view, (0, 0) the
// outer corner of the first pixel; `image_` is image pixels, column then row, (0, 0) the outer
// corner of the first pixel, (0.5, 0.5) its centre.
typedef struct {
  int voi;              // PRC_VOI_USE_WINDOW, or the index of a VOI LUT of the frame
  double centre, width; // modality units; used with PRC_VOI_USE_WINDOW
  PrcVoiFunction function;
  bool invert;               // the user's own, on top of the frame's
  const PrcPalette *palette; // colours of a grey picture; NULL is grey
  bool overlays;             // paint the frame's overlays over it, white
  bool smooth; // bilinear when magnified, else nearest; minified is always area-averaged
  double zoom; // device pixels per image column, > 0
  double image_centre_x, image_centre_y; // the image point in the middle of the view
  uint8_t quarter_turns;                 // 0 to 3, clockwise
  bool flip;                             // left to right, after the turn (PS3.3 C.10.6)
  int scale; // device pixels per logical one, for the width of outlines; 0 is 1
} PrcViewParams;

#define PRC_VOI_USE_WINDOW (-1)

bool prc_view_params_equal (const PrcViewParams *a, const PrcViewParams *b);
PrcTurn prc_view_params_turn (const PrcViewParams *params);
void prc_view_params_set_turn (PrcViewParams *params, PrcTurn turn);

// The window a frame opens with: its first VOI LUT, else its first window, else
// prc_view_params_auto_window.
void prc_view_params_default_voi (PrcViewParams *params, const PrcFrame *frame);
// From the 1 % and 99 % quantiles of what is no padding; a whole-range window for a flat frame.
void prc_view_params_auto_window (PrcViewParams *params, const PrcFrame *frame);
// Zoom and centre so that the whole image is seen, in the right proportions.
void prc_view_params_fit (PrcViewParams *params, const PrcFrameInfo *info, int view_width,
                          int view_height);

void prc_view_params_to_image (const PrcViewParams *params, const PrcFrameInfo *info,
                               int view_width, int view_height, double view_x, double view_y,
                               double *image_x, double *image_y);
void prc_view_params_to_view (const PrcViewParams *params, const PrcFrameInfo *info, int view_width,
                              int view_height, double image_x, double image_y, double *view_x,
                              double *view_y);

// Moves the picture by (dx, dy) device pixels: it goes where the hand goes, however it is turned.
void prc_view_params_pan (PrcViewParams *params, const PrcFrameInfo *info, double dx, double dy);
// Zooms by `factor` and keeps the image point under (view_x, view_y) where it is.
void prc_view_params_zoom_at (PrcViewParams *params, const PrcFrameInfo *info, int view_width,
                              int view_height, double view_x, double view_y, double factor);
