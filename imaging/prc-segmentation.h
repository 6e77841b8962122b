// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>

#include "prc-instance.h"
#include "prc-mask.h"

// What one file says about which pixels belong to what: a DICOM Segmentation (PS3.3 A.51), an RT
// Structure Set (PS3.3 A.19) or a NIfTI volume of labels, in its own grid, laid on no image yet
// (prc-segment-fit.h does that). Immutable, reference-counted, any thread. Strings are UTF-8,
// trimmed, never NULL ("" when absent).
typedef struct _PrcSegmentation PrcSegmentation;

typedef enum {
  PRC_SEGMENTATION_BINARY,
  PRC_SEGMENTATION_PROBABILITY, // fractional; masks are where the fraction reaches the threshold
  PRC_SEGMENTATION_OCCUPANCY,   // likewise
  PRC_SEGMENTATION_LABELMAP,
  PRC_SEGMENTATION_CONTOURS, // RT Structure Set
  PRC_SEGMENTATION_NIFTI,
} PrcSegmentationKind;

// A coded concept (PS3.3 8.8): Code Value, Coding Scheme Designator, Code Meaning.
typedef struct {
  const char *value, *scheme, *meaning;
} PrcCode;

typedef struct {
  uint32_t number; // Segment Number, ROI Number, label value
  const char *label, *description;
  const char *algorithm_type, *algorithm_name; // "MANUAL", "SEMIAUTOMATIC", "AUTOMATIC"
  const char *tracking_id, *tracking_uid;
  const char *interpreted_type; // RT ROI Interpreted Type: "ORGAN", "EXTERNAL", "SUPPORT", ...
  PrcCode category, type, type_modifier, anatomic_region, anatomic_modifier;
  bool has_colour;
  uint32_t colour; // 0xRRGGBB, as the file recommends
} PrcSegment;

// Of which nothing is known yet.
#define PRC_CODE_NONE ((PrcCode){"", "", ""})
#define PRC_SEGMENT_NONE                                                                           \
  ((PrcSegment){.label = "",                                                                       \
                .description = "",                                                                 \
                .algorithm_type = "",                                                              \
                .algorithm_name = "",                                                              \
                .tracking_id = "",                                                                 \
                .tracking_uid = "",                                                                \
                .interpreted_type = "",                                                            \
                .category = PRC_CODE_NONE,                                                         \
                .type = PRC_CODE_NONE,                                                             \
                .type_modifier = PRC_CODE_NONE,                                                    \
                .anatomic_region = PRC_CODE_NONE,                                                  \
                .anatomic_modifier = PRC_CODE_NONE})

// One segment in one frame; several frames of the file never share one mask, and segments may
// overlap. A frame without any pixel of a segment has none.
typedef struct {
  uint32_t segment;       // index into the segments
  uint32_t frame;         // of the file, from 0
  PrcPlane plane;         // without position: only the source says where it lies
  const PrcMask *mask;    // rows x columns of the file
  const char *source_uid; // SOP Instance UID of the image it was made from; "" when not said
  uint32_t source_frame;  // of that image, from 0
} PrcSegmentFrame;

typedef enum { // Contour Geometric Type (3006,0042)
  PRC_CONTOUR_POINT,
  PRC_CONTOUR_OPEN, // planar and non-planar: a line
  PRC_CONTOUR_CLOSED_PLANAR,
  PRC_CONTOUR_CLOSED_PLANAR_XOR,
} PrcContourType;

typedef struct {
  uint32_t segment;
  PrcContourType type;
  uint32_t n_points;
  const double *points_mm; // x, y, z in the patient (LPS), one point after the other; all finite
  const char *source_uid;  // Contour Image Sequence; "" when not said
  uint32_t source_frame;
} PrcContour;

typedef struct {
  PrcSegmentationKind kind;
  const char *path; // of the file it was read from
  const char *sop_instance_uid, *series_instance_uid, *study_instance_uid;
  const char *frame_of_reference_uid; // "" for NIfTI: matched by geometry alone
  const char *patient_key;            // as prc_instance_patient_key; "" for NIfTI
  const char
      *title; // Content Label or Structure Set Label, else Series Description, else file name
  const PrcSegment *segments;
  uint32_t n_segments;
  uint32_t rows, columns; // of its frames; 0 for contours
  uint32_t n_planes;      // frames of the file, those without a pixel, too; 0 for contours
  PrcPlane first_plane, last_plane; // of these
  double thickness_mm;              // distance of its planes, else Slice Thickness; 0 when unknown
  const PrcSegmentFrame *frames;    // in the order of the file, then of segments
  uint32_t n_frames;
  const PrcContour *contours;
  uint32_t n_contours;
  const char *const *notes; // translated sentences about what is in it and not shown;
                            // NULL-terminated
} PrcSegmentationInfo;

// From the codec's answer to SEGMENT for the file that `instance` describes; `bulk` as
// prc-codec-wire.h says. NULL and an error for what contradicts itself or holds no segment.
PrcSegmentation *prc_segmentation_new_from_record (PrcInstance *instance, GVariant *record,
                                                   GBytes *bulk, GError **error);
PrcSegmentation *prc_segmentation_ref (const PrcSegmentation *segmentation);
void prc_segmentation_unref (PrcSegmentation *segmentation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSegmentation, prc_segmentation_unref)

const PrcSegmentationInfo *prc_segmentation_info (const PrcSegmentation *segmentation); // borrowed

// Whether a file that is no image is one: by SOP class, or a NIfTI volume.
bool prc_segmentation_is_one (const PrcInstance *instance);
