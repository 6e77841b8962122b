// SPDX-License-Identifier: Apache-2.0
#include "prc-turn.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

#define BLOCK 32 // pixels: a column of them in a block stays in the nearest cache

void
prc_turn_vector (PrcTurn turn, double *x, double *y) {
  for (int i = 0; i < turn.quarter_turns % 4; i++) {
    double right = *x;

    *x = -*y;
    *y = right;
  }
  if (turn.flip)
    *x = -*x;
}

void
prc_turn_back_vector (PrcTurn turn, double *x, double *y) {
  if (turn.flip)
    *x = -*x;
  for (int i = 0; i < turn.quarter_turns % 4; i++) {
    double right = *x;

    *x = *y;
    *y = -right;
  }
}

// A quarter clockwise behind the mirror is one the other way before it.
PrcTurn
prc_turn_screen (PrcTurn turn, int quarters) {
  int step = turn.flip ? -quarters : quarters;

  turn.quarter_turns = (uint8_t)((turn.quarter_turns + step % 4 + 4) % 4);
  return turn;
}

PrcTurn
prc_turn_mirror (PrcTurn turn) {
  turn.flip = !turn.flip;
  return turn;
}

// Where pixel (x, y) lands is origin + x * across + y * down.
typedef struct {
  ptrdiff_t origin, across, down;
} Walk;

static Walk
walk_of (PrcTurn turn, int width, int height) {
  bool odd = turn.quarter_turns % 2 != 0;
  int stride = odd ? height : width, rows = odd ? width : height;
  double right[] = {1, 0}, below[] = {0, 1};
  Walk walk;
  int left, top;

  prc_turn_vector (turn, &right[0], &right[1]);
  prc_turn_vector (turn, &below[0], &below[1]);
  left = right[0] + below[0] < 0 ? stride - 1 : 0;
  top = right[1] + below[1] < 0 ? rows - 1 : 0;
  walk.origin = (ptrdiff_t)top * stride + left;
  walk.across = (ptrdiff_t)right[0] + (ptrdiff_t)right[1] * stride;
  walk.down = (ptrdiff_t)below[0] + (ptrdiff_t)below[1] * stride;
  return walk;
}

// A row of the picture stays a row.
static void
turn_row (Walk walk, const uint32_t *in, int width, int y, uint32_t *out) {
  const uint32_t *from = in + (size_t)y * width;
  uint32_t *to = out + walk.origin + y * walk.down;

  if (walk.across == 1)
    memcpy (to, from, (size_t)width * sizeof *to);
  else
    for (int x = 0; x < width; x++)
      to[-x] = from[x];
}

// A row becomes a column: what is written stays together, what is read is a block in the cache.
static void
turn_block (Walk walk, const uint32_t *in, int width, int x0, int x1, int y0, int y1,
            uint32_t *out) {
  for (int x = x0; x < x1; x++) {
    uint32_t *to = out + walk.origin + x * walk.across;

    for (int y = y0; y < y1; y++)
      to[y * walk.down] = in[(size_t)y * width + x];
  }
}

void
prc_turn_pixels (PrcTurn turn, const uint32_t *in, int width, int height, uint32_t *out) {
  Walk walk = walk_of (turn, width, height);

  if (turn.quarter_turns % 2 == 0) {
    for (int y = 0; y < height; y++)
      turn_row (walk, in, width, y, out);
    return;
  }
  for (int y = 0; y < height; y += BLOCK)
    for (int x = 0; x < width; x += BLOCK)
      turn_block (walk, in, width, x, MIN (x + BLOCK, width), y, MIN (y + BLOCK, height), out);
}
