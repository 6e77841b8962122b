// SPDX-License-Identifier: Apache-2.0
#include <glib/gi18n-lib.h>

#include "prc-imaging-error.h"
#include "prc-segment-edit-private.h"
#include "prc-segment-range.h"

#define CHECK_EVERY 4096 // runs between two looks at the cancellable

// A slice that the region came to: what of it is within the range, and which runs of that are
// reached.
typedef struct {
  PrcMask *open;
  const PrcSpan *first; // of its runs
  uint8_t *reached;     // one for each run
} Place;

typedef struct {
  uint32_t index, row, run;
} Reached;

typedef struct {
  const PrcSeries *series;
  PrcFrameStore *store;
  const PrcSegmentRange *range;
  GCancellable *cancellable;
  uint64_t left; // voxels that may still be added
  Place *places;
  GArray *waiting; // Reached
} Flood;

// The runs of a mask lie one after the other, row by row.
static bool
open_place (Flood *flood, uint32_t index, GError **error) {
  const PrcSlice *slice = prc_series_slice (flood->series, index);
  const PrcInstanceInfo *info = prc_series_info (flood->series);
  Place *place = &flood->places[index];
  PrcMaskBounds bounds;
  size_t n = 0;

  if (place->open)
    return true;
  g_autoptr (PrcFrame) frame = prc_frame_store_get (flood->store, slice->instance, slice->frame,
                                                    PRC_PRIORITY_VIEW, flood->cancellable, error);
  if (!frame)
    return false;
  g_autoptr (PrcMask) open = prc_segment_range_mask (frame, flood->range, NULL);
  if (prc_mask_rows (open) != info->rows || prc_mask_columns (open) != info->columns) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
                 _ ("The images of the series are not of one size"));
    return false;
  }
  if (prc_mask_bounds (open, &bounds)) {
    const PrcSpan *last = prc_mask_row (open, bounds.bottom - 1, &n);
    place->first = prc_mask_row (open, bounds.top, &(size_t){0});
    n += (size_t)(last - place->first);
  }
  place->reached = g_malloc0 (n + 1);
  place->open = g_steal_pointer (&open);
  return true;
}

// Takes the runs of a row that share a column with [first, end).
static bool
reach (Flood *flood, uint32_t index, uint32_t row, PrcSpan across, GError **error) {
  Place *place = &flood->places[index];
  size_t low = 0, n, high;

  if (!open_place (flood, index, error))
    return false;
  const PrcSpan *runs = prc_mask_row (place->open, row, &n);
  for (high = n; low < high;) {
    size_t middle = low + (high - low) / 2;
    if (runs[middle].end <= across.first)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < n && runs[low].first < across.end; low++) {
    size_t run = (size_t)(runs + low - place->first);
    uint64_t length = runs[low].end - runs[low].first;
    Reached reached = {index, row, (uint32_t)run};

    if (place->reached[run])
      continue;
    if (length > flood->left) {
      g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                   _ ("The region leaks: it grows beyond every limit; choose a narrower range"));
      return false;
    }
    flood->left -= length;
    place->reached[run] = 1;
    g_array_append_val (flood->waiting, reached);
  }
  return true;
}

static bool
spread (Flood *flood, Reached from, GError **error) {
  const PrcInstanceInfo *info = prc_series_info (flood->series);
  PrcSpan run = flood->places[from.index].first[from.run];

  return (from.row == 0 || reach (flood, from.index, from.row - 1, run, error)) &&
         (from.row + 1 >= info->rows || reach (flood, from.index, from.row + 1, run, error)) &&
         (from.index == 0 || reach (flood, from.index - 1, from.row, run, error)) &&
         (from.index + 1 >= prc_series_length (flood->series) ||
          reach (flood, from.index + 1, from.row, run, error));
}

static bool
run_flood (Flood *flood, GError **error) {
  for (unsigned n = 1; flood->waiting->len > 0; n++) {
    Reached from = g_array_index (flood->waiting, Reached, flood->waiting->len - 1);

    g_array_set_size (flood->waiting, flood->waiting->len - 1);
    if (!spread (flood, from, error) ||
        (n % CHECK_EVERY == 0 && g_cancellable_set_error_if_cancelled (flood->cancellable, error)))
      return false;
  }
  return !g_cancellable_set_error_if_cancelled (flood->cancellable, error);
}

static PrcMask *
reached_of (const Place *place) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  uint32_t rows = prc_mask_rows (place->open);

  for (uint32_t row = 0; row < rows; row++) {
    size_t n;
    const PrcSpan *runs = prc_mask_row (place->open, row, &n);

    for (size_t i = 0; i < n; i++) {
      PrcRowSpan span = {(int32_t)row, runs[i].first, runs[i].end};
      if (place->reached[runs + i - place->first])
        g_array_append_val (spans, span);
    }
  }
  return prc_mask_new_from_spans (rows, prc_mask_columns (place->open),
                                  (const PrcRowSpan *)(void *)spans->data, spans->len);
}

static PrcSegmentStack *
with_region (const PrcSegmentStack *stack, Flood *flood, GError **error) {
  g_autoptr (GPtrArray) masks = prc_segment_edit_masks (stack);

  for (uint32_t i = 0; i < masks->len; i++) {
    PrcMask *before = masks->pdata[i];
    if (!flood->places[i].open)
      continue;
    g_autoptr (PrcMask) region = reached_of (&flood->places[i]);
    if (before && !prc_segment_edit_same_size (before, region, error))
      return NULL;
    if (prc_mask_area (region) > 0)
      prc_segment_edit_replace (
          masks, i, before ? prc_mask_new_union (before, region) : prc_mask_ref (region));
  }
  return prc_segment_edit_stack (masks);
}

PrcSegmentStack *
prc_segment_edit_grow (const PrcSegmentStack *stack, const PrcSeries *series, PrcFrameStore *store,
                       uint32_t column, uint32_t row, uint32_t index, const PrcSegmentRange *range,
                       uint64_t max_voxels, GCancellable *cancellable, GError **error) {
  const PrcInstanceInfo *info = prc_series_info (series);
  uint32_t n = prc_series_length (series);
  g_autofree Place *places = g_new0 (Place, n);
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (Reached));
  Flood flood = {series, store, range, cancellable, max_voxels, places, waiting};
  PrcSegmentStack *grown = NULL;

  if (!prc_segment_edit_is_of (stack, series, error))
    return NULL;
  if (column >= info->columns || row >= info->rows || index >= n)
    return prc_segment_stack_ref (stack);
  if (reach (&flood, index, row, (PrcSpan){(uint16_t)column, (uint16_t)(column + 1)}, error) &&
      run_flood (&flood, error))
    grown = with_region (stack, &flood, error);
  for (uint32_t i = 0; i < n; i++) {
    g_clear_pointer (&places[i].open, prc_mask_unref);
    g_free (places[i].reached);
  }
  return grown;
}
