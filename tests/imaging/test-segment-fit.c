// SPDX-License-Identifier: Apache-2.0
// Where segments lie on a series. Expected pictures are drawn by hand.
#include "prc-segment-fit.h"

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "prc-segment-grid.h"
#include "stack-fixture.h"

#define L     "#..../##.../###../####." // four rows of five, no two of its mirror images alike
#define EMPTY "...../...../...../....."

static const PrcFixtureStack plain = {.n = 4, .rows = 4, .columns = 5, .step_mm = {0, 0, 2}};

static PrcSegmentation *
one_frame (const PrcFixtureStack *stack, uint32_t index, const char *drawn) {
  PrcFixtureFrame frame = {.plane = prc_fixture_plane (stack, index), .drawn = drawn};

  return prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, &frame, 1);
}

static GPtrArray *
fit (const PrcSegmentation *segmentation, const PrcSeries *series) {
  g_autoptr (GError) error = NULL;
  GPtrArray *stacks = prc_segment_fit (segmentation, series, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (stacks->len, ==, prc_segmentation_info (segmentation)->n_segments);
  for (uint32_t i = 0; i < stacks->len; i++)
    g_assert_cmpuint (prc_segment_stack_length (stacks->pdata[i]), ==, prc_series_length (series));
  return stacks;
}

// The slices of segment `segment`, joined by spaces; "-" for one that has nothing.
static void
expect (const PrcSegmentation *segmentation, const PrcFixtureStack *stack, uint32_t segment,
        const char *expected) {
  g_autoptr (PrcSeries) series = prc_fixture_series (stack);
  g_autoptr (GPtrArray) stacks = fit (segmentation, series);
  GString *text = g_string_new (NULL);

  for (uint32_t i = 0; i < prc_series_length (series); i++) {
    const PrcMask *mask = prc_segment_stack_mask (stacks->pdata[segment], i);
    g_autofree char *drawn = mask != NULL ? prc_fixture_drawn (mask) : g_strdup ("-");
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", drawn);
  }
  g_assert_cmpstr (text->str, ==, expected);
  g_string_free (text, TRUE);
}

// On its own grid no pixel is looked at: the masks of the file are those of the series.
static void
test_shared (void) {
  g_autoptr (PrcSeries) series = prc_fixture_series (&plain);
  g_autoptr (PrcSegmentation) segmentation = one_frame (&plain, 2, L);
  g_autoptr (GPtrArray) stacks = fit (segmentation, series);

  g_assert_true (prc_segment_stack_mask (stacks->pdata[0], 2) ==
                 prc_segmentation_info (segmentation)->frames[0].mask);
  g_assert_null (prc_segment_stack_mask (stacks->pdata[0], 1));
  g_assert_true (prc_segment_fits (segmentation, series));
}

// Frames in the file come in any order, name the wrong images, or none.
static void
test_by_position (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 3), .drawn = L, .source = "9.9.0"},
      {.plane = prc_fixture_plane (&plain, 0),
       .drawn = "#..../...../...../.....",
       .source = "9.9.3"},
      {.plane = prc_fixture_plane (&plain, 1), .drawn = "....#/...../...../....."},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 3);

  expect (segmentation, &plain, 0, "#..../...../...../..... ....#/...../...../..... - " L);
}

// The series runs against the frames, and its rows or columns may.
static void
test_flipped (void) {
  g_autoptr (PrcSegmentation) segmentation = one_frame (&plain, 1, L);
  PrcFixtureStack down = plain, mirrored = plain, upside = plain, turned = plain;

  down.position_mm[2] = 6;
  down.step_mm[2] = -2;
  expect (segmentation, &down, 0, "- - " L " -"); // instance numbers count down
  mirrored.position_mm[0] = 4;
  memcpy (mirrored.orientation, (double[]){-1, 0, 0, 0, 1, 0}, sizeof mirrored.orientation);
  expect (segmentation, &mirrored, 0, "- ....#/...##/..###/.#### - -");
  upside.position_mm[1] = 3;
  memcpy (upside.orientation, (double[]){1, 0, 0, 0, -1, 0}, sizeof upside.orientation);
  expect (segmentation, &upside, 0, "- ####./###../##.../#.... - -");
  turned.position_mm[0] = 4;
  turned.position_mm[1] = 3;
  memcpy (turned.orientation, (double[]){-1, 0, 0, 0, -1, 0}, sizeof turned.orientation);
  expect (segmentation, &turned, 0, "- .####/..###/...##/....# - -");
}

