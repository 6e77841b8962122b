// SPDX-License-Identifier: Apache-2.0
#include "prc-library-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "prc-engine-error.h"
#include "prc-library-words.h"

static const char version_1[] =
    "CREATE TABLE library ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " changes INTEGER NOT NULL CHECK (changes >= 0),"
    " salt BLOB NOT NULL CHECK (length (salt) = 32),"
    " created TEXT NOT NULL,"
    " schema_sum INTEGER NOT NULL,"
    " sum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE models ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE CHECK (name <> ''),"
    " dimension INTEGER NOT NULL CHECK (dimension BETWEEN 1 AND 4096),"
    " sum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE cases ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " key TEXT NOT NULL UNIQUE CHECK (key <> ''),"
    " title TEXT NOT NULL,"
    " diagnosis TEXT NOT NULL,"
    " findings TEXT NOT NULL,"
    " note TEXT NOT NULL,"
    " outcome TEXT NOT NULL,"
    " added TEXT NOT NULL,"
    " sum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE studies ("
    " id INTEGER PRIMARY KEY,"
    " case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,"
    " study_uid TEXT NOT NULL,"
    " patient TEXT NOT NULL,"
    " patient_id TEXT NOT NULL,"
    " sum INTEGER NOT NULL,"
    " UNIQUE (case_id, study_uid, patient)) STRICT;"
    "CREATE INDEX studies_by_uid ON studies (study_uid);"
    "CREATE INDEX studies_by_patient ON studies (patient);"
    "CREATE TABLE series ("
    " id INTEGER PRIMARY KEY,"
    " study_id INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,"
    " key TEXT NOT NULL,"
    " series_uid TEXT NOT NULL,"
    " modality TEXT NOT NULL,"
    " body_part TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " n_slices INTEGER NOT NULL CHECK (n_slices > 0),"
    " sum INTEGER NOT NULL,"
    " UNIQUE (study_id, key)) STRICT;"
    "CREATE TABLE slices ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,"
    " sop_uid TEXT NOT NULL CHECK (sop_uid <> ''),"
    " frame INTEGER NOT NULL CHECK (frame >= 0),"
    " place INTEGER NOT NULL CHECK (place >= 0),"
    " path TEXT NOT NULL,"
    " sum INTEGER NOT NULL,"
    " UNIQUE (sop_uid, frame)) STRICT;"
    "CREATE INDEX slices_by_series ON slices (series_id);"
    "CREATE TABLE embeddings ("
    " slice_id INTEGER NOT NULL REFERENCES slices ON DELETE CASCADE,"
    " model_id INTEGER NOT NULL REFERENCES models,"
    " vector BLOB NOT NULL CHECK (length (vector) > 0 AND length (vector) % 4 = 0),"
    " sum INTEGER NOT NULL,"
    " PRIMARY KEY (slice_id, model_id)) STRICT, WITHOUT ROWID;"
    "INSERT INTO library VALUES (1, 0, randomblob (32), strftime ('%Y-%m-%dT%H:%M:%SZ'), 0, 0);";

static const char version_2[] =
    "CREATE TABLE segmentations ("
    " id INTEGER PRIMARY KEY,"
    " series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,"
    " sop_uid TEXT NOT NULL UNIQUE CHECK (sop_uid <> ''),"
    " sop_class TEXT NOT NULL,"
    " modality TEXT NOT NULL,"
    " title TEXT NOT NULL,"
    " path TEXT NOT NULL,"
    " n_segments INTEGER NOT NULL CHECK (n_segments >= 0),"
    " sum INTEGER NOT NULL) STRICT;"
    "CREATE INDEX segmentations_by_series ON segmentations (series_id);"
    "CREATE TABLE segments ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " segmentation_id INTEGER NOT NULL REFERENCES segmentations ON DELETE CASCADE,"
    " number INTEGER NOT NULL CHECK (number >= 0),"
    " slice_id INTEGER NOT NULL REFERENCES slices ON DELETE CASCADE,"
    " label TEXT NOT NULL,"
    " category TEXT NOT NULL,"
    " type TEXT NOT NULL,"
    " modifier TEXT NOT NULL,"
    " anatomy TEXT NOT NULL,"
    " voxels INTEGER NOT NULL CHECK (voxels > 0),"
    " volume_mm3 INTEGER NOT NULL CHECK (volume_mm3 >= -1),"
    " sum INTEGER NOT NULL,"
    " UNIQUE (segmentation_id, number)) STRICT;"
    "CREATE INDEX segments_by_slice ON segments (slice_id);"
    "CREATE TABLE segment_embeddings ("
    " segment_id INTEGER NOT NULL REFERENCES segments ON DELETE CASCADE,"
    " model_id INTEGER NOT NULL REFERENCES models,"
    " vector BLOB NOT NULL CHECK (length (vector) > 0 AND length (vector) % 4 = 0),"
    " sum INTEGER NOT NULL,"
    " PRIMARY KEY (segment_id, model_id)) STRICT, WITHOUT ROWID;";

