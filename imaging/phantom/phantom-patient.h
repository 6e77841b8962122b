// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-shape.h"

// Who is imaged, how, and what is found: everything drawn by lot for a case, from its seed and
// number alone.

typedef enum {
  PRC_REGION_CT_CHEST,
  PRC_REGION_CT_HEAD,
  PRC_REGION_CT_ABDOMEN,
  PRC_REGION_MR_BRAIN,
  PRC_REGION_DX_CHEST,
  PRC_N_REGIONS,
} PrcRegionKind;

typedef enum {
  PRC_FINDING_NONE,
  PRC_FINDING_NODULE,
  PRC_FINDING_MASS,
  PRC_FINDING_CONSOLIDATION,
  PRC_FINDING_EFFUSION,
  PRC_FINDING_PNEUMOTHORAX,
  PRC_FINDING_EMPHYSEMA,
  PRC_FINDING_HAEMORRHAGE, // within the brain
  PRC_FINDING_SUBDURAL,
  PRC_FINDING_INFARCT,
  PRC_FINDING_TUMOUR,
  PRC_FINDING_METASTASES,
  PRC_FINDING_LIVER_CYST,
  PRC_FINDING_KIDNEY_STONE,
  PRC_N_FINDINGS,
} PrcFindingKind;

typedef struct {
  uint64_t seed; // of this case
  unsigned number;
  PrcRegionKind region;
  PrcFindingKind finding;
  bool left;      // side of the finding
  PrcPoint place; // where it lies within its organ, each in [0, 1]
  float extent;   // how large or severe, in [0, 1]

  bool female;
  unsigned age; // years
  unsigned birth_year, study_year, study_month, study_day, hour, minute, second;

  PrcBodyShape shape;
  float fat_mm;                                   // under the skin
  float muscle;                                   // 1 average
  float bone_hu;                                  // of spongy bone
  float atrophy;                                  // of the brain, [0, 1]
  bool contrast;                                  // CT: given into a vein
  float blood_hu, kidney_hu, liver_hu, spleen_hu; // with or without contrast as drawn
  bool oral_contrast;
  bool erect;       // radiographs: fluid falls to the base, air rises to the apex
  float noise;      // of the scanner, 1 average
  bool sharp;       // reconstruction kernel
  float field_t;    // MR
  bool monochrome1; // radiographs
  float noise_at;   // offset into the noise for this patient's organs
} PrcPatient;

void prc_patient_draw (PrcPatient *patient, uint64_t seed, unsigned number);

// A generator of its own for each use, so that one more draw here does not change the rest of the
// patient.
void prc_patient_random (const PrcPatient *patient, const char *use, PrcRandom *random);

bool prc_patient_is_torso (const PrcPatient *patient);