// Rows of the image are columns of the segmentation.
static void
test_transposed (void) {
  g_autoptr (PrcSegmentation) segmentation = one_frame (&plain, 1, L);
  PrcFixtureStack stack = {
      .n = 4, .rows = 5, .columns = 4, .step_mm = {0, 0, 2}, .orientation = {0, 1, 0, 1, 0, 0}};

  expect (segmentation, &stack, 0, "- ####/.###/..##/...#/.... - -");
}

// Frames without a pixel are not in the file, and the others stay where they are.
static void
test_empty_frames_omitted (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 0), .drawn = L},
      {.plane = prc_fixture_plane (&plain, 2), .drawn = L},
      {.plane = prc_fixture_plane (&plain, 3), .drawn = L, .segment = 1},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 0, frames, 3);
  g_autoptr (PrcSegmentation) said =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 2);

  expect (segmentation, &plain, 0, L " - " L " -");
  expect (segmentation, &plain, 1, "- - - " L);
  // Two frames four millimetres apart, of planes that the file says are two apart.
  expect (said, &plain, 0, L " - " L " -");
}

// Images without position, or in another Frame of Reference: the image that a frame names.
static void
test_by_source (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 0), .drawn = L, .source = "9.9.2"},
      {.plane = {0}, .drawn = "....#/...../...../.....", .source = "9.9.1"},
      {.plane = {0}, .drawn = "####./...../...../.....", .source = "5.5"},
      {.plane = {0}, .drawn = "####./...../...../.....", .source = "9.9.0", .source_frame = 1},
      {.plane = {0}, .drawn = "####./...../...../....."},
  };
  g_autoptr (PrcSegmentation) elsewhere =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, "2.2", 2, frames, 5);
  g_autoptr (PrcSegmentation) here =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 5);
  PrcFixtureStack no_place = plain, other_size = plain;
  g_autoptr (PrcSeries) series = prc_fixture_series (&plain);

  expect (elsewhere, &plain, 0, "- ....#/...../...../..... " L " -");
  g_assert_true (prc_segment_fits (elsewhere, series));
  expect (here, &plain, 0, L " ....#/...../...../..... - -");
  no_place.no_place = true;
  expect (here, &no_place, 0, "- ....#/...../...../..... " L " -");
  other_size.columns = 6;
  g_autoptr (PrcSeries) wider = prc_fixture_series (&other_size);
  expect (elsewhere, &other_size, 0, "- - - -");
  g_assert_false (prc_segment_fits (elsewhere, wider));
}

// The source is one file of many frames.
static void
test_multi_frame_source (void) {
  PrcFixtureStack file = plain;
  PrcFixtureFrame frames[] = {
      {.plane = {0}, .drawn = L, .source = "9.9", .source_frame = 3},
      {.plane = {0}, .drawn = "....#/...../...../.....", .source = "9.9", .source_frame = 0},
      {.plane = {0}, .drawn = "####./...../...../.....", .source = "9.9", .source_frame = 4},
  };
  g_autoptr (PrcSegmentation) by_source =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, "2.2", 2, frames, 3);
  g_autoptr (PrcSegmentation) by_place = one_frame (&plain, 2, L);

  file.one_file = true;
  expect (by_source, &file, 0, "....#/...../...../..... - - " L);
  expect (by_place, &file, 0, "- - " L " -");
}

