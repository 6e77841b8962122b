// SPDX-License-Identifier: Apache-2.0
#include "phantom-patient.h"

typedef struct {
  PrcRegionKind region;
  PrcFindingKind finding;
} Plan;

// Regions alternate, so that a short list has each; one full turn has every finding where it is
// looked for.
static const Plan plans[] = {
    {PRC_REGION_CT_CHEST, PRC_FINDING_NODULE},
    {PRC_REGION_CT_HEAD, PRC_FINDING_HAEMORRHAGE},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_METASTASES},
    {PRC_REGION_MR_BRAIN, PRC_FINDING_TUMOUR},
    {PRC_REGION_DX_CHEST, PRC_FINDING_CONSOLIDATION},
    {PRC_REGION_CT_CHEST, PRC_FINDING_EFFUSION},
    {PRC_REGION_CT_HEAD, PRC_FINDING_INFARCT},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_KIDNEY_STONE},
    {PRC_REGION_MR_BRAIN, PRC_FINDING_NONE},
    {PRC_REGION_DX_CHEST, PRC_FINDING_PNEUMOTHORAX},
    {PRC_REGION_CT_CHEST, PRC_FINDING_MASS},
    {PRC_REGION_CT_HEAD, PRC_FINDING_NONE},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_LIVER_CYST},
    {PRC_REGION_MR_BRAIN, PRC_FINDING_INFARCT},
    {PRC_REGION_DX_CHEST, PRC_FINDING_NONE},
    {PRC_REGION_CT_CHEST, PRC_FINDING_CONSOLIDATION},
    {PRC_REGION_CT_HEAD, PRC_FINDING_SUBDURAL},
    {PRC_REGION_CT_CHEST, PRC_FINDING_NONE},
    {PRC_REGION_DX_CHEST, PRC_FINDING_EFFUSION},
    {PRC_REGION_CT_ABDOMEN, PRC_FINDING_NONE},
    {PRC_REGION_CT_CHEST, PRC_FINDING_EMPHYSEMA},
    {PRC_REGION_CT_HEAD, PRC_FINDING_TUMOUR},
    {PRC_REGION_CT_CHEST, PRC_FINDING_PNEUMOTHORAX},
    {PRC_REGION_MR_BRAIN, PRC_FINDING_HAEMORRHAGE},
    {PRC_REGION_DX_CHEST, PRC_FINDING_MASS},
};

void
prc_patient_random (const PrcPatient *patient, const char *use, PrcRandom *random) {
  uint64_t hash = patient->seed;

  for (; *use; use++)
    hash = prc_hash64_pair (hash, (unsigned char)*use);
  prc_random_init (random, hash);
}

bool
prc_patient_is_torso (const PrcPatient *patient) {
  return patient->region != PRC_REGION_CT_HEAD && patient->region != PRC_REGION_MR_BRAIN;
}

static void
draw_person (PrcPatient *patient) {
  PrcRandom random;
  unsigned youngest = patient->finding == PRC_FINDING_PNEUMOTHORAX ? 19 : 38;
  unsigned span = patient->finding == PRC_FINDING_PNEUMOTHORAX ? 30 : 48;

  prc_patient_random (patient, "person", &random);
  patient->female = prc_random_chance (&random, 0.5);
  patient->age = youngest + prc_random_below (&random, span);
  patient->study_year = 2015 + prc_random_below (&random, 9);
  patient->study_month = 1 + prc_random_below (&random, 12);
  patient->study_day = 1 + prc_random_below (&random, 28);
  patient->birth_year =
      patient->study_year - patient->age - 1; // birthdays lie after any study date: 31 December
  patient->hour = 7 + prc_random_below (&random, 12);
  patient->minute = prc_random_below (&random, 60);
  patient->second = prc_random_below (&random, 60);
}

