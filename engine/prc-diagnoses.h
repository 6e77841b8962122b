// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-index.h"

// Which cases of the library have the same diagnosis. Immutable once filled, reference-counted, any
// thread.
typedef struct _PrcDiagnoses PrcDiagnoses;

// The text without its case, its width of letters (Unicode NFKC) and the number of its blanks. Owned;
// "" of a text without a letter or digit, which is none.
char *prc_diagnosis_key (const char *text);

PrcDiagnoses *prc_diagnoses_new (void);
// Each case once; its series right after it, of the case added last. Diagnoses are the same when their
// texts are, or their codes ("SCHEME:VALUE"; NULL or "": none is given).
void prc_diagnoses_add (PrcDiagnoses *self, gint64 case_id, const char *text, const char *code);
void prc_diagnoses_add_series (PrcDiagnoses *self, gint64 series_id);
PrcDiagnoses *prc_diagnoses_ref (PrcDiagnoses *self);
void prc_diagnoses_unref (PrcDiagnoses *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcDiagnoses, prc_diagnoses_unref)

// Diagnoses are numbered from 1; 0 is "none": a case without one, or that is not known.
guint prc_diagnoses_n (const PrcDiagnoses *self);
guint prc_diagnoses_of_case (const PrcDiagnoses *self, gint64 case_id);
const char *prc_diagnoses_words (const PrcDiagnoses *self, guint diagnosis); // as first written

// Whether a case has a series within the scope; of one that is not known: FALSE.
gboolean prc_diagnoses_within (const PrcDiagnoses *self, gint64 case_id,
                               const PrcIndexScope *scope);
// Cases with a series within the scope (NULL: all cases). `n_of` (may be NULL) takes how many of
// them have each diagnosis: prc_diagnoses_n + 1 numbers, the first of those without.
guint prc_diagnoses_count (const PrcDiagnoses *self, const PrcIndexScope *scope, guint *n_of);