// Pixels of half the size, of twice, and not square.
static void
test_other_spacing (void) {
  g_autoptr (PrcSegmentation) segmentation = one_frame (&plain, 0, L);
  PrcFixtureStack fine = {
      .n = 1, .rows = 8, .columns = 10, .spacing_mm = {0.5, 0.5}, .position_mm = {-0.25, -0.25, 0}};
  PrcFixtureStack coarse = {
      .n = 1, .rows = 2, .columns = 2, .spacing_mm = {2, 2}, .position_mm = {0.6, 0.6, 0}};
  PrcFixtureStack wide = {
      .n = 1, .rows = 4, .columns = 10, .spacing_mm = {1, 0.5}, .position_mm = {-0.25, 0, 0}};

  expect (segmentation, &fine, 0,
          "##......../##......../####....../####....../######..../######..../########../"
          "########..");
  expect (segmentation, &coarse, 0, "#./##");
  expect (segmentation, &wide, 0, "##......../####....../######..../########..");
}

// Another place, matrix and size: what falls off is lost, what is not there stays empty.
static void
test_other_matrix (void) {
  g_autoptr (PrcSegmentation) segmentation = one_frame (&plain, 0, L);
  PrcFixtureStack cropped = {.n = 1, .rows = 3, .columns = 3, .position_mm = {1, 1, 0}};
  PrcFixtureStack larger = {.n = 1, .rows = 6, .columns = 7, .position_mm = {-1, -1, 0.4}};
  PrcFixtureStack away = {.n = 1, .rows = 3, .columns = 3, .position_mm = {100, 1, 0}};
  g_autoptr (PrcSeries) far = prc_fixture_series (&away);

  expect (segmentation, &cropped, 0, "#../##./###");
  expect (segmentation, &larger, 0, "......./.#...../.##..../.###.../.####../.......");
  expect (segmentation, &away, 0, "-");
  g_assert_false (prc_segment_fits (segmentation, far));
}

// Slices thinner and thicker than planes: the nearest plane within half their distance.
static void
test_other_thickness (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 1), .drawn = "#../.../..."},
      {.plane = prc_fixture_plane (&plain, 2), .drawn = ".#./.../..."},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 2);
  PrcFixtureStack thin = {.n = 8, .rows = 1, .columns = 2, .step_mm = {0, 0, 0.7}};
  PrcFixtureStack thick = {.n = 3, .rows = 1, .columns = 2, .step_mm = {0, 0, 3.5}};
  PrcFixtureStack between = {
      .n = 4, .rows = 1, .columns = 2, .step_mm = {0, 0, 2}, .position_mm = {0, 0, 1}};

  // Planes at 2 and 4 are for 1 to 3 and 3 to 5; slices at 0, .7, 1.4, 2.1, 2.8, 3.5, 4.2, 4.9.
  expect (segmentation, &thin, 0, "- - #. #. #. .# .# .#");
  expect (segmentation, &thick, 0, "- .# -"); // at 0, 3.5, 7
  // Half-way, at 1, 3, 5: each plane once.
  expect (segmentation, &between, 0, "#. .# - -");
  // And whatever the decimals of the file.
  between.position_mm[2] = 1 - 1e-5;
  between.step_mm[2] = 2 + 1e-5;
  expect (segmentation, &between, 0, "#. .# - -");
}

// One frame: half its thickness on either side.
static void
test_single_frame (void) {
  PrcFixtureFrame frame = {.plane = prc_fixture_plane (&plain, 1), .drawn = "##"};
  g_autoptr (PrcSegmentation) thick =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 5, &frame, 1);
  g_autoptr (PrcSegmentation) unsaid =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 0, &frame, 1);
  PrcFixtureStack thin = {.n = 8, .rows = 1, .columns = 2, .step_mm = {0, 0, 1}};

  expect (thick, &thin, 0, "## ## ## ## ## - - -"); // 2 +- 2.5
  expect (unsaid, &thin, 0, "- - ## - - - - -");    // as slices are
}

