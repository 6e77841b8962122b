// SPDX-License-Identifier: Apache-2.0
#include "prc-trial.h"

#include <string.h>
#include "prc-library-private.h"
#include "prc-tally.h"

#define SEED    20 // any: the same order at every start
#define AT_MOST (4 * G_TIME_SPAN_SECOND)
// A slice as alike as this is the same picture under another name: it knows the answer.
#define DUPLICATE 0.9999f

typedef struct {
  PrcLibrary *library;
  PrcIndex *index;
  PrcDiagnoses *diagnoses;
  const char *model_id;
  unsigned dimension;
  GRand *random;
  guint *n_of; // tried, by diagnosis
  PrcTrial result;
} Trial;

static void
trial_clear (Trial *trial) {
  g_clear_pointer (&trial->diagnoses, prc_diagnoses_unref);
  g_clear_pointer (&trial->random, g_rand_free);
  g_clear_pointer (&trial->n_of, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trial, trial_clear)

static GArray *
cases_with_diagnosis (Trial *trial, GError **error) {
  g_autoptr (sqlite3_stmt) rows =
      prc_sql_prepare (trial->library->db, "SELECT id FROM cases ORDER BY id", error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  PrcSqlStep step = PRC_SQL_ERROR;
  while (rows && (step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    const gint64 id = sqlite3_column_int64 (rows, 0);
    if (prc_diagnoses_of_case (trial->diagnoses, id) != 0)
      g_array_append_val (ids, id);
  }
  return step == PRC_SQL_END ? g_steal_pointer (&ids) : NULL;
}

// Fisher and Yates: any beginning of the order is a sample.
static void
shuffle (GArray *ids, GRand *random) {
  for (guint i = ids->len; i > 1; i--) {
    const guint j = (guint)g_rand_int_range (random, 0, (gint32)i);
    const gint64 last = g_array_index (ids, gint64, i - 1);
    g_array_index (ids, gint64, i - 1) = g_array_index (ids, gint64, j);
    g_array_index (ids, gint64, j) = last;
  }
}

#define VECTORS_OF_CASE                                                                            \
  " FROM studies JOIN series ON series.study_id = studies.id"                                      \
  " JOIN slices ON slices.series_id = series.id JOIN embeddings ON slice_id = slices.id"           \
  " WHERE studies.case_id = ? AND model_id = (SELECT id FROM models WHERE name = ?)"

// Of one slice of the case; *found is FALSE when none has a vector.
static gboolean
read_vector (Trial *trial, gint64 case_id, float *vector, gboolean *found, GError **error) {
  gint64 n = 0;
  *found = FALSE;
  if (!prc_sql_do (trial->library->db, &n, error, "SELECT count (*)" VECTORS_OF_CASE, "is", case_id,
                   trial->model_id))
    return FALSE;
  if (n <= 0)
    return TRUE;
  g_autoptr (sqlite3_stmt) row = prc_sql_prepare (
      trial->library->db, "SELECT vector" VECTORS_OF_CASE " ORDER BY slice_id LIMIT 1 OFFSET ?",
      error);
  if (!row)
    return FALSE;
  const gint32 which = g_rand_int_range (trial->random, 0, (gint32)MIN (n, G_MAXINT32));
  prc_sql_bind (row, "isi", case_id, trial->model_id, (gint64)which);
  if (prc_sql_step (row, error) == PRC_SQL_ERROR)
    return FALSE;
  const size_t size = trial->dimension * sizeof (float);
  *found = (size_t)sqlite3_column_bytes (row, 0) == size; // else damaged: verify says so
  if (*found)
    memcpy (vector, sqlite3_column_blob (row, 0), size);
  return TRUE;
}

// Series of the case itself, and of others of its patient or its study.
static PrcSeriesSet *
own_series (Trial *trial, gint64 case_id, GError **error) {
  g_autoptr (sqlite3_stmt) rows = prc_sql_prepare (
      trial->library->db,
      "WITH own AS (SELECT ?1 UNION SELECT other.case_id FROM studies AS this"
      " JOIN studies AS other ON other.study_uid = this.study_uid"
      " WHERE this.case_id = ?1 AND this.study_uid <> ''"
      " UNION SELECT other.case_id FROM studies AS this"
      " JOIN studies AS other ON other.patient = this.patient"
      " WHERE this.case_id = ?1 AND this.patient <> '')"
      " SELECT series.id FROM studies JOIN series ON study_id = studies.id WHERE case_id IN own",
      error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  PrcSqlStep step = PRC_SQL_ERROR;
  if (rows)
    prc_sql_bind (rows, "i", case_id);
  while (rows && (step = prc_sql_step (rows, error)) == PRC_SQL_ROW) {
    const gint64 id = sqlite3_column_int64 (rows, 0);
    g_array_append_val (ids, id);
  }
  return step == PRC_SQL_END ? prc_series_set_new ((int64_t *)(void *)ids->data, ids->len) : NULL;
}

// Cases of others, nearest first; returns how many.
static guint
nearest (Trial *trial, const float *vector, const PrcSeriesSet *own, gint64 *cases) {
  PrcIndexHit hits[2 * PRC_TALLY_CASES];
  const PrcIndexScope scope = {.left_out = own};
  const size_t n = prc_index_search_cases (trial->index, vector, G_N_ELEMENTS (hits), &scope, hits);
  guint n_cases = 0;
  for (size_t i = 0; i < n && n_cases < PRC_TALLY_CASES; i++)
    if (hits[i].cosine < DUPLICATE)
      cases[n_cases++] = hits[i].case_id;
  return n_cases;
}

static void
judge (Trial *trial, guint own, const gint64 *cases, guint n) {
  g_autoptr (PrcTally) tally = prc_tally_new (trial->diagnoses, cases, n, NULL);
  trial->result.n_tried++;
  trial->n_of[own]++;
  trial->result.n_commonest = MAX (trial->result.n_commonest, trial->n_of[own]);
  trial->result.n_nearest += prc_diagnoses_of_case (trial->diagnoses, cases[0]) == own ? 1 : 0;
  if (!tally->leads)
    return;
  trial->result.n_led++;
  trial->result.n_right += tally->leads->number == own ? 1 : 0;
}

static gboolean
try_case (Trial *trial, gint64 case_id, GError **error) {
  g_autofree float *vector = g_new (float, trial->dimension);
  gint64 cases[PRC_TALLY_CASES];
  gboolean found;
  if (!read_vector (trial, case_id, vector, &found, error))
    return FALSE;
  if (!found)
    return TRUE;
  g_autoptr (PrcSeriesSet) own = own_series (trial, case_id, error);
  if (!own)
    return FALSE;
  const guint n = nearest (trial, vector, own, cases);
  if (n > 0)
    judge (trial, prc_diagnoses_of_case (trial->diagnoses, case_id), cases, n);
  return TRUE;
}

gboolean
prc_trial_run (PrcLibrary *library, PrcIndex *index, PrcModel *model,
               void (*between) (gpointer data), gpointer data, GCancellable *cancellable,
               PrcTrial *trial, GError **error) {
  PrcDiagnoses *diagnoses = prc_library_diagnoses (library, error);
  if (!diagnoses)
    return FALSE;
  g_auto (Trial) run = {.library = library,
                        .index = index,
                        .diagnoses = prc_diagnoses_ref (diagnoses),
                        .model_id = prc_model_id (model),
                        .dimension = prc_model_dimension (model),
                        .random = g_rand_new_with_seed (SEED),
                        .n_of = g_new0 (guint, prc_diagnoses_n (diagnoses) + 1)};
  g_autoptr (GArray) ids = cases_with_diagnosis (&run, error);
  if (!ids)
    return FALSE;
  gint64 spent = 0;
  shuffle (ids, run.random);
  for (guint i = 0; i < ids->len && run.result.n_tried < PRC_TRIAL_CASES && spent < AT_MOST; i++) {
    const gint64 start = g_get_monotonic_time ();
    if (!try_case (&run, g_array_index (ids, gint64, i), error))
      return FALSE;
    spent += g_get_monotonic_time () - start;
    if (between)
      between (data);
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
  }
  prc_tally_interval (run.result.n_right, run.result.n_led, &run.result.low, &run.result.high);
  run.result.library_version = prc_index_version (index);
  *trial = run.result;
  return TRUE;
}
