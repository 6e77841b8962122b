// SPDX-License-Identifier: Apache-2.0
// Segmentations that are written, as other programs read them: pydicom and numpy the pixels,
// dciodvfy the modules. Read again by our own they are the masks they were.
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builder.h"
#include "fixture.h"
#include "prc-codes.h"
#include "prc-imaging-error.h"
#include "prc-segment-fit.h"
#include "segment-fixture.h"

static PrcCodecPool *pool;
static char *folder; // an empty one for each test

#define MAX_DRAFTS 4

typedef struct {
  PrcSegment segments[MAX_DRAFTS];
  PrcSegmentDraft drafts[MAX_DRAFTS];
  size_t n;
} Drafts;

static void
drafts_clear (Drafts *drafts) {
  for (size_t i = 0; i < drafts->n; i++)
    prc_segment_stack_unref ((PrcSegmentStack *)drafts->drafts[i].stack);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drafts, drafts_clear)

static void
make_drafts (Drafts *drafts, size_t n, const PrcSeries *series, uint32_t seed) {
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  const PrcInstanceInfo *info = prc_series_info (series);
  drafts->n = n;
  for (size_t i = 0; i < n; i++) {
    do {
      g_clear_pointer ((PrcSegmentStack **)&drafts->drafts[i].stack, prc_segment_stack_unref);
      drafts->drafts[i].stack = prc_segment_fixture_random_stack (rand, prc_series_length (series),
                                                                  info->rows, info->columns);
    } while (prc_segment_stack_area (drafts->drafts[i].stack) == 0);
    drafts->drafts[i].segment = &drafts->segments[i];
  }
}

static char *
write_seg (const PrcSeries *series, const Drafts *drafts, const char *name) {
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);
  prc_segment_write_seg (pool, series, drafts->drafts, drafts->n, "What I see", path, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static void
write_contours (const PrcSeries *series, const Drafts *drafts, const char *path) {
  g_autoptr (GError) error = NULL;
  prc_segment_write_rtstruct (pool, series, drafts->drafts, drafts->n, "What I see", path, NULL,
                              &error);
  g_assert_no_error (error);
}

static PrcSegmentation *
read_again (const char *path) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (prc_segmentation_is_one (instance));
  PrcSegmentation *segmentation =
      prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, &error);
  g_assert_no_error (error);
  return segmentation;
}

// Laid on its images again, each segment is the stack that it was.
static void
assert_it_fits (const PrcSegmentation *segmentation, const PrcSeries *series,
                const Drafts *drafts) {
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (prc_segment_fits (segmentation, series));
  g_assert_cmpuint (stacks->len, ==, drafts->n);
  for (guint i = 0; i < stacks->len; i++)
    g_assert_true (prc_segment_stack_equal (stacks->pdata[i], drafts->drafts[i].stack));
}

static void
assert_our_reader_agrees (const char *path, const PrcSeries *series, const Drafts *drafts) {
  g_autoptr (PrcSegmentation) segmentation = read_again (path);
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_auto (GStrv) expected = prc_segment_fixture_frames (series, drafts->drafts, drafts->n);
  g_auto (GStrv) found = prc_segment_fixture_frames_of (segmentation);
  g_assert_cmpstrv (found, expected);
  assert_it_fits (segmentation, series, drafts);
  g_assert_cmpuint (info->kind, ==, PRC_SEGMENTATION_BINARY);
  g_assert_cmpuint (info->n_segments, ==, drafts->n);
  g_assert_cmpstr (info->frame_of_reference_uid, ==,
                   prc_series_info (series)->frame_of_reference_uid);
  g_assert_cmpstr (info->patient_key, ==, prc_series_patient_key (series));
  for (uint32_t i = 0; i < info->n_frames; i++) {
    int slice = prc_series_find (series, info->frames[i].source_uid, info->frames[i].source_frame);
    g_assert_cmpint (slice, >=, 0);
    const PrcSlice *there = prc_series_slice (series, (uint32_t)slice);
    const PrcPlane *plane = prc_instance_plane (there->instance, there->frame);
    g_assert_true (info->frames[i].plane.has_position ==
                   (plane->has_position && *info->frame_of_reference_uid));
    for (unsigned k = 0; k < 3 && info->frames[i].plane.has_position; k++) {
      g_assert_cmpfloat_with_epsilon (info->frames[i].plane.position_mm[k], plane->position_mm[k],
                                      1e-9);
      g_assert_cmpfloat_with_epsilon (info->frames[i].plane.row_direction[k],
                                      plane->row_direction[k], 1e-9);
    }
  }
}

