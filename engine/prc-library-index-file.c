// SPDX-License-Identifier: Apache-2.0
// The files beside a large library that its index is mapped from. The library knows each by a mark
// of chance, written after the file is whole: one that was left by a crash, copied without its
// library or belongs to a backup of it bears another.
#include <glib/gstdio.h>
#include <string.h>
#include "prc-library-private.h"

char *
prc_library_index_path (PrcLibrary *library, gboolean of_segments) {
  return g_strconcat (library->path, of_segments ? "-segments.index" : "-slices.index", NULL);
}

gboolean
prc_library_index_mark (PrcLibrary *library, gboolean of_segments, gint64 model,
                        PrcIndexFileMark *mark, GError **error) {
  g_autoptr (sqlite3_stmt) row = prc_sql_prepare (
      library->db, "SELECT mark, seq FROM index_files WHERE of_segments = ? AND model_id = ?",
      error);
  memset (mark, 0, sizeof *mark);
  if (!row)
    return FALSE;
  prc_sql_bind (row, "ii", (gint64)(of_segments != 0), model);
  const PrcSqlStep step = prc_sql_step (row, error);
  if (step != PRC_SQL_ROW || sqlite3_column_bytes (row, 0) != PRC_INDEX_MARK)
    return FALSE;
  memcpy (mark->mark, sqlite3_column_blob (row, 0), PRC_INDEX_MARK);
  mark->seq = sqlite3_column_int64 (row, 1);
  return TRUE;
}

gboolean
prc_library_has_index_file (PrcLibrary *library, gboolean of_segments) {
  PrcIndexFileMark mark;
  return prc_library_index_mark (library, of_segments, library->snapshots[of_segments != 0].model,
                                 &mark, NULL);
}

PrcIndexFileMark
prc_library_new_index_mark (PrcLibrary *library, gboolean of_segments) {
  PrcIndexFileMark mark = {.seq = library->snapshots[of_segments != 0].seq};
  sqlite3_randomness (PRC_INDEX_MARK, mark.mark);
  return mark;
}

// While the file was made, something that stands in it may have been removed.
static gboolean
holds_what_is_gone (PrcLibrary *library, gboolean of_segments, gint64 seq) {
  gint64 n_gone = 1;
  prc_sql_do (
      library->db, &n_gone, NULL,
      of_segments
          ? "SELECT count (*) FROM vector_log WHERE model_id = ?1 AND seq > ?2 AND NOT EXISTS"
            " (SELECT 1 FROM segment_embeddings WHERE segment_id = id AND model_id = ?1)"
          : "SELECT count (*) FROM vector_log WHERE model_id = ?1 AND seq > ?2 AND NOT EXISTS"
            " (SELECT 1 FROM embeddings WHERE slice_id = id AND model_id = ?1)",
      "ii", library->snapshots[of_segments != 0].model, seq);
  return n_gone > 0;
}

// What is said about a file that can be made again is no change of the library.
gboolean
prc_library_keep_index_file (PrcLibrary *library, gboolean of_segments,
                             const PrcIndexFileMark *mark, GError **error) {
  if (holds_what_is_gone (library, of_segments, mark->seq)) {
    g_autofree char *path = prc_library_index_path (library, of_segments);
    g_unlink (path);
    return FALSE;
  }
  return prc_sql_begin (library->db, error) &&
         prc_sql_end (library->db,
                      prc_sql_do (library->db, NULL, error,
                                  "INSERT OR REPLACE INTO index_files VALUES (?, ?, ?, ?)", "iibi",
                                  (gint64)(of_segments != 0),
                                  library->snapshots[of_segments != 0].model, mark->mark,
                                  (size_t)PRC_INDEX_MARK, (gint64)mark->seq),
                      error);
}

void
prc_library_drop_index_files (PrcLibrary *library) {
  for (int of_segments = 0; of_segments < 2; of_segments++) {
    g_autofree char *path = prc_library_index_path (library, of_segments);
    g_unlink (path);
  }
  prc_sql_exec (library->db, "DELETE FROM index_files", NULL);
}
