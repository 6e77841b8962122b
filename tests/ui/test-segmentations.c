// SPDX-License-Identifier: Apache-2.0
// Segmentations found among the files of a study, in any order, by the real codec.
#include "prc-segmentations.h"

#include <string.h>

#include "fixture.h"
#include "segment-fixture.h"

typedef struct {
  PrcCodecPool *pool;
  char *folder, *path; // of the images; of the segmentation of three of them
  PrcSeries *series;
  PrcSegmentations *segmentations;
  GPtrArray *problems;
} World;

static const PrcSegmentSeriesPlan plan = {.n_slices = 6,
                                          .rows = 24,
                                          .columns = 32,
                                          .orientation = {1, 0, 0, 0, 1, 0},
                                          .step_mm = {0, 0, 3}};

static void
changed (PrcSegmentations *segmentations, const char *problem, gpointer user_data) {
  if (problem)
    g_ptr_array_add (user_data, g_strdup (problem));
}

static PrcSegmentStack *
stack_on (guint first, guint last) {
  const PrcRowSpan spans[] = {{5, 4, 9}, {6, 4, 9}};
  PrcMask *masks[6] = {NULL};
  PrcMask *mask = prc_mask_new_from_spans (24, 32, spans, 2);

  for (guint i = first; i <= last; i++)
    masks[i] = mask;
  PrcSegmentStack *stack = prc_segment_stack_new (masks, 6);
  prc_mask_unref (mask);
  return stack;
}

