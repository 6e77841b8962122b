// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>

// CT window presets in HU, with the digit that chooses each (0 is the automatic window, 1 the
// file's own).
typedef struct {
  const char *id;   // "lung", as `precedentctl render --preset` takes it
  const char *name; // untranslated, marked for translation: show with _()
  double centre, width;
  char key; // '2'..'9', or 0 for none
} PrcPreset;

const PrcPreset *prc_presets (size_t *n);          // static
const PrcPreset *prc_preset_find (const char *id); // or NULL
