// SPDX-License-Identifier: Apache-2.0
#include "phantom-finding.h"
#include "phantom-torso.h"

static PrcPoint
place_in_liver (const PrcPatient *patient, PrcRandom *random, float deep) {
  PrcPoint p = {-70, 0, -50};

  for (int tries = 0; tries < 3000; tries++) {
    PrcPoint q = prc_point_random (random, (PrcPoint){-125, -75, -125}, (PrcPoint){60, 75, 0});

    if (prc_abdomen_liver_distance (q, patient) < -deep)
      return q;
  }
  return p;
}

static PrcEllipsoid
round_lesion (const PrcPatient *patient, PrcRandom *random, PrcPoint centre, float r) {
  PrcEllipsoid e = {
      .centre = centre, .bump_mm = 0.07f * r, .bump_size = 0.9f * r, .offset = patient->noise_at};

  e.radius = (PrcPoint){r, r * (float)prc_random_range (random, 0.85, 1.1),
                        r * (float)prc_random_range (random, 0.85, 1.1)};
  e.turn = (float)prc_random_range (random, 0, 3);
  return e;
}

// Dark in the liver, darker still and uneven in the middle, often with a faint bright ring.
static void
paint_metastases (PrcVolume *volume, const PrcPatient *patient, PrcRandom *random) {
  unsigned n = 4 + (unsigned)(6 * patient->extent);
  float ring_hu = patient->contrast ? patient->liver_hu + 12 : patient->liver_hu - 6;
  PrcMaterial ring = {
      .value = {ring_hu}, .organ = PRC_ORGAN_LIVER, .within = PRC_IN (PRC_ORGAN_LIVER)};
  PrcMaterial body = {.value = {patient->liver_hu - (patient->contrast ? 46 : 24)},
                      .texture = 6,
                      .grain_mm = 7,
                      .organ = PRC_ORGAN_FINDING,
                      .within = PRC_IN (PRC_ORGAN_LIVER),
                      .is_finding = true};
  PrcMaterial middle = body;

  middle.value[0] -= patient->contrast ? 22 : 10;
  middle.texture = 10;
  middle.within = PRC_IN (PRC_ORGAN_FINDING);
  for (unsigned i = 0; i < n; i++) {
    float r = (i == 0 ? 17 : 7) + 9 * (float)prc_random_unit (random);
    PrcEllipsoid e = round_lesion (patient, random, place_in_liver (patient, random, 0.7f * r), r),
                 outer = e, inner = e;

    outer.radius = (PrcPoint){e.radius.x + 2, e.radius.y + 2, e.radius.z + 2};
    inner.radius = (PrcPoint){0.5f * e.radius.x, 0.5f * e.radius.y, 0.55f * e.radius.z};
    inner.bump_mm = 0.12f * r;
    prc_paint_ellipsoid (volume, &outer, &ring);
    prc_paint_ellipsoid (volume, &e, &body);
    prc_paint_ellipsoid (volume, &inner, &middle);
  }
}

static void
paint_cysts (PrcVolume *volume, const PrcPatient *patient, PrcRandom *random) {
  PrcMaterial water = {.value = {5},
                       .texture = 1,
                       .grain_mm = 20,
                       .organ = PRC_ORGAN_FINDING,
                       .within = PRC_IN (PRC_ORGAN_LIVER),
                       .is_finding = true};
  float r = 15 + 19 * patient->extent;
  unsigned n = 1 + prc_random_below (random, 3);

  for (unsigned i = 0; i < n; i++) {
    PrcEllipsoid e = round_lesion (patient, random, place_in_liver (patient, random, 0.6f * r), r);

    e.bump_mm *= 0.4f;
    prc_paint_ellipsoid (volume, &e, &water);
    r = 5 + 6 * (float)prc_random_unit (random);
  }
}

static void
paint_stone (PrcVolume *volume, const PrcPatient *patient) {
  float side = patient->left ? 1 : -1, r = 3.2f + 3.2f * patient->extent;
  PrcPoint c = prc_abdomen_kidney_centre (patient->left);
  PrcMaterial stone = {
      .value = {780 + 500 * patient->place.x}, .organ = PRC_ORGAN_FINDING, .is_finding = true};
  PrcEllipsoid e = {{c.x - side * 17, c.y - 12, c.z - 5 - 8 * patient->place.y},
                    {r, 0.85f * r, r + 2},
                    0,
                    0.3f,
                    4,
                    patient->noise_at};
  PrcEllipsoid small = {{c.x - side * 3, c.y + 1, c.z - 20}, {2.2f, 2, 4}, 0, 0, 0, 0};

  prc_paint_ellipsoid (volume, &e, &stone);
  if (patient->place.z > 0.5f)
    prc_paint_ellipsoid (volume, &small, &stone);
}

void
prc_finding_paint_belly (PrcVolume *volume, const PrcPatient *patient) {
  PrcRandom random;

  prc_patient_random (patient, "belly", &random);
  if (patient->finding == PRC_FINDING_METASTASES)
    paint_metastases (volume, patient, &random);
  else if (patient->finding == PRC_FINDING_LIVER_CYST)
    paint_cysts (volume, patient, &random);
  else if (patient->finding == PRC_FINDING_KIDNEY_STONE)
    paint_stone (volume, patient);
}
