// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-patient.h"

// Paints the patient's finding over the finished anatomy and marks it in volume->finding (oedema
// and the like around it are painted but not marked).
void prc_finding_paint (PrcVolume *volume, const PrcPatient *patient);

void prc_finding_paint_chest (PrcVolume *volume, const PrcPatient *patient);
void prc_finding_paint_belly (PrcVolume *volume, const PrcPatient *patient);

// A code of SNOMED CT with its meaning in English.
typedef struct {
  const char *value, *meaning;
} PrcFindingTerm;

// How the kind is coded in a segmentation.
typedef struct {
  const char *name;              // of the kind, for the segment label
  PrcFindingTerm category, type; // segmented property (PS3.3 C.8.20.2)
  PrcFindingTerm anatomy;
  unsigned colour; // 0..2, picks the recommended colour
} PrcFindingTerms;
const PrcFindingTerms *prc_finding_terms (PrcFindingKind kind); // NULL for none

typedef struct {
  char *title, *diagnosis, *findings, *note, *outcome; // English, owned
} PrcCaseWords;
void prc_case_words (const PrcPatient *patient, PrcCaseWords *words);
void prc_case_words_clear (PrcCaseWords *words);
