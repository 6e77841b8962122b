// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cairo.h>
#include <stdbool.h>

// A block of text drawn once, with a dark rim that keeps it legible on black and on white, and
// shown many times: while somebody scrolls, most of what stands over the picture stays.

typedef struct {
  const char *text; // UTF-8, lines parted by '\n'
  int size;         // of the font, device pixels
  bool bold;
  bool right;      // lines are flush right
  int room;        // longer lines are cut with an ellipsis; 0: as long as they are
  int rim;         // device pixels
  unsigned colour; // 0xRRGGBB
} PrcTextStyle;

typedef struct {
  int width, height; // of the text, without the rim
  int rim;
  cairo_surface_t *surface;
} PrcTextSprite;

// Borrowed until the next call in this thread: each thread keeps its own few dozen.
const PrcTextSprite *prc_text_sprite (const PrcTextStyle *style);
void prc_text_sprite_show (const PrcTextSprite *sprite, cairo_t *cr, double x, double y);
