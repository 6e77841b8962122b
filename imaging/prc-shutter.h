// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-mask.h"

// A Display Shutter or Bitmap Display Shutter (PS3.3 C.7.6.11, C.7.6.15): the shapes in use, each
// in image pixels counted from 1, row before column, as files have them. What lies on an edge is
// seen. A file can say anything: shapes may lie beside the image or be empty.
typedef struct {
  bool rectangular, circular;
  int32_t left, right, upper, lower; // the rectangle's outermost columns and rows that are seen
  int32_t centre_row, centre_column;
  int32_t radius;                    // in columns; in rows as far as makes it round on the screen
  const int32_t *vertices;           // row, column, ...; NULL: no polygon
  uint32_t n_vertices;               // pairs
  const PrcMask *bitmap;             // what is set is not seen; or NULL
  int32_t bitmap_row, bitmap_column; // of the bitmap's top left pixel
} PrcShutter;

#define PRC_SHUTTER_MAX_VERTICES 4096
#define PRC_SHUTTER_MAX_WORK     (1u << 26) // vertices times rows

// What all shapes together leave of an image whose pixels are `aspect` times as high as wide; owned.
// NULL when that is everything, and when it is nothing: a picture that hides itself is a mistake in
// the file, and showing it is the smaller evil.
PrcMask *prc_shutter_visible (const PrcShutter *shutter, uint32_t rows, uint32_t columns,
                              double aspect);