// The grey of a stack seen from the side: planes are rows.
static void
test_sagittal (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 0), .drawn = L},
      {.plane = prc_fixture_plane (&plain, 1), .drawn = "...../...../####./...#."},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 2);
  // Columns count y, rows count z down from 2 to 0, slices x.
  PrcFixtureStack stack = {.n = 5,
                           .rows = 2,
                           .columns = 4,
                           .step_mm = {1, 0, 0},
                           .position_mm = {0, 0, 2},
                           .spacing_mm = {2, 1},
                           .orientation = {0, 1, 0, 0, 0, -1}};

  expect (segmentation, &stack, 0, "..#./#### ..#./.### ..#./..## ..##/...# -");
}

// The sagittal segmentation on axial images: runs of the one are columns of the other.
static void
test_from_sagittal (void) {
  PrcFixtureStack sagittal = {.n = 3,
                              .rows = 3,
                              .columns = 4,
                              .step_mm = {1, 0, 0},
                              .position_mm = {0, 0, 4},
                              .spacing_mm = {2, 1},
                              .orientation = {0, 1, 0, 0, 0, -1}};
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&sagittal, 0), .drawn = "####/##../#..."},
      {.plane = prc_fixture_plane (&sagittal, 2), .drawn = "..../...#/...."},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 1, frames, 2);
  PrcFixtureStack axial = {.n = 3, .rows = 4, .columns = 3, .step_mm = {0, 0, 2}};

  expect (segmentation, &axial, 0, "#../.../.../... #../#../.../..# #../#../#../#..");
}

// Slices that turn round an axis, each in a plane of its own: as many grids as frames, and no order
// of slices. What was drawn on one shows on it, not as a line on the others.
static void
test_turning_stack (void) {
  PrcFixtureFrame frames[20];
  g_autoptr (GPtrArray) images =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);

  for (int i = 0; i < 20; i++) {
    double c = cos (i * G_PI / 20), s = sin (i * G_PI / 20);
    g_autofree char *record = g_strdup_printf (
        "{'SOPInstanceUID': <'9.%d'>, 'SeriesInstanceUID': <'9'>, 'FrameOfReferenceUID': <'1.1'>,"
        " 'Modality': <'MR'>, 'IsImage': <true>, 'Rows': <[4.0]>, 'Columns': <[5.0]>,"
        " 'PixelSpacing': <[1.0, 1.0]>, 'ImagePositionPatient': <[%.17g, %.17g, 0.0]>,"
        " 'ImageOrientationPatient': <[%.17g, %.17g, 0.0, 0.0, 0.0, -1.0]>}",
        i, -2 * c, -2 * s, c, s);
    PrcInstance *instance = prc_fixture_instance ("/x", record);

    g_ptr_array_add (images, instance);
    frames[i] = (PrcFixtureFrame){.plane = *prc_instance_plane (instance, 0), .drawn = L};
  }
  g_autoptr (GPtrArray) all = prc_series_group ((PrcInstance *const *)images->pdata, images->len);
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 1, frames, 20);
  g_autoptr (GPtrArray) stacks = fit (segmentation, all->pdata[0]);

  g_assert_cmpuint (all->len, ==, 1);
  g_assert_true (prc_segment_fits (segmentation, all->pdata[0]));
  for (uint32_t i = 0; i < 20; i++) {
    g_autofree char *drawn = prc_fixture_drawn (prc_segment_stack_mask (stacks->pdata[0], i));
    g_assert_cmpstr (drawn, ==, L);
  }
}

// Slices that step sideways, as a tilted gantry makes them.
static void
test_gantry_tilt (void) {
  PrcFixtureStack tilted = plain;
  PrcFixtureFrame frames[2];

  tilted.step_mm[1] = 1;
  frames[0] = (PrcFixtureFrame){.plane = prc_fixture_plane (&tilted, 1), .drawn = L};
  frames[1] = (PrcFixtureFrame){.plane = prc_fixture_plane (&tilted, 2), .drawn = L};
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 2);

  expect (segmentation, &tilted, 0, "- " L " " L " -");
  // On upright slices each plane is shifted by its own step.
  expect (segmentation, &plain, 0, "- ...../#..../##.../###.. ...../...../#..../##... -");
}

