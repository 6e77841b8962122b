// SPDX-License-Identifier: Apache-2.0
#include "prc-test-pattern.h"

#include <glib/gi18n-lib.h>

#include "prc-imaging-error.h"

#define MOST       16384
#define BACKGROUND 128
#define GRID       160
#define CONTRAST   4  // of the squares within a step, on either side
#define ACROSS     6  // steps in a row
#define DARK_5     13 // 5 % of 255, and 95
#define LIGHT_95   242

typedef struct {
  uint8_t *pixels;
  uint32_t rows, columns;
  uint32_t unit; // a tenth of the square in the middle that all stands in
  uint32_t top, left;
} Pattern;

static Pattern
layout (uint32_t rows, uint32_t columns) {
  uint32_t unit = MIN (rows, columns) / 10;

  return (Pattern){.rows = rows,
                   .columns = columns,
                   .unit = unit,
                   .top = (rows - 10 * unit) / 2,
                   .left = (columns - 10 * unit) / 2};
}

static void
fill (Pattern *self, uint32_t row, uint32_t column, uint32_t height, uint32_t width,
      uint8_t value) {
  for (uint32_t y = row; y < MIN (row + height, self->rows); y++)
    for (uint32_t x = column; x < MIN (column + width, self->columns); x++)
      self->pixels[(size_t)y * self->columns + x] = value;
}

// Lines of one pixel, the finest there are: 255 and 0, or so much contrast about the background.
static void
draw_lines (Pattern *self, uint32_t row, uint32_t column, bool upright, uint8_t low, uint8_t high) {
  uint32_t side = self->unit * 3 / 4 / 2 * 2;

  for (uint32_t i = 0; i < side; i++) {
    if (upright)
      fill (self, row, column + i, side, 1, i % 2 ? low : high);
    else
      fill (self, row + i, column, 1, side, i % 2 ? low : high);
  }
}

unsigned
prc_test_pattern_level (unsigned step) {
  return MIN (step, PRC_TEST_PATTERN_STEPS - 1) * 15;
}

void
prc_test_pattern_patch (uint32_t rows, uint32_t columns, unsigned step, uint32_t *row,
                        uint32_t *column, uint32_t *size) {
  Pattern self = layout (rows, columns);
  unsigned along = step % ACROSS, line = step / ACROSS;

  // The way of a snake, so that neighbours are a step apart.
  if (line % 2)
    along = ACROSS - 1 - along;
  *row = self.top + (3 + line) * self.unit;
  *column = self.left + (2 + along) * self.unit;
  *size = self.unit;
}

static void
draw_step (Pattern *self, unsigned step) {
  uint32_t row, column, size, square, far_side;
  int level = (int)prc_test_pattern_level (step);
  uint8_t lower = (uint8_t)MAX (level - CONTRAST, 0), upper = (uint8_t)MIN (level + CONTRAST, 255);

  prc_test_pattern_patch (self->rows, self->columns, step, &row, &column, &size);
  square = size / 5;
  far_side = size - size / 10 - square;
  fill (self, row, column, size, size, (uint8_t)level);
  fill (self, row + size / 10, column + size / 10, square, square, upper);
  fill (self, row + far_side, column + far_side, square, square, upper);
  fill (self, row + size / 10, column + far_side, square, square, lower);
  fill (self, row + far_side, column + size / 10, square, square, lower);
}

// A square of `inner` in one of `outer`: both must be told apart.
static void
draw_nested (Pattern *self, uint32_t row, uint32_t column, uint8_t outer, uint8_t inner) {
  uint32_t side = self->unit;

  fill (self, row, column, side, side, outer);
  fill (self, row + side / 4, column + side / 4, side / 2, side / 2, inner);
}

static void
draw_grid (Pattern *self) {
  for (uint32_t i = 0; i <= 10; i++) {
    uint32_t along = i * self->unit - (i == 10);
    fill (self, self->top + along, self->left, 1, 10 * self->unit, GRID);
    fill (self, self->top, self->left + along, 10 * self->unit, 1, GRID);
  }
  fill (self, 0, 0, 1, self->columns, 255); // the edges of the picture are on the display
  fill (self, self->rows - 1, 0, 1, self->columns, 255);
  fill (self, 0, 0, self->rows, 1, 255);
  fill (self, 0, self->columns - 1, self->rows, 1, 255);
}

// From black at one end to white at the other, left upwards and right downwards.
static void
draw_ramps (Pattern *self) {
  uint32_t length = 8 * self->unit, width = self->unit / 2;

  for (uint32_t i = 0; i < length; i++) {
    uint8_t value = (uint8_t)(i * 255 / (length - 1));
    fill (self, self->top + self->unit + i, self->left + self->unit / 4, 1, width, value);
    fill (self, self->top + self->unit + i, self->left + 10 * self->unit - self->unit / 4 - width,
          1, width, (uint8_t)(255 - value));
  }
}

static void
draw_line_pairs (Pattern *self) {
  uint32_t unit = self->unit, edge = unit / 8;
  const uint32_t rows[] = {self->top + edge, self->top + 9 * unit + edge};
  const uint32_t columns[] = {self->left + unit + edge, self->left + 7 * unit + edge};

  for (int i = 0; i < 4; i++) {
    uint32_t row = rows[i / 2], column = columns[i % 2];
    draw_lines (self, row, column, true, 0, 255);
    draw_lines (self, row, column + unit, false, 0, 255);
  }
  // In the middle with little contrast too.
  draw_lines (self, self->top + 7 * unit + edge, self->left + 3 * unit + edge, true, 0, 255);
  draw_lines (self, self->top + 7 * unit + edge, self->left + 4 * unit + edge, false, 0, 255);
  draw_lines (self, self->top + 7 * unit + edge, self->left + 5 * unit + edge, true,
              BACKGROUND - CONTRAST, BACKGROUND + CONTRAST);
  draw_lines (self, self->top + 7 * unit + edge, self->left + 6 * unit + edge, false,
              BACKGROUND - CONTRAST, BACKGROUND + CONTRAST);
}

static void
draw (Pattern *self) {
  fill (self, 0, 0, self->rows, self->columns, BACKGROUND);
  draw_grid (self);
  draw_ramps (self);
  draw_line_pairs (self);
  for (unsigned step = 0; step < PRC_TEST_PATTERN_STEPS; step++)
    draw_step (self, step);
  draw_nested (self, self->top + self->unit * 3 / 2, self->left + 3 * self->unit, 0, DARK_5);
  draw_nested (self, self->top + self->unit * 3 / 2, self->left + 6 * self->unit, 255, LIGHT_95);
}

PrcFrame *
prc_test_pattern_new (uint32_t rows, uint32_t columns, GError **error) {
  const PrcWindow window = {.centre = 128, .width = 256}; // each value as it is (C.11.2.1.2.1)
  const PrcFrameInfo info = {.rows = rows,
                             .columns = columns,
                             .type = PRC_SAMPLE_U8,
                             .rescale_slope = 1,
                             .pixel_aspect = 1,
                             .windows = &window,
                             .n_windows = 1};

  if (MIN (rows, columns) < PRC_TEST_PATTERN_LEAST || MAX (rows, columns) > MOST) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                         _ ("There is no room for the test pattern"));
    return NULL;
  }
  Pattern pattern = layout (rows, columns);
  pattern.pixels = g_malloc ((size_t)rows * columns);
  draw (&pattern);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pattern.pixels, (size_t)rows * columns);
  return prc_frame_new (&info, bytes, error);
}
