// SPDX-License-Identifier: Apache-2.0
#include "prc-preprocess.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "prc-engine-error.h"

#define SIZE     PRC_INPUT_SIZE
#define CHANNELS PRC_INPUT_CHANNELS

static const struct {
  float centre, width; // HU
} ct_windows[CHANNELS] = {{-600, 1500}, {40, 400}, {400, 1800}};

static const double quantiles[2] = {0.005, 0.995};

// value -> clamp (value * scale + offset, 0, 1), one line a channel; grey pictures need only the
// first.
typedef struct {
  unsigned n_channels; // 1 or 3
  float scale[CHANNELS], offset[CHANNELS];
} Mapping;

// The pixels that one output step averages: the first, how many, and where their weights are.
typedef struct {
  uint32_t first, count;
  size_t weights;
} Span;

typedef struct {
  Span spans[SIZE];
  float *weights;
} Axis;

static void
axis_clear (Axis *axis) {
  g_free (axis->weights);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Axis, axis_clear)

// SIZE equal steps over [start, start + length) of an axis in pixels. Every step averages a box of
// its own width, at least a pixel wide (which is linear interpolation), cut at the ends of that
// range; beyond the region there is nothing.
static void
axis_init (Axis *axis, double start, double length, double region_start, double region_length) {
  double step = length / SIZE, half = MAX (step, 1) / 2;
  double last_pixel = ceil (region_start + region_length);
  size_t capacity = (size_t)SIZE * ((size_t)ceil (2 * half) + 2), used = 0;
  axis->weights = g_new (float, capacity);
  for (unsigned i = 0; i < SIZE; i++) {
    double centre = start + (i + 0.5) * step;
    double low = MAX (centre - half, start), high = MIN (centre + half, start + length),
           width = high - low;
    low = MAX (low, region_start);
    high = MIN (high, region_start + region_length);
    Span *span = &axis->spans[i];
    *span = (Span){0, 0, used};
    if (high <= low || width <= 0)
      continue;
    span->first = (uint32_t)floor (low);
    uint32_t end = (uint32_t)MIN (ceil (high), last_pixel);
    span->count = end - span->first;
    for (uint32_t p = span->first; p < end; p++)
      axis->weights[used++] = (float)((MIN (high, p + 1.0) - MAX (low, (double)p)) / width);
  }
}

static Mapping
ct_mapping (void) {
  Mapping mapping = {.n_channels = CHANNELS};
  for (unsigned c = 0; c < CHANNELS; c++) {
    mapping.scale[c] = 1 / ct_windows[c].width;
    mapping.offset[c] = 0.5f - ct_windows[c].centre / ct_windows[c].width;
  }
  return mapping;
}

static Mapping
grey_mapping (double low, double high, bool inverse) {
  double scale = 1 / (high - low), offset = -low * scale;
  Mapping mapping = {.n_channels = 1};
  mapping.scale[0] = (float)(inverse ? -scale : scale);
  mapping.offset[0] = (float)(inverse ? 1 - offset : offset);
  return mapping;
}

// Rec. 601 luminance in whole numbers, 0..255.
static uint8_t
luminance (const uint8_t *rgb) {
  return (uint8_t)((rgb[0] * 299u + rgb[1] * 587u + rgb[2] * 114u + 500u) / 1000u);
}

static void
rgb_ends (const PrcFrame *frame, double ends[4]) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  const uint8_t *samples = prc_frame_samples (frame);
  size_t n = (size_t)info->rows * info->columns, counts[256] = {0}, below = 0;
  const double ranks[4] = {0, quantiles[0] * (double)(n - 1), quantiles[1] * (double)(n - 1),
                           (double)(n - 1)};
  for (size_t i = 0; i < n; i++)
    counts[luminance (samples + 3 * i)]++;
  for (unsigned v = 0, k = 0; v < 256; v++) {
    below += counts[v];
    for (; k < 4 && ranks[k] < (double)below; k++)
      ends[k] = v;
  }
}

static bool
refuse (GError **error, const char *sentence) {
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT, sentence);
  return false;
}

static bool
find_mapping (const PrcFrame *frame, Mapping *mapping, GError **error) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  const double asked[4] = {0, quantiles[0], quantiles[1], 1};
  double ends[4];
  if (info->type == PRC_SAMPLE_RGB8)
    rgb_ends (frame, ends);
  else if (!prc_frame_quantiles (frame, asked, ends, 4))
    return refuse (error, _ ("The image has no pixel to compare"));
  if (!(ends[3] > ends[0]))
    return refuse (error, _ ("The image is of one value only"));
  if (strcmp (info->units, "HU") == 0 && info->type != PRC_SAMPLE_RGB8)
    *mapping = ct_mapping ();
  else if (ends[2] > ends[1])
    *mapping = grey_mapping (ends[1], ends[2], info->inverse);
  else
    *mapping = grey_mapping (ends[0], ends[3], info->inverse);
  return true;
}

// The region in pixels, inside the image; a width of 0 is the whole of it.
static bool
find_region (const PrcFrameInfo *info, const PrcRegion *wanted, PrcRegion *region, GError **error) {
  *region = (PrcRegion){0, 0, info->columns, info->rows};
  if (!wanted || wanted->width == 0)
    return true;
  double left = MAX (wanted->x, 0), top = MAX (wanted->y, 0);
  double right = MIN (wanted->x + wanted->width, (double)info->columns);
  double bottom = MIN (wanted->y + wanted->height, (double)info->rows);
  if (!(right > left) || !(bottom > top))
    return refuse (error, _ ("The region lies outside the image"));
  *region = (PrcRegion){left, top, right - left, bottom - top};
  return true;
}

