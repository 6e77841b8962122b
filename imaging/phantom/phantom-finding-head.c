// SPDX-License-Identifier: Apache-2.0
#include "phantom-finding.h"
#include "phantom-head.h"
#include "phantom-noise.h"

#define IN_BRAIN (PRC_IN (PRC_ORGAN_BRAIN) | PRC_IN (PRC_ORGAN_CSF) | PRC_IN (PRC_ORGAN_FINDING))

static PrcMaterial
lesion_material (const PrcVolume *volume, PrcTissue tissue, bool is_finding) {
  PrcMaterial material = prc_tissue_material (tissue, volume->n_channels,
                                              is_finding ? PRC_ORGAN_FINDING : PRC_ORGAN_BRAIN);

  material.texture = volume->n_channels == 1 ? 3 : 0.06f;
  material.grain_mm = 8;
  material.within = IN_BRAIN;
  material.is_finding = is_finding;
  return material;
}

static PrcEllipsoid
grown (PrcEllipsoid e, float mm) {
  e.radius.x += mm;
  e.radius.y += mm;
  e.radius.z += mm;
  return e;
}

// Oedema follows the white matter like fingers: strong noise, and only where there is no fluid.
static void
paint_oedema (PrcVolume *volume, const PrcPatient *patient, float reach_mm) {
  PrcMaterial oedema = lesion_material (volume, PRC_TISSUE_OEDEMA, false);
  PrcEllipsoid e = grown (prc_head_lesion (patient), reach_mm);

  e.bump_mm = 0.45f * reach_mm;
  e.bump_size = 15;
  oedema.within = PRC_IN (PRC_ORGAN_BRAIN);
  prc_paint_ellipsoid (volume, &e, &oedema);
}

static void
paint_haemorrhage (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial blood = lesion_material (volume, PRC_TISSUE_BLOOD, true);
  PrcEllipsoid e = prc_head_lesion (patient);

  paint_oedema (volume, patient, 5);
  prc_paint_ellipsoid (volume, &e, &blood);
}

static void
paint_subdural (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial blood = lesion_material (volume, PRC_TISSUE_BLOOD, true);

  blood.value[0] -= 8 * patient->place.x;
  for (size_t i = 0; i < prc_volume_length (volume); i++) {
    PrcPoint p = prc_volume_atlas (volume, i);
    float thick, d;

    if (volume->wall[i] > 0.5f || volume->wall[i] < -30)
      continue;
    thick = prc_head_subdural_mm (patient, p);
    d = MAX (volume->wall[i] + 0.4f, -volume->wall[i] - thick);
    if (thick > 1 && d < volume->dx)
      prc_volume_blend (volume, i, p, prc_clamp01 (0.5f - d / volume->soft), &blood);
  }
}

// ---- infarct: the territory of an artery, swollen, without the difference of cortex and white
// matter ----

static PrcEllipsoid
territory (const PrcPatient *patient) {
  float side = patient->left ? 1 : -1, size = 0.8f + 0.35f * patient->extent;
  bool middle = patient->place.x < 0.7f;

  return (PrcEllipsoid){.centre = middle ? (PrcPoint){side * 58, -8 + 16 * patient->place.y, 16}
                                         : (PrcPoint){side * 22, 70, 8},
                        .radius = middle ? (PrcPoint){31 * size, 38 * size, 32 * size}
                                         : (PrcPoint){24 * size, 30 * size, 24 * size},
                        .turn = middle ? side * 0.2f : 0,
                        .bump_mm = 4.5f,
                        .bump_size = 20,
                        .offset = patient->noise_at};
}

static void
paint_infarct (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial dead = lesion_material (volume, PRC_TISSUE_INFARCT, true);
  PrcEllipsoid e = territory (patient);
  PrcBox box = prc_ellipsoid_box (&e);
  PrcRange range = prc_volume_range (volume, &box);

  for (uint32_t k = range.low[2]; k < range.high[2]; k++)
    for (uint32_t j = range.low[1]; j < range.high[1]; j++)
      for (uint32_t i = range.low[0]; i < range.high[0]; i++) {
        size_t index = ((size_t)k * volume->ny + j) * volume->nx + i;
        PrcPoint p = prc_volume_atlas (volume, index);
        bool fluid = volume->organ[index] == PRC_ORGAN_CSF;
        float alpha = prc_clamp01 (0.5f - prc_ellipsoid_distance (&e, p) / 4);

        // swelling closes the sulci, but neither the space under the skull nor the ventricles
        if (alpha > 0 && volume->wall[index] < -2 && (!fluid || volume->wall[index] > -16))
          prc_volume_blend (volume, index, p, alpha * (fluid ? 0.65f : 0.94f), &dead);
      }
}

// ---- tumour: a ring that takes up contrast around a dead middle, oedema outside ----

static float
ring_distance (const void *data, PrcPoint p) {
  const PrcEllipsoid *e = data;
  float d = prc_ellipsoid_distance (e, p);
  float wall = 4 + 1.6f * prc_noise (p.x / 9 + e->offset, p.y / 9, p.z / 9);

  return MAX (d, -d - wall);
}

static void
paint_tumour (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial ring = lesion_material (volume, PRC_TISSUE_TUMOUR, true),
              middle = lesion_material (volume, PRC_TISSUE_NECROSIS, true);
  PrcEllipsoid e = prc_head_lesion (patient);
  PrcBox box = prc_ellipsoid_box (&e);

  middle.texture *= 2;
  paint_oedema (volume, patient, 12 + 8 * patient->extent);
  prc_paint_ellipsoid (volume, &e, &middle);
  prc_volume_paint (volume, &box, ring_distance, &e, &ring);
}

static void
paint_head (PrcVolume *volume, const PrcPatient *patient) {
  if (patient->finding == PRC_FINDING_HAEMORRHAGE)
    paint_haemorrhage (volume, patient);
  else if (patient->finding == PRC_FINDING_SUBDURAL)
    paint_subdural (volume, patient);
  else if (patient->finding == PRC_FINDING_INFARCT)
    paint_infarct (volume, patient);
  else if (patient->finding == PRC_FINDING_TUMOUR)
    paint_tumour (volume, patient);
}

void
prc_finding_paint (PrcVolume *volume, const PrcPatient *patient) {
  if (!prc_patient_is_torso (patient))
    paint_head (volume, patient);
  else if (patient->region == PRC_REGION_CT_ABDOMEN)
    prc_finding_paint_belly (volume, patient);
  else
    prc_finding_paint_chest (volume, patient);
}
