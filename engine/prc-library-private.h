// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-library.h"
#include "prc-sql.h"

// What the files of the library share, and what search and engine ask of it besides its public
// header.
struct _PrcLibrary {
  sqlite3 *db;
  char *path;
  guint8 salt[32];
  sqlite3_stmt *has_slice; // asked once for every slice of an import
};

// Raises the change counter; part of every transaction that changed something.
gboolean prc_library_bump (PrcLibrary *library, GError **error);

// The row of a model, made when it is not there. Within a transaction.
gboolean prc_library_find_model (PrcLibrary *library, const char *name, guint dimension,
                                 gint64 *model_id, GError **error);

gboolean prc_library_check_vector (const float *vector, guint dimension, GError **error);

// The keyed hash that stands in the file for a patient key or a Patient ID; "" for "". Owned.
char *prc_library_patient_hash (PrcLibrary *library, const char *key);

// All series of the cases that hold this study, this SOP instance, this patient key or this Patient
// ID, and how many cases that are; NULL and "" match nothing.
PrcSeriesSet *prc_library_related_series (PrcLibrary *library, const char *study_uid,
                                          const char *sop_uid, const char *patient_key,
                                          const char *patient_id, guint *n_cases, GError **error);

// Series of this modality and body part, in any case of letters; NULL or "" is any.
PrcSeriesSet *prc_library_matching_series (PrcLibrary *library, const char *modality,
                                           const char *body_part, GError **error);

gboolean prc_library_counts (PrcLibrary *library, guint *n_cases, guint *n_slices, GError **error);
