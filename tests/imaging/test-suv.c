// SPDX-License-Identifier: Apache-2.0
// Standardized uptake values: reckoned by hand from PS3.3 C.8.9.1, and against real PET series whose
// values come from a reckoning with pydicom and numpy.
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "prc-codec-pool.h"
#include "prc-suv.h"

// 74 MBq, 70 kg; of a half-life of an hour one passes until the scan: 37 MBq are left, so that
// 1 Bq/ml is 70000 / 37e6 of an SUV.
static const PrcSuvFacts facts = {
    .units = "BQML",
    .suv_type = "",
    .corrected_image = "DECY\\ATTN \\SCAT",
    .decay_correction = "START",
    .series_date = "20260131",
    .series_time = "110000",
    .acquisition_date = "20260131",
    .acquisition_time = "111500.500",
    .injection_datetime = "",
    .injection_time = "100000.00",
    .ge_scan_datetime = "",
    .dose_bq = 74e6,
    .half_life_s = 3600,
    .weight_kg = 70,
};
#define FACTOR (70000 / 37e6)

static void
assert_factor (const PrcSuvFacts *of, double factor) {
  PrcSuv suv = prc_suv (of);

  g_assert_cmpuint (suv.lacks, ==, 0);
  g_assert_cmpfloat_with_epsilon (suv.factor, factor, factor * 1e-9);
}

static void
assert_lacks (const PrcSuvFacts *of, unsigned lacks) {
  PrcSuv suv = prc_suv (of);

  g_assert_cmpuint (suv.kind, ==, PRC_SUV_BW);
  g_assert_cmphex (suv.lacks, ==, lacks);
  g_assert_cmpfloat (suv.factor, ==, 0);
}

static void
test_by_hand (void) {
  PrcSuvFacts other = facts;

  assert_factor (&facts, FACTOR);
  g_assert_cmpuint (prc_suv (&facts).kind, ==, PRC_SUV_BW);
  other.decay_correction = "ADMIN"; // corrected to the injection: nothing has decayed
  assert_factor (&other, FACTOR / 2);
  other.injection_time = other.series_time = ""; // and nobody asks when
  other.half_life_s = 0;
  assert_factor (&other, FACTOR / 2);
  other = facts;
  other.weight_kg = 35;
  assert_factor (&other, FACTOR / 2);
  other.units = "GML"; // the file holds SUV
  assert_factor (&other, 1);
}

static void
test_midnight (void) {
  PrcSuvFacts other = facts;

  other.injection_time = "233000"; // an hour before, on the day before
  other.series_time = "003000";
  other.acquisition_time = "003000";
  assert_factor (&other, FACTOR);
  other.injection_datetime = "20260130233000.000000"; // and the file says so
  assert_factor (&other, FACTOR);
  other.injection_time = "";
  assert_factor (&other, FACTOR);
  other.injection_datetime = "20260131233000"; // after the scan
  assert_lacks (&other, PRC_SUV_LACKS_ORDER);
  other.injection_datetime = "20260127233000"; // nothing would be left
  assert_lacks (&other, PRC_SUV_LACKS_ORDER);
  other.series_date = other.acquisition_date = "20260301"; // February has 28 days
  other.injection_datetime = "20260228233000";
  assert_factor (&other, FACTOR);
}

// Zirconium-89 is imaged days later: without a date the dose left is anybody's guess.
static void
test_long_lived (void) {
  PrcSuvFacts other = facts;

  other.half_life_s = 282240;
  assert_lacks (&other, PRC_SUV_LACKS_INJECTION_DATE);
  other.injection_datetime = "20260126100000"; // 5 days and an hour, 435600 s
  assert_factor (&other, 70000 / (74e6 * exp2 (-435600.0 / 282240)));
}

// A series derived later has its own Series Time; the scan's start is then found otherwise.
static void
test_scan_time (void) {
  PrcSuvFacts other = facts;

  other.series_time = "180000";
  assert_lacks (&other, PRC_SUV_LACKS_SCAN_TIME);
  other.ge_scan_datetime = "20260131110000.00";
  assert_factor (&other, FACTOR);
  other.ge_scan_datetime = "";
  // The bed position began 15 minutes into the scan. Over half an hour, half a half-life, the mean
  // rate is what it is ln (x / (1 - e^-x)) / x of the frame after its start, x = ln 2 / 2:
  // 0.17079 / 0.34657 = 0.4856 of it, 874 s.
  other.acquisition_time = "111500";
  other.actual_frame_duration_ms = 1800e3;
  other.frame_reference_time_ms = 900e3 + 874.01e3;
  PrcSuv suv = prc_suv (&other);
  g_assert_cmpuint (suv.lacks, ==, 0);
  g_assert_cmpfloat_with_epsilon (suv.factor, FACTOR, FACTOR * 1e-4);
  other.series_time = "";
  g_assert_cmpuint (prc_suv (&other).lacks, ==, 0);
}

