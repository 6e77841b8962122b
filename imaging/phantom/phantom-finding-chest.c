// SPDX-License-Identifier: Apache-2.0
#include "phantom-finding.h"
#include "phantom-noise.h"
#include "phantom-torso.h"

#define IN_LUNG (PRC_IN (PRC_ORGAN_LUNG) | PRC_IN (PRC_ORGAN_VESSEL) | PRC_IN (PRC_ORGAN_AIRWAY))

typedef struct {
  const PrcPatient *patient;
  PrcEllipsoid body;
  float thickness_mm, level;
} Lesion;

static float
side_of (const PrcPatient *patient) {
  return patient->left ? 1 : -1;
}

// A point of the right side's lung at least `deep` mm (and not much more than `deepest`) from its
// surface.
static PrcPoint
place_in_lung (const PrcPatient *patient, float deep, float deepest) {
  PrcRandom random;
  float side = side_of (patient);
  PrcPoint p = {side * 70, 10, 90};

  prc_patient_random (patient, "place", &random);
  for (int tries = 0; tries < 3000; tries++) {
    PrcPoint q = prc_point_random (&random, (PrcPoint){25, -80, -10}, (PrcPoint){118, 80, 180});
    float distance;

    q.x *= side;
    distance = -prc_torso_lung_distance (q, patient);
    if (distance > deep && distance < deepest)
      return q;
  }
  return p;
}

// Round, knobbly, with strands running out into the lung.
static float
tumour_distance (const void *data, PrcPoint p) {
  const Lesion *lesion = data;
  const PrcEllipsoid *e = &lesion->body;
  float d = prc_ellipsoid_distance (e, p), r = e->radius.x;
  float x = p.x - e->centre.x, y = p.y - e->centre.y, z = p.z - e->centre.z,
        length = sqrtf (x * x + y * y + z * z) + 0.1f;
  float strand = prc_noise (2.2f * x / length + e->offset, 2.2f * y / length, 2.2f * z / length);

  return d - 0.32f * r * prc_clamp01 (1.6f * (strand - 0.75f)) * prc_step (0.9f * r, 0, d);
}

static void
paint_tumour (PrcVolume *volume, const PrcPatient *patient) {
  bool mass = patient->finding == PRC_FINDING_MASS;
  float r = mass ? 19 + 17 * patient->extent : 5.5f + 6 * patient->extent;
  Lesion lesion = {.patient = patient};
  PrcMaterial tissue = {.value = {patient->contrast ? 62 : 34},
                        .texture = mass ? 12 : 5,
                        .grain_mm = 9,
                        .organ = PRC_ORGAN_FINDING,
                        .within = IN_LUNG,
                        .is_finding = true};
  PrcBox box;

  if (patient->region == PRC_REGION_DX_CHEST) // thick enough to be seen through
    r = MAX (r, 17);
  lesion.body = (PrcEllipsoid){
      place_in_lung (patient, mass ? 0.45f * r : r + 4, mass ? 1.1f * r : r + 30),
      {r, r * (0.85f + 0.25f * patient->place.x), r * (0.85f + 0.25f * patient->place.y)},
      6.28f * patient->place.z,
      0.10f * r,
      0.8f * r,
      patient->noise_at};
  box = prc_ellipsoid_box (&lesion.body);
  box.low.x -= r, box.low.y -= r, box.low.z -= r;
  box.high.x += r, box.high.y += r, box.high.z += r;
  prc_volume_paint (volume, &box, tumour_distance, &lesion, &tissue);
}

// ---- findings of whole regions: every voxel of one lung is asked for its share ----

typedef float (*ShareFunction) (const Lesion *lesion, PrcPoint p);

// Vessels and airways count where they run through the lung, not in the mediastinum and the neck.
static bool
is_of_lung (const PrcVolume *volume, const PrcPatient *patient, size_t index, PrcPoint p) {
  return volume->organ[index] == PRC_ORGAN_LUNG || prc_torso_lung_distance (p, patient) < -1;
}

static void
paint_share (PrcVolume *volume, const Lesion *lesion, ShareFunction share,
             const PrcMaterial *material) {
  float side = side_of (lesion->patient);

  for (size_t i = 0; i < prc_volume_length (volume); i++) {
    PrcPoint p;
    float alpha;

    if (volume->wall[i] > 0 || !(material->within & PRC_IN (volume->organ[i])) ||
        volume->atlas_x[i] * side < 4)
      continue;
    p = prc_volume_atlas (volume, i);
    alpha = share (lesion, p);
    if (alpha > 0 && is_of_lung (volume, lesion->patient, i, p))
      prc_volume_blend (volume, i, p, MIN (alpha, 1), material);
  }
}