static char *
write_file (World *world, const char *name, guint first, guint last) {
  const PrcCode none = {"", "", ""};
  const PrcSegment segment = {.label = name,
                              .description = "",
                              .algorithm_type = "MANUAL",
                              .algorithm_name = "",
                              .tracking_id = "",
                              .tracking_uid = "",
                              .interpreted_type = "",
                              .category = none,
                              .type = none,
                              .type_modifier = none,
                              .anatomic_region = none,
                              .anatomic_modifier = none};
  g_autoptr (PrcSegmentStack) stack = stack_on (first, last);
  const PrcSegmentDraft draft = {&segment, stack};
  char *path = g_build_filename (world->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  prc_segment_write_seg (world->pool, world->series, &draft, 1, name, path, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static void
set_up (World *world, gconstpointer data) {
  world->pool = prc_codec_pool_new (1);
  world->folder = prc_fixture_folder ();
  world->series = prc_segment_fixture_series (world->pool, world->folder, &plan);
  world->path = write_file (world, "first", 1, 3);
  world->problems = g_ptr_array_new_with_free_func (g_free);
  world->segmentations = prc_segmentations_new (world->pool, changed, world->problems);
}

static void
tear_down (World *world, gconstpointer data) {
  prc_segmentations_free (world->segmentations);
  prc_series_unref (world->series);
  prc_codec_pool_unref (world->pool);
  prc_fixture_remove (world->folder);
  g_ptr_array_unref (world->problems);
  g_free (world->folder);
  g_free (world->path);
}

/* ---- scans ---- */

static PrcScan *
scan_of (PrcSeries *series, gboolean complete) {
  PrcScan *scan = g_atomic_rc_box_new0 (PrcScan);

  scan->series = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  scan->problems = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_scan_problem_unref);
  scan->others = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  scan->complete = complete;
  if (series)
    g_ptr_array_add (scan->series, prc_series_ref (series));
  return scan;
}

static void
add_other (World *world, PrcScan *scan, const char *path) {
  g_autoptr (GError) error = NULL;
  PrcInstance *instance =
      prc_codec_pool_describe_one (world->pool, path, PRC_PRIORITY_SCAN, NULL, &error);

  g_assert_no_error (error);
  g_ptr_array_add (scan->others, instance);
}

static PrcSeries *
part_of (PrcSeries *series, guint first, guint n) {
  g_autoptr (GPtrArray) some = g_ptr_array_new ();

  for (guint i = first; i < first + n; i++)
    g_ptr_array_add (some, prc_series_slice (series, i)->instance);
  g_autoptr (GPtrArray) groups = prc_series_group ((PrcInstance **)some->pdata, some->len);
  g_assert_cmpuint (groups->len, ==, 1);
  return prc_series_ref (groups->pdata[0]);
}

static void
settle (World *world) {
  guint done, total;
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (prc_segmentations_progress (world->segmentations, &done, &total) &&
         g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (prc_segmentations_progress (world->segmentations, &done, &total));
}

static guint
n_items (World *world) {
  return g_list_model_get_n_items (G_LIST_MODEL (prc_segmentations_get_set (world->segmentations)));
}

static PrcSegmentItem * // borrowed
nth (World *world, guint i) {
  g_autoptr (PrcSegmentItem) item =
      g_list_model_get_item (G_LIST_MODEL (prc_segmentations_get_set (world->segmentations)), i);

  return item;
}

static void
assert_on (World *world, guint item, guint first, guint last) {
  PrcSegmentExtent extent;

  g_assert_cmpuint (n_items (world), >, item);
  PrcSegmentStack *stack = prc_segment_item_get_stack (nth (world, item));
  g_assert_true (prc_segment_stack_extent (stack, &extent));
  g_assert_cmpuint (extent.first, ==, first);
  g_assert_cmpuint (extent.last, ==, last);
  g_assert_cmpuint (prc_segment_stack_area (stack), ==, 10 * (last - first + 1));
}

/* ---- any order ---- */

// A segmentation was shown only when its images had been there before it.
static void
test_loaded_before_its_images (World *world, gconstpointer data) {
  g_autoptr (PrcScan) first = scan_of (NULL, FALSE), last = scan_of (world->series, TRUE);

  add_other (world, first, world->path);
  prc_segmentations_take_scan (world->segmentations, first);
  settle (world);
  g_assert_null (prc_segmentations_get_set (world->segmentations));
  prc_segmentations_take_scan (world->segmentations, last);
  settle (world);
  prc_segmentations_set_series (world->segmentations, world->series); // long after
  settle (world);
  assert_on (world, 0, 1, 3);
  g_assert_cmpuint (world->problems->len, ==, 0);
  g_assert_true (g_hash_table_contains (prc_segmentations_get_keys (world->segmentations),
                                        prc_series_key (world->series)));
}

static void
test_loaded_after_its_images (World *world, gconstpointer data) {
  g_autoptr (PrcScan) first = scan_of (world->series, FALSE), last = scan_of (world->series, TRUE);

  prc_segmentations_take_scan (world->segmentations, first);
  prc_segmentations_set_series (world->segmentations, world->series);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 0);
  add_other (world, last, world->path);
  prc_segmentations_take_scan (world->segmentations, last);
  prc_segmentations_take_scan (world->segmentations, last); // told again
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 1);
  assert_on (world, 0, 1, 3);
  g_assert_cmpfloat_with_epsilon (prc_segment_item_get_measure (nth (world, 0), NULL)->volume_ml,
                                  30 * 0.7 * 0.45 * 3 / 1000, 1e-9); // 30 voxels
}

static void
test_grows_with_its_series (World *world, gconstpointer data) {
  g_autoptr (PrcSeries) part = part_of (world->series, 2, 3);
  g_autoptr (PrcScan) first = scan_of (part, FALSE), last = scan_of (world->series, TRUE);

  add_other (world, first, world->path);
  add_other (world, last, world->path);
  prc_segmentations_set_series (world->segmentations, part);
  prc_segmentations_take_scan (world->segmentations, first);
  settle (world);
  assert_on (world, 0, 0, 1); // of the part: slices 2 and 3 of all
  prc_segment_item_set_visible (nth (world, 0), FALSE);
  prc_segmentations_set_series (world->segmentations, world->series);
  assert_on (world, 0, 2, 3); // at once, with its images
  prc_segmentations_take_scan (world->segmentations, last);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 1);
  assert_on (world, 0, 1, 3);
  g_assert_false (prc_segment_item_get_visible (nth (world, 0)));
}

