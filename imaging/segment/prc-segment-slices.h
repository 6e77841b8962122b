// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-segment-stack.h"

// The slices of a series as the ground that segments are laid on, and what lies on them so far.
// Between the files that lay segmentations; for nobody else. One thread.

typedef struct {
  const PrcSeries *series;
  uint32_t n;
  bool has_geometry;     // slices are in order along the normal
  double normal[3];      // of the stack
  double spacing_mm;     // of slices, else the thickness of one; > 0
  GHashTable *by_source; // who is named by SOP Instance UID and frame
  PrcMask **masks;       // of the segment that is being laid
  uint32_t first, end;   // where there are any
  GCancellable *cancellable;
  // For all segments:
  uint64_t work;       // steps taken
  uint64_t size;       // bytes of masks, those counted once that lie on several slices in a row
  const PrcMask *last; // that was added
} PrcSegmentSlices;

// After so many steps nobody waits any longer, and what is still to be done counts as cancelled: a
// file may have any number of frames in one place. A pixel looked for in a frame is a step; a hundred
// segments on 500 slices of 512 x 512, all of them aslant, are 13 thousand millions.
#define PRC_SEGMENT_SLICES_WORK (UINT64_C (1) << 34)
// Nor does anybody have the memory for more than so many bytes: some bytes of a file may be a thick
// slab for each of its segments, which lies on all slices.
#define PRC_SEGMENT_SLICES_SIZE (UINT64_C (3) << 29)

void prc_segment_slices_init (PrcSegmentSlices *slices, const PrcSeries *series,
                              GCancellable *cancellable);
void prc_segment_slices_clear (PrcSegmentSlices *slices);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrcSegmentSlices, prc_segment_slices_clear)

bool prc_segment_slices_cancelled (const PrcSegmentSlices *slices);

// Whether pixels of the plane have a place in the patient: position, orientation, spacing, all of
// them numbers that occur.
bool prc_segment_plane_is_placed (const PrcPlane *plane);
const PrcPlane *prc_segment_slices_plane (const PrcSegmentSlices *slices, uint32_t index);
void prc_segment_slices_size (const PrcSegmentSlices *slices, uint32_t index, uint32_t *rows,
                              uint32_t *columns);

// The slice that shows this frame of an image, or -1.
int prc_segment_slices_find (const PrcSegmentSlices *slices, const char *sop_instance_uid,
                             uint32_t frame);
// Slices first <= index < end, those with low_mm <= along_mm < high_mm; all without geometry.
void prc_segment_slices_range (const PrcSegmentSlices *slices, double low_mm, double high_mm,
                               uint32_t *first, uint32_t *end);

// Adds to what the segment has on this slice; takes the reference, NULL adds nothing.
void prc_segment_slices_add (PrcSegmentSlices *slices, uint32_t index, PrcMask *mask);
// All that was added, and begins anew; NULL when that is nothing.
PrcSegmentStack *prc_segment_slices_take (PrcSegmentSlices *slices);
