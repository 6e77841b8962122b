// SPDX-License-Identifier: Apache-2.0
#include "phantom-dicom.h"
#include "phantom-finding.h"

#define SEGMENTATION_CLASS "1.2.840.10008.5.1.4.1.1.66.4"

static bool
has_planes (const PrcPatient *patient) {
  return patient->region != PRC_REGION_DX_CHEST;
}

static void
put_reference (PrcJson *json, const PrcImagePlace *frame) {
  char uid[65];

  prc_dicom_uid (frame->patient, PRC_UID_INSTANCE, frame->series << 16 | frame->instance, uid);
  prc_json_text (json, 0x00081150, "UI", prc_dicom_image_class (frame->patient));
  prc_json_text (json, 0x00081155, "UI", uid);
}

// Which images are referred to, once for the whole object.
static void
put_referenced_series (PrcJson *json, const PrcImagePlace *frames, unsigned n) {
  char uid[65];

  prc_dicom_uid (frames[0].patient, PRC_UID_SERIES, frames[0].series, uid);
  prc_json_open_sequence (json, 0x00081115);
  prc_json_open_item (json);
  prc_json_text (json, 0x0020000E, "UI", uid);
  prc_json_open_sequence (json, 0x0008114A);
  for (unsigned i = 0; i < n; i++) {
    prc_json_open_item (json);
    put_reference (json, &frames[i]);
    prc_json_close_item (json);
  }
  prc_json_close_sequence (json);
  prc_json_close_item (json);
  prc_json_close_sequence (json);
}

static void
put_segment (PrcJson *json, const PrcPatient *patient) {
  static const double colours[][3] = {
      {34885, 53485, 50171}, {60395, 29812, 54484}, {47802, 25957, 22359}};
  const PrcFindingTerms *terms = prc_finding_terms (patient->finding);

  prc_json_open_sequence (json, 0x00620002);
  prc_json_open_item (json);
  prc_json_number (json, 0x00620004, "US", 1);
  prc_json_text (json, 0x00620005, "LO", terms->name);
  prc_json_text (json, 0x00620006, "ST", "SYNTHETIC, exact by construction");
  prc_json_text (json, 0x00620008, "CS", "AUTOMATIC");
  prc_json_text (json, 0x00620009, "LO", "Phantom generator");
  prc_json_numbers (json, 0x0062000D, "US", colours[terms->colour], 3);
  prc_json_code (json, 0x00620003, terms->category.value, "SCT", terms->category.meaning);
  prc_json_code (json, 0x0062000F, terms->type.value, "SCT", terms->type.meaning);
  prc_json_code (json, 0x00082218, terms->anatomy.value, "SCT", terms->anatomy.meaning);
  prc_json_close_item (json);
  prc_json_close_sequence (json);
}

static void
open_group (PrcJson *json, uint32_t tag) {
  prc_json_open_sequence (json, tag);
  prc_json_open_item (json);
}

static void
close_group (PrcJson *json) {
  prc_json_close_item (json);
  prc_json_close_sequence (json);
}

static void
put_dimension_index (PrcJson *json, const char *organisation, uint32_t pointer, uint32_t group,
                     const char *label) {
  g_autofree char *pointer_text = g_strdup_printf ("%08X", pointer),
                  *group_text = g_strdup_printf ("%08X", group);

  prc_json_open_item (json);
  prc_json_text (json, 0x00209164, "UI", organisation);
  prc_json_text (json, 0x00209165, "AT", pointer_text);
  prc_json_text (json, 0x00209167, "AT", group_text);
  prc_json_text (json, 0x00209421, "LO", label);
  prc_json_close_item (json);
}

// Frames are told apart by segment and, where there is a patient frame, by position.
static void
put_dimensions (PrcJson *json, const PrcPatient *patient) {
  char uid[65];

  prc_dicom_uid (patient, PRC_UID_DIMENSIONS, 0, uid);
  open_group (json, 0x00209221);
  prc_json_text (json, 0x00209164, "UI", uid);
  close_group (json);
  prc_json_text (json, 0x00209311, "CS", "3D");
  prc_json_open_sequence (json, 0x00209222);
  put_dimension_index (json, uid, 0x0062000B, 0x0062000A, "Segment");
  if (has_planes (patient))
    put_dimension_index (json, uid, 0x00200032, 0x00209113, "Position");
  prc_json_close_sequence (json);
}

