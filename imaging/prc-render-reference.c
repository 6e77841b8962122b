// SPDX-License-Identifier: Apache-2.0
#include "prc-render.h"

#include <math.h>
#include <stdlib.h>

// The naive twin: reads like the standard, shares nothing with the fast way, and is as slow as it
// looks.

typedef struct {
  const PrcFrame *frame;
  const PrcFrameInfo *info;
  const PrcViewParams *params;
  bool inverse;
  const PrcLayer *layer; // or NULL
} Picture;

static double
look_up (const PrcLut *lut, double value) {
  double index = floor (value + 0.5) - lut->first_mapped;

  index = fmin (fmax (index, 0), lut->n_entries - 1.0);
  return lut->entries[(size_t)index];
}

static double
window (const PrcViewParams *params, double x) {
  double c = params->centre, w = params->width;

  if (params->function == PRC_VOI_SIGMOID)
    return 255 / (1 + exp (-4 * (x - c) / w));
  if (params->function == PRC_VOI_LINEAR_EXACT)
    return x <= c - w / 2 ? 0 : x > c + w / 2 ? 255 : ((x - c) / w + 0.5) * 255;
  if (w < 1)
    w = 1;
  if (x <= c - 0.5 - (w - 1) / 2)
    return 0;
  if (x > c - 0.5 + (w - 1) / 2)
    return 255;
  return ((x - (c - 0.5)) / (w - 1) + 0.5) * 255;
}

// Presentation value, 0 to 255, of a pixel.
static double
grey (const Picture *picture, uint32_t column, uint32_t row) {
  const PrcFrameInfo *info = picture->info;
  const PrcViewParams *params = picture->params;
  double stored = prc_frame_stored (picture->frame, column, row), value, output;

  if (isnan (stored))
    return 0;
  if (info->has_padding && stored >= info->padding_low && stored <= info->padding_high)
    return 0;
  if (info->modality_lut != NULL)
    value = look_up (info->modality_lut, stored);
  else
    value = stored * info->rescale_slope + info->rescale_intercept;
  if (isnan (value))
    return 0;
  if (params->voi >= 0 && params->voi < (int)info->n_voi_luts) {
    const PrcLut *lut = &info->voi_luts[params->voi];
    output = look_up (lut, value) / (pow (2, lut->bits) - 1) * 255;
    output = fmin (output, 255);
  } else {
    output = window (params, value);
  }
  if (info->presentation_lut != NULL) {
    const PrcLut *lut = info->presentation_lut;
    double entry = floor (fmax (fmin (output, 255), 0) / 255 * (lut->n_entries - 1) + 0.5 + 1e-9);
    output = lut->entries[(size_t)entry] / (pow (2, lut->bits) - 1) * 255;
  }
  return picture->inverse ? 255 - output : output;
}

static double
sample (const Picture *picture, double column, double row, int channel) {
  const PrcFrameInfo *info = picture->info;
  uint32_t x = (uint32_t)fmin (fmax (column, 0), info->columns - 1.0);
  uint32_t y = (uint32_t)fmin (fmax (row, 0), info->rows - 1.0);
  const uint8_t *rgb = prc_frame_samples (picture->frame);

  if (info->shutter != NULL && !prc_mask_contains (info->shutter, x, y))
    return info->shutter_value / 257.0;
  if (info->colours != NULL) {
    double stored = prc_frame_stored (picture->frame, x, y);
    double entry = fmin (stored - info->colours->first_mapped, info->colours->n_entries - 1.0);

    if (entry >= 0 && !prc_frame_is_padding (picture->frame, stored))
      return info->colours->rgb[3 * (size_t)entry + (size_t)channel];
  }
  if (info->type != PRC_SAMPLE_RGB8)
    return grey (picture, x, y);
  rgb += ((size_t)y * info->columns + x) * 3 + channel;
  return picture->inverse ? 255 - *rgb : *rgb;
}

