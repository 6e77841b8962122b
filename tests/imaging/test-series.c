// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "prc-series.h"

// Stacks made by hand; real series are in test-real-series.c.

typedef struct {
  const char *uid, *series, *patient, *date;
  int number, acquisition, echo, temporal, series_number;
  double z, x, b_value;
  const char *orientation; // of an axial slice when NULL
  unsigned columns, frames;
  const char *extra;
} Spec;

static PrcInstance *
make (const Spec *spec) {
  static unsigned counter = 0;
  g_autofree char *uid = spec->uid ? g_strdup (spec->uid) : g_strdup_printf ("9.%u", ++counter);
  g_autofree char *path = g_strdup_printf ("/f%u", counter);
  g_autofree char *b_value = spec->b_value < 0
                                 ? g_strdup ("")
                                 : g_strdup_printf ("'DiffusionBValue': <[%f]>,", spec->b_value);
  g_autofree char *record = g_strdup_printf (
      "{'SOPInstanceUID': <'%s'>, 'SeriesInstanceUID': <'%s'>, 'StudyInstanceUID': <'1.1'>,"
      " 'PatientID': <'%s'>, 'StudyDate': <'%s'>, 'Modality': <'CT'>, 'IsImage': <true>, %s"
      " 'Rows': <[8.0]>, 'Columns': <[%u.0]>, 'NumberOfFrames': <[%u.0]>, 'InstanceNumber': "
      "<[%d.0]>,"
      " 'AcquisitionNumber': <[%d.0]>, 'EchoNumbers': <[%d.0]>, 'SeriesNumber': <[%d.0]>,"
      " 'TemporalPositionIdentifier': <[%d.0]>, 'PixelSpacing': <[1.0, 1.0]>,"
      " 'ImagePositionPatient': <[%f, 0.0, %f]>, 'ImageOrientationPatient': <%s> %s}",
      uid, spec->series ? spec->series : "1.1.1", spec->patient ? spec->patient : "p",
      spec->date ? spec->date : "20260101", b_value, spec->columns ? spec->columns : 8,
      spec->frames ? spec->frames : 1, spec->number, spec->acquisition, spec->echo,
      spec->series_number, spec->temporal, spec->x, spec->z,
      spec->orientation ? spec->orientation : "[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]",
      spec->extra ? spec->extra : "");
  return prc_fixture_instance (path, record);
}

static GPtrArray *
new_list (void) {
  return g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
}

static void
add (GPtrArray *list, Spec spec) {
  g_ptr_array_add (list, make (&spec));
}

static GPtrArray *
group (GPtrArray *list) {
  return prc_series_group ((PrcInstance *const *)list->pdata, list->len);
}

static double
z_of (const PrcSeries *series, uint32_t i) {
  return prc_series_slice (series, i)->along_mm;
}

static bool
has_problem (const PrcSeries *series, const char *sentence) {
  return g_strv_contains (prc_series_problems (series), sentence);
}

static unsigned
n_problems (const PrcSeries *series) {
  return g_strv_length ((char **)prc_series_problems (series));
}

// Instance numbers run against geometry and lie; geometry decides (PS3.3 C.7.6.2.1.1).
static void
test_order (void) {
  g_autoptr (GPtrArray) list = new_list ();
  static const double z[] = {10, -5, 0, 5, 15};
  for (int i = 0; i < 5; i++)
    add (list, (Spec){.z = z[i], .number = i, .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
  const PrcSeries *only = series->pdata[0];
  for (uint32_t i = 0; i < 5; i++)
    g_assert_cmpfloat (z_of (only, i), ==, -5.0 + 5 * i);
  g_assert_cmpfloat (prc_series_spacing_mm (only), ==, 5);
  g_assert_cmpint (prc_series_orientation (only), ==, PRC_ORIENTATION_AXIAL);
  g_assert_cmpuint (n_problems (only), ==, 0);
}

static void
test_find_and_nearest (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 10; i++)
    add (list, (Spec){.z = 2 * i, .b_value = -1, .uid = i == 3 ? "7.7" : NULL});
  g_autoptr (GPtrArray) series = group (list);
  const PrcSeries *only = series->pdata[0];
  g_assert_cmpint (prc_series_find (only, "7.7", 0), ==, 3);
  g_assert_cmpint (prc_series_find (only, "7.7", 1), ==, -1);
  g_assert_cmpint (prc_series_find (only, "7.8", 0), ==, -1);
  g_assert_cmpuint (prc_series_nearest (only, -100), ==, 0);
  g_assert_cmpuint (prc_series_nearest (only, 100), ==, 9);
  g_assert_cmpuint (prc_series_nearest (only, 6.9), ==, 3);
  g_assert_cmpuint (prc_series_nearest (only, 7.1), ==, 4);
  g_assert_cmpuint (prc_series_nearest (only, 6), ==, 3);
}

static void
test_missing (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 50; i++) {
    if (i != 10 && (i < 41 || i > 43))
      add (list, (Spec){.z = 1.25 * i, .b_value = -1});
  }
  g_autoptr (GPtrArray) series = group (list);
  const PrcSeries *only = series->pdata[0];
  g_assert_cmpfloat (prc_series_spacing_mm (only), ==, 1.25);
  g_assert_cmpuint (n_problems (only), ==, 2);
  g_assert_true (has_problem (only, "1 slice is missing between slices 10 and 11"));
  g_assert_true (has_problem (only, "3 slices are missing between slices 40 and 41"));
}

