// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "prc-frame-store.h"
#include "prc-scan.h"

// Real studies through real codecs. Expected numbers: pydicom 2.3.1 read every header
// (stop_before_pixels); files were grouped by Series Instance UID, Rows, Columns and Image
// Orientation rounded to two decimals; per group numpy gave the number of distinct projections of
// Image Position on row x column (rounded to 0.01 mm) and the median of their differences.

static PrcCodecPool *pool;

static PrcScan *
scan_data (const char *relative) {
  g_autofree char *path = prc_fixture_data (relative);
  if (!path)
    return NULL;
  const char *const paths[] = {path, NULL};
  g_autoptr (GError) error = NULL;
  PrcScan *scan = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (scan->complete);
  return scan;
}

typedef struct {
  int number;
  uint32_t length;
  PrcOrientation orientation;
  double spacing_mm;
  unsigned n_problems;
} Expected;

static void
expect_series (const PrcScan *scan, const Expected *expected, unsigned n) {
  g_assert_cmpuint (scan->series->len, ==, n);
  for (unsigned i = 0; i < n; i++) {
    const PrcSeries *series = scan->series->pdata[i];
    g_assert_cmpint (prc_series_info (series)->series_number, ==, expected[i].number);
    g_assert_cmpuint (prc_series_length (series), ==, expected[i].length);
    g_assert_cmpint (prc_series_orientation (series), ==, expected[i].orientation);
    g_assert_cmpfloat_with_epsilon (prc_series_spacing_mm (series), expected[i].spacing_mm, 0.005);
    g_assert_cmpuint (g_strv_length ((char **)prc_series_problems (series)), ==,
                      expected[i].n_problems);
    for (uint32_t j = 1; j < prc_series_length (series); j++)
      g_assert_cmpfloat (prc_series_slice (series, j)->along_mm, >,
                         prc_series_slice (series, j - 1)->along_mm);
  }
}

// 343 files: 18 image series and a report. Series 8 has 57 files at 19 places: b-values 50, 400 and
// 800 in Siemens' Sequence Name and private (0019,100C) only.
static void
test_prostatex (void) {
  g_autoptr (PrcScan) scan = scan_data ("series/prostatex0207_mr_pelvis");
  if (!scan)
    return;
  Expected expected[20] = {
      {3, 19, PRC_ORIENTATION_SAGITTAL, 3.6, 0}, {4, 21, PRC_ORIENTATION_AXIAL, 3, 0},
      {7, 15, PRC_ORIENTATION_CORONAL, 3, 0},    {8, 19, PRC_ORIENTATION_AXIAL, 3, 0},
      {8, 19, PRC_ORIENTATION_AXIAL, 3, 0},      {8, 19, PRC_ORIENTATION_AXIAL, 3, 0},
      {9, 19, PRC_ORIENTATION_AXIAL, 3, 0},      {10, 19, PRC_ORIENTATION_AXIAL, 3, 0}};
  for (int i = 8; i < 20; i++)
    expected[i] = (Expected){4 + i, 16, PRC_ORIENTATION_AXIAL, 4, 0};
  expect_series (scan, expected, 20);
  static const double b_values[] = {50, 400, 800};
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (prc_series_info (scan->series->pdata[3 + i])->b_value, ==, b_values[i]);
  g_assert_cmpstr (prc_series_title (scan->series->pdata[5]), ==, "ep2d_diff_tra_DYNDIST (b 800)");
  g_assert_cmpuint (scan->n_done, ==, 343);
  g_assert_cmpuint (scan->others->len, ==, 1);
  g_assert_cmpuint (scan->problems->len, ==, 0);
}

