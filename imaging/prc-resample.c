// SPDX-License-Identifier: Apache-2.0
#include "prc-resample.h"

#include "prc-kernels.h"

#include <glib.h>
#include <math.h>

// Image coordinates of the device pixel edge `view`.
typedef struct {
  double zoom, image_centre, view_centre;
  uint32_t n_samples;
} Scale;

static double
to_image (const Scale *scale, double view) {
  return scale->image_centre + (view - scale->view_centre) / scale->zoom;
}

static int32_t
clamp_index (const Scale *scale, double index) {
  return (int32_t)CLAMP (index, 0.0, (double)scale->n_samples - 1);
}

static bool
find_visible (PrcAxis *axis, const Scale *scale, int view_size) {
  double low = scale->view_centre - scale->image_centre * scale->zoom;
  double high = low + scale->n_samples * scale->zoom;
  double first = ceil (low - 0.5), end = fmax (ceil (high - 0.5), first + 1);

  first = fmax (first, 0);
  end = fmin (end, view_size);
  if (!isfinite (low) || !(first < end))
    return false;
  axis->view_first = (int)first;
  axis->n = (int)(end - first);
  return true;
}

// One device pixel per sample: any filter would only lose sharpness, so a part of a pixel is not
// shifted.
static void
fill_copy (PrcAxis *axis, const Scale *scale) {
  double first = floor (to_image (scale, axis->view_first + 0.5));

  axis->n = (int)MIN ((uint32_t)axis->n, scale->n_samples);
  first = CLAMP (first, 0.0, (double)scale->n_samples - axis->n);
  for (int i = 0; i < axis->n; i++)
    axis->first[i] = (int32_t)first + i;
}

static void
fill_points (PrcAxis *axis, const Scale *scale) {
  for (int i = 0; i < axis->n; i++)
    axis->first[i] = clamp_index (scale, floor (to_image (scale, axis->view_first + i + 0.5)));
}

static void
fill_pairs (PrcAxis *axis, const Scale *scale) {
  axis->weights = g_new (int16_t, axis->n);
  for (int i = 0; i < axis->n; i++) {
    double at = to_image (scale, axis->view_first + i + 0.5) - 0.5;

    at = CLAMP (at, 0, (double)scale->n_samples - 1);
    axis->first[i] = (int32_t)fmin (floor (at), scale->n_samples - 2.0);
    axis->weights[i] = (int16_t)rint ((at - axis->first[i]) * PRC_WEIGHT_ONE);
  }
}

// The stretch of samples under device pixel i, within the image and never empty.
static void
footprint (const PrcAxis *axis, const Scale *scale, int i, double *low, double *high) {
  double centre = to_image (scale, axis->view_first + i + 0.5);

  *low = fmax (to_image (scale, axis->view_first + i), 0);
  *high = fmin (to_image (scale, axis->view_first + i + 1), scale->n_samples);
  if (!(*high > *low)) {
    *low = clamp_index (scale, floor (centre));
    *high = *low + 1;
  }
}

// Rounds the running sum, not each weight, so that the weights add up exactly.
static void
fill_area (PrcAxis *axis, const Scale *scale) {
  size_t most = (size_t)fmin (1 / scale->zoom, scale->n_samples) + 2;

  axis->n_taps = (most + PRC_TAP_GROUP - 1) / PRC_TAP_GROUP * PRC_TAP_GROUP;
  axis->weights = g_new0 (int16_t, (size_t)axis->n * axis->n_taps);
  for (int i = 0; i < axis->n; i++) {
    int16_t *weights = axis->weights + (size_t)i * axis->n_taps;
    double low, high;
    int before = 0;

    footprint (axis, scale, i, &low, &high);
    axis->first[i] = (int32_t)low;
    for (size_t t = 0; axis->first[i] + (double)t < high; t++) {
      double covered = fmin (axis->first[i] + (double)t + 1, high) - low;
      int sum = (int)rint (covered / (high - low) * PRC_WEIGHT_ONE);

      weights[t] = (int16_t)(sum - before);
      before = sum;
    }
  }
}

static size_t
taps_used (const PrcAxis *axis) {
  return axis->kind == PRC_AXIS_PAIR ? 2 : axis->kind == PRC_AXIS_AREA ? axis->n_taps : 1;
}

static void
find_image_range (PrcAxis *axis, uint32_t n_samples) {
  uint64_t end = (uint64_t)axis->first[axis->n - 1] + taps_used (axis);

  axis->image_first = (uint32_t)axis->first[0];
  axis->image_n = (uint32_t)(MIN (end, n_samples) - axis->image_first);
  for (int i = 0; i < axis->n; i++)
    axis->first[i] -= (int32_t)axis->image_first;
}

bool
prc_axis_init (PrcAxis *axis, double zoom, double image_centre, uint32_t n_samples, int view_size,
               bool smooth) {
  Scale scale = {zoom, image_centre, view_size / 2.0, n_samples};

  *axis = (PrcAxis){.n_taps = 1};
  if (!isfinite (zoom) || !(zoom > 0) || !find_visible (axis, &scale, view_size))
    return false;
  axis->first = g_new (int32_t, axis->n);
  if (zoom == 1)
    axis->kind = PRC_AXIS_COPY;
  else if (zoom < 1)
    axis->kind = PRC_AXIS_AREA;
  else
    axis->kind = smooth && n_samples > 1 ? PRC_AXIS_PAIR : PRC_AXIS_POINT;
  if (axis->kind == PRC_AXIS_COPY)
    fill_copy (axis, &scale);
  else if (axis->kind == PRC_AXIS_AREA)
    fill_area (axis, &scale);
  else if (axis->kind == PRC_AXIS_PAIR)
    fill_pairs (axis, &scale);
  else
    fill_points (axis, &scale);
  find_image_range (axis, n_samples);
  return true;
}

void
prc_axis_clear (PrcAxis *axis) {
  g_free (axis->first);
  g_free (axis->weights);
}
