// SPDX-License-Identifier: Apache-2.0
#include "prc-frame.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prc-imaging-error.h"
#include "prc-text.h"

#define MAX_SIDE        65535
#define MAX_ASPECT      1000.0
#define N_BINS          65536      // every value of a 16-bit sample
#define SAMPLE_INTEGERS (1u << 18) // about that many pixels are looked at for quantiles
#define SAMPLE_OTHERS   (1u << 16) // these have to be sorted
#define SAMPLE_MOST     (1u << 22) // where the first look found no tissue

struct _PrcFrame {
  PrcFrameInfo info; // all that it points to is our own
  GBytes *samples;
  const uint8_t *data; // of samples
};

size_t
prc_sample_size (PrcSampleType type) {
  switch (type) {
  case PRC_SAMPLE_U8:
  case PRC_SAMPLE_S8:
    return 1;
  case PRC_SAMPLE_U16:
  case PRC_SAMPLE_S16:
    return 2;
  case PRC_SAMPLE_U32:
  case PRC_SAMPLE_S32:
  case PRC_SAMPLE_F32:
    return 4;
  case PRC_SAMPLE_F64:
    return 8;
  case PRC_SAMPLE_RGB8:
    return 3;
  default:
    return 0;
  }
}

uint16_t
prc_lut_entry (const PrcLut *lut, double value) {
  double index = floor (value + 0.5) - lut->first_mapped;
  if (!(index > 0))
    return lut->entries[0];
  return lut->entries[index < lut->n_entries ? (uint32_t)index : lut->n_entries - 1];
}

static bool
fail (GError **error, const char *sentence) {
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED, sentence);
  return false;
}

static bool
check_lut (const PrcLut *lut) {
  return lut->n_entries >= 1 && lut->n_entries <= 65536 && lut->bits >= 8 && lut->bits <= 16 &&
         lut->entries;
}

static bool
check_size (const PrcFrameInfo *info, GBytes *samples, GError **error) {
  size_t pixel = prc_sample_size (info->type);
  if (pixel == 0)
    return fail (error, _ ("The kind of pixel values is unknown"));
  if (info->rows < 1 || info->columns < 1 || info->rows > MAX_SIDE || info->columns > MAX_SIDE) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
                 _ ("The image has %u rows and %u columns"), info->rows, info->columns);
    return false;
  }
  uint64_t expected = (uint64_t)info->rows * info->columns * pixel;
  if (expected != g_bytes_get_size (samples)) {
    g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_DAMAGED,
                 _ ("The image has %zu bytes of pixels instead of %zu"), g_bytes_get_size (samples),
                 (size_t)expected);
    return false;
  }
  return true;
}

static bool
check_reading (const PrcFrameInfo *info, GError **error) {
  if (!isfinite (info->rescale_slope) || !isfinite (info->rescale_intercept) ||
      info->rescale_slope == 0)
    return fail (error, _ ("The rescale slope or intercept is no usable number"));
  if (!(info->pixel_aspect >= 1 / MAX_ASPECT) || !(info->pixel_aspect <= MAX_ASPECT))
    return fail (error, _ ("The proportions of a pixel are impossible"));
  if (info->modality_lut && !check_lut (info->modality_lut))
    return fail (error, _ ("The modality lookup table is damaged"));
  for (uint32_t i = 0; i < info->n_voi_luts; i++) {
    if (!check_lut (&info->voi_luts[i]))
      return fail (error, _ ("A VOI lookup table is damaged"));
  }
  if (info->presentation_lut && !check_lut (info->presentation_lut))
    return fail (error, _ ("The presentation lookup table is damaged"));
  if (info->colours && (info->colours->n_entries < 1 || info->colours->n_entries > 65536 ||
                        info->type == PRC_SAMPLE_RGB8))
    return fail (error, _ ("The palette is missing or damaged"));
  if (info->shutter && (prc_mask_rows (info->shutter) != info->rows ||
                        prc_mask_columns (info->shutter) != info->columns))
    return fail (error, _ ("The shutter is not of the image's size"));
  if (info->voi_function > PRC_VOI_SIGMOID)
    return fail (error, _ ("The VOI function is unknown"));
  if (info->has_padding && (!isfinite (info->padding_low) || !isfinite (info->padding_high)))
    return fail (error, _ ("The padding value is no usable number"));
  return true;
}

static void
copy_text (char out[64], const char *text) {
  g_autofree char *valid = prc_text_safe (text, (gssize)strnlen (text, 63), 63, false);
  g_strlcpy (out, valid, 64);
  const char *end;
  g_utf8_validate (out, -1, &end); // g_strlcpy may have cut a letter
  out[end - out] = '\0';
}