static const char version_3[] =
    "ALTER TABLE cases ADD COLUMN history TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cases ADD COLUMN proof TEXT NOT NULL DEFAULT ''"
    " CHECK (proof IN ('', 'pathology', 'follow-up', 'none'));"
    // A sum that was wrong stays wrong.
    "UPDATE cases SET sum = prc_sum (key, title, diagnosis, findings, note, outcome, added, "
    "history,"
    " proof) WHERE sum = prc_sum (key, title, diagnosis, findings, note, outcome, added);"
    "CREATE TABLE case_tags ("
    " case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,"
    " tag TEXT NOT NULL CHECK (tag <> ''),"
    " sum INTEGER NOT NULL,"
    " PRIMARY KEY (case_id, tag)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE case_codes ("
    " case_id INTEGER NOT NULL REFERENCES cases ON DELETE CASCADE,"
    " field TEXT NOT NULL CHECK (field IN ('diagnosis', 'finding')),"
    " scheme TEXT NOT NULL CHECK (scheme <> ''),"
    " value TEXT NOT NULL CHECK (value <> ''),"
    " meaning TEXT NOT NULL,"
    " sum INTEGER NOT NULL,"
    " PRIMARY KEY (case_id, field, scheme, value)) STRICT, WITHOUT ROWID;"
    "ALTER TABLE studies ADD COLUMN sex TEXT NOT NULL DEFAULT ''"
    " CHECK (sex IN ('', 'M', 'F', 'O'));"
    "ALTER TABLE studies ADD COLUMN age TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE studies ADD COLUMN age_days INTEGER NOT NULL DEFAULT -1 CHECK (age_days >= -1);"
    "ALTER TABLE studies ADD COLUMN study_date TEXT NOT NULL DEFAULT '';"
    "UPDATE studies SET sum = prc_sum (case_id, study_uid, patient, patient_id, sex, age, age_days,"
    " study_date) WHERE sum = prc_sum (case_id, study_uid, patient, patient_id);"
    "ALTER TABLE series ADD COLUMN plane TEXT NOT NULL DEFAULT ''"
    " CHECK (plane IN ('', 'axial', 'coronal', 'sagittal', 'oblique'));"
    "ALTER TABLE series ADD COLUMN contrast INTEGER NOT NULL DEFAULT -1"
    " CHECK (contrast BETWEEN -1 AND 1);"
    "UPDATE series SET sum = prc_sum (study_id, key, series_uid, modality, body_part, description,"
    " n_slices, plane, contrast) WHERE sum = prc_sum (study_id, key, series_uid, modality,"
    " body_part, description, n_slices);"
    "CREATE VIEW case_words AS SELECT id, prc_words (title) AS title,"
    " prc_words (history) AS history, prc_words (diagnosis) AS diagnosis,"
    " prc_words (findings) AS findings, prc_words (note) AS note, prc_words (outcome) AS outcome,"
    " prc_words (ifnull ((SELECT group_concat (tag, ' ; ') FROM case_tags"
    "  WHERE case_id = cases.id), '')) AS tags FROM cases;"
    "CREATE VIRTUAL TABLE case_search USING fts5 (title, history, diagnosis, findings, note,"
    " outcome, tags, content = 'case_words', content_rowid = 'id',"
    " tokenize = 'unicode61 remove_diacritics 2');"
    "INSERT INTO case_search (case_search) VALUES ('rebuild');"
    "CREATE TABLE audit ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " at TEXT NOT NULL,"
    " what TEXT NOT NULL CHECK (what IN ('import', 'export', 'removal', 'edit', 'repair')),"
    " n_slices INTEGER NOT NULL CHECK (n_slices >= 0),"
    " sum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE audit_cases ("
    " audit_id INTEGER NOT NULL REFERENCES audit ON DELETE CASCADE,"
    " case_id INTEGER NOT NULL,"
    " sum INTEGER NOT NULL,"
    " PRIMARY KEY (audit_id, case_id)) STRICT, WITHOUT ROWID;";

#define LOG_VECTOR(table, id, when, row)                                                           \
  "CREATE TRIGGER " table "_" when " AFTER " when " ON " table " BEGIN"                            \
  " INSERT INTO vector_log (model_id, id) VALUES (" row ".model_id, " row "." id ");"              \
  " DELETE FROM vector_log WHERE seq <= (SELECT max (seq) FROM vector_log) - 1000000; END;"

