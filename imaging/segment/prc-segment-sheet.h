// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-json.h"
#include "prc-segmentation.h"

// What a binary Segmentation object says (PS3.3 A.51), apart from patient, study, series and
// equipment: for whoever writes one. All is borrowed. Any thread.

typedef struct { // an image that segments lie on
  const char *sop_class_uid, *sop_instance_uid;
  uint32_t frame; // from 0
  bool is_multi_frame;
  const PrcPlane *plane;
} PrcSegmentImage;

typedef struct { // a frame of the object: indices of its segment and its image
  uint32_t segment, image;
} PrcSegmentPlace;

typedef struct {
  const char *label, *creator;
  uint32_t rows, columns;
  const PrcSegment *const *segments; // their numbers are not looked at: they count from 1
  uint32_t n_segments;
  bool overlap;
  const char *series_instance_uid; // of the images
  const PrcSegmentImage *images;
  uint32_t n_images;
  const PrcSegmentPlace *frames; // at least one; in their order in Pixel Data
  uint32_t n_frames;
  bool has_planes;                 // all images have one, in one Frame of Reference
  double thickness_mm, spacing_mm; // of the images; 0 when unknown
  const char *dimension_uid;       // a new UID
} PrcSegmentSheet;

void prc_segment_sheet_put (const PrcSegmentSheet *sheet, PrcJson *json);

// ---- pieces that other objects made of segments share ----

// Text that fits a value: without controls and backslashes, `max` characters at most. Owned.
char *prc_segment_sheet_text (const char *text, size_t max);
void prc_segment_sheet_put_text (PrcJson *json, uint32_t tag, const char *vr, const char *text,
                                 size_t max); // NULL is ""
// Segment Algorithm Type; MANUAL when the segment does not say.
const char *prc_segment_sheet_algorithm (const PrcSegment *segment);
// A code in a sequence of its own, and in the item one that modifies it; nothing for a code without
// value or scheme.
void prc_segment_sheet_put_code (PrcJson *json, uint32_t tag, const PrcCode *code,
                                 uint32_t modifier_tag, const PrcCode *modifier);
// The type of a segment, else "Tissue"; its category, else that of its type.
const PrcCode *prc_segment_sheet_type (const PrcSegment *segment);
const PrcCode *prc_segment_sheet_category (const PrcSegment *segment);
// Referenced SOP Class and Instance UID, and Referenced Frame Number of a multi-frame image.
void prc_segment_sheet_put_image (PrcJson *json, const PrcSegmentImage *image);
// A sequence of all images, each instance once, without frames.
void prc_segment_sheet_put_instances (PrcJson *json, uint32_t tag, const PrcSegmentImage *images,
                                      uint32_t n);