static void
test_mixed_spacing (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 10; i++)
    add (list, (Spec){.z = i < 6 ? 5 * i : 25 + 7 * (i - 5), .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_true (
      has_problem (series->pdata[0], "The distance between slices varies from 5.00 mm to 7.00 mm"));
  g_autoptr (GPtrArray) noisy = new_list (); // rounding to two decimals is no problem
  for (int i = 0; i < 10; i++)
    add (noisy, (Spec){.z = round (100 * i * 0.703125) / 100, .b_value = -1});
  g_autoptr (GPtrArray) noisy_series = group (noisy);
  g_assert_cmpuint (n_problems (noisy_series->pdata[0]), ==, 0);
}

// Slices that step sideways by tan 15 degrees of their distance.
static void
test_tilt (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 10; i++)
    add (list, (Spec){.z = 3 * i, .x = 3 * i * tan (15 * G_PI / 180), .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_true (has_problem (series->pdata[0], "The gantry is tilted by 15.0°"));
  g_assert_cmpfloat_with_epsilon (prc_series_spacing_mm (series->pdata[0]), 3, 1e-6);
  g_autoptr (GPtrArray) shifted = new_list ();
  for (int i = 0; i < 10; i++)
    add (shifted, (Spec){.z = 3 * i, .x = i == 4 ? 25 : 0, .b_value = -1});
  g_autoptr (GPtrArray) shifted_series = group (shifted);
  g_assert_true (
      has_problem (shifted_series->pdata[0], "Slices are shifted sideways by up to 25.0 mm"));
}

static void
test_localiser (void) {
  static const char *const orientations[] = {"[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]",
                                             "[0.0, 1.0, 0.0, 0.0, 0.0, -1.0]",
                                             "[1.0, 0.0, 0.0, 0.0, 0.0, -1.0]"};
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 9; i++)
    add (list, (Spec){.z = i, .x = i, .orientation = orientations[i % 3], .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 3);
  g_assert_cmpint (prc_series_orientation (series->pdata[1]), ==, PRC_ORIENTATION_SAGITTAL);
  g_assert_cmpint (prc_series_orientation (series->pdata[2]), ==, PRC_ORIENTATION_CORONAL);
  g_assert_cmpuint (prc_series_length (series->pdata[0]), ==, 3);
  g_assert_cmpstr (prc_series_title (series->pdata[1]), ==, "CT (sagittal)");
}

// A stack that turns round an axis stays together, in the order of its numbers.
static void
test_many_orientations (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 36; i++) {
    double angle = (35 - i) * G_PI / 36;
    g_autofree char *orientation =
        g_strdup_printf ("[%.9f, %.9f, 0.0, 0.0, 0.0, -1.0]", cos (angle), sin (angle));
    add (list, (Spec){.number = 36 - i, .orientation = orientation, .b_value = -1});
  }
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
  g_assert_cmpuint (prc_series_length (series->pdata[0]), ==, 36);
  g_assert_cmpint (prc_series_orientation (series->pdata[0]), ==, PRC_ORIENTATION_NONE);
  g_assert_cmpint (
      prc_instance_info (prc_series_slice (series->pdata[0], 0)->instance)->instance_number, ==, 1);
  g_assert_cmpuint (n_problems (series->pdata[0]), ==, 1);
}

// 1e-4 of noise in the directions is no other orientation.
static void
test_orientation_noise (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 6; i++)
    add (list, (Spec){.z = i,
                      .b_value = -1,
                      .orientation = i % 2 ? "[1.0, 0.0001, 0.0, 0.0, 0.9999, 0.0001]" : NULL});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
}

