// SPDX-License-Identifier: Apache-2.0
#include "prc-heat-layer.h"

#include <math.h>

#define SIDE  PRC_FEATURE_SIDE
#define FINE  256  // cells along an edge of the square: none larger than a few device pixels
#define STEP  0.06 // opacity that one step adds
#define LEAST 0.08 // heat that the first step needs

typedef struct {
  guint8 steps[FINE][FINE]; // how many are painted over a cell
} Fine;

static double
between (const PrcExplanation *explanation, PrcExplanationSide side, double row, double column) {
  const double r = CLAMP (row, 0, SIDE - 1), c = CLAMP (column, 0, SIDE - 1);
  const guint top = (guint)r, left = (guint)c;
  const guint bottom = MIN (top + 1, SIDE - 1), right = MIN (left + 1, SIDE - 1);
  const double down = r - top, across = c - left;
#define HEAT(row, column)                                                                          \
  (double)prc_explanation_patch (explanation, side, (row)*SIDE + (column))->heat
  return (1 - down) * ((1 - across) * HEAT (top, left) + across * HEAT (top, right)) +
         down * ((1 - across) * HEAT (bottom, left) + across * HEAT (bottom, right));
#undef HEAT
}

double
prc_heat_layer_at (const PrcExplanation *explanation, PrcExplanationSide side, double image_x,
                   double image_y) {
  const PrcRegion *square = prc_explanation_square (explanation, side);
  const double column = (image_x - square->x) * SIDE / square->width;
  const double row = (image_y - square->y) * SIDE / square->height;

  if (!(column >= 0 && column < SIDE && row >= 0 && row < SIDE))
    return 0;
  return between (explanation, side, row - 0.5, column - 0.5);
}

static void
fill (Fine *fine, const PrcExplanation *explanation, PrcExplanationSide side) {
  for (guint row = 0; row < FINE; row++)
    for (guint column = 0; column < FINE; column++) {
      const double heat = between (explanation, side, (row + 0.5) * SIDE / FINE - 0.5,
                                   (column + 0.5) * SIDE / FINE - 0.5);
      const double steps = 1 + (heat - LEAST) * PRC_HEAT_STEPS / (1 - LEAST);
      fine->steps[row][column] = (guint8)CLAMP (steps, 0, PRC_HEAT_STEPS);
    }
}

// Pixels whose middle lies in cells first <= cell < end.
static PrcRowSpan
span_of (const PrcRegion *square, guint row, guint first, guint end) {
  return (PrcRowSpan){(int32_t)row, (int32_t)ceil (square->x + first * square->width / FINE - 0.5),
                      (int32_t)ceil (square->x + end * square->width / FINE - 0.5)};
}

static void
add_spans (const guint8 *steps, guint least, const PrcRegion *square, guint row, GArray *spans) {
  for (guint first = 0, end; first < FINE; first = end) {
    while (first < FINE && steps[first] < least)
      first++;
    for (end = first; end < FINE && steps[end] >= least;)
      end++;
    if (first < end) {
      const PrcRowSpan span = span_of (square, row, first, end);
      g_array_append_val (spans, span);
    }
  }
}

// Those of the row before, from `first` on, once more.
static void
repeat_spans (guint first, guint row, GArray *spans) {
  const guint n = spans->len - first;

  for (guint i = 0; i < n; i++) {
    PrcRowSpan span = g_array_index (spans, PrcRowSpan, first + i);
    span.row = (int32_t)row;
    g_array_append_val (spans, span);
  }
}

static PrcMask *
mask_of (const Fine *fine, guint least, const PrcRegion *square, guint rows, guint columns) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  double last = -1;
  guint first = 0; // span of the row before

  for (guint row = 0; row < rows; row++) {
    const double cell = floor ((row + 0.5 - square->y) * FINE / square->height);
    const guint n = spans->len;
    if (cell == last)
      repeat_spans (first, row, spans);
    else if (cell >= 0 && cell < FINE)
      add_spans (fine->steps[(guint)cell], least, square, row, spans);
    first = n;
    last = cell;
  }
  return prc_mask_new_from_spans (rows, columns, (PrcRowSpan *)spans->data, spans->len);
}

PrcLayer *
prc_heat_layer_new (const PrcExplanation *explanation, PrcExplanationSide side, guint rows,
                    guint columns) {
  const PrcRegion *square = prc_explanation_square (explanation, side);
  g_autofree Fine *fine = g_new (Fine, 1);
  PrcLayerItem items[PRC_HEAT_STEPS];

  fill (fine, explanation, side);
  for (guint i = 0; i < PRC_HEAT_STEPS; i++)
    items[i] = (PrcLayerItem){.mask = mask_of (fine, i + 1, square, rows, columns),
                              .colour = PRC_HEAT_COLOUR,
                              .fill = STEP};
  PrcLayer *layer = prc_layer_new (items, PRC_HEAT_STEPS);
  for (guint i = 0; i < PRC_HEAT_STEPS; i++)
    if (items[i].mask)
      prc_mask_unref ((PrcMask *)items[i].mask);
  return layer;
}
