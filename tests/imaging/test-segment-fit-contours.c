// SPDX-License-Identifier: Apache-2.0
// Where contours lie on a series. Expected pictures are drawn by hand.
#include "prc-segment-fit.h"

#include <string.h>

#include "prc-segment-fit-private.h"
#include "stack-fixture.h"

// Six columns of four rows; a pixel centre every millimetre.
static const PrcFixtureStack plain = {.n = 4, .rows = 4, .columns = 6, .step_mm = {0, 0, 2}};

#define BLOCK "....../.##.../.##.../......" // columns 1, 2 and rows 1, 2

// Half a pixel round the pixels 1, 2 of rows 1, 2.
#define ROUND(z) 0.5, 0.5, z, 2.5, 0.5, z, 2.5, 2.5, z, 0.5, 2.5, z

static PrcContour
closed (uint32_t segment, const double *points, uint32_t n, const char *source) {
  return (PrcContour){segment, PRC_CONTOUR_CLOSED_PLANAR, n, points, source, 0};
}

static void
expect (const PrcSegmentation *segmentation, const PrcFixtureStack *stack, uint32_t segment,
        const char *expected) {
  g_autoptr (PrcSeries) series = prc_fixture_series (stack);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (uint32_t i = 0; i < prc_series_length (series); i++) {
    const PrcMask *mask = prc_segment_stack_mask (stacks->pdata[segment], i);
    g_autofree char *drawn = mask != NULL ? prc_fixture_drawn (mask) : g_strdup ("-");
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", drawn);
  }
  g_assert_cmpstr (text->str, ==, expected);
  g_string_free (text, TRUE);
}

// On the nearest slice within half a spacing, whatever the order in the file.
static void
test_nearest_slice (void) {
  static const double points[] = {ROUND (2.9), ROUND (-0.9), ROUND (7.1)};
  PrcContour contours[] = {closed (0, points, 4, NULL), closed (1, points + 12, 4, NULL),
                           closed (1, points + 24, 4, NULL)};
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, contours, 3);
  g_autoptr (PrcSeries) series = prc_fixture_series (&plain);

  expect (segmentation, &plain, 0, "- " BLOCK " - -");
  expect (segmentation, &plain, 1, BLOCK " - - -"); // 7.1 is more than a millimetre beyond 6
  g_assert_true (prc_segment_fits (segmentation, series));
}

// Half-way between two slices it is on one of them.
static void
test_half_way (void) {
  static const double points[] = {ROUND (3)};
  PrcContour contour = closed (0, points, 4, NULL);
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, &contour, 1);
  PrcFixtureStack down = plain;

  expect (segmentation, &plain, 0, "- " BLOCK " - -");
  down.position_mm[2] = 6;
  down.step_mm[2] = -2;
  expect (segmentation, &down, 0, "- " BLOCK " - -"); // at 4: the one before, as the series runs
}

// Two planes of contours for one slice: the nearest, and all of it.
static void
test_nearest_plane_wins (void) {
  static const double points[] = {ROUND (2.6), 2.5, 0.5, 2.2, 4.5,  0.5, 2.2, 4.5, 1.5,
                                  2.2,         2.5, 1.5, 2.2, -0.5, 2.5, 2.2, 0.5, 2.5,
                                  2.2,         0.5, 3.5, 2.2, -0.5, 3.5, 2.2};
  PrcContour contours[] = {closed (0, points, 4, NULL), closed (0, points + 12, 4, NULL),
                           closed (0, points + 24, 4, NULL)};
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, contours, 3);

  expect (segmentation, &plain, 0, "- ....../...##./....../#..... - -");
}

// Contours drawn on the thick slices of another series: as thick as they were drawn. Those that
// name slices of this one, or say nothing, lie on the nearest alone.
static void
test_thick_on_thin (void) {
  static const double points[] = {ROUND (0), ROUND (4)};
  PrcContour elsewhere[] = {closed (0, points, 4, "5.5.0"), closed (0, points + 12, 4, "5.5.1")};
  PrcContour here[] = {closed (0, points, 4, "9.9.0"), closed (0, points + 12, 4, "9.9.4")};
  PrcContour unsaid[] = {closed (0, points, 4, NULL), closed (0, points + 12, 4, NULL)};
  PrcFixtureStack thin = plain;

  thin.step_mm[2] = 1;
  thin.n = 6;
  g_autoptr (PrcSegmentation) of_elsewhere = prc_fixture_structures (NULL, elsewhere, 2);
  expect (of_elsewhere, &thin, 0, BLOCK " " BLOCK " " BLOCK " " BLOCK " " BLOCK " " BLOCK);
  g_autoptr (PrcSegmentation) of_here = prc_fixture_structures (NULL, here, 2);
  expect (of_here, &thin, 0, BLOCK " - - - " BLOCK " -");
  g_autoptr (PrcSegmentation) of_unsaid = prc_fixture_structures (NULL, unsaid, 2);
  expect (of_unsaid, &thin, 0, BLOCK " - - - " BLOCK " -");
}