static void
copy_lut (PrcLut *out, const PrcLut *lut) {
  *out = *lut;
  out->entries = g_memdup2 (lut->entries, lut->n_entries * sizeof (uint16_t));
  copy_text (out->explanation, lut->explanation);
}

static void
copy_windows (PrcFrameInfo *out, const PrcFrameInfo *info) {
  PrcWindow *windows = g_new0 (PrcWindow, info->n_windows + 1);
  out->n_windows = 0;
  for (uint32_t i = 0; i < info->n_windows; i++) {
    const PrcWindow *window = &info->windows[i];
    if (!isfinite (window->centre) || !isfinite (window->width) || window->width <= 0)
      continue;
    windows[out->n_windows] = *window;
    copy_text (windows[out->n_windows++].explanation, window->explanation);
  }
  out->windows = windows;
}

static const PrcLut *
new_copy (const PrcLut *lut) {
  PrcLut *copy = lut ? g_new0 (PrcLut, 1) : NULL;
  if (copy)
    copy_lut (copy, lut);
  return copy;
}

static void
free_copy (const PrcLut *lut) {
  if (lut)
    g_free ((void *)lut->entries);
  g_free ((void *)lut);
}

static void
copy_luts (PrcFrameInfo *out, const PrcFrameInfo *info) {
  out->modality_lut = new_copy (info->modality_lut);
  out->presentation_lut = new_copy (info->presentation_lut);
  PrcLut *luts = g_new0 (PrcLut, info->n_voi_luts + 1);
  for (uint32_t i = 0; i < info->n_voi_luts; i++)
    copy_lut (&luts[i], &info->voi_luts[i]);
  out->voi_luts = luts;
}

static void
copy_colours (PrcFrameInfo *out, const PrcFrameInfo *info) {
  if (!info->colours)
    return;
  PrcColourTable *colours = g_memdup2 (info->colours, sizeof *info->colours);
  colours->rgb = g_memdup2 (colours->rgb, (size_t)colours->n_entries * 3);
  out->colours = colours;
}

static void
copy_masks (PrcFrameInfo *out, const PrcFrameInfo *info) {
  PrcOverlay *overlays = g_new0 (PrcOverlay, info->n_overlays + 1);
  for (uint32_t i = 0; i < info->n_overlays; i++) {
    overlays[i] = info->overlays[i];
    overlays[i].mask = prc_mask_ref (info->overlays[i].mask);
    copy_text (overlays[i].label, info->overlays[i].label);
  }
  out->overlays = overlays;
  out->shutter = info->shutter ? prc_mask_ref (info->shutter) : NULL;
}

static void
free_masks (PrcFrameInfo *info) {
  for (uint32_t i = 0; i < info->n_overlays; i++)
    prc_mask_unref ((PrcMask *)info->overlays[i].mask);
  g_free ((void *)info->overlays);
  if (info->shutter)
    prc_mask_unref ((PrcMask *)info->shutter);
}

static void
copy_real_worlds (PrcFrameInfo *out, const PrcFrameInfo *info) {
  PrcRealWorld *mappings = g_new0 (PrcRealWorld, info->n_real_worlds + 1);
  for (uint32_t i = 0; i < info->n_real_worlds; i++) {
    mappings[i] = info->real_worlds[i];
    mappings[i].table = mappings[i].n_table ? g_memdup2 (info->real_worlds[i].table,
                                                         mappings[i].n_table * sizeof (double))
                                            : NULL;
  }
  out->real_worlds = mappings;
}

static double
length_or_unknown (double mm) {
  return isfinite (mm) && mm > 0 ? mm : 0;
}

PrcFrame *
prc_frame_new (const PrcFrameInfo *info, GBytes *samples, GError **error) {
  if (!check_size (info, samples, error) || !check_reading (info, error))
    return NULL;
  PrcFrame *self = g_atomic_rc_box_new0 (PrcFrame);
  self->info = *info;
  copy_windows (&self->info, info);
  copy_luts (&self->info, info);
  copy_colours (&self->info, info);
  copy_masks (&self->info, info);
  copy_real_worlds (&self->info, info);
  if (info->has_padding) {
    self->info.padding_low = MIN (info->padding_low, info->padding_high);
    self->info.padding_high = MAX (info->padding_low, info->padding_high);
  }
  self->info.row_spacing_mm = length_or_unknown (info->row_spacing_mm);
  self->info.column_spacing_mm = length_or_unknown (info->column_spacing_mm);
  self->info.units[sizeof self->info.units - 1] = '\0';
  const void *data = g_bytes_get_data (samples, NULL);
  if (info->type != PRC_SAMPLE_RGB8 && (uintptr_t)data % prc_sample_size (info->type) != 0)
    self->samples =
        g_bytes_new (data, g_bytes_get_size (samples)); // readers may count on alignment
  else
    self->samples = g_bytes_ref (samples);
  self->data = g_bytes_get_data (self->samples, NULL);
  return self;
}

