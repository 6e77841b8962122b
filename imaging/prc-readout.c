// SPDX-License-Identifier: Apache-2.0
#include "prc-readout.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

// Units of PET (PS3.3 C.8.9.1) and those codes of UCUM that are no abbreviation anywhere else.
static const char *const spellings[][2] = {
    {"BQML", "Bq/ml"},
    {"GML", "g/ml"},
    {"CM2ML", "cm²/ml"},
    {"CNTS", "counts"},
    {"CPS", "counts/s"},
    {"PCNT", "%"},
    {"PROPCNTS", ""},
    {"PROPCPS", ""},
    {"UMOLML", "µmol/ml"},
    {"MGMINML", ""},
    {"STDDEV", "SD"},
    {"NONE", ""},
    {"[hnsf'U]", "HU"},
    {"1", ""},
    {"um2/s", "µm²/s"},
    {"10*-3", "10⁻³"},
    {"10*-3.mm2/s", "10⁻³ mm²/s"},
    {"10*-6.mm2/s", "10⁻⁶ mm²/s"},
};

// UCUM: an annotation in braces counts for nothing, a digit behind a letter is an exponent.
static char *
spell_ucum (const char *units) {
  GString *out = g_string_new (NULL);
  bool braces = false;

  for (const char *at = units; *at; at++) {
    if (*at == '{' || *at == '}')
      braces = *at == '{';
    else if (!braces && (*at == '2' || *at == '3') && at > units && g_ascii_isalpha (at[-1]))
      g_string_append (out, *at == '2' ? "²" : "³");
    else if (!braces)
      g_string_append_c (out, *at);
  }
  return g_string_free (out, FALSE);
}

char *
prc_readout_units (const char *units) {
  for (size_t i = 0; i < G_N_ELEMENTS (spellings); i++)
    if (strcmp (units, spellings[i][0]) == 0)
      return g_strdup (spellings[i][1]);
  return spell_ucum (units);
}

// Whole numbers in full, others to five digits.
static char *
number (double value) {
  if (!isfinite (value))
    return g_strdup (_ ("no number"));
  if (value == 0)
    return g_strdup ("0"); // and no "-0"
  return value == rint (value) && fabs (value) < 1e9 ? g_strdup_printf ("%.0f", value)
                                                     : g_strdup_printf ("%.5g", value);
}

static void
add (GString *text, const char *part) {
  if (*part)
    g_string_append_printf (text, "%s%s", text->len ? " · " : "", part);
}

// "ADC 0.00112 mm²/s"; a name or units that are not there leave no gap.
static char *
measure (const char *name, double value, const char *raw_units) {
  g_autofree char *digits = number (value);
  g_autofree char *units = prc_readout_units (raw_units);

  return g_strconcat (name, *name ? " " : "", digits, *units ? " " : "", units, NULL);
}

static void
add_real_world (GString *text, const PrcFrameInfo *info, double stored) {
  for (uint32_t i = 0; i < info->n_real_worlds; i++) {
    const PrcRealWorld *mapping = &info->real_worlds[i];
    double value;

    if (!prc_real_world_value (mapping, stored, &value))
      continue;
    g_autofree char *what = measure (prc_real_world_name (mapping), value, mapping->units);
    // Translators: %s is a value as the file's Real World Value Mapping gives it
    g_autofree char *part = g_strdup_printf (_ ("%s (real world)"), what);
    add (text, part);
  }
}

static void
add_suv (GString *text, const PrcFrameInfo *info, double modality) {
  if (info->suv.kind == PRC_SUV_NONE || info->suv.lacks)
    return;
  g_autofree char *part =
      g_strdup_printf ("%s %.2f %s", prc_suv_name (info->suv.kind), modality * info->suv.factor,
                       info->suv.kind == PRC_SUV_BSA ? "cm²/ml" : "g/ml");
  add (text, part);
}

// Why a PET image has none.
static void
add_no_suv (GString *text, const PrcSuv *suv) {
  if (suv->kind == PRC_SUV_NONE || !suv->lacks)
    return;
  g_autofree char *lacks = prc_suv_lacks_text (suv->lacks);
  // Translators: SUV is the standardized uptake value, n/a: not available; %s lists what the file
  // does not say
  g_autofree char *part = g_strdup_printf (_ ("SUV n/a: missing %s"), lacks);
  add (text, part);
}

// The value after rescale or table, said to be that where the file gives another one too.
static void
add_modality (GString *text, const PrcFrameInfo *info, double value, bool has_real_world) {
  g_autofree char *what = measure ("", value, info->units);

  if (info->suv.kind != PRC_SUV_NONE && !info->suv.lacks && info->suv.factor == 1)
    return; // the file holds the SUV itself
  if (!has_real_world) {
    // Translators: %s is a number without a unit
    g_autofree char *bare = *info->units ? NULL : g_strdup_printf (_ ("Value %s"), what);
    add (text, bare ? bare : what);
    return;
  }
  g_autofree char *part = info->modality_lut
                              ? g_strdup_printf (_ ("%s (modality LUT)"), what)
                              // Translators: %s is a value after rescale slope and intercept
                              : g_strdup_printf (_ ("%s (rescale)"), what);
  add (text, part);
}

static void
add_stored (GString *text, double stored) {
  g_autofree char *digits = number (stored);
  // Translators: %s is a pixel value as it stands in the file
  g_autofree char *part = g_strdup_printf (_ ("stored %s"), digits);

  add (text, part);
}

static char *
colours (const PrcFrame *frame, uint32_t column, uint32_t row) {
  const uint8_t *rgb = prc_frame_samples (frame);

  rgb += 3 * ((size_t)row * prc_frame_info (frame)->columns + column);
  return g_strdup_printf ("R %u  G %u  B %u", rgb[0], rgb[1], rgb[2]);
}

char *
prc_readout_value (const PrcFrame *frame, uint32_t column, uint32_t row) {
  const PrcFrameInfo *info = prc_frame_info (frame);

  g_return_val_if_fail (column < info->columns && row < info->rows, NULL);
  if (info->type == PRC_SAMPLE_RGB8)
    return colours (frame, column, row);
  double stored = prc_frame_stored (frame, column, row);
  if (prc_frame_is_padding (frame, stored)) {
    g_autofree char *digits = number (stored);
    return g_strdup_printf (_ ("Padding · stored %s"), digits);
  }
  GString *text = g_string_new (NULL);
  double value = prc_frame_modality (frame, stored);
  add_real_world (text, info, stored);
  bool has_real_world = text->len > 0;
  add_suv (text, info, value);
  add_modality (text, info, value, has_real_world);
  add_no_suv (text, &info->suv);
  if (value != stored || *info->units)
    add_stored (text, stored);
  return g_string_free (text, FALSE);
}

char *
prc_readout_place (const PrcPlane *plane, uint32_t column, uint32_t row) {
  static const char letters[3][2] = {{'L', 'R'}, {'P', 'A'}, {'H', 'F'}};
  GString *text = g_string_new (NULL);

  g_string_printf (text, _ ("Column %u, row %u"), column + 1, row + 1);
  if (!plane->has_position || !plane->has_orientation || !(plane->row_spacing_mm > 0))
    return g_string_free (text, FALSE);
  for (int i = 0; i < 3; i++) {
    double mm = plane->position_mm[i] +
                plane->row_direction[i] * plane->column_spacing_mm * column +
                plane->column_direction[i] * plane->row_spacing_mm * row;
    g_string_append_printf (text, "%s%c %.1f", i ? "  " : " · ", letters[i][mm < 0], fabs (mm));
  }
  g_string_append (text, " mm");
  return g_string_free (text, FALSE);
}
