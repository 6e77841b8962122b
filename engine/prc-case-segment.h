// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-segmentation.h"

// A segment of a case of the library: what its file calls it, and where it is largest. Immutable,
// reference-counted, any thread.
typedef struct {
  gint64 id;
  PrcSegment segment;                        // number, label and codes; all else empty
  char *path;                                // of the file that it is in
  char *sop_instance_uid, *modality, *title; // of that file; modality "SEG", "RTSTRUCT", or ""
  char *slice_path;                          // of the file of the slice it is largest on
  guint slice_frame, slice_number; // the frame in it, from 0; the place in its series, from 1
  guint64 voxels;
  double volume_ml; // -1 when unknown
} PrcCaseSegment;

PrcCaseSegment *prc_case_segment_new (void); // all empty; the maker fills it before sharing it
PrcCaseSegment *prc_case_segment_ref (PrcCaseSegment *self);
void prc_case_segment_unref (PrcCaseSegment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcCaseSegment, prc_case_segment_unref)

// What a person calls it: the label of its file, else its code in words of the user's language, else
// its number. Owned.
char *prc_case_segment_name (const PrcCaseSegment *self);
// The same and how large it is, "Lung nodule, 1.2 ml". Owned.
char *prc_case_segment_title (const PrcCaseSegment *self);
