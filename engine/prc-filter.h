// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

typedef enum { PRC_CONTRAST_ANY, PRC_CONTRAST_WITH, PRC_CONTRAST_WITHOUT } PrcContrast;

// Which part of the library is meant; all of it must hold. Plain struct: zeroes mean all of the
// library, NULL and "" anything. Words in any case of letters.
typedef struct {
  const char *modality;
  const char *body_part; // as prc_body_part_holds
  const char *plane;     // "axial", "coronal", "sagittal", "oblique"
  const char *sex;       // "M", "F", "O"
  gboolean by_age;       // ages in whole years, both included; who has no age is left out
  guint age_from, age_to;
  PrcContrast contrast;        // WITHOUT: none is named; where nobody looked is neither
  const char *tags;            // separated by ";": all of them
  const char *proof;           // "pathology", "follow-up", "none"; "proven": one of the first two
  const char *text;            // as prc_library_find_cases
  const char *exclude_patient; // a Patient ID
} PrcFilter;

void prc_filter_copy (PrcFilter *to, const PrcFilter *from); // the strings as well
void prc_filter_clear (PrcFilter *filter);                   // of a copy
gboolean prc_filter_is_empty (const PrcFilter *filter);

// From "modality=CT,body-part=CHEST,plane=axial,sex=F,age=40-60,contrast=yes,tag=a,tag=b,
// proof=pathology,text="ground glass, left"": a value may stand in quotation marks, and one within
// is written twice. "age=40-", "age=-2" and "age=40" too. FALSE and a sentence (PRC_ENGINE_ERROR_INPUT)
// for anything else; then nothing is to be freed.
gboolean prc_filter_parse (const char *text, PrcFilter *filter, GError **error);

// The same for equal filters and for no others, for whoever keeps answers. Owned.
char *prc_filter_key (const PrcFilter *filter);
