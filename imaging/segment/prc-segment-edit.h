// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame-store.h"
#include "prc-segment-stack.h"

// Operations on the masks of a segment. Pure; each returns a new stack that shares what did not
// change, or NULL with an error when cancelled or when a frame it needs cannot be read. Image
// coordinates as in prc-view-params.h; millimetres by the planes of the series. Any thread.

// Which values may be touched, in modality units; low > high: all.
typedef struct {
  double low, high;
} PrcSegmentRange;

// A disc (`sphere`: a ball over the neighbouring slices) of radius_mm around an image point,
// added or (erase) taken away; image pixels where there is no spacing. On its own slice it is at
// least as wide as a pixel from corner to corner, so that every way of it leaves a trace.
typedef struct {
  double image_x, image_y; // its centre on slice `index`
  uint32_t index;
  double radius_mm;
  bool sphere, erase;
  PrcSegmentRange range;
} PrcBrush;
// From one place of the pointer to the next, without gaps.
PrcSegmentStack *prc_segment_edit_brush (const PrcSegmentStack *stack, const PrcSeries *series,
                                         PrcFrameStore *store, const PrcBrush *from,
                                         const PrcBrush *to, GCancellable *cancellable,
                                         GError **error);
// All voxels within the range that are joined (6 neighbours) to a voxel; at most max_voxels, then
// PRC_IMAGING_ERROR_TOO_LARGE.
PrcSegmentStack *prc_segment_edit_grow (const PrcSegmentStack *stack, const PrcSeries *series,
                                        PrcFrameStore *store, uint32_t column, uint32_t row,
                                        uint32_t index, const PrcSegmentRange *range,
                                        uint64_t max_voxels, GCancellable *cancellable,
                                        GError **error);
// Slices between those that have any are filled by shape (signed distance; Raya and Udupa 1990).
// Shapes that do not lie on each other are moved towards each other.
PrcSegmentStack *prc_segment_edit_interpolate (const PrcSegmentStack *stack,
                                               const PrcSeries *series, GCancellable *cancellable,
                                               GError **error);
// Islands: all but the largest part (26 neighbours) and those of at least min_voxels go.
PrcSegmentStack *prc_segment_edit_remove_islands (const PrcSegmentStack *stack, uint64_t min_voxels,
                                                  GCancellable *cancellable, GError **error);
// Holes within a slice, all around enclosed.
PrcSegmentStack *prc_segment_edit_fill_holes (const PrcSegmentStack *stack,
                                              GCancellable *cancellable, GError **error);
// The median of a neighbourhood of radius_mm in plane and, where slices have distances, through it;
// beyond the sides of the volume what lies there goes on.
PrcSegmentStack *prc_segment_edit_smooth (const PrcSegmentStack *stack, const PrcSeries *series,
                                          double radius_mm, GCancellable *cancellable,
                                          GError **error);
typedef enum { PRC_SEGMENT_UNION, PRC_SEGMENT_SUBTRACT, PRC_SEGMENT_INTERSECT } PrcSegmentSetOp;
PrcSegmentStack *prc_segment_edit_combine (const PrcSegmentStack *a, const PrcSegmentStack *b,
                                           PrcSegmentSetOp op);