static void
test_edit_outlives_growing (World *world, gconstpointer data) {
  g_autoptr (PrcSeries) part = part_of (world->series, 0, 5);
  g_autoptr (PrcScan) first = scan_of (part, FALSE), last = scan_of (world->series, TRUE);
  g_autoptr (PrcSegmentStack) all = stack_on (0, 4);
  g_autofree PrcMask **masks = g_new (PrcMask *, 5);

  add_other (world, first, world->path);
  prc_segmentations_set_series (world->segmentations, part);
  prc_segmentations_take_scan (world->segmentations, first);
  settle (world);
  for (guint i = 0; i < 5; i++)
    masks[i] = prc_segment_stack_mask (all, i);
  g_autoptr (PrcSegmentStack) drawn = prc_segment_stack_new (masks, 5);
  prc_segment_item_set_stack (nth (world, 0), drawn);
  prc_segmentations_set_series (world->segmentations, world->series);
  prc_segmentations_take_scan (world->segmentations, last);
  settle (world);
  assert_on (world, 0, 0, 4);
  g_assert_true (prc_segment_item_is_edited (nth (world, 0)));
}

/* ---- many, none, broken ---- */

static void
test_one_list_for_many_files (World *world, gconstpointer data) {
  g_autofree char *second = write_file (world, "second", 0, 5);
  g_autoptr (PrcScan) scan = scan_of (world->series, TRUE);

  add_other (world, scan, world->path);
  add_other (world, scan, second);
  prc_segmentations_set_series (world->segmentations, world->series);
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 2);
  g_assert_cmpuint (prc_segment_set_n_files (prc_segmentations_get_set (world->segmentations)), ==,
                    2);
  assert_on (world, 0, 1, 3);
  assert_on (world, 1, 0, 5);
  g_assert_cmpuint (prc_segment_item_get_colour (nth (world, 0)), !=,
                    prc_segment_item_get_colour (nth (world, 1)));
}

static void
truncate_file (const char *path) {
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize)length / 2, NULL));
}

// One file of five was damaged, and none was shown.
static void
test_broken_one_is_one_sentence (World *world, gconstpointer data) {
  g_autofree char *second = write_file (world, "second", 0, 5);
  g_autofree char *third = write_file (world, "third", 0, 5);
  g_autoptr (PrcScan) scan = scan_of (world->series, TRUE);

  add_other (world, scan, second);
  add_other (world, scan, third);
  add_other (world, scan, world->path);
  truncate_file (second);
  truncate_file (third);
  prc_segmentations_set_series (world->segmentations, world->series);
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 1);
  g_assert_cmpuint (world->problems->len, ==, 1);
  g_assert_true (g_str_has_prefix (world->problems->pdata[0], "2 segmentations cannot be read: "));
  g_assert_null (strchr (world->problems->pdata[0], '\n'));
}

static void
test_lies_nowhere (World *world, gconstpointer data) {
  const PrcSegmentSeriesPlan elsewhere = {.n_slices = 2,
                                          .rows = 10,
                                          .columns = 10,
                                          .orientation = {0, 1, 0, 0, 0, 1},
                                          .step_mm = {500, 0, 0}};
  g_autofree char *folder = prc_fixture_folder ();
  g_autoptr (PrcSeries) other = prc_segment_fixture_series (world->pool, folder, &elsewhere);
  g_autoptr (PrcSeries) far_away = part_of (other, 1, 1);
  g_autoptr (PrcScan) growing = scan_of (far_away, FALSE), scan = scan_of (far_away, TRUE);

  add_other (world, growing, world->path);
  add_other (world, scan, world->path);
  prc_segmentations_set_series (world->segmentations, far_away);
  prc_segmentations_take_scan (world->segmentations, growing);
  settle (world);
  g_assert_cmpuint (world->problems->len, ==, 0); // its images may come yet
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 0);
  g_assert_cmpuint (world->problems->len, ==, 1);
  g_assert_cmpuint (g_hash_table_size (prc_segmentations_get_keys (world->segmentations)), ==, 0);
  prc_fixture_remove (folder);
}

