// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "fixture.h"
#include "prc-geometry.h"
#include "prc-imaging-error.h"

static PrcInstance *
instance_of (const char *extra) {
  g_autofree char *record = g_strdup_printf (
      "{'SOPInstanceUID': <'1.2.3'>, 'IsImage': <true>, 'Rows': <[4.0]>, 'Columns': <[6.0]>%s%s}",
      *extra ? ", " : "", extra);
  return prc_fixture_instance ("/a/b.dcm", record);
}

static void
expect_error (const char *record, int code) {
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (record));
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_instance_new_from_record ("/x", variant, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, code);
}

static void
test_fields (void) {
  g_autoptr (PrcInstance) instance = instance_of (
      "'PatientName': <' DOE^J\\u0007ANE '>, 'SeriesNumber': <[7.0]>, 'DiffusionBValue': <[800.0]>,"
      "'ImageType': <'ORIGINAL\\\\PRIMARY'>, 'LossyImageCompression': <'01'>, 'NumberOfFrames': "
      "<[3.0]>,"
      "'SliceThickness': <[2.5]>, 'Laterality': <'L'>, 'ImageLaterality': <'R'>, 'Unknown': <5>");
  const PrcInstanceInfo *info = prc_instance_info (instance);
  g_assert_cmpstr (info->path, ==, "/a/b.dcm");
  g_assert_cmpstr (info->patient_name, ==, "DOE^J ANE");
  g_assert_cmpstr (info->image_type, ==, "ORIGINAL\\PRIMARY");
  g_assert_cmpstr (info->laterality, ==, "R");
  g_assert_cmpstr (info->institution, ==, "");
  g_assert_cmpstr (info->spacing_source, ==, "");
  g_assert_cmpint (info->series_number, ==, 7);
  g_assert_cmpint (info->acquisition_number, ==, 0);
  g_assert_cmpuint (info->n_frames, ==, 3);
  g_assert_cmpfloat (info->b_value, ==, 800);
  g_assert_cmpfloat (info->slice_thickness_mm, ==, 2.5);
  g_assert_true (info->lossy);
}

static void
test_absent (void) {
  g_autoptr (PrcInstance) instance = instance_of ("");
  const PrcInstanceInfo *info = prc_instance_info (instance);
  g_assert_cmpfloat (info->b_value, ==, -1);
  g_assert_cmpuint (info->n_frames, ==, 1);
  g_assert_cmpuint (info->samples_per_pixel, ==, 1);
  g_assert_false (info->lossy);
  const PrcPlane *plane = prc_instance_plane (instance, 0);
  g_assert_false (plane->has_position);
  g_assert_false (plane->has_orientation);
  g_assert_cmpfloat (plane->row_spacing_mm, ==, 0);
}

// Wrong types, impossible and endless numbers count as absent.
static void
test_nonsense (void) {
  g_autoptr (PrcInstance) instance = instance_of (
      "'PatientID': <5>, 'SeriesNumber': <'seven'>, 'InstanceNumber': <[1e300]>,"
      "'DiffusionBValue': <[-5.0]>, 'SliceThickness': <[-1.0]>, 'FrameTime': <@ad []>,"
      "'ImagePositionPatient': <[1.0, 2.0]>, 'PixelSpacing': <[0.0, 1.0]>, 'FramePlanes': <'x'>,"
      "'ImageOrientationPatient': <[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]>, 'NumberOfFrames': <[0.0]>");
  const PrcInstanceInfo *info = prc_instance_info (instance);
  g_assert_cmpstr (info->patient_id, ==, "");
  g_assert_cmpint (info->series_number, ==, 0);
  g_assert_cmpint (info->instance_number, ==, 0);
  g_assert_cmpfloat (info->b_value, ==, -1);
  g_assert_cmpfloat (info->slice_thickness_mm, ==, 0);
  g_assert_cmpuint (info->n_frames, ==, 1);
  const PrcPlane *plane = prc_instance_plane (instance, 0);
  g_assert_false (plane->has_position);
  g_assert_false (plane->has_orientation);
  g_assert_cmpfloat (plane->row_spacing_mm, ==, 0);
}

static void
test_not_finite (void) {
  double numbers[3] = {NAN, INFINITY, 0};
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "SOPInstanceUID", "s", "1.2");
  g_variant_dict_insert_value (
      &dict, "ImagePositionPatient",
      g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, numbers, 3, sizeof (double)));
  g_variant_dict_insert_value (
      &dict, "SliceThickness",
      g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, numbers + 1, 1, sizeof (double)));
  g_autoptr (GVariant) record = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_autoptr (PrcInstance) instance = prc_instance_new_from_record ("/x", record, NULL);
  g_assert_nonnull (instance);
  g_assert_false (prc_instance_plane (instance, 0)->has_position);
  g_assert_cmpfloat (prc_instance_info (instance)->slice_thickness_mm, ==, 0);
}

