// SPDX-License-Identifier: Apache-2.0
#include "prc-library.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"

typedef struct {
  PrcLibrary *library;
  gboolean repair;
  GPtrArray *problems;
} Verification;

static void
G_GNUC_PRINTF (2, 3) report (Verification *verification, const char *format, ...) {
  va_list values;
  va_start (values, format);
  g_ptr_array_add (verification->problems, g_strdup_vprintf (format, values));
  va_end (values);
}

// --- pages: what SQLite itself can say

// Its sentences are for the maker of a database and may quote from it: they are counted, not shown.
static gboolean
check_pages (Verification *verification, GError **error) {
  sqlite3 *db = verification->library->db;
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (db, "PRAGMA integrity_check (100)", error);
  if (!rows)
    return FALSE;
  guint n = 0;
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW)
    n += !g_str_equal (prc_sql_text (rows, 0), "ok");
  if (n > 0)
    report (verification,
            g_dngettext (GETTEXT_PACKAGE, "The structure of the file is damaged in %u place",
                         "The structure of the file is damaged in %u places", n),
            n);
  if (n > 0 && verification->repair)
    sqlite3_exec (db, "REINDEX", NULL, NULL,
                  NULL); // an index can be made again from its table; a table cannot
  return step == PRC_SQL_END;
}

static gboolean
check_schema (Verification *verification, GError **error) {
  gint64 same = 0;
  if (!prc_sql_do (verification->library->db, &same, error,
                   "SELECT schema_sum = " PRC_LIBRARY_SCHEMA_SUM
                   " AND sum = prc_sum (" PRC_LIBRARY_SUM_LIBRARY ") FROM library",
                   ""))
    return FALSE;
  if (!same)
    report (verification, _ ("The description of the library within its file was changed"));
  return TRUE;
}

// --- rows: sums, and parents that are gone

typedef struct {
  const char *count, *mend; // SQL: how many rows are wrong; what makes it good, or NULL
  const char *singular, *plural;
} RowCheck;

// For xgettext: both forms of one message.
#define NP_(singular, plural) singular, plural

#define WRONG_SUM(columns)           " sum IS NOT prc_sum (" columns ")"
#define COUNT_WRONG(table, columns)  "SELECT count (*) FROM " table " WHERE" WRONG_SUM (columns)
#define DELETE_WRONG(table, columns) "DELETE FROM " table " WHERE" WRONG_SUM (columns)

