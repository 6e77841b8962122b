// SPDX-License-Identifier: Apache-2.0
#include "prc-frame-wish.h"

#define NEAR 2 // slices on each side that are always wished for

static bool
add (GArray *order, uint32_t length, int64_t index) {
  if (index < 0 || index >= length)
    return false;
  uint32_t slice = (uint32_t)index;
  g_array_append_val (order, slice);
  return true;
}

GArray *
prc_frame_wish_order (uint32_t length, uint32_t index, int direction, uint32_t max) {
  GArray *order = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  int64_t ahead = direction < 0 ? -1 : 1;
  for (int64_t distance = 1; distance <= NEAR; distance++) {
    add (order, length, index + ahead * distance);
    add (order, length, index - ahead * distance);
  }
  bool more = true;
  for (int64_t distance = NEAR + 1; more && order->len < max; distance++) {
    more = add (order, length, index + ahead * distance);
    if (direction == 0 && order->len < max)
      more |= add (order, length, index - ahead * distance);
  }
  return order;
}
