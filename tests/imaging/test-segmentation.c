// SPDX-License-Identifier: Apache-2.0
#include "prc-segmentation.h"

#include <math.h>

#include "fixture.h"
#include "prc-codec-wire.h"
#include "prc-imaging-error.h"

// What a codec may answer, in GVariant text, and its bulk: two masks of a 4 x 6 image.

#define SEGMENTS                                                                                   \
  "'Segments': <[{'Number': <uint32 7>, 'Label': <'Liver'>, 'Type': <('10200004', 'SCT', "         \
  "'Liver')>, 'Colour': <uint32 0x112233>}, {'Number': <uint32 9>}]>"
#define FRAMES                                                                                     \
  "'Kind': <uint32 0>, 'Rows': <uint32 4>, 'Columns': <uint32 6>, 'Sources': <['1.2.9']>, "
#define TWO "'FrameSources': <@a(uu) [(uint32 0, uint32 3), (4294967295, 0)]>, "

static const uint16_t two_masks[] = {1, 0, 6, 3, 2, 4, 0, 5, 6};
#define MASKS "'Masks': <@a(uuu) [(uint32 0, uint32 1, uint32 2), (1, 0, 1)]>, "

static PrcSegmentation *
read_record (const char *text, const void *bulk, size_t size, GError **error) {
  g_autoptr (PrcInstance) instance = prc_fixture_instance (
      "/x/liver.dcm", "{'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.4'>, 'SOPInstanceUID': "
                      "<'1.2.3'>, 'PatientID': <'P'>, 'FrameOfReferenceUID': <'1.2.4'>}");
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GVariant) record = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &wrong);
  g_autoptr (GBytes) bytes = g_bytes_new (bulk, size);

  g_assert_no_error (wrong);
  return prc_segmentation_new_from_record (instance, record, bytes, error);
}

static void
refuse (const char *text, const void *bulk, size_t size, PrcImagingError code) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSegmentation) none = read_record (text, bulk, size, &error);

  g_assert_null (none);
  g_assert_error (error, PRC_IMAGING_ERROR, (int)code);
}

static void
test_frames (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSegmentation) read = read_record (
      "{" FRAMES TWO MASKS SEGMENTS ", 'Thickness': <2.5>}", two_masks, sizeof two_masks, &error);
  const PrcSegmentationInfo *info;

  g_assert_no_error (error);
  info = prc_segmentation_info (read);
  g_assert_cmpint (info->kind, ==, PRC_SEGMENTATION_BINARY);
  g_assert_cmpstr (info->sop_instance_uid, ==, "1.2.3");
  g_assert_cmpstr (info->frame_of_reference_uid, ==, "1.2.4");
  g_assert_cmpstr (info->patient_key, ==, "id:P");
  g_assert_cmpstr (info->title, ==, "liver.dcm");
  g_assert_cmpfloat (info->thickness_mm, ==, 2.5);
  g_assert_cmpuint (info->n_segments, ==, 2);
  g_assert_cmpuint (info->segments[0].number, ==, 7);
  g_assert_cmpstr (info->segments[0].label, ==, "Liver");
  g_assert_cmpstr (info->segments[0].type.value, ==, "10200004");
  g_assert_cmpstr (info->segments[0].category.value, ==, "");
  g_assert_true (info->segments[0].has_colour);
  g_assert_cmphex (info->segments[0].colour, ==, 0x112233);
  g_assert_false (info->segments[1].has_colour);
  g_assert_cmpstr (info->segments[1].tracking_uid, ==, "");
  g_assert_null (info->notes[0]);
  g_assert_cmpuint (info->n_frames, ==, 2);
  g_assert_cmpuint (info->frames[0].segment, ==, 1);
  g_assert_cmpuint (info->frames[0].frame, ==, 0);
  g_assert_cmpstr (info->frames[0].source_uid, ==, "1.2.9");
  g_assert_cmpuint (info->frames[0].source_frame, ==, 3);
  g_assert_cmpuint (prc_mask_rows (info->frames[0].mask), ==, 4);
  g_assert_cmpuint (prc_mask_columns (info->frames[0].mask), ==, 6);
  g_assert_cmpuint (prc_mask_area (info->frames[0].mask), ==, 8);
  g_assert_true (prc_mask_contains (info->frames[0].mask, 2, 3));
  g_assert_cmpstr (info->frames[1].source_uid, ==, "");
  g_assert_true (prc_mask_contains (info->frames[1].mask, 5, 0));
  g_assert_false (info->frames[1].plane.has_position);
}