// Labels of 0.45 x 0.7 x 3 mm voxels on the six slices of `world`, `right_mm` away from them; offsets
// are those of nifti1.h.
static char *
write_labels (World *world, double right_mm) {
  const gint32 size = 348;
  const gint16 dim[8] = {3, 32, 24, 6, 1, 1, 1, 1}, bits = 8, uint8 = 2, scanner = 1;
  const float pixdim[8] = {1, 0.45f, 0.7f, 3, 1, 1, 1, 1}, start = 352;
  const float rows[12] = {
      -0.45f, 0, 0, (float)(100.125 - right_mm), 0, -0.7f, 0, 100.125f, 0, 0, 3, -100.125f};
  g_autofree char *file = g_malloc0 (352 + 32 * 24 * 6);
  g_autoptr (GError) error = NULL;

  memcpy (file, &size, 4);
  memcpy (file + 40, dim, sizeof dim);
  memcpy (file + 70, &uint8, 2);
  memcpy (file + 72, &bits, 2);
  memcpy (file + 76, pixdim, sizeof pixdim);
  memcpy (file + 108, &start, 4);
  memcpy (file + 254, &scanner, 2);
  memcpy (file + 280, rows, sizeof rows);
  memcpy (file + 344, "n+1", 4);
  for (guint i = 1; i <= 3; i++) // 10 voxels each, as those of stack_on
    for (guint row = 5; row <= 6; row++)
      memset (file + 352 + (i * 24 + row) * 32 + 4, 1, 5);
  char *path = g_build_filename (world->folder, "labels.nii", NULL);
  g_file_set_contents (path, file, 352 + 32 * 24 * 6, &error);
  g_assert_no_error (error);
  return path;
}

static PrcSeries *
another_patient (World *world, const char *folder) {
  for (guint i = 0; i < 6; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u.dcm", folder, i);
    PrcFixtureSlice slice = {.study = 8,
                             .series = 4,
                             .instance = i + 1,
                             .patient_id = "ANOTHER",
                             .rows = 24,
                             .columns = 32,
                             .position_mm = {-99, -99, -100 + 3.0 * i},
                             .spacing_mm = {0.7, 0.45}};
    prc_fixture_write (path, &slice);
  }
  return prc_segment_fixture_scan (world->pool, folder);
}

// A NIfTI volume names nobody, and lay on whatever was in view.
static void
test_labels_of_another_patient (World *world, gconstpointer data) {
  g_autofree char *labels = write_labels (world, 0), *folder = prc_fixture_folder ();
  g_autoptr (PrcSeries) other = another_patient (world, folder);
  g_autoptr (PrcScan) growing = scan_of (other, FALSE), scan = scan_of (other, TRUE);

  add_other (world, growing, labels);
  add_other (world, scan, labels);
  g_ptr_array_add (scan->series, prc_series_ref (world->series));
  prc_segmentations_set_series (world->segmentations, other);
  prc_segmentations_take_scan (world->segmentations, growing);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 0); // its own may come yet
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 0);
  GHashTable *keys = prc_segmentations_get_keys (world->segmentations);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 1);
  g_assert_true (g_hash_table_contains (keys, prc_series_key (world->series)));
  prc_segmentations_set_series (world->segmentations, world->series);
  settle (world);
  assert_on (world, 0, 1, 3);
  g_assert_cmpuint (world->problems->len, ==, 0);
  prc_fixture_remove (folder);
}