static float
consolidation_share (const Lesion *lesion, PrcPoint p) {
  float at = lesion->patient->noise_at, lower = lesion->patient->place.x < 0.6f ? 1 : -1;
  float lobe = -lower * prc_torso_fissure_distance (p, lesion->patient);
  float d = prc_ellipsoid_distance (&lesion->body, p);
  float patchy = prc_noise_octaves (p.x / 14 + at, p.y / 14, p.z / 14, 3);
  float bronchi =
      prc_clamp01 (8 * (0.055f - fabsf (prc_noise (p.x / 26 + at, p.y / 26, p.z / 20))));
  float share = prc_clamp01 (0.5f - d / 16 + 0.22f * patchy) * prc_clamp01 (0.5f - lobe / 2.5f);

  return share * (1 - 1.9f * bronchi * prc_step (4, -10, d)) * (0.93f + 0.07f * patchy);
}

static void
paint_consolidation (PrcVolume *volume, const PrcPatient *patient) {
  float side = side_of (patient), size = 0.75f + 0.5f * patient->extent;
  bool lower = patient->place.x < 0.6f;
  Lesion lesion = {.patient = patient};
  PrcMaterial filled = {.value = {patient->contrast ? 68 : 30},
                        .texture = 10,
                        .grain_mm = 8,
                        .organ = PRC_ORGAN_FINDING,
                        .within = PRC_IN (PRC_ORGAN_LUNG),
                        .is_finding = true};

  lesion.body =
      (PrcEllipsoid){lower ? (PrcPoint){side * 74, 50, 30} : (PrcPoint){side * 74, -12, 130},
                     {44 * size, 42 * size, 50 * size},
                     0,
                     6,
                     30,
                     patient->noise_at};
  paint_share (volume, &lesion, consolidation_share, &filled);
}

// mm below the surface of the fluid, positive in it: highest along the wall.
static float
fluid_depth (const Lesion *lesion, PrcPoint p) {
  float wall = prc_bump (prc_torso_core_distance (p) + 4, 13),
        wave = 1.5f * prc_noise (p.x / 30, p.y / 30, p.z / 30);

  if (lesion->patient->erect)
    return lesion->level + 50 * powf (prc_clamp01 (1 + prc_torso_core_distance (p) / 62), 1.8f) -
           p.z + wave;
  return p.y - (prc_torso_core_depth (p.z) - lesion->thickness_mm * prc_step (165, -10, p.z)) +
         15 * wall + wave;
}

static float
effusion_share (const Lesion *lesion, PrcPoint p) {
  return prc_clamp01 (0.5f + fluid_depth (lesion, p) / 1.4f);
}

static float
squeezed_lung_share (const Lesion *lesion, PrcPoint p) {
  float above = -fluid_depth (lesion, p) - 0.26f * lesion->thickness_mm * prc_step (120, 0, p.z);
  float ragged = 2.5f * prc_noise (p.x / 12, p.y / 12, p.z / 12);

  return above + ragged > 3 ? 0 : prc_clamp01 (0.5f - (above + ragged) / 4);
}

static void
paint_effusion (PrcVolume *volume, const PrcPatient *patient) {
  Lesion lesion = {.patient = patient,
                   .thickness_mm = 34 + 44 * patient->extent,
                   .level = 2 + 58 * patient->extent};
  PrcMaterial fluid = {.value = {9},
                       .texture = 2,
                       .grain_mm = 20,
                       .organ = PRC_ORGAN_FINDING,
                       .within = IN_LUNG,
                       .is_finding = true};
  PrcMaterial squeezed = {.value = {patient->contrast ? 92 : 48},
                          .texture = 12,
                          .grain_mm = 7,
                          .organ = PRC_ORGAN_OTHER,
                          .within = PRC_IN (PRC_ORGAN_LUNG)};

  if (!patient->erect)
    paint_share (volume, &lesion, squeezed_lung_share, &squeezed);
  fluid.within |= PRC_IN (PRC_ORGAN_OTHER);
  paint_share (volume, &lesion, effusion_share, &fluid);
}

// How far the lung has come away from the wall here; positive in the air.
static float
pleural_gap (const Lesion *lesion, PrcPoint p) {
  float gap = lesion->thickness_mm, outside = prc_torso_pleura_distance (p);

  if (lesion->patient->erect)
    gap *= 0.09f + 1.1f * prc_step (50, 205, p.z);
  else
    gap *= 0.08f + 1.25f * prc_step (35, -70, p.y);
  return outside + gap * (1 + 0.12f * prc_noise (p.x / 40, p.y / 40, p.z / 40));
}

