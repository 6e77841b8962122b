// SPDX-License-Identifier: Apache-2.0
#include "library-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include "fixture.h"
#include "prc-library-private.h"
#include "prc-library-schema.h"
#include "prc-places.h"

static PrcInstance *
make_instance (guint number, guint patient, guint i) {
  g_autofree char *path = g_strdup_printf ("/cases/%u/%u.dcm", number, i);
  g_autofree char *who =
      patient
          ? g_strdup_printf ("'PatientID': <'P%u'>, 'PatientName': <'N%u'>,"
                             "'StudyInstanceUID': <'2.25.%u'>, 'SeriesInstanceUID': <'2.25.%u.1'>,"
                             "'StudyDescription': <'Chest %u'>, 'SeriesDescription': <'thin'>,",
                             patient, patient, number, number, number)
          : g_strdup ("");
  g_autofree char *record = g_strdup_printf (
      "{%s 'SOPInstanceUID': <'2.25.%u.1.%u'>, 'Modality': <'%s'>, 'BodyPartExamined': <'%s'>,"
      " 'Rows': <[16.0]>, 'Columns': <[16.0]>, 'IsImage': <true>, 'InstanceNumber': <[%u.0]>,"
      " 'ImagePositionPatient': <[0.0, 0.0, %u.0]>,"
      " 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]>}",
      who, number, i + 1, number % 2 ? "CT" : "MR", number % 3 ? "CHEST" : "HEAD", i + 1, i);
  return prc_fixture_instance (path, record);
}

PrcSeries *
library_fixture_series (guint number, guint patient, guint n) {
  g_autoptr (GPtrArray) instances =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (instances, make_instance (number, patient, i));
  g_autoptr (GPtrArray) series =
      prc_series_group ((PrcInstance *const *)instances->pdata, instances->len);
  g_assert_cmpuint (series->len, ==, 1);
  g_assert_cmpuint (prc_series_length (series->pdata[0]), ==, n);
  return prc_series_ref (series->pdata[0]);
}

void
library_fixture_vector (guint number, guint i, float *out) {
  GRand *random = g_rand_new_with_seed (number * 1000 + i);
  double square = 0;
  for (guint j = 0; j < LIBRARY_FIXTURE_DIMENSION; j++) {
    out[j] = (float)g_rand_double_range (random, -1, 1);
    square += (double)out[j] * out[j];
  }
  for (guint j = 0; j < LIBRARY_FIXTURE_DIMENSION; j++)
    out[j] = (float)(out[j] / sqrt (square));
  g_rand_free (random);
}

gint64
library_fixture_add (PrcLibrary *library, PrcSeries *series, guint number, guint first, guint n,
                     GError **error) {
  g_autofree char *key = g_strdup_printf ("folder:/cases/%u", number);
  g_autofree char *title = g_strdup_printf ("Case %u", number);
  g_autofree PrcLibrarySlice *slices = g_new0 (PrcLibrarySlice, n);
  g_autofree float *vectors = g_new (float, (gsize)n *LIBRARY_FIXTURE_DIMENSION);
  const PrcCaseText text = {.title = title, .diagnosis = "made up"};
  for (guint i = 0; i < n; i++) {
    float *vector = vectors + (gsize)i * LIBRARY_FIXTURE_DIMENSION;
    library_fixture_vector (number, first + i, vector);
    slices[i] = (PrcLibrarySlice){series, first + i, vector};
  }
  return prc_library_add (library, key, &text, slices, n, LIBRARY_FIXTURE_MODEL,
                          LIBRARY_FIXTURE_DIMENSION, error);
}

void
library_fixture_segment_vector (guint number, guint i, float *out) {
  library_fixture_vector (number, 500 + i, out);
}

PrcInstance *
library_fixture_segmentation (guint number) {
  g_autofree char *path = g_strdup_printf ("/cases/%u/seg.dcm", number);
  g_autofree char *record = g_strdup_printf (
      "{'PatientID': <'P%u'>, 'StudyInstanceUID': <'2.25.%u'>, 'SOPInstanceUID': <'2.25.%u.9'>,"
      " 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.4'>, 'Modality': <'SEG'>}",
      number, number, number);
  return prc_fixture_instance (path, record);
}

