// SPDX-License-Identifier: Apache-2.0
// Writing slices of a case: everything of one call in one transaction.
#include "prc-library.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include "prc-engine-error.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"
#include "prc-path.h"

typedef struct { // one call of prc_library_add
  PrcLibrary *library;
  sqlite3 *db;
  const char *case_key; // NULL: only vectors of what is there
  const PrcCaseText *text;
  const PrcLibrarySlice *slices;
  guint n;
  gint64 model_id, case_id;
  guint dimension;
  sqlite3_stmt *find, *insert, *embed, *move;
  const PrcSeries *last_series; // its row, so that a run of slices asks once
  gint64 last_series_id;
  const PrcSeries *last_known; // that was filled in last, and its row
  gint64 last_known_id;
  guint n_new; // slices
} Addition;

static const PrcSlice *
slice_of (const PrcLibrarySlice *slice) {
  return prc_series_slice (slice->series, slice->index);
}

static const PrcInstanceInfo *
info_of (const PrcLibrarySlice *slice) {
  return prc_instance_info (slice_of (slice)->instance);
}

gboolean
prc_library_check_vector (const float *vector, guint dimension, GError **error) {
  double square = 0;
  for (guint j = 0; j < dimension; j++)
    square += (double)vector[j] * vector[j];
  if (fabs (square - 1) < 1e-3)
    return TRUE;
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT,
                       _ ("The encoder gave a vector that is not of unit length"));
  return FALSE;
}

static gboolean
check_vectors (const PrcLibrarySlice *slices, guint n, guint dimension, GError **error) {
  for (guint i = 0; i < n; i++)
    if (slices[i].vector && !prc_library_check_vector (slices[i].vector, dimension, error))
      return FALSE;
  return TRUE;
}

gboolean
prc_library_find_model (PrcLibrary *library, const char *name, guint dimension, gint64 *model_id,
                        GError **error) {
  gint64 length = 0;
  if (!prc_sql_do (library->db, NULL, error,
                   "INSERT INTO models (name, dimension, sum) VALUES (?1, ?2, prc_sum (?1, ?2))"
                   " ON CONFLICT DO NOTHING",
                   "si", name, (gint64)dimension) ||
      !prc_sql_do (library->db, model_id, error, "SELECT id FROM models WHERE name = ?", "s",
                   name) ||
      !prc_sql_do (library->db, &length, error, "SELECT dimension FROM models WHERE id = ?", "i",
                   *model_id))
    return FALSE;
  if (length == dimension)
    return TRUE;
  g_set_error_literal (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT,
                       _ ("The library knows this encoder with vectors of another length"));
  return FALSE;
}

// --- the case

// Who has no words gets those of the study, so that no card in the panel is blank.
static char *
title_of (const PrcLibrarySlice *slice) {
  const PrcInstanceInfo *info = info_of (slice);
  const char *series = prc_series_title (slice->series);
  if (*info->study_description && *series && !g_str_equal (info->study_description, series))
    return g_strdup_printf ("%s, %s", info->study_description, series);
  if (*info->study_description || *series)
    return g_strdup (*series ? series : info->study_description);
  return g_strdup (_ ("Untitled case"));
}

static gboolean
make_case (Addition *add, GError **error) {
  const PrcCaseText *text = add->text;
  const gboolean titled = text && text->title && *text->title;
  g_autofree char *title = titled ? g_strdup (text->title) : title_of (&add->slices[0]);
  return prc_library_make_case (add->library, add->case_key, title, text, &add->case_id, error);
}

static gboolean
revise_case (Addition *add, const char *key, GError **error) {
  return prc_library_revise_case (add->library, add->case_id, key, add->text, error);
}

static gboolean
is_named (const char *case_key) {
  return g_str_has_prefix (case_key, "folder:");
}

// The case that has one of these slices already under another key. A case that was made by itself
// takes the name a list of cases gives it, and so does one whose folder was moved; who adds a study
// that a list of cases named means that case; but two entries of a list stay two cases.
static gboolean
adopt_owner (Addition *add, sqlite3_stmt *owner, gboolean *adopted, GError **error) {
  const char *key = prc_sql_text (owner, 1);
  const gboolean named = is_named (key), naming = is_named (add->case_key);
  if (named && naming && prc_path_is_there (prc_sql_text (owner, 2)))
    return TRUE;
  add->case_id = sqlite3_column_int64 (owner, 0);
  *adopted = TRUE;
  g_autofree char *kept = g_strdup (named && !naming ? key : add->case_key);
  sqlite3_reset (owner);
  return revise_case (add, kept, error);
}