static void
test_b_values (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 30; i++)
    add (list, (Spec){.z = 4 * (i % 10), .number = i, .b_value = i < 10 ? 800 : i < 20 ? 50 : 400});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 3);
  static const double expected[] = {50, 400, 800};
  for (int i = 0; i < 3; i++) {
    g_assert_cmpuint (prc_series_length (series->pdata[i]), ==, 10);
    g_assert_cmpfloat (prc_series_info (series->pdata[i])->b_value, ==, expected[i]);
    g_assert_cmpuint (n_problems (series->pdata[i]), ==, 0);
  }
  g_assert_cmpstr (prc_series_title (series->pdata[2]), ==, "CT (b 800)");
  g_assert_cmpstr (prc_series_key (series->pdata[0]), !=, prc_series_key (series->pdata[1]));
}

// b-values that do not make positions repeat split nothing.
static void
test_no_needless_split (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 10; i++)
    add (list, (Spec){.z = i, .b_value = 10 * i, .acquisition = i, .temporal = 10 - i});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
}

static void
test_echo_and_time (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 24; i++)
    add (list, (Spec){.z = i % 6, .echo = 1 + i / 6 % 2, .temporal = 1 + i / 12, .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 4);
  g_assert_cmpstr (prc_series_title (series->pdata[3]), ==, "CT (echo 2, time 2)");
  for (int i = 0; i < 4; i++)
    g_assert_cmpuint (prc_series_length (series->pdata[i]), ==, 6);
}

// Two overlapping helices: the acquisition tells them apart though most places are taken once only.
static void
test_acquisitions (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 20; i++)
    add (list, (Spec){.z = i < 10 ? i : i - 2, .acquisition = 1 + i / 10, .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 2);
  g_assert_cmpuint (prc_series_length (series->pdata[0]), ==, 10);
}

// Nothing but the numbers tells three volumes apart, whichever way they count.
static void
test_turns (void) {
  for (int by_volume = 0; by_volume < 2; by_volume++) {
    g_autoptr (GPtrArray) list = new_list ();
    for (int i = 0; i < 30; i++)
      add (list, (Spec){.z = by_volume ? i % 10 : i / 3, .number = i, .b_value = -1});
    g_autoptr (GPtrArray) series = group (list);
    g_assert_cmpuint (series->len, ==, 3);
    const PrcSlice *slice = prc_series_slice (series->pdata[1], 2);
    g_assert_cmpint (prc_instance_info (slice->instance)->instance_number, ==, by_volume ? 12 : 7);
  }
}

