// SPDX-License-Identifier: Apache-2.0
// Cases as they are shown.
#include "prc-library-private.h"

#include <glib/gi18n-lib.h>
#include "prc-engine-error.h"
#include "prc-library-words.h"
#include "prc-text.h"

#define MAX_TEXT (1 << 20) // bytes of one field

// Modality, body part and plane are those of the case's longest series, age and date those of its
// first study.
#define SELECT_CASES                                                                               \
  "SELECT c.id, title, diagnosis, findings, note, outcome, added,"                                 \
  " (SELECT count (*) FROM series JOIN studies ON studies.id = study_id WHERE case_id = c.id),"    \
  " (SELECT count (*) FROM slices JOIN series ON series.id = series_id"                            \
  "  JOIN studies ON studies.id = study_id WHERE case_id = c.id),"                                 \
  " main.modality,"                                                                                \
  " (SELECT body_part FROM series JOIN studies ON studies.id = study_id WHERE case_id = c.id"      \
  "  ORDER BY body_part = '', n_slices DESC, series.id LIMIT 1),"                                  \
  " history, proof, main.plane, first.sex, first.age, first.study_date,"                           \
  " EXISTS (SELECT 1 FROM series JOIN studies ON studies.id = study_id"                            \
  "  WHERE case_id = c.id AND contrast = 1),"                                                      \
  " (SELECT group_concat (tag, ';') FROM (SELECT tag FROM case_tags WHERE case_id = c.id"          \
  "  ORDER BY tag)),"                                                                              \
  " EXISTS (SELECT 1 FROM case_codes WHERE case_id = c.id)"                                        \
  " FROM cases c"                                                                                  \
  " LEFT JOIN series main ON main.id = (SELECT series.id FROM series"                              \
  "  JOIN studies ON studies.id = study_id WHERE case_id = c.id"                                   \
  "  ORDER BY n_slices DESC, series.id LIMIT 1)"                                                   \
  " LEFT JOIN studies first ON first.id = (SELECT id FROM studies WHERE case_id = c.id"            \
  "  ORDER BY study_date = '', study_date, id LIMIT 1)"

void
prc_library_take_text (char **field, sqlite3_stmt *row, int column) {
  g_free (*field);
  *field =
      prc_text_safe (prc_sql_text (row, column), -1, MAX_TEXT, true); // a file can say anything
}

void
prc_library_set_not_found (GError **error) {
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND,
                       _ ("There is no such case"));
}

static GStrv
read_tags (sqlite3_stmt *row, int column) {
  g_autofree char *all = prc_text_safe (prc_sql_text (row, column), -1, MAX_TEXT, false);
  return g_strsplit (all, ";", -1);
}

static gboolean
read_codes (PrcLibrary *library, PrcCase *self, GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db,
                       "SELECT value, scheme, meaning, field = 'finding' FROM case_codes"
                       " WHERE case_id = ? ORDER BY field, scheme, value",
                       error);
  if (!rows)
    return FALSE;
  g_autoptr (GArray) codes = g_array_new (FALSE, TRUE, sizeof (PrcCaseCode));
  prc_sql_bind (rows, "i", self->id);
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    PrcCaseCode each = {.of_finding = sqlite3_column_int (rows, 3) != 0};
    prc_library_take_text ((char **)&each.code.value, rows, 0);
    prc_library_take_text ((char **)&each.code.scheme, rows, 1);
    prc_library_take_text ((char **)&each.code.meaning, rows, 2);
    g_array_append_val (codes, each);
  }
  self->n_codes = codes->len;
  self->codes = (PrcCaseCode *)(void *)g_array_free (g_steal_pointer (&codes), FALSE);
  return step == PRC_SQL_END;
}

static PrcCase *
read_case (PrcLibrary *library, sqlite3_stmt *row, GError **error) {
  g_autoptr (PrcCase) self = prc_case_new ();
  char **const texts[] = {&self->title, &self->diagnosis, &self->findings,
                          &self->note,  &self->outcome,   &self->added};
  char **const more[] = {&self->modality, &self->body_part, &self->history, &self->proof,
                         &self->plane,    &self->sex,       &self->age,     &self->study_date};
  self->id = sqlite3_column_int64 (row, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    prc_library_take_text (texts[i], row, (int)i + 1);
  self->n_series = (guint)sqlite3_column_int64 (row, 7);
  self->n_slices = (guint)sqlite3_column_int64 (row, 8);
  for (gsize i = 0; i < G_N_ELEMENTS (more); i++)
    prc_library_take_text (more[i], row, (int)i + 9);
  self->contrast = sqlite3_column_int (row, 17) != 0;
  g_strfreev (self->tags);
  self->tags = read_tags (row, 18);
  const gboolean coded = sqlite3_column_int (row, 19) != 0;
  return !coded || read_codes (library, self, error) ? g_steal_pointer (&self) : NULL;
}

static GPtrArray *
read_cases (PrcLibrary *library, sqlite3_stmt *rows, GError **error) {
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_case_unref);
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    PrcCase *each = read_case (library, rows, error);
    if (!each)
      return NULL;
    g_ptr_array_add (cases, each);
  }
  return step == PRC_SQL_END ? g_steal_pointer (&cases) : NULL;
}

GPtrArray *
prc_library_cases (PrcLibrary *library, GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db, SELECT_CASES " ORDER BY c.id", error);
  return rows ? read_cases (library, rows, error) : NULL;
}

PrcCase *
prc_library_case (PrcLibrary *library, gint64 id, GError **error) {
  g_autoptr (sqlite3_stmt) row =
      prc_sql_prepare (library->db, SELECT_CASES " WHERE c.id = ?", error);
  if (!row)
    return NULL;
  prc_sql_bind (row, "i", id);
  const PrcSqlStep step = prc_sql_step (row, error);
  if (step == PRC_SQL_END)
    prc_library_set_not_found (error);
  return step == PRC_SQL_ROW ? read_case (library, row, error) : NULL;
}

GPtrArray *
prc_library_find_cases (PrcLibrary *library, const char *text, guint limit, GError **error) {
  g_autofree char *query = prc_library_words_query (text);
  if (!*query)
    return g_ptr_array_new_with_free_func ((GDestroyNotify)prc_case_unref);
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db,
                       "WITH found AS (SELECT rowid AS id, rank FROM case_search"
                       " WHERE case_search MATCH ?1 ORDER BY rank, rowid LIMIT ?2) " SELECT_CASES
                       " JOIN found ON found.id = c.id ORDER BY found.rank, c.id",
                       error);
  if (!rows)
    return NULL;
  prc_sql_bind (rows, "si", query, (gint64)limit);
  return read_cases (library, rows, error);
}
