// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segment-slices.h"

// Frames of a segmentation that have directions and spacings in common, a stack in the patient that
// may have holes and need not be upright, and the way from there to the slices of a series: the
// nearest plane, of it the nearest pixel. For the files that lay segmentations; one thread.
typedef struct _PrcSegmentGrid PrcSegmentGrid;

// `plane` has a place.
PrcSegmentGrid *prc_segment_grid_new (const PrcPlane *plane);
void prc_segment_grid_free (PrcSegmentGrid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSegmentGrid, prc_segment_grid_free)

// False, and nothing added, when the plane has another direction or spacing. `named`: the slice of
// the series that the frame names as its source, or -1.
bool prc_segment_grid_add (PrcSegmentGrid *grid, uint32_t segment, const PrcPlane *plane,
                           PrcMask *mask, int named);
// How far its planes lie apart. thickness_mm: what the file says, 0 when it is silent; otherwise_mm
// (> 0): what to take when the frames are silent too.
double prc_segment_grid_distance_mm (const PrcSegmentGrid *grid, double thickness_mm,
                                     double otherwise_mm);
// When all is added, once; distance_mm > 0.
void prc_segment_grid_close (PrcSegmentGrid *grid, double distance_mm);

// Sets those of the slices that are parallel to the planes of a grid that has the segment.
void prc_segment_grid_reserve (const PrcSegmentGrid *grid, uint32_t segment,
                               const PrcSegmentSlices *slices, bool *reserved);
// Adds what the segment covers to the slices, up to where they are cancelled. Slices of which
// `named[i]` is set (NULL: none) were named by frames of the file. Those of which `reserved[i]` is
// set (NULL: none) count when they are parallel only: what crosses them would be a line through what
// was drawn on them.
void prc_segment_grid_lay (const PrcSegmentGrid *grid, uint32_t segment, const bool *named,
                           const bool *reserved, PrcSegmentSlices *slices);
