// SPDX-License-Identifier: Apache-2.0
#include "prc-voi.h"

#include "prc-kernels.h"

#include <math.h>
#include <string.h>

// Where the VOI output is a half in theory, double arithmetic may fall on either side of it; this
// much decides for "up".
#define HALF (0.5 + 1e-9)

// 255 level steps, and both ends of padding.
#define MAX_STEPS 300

struct _PrcVoi {
  const PrcFrameInfo *info;
  const void *samples;
  const PrcLut *lut; // VOI LUT, or NULL
  PrcVoiFunction function;
  double centre, width;
  bool inverse;
  bool direct; // `affine` gives the same levels as `table`
  PrcAffine affine;
  uint16_t flip;            // XORed on a sample's bits to give its place in the table
  uint8_t *table;           // of 8- and 16-bit samples, ascending by value
  int32_t steps[MAX_STEPS]; // values whose level differs from the one below
  unsigned n_steps;
};

static double
lut_entry (const PrcLut *lut, double value) {
  double index = floor (value + 0.5) - lut->first_mapped;

  if (!(index > 0))
    return lut->entries[0];
  return lut->entries[index < lut->n_entries ? (uint32_t)index : lut->n_entries - 1];
}

// PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, output range 0 to 255.
static double
window_output (const PrcVoi *voi, double x) {
  double c = voi->centre, w = voi->width;

  switch (voi->function) {
  case PRC_VOI_SIGMOID:
    return 255 / (1 + exp (-4 * (x - c) / w));
  case PRC_VOI_LINEAR_EXACT:
    if (x <= c - w / 2)
      return 0;
    return x > c + w / 2 ? 255 : ((x - c) / w + 0.5) * 255;
  default:
    if (x <= c - 0.5 - (w - 1) / 2)
      return 0;
    return x > c - 0.5 + (w - 1) / 2 ? 255 : ((x - (c - 0.5)) / (w - 1) + 0.5) * 255;
  }
}

static uint8_t
tissue_level (const PrcVoi *voi, double stored) {
  const PrcFrameInfo *info = voi->info;
  double value = info->modality_lut != NULL
                     ? lut_entry (info->modality_lut, stored)
                     : stored * info->rescale_slope + info->rescale_intercept;
  double output;
  uint8_t level;

  if (isnan (value))
    return 0;
  if (voi->lut != NULL)
    output = lut_entry (voi->lut, value) * 255 / ((1u << voi->lut->bits) - 1);
  else
    output = window_output (voi, value);
  level = output >= 255 ? 255 : output > 0 ? (uint8_t)(output + HALF) : 0;
  return voi->inverse ? 255 - level : level;
}

uint8_t
prc_voi_level (const PrcVoi *voi, double stored) {
  const PrcFrameInfo *info = voi->info;

  if (isnan (stored) ||
      (info->has_padding && stored >= info->padding_low && stored <= info->padding_high))
    return 0;
  return tissue_level (voi, stored);
}

static void
add_step (PrcVoi *voi, double value) {
  if (voi->n_steps < MAX_STEPS)
    voi->steps[voi->n_steps++] = (int32_t)CLAMP (value, -65536, 65536);
}

// A window never turns back, so it is constant wherever both ends agree: some thousand evaluations
// instead of 65,536. Fills (low, high), whose ends are filled.
static void
fill_monotone (PrcVoi *voi, int32_t base, int32_t low, int32_t high) {
  uint8_t *table = voi->table - base;
  int32_t middle = low + (high - low) / 2;

  if (table[low] == table[high]) {
    memset (table + low, table[low], high - low);
    return;
  }
  if (high - low == 1) {
    add_step (voi, high);
    return;
  }
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
  memset (voi->table + (size_t)(low - base), 0, (size_t)(high - low) + 1);
  add_step (voi, low);
  add_step (voi, high + 1);
}

static void
fill_table (PrcVoi *voi, int32_t base, int32_t top) {
  bool monotone = voi->lut == NULL && voi->info->modality_lut == NULL;

  voi->table = g_malloc (top - base + 1);
  if (monotone) {
    voi->table[0] = tissue_level (voi, base);
    voi->table[top - base] = tissue_level (voi, top);
    fill_monotone (voi, base, base, top);
  } else {
    for (int32_t value = base; value <= top; value++)
      voi->table[value - base] = tissue_level (voi, value);
  }
  fill_padding (voi, base, top);
}

