// SPDX-License-Identifier: Apache-2.0
// What another encoder left behind: slices and segments without a vector of today's, and vectors
// that today's have replaced.
#include "prc-library-private.h"

#define MODEL_ID(name) "(SELECT id FROM models WHERE name = " name ")"

// ?1 names the model of slices, ?2 that of segments.
#define STALE_SLICE                                                                                \
  " NOT EXISTS (SELECT 1 FROM embeddings WHERE slice_id = slices.id"                               \
  " AND model_id = " MODEL_ID ("?1") ")"
#define STALE_SEGMENT                                                                              \
  " NOT EXISTS (SELECT 1 FROM segment_embeddings WHERE segment_id = segments.id"                   \
  " AND model_id = " MODEL_ID ("?2") ")"
#define SLICES_OF_CASES                                                                            \
  " FROM slices JOIN series ON series.id = slices.series_id"                                       \
  " JOIN studies ON studies.id = study_id WHERE" STALE_SLICE
#define SEGMENTS_OF_CASES                                                                          \
  " FROM segments JOIN segmentations ON segmentations.id = segmentation_id"                        \
  " JOIN series ON series.id = segmentations.series_id"                                            \
  " JOIN studies ON studies.id = study_id WHERE" STALE_SEGMENT

gboolean
prc_library_stale (PrcLibrary *library, const char *model_id, const char *segment_model_id,
                   PrcLibraryStale *stale, GError **error) {
  gint64 others = 0, all = 0, slices = 0, segments = 0;
  if (!prc_sql_do (library->db, &others, error,
                   "SELECT EXISTS (SELECT 1 FROM models WHERE name NOT IN (?1, ?2))", "ss",
                   model_id, segment_model_id))
    return FALSE;
  *stale = (PrcLibraryStale){.has_others = others != 0};
  if (!others) // nothing to count: a look at a library that is up to date costs nothing
    return TRUE;
  if (!prc_sql_do (library->db, &all, error, "SELECT count (*) FROM slices", "") ||
      !prc_sql_do (library->db, &slices, error, "SELECT count (*) FROM slices WHERE" STALE_SLICE,
                   "s", model_id) ||
      !prc_sql_do (library->db, &segments, error,
                   "SELECT count (*) FROM segments WHERE ?1 <> '' AND" STALE_SEGMENT, "ss",
                   model_id, segment_model_id))
    return FALSE;
  stale->n_all_slices = (guint)all;
  stale->n_slices = (guint)slices;
  stale->n_segments = (guint)segments;
  return TRUE;
}

GArray *
prc_library_stale_cases (PrcLibrary *library, const char *model_id, const char *segment_model_id,
                         GError **error) {
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (
      library->db,
      "SELECT case_id" SLICES_OF_CASES " UNION SELECT case_id" SEGMENTS_OF_CASES " ORDER BY 1",
      error);
  if (!rows)
    return NULL;
  prc_sql_bind (rows, "ss", model_id, segment_model_id);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    const gint64 id = sqlite3_column_int64 (rows, 0);
    g_array_append_val (ids, id);
  }
  return step == PRC_SQL_END ? g_steal_pointer (&ids) : NULL;
}

GStrv
prc_library_stale_paths (PrcLibrary *library, gint64 case_id, const char *model_id,
                         const char *segment_model_id, GError **error) {
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (
      library->db,
      "SELECT slices.path" SLICES_OF_CASES
      " AND case_id = ?3 UNION SELECT segmentations.path" SEGMENTS_OF_CASES " AND case_id = ?3",
      error);
  if (!rows)
    return NULL;
  prc_sql_bind (rows, "ssi", model_id, segment_model_id, case_id);
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW)
    g_strv_builder_add (paths, prc_sql_text (rows, 0));
  return step == PRC_SQL_END ? g_strv_builder_end (paths) : NULL;
}

// --- what was replaced

#define DROP_STEP 2000 // slices: some milliseconds of a write lock

// An encoder's own name of the one it gives its vectors of segments.
#define ENCODER(name) "substr (" name ", 1, instr (" name " || '.', '.') - 1)"
// ?1 names one of today's two models, ?4 says how many others are kept.
#define KEPT                                                                                       \
  "(SELECT id FROM models WHERE name = ?1 OR " ENCODER (                                           \
      "name") " IN (SELECT name FROM models"                                                       \
              " WHERE instr (name, '.') = 0 AND name <> " ENCODER (                                \
                  "?1") " ORDER BY id DESC LIMIT ?4))"
#define DROP(table, of)                                                                            \
  "DELETE FROM " table " WHERE " of " > ?2 AND " of " <= ?3 AND model_id NOT IN " KEPT " AND " of  \
  " IN (SELECT " of " FROM " table " WHERE " of " > ?2 AND " of                                    \
  " <= ?3 AND model_id = " MODEL_ID ("?1") ")"

typedef struct {
  const char *model_id, *segment_model_id;
  guint n_kept;
} Today;

static gboolean
drop_range (PrcLibrary *library, const Today *today, gint64 from, GError **error) {
  const int before = sqlite3_total_changes (library->db);
  return prc_sql_do (library->db, NULL, error, DROP ("embeddings", "slice_id"), "siii",
                     today->model_id, from, from + DROP_STEP, (gint64)today->n_kept) &&
         prc_sql_do (library->db, NULL, error, DROP ("segment_embeddings", "segment_id"), "siii",
                     today->segment_model_id, from, from + DROP_STEP, (gint64)today->n_kept) &&
         (sqlite3_total_changes (library->db) == before || prc_library_bump (library, error));
}

static gboolean
drop_models (PrcLibrary *library, const Today *today, GError **error) {
  return prc_sql_do (library->db, NULL, error,
                     "DELETE FROM models WHERE name NOT IN (?1, ?2)"
                     " AND id NOT IN (SELECT model_id FROM embeddings)"
                     " AND id NOT IN (SELECT model_id FROM segment_embeddings)",
                     "ss", today->model_id, today->segment_model_id) &&
         (sqlite3_changes (library->db) == 0 || prc_library_bump (library, error));
}

static gboolean
find_last (PrcLibrary *library, gint64 *last, GError **error) {
  return prc_sql_do (library->db, last, error,
                     "SELECT max ((SELECT ifnull (max (id), 0) FROM slices),"
                     " (SELECT ifnull (max (id), 0) FROM segments))",
                     "");
}

gboolean
prc_library_drop_others (PrcLibrary *library, const char *model_id, const char *segment_model_id,
                         guint n_kept, gint64 *from, GError **error) {
  const Today today = {model_id, segment_model_id, n_kept};
  gint64 last = 0, n_others = 0;
  if (!find_last (library, &last, error) ||
      !prc_sql_do (library->db, &n_others, error,
                   "SELECT count (*) FROM models WHERE instr (name, '.') = 0 AND name <> ?", "s",
                   model_id))
    return FALSE;
  if (n_others <= n_kept) {
    *from = -1;
    return TRUE;
  }
  const gboolean more = *from < last;
  if (!prc_sql_begin (library->db, error) ||
      !prc_sql_end (library->db,
                    more ? drop_range (library, &today, *from, error)
                         : drop_models (library, &today, error),
                    error))
    return FALSE;
  *from = more ? *from + DROP_STEP : -1;
  return TRUE;
}
