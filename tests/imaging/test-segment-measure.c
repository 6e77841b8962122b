// SPDX-License-Identifier: Apache-2.0
// Expected: hand calculation; sphere, ellipsoid and box from their formulae.
#include "prc-segment-measure.h"

#include <math.h>

#include "fixture.h"
#include "prc-scan.h"
#include "stack-fixture.h"

#define SIDE 96

// Pixels whose centre is in a body of the patient.
typedef bool (*Inside) (const double mm[3]);

static PrcSegmentStack *
digitise (const PrcFixtureStack *stack, Inside inside) {
  g_autoptr (GPtrArray) masks = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_mask_unref);
  uint8_t bytes[SIDE * SIDE];

  for (uint32_t i = 0; i < stack->n; i++) {
    PrcPlane plane = prc_fixture_plane (stack, i);

    for (uint32_t row = 0; row < SIDE; row++)
      for (uint32_t column = 0; column < SIDE; column++) {
        double mm[3];
        for (int k = 0; k < 3; k++)
          mm[k] = plane.position_mm[k] + column * plane.column_spacing_mm * plane.row_direction[k] +
                  row * plane.row_spacing_mm * plane.column_direction[k];
        bytes[row * SIDE + column] = inside (mm);
      }
    g_ptr_array_add (masks, prc_mask_new_from_bytes (SIDE, SIDE, bytes, SIDE));
  }
  return prc_segment_stack_new ((PrcMask *const *)masks->pdata, masks->len);
}

static PrcSegmentMeasure
measured (const PrcFixtureStack *stack, Inside inside) {
  g_autoptr (PrcSegmentStack) segment = digitise (stack, inside);
  g_autoptr (PrcSeries) series = prc_fixture_series (stack);
  PrcSegmentMeasure measure;

  prc_segment_measure_shape (segment, series, &measure);
  return measure;
}

static void
assert_near (double value, double expected, double part) {
  g_assert_cmpfloat_with_epsilon (value, expected, part * expected);
}

static bool
in_sphere (const double mm[3]) {
  return hypot (hypot (mm[0], mm[1]), mm[2]) <= 20;
}

// The surface within one voxel: a diagonal of a pixel more at most, none less.
static void
test_sphere (void) {
  static const double spacings[] = {0.5, 0.7, 1};

  for (int i = 0; i < 3; i++) {
    double spacing = spacings[i], offset = 0.13 - spacing * SIDE / 2;
    PrcFixtureStack stack = {.n = 50,
                             .rows = SIDE,
                             .columns = SIDE,
                             .position_mm = {offset, offset, -24.4},
                             .step_mm = {0, 0, 1},
                             .spacing_mm = {spacing, spacing}};
    PrcSegmentMeasure measure = measured (&stack, in_sphere);

    assert_near (measure.volume_ml, 4.0 / 3 * G_PI * 8, 0.005);
    g_assert_cmpfloat (measure.diameter_mm, >=, 40 - spacing);
    g_assert_cmpfloat (measure.diameter_mm, <=, 40 + spacing * G_SQRT2);
    g_assert_cmpuint (measure.slices, ==, 40);
  }
}

static bool
in_ellipsoid (const double mm[3]) { // half axes 30, 12, 18; turned by 30 degrees in plane
  double x = 0.8660254 * mm[0] + 0.5 * mm[1], y = -0.5 * mm[0] + 0.8660254 * mm[1];

  return pow (x / 30, 2) + pow (y / 12, 2) + pow (mm[2] / 18, 2) <= 1;
}