#define READ_AS(type)                                                                              \
  {                                                                                                \
    const type *from = (const type *)samples + first;                                              \
    for (uint32_t i = 0; i < n; i++)                                                               \
      out[i] = (float)((double)from[i] * slope + intercept);                                       \
    break;                                                                                         \
  }

// Modality values without a lookup table.
static void
read_rescaled (const PrcFrame *frame, size_t first, uint32_t n, float *out) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  const void *samples = prc_frame_samples (frame);
  double slope = info->rescale_slope, intercept = info->rescale_intercept;
  switch (info->type) {
  case PRC_SAMPLE_U8:
    READ_AS (uint8_t)
  case PRC_SAMPLE_S8:
    READ_AS (int8_t)
  case PRC_SAMPLE_U16:
    READ_AS (uint16_t)
  case PRC_SAMPLE_S16:
    READ_AS (int16_t)
  case PRC_SAMPLE_U32:
    READ_AS (uint32_t)
  case PRC_SAMPLE_S32:
    READ_AS (int32_t)
  case PRC_SAMPLE_F32:
    READ_AS (float)
  case PRC_SAMPLE_F64:
    READ_AS (double)
  case PRC_SAMPLE_RGB8:
    for (uint32_t i = 0; i < n; i++)
      out[i] = luminance ((const uint8_t *)samples + 3 * (first + i));
    break;
  }
}

// Modality values of n pixels of a row; padding and what is not finite become NaN.
static void
read_row (const PrcFrame *frame, uint32_t row, uint32_t column, uint32_t n, float *out) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  size_t first = (size_t)row * info->columns + column;
  bool plain = !info->modality_lut && !info->has_padding;
  if (plain || info->type == PRC_SAMPLE_RGB8) {
    read_rescaled (frame, first, n, out);
    return;
  }
  for (uint32_t i = 0; i < n; i++) {
    double stored = prc_frame_stored (frame, column + i, row);
    bool padding = prc_frame_is_padding (frame, stored);
    out[i] = padding ? NAN : (float)prc_frame_modality (frame, stored);
  }
}

// In place; not-a-number fails both comparisons and becomes the low end.
static void
map_row (const float *values, uint32_t n, float scale, float offset, float *out) {
  for (uint32_t i = 0; i < n; i++) {
    float v = values[i] * scale + offset;
    v = v > 0 ? v : 0;
    out[i] = v < 1 ? v : 1;
  }
}

// One row of the frame, mapped and averaged along it: lines [channel][SIZE].
static void
average_row (const float *mapped, uint32_t start, const Axis *across, float *line) {
  for (unsigned i = 0; i < SIZE; i++) {
    const Span *span = &across->spans[i];
    const float *weights = across->weights + span->weights, *from = mapped + span->first - start;
    float sum = 0;
    for (uint32_t p = 0; p < span->count; p++)
      sum += weights[p] * from[p];
    line[i] = sum;
  }
}

typedef struct {
  const PrcFrame *frame;
  Mapping mapping;
  Axis *across, *down;
  uint32_t left, width, top, bottom; // pixels that the region touches
  float *values, *mapped;            // a row of them
} Job;

static void
add_row (const Job *job, uint32_t row, unsigned *from, float *sums) {
  float line[SIZE];
  read_row (job->frame, row, job->left, job->width, job->values);
  while (*from < SIZE && job->down->spans[*from].first + job->down->spans[*from].count <= row)
    (*from)++;
  for (unsigned c = 0; c < job->mapping.n_channels; c++) {
    map_row (job->values, job->width, job->mapping.scale[c], job->mapping.offset[c], job->mapped);
    average_row (job->mapped, job->left, job->across, line);
    for (unsigned o = *from; o < SIZE && job->down->spans[o].first <= row; o++) {
      const Span *span = &job->down->spans[o];
      if (row >= span->first + span->count)
        continue;
      float weight = job->down->weights[span->weights + row - span->first];
      float *sum = sums + ((size_t)c * SIZE + o) * SIZE;
      for (unsigned i = 0; i < SIZE; i++)
        sum[i] += weight * line[i];
    }
  }
}

static void
run (const Job *job, float *out) {
  g_autofree float *sums = g_new0 (float, CHANNELS *SIZE *SIZE);
  unsigned from = 0;
  // Steps above the region cover nothing.
  while (from < SIZE && job->down->spans[from].count == 0)
    from++;
  for (uint32_t row = job->top; row < job->bottom; row++)
    add_row (job, row, &from, sums);
  for (size_t p = 0; p < SIZE * SIZE; p++)
    for (unsigned c = 0; c < CHANNELS; c++)
      out[p * CHANNELS + c] = 2 * sums[(c % job->mapping.n_channels) * SIZE * SIZE + p] - 1;
}

gboolean
prc_preprocess (const PrcFrame *frame, const PrcRegion *region, float *out, GError **error) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  PrcRegion r;
  Job job = {.frame = frame};
  if (!find_region (info, region, &r, error) || !find_mapping (frame, &job.mapping, error))
    return FALSE;
  double aspect = info->pixel_aspect, side = MAX (r.width, r.height * aspect);
  g_auto (Axis) across = {0}, down = {0};
  axis_init (&across, r.x - (side - r.width) / 2, side, r.x, r.width);
  axis_init (&down, r.y - (side / aspect - r.height) / 2, side / aspect, r.y, r.height);
  job.across = &across;
  job.down = &down;
  job.left = (uint32_t)floor (r.x);
  job.width = (uint32_t)ceil (r.x + r.width) - job.left;
  job.top = (uint32_t)floor (r.y);
  job.bottom = (uint32_t)ceil (r.y + r.height);
  g_autofree float *values = job.values = g_new (float, job.width);
  g_autofree float *mapped = job.mapped = g_new (float, job.width);
  run (&job, out);
  return TRUE;
}
