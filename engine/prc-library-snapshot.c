// SPDX-License-Identifier: Apache-2.0
// What a search needs of the library: the vectors as a snapshot, and who is to be kept out.
#include <math.h>
#include <string.h>
#include "prc-library-private.h"

// The first column of the rows; the second, where there is one, is of the case: rows of a case lie
// together.
static PrcSeriesSet *
read_series (sqlite3_stmt *rows, guint *n_cases, GError **error) {
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 last_case = 0;
  guint n = 0;
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    const gint64 id = sqlite3_column_int64 (rows, 0);
    const gint64 case_id = n_cases ? sqlite3_column_int64 (rows, 1) : 0;
    n += n == 0 || case_id != last_case;
    last_case = case_id;
    g_array_append_val (ids, id);
  }
  if (step != PRC_SQL_END)
    return NULL;
  if (n_cases)
    *n_cases = n;
  return prc_series_set_new ((const int64_t *)(void *)ids->data, ids->len);
}

PrcSeriesSet *
prc_library_related_series (PrcLibrary *library, const char *study_uid, const char *sop_uid,
                            const char *patient_key, const char *patient_id, guint *n_cases,
                            GError **error) {
  g_autofree char *patient = prc_library_patient_hash (library, patient_key);
  g_autofree char *id = prc_library_patient_hash (library, patient_id);
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (
      library->db,
      "WITH related AS (SELECT case_id FROM studies"
      " WHERE (study_uid = ?1 AND ?1 <> '') OR (patient = ?2 AND ?2 <> '')"
      " OR (patient_id = ?3 AND ?3 <> '')"
      " UNION SELECT case_id FROM slices JOIN series ON series.id = series_id"
      " JOIN studies ON studies.id = study_id WHERE sop_uid = ?4)"
      " SELECT series.id, case_id FROM series JOIN studies ON studies.id = study_id"
      " WHERE case_id IN related ORDER BY case_id",
      error);
  if (!rows)
    return NULL;
  prc_sql_bind (rows, "ssss", study_uid, patient, id, sop_uid);
  return read_series (rows, n_cases, error);
}

// --- where the vectors are: a connection of its own, for whatever thread searches

typedef struct {
  sqlite3 *db;
  sqlite3_stmt *one;
  gint64 model;
  gsize size;
} Stored;

static void
stored_free (gpointer data) {
  Stored *stored = data;
  sqlite3_finalize (stored->one);
  sqlite3_close (stored->db);
  g_free (stored);
}

static void
fetch_stored (gpointer data, const int64_t *ids, size_t n, unsigned stride, float *vectors) {
  Stored *stored = data;
  // One transaction: else each of them would lock and unlock the file.
  sqlite3_exec (stored->db, "BEGIN", NULL, NULL, NULL);
  for (size_t i = 0; i < n; i++) {
    prc_sql_bind (stored->one, "ii", (gint64)ids[i], stored->model);
    const gboolean there = prc_sql_step (stored->one, NULL) == PRC_SQL_ROW &&
                           (gsize)sqlite3_column_bytes (stored->one, 0) == stored->size;
    if (there)
      memcpy (vectors + i * stride, sqlite3_column_blob (stored->one, 0), stored->size);
    else
      vectors[i * stride] = NAN; // gone, or damaged: verify says so
    sqlite3_reset (stored->one);
  }
  sqlite3_exec (stored->db, "COMMIT", NULL, NULL, NULL);
}

static PrcIndexVectors *
stored_vectors (PrcLibrary *library, gboolean of_segments, gint64 model, gint64 dimension,
                GError **error) {
  Stored *stored = g_new0 (Stored, 1);
  stored->model = model;
  stored->size = (gsize)dimension * sizeof (float);
  stored->db = prc_sql_open (library->path, error);
  if (stored->db)
    stored->one = prc_sql_prepare (
        stored->db,
        of_segments ? "SELECT vector FROM segment_embeddings WHERE segment_id = ? AND model_id = ?"
                    : "SELECT vector FROM embeddings WHERE slice_id = ? AND model_id = ?",
        error);
  if (stored->one)
    return prc_index_vectors_new (fetch_stored, stored, stored_free);
  stored_free (stored);
  return NULL;
}

// --- the snapshot

static uint32_t
patient_number (const char *patient, int64_t case_id) {
  g_autofree char *alone = *patient ? NULL : g_strdup_printf ("case %" G_GINT64_FORMAT, case_id);
  return g_str_hash (alone ? alone
                           : patient); // a case of an unknown patient is a patient of its own
}

static void
take_modality (const char *modality, PrcIndexEntry *entry) {
  g_autofree char *upper = g_ascii_strup (modality, PRC_INDEX_MODALITY - 1);
  g_strlcpy (entry->modality, upper, sizeof entry->modality);
}

