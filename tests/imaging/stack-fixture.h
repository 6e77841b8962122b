// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segmentation.h"
#include "prc-series.h"

// Series and segmentations of any geometry, without files. Failures end the test.

// A stack of planes: slice i is at position_mm + i * step_mm.
typedef struct {
  uint32_t n, rows, columns;
  double position_mm[3], step_mm[3];
  double orientation[6];          // all 0: axial
  double spacing_mm[2];           // rows, columns; 0: 1
  const char *frame_of_reference; // NULL: "1.1"
  const char *patient;            // Patient ID; NULL: "p", as that of segmentations
  bool one_file;                  // a frame each of "9.9", else images "9.9.0", "9.9.1", ...
  bool no_place;                  // images without position
  uint32_t missing;               // this slice is not there; 0: all are
} PrcFixtureStack;

PrcPlane prc_fixture_plane (const PrcFixtureStack *stack, uint32_t index);
PrcSeries *prc_fixture_series (const PrcFixtureStack *stack); // the first that they make

// A frame of a segment; masks in letters as ".##/###", rows apart by a slash.
typedef struct {
  uint32_t segment;
  PrcPlane plane;
  const char *source; // NULL: not said
  uint32_t source_frame;
  const PrcMask *mask; // or
  const char *drawn;
} PrcFixtureFrame;

// n frames of masks of one size. frame_of_reference NULL: "1.1"; kind as it goes into the record.
PrcSegmentation *prc_fixture_segmentation (PrcSegmentationKind kind, const char *frame_of_reference,
                                           double thickness_mm, const PrcFixtureFrame *frames,
                                           uint32_t n);
PrcSegmentation *prc_fixture_structures (const char *frame_of_reference, const PrcContour *contours,
                                         uint32_t n);

PrcMask *prc_fixture_mask (const char *drawn);
char *prc_fixture_drawn (const PrcMask *mask); // owned; NULL: "nothing"