// Planes very far apart are sparse drawings, not thick slices.
static void
test_sparse (void) {
  static const double points[] = {ROUND (0), ROUND (60)};
  PrcContour contours[] = {closed (0, points, 4, "5.5.0"), closed (0, points + 12, 4, "5.5.30")};
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, contours, 2);
  PrcFixtureStack stack = plain;
  uint32_t n = 0;

  stack.n = 31;
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);
  g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, NULL);
  for (uint32_t i = 0; i < 31; i++)
    n += prc_segment_stack_mask (stacks->pdata[0], i) != NULL;
  g_assert_cmpuint (n, ==, 6); // within five millimetres: 0, 2, 4 and 56, 58, 60
}

static PrcSegmentation *
box_from (double low, double high, double step) {
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  PrcContour contours[64];
  uint32_t n = 0;

  for (double z = low; z <= high; z += step) {
    const double round[] = {ROUND (z)};
    g_array_append_vals (points, round, 12);
  }
  for (; n < points->len / 12; n++)
    contours[n] = closed (0, (const double *)(void *)points->data + 12 * (size_t)n, 4, NULL);
  return prc_fixture_structures (NULL, contours, n);
}

// A series across the contours shows what they fill.
static void
test_across (void) {
  g_autoptr (PrcSegmentation) segmentation = box_from (2, 4, 1); // fills 1.5 to 4.5
  PrcFixtureStack coronal = {.n = 4,
                             .rows = 6,
                             .columns = 5,
                             .step_mm = {0, 1, 0},
                             .position_mm = {0, 0, 5},
                             .orientation = {1, 0, 0, 0, 0, -1}};

  expect (segmentation, &coronal, 0,
          "- ...../.##../.##../.##../...../..... ...../.##../.##../.##../...../..... -");
}

// In another Frame of Reference they lie on the images they name, when they do.
static void
test_by_source (void) {
  static const double points[] = {ROUND (2), ROUND (3.5)};
  PrcContour contours[] = {closed (0, points, 4, "9.9.1"), closed (1, points + 12, 4, "9.9.0"),
                           closed (2, points, 4, NULL)};
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures ("2.2", contours, 3);
  g_autoptr (PrcSeries) series = prc_fixture_series (&plain);

  expect (segmentation, &plain, 0, "- " BLOCK " - -");
  expect (segmentation, &plain, 1, "- - - -"); // names a slice it does not lie on
  expect (segmentation, &plain, 2, "- - - -");
  g_assert_true (prc_segment_fits (segmentation, series));
}

static void
test_marks (void) {
  static const double point[] = {4, 2, 4.3};
  static const double line[] = {0, 0, 0, 0, 3, 6}; // from the first slice to the last
  PrcContour contours[] = {{0, PRC_CONTOUR_POINT, 1, point, NULL, 0},
                           {1, PRC_CONTOUR_OPEN, 2, line, NULL, 0}};
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, contours, 2);
  g_autoptr (PrcSeries) series = prc_fixture_series (&plain);
  g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, NULL);

  expect (segmentation, &plain, 0, "- - ....../....../....#./...... -");
  for (uint32_t i = 0; i < 4; i++)
    g_assert_true (prc_mask_contains (prc_segment_stack_mask (stacks->pdata[1], i), 0, i));
  g_assert_true (prc_segment_fits (segmentation, series));
}

