// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>
#include "prc-segment-stack.h"
#include "prc-segmentation.h"

// Lays a segmentation on the images of a series, by where both lie in the patient: never by order
// or number of frames. Any thread.
//   - Same Frame of Reference (NIfTI: same place in the patient): each image shows the nearest
//     plane of the segment within half the distance of its planes, resampled nearest to the
//     image's grid, whatever its direction; on the same grid masks are shared. The distance is that
//     of the frames themselves; empty ones may be missing, so that of the file counts where it is
//     much smaller, or that of the slices that they name. An image that some frames are parallel to
//     shows these alone. Frames of several images in one place (points in time) lie on the image
//     they name.
//   - Contours are on the nearest slice within half a spacing; a pixel is in when its centre is
//     (PS3.3 C.8.8.6). Drawn on other images that lie further apart, they are as thick as these. A
//     series across them shows what they fill.
//   - Frames without a plane, or in another Frame of Reference, lie on the image (and frame) that
//     they name as their source, when the grids are of one size; so do contours, when they are
//     within half a spacing of it.
//   - else nowhere.

// Whether a series is one that the segmentation can lie on, without laying it: for lists. Their
// boxes have something in common (NIfTI, which names no patient: half of the smaller one), or it
// names an image of the series. One without a pixel (fractions below the threshold) can where its
// Frame of Reference is.
bool prc_segment_fits (const PrcSegmentation *segmentation, const PrcSeries *series);

// A PrcSegmentStack for each segment, in their order; those that lie nowhere are empty. NULL when
// cancelled, and PRC_IMAGING_ERROR_TOO_LARGE when it would take minutes or
// gigabytes.
GPtrArray *prc_segment_fit (const PrcSegmentation *segmentation, const PrcSeries *series,
                            GCancellable *cancellable, GError **error);