static gboolean
adopt_case (Addition *add, GError **error) {
  g_autoptr (sqlite3_stmt) owner =
      prc_sql_prepare (add->db,
                       "SELECT cases.id, cases.key, path FROM slices"
                       " JOIN series ON series.id = series_id JOIN studies ON studies.id = study_id"
                       " JOIN cases ON cases.id = case_id WHERE sop_uid = ? AND frame = ?",
                       error);
  gboolean adopted = FALSE;
  for (guint i = 0; owner && !adopted && i < add->n; i++) {
    prc_sql_bind (owner, "si", info_of (&add->slices[i])->sop_instance_uid,
                  (gint64)slice_of (&add->slices[i])->frame);
    const PrcSqlStep step = prc_sql_step (owner, error);
    if (step == PRC_SQL_ERROR ||
        (step == PRC_SQL_ROW && !adopt_owner (add, owner, &adopted, error)))
      return FALSE;
  }
  return owner != NULL;
}

static gboolean
find_case (Addition *add, GError **error) {
  if (!prc_sql_do (add->db, &add->case_id, error, "SELECT id FROM cases WHERE key = ?", "s",
                   add->case_key))
    return FALSE;
  if (add->case_id)
    return revise_case (add, add->case_key, error);
  if (!adopt_case (add, error))
    return FALSE;
  return add->case_id || add->n == 0 || make_case (add, error);
}

// --- series

static gboolean
find_series (Addition *add, const PrcSeries *series, GError **error) {
  if (series == add->last_series)
    return TRUE;
  add->last_series = series;
  return prc_library_find_series (add->library, add->case_id, series, &add->last_series_id, error);
}

// What an older version of this program did not ask the files of a series that is there.
static gboolean
fill_known (Addition *add, const PrcSeries *series, gint64 id, GError **error) {
  if (!add->case_key || (series == add->last_known && id == add->last_known_id))
    return TRUE;
  add->last_known = series;
  add->last_known_id = id;
  return prc_library_fill_series (add->library, id, series, error);
}

// --- slices

static gboolean
add_vector (Addition *add, gint64 slice_id, const float *vector, GError **error) {
  prc_sql_bind (add->embed, "iib", slice_id, add->model_id, vector,
                add->dimension * sizeof (float));
  return prc_sql_run (add->embed, error);
}

// A file that was moved, or a series that has grown, is found again without being read again. A
// part of a series (one of its files) says nothing about places in the whole.
static gboolean
refresh_slice (Addition *add, const PrcLibrarySlice *slice, gint64 id, gint64 series,
               GError **error) {
  const char *path = info_of (slice)->path;
  const gint64 length = prc_series_length (slice->series);
  const gint64 stored_length = sqlite3_column_int64 (add->find, 5);
  const gint64 stored_place = sqlite3_column_int64 (add->find, 2);
  const gboolean whole = length >= stored_length &&
                         g_str_equal (prc_sql_text (add->find, 4), prc_series_key (slice->series));
  const gint64 place = whole ? slice->index : stored_place;
  if (whole && length > stored_length &&
      !prc_sql_do (add->db, NULL, error,
                   "UPDATE series SET n_slices = ?2, sum = prc_sum (study_id, key, series_uid,"
                   " modality, body_part, description, ?2, plane, contrast) WHERE id = ?1",
                   "ii", series, length))
    return FALSE;
  if (place == stored_place && g_str_equal (prc_sql_text (add->find, 1), path))
    return TRUE;
  prc_sql_bind (add->move, "iis", id, place, path);
  return prc_sql_run (add->move, error);
}

static gboolean
add_known (Addition *add, const PrcLibrarySlice *slice, GError **error) {
  const gint64 id = sqlite3_column_int64 (add->find, 0);
  const gint64 series = sqlite3_column_int64 (add->find, 3);
  const gboolean embedded = sqlite3_column_int64 (add->find, 6) != 0;
  const gboolean ok = refresh_slice (add, slice, id, series, error);
  sqlite3_reset (add->find);
  return ok && fill_known (add, slice->series, series, error) &&
         (embedded || !slice->vector || add_vector (add, id, slice->vector, error));
}

static gboolean
add_new (Addition *add, const PrcLibrarySlice *slice, GError **error) {
  if (!find_series (add, slice->series, error))
    return FALSE;
  prc_sql_bind (add->insert, "isiis", add->last_series_id, info_of (slice)->sop_instance_uid,
                (gint64)slice_of (slice)->frame, (gint64)slice->index, info_of (slice)->path);
  if (!prc_sql_run (add->insert, error))
    return FALSE;
  add->n_new++;
  return add_vector (add, sqlite3_last_insert_rowid (add->db), slice->vector, error);
}

