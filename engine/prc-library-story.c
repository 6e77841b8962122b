// SPDX-License-Identifier: Apache-2.0
// Writing what a person says about a case; within a transaction.
#include "prc-library-private.h"

#include <glib/gi18n-lib.h>
#include "prc-engine-error.h"
#include "prc-library-schema.h"

#define MAX_CODES 100 // of a field of a case

static gboolean
check_proof (const PrcCaseText *text, GError **error) {
  if (!text->proof || prc_case_is_proof (text->proof))
    return TRUE;
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT,
                       _ ("How a diagnosis is proven is pathology, follow-up, none or nothing"));
  return FALSE;
}

static gboolean
add_tag (PrcLibrary *library, gint64 id, const char *tag, GError **error) {
  return prc_sql_do (library->db, NULL, error,
                     "INSERT INTO case_tags (" PRC_LIBRARY_SUM_CASE_TAGS ", sum)"
                     " VALUES (?1, ?2, prc_sum (?1, ?2))",
                     "is", id, tag);
}

static GStrv
tags_of (PrcLibrary *library, gint64 id, GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db, "SELECT tag FROM case_tags WHERE case_id = ?", error);
  if (!rows)
    return NULL;
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();
  prc_sql_bind (rows, "i", id);
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW)
    g_strv_builder_add (tags, prc_sql_text (rows, 0));
  return step == PRC_SQL_END ? g_strv_builder_end (tags) : NULL;
}

// Nothing is written when nothing changes: else every import of a list would change every case.
static gboolean
put_tags (PrcLibrary *library, gint64 id, const char *text, GError **error) {
  g_auto (GStrv) tags = prc_case_split_tags (text), old = NULL;
  if (!*tags)
    return TRUE;
  old = tags_of (library, id, error);
  if (!old)
    return FALSE;
  for (char **each = old; *each; each++)
    if (!g_strv_contains ((const char *const *)tags, *each) &&
        !prc_sql_do (library->db, NULL, error,
                     "DELETE FROM case_tags WHERE case_id = ? AND tag = ?", "is", id, *each))
      return FALSE;
  for (char **each = tags; *each; each++)
    if (!g_strv_contains ((const char *const *)old, *each) && !add_tag (library, id, *each, error))
      return FALSE;
  return TRUE;
}

static gboolean
put_code (PrcLibrary *library, gint64 id, const char *field, char *text, GError **error) {
  PrcCode code;
  if (!*g_strstrip (text))
    return TRUE;
  if (!prc_case_parse_code (text, &code)) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT,
                         _ ("A code is written SCHEME:VALUE or SCHEME:VALUE:MEANING"));
    return FALSE;
  }
  return prc_sql_do (library->db, NULL, error,
                     "INSERT INTO case_codes (" PRC_LIBRARY_SUM_CASE_CODES ", sum)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, prc_sum (?1, ?2, ?3, ?4, ?5))"
                     " ON CONFLICT DO UPDATE SET meaning = excluded.meaning, sum = excluded.sum"
                     " WHERE meaning <> excluded.meaning",
                     "issss", id, field, code.scheme, code.value, code.meaning);
}

// Codes that are given join those that are there.
static gboolean
put_codes (PrcLibrary *library, gint64 id, const char *field, const char *text, GError **error) {
  g_auto (GStrv) parts = g_strsplit (text ? text : "", ";", MAX_CODES);
  for (char **part = parts; *part; part++)
    if (!put_code (library, id, field, *part, error))
      return FALSE;
  return TRUE;
}

static gboolean
put_lists (PrcLibrary *library, gint64 id, const PrcCaseText *text, GError **error) {
  return put_tags (library, id, text->tags, error) &&
         put_codes (library, id, "diagnosis", text->diagnosis_codes, error) &&
         put_codes (library, id, "finding", text->finding_codes, error);
}

// --- the full-text index

#define N_WORDS 7
#define WORDS   "title, history, diagnosis, findings, note, outcome, tags"

typedef struct { // of a case, as the index has them
  char *texts[N_WORDS];
} Words;