static void
assert_other_programs_agree (const char *path, const PrcSeries *series, const Drafts *drafts) {
  g_auto (GStrv) expected = prc_segment_fixture_frames (series, drafts->drafts, drafts->n);
  g_auto (GStrv) found = prc_segment_fixture_frames_read (path);
  if (found)
    g_assert_cmpstrv (found, expected);
  g_autofree char *errors = prc_segment_fixture_errors (path);
  if (errors)
    g_assert_cmpstr (errors, ==, "");
}

static const PrcSegmentSeriesPlan plans[] = {
    {5, 20, 24, {1, 0, 0, 0, 1, 0}, {0, 0, 2.5}},
    {3, 23, 38, {1, 0, 0, 0, 1, 0}, {0, 0, 3}},                // bits that fill no byte
    {4, 17, 9, {0, 1, 0, 0, 0, -1}, {1.5, 0, 0}},              // sagittal
    {4, 16, 16, {0.8, 0.6, 0, -0.36, 0.48, -0.8}, {1, -1, 1}}, // oblique
    {4, 12, 20, {1, 0, 0, 0, 1, 0}, {0, 0.7, 2}},              // a tilted gantry
    {1, 7, 11, {1, 0, 0, 0, 1, 0}, {0, 0, 1}},                 // one slice
};

static void
test_planes (void) {
  for (unsigned i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_autofree char *images = prc_fixture_folder ();
    g_autoptr (PrcSeries) series = prc_segment_fixture_series (pool, images, &plans[i]);
    g_auto (Drafts) drafts = {0};
    make_drafts (&drafts, 1 + i % MAX_DRAFTS, series, i);
    g_autofree char *path = write_seg (series, &drafts, "seg.dcm");
    assert_other_programs_agree (path, series, &drafts);
    assert_our_reader_agrees (path, series, &drafts);
    prc_fixture_remove (images);
  }
}

// All that plastimatch knows: axial slices in a straight row.
static bool
is_straight (const PrcSegmentSeriesPlan *plan) {
  return plan->orientation[0] == 1 && plan->orientation[4] == 1 && plan->step_mm[0] == 0 &&
         plan->step_mm[1] == 0 && plan->n_slices > 1;
}

static void
test_contours (void) {
  static const char *const names[] = {"S1", "S2", "S3", "S4"};
  for (unsigned i = 0; i < G_N_ELEMENTS (plans); i++) {
    g_autofree char *images = prc_fixture_folder ();
    g_autofree char *path = g_build_filename (folder, "rtstruct.dcm", NULL);
    g_autoptr (PrcSeries) series = prc_segment_fixture_series (pool, images, &plans[i]);
    g_auto (Drafts) drafts = {0};
    make_drafts (&drafts, 1 + i % MAX_DRAFTS, series, i);
    for (size_t k = 0; k < drafts.n; k++)
      drafts.segments[k].label = names[k];
    write_contours (series, &drafts, path);
    g_auto (GStrv) expected = prc_segment_fixture_frames (series, drafts.drafts, drafts.n);
    g_auto (GStrv) found = prc_segment_fixture_regions_read (path, images);
    if (found)
      g_assert_cmpstrv (found, expected);
    g_auto (GStrv) others =
        is_straight (&plans[i]) ? prc_segment_fixture_regions_of_plastimatch (path, images) : NULL;
    if (others)
      g_assert_cmpstrv (others, expected);
    g_autofree char *errors = prc_segment_fixture_errors (path);
    if (errors)
      g_assert_cmpstr (errors, ==, "");
    g_autoptr (PrcSegmentation) again = read_again (path);
    assert_it_fits (again, series, &drafts);
    prc_fixture_remove (images);
  }
}