// Pixels that are not square, slices that run down, a turned frame of the stack.
static void
test_ellipsoid (void) {
  PrcFixtureStack stack = {.n = 30,
                           .rows = SIDE,
                           .columns = SIDE,
                           .position_mm = {-35.2, -39.1, 21.3},
                           .step_mm = {0, 0, -1.5},
                           .spacing_mm = {0.82, 0.75}};
  PrcSegmentMeasure measure = measured (&stack, in_ellipsoid);

  assert_near (measure.volume_ml, 4.0 / 3 * G_PI * 30 * 12 * 18 / 1000, 0.01);
  g_assert_cmpfloat (fabs (measure.diameter_mm - 60), <, hypot (0.82, 0.75));
  double columns = measure.diameter_to[0] - measure.diameter_from[0];
  double rows = measure.diameter_to[1] - measure.diameter_from[1];
  g_assert_cmpfloat (hypot (columns * 0.75, rows * 0.82), ==, measure.diameter_mm);
  // along its long axis
  g_assert_cmpfloat_with_epsilon (fabs (rows * 0.82 / (columns * 0.75)), 0.5774, 0.06);
}

static bool
in_box (const double mm[3]) { // 40 x 10 x 12, turned by 37 degrees in plane
  double x = 0.8 * mm[0] + 0.6 * mm[1], y = -0.6 * mm[0] + 0.8 * mm[1];

  return fabs (x) <= 20 && fabs (y) <= 5 && fabs (mm[2]) <= 6;
}

static void
test_rotated_box (void) {
  PrcFixtureStack stack = {.n = 20,
                           .rows = SIDE,
                           .columns = SIDE,
                           .position_mm = {-24.1, -23.7, -9.5},
                           .step_mm = {0, 0, 1},
                           .spacing_mm = {0.5, 0.5}};
  PrcSegmentMeasure measure = measured (&stack, in_box);

  assert_near (measure.volume_ml, 4.8, 0.01);
  g_assert_cmpfloat (fabs (measure.diameter_mm - hypot (40, 10)), <, 0.5 * G_SQRT2);
}

// The diameter against all pairs of all corners.
static void
test_diameter_of_anything (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  PrcFixtureStack stack = {.n = 1, .rows = 20, .columns = 20, .spacing_mm = {1.3, 0.9}};
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);

  for (int round = 0; round < 200; round++) {
    uint8_t bytes[400] = {0};
    double longest = 0;
    PrcSegmentMeasure measure;

    for (int i = 0, n = g_rand_int_range (random, 1, 40); i < n; i++)
      bytes[g_rand_int_range (random, 0, 400)] = 1;
    for (int i = 0; i < 400 * 400; i++) {
      int a = i / 400, b = i % 400;
      if (bytes[a] && bytes[b])
        longest = fmax (
            longest, hypot ((abs (a % 20 - b % 20) + 1) * 0.9, (abs (a / 20 - b / 20) + 1) * 1.3));
    }
    g_autoptr (PrcMask) mask = prc_mask_new_from_bytes (20, 20, bytes, 20);
    g_autoptr (PrcSegmentStack) segment = prc_segment_stack_new ((PrcMask *[]){mask}, 1);
    prc_segment_measure_shape (segment, series, &measure);
    g_assert_cmpfloat_with_epsilon (measure.diameter_mm, longest, 1e-9);
  }
}

static double
volume_on (const PrcFixtureStack *stack, uint32_t slice) {
  g_autoptr (PrcSeries) series = prc_fixture_series (stack);
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (prc_series_length (series));
  g_autoptr (PrcMask) mask = prc_fixture_mask ("##/..");
  g_autoptr (PrcSegmentStack) segment = prc_segment_stack_new_replaced (empty, slice, mask);
  PrcSegmentMeasure measure;

  prc_segment_measure_shape (segment, series, &measure);
  return measure.volume_ml;
}

