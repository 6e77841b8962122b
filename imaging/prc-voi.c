// SPDX-License-Identifier: Apache-2.0
#include "prc-voi-private.h"

#include <math.h>
#include <string.h>

#define WORTH_A_CURVE (1u << 20) // pixels; below, what fitting takes is more than what it saves

static uint8_t
tissue_level (const PrcVoi *voi, double stored) {
  double output = prc_voi_output (voi, stored);
  uint8_t level;

  if (isnan (output))
    return 0;
  level = output >= 255 ? 255 : output > 0 ? (uint8_t)(output + PRC_VOI_HALF) : 0;
  return voi->inverse ? 255 - level : level;
}

static bool
is_background (const PrcFrameInfo *info, double stored) {
  return isnan (stored) ||
         (info->has_padding && stored >= info->padding_low && stored <= info->padding_high);
}

uint8_t
prc_voi_level (const PrcVoi *voi, double stored) {
  return is_background (voi->info, stored) ? 0 : tissue_level (voi, stored);
}

static uint8_t
colour_level (const PrcColourTable *colours, double stored, unsigned channel) {
  double entry = fmin (stored - colours->first_mapped, colours->n_entries - 1.0);

  return colours->rgb[3 * (size_t)entry + channel];
}

static uint8_t
channel_level (const PrcVoi *voi, double stored, unsigned channel) {
  const PrcColourTable *colours = voi->info->colours;

  if (colours == NULL || !(stored >= colours->first_mapped) || is_background (voi->info, stored))
    return prc_voi_level (voi, stored);
  return colour_level (colours, stored, channel);
}

// A window never turns back, so it is constant wherever both ends agree: some thousand evaluations
// instead of 65,536. Fills (low, high), whose ends are filled.
static void
fill_monotone (PrcVoi *voi, int32_t base, int32_t low, int32_t high) {
  uint8_t *table = voi->table[0] - base;
  int32_t middle = low + (high - low) / 2;

  if (table[low] == table[high]) {
    memset (table + low, table[low], high - low);
    return;
  }
  if (high - low == 1)
    return;
  table[middle] = tissue_level (voi, middle);
  fill_monotone (voi, base, low, middle);
  fill_monotone (voi, base, middle, high);
}

static void
fill_padding (PrcVoi *voi, int32_t base, int32_t top) {
  const PrcFrameInfo *info = voi->info;
  double low = fmax (ceil (info->padding_low), base), high = fmin (floor (info->padding_high), top);

  if (!info->has_padding || !(low <= high))
    return;
  memset (voi->table[0] + (size_t)(low - base), 0, (size_t)(high - low) + 1);
}

// From the first mapped value up every channel has its own.
static void
fill_colours (PrcVoi *voi, int32_t base, int32_t top) {
  const PrcColourTable *colours = voi->info->colours;

  for (int32_t value = colours != NULL ? MAX (colours->first_mapped, base) : top + 1; value <= top;
       value++)
    for (unsigned c = 0; c < 3; c++)
      if (!is_background (voi->info, value))
        voi->table[c][value - base] = colour_level (colours, value, c);
}

static void
fill_table (PrcVoi *voi, int32_t base, int32_t top) {
  bool monotone =
      voi->lut == NULL && voi->info->modality_lut == NULL && voi->info->presentation_lut == NULL;

  voi->table[0] = g_malloc (top - base + 1);
  if (monotone) {
    voi->table[0][0] = tissue_level (voi, base);
    voi->table[0][top - base] = tissue_level (voi, top);
    fill_monotone (voi, base, base, top);
  } else {
    for (int32_t value = base; value <= top; value++)
      voi->table[0][value - base] = tissue_level (voi, value);
  }
  fill_padding (voi, base, top);
  for (unsigned c = 1; c < 3; c++)
    voi->table[c] = voi->info->colours == NULL
                        ? voi->table[0]
                        : g_memdup2 (voi->table[0], (size_t)(top - base) + 1);
  fill_colours (voi, base, top);
}

static void
prepare_16_bit (PrcVoi *voi, int32_t base) {
  const PrcFrameInfo *info = voi->info;
  bool linear = voi->lut == NULL && voi->function != PRC_VOI_SIGMOID && !info->modality_lut &&
                !info->presentation_lut && !info->colours;

  voi->flip = base < 0 ? 0x8000 : 0;
  fill_table (voi, base, base + 65535);
  if (linear)
    voi->has_ramp = prc_voi_fit_ramp (voi, base, base + 65535);
  else if (info->colours == NULL && (uint64_t)info->rows * info->columns >= WORTH_A_CURVE)
    voi->has_curve = prc_voi_fit_curve (voi, base, base + 65535);
}

static double
usable_width (PrcVoiFunction function, double width) {
  double least = function == PRC_VOI_LINEAR ? 1 : 1e-12;

  return width > least ? width : least;
}

PrcVoi *
prc_voi_new (const PrcFrame *frame, const PrcViewParams *params) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  PrcVoi *voi = g_new0 (PrcVoi, 1);

  voi->info = info;
  voi->samples = prc_frame_samples (frame);
  if (params->voi >= 0 && (uint32_t)params->voi < info->n_voi_luts)
    voi->lut = &info->voi_luts[params->voi];
  voi->function = params->function;
  voi->centre = isfinite (params->centre) ? params->centre : 0;
  voi->width = usable_width (params->function, params->width);
  voi->inverse = info->inverse != params->invert;
  if (info->type == PRC_SAMPLE_U8)
    fill_table (voi, 0, 255);
  else if (info->type == PRC_SAMPLE_S8)
    fill_table (voi, -128, 127);
  else if (info->type == PRC_SAMPLE_U16)
    prepare_16_bit (voi, 0);
  else if (info->type == PRC_SAMPLE_S16)
    prepare_16_bit (voi, -32768);
  return voi;
}

