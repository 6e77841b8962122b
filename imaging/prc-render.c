// SPDX-License-Identifier: Apache-2.0
#include "prc-render.h"

#include "prc-imaging-error.h"
#include "prc-kernels.h"
#include "prc-layer-paint.h"
#include "prc-paint.h"
#include "prc-resample.h"
#include "prc-voi.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <wchar.h>

#define MAX_SIDE           16384
#define BLACK              0xff000000u
#define ROWS_BETWEEN_LOOKS 16 // at the cancellable

// A row of levels and the image row it was made from.
typedef struct {
  int16_t *levels;
  int64_t row; // -1: none
} Slot;

// What is to be rendered.
typedef struct {
  const PrcFrame *frame;
  const PrcFrameInfo *info;
  PrcViewParams params;
  const PrcLayer *layer; // or NULL
  int width, height;
  GCancellable *cancellable;
} Order;

typedef struct {
  PrcVoi *voi;
  const PrcKernels *kernels;
  const PrcPalette *palette; // or NULL
  PrcLayerPainter *over;     // of the layer; or NULL
  uint32_t columns;
  PrcAxis x, y;
  bool averages;        // along one axis at least
  Slot *windowed[3];    // per channel: image rows over the columns seen
  unsigned n_windowed;  // row r is in slot r % n_windowed
  Slot across[3][2];    // per channel: image rows at the view's resolution
  int16_t *down[3];     // per channel: image rows averaged, at the image's resolution
  int16_t *done[3];     // per channel: a row ready to emit
  const int16_t **taps; // y.n_taps rows
} Job;

PrcRaster *
prc_raster_ref (PrcRaster *raster) {
  return g_atomic_rc_box_acquire (raster);
}

static void
raster_clear (gpointer data) {
  PrcRaster *raster = data;

  g_bytes_unref (raster->bytes);
}

void
prc_raster_unref (PrcRaster *raster) {
  g_atomic_rc_box_release_full (raster, raster_clear);
}

static int16_t *
new_row (size_t n) {
  return g_new0 (int16_t, n + PRC_TAP_GROUP);
}

static void
job_allocate (Job *job) {
  size_t wide = (size_t)job->x.image_n + job->x.n_taps;

  job->averages = job->x.kind == PRC_AXIS_AREA || job->y.kind == PRC_AXIS_AREA;
  job->n_windowed = (unsigned)job->y.n_taps;
  job->taps = g_new (const int16_t *, job->y.n_taps);
  for (unsigned c = 0; c < prc_voi_n_channels (job->voi); c++) {
    job->windowed[c] = g_new (Slot, job->n_windowed);
    for (unsigned i = 0; i < job->n_windowed; i++)
      job->windowed[c][i] = (Slot){new_row (wide), -1};
    job->down[c] = new_row (wide);
    job->done[c] = new_row (job->x.n);
    for (int i = 0; i < 2; i++)
      job->across[c][i] = (Slot){new_row (job->x.n), -1};
  }
}

static void
job_clear (Job *job) {
  for (int c = 0; c < 3; c++) {
    for (unsigned i = 0; job->windowed[c] != NULL && i < job->n_windowed; i++)
      g_free (job->windowed[c][i].levels);
    g_free (job->windowed[c]);
    g_free (job->down[c]);
    g_free (job->done[c]);
    g_free (job->across[c][0].levels);
    g_free (job->across[c][1].levels);
  }
  g_free (job->taps);
  g_clear_pointer (&job->over, prc_layer_painter_give_back);
  prc_axis_clear (&job->x);
  prc_axis_clear (&job->y);
}

// The levels of an image row (counted from the first seen) over the columns seen. Kept while
// neighbours are asked for: rows at the border of two device rows are wanted twice.
static const int16_t *
window_row (Job *job, unsigned channel, int64_t row) {
  Slot *slot = &job->windowed[channel][row % job->n_windowed];

  if (slot->row != row) {
    size_t at = (size_t)(job->y.image_first + row) * job->columns + job->x.image_first;

    if (job->averages)
      prc_voi_row_for_averaging (job->voi, at, job->x.image_n, channel, slot->levels);
    else
      prc_voi_row (job->voi, at, job->x.image_n, channel, slot->levels);
    slot->row = row;
  }
  return slot->levels;
}