static void
test_labels_of_any_of_two (World *world, gconstpointer data) {
  g_autofree char *labels = write_labels (world, 2), *folder = prc_fixture_folder ();
  g_autoptr (PrcSeries) other = another_patient (world, folder);
  g_autoptr (PrcScan) scan = scan_of (other, TRUE);

  add_other (world, scan, labels);
  g_ptr_array_add (scan->series, prc_series_ref (world->series));
  prc_segmentations_set_series (world->segmentations, world->series);
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 0);
  g_assert_cmpuint (g_hash_table_size (prc_segmentations_get_keys (world->segmentations)), ==, 0);
  g_assert_cmpuint (world->problems->len, ==, 1);
  g_assert_nonnull (strstr (world->problems->pdata[0], "images of several patients"));
  prc_fixture_remove (folder);
}

/* ---- series ---- */

static void
test_each_series_keeps_its_own (World *world, gconstpointer data) {
  g_autoptr (PrcScan) scan = scan_of (world->series, TRUE);

  add_other (world, scan, world->path);
  prc_segmentations_set_series (world->segmentations, world->series);
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  PrcSegmentSet *set = prc_segmentations_get_set (world->segmentations);
  prc_segment_set_set_opacity (set, 0.9);
  prc_segmentations_set_series (world->segmentations, NULL);
  g_assert_null (prc_segmentations_get_set (world->segmentations));
  prc_segmentations_set_series (world->segmentations, world->series);
  settle (world);
  g_assert_true (prc_segmentations_get_set (world->segmentations) == set);
  g_assert_cmpuint (n_items (world), ==, 1);
  g_assert_cmpfloat (prc_segment_set_get_opacity (set), ==, 0.9);
}

static void
test_stop (World *world, gconstpointer data) {
  g_autofree char *second = write_file (world, "second", 0, 5);
  g_autoptr (PrcScan) scan = scan_of (world->series, TRUE);
  guint done, total;

  add_other (world, scan, world->path);
  add_other (world, scan, second);
  prc_segmentations_set_series (world->segmentations, world->series);
  prc_segmentations_take_scan (world->segmentations, scan);
  g_assert_true (prc_segmentations_progress (world->segmentations, &done, &total));
  g_assert_cmpuint (done, ==, 0);
  g_assert_cmpuint (total, >=, 2);
  prc_segmentations_cancel (world->segmentations);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 0);
  g_assert_cmpuint (world->problems->len, ==, 0);
}

static void
test_freed_while_reading (World *world, gconstpointer data) {
  g_autoptr (PrcScan) scan = scan_of (world->series, TRUE);

  add_other (world, scan, world->path);
  prc_segmentations_set_series (world->segmentations, world->series);
  prc_segmentations_take_scan (world->segmentations, scan);
  prc_segmentations_free (world->segmentations);
  for (guint i = 0; i < 20; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (5000);
  }
  g_assert_cmpuint (world->problems->len, ==, 0);
  world->segmentations = prc_segmentations_new (world->pool, changed, world->problems);
}

/* ---- threshold ---- */

// Where the published example lies; its images are not published.
static PrcSeries *
images_of_example (void) {
  g_autoptr (GPtrArray) slices =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);

  for (guint i = 0; i < 3; i++) {
    g_autofree char *record = g_strdup_printf (
        "{'SOPInstanceUID': <'1.9.%u'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.2'>,"
        " 'SeriesInstanceUID': <'1.9'>, 'StudyInstanceUID': <'1'>, 'PatientID': <'P'>,"
        " 'FrameOfReferenceUID': <'1.3.6.1.4.1.5962.1.1.0.0.0.1196530851.28319.0.4'>,"
        " 'Modality': <'CT'>, 'Rows': <[16.0]>, 'Columns': <[16.0]>,"
        " 'PixelSpacing': <[0.488281, 0.488281]>,"
        " 'ImagePositionPatient': <[-125.0, -128.100006, %f]>,"
        " 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]>, 'IsImage': <true>}",
        i + 1, 103.019997 + 1.25 * i);
    g_ptr_array_add (slices, prc_fixture_instance ("/nowhere", record));
  }
  g_autoptr (GPtrArray) groups = prc_series_group ((PrcInstance **)slices->pdata, slices->len);
  return prc_series_ref (groups->pdata[0]);
}