static void
test_missing_slices (void) {
  PrcFixtureStack stack = plain;
  PrcFixtureFrame frames[4];

  for (uint32_t i = 0; i < 4; i++)
    frames[i] = (PrcFixtureFrame){.plane = prc_fixture_plane (&plain, i),
                                  .drawn = i == 2 ? L : "#..../...../...../....."};
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 4);
  stack.missing = 2;
  expect (segmentation, &stack, 0,
          "#..../...../...../..... #..../...../...../..... #..../...../...../.....");
}

// Lesions far from each other: between them there is nothing, whatever the distance of their planes.
static void
test_far_apart (void) {
  PrcFixtureStack stack = {.n = 12, .rows = 1, .columns = 2, .step_mm = {0, 0, 2}};
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&stack, 1), .drawn = "#.", .source = "9.9.1"},
      {.plane = prc_fixture_plane (&stack, 10), .drawn = ".#", .source = "9.9.10"},
  };
  const double said_mm[] = {2, 2.5, 5, 0}; // the latter two: slices overlap, or nobody says

  for (size_t i = 0; i < G_N_ELEMENTS (said_mm); i++) {
    g_autoptr (PrcSegmentation) segmentation =
        prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, said_mm[i], frames, 2);
    expect (segmentation, &stack, 0, "- #. - - - - - - - - .# -");
  }
  // Nor is one lost that is said to be as thin as paper and lies a hair beside its slice.
  g_autoptr (PrcSegmentation) paper =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 0.001, frames, 2);
  stack.position_mm[2] = 0.05;
  expect (paper, &stack, 0, "- #. - - - - - - - - .# -");
}

// Several planes for one slice: the nearest one counts, for each segment.
static void
test_nearest_wins (void) {
  PrcFixtureStack fine = {.n = 8, .rows = 1, .columns = 3, .step_mm = {0, 0, 0.5}};
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&fine, 1), .drawn = "#.."},
      {.plane = prc_fixture_plane (&fine, 2), .drawn = ".#."},
      {.plane = prc_fixture_plane (&fine, 3), .drawn = "..#"},
      {.plane = prc_fixture_plane (&fine, 3), .drawn = "###", .segment = 1},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 0.5, frames, 4);
  PrcFixtureStack coarse = {
      .n = 2, .rows = 1, .columns = 3, .step_mm = {0, 0, 3}, .position_mm = {0, 0, 1.1}};

  expect (segmentation, &coarse, 0, ".#. -");
  expect (segmentation, &coarse, 1, "- -"); // its plane at 1.5 is not the nearest
}

// Segments may overlap, within one frame of the image and across frames of the file.
static void
test_overlapping (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 1), .drawn = L},
      {.plane = prc_fixture_plane (&plain, 1), .drawn = "#####/#####/...../.....", .segment = 2},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 2);

  expect (segmentation, &plain, 0, "- " L " - -");
  expect (segmentation, &plain, 1, "- - - -");
  expect (segmentation, &plain, 2, "- #####/#####/...../..... - -");
}

// Frames of one segment in one place, one for each of the images there: a stack for each time.
static void
test_frames_of_several_times (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 1), .drawn = L, .source = "3.3"},
      {.plane = prc_fixture_plane (&plain, 1),
       .drawn = "####./...../...../.....",
       .source = "9.9.1"},
      {.plane = prc_fixture_plane (&plain, 2), .drawn = L, .source = "3.4"},
      {.plane = prc_fixture_plane (&plain, 3), .drawn = "#..../...../...../....."},
  };
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 2, frames, 4);

  expect (segmentation, &plain, 0, "- ####./...../...../..... " L " #..../...../...../.....");
}