static gboolean
add_slice (Addition *add, const PrcLibrarySlice *slice, GError **error) {
  prc_sql_bind (add->find, "sii", info_of (slice)->sop_instance_uid,
                (gint64)slice_of (slice)->frame, add->model_id);
  const PrcSqlStep step = prc_sql_step (add->find, error);
  if (step == PRC_SQL_ROW)
    return add_known (add, slice, error);
  sqlite3_reset (add->find);
  return step == PRC_SQL_END && (!slice->vector || !add->case_key || add_new (add, slice, error));
}

static gboolean
add_slices (Addition *add, GError **error) {
  for (guint i = 0; i < add->n; i++)
    if (!add_slice (add, &add->slices[i], error))
      return FALSE;
  return TRUE;
}

// A case is never left without slices.
static gboolean
check_case (Addition *add, GError **error) {
  gint64 studies = 0;
  if (!prc_sql_do (add->db, &studies, error, "SELECT count (*) FROM studies WHERE case_id = ?", "i",
                   add->case_id))
    return FALSE;
  if (studies > 0)
    return TRUE;
  g_set_error_literal (
      error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT,
      _ ("There is no slice in this case that another case does not have already"));
  return FALSE;
}

static gboolean
note (Addition *add, GError **error) {
  return (!add->case_key ||
          prc_library_audit_import (add->library, add->case_id, add->n_new, error)) &&
         prc_library_bump (add->library, error);
}

static gboolean
add_locked (Addition *add, const char *model_name, GError **error) {
  const int before = sqlite3_total_changes (add->db);
  return prc_library_find_model (add->library, model_name, add->dimension, &add->model_id, error) &&
         (!add->case_key || find_case (add, error)) && add_slices (add, error) &&
         (!add->case_key || check_case (add, error)) &&
         (sqlite3_total_changes (add->db) == before || note (add, error));
}

static gboolean
prepare (Addition *add, GError **error) {
  add->find = prc_sql_prepare (add->db,
                               "SELECT slices.id, path, place, series_id, key, n_slices,"
                               " EXISTS (SELECT 1 FROM embeddings"
                               "  WHERE slice_id = slices.id AND model_id = ?3)"
                               " FROM slices JOIN series ON series.id = series_id"
                               " WHERE sop_uid = ?1 AND frame = ?2",
                               error);
  add->insert = prc_sql_prepare (add->db,
                                 "INSERT INTO slices (" PRC_LIBRARY_SUM_SLICES ", sum)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5, prc_sum (?1, ?2, ?3, ?4, ?5))",
                                 add->find ? error : NULL);
  add->embed = prc_sql_prepare (add->db,
                                "INSERT INTO embeddings (" PRC_LIBRARY_SUM_EMBEDDINGS ", sum)"
                                " VALUES (?1, ?2, ?3, prc_sum (?1, ?2, ?3))",
                                add->insert ? error : NULL);
  add->move = prc_sql_prepare (add->db,
                               "UPDATE slices SET place = ?2, path = ?3, sum = prc_sum ("
                               "series_id, sop_uid, frame, ?2, ?3) WHERE id = ?1",
                               add->embed ? error : NULL);
  return add->find && add->insert && add->embed && add->move;
}

static gboolean
run (Addition *add, const char *model_id, GError **error) {
  const gint64 entry = add->library->import_entry;
  const gboolean ok =
      check_vectors (add->slices, add->n, add->dimension, error) &&
      prc_sql_begin (add->db, error) &&
      prc_sql_end (add->db, prepare (add, error) && add_locked (add, model_id, error), error);
  if (!ok)
    add->library->import_entry = entry; // a new one was taken back
  sqlite3_finalize (add->find);
  sqlite3_finalize (add->insert);
  sqlite3_finalize (add->embed);
  sqlite3_finalize (add->move);
  return ok;
}

gint64
prc_library_add (PrcLibrary *library, const char *case_key, const PrcCaseText *text,
                 const PrcLibrarySlice *slices, guint n, const char *model_id, guint dimension,
                 GError **error) {
  Addition add = {.library = library,
                  .db = library->db,
                  .case_key = case_key,
                  .text = text,
                  .slices = slices,
                  .n = n,
                  .dimension = dimension};
  return run (&add, model_id, error) ? add.case_id : 0;
}

gboolean
prc_library_add_vectors (PrcLibrary *library, const PrcLibrarySlice *slices, guint n,
                         const char *model_id, guint dimension, GError **error) {
  Addition add = {
      .library = library, .db = library->db, .slices = slices, .n = n, .dimension = dimension};
  return run (&add, model_id, error);
}