static float
pleural_air_share (const Lesion *lesion, PrcPoint p) {
  return prc_clamp01 (0.5f + pleural_gap (lesion, p) / 1.5f);
}

static float
pleural_line_share (const Lesion *lesion, PrcPoint p) {
  return 0.75f * prc_clamp01 (1.2f - fabsf (pleural_gap (lesion, p) + 1) / 1.4f);
}

static void
paint_pneumothorax (PrcVolume *volume, const PrcPatient *patient) {
  Lesion lesion = {.patient = patient, .thickness_mm = 20 + 24 * patient->extent};
  PrcMaterial air = {
      .value = {-1000}, .organ = PRC_ORGAN_FINDING, .within = IN_LUNG, .is_finding = true};
  PrcMaterial line = {.value = {-120}, .organ = PRC_ORGAN_LUNG, .within = IN_LUNG};

  paint_share (volume, &lesion, pleural_line_share, &line);
  paint_share (volume, &lesion, pleural_air_share, &air);
}

// ---- emphysema ----

static void
paint_hole (PrcVolume *volume, const PrcPatient *patient, size_t index) {
  PrcMaterial air = {.value = {-975},
                     .texture = 4,
                     .grain_mm = 6,
                     .organ = PRC_ORGAN_FINDING,
                     .within = PRC_IN (PRC_ORGAN_LUNG),
                     .is_finding = true};
  PrcPoint p = prc_volume_atlas (volume, index);
  float at = patient->noise_at, upper = prc_step (-20, 150, p.z);
  float spread = (0.25f + 0.75f * upper) * (0.6f + 0.5f * patient->extent) +
                 0.18f * prc_noise (p.x / 45 + at, p.y / 45, p.z / 45);
  PrcCellular cells = prc_noise_cellular (p.x / 13, p.y / 13, p.z / 16, (uint32_t)patient->seed);
  float radius = spread * (0.45f + 0.35f * (float)(cells.cell >> 5 & 255) / 255);
  float alpha = prc_clamp01 (0.5f + 13 * (radius - cells.first) / 3.0f);

  if (alpha > 0)
    prc_volume_blend (volume, index, p, 0.92f * alpha, &air);
}

static void
paint_emphysema (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial air = {
      .value = {-985}, .organ = PRC_ORGAN_FINDING, .within = IN_LUNG, .is_finding = true};
  PrcMaterial wall = {.value = {-650}, .organ = PRC_ORGAN_LUNG, .within = IN_LUNG};
  PrcRandom random;

  for (size_t i = 0; i < prc_volume_length (volume); i++)
    if (volume->organ[i] == PRC_ORGAN_LUNG)
      paint_hole (volume, patient, i);
  prc_patient_random (patient, "bullae", &random);
  for (unsigned i = 0; i < 5 + (unsigned)(8 * patient->extent); i++) {
    float side = prc_random_chance (&random, 0.5) ? 1 : -1,
          r = (float)prc_random_range (&random, 8, 19);
    PrcEllipsoid bulla = {{side * (float)prc_random_range (&random, 40, 88),
                           (float)prc_random_range (&random, -60, 55),
                           (float)prc_random_range (&random, 110, 195)},
                          {r, 0.9f * r, 1.1f * r},
                          0,
                          1,
                          12,
                          patient->noise_at},
                 outer = bulla;

    outer.radius.x += 1.2f;
    outer.radius.y += 1.2f;
    prc_paint_ellipsoid (volume, &outer, &wall);
    prc_paint_ellipsoid (volume, &bulla, &air);
  }
}

void
prc_finding_paint_chest (PrcVolume *volume, const PrcPatient *patient) {
  switch (patient->finding) {
  case PRC_FINDING_NODULE:
  case PRC_FINDING_MASS:
    paint_tumour (volume, patient);
    break;
  case PRC_FINDING_CONSOLIDATION:
    paint_consolidation (volume, patient);
    break;
  case PRC_FINDING_EFFUSION:
    paint_effusion (volume, patient);
    break;
  case PRC_FINDING_PNEUMOTHORAX:
    paint_pneumothorax (volume, patient);
    break;
  case PRC_FINDING_EMPHYSEMA:
    paint_emphysema (volume, patient);
    break;
  default:
    break;
  }
}