static void
frame_clear (PrcFrame *self) {
  g_free ((void *)self->info.windows);
  free_copy (self->info.modality_lut);
  free_copy (self->info.presentation_lut);
  if (self->info.colours)
    g_free ((void *)self->info.colours->rgb);
  g_free ((void *)self->info.colours);
  free_masks (&self->info);
  for (uint32_t i = 0; i < self->info.n_voi_luts; i++)
    g_free ((void *)self->info.voi_luts[i].entries);
  g_free ((void *)self->info.voi_luts);
  for (uint32_t i = 0; i < self->info.n_real_worlds; i++)
    g_free ((void *)self->info.real_worlds[i].table);
  g_free ((void *)self->info.real_worlds);
  g_bytes_unref (self->samples);
}

PrcFrame *
prc_frame_ref (PrcFrame *frame) {
  return g_atomic_rc_box_acquire (frame);
}

void
prc_frame_unref (PrcFrame *frame) {
  g_atomic_rc_box_release_full (frame, (GDestroyNotify)frame_clear);
}

const PrcFrameInfo *
prc_frame_info (const PrcFrame *frame) {
  return &frame->info;
}

const void *
prc_frame_samples (const PrcFrame *frame) {
  return frame->data;
}

GBytes *
prc_frame_bytes (const PrcFrame *frame) {
  return frame->samples;
}

size_t
prc_frame_size (const PrcFrame *frame) {
  return g_bytes_get_size (frame->samples);
}

static double
stored_at (const PrcFrame *frame, size_t i) {
  const void *data = frame->data;
  switch (frame->info.type) {
  case PRC_SAMPLE_U8:
    return ((const uint8_t *)data)[i];
  case PRC_SAMPLE_S8:
    return ((const int8_t *)data)[i];
  case PRC_SAMPLE_U16:
    return ((const uint16_t *)data)[i];
  case PRC_SAMPLE_S16:
    return ((const int16_t *)data)[i];
  case PRC_SAMPLE_U32:
    return ((const uint32_t *)data)[i];
  case PRC_SAMPLE_S32:
    return ((const int32_t *)data)[i];
  case PRC_SAMPLE_F32:
    return (double)((const float *)data)[i];
  case PRC_SAMPLE_F64:
    return ((const double *)data)[i];
  default:
    return 0;
  }
}

double
prc_frame_stored (const PrcFrame *frame, uint32_t column, uint32_t row) {
  g_return_val_if_fail (column < frame->info.columns && row < frame->info.rows, 0);
  return stored_at (frame, (size_t)row * frame->info.columns + column);
}

double
prc_frame_modality (const PrcFrame *frame, double stored) {
  const PrcLut *lut = frame->info.modality_lut;
  if (!lut)
    return frame->info.rescale_slope * stored + frame->info.rescale_intercept;
  double entry = stored - lut->first_mapped;
  if (!(entry > 0))
    return lut->entries[0];
  return lut->entries[(uint32_t)MIN (entry, lut->n_entries - 1)];
}

bool
prc_frame_is_padding (const PrcFrame *frame, double stored) {
  return frame->info.has_padding && stored >= frame->info.padding_low &&
         stored <= frame->info.padding_high;
}

// A modality value and how many pixels have it.
typedef struct {
  double value;
  uint64_t count;
} Bin;

static int
compare_bins (const void *a, const void *b) {
  double x = ((const Bin *)a)->value, y = ((const Bin *)b)->value;
  return (x > y) - (x < y);
}

// How many pixels to go at once, both ways, to look at about `wanted` of them.
static uint32_t
grid_step (const PrcFrame *frame, uint32_t wanted) {
  double pixels = (double)frame->info.rows * frame->info.columns;
  return (uint32_t)ceil (sqrt (MAX (pixels / wanted, 1)));
}

// The spans of a row that a shutter leaves, or all of it.
static const PrcSpan *
visible_spans (const PrcFrame *frame, uint32_t row, PrcSpan *whole, size_t *n) {
  if (frame->info.shutter)
    return prc_mask_row (frame->info.shutter, row, n);
  *whole = (PrcSpan){0, (uint16_t)frame->info.columns};
  *n = 1;
  return whole;
}

// The first column of the grid in a span.
static uint32_t
on_grid (uint32_t column, uint32_t step) {
  return (column + step - 1) / step * step;
}

