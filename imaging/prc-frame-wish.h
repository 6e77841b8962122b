// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// Which slices around `index` to prefetch, nearest wish first: two on each side (the one ahead
// before the one behind), then on ahead in the direction of travel (+1, -1; 0: both sides in turn);
// `max` in all, but never less than those four. Element type uint32_t.
GArray *prc_frame_wish_order (uint32_t length, uint32_t index, int direction, uint32_t max);
