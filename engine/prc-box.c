// SPDX-License-Identifier: Apache-2.0
#include "prc-box.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-engine-error.h"

typedef struct {
  double low, high;
} Range;

// [start, start + length) within [0, n]; not a number or empty: false.
static bool
cut (double start, double length, uint32_t n, Range *range) {
  *range = (Range){MAX (start, 0), MIN (start + length, (double)n)};
  return isfinite (start) && isfinite (length) && range->high > range->low;
}

// The pixels whose middle lies in `from`; the one in its middle when there is none.
static PrcRowSpan
pixels_within (Range from) {
  const int32_t first = (int32_t)ceil (from.low - 0.5), end = (int32_t)ceil (from.high - 0.5);
  const int32_t middle = (int32_t)floor ((from.low + from.high) / 2);
  return first < end ? (PrcRowSpan){0, first, end} : (PrcRowSpan){0, middle, middle + 1};
}

static Range
shrunk (Range range, double part) {
  const double middle = (range.low + range.high) / 2, half = (range.high - range.low) / 2 * part;
  return (Range){middle - half, middle + half};
}

// How far the ellipse reaches in a row, as a part of what it does in the middle one.
static double
reach (Range down, int32_t row) {
  const double half = (down.high - down.low) / 2;
  const double away = (row + 0.5 - (down.low + down.high) / 2) / half;
  return sqrt (MAX (1 - away * away, 0));
}

PrcMask *
prc_box_mask (const PrcFrameInfo *info, const PrcRegion *box, GError **error) {
  Range across, down;
  if (!cut (box->x, box->width, info->columns, &across) ||
      !cut (box->y, box->height, info->rows, &down)) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT,
                         _ ("The region lies outside the image"));
    return NULL;
  }
  across = shrunk (across, PRC_BOX_ELLIPSE);
  down = shrunk (down, PRC_BOX_ELLIPSE);
  const PrcRowSpan rows = pixels_within (down);
  g_autofree PrcRowSpan *spans = g_new (PrcRowSpan, (gsize)(rows.end - rows.first));
  for (int32_t row = rows.first; row < rows.end; row++) {
    PrcRowSpan *span = &spans[row - rows.first];
    *span = pixels_within (shrunk (across, reach (down, row)));
    span->row = row;
  }
  return prc_mask_new_from_spans (info->rows, info->columns, spans,
                                  (size_t)(rows.end - rows.first));
}
