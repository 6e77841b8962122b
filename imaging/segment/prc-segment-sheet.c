// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-sheet.h"

#include <string.h>

#include "prc-cielab.h"
#include "prc-codes.h"
#include "prc-text.h"

#define LABEL_CHARACTERS 16 // of a CS
#define SH_CHARACTERS    16
#define LO_CHARACTERS    64
#define ST_CHARACTERS    1024

// ---- pieces ----

char *
prc_segment_sheet_text (const char *text, size_t max) {
  g_autofree char *safe = prc_text_safe (text, -1, 4 * max + 4, false);
  char *out = g_utf8_substring (safe, 0, (glong)MIN (max, (size_t)g_utf8_strlen (safe, -1)));

  return g_strstrip (g_strdelimit (out, "\\", '/'));
}

void
prc_segment_sheet_put_text (PrcJson *json, uint32_t tag, const char *vr, const char *text,
                            size_t max) {
  g_autofree char *fitting = prc_segment_sheet_text (text ? text : "", max);

  prc_json_text (json, tag, vr, fitting);
}

static bool
has_code (const PrcCode *code) {
  return code->value && *code->value && code->scheme && *code->scheme;
}

// Codes of SNOMED-RT are not to be written any more (PS3.16 8.1.1): their successors are.
static void
put_code_value (PrcJson *json, const PrcCode *code) {
  const PrcCode *known = prc_codes_find (code);
  bool is_meant =
      known && (strcmp (known->scheme, code->scheme) != 0 || !code->meaning || !*code->meaning);
  const PrcCode *written = is_meant ? known : code;
  bool is_named = written->meaning && *written->meaning;
  g_autofree char *value = prc_segment_sheet_text (written->value, LO_CHARACTERS);
  g_autofree char *scheme = prc_segment_sheet_text (written->scheme, SH_CHARACTERS);
  g_autofree char *meaning =
      prc_segment_sheet_text (is_named ? written->meaning : written->value, LO_CHARACTERS);

  prc_json_code_value (json, value, scheme, meaning);
}

void
prc_segment_sheet_put_code (PrcJson *json, uint32_t tag, const PrcCode *code, uint32_t modifier_tag,
                            const PrcCode *modifier) {
  if (!has_code (code))
    return;
  prc_json_open_only (json, tag);
  put_code_value (json, code);
  if (modifier)
    prc_segment_sheet_put_code (json, modifier_tag, modifier, 0, NULL);
  prc_json_close_only (json);
}

const PrcCode *
prc_segment_sheet_type (const PrcSegment *segment) {
  return has_code (&segment->type) ? &segment->type : prc_codes_category (PRC_CODES_TISSUE);
}

const PrcCode *
prc_segment_sheet_category (const PrcSegment *segment) {
  const PrcConcept *type = prc_codes_find_type (&segment->type);

  if (has_code (&segment->category))
    return &segment->category;
  return prc_codes_category (type ? type->category : PRC_CODES_TISSUE);
}

const char *
prc_segment_sheet_algorithm (const PrcSegment *segment) {
  static const char *const types[] = {"AUTOMATIC", "SEMIAUTOMATIC", "MANUAL", NULL};
  bool known = segment->algorithm_type && g_strv_contains (types, segment->algorithm_type);

  return known ? segment->algorithm_type : "MANUAL";
}

void
prc_segment_sheet_put_image (PrcJson *json, const PrcSegmentImage *image) {
  prc_json_text (json, 0x00081150, "UI", image->sop_class_uid);
  prc_json_text (json, 0x00081155, "UI", image->sop_instance_uid);
  if (image->is_multi_frame)
    prc_json_number (json, 0x00081160, "IS", image->frame + 1.0);
}

