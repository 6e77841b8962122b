// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gio/gio.h>

#include "prc-codec-pool.h"
#include "prc-segment-sheet.h"
#include "prc-series.h"

// The series that segments were drawn on, for objects that are written about it. Private to the
// writers of segments.
typedef struct {
  const PrcSeries *series; // borrowed, with what the images point to
  PrcSegmentImage *images; // by slice
  uint32_t n_images;
  bool has_planes; // all images have a plane with spacings, in one Frame of Reference
  char *header;    // of the first image, DICOM JSON
} PrcSegmentOrigin;

bool prc_segment_origin_read (PrcSegmentOrigin *origin, PrcCodecPool *pool, const PrcSeries *series,
                              GCancellable *cancellable, GError **error);
void prc_segment_origin_clear (PrcSegmentOrigin *origin);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrcSegmentOrigin, prc_segment_origin_clear)

typedef struct {
  const char *sop_class_uid, *modality;
  const char *description; // of the series
} PrcSegmentObject;

// A new object in a new series of the same study: SOP Common, Patient, Study, Series, Equipment;
// Frame of Reference where the images have one.
void prc_segment_origin_put (const PrcSegmentOrigin *origin, PrcJson *json,
                             const PrcSegmentObject *object);