static void
words_clear (Words *words) {
  for (int i = 0; i < N_WORDS; i++)
    g_clear_pointer (&words->texts[i], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static gboolean
read_words (PrcLibrary *library, gint64 id, Words *words, GError **error) {
  g_autoptr (sqlite3_stmt) row =
      prc_sql_prepare (library->db, "SELECT " WORDS " FROM case_words WHERE id = ?", error);
  if (!row)
    return FALSE;
  prc_sql_bind (row, "i", id);
  const PrcSqlStep step = prc_sql_step (row, error);
  for (int i = 0; step == PRC_SQL_ROW && i < N_WORDS; i++)
    words->texts[i] = g_strdup (prc_sql_text (row, i));
  return step != PRC_SQL_ERROR;
}

static gboolean
words_equal (const Words *a, const Words *b) {
  for (int i = 0; i < N_WORDS; i++)
    if (g_strcmp0 (a->texts[i], b->texts[i]) != 0)
      return FALSE;
  return TRUE;
}

// The index wants to be told what it has of a case.
static gboolean
forget_words (PrcLibrary *library, gint64 id, const Words *words, GError **error) {
  char *const *w = words->texts;
  library->has_old_words = TRUE;
  return prc_sql_do (library->db, NULL, error,
                     "INSERT INTO case_search (case_search, rowid, " WORDS ")"
                     " VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?)",
                     "isssssss", id, w[0], w[1], w[2], w[3], w[4], w[5], w[6]);
}

static gboolean
add_words (PrcLibrary *library, gint64 id, GError **error) {
  return prc_sql_do (library->db, NULL, error,
                     "INSERT INTO case_search (rowid, " WORDS ") SELECT id, " WORDS
                     " FROM case_words WHERE id = ?",
                     "i", id);
}

// --- cases

gboolean
prc_library_make_case (PrcLibrary *library, const char *key, const char *title,
                       const PrcCaseText *text, gint64 *id, GError **error) {
  static const PrcCaseText nothing;
  const PrcCaseText *said = text ? text : &nothing;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *added = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  if (!check_proof (said, error) ||
      !prc_sql_do (library->db, NULL, error,
                   "INSERT INTO cases (" PRC_LIBRARY_SUM_CASES ", sum)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                   " prc_sum (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))",
                   "sssssssss", key, title, said->diagnosis, said->findings, said->note,
                   said->outcome, added, said->history, said->proof))
    return FALSE;
  *id = sqlite3_last_insert_rowid (library->db);
  return put_lists (library, *id, said, error) && add_words (library, *id, error);
}

static gboolean
revise_words (PrcLibrary *library, gint64 id, const char *key, const PrcCaseText *said,
              GError **error) {
  return prc_sql_do (
             library->db, NULL, error,
             "WITH new AS (SELECT id, ?2 AS key, coalesce (nullif (?3, ''), title) AS title,"
             " coalesce (nullif (?4, ''), diagnosis) AS diagnosis,"
             " coalesce (nullif (?5, ''), findings) AS findings,"
             " coalesce (nullif (?6, ''), note) AS note,"
             " coalesce (nullif (?7, ''), outcome) AS outcome, added,"
             " coalesce (nullif (?8, ''), history) AS history,"
             " coalesce (nullif (?9, ''), proof) AS proof FROM cases WHERE id = ?1)"
             " UPDATE cases SET key = new.key, title = new.title, diagnosis = new.diagnosis,"
             " findings = new.findings, note = new.note, outcome = new.outcome,"
             " history = new.history, proof = new.proof, sum = prc_sum ("
             " new.key, new.title, new.diagnosis, new.findings, new.note, new.outcome, new.added,"
             " new.history, new.proof)"
             " FROM new WHERE cases.id = new.id AND (cases.key, cases.title, cases.diagnosis,"
             " cases.findings, cases.note, cases.outcome, cases.history, cases.proof) IS NOT"
             " (new.key, new.title, new.diagnosis, new.findings, new.note, new.outcome,"
             "  new.history, new.proof)",
             "issssssss", id, key, said->title, said->diagnosis, said->findings, said->note,
             said->outcome, said->history, said->proof) &&
         put_lists (library, id, said, error);
}

gboolean
prc_library_revise_case (PrcLibrary *library, gint64 id, const char *key, const PrcCaseText *text,
                         GError **error) {
  static const PrcCaseText nothing;
  const PrcCaseText *said = text ? text : &nothing;
  g_auto (Words) before = {0}, after = {0};
  if (!check_proof (said, error) || !read_words (library, id, &before, error) ||
      !revise_words (library, id, key, said, error) || !put_lists (library, id, said, error) ||
      !read_words (library, id, &after, error))
    return FALSE;
  return words_equal (&before, &after) ||
         (forget_words (library, id, &before, error) && add_words (library, id, error));
}

gboolean
prc_library_remove_words (PrcLibrary *library, gint64 id, GError **error) {
  g_auto (Words) words = {0};
  return read_words (library, id, &words, error) &&
         (!words.texts[0] || forget_words (library, id, &words, error));
}

gboolean
prc_library_scrub_words (PrcLibrary *library, GError **error) {
  if (!library->has_old_words)
    return TRUE;
  library->has_old_words = FALSE;
  return prc_sql_exec (library->db, "INSERT INTO case_search (case_search) VALUES ('optimize')",
                       error);
}
