// SPDX-License-Identifier: Apache-2.0
// A filter as a set of series. Where SQL can say it, the search does not have to.
#include "prc-library-private.h"

#include "prc-age.h"
#include "prc-body-part.h"
#include "prc-library-words.h"
#include "prc-text.h"

// --- what SQLite does not know

static void
holds_part_function (sqlite3_context *context, int n, sqlite3_value **values) {
  const char *examined = (const char *)sqlite3_value_text (values[0]);
  const char *wanted = (const char *)sqlite3_value_text (values[1]);
  sqlite3_result_int (context, examined && wanted && prc_body_part_holds (examined, wanted));
}

static void
fold_function (sqlite3_context *context, int n, sqlite3_value **values) {
  const char *text = (const char *)sqlite3_value_text (values[0]);
  g_autofree char *safe = prc_text_safe (text ? text : "", -1, G_MAXINT, false);
  sqlite3_result_text (context, prc_text_fold (safe), -1, g_free);
}

static gboolean
define_functions (sqlite3 *db, GError **error) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  if (!sqlite3_create_function_v2 (db, "prc_holds_part", 2, flags, NULL, holds_part_function, NULL,
                                   NULL, NULL) &&
      !sqlite3_create_function_v2 (db, "prc_fold", 1, flags, NULL, fold_function, NULL, NULL, NULL))
    return TRUE;
  prc_sql_set_error (db, error);
  return FALSE;
}

// --- the question

typedef struct {
  GString *sql;
  GPtrArray *values; // of its question marks: strings, owned
} Question;

static void
require (Question *question, const char *condition, const char *value) {
  g_string_append_printf (question->sql, " AND %s", condition);
  g_ptr_array_add (question->values, g_strdup (value));
}

static gboolean
given (const char *text) {
  return text && *text;
}

static void
require_series (Question *question, const PrcFilter *filter) {
  if (given (filter->modality))
    require (question, "modality = ? COLLATE NOCASE", filter->modality);
  if (given (filter->body_part))
    require (question, "body_part IN (SELECT part FROM parts WHERE prc_holds_part (part, ?))",
             filter->body_part);
  if (given (filter->plane))
    require (question, "plane = ? COLLATE NOCASE", filter->plane);
  if (filter->contrast != PRC_CONTRAST_ANY)
    g_string_append (question->sql, filter->contrast == PRC_CONTRAST_WITH ? " AND contrast = 1"
                                                                          : " AND contrast = 0");
}

static void
require_study (Question *question, PrcLibrary *library, const PrcFilter *filter) {
  if (given (filter->sex))
    require (question, "study_id IN (SELECT id FROM studies WHERE sex = ? COLLATE NOCASE)",
             filter->sex);
  if (filter->by_age)
    g_string_append_printf (
        question->sql,
        " AND study_id IN (SELECT id FROM studies WHERE age_days BETWEEN %" G_GINT64_FORMAT
        " AND %" G_GINT64_FORMAT ")",
        prc_age_days_of_years (filter->age_from), prc_age_days_of_years (filter->age_to + 1) - 1);
  if (given (filter->exclude_patient)) {
    g_autofree char *patient = prc_library_patient_hash (library, filter->exclude_patient);
    require (question, "study_id NOT IN (SELECT id FROM studies WHERE patient_id = ?)", patient);
  }
}

#define OF_CASES " study_id IN (SELECT id FROM studies WHERE case_id IN (SELECT "

static void
require_case (Question *question, const PrcFilter *filter) {
  g_auto (GStrv) tags = prc_case_split_tags (filter->tags);
  for (char **tag = tags; *tag; tag++)
    require (question, OF_CASES "case_id FROM case_tags WHERE prc_fold (tag) = prc_fold (?)))",
             *tag);
  if (given (filter->proof) && g_ascii_strcasecmp (filter->proof, "proven") == 0)
    g_string_append (question->sql, " AND" OF_CASES "id FROM cases"
                                    " WHERE proof IN ('pathology', 'follow-up')))");
  else if (given (filter->proof))
    require (question, OF_CASES "id FROM cases WHERE proof = ? COLLATE NOCASE))", filter->proof);
  if (!given (filter->text))
    return;
  g_autofree char *words = prc_library_words_query (filter->text);
  if (*words)
    require (question, OF_CASES "rowid FROM case_search WHERE case_search MATCH ?))", words);
  else
    g_string_append (question->sql, " AND 0"); // signs are in no text
}

static PrcSeriesSet *
ask (PrcLibrary *library, const Question *question, GError **error) {
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (library->db, question->sql->str, error);
  if (!rows)
    return NULL;
  for (guint i = 0; i < question->values->len; i++)
    sqlite3_bind_text (rows, (int)i + 1, question->values->pdata[i], -1, SQLITE_STATIC);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    const gint64 id = sqlite3_column_int64 (rows, 0);
    g_array_append_val (ids, id);
  }
  return step == PRC_SQL_END ? prc_series_set_new ((const int64_t *)(void *)ids->data, ids->len)
                             : NULL;
}

static PrcSeriesSet *
select_series (PrcLibrary *library, const PrcFilter *filter, GError **error) {
  g_autoptr (GString) sql =
      g_string_new ("WITH parts AS MATERIALIZED (SELECT DISTINCT body_part AS part FROM series)"
                    " SELECT id FROM series WHERE 1");
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  Question question = {sql, values};
  if (!define_functions (library->db, error))
    return NULL;
  require_series (&question, filter);
  require_study (&question, library, filter);
  require_case (&question, filter);
  return ask (library, &question, error);
}

// --- what was asked before

void
prc_library_filters_clear (PrcLibrary *library) {
  for (guint i = 0; i < G_N_ELEMENTS (library->filtered); i++) {
    g_clear_pointer (&library->filtered[i].key, g_free);
    g_clear_pointer (&library->filtered[i].series, prc_series_set_unref);
  }
}

static PrcSeriesSet *
find_known (PrcLibrary *library, const char *key, guint64 version) {
  if (library->filtered_version != version)
    prc_library_filters_clear (library);
  library->filtered_version = version;
  for (guint i = 0; i < G_N_ELEMENTS (library->filtered); i++)
    if (library->filtered[i].key && g_str_equal (library->filtered[i].key, key))
      return prc_series_set_ref (library->filtered[i].series);
  return NULL;
}

static void
remember (PrcLibrary *library, char *key, PrcSeriesSet *series) {
  const guint place = library->next_filtered++ % G_N_ELEMENTS (library->filtered);
  g_free (library->filtered[place].key);
  g_clear_pointer (&library->filtered[place].series, prc_series_set_unref);
  library->filtered[place].key = key;
  library->filtered[place].series = prc_series_set_ref (series);
}

// In one read transaction, so that the version is that of the rows.
PrcSeriesSet *
prc_library_select (PrcLibrary *library, const PrcFilter *filter, GError **error) {
  g_autofree char *key = prc_filter_key (filter);
  if (!prc_sql_exec (library->db, "SAVEPOINT filter", error))
    return NULL;
  const guint64 version = prc_library_version (library);
  PrcSeriesSet *series = find_known (library, key, version);
  if (!series && (series = select_series (library, filter, error)))
    remember (library, g_steal_pointer (&key), series);
  sqlite3_exec (library->db, "RELEASE filter", NULL, NULL, NULL);
  return series;
}
