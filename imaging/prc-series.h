// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-instance.h"

// A stack of slices as a reader scrolls it: one orientation, one frame size, ordered by geometry
// (position projected on the normal; PS3.3 C.7.6.2.1.1) in the direction that the instance numbers
// count, else by instance number.
// Immutable, reference-counted, any thread; a growing scan publishes new PrcSeries objects with the
// same key.

typedef struct {
  PrcInstance *instance;
  uint32_t frame;  // of the instance, from 0
  double along_mm; // position along prc_series_normal, ascending; 0 without geometry
} PrcSlice;

typedef enum {
  PRC_ORIENTATION_NONE,
  PRC_ORIENTATION_AXIAL,
  PRC_ORIENTATION_SAGITTAL,
  PRC_ORIENTATION_CORONAL,
  PRC_ORIENTATION_OBLIQUE
} PrcOrientation;

typedef struct _PrcSeries PrcSeries;

// Groups image instances into series (non-images are left out) and orders the series by patient,
// study date, series number. Splits by series UID, orientation, size, and by what makes positions
// repeat (b-value, echo, temporal position, acquisition). Element type PrcSeries.
GPtrArray *prc_series_group (PrcInstance *const *instances, size_t n);

PrcSeries *prc_series_ref (PrcSeries *series);
void prc_series_unref (PrcSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PrcSeries, prc_series_unref)

const char *prc_series_key (const PrcSeries *series); // stable while a scan grows; borrowed
const char *
prc_series_title (const PrcSeries *series); // description, else protocol, else modality; borrowed
const PrcInstanceInfo *prc_series_info (const PrcSeries *series); // of its first slice; borrowed
const char *prc_series_patient_key (const PrcSeries *series);
uint32_t prc_series_length (const PrcSeries *series); // slices, at least 1
const PrcSlice *prc_series_slice (const PrcSeries *series,
                                  uint32_t index); // borrowed; index < length
PrcOrientation prc_series_orientation (const PrcSeries *series);
double prc_series_spacing_mm (
    const PrcSeries *series); // median distance of neighbouring slices, 0 when unknown
// Translated sentences about the geometry: missing slices, gantry tilt, mixed spacing.
// NULL-terminated, borrowed.
const char *const *prc_series_problems (const PrcSeries *series);
// The index whose slice shows this SOP instance and frame, or -1.
int prc_series_find (const PrcSeries *series, const char *sop_instance_uid, uint32_t frame);
// The way the slices are stacked, a unit vector in the patient: row x column or against it,
// whichever the instance numbers follow. False without geometry.
bool prc_series_normal (const PrcSeries *series, double normal[3]);
// The index nearest to a position along the normal, by binary search.
uint32_t prc_series_nearest (const PrcSeries *series, double along_mm);
