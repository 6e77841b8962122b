// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-segment-write.h"

// Series with segments on them, and what other programs say of the files that are written of them.
// Failures end the test.

// Axes of the patient that a series of slices lies along.
typedef struct {
  unsigned n_slices;
  uint16_t rows, columns;
  double orientation[6];
  double step_mm[3]; // from slice to slice: of its length and of any direction
} PrcSegmentSeriesPlan;

// As files in `folder`, scanned. Owned.
PrcSeries *prc_segment_fixture_series (PrcCodecPool *pool, const char *folder,
                                       const PrcSegmentSeriesPlan *plan);
PrcSeries *prc_segment_fixture_scan (PrcCodecPool *pool, const char *path); // the first series

// Blobs, lines, lone pixels and holes, some slices without any, some full. Owned.
PrcSegmentStack *prc_segment_fixture_random_stack (GRand *rand, uint32_t n_slices, uint32_t rows,
                                                   uint32_t columns);

// The pixels of each frame, as "number of the segment, SOP Instance UID and frame (from 1) of the
// image, MD5 of a byte for each pixel", sorted: what the drafts should give, and what pydicom and
// numpy find in the file; NULL when they are not installed.
GStrv prc_segment_fixture_frames (const PrcSeries *series, const PrcSegmentDraft *drafts, size_t n);
GStrv prc_segment_fixture_frames_read (const char *path);
// The same as our own reader finds.
GStrv prc_segment_fixture_frames_of (const PrcSegmentation *segmentation);
// The same of an RT Structure Set, by its contours and the planes of its images in `folder`.
GStrv prc_segment_fixture_regions_read (const char *path, const char *images);
// The same as plastimatch makes masks of it, for axial slices whose regions are called "S1", "S2";
// NULL when it is not installed.
GStrv prc_segment_fixture_regions_of_plastimatch (const char *path, const char *images);

// What dciodvfy calls an error, one a line, "" when nothing; NULL when it is not installed.
char *prc_segment_fixture_errors (const char *path);
