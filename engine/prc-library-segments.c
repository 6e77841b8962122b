// SPDX-License-Identifier: Apache-2.0
// What the library remembers of segmentations: written a file at a time, read for hits and cases.
#include "prc-library-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include "prc-engine-error.h"
#include "prc-library-schema.h"
#include "prc-text.h"

#define MAX_TEXT      1024 // bytes of a label or a code
#define MAX_PATH_TEXT (1 << 16)

typedef struct { // one call of prc_library_add_segments
  sqlite3 *db;
  const PrcLibrarySegmentation *file;
  gint64 model_id, series_id, id;
  int n_added;
  gboolean has_new; // segments that were not there
} Addition;

// A case that does not have the slice does not have what lies on it.
static gboolean
find_slice (Addition *add, guint index, gint64 *slice, GError **error) {
  const PrcSlice *at = prc_series_slice (add->file->series, index);
  *slice = 0;
  return prc_sql_do (add->db, slice, error, "SELECT id FROM slices WHERE sop_uid = ? AND frame = ?",
                     "si", prc_instance_info (at->instance)->sop_instance_uid, (gint64)at->frame);
}

static gboolean
find_series (Addition *add, GError **error) {
  const guint length = prc_series_length (add->file->series);
  for (guint i = 0; i < length && add->series_id == 0; i++) {
    gint64 slice = 0;
    if (!find_slice (add, i, &slice, error) ||
        (slice && !prc_sql_do (add->db, &add->series_id, error,
                               "SELECT series_id FROM slices WHERE id = ?", "i", slice)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
put_file (Addition *add, GError **error) {
  const PrcLibrarySegmentation *file = add->file;
  const PrcInstanceInfo *info = prc_instance_info (file->instance);
  return prc_sql_do (add->db, NULL, error,
                     "INSERT INTO segmentations (" PRC_LIBRARY_SUM_SEGMENTATIONS ", sum)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, prc_sum (?1, ?2, ?3, ?4, ?5, ?6, ?7))"
                     " ON CONFLICT (sop_uid) DO UPDATE SET series_id = excluded.series_id,"
                     " title = excluded.title, path = excluded.path,"
                     " n_segments = excluded.n_segments, sum = prc_sum (excluded.series_id,"
                     " sop_uid, sop_class, modality, excluded.title, excluded.path,"
                     " excluded.n_segments)",
                     "isssssi", add->series_id, info->sop_instance_uid, info->sop_class_uid,
                     info->modality, file->title, info->path, (gint64)file->n_segments) &&
         prc_sql_do (add->db, &add->id, error, "SELECT id FROM segmentations WHERE sop_uid = ?",
                     "s", info->sop_instance_uid);
}

static char *
code_text (const PrcCode *code) {
  if (!*code->value)
    return g_strdup ("");
  g_autofree char *text = g_strdup_printf ("%s\\%s\\%s", code->value, code->scheme, code->meaning);
  return prc_text_safe (text, -1, MAX_TEXT, false);
}

static gboolean
put_segment (Addition *add, const PrcLibrarySegment *segment, gint64 slice, gint64 *id,
             GError **error) {
  const PrcSegment *said = segment->segment;
  g_autofree char *label = prc_text_safe (said->label, -1, MAX_TEXT, false);
  g_autofree char *category = code_text (&said->category), *type = code_text (&said->type);
  g_autofree char *modifier = code_text (&said->type_modifier);
  g_autofree char *anatomy = code_text (&said->anatomic_region);
  const double mm3 = segment->volume_ml * 1000;
  if (!prc_sql_do (add->db, NULL, error,
                   "INSERT INTO segments (" PRC_LIBRARY_SUM_SEGMENTS ", sum) VALUES (?1, ?2, ?3,"
                   " ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                   " prc_sum (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))"
                   " ON CONFLICT (segmentation_id, number) DO NOTHING",
                   "iiisssssii", add->id, (gint64)said->number, slice, label, category, type,
                   modifier, anatomy, (gint64)segment->voxels,
                   mm3 >= 0 && mm3 < 1e15 ? (gint64)round (mm3) : (gint64)-1))
    return FALSE;
  add->has_new |= sqlite3_changes (add->db) > 0;
  return prc_sql_do (add->db, id, error,
                     "SELECT id FROM segments WHERE segmentation_id = ? AND number = ?", "ii",
                     add->id, (gint64)said->number);
}

static gboolean
add_segment (Addition *add, const PrcLibrarySegment *segment, guint dimension, GError **error) {
  gint64 slice = 0, id = 0;
  if (!find_slice (add, segment->index, &slice, error))
    return FALSE;
  if (slice == 0)
    return TRUE;
  if (!put_segment (add, segment, slice, &id, error) ||
      !prc_sql_do (add->db, NULL, error,
                   "INSERT INTO segment_embeddings (" PRC_LIBRARY_SUM_SEGMENT_EMBEDDINGS ", sum)"
                   " VALUES (?1, ?2, ?3, prc_sum (?1, ?2, ?3)) ON CONFLICT DO NOTHING",
                   "iib", id, add->model_id, segment->vector, dimension * sizeof (float)))
    return FALSE;
  add->n_added += sqlite3_changes (add->db);
  return TRUE;
}

static gboolean
add_locked (PrcLibrary *library, Addition *add, const PrcLibrarySegment *segments, guint n,
            const char *model_id, guint dimension, GError **error) {
  if (!prc_library_find_model (library, model_id, dimension, &add->model_id, error) ||
      !find_series (add, error))
    return FALSE;
  if (add->series_id == 0)
    return TRUE;
  if (!put_file (add, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!add_segment (add, &segments[i], dimension, error))
      return FALSE;
  gint64 case_id = 0;
  if (!add->has_new)
    return prc_library_bump (library, error);
  return prc_sql_do (add->db, &case_id, error,
                     "SELECT case_id FROM series JOIN studies ON studies.id = study_id"
                     " WHERE series.id = ?",
                     "i", add->series_id) &&
         prc_library_audit_import (library, case_id, 0, error) && prc_library_bump (library, error);
}

int
prc_library_add_segments (PrcLibrary *library, const PrcLibrarySegmentation *segmentation,
                          const PrcLibrarySegment *segments, guint n, const char *model_id,
                          guint dimension, GError **error) {
  Addition add = {.db = library->db, .file = segmentation};
  for (guint i = 0; i < n; i++)
    if (!prc_library_check_vector (segments[i].vector, dimension, error))
      return -1;
  const gint64 entry = library->import_entry;
  const gboolean ok =
      prc_sql_begin (library->db, error) &&
      prc_sql_end (library->db, add_locked (library, &add, segments, n, model_id, dimension, error),
                   error);
  if (!ok)
    library->import_entry = entry; // a new one was taken back
  return ok ? add.n_added : -1;
}

static gboolean
move_locked (PrcLibrary *library, const char *sop_uid, const char *path, GError **error) {
  return prc_sql_do (library->db, NULL, error,
                     "UPDATE segmentations SET path = ?2, sum = prc_sum (series_id, sop_uid,"
                     " sop_class, modality, title, ?2, n_segments)"
                     " WHERE sop_uid = ?1 AND path <> ?2",
                     "ss", sop_uid, path) &&
         (sqlite3_changes (library->db) == 0 || prc_library_bump (library, error));
}

gboolean
prc_library_know_segmentation (PrcLibrary *library, const PrcInstance *instance,
                               const char *model_id, gboolean *known, GError **error) {
  const PrcInstanceInfo *info = prc_instance_info (instance);
  gint64 whole = 0, moved = 0;
  if (!prc_sql_do (library->db, &whole, error,
                   "SELECT n_segments <= (SELECT count (*) FROM segments"
                   " JOIN segment_embeddings ON segment_id = segments.id"
                   " JOIN models ON models.id = model_id"
                   " WHERE segmentation_id = s.id AND name = ?2)"
                   " FROM segmentations s WHERE sop_uid = ?1",
                   "ss", info->sop_instance_uid, model_id) ||
      !prc_sql_do (library->db, &moved, error,
                   "SELECT path <> ?2 FROM segmentations WHERE sop_uid = ?1", "ss",
                   info->sop_instance_uid, info->path))
    return FALSE;
  *known = whole != 0;
  if (!whole || !moved)
    return TRUE;
  return prc_sql_begin (library->db, error) &&
         prc_sql_end (library->db, move_locked (library, info->sop_instance_uid, info->path, error),
                      error);
}

// --- reading

#define SELECT_SEGMENTS                                                                            \
  "SELECT segments.id, number, label, segments.category, type, modifier, anatomy, voxels,"         \
  " volume_mm3, segmentations.path, segmentations.sop_uid, segmentations.modality, title,"         \
  " slices.path, frame, place, slice_id FROM segments"                                             \
  " JOIN segmentations ON segmentations.id = segmentation_id"                                      \
  " JOIN slices ON slices.id = slice_id JOIN series ON series.id = slices.series_id"               \
  " JOIN studies ON studies.id = study_id "

static void
take_text (const char **field, sqlite3_stmt *row, int column, gsize limit) {
  g_free ((char *)*field);
  *field = prc_text_safe (prc_sql_text (row, column), -1, limit, false); // a file can say anything
}

static void
take_path (char **field, sqlite3_stmt *row, int column) {
  g_free (*field);
  *field = g_strdup (prc_sql_text (row, column)); // of a file: as it is
}

static void
take_code (PrcCode *code, sqlite3_stmt *row, int column) {
  g_autofree char *text = prc_text_safe (prc_sql_text (row, column), -1, 3 * MAX_TEXT, false);
  g_auto (GStrv) parts = g_strsplit (text, "\\", 3);
  if (g_strv_length (parts) < 3)
    return;
  g_free ((char *)code->value);
  g_free ((char *)code->scheme);
  g_free ((char *)code->meaning);
  *code = (PrcCode){g_strdup (parts[0]), g_strdup (parts[1]), g_strdup (parts[2])};
}

static PrcCaseSegment *
read_segment (sqlite3_stmt *row) {
  PrcCaseSegment *self = prc_case_segment_new ();
  const gint64 mm3 = sqlite3_column_int64 (row, 8);
  self->id = sqlite3_column_int64 (row, 0);
  self->segment.number = (guint)sqlite3_column_int64 (row, 1);
  take_text (&self->segment.label, row, 2, MAX_TEXT);
  take_code (&self->segment.category, row, 3);
  take_code (&self->segment.type, row, 4);
  take_code (&self->segment.type_modifier, row, 5);
  take_code (&self->segment.anatomic_region, row, 6);
  self->voxels = (guint64)sqlite3_column_int64 (row, 7);
  self->volume_ml = mm3 < 0 ? -1 : (double)mm3 / 1000;
  take_path (&self->path, row, 9);
  take_text ((const char **)&self->sop_instance_uid, row, 10, MAX_TEXT);
  take_text ((const char **)&self->modality, row, 11, MAX_TEXT);
  take_text ((const char **)&self->title, row, 12, MAX_TEXT);
  take_path (&self->slice_path, row, 13);
  self->slice_frame = (guint)sqlite3_column_int64 (row, 14);
  self->slice_number = (guint)sqlite3_column_int64 (row, 15) + 1;
  return self;
}

GPtrArray *
prc_library_case_segments (PrcLibrary *library, gint64 id, GError **error) {
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (
      library->db, SELECT_SEGMENTS "WHERE case_id = ? ORDER BY segmentations.id, number", error);
  if (!rows)
    return NULL;
  g_autoptr (GPtrArray) segments =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_case_segment_unref);
  prc_sql_bind (rows, "i", id);
  PrcSqlStep step;
  while ((step = prc_sql_step (rows, error)) == PRC_SQL_ROW)
    g_ptr_array_add (segments, read_segment (rows));
  return step == PRC_SQL_END ? g_steal_pointer (&segments) : NULL;
}

gboolean
prc_library_fill_segment_hit (PrcLibrary *library, gint64 segment_id, PrcHit *hit, GError **error) {
  g_autoptr (sqlite3_stmt) row =
      prc_sql_prepare (library->db, SELECT_SEGMENTS "WHERE segments.id = ?", error);
  if (!row)
    return FALSE;
  prc_sql_bind (row, "i", segment_id);
  const PrcSqlStep step = prc_sql_step (row, error);
  if (step == PRC_SQL_END)
    g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_NOT_FOUND,
                         _ ("There is no such segment"));
  if (step != PRC_SQL_ROW ||
      !prc_library_fill_hit (library, sqlite3_column_int64 (row, 16), hit, error))
    return FALSE;
  hit->segment = read_segment (row);
  return TRUE;
}
