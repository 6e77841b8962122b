// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-patient.h"

// From a patient to pictures, as a scanner makes them.

// The block of patient a region's protocol covers, anatomy and finding painted. Owned;
// prc_volume_free.
PrcVolume *prc_scanner_volume (const PrcPatient *patient);

// One slice as stored: CT HU + 1024 (0 outside the round field of view), MR 0..4095. nx * ny
// samples, owned. `channel`: of MR (0 T1, 1 T2, 2 FLAIR). Slices are counted from the feet.
uint16_t *prc_scanner_ct_slice (const PrcVolume *volume, const PrcPatient *patient, uint32_t slice);
uint16_t *prc_scanner_mr_slice (const PrcVolume *volume, const PrcPatient *patient,
                                unsigned channel, uint32_t slice);

// A chest radiograph, back to front: rays through the volume (attenuation, scatter, noise, the
// film's curve), 0..4095. Owned; `mask` (may be NULL) receives an owned rows * columns map of where
// the finding is.
#define PRC_RADIOGRAPH_SIZE 1024
typedef struct {
  uint16_t *samples; // dense is bright; turned when patient->monochrome1
  uint8_t *mask;
  uint32_t rows, columns;
  float spacing_mm; // in the plane of the patient's middle
} PrcRadiograph;
void prc_scanner_radiograph (const PrcVolume *volume, const PrcPatient *patient,
                             PrcRadiograph *radiograph);
void prc_radiograph_clear (PrcRadiograph *radiograph);
