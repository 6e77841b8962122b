// SPDX-License-Identifier: Apache-2.0
#include "stack-fixture.h"

#include <string.h>

#include "fixture.h"

PrcPlane
prc_fixture_plane (const PrcFixtureStack *stack, uint32_t index) {
  static const double axial[6] = {1, 0, 0, 0, 1, 0}, none[6];
  const double *orientation =
      memcmp (stack->orientation, none, sizeof none) == 0 ? axial : stack->orientation;
  PrcPlane plane = {.has_position = true, .has_orientation = true};

  for (int k = 0; k < 3; k++) {
    plane.position_mm[k] = stack->position_mm[k] + index * stack->step_mm[k];
    plane.row_direction[k] = orientation[k];
    plane.column_direction[k] = orientation[3 + k];
  }
  plane.row_spacing_mm = stack->spacing_mm[0] > 0 ? stack->spacing_mm[0] : 1;
  plane.column_spacing_mm = stack->spacing_mm[1] > 0 ? stack->spacing_mm[1] : 1;
  return plane;
}

static void
add_plane (GArray *planes, const PrcPlane *plane) {
  g_array_append_vals (planes, plane->position_mm, 3);
  g_array_append_vals (planes, plane->row_direction, 3);
  g_array_append_vals (planes, plane->column_direction, 3);
  g_array_append_vals (planes, &plane->row_spacing_mm, 1);
  g_array_append_vals (planes, &plane->column_spacing_mm, 1);
}

static GVariant *
numbers (const double *values, size_t n) {
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values, n, sizeof *values);
}

static void
put_number (GVariantDict *dict, const char *key, double value) {
  g_variant_dict_insert_value (dict, key, numbers (&value, 1));
}

static PrcInstance *
image (const PrcFixtureStack *stack, const char *uid, uint32_t index, uint32_t n_frames) {
  PrcPlane plane = prc_fixture_plane (stack, index);
  g_autofree char *path = g_strdup_printf ("/fixture/%s", uid);
  g_autoptr (GArray) planes = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GError) error = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  for (uint32_t i = 0; i < n_frames; i++) {
    PrcPlane one = prc_fixture_plane (stack, index + i);
    add_plane (planes, &one);
  }
  g_variant_dict_insert (&dict, "SOPInstanceUID", "s", uid);
  g_variant_dict_insert (&dict, "SeriesInstanceUID", "s", "9");
  g_variant_dict_insert (&dict, "StudyInstanceUID", "s", "8");
  g_variant_dict_insert (&dict, "PatientID", "s", stack->patient ? stack->patient : "p");
  g_variant_dict_insert (&dict, "Modality", "s", "CT");
  g_variant_dict_insert (&dict, "FrameOfReferenceUID", "s",
                         stack->frame_of_reference ? stack->frame_of_reference : "1.1");
  g_variant_dict_insert (&dict, "IsImage", "b", TRUE);
  put_number (&dict, "Rows", stack->rows);
  put_number (&dict, "Columns", stack->columns);
  put_number (&dict, "NumberOfFrames", n_frames);
  put_number (&dict, "InstanceNumber", index);
  if (n_frames > 1)
    g_variant_dict_insert_value (&dict, "FramePlanes",
                                 numbers ((const double *)(void *)planes->data, planes->len));
  else if (!stack->no_place) {
    g_variant_dict_insert_value (&dict, "ImagePositionPatient", numbers (plane.position_mm, 3));
    g_variant_dict_insert_value (&dict, "ImageOrientationPatient",
                                 numbers ((const double *)(void *)planes->data + 3, 6));
  }
  g_variant_dict_insert_value (&dict, "PixelSpacing",
                               numbers ((const double *)(void *)planes->data + 9, 2));
  g_autoptr (GVariant) record = g_variant_ref_sink (g_variant_dict_end (&dict));
  PrcInstance *instance = prc_instance_new_from_record (path, record, &error);
  g_assert_no_error (error);
  return instance;
}