// What is deleted here comes back with the next import of the same files. The words of a case would
// not: they stay.
static const RowCheck row_checks[] = {
    {COUNT_WRONG ("models", PRC_LIBRARY_SUM_MODELS),
     "DELETE FROM embeddings WHERE model_id IN"
     " (SELECT id FROM models WHERE" WRONG_SUM (
         PRC_LIBRARY_SUM_MODELS) ");"
                                 "DELETE FROM segment_embeddings WHERE model_id IN"
                                 " (SELECT id FROM models WHERE" WRONG_SUM (
                                     PRC_LIBRARY_SUM_MODELS) ");" //
     DELETE_WRONG ("models", PRC_LIBRARY_SUM_MODELS),
     NP_ ("The entry of %u encoder is damaged", "The entries of %u encoders are damaged")},
    {COUNT_WRONG ("cases", PRC_LIBRARY_SUM_CASES), NULL,
     NP_ ("The words of %u case are damaged: remove it and add it again",
          "The words of %u cases are damaged: remove them and add them again")},
    {COUNT_WRONG ("case_tags", PRC_LIBRARY_SUM_CASE_TAGS),
     DELETE_WRONG ("case_tags", PRC_LIBRARY_SUM_CASE_TAGS),
     NP_ ("%u tag of a case is damaged", "%u tags of cases are damaged")},
    {COUNT_WRONG ("case_codes", PRC_LIBRARY_SUM_CASE_CODES),
     DELETE_WRONG ("case_codes", PRC_LIBRARY_SUM_CASE_CODES),
     NP_ ("%u code of a case is damaged", "%u codes of cases are damaged")},
    {"SELECT (SELECT count (*) FROM audit WHERE" WRONG_SUM (
         PRC_LIBRARY_SUM_AUDIT) ") + (SELECT count (*) FROM audit_cases"
                                " WHERE" WRONG_SUM (PRC_LIBRARY_SUM_AUDIT_CASES) ")",
     DELETE_WRONG ("audit_cases", PRC_LIBRARY_SUM_AUDIT_CASES) ";" //
     DELETE_WRONG ("audit", PRC_LIBRARY_SUM_AUDIT),
     NP_ ("%u entry of the books is damaged", "%u entries of the books are damaged")},
    {COUNT_WRONG ("studies", PRC_LIBRARY_SUM_STUDIES),
     DELETE_WRONG ("studies", PRC_LIBRARY_SUM_STUDIES),
     NP_ ("The entry of %u study is damaged", "The entries of %u studies are damaged")},
    {COUNT_WRONG ("series", PRC_LIBRARY_SUM_SERIES),
     DELETE_WRONG ("series", PRC_LIBRARY_SUM_SERIES),
     NP_ ("The entry of %u series is damaged", "The entries of %u series are damaged")},
    {COUNT_WRONG ("slices", PRC_LIBRARY_SUM_SLICES),
     DELETE_WRONG ("slices", PRC_LIBRARY_SUM_SLICES),
     NP_ ("The entry of %u slice is damaged", "The entries of %u slices are damaged")},
    {COUNT_WRONG ("embeddings", PRC_LIBRARY_SUM_EMBEDDINGS),
     DELETE_WRONG ("embeddings", PRC_LIBRARY_SUM_EMBEDDINGS),
     NP_ ("The vector of %u slice is damaged", "The vectors of %u slices are damaged")},
    {COUNT_WRONG ("segmentations", PRC_LIBRARY_SUM_SEGMENTATIONS),
     DELETE_WRONG ("segmentations", PRC_LIBRARY_SUM_SEGMENTATIONS),
     NP_ ("The entry of %u segmentation is damaged",
          "The entries of %u segmentations are damaged")},
    {COUNT_WRONG ("segments", PRC_LIBRARY_SUM_SEGMENTS),
     DELETE_WRONG ("segments", PRC_LIBRARY_SUM_SEGMENTS),
     NP_ ("The entry of %u segment is damaged", "The entries of %u segments are damaged")},
    {COUNT_WRONG ("segment_embeddings", PRC_LIBRARY_SUM_SEGMENT_EMBEDDINGS),
     DELETE_WRONG ("segment_embeddings", PRC_LIBRARY_SUM_SEGMENT_EMBEDDINGS),
     NP_ ("The vector of %u segment is damaged", "The vectors of %u segments are damaged")},
    {"SELECT count (*) FROM segment_embeddings JOIN models ON models.id = model_id"
     " WHERE length (vector) <> 4 * dimension OR NOT prc_is_unit (vector)",
     "DELETE FROM segment_embeddings WHERE NOT prc_is_unit (vector) OR length (vector) <>"
     " (SELECT 4 * dimension FROM models WHERE models.id = model_id)",
     NP_ ("The vector of %u segment is none of its encoder",
          "The vectors of %u segments are none of their encoder")},
    {"SELECT count (*) FROM embeddings JOIN models ON models.id = model_id"
     " WHERE length (vector) <> 4 * dimension OR NOT prc_is_unit (vector)",
     "DELETE FROM embeddings WHERE NOT prc_is_unit (vector) OR length (vector) <>"
     " (SELECT 4 * dimension FROM models WHERE models.id = model_id)",
     NP_ ("The vector of %u slice is none of its encoder",
          "The vectors of %u slices are none of their encoder")},
    {"SELECT count (*) FROM pragma_foreign_key_check",
     "DELETE FROM case_tags WHERE case_id NOT IN (SELECT id FROM cases);"
     "DELETE FROM case_codes WHERE case_id NOT IN (SELECT id FROM cases);"
     "DELETE FROM audit_cases WHERE audit_id NOT IN (SELECT id FROM audit);"
     "DELETE FROM studies WHERE case_id NOT IN (SELECT id FROM cases);"
     "DELETE FROM series WHERE study_id NOT IN (SELECT id FROM studies);"
     "DELETE FROM slices WHERE series_id NOT IN (SELECT id FROM series);"
     "DELETE FROM embeddings WHERE slice_id NOT IN (SELECT id FROM slices)"
     " OR model_id NOT IN (SELECT id FROM models);"
     "DELETE FROM segmentations WHERE series_id NOT IN (SELECT id FROM series);"
     "DELETE FROM segments WHERE segmentation_id NOT IN (SELECT id FROM segmentations)"
     " OR slice_id NOT IN (SELECT id FROM slices);"
     "DELETE FROM segment_embeddings WHERE segment_id NOT IN (SELECT id FROM segments)"
     " OR model_id NOT IN (SELECT id FROM models)",
     NP_ ("%u entry belongs to nothing", "%u entries belong to nothing")},
    {"SELECT count (*) FROM slices WHERE id NOT IN (SELECT slice_id FROM embeddings)",
     "DELETE FROM slices WHERE id NOT IN (SELECT slice_id FROM embeddings)",
     NP_ ("%u slice has no vector", "%u slices have no vector")},
    {"SELECT count (*) FROM segments WHERE id NOT IN (SELECT segment_id FROM segment_embeddings)",
     "DELETE FROM segments WHERE id NOT IN (SELECT segment_id FROM segment_embeddings)",
     NP_ ("%u segment has no vector", "%u segments have no vector")},
};