// Instance numbers run from head to feet here, the normal from feet to head: the stack follows the
// numbers.
static void
test_ct (void) {
  g_autoptr (PrcScan) abdomen = scan_data ("series/crlm1004_ct_abdomen");
  g_autoptr (PrcScan) chest = scan_data ("series/nlst_101287_ct_chest");
  if (!abdomen || !chest)
    return;
  expect_series (abdomen, &(Expected){2, 41, PRC_ORIENTATION_AXIAL, 5, 0}, 1);
  expect_series (chest, &(Expected){3, 78, PRC_ORIENTATION_AXIAL, 2, 0}, 1);
  const PrcSeries *series = abdomen->series->pdata[0];
  g_assert_cmpint (prc_instance_info (prc_series_slice (series, 0)->instance)->instance_number, ==,
                   45);
  g_assert_cmpint (prc_instance_info (prc_series_slice (series, 40)->instance)->instance_number, ==,
                   85);
  g_assert_cmpuint (chest->others->len, ==, 1);
}

static void
test_mr (void) {
  g_autoptr (PrcScan) brain = scan_data ("series/saganon_mr_brain_t1");
  g_autoptr (PrcScan) wrist = scan_data ("series/dcm4che_mr_wrist");
  if (!brain || !wrist)
    return;
  expect_series (brain, &(Expected){5, 32, PRC_ORIENTATION_SAGITTAL, 0.9, 0}, 1);
  expect_series (wrist, &(Expected){107, 16, PRC_ORIENTATION_CORONAL, 2, 0}, 1);
}

// Series 2: 180 files at 60 places, Acquisition Number 1 for 60 of them and 2 for 120; instances
// 1-60, 61-120, 121-180 are the time points.
static void
test_breast_dce (void) {
  g_autoptr (PrcScan) scan = scan_data ("segmentation/ucsf_br06_breast_mr_seg");
  if (!scan)
    return;
  static const Expected expected[] = {{2, 60, PRC_ORIENTATION_SAGITTAL, 2, 0},
                                      {2, 60, PRC_ORIENTATION_SAGITTAL, 2, 0},
                                      {2, 60, PRC_ORIENTATION_SAGITTAL, 2, 0},
                                      {21001, 60, PRC_ORIENTATION_SAGITTAL, 2, 0}};
  expect_series (scan, expected, 4);
  for (int i = 0; i < 3; i++) {
    for (uint32_t j = 0; j < 60; j++) {
      const PrcSlice *slice = prc_series_slice (scan->series->pdata[i], j);
      int number = prc_instance_info (slice->instance)->instance_number;
      g_assert_cmpint ((number - 1) / 60, ==, i);
    }
  }
  g_assert_cmpuint (scan->others->len, ==, 1); // the SEG
}

// PET: 267 places, median 3.27 mm, but steps of 3.19 to 3.29 mm.
static void
test_pet_spacing (void) {
  g_autoptr (PrcScan) scan = scan_data ("segmentation/sts001_thigh_pet_mr_rtstruct");
  if (!scan)
    return;
  const PrcSeries *pet = scan->series->pdata[1];
  g_assert_cmpuint (prc_series_length (pet), ==, 267);
  g_assert_cmpfloat_with_epsilon (prc_series_spacing_mm (pet), 3.27, 0.005);
  g_assert_cmpstr (prc_series_problems (pet)[0], ==,
                   "The distance between slices varies from 3.19 mm to 3.29 mm");
  g_assert_cmpuint (scan->others->len, ==, 2);
}

// Two slices of each of two orientations under one Series Instance UID or two.
static void
test_inconsistent (void) {
  g_autoptr (PrcScan) scan = scan_data ("conformance/dicom2nifti/failing_sliceorientation");
  if (!scan)
    return;
  g_assert_cmpuint (scan->series->len, ==, 2);
  g_assert_cmpint (prc_series_orientation (scan->series->pdata[0]), ==, PRC_ORIENTATION_SAGITTAL);
  g_assert_cmpint (prc_series_orientation (scan->series->pdata[1]), ==, PRC_ORIENTATION_AXIAL);
}

