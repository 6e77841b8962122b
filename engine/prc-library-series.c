// SPDX-License-Identifier: Apache-2.0
// What the library keeps of a study and a series, taken from their files; within a transaction.
#include "prc-library-private.h"

#include <string.h>
#include "prc-age.h"
#include "prc-library-schema.h"

// A picture says nothing about its patient: that is no patient, not one patient of all pictures.
static const char *
patient_key_of (const PrcSeries *series) {
  const PrcInstanceInfo *info = prc_series_info (series);
  const gboolean known = *info->patient_id || *info->patient_name || *info->study_instance_uid;
  return known ? prc_series_patient_key (series) : "";
}

typedef struct { // of a study and a series, as the library wants them
  const char *sex, *study_date, *plane;
  char *age;
  gint64 age_days, contrast;
} Facts;

static void
facts_clear (Facts *facts) {
  g_free (facts->age);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

static const char *
plane_name (PrcOrientation orientation) {
  static const char *const names[] = {[PRC_ORIENTATION_NONE] = "",
                                      [PRC_ORIENTATION_AXIAL] = "axial",
                                      [PRC_ORIENTATION_SAGITTAL] = "sagittal",
                                      [PRC_ORIENTATION_CORONAL] = "coronal",
                                      [PRC_ORIENTATION_OBLIQUE] = "oblique"};
  return names[orientation];
}

// Some write into Contrast/Bolus Agent that there was none.
static gboolean
names_agent (const char *agent) {
  static const char *const none[] = {"", "NO", "NONE", "N", "WITHOUT", "NO CONTRAST", "W/O", NULL};
  g_autofree char *upper = g_ascii_strup (agent, -1);
  return !g_strv_contains (none, g_strstrip (upper));
}

static void
read_facts (const PrcSeries *series, Facts *facts) {
  const PrcInstanceInfo *info = prc_series_info (series);
  const char *sex = info->patient_sex;
  *facts = (Facts){
      .sex = *sex && !sex[1] && strchr ("MFO", *sex) ? sex : "",
      .study_date = prc_age_parse_date (info->study_date, NULL) ? info->study_date : "",
      .plane = plane_name (prc_series_orientation (series)),
      .age = prc_age_text (info->patient_age, info->patient_birth_date, info->study_date),
      .contrast = *info->modality ? names_agent (info->contrast_agent) : -1, // a picture: who knows
  };
  facts->age_days = prc_age_days (facts->age);
}

// What is known stays; what was not is filled in.
static gboolean
fill_study (PrcLibrary *library, gint64 id, const Facts *facts, GError **error) {
  return prc_sql_do (library->db, NULL, error,
                     "WITH new AS (SELECT id, iif (sex = '', ?2, sex) AS sex,"
                     " iif (age = '', ?3, age) AS age, iif (age = '', ?4, age_days) AS age_days,"
                     " iif (study_date = '', ?5, study_date) AS study_date"
                     " FROM studies WHERE id = ?1)"
                     " UPDATE studies SET sex = new.sex, age = new.age, age_days = new.age_days,"
                     " study_date = new.study_date, sum = prc_sum (case_id, study_uid, patient,"
                     " patient_id, new.sex, new.age, new.age_days, new.study_date)"
                     " FROM new WHERE studies.id = new.id"
                     " AND (studies.sex, studies.age, studies.age_days, studies.study_date)"
                     " IS NOT (new.sex, new.age, new.age_days, new.study_date)",
                     "issis", id, facts->sex, facts->age, facts->age_days, facts->study_date);
}

static gboolean
fill_series (PrcLibrary *library, gint64 id, const Facts *facts, GError **error) {
  return prc_sql_do (library->db, NULL, error,
                     "WITH new AS (SELECT id, iif (plane = '', ?2, plane) AS plane,"
                     " iif (contrast < 0, ?3, contrast) AS contrast FROM series WHERE id = ?1)"
                     " UPDATE series SET plane = new.plane, contrast = new.contrast,"
                     " sum = prc_sum (study_id, key, series_uid, modality, body_part, description,"
                     " n_slices, new.plane, new.contrast) FROM new WHERE series.id = new.id"
                     " AND (series.plane, series.contrast) IS NOT (new.plane, new.contrast)",
                     "isi", id, facts->plane, facts->contrast);
}

static gboolean
find_study (PrcLibrary *library, gint64 case_id, const PrcSeries *series, const Facts *facts,
            gint64 *id, GError **error) {
  const PrcInstanceInfo *info = prc_series_info (series);
  g_autofree char *patient = prc_library_patient_hash (library, patient_key_of (series));
  g_autofree char *patient_id = prc_library_patient_hash (library, info->patient_id);
  return prc_sql_do (library->db, NULL, error,
                     "INSERT INTO studies (" PRC_LIBRARY_SUM_STUDIES ", sum) VALUES (?1, ?2, ?3,"
                     " ?4, ?5, ?6, ?7, ?8, prc_sum (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))"
                     " ON CONFLICT DO NOTHING",
                     "isssssis", case_id, info->study_instance_uid, patient, patient_id, facts->sex,
                     facts->age, facts->age_days, facts->study_date) &&
         prc_sql_do (library->db, id, error,
                     "SELECT id FROM studies WHERE case_id = ? AND study_uid = ? AND patient = ?",
                     "iss", case_id, info->study_instance_uid, patient) &&
         fill_study (library, *id, facts, error);
}

gboolean
prc_library_find_series (PrcLibrary *library, gint64 case_id, const PrcSeries *series, gint64 *id,
                         GError **error) {
  const PrcInstanceInfo *info = prc_series_info (series);
  g_auto (Facts) facts;
  read_facts (series, &facts);
  gint64 study = 0;
  return find_study (library, case_id, series, &facts, &study, error) &&
         prc_sql_do (library->db, NULL, error,
                     "INSERT INTO series (" PRC_LIBRARY_SUM_SERIES ", sum) VALUES (?1, ?2, ?3, ?4,"
                     " ?5, ?6, ?7, ?8, ?9, prc_sum (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))"
                     " ON CONFLICT (study_id, key) DO UPDATE SET n_slices = excluded.n_slices,"
                     " sum = prc_sum (study_id, key, series_uid, modality, body_part, description,"
                     " excluded.n_slices, plane, contrast) WHERE n_slices < excluded.n_slices",
                     "isssssisi", study, prc_series_key (series), info->series_instance_uid,
                     info->modality, info->body_part, prc_series_title (series),
                     (gint64)prc_series_length (series), facts.plane, facts.contrast) &&
         prc_sql_do (library->db, id, error, "SELECT id FROM series WHERE study_id = ? AND key = ?",
                     "is", study, prc_series_key (series)) &&
         fill_series (library, *id, &facts, error);
}

gboolean
prc_library_fill_series (PrcLibrary *library, gint64 id, const PrcSeries *series, GError **error) {
  g_auto (Facts) facts;
  read_facts (series, &facts);
  gint64 study = 0;
  return prc_sql_do (library->db, &study, error, "SELECT study_id FROM series WHERE id = ?", "i",
                     id) &&
         fill_study (library, study, &facts, error) && fill_series (library, id, &facts, error);
}