// Samples and weights under the device pixel whose edges lie at low and high in the image.
typedef struct {
  double first, n, low, high, at;
  enum { NEAREST, BILINEAR, AREA } how;
} Span;

static Span
span_of (double low, double high, double zoom, uint32_t n_samples, bool smooth) {
  Span span = {.at = (low + high) / 2};

  if (zoom < 1) {
    span.how = AREA;
    span.low = fmax (low, 0);
    span.high = fmin (high, n_samples);
    if (!(span.high > span.low)) {
      span.low = fmin (fmax (floor (span.at), 0), n_samples - 1.0);
      span.high = span.low + 1;
    }
    span.first = floor (span.low);
    span.n = ceil (span.high) - span.first;
  } else if (smooth && zoom > 1) {
    span.how = BILINEAR;
    span.first = floor (span.at - 0.5);
    span.n = 2;
  } else {
    span.how = NEAREST;
    span.first = floor (span.at);
    span.n = 1;
  }
  return span;
}

static double
span_weight (const Span *span, double index) {
  if (span->how == NEAREST)
    return 1;
  if (span->how == BILINEAR)
    return fmax (0, 1 - fabs (span->at - 0.5 - index));
  return fmax (0, fmin (index + 1, span->high) - fmax (index, span->low)) /
         (span->high - span->low);
}

static uint32_t
resample (const Picture *picture, const Span *x, const Span *y, int channel) {
  double sum = 0;

  for (double row = y->first; row < y->first + y->n; row++)
    for (double column = x->first; column < x->first + x->n; column++)
      sum +=
          span_weight (x, column) * span_weight (y, row) * sample (picture, column, row, channel);
  // Halves round up before the inversion, so down after it.
  return (uint32_t)(picture->inverse ? ceil (sum - 0.5 - 1e-9) : floor (sum + 0.5 + 1e-9));
}

// Device pixels [first, end) show the image: their centres lie in it, at least one does.
static void
visible (double image_centre, double zoom, uint32_t n_samples, int view_size, double *first,
         double *end) {
  double low = view_size / 2.0 - image_centre * zoom;

  *first = ceil (low - 0.5);
  *end = fmax (ceil (low + n_samples * zoom - 0.5), *first + 1);
}

/* ---- segments ---- */

// Image pixels that device pixel i shows of a mask, along one axis: first <= at < end.
static void
shown (double image_centre, double zoom, uint32_t n_samples, int view_size, int i, double *first,
       double *end) {
  double low = image_centre + (i - view_size / 2.0) / zoom, high = low + 1 / zoom;
  double left, right;

  visible (image_centre, zoom, n_samples, view_size, &left, &right);
  if (i < left || i >= right) {
    *first = *end = 0;
  } else if (zoom < 1) { // at the rim also what lies beyond the last device pixel
    *first = i == left ? 0 : floor (low + 1e-6 / zoom);
    *end = i == right - 1 ? n_samples : ceil (high - 1e-6 / zoom);
  } else {
    *first = floor (image_centre + (i + 0.5 - view_size / 2.0) / zoom);
    *end = *first + 1;
  }
}

static bool
covers (const Picture *picture, const PrcMask *mask, int width, int height, int x, int y) {
  const PrcFrameInfo *info = picture->info;
  const PrcViewParams *params = picture->params;
  double left, right, top, bottom;

  shown (params->image_centre_x, params->zoom, info->columns, width, x, &left, &right);
  shown (params->image_centre_y, params->zoom * info->pixel_aspect, info->rows, height, y, &top,
         &bottom);
  for (double row = top; row < bottom; row++)
    for (double column = left; column < right; column++)
      if (prc_mask_contains (mask, (uint32_t)column, (uint32_t)row))
        return true;
  return false;
}

