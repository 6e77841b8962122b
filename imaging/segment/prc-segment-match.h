// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segmentation.h"
#include "prc-series.h"

// On which images of a scan a segmentation may be shown, so that it is never laid on another
// patient. Of the series that it fits (prc_segment_fits):
//   - A DICOM file is of the patient that it names. Where none of the series is his, it goes by its
//     Frame of Reference and the images that it names alone: it may have been made from copies that
//     were given other names.
//   - NIfTI names nobody. Series on exactly its grid are what it was made from, and the others of the
//     same patient and Frame of Reference may show it, too. Only where none is on its grid do all
//     count that it overlaps.
// When these are of several patients, there is no telling whose it is.

// The PrcSeries of `series` that it lies on, none when it fits none of them. First the one that it
// goes to when there can be one only: that is on its grid, has most of the images it names, has
// slices as far apart as its planes, is the longest. NULL and PRC_IMAGING_ERROR_ARGUMENT when they
// are of several patients. Any thread.
GPtrArray *prc_segment_match (const PrcSegmentation *segmentation, GPtrArray *series,
                              GError **error);
