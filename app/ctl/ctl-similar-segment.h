// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-import-segments.h"

// A segment to ask with: one of a file, laid on images.
typedef struct {
  PrcImportFile *file;
  const PrcImportSegment *segment; // of it
  PrcInstance *instance;           // of its largest slice; borrowed from the file's series
  guint frame;                     // of that instance, from 0
} CtlSegment;

// `which` is SEGFILE or SEGFILE:NUMBER; without a number the largest. `paths`: images, n of them.
// False: `error` says why.
bool ctl_segment_find (PrcCodecPool *pool, const char *which, char **paths, int n,
                       CtlSegment *segment, GError **error);
const PrcSegment *ctl_segment_said (const CtlSegment *segment); // label and codes
void ctl_segment_clear (CtlSegment *segment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CtlSegment, ctl_segment_clear)
