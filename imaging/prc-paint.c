// SPDX-License-Identifier: Apache-2.0
#include "prc-paint.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "prc-kernels.h"

// From mask pixels to device pixels along one axis.
typedef struct {
  double zoom, origin; // device pixels per mask pixel, device place of the mask's first edge
  bool any;            // device pixels that show any part, else those whose middle does
  int size;
} Axis;

typedef struct {
  int first, end;
} Run;

static Axis
new_axis (double zoom, double image_centre, int32_t at, int size, bool nearest) {
  return (Axis){zoom, size / 2.0 + (at - image_centre) * zoom, zoom < 1 && !nearest, size};
}

static int
within (const Axis *axis, double at) {
  return at > 0 ? (int)fmin (at, axis->size) : 0;
}

// The device pixels that show mask pixels [first, end).
static Run
to_device (const Axis *axis, uint32_t first, uint32_t end) {
  double low = axis->origin + first * axis->zoom, high = axis->origin + end * axis->zoom;

  if (axis->any)
    return (Run){within (axis, floor (low)), within (axis, ceil (high))};
  return (Run){within (axis, ceil (low - 0.5)), within (axis, ceil (high - 0.5))};
}

// The mask rows that device row `at` shows.
static PrcRowSpan
to_mask (const Axis *axis, int at, const PrcMaskBounds *bounds) {
  double low = (at - axis->origin) / axis->zoom, high = (at + 1 - axis->origin) / axis->zoom;

  if (!axis->any) {
    low = floor ((low + high) / 2);
    high = low + 1;
  }
  low = fmax (floor (low), bounds->top);
  high = fmin (ceil (high), bounds->bottom);
  return low < high ? (PrcRowSpan){0, (int32_t)low, (int32_t)high} : (PrcRowSpan){0, 0, 0};
}

static void
add_run (GArray *runs, Run run) {
  if (run.first < run.end)
    g_array_append_val (runs, run);
}

static void
runs_of_row (const PrcMask *mask, uint32_t row, const Axis *x, GArray *runs) {
  size_t n;
  const PrcSpan *spans = prc_mask_row (mask, row, &n);

  for (size_t i = 0; i < n; i++)
    add_run (runs, to_device (x, spans[i].first, spans[i].end));
}

// Several rows become one: each pixel is painted once, or it would be blended twice.
static void
runs_of_rows (const PrcMask *mask, PrcRowSpan rows, const Axis *x, uint8_t *covered, GArray *runs) {
  uint8_t *at = covered, *end = covered + x->size;

  memset (covered, 0, (size_t)x->size);
  for (int32_t row = rows.first; row < rows.end; row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, (uint32_t)row, &n);

    for (size_t i = 0; i < n; i++) {
      Run run = to_device (x, spans[i].first, spans[i].end);

      if (run.first < run.end)
        memset (covered + run.first, 1, (size_t)(run.end - run.first));
    }
  }
  while ((at = memchr (at, 1, (size_t)(end - at))) != NULL) {
    uint8_t *stop = memchr (at, 0, (size_t)(end - at));

    stop = stop != NULL ? stop : end;
    add_run (runs, (Run){(int)(at - covered), (int)(stop - covered)});
    at = stop;
  }
}

static void
paint_runs (const PrcPaint *paint, const GArray *runs, uint32_t *pixels) {
  const Run *all = (const Run *)(const void *)runs->data;

  for (guint i = 0; i < runs->len; i++)
    prc_kernels ()->blend_colour (pixels + all[i].first, (size_t)(all[i].end - all[i].first),
                                  paint->colour, paint->alpha);
}

void
prc_paint (const PrcPaint *paint, const PrcViewParams *params, double aspect, uint32_t *pixels,
           int width, int height) {
  Axis x = new_axis (params->zoom, params->image_centre_x, paint->column, width, paint->nearest);
  Axis y =
      new_axis (params->zoom * aspect, params->image_centre_y, paint->row, height, paint->nearest);
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_autofree uint8_t *covered = g_malloc ((size_t)width);
  PrcRowSpan shown = {0, -1, -1}, rows;
  PrcMaskBounds bounds;
  Run seen;

  if (!prc_mask_bounds (paint->mask, &bounds) || !isfinite (x.origin) || !isfinite (y.origin) ||
      !(x.zoom > 0) || !(y.zoom > 0))
    return;
  seen = to_device (&y, bounds.top, bounds.bottom);
  for (int at = seen.first; at < seen.end; at++, shown = rows) {
    rows = to_mask (&y, at, &bounds);
    if (rows.first != shown.first || rows.end != shown.end) {
      g_array_set_size (runs, 0);
      if (rows.end - rows.first == 1 && !x.any)
        runs_of_row (paint->mask, (uint32_t)rows.first, &x, runs);
      else if (rows.end > rows.first)
        runs_of_rows (paint->mask, rows, &x, covered, runs);
    }
    paint_runs (paint, runs, pixels + (size_t)at * width);
  }
}