int
library_fixture_add_segments (PrcLibrary *library, PrcSeries *series, guint number, guint n,
                              guint n_segments, GError **error) {
  static const PrcCode none = {"", "", ""};
  g_autoptr (PrcInstance) instance = library_fixture_segmentation (number);
  const PrcLibrarySegmentation file = {instance, "Findings", series, n_segments};
  g_autofree PrcLibrarySegment *segments = g_new0 (PrcLibrarySegment, n);
  g_autofree PrcSegment *said = g_new0 (PrcSegment, n);
  g_autofree float *vectors = g_new (float, (gsize)n *LIBRARY_FIXTURE_DIMENSION);
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n; i++) {
    float *vector = vectors + (gsize)i * LIBRARY_FIXTURE_DIMENSION;
    library_fixture_segment_vector (number, i, vector);
    g_ptr_array_add (labels, g_strdup_printf ("Nodule %u", i + 1));
    said[i] = (PrcSegment){.number = i + 1,
                           .label = labels->pdata[i],
                           .category = none,
                           .type = {"27925004", "SCT", "Nodule"},
                           .type_modifier = none,
                           .anatomic_region = none};
    segments[i] = (PrcLibrarySegment){&said[i], i, 100 * (i + 1), i + 1.0, vector};
  }
  return prc_library_add_segments (library, &file, segments, n, LIBRARY_FIXTURE_SEGMENT_MODEL,
                                   LIBRARY_FIXTURE_DIMENSION, error);
}

// --- files of before: the SQL of that time, never today's

static void
put_old (sqlite3 *db, const char *sql, const char *letters, gint64 id, gint64 number,
         const char *text, const char *more) {
  g_autoptr (GError) error = NULL;
  g_assert_true (prc_sql_do (db, NULL, &error, sql, letters, id, number, text, more));
  g_assert_no_error (error);
}

static void
put_old_slice (sqlite3 *db, guint number, guint i, gint64 id) {
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = g_strdup_printf ("2.25.%u.1.%u", number, i + 1);
  g_autofree char *path = g_strdup_printf ("/cases/%u/%u.dcm", number, i);
  float vector[LIBRARY_FIXTURE_DIMENSION];
  library_fixture_vector (number, i, vector);
  g_assert_true (prc_sql_do (db, NULL, &error,
                             "INSERT INTO slices (id, series_id, sop_uid, frame, place, path, sum)"
                             " VALUES (?1, ?2, ?3, 0, ?4, ?5, prc_sum (?2, ?3, 0, ?4, ?5))",
                             "iisis", id, (gint64)number, uid, (gint64)i, path));
  g_assert_true (prc_sql_do (db, NULL, &error,
                             "INSERT INTO embeddings (slice_id, model_id, vector, sum)"
                             " VALUES (?1, 1, ?2, prc_sum (?1, 1, ?2))",
                             "ib", id, vector, sizeof vector));
}

static void
put_old_case (sqlite3 *db, PrcSeries *series, guint number) {
  const PrcInstanceInfo *info = prc_series_info (series);
  g_autofree char *key = g_strdup_printf ("folder:/cases/%u", number);
  g_autofree char *title = g_strdup_printf ("Case %u", number);
  const gint64 length = prc_series_length (series);
  put_old (db,
           "INSERT INTO cases (id, key, title, diagnosis, findings, note, outcome, added, sum)"
           " VALUES (?1, ?3, ?4, 'made up', '', '', '', '2026-01-31T12:00:00Z',"
           " prc_sum (?3, ?4, 'made up', '', '', '', '2026-01-31T12:00:00Z'))",
           "iiss", number, 0, key, title);
  put_old (db,
           "INSERT INTO studies (id, case_id, study_uid, patient, patient_id, sum)"
           " VALUES (?1, ?2, ?3, ?4, '', prc_sum (?2, ?3, ?4, ''))",
           "iiss", number, number, info->study_instance_uid, key);
  g_autoptr (GError) error = NULL;
  g_assert_true (
      prc_sql_do (db, NULL, &error,
                  "INSERT INTO series (id, study_id, key, series_uid, modality, body_part,"
                  " description, n_slices, sum) VALUES (?1, ?1, ?2, ?3, ?4, ?5, 'thin', ?6,"
                  " prc_sum (?1, ?2, ?3, ?4, ?5, 'thin', ?6))",
                  "issssi", (gint64)number, prc_series_key (series), info->series_instance_uid,
                  info->modality, info->body_part, length));
  for (guint i = 0; i < length; i++)
    put_old_slice (db, number, i, (gint64)number * 1000 + i);
}

