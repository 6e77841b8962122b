// SPDX-License-Identifier: Apache-2.0
#include "prc-values.h"

#include <math.h>
#include <string.h>

static PrcPixelRect
clip (const PrcFrameInfo *info, const PrcPixelRect *region) {
  PrcPixelRect whole = {0, 0, info->columns, info->rows};

  if (!region)
    return whole;
  if (region->column >= info->columns || region->row >= info->rows)
    return (PrcPixelRect){0};
  return (PrcPixelRect){region->column, region->row,
                        MIN (region->columns, info->columns - region->column),
                        MIN (region->rows, info->rows - region->row)};
}

void
prc_values_collect (const PrcFrame *frame, const PrcPixelRect *region, size_t wanted,
                    GArray *values) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  PrcPixelRect from = clip (info, region);
  double pixels = (double)from.columns * from.rows;
  uint32_t step = (uint32_t)ceil (sqrt (fmax (pixels / (double)MAX (wanted, 1), 1)));

  if (info->type == PRC_SAMPLE_RGB8)
    return;
  for (uint32_t row = from.row; row < from.row + from.rows; row += step) {
    for (uint32_t column = from.column; column < from.column + from.columns; column += step) {
      double stored = prc_frame_stored (frame, column, row);
      double value = prc_frame_modality (frame, stored);
      if (isfinite (value) && !prc_frame_is_padding (frame, stored) &&
          (!info->shutter || prc_mask_contains (info->shutter, column, row)) &&
          !(info->colours && stored >= info->colours->first_mapped))
        g_array_append_val (values, value);
    }
  }
}

// A double's bits, turned so that they ascend with it as an unsigned number, and back.
static uint64_t
ascending (uint64_t bits) {
  return bits ^ (bits >> 63 ? UINT64_MAX : 1ull << 63);
}

static uint64_t
descended (uint64_t key) {
  return key ^ (key >> 63 ? 1ull << 63 : UINT64_MAX);
}

// Stable, by one byte of the keys. False when all have the same there: nothing was moved.
static bool
sort_by_byte (const uint64_t *from, uint64_t *to, size_t n, int shift) {
  size_t places[256] = {0}, sum = 0;

  for (size_t i = 0; i < n; i++)
    places[from[i] >> shift & 255]++;
  if (places[from[0] >> shift & 255] == n)
    return false;
  for (int byte = 0; byte < 256; byte++) {
    size_t count = places[byte];
    places[byte] = sum;
    sum += count;
  }
  for (size_t i = 0; i < n; i++)
    to[places[from[i] >> shift & 255]++] = from[i];
  return true;
}

// Byte by byte: a third of the time of qsort, which a hand that waits for a window would feel.
void
prc_values_sort (GArray *values) {
  size_t n = values->len;
  g_autofree uint64_t *keys = g_new (uint64_t, n), *other = g_new (uint64_t, n);

  for (size_t i = 0; i < n; i++) {
    memcpy (&keys[i], values->data + i * sizeof *keys, sizeof *keys);
    keys[i] = ascending (keys[i]);
  }
  for (int shift = 0; n > 0 && shift < 64; shift += 8) {
    if (!sort_by_byte (keys, other, n, shift))
      continue;
    uint64_t *sorted = other;
    other = keys;
    keys = sorted;
  }
  for (size_t i = 0; i < n; i++) {
    uint64_t bits = descended (keys[i]);
    memcpy (values->data + i * sizeof bits, &bits, sizeof bits);
  }
}

static double
value_at (const GArray *sorted, guint i) {
  return g_array_index (sorted, double, i);
}

double
prc_values_quantile (const GArray *sorted, double q) {
  if (sorted->len == 0)
    return NAN;
  double at = CLAMP (q, 0, 1) * (sorted->len - 1);
  guint below = (guint)at;
  double value = value_at (sorted, below);
  if (below + 1 == sorted->len)
    return value;
  return value + (at - below) * (value_at (sorted, below + 1) - value);
}

bool
prc_values_window (const GArray *sorted, double *centre, double *width) {
  double low = prc_values_quantile (sorted, 0.01), high = prc_values_quantile (sorted, 0.99);

  if (!(high > low)) {
    low = prc_values_quantile (sorted, 0);
    high = prc_values_quantile (sorted, 1);
  }
  if (!(high > low))
    return false;
  *centre = low + (high - low) / 2;
  *width = high - low;
  return true;
}

bool
prc_values_uptake_window (const GArray *sorted, double *centre, double *width) {
  double high = prc_values_quantile (sorted, 0.999);

  if (!(high > 0))
    return prc_values_window (sorted, centre, width);
  *centre = high / 2;
  *width = high;
  return true;
}

// Whole numbers get bins of whole steps, with each number in the middle of its bin or of one of the
// equal parts of it.
static void
choose_ends (PrcHistogram *histogram, double low, double high, double whole) {
  double range = high - low, step;

  if (whole > 0) {
    step = fmax (1, ceil ((range + whole) / (whole * PRC_HISTOGRAM_BINS))) * whole;
    low -= whole / 2;
  } else {
    step = range > 0 ? range / PRC_HISTOGRAM_BINS : fmax (fabs (low), 1) / PRC_HISTOGRAM_BINS;
    low -= range > 0 ? 0 : step * PRC_HISTOGRAM_BINS / 2;
  }
  histogram->low = low;
  histogram->high = range > 0 && !(whole > 0) ? high : low + step * PRC_HISTOGRAM_BINS;
}

bool
prc_histogram_fill (PrcHistogram *histogram, const GArray *sorted, double whole) {
  memset (histogram, 0, sizeof *histogram);
  if (sorted->len == 0)
    return false;
  choose_ends (histogram, prc_values_quantile (sorted, 0.001), prc_values_quantile (sorted, 0.999),
               whole);
  double scale = PRC_HISTOGRAM_BINS / (histogram->high - histogram->low);
  for (guint i = 0; i < sorted->len; i++) {
    double value = value_at (sorted, i), bin = floor ((value - histogram->low) * scale);
    if (!(bin >= 0 && value <= histogram->high))
      continue; // NaN where the range is infinite
    uint32_t count = ++histogram->counts[(int)fmin (bin, PRC_HISTOGRAM_BINS - 1)];
    histogram->most = MAX (histogram->most, count);
    histogram->n++;
  }
  return true;
}
