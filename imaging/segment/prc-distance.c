// SPDX-License-Identifier: Apache-2.0
#include "prc-distance.h"

#include <math.h>
#include <string.h>

#define FAR 1e20f

// What a line of pixels needs while it is worked on.
typedef struct {
  float *in, *out;
  double *ends;     // where the lowest parabola changes
  uint32_t *lowest; // which it is
} Line;

// out[i] is the least over k of in[k] + (step * (i - k))^2: the lower envelope of parabolas.
static void
lower_envelope (Line *line, uint32_t n, double step) {
  double square = step * step;
  uint32_t top = 0;

  line->lowest[0] = 0;
  line->ends[0] = -INFINITY;
  line->ends[1] = INFINITY;
  for (uint32_t i = 1; i < n; i++) {
    double meet;

    for (;; top--) {
      uint32_t k = line->lowest[top];
      double height = (line->in[i] - line->in[k]) / square;
      meet = (height + (double)i * i - (double)k * k) / (2.0 * (i - k));
      if (meet > line->ends[top] || top == 0)
        break;
    }
    if (meet > line->ends[top])
      top++;
    line->lowest[top] = i;
    line->ends[top] = top == 0 ? -INFINITY : meet;
    line->ends[top + 1] = INFINITY;
  }
  top = 0;
  for (uint32_t i = 0; i < n; i++) {
    while (line->ends[top + 1] < i)
      top++;
    double away = step * ((double)i - line->lowest[top]);
    line->out[i] = (float)fmin (away * away + line->in[line->lowest[top]], FAR);
  }
}

// From squared distances within columns to those in the plane; `field` is 0 where to go, FAR else.
static void
transform (float *field, const PrcDistanceBox *box, double row_mm, double column_mm) {
  uint32_t most = MAX (box->rows, box->columns);
  g_autofree float *in = g_new (float, most), *out = g_new (float, most);
  g_autofree double *ends = g_new (double, most + 1);
  g_autofree uint32_t *lowest = g_new (uint32_t, most);
  Line line = {in, out, ends, lowest};

  for (uint32_t column = 0; column < box->columns; column++) {
    for (uint32_t row = 0; row < box->rows; row++)
      in[row] = field[(size_t)row * box->columns + column];
    lower_envelope (&line, box->rows, row_mm);
    for (uint32_t row = 0; row < box->rows; row++)
      field[(size_t)row * box->columns + column] = out[row];
  }
  for (uint32_t row = 0; row < box->rows; row++) {
    float *here = field + (size_t)row * box->columns;
    memcpy (in, here, box->columns * sizeof *in);
    lower_envelope (&line, box->columns, column_mm);
    memcpy (here, out, box->columns * sizeof *out);
  }
}

static float *
field_new (const PrcMask *mask, const PrcDistanceBox *box, float inside, float outside) {
  size_t size = (size_t)box->rows * box->columns;
  float *field = g_new (float, size);

  for (size_t i = 0; i < size; i++)
    field[i] = outside;
  for (uint32_t row = 0; row < box->rows; row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, (uint32_t)((int64_t)row + box->top), &n);

    for (size_t i = 0; i < n; i++)
      for (int32_t column = spans[i].first; column < spans[i].end; column++)
        field[(size_t)row * box->columns + (uint32_t)(column - box->left)] = inside;
  }
  return field;
}

float *
prc_distance_signed (const PrcMask *mask, const PrcDistanceBox *box, double row_mm,
                     double column_mm) {
  g_autofree float *to_mask = field_new (mask, box, 0, FAR);
  float *to_rest = field_new (mask, box, FAR, 0);
  double half = fmin (row_mm, column_mm) / 2;

  transform (to_mask, box, row_mm, column_mm);
  transform (to_rest, box, row_mm, column_mm);
  for (size_t i = 0; i < (size_t)box->rows * box->columns; i++)
    to_rest[i] =
        to_rest[i] > 0 ? (float)(sqrt (to_rest[i]) - half) : (float)(half - sqrt (to_mask[i]));
  return to_rest;
}
