// SPDX-License-Identifier: Apache-2.0
// Whose segments are. Grids are four planes of four rows of five, expected answers by hand.
#include "prc-segment-match.h"

#include <string.h>

#include "prc-geometry.h"
#include "prc-imaging-error.h"
#include "stack-fixture.h"

#define FULL "#####/#####/#####/#####"

static const PrcFixtureStack plain = {.n = 4, .rows = 4, .columns = 5, .step_mm = {0, 0, 2}};

static PrcSegmentation *
labels_on (const PrcFixtureStack *stack) {
  g_autofree PrcFixtureFrame *frames = g_new0 (PrcFixtureFrame, stack->n);
  g_autofree uint8_t *bytes = g_malloc (stack->rows * stack->columns);

  memset (bytes, 1, stack->rows * stack->columns);
  PrcMask *mask = prc_mask_new_from_bytes (stack->rows, stack->columns, bytes, stack->columns);
  for (uint32_t i = 0; i < stack->n; i++)
    frames[i] = (PrcFixtureFrame){.plane = prc_fixture_plane (stack, i), .mask = mask};
  PrcSegmentation *labels = prc_fixture_segmentation (
      PRC_SEGMENTATION_NIFTI, "", prc_geometry_length (stack->step_mm), frames, stack->n);
  prc_mask_unref (mask);
  return labels;
}

static PrcSegmentation *
dicom (void) {
  PrcFixtureFrame frame = {.plane = prc_fixture_plane (&plain, 1), .drawn = FULL};

  return prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, &frame, 1);
}

static GPtrArray *
series_of (const PrcFixtureStack *const *stacks, guint n) {
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (all, prc_fixture_series (stacks[i]));
  return all;
}

// Which of the stacks it lies on, by their letters from "a" on, the best first; "?": that of several
// patients.
static void
expect (const PrcSegmentation *segmentation, const PrcFixtureStack *const *stacks, guint n,
        const char *expected) {
  g_autoptr (GPtrArray) all = series_of (stacks, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) on = prc_segment_match (segmentation, all, &error);
  g_autoptr (GString) text = g_string_new (on ? "" : "?");

  for (guint i = 0; on && i < on->len; i++) {
    guint index;
    g_assert_true (g_ptr_array_find (all, on->pdata[i], &index));
    g_string_append_c (text, (char)('a' + index));
  }
  g_assert_cmpstr (text->str, ==, expected);
  if (on)
    g_assert_no_error (error);
  else
    g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT);
}

#define EXPECT(segmentation, expected, ...)                                                        \
  expect (segmentation, ((const PrcFixtureStack *[]){__VA_ARGS__}),                                \
          G_N_ELEMENTS (((const PrcFixtureStack *[]){__VA_ARGS__})), expected)

static PrcFixtureStack
moved (double x, const char *patient, const char *space) {
  PrcFixtureStack stack = plain;

  stack.position_mm[0] = x;
  stack.patient = patient;
  stack.frame_of_reference = space;
  return stack;
}

// Nearly all scans lie round the origin: labels of one lay on all of a folder.
static void
test_labels_of_another_patient (void) {
  const PrcFixtureStack other = moved (1, "q", "2"), third = moved (-1, "r", "3");
  g_autoptr (PrcSegmentation) labels = labels_on (&plain);

  EXPECT (labels, "a", &plain, &other, &third);
  EXPECT (labels, "c", &other, &third, &plain);
  EXPECT (labels, "?", &other, &third);
  EXPECT (labels, "a", &other); // nobody else is there
}

static void
test_same_grid_of_two_patients (void) {
  const PrcFixtureStack other = moved (0, "q", "2");
  g_autoptr (PrcSegmentation) labels = labels_on (&plain);

  EXPECT (labels, "?", &plain, &other);
}

