// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

// How a picture lies: turned clockwise by quarters, then mirrored left to right (the order of PS3.3
// C.10.6). y points down, as everywhere on a screen.
typedef struct {
  uint8_t quarter_turns; // 0 to 3, clockwise
  bool flip;             // left to right, after the turn
} PrcTurn;

// A vector of the picture as it was, seen in the turned one; and back.
void prc_turn_vector (PrcTurn turn, double *x, double *y);
void prc_turn_back_vector (PrcTurn turn, double *x, double *y);

// `turn` followed by a quarter clockwise (quarters = 1) or the other way (-1) as seen on the
// screen, or by a mirroring there.
PrcTurn prc_turn_screen (PrcTurn turn, int quarters);
PrcTurn prc_turn_mirror (PrcTurn turn);

// Copies width x height pixels into the turned picture, which is height x width after an odd number
// of quarters. in and out do not overlap.
void prc_turn_pixels (PrcTurn turn, const uint32_t *in, int width, int height, uint32_t *out);