static void
resample_across (const Job *job, const int16_t *row, int16_t *out) {
  const PrcAxis *x = &job->x;

  switch (x->kind) {
  case PRC_AXIS_COPY:
    memcpy (out, row, x->n * sizeof *out);
    break;
  case PRC_AXIS_POINT:
    for (int i = 0; i < x->n; i++)
      out[i] = row[x->first[i]];
    break;
  case PRC_AXIS_PAIR:
    job->kernels->across_pair (row, x->first, x->weights, x->n, out);
    break;
  case PRC_AXIS_AREA:
    job->kernels->across_area (row, x->first, x->weights, x->n_taps, x->n, out);
    break;
  }
}

// Two slots are enough: device rows use neighbouring image rows, in ascending order.
static const int16_t *
across_row (Job *job, unsigned channel, int64_t row) {
  Slot *slots = job->across[channel];
  Slot *slot;

  for (int i = 0; i < 2; i++)
    if (slots[i].row == row)
      return slots[i].levels;
  slot = slots[0].row < slots[1].row ? &slots[0] : &slots[1];
  resample_across (job, window_row (job, channel, row), slot->levels);
  slot->row = row;
  return slot->levels;
}

// Averages downwards first: that is the part that runs over whole rows, and what is left to average
// across is less.
static const int16_t *
averaged_row (Job *job, unsigned channel, int i) {
  const int16_t *weights = job->y.weights + (size_t)i * job->y.n_taps;
  size_t n = 0;

  for (size_t t = 0; t < job->y.n_taps && job->y.first[i] + t < job->y.image_n; t++)
    if (weights[t] != 0)
      n = t + 1;
  for (size_t t = 0; t < n; t++)
    job->taps[t] = window_row (job, channel, job->y.first[i] + (int64_t)t);
  if (n % 2 != 0)
    job->taps[n++] = job->taps[0]; // its weight is 0
  job->kernels->average_rows (job->taps, weights, n, job->x.image_n, job->down[channel]);
  resample_across (job, job->down[channel], job->done[channel]);
  return job->done[channel];
}

static const int16_t *
device_row (Job *job, unsigned channel, int i) {
  const int16_t *above, *below;
  int weight;

  if (job->y.kind == PRC_AXIS_AREA)
    return averaged_row (job, channel, i);
  above = across_row (job, channel, job->y.first[i]);
  weight = job->y.kind == PRC_AXIS_PAIR ? job->y.weights[i] : 0;
  if (weight == 0)
    return above;
  below = across_row (job, channel, job->y.first[i] + 1);
  job->kernels->blend_rows (above, below, weight, job->x.n, job->done[channel]);
  return job->done[channel];
}

// The C library has the fastest way to store one 32-bit number many times.
static void
fill_black (uint32_t *pixels, size_t n) {
  G_STATIC_ASSERT (sizeof (wchar_t) == sizeof *pixels);
  wmemset ((wchar_t *)pixels, (wchar_t)BLACK, n);
}

static void
emit_row (Job *job, int i, uint32_t *pixels, int width) {
  int first = job->x.view_first, end = first + job->x.n;

  fill_black (pixels, first);
  if (prc_voi_n_channels (job->voi) == 3)
    job->kernels->emit_rgb (device_row (job, 0, i), device_row (job, 1, i), device_row (job, 2, i),
                            job->x.n, pixels + first);
  else if (job->palette != NULL)
    job->kernels->emit_palette (device_row (job, 0, i), job->x.n, job->palette, pixels + first);
  else
    job->kernels->emit_grey (device_row (job, 0, i), job->x.n, pixels + first);
  fill_black (pixels + end, width - end);
  if (job->over != NULL)
    prc_layer_painter_paint (job->over, job->y.view_first + i, pixels);
}

