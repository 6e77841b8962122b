// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <sqlite3.h>

// SQLite with GError: every failure becomes one translated sentence of PRC_ENGINE_ERROR, without
// the data it was about. A connection belongs to one thread at a time.
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3, sqlite3_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

// Opens an existing file for reading and writing, or where it or its folder may not be written, for
// reading alone. Waits up to 5 s where another program holds a lock, then BUSY.
sqlite3 *prc_sql_open (const char *path, GError **error);
gboolean prc_sql_may_write (sqlite3 *db);

gboolean prc_sql_exec (sqlite3 *db, const char *sql, GError **error);

// IMMEDIATE: whoever is going to write finds out at the start, not at the first write. prc_sql_end
// commits when `ok` and rolls back otherwise; false when it was not `ok` or when the commit failed
// (error set then, nothing was changed).
gboolean prc_sql_begin (sqlite3 *db, GError **error);
gboolean prc_sql_end (sqlite3 *db, gboolean ok, GError **error);

sqlite3_stmt *prc_sql_prepare (sqlite3 *db, const char *sql, GError **error);

// Resets the statement and binds one value for each letter: i gint64, s const char * (NULL counts
// as ""), b const void * and size_t. Strings and blobs are not copied: they must live until the
// statement was stepped for the last time.
void prc_sql_bind (sqlite3_stmt *statement, const char *letters, ...);

typedef enum { PRC_SQL_ERROR = -1, PRC_SQL_END = 0, PRC_SQL_ROW = 1 } PrcSqlStep;
PrcSqlStep prc_sql_step (sqlite3_stmt *statement, GError **error);
gboolean prc_sql_run (sqlite3_stmt *statement, GError **error); // to the end, and reset

// Prepare, bind and run in one; with `value`, the first column of the first row goes there
// (unchanged without a row).
gboolean prc_sql_do (sqlite3 *db, gint64 *value, GError **error, const char *sql,
                     const char *letters, ...);

const char *prc_sql_text (sqlite3_stmt *statement,
                          int column); // never NULL; valid until the next step

// Sets the sentence for what went wrong last on this connection.
void prc_sql_set_error (sqlite3 *db, GError **error);