PrcSeries *
prc_fixture_series (const PrcFixtureStack *stack) {
  g_autoptr (GPtrArray) images =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);

  if (stack->one_file)
    g_ptr_array_add (images, image (stack, "9.9", 0, stack->n));
  for (uint32_t i = 0; !stack->one_file && i < stack->n; i++) {
    g_autofree char *uid = g_strdup_printf ("9.9.%u", i);
    if (i == 0 || i != stack->missing)
      g_ptr_array_add (images, image (stack, uid, i, 1));
  }
  g_autoptr (GPtrArray) all = prc_series_group ((PrcInstance *const *)images->pdata, images->len);
  g_assert_cmpuint (all->len, >=, 1);
  return prc_series_ref (all->pdata[0]);
}

PrcMask *
prc_fixture_mask (const char *drawn) {
  g_auto (GStrv) lines = g_strsplit (drawn, "/", -1);
  uint32_t rows = g_strv_length (lines), columns = (uint32_t)strlen (lines[0]);
  g_autofree uint8_t *bytes = g_new (uint8_t, rows * columns);

  for (uint32_t row = 0; row < rows; row++) {
    g_assert_cmpuint (strlen (lines[row]), ==, columns);
    for (uint32_t column = 0; column < columns; column++)
      bytes[row * columns + column] = lines[row][column] == '#';
  }
  return prc_mask_new_from_bytes (rows, columns, bytes, columns);
}

char *
prc_fixture_drawn (const PrcMask *mask) {
  GString *text = g_string_new (mask == NULL ? "nothing" : NULL);

  for (uint32_t row = 0; mask != NULL && row < prc_mask_rows (mask); row++) {
    if (row > 0)
      g_string_append_c (text, '/');
    for (uint32_t column = 0; column < prc_mask_columns (mask); column++)
      g_string_append_c (text, prc_mask_contains (mask, column, row) ? '#' : '.');
  }
  return g_string_free (text, FALSE);
}

// What all have: enough segments.
static void
begin (GVariantDict *dict, PrcSegmentationKind kind, uint32_t n_segments) {
  GVariantBuilder segments = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (uint32_t i = 0; i < n_segments; i++) {
    g_variant_builder_open (&segments, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add (&segments, "{sv}", "Number", g_variant_new_uint32 (i + 1));
    g_variant_builder_close (&segments);
  }
  g_variant_dict_insert (dict, "Kind", "u", (uint32_t)kind);
  g_variant_dict_insert_value (dict, "Segments", g_variant_builder_end (&segments));
}

static PrcSegmentation *
end (GVariantDict *dict, GByteArray *bulk, const char *frame_of_reference) {
  g_autofree char *header = g_strdup_printf (
      "{'SOPClassUID': <'1.2.840.10008.5.1.4.1.1.66.4'>, 'SOPInstanceUID': <'7.7'>, 'PatientID': "
      "<'p'>, 'FrameOfReferenceUID': <'%s'>}",
      frame_of_reference ? frame_of_reference : "1.1");
  g_autoptr (PrcInstance) instance = prc_fixture_instance ("/fixture/seg", header);
  g_autoptr (GVariant) record = g_variant_ref_sink (g_variant_dict_end (dict));
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (bulk);
  g_autoptr (GError) error = NULL;
  PrcSegmentation *segmentation =
      prc_segmentation_new_from_record (instance, record, bytes, &error);

  g_assert_no_error (error);
  return segmentation;
}

static uint32_t
source_index (GPtrArray *sources, const char *uid) {
  guint index;

  if (uid == NULL || *uid == '\0')
    return G_MAXUINT32;
  if (!g_ptr_array_find_with_equal_func (sources, uid, g_str_equal, &index)) {
    index = sources->len;
    g_ptr_array_add (sources, (gpointer)uid);
  }
  return index;
}

static uint32_t
put_spans (GByteArray *bulk, const PrcMask *mask) {
  uint32_t count = 0;

  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (size_t i = 0; i < n; i++, count++) {
      uint16_t span[3] = {(uint16_t)row, spans[i].first, spans[i].end};
      g_byte_array_append (bulk, (const uint8_t *)span, sizeof span);
    }
  }
  return count;
}

