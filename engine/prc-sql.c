// SPDX-License-Identifier: Apache-2.0
#include "prc-sql.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>
#include "prc-engine-error.h"

static gboolean
is_no_room (int code, int system_error) {
  if (code == SQLITE_FULL)
    return TRUE;
  return code == SQLITE_IOERR &&
         (system_error == ENOSPC || system_error == EFBIG || system_error == EDQUOT);
}

static void
set_error (int code, int system_error, GError **error) {
  const GQuark domain = PRC_ENGINE_ERROR;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    g_set_error_literal (error, domain, PRC_ENGINE_ERROR_BUSY,
                         _ ("Another program is using the library, try again in a moment"));
  else if (code == SQLITE_NOTADB)
    g_set_error_literal (error, domain, PRC_ENGINE_ERROR_CORRUPT,
                         _ ("The file is not a case library"));
  else if (code == SQLITE_CORRUPT)
    g_set_error_literal (error, domain, PRC_ENGINE_ERROR_CORRUPT,
                         _ ("The library file is damaged"));
  else if (is_no_room (code, system_error))
    g_set_error_literal (error, domain, PRC_ENGINE_ERROR_LIBRARY,
                         _ ("There is no room left for the library on its disk"));
  else if (code == SQLITE_READONLY || code == SQLITE_PERM || code == SQLITE_CANTOPEN)
    g_set_error_literal (error, domain, PRC_ENGINE_ERROR_LIBRARY,
                         _ ("The library or its folder may not be written"));
  else
    g_set_error (error, domain, PRC_ENGINE_ERROR_LIBRARY,
                 _ ("The library could not be read or written: %s"),
                 system_error ? g_strerror (system_error) : sqlite3_errstr (code));
}

void
prc_sql_set_error (sqlite3 *db, GError **error) {
  const int code = sqlite3_errcode (db) & 0xff;
  set_error (code, code == SQLITE_IOERR ? sqlite3_system_errno (db) : 0, error);
}

static sqlite3 *
open_as (const char *name, int flags, GError **error) {
  sqlite3 *db = NULL;
  const int all = flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  if (sqlite3_open_v2 (name, &db, all, NULL) != SQLITE_OK) {
    set_error (db ? sqlite3_errcode (db) & 0xff : SQLITE_NOMEM, 0, error);
    sqlite3_close (db);
    return NULL;
  }
  sqlite3_busy_timeout (db, 5000);
  return db;
}

// The log and its index lie beside the file, so that the folder counts as well.
static gboolean
may_write (const char *path) {
  g_autofree char *folder = g_path_get_dirname (path);
  return g_access (path, W_OK) == 0 && g_access (folder, W_OK) == 0;
}

// A file in WAL mode is read by means of its log's index, which cannot be made where nothing can be
// written. Without a log there is nothing to share either: nobody writes such a file, and it can be
// read as it lies there.
static sqlite3 *
open_to_read (const char *path, GError **error) {
  g_autoptr (sqlite3) db = open_as (path, SQLITE_OPEN_READONLY, error);
  if (!db)
    return NULL;
  const int code = sqlite3_exec (db, "SELECT count (*) FROM sqlite_schema", NULL, NULL, NULL);
  if ((code & 0xff) != SQLITE_CANTOPEN && (code & 0xff) != SQLITE_READONLY)
    return g_steal_pointer (&db);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;
  if (g_stat (log, &info) == 0 && info.st_size > 0) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY,
                         _ ("The library was left in the middle of its work and may not be written"
                            " here: open it once where it may"));
    return NULL;
  }
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *uri = g_filename_to_uri (absolute, NULL, error);
  g_autofree char *name = uri ? g_strconcat (uri, "?immutable=1", NULL) : NULL;
  return name ? open_as (name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error) : NULL;
}

sqlite3 *
prc_sql_open (const char *path, GError **error) {
  return may_write (path) || g_access (path, R_OK) != 0
             ? open_as (path, SQLITE_OPEN_READWRITE, error)
             : open_to_read (path, error);
}

gboolean
prc_sql_may_write (sqlite3 *db) {
  return sqlite3_db_readonly (db, "main") == 0;
}

gboolean
prc_sql_exec (sqlite3 *db, const char *sql, GError **error) {
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  prc_sql_set_error (db, error);
  return FALSE;
}

gboolean
prc_sql_begin (sqlite3 *db, GError **error) {
  return prc_sql_exec (db, "BEGIN IMMEDIATE", error);
}

gboolean
prc_sql_end (sqlite3 *db, gboolean ok, GError **error) {
  if (ok && prc_sql_exec (db, "COMMIT", error))
    return TRUE;
  sqlite3_exec (db, "ROLLBACK", NULL, NULL,
                NULL); // SQLite may have done so itself: then this says so and no more
  return FALSE;
}

sqlite3_stmt *
prc_sql_prepare (sqlite3 *db, const char *sql, GError **error) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK)
    return statement;
  prc_sql_set_error (db, error);
  return NULL;
}

// A wrong number of letters is a mistake of ours that the first step would report as a NULL in a
// NOT NULL column.
static void
bind (sqlite3_stmt *statement, const char *letters, va_list values) {
  sqlite3_reset (statement);
  for (int i = 1; *letters; letters++, i++)
    if (*letters == 'i') {
      sqlite3_bind_int64 (statement, i, va_arg (values, gint64));
    } else if (*letters == 's') {
      const char *text = va_arg (values, const char *);
      sqlite3_bind_text (statement, i, text ? text : "", -1, SQLITE_STATIC);
    } else {
      const void *bytes = va_arg (values, const void *);
      sqlite3_bind_blob64 (statement, i, bytes, va_arg (values, size_t), SQLITE_STATIC);
    }
}

void
prc_sql_bind (sqlite3_stmt *statement, const char *letters, ...) {
  va_list values;
  va_start (values, letters);
  bind (statement, letters, values);
  va_end (values);
}

PrcSqlStep
prc_sql_step (sqlite3_stmt *statement, GError **error) {
  const int code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    return PRC_SQL_ROW;
  if (code == SQLITE_DONE)
    return PRC_SQL_END;
  prc_sql_set_error (sqlite3_db_handle (statement), error);
  return PRC_SQL_ERROR;
}

gboolean
prc_sql_run (sqlite3_stmt *statement, GError **error) {
  PrcSqlStep step;
  do
    step = prc_sql_step (statement, error);
  while (step == PRC_SQL_ROW);
  sqlite3_reset (statement);
  return step == PRC_SQL_END;
}

gboolean
prc_sql_do (sqlite3 *db, gint64 *value, GError **error, const char *sql, const char *letters, ...) {
  g_autoptr (sqlite3_stmt) statement = prc_sql_prepare (db, sql, error);
  if (!statement)
    return FALSE;
  va_list values;
  va_start (values, letters);
  bind (statement, letters, values);
  va_end (values);
  const PrcSqlStep step = prc_sql_step (statement, error);
  if (step == PRC_SQL_ROW && value)
    *value = sqlite3_column_int64 (statement, 0);
  return step == PRC_SQL_ROW ? prc_sql_run (statement, error) : step == PRC_SQL_END;
}

const char *
prc_sql_text (sqlite3_stmt *statement, int column) {
  const char *text = (const char *)sqlite3_column_text (statement, column);
  return text ? text : "";
}