static void
test_planes (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSegmentation) read = read_record (
      "{" FRAMES TWO MASKS SEGMENTS ", 'FramePlanes': <[1.0, 2, 3, 1, 0, 0, 0, 1, 0, 0.5, 0.25, "
      "1e30, 0, 0, 1, 0, 0, 1, 0, 0, -1, 2]>}",
      two_masks, sizeof two_masks, &error);
  const PrcSegmentFrame *frames;

  g_assert_no_error (error);
  frames = prc_segmentation_info (read)->frames;
  g_assert_true (frames[0].plane.has_position);
  g_assert_cmpfloat (frames[0].plane.position_mm[2], ==, 3);
  g_assert_true (frames[0].plane.has_orientation);
  g_assert_cmpfloat (frames[0].plane.row_spacing_mm, ==, 0.5);
  g_assert_cmpfloat (frames[0].plane.column_spacing_mm, ==, 0.25);
  g_assert_false (frames[1].plane.has_position);
  g_assert_false (frames[1].plane.has_orientation);
  g_assert_cmpfloat (frames[1].plane.row_spacing_mm, ==, 0);
}

static void
test_contours (void) {
  const double points[] = {0, 0, 1, 4, 0, 1, 4, 4, 1, 9, 9, 9};
  const double infinite[] = {0, 0, INFINITY};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSegmentation) read = read_record (
      "{'Kind': <uint32 4>, 'Contours': <@a(uuuuu) [(uint32 1, uint32 2, uint32 3, uint32 0, "
      "uint32 0), (0, "
      "0, 1, 4294967295, 0)]>, 'Sources': <['1.2.9']>, 'Notes': <['Too bad']>, " SEGMENTS "}",
      points, sizeof points, &error);
  const PrcSegmentationInfo *info;

  g_assert_no_error (error);
  info = prc_segmentation_info (read);
  g_assert_cmpuint (info->n_contours, ==, 2);
  g_assert_cmpint (info->contours[0].type, ==, PRC_CONTOUR_CLOSED_PLANAR);
  g_assert_cmpuint (info->contours[0].n_points, ==, 3);
  g_assert_cmpfloat (info->contours[0].points_mm[3], ==, 4);
  g_assert_cmpstr (info->contours[0].source_uid, ==, "1.2.9");
  g_assert_cmpint (info->contours[1].type, ==, PRC_CONTOUR_POINT);
  g_assert_cmpfloat (info->contours[1].points_mm[0], ==, 9);
  g_assert_cmpuint (info->rows, ==, 0);
  g_assert_cmpstr (info->notes[0], ==, "Too bad");
  g_assert_null (info->notes[1]);
  refuse ("{'Kind': <uint32 4>, 'Contours': <@a(uuuuu) [(uint32 0, uint32 0, uint32 1, 4294967295, "
          "uint32 "
          "0)]>, " SEGMENTS "}",
          infinite, sizeof infinite, PRC_IMAGING_ERROR_CODEC);
}

#define ONE_CONTOUR(what) "{'Kind': <uint32 4>, 'Contours': <@a(uuuuu) [" what "]>, " SEGMENTS "}"