static gboolean
read_rows (sqlite3_stmt *rows, gint64 dimension, PrcIndexBuilder *builder, GError **error) {
  g_autofree float *vector = g_new (float, dimension); // SQLite aligns a blob as it likes
  PrcIndexEntry entry = {0};
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    if (sqlite3_column_bytes (rows, 4) != dimension * (gint64)sizeof (float))
      continue; // damaged: verify says so
    entry.slice_id = sqlite3_column_int64 (rows, 0);
    entry.segment_id = sqlite3_column_int64 (rows, 5);
    const int64_t case_id = sqlite3_column_int64 (rows, 2);
    const int64_t series_id = sqlite3_column_int64 (rows, 1);
    if (case_id != entry.case_id || series_id != entry.series_id) {
      entry.patient = patient_number (prc_sql_text (rows, 3), case_id);
      take_modality (prc_sql_text (rows, 6), &entry);
    }
    entry.case_id = case_id;
    entry.series_id = series_id;
    memcpy (vector, sqlite3_column_blob (rows, 4), (gsize)dimension * sizeof (float));
    prc_index_builder_add (builder, &entry, vector);
  }
  return step == PRC_SQL_END;
}

#define SELECT_VECTORS(segment, table)                                                             \
  "SELECT slice_id, series_id, case_id, patient, vector, " segment ", series.modality FROM " table \
  " JOIN slices ON slices.id = slice_id JOIN series ON series.id = series_id"                      \
  " JOIN studies ON studies.id = study_id WHERE model_id = ?1"

#define CHANGED "(SELECT id FROM vector_log WHERE model_id = ?1 AND seq > ?2)"

static const char slices_sql[] = SELECT_VECTORS ("0", "embeddings") " ORDER BY slice_id";
static const char changed_slices_sql[] =
    SELECT_VECTORS ("0", "embeddings") " AND slice_id IN " CHANGED " ORDER BY slice_id";

#define SELECT_SEGMENTS                                                                            \
  SELECT_VECTORS ("segment_id", "segment_embeddings JOIN segments ON segments.id = segment_id")

static const char segments_sql[] = SELECT_SEGMENTS " ORDER BY slice_id, segment_id";
static const char changed_segments_sql[] =
    SELECT_SEGMENTS " AND segment_id IN " CHANGED " ORDER BY slice_id, segment_id";

static PrcIndex *
end_or_drop (PrcLibrary *library, PrcIndexBuilder *builder, gboolean ok) {
  g_autoptr (PrcIndex) index = prc_index_builder_end (builder, prc_library_version (library));
  return ok ? g_steal_pointer (&index) : NULL;
}

static PrcIndex *
read_all (PrcLibrary *library, gboolean of_segments, gint64 model, gint64 dimension,
          GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db, of_segments ? segments_sql : slices_sql, error);
  g_autoptr (PrcIndexVectors) vectors =
      rows ? stored_vectors (library, of_segments, model, dimension, error) : NULL;
  if (!vectors)
    return NULL;
  prc_sql_bind (rows, "i", model);
  PrcIndexBuilder *builder = prc_index_builder_new ((unsigned)dimension, of_segments, vectors);
  return end_or_drop (library, builder, read_rows (rows, dimension, builder, error));
}

// --- what came and went since the last one

// Whether the log says everything that happened after `seq`.
static gboolean
reaches_back (PrcLibrary *library, gint64 seq, gboolean *reaches, GError **error) {
  gint64 first = 0, last = 0, moved = 0;
  if (!prc_sql_do (library->db, &first, error, "SELECT ifnull (min (seq), 0) FROM vector_log",
                   "") ||
      !prc_sql_do (library->db, &last, error, "SELECT ifnull (max (seq), 0) FROM vector_log", "") ||
      !prc_sql_do (library->db, &moved, error,
                   "SELECT count (*) FROM vector_log WHERE model_id = 0 AND seq > ?", "i", seq))
    return FALSE;
  *reaches = first <= seq + 1 && last >= seq && moved == 0;
  return TRUE;
}

static gboolean
remove_changed (PrcLibrary *library, gint64 model, gint64 seq, PrcIndexBuilder *builder,
                GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db, "SELECT DISTINCT id FROM" CHANGED, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (int64_t));
  if (!rows)
    return FALSE;
  prc_sql_bind (rows, "ii", model, seq);
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    const int64_t id = sqlite3_column_int64 (rows, 0);
    g_array_append_val (ids, id);
  }
  prc_index_builder_remove (builder, (const int64_t *)(void *)ids->data, ids->len);
  return step == PRC_SQL_END;
}