void
prc_voi_free (PrcVoi *voi) {
  for (unsigned c = 0; c < (voi->info->colours != NULL ? 3 : 1); c++)
    g_free (voi->table[c]);
  g_free (voi);
}

unsigned
prc_voi_n_channels (const PrcVoi *voi) {
  return voi->info->type == PRC_SAMPLE_RGB8 || voi->info->colours != NULL ? 3 : 1;
}

uint8_t
prc_voi_shutter_level (const PrcFrameInfo *info) {
  return (uint8_t)((info->shutter_value * 255u + 32767) / 65535);
}

static void
row_8_bit (const PrcVoi *voi, const uint8_t *samples, size_t n, unsigned channel, int16_t *out) {
  const uint8_t *table = voi->table[channel];
  uint8_t flip = voi->info->type == PRC_SAMPLE_S8 ? 0x80 : 0;

  for (size_t i = 0; i < n; i++)
    out[i] = (int16_t)(table[samples[i] ^ flip] << PRC_LEVEL_BITS);
}

static void
row_16_bit (const PrcVoi *voi, const uint16_t *samples, size_t n, unsigned channel, int16_t *out) {
  const uint8_t *table = voi->table[channel];

  for (size_t i = 0; i < n; i++)
    out[i] = (int16_t)(table[samples[i] ^ voi->flip] << PRC_LEVEL_BITS);
}

// A colour picture has no VOI; the user's inversion is all that can be asked of it.
static void
row_rgb (const PrcVoi *voi, const uint8_t *samples, size_t n, int16_t *out) {
  uint8_t flip = voi->inverse ? 255 : 0;

  for (size_t i = 0; i < n; i++)
    out[i] = (int16_t)((samples[3 * i] ^ flip) << PRC_LEVEL_BITS);
}

#define ROW_OF(type)                                                                               \
  for (size_t i = 0; i < n; i++)                                                                   \
  out[i] = (int16_t)(channel_level (voi, ((const type *)voi->samples)[first + i], channel)         \
                     << PRC_LEVEL_BITS)

// What the shutter leaves out of a row, of the columns [column, column + n).
static void
hide (const PrcVoi *voi, uint32_t row, size_t column, size_t n, int16_t *out) {
  int16_t level = (int16_t)(prc_voi_shutter_level (voi->info) << PRC_LEVEL_BITS);
  size_t at = column, n_spans;
  const PrcSpan *spans = prc_mask_row (voi->info->shutter, row, &n_spans);

  for (size_t i = 0; i < n_spans; i++) {
    for (; at < MIN (spans[i].first, column + n); at++)
      out[at - column] = level;
    at = MAX (at, spans[i].end);
  }
  for (; at < column + n; at++)
    out[at - column] = level;
}

static void
shut (const PrcVoi *voi, size_t first, size_t n, int16_t *out) {
  size_t columns = voi->info->columns;

  while (voi->info->shutter != NULL && n > 0) {
    size_t column = first % columns, here = MIN (n, columns - column);

    hide (voi, (uint32_t)(first / columns), column, here, out);
    first += here;
    n -= here;
    out += here;
  }
}

static void
fill_row (const PrcVoi *voi, size_t first, size_t n, unsigned channel, int16_t *out) {
  switch (voi->info->type) {
  case PRC_SAMPLE_U8:
  case PRC_SAMPLE_S8:
    row_8_bit (voi, (const uint8_t *)voi->samples + first, n, channel, out);
    break;
  case PRC_SAMPLE_U16:
  case PRC_SAMPLE_S16:
    row_16_bit (voi, (const uint16_t *)voi->samples + first, n, channel, out);
    break;
  case PRC_SAMPLE_RGB8:
    row_rgb (voi, (const uint8_t *)voi->samples + 3 * first + channel, n, out);
    break;
  case PRC_SAMPLE_U32:
    ROW_OF (uint32_t);
    break;
  case PRC_SAMPLE_S32:
    ROW_OF (int32_t);
    break;
  case PRC_SAMPLE_F32:
    ROW_OF (float);
    break;
  case PRC_SAMPLE_F64:
    ROW_OF (double);
    break;
  }
}

void
prc_voi_row (const PrcVoi *voi, size_t first, size_t n, unsigned channel, int16_t *out) {
  fill_row (voi, first, n, channel, out);
  shut (voi, first, n, out);
}

void
prc_voi_row_for_averaging (const PrcVoi *voi, size_t first, size_t n, unsigned channel,
                           int16_t *out) {
  const PrcKernels *kernels = prc_kernels ();
  const int16_t *s16 = (const int16_t *)voi->samples + first;
  const uint16_t *u16 = (const uint16_t *)voi->samples + first;

  if (!voi->has_ramp && !voi->has_curve)
    fill_row (voi, first, n, channel, out);
  else if (voi->info->type == PRC_SAMPLE_S16 && voi->has_ramp)
    kernels->ramp_s16 (s16, n, &voi->ramp, out);
  else if (voi->info->type == PRC_SAMPLE_S16)
    kernels->curve_s16 (s16, n, &voi->curve, out);
  else if (voi->has_ramp)
    kernels->ramp_u16 (u16, n, &voi->ramp, out);
  else
    kernels->curve_u16 (u16, n, &voi->curve, out);
  shut (voi, first, n, out);
}
