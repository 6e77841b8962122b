// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-library.h"

// A list of cases: RFC 4180, UTF-8 with or without a byte order mark, a header line, lines ended by
// CR LF or LF. Columns path, title, diagnosis, findings, note, outcome in any order, path and one
// other at least; other columns are passed over, so are empty lines. Names of columns in any case
// of letters. Immutable.
typedef struct _PrcCasesCsv PrcCasesCsv;

typedef struct {
  char *path; // absolute; of the case's folder or file
  guint line; // where it stands, from 1
  PrcCaseText text;
} PrcCasesCsvRow;

// PRC_ENGINE_ERROR_CASES_CSV with the line for whatever is wrong; contents are never quoted.
PrcCasesCsv *prc_cases_csv_load (const char *path, GError **error);
// `folder`: what paths are relative to.
PrcCasesCsv *prc_cases_csv_parse (const char *bytes, gsize length, const char *folder,
                                  GError **error);
void prc_cases_csv_free (PrcCasesCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCasesCsv, prc_cases_csv_free)

guint prc_cases_csv_length (const PrcCasesCsv *csv);
const PrcCasesCsvRow *prc_cases_csv_row (const PrcCasesCsv *csv, guint index); // borrowed

// The row that names this file or the nearest folder or archive above it; NULL when none does. Borrowed.
const PrcCasesCsvRow *prc_cases_csv_find (const PrcCasesCsv *csv, const char *file_path);