// On its own grid and elsewhere: only what shares the patient space with it.
static void
test_other_series_of_the_patient (void) {
  const PrcFixtureStack beside = moved (1, NULL, "1.1"), later = moved (1, NULL, "1.2"),
                        liar = moved (1, "q", "1.1"), nowhere = moved (1, NULL, "");
  const PrcFixtureStack nameless = moved (0, NULL, "");
  g_autoptr (PrcSegmentation) labels = labels_on (&plain);

  EXPECT (labels, "ba", &beside, &plain, &later, &liar);
  EXPECT (labels, "ab", &beside, &later); // none is on its grid, and all are of one patient
  EXPECT (labels, "a", &nameless, &nowhere);
}

static void
test_grids (void) {
  PrcFixtureStack near = plain, longer = plain, wider = plain, apart = plain, turned = plain;
  PrcFixtureStack back = plain;
  const PrcFixtureStack other = moved (1, "q", "2");

  near.position_mm[1] = 0.05;
  longer.n = 5;
  wider.spacing_mm[0] = wider.spacing_mm[1] = 1.1;
  apart.step_mm[2] = 2.1;
  back.position_mm[2] = 6;
  back.step_mm[2] = -2;
  turned.orientation[1] = turned.orientation[3] = 1; // rows are columns
  turned.rows = 5;
  turned.columns = 4;
  const struct {
    const PrcFixtureStack *stack;
    const char *expected;
  } cases[] = {{&near, "a"},   {&back, "a"},  {&turned, "a"},
               {&longer, "?"}, {&wider, "?"}, {&apart, "?"}};
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PrcSegmentation) labels = labels_on (cases[i].stack);
    g_test_message ("grid %u", i);
    EXPECT (labels, cases[i].expected, &plain, &other);
  }
}

// Planes without a pixel count, too: the first ones of most volumes.
static void
test_empty_planes (void) {
  const PrcFixtureStack other = moved (1, "q", "2");
  PrcFixtureFrame frames[4];

  for (uint32_t i = 0; i < 4; i++)
    frames[i] = (PrcFixtureFrame){.plane = prc_fixture_plane (&plain, i),
                                  .drawn = i == 2 ? FULL : "...../...../...../....."};
  g_autoptr (PrcSegmentation) labels =
      prc_fixture_segmentation (PRC_SEGMENTATION_NIFTI, "", 2, frames, 4);
  EXPECT (labels, "b", &other, &plain);
}

// A DICOM file names its patient; only where he is not there it goes by its Frame of Reference.
static void
test_dicom (void) {
  const PrcFixtureStack copy = moved (0, "q", "1.1"), second = moved (0, "r", "1.1"),
                        elsewhere = moved (0, NULL, "2");
  g_autoptr (PrcSegmentation) file = dicom ();

  EXPECT (file, "b", &copy, &plain, &elsewhere);
  EXPECT (file, "a", &copy, &elsewhere);
  EXPECT (file, "?", &copy, &second);
  EXPECT (file, "", &elsewhere);
}

static void
test_best_first (void) {
  PrcFixtureStack thin = plain, one_file = plain;
  PrcFixtureFrame frame = {
      .plane = prc_fixture_plane (&plain, 1), .drawn = FULL, .source = "9.9", .source_frame = 1};
  g_autoptr (PrcSegmentation) naming =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 1, &frame, 1);
  g_autoptr (PrcSegmentation) file = dicom ();

  thin.step_mm[2] = 1;
  thin.n = 8;
  one_file.one_file = true;
  EXPECT (file, "ba", &thin, &plain);
  EXPECT (naming, "ba", &thin, &one_file);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/labels-of-another-patient", test_labels_of_another_patient);
  g_test_add_func ("/segment/same-grid-of-two-patients", test_same_grid_of_two_patients);
  g_test_add_func ("/segment/other-series-of-the-patient", test_other_series_of_the_patient);
  g_test_add_func ("/segment/grids-of-labels", test_grids);
  g_test_add_func ("/segment/empty-planes-of-labels", test_empty_planes);
  g_test_add_func ("/segment/dicom-of-another-patient", test_dicom);
  g_test_add_func ("/segment/best-series-first", test_best_first);
  return g_test_run ();
}
