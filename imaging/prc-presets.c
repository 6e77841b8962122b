// SPDX-License-Identifier: Apache-2.0
#include "prc-presets.h"

#include <glib.h>
#include <glib/gi18n-lib.h>

// Widths and centres as radiology teaching gives them; other viewers shipped misprints here, so the
// test repeats the table.
static const PrcPreset presets[] = {
    {"brain", N_ ("Brain"), 40, 80, '2'},
    {"subdural", N_ ("Subdural"), 75, 200, '3'},
    {"stroke", N_ ("Stroke"), 40, 40, '4'},
    {"lung", N_ ("Lung"), -600, 1500, '5'},
    {"mediastinum", N_ ("Mediastinum"), 50, 350, '6'},
    {"abdomen", N_ ("Abdomen"), 50, 400, '7'},
    {"liver", N_ ("Liver"), 30, 150, '8'},
    {"bone", N_ ("Bone"), 400, 1800, '9'},
    {"spine", N_ ("Spine"), 50, 250, 0},
    {"angio", N_ ("Angiography"), 170, 600, 0},
};

const PrcPreset *
prc_presets (size_t *n) {
  *n = G_N_ELEMENTS (presets);
  return presets;
}

const PrcPreset *
prc_preset_find (const char *id) {
  for (size_t i = 0; i < G_N_ELEMENTS (presets); i++)
    if (g_strcmp0 (presets[i].id, id) == 0)
      return &presets[i];
  return NULL;
}