// Numbers that are finite and absurd, a contour that stands on its edge, one of two points.
static void
test_hostile (void) {
  static const double huge[] = {1e300, -1e300, 1e300, -1e300, 1e300, 1e300, 1, 1e300, -1e300};
  static const double upright[] = {0, 0, -500, 5, 0, -500, 5, 0, 500, 0, 0, 500};
  static const double points[] = {ROUND (2)};
  PrcContour contours[] = {closed (0, huge, 3, NULL), closed (1, upright, 4, NULL),
                           closed (1, points, 2, NULL), closed (2, points, 1, "9.9.1")};
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, contours, 4);
  g_autoptr (PrcSegmentation) elsewhere = prc_fixture_structures ("2.2", contours, 4);

  expect (segmentation, &plain, 0, "- - - -");
  expect (segmentation, &plain, 2, "- - - -");
  expect (elsewhere, &plain, 2, "- - - -");
  // Nothing but what has no area, or more than there are numbers for.
  g_autoptr (PrcSegmentation) only_huge = prc_fixture_structures (NULL, contours, 1);
  expect (only_huge, &plain, 0, "- - - -");
  g_autoptr (PrcSegmentation) only_points = prc_fixture_structures (NULL, contours + 2, 2);
  expect (only_points, &plain, 1, "- - - -");
}

// Many regions of one contour: each costs what it is.
static void
test_many (void) {
  PrcFixtureStack stack = plain;
  g_autofree PrcContour *contours = g_new (PrcContour, 20000);
  g_autofree double *points = g_new (double, 12 * 500);

  stack.n = 500;
  for (uint32_t i = 0; i < 500; i++) {
    const double round[] = {ROUND (2 * i)};
    memcpy (points + 12 * i, round, sizeof round);
  }
  for (uint32_t i = 0; i < 20000; i++)
    contours[i] = closed (i, points + 12 * (i % 500), 4, NULL);
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, contours, 20000);
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);
  g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, NULL);
  for (uint32_t i = 0; i < 20000; i++) {
    g_assert_cmpuint (prc_segment_stack_area (stacks->pdata[i]), ==, 4);
    g_assert_nonnull (prc_segment_stack_mask (stacks->pdata[i], i % 500));
  }
}

// Planes across the slices are filled one by one, and all kept: so many of them are given up.
static void
test_planes_without_end (void) {
  const PrcFixtureStack stack = {.n = 32, .rows = 64, .columns = 64, .step_mm = {0, 0, 2}};
  enum { MANY = 500 };
  PrcContour contours[MANY];
  double points[MANY][9];
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);

  for (uint32_t i = 0; i < MANY; i++) {
    const double triangle[] = {0, i, 0, 60, i, 0, 30, i, 60};
    memcpy (points[i], triangle, sizeof triangle);
    contours[i] = closed (0, points[i], 3, NULL);
  }
  g_autoptr (PrcSegmentation) segmentation = prc_fixture_structures (NULL, contours, MANY);
  const uint64_t before[][2] = {
      {0, 0}, {PRC_SEGMENT_SLICES_SIZE - 100000, 0}, {0, PRC_SEGMENT_SLICES_WORK - 100000}};
  for (size_t i = 0; i < G_N_ELEMENTS (before); i++) {
    g_auto (PrcSegmentSlices) slices = {0};
    PrcSegmentStack *stacks[1] = {NULL};

    prc_segment_slices_init (&slices, series, NULL);
    slices.size = before[i][0];
    slices.work = before[i][1];
    prc_segment_fit_contours (prc_segmentation_info (segmentation), true, &slices, stacks);
    g_assert_cmpint (prc_segment_slices_cancelled (&slices), ==, i > 0);
    g_assert_cmpuint (slices.size - before[i][0], <, i> 0 ? 120000 : 5000000);
    g_clear_pointer (&stacks[0], prc_segment_stack_unref);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/contours/nearest-slice", test_nearest_slice);
  g_test_add_func ("/segment/contours/half-way", test_half_way);
  g_test_add_func ("/segment/contours/nearest-plane-wins", test_nearest_plane_wins);
  g_test_add_func ("/segment/contours/thick-on-thin", test_thick_on_thin);
  g_test_add_func ("/segment/contours/sparse", test_sparse);
  g_test_add_func ("/segment/contours/across", test_across);
  g_test_add_func ("/segment/contours/by-source", test_by_source);
  g_test_add_func ("/segment/contours/marks", test_marks);
  g_test_add_func ("/segment/contours/hostile", test_hostile);
  g_test_add_func ("/segment/contours/many", test_many);
  g_test_add_func ("/segment/contours/planes-without-end", test_planes_without_end);
  return g_test_run ();
}