static void
test_errors (void) {
  expect_error ("{'PatientID': <'x'>}", PRC_IMAGING_ERROR_DAMAGED);
  expect_error ("{'SOPInstanceUID': <'1'>, 'IsImage': <true>, 'Rows': <[0.0]>, 'Columns': <[5.0]>}",
                PRC_IMAGING_ERROR_DAMAGED);
  expect_error ("{'SOPInstanceUID': <'1'>, 'IsImage': <true>, 'Rows': <[5.0]>, 'Columns': <[5.0]>,"
                " 'NumberOfFrames': <[2e9]>}",
                PRC_IMAGING_ERROR_TOO_LARGE);
  expect_error ("{'Error': <(@u 0, 'This is no DICOM file')>}", PRC_IMAGING_ERROR_NOT_DICOM);
  expect_error ("{'Error': <(@u 4000, '')>}", PRC_IMAGING_ERROR_DAMAGED);
}

static void
expect_b_value (const char *extra, double expected) {
  g_autoptr (PrcInstance) instance = instance_of (extra);
  g_assert_cmpfloat (prc_instance_info (instance)->b_value, ==, expected);
}

// The attribute, else Siemens' Sequence Name.
static void
test_b_value (void) {
  expect_b_value ("'Modality': <'MR'>, 'SequenceName': <'*ep_b800t'>", 800);
  expect_b_value ("'Modality': <'MR'>, 'SequenceName': <'ep_b0'>", 0);
  expect_b_value ("'Modality': <'MR'>, 'SequenceName': <'*ep_b50_800'>", -1);
  expect_b_value (
      "'Modality': <'MR'>, 'SequenceName': <'*ep_b1000#3'>, 'DiffusionBValue': <[50.0]>", 50);
  expect_b_value ("'Modality': <'MR'>, 'SequenceName': <'tfl_bold'>", -1);
  expect_b_value ("'Modality': <'CT'>, 'SequenceName': <'*ep_b800t'>", -1);
}

// Spacing comes from the first attribute there is, and says which.
static void
test_spacing_source (void) {
  g_autoptr (PrcInstance) detector = instance_of (
      "'NominalScannedPixelSpacing': <[9.0, 9.0]>, 'ImagerPixelSpacing': <[0.1, 0.2]>");
  g_assert_cmpstr (prc_instance_info (detector)->spacing_source, ==, "ImagerPixelSpacing");
  g_assert_cmpfloat (prc_instance_plane (detector, 0)->row_spacing_mm, ==, 0.1);
  g_assert_cmpfloat (prc_instance_plane (detector, 0)->column_spacing_mm, ==, 0.2);
  g_autoptr (PrcInstance) patient =
      instance_of ("'ImagerPixelSpacing': <[0.1, 0.2]>, 'PixelSpacing': <[0.5, 1.0]>");
  g_assert_cmpstr (prc_instance_info (patient)->spacing_source, ==, "PixelSpacing");
  g_assert_cmpfloat (prc_instance_plane (patient, 0)->row_spacing_mm, ==, 0.5);
}