// All that changed goes, and what of it is there now comes again.
static PrcIndex *
read_changes (PrcLibrary *library, gboolean of_segments, gint64 model, gint64 dimension,
              const PrcLibrarySnapshot *last, GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (library->db, of_segments ? changed_segments_sql : changed_slices_sql, error);
  if (!rows)
    return NULL;
  PrcIndexBuilder *builder = prc_index_builder_new_after (last->index);
  prc_sql_bind (rows, "ii", model, last->seq);
  return end_or_drop (library, builder,
                      remove_changed (library, model, last->seq, builder, error) &&
                          read_rows (rows, dimension, builder, error));
}

// Of the file beside the library, and what came and went since that was written; NULL without an
// error where there is none that can be used.
static PrcIndex *
read_file (PrcLibrary *library, gboolean of_segments, gint64 model, gint64 dimension,
           GError **error) {
  PrcIndexFileMark mark;
  gboolean goes_on = FALSE;
  if (!prc_library_index_mark (library, of_segments, model, &mark, NULL) ||
      !reaches_back (library, mark.seq, &goes_on, NULL) || !goes_on)
    return NULL;
  g_autofree char *path = prc_library_index_path (library, of_segments);
  g_autoptr (PrcIndexVectors) vectors =
      stored_vectors (library, of_segments, model, dimension, NULL);
  g_autoptr (PrcIndex) index =
      vectors ? prc_index_file_read (path, &mark, (unsigned)dimension, of_segments, vectors, 0)
              : NULL;
  if (!index)
    return NULL;
  const PrcLibrarySnapshot last = {index, NULL, model, mark.seq};
  return read_changes (library, of_segments, model, dimension, &last, error);
}

static PrcIndex *
snapshot_of_model (PrcLibrary *library, gboolean of_segments, gint64 model, gint64 dimension,
                   const PrcLibrarySnapshot *last, GError **error) {
  gboolean goes_on = FALSE;
  if (last->index && last->model == model && model != 0 &&
      !reaches_back (library, last->seq, &goes_on, error))
    return NULL;
  if (goes_on)
    return read_changes (library, of_segments, model, dimension, last, error);
  g_autoptr (GError) failure = NULL;
  PrcIndex *index = read_file (library, of_segments, model, dimension, &failure);
  if (failure)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (!index)
    index = read_all (library, of_segments, model, dimension, error);
  return index;
}

static void
forget (PrcLibrarySnapshot *snapshot) {
  g_clear_pointer (&snapshot->index, prc_index_unref);
  g_clear_pointer (&snapshot->model_id, g_free);
}

void
prc_library_forget_snapshots (PrcLibrary *library) {
  forget (&library->snapshots[FALSE]);
  forget (&library->snapshots[TRUE]);
}

void
prc_library_take_index (PrcLibrary *library, const PrcIndex *given, PrcIndex *index) {
  for (guint i = 0; i < G_N_ELEMENTS (library->snapshots); i++)
    if (library->snapshots[i].index == given) {
      prc_index_unref (library->snapshots[i].index);
      library->snapshots[i].index = prc_index_ref (index);
    }
}

static gboolean
read_snapshot (PrcLibrary *library, gboolean of_segments, const char *model_id, GError **error) {
  PrcLibrarySnapshot *last = &library->snapshots[of_segments];
  gint64 model = 0, dimension = 1, seq = 0;
  if (!prc_sql_do (library->db, &model, error, "SELECT id FROM models WHERE name = ?", "s",
                   model_id) ||
      !prc_sql_do (library->db, &dimension, error, "SELECT dimension FROM models WHERE id = ?", "i",
                   model) ||
      !prc_sql_do (library->db, &seq, error, "SELECT ifnull (max (seq), 0) FROM vector_log", ""))
    return FALSE;
  PrcIndex *index = snapshot_of_model (library, of_segments, model, dimension, last, error);
  if (!index)
    return FALSE;
  forget (last);
  *last = (PrcLibrarySnapshot){index, g_strdup (model_id), model, seq};
  return TRUE;
}

// In one read transaction, so that the version is that of the rows.
static PrcIndex *
snapshot (PrcLibrary *library, gboolean of_segments, const char *model_id, GError **error) {
  PrcLibrarySnapshot *last = &library->snapshots[of_segments];
  if (g_strcmp0 (last->model_id, model_id) != 0)
    forget (last);
  if (!prc_sql_exec (library->db, "BEGIN", error))
    return NULL;
  const gboolean same =
      last->index && prc_index_version (last->index) == prc_library_version (library);
  const gboolean ok = same || read_snapshot (library, of_segments, model_id, error);
  sqlite3_exec (library->db, "ROLLBACK", NULL, NULL, NULL);
  return ok ? prc_index_ref (last->index) : NULL;
}

PrcIndex *
prc_library_index (PrcLibrary *library, const char *model_id, GError **error) {
  return snapshot (library, FALSE, model_id, error);
}

PrcIndex *
prc_library_segment_index (PrcLibrary *library, const char *model_id, GError **error) {
  return snapshot (library, TRUE, model_id, error);
}