// No Frame of Reference: the place in the patient, when it is the same body.
static void
test_nifti (void) {
  PrcFixtureFrame frames[4];

  for (uint32_t i = 0; i < 4; i++) {
    frames[i] = (PrcFixtureFrame){.plane = prc_fixture_plane (&plain, i), .drawn = L};
    frames[i].plane.position_mm[1] = 3; // rows run up, as they do there
    frames[i].plane.column_direction[1] = -1;
  }
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_NIFTI, "", 2, frames, 4);
  PrcFixtureStack apart = plain;
  g_autoptr (PrcSeries) series = prc_fixture_series (&plain);
  apart.position_mm[0] = 3;
  g_autoptr (PrcSeries) other = prc_fixture_series (&apart);

#define TURNED "####./###../##.../#...."
  expect (segmentation, &plain, 0, TURNED " " TURNED " " TURNED " " TURNED);
  g_assert_true (prc_segment_fits (segmentation, series));
  g_assert_false (prc_segment_fits (segmentation, other)); // two of five columns in common
}

// Planes that are none, and numbers that nobody is made of.
static void
test_hostile_planes (void) {
  PrcFixtureFrame frames[] = {
      {.plane = prc_fixture_plane (&plain, 0), .drawn = L},
      {.plane = prc_fixture_plane (&plain, 1), .drawn = L},
      {.plane = prc_fixture_plane (&plain, 2), .drawn = L},
      {.plane = prc_fixture_plane (&plain, 3), .drawn = L},
  };

  frames[0].plane.position_mm[2] = 1e9;
  frames[1].plane.row_spacing_mm = 1e-9;
  frames[2].plane.row_spacing_mm = 0;
  frames[3].plane.position_mm[0] = -1e6;
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 1e-300, frames, 4);
  expect (segmentation, &plain, 0, "- - - -");
}

// A number that a file may hold.
static double
any_number (GRand *random) {
  static const double numbers[] = {0, 1, -1, 0.5, 1e-6, -1e-6, 1e6, -9.9e6, 1e-300, 3.3e4};
  int which = g_rand_int_range (random, 0, 2 * (int)G_N_ELEMENTS (numbers));

  return which < (int)G_N_ELEMENTS (numbers) ? numbers[which]
                                             : g_rand_double_range (random, -20, 20);
}

static void
any_stack (GRand *random, PrcFixtureStack *stack) {
  double a = g_rand_double_range (random, 0, 2 * G_PI), b = g_rand_double_range (random, 0, G_PI);
  double row[] = {cos (a), sin (a), 0};
  double column[] = {-sin (a) * cos (b), cos (a) * cos (b), sin (b)};

  *stack =
      (PrcFixtureStack){.n = (uint32_t)g_rand_int_range (random, 1, 6), .rows = 4, .columns = 5};
  for (int k = 0; k < 3; k++) {
    stack->position_mm[k] = any_number (random);
    stack->step_mm[k] = any_number (random);
    stack->orientation[k] = g_rand_boolean (random) ? row[k] : k == 0;
    stack->orientation[3 + k] = column[k];
  }
  if (stack->orientation[0] != row[0] || stack->orientation[1] != row[1])
    memcpy (stack->orientation, (double[]){1, 0, 0, 0, -1, 0}, sizeof stack->orientation);
  stack->spacing_mm[0] = fabs (any_number (random));
  stack->spacing_mm[1] = fabs (any_number (random));
}

