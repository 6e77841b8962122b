// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-library.h"

// A list of cases: RFC 4180 with fields parted by commas, semicolons or tabs as spreadsheets write
// them (a first line "sep=;" counts), a header line, lines ended by CR LF or LF; encodings as in
// prc-list-text.h. Columns path, title, history, diagnosis, findings, note, outcome, proof, tags in
// any order, path and one other at least; other columns are passed over, so are empty lines. Names
// of columns in any case of letters; proof is pathology, follow-up, none or empty; tags are parted
// by semicolons. A path is relative to the list's folder and names a folder, a file, an archive or
// what is in one (prc-path.h). It may lead anywhere: nothing is opened by it, it is only compared
// with the paths of what is imported.
//
// The list is read once from beginning to end and kept in its file: in memory are some 40 bytes for
// each of its lines, and the words of those that name something. One thread.
typedef struct _PrcCasesCsv PrcCasesCsv;

#define PRC_CASES_CSV_MAX_ROWS 16000000
#define PRC_CASES_CSV_MAX_REAL                                                                     \
  100000 // beyond it symbolic links in the paths of rows are not followed

typedef struct {
  char *path;       // absolute; of the case's folder or file
  guint line;       // where it stands, from 1
  PrcCaseText text; // its own
} PrcCasesCsvRow;

// PRC_ENGINE_ERROR_CASES_CSV with the line for whatever is wrong; contents are never quoted.
PrcCasesCsv *prc_cases_csv_load (const char *path, GError **error);
// `folder`: what paths are relative to. The bytes are copied.
PrcCasesCsv *prc_cases_csv_parse (const char *bytes, gsize length, const char *folder,
                                  GError **error);
void prc_cases_csv_free (PrcCasesCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCasesCsv, prc_cases_csv_free)

guint prc_cases_csv_length (const PrcCasesCsv *csv);

// The row that names this file or the nearest folder or archive above it; NULL when none does, or
// when the list was changed meanwhile. Borrowed.
const PrcCasesCsvRow *prc_cases_csv_find (PrcCasesCsv *csv, const char *file_path);

// A row, whether it was found or not; NULL when the list was changed meanwhile. Owned.
PrcCasesCsvRow *prc_cases_csv_row (PrcCasesCsv *csv, guint index);
void prc_cases_csv_row_free (PrcCasesCsvRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCasesCsvRow, prc_cases_csv_row_free)

gboolean prc_cases_csv_is_found (const PrcCasesCsv *csv, guint index); // by some call of _find