static void
draw_body (PrcPatient *patient) {
  PrcRandom random;
  PrcBodyShape *shape = &patient->shape;
  bool torso = prc_patient_is_torso (patient);
  float size;

  prc_patient_random (patient, "body", &random);
  size = (patient->female ? 0.97f : 1.05f) + 0.03f * (float)prc_random_normal (&random);
  patient->fat_mm =
      9 + 24 * powf ((float)prc_random_unit (&random), 1.5f) + (patient->female ? 4 : 0);
  patient->muscle =
      (patient->female ? 0.85f : 1.05f) * (float)prc_random_range (&random, 0.8, 1.15);
  patient->bone_hu = 260 - 1.9f * (float)patient->age + 25 * (float)prc_random_normal (&random);
  patient->atrophy =
      prc_clamp01 (((float)patient->age - 45) / 50 + 0.15f * (float)prc_random_normal (&random));
  shape->scale.x = size * (torso ? 1.06f : 1) * (float)prc_random_range (&random, 0.95, 1.06);
  shape->scale.y = size * (float)prc_random_range (&random, 0.94, 1.08);
  shape->scale.z = size * (float)prc_random_range (&random, 0.96, 1.04);
  shape->shift.x = (float)prc_random_range (&random, -6, 6);
  shape->shift.y = (float)prc_random_range (&random, -6, 6);
  shape->tilt[0] = (float)prc_random_range (&random, -0.05, 0.05);
  shape->tilt[1] = torso ? 0 : (float)prc_random_range (&random, -0.1, 0.1);
  shape->bend = torso ? 4.0f : 1.5f;
  shape->bend_size = torso ? 170 : 130;
  shape->offset = prc_point_random (&random, (PrcPoint){0, 0, 0}, (PrcPoint){8, 8, 8});
  patient->noise_at = (float)prc_random_range (&random, 0, 8);
}

// Venous phase in the abdomen, arterial in the chest; a stone is looked for without contrast.
static void
draw_protocol (PrcPatient *patient) {
  PrcRandom random;
  bool abdomen = patient->region == PRC_REGION_CT_ABDOMEN;
  bool stone = patient->finding == PRC_FINDING_KIDNEY_STONE;

  prc_patient_random (patient, "protocol", &random);
  patient->contrast =
      !stone && (abdomen ? prc_random_chance (&random, 0.85) : prc_random_chance (&random, 0.6));
  if (patient->region != PRC_REGION_CT_CHEST && !abdomen)
    patient->contrast = false;
  patient->blood_hu =
      patient->contrast ? (float)prc_random_range (&random, 150, abdomen ? 190 : 260) : 42;
  patient->kidney_hu = patient->contrast ? (float)prc_random_range (&random, 150, 200) : 32;
  patient->liver_hu = (patient->contrast ? 108 : 58) + 6 * (float)prc_random_normal (&random);
  patient->spleen_hu = (patient->contrast ? 122 : 48) + 4 * (float)prc_random_normal (&random);
  patient->oral_contrast = patient->contrast && prc_random_chance (&random, 0.3);
  patient->erect = patient->region == PRC_REGION_DX_CHEST;
  patient->noise = (float)prc_random_range (&random, 0.7, 1.3);
  patient->sharp = prc_random_chance (&random, 0.35);
  patient->field_t = prc_random_chance (&random, 0.5) ? 3.0f : 1.5f;
  patient->monochrome1 = prc_random_chance (&random, 0.25);
}

void
prc_patient_draw (PrcPatient *patient, uint64_t seed, unsigned number) {
  const Plan *plan = &plans[number % G_N_ELEMENTS (plans)];
  PrcRandom random;

  *patient = (PrcPatient){.seed = prc_hash64_pair (seed, number), .number = number};
  patient->region = plan->region;
  patient->finding = plan->finding;
  prc_patient_random (patient, "finding", &random);
  patient->left = prc_random_chance (&random, 0.5);
  patient->place = prc_point_random (&random, (PrcPoint){0, 0, 0}, (PrcPoint){1, 1, 1});
  patient->extent = (float)prc_random_unit (&random);
  draw_person (patient);
  draw_body (patient);
  draw_protocol (patient);
}
