// SPDX-License-Identifier: Apache-2.0
#include "prc-layer-scale.h"

#include <glib.h>
#include <math.h>

#define NO_PART 1e-6 // of a device pixel: less is not shown in it

static int
within (const PrcLayerScale *scale, double at) {
  return (int)CLAMP (at, -scale->reach, scale->size + scale->reach);
}

static void
find_edges_magnified (PrcLayerScale *scale) {
  uint32_t edge = 0;

  for (int i = -scale->reach; i < scale->size + scale->reach; i++) {
    double sample = scale->centre + (i + 0.5 - scale->middle) / scale->zoom;

    for (; edge <= scale->n && edge <= sample; edge++)
      scale->firsts[edge] = i;
  }
  for (; edge <= scale->n; edge++)
    scale->firsts[edge] = scale->size + scale->reach;
  scale->ends = scale->firsts;
}

// What is at the rim of the image and of less than half a device pixel belongs to the last one that
// is shown.
static void
find_edges_minified (PrcLayerScale *scale) {
  double low = scale->middle - scale->centre * scale->zoom, high = low + scale->n * scale->zoom;
  double first = ceil (low - 0.5), end = fmax (ceil (high - 0.5), first + 1);

  scale->ends = scale->firsts + scale->n + 1;
  for (uint32_t edge = 0; edge <= scale->n; edge++) {
    double at = low + edge * scale->zoom;

    scale->firsts[edge] = within (scale, CLAMP (floor (at + NO_PART), first, end - 1));
    scale->ends[edge] = within (scale, CLAMP (ceil (at - NO_PART), first + 1, end));
  }
}

void
prc_layer_scale_find_pixels (PrcLayerScale *scale) {
  size_t n_pixels = (size_t)scale->size + 2 * (size_t)scale->reach;
  uint32_t low = 0, high = 0;

  scale->lows = g_new (uint32_t, 2 * n_pixels);
  scale->highs = scale->lows + n_pixels;
  for (int i = -scale->reach; i < scale->size + scale->reach; i++) {
    while (low < scale->n && scale->ends[low + 1] <= i)
      low++;
    while (high < scale->n && scale->firsts[high] <= i)
      high++;
    scale->lows[i + scale->reach] = low;
    scale->highs[i + scale->reach] = high;
  }
}

bool
prc_layer_scale_init (PrcLayerScale *scale, double zoom, double centre, uint32_t n, int size,
                      int reach) {
  *scale = (PrcLayerScale){zoom, centre, size / 2.0, n, size, reach, NULL, NULL, NULL, NULL};
  if (!isfinite (zoom) || !isfinite (centre) || !(zoom > 0))
    return false;
  scale->firsts = g_new (int, 2 * ((size_t)n + 1));
  if (zoom < 1)
    find_edges_minified (scale);
  else
    find_edges_magnified (scale);
  return true;
}

void
prc_layer_scale_clear (PrcLayerScale *scale) {
  g_free (scale->firsts);
  g_free (scale->lows);
}