#define LOG_ALL(table, columns)                                                                    \
  "CREATE TRIGGER " table "_update AFTER UPDATE OF " columns " ON " table " BEGIN"                 \
  " INSERT INTO vector_log (model_id, id) VALUES (0, 0); END;"

static const char version_4[] = "CREATE TABLE vector_log ("
                                " seq INTEGER PRIMARY KEY,"
                                " model_id INTEGER NOT NULL,"
                                " id INTEGER NOT NULL) STRICT;"
                                "CREATE TABLE index_files ("
                                " of_segments INTEGER PRIMARY KEY CHECK (of_segments IN (0, 1)),"
                                " model_id INTEGER NOT NULL,"
                                " mark BLOB NOT NULL CHECK (length (mark) = 16),"
                                " seq INTEGER NOT NULL) STRICT;" //
    LOG_VECTOR ("embeddings", "slice_id", "INSERT", "new")
        LOG_VECTOR ("embeddings", "slice_id", "DELETE", "old")
            LOG_VECTOR ("segment_embeddings", "segment_id", "INSERT", "new")
                LOG_VECTOR ("segment_embeddings", "segment_id", "DELETE", "old")
                    LOG_ALL ("studies", "case_id, patient")
                        LOG_ALL ("series", "study_id, modality");

// What was released is never edited: a change of the schema is a new step at the end.
static const char *const steps_of_today[] = {version_1, version_2, version_3, version_4};

// FNV-1a over types, lengths and values: one changed byte always changes it, and it needs no
// library. It guards against accidents, not against people.
static void
sum_function (sqlite3_context *context, int n, sqlite3_value **values) {
  guint64 sum = 0xcbf29ce484222325u;
  for (int i = 0; i < n; i++) {
    const int type = sqlite3_value_type (values[i]);
    const gint64 number = type == SQLITE_INTEGER ? sqlite3_value_int64 (values[i]) : 0;
    const guint8 *bytes =
        type == SQLITE_INTEGER ? (const guint8 *)&number : sqlite3_value_blob (values[i]);
    const size_t length =
        type == SQLITE_INTEGER ? sizeof number : (size_t)sqlite3_value_bytes (values[i]);
    sum = (sum ^ (guint64)type) * 0x100000001b3u;
    sum = (sum ^ length) * 0x100000001b3u;
    for (size_t j = 0; j < length; j++)
      sum = (sum ^ bytes[j]) * 0x100000001b3u;
  }
  sqlite3_result_int64 (context, (gint64)sum);
}

static void
words_function (sqlite3_context *context, int n, sqlite3_value **values) {
  const char *text = (const char *)sqlite3_value_text (values[0]);
  sqlite3_result_text (context, prc_library_words (text ? text : ""), -1, g_free);
}

static gboolean
define_functions (sqlite3 *db, GError **error) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  if (sqlite3_create_function_v2 (db, "prc_sum", -1, flags, NULL, sum_function, NULL, NULL, NULL) ||
      sqlite3_create_function_v2 (db, "prc_words", 1, flags, NULL, words_function, NULL, NULL,
                                  NULL)) {
    prc_sql_set_error (db, error);
    return FALSE;
  }
  return TRUE;
}

// In one read transaction, or another program's first commit could fall between two of the answers.
static gboolean
read_marks (sqlite3 *db, gint64 *application, gint64 *version, gint64 *tables, GError **error) {
  if (!prc_sql_exec (db, "SAVEPOINT marks", error))
    return FALSE;
  const gboolean ok = prc_sql_do (db, tables, error, "SELECT count (*) FROM sqlite_schema", "") &&
                      prc_sql_do (db, application, error, "PRAGMA application_id", "") &&
                      prc_sql_do (db, version, error, "PRAGMA user_version", "");
  sqlite3_exec (db, "RELEASE marks", NULL, NULL, NULL);
  return ok;
}

// Whose file it is and of which version; -1 and an error when it is not ours or newer than
// `newest`.
static int
read_version (sqlite3 *db, int newest, GError **error) {
  gint64 application = 0, version = 0, tables = 0;
  if (!read_marks (db, &application, &version, &tables, error))
    return -1;
  if (application == 0 && version == 0 && tables == 0)
    return 0;
  if (application != PRC_LIBRARY_APPLICATION_ID || version <= 0) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY,
                         _ ("The file is a database of another program, not a case library"));
    return -1;
  }
  if (version > newest) {
    g_set_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NEWER,
                 _ ("The library was written by a newer version of this program (format %d, "
                    "this program knows %d); it was left as it is"),
                 (int)version, newest);
    return -1;
  }
  return (int)version;
}

// VACUUM INTO from a second connection, while the first one keeps writers out: a whole, compact
// copy or none.
static gboolean
copy_into (const char *path, const char *copy, GError **error) {
  g_autoptr (sqlite3) db = prc_sql_open (path, error);
  return db && prc_sql_do (db, NULL, error, "VACUUM INTO ?", "s", copy);
}