// What a codec that a file has taken over may say.
static void
test_hostile (void) {
  const double point[] = {0, 0, 0};
  static const char *const masks[] = {
      "(uint32 2, uint32 0, uint32 3)",            // no such frame
      "(uint32 0, uint32 2, uint32 3)",            // no such segment
      "(uint32 0, uint32 0, uint32 2)",            // too few spans
      "(uint32 0, uint32 0, uint32 4)",            // too many
      "(uint32 0, uint32 0, 4294967295)",          // far too many
      "(uint32 0, uint32 0, uint32 0), (0, 1, 3)", // none
      "(uint32 1, uint32 0, uint32 2), (0, 0, 1)", // backwards
      "(uint32 0, uint32 1, uint32 2), (0, 1, 1)", // twice
  };
  static const uint16_t spans[][9] = {
      {1, 0, 7, 3, 2, 4, 0, 5, 6}, // beyond the columns
      {1, 0, 6, 4, 2, 4, 0, 5, 6}, // beyond the rows
      {1, 4, 4, 3, 2, 4, 0, 5, 6}, // nothing
      {1, 4, 3, 3, 2, 4, 0, 5, 6}, // less than nothing
      {3, 0, 6, 1, 2, 4, 0, 5, 6}, // upwards
      {3, 0, 3, 3, 3, 4, 0, 5, 6}, // two that are one
  };
  static const char *const contours[] = {
      "(uint32 2, uint32 0, uint32 1, 4294967295, uint32 0)", // no such segment
      "(uint32 0, uint32 4, uint32 1, 4294967295, uint32 0)", // no such type
      "(uint32 0, uint32 0, uint32 2, 4294967295, uint32 0)", // too many points
      "(uint32 0, uint32 0, uint32 0, 4294967295, uint32 0)", // none
      "(uint32 0, uint32 0, uint32 1, uint32 0, uint32 0)",   // no such source
  };

  for (size_t i = 0; i < G_N_ELEMENTS (masks); i++) {
    g_autofree char *text =
        g_strdup_printf ("{" FRAMES TWO "'Masks': <@a(uuu) [%s]>, " SEGMENTS "}", masks[i]);

    refuse (text, two_masks, sizeof two_masks, PRC_IMAGING_ERROR_CODEC);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (spans); i++)
    refuse ("{" FRAMES TWO MASKS SEGMENTS "}", spans[i], sizeof spans[i], PRC_IMAGING_ERROR_CODEC);
  refuse ("{" FRAMES TWO MASKS SEGMENTS "}", two_masks, sizeof two_masks - 1,
          PRC_IMAGING_ERROR_CODEC);
  refuse ("{" FRAMES TWO MASKS SEGMENTS ", 'FramePlanes': <[1.0]>}", two_masks, sizeof two_masks,
          PRC_IMAGING_ERROR_CODEC);
  refuse ("{" FRAMES MASKS SEGMENTS "}", two_masks, sizeof two_masks, PRC_IMAGING_ERROR_CODEC);
  refuse ("{" FRAMES
          "'FrameSources': <@a(uu) [(uint32 1, uint32 3), (4294967295, 0)]>, " MASKS SEGMENTS "}",
          two_masks, sizeof two_masks, PRC_IMAGING_ERROR_CODEC);
  for (size_t i = 0; i < G_N_ELEMENTS (contours); i++) {
    g_autofree char *text = g_strdup_printf (ONE_CONTOUR ("%s"), contours[i]);

    refuse (text, point, sizeof point, PRC_IMAGING_ERROR_CODEC);
  }
  refuse ("{'Kind': <uint32 6>}", NULL, 0, PRC_IMAGING_ERROR_CODEC);
  refuse ("{}", NULL, 0, PRC_IMAGING_ERROR_CODEC);
  refuse ("{" FRAMES TWO "'Masks': <@a(uuu) []>}", NULL, 0, PRC_IMAGING_ERROR_DAMAGED);
  refuse ("{'Kind': <uint32 4>}", NULL, 0, PRC_IMAGING_ERROR_DAMAGED);
}