void
prc_segment_sheet_put_instances (PrcJson *json, uint32_t tag, const PrcSegmentImage *images,
                                 uint32_t n) {
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  prc_json_open_sequence (json, tag);
  for (uint32_t i = 0; i < n; i++) {
    PrcSegmentImage whole = images[i];

    if (!g_hash_table_add (seen, (gpointer)whole.sop_instance_uid))
      continue;
    whole.is_multi_frame = false;
    prc_json_open_item (json);
    prc_segment_sheet_put_image (json, &whole);
    prc_json_close_item (json);
  }
  prc_json_close_sequence (json);
}

// ---- the object ----

// A Code String says little of what people write; the description says it all.
static void
put_label (PrcJson *json, const char *label) {
  g_autofree char *code = g_ascii_strup (label, -1);

  g_strcanon (code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", ' ');
  if (strlen (code) > LABEL_CHARACTERS)
    code[LABEL_CHARACTERS] = '\0';
  g_strstrip (code);
  prc_json_text (json, 0x00700080, "CS", *code ? code : "SEGMENTATION");
  prc_segment_sheet_put_text (json, 0x00700081, "LO", label, LO_CHARACTERS);
}

static void
put_pixel_description (PrcJson *json, const PrcSegmentSheet *sheet) {
  prc_json_text (json, 0x00080008, "CS", "DERIVED\\PRIMARY");
  prc_json_number (json, 0x00280002, "US", 1);
  prc_json_text (json, 0x00280004, "CS", "MONOCHROME2");
  prc_json_number (json, 0x00280008, "IS", sheet->n_frames);
  prc_json_number (json, 0x00280010, "US", sheet->rows);
  prc_json_number (json, 0x00280011, "US", sheet->columns);
  prc_json_number (json, 0x00280100, "US", 1);
  prc_json_number (json, 0x00280101, "US", 1);
  prc_json_number (json, 0x00280102, "US", 0);
  prc_json_number (json, 0x00280103, "US", 0);
  prc_json_text (json, 0x00620001, "CS", "BINARY");
  prc_json_text (json, 0x00620013, "CS", sheet->overlap ? "YES" : "NO");
}

static void
put_tracking (PrcJson *json, const PrcSegment *segment, const char *label) {
  if (!segment->tracking_uid || !*segment->tracking_uid)
    return;
  bool named = segment->tracking_id && *segment->tracking_id;
  prc_segment_sheet_put_text (json, 0x00620020, "UT", named ? segment->tracking_id : label,
                              ST_CHARACTERS);
  prc_json_text (json, 0x00620021, "UI", segment->tracking_uid);
}

static void
put_colour (PrcJson *json, const PrcSegment *segment) {
  uint16_t lab[3];

  if (!segment->has_colour)
    return;
  prc_cielab_from_rgb (segment->colour, lab);
  prc_json_numbers (json, 0x0062000D, "US", (double[]){lab[0], lab[1], lab[2]}, 3);
}

static void
put_segment (PrcJson *json, const PrcSegment *segment, uint32_t number) {
  const char *type = prc_segment_sheet_algorithm (segment);
  const PrcCode *property = prc_segment_sheet_type (segment);
  bool has_label = segment->label && *segment->label;
  const char *label = has_label           ? segment->label
                      : property->meaning ? property->meaning
                                          : "Segment";

  prc_json_open_item (json);
  prc_json_number (json, 0x00620004, "US", number);
  prc_segment_sheet_put_text (json, 0x00620005, "LO", label, LO_CHARACTERS);
  if (segment->description && *segment->description)
    prc_segment_sheet_put_text (json, 0x00620006, "ST", segment->description, ST_CHARACTERS);
  prc_json_text (json, 0x00620008, "CS", type);
  if (segment->algorithm_name && *segment->algorithm_name)
    prc_segment_sheet_put_text (json, 0x00620009, "LO", segment->algorithm_name, LO_CHARACTERS);
  else if (strcmp (type, "MANUAL") != 0)
    prc_json_text (json, 0x00620009, "LO", "Precedent");
  put_colour (json, segment);
  put_tracking (json, segment, label);
  prc_segment_sheet_put_code (json, 0x00620003, prc_segment_sheet_category (segment), 0, NULL);
  prc_segment_sheet_put_code (json, 0x0062000F, property, 0x00620011, &segment->type_modifier);
  prc_segment_sheet_put_code (json, 0x00082218, &segment->anatomic_region, 0x00082220,
                              &segment->anatomic_modifier);
  prc_json_close_item (json);
}

static void
put_referenced_series (PrcJson *json, const PrcSegmentSheet *sheet) {
  prc_json_open_only (json, 0x00081115);
  prc_json_text (json, 0x0020000E, "UI", sheet->series_instance_uid);
  prc_segment_sheet_put_instances (json, 0x0008114A, sheet->images, sheet->n_images);
  prc_json_close_only (json);
}

static void
put_dimension (PrcJson *json, const PrcSegmentSheet *sheet, uint32_t pointer, uint32_t group,
               const char *label) {
  g_autofree char *pointer_text = g_strdup_printf ("%08X", pointer);
  g_autofree char *group_text = g_strdup_printf ("%08X", group);

  prc_json_open_item (json);
  prc_json_text (json, 0x00209164, "UI", sheet->dimension_uid);
  prc_json_text (json, 0x00209165, "AT", pointer_text);
  prc_json_text (json, 0x00209167, "AT", group_text);
  prc_json_text (json, 0x00209421, "LO", label);
  prc_json_close_item (json);
}

// Frames are told apart by segment, and by position or, without a patient frame, by their place in
// the series.
static void
put_dimensions (PrcJson *json, const PrcSegmentSheet *sheet) {
  prc_json_open_only (json, 0x00209221);
  prc_json_text (json, 0x00209164, "UI", sheet->dimension_uid);
  prc_json_close_only (json);
  if (sheet->has_planes)
    prc_json_text (json, 0x00209311, "CS", "3D");
  prc_json_open_sequence (json, 0x00209222);
  put_dimension (json, sheet, 0x0062000B, 0x0062000A, "Segment");
  if (sheet->has_planes)
    put_dimension (json, sheet, 0x00200032, 0x00209113, "Position");
  else
    put_dimension (json, sheet, 0x00209057, 0x00209111, "Image");
  prc_json_close_sequence (json);
}

// ---- functional groups (PS3.3 C.7.6.16) ----

static bool
same_directions (const PrcPlane *a, const PrcPlane *b) {
  return memcmp (a->row_direction, b->row_direction, sizeof a->row_direction) == 0 &&
         memcmp (a->column_direction, b->column_direction, sizeof a->column_direction) == 0 &&
         a->row_spacing_mm == b->row_spacing_mm && a->column_spacing_mm == b->column_spacing_mm;
}

// Whether direction and spacing can be said once for all frames.
static bool
is_uniform (const PrcSegmentSheet *sheet) {
  for (uint32_t i = 1; i < sheet->n_images; i++)
    if (!same_directions (sheet->images[0].plane, sheet->images[i].plane))
      return false;
  return true;
}

// The module must have one; of a lone slice that does not say, pixels are taken for cubes.
static double
slice_thickness (const PrcSegmentSheet *sheet, const PrcPlane *plane) {
  if (sheet->thickness_mm > 0)
    return sheet->thickness_mm;
  return sheet->spacing_mm > 0 ? sheet->spacing_mm : plane->row_spacing_mm;
}

static void
put_measures (PrcJson *json, const PrcSegmentSheet *sheet, const PrcPlane *plane) {
  double directions[6], spacing[] = {plane->row_spacing_mm, plane->column_spacing_mm};
  double thickness = slice_thickness (sheet, plane);

  memcpy (directions, plane->row_direction, sizeof plane->row_direction);
  memcpy (directions + 3, plane->column_direction, sizeof plane->column_direction);
  prc_json_open_only (json, 0x00209116);
  prc_json_numbers (json, 0x00200037, "DS", directions, 6);
  prc_json_close_only (json);
  prc_json_open_only (json, 0x00289110);
  prc_json_number (json, 0x00180050, "DS", thickness);
  if (sheet->spacing_mm > 0)
    prc_json_number (json, 0x00180088, "DS", sheet->spacing_mm);
  prc_json_numbers (json, 0x00280030, "DS", spacing, 2);
  prc_json_close_only (json);
}

static void
put_derivation (PrcJson *json, const PrcSegmentImage *image) {
  prc_json_open_only (json, 0x00089124);
  prc_json_code (json, 0x00089215, "113076", "DCM", "Segmentation");
  prc_json_open_only (json, 0x00082112);
  prc_segment_sheet_put_image (json, image);
  prc_json_code (json, 0x0040A170, "121322", "DCM", "Source image for image processing operation");
  prc_json_text (json, 0x0028135A, "CS", "YES");
  prc_json_close_only (json);
  prc_json_close_only (json);
}

static void
put_frame (PrcJson *json, const PrcSegmentSheet *sheet, const PrcSegmentPlace *frame,
           uint32_t position, bool uniform) {
  const PrcSegmentImage *image = &sheet->images[frame->image];

  prc_json_open_item (json);
  prc_json_open_only (json, 0x00209111);
  if (!sheet->has_planes) {
    prc_json_text (json, 0x00209056, "SH", "1");
    prc_json_number (json, 0x00209057, "UL", position);
  }
  prc_json_numbers (json, 0x00209157, "UL", (double[]){frame->segment + 1.0, position}, 2);
  prc_json_close_only (json);
  if (sheet->has_planes) {
    prc_json_open_only (json, 0x00209113);
    prc_json_numbers (json, 0x00200032, "DS", image->plane->position_mm, 3);
    prc_json_close_only (json);
    if (!uniform)
      put_measures (json, sheet, image->plane);
  }
  // Even when there is but one segment: readers look for it here.
  prc_json_open_only (json, 0x0062000A);
  prc_json_number (json, 0x0062000B, "US", frame->segment + 1.0);
  prc_json_close_only (json);
  put_derivation (json, image);
  prc_json_close_item (json);
}

// The places from 1 of the images that have a frame, by image. Owned.
static uint32_t *
count_positions (const PrcSegmentSheet *sheet) {
  uint32_t *positions = g_new0 (uint32_t, sheet->n_images), last = 0;

  for (uint32_t i = 0; i < sheet->n_frames; i++)
    positions[sheet->frames[i].image] = 1;
  for (uint32_t i = 0; i < sheet->n_images; i++)
    if (positions[i])
      positions[i] = ++last;
  return positions;
}

static void
put_functional_groups (PrcJson *json, const PrcSegmentSheet *sheet) {
  bool uniform = sheet->has_planes && is_uniform (sheet);
  g_autofree uint32_t *positions = count_positions (sheet);

  prc_json_open_only (json, 0x52009229);
  if (uniform)
    put_measures (json, sheet, sheet->images[0].plane);
  prc_json_close_only (json);
  prc_json_open_sequence (json, 0x52009230);
  for (uint32_t i = 0; i < sheet->n_frames; i++)
    put_frame (json, sheet, &sheet->frames[i], positions[sheet->frames[i].image], uniform);
  prc_json_close_sequence (json);
}

void
prc_segment_sheet_put (const PrcSegmentSheet *sheet, PrcJson *json) {
  put_label (json, sheet->label);
  prc_json_name (json, 0x00700084, sheet->creator);
  put_pixel_description (json, sheet);
  prc_json_open_sequence (json, 0x00620002);
  for (uint32_t i = 0; i < sheet->n_segments; i++)
    put_segment (json, sheet->segments[i], i + 1);
  prc_json_close_sequence (json);
  put_referenced_series (json, sheet);
  put_dimensions (json, sheet);
  put_functional_groups (json, sheet);
}