// The same window as one multiplication and addition in single precision, offset to where the
// window lies because there its rounding matters.
static void
derive_affine (PrcVoi *voi) {
  const PrcFrameInfo *info = voi->info;
  bool linear = voi->function == PRC_VOI_LINEAR;
  double width = linear ? voi->width - 1 : voi->width;
  double centre = linear ? voi->centre - 0.5 : voi->centre;
  double slope = info->rescale_slope * 255 / width;
  double offset = rint ((centre - info->rescale_intercept) / info->rescale_slope);
  double at_offset =
      (offset * info->rescale_slope + info->rescale_intercept - centre) * 255 / width;

  voi->affine = (PrcAffine){
      .offset = (float)offset,
      .scale = (float)slope,
      .bias = (float)(at_offset + 127.5 + 0.5 + 2e-5),
      .padding_low = info->has_padding ? (float)info->padding_low : 1,
      .padding_high = info->has_padding ? (float)info->padding_high : 0,
      .flip = voi->inverse ? 255 : 0,
  };
}

// Both the table and the kernel are monotone between padding borders, so they agree everywhere when
// they agree on both sides of every step of the table and at the ends.
static bool
affine_agrees (const PrcVoi *voi, int32_t base, int32_t top) {
  uint16_t values[2 * MAX_STEPS + 2];
  int16_t levels[2 * MAX_STEPS + 2];
  size_t n = 0;

  values[n++] = (uint16_t)base;
  values[n++] = (uint16_t)top;
  for (unsigned i = 0; i < voi->n_steps; i++)
    for (int32_t value = voi->steps[i] - 1; value <= voi->steps[i]; value++)
      values[n++] = (uint16_t)CLAMP (value, base, top);
  if (base < 0)
    prc_kernels ()->window_s16 ((const int16_t *)values, n, &voi->affine, levels);
  else
    prc_kernels ()->window_u16 (values, n, &voi->affine, levels);
  for (size_t i = 0; i < n; i++)
    if (levels[i] != voi->table[values[i] ^ voi->flip] << PRC_LEVEL_BITS)
      return false;
  return true;
}

static void
prepare_16_bit (PrcVoi *voi, int32_t base) {
  bool window = voi->lut == NULL && voi->info->modality_lut == NULL;

  voi->flip = base < 0 ? 0x8000 : 0;
  fill_table (voi, base, base + 65535);
  if (!window || voi->function == PRC_VOI_SIGMOID || prc_kernels ()->window_u16 == NULL ||
      voi->n_steps == MAX_STEPS)
    return;
  derive_affine (voi);
  voi->direct = isfinite (voi->affine.scale) && isfinite (voi->affine.offset) &&
                isfinite (voi->affine.bias) && affine_agrees (voi, base, base + 65535);
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
  g_free (voi->table);
  g_free (voi);
}

unsigned
prc_voi_n_channels (const PrcVoi *voi) {
  return voi->info->type == PRC_SAMPLE_RGB8 ? 3 : 1;
}

static void
row_8_bit (const PrcVoi *voi, const uint8_t *samples, size_t n, int16_t *out) {
  uint8_t flip = voi->info->type == PRC_SAMPLE_S8 ? 0x80 : 0;

  for (size_t i = 0; i < n; i++)
    out[i] = (int16_t)(voi->table[samples[i] ^ flip] << PRC_LEVEL_BITS);
}

static void
row_16_bit (const PrcVoi *voi, const uint16_t *samples, size_t n, int16_t *out) {
  if (!voi->direct) {
    for (size_t i = 0; i < n; i++)
      out[i] = (int16_t)(voi->table[samples[i] ^ voi->flip] << PRC_LEVEL_BITS);
  } else if (voi->info->type == PRC_SAMPLE_S16) {
    prc_kernels ()->window_s16 ((const int16_t *)samples, n, &voi->affine, out);
  } else {
    prc_kernels ()->window_u16 (samples, n, &voi->affine, out);
  }
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
  out[i] = (int16_t)(prc_voi_level (voi, ((const type *)voi->samples)[first + i]) << PRC_LEVEL_BITS)

void
prc_voi_row (const PrcVoi *voi, size_t first, size_t n, unsigned channel, int16_t *out) {
  switch (voi->info->type) {
  case PRC_SAMPLE_U8:
  case PRC_SAMPLE_S8:
    row_8_bit (voi, (const uint8_t *)voi->samples + first, n, out);
    break;
  case PRC_SAMPLE_U16:
  case PRC_SAMPLE_S16:
    row_16_bit (voi, (const uint16_t *)voi->samples + first, n, out);
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