// What a hand may draw: many stacks, each written and read again.
static void
test_random (void) {
  for (uint32_t seed = 100; seed < 140; seed++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    g_autofree char *images = prc_fixture_folder ();
    PrcSegmentSeriesPlan plan = {(unsigned)g_rand_int_range (rand, 1, 7),
                                 (uint16_t)g_rand_int_range (rand, 1, 40),
                                 (uint16_t)g_rand_int_range (rand, 1, 40),
                                 {1, 0, 0, 0, 1, 0},
                                 {0, 0, g_rand_double_range (rand, -5, -0.1)}};
    g_autoptr (PrcSeries) series = prc_segment_fixture_series (pool, images, &plan);
    g_auto (Drafts) drafts = {0};
    make_drafts (&drafts, 1 + seed % MAX_DRAFTS, series, seed);
    g_autofree char *path = write_seg (series, &drafts, "random.dcm");
    assert_our_reader_agrees (path, series, &drafts);
    write_contours (series, &drafts, path);
    g_autoptr (PrcSegmentation) contours = read_again (path);
    assert_it_fits (contours, series, &drafts);
    prc_fixture_remove (images);
  }
}

// Frames of one file are named by their numbers.
static void
test_multi_frame (void) {
  static const char *const sources[] = {"segmentation/dcmqi/23x38x3/multiframe/mf.dcm",
                                        "segmentation/dcmqi/24x38x3/multiframe/mf.dcm"};
  for (size_t i = 0; i < G_N_ELEMENTS (sources); i++) {
    g_autofree char *source = prc_fixture_data (sources[i]);
    if (!source)
      return;
    g_autoptr (PrcSeries) series = prc_segment_fixture_scan (pool, source);
    g_assert_cmpuint (prc_series_length (series), >, 1);
    g_auto (Drafts) drafts = {0};
    make_drafts (&drafts, 2, series, 5);
    g_autofree char *path = write_seg (series, &drafts, "multi-frame.dcm");
    assert_other_programs_agree (path, series, &drafts);
    assert_our_reader_agrees (path, series, &drafts);
  }
}

// Real series of every kind: their patients, studies and planes are taken over as they are.
static void
test_real_series (void) {
  static const char *const sources[] = {
      "segmentation/dcmqi/ct3slice",         "segmentation/dcmqi/23x38x3/image",
      "segmentation/rt_utils/oriented_data", "segmentation/highdicom",
      "conformance/pydicom/dicomdirtests",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (sources); i++) {
    g_autofree char *source = prc_fixture_data (sources[i]);
    if (!source)
      return;
    g_autoptr (PrcSeries) series = prc_segment_fixture_scan (pool, source);
    g_auto (Drafts) drafts = {0};
    make_drafts (&drafts, 2, series, (uint32_t)i);
    g_autofree char *path = write_seg (series, &drafts, "real.dcm");
    g_test_message ("%s", sources[i]);
    assert_other_programs_agree (path, series, &drafts);
    assert_our_reader_agrees (path, series, &drafts);
  }
}