static void
put_shared_groups (PrcJson *json, const PrcImagePlace *frame) {
  double orientation[] = {1, 0, 0, 0, 1, 0},
         spacing[] = {(double)frame->spacing_mm[0], (double)frame->spacing_mm[1]};

  open_group (json, 0x52009229);
  if (has_planes (frame->patient)) {
    open_group (json, 0x00209116);
    prc_json_numbers (json, 0x00200037, "DS", orientation, 6);
    close_group (json);
    open_group (json, 0x00289110);
    prc_json_number (json, 0x00180050, "DS", (double)frame->slice_mm);
    prc_json_number (json, 0x00180088, "DS", (double)frame->slice_mm);
    prc_json_numbers (json, 0x00280030, "DS", spacing, 2);
    close_group (json);
  }
  open_group (json, 0x0062000A);
  prc_json_number (json, 0x0062000B, "US", 1);
  close_group (json);
  close_group (json);
}

static void
put_derivation (PrcJson *json, const PrcImagePlace *frame) {
  open_group (json, 0x00089124);
  prc_json_code (json, 0x00089215, "113076", "DCM", "Segmentation");
  open_group (json, 0x00082112);
  put_reference (json, frame);
  prc_json_code (json, 0x0040A170, "121322", "DCM", "Source image for image processing operation");
  prc_json_text (json, 0x0028135A, "CS", "YES");
  close_group (json);
  close_group (json);
}

static void
put_frame_groups (PrcJson *json, const PrcImagePlace *frame, unsigned index) {
  double position[] = {(double)frame->position_mm.x, (double)frame->position_mm.y,
                       (double)frame->position_mm.z};
  double indices[] = {1, index + 1};

  prc_json_open_item (json);
  open_group (json, 0x00209111);
  prc_json_numbers (json, 0x00209157, "UL", indices, has_planes (frame->patient) ? 2 : 1);
  close_group (json);
  if (has_planes (frame->patient)) {
    open_group (json, 0x00209113);
    prc_json_numbers (json, 0x00200032, "DS", position, 3);
    close_group (json);
  }
  put_derivation (json, frame);
  prc_json_close_item (json);
}

static void
put_segmentation_image (PrcJson *json, const PrcImagePlace *frame, unsigned n_frames) {
  prc_json_text (json, 0x00080008, "CS", "DERIVED\\PRIMARY");
  prc_json_number (json, 0x00280002, "US", 1);
  prc_json_text (json, 0x00280004, "CS", "MONOCHROME2");
  prc_json_number (json, 0x00280008, "IS", n_frames);
  prc_json_number (json, 0x00280010, "US", frame->rows);
  prc_json_number (json, 0x00280011, "US", frame->columns);
  prc_json_number (json, 0x00280100, "US", 1);
  prc_json_number (json, 0x00280101, "US", 1);
  prc_json_number (json, 0x00280102, "US", 0);
  prc_json_number (json, 0x00280103, "US", 0);
  prc_json_text (json, 0x00282110, "CS", "00");
  prc_json_text (json, 0x00620001, "CS", "BINARY");
  prc_json_text (json, 0x00620013, "CS", "NO");
  prc_json_text (json, 0x00700080, "CS", "FINDING");
  prc_json_text (json, 0x00700081, "LO", "SYNTHETIC finding");
  prc_json_name (json, 0x00700084, "SYNTHETIC^PHANTOM");
}

char *
prc_dicom_segmentation (const PrcImagePlace *frames, unsigned n_frames) {
  const PrcPatient *patient = frames[0].patient;
  char uid[65];
  PrcJson json;

  prc_json_begin (&json);
  prc_dicom_common (&json, patient, SEGMENTATION_CLASS, PRC_SEGMENTATION_SERIES, 1, "SEG",
                    "segmentation");
  if (has_planes (patient)) {
    prc_dicom_uid (patient, PRC_UID_FRAME_OF_REFERENCE, 0, uid);
    prc_json_text (&json, 0x00200052, "UI", uid);
    prc_json_text (&json, 0x00201040, "LO", "");
  } else {
    prc_json_text (&json, 0x00200020, "CS", "L\\F");
  }
  prc_json_text (&json, 0x00204000, "LT",
                 "SYNTHETIC segmentation, generated by a program; not for diagnosis");
  put_segmentation_image (&json, &frames[0], n_frames);
  put_segment (&json, patient);
  put_dimensions (&json, patient);
  put_shared_groups (&json, &frames[0]);
  prc_json_open_sequence (&json, 0x52009230);
  for (unsigned i = 0; i < n_frames; i++)
    put_frame_groups (&json, &frames[i], i);
  prc_json_close_sequence (&json);
  put_referenced_series (&json, frames, n_frames);
  return prc_json_finish (&json);
}