static bool
same_as_above (const Job *job, int i) {
  const PrcAxis *y = &job->y;

  return y->kind == PRC_AXIS_POINT && i > 0 && y->first[i] == y->first[i - 1] &&
         (job->over == NULL || prc_layer_painter_same_as_above (job->over, y->view_first + i));
}

static bool
paint (Job *job, const Order *order, uint32_t *pixels, GError **error) {
  const PrcAxis *y = &job->y;
  int width = order->width;

  fill_black (pixels, (size_t)width * y->view_first);
  for (int i = 0; i < y->n; i++) {
    uint32_t *row = pixels + (size_t)width * (y->view_first + i);

    if (i % ROWS_BETWEEN_LOOKS == 0 &&
        g_cancellable_set_error_if_cancelled (order->cancellable, error))
      return false;
    if (same_as_above (job, i))
      memcpy (row, row - width, (size_t)width * sizeof *row);
    else
      emit_row (job, i, row, width);
  }
  fill_black (pixels + (size_t)width * (y->view_first + y->n),
              (size_t)width * (order->height - y->view_first - y->n));
  return true;
}

// The palette coloured what lies behind the shutter too.
static void
paint_shutter (const Order *order, uint32_t *pixels) {
  g_autoptr (PrcMask) hidden = prc_mask_new_inverted (order->info->shutter);
  PrcPaint paint = {.mask = hidden,
                    .colour = prc_voi_shutter_level (order->info) * 0x010101u,
                    .alpha = 256,
                    .nearest = true};

  prc_paint (&paint, &order->params, order->info->pixel_aspect, pixels, order->width,
             order->height);
}

static bool
paints_shutter (const Order *order) {
  return order->info->shutter != NULL && order->params.palette != NULL;
}

static void
paint_over (const Order *order, uint32_t *pixels) {
  const PrcFrameInfo *info = order->info;

  if (paints_shutter (order)) {
    paint_shutter (order, pixels);
    if (order->layer != NULL)
      prc_layer_paint (order->layer, &order->params, info->pixel_aspect, info->rows, info->columns,
                       pixels, order->width, order->height);
  }
  for (uint32_t i = 0; order->params.overlays && i < info->n_overlays; i++) {
    const PrcOverlay *overlay = &info->overlays[i];
    PrcPaint paint = {overlay->mask, overlay->row, overlay->column, 0xffffff, 256, false};

    prc_paint (&paint, &order->params, info->pixel_aspect, pixels, order->width, order->height);
  }
}

static bool
job_init (Job *job, const Order *order) {
  const PrcFrameInfo *info = order->info;
  const PrcViewParams *params = &order->params;

  if (!prc_axis_init (&job->x, params->zoom, params->image_centre_x, info->columns, order->width,
                      params->smooth) ||
      !prc_axis_init (&job->y, params->zoom * info->pixel_aspect, params->image_centre_y,
                      info->rows, order->height, params->smooth))
    return false;
  job_allocate (job);
  if (order->layer != NULL && !paints_shutter (order))
    job->over = prc_layer_painter_take (order->layer, params, info->pixel_aspect, info->rows,
                                        info->columns, order->width, order->height);
  return true;
}

static bool
paint_frame (const Order *order, uint32_t *pixels, GError **error) {
  g_autoptr (PrcVoi) voi = prc_voi_new (order->frame, &order->params);
  Job job = {.voi = voi,
             .kernels = prc_kernels (),
             .palette = order->params.palette,
             .columns = order->info->columns};
  bool done = true;

  if (job_init (&job, order))
    done = paint (&job, order, pixels, error);
  else
    fill_black (pixels, (size_t)order->width * order->height);
  job_clear (&job);
  if (done)
    paint_over (order, pixels);
  return done;
}

