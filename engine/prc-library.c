// SPDX-License-Identifier: Apache-2.0
#include "prc-library.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"

char *
prc_library_default_path (void) {
  const char *chosen = g_getenv ("PRECEDENT_LIBRARY");
  if (chosen && *chosen)
    return g_strdup (chosen);
  return g_build_filename (g_get_user_data_dir (), "precedent", "library.sqlite", NULL);
}

static gboolean
refuse_place (GError **error) {
  g_set_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_LIBRARY,
               _ ("The library cannot be made or opened there: %s"), g_strerror (errno));
  return FALSE;
}

// Of a file that was there. SQLite takes one that is shorter than its header for an empty database.
static gboolean
check_file (const char *path, GError **error) {
  GStatBuf info;
  if (g_stat (path, &info) != 0)
    return refuse_place (error);
  if (!S_ISREG (info.st_mode)) {
    errno = EISDIR;
    return refuse_place (error);
  }
  if (info.st_size > 0 && info.st_size < 512) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CORRUPT,
                         _ ("The file is not a case library"));
    return FALSE;
  }
  // Nobody else's, but what may not be written stays so. Where it is not ours, SQLite will say what
  // may be done.
  if (info.st_mode & 0177)
    g_chmod (path, (int)(info.st_mode & 0600));
  return TRUE;
}

// The folder is 0700 when it is made here; a folder that was there is somebody's choice. The file
// is made before SQLite sees it, so that no umask leaves it readable for a moment; its -wal and
// -shm take its mode. A file that is there is never opened here: closing it would drop the locks of
// another connection of this process (POSIX).
static gboolean
make_place (const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname (path);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    if (g_mkdir_with_parents (folder, 0700) != 0 || g_chmod (folder, 0700) != 0)
      return refuse_place (error);
  }
  const int file = g_open (path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0 && errno != EEXIST)
    return refuse_place (error);
  if (file >= 0) {
    fchmod (file, 0600);
    close (file);
    return TRUE;
  }
  return check_file (path, error);
}

static gboolean
read_salt (PrcLibrary *library, GError **error) {
  g_autoptr (sqlite3_stmt) statement =
      prc_sql_prepare (library->db, "SELECT salt FROM library", error);
  if (!statement || prc_sql_step (statement, error) == PRC_SQL_ERROR)
    return FALSE;
  if (sqlite3_column_bytes (statement, 0) != sizeof library->salt) {
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CORRUPT,
                         _ ("The library file is damaged"));
    return FALSE;
  }
  memcpy (library->salt, sqlite3_column_blob (statement, 0), sizeof library->salt);
  return TRUE;
}

PrcLibrary *
prc_library_open (const char *path, GError **error) {
  if (!make_place (path, error))
    return NULL;
  g_autoptr (PrcLibrary) library = g_new0 (PrcLibrary, 1);
  library->path = g_strdup (path);
  library->db = prc_sql_open (path, error);
  if (!library->db || !prc_library_schema_prepare (library->db, path, error) ||
      !read_salt (library, error))
    return NULL;
  return g_steal_pointer (&library);
}

void
prc_library_close (PrcLibrary *library) {
  if (!library)
    return;
  prc_library_forget_snapshots (library);
  sqlite3_finalize (library->has_slice);
  prc_library_filters_clear (library);
  g_clear_pointer (&library->diagnoses, prc_diagnoses_unref);
  sqlite3_close (library->db);
  g_free (library->path);
  g_free (library);
}

gboolean
prc_library_may_write (PrcLibrary *library) {
  return prc_sql_may_write (library->db);
}

guint64
prc_library_version (PrcLibrary *library) {
  gint64 changes = 0;
  prc_sql_do (library->db, &changes, NULL, "SELECT changes FROM library", "");
  return (guint64)changes;
}

gboolean
prc_library_bump (PrcLibrary *library, GError **error) {
  return prc_sql_exec (library->db,
                       "UPDATE library SET changes = changes + 1;"
                       "UPDATE library SET sum = prc_sum (" PRC_LIBRARY_SUM_LIBRARY ");",
                       error);
}

char *
prc_library_patient_hash (PrcLibrary *library, const char *key) {
  if (!key || !*key)
    return g_strdup ("");
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, library->salt, sizeof library->salt, key,
                                    -1);
}

gboolean
prc_library_counts (PrcLibrary *library, guint *n_cases, guint *n_slices, GError **error) {
  gint64 cases = 0, slices = 0;
  if (!prc_sql_do (library->db, &cases, error, "SELECT count (*) FROM cases", "") ||
      !prc_sql_do (library->db, &slices, error, "SELECT count (*) FROM slices", ""))
    return FALSE;
  *n_cases = (guint)cases;
  *n_slices = (guint)slices;
  return TRUE;
}

GStrv
prc_library_case_paths (PrcLibrary *library, gint64 id, GError **error) {
  g_autoptr (PrcCase) self = prc_library_case (library, id, error);
  g_autoptr (sqlite3_stmt) rows =
      self ? prc_sql_prepare (library->db,
                              "SELECT path, 0 AS late, min (series_id), min (place) FROM slices"
                              " JOIN series ON series.id = series_id"
                              " JOIN studies ON studies.id = study_id WHERE case_id = ?1"
                              " GROUP BY path UNION ALL SELECT path, 1, series_id,"
                              " segmentations.id FROM segmentations"
                              " JOIN series ON series.id = series_id"
                              " JOIN studies ON studies.id = study_id WHERE case_id = ?1"
                              " ORDER BY 2, 3, 4",
                              error)
           : NULL;
  if (!rows)
    return NULL;
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  prc_sql_bind (rows, "i", id);
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW)
    g_strv_builder_add (paths, prc_sql_text (rows, 0));
  return step == PRC_SQL_END ? g_strv_builder_end (paths) : NULL;
}