// Enhanced MR: 32 frames at 8 places (four volumes), 8 frames at 8 places; planes are in the
// per-frame functional groups only.
static void
test_enhanced (void) {
  g_autoptr (PrcScan) philips = scan_data ("conformance/dicom2nifti/philips_enhanced_fmri");
  g_autoptr (PrcScan) siemens = scan_data ("conformance/dicom2nifti/siemens_multiframe_anatomical");
  if (!philips || !siemens)
    return;
  static const Expected volume = {701, 8, PRC_ORIENTATION_AXIAL, 3.3125, 0};
  const Expected volumes[] = {volume, volume, volume, volume};
  expect_series (philips, volumes, 4);
  expect_series (siemens, &(Expected){5, 8, PRC_ORIENTATION_AXIAL, 0.9, 0}, 1);
}

// The whole way: folder, series, decoded frame of the right slice.
static void
test_first_image (void) {
  g_autofree char *folder = prc_fixture_folder ();
  int16_t pixels[4 * 4];
  for (unsigned i = 0; i < 12; i++) {
    for (int j = 0; j < 16; j++)
      pixels[j] = (int16_t)(i - 5);
    PrcFixtureSlice slice = {.study = 1,
                             .series = 2,
                             .instance = 12 - i,
                             .rows = 4,
                             .columns = 4,
                             .position_mm = {0, 0, 1.5 * i},
                             .pixels = pixels};
    g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);
    prc_fixture_write (path, &slice);
  }
  const char *const paths[] = {folder, NULL};
  g_autoptr (PrcScan) scan = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, NULL);
  g_assert_nonnull (scan);
  expect_series (scan, &(Expected){2, 12, PRC_ORIENTATION_AXIAL, 1.5, 0}, 1);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  PrcSeries *series = scan->series->pdata[0];
  prc_frame_store_prefetch (store, &pool, series, 6, 0);
  for (uint32_t i = 0; i < 12; i++) {
    const PrcSlice *slice = prc_series_slice (series, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcFrame) frame =
        prc_frame_store_get (store, slice->instance, slice->frame, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpfloat (prc_frame_stored (frame, 3, 3), ==, 6 - (int)i);
    g_assert_cmpfloat (prc_frame_modality (frame, 0), ==, -1024);
  }
  prc_fixture_remove (folder);
}

// Broken files end as a sentence each; none is lost.
static void
test_malformed (void) {
  g_autoptr (PrcScan) scan = scan_data ("conformance/malformed");
  if (!scan)
    return;
  uint32_t n = scan->problems->len + scan->others->len;
  for (unsigned i = 0; i < scan->series->len; i++) {
    const PrcSeries *series = scan->series->pdata[i];
    for (uint32_t j = 0; j < prc_series_length (series); j++)
      n += prc_series_slice (series, j)->frame == 0;
    for (const char *const *problem = prc_series_problems (series); *problem; problem++) {
      unsigned copies = 0;
      if (strstr (*problem, "left out") && sscanf (*problem, "%u", &copies) == 1)
        n += copies;
    }
  }
  g_assert_cmpuint (n, ==, scan->n_done);
  for (unsigned i = 0; i < scan->problems->len; i++) {
    const PrcScanProblem *problem = scan->problems->pdata[i];
    g_assert_cmpuint (strlen (problem->reason), >, 0);
    g_assert_false (g_str_has_suffix (problem->reason, "."));
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (0);
  g_test_add_func ("/real-series/prostatex", test_prostatex);
  g_test_add_func ("/real-series/ct", test_ct);
  g_test_add_func ("/real-series/mr", test_mr);
  g_test_add_func ("/real-series/breast-dce", test_breast_dce);
  g_test_add_func ("/real-series/pet-spacing", test_pet_spacing);
  g_test_add_func ("/real-series/inconsistent", test_inconsistent);
  g_test_add_func ("/real-series/enhanced", test_enhanced);
  g_test_add_func ("/real-series/first-image", test_first_image);
  g_test_add_func ("/real-series/malformed", test_malformed);
  int result = g_test_run ();
  prc_codec_pool_unref (pool);
  return result;
}