// A turned picture is made as it lies in the file, for a view turned the other way, and turned as a
// whole: the way through the samples stays along their rows.
static bool
paint_turned (const Order *order, uint32_t *pixels, GError **error) {
  PrcTurn turn = prc_view_params_turn (&order->params);
  bool odd = turn.quarter_turns % 2 != 0;
  Order plain = *order;
  g_autofree uint32_t *plain_pixels = NULL;

  if (turn.quarter_turns == 0 && !turn.flip)
    return paint_frame (order, pixels, error);
  plain.width = odd ? order->height : order->width;
  plain.height = odd ? order->width : order->height;
  plain_pixels = g_new (uint32_t, (size_t)plain.width * plain.height);
  if (!paint_frame (&plain, plain_pixels, error))
    return false;
  prc_turn_pixels (turn, plain_pixels, plain.width, plain.height, pixels);
  return true;
}

PrcRaster *
prc_render (const PrcFrame *frame, const PrcViewParams *params, const PrcLayer *layer, int width,
            int height, GCancellable *cancellable, GError **error) {
  Order order = {frame, prc_frame_info (frame), *params, layer, width, height, cancellable};
  PrcRaster *raster;
  uint32_t *pixels;

  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                 _ ("A picture of %d by %d pixels cannot be drawn"), width, height);
    return NULL;
  }
  pixels = g_try_malloc_n ((size_t)width * height, sizeof *pixels);
  if (pixels == NULL) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                 _ ("There is not enough memory for a picture of %d by %d pixels"), width, height);
    return NULL;
  }
  if (!paint_turned (&order, pixels, error)) {
    g_free (pixels);
    return NULL;
  }
  raster = g_atomic_rc_box_new (PrcRaster);
  *raster = (PrcRaster){width, height, (size_t)width * 4,
                        g_bytes_new_take (pixels, (size_t)width * height * 4), *params};
  return raster;
}

// Levels of a row as bytes, `n_out` apart, through one channel of the palette (shift) if any.
static void
native_row (const int16_t *levels, uint32_t n, const PrcPalette *palette, int shift, uint8_t *out,
            unsigned n_out) {
  for (uint32_t x = 0; x < n; x++) {
    uint8_t level = (uint8_t)(levels[x] >> PRC_LEVEL_BITS);

    out[(size_t)x * n_out] = palette != NULL ? (uint8_t)(palette->pixels[level] >> shift) : level;
  }
}

// As paint_shutter () does in a view.
static void
native_shutter (const PrcFrameInfo *info, uint8_t *pixels, unsigned n_out) {
  g_autoptr (PrcMask) hidden = prc_mask_new_inverted (info->shutter);
  uint8_t level = prc_voi_shutter_level (info);

  for (uint32_t y = 0; y < info->rows; y++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (hidden, y, &n);

    for (size_t i = 0; i < n; i++)
      memset (pixels + ((size_t)y * info->columns + spans[i].first) * n_out, level,
              (size_t)(spans[i].end - spans[i].first) * n_out);
  }
}

unsigned
prc_render_native_channels (const PrcFrame *frame, const PrcViewParams *params) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  bool coloured = params->palette != NULL && !params->palette->grey;

  return info->type == PRC_SAMPLE_RGB8 || info->colours != NULL || coloured ? 3 : 1;
}

GBytes *
prc_render_native (const PrcFrame *frame, const PrcViewParams *params) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_autoptr (PrcVoi) voi = prc_voi_new (frame, params);
  unsigned n_channels = prc_voi_n_channels (voi);
  unsigned n_out = prc_render_native_channels (frame, params);
  const PrcPalette *palette = n_channels == 1 ? params->palette : NULL;
  g_autofree int16_t *row = new_row (info->columns);
  size_t size = (size_t)info->rows * info->columns * n_out;
  uint8_t *pixels = g_malloc (size);

  for (uint32_t y = 0; y < info->rows; y++)
    for (unsigned c = 0; c < n_out; c++) {
      if (c < n_channels)
        prc_voi_row (voi, (size_t)y * info->columns, info->columns, c, row);
      native_row (row, info->columns, palette, 16 - 8 * (int)c,
                  pixels + (size_t)y * info->columns * n_out + c, n_out);
    }
  if (info->shutter != NULL && palette != NULL)
    native_shutter (info, pixels, n_out);
  return g_bytes_new_take (pixels, size);
}
