// SPDX-License-Identifier: Apache-2.0
#include "library-fixture.h"

#include <math.h>
#include "fixture.h"

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

char *
library_fixture_path (char **folder) {
  *folder = prc_fixture_folder ();
  return g_build_filename (*folder, "home", "library.sqlite", NULL);
}
