// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-instance.h"
#include "prc-turn.h"

// What stands at the middle of each edge of a picture.
typedef struct {
  char left[4], right[4], top[4], bottom[4];
} PrcEdgeLetters;

// From the plane, else from Patient Orientation (0020,0020), "L\\P": rightwards, then downwards.
// False and all empty when neither says.
bool prc_orientation_edges (const PrcPlane *plane, const char *patient_orientation,
                            PrcEdgeLetters *edges);
// The letters of the picture, seen in the turned one.
void prc_orientation_turn (PrcEdgeLetters *edges, PrcTurn turn);
