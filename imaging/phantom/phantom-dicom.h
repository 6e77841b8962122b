// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-json.h"
#include "phantom-patient.h"

// Data sets of the generated images and of the segmentation (PS3.3 A.3, A.4, A.26, A.51).

// The objects of a study. UIDs are made from the patient's seed: the same case has the same UIDs
// for ever.
typedef enum {
  PRC_UID_STUDY,
  PRC_UID_SERIES, // number: series
  PRC_UID_FRAME_OF_REFERENCE,
  PRC_UID_INSTANCE, // number: series << 16 | instance
  PRC_UID_DIMENSIONS,
} PrcUidKind;

#define PRC_SEGMENTATION_SERIES 100

void prc_dicom_uid (const PrcPatient *patient, PrcUidKind kind, unsigned number, char uid[65]);
double prc_dicom_decimal (float value);                        // as a decimal string would give it
const char *prc_dicom_image_class (const PrcPatient *patient); // SOP Class UID

typedef struct {
  const PrcPatient *patient;
  unsigned series;   // from 1; of MR: 1 T1, 2 T2, 3 FLAIR
  unsigned instance; // from 1
  uint32_t rows, columns;
  float spacing_mm[2]; // between rows, between columns
  float slice_mm;
  PrcPoint position_mm; // of the first pixel
} PrcImagePlace;

// The whole data set of one image but for its pixels; owned.
char *prc_dicom_image (const PrcImagePlace *place);

// Patient, study, equipment, SOP common: what every object of the case carries.
void prc_dicom_common (PrcJson *json, const PrcPatient *patient, const char *class_uid,
                       unsigned series, unsigned instance, const char *modality,
                       const char *description);

// A binary segmentation of the finding on one series: `frames` places (of the images) that have any
// of it.
char *prc_dicom_segmentation (const PrcImagePlace *frames, unsigned n_frames);
