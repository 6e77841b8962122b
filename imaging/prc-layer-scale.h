// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Which device pixels show which mask pixels along one axis of a view, as the picture under the mask
// has it: magnified the one under their middle, minified every one of which they show a part. Tables
// go `reach` device pixels beyond the view, since outlines end where masks do.
typedef struct {
  double zoom, centre, middle; // device pixels per mask pixel; the same point in both
  uint32_t n;                  // mask pixels
  int size, reach;             // device pixels of the view, and beyond it
  int *firsts, *ends; // by mask edge, 0 to n: device pixels that show what is from there on begin;
                      // those that show what is before it end
  uint32_t *lows, *highs; // by device pixel + reach: mask pixels low <= i < high are shown; or NULL
} PrcLayerScale;

// False (and nothing to clear) when zoom or centre are no numbers to work with.
bool prc_layer_scale_init (PrcLayerScale *scale, double zoom, double centre, uint32_t n, int size,
                           int reach);
void prc_layer_scale_find_pixels (PrcLayerScale *scale); // lows and highs, once
void prc_layer_scale_clear (PrcLayerScale *scale);