// Two pixels of 0.5 x 3 mm.
static void
test_distances (void) {
  PrcFixtureStack stack = {
      .n = 9, .rows = 2, .columns = 2, .step_mm = {0, 0, 2}, .spacing_mm = {0.5, 3}};
  PrcFixtureStack tilted = stack, gap = stack, one = stack, no_place = stack;

  for (uint32_t i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (volume_on (&stack, i), 2 * 1.5 * 2 / 1000, 1e-12);
  tilted.step_mm[1] = 1; // volume counts along the normal
  g_assert_cmpfloat_with_epsilon (volume_on (&tilted, 4), 2 * 1.5 * 2 / 1000, 1e-12);
  gap.missing = 4; // what is missing is nobody's
  g_assert_cmpfloat_with_epsilon (volume_on (&gap, 3), 2 * 1.5 * 2 / 1000, 1e-12);
  one.n = 1; // of a thickness that nobody knows
  g_assert_true (isnan (volume_on (&one, 0)));
  no_place.no_place = true;
  g_assert_true (isnan (volume_on (&no_place, 0)));
}

static void
test_nothing (void) {
  PrcFixtureStack stack = {.n = 3, .rows = 2, .columns = 2, .step_mm = {0, 0, 2}};
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (3);
  PrcSegmentMeasure measure;

  prc_segment_measure_shape (empty, series, &measure);
  g_assert_cmpuint (measure.voxels, ==, 0);
  g_assert_cmpuint (measure.slices, ==, 0);
  g_assert_cmpfloat (measure.volume_ml, ==, 0);
  g_assert_true (isnan (measure.diameter_mm));
  g_assert_true (isnan (measure.mean));
}

// The slices of `folder`, read by a real codec.
static PrcScan *
scan (PrcCodecPool *pool, const char *folder) {
  const char *const paths[] = {folder, NULL};
  g_autoptr (GError) error = NULL;
  PrcScan *scan = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (scan->series->len, ==, 1);
  return scan;
}

static void
test_values (void) {
  static const int16_t pixels[2][4] = {{10, 20, 30, 40}, {-1000, 60, 70, 80}};
  g_autofree char *folder = prc_fixture_folder ();
  g_autoptr (GError) error = NULL;

  for (unsigned i = 0; i < 2; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u.dcm", folder, i);
    prc_fixture_write (
        path, &(PrcFixtureSlice){
                  1, 1, i + 1, NULL, NULL, 2, 2, {0, 0, 3.0 * i}, {0}, {0.5, 2}, pixels[i]});
  }
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (PrcScan) scanned = scan (pool, folder);
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  g_autoptr (PrcMask) a = prc_fixture_mask ("##/..");
  g_autoptr (PrcMask) b = prc_fixture_mask ("#./.#");
  g_autoptr (PrcSegmentStack) segment = prc_segment_stack_new ((PrcMask *[]){a, b}, 2);
  PrcSegmentMeasure measure;

  g_assert_true (
      prc_segment_measure (segment, scanned->series->pdata[0], store, &measure, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (measure.voxels, ==, 4);
  g_assert_cmpuint (measure.slices, ==, 2);
  g_assert_cmpfloat_with_epsilon (measure.volume_ml, 4 * 1 * 3 / 1000.0, 1e-12);
  // 10, 20, -1000, 80 less 1024; the deviation is statistics.stdev's of Python
  g_assert_cmpfloat_with_epsilon (measure.mean, -222.5 - 1024, 1e-9);
  g_assert_cmpfloat_with_epsilon (measure.sd, 519.2542729723, 1e-9);
  g_assert_cmpfloat (measure.lowest, ==, -2024);
  g_assert_cmpfloat (measure.highest, ==, -944);
  g_assert_cmpstr (measure.units, ==, "HU");
  prc_fixture_remove (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment-measure/sphere", test_sphere);
  g_test_add_func ("/segment-measure/ellipsoid", test_ellipsoid);
  g_test_add_func ("/segment-measure/rotated-box", test_rotated_box);
  g_test_add_func ("/segment-measure/diameter-of-anything", test_diameter_of_anything);
  g_test_add_func ("/segment-measure/distances", test_distances);
  g_test_add_func ("/segment-measure/nothing", test_nothing);
  g_test_add_func ("/segment-measure/values", test_values);
  return g_test_run ();
}