// Any planes on any planes: an end, and masks of the size of the images.
static void
test_any_geometry (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (int round = 0; round < 2000; round++) {
    PrcFixtureStack ground, planes;
    PrcFixtureFrame frames[6];

    any_stack (random, &ground);
    for (uint32_t i = 0; i < 6; i++) {
      if (i % 3 == 0)
        any_stack (random, &planes);
      frames[i] = (PrcFixtureFrame){.segment = i % 2,
                                    .plane = prc_fixture_plane (&planes, i),
                                    .drawn = L,
                                    .source = i == 5 ? "9.9.0" : NULL};
    }
    g_autoptr (PrcSeries) series = prc_fixture_series (&ground);
    g_autoptr (PrcSegmentation) segmentation =
        prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, any_number (random), frames, 6);
    g_autoptr (GPtrArray) stacks = fit (segmentation, series);
    prc_segment_fits (segmentation, series);
    for (uint32_t i = 0; i < prc_series_length (series); i++) {
      const PrcMask *mask = prc_segment_stack_mask (stacks->pdata[round % 2], i);
      g_assert_true (mask == NULL || (prc_mask_rows (mask) == 4 && prc_mask_columns (mask) == 5));
    }
  }
}

// A hundred thousand frames in one place, aslant, would keep a core busy for hours.
static void
test_frames_without_end (void) {
  PrcFixtureStack stack = {.n = 4, .rows = 64, .columns = 64, .step_mm = {0, 0, 2}};
  PrcFixtureStack aslant = {.n = 4,
                            .rows = 4,
                            .columns = 5,
                            .step_mm = {0, 0, 2},
                            .orientation = {0.8, 0.6, 0, -0.6, 0.8, 0},
                            .spacing_mm = {8, 8}};
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);
  PrcPlane plane = prc_fixture_plane (&aslant, 1);
  g_autoptr (PrcMask) mask = prc_fixture_mask (L);
  const uint64_t left[] = {PRC_SEGMENT_SLICES_WORK, 5000};
  uint64_t area[2];

  for (int i = 0; i < 2; i++) {
    g_autoptr (PrcSegmentGrid) grid = prc_segment_grid_new (&plane);
    g_auto (PrcSegmentSlices) slices = {0};

    for (uint32_t k = 0; k < 100; k++)
      g_assert_true (prc_segment_grid_add (grid, 0, &plane, mask, -1));
    prc_segment_grid_close (grid, 2);
    prc_segment_slices_init (&slices, series, NULL);
    slices.work = PRC_SEGMENT_SLICES_WORK - left[i];
    prc_segment_grid_lay (grid, 0, NULL, NULL, &slices);
    g_assert_cmpint (prc_segment_slices_cancelled (&slices), ==, i);
    g_autoptr (PrcSegmentStack) laid = prc_segment_slices_take (&slices);
    area[i] = laid != NULL ? prc_segment_stack_area (laid) : 0;
  }
  g_assert_cmpuint (area[1], <, area[0] / 2);
}

// Some bytes of a file may be gigabytes on the slices: a slab for each of 65,535 segments.
static void
test_slabs_without_end (void) {
  PrcFixtureStack stack = {.n = 100, .rows = 64, .columns = 64, .step_mm = {0, 0, 2}};
  PrcFixtureStack coarse = stack;
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);
  g_autoptr (PrcMask) mask = prc_fixture_mask ("#.#./.#.#/#.#./.#.#");
  g_auto (PrcSegmentSlices) slices = {0};

  coarse.spacing_mm[0] = coarse.spacing_mm[1] = 16;
  PrcPlane plane = prc_fixture_plane (&coarse, 50);
  g_autoptr (PrcSegmentGrid) grid = prc_segment_grid_new (&plane);
  g_assert_true (prc_segment_grid_add (grid, 0, &plane, mask, -1));
  prc_segment_grid_close (grid, 1000);
  prc_segment_slices_init (&slices, series, NULL);
  prc_segment_grid_lay (grid, 0, NULL, NULL, &slices);
  g_autoptr (PrcSegmentStack) all = prc_segment_slices_take (&slices);
  g_assert_cmpuint (slices.size, >=, prc_segment_stack_size (all) * 9 / 10);
  g_assert_false (prc_segment_slices_cancelled (&slices));
  slices.size = PRC_SEGMENT_SLICES_SIZE - prc_segment_stack_size (all) / 2;
  prc_segment_grid_lay (grid, 0, NULL, NULL, &slices);
  g_assert_true (prc_segment_slices_cancelled (&slices));
  g_autoptr (PrcSegmentStack) some = prc_segment_slices_take (&slices);
  g_assert_cmpuint (prc_segment_stack_area (some), <, prc_segment_stack_area (all) * 3 / 4);
}

