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

static Axis
new_axis (double zoom, double image_centre, int32_t at, int size, bool nearest) {
  return (Axis){zoom, size / 2.0 + (at - image_centre) * zoom, zoom < 1 && !nearest, size};
}

static int
within (const Axis *axis, double at) {
  return at > 0 ? (int)fmin (at, axis->size) : 0;
}

// The device pixels that show mask pixels from `edge` on begin here,
static int
first_after (const Axis *axis, uint32_t edge) {
  double at = axis->origin + edge * axis->zoom;

  return within (axis, axis->any ? floor (at) : ceil (at - 0.5));
}

// and those that show mask pixels before it end here.
static int
end_before (const Axis *axis, uint32_t edge) {
  double at = axis->origin + edge * axis->zoom;

  return within (axis, axis->any ? ceil (at) : ceil (at - 0.5));
}

// The mask rows that device row `at` shows; none when first == end.
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

// What of a device row shows the mask, a byte a pixel from `first` on.
typedef struct {
  int first, n;
  uint32_t left;      // mask column of the first edge in the tables
  int *firsts, *ends; // device pixels of edges, counted from `first`
  uint8_t *covered;
} Cover;

static void
cover_init (Cover *cover, const Axis *x, const PrcMaskBounds *bounds) {
  size_t n_edges = bounds->right - bounds->left + 1;

  *cover = (Cover){.first = first_after (x, bounds->left), .left = bounds->left};
  cover->n = MAX (end_before (x, bounds->right) - cover->first, 0);
  cover->firsts = g_new (int, 2 * n_edges);
  cover->ends = cover->firsts + n_edges;
  for (uint32_t i = 0; i < n_edges; i++) {
    cover->firsts[i] = first_after (x, bounds->left + i) - cover->first;
    cover->ends[i] = end_before (x, bounds->left + i) - cover->first;
  }
  cover->covered = g_malloc ((size_t)cover->n + 1);
}

static void
cover_clear (Cover *cover) {
  g_free (cover->firsts);
  g_free (cover->covered);
}

// Several rows become one: each device pixel is painted once, or it would be blended twice.
static void
cover_rows (Cover *cover, const PrcMask *mask, PrcRowSpan rows) {
  memset (cover->covered, 0, (size_t)cover->n);
  for (int32_t row = rows.first; row < rows.end; row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, (uint32_t)row, &n);

    for (size_t i = 0; i < n; i++) {
      int first = cover->firsts[spans[i].first - cover->left];
      int end = cover->ends[spans[i].end - cover->left];

      if (end - first > 16)
        memset (cover->covered + first, 1, (size_t)(end - first));
      else
        while (first < end)
          cover->covered[first++] = 1;
    }
  }
}

static void
paint_rows (const PrcPaint *paint, const Axis *x, const Axis *y, const PrcMaskBounds *bounds,
            uint32_t *pixels) {
  int end = end_before (y, bounds->bottom);
  PrcRowSpan shown = {0, -1, -1};
  Cover cover;

  cover_init (&cover, x, bounds);
  for (int at = first_after (y, bounds->top); at < end && cover.n > 0; at++) {
    PrcRowSpan rows = to_mask (y, at, bounds);

    if (rows.first != shown.first || rows.end != shown.end)
      cover_rows (&cover, paint->mask, rows);
    shown = rows;
    prc_kernels ()->blend_covered (pixels + (size_t)at * x->size + cover.first, cover.covered,
                                   (size_t)cover.n, paint->colour, paint->alpha);
  }
  cover_clear (&cover);
}

void
prc_paint (const PrcPaint *paint, const PrcViewParams *params, double aspect, uint32_t *pixels,
           int width, int height) {
  Axis x = new_axis (params->zoom, params->image_centre_x, paint->column, width, paint->nearest);
  Axis y =
      new_axis (params->zoom * aspect, params->image_centre_y, paint->row, height, paint->nearest);
  PrcMaskBounds bounds;

  if (prc_mask_bounds (paint->mask, &bounds) && isfinite (x.origin) && isfinite (y.origin) &&
      x.zoom > 0 && y.zoom > 0)
    paint_rows (paint, &x, &y, &bounds, pixels);
}