static void
is_unit_function (sqlite3_context *context, int n, sqlite3_value **values) {
  const char *vector = sqlite3_value_blob (values[0]);
  const int length = sqlite3_value_bytes (values[0]) / (int)sizeof (float);
  double square = 0;
  for (int i = 0; i < length; i++) {
    float value;
    memcpy (&value, vector + (gsize)i * sizeof value,
            sizeof value); // SQLite does not promise how a blob is aligned
    square += (double)value * value;
  }
  sqlite3_result_int (context, fabs (square - 1) < 1e-3);
}

static gboolean
check_rows (Verification *verification, GError **error) {
  sqlite3 *db = verification->library->db;
  for (gsize i = 0; i < G_N_ELEMENTS (row_checks); i++) {
    const RowCheck *check = &row_checks[i];
    gint64 n = 0;
    if (!prc_sql_do (db, &n, error, check->count, ""))
      return FALSE;
    if (n == 0)
      continue;
    const char *words = g_dngettext (GETTEXT_PACKAGE, check->singular, check->plural, (gulong)n);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    report (verification, words, (guint)n);
#pragma GCC diagnostic pop
    if (verification->repair && check->mend && !prc_sql_exec (db, check->mend, error))
      return FALSE;
  }
  return TRUE;
}

// FTS5 compares its index with the words, word by word; what it cannot read is as wrong as what does
// not agree. For SQLite this is a change, though nothing is changed: a library that may not be
// written is not asked, for the index can be made again anywhere else.
static gboolean
check_search (Verification *verification, GError **error) {
  sqlite3 *db = verification->library->db;
  const int code =
      sqlite3_exec (db, "INSERT INTO case_search (case_search, rank) VALUES ('integrity-check', 1)",
                    NULL, NULL, NULL) &
      0xff;
  if (code == SQLITE_OK || code == SQLITE_READONLY)
    return TRUE;
  if (code != SQLITE_CORRUPT && code != SQLITE_ERROR) {
    prc_sql_set_error (db, error);
    return FALSE;
  }
  report (verification, _ ("The full-text index does not agree with the words of the cases"));
  return TRUE;
}

// What was mended may have been words.
static gboolean
finish_repair (Verification *verification, GError **error) {
  prc_library_drop_index_files (verification->library);
  return prc_sql_exec (verification->library->db,
                       "INSERT INTO case_search (case_search) VALUES ('rebuild')", error) &&
         prc_library_audit (verification->library, PRC_AUDIT_REPAIR, 0, 0, error) &&
         prc_library_bump (verification->library, error);
}

static gboolean
check_all (Verification *verification, GError **error) {
  return check_pages (verification, error) && check_schema (verification, error) &&
         check_rows (verification, error) &&
         (!verification->repair || verification->problems->len == 0 ||
          finish_repair (verification, error));
}

GPtrArray *
prc_library_verify (PrcLibrary *library, gboolean repair, GError **error) {
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  Verification verification = {library, repair, problems};
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  sqlite3_create_function_v2 (library->db, "prc_is_unit", 1, flags, NULL, is_unit_function, NULL,
                              NULL, NULL);
  g_autoptr (GError) failure = NULL;
  // Not within the transaction: what only reads could not become a writer there.
  if (!check_search (&verification, error) ||
      !prc_sql_exec (library->db, repair ? "BEGIN IMMEDIATE" : "BEGIN", error))
    return NULL;
  const gboolean ok = check_all (&verification, &failure);
  if (!prc_sql_end (library->db, ok, ok ? error : NULL) && ok)
    return NULL;
  if (!ok && !g_error_matches (failure, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (!ok) // a page that cannot be read at all is what was asked about, not a failure to ask
    g_ptr_array_add (problems, g_strdup (failure->message));
  return g_steal_pointer (&problems);
}