// 2,700 masks of two spans, in the first and the last of 65,535 rows: they would take 700 MB.
static void
test_too_large (void) {
  const uint32_t n = 2700;
  GVariantBuilder dict, masks, segments;
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, 6);
  g_autoptr (GVariant) record = NULL;
  g_autoptr (GBytes) bulk = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = prc_fixture_instance ("x", "{'SOPInstanceUID': <'1'>}");

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_init (&masks, G_VARIANT_TYPE ("a(uuu)"));
  g_variant_builder_init (&segments, G_VARIANT_TYPE ("aa{sv}"));
  for (uint32_t i = 0; i < n; i++) {
    const uint16_t two[] = {0, 0, 1, 65534, 0, 1};

    g_variant_builder_add (&masks, "(uuu)", 0u, i, 2u);
    g_variant_builder_add_value (&segments, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
    g_array_append_vals (spans, two, 2);
  }
  g_variant_builder_add (&dict, "{sv}", "Kind", g_variant_new_uint32 (0));
  g_variant_builder_add (&dict, "{sv}", "Rows", g_variant_new_uint32 (65535));
  g_variant_builder_add (&dict, "{sv}", "Columns", g_variant_new_uint32 (1));
  g_variant_builder_add (&dict, "{sv}", "FrameSources",
                         g_variant_new_parsed ("@a(uu) [(4294967295, 0)]"));
  g_variant_builder_add (&dict, "{sv}", "Masks", g_variant_builder_end (&masks));
  g_variant_builder_add (&dict, "{sv}", "Segments", g_variant_builder_end (&segments));
  record = g_variant_ref_sink (g_variant_builder_end (&dict));
  bulk = g_bytes_new (spans->data, spans->len * 6);
  g_assert_null (prc_segmentation_new_from_record (instance, record, bulk, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE);
  g_assert_cmpuint (n * PRC_WIRE_MASK_SIZE (65535, 2), >, PRC_WIRE_MAX_MASKS);
}

// A hundred thousand segments without a word in as many bytes.
static void
test_many (void) {
  GVariantBuilder dict;
  g_autoptr (GVariant) record = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = prc_fixture_instance ("x", "{'SOPInstanceUID': <'1'>}");
  GVariantBuilder segments;

  g_variant_builder_init (&dict, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_init (&segments, G_VARIANT_TYPE ("aa{sv}"));
  for (unsigned i = 0; i < 100000; i++)
    g_variant_builder_add_value (&segments, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
  g_variant_builder_add (&dict, "{sv}", "Kind", g_variant_new_uint32 (PRC_SEGMENTATION_CONTOURS));
  g_variant_builder_add (&dict, "{sv}", "Segments", g_variant_builder_end (&segments));
  record = g_variant_ref_sink (g_variant_builder_end (&dict));
  g_assert_null (prc_segmentation_new_from_record (instance, record, NULL, &error));
  g_assert_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_CODEC);
}

static void
test_is_one (void) {
  static const struct {
    const char *record;
    bool is_one;
  } cases[] = {
      {"{'SOPInstanceUID': <'1'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.4'>}", true},
      {"{'SOPInstanceUID': <'1'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.7'>}", true},
      {"{'SOPInstanceUID': <'1'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.481.3'>}", true},
      {"{'SOPInstanceUID': <'1'>, 'Modality': <'SEG'>}", true},
      {"{'SOPInstanceUID': <'1'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.5'>, 'Modality': "
       "<'SEG'>}",
       false},
      {"{'SOPInstanceUID': <'1'>, 'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.2'>}", false},
      {"{'SOPInstanceUID': <'1'>, 'Modality': <'OT'>}", false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (PrcInstance) instance = prc_fixture_instance ("x", cases[i].record);

    g_assert_cmpint (prc_segmentation_is_one (instance), ==, cases[i].is_one);
  }
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segmentation/frames", test_frames);
  g_test_add_func ("/segmentation/planes", test_planes);
  g_test_add_func ("/segmentation/contours", test_contours);
  g_test_add_func ("/segmentation/hostile", test_hostile);
  g_test_add_func ("/segmentation/too-large", test_too_large);
  g_test_add_func ("/segmentation/many", test_many);
  g_test_add_func ("/segmentation/is-one", test_is_one);
  return g_test_run ();
}