static void
put_old_segments (sqlite3 *db, guint number, guint n) {
  g_autofree char *uid = g_strdup_printf ("2.25.%u.9", number);
  g_autofree char *path = g_strdup_printf ("/cases/%u/seg.dcm", number);
  put_old (
      db,
      "INSERT INTO segmentations (id, series_id, sop_uid, sop_class, modality, title, path,"
      " n_segments, sum) VALUES (?1, ?1, ?3, '1.2.840.10008.5.1.4.1.1.66.4', 'SEG', 'Findings',"
      " ?4, ?2, prc_sum (?1, ?3, '1.2.840.10008.5.1.4.1.1.66.4', 'SEG', 'Findings', ?4, ?2))",
      "iiss", number, n, uid, path);
  for (guint i = 0; i < n; i++) {
    g_autofree char *label = g_strdup_printf ("Nodule %u", i + 1);
    const gint64 id = (gint64)number * 1000 + i;
    float vector[LIBRARY_FIXTURE_DIMENSION];
    library_fixture_segment_vector (number, i, vector);
    g_autoptr (GError) error = NULL;
    g_assert_true (prc_sql_do (
        db, NULL, &error,
        "INSERT INTO segments (id, segmentation_id, number, slice_id, label, category, type,"
        " modifier, anatomy, voxels, volume_mm3, sum) VALUES (?1, ?2, ?3, ?1, ?4, '',"
        " '27925004\\SCT\\Nodule', '', '', 100 * ?3, 1000 * ?3, prc_sum (?2, ?3, ?1, ?4, '',"
        " '27925004\\SCT\\Nodule', '', '', 100 * ?3, 1000 * ?3))",
        "iiis", id, (gint64)number, (gint64)i + 1, label));
    g_assert_true (prc_sql_do (db, NULL, &error,
                               "INSERT INTO segment_embeddings (segment_id, model_id, vector, sum)"
                               " VALUES (?1, 2, ?2, prc_sum (?1, 2, ?2))",
                               "ib", id, vector, sizeof vector));
  }
}

static void
put_old_model (sqlite3 *db, gint64 id, const char *name) {
  put_old (db,
           "INSERT INTO models (id, name, dimension, sum) VALUES (?1, ?3, ?2, prc_sum (?3, ?2))",
           "iis", id, LIBRARY_FIXTURE_DIMENSION, name, NULL);
}

void
library_fixture_make_old (const char *path, int version, PrcSeries *const *cases, guint n,
                          guint n_segments) {
  g_autofree char *home = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  int n_steps;
  const char *const *steps = prc_library_schema_steps (&n_steps);
  g_mkdir (home, 0700);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  sqlite3 *db = prc_sql_open (path, &error);
  g_assert_true (prc_library_schema_migrate (db, path, steps, version, &error));
  g_assert_true (prc_sql_begin (db, &error));
  put_old_model (db, 1, LIBRARY_FIXTURE_MODEL);
  if (version >= 2 && n_segments > 0)
    put_old_model (db, 2, LIBRARY_FIXTURE_SEGMENT_MODEL);
  for (guint i = 0; i < n; i++) {
    put_old_case (db, cases[i], i + 1);
    if (version >= 2 && n_segments > 0)
      put_old_segments (db, i + 1, n_segments);
  }
  g_assert_true (prc_sql_end (db, TRUE, &error));
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

char *
library_fixture_path (char **folder) {
  *folder = prc_fixture_folder ();
  return g_build_filename (*folder, "home", "library.sqlite", NULL);
}

// A case of its own patient: a bright disc whose place and size follow from the number, so that
// cases differ and neighbours within a case are alike.
void
library_fixture_write_case (const char *folder, guint number, const char *patient, guint n) {
  g_autofree char *inner = g_strdup_printf ("%s/case-%u", folder, number);
  g_mkdir_with_parents (inner, 0700);
  for (guint i = 0; i < n; i++) {
    int16_t pixels[64 * 64];
    for (int y = 0; y < 64; y++)
      for (int x = 0; x < 64; x++) {
        const double dx = x - 16 - 5.0 * (number % 7), dy = y - 16 - 3.0 * (number % 11);
        const double radius = 6 + number % 5 + 0.3 * i;
        pixels[y * 64 + x] =
            (int16_t)(dx * dx + dy * dy < radius * radius ? 300
                                                          : -800 + 10 * (int)(x * number % 13));
      }
    const PrcFixtureSlice slice = {.study = number,
                                   .series = 1,
                                   .instance = i + 1,
                                   .patient_id = patient,
                                   .description = "made up",
                                   .rows = 64,
                                   .columns = 64,
                                   .position_mm = {0, 0, 2.0 * i},
                                   .pixels = pixels};
    g_autofree char *path = g_strdup_printf ("%s/IM%03u.dcm", inner, i);
    prc_fixture_write (path, &slice);
  }
}

void
library_fixture_write_cases (const char *folder, guint n_cases, guint n_slices) {
  for (guint number = 1; number <= n_cases; number++) {
    g_autofree char *patient = g_strdup_printf ("P%u", number);
    library_fixture_write_case (folder, number, patient, n_slices);
  }
}

char *
library_fixture_other_weights (char **folder) {
  g_autofree char *shipped = prc_places_weights (), *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (shipped, &bytes, &length, NULL));
  bytes[length - 2] ^= 0x40; // of the last number's mantissa: little endian halves
  *folder = prc_fixture_folder ();
  char *path = g_build_filename (*folder, "other.safetensors", NULL);
  g_assert_true (g_file_set_contents (path, bytes, (gssize)length, NULL));
  return path;
}
