// SPDX-License-Identifier: Apache-2.0
#include "prc-orientation.h"

#include "prc-annotate.h"

#include <math.h>
#include <string.h>

// A direction less than 5 degrees off a plane of the body is not called oblique: no positioning is
// better.
#define LEAST_SHARE 0.0872

void
prc_orientation_letters (const double direction[3], char out[4]) {
  static const char positive[] = "LPH", negative[] = "RAF"; // PS3.3 C.7.6.2.1.1: LPS
  double share[3], length = hypot (hypot (direction[0], direction[1]), direction[2]);
  unsigned n = 0;

  memset (out, 0, 4);
  if (!(length > 0) || !isfinite (length))
    return;
  for (int axis = 0; axis < 3; axis++)
    share[axis] = fabs (direction[axis]) / length;
  for (int round = 0; round < 3; round++) {
    int most = share[1] > share[0] ? 1 : 0;

    most = share[2] > share[most] ? 2 : most;
    if (share[most] < LEAST_SHARE)
      return;
    out[n++] = direction[most] > 0 ? positive[most] : negative[most];
    share[most] = -1;
  }
}

static void
opposite (const char letters[4], char out[4]) {
  static const char from[] = "LRPAHF", to[] = "RLAPFH";

  memset (out, 0, 4);
  for (int i = 0; i < 3 && letters[i] != '\0'; i++)
    out[i] = to[strchr (from, letters[i]) - from];
}

// One value of Patient Orientation; anything but one to three letters of the body's axes is not
// guessed at.
static bool
take_value (const char *text, size_t length, char out[4]) {
  memset (out, 0, 4);
  while (length > 0 && text[length - 1] == ' ')
    length--;
  if (length < 1 || length > 3 || strspn (text, "LRAPHF") < length)
    return false;
  memcpy (out, text, length);
  return true;
}

bool
prc_orientation_edges (const PrcPlane *plane, const char *patient_orientation,
                       PrcEdgeLetters *edges) {
  const char *split = strchr (patient_orientation, '\\');

  memset (edges, 0, sizeof *edges);
  if (plane != NULL && plane->has_orientation) {
    prc_orientation_letters (plane->row_direction, edges->right);
    prc_orientation_letters (plane->column_direction, edges->bottom);
  } else if (split == NULL ||
             !take_value (patient_orientation, split - patient_orientation, edges->right) ||
             !take_value (split + 1, strlen (split + 1), edges->bottom)) {
    memset (edges, 0, sizeof *edges);
    return false;
  }
  opposite (edges->right, edges->left);
  opposite (edges->bottom, edges->top);
  return true;
}

void
prc_orientation_turn (PrcEdgeLetters *edges, PrcTurn turn) {
  for (int i = 0; i < turn.quarter_turns; i++) {
    PrcEdgeLetters before = *edges;

    memcpy (edges->right, before.top, sizeof edges->right);
    memcpy (edges->bottom, before.right, sizeof edges->bottom);
    memcpy (edges->left, before.bottom, sizeof edges->left);
    memcpy (edges->top, before.left, sizeof edges->top);
  }
  if (turn.flip) {
    PrcEdgeLetters before = *edges;

    memcpy (edges->right, before.left, sizeof edges->right);
    memcpy (edges->left, before.right, sizeof edges->left);
  }
}
