// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-codec-pool.h"
#include "prc-layer.h"
#include "prc-series.h"

// A file with segments: a DICOM Segmentation, an RT Structure Set, a NIfTI volume of labels. NULL:
// `error` says why.
PrcSegmentation *ctl_segmentation_read (PrcCodecPool *pool, const char *path, GError **error);

// Puts what the viewer paints over a slice at first into *layer: the segments of these files
// (NULL-terminated), in their order; NULL when none of them is on the slice. The rest of the series
// is read from the folder of the image, since contours lie on the nearest slice. False: `error` says
// why.
bool ctl_overlay_layer (PrcCodecPool *pool, char **paths, const PrcSlice *slice, PrcLayer **layer,
                        GError **error);
