// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segmentation.h"

// Between contours in the patient (PS3.3 C.8.8.6) and masks of image planes. Any thread.

// How far the points of a contour lie from a plane along its normal, millimetres, signed: lowest
// and highest. False for planes without position or orientation and for contours without points.
bool prc_contour_offsets (const PrcContour *contour, const PrcPlane *plane, double *lowest_mm,
                          double *highest_mm);

// The pixels of `plane` that the contours of one segment in this plane cover, NULL when the plane
// lacks position, orientation or spacing, when rows or columns are none of a mask, or when it would
// take minutes. Which contours lie in this plane is for the caller to say: points are projected
// along its normal.
//   - Closed: a pixel is in when its centre is, by the odd number of edges crossed on the way there
//     from outside: keyholes and contours that cross themselves mean what they say. A centre on the
//     boundary is in when the inside is right of it (the way columns count up) or, on an edge along
//     the row, below it; so that neighbours share no pixel and lose none. Corners are taken to
//     1/1024 of a pixel before, so that the decimals of the file decide nothing there.
//   - CLOSED_PLANAR: one that lies in another one is a hole, one in a hole an island, as programs
//     write them that know no keyholes. Those beside or across each other add up, and the same
//     twice is there once.
//   - CLOSED_PLANAR_XOR: one after the other, each turns what is in it, after those above.
//   - Open lines mark every pixel they enter within `reach_mm` of the plane, points the pixel they
//     are in; thin marks to be seen, no areas. INFINITY: wherever they are.
PrcMask *prc_contour_mask (const PrcContour *const *contours, size_t n, const PrcPlane *plane,
                           uint32_t rows, uint32_t columns, double reach_mm);

// The outlines of a mask along the edges of its pixels, each a GArray of doubles, x, y and z of one
// corner after the other in the patient, millimetres; closed, the first is not repeated. Areas that
// touch with corners alone are apart. Holes hang on a keyhole, a line back and forth. Given to
// prc_contour_mask as CLOSED_PLANAR they are the same mask again. NULL when the plane lacks
// position, orientation or spacing.
GPtrArray *prc_contour_outlines (const PrcMask *mask, const PrcPlane *plane);
