// SPDX-License-Identifier: Apache-2.0
#include "prc-codes.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "prc-codes-table.h"

typedef struct {
  PrcCode code;
  const char *srt;
} Term;

static const Term categories[PRC_N_CODE_CATEGORIES] = {
    [PRC_CODES_TISSUE] = {{"85756007", "SCT", NC_ ("segment", "Tissue")}, "T-D0050"},
    [PRC_CODES_ANATOMY] = {{"123037004", "SCT", NC_ ("segment", "Anatomical Structure")},
                           "T-D000A"},
    [PRC_CODES_LESION] = {{"49755003", "SCT",
                           NC_ ("segment", "Morphologically Abnormal Structure")},
                          "M-01000"},
    [PRC_CODES_SUBSTANCE] = {{"91720002", "SCT", NC_ ("segment", "Body Substance")}, "T-D0080"},
    [PRC_CODES_OBJECT] = {{"260787004", "SCT", NC_ ("segment", "Physical object")}, "A-00004"},
    [PRC_CODES_AGENT] = {{"105590001", "SCT", NC_ ("segment", "Substance")}, "F-61002"},
    [PRC_CODES_FUNCTION] = {{"246464006", "SCT", NC_ ("segment", "Function")}, "R-42019"},
    [PRC_CODES_RELATION] = {{"309825002", "SCT", NC_ ("segment", "Spatial and Relational Concept")},
                            "R-42018"},
};

static const PrcCode sides[] = {
    {"24028007", "SCT", NC_ ("segment", "Right")},
    {"7771000", "SCT", NC_ ("segment", "Left")},
    {"51440002", "SCT", NC_ ("segment", "Right and left")},
};
static const char *const sides_srt[] = {"G-A100", "G-A101", "G-A102"};

const PrcConcept *
prc_codes_types (size_t *n) {
  *n = prc_codes_table_length;
  return prc_codes_table;
}

const PrcCode *
prc_codes_category (PrcCodeCategory category) {
  return &categories[category].code;
}

const PrcCode *
prc_codes_sides (size_t *n) {
  *n = G_N_ELEMENTS (sides);
  return sides;
}

static bool
is_old (const PrcCode *code) {
  static const char *const schemes[] = {"SRT", "SNM3", "99SDM", NULL};
  return code->scheme && g_strv_contains (schemes, code->scheme);
}

static bool
means (const PrcCode *code, const PrcCode *known, const char *srt) {
  if (!code->value || !code->scheme)
    return false;
  if (is_old (code))
    return srt && strcmp (code->value, srt) == 0;
  return strcmp (code->value, known->value) == 0 && strcmp (code->scheme, known->scheme) == 0;
}

const PrcConcept *
prc_codes_find_type (const PrcCode *code) {
  for (size_t i = 0; i < prc_codes_table_length; i++)
    if (means (code, &prc_codes_table[i].code, prc_codes_table[i].srt))
      return &prc_codes_table[i];
  return NULL;
}

const PrcCode *
prc_codes_find (const PrcCode *code) {
  for (size_t i = 0; i < G_N_ELEMENTS (categories); i++)
    if (means (code, &categories[i].code, categories[i].srt))
      return &categories[i].code;
  for (size_t i = 0; i < G_N_ELEMENTS (sides); i++)
    if (means (code, &sides[i], sides_srt[i]))
      return &sides[i];
  const PrcConcept *type = prc_codes_find_type (code);
  return type ? &type->code : NULL;
}

const char *
prc_codes_name (const PrcCode *code) {
  const PrcCode *known = prc_codes_find (code);
  if (known)
    return g_dpgettext2 (GETTEXT_PACKAGE, "segment", known->meaning);
  return code->meaning ? code->meaning : "";
}

char *
prc_codes_segment_name (const PrcSegment *segment) {
  const char *type = prc_codes_name (&segment->type);
  const char *modifier = prc_codes_name (&segment->type_modifier);
  if (!*type || !*modifier)
    return g_strdup (type);
  // Translators: what a segment is and which one, as in "Kidney, Left"
  return g_strdup_printf (C_ ("segment", "%1$s, %2$s"), type, modifier);
}
