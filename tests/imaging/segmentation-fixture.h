// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-segmentation.h"

// DICOM Segmentations built element by element, and what the codec makes of them.

#define SEGMENTATION_FIXTURE_UID "1.2.3" // SOP Instance UID

typedef struct {
  unsigned segment;      // Referenced Segment Number; 0: it names none
  double z;              // of Image Position (10, 20, z); NAN: there is none
  const char *source;    // SOP Instance UID; NULL: no Derivation Image Sequence; "": an empty one
  unsigned source_frame; // from 1; 0: not said
  bool elsewhere;        // Spatial Locations Preserved: NO
} SegmentationFixtureFrame;

typedef struct {
  const char *syntax; // NULL: explicit VR little endian
  const char *type;   // NULL: none
  const char *fraction, *photometric;
  bool label_map; // its SOP class
  unsigned rows, columns, frames, allocated, maximum;
  int padding;             // 0: none; else the value and 1
  const unsigned *numbers; // of segments; NULL: 1, 2, ...
  unsigned n_segments;
  const SegmentationFixtureFrame *groups; // of each frame; NULL: no functional groups
  const char *charset, *label;            // of the first segment, and the meaning of categories
  bool full;                              // each segment with all that can be said of it
  bool own_groups;  // orientation and measures in the frames' groups, not in the shared ones
  GByteArray *more; // elements of the group 0028, 0048 and the like, in place; or NULL
} SegmentationFixture;

// Up to the pixel data, which are for prc_build_element.
GByteArray *segmentation_fixture_head (const SegmentationFixture *f);
// The whole; consumed by segmentation_fixture_read.
GByteArray *segmentation_fixture_native (const SegmentationFixture *f, const char *vr,
                                         const void *pixels, size_t n);

// Writes, describes and reads; consumes `file`.
PrcSegmentation *segmentation_fixture_read (PrcCodecPool *pool, GByteArray *file, double threshold,
                                            GError **error);