// Counts one in step x step pixels of 8 or 16 bits into bins, the lowest possible value in bin 0.
static void
count_samples (const PrcFrame *frame, uint32_t step, uint32_t *bins) {
  uint32_t columns = frame->info.columns;
  bool wide = prc_sample_size (frame->info.type) == 2;
  bool is_signed = frame->info.type == PRC_SAMPLE_S16 || frame->info.type == PRC_SAMPLE_S8;
  uint32_t flip = !is_signed ? 0 : wide ? 0x8000 : 0x80;
  for (uint32_t row = 0; row < frame->info.rows; row += step) {
    const uint8_t *bytes = frame->data + (size_t)row * columns * (wide ? 2 : 1);
    const uint16_t *words = (const void *)bytes;
    PrcSpan whole;
    size_t n;
    const PrcSpan *spans = visible_spans (frame, row, &whole, &n);
    for (size_t i = 0; i < n; i++) {
      uint32_t column = on_grid (spans[i].first, step);
      if (wide)
        for (; column < spans[i].end; column += step)
          bins[words[column] ^ flip]++;
      else
        for (; column < spans[i].end; column += step)
          bins[bytes[column] ^ flip]++;
    }
  }
}

// Of 8 and 16-bit samples; the values ascend or descend unless there is a modality table.
static GArray *
bins_of_integers (const PrcFrame *frame, uint32_t step) {
  bool is_signed = frame->info.type == PRC_SAMPLE_S16 || frame->info.type == PRC_SAMPLE_S8;
  uint32_t n_bins = prc_sample_size (frame->info.type) == 2 ? N_BINS : 256;
  double lowest = is_signed ? -(double)(n_bins / 2) : 0;
  g_autofree uint32_t *counts = g_new0 (uint32_t, n_bins);
  count_samples (frame, step, counts);
  GArray *bins = g_array_sized_new (FALSE, FALSE, sizeof (Bin), 1024);
  for (uint32_t i = 0; i < n_bins; i++) {
    double stored = lowest + i;
    if (counts[i] == 0 || prc_frame_is_padding (frame, stored))
      continue;
    Bin bin = {prc_frame_modality (frame, stored), counts[i]};
    g_array_append_val (bins, bin);
  }
  return bins;
}

static void
add_bin (const PrcFrame *frame, GArray *bins, double stored) {
  Bin bin = {prc_frame_modality (frame, stored), 1};
  if (isfinite (bin.value) && !prc_frame_is_padding (frame, stored))
    g_array_append_val (bins, bin);
}

static GArray *
bins_of_others (const PrcFrame *frame, uint32_t step) {
  GArray *bins = g_array_new (FALSE, FALSE, sizeof (Bin));
  for (uint32_t row = 0; row < frame->info.rows; row += step) {
    PrcSpan whole;
    size_t n;
    const PrcSpan *spans = visible_spans (frame, row, &whole, &n);
    for (size_t i = 0; i < n; i++)
      for (uint32_t column = on_grid (spans[i].first, step); column < spans[i].end; column += step)
        add_bin (frame, bins, stored_at (frame, (size_t)row * frame->info.columns + column));
  }
  return bins;
}

static GArray *
bins_of_frame (const PrcFrame *frame, bool small, uint32_t step) {
  GArray *bins = small ? bins_of_integers (frame, step) : bins_of_others (frame, step);
  qsort (bins->data, bins->len, sizeof (Bin), compare_bins);
  return bins;
}

// The values at rank floor (at) and the one after, interpolated; walks on from *i, *below.
static double
value_at_rank (const GArray *bins, double at, size_t *i, uint64_t *below) {
  uint64_t rank = (uint64_t)at;
  while (*i + 1 < bins->len && *below + g_array_index (bins, Bin, *i).count <= rank)
    *below += g_array_index (bins, Bin, (*i)++).count;
  const Bin *bin = &g_array_index (bins, Bin, *i);
  if (rank + 1 < *below + bin->count || *i + 1 == bins->len)
    return bin->value;
  return bin->value + (at - (double)rank) * (bin[1].value - bin->value);
}

bool
prc_frame_quantiles (const PrcFrame *frame, const double *q, double *out, size_t n) {
  if (frame->info.type == PRC_SAMPLE_RGB8)
    return false;
  bool small = prc_sample_size (frame->info.type) <= 2;
  uint32_t step = grid_step (frame, small ? SAMPLE_INTEGERS : SAMPLE_OTHERS);
  g_autoptr (GArray) bins = bins_of_frame (frame, small, step);
  if (bins->len == 0 && step > 1) { // tissue between the points of the grid, perhaps
    g_clear_pointer (&bins, g_array_unref);
    bins = bins_of_frame (frame, small, small ? 1 : grid_step (frame, SAMPLE_MOST));
  }
  if (bins->len == 0)
    return false;
  uint64_t total = 0, below = 0;
  for (size_t i = 0; i < bins->len; i++)
    total += g_array_index (bins, Bin, i).count;
  size_t bin = 0;
  for (size_t i = 0; i < n; i++)
    out[i] = value_at_rank (bins, CLAMP (q[i], 0, 1) * (double)(total - 1), &bin, &below);
  return true;
}
