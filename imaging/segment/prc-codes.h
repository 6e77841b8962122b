// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segmentation.h"

// Concepts that segments are named by (PS3.3 C.8.20.2, PS3.16 CID 7150 to 7166, 7192 to 7203): codes
// of SNOMED CT as the segmentation category sets of DICOM use them, with names in the user's
// language. Static and immutable; any thread.

typedef enum { // Segmented Property Category
  PRC_CODES_TISSUE,
  PRC_CODES_ANATOMY,
  PRC_CODES_LESION,
  PRC_CODES_SUBSTANCE,
  PRC_CODES_OBJECT,
  PRC_CODES_AGENT,
  PRC_CODES_FUNCTION,
  PRC_CODES_RELATION,
  PRC_N_CODE_CATEGORIES,
} PrcCodeCategory;

typedef struct {
  PrcCode code; // its meaning in English, as files carry it
  PrcCodeCategory category;
  const char *srt; // the code of SNOMED-RT that files before 2019 carry, or NULL
  bool paired;     // there is a right and a left one
} PrcConcept;

// Segmented Property Types for people to choose from, by category, then from head to foot.
const PrcConcept *prc_codes_types (size_t *n);
const PrcCode *prc_codes_category (PrcCodeCategory category);
const PrcCode *prc_codes_sides (size_t *n); // right, left, both

// The known code that a code of a file means: the same, or SNOMED CT for SNOMED-RT ("SRT", "SNM3",
// "99SDM"). NULL when it is none of ours. What the file calls it does not count.
const PrcCode *prc_codes_find (const PrcCode *code);
const PrcConcept *prc_codes_find_type (const PrcCode *code);

// In the user's language when the code is known, else the meaning that it came with. Borrowed from
// the catalogue or from `code`.
const char *prc_codes_name (const PrcCode *code);
// The property type of a segment with its side, "Kidney, left"; "" when it has none. Owned.
char *prc_codes_segment_name (const PrcSegment *segment);