// 1e-4 of noise is repaired, more than 1e-3 is no orientation.
static void
test_orientation_noise (void) {
  g_autoptr (PrcInstance) noisy =
      instance_of ("'ImageOrientationPatient': <[1.0001, 0.0, 0.0, 0.0002, 0.9999, 0.0]>");
  const PrcPlane *plane = prc_instance_plane (noisy, 0);
  g_assert_true (plane->has_orientation);
  g_assert_cmpfloat_with_epsilon (prc_geometry_length (plane->row_direction), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (prc_geometry_length (plane->column_direction), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (prc_geometry_dot (plane->row_direction, plane->column_direction),
                                  0, 1e-12);
  g_autoptr (PrcInstance) wrong =
      instance_of ("'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.01, 1.0, 0.0]>");
  g_assert_false (prc_instance_plane (wrong, 0)->has_orientation);
}

// PS3.3 C.7.6.16: what a frame leaves open is the instance's, except where it lies; frames without
// a group have no place.
static void
test_frame_planes (void) {
  g_autoptr (PrcInstance) instance =
      instance_of ("'NumberOfFrames': <[3.0]>, 'PixelSpacing': <[2.0, 2.0]>,"
                   "'FramePlanes': <[1.0, 2.0, 3.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.5, 0.6,"
                   "1.0, 2.0, 4.0, nan, nan, nan, nan, nan, nan, nan, nan,"
                   "1.0, 2.0, 4.0]>"); // the last is not all there
  const PrcPlane *first = prc_instance_plane (instance, 0);
  g_assert_true (first->has_position && first->has_orientation);
  g_assert_cmpfloat (first->column_spacing_mm, ==, 0.6);
  const PrcPlane *second = prc_instance_plane (instance, 1);
  g_assert_cmpfloat (second->position_mm[2], ==, 4);
  g_assert_cmpfloat (second->row_spacing_mm, ==, 2);
  g_assert_false (second->has_orientation);
  g_assert_false (prc_instance_plane (instance, 2)->has_position);
  g_assert_false (prc_instance_plane (instance, 77)->has_position);
}

static void
expect_same_patient (const char *a, const char *b, bool same) {
  g_autoptr (PrcInstance) x = instance_of (a);
  g_autoptr (PrcInstance) y = instance_of (b);
  const char *key_x = prc_instance_patient_key (x), *key_y = prc_instance_patient_key (y);
  if (same)
    g_assert_cmpstr (key_x, ==, key_y);
  else
    g_assert_cmpstr (key_x, !=, key_y);
}

// PS3.3 C.7.6.5 and C.7.6.6: what a multi-frame image says of its playing.
static void
test_cine (void) {
  g_autoptr (PrcInstance) instance = instance_of (
      "'NumberOfFrames': <[4.0]>, 'CineRate': <[30.0]>, 'RecommendedDisplayFrameRate': <[25.0]>,"
      "'FrameTime': <[33.3]>, 'FrameTimeVector': <[0.0, 40.0, 80.0, 20.0]>, 'StartTrim': <[2.0]>,"
      "'StopTrim': <[3.0]>, 'PreferredPlaybackSequencing': <[1.0]>,"
      "'FrameIncrementPointer': <[1577061.0]>"); // 0018,1065
  const PrcCineInfo *cine = &prc_instance_info (instance)->cine;
  g_assert_cmpfloat (cine->rate, ==, 30);
  g_assert_cmpfloat (cine->recommended_rate, ==, 25);
  g_assert_cmpfloat (cine->frame_time_ms, ==, 33.3);
  g_assert_cmpuint (cine->n_frame_times, ==, 4);
  g_assert_cmpfloat (cine->frame_times_ms[2], ==, 80);
  g_assert_cmpuint (cine->start_trim, ==, 2);
  g_assert_cmpuint (cine->stop_trim, ==, 3);
  g_assert_true (cine->sweep);
  g_assert_cmpint (cine->increment, ==, PRC_INCREMENT_TIME_VECTOR);
  g_autoptr (PrcInstance) nuclear = instance_of (
      "'FrameIncrementPointer': <[5505040.0, 5505056.0]>, 'FrameTimeVector': <[0.0, -1.0]>,"
      "'PreferredPlaybackSequencing': <[0.0]>, 'CineRate': <[-3.0]>");
  cine = &prc_instance_info (nuclear)->cine;
  g_assert_cmpint (cine->increment, ==, PRC_INCREMENT_OTHER);
  g_assert_null (cine->frame_times_ms);
  g_assert_cmpfloat (cine->rate, ==, 0);
  g_assert_false (cine->sweep);
}

static void
test_patient_key (void) {
  expect_same_patient ("'PatientID': <'7'>, 'PatientName': <'A'>",
                       "'PatientID': <'7 '>, 'PatientName': <'A^B'>", true);
  expect_same_patient ("'PatientID': <'7'>", "'PatientID': <'8'>", false);
  expect_same_patient ("'PatientName': <'A'>, 'PatientBirthDate': <'19700101'>",
                       "'PatientName': <'A'>, 'PatientBirthDate': <'19700102'>", false);
  expect_same_patient ("'PatientName': <'7'>", "'PatientID': <'7'>", false);
  expect_same_patient ("'StudyInstanceUID': <'1.1'>", "'StudyInstanceUID': <'1.2'>", false);
  expect_same_patient ("'StudyInstanceUID': <'1.1'>", "'StudyInstanceUID': <'1.1'>", true);
}

static void
test_classify (void) {
  PrcPlane plane = {
      .has_orientation = true, .row_direction = {1, 0, 0}, .column_direction = {0, 1, 0}};
  g_assert_cmpint (prc_geometry_classify (&plane), ==, PRC_ORIENTATION_AXIAL);
  plane = (PrcPlane){
      .has_orientation = true, .row_direction = {1, 0, 0}, .column_direction = {0, 0, -1}};
  g_assert_cmpint (prc_geometry_classify (&plane), ==, PRC_ORIENTATION_CORONAL);
  plane = (PrcPlane){
      .has_orientation = true, .row_direction = {0, 1, 0}, .column_direction = {0, 0, -1}};
  g_assert_cmpint (prc_geometry_classify (&plane), ==, PRC_ORIENTATION_SAGITTAL);
  plane.row_direction[0] = plane.row_direction[1] = sqrt (0.5);
  g_assert_cmpint (prc_geometry_classify (&plane), ==, PRC_ORIENTATION_OBLIQUE);
  plane.has_orientation = false;
  g_assert_cmpint (prc_geometry_classify (&plane), ==, PRC_ORIENTATION_NONE);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instance/fields", test_fields);
  g_test_add_func ("/instance/absent", test_absent);
  g_test_add_func ("/instance/nonsense", test_nonsense);
  g_test_add_func ("/instance/not-finite", test_not_finite);
  g_test_add_func ("/instance/errors", test_errors);
  g_test_add_func ("/instance/b-value", test_b_value);
  g_test_add_func ("/instance/spacing-source", test_spacing_source);
  g_test_add_func ("/instance/orientation-noise", test_orientation_noise);
  g_test_add_func ("/instance/frame-planes", test_frame_planes);
  g_test_add_func ("/trap-28-cine/attributes", test_cine);
  g_test_add_func ("/instance/patient-key", test_patient_key);
  g_test_add_func ("/geometry/classify", test_classify);
  return g_test_run ();
}
