// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib-object.h>
#include <stdint.h>
#include "prc-segmentation.h"

// A standard code of a case, kept as it was given: SNOMED CT ("SCT"), RadLex ("RADLEX"), ICD-10
// ("I10"), or whatever the scheme is called.
typedef struct {
  gboolean of_finding; // else of the diagnosis
  PrcCode code;
} PrcCaseCode;

// A case of the library, as shown. Immutable, reference-counted, any thread. Strings UTF-8, never
// NULL.
typedef struct {
  gint64 id;
  char *title, *diagnosis, *findings, *note, *outcome, *history;
  char *proof;        // how the diagnosis is proven, as prc_case_is_proof
  GStrv tags;         // sorted
  PrcCaseCode *codes; // n_codes; of the diagnosis first
  guint n_codes;
  char *modality, *body_part, *plane; // of its longest series; plane as prc_series_orientation
  gboolean contrast;                  // some series names a contrast agent
  // Of its first study: "M", "F", "O"; DICOM age (PS3.5 AS), "045Y"; DICOM date; "" unknown.
  char *sex, *age, *study_date;
  char *added; // ISO 8601, UTC
  guint n_series, n_slices;
} PrcCase;

PrcCase *prc_case_new (void); // all fields empty; the maker fills them before sharing it
PrcCase *prc_case_ref (PrcCase *self);
void prc_case_unref (PrcCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCase, prc_case_unref)

// What a person says about a case. NULL counts as "", and "" as nothing said.
typedef struct {
  const char *title, *diagnosis, *findings, *note, *outcome, *history;
  const char *proof;                           // as prc_case_is_proof
  const char *tags;                            // separated by ";"
  const char *diagnosis_codes, *finding_codes; // "SCHEME:VALUE:MEANING" separated by ";"
} PrcCaseText;

void prc_case_text_copy (PrcCaseText *to, const PrcCaseText *from); // the strings as well
void prc_case_text_clear (PrcCaseText *text);                       // of a copy

// "" (unknown), "pathology", "follow-up" or "none".
gboolean prc_case_is_proof (const char *proof);

// The tags of a text, trimmed, composed (NFC), each once whatever the case of its letters. Owned.
GStrv prc_case_split_tags (const char *text);

// One code "SCHEME:VALUE" or "SCHEME:VALUE:MEANING", trimmed; parts point into `text`, which is cut
// up. FALSE when there is no scheme or no value.
gboolean prc_case_parse_code (char *text, PrcCode *code);