static void
test_uneven_repeats (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 12; i++)
    add (list, (Spec){.z = i < 10 ? i : 3, .number = i, .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
  g_assert_cmpuint (prc_series_length (series->pdata[0]), ==, 12);
  g_assert_true (has_problem (series->pdata[0], "2 slices lie in the place of others"));
}

// A film at one place is one stack in the order of time.
static void
test_film_of_files (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 25; i++)
    add (list, (Spec){.z = 7, .temporal = 25 - i, .number = i, .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
  g_assert_cmpint (prc_series_info (series->pdata[0])->temporal_position, ==, 1);
}

static void
test_sizes_and_series (void) {
  g_autoptr (GPtrArray) list = new_list ();
  add (list, (Spec){.z = 0, .b_value = -1, .patient = "q", .series_number = 1});
  add (list, (Spec){.z = 1, .b_value = -1, .series_number = 9, .series = "1.1.9"});
  add (list, (Spec){.z = 2, .b_value = -1, .series_number = 2, .series = "1.1.2", .columns = 16});
  add (list, (Spec){.z = 3, .b_value = -1, .series_number = 2, .series = "1.1.2"});
  add (list,
       (Spec){.z = 3, .b_value = -1, .series_number = 10, .series = "1.1.3", .date = "20250101"});
  g_autoptr (GPtrArray) series = group (list);
  static const int expected[] = {10, 2, 2, 9, 1};
  g_assert_cmpuint (series->len, ==, 5);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (prc_series_info (series->pdata[i])->series_number, ==, expected[i]);
}

#define PLANE_AT(z) "0.0, 0.0, " z ", nan, nan, nan, nan, nan, nan, nan, nan"

static void
test_frames (void) {
  g_autoptr (GPtrArray) list = new_list ();
  add (list, (Spec){.frames = 4, .b_value = -1, .uid = "5.1"});
  add (list, (Spec){.frames = 3, .b_value = -1, .uid = "5.2"});
  add (list, (Spec){.b_value = -1,
                    .uid = "5.3",
                    .frames = 3,
                    .series = "1.1.2",
                    .extra = ", 'FramePlanes': <[" PLANE_AT ("8.0") "," PLANE_AT (
                        "4.0") "," PLANE_AT ("6.0") "]>"});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 3); // two films, one volume
  g_assert_cmpuint (prc_series_length (series->pdata[0]), ==, 4);
  g_assert_cmpuint (prc_series_slice (series->pdata[0], 2)->frame, ==, 2);
  g_assert_cmpint (prc_series_orientation (series->pdata[0]), ==, PRC_ORIENTATION_NONE);
  g_assert_cmpuint (prc_series_length (series->pdata[1]), ==, 3);
  static const unsigned frames[] = {0, 2, 1}; // 8, 6, 4 mm: the first frame begins
  for (uint32_t i = 0; i < 3; i++)
    g_assert_cmpuint (prc_series_slice (series->pdata[2], i)->frame, ==, frames[i]);
  g_assert_cmpfloat (prc_series_spacing_mm (series->pdata[2]), ==, 2);
}

// The same object in two files is shown once; one UID for many slices is a writer's fault and shows
// them all.
static void
test_copies (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 6; i++)
    add (list, (Spec){.uid = "6.6", .number = i % 5, .z = i % 5, .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
  g_assert_cmpuint (prc_series_length (series->pdata[0]), ==, 5);
  g_assert_true (has_problem (series->pdata[0], "1 file is a copy of another and left out"));
}

// While a scan grows, the stack of the first slice keeps its key, through a split by b-value too.
static void
test_keys_are_stable (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 30; i++)
    add (list, (Spec){.z = i % 10,
                      .b_value = i < 10   ? 800
                                 : i < 20 ? 50
                                          : 400,
                      .echo = i < 15 ? 1 : 2,
                      .uid = i == 0 ? "8.8" : NULL});
  g_autofree char *key = NULL;
  for (size_t n = 1; n <= list->len; n++) {
    g_autoptr (GPtrArray) series = prc_series_group ((PrcInstance *const *)list->pdata, n);
    g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
    for (uint32_t i = 0; i < series->len; i++) {
      g_assert_true (g_hash_table_add (keys, (char *)prc_series_key (series->pdata[i])));
      if (prc_series_find (series->pdata[i], "8.8", 0) < 0)
        continue;
      if (!key)
        key = g_strdup (prc_series_key (series->pdata[i]));
      g_assert_cmpstr (prc_series_key (series->pdata[i]), ==, key);
    }
  }
}

static void
test_without_geometry (void) {
  g_autoptr (GPtrArray) list = new_list ();
  for (int i = 0; i < 5; i++)
    add (list, (Spec){.number = 5 - i, .orientation = "@ad []", .b_value = -1});
  g_autoptr (GPtrArray) series = group (list);
  g_assert_cmpuint (series->len, ==, 1);
  g_assert_cmpint (prc_series_info (series->pdata[0])->instance_number, ==, 1);
  g_assert_cmpfloat (prc_series_spacing_mm (series->pdata[0]), ==, 0);
  g_assert_cmpfloat (z_of (series->pdata[0], 4), ==, 0);
}

static void
test_not_images (void) {
  g_autoptr (PrcInstance) report = prc_fixture_instance ("/sr", "{'SOPInstanceUID': <'1.2'>}");
  g_autoptr (GPtrArray) series = prc_series_group (&report, 1);
  g_assert_cmpuint (series->len, ==, 0);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series/order", test_order);
  g_test_add_func ("/series/find-and-nearest", test_find_and_nearest);
  g_test_add_func ("/series/missing", test_missing);
  g_test_add_func ("/series/mixed-spacing", test_mixed_spacing);
  g_test_add_func ("/series/tilt", test_tilt);
  g_test_add_func ("/series/localiser", test_localiser);
  g_test_add_func ("/series/many-orientations", test_many_orientations);
  g_test_add_func ("/series/orientation-noise", test_orientation_noise);
  g_test_add_func ("/series/b-values", test_b_values);
  g_test_add_func ("/series/no-needless-split", test_no_needless_split);
  g_test_add_func ("/series/echo-and-time", test_echo_and_time);
  g_test_add_func ("/series/acquisitions", test_acquisitions);
  g_test_add_func ("/series/turns", test_turns);
  g_test_add_func ("/series/uneven-repeats", test_uneven_repeats);
  g_test_add_func ("/series/film-of-files", test_film_of_files);
  g_test_add_func ("/series/sizes-and-series", test_sizes_and_series);
  g_test_add_func ("/series/frames", test_frames);
  g_test_add_func ("/series/copies", test_copies);
  g_test_add_func ("/series/keys-are-stable", test_keys_are_stable);
  g_test_add_func ("/series/without-geometry", test_without_geometry);
  g_test_add_func ("/series/not-images", test_not_images);
  return g_test_run ();
}