GStrv
prc_library_study_paths (PrcLibrary *library, const char *study_uid, GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db,
                       "SELECT DISTINCT path FROM slices JOIN series ON series.id = series_id"
                       " JOIN studies ON studies.id = study_id"
                       " WHERE study_uid = ?1 AND ?1 <> '' ORDER BY path",
                       error);
  if (!rows)
    return NULL;
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  prc_sql_bind (rows, "s", study_uid);
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW)
    g_strv_builder_add (paths, prc_sql_text (rows, 0));
  return step == PRC_SQL_END ? g_strv_builder_end (paths) : NULL;
}

static gboolean
remove_locked (PrcLibrary *library, gint64 id, GError **error) {
  gint64 slices = 0;
  if (!prc_sql_do (library->db, &slices, error,
                   "SELECT count (*) FROM slices JOIN series ON series.id = series_id"
                   " JOIN studies ON studies.id = study_id WHERE case_id = ?",
                   "i", id) ||
      !prc_library_remove_words (library, id, error) ||
      !prc_sql_do (library->db, NULL, error, "DELETE FROM cases WHERE id = ?", "i", id))
    return FALSE;
  if (sqlite3_changes (library->db) == 0) {
    prc_library_set_not_found (error);
    return FALSE;
  }
  return prc_library_audit (library, PRC_AUDIT_REMOVAL, id, (guint)slices, error) &&
         prc_library_scrub_words (library, error) && prc_library_bump (library, error);
}

gboolean
prc_library_remove (PrcLibrary *library, gint64 id, GError **error) {
  if (!prc_sql_begin (library->db, error) ||
      !prc_sql_end (library->db, remove_locked (library, id, error), error))
    return FALSE;
  prc_library_drop_index_files (library); // codes of what was removed stand there
  // Else its words would stay readable in the log; where another program reads just now, the next
  // checkpoint does it.
  sqlite3_exec (library->db, "PRAGMA wal_checkpoint (TRUNCATE)", NULL, NULL, NULL);
  return TRUE;
}

gboolean
prc_library_has_slice (PrcLibrary *library, const char *sop_instance_uid, guint frame,
                       const char *model_id) {
  if (!library->has_slice)
    library->has_slice = prc_sql_prepare (library->db,
                                          "SELECT 1 FROM slices"
                                          " JOIN embeddings ON slice_id = slices.id"
                                          " JOIN models ON models.id = model_id"
                                          " WHERE sop_uid = ?1 AND frame = ?2"
                                          " AND (?3 = '' OR name = ?3)",
                                          NULL);
  if (!library->has_slice)
    return FALSE;
  prc_sql_bind (library->has_slice, "sis", sop_instance_uid, (gint64)frame, model_id);
  const PrcSqlStep step = prc_sql_step (library->has_slice, NULL);
  sqlite3_reset (library->has_slice);
  return step == PRC_SQL_ROW;
}

gboolean
prc_library_slice_path (PrcLibrary *library, const char *sop_instance_uid, char **path,
                        GError **error) {
  g_autoptr (sqlite3_stmt) row = prc_sql_prepare (
      library->db, "SELECT path FROM slices WHERE sop_uid = ? AND frame = 0", error);
  *path = NULL;
  if (!row)
    return FALSE;
  prc_sql_bind (row, "s", sop_instance_uid);
  const PrcSqlStep step = prc_sql_step (row, error);
  if (step == PRC_SQL_ROW)
    *path = g_strdup (prc_sql_text (row, 0));
  return step != PRC_SQL_ERROR;
}

gboolean
prc_library_fill_hit (PrcLibrary *library, gint64 slice_id, PrcHit *hit, GError **error) {
  g_autoptr (sqlite3_stmt) row =
      prc_sql_prepare (library->db,
                       "SELECT case_id, path, frame, sop_uid, series_uid, place, n_slices"
                       " FROM slices JOIN series ON series.id = series_id"
                       " JOIN studies ON studies.id = study_id WHERE slices.id = ?",
                       error);
  if (!row)
    return FALSE;
  prc_sql_bind (row, "i", slice_id);
  const PrcSqlStep step = prc_sql_step (row, error);
  if (step == PRC_SQL_END)
    prc_library_set_not_found (error);
  if (step != PRC_SQL_ROW)
    return FALSE;
  g_autoptr (PrcCase) matching = prc_library_case (library, sqlite3_column_int64 (row, 0), error);
  if (!matching)
    return FALSE;
  hit->matching_case = g_steal_pointer (&matching);
  hit->slice_id = slice_id;
  g_free (hit->path);
  hit->path = g_strdup (prc_sql_text (row, 1)); // of a file: as it is
  hit->frame = (guint)sqlite3_column_int64 (row, 2);
  prc_library_take_text (&hit->sop_instance_uid, row, 3);
  prc_library_take_text (&hit->series_instance_uid, row, 4);
  hit->slice_number = (guint)sqlite3_column_int64 (row, 5) + 1;
  hit->n_slices_in_series = (guint)sqlite3_column_int64 (row, 6);
  return TRUE;
}