static void
test_lacks (void) {
  PrcSuvFacts other = facts;

#define LACKS(member, value, lack)                                                                 \
  other = facts;                                                                                   \
  other.member = value;                                                                            \
  assert_lacks (&other, lack)
  LACKS (units, "PROPCNTS", PRC_SUV_LACKS_UNITS);
  LACKS (units, "", PRC_SUV_LACKS_UNITS);
  LACKS (corrected_image, "DECY", PRC_SUV_LACKS_ATTENUATION_CORRECTION);
  LACKS (corrected_image, "ATTN\\XDECY", PRC_SUV_LACKS_DECAY_CORRECTION);
  LACKS (decay_correction, "NONE", PRC_SUV_LACKS_DECAY_CORRECTION);
  LACKS (weight_kg, 0, PRC_SUV_LACKS_WEIGHT);
  LACKS (weight_kg, -3, PRC_SUV_LACKS_WEIGHT);
  LACKS (dose_bq, 0, PRC_SUV_LACKS_DOSE);
  LACKS (dose_bq, 74, PRC_SUV_LACKS_DOSE); // MBq in place of Bq
  LACKS (half_life_s, 0, PRC_SUV_LACKS_HALF_LIFE);
  LACKS (injection_time, "", PRC_SUV_LACKS_INJECTION_TIME);
  LACKS (injection_time, "25:00", PRC_SUV_LACKS_INJECTION_TIME);
  LACKS (series_date, "20261331", PRC_SUV_LACKS_SCAN_TIME);
#undef LACKS
  other = facts;
  other.weight_kg = other.dose_bq = 0;
  PrcSuv suv = prc_suv (&other);
  g_autofree char *words = prc_suv_lacks_text (suv.lacks);
  g_assert_cmpstr (words, ==, "patient weight, injected dose");
}

// Philips: counts with a private factor to SUV, or to activity.
static void
test_counts (void) {
  PrcSuvFacts other = facts;

  other.units = "CNTS";
  assert_lacks (&other, PRC_SUV_LACKS_UNITS);
  other.philips_activity_factor = 2;
  assert_factor (&other, 2 * FACTOR);
  other.philips_suv_factor = 0.00038;
  assert_factor (&other, 0.00038);
  other.units = "GML";
  other.suv_type = "LBM";
  g_assert_cmpuint (prc_suv (&other).kind, ==, PRC_SUV_LBM);
  other.suv_type = "LBMJANMA";
  g_assert_cmpstr (prc_suv_name (prc_suv (&other).kind), ==, "SUVlbm");
  other.units = "CM2ML";
  g_assert_cmpstr (prc_suv_name (prc_suv (&other).kind), ==, "SUVbsa");
}

// Whole way from the file. Per slice its brightest pixel; the numbers by
//   value = pixel_array[row, column] * RescaleSlope + RescaleIntercept
//   dose = RadionuclideTotalDose * 2 ** (-(SeriesTime - RadiopharmaceuticalStartTime) / half-life)
//   value * PatientWeight * 1000 / dose
// The third folder was made from the first by another program, which wrote SUV.
static void
test_real_series (void) {
  static const struct {
    const char *path;
    uint32_t row, column;
    double value, suv;
  } cases[] = {
      {"sts001_thigh_pet_mr_rtstruct/pet/pt_0001.dcm", 39, 71, 56164.2006, 13.64245150493329},
      {"sts001_thigh_pet_mr_rtstruct/pet/pt_0134.dcm", 76, 56, 24067.525335, 5.846073543624707},
      {"sts001_thigh_pet_mr_rtstruct/pet/pt_0267.dcm", 47, 83, 9916.433304, 2.4087311669441873},
      {"qin_hn0024_pet_seg/pet/pt_0001.dcm", 54, 55, 25110.1714638, 7.394453455075906},
      {"qin_hn0024_pet_seg/pet/pt_0150.dcm", 75, 49, 12560.1413354, 3.698715503702702},
      {"qin_hn0024_pet_seg/pet/pt_0299.dcm", 49, 97, 5375.1176411999995, 1.5828668183612593},
      {"sts_001_cropped_ct_mr_pet_rtstruct/pet/pt_0000.dcm", 2, 24, 2.40873122187754,
       2.40873122187754},
  };
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *relative = g_build_filename ("segmentation", cases[i].path, NULL);
    g_autofree char *path = prc_fixture_data (relative);
    g_autoptr (GError) error = NULL;
    if (!path)
      return;
    g_autoptr (PrcInstance) instance =
        prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (PrcFrame) frame =
        prc_codec_pool_decode (pool, instance, 0, PRC_PRIORITY_VIEW, NULL, &error);
    g_assert_no_error (error);
    PrcSuv suv = prc_frame_info (frame)->suv;
    double stored = prc_frame_stored (frame, cases[i].column, cases[i].row);
    double value = prc_frame_modality (frame, stored);
    g_assert_cmpuint (suv.lacks, ==, 0);
    g_assert_cmpfloat_with_epsilon (value, cases[i].value, cases[i].value * 1e-9);
    g_assert_cmpfloat_with_epsilon (value * suv.factor, cases[i].suv, cases[i].suv * 1e-9);
  }
}

int
main (int argc, char *argv[]) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trap-15-suv/by-hand", test_by_hand);
  g_test_add_func ("/trap-15-suv/midnight", test_midnight);
  g_test_add_func ("/trap-15-suv/long-lived", test_long_lived);
  g_test_add_func ("/trap-15-suv/scan-time", test_scan_time);
  g_test_add_func ("/trap-15-suv/lacks", test_lacks);
  g_test_add_func ("/trap-15-suv/counts", test_counts);
  g_test_add_func ("/trap-15-suv/real-series", test_real_series);
  return g_test_run ();
}
