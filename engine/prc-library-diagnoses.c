// SPDX-License-Identifier: Apache-2.0
// What a tally needs of the library: which case has which diagnosis.
#include "prc-library-private.h"

static PrcDiagnoses *
read_diagnoses (PrcLibrary *library, GError **error) {
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (
      library->db,
      "SELECT cases.id, diagnosis, series.id,"
      " (SELECT scheme || ':' || value FROM case_codes WHERE case_id = cases.id"
      " AND field = 'diagnosis' LIMIT 1) FROM cases"
      " JOIN studies ON studies.case_id = cases.id JOIN series ON study_id = studies.id"
      " ORDER BY cases.id",
      error);
  if (!rows)
    return NULL;
  g_autoptr (PrcDiagnoses) diagnoses = prc_diagnoses_new ();
  PrcSqlStep step;
  gint64 last = 0;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    const gint64 id = sqlite3_column_int64 (rows, 0);
    if (id != last)
      prc_diagnoses_add (diagnoses, id, prc_sql_text (rows, 1), prc_sql_text (rows, 3));
    prc_diagnoses_add_series (diagnoses, sqlite3_column_int64 (rows, 2));
    last = id;
  }
  return step == PRC_SQL_END ? g_steal_pointer (&diagnoses) : NULL;
}

PrcDiagnoses *
prc_library_diagnoses (PrcLibrary *library, GError **error) {
  // The version first: rows that are newer than it are read once more, none stay older.
  const guint64 version = prc_library_version (library);
  if (library->diagnoses && library->diagnoses_version == version)
    return library->diagnoses;
  PrcDiagnoses *read = read_diagnoses (library, error);
  if (!read)
    return NULL;
  g_clear_pointer (&library->diagnoses, prc_diagnoses_unref);
  library->diagnoses = read;
  library->diagnoses_version = version;
  return read;
}
