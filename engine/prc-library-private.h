// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-diagnoses.h"
#include "prc-index-file.h"
#include "prc-library.h"
#include "prc-sql.h"

// What the files of the library share, and what search and engine ask of it besides its public
// header.
typedef struct {   // a snapshot that was given out, to make the next one of
  PrcIndex *index; // NULL: none yet
  char *model_id;
  gint64 model; // its row; 0: there was none
  gint64 seq;   // of vector_log, that it has seen
} PrcLibrarySnapshot;

struct _PrcLibrary {
  sqlite3 *db;
  char *path;
  guint8 salt[32];
  sqlite3_stmt *has_slice; // asked once for every slice of an import
  struct {
    char *key;
    PrcSeriesSet *series;
  } filtered[8]; // answers to filters of `filtered_version`
  guint64 filtered_version;
  guint next_filtered;
  gboolean has_old_words;  // in the full-text index
  gint64 import_entry;     // of the books, that imports are written to; 0: a new one
  PrcDiagnoses *diagnoses; // of this version, when they were asked for
  guint64 diagnoses_version;
  PrcLibrarySnapshot snapshots[2]; // of slices, of segments
};

// Raises the change counter; part of every transaction that changed something.
gboolean prc_library_bump (PrcLibrary *library, GError **error);

// The row of a model, made when it is not there. Within a transaction.
gboolean prc_library_find_model (PrcLibrary *library, const char *name, guint dimension,
                                 gint64 *model_id, GError **error);

gboolean prc_library_check_vector (const float *vector, guint dimension, GError **error);

// Words of a case; within a transaction. `title` is what a case without one gets. To revise: words
// and tags that are given replace, codes that are given join those that are there, and nothing is
// written when nothing changes.
gboolean prc_library_make_case (PrcLibrary *library, const char *key, const char *title,
                                const PrcCaseText *text, gint64 *id, GError **error);
gboolean prc_library_revise_case (PrcLibrary *library, gint64 id, const char *key,
                                  const PrcCaseText *text, GError **error);

// The row of a series of a case, made when it is not there; within a transaction. What is known of a
// study and a series stays, what was not is filled in from the files, also with _fill_series() alone.
gboolean prc_library_find_series (PrcLibrary *library, gint64 case_id, const PrcSeries *series,
                                  gint64 *id, GError **error);
gboolean prc_library_fill_series (PrcLibrary *library, gint64 id, const PrcSeries *series,
                                  GError **error);

void prc_library_set_not_found (GError **error);
void prc_library_take_text (char **field, sqlite3_stmt *row, int column); // safe to show

// The words of a case leave the full-text index; before the case goes. Within a transaction.
gboolean prc_library_remove_words (PrcLibrary *library, gint64 id, GError **error);

// What this connection took out of the full-text index is really gone from the file: until then it
// stands there, marked as removed. Costs as much as the index is large. Within a transaction.
gboolean prc_library_scrub_words (PrcLibrary *library, GError **error);

// An entry of the books; within a transaction. Those of an import are one entry.
gboolean prc_library_audit (PrcLibrary *library, PrcAuditKind kind, gint64 case_id, guint n_slices,
                            GError **error);
gboolean prc_library_audit_import (PrcLibrary *library, gint64 case_id, guint n_slices,
                                   GError **error);

void prc_library_forget_snapshots (PrcLibrary *library);

// A snapshot that the library gave out, with the same rows in another order: the next ones are made
// of it.
void prc_library_take_index (PrcLibrary *library, const PrcIndex *given, PrcIndex *index);

// The file that the index of a large library is mapped from. The mark is of what it was made of: the
// snapshot that was given out last. _keep_ once the file is whole; it does not stay where something
// was removed meanwhile (false, no error).
char *prc_library_index_path (PrcLibrary *library, gboolean of_segments);
PrcIndexFileMark prc_library_new_index_mark (PrcLibrary *library, gboolean of_segments);
gboolean prc_library_keep_index_file (PrcLibrary *library, gboolean of_segments,
                                      const PrcIndexFileMark *mark, GError **error);
gboolean prc_library_has_index_file (PrcLibrary *library, gboolean of_segments);
gboolean prc_library_index_mark (PrcLibrary *library, gboolean of_segments, gint64 model,
                                 PrcIndexFileMark *mark, GError **error);
void prc_library_drop_index_files (PrcLibrary *library);

// The keyed hash that stands in the file for a patient key or a Patient ID; "" for "". Owned.
char *prc_library_patient_hash (PrcLibrary *library, const char *key);

// All series of the cases that hold this study, this SOP instance, this patient key or this Patient
// ID, and how many cases that are; NULL and "" match nothing.
PrcSeriesSet *prc_library_related_series (PrcLibrary *library, const char *study_uid,
                                          const char *sop_uid, const char *patient_key,
                                          const char *patient_id, guint *n_cases, GError **error);

void prc_library_filters_clear (PrcLibrary *library);

// Of every case, as of now; read again when the library changed. Borrowed until the next call: who
// keeps it references it.
PrcDiagnoses *prc_library_diagnoses (PrcLibrary *library, GError **error);

gboolean prc_library_counts (PrcLibrary *library, guint *n_cases, guint *n_slices, GError **error);