static gboolean
back_up (const char *path, int version, GError **error) {
  g_autofree char *backup = g_strdup_printf ("%s.v%d.backup", path, version);
  g_autofree char *partial = g_strconcat (backup, ".part", NULL);
  g_unlink (partial);
  const int file = g_open (partial, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) {
    g_set_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY,
                 _ ("The library needs an update, and no copy of it could be made first: %s"),
                 g_strerror (errno));
    return FALSE;
  }
  fchmod (file, 0600);
  close (file);
  if (copy_into (path, partial, error) && g_rename (partial, backup) == 0)
    return TRUE;
  g_unlink (partial);
  if (error && !*error)
    g_set_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY,
                 _ ("The library needs an update, and no copy of it could be made first: %s"),
                 g_strerror (errno));
  return FALSE;
}

static gboolean
run_steps (sqlite3 *db, const char *const *steps, int from, int to, GError **error) {
  for (int i = from; i < to; i++)
    if (!prc_sql_exec (db, steps[i], error))
      return FALSE;
  g_autofree char *pragmas = g_strdup_printf (
      "PRAGMA application_id = %d; PRAGMA user_version = %d;", PRC_LIBRARY_APPLICATION_ID, to);
  return prc_sql_exec (db, pragmas, error) &&
         prc_sql_exec (db,
                       "UPDATE library SET changes = changes + 1, "
                       "schema_sum = " PRC_LIBRARY_SCHEMA_SUM ";"
                       "UPDATE library SET sum = prc_sum (" PRC_LIBRARY_SUM_LIBRARY ");",
                       error);
}

// Under the write lock, so that of two programs that come at once one works and the other finds the
// work done.
static gboolean
migrate_locked (sqlite3 *db, const char *path, const char *const *steps, int n_steps,
                GError **error) {
  const int version = read_version (db, n_steps, error);
  if (version < 0)
    return FALSE;
  if (version == n_steps)
    return TRUE;
  if (version > 0 && !back_up (path, version, error))
    return FALSE;
  return run_steps (db, steps, version, n_steps, error);
}

// The change to WAL, once in a file's life, does not wait for the lock as other statements do: two
// programs that make a library at once would see one of them fail.
static gboolean
use_log (sqlite3 *db, GError **error) {
  for (int tries = 0;; tries++) {
    g_autoptr (GError) busy = NULL;
    if (prc_sql_exec (db, "PRAGMA journal_mode = WAL", &busy))
      return TRUE;
    if (tries == 500 || !g_error_matches (busy, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_BUSY)) {
      g_propagate_error (error, g_steal_pointer (&busy));
      return FALSE;
    }
    sqlite3_sleep (10);
  }
}

// Whatever would change it, SQLite refuses.
static gboolean
prepare_to_read (sqlite3 *db, gboolean of_today, GError **error) {
  if (of_today)
    return prc_sql_exec (db,
                         "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
                         "PRAGMA cell_size_check = ON;",
                         error);
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY,
                       _ ("The library must be brought up to date, but may not be written"));
  return FALSE;
}

gboolean
prc_library_schema_migrate (sqlite3 *db, const char *path, const char *const *steps, int n_steps,
                            GError **error) {
  const int version = read_version (db, n_steps, error);
  if (version < 0 || !define_functions (db, error))
    return FALSE;
  if (!prc_sql_may_write (db))
    return prepare_to_read (db, version == n_steps, error);
  if (!use_log (db, error))
    return FALSE;
  // WAL: readers never wait for the writer nor the writer for them, a kill costs the transaction in
  // flight and no more, and a torn or flipped log ends where its checksums end.
  // FULL: a commit survives a power cut. Measured beside NORMAL it costs a fifth of a millisecond
  // for 200 slices, and what is committed may be a person's words, which nobody can import again.
  // foreign_keys and secure_delete: a removed case is really gone. temp_store: nothing of it lands
  // in /tmp.
  if (!prc_sql_exec (
          db,
          "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
          "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
          "PRAGMA cell_size_check = ON;",
          error))
    return FALSE;
  if (version == n_steps)
    return TRUE;
  return prc_sql_begin (db, error) &&
         prc_sql_end (db, migrate_locked (db, path, steps, n_steps, error), error);
}

const char *const *
prc_library_schema_steps (int *n) {
  *n = G_N_ELEMENTS (steps_of_today);
  return steps_of_today;
}

gboolean
prc_library_schema_prepare (sqlite3 *db, const char *path, GError **error) {
  return prc_library_schema_migrate (db, path, steps_of_today, G_N_ELEMENTS (steps_of_today),
                                     error);
}