static void
test_threshold (World *world, gconstpointer data) {
  g_autofree char *path =
      prc_fixture_data ("segmentation/highdicom/seg_image_ct_true_fractional.dcm");

  if (!path)
    return;
  g_autoptr (PrcSeries) series = images_of_example ();
  g_autoptr (PrcScan) scan = scan_of (series, TRUE);
  add_other (world, scan, path);
  prc_segmentations_set_series (world->segmentations, series);
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  g_assert_cmpuint (n_items (world), >=, 1);
  guint n = n_items (world);
  guint64 half = prc_segment_stack_area (prc_segment_item_get_stack (nth (world, 0)));
  const PrcSegmentation *file = prc_segment_item_get_segmentation (nth (world, 0));
  prc_segment_item_set_opacity (nth (world, 0), 0.7);
  g_assert_cmpfloat (prc_segmentations_get_threshold (world->segmentations, file), ==, 0.5);
  prc_segmentations_set_threshold (world->segmentations, file, 0.01);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, n); // the same ones
  g_assert_cmpfloat (prc_segment_item_get_opacity (nth (world, 0)), ==, 0.7);
  guint64 low = prc_segment_stack_area (prc_segment_item_get_stack (nth (world, 0)));
  g_assert_cmpuint (low, >, half);
  file = prc_segment_item_get_segmentation (nth (world, 0));
  g_assert_cmpfloat (prc_segmentations_get_threshold (world->segmentations, file), ==, 0.01);
}

// No fraction of the example is more than 128 / 255: what was there goes, and comes again.
static void
test_threshold_above_all (World *world, gconstpointer data) {
  g_autofree char *path =
      prc_fixture_data ("segmentation/highdicom/seg_image_ct_true_fractional.dcm");

  if (!path)
    return;
  g_autoptr (PrcSeries) series = images_of_example ();
  g_autoptr (PrcScan) scan = scan_of (series, TRUE);
  add_other (world, scan, path);
  prc_segmentations_set_series (world->segmentations, series);
  prc_segmentations_take_scan (world->segmentations, scan);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 1);
  guint64 half = prc_segment_stack_area (prc_segment_item_get_stack (nth (world, 0)));
  g_assert_cmpuint (half, >, 0);
  prc_segmentations_set_threshold (world->segmentations,
                                   prc_segment_item_get_segmentation (nth (world, 0)), 0.9);
  settle (world);
  g_assert_cmpuint (n_items (world), ==, 1);
  g_assert_cmpuint (prc_segment_stack_area (prc_segment_item_get_stack (nth (world, 0))), ==, 0);
  prc_segmentations_set_threshold (world->segmentations,
                                   prc_segment_item_get_segmentation (nth (world, 0)), 0.5);
  settle (world);
  g_assert_cmpuint (prc_segment_stack_area (prc_segment_item_get_stack (nth (world, 0))), ==, half);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/segment/" name, World, NULL, set_up, test, tear_down)
  ADD ("loaded-before-its-images", test_loaded_before_its_images);
  ADD ("loaded-after-its-images", test_loaded_after_its_images);
  ADD ("grows-with-its-series", test_grows_with_its_series);
  ADD ("edit-outlives-growing", test_edit_outlives_growing);
  ADD ("one-list-for-many-files/read", test_one_list_for_many_files);
  ADD ("broken-one-is-one-sentence", test_broken_one_is_one_sentence);
  ADD ("lies-nowhere", test_lies_nowhere);
  ADD ("labels-of-another-patient", test_labels_of_another_patient);
  ADD ("labels-of-any-of-two", test_labels_of_any_of_two);
  ADD ("each-series-keeps-its-own", test_each_series_keeps_its_own);
  ADD ("stop", test_stop);
  ADD ("freed-while-reading", test_freed_while_reading);
  ADD ("threshold", test_threshold);
  ADD ("threshold-above-all", test_threshold_above_all);
  return g_test_run ();
}