static bool
on_edge (const Picture *picture, const PrcMask *mask, int width, int height, int x, int y) {
  int steps = picture->params->scale > 1 ? picture->params->scale : 1;

  for (int down = -steps; down <= steps; down++)
    for (int right = -steps; right <= steps; right++)
      if (abs (down) + abs (right) <= steps &&
          !covers (picture, mask, width, height, x + right, y + down))
        return true;
  return false;
}

static uint32_t
blend (uint32_t pixel, uint32_t colour, double opacity) {
  double alpha = floor (opacity * 256 + 0.5) / 256;
  uint32_t blended = 0xff;

  for (int shift = 16; shift >= 0; shift -= 8) {
    double under = pixel >> shift & 255, over = colour >> shift & 255;

    blended = blended << 8 | (uint32_t)floor (under * (1 - alpha) + over * alpha + 0.5);
  }
  return blended;
}

static uint32_t
with_layer (const Picture *picture, uint32_t pixel, int width, int height, int x, int y) {
  size_t n = 0;
  const PrcLayerItem *items = picture->layer != NULL ? prc_layer_items (picture->layer, &n) : NULL;

  for (size_t i = 0; i < n; i++)
    if (covers (picture, items[i].mask, width, height, x, y))
      pixel = blend (pixel, items[i].colour, items[i].fill);
  for (size_t i = 0; i < n; i++)
    if (covers (picture, items[i].mask, width, height, x, y) &&
        on_edge (picture, items[i].mask, width, height, x, y))
      pixel = blend (pixel, items[i].colour, items[i].outline);
  return pixel;
}

// What the view shows before it is turned.
static uint32_t
pixel_of (const Picture *picture, int width, int height, int x, int y) {
  const PrcFrameInfo *info = picture->info;
  PrcViewParams params = *picture->params;
  double zoom_y = params.zoom * info->pixel_aspect;
  double left, right, top, bottom, low_x, high_x, low_y, high_y;
  uint32_t pixel = 0xff000000;
  Span across, down;

  prc_view_params_set_turn (&params, (PrcTurn){0});
  visible (params.image_centre_x, params.zoom, info->columns, width, &left, &right);
  visible (params.image_centre_y, zoom_y, info->rows, height, &top, &bottom);
  if (x < left || x >= right || y < top || y >= bottom)
    return pixel;
  prc_view_params_to_image (&params, info, width, height, x, y, &low_x, &low_y);
  prc_view_params_to_image (&params, info, width, height, x + 1, y + 1, &high_x, &high_y);
  across = span_of (low_x, high_x, params.zoom, info->columns, params.smooth);
  down = span_of (low_y, high_y, zoom_y, info->rows, params.smooth);
  if (params.palette != NULL && info->type != PRC_SAMPLE_RGB8 && info->colours == NULL)
    pixel = params.palette->pixels[resample (picture, &across, &down, 0)];
  else
    for (int channel = 0; channel < 3; channel++)
      pixel |= resample (picture, &across, &down, channel) << (16 - 8 * channel);
  return with_layer (picture, pixel, width, height, x, y);
}

PrcRaster *
prc_render_reference (const PrcFrame *frame, const PrcViewParams *params, const PrcLayer *layer,
                      int width, int height) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  Picture picture = {frame, info, params, info->inverse != params->invert, layer};
  uint32_t *pixels = g_new (uint32_t, (size_t)width * height);
  PrcRaster *raster = g_atomic_rc_box_new (PrcRaster);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      int column = params->flip ? width - 1 - x : x, row = y, wide = width, high = height;

      for (int i = 0; i < params->quarter_turns; i++) { // a quarter back each
        int left = column, side = wide;

        column = row;
        row = wide - 1 - left;
        wide = high;
        high = side;
      }
      pixels[(size_t)y * width + x] = pixel_of (&picture, wide, high, column, row);
    }
  *raster = (PrcRaster){width, height, (size_t)width * 4,
                        g_bytes_new_take (pixels, (size_t)width * height * 4), *params};
  return raster;
}