// What others wrote, laid on its images and written again, has the same pixels, names and codes.
static void
test_rewritten (void) {
  static const struct {
    const char *file, *images;
  } cases[] = {
      {"segmentation/dcmqi/seg/liver.dcm", "segmentation/dcmqi/ct3slice"},
      {"segmentation/dcmqi/seg/partial_overlaps.dcm", "segmentation/dcmqi/ct3slice"},
      {"segmentation/dcmqi/23x38x3/seg/label.seg", "segmentation/dcmqi/23x38x3/image"},
      {"segmentation/dcmqi/24x38x3/seg/label.seg", "segmentation/dcmqi/24x38x3/image"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *file = prc_fixture_data (cases[i].file);
    g_autofree char *images = prc_fixture_data (cases[i].images);
    if (!file || !images)
      return;
    g_autoptr (PrcSegmentation) theirs = read_again (file);
    g_autoptr (PrcSeries) series = prc_segment_fixture_scan (pool, images);
    g_autoptr (GPtrArray) stacks = prc_segment_fit (theirs, series, NULL, NULL);
    const PrcSegmentationInfo *info = prc_segmentation_info (theirs);
    g_autofree PrcSegmentDraft *drafts = g_new (PrcSegmentDraft, info->n_segments);
    for (uint32_t k = 0; k < info->n_segments; k++)
      drafts[k] = (PrcSegmentDraft){&info->segments[k], stacks->pdata[k]};
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (folder, "rewritten.dcm", NULL);
    prc_segment_write_seg (pool, series, drafts, info->n_segments, info->title, path, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (PrcSegmentation) ours = read_again (path);
    g_auto (GStrv) before = prc_segment_fixture_frames_of (theirs);
    g_auto (GStrv) after = prc_segment_fixture_frames_of (ours);
    g_assert_cmpstrv (after, before);
    const PrcSegmentationInfo *again = prc_segmentation_info (ours);
    for (uint32_t k = 0; k < info->n_segments; k++) {
      g_assert_cmpstr (again->segments[k].label, ==, info->segments[k].label);
      g_assert_cmphex (again->segments[k].colour, ==, info->segments[k].colour);
      g_assert_true (prc_codes_find (&again->segments[k].type) ==
                     prc_codes_find (&info->segments[k].type));
    }
  }
}

// As organ segmenters make them: what says so much in words must not take a tree of them in memory.
static void
test_many_frames (void) {
  static const PrcSegmentSeriesPlan plan = {60, 8, 8, {1, 0, 0, 0, 1, 0}, {0, 0, 1}};
  enum { N = 200 };
  static const PrcSegment segment = {.label = "Vertebra"};
  g_autoptr (GError) error = NULL;
  g_autofree char *images = prc_fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "many.dcm", NULL);
  PrcCodecPool *own = prc_codec_pool_new (1);
  g_autoptr (PrcSeries) series = prc_segment_fixture_series (own, images, &plan);
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (8, 8, &(PrcRowSpan){3, 1, 5}, 1);
  PrcMask *masks[60];
  PrcSegmentDraft drafts[N];
  for (unsigned i = 0; i < 60; i++)
    masks[i] = mask;
  g_autoptr (PrcSegmentStack) stack = prc_segment_stack_new (masks, 60);
  for (unsigned i = 0; i < N; i++)
    drafts[i] = (PrcSegmentDraft){&segment, stack};
  prc_segment_write_seg (own, series, drafts, N, "x", path, NULL, &error);
  g_assert_no_error (error);
#ifndef __SANITIZE_ADDRESS__ // whose own memory counts too
  g_assert_cmpuint (prc_build_peak_of_codecs (), <, 100000);
#endif
  g_autoptr (PrcSegmentation) again = read_again (path);
  g_assert_cmpuint (prc_segmentation_info (again)->n_frames, ==, 60 * N);
  prc_codec_pool_unref (own);
  prc_fixture_remove (images);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  pool = prc_codec_pool_new (1);
  folder = prc_fixture_folder ();
  g_test_add_func ("/segment-write/planes", test_planes);
  g_test_add_func ("/segment-write/random", test_random);
  g_test_add_func ("/segment-write/multi-frame", test_multi_frame);
  g_test_add_func ("/segment-write/real-series", test_real_series);
  g_test_add_func ("/segment-write/contours", test_contours);
  g_test_add_func ("/segment-write/rewritten", test_rewritten);
  g_test_add_func ("/segment-write/many-frames", test_many_frames);
  int status = g_test_run ();
  prc_fixture_remove (folder);
  g_free (folder);
  prc_codec_pool_unref (pool);
  return status;
}
