// SPDX-License-Identifier: Apache-2.0
#include "prc-preprocess.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "prc-engine-error.h"
#include "prc-ops-kernels.h"

#define CHANNELS PRC_RECIPE_MAX_CHANNELS

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
  unsigned size; // steps
  Span *spans;   // [size]
  float *weights;
} Axis;

static void
axis_clear (Axis *axis) {
  g_free (axis->spans);
  g_free (axis->weights);
}

// `size` equal steps over [start, start + length) of an axis in pixels. Every step averages a box of
// its own width, at least a pixel wide (which is linear interpolation), cut at the ends of that
// range; beyond the region there is nothing.
static void
axis_average (Axis *axis, double start, double length, double region_start, double region_length) {
  double step = length / axis->size, half = MAX (step, 1) / 2;
  double last_pixel = ceil (region_start + region_length);
  size_t used = 0;
  axis->weights = g_new (float, (size_t)axis->size *((size_t)ceil (2 * half) + 2));
  for (unsigned i = 0; i < axis->size; i++) {
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

// What a pixel at a distance counts, both in steps (or in pixels where those are larger).
static double
kernel_at (PrcInterpolation interpolation, double x) {
  x = fabs (x);
  if (interpolation == PRC_INTERPOLATION_LINEAR)
    return MAX (1 - x, 0);
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0;
}

// The same steps with a kernel that reaches beyond them, as picture libraries shrink for encoders:
// weights of the pixels whose middle lies in that range add up to one, but for what is lost with
// those beyond the region.
static void
axis_filter (Axis *axis, PrcInterpolation interpolation, double start, double length,
             double region_start, double region_length) {
  const double step = length / axis->size, scale = MAX (step, 1);
  const double reach = scale * (interpolation == PRC_INTERPOLATION_LINEAR ? 1 : 2);
  size_t used = 0;
  axis->weights = g_new (float, (size_t)axis->size *((size_t)ceil (2 * reach) + 2));
  for (unsigned i = 0; i < axis->size; i++) {
    const double centre = start + (i + 0.5) * step;
    const double end = MIN (centre + reach, start + length) - 0.5;
    Span *span = &axis->spans[i];
    double sum = 0;
    *span = (Span){0, 0, used};
    for (double p = ceil (MAX (centre - reach, start) - 0.5); p < end; p++) {
      const double weight = kernel_at (interpolation, (p + 0.5 - centre) / scale);
      sum += weight;
      if (p + 0.5 < region_start || p + 0.5 >= region_start + region_length)
        continue;
      if (span->count++ == 0)
        span->first = (uint32_t)p;
      axis->weights[used++] = (float)weight;
    }
    for (uint32_t k = 0; k < span->count; k++)
      axis->weights[span->weights + k] /= (float)sum;
  }
}

static void
axis_init (Axis *axis, const PrcRecipe *recipe, double start, double length, double region_start,
           double region_length) {
  *axis = (Axis){.size = recipe->size, .spans = g_new (Span, recipe->size)};
  if (recipe->interpolation == PRC_INTERPOLATION_AREA)
    axis_average (axis, start, length, region_start, region_length);
  else
    axis_filter (axis, recipe->interpolation, start, length, region_start, region_length);
}

static Mapping
ct_mapping (const PrcRecipe *recipe) {
  Mapping mapping = {.n_channels = recipe->channels};
  for (unsigned c = 0; c < recipe->channels; c++) {
    mapping.scale[c] = 1 / recipe->ct[c].width;
    mapping.offset[c] = 0.5f - recipe->ct[c].centre / recipe->ct[c].width;
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

// The same mapping of stored values: modality value = stored * slope + intercept.
static void
from_stored (Mapping *mapping, double slope, double intercept) {
  for (unsigned c = 0; c < mapping->n_channels; c++) {
    mapping->offset[c] = (float)(mapping->offset[c] + intercept * mapping->scale[c]);
    mapping->scale[c] = (float)(mapping->scale[c] * slope);
  }
}

// Rec. 601 luminance in whole numbers, 0..255.
static uint8_t
luminance (const uint8_t *rgb) {
  return (uint8_t)((rgb[0] * 299u + rgb[1] * 587u + rgb[2] * 114u + 500u) / 1000u);
}

static void
rgb_ends (const PrcFrame *frame, const PrcRecipe *recipe, double ends[4]) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  const uint8_t *samples = prc_frame_samples (frame);
  size_t n = info->shutter ? prc_mask_area (info->shutter) : (size_t)info->rows * info->columns;
  size_t counts[256] = {0}, below = 0;
  const double ranks[4] = {0, recipe->quantiles[0] * (double)(n - 1),
                           recipe->quantiles[1] * (double)(n - 1), (double)(n - 1)};
  for (uint32_t row = 0; row < info->rows; row++)
    for (uint32_t column = 0; column < info->columns; column++, samples += 3)
      if (!info->shutter || prc_mask_contains (info->shutter, column, row))
        counts[luminance (samples)]++;
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

#define WIDEN(type)                                                                                \
  {                                                                                                \
    const type *from = (const type *)samples + first;                                              \
    for (size_t i = 0; i < n; i++)                                                                 \
      out[i] = (float)from[i];                                                                     \
    break;                                                                                         \
  }

// Stored values; luminance of colours.
static void
read_stored (const PrcFrame *frame, size_t first, size_t n, float *out) {
  const PrcOpsKernels *kernels = prc_ops_kernels ();
  const void *samples = prc_frame_samples (frame);
  switch (prc_frame_info (frame)->type) {
  case PRC_SAMPLE_U8:
    kernels->widen_u8 ((const uint8_t *)samples + first, n, out);
    break;
  case PRC_SAMPLE_U16:
    kernels->widen_u16 ((const uint16_t *)samples + first, n, out);
    break;
  case PRC_SAMPLE_S16:
    kernels->widen_s16 ((const int16_t *)samples + first, n, out);
    break;
  case PRC_SAMPLE_S8:
    WIDEN (int8_t)
  case PRC_SAMPLE_U32:
    WIDEN (uint32_t)
  case PRC_SAMPLE_S32:
    WIDEN (int32_t)
  case PRC_SAMPLE_F32:
    WIDEN (float)
  case PRC_SAMPLE_F64:
    WIDEN (double)
  case PRC_SAMPLE_RGB8:
    for (size_t i = 0; i < n; i++)
      out[i] = luminance ((const uint8_t *)samples + 3 * (first + i));
    break;
  }
}

// What the file's own shutter hides is as little tissue as padding is.
static void
hide_row (const PrcFrame *frame, uint32_t row, uint32_t column, uint32_t n, float *out) {
  const PrcMask *shutter = prc_frame_info (frame)->shutter;
  for (uint32_t i = 0; shutter && i < n; i++)
    if (!prc_mask_contains (shutter, column + i, row))
      out[i] = NAN;
}

static void
read_values (const PrcFrame *frame, uint32_t row, uint32_t column, uint32_t n, float *out) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  read_stored (frame, (size_t)row * info->columns + column, n, out);
  if (info->type == PRC_SAMPLE_RGB8 || (!info->has_padding && !info->modality_lut))
    return;
  for (uint32_t i = 0; i < n; i++) {
    double stored = prc_frame_stored (frame, column + i, row);
    if (prc_frame_is_padding (frame, stored))
      out[i] = NAN;
    else if (info->modality_lut)
      out[i] = (float)prc_frame_modality (frame, stored);
  }
}

// What the mapping takes, of n pixels of a row: stored values, or modality values behind a lookup
// table. Padding and what a shutter hides become NaN.
static void
read_row (const PrcFrame *frame, uint32_t row, uint32_t column, uint32_t n, float *out) {
  read_values (frame, row, column, n, out);
  hide_row (frame, row, column, n, out);
}

// Whether there are two pixels of different value that are no padding; error says why not.
static bool
has_contrast (const PrcFrame *frame, GError **error) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  g_autofree float *values = g_new (float, info->columns);
  float first = NAN;
  for (uint32_t row = 0; row < info->rows; row++) {
    read_row (frame, row, 0, info->columns, values);
    for (uint32_t i = 0; i < info->columns; i++) {
      if (!isfinite (values[i]) || values[i] == first)
        continue;
      if (!isnan (first))
        return true;
      first = values[i];
    }
  }
  return refuse (error, isnan (first) ? _ ("The image has no pixel to compare")
                                      : _ ("The image is of one value only"));
}

static void
grey_ends (const PrcFrame *frame, const PrcRecipe *recipe, double ends[4]) {
  const double asked[4] = {0, recipe->quantiles[0], recipe->quantiles[1], 1};
  if (prc_frame_info (frame)->type == PRC_SAMPLE_RGB8)
    rgb_ends (frame, recipe, ends);
  else if (!prc_frame_quantiles (frame, asked, ends, 4))
    ends[0] = ends[3] = 0;
}

static bool
find_mapping (const PrcFrame *frame, const PrcRecipe *recipe, Mapping *mapping, GError **error) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  double ends[4];
  if (!has_contrast (frame, error))
    return false;
  if (strcmp (info->units, "HU") == 0 && info->type != PRC_SAMPLE_RGB8)
    *mapping = ct_mapping (recipe);
  else {
    grey_ends (frame, recipe, ends);
    bool narrow = !(ends[2] > ends[1]); // nearly all of one value: take the extremes
    double low = ends[narrow ? 0 : 1], high = ends[narrow ? 3 : 2];
    if (!(high > low))
      return refuse (error, _ ("The image is of one value only"));
    *mapping = grey_mapping (low, high, info->inverse);
  }
  if (info->type != PRC_SAMPLE_RGB8 && !info->modality_lut)
    from_stored (mapping, info->rescale_slope, info->rescale_intercept);
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
  bool finite = isfinite (wanted->x + wanted->y + wanted->width + wanted->height);
  if (!finite || !(right > left) || !(bottom > top))
    return refuse (error, _ ("The region lies outside the image"));
  *region = (PrcRegion){left, top, right - left, bottom - top};
  return true;
}

// The square that is seen, in columns (a row is `aspect` columns high), and what of it is image.
typedef struct {
  double left, top, side;
  PrcRegion inside;
} Square;

typedef struct {
  const PrcRecipe *recipe;
  const PrcFrame *frame;
  const PrcMask *mask; // what is beside it is faded; or NULL
  Mapping mapping;
  Axis across, down;
  uint32_t left, width; // pixels of a row that the region touches
  float *values;        // of a row
  float *sums;          // [channel][width]
} Job;

// Pixels first <= i < end of the row at hand, mapped and added to the sums.
static void
add_pixels (const Job *job, uint32_t first, uint32_t end, float weight) {
  for (unsigned c = 0; c < job->mapping.n_channels; c++)
    prc_ops_kernels ()->add_mapped (job->values + first, end - first, job->mapping.scale[c],
                                    job->mapping.offset[c], weight,
                                    job->sums + (size_t)c * job->width + first);
}

// A faded row: a part of everything, and the rest of what the mask holds.
static void
add_faded (const Job *job, uint32_t row, float weight) {
  size_t n;
  const PrcSpan *spans = prc_mask_row (job->mask, row, &n);
  add_pixels (job, 0, job->width, weight * (float)PRC_SEGMENT_FADE);
  for (size_t i = 0; i < n; i++) {
    const uint32_t first = MAX (spans[i].first, job->left);
    const uint32_t end = MIN (spans[i].end, job->left + job->width);
    if (first < end)
      add_pixels (job, first - job->left, end - job->left, weight * (float)(1 - PRC_SEGMENT_FADE));
  }
}

// The rows of one output step, mapped and averaged down.
static void
average_rows (const Job *job, const Span *span) {
  memset (job->sums, 0, sizeof (float) * CHANNELS * job->width);
  for (uint32_t i = 0; i < span->count; i++) {
    const float weight = job->down.weights[span->weights + i];
    read_row (job->frame, span->first + i, job->left, job->width, job->values);
    if (job->mask)
      add_faded (job, span->first + i, weight);
    else
      add_pixels (job, 0, job->width, weight);
  }
}

static float
average_columns (const Job *job, const Span *span, unsigned channel) {
  const float *weights = job->across.weights + span->weights;
  const float *from =
      job->sums + (size_t)channel * job->width + (span->count ? span->first - job->left : 0);
  float sum = 0;
  for (uint32_t i = 0; i < span->count; i++)
    sum += weights[i] * from[i];
  return sum;
}

// Values of 0 to 1 as the encoder takes them. A kernel with negative weights may overshoot.
static void
write_pixel (const PrcRecipe *recipe, const float *values, size_t pixel, float *out) {
  const size_t area = (size_t)recipe->size * recipe->size;
  for (unsigned c = 0; c < recipe->channels; c++)
    out[recipe->planes ? c * area + pixel : pixel * recipe->channels + c] =
        (CLAMP (values[c], 0, 1) - recipe->mean[c]) * (1 / recipe->sd[c]);
}

static void
run (const Job *job, float *out) {
  const unsigned size = job->recipe->size;
  float values[CHANNELS];
  for (unsigned row = 0; row < size; row++) {
    average_rows (job, &job->down.spans[row]);
    for (unsigned column = 0; column < size; column++) {
      for (unsigned c = 0; c < CHANNELS; c++)
        values[c] = c < job->mapping.n_channels
                        ? average_columns (job, &job->across.spans[column], c)
                        : values[0];
      write_pixel (job->recipe, values, (size_t)row * size + column, out);
    }
  }
}

static gboolean
see_square (const PrcRecipe *recipe, const PrcFrame *frame, const PrcMask *mask,
            const Square *square, float *out, GError **error) {
  const double aspect = prc_frame_info (frame)->pixel_aspect;
  const PrcRegion *r = &square->inside;
  Job job = {.recipe = recipe, .frame = frame, .mask = mask};
  if (!find_mapping (frame, recipe, &job.mapping, error))
    return FALSE;
  axis_init (&job.across, recipe, square->left, square->side, r->x, r->width);
  axis_init (&job.down, recipe, square->top, square->side / aspect, r->y, r->height);
  job.left = (uint32_t)floor (r->x);
  job.width = (uint32_t)ceil (r->x + r->width) - job.left;
  job.values = g_new (float, job.width);
  job.sums = g_new (float, (size_t)CHANNELS *job.width);
  run (&job, out);
  g_free (job.values);
  g_free (job.sums);
  axis_clear (&job.across);
  axis_clear (&job.down);
  return TRUE;
}

// Around the middle of the region.
static bool
square_region (const PrcFrameInfo *info, const PrcRegion *region, Square *square, GError **error) {
  PrcRegion r;
  if (!find_region (info, region, &r, error))
    return false;
  const double aspect = info->pixel_aspect, side = MAX (r.width, r.height * aspect);
  *square = (Square){r.x - (side - r.width) / 2, r.y - (side / aspect - r.height) / 2, side, r};
  return true;
}

gboolean
prc_preprocess (const PrcRecipe *recipe, const PrcFrame *frame, const PrcRegion *region, float *out,
                GError **error) {
  Square square;
  return square_region (prc_frame_info (frame), region, &square, error) &&
         see_square (recipe, frame, NULL, &square, out, error);
}

// Around the middle of what is set, whether or not all of it lies on the image.
static bool
find_square (const PrcFrameInfo *info, const PrcMask *mask, Square *square, GError **error) {
  PrcMaskBounds b;
  if (prc_mask_rows (mask) != info->rows || prc_mask_columns (mask) != info->columns)
    return refuse (error, _ ("The segment is of another size than the image"));
  if (!prc_mask_bounds (mask, &b))
    return refuse (error, _ ("The segment is not on this image"));
  const double aspect = info->pixel_aspect;
  const double longest = MAX (b.right - b.left, (b.bottom - b.top) * aspect);
  const double side = MAX (longest * (1 + 2 * PRC_SEGMENT_MARGIN), PRC_SEGMENT_LEAST_SIDE);
  const double left = ((double)b.left + b.right - side) / 2;
  const double top = ((double)b.top + b.bottom - side / aspect) / 2;
  const double x = MAX (left, 0), y = MAX (top, 0);
  *square = (Square){left,
                     top,
                     side,
                     {x, y, MIN (left + side, (double)info->columns) - x,
                      MIN (top + side / aspect, (double)info->rows) - y}};
  return true;
}

gboolean
prc_preprocess_segment (const PrcRecipe *recipe, const PrcFrame *frame, const PrcMask *mask,
                        float *out, GError **error) {
  Square square;
  return find_square (prc_frame_info (frame), mask, &square, error) &&
         see_square (recipe, frame, mask, &square, out, error);
}

gboolean
prc_preprocess_square (const PrcFrame *frame, const PrcRegion *region, const PrcMask *mask,
                       PrcRegion *square, PrcRegion *inside, GError **error) {
  const PrcFrameInfo *info = prc_frame_info (frame);
  Square found;
  if (mask ? !find_square (info, mask, &found, error)
           : !square_region (info, region, &found, error))
    return FALSE;
  *square = (PrcRegion){found.left, found.top, found.side, found.side / info->pixel_aspect};
  *inside = found.inside;
  return TRUE;
}