PrcSegmentation *
prc_fixture_segmentation (PrcSegmentationKind kind, const char *frame_of_reference,
                          double thickness_mm, const PrcFixtureFrame *frames, uint32_t n) {
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  g_autoptr (GArray) planes = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) of_frames = g_array_new (FALSE, FALSE, 2 * sizeof (uint32_t));
  g_autoptr (GArray) masks = g_array_new (FALSE, FALSE, 3 * sizeof (uint32_t));
  GByteArray *bulk = g_byte_array_new ();
  uint32_t n_segments = 0, rows = 0, columns = 0;

  for (uint32_t i = 0; i < n; i++) {
    g_autoptr (PrcMask) drawn = frames[i].drawn != NULL ? prc_fixture_mask (frames[i].drawn) : NULL;
    const PrcMask *mask = drawn != NULL ? drawn : frames[i].mask;
    uint32_t source[2] = {source_index (sources, frames[i].source), frames[i].source_frame};
    uint32_t wire[3] = {i, frames[i].segment, put_spans (bulk, mask)};

    add_plane (planes, &frames[i].plane);
    g_array_append_vals (of_frames, source, 1);
    if (wire[2] > 0)
      g_array_append_vals (masks, wire, 1);
    n_segments = MAX (n_segments, frames[i].segment + 1);
    rows = prc_mask_rows (mask);
    columns = prc_mask_columns (mask);
  }
  begin (&dict, kind, n_segments);
  g_variant_dict_insert (&dict, "Rows", "u", rows);
  g_variant_dict_insert (&dict, "Columns", "u", columns);
  g_variant_dict_insert (&dict, "Thickness", "d", thickness_mm);
  g_variant_dict_insert_value (
      &dict, "Sources", g_variant_new_strv ((const char *const *)sources->pdata, sources->len));
  g_variant_dict_insert_value (&dict, "FramePlanes",
                               numbers ((const double *)(void *)planes->data, planes->len));
  g_variant_dict_insert_value (&dict, "FrameSources",
                               g_variant_new_fixed_array (G_VARIANT_TYPE ("(uu)"), of_frames->data,
                                                          of_frames->len, 2 * sizeof (uint32_t)));
  g_variant_dict_insert_value (&dict, "Masks",
                               g_variant_new_fixed_array (G_VARIANT_TYPE ("(uuu)"), masks->data,
                                                          masks->len, 3 * sizeof (uint32_t)));
  return end (&dict, bulk, frame_of_reference);
}

PrcSegmentation *
prc_fixture_structures (const char *frame_of_reference, const PrcContour *contours, uint32_t n) {
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  g_autoptr (GArray) wires = g_array_new (FALSE, FALSE, 5 * sizeof (uint32_t));
  GByteArray *bulk = g_byte_array_new ();
  uint32_t n_segments = 0;

  for (uint32_t i = 0; i < n; i++) {
    uint32_t wire[5] = {contours[i].segment, contours[i].type, contours[i].n_points,
                        source_index (sources, contours[i].source_uid), contours[i].source_frame};

    g_array_append_vals (wires, wire, 1);
    g_byte_array_append (bulk, (const uint8_t *)contours[i].points_mm,
                         (guint)(3 * contours[i].n_points * sizeof (double)));
    n_segments = MAX (n_segments, contours[i].segment + 1);
  }
  begin (&dict, PRC_SEGMENTATION_CONTOURS, n_segments);
  g_variant_dict_insert_value (
      &dict, "Sources", g_variant_new_strv ((const char *const *)sources->pdata, sources->len));
  g_variant_dict_insert_value (&dict, "Contours",
                               g_variant_new_fixed_array (G_VARIANT_TYPE ("(uuuuu)"), wires->data,
                                                          wires->len, 5 * sizeof (uint32_t)));
  return end (&dict, bulk, frame_of_reference);
}