static void
test_cancelled (void) {
  g_autoptr (PrcSeries) series = prc_fixture_series (&plain);
  g_autoptr (PrcSegmentation) segmentation = one_frame (&plain, 2, L);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (prc_segment_fit (segmentation, series, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

// As many segments as there are numbers, each in a few of many slices: the time of all slices times
// all segments is not spent.
static void
test_many_segments (void) {
  PrcFixtureStack stack = {.n = 500, .rows = 8, .columns = 8, .step_mm = {0, 0, 1}};
  g_autoptr (PrcSeries) series = prc_fixture_series (&stack);
  g_autofree PrcFixtureFrame *frames = g_new0 (PrcFixtureFrame, 65535);
  g_autoptr (PrcMask) mask = prc_fixture_mask ("......../.##...../........");

  for (uint32_t i = 0; i < 65535; i++)
    frames[i] =
        (PrcFixtureFrame){.segment = i, .plane = prc_fixture_plane (&stack, i % 500), .mask = mask};
  g_autoptr (PrcSegmentation) segmentation =
      prc_fixture_segmentation (PRC_SEGMENTATION_BINARY, NULL, 1, frames, 65535);
  g_autoptr (GPtrArray) stacks = fit (segmentation, series);

  for (uint32_t i = 0; i < 65535; i++) {
    g_assert_cmpuint (prc_segment_stack_area (stacks->pdata[i]), ==, 2);
    g_assert_nonnull (prc_segment_stack_mask (stacks->pdata[i], i % 500));
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/masks-are-shared", test_shared);
  g_test_add_func ("/segment/read-by-position-not-derivation", test_by_position);
  g_test_add_func ("/segment/orientation-flipped", test_flipped);
  g_test_add_func ("/segment/rows-are-columns", test_transposed);
  g_test_add_func ("/segment/mask-vanishes-on-scroll", test_empty_frames_omitted);
  g_test_add_func ("/segment/by-source", test_by_source);
  g_test_add_func ("/segment/multi-frame-source", test_multi_frame_source);
  g_test_add_func ("/segment/other-spacing", test_other_spacing);
  g_test_add_func ("/segment/other-matrix", test_other_matrix);
  g_test_add_func ("/segment/other-thickness", test_other_thickness);
  g_test_add_func ("/segment/single-frame", test_single_frame);
  g_test_add_func ("/segment/seen-from-the-side", test_sagittal);
  g_test_add_func ("/segment/drawn-from-the-side", test_from_sagittal);
  g_test_add_func ("/segment/turning-stack", test_turning_stack);
  g_test_add_func ("/segment/gantry-tilt", test_gantry_tilt);
  g_test_add_func ("/segment/missing-slices", test_missing_slices);
  g_test_add_func ("/segment/far-apart", test_far_apart);
  g_test_add_func ("/segment/nearest-wins", test_nearest_wins);
  g_test_add_func ("/segment/overlapping", test_overlapping);
  g_test_add_func ("/segment/frames-of-several-times", test_frames_of_several_times);
  g_test_add_func ("/segment/nifti-by-place", test_nifti);
  g_test_add_func ("/segment/hostile-planes", test_hostile_planes);
  g_test_add_func ("/segment/any-geometry", test_any_geometry);
  g_test_add_func ("/segment/frames-without-end", test_frames_without_end);
  g_test_add_func ("/segment/slabs-without-end", test_slabs_without_end);
  g_test_add_func ("/segment/fit-cancelled", test_cancelled);
  g_test_add_func ("/segment/as-many-segments-as-numbers", test_many_segments);
  return g_test_run ();
}
