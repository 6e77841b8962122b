// SPDX-License-Identifier: Apache-2.0
// The books: what was brought in, taken out and mended, by the numbers of cases and never by names.
#include "prc-library-private.h"

#include "prc-library-schema.h"
#include "prc-text.h"

static const char *const names[] = {[PRC_AUDIT_IMPORT] = "import",
                                    [PRC_AUDIT_EXPORT] = "export",
                                    [PRC_AUDIT_REMOVAL] = "removal",
                                    [PRC_AUDIT_EDIT] = "edit",
                                    [PRC_AUDIT_REPAIR] = "repair"};

static gboolean
add_entry (PrcLibrary *library, PrcAuditKind kind, guint n_slices, gint64 *entry, GError **error) {
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *at = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  if (!prc_sql_do (library->db, NULL, error,
                   "INSERT INTO audit (" PRC_LIBRARY_SUM_AUDIT ", sum)"
                   " VALUES (?1, ?2, ?3, prc_sum (?1, ?2, ?3))",
                   "ssi", at, names[kind], (gint64)n_slices))
    return FALSE;
  *entry = sqlite3_last_insert_rowid (library->db);
  return TRUE;
}

static gboolean
add_case (PrcLibrary *library, gint64 entry, gint64 case_id, GError **error) {
  return prc_sql_do (library->db, NULL, error,
                     "INSERT INTO audit_cases (" PRC_LIBRARY_SUM_AUDIT_CASES ", sum)"
                     " VALUES (?1, ?2, prc_sum (?1, ?2)) ON CONFLICT DO NOTHING",
                     "ii", entry, case_id);
}

gboolean
prc_library_audit (PrcLibrary *library, PrcAuditKind kind, gint64 case_id, guint n_slices,
                   GError **error) {
  gint64 entry;
  return add_entry (library, kind, n_slices, &entry, error) &&
         (case_id == 0 || add_case (library, entry, case_id, error));
}

gboolean
prc_library_audit_import (PrcLibrary *library, gint64 case_id, guint n_slices, GError **error) {
  if (!prc_sql_do (library->db, NULL, error,
                   "UPDATE audit SET n_slices = n_slices + ?2, sum = prc_sum (at, what,"
                   " n_slices + ?2) WHERE id = ?1",
                   "ii", library->import_entry, (gint64)n_slices))
    return FALSE;
  if (sqlite3_changes (library->db) == 0 &&
      !add_entry (library, PRC_AUDIT_IMPORT, n_slices, &library->import_entry, error))
    return FALSE;
  return add_case (library, library->import_entry, case_id, error);
}

void
prc_library_begin_import (PrcLibrary *library) {
  library->import_entry = 0;
}

// --- reading

static void
audit_free (gpointer data) {
  PrcAudit *self = data;
  g_free (self->at);
  g_free (self->what);
  g_array_unref (self->cases);
  g_free (self);
}

static PrcAudit *
read_entry (sqlite3_stmt *row) {
  PrcAudit *self = g_new0 (PrcAudit, 1);
  self->id = sqlite3_column_int64 (row, 0);
  self->at = prc_text_safe (prc_sql_text (row, 1), -1, 64, false);
  self->what = prc_text_safe (prc_sql_text (row, 2), -1, 64, false);
  self->n_slices = (guint)sqlite3_column_int64 (row, 3);
  self->cases = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

GPtrArray *
prc_library_audits (PrcLibrary *library, GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db,
                       "SELECT id, at, what, n_slices, case_id FROM audit LEFT JOIN audit_cases"
                       " ON audit_id = id ORDER BY id, case_id",
                       error);
  if (!rows)
    return NULL;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (audit_free);
  PrcAudit *last = NULL;
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    if (!last || last->id != sqlite3_column_int64 (rows, 0))
      g_ptr_array_add (entries, last = read_entry (rows));
    const gint64 case_id = sqlite3_column_int64 (rows, 4);
    if (case_id)
      g_array_append_val (last->cases, case_id);
  }
  return step == PRC_SQL_END ? g_steal_pointer (&entries) : NULL;
}
