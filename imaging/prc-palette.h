// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Colours for grey levels: applied last, after VOI and presentation, to grey pictures only. Static
// and immutable; any thread.
typedef struct {
  const char *id;           // "hot-iron", as `precedentctl render --palette` takes it
  const char *name;         // untranslated, marked for translation: show with _()
  bool grey;                // its colours are greys
  uint32_t pixels[256];     // by level, 0 to 255: opaque, 0xAARRGGBB
  uint8_t channels[3][256]; // the same as red, green and blue
} PrcPalette;

// Grey first, then inverted grey, the well-known palettes of PS3.6 Annex B, and some whose steps
// look equally far apart.
const PrcPalette *prc_palettes (size_t *n);
const PrcPalette *prc_palette_find (const char *id); // or NULL
