// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-range.h"

#include <math.h>

#include "prc-values.h"

#define TABLE 65536

bool
prc_segment_range_is_all (const PrcSegmentRange *range) {
  return range->low > range->high;
}

static bool
is_within (const PrcFrame *frame, const PrcSegmentRange *range, double stored) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  double value = prc_frame_modality (frame, stored);

  return value >= range->low && value <= range->high && !prc_frame_is_padding (frame, stored) &&
         !(info->colours && stored >= info->colours->first_mapped);
}

static void
add_span (GArray *spans, uint32_t row, uint32_t first, uint32_t end) {
  PrcRowSpan span = {(int32_t)row, (int32_t)first, (int32_t)end};

  g_array_append_val (spans, span);
}

static void
add_row_by_value (const PrcFrame *frame, const PrcSegmentRange *range, uint32_t row, uint32_t left,
                  uint32_t right, GArray *spans) {
  for (uint32_t column = left; column < right; column++) {
    uint32_t first = column;

    while (column < right && is_within (frame, range, prc_frame_stored (frame, column, row)))
      column++;
    if (column > first)
      add_span (spans, row, first, column);
  }
}

// Many pixels of few values: what each value says is looked up.
static bool
fill_table (const PrcFrame *frame, const PrcSegmentRange *range, uint8_t table[TABLE]) {
  PrcSampleType type = prc_frame_info (frame)->type;
  uint32_t n = prc_sample_size (type) == 1 ? 256 : TABLE;

  if (type > PRC_SAMPLE_S16)
    return false;
  for (uint32_t i = 0; i < n; i++) {
    double stored = i;
    if (type == PRC_SAMPLE_S8)
      stored = (int8_t)i;
    else if (type == PRC_SAMPLE_S16)
      stored = (int16_t)i;
    table[i] = is_within (frame, range, stored);
  }
  return true;
}

static void
add_row_by_table (const PrcFrame *frame, const uint8_t table[TABLE], uint32_t row, uint32_t left,
                  uint32_t right, GArray *spans) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  size_t start = (size_t)row * info->columns;
  bool bytes = prc_sample_size (info->type) == 1;
  const uint8_t *bytes_of_row = (const uint8_t *)prc_frame_samples (frame) + start;
  const uint16_t *words_of_row = (const uint16_t *)prc_frame_samples (frame) + start;

#define HERE (table[bytes ? bytes_of_row[column] : words_of_row[column]])
  for (uint32_t column = left; column < right; column++) {
    uint32_t first = column;

    while (column < right && HERE)
      column++;
    if (column > first)
      add_span (spans, row, first, column);
  }
#undef HERE
}

static PrcMask *
without_hidden (PrcMask *mask, const PrcMask *shutter) {
  g_autoptr (PrcMask) all = mask;

  return shutter ? prc_mask_new_intersection (all, shutter) : prc_mask_ref (all);
}

PrcMask *
prc_segment_range_mask (const PrcFrame *frame, const PrcSegmentRange *range,
                        const PrcMaskBounds *bounds) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  PrcMaskBounds in = {0, info->rows, 0, info->columns};
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  g_autofree uint8_t *table = NULL;

  if (bounds)
    in = (PrcMaskBounds){bounds->top, MIN (bounds->bottom, info->rows), bounds->left,
                         MIN (bounds->right, info->columns)};
  bool all = prc_segment_range_is_all (range), tabled = false;
  if (!all && in.bottom > in.top && in.right > in.left &&
      (uint64_t)(in.bottom - in.top) * (in.right - in.left) > TABLE) {
    table = g_malloc (TABLE);
    tabled = fill_table (frame, range, table);
  }
  for (uint32_t row = in.top; row < in.bottom; row++) {
    if (all && in.left < in.right)
      add_span (spans, row, in.left, in.right);
    else if (tabled)
      add_row_by_table (frame, table, row, in.left, in.right, spans);
    else if (info->type != PRC_SAMPLE_RGB8)
      add_row_by_value (frame, range, row, in.left, in.right, spans);
  }
  PrcMask *mask = prc_mask_new_from_spans (info->rows, info->columns,
                                           (const PrcRowSpan *)(void *)spans->data, spans->len);
  return all ? mask : without_hidden (mask, info->shutter);
}

bool
prc_segment_range_around (const PrcFrame *frame, uint32_t column, uint32_t row, uint32_t reach,
                          double k, PrcSegmentRange *range) {
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) centre = g_array_new (FALSE, FALSE, sizeof (double));
  uint32_t left = column - MIN (column, reach), top = row - MIN (row, reach);
  PrcPixelRect region = {left, top, column - left + reach + 1, row - top + reach + 1};
  PrcPixelRect pixel = {column, row, 1, 1};
  double mean = 0, sum = 0;

  prc_values_collect (frame, &pixel, 1, centre);
  if (centre->len == 0)
    return false;
  prc_values_collect (frame, &region, G_MAXUINT16, values);
  for (guint i = 0; i < values->len; i++)
    mean += g_array_index (values, double, i) / values->len;
  for (guint i = 0; i < values->len; i++)
    sum += pow (g_array_index (values, double, i) - mean, 2);
  double spread = k * (values->len > 1 ? sqrt (sum / (values->len - 1)) : 0);
  double value = g_array_index (centre, double, 0);
  bool whole = prc_frame_info (frame)->type < PRC_SAMPLE_F32;
  double step = whole ? fabs (prc_frame_info (frame)->rescale_slope) : 0;

  range->low = fmin (mean - spread, value - step);
  range->high = fmax (mean + spread, value + step);
  return true;
}
