// SPDX-License-Identifier: Apache-2.0
#include "phantom-noise.h"
#include "phantom-torso.h"
#include "phantom-tree.h"

// ---- liver ----

float
prc_abdomen_liver_distance (PrcPoint p, const PrcPatient *patient) {
  float at = patient->noise_at;
  PrcEllipsoid right = {{-62, 6, -50}, {74, 88, 86}, 0.2f, 0, 0, 0};
  PrcEllipsoid left = {{8, -46, -34}, {76, 34, 48}, 0.12f, 0, 0, 0};
  PrcEllipsoid caudate = {{-8, 6, -50}, {18, 14, 30}, 0, 0, 0, 0};
  PrcEllipsoid hilum = {{-12, -2, -84}, {26, 22, 26}, 0.5f, 0, 0, 0};
  PrcEllipsoid kidney = {{-62, 54, -122}, {40, 36, 72}, 0, 0, 0, 0};
  float notch = hypotf (p.x - 10, 0.35f * (p.y + 78)) - 2.5f;
  float d =
      prc_smooth_min (prc_ellipsoid_distance (&right, p), prc_ellipsoid_distance (&left, p), 22);

  d = prc_smooth_min (d, prc_ellipsoid_distance (&caudate, p), 8);
  d = prc_smooth_max (d, -prc_ellipsoid_distance (&hilum, p), 8);
  d = prc_smooth_max (d, -prc_ellipsoid_distance (&kidney, p), 8);
  d = p.z < -40 ? prc_smooth_max (d, -notch, 4) : d;
  d += 2.5f * prc_noise (p.x / 45 + at, p.y / 45, p.z / 45);
  d = prc_smooth_max (d, prc_torso_core_distance (p) + 3.5f, 4);
  return prc_smooth_max (d, 0.7f * (p.z - prc_torso_diaphragm_height (p.x, p.y) + 3), 3);
}

static float
liver_distance (const void *patient, PrcPoint p) {
  return prc_abdomen_liver_distance (p, patient);
}

static bool
within_liver (PrcPoint p, const void *patient) {
  return prc_abdomen_liver_distance (p, patient) < -6;
}

static void
paint_liver (PrcVolume *volume, const PrcPatient *patient, PrcRandom *random) {
  float vessel_hu = patient->contrast ? patient->liver_hu + 55 : 40;
  PrcMaterial tissue = {
      .value = {patient->liver_hu}, .texture = 3.5f, .grain_mm = 9, .organ = PRC_ORGAN_LIVER};
  PrcMaterial vessel = {
      .value = {vessel_hu}, .organ = PRC_ORGAN_LIVER, .within = PRC_IN (PRC_ORGAN_LIVER)};
  PrcBox box = {{-140, -96, -150}, {90, 96, 14}};
  PrcTreePlan portal = {{-14, 0, -76}, box, within_liver, patient, 46, 1.15f, 2.6f};
  PrcTreePlan hepatic = {{-24, 12, -8}, box, within_liver, patient, 34, 1.3f, 2.5f};
  g_autoptr (GArray) portal_tree = NULL, hepatic_tree = NULL;

  prc_volume_paint (volume, &box, liver_distance, patient, &tissue);
  portal_tree = prc_tree_grow (&portal, random);
  hepatic_tree = prc_tree_grow (&hepatic, random);
  prc_tree_paint (volume, portal_tree, &vessel);
  prc_tree_paint (volume, hepatic_tree, &vessel);
}

static void
paint_gallbladder (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial wall = {.value = {48}, .organ = PRC_ORGAN_OTHER},
              bile = {.value = {8}, .organ = PRC_ORGAN_OTHER};
  PrcEllipsoid outer = {{-44, -38, -98}, {14, 22, 22}, 0.5f, 1, 20, patient->noise_at},
               inner = outer;

  inner.radius.x -= 1.8f;
  inner.radius.y -= 1.8f;
  inner.radius.z -= 2;
  prc_paint_ellipsoid (volume, &outer, &wall);
  prc_paint_ellipsoid (volume, &inner, &bile);
}

// ---- spleen and pancreas ----

static float
spleen_distance (const void *data, PrcPoint p) {
  const PrcPatient *patient = data;
  PrcEllipsoid whole = {{82, 34, -38}, {38, 50, 54}, -0.3f, 0, 0, 0};
  PrcEllipsoid hollow = {{44, 4, -48}, {50, 46, 64}, 0, 0, 0, 0};
  float d = prc_ellipsoid_distance (&whole, p);

  d = prc_smooth_max (d, -prc_ellipsoid_distance (&hollow, p), 5);
  d += 1.6f * prc_noise (p.x / 28 + patient->noise_at, p.y / 28, p.z / 28);
  d = prc_smooth_max (d, prc_torso_core_distance (p) + 3.5f, 4);
  return prc_smooth_max (d, 0.7f * (p.z - prc_torso_diaphragm_height (p.x, p.y) + 3), 3);
}

static float
pancreas_distance (const void *data, PrcPoint p) {
  static const PrcCapsule parts[] = {
      {{{-28, -8, -112}, 11}, {{-18, -10, -98}, 10}},
      {{{-18, -10, -98}, 10}, {{6, -16, -88}, 7}},
      {{{6, -16, -88}, 7}, {{36, 0, -76}, 8}},
      {{{36, 0, -76}, 8}, {{66, 22, -62}, 7}},
  };
  float d = 99;

  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    d = MIN (d, prc_capsule_distance (&parts[i], p));
  return d + 2.2f * prc_noise (p.x / 9, p.y / 9, p.z / 12); // lobules
}

static void
paint_spleen_and_pancreas (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial spleen = {
      .value = {patient->spleen_hu}, .texture = 2.5f, .grain_mm = 8, .organ = PRC_ORGAN_SPLEEN};
  PrcMaterial pancreas = {.value = {patient->contrast ? 98 : 42},
                          .texture = 8,
                          .grain_mm = 5,
                          .organ = PRC_ORGAN_OTHER};
  PrcMaterial vein = {.value = {patient->blood_hu}, .organ = PRC_ORGAN_VESSEL};
  PrcBox spleen_box = {{30, -30, -110}, {130, 95, 10}},
         pancreas_box = {{-48, -36, -132}, {84, 40, -44}};
  PrcStation splenic[] = {{{68, 30, -58}, 4}, {{36, 10, -74}, 4.5f}, {{6, -4, -84}, 5.5f}};
  PrcStation portal[] = {
      {{6, -4, -120}, 5.5f}, {{4, -5, -88}, 7}, {{-14, 0, -76}, 7}, {{-26, 2, -66}, 6}};

  prc_volume_paint (volume, &spleen_box, spleen_distance, patient, &spleen);
  prc_volume_paint (volume, &pancreas_box, pancreas_distance, NULL, &pancreas);
  PRC_PAINT_TUBE (volume, splenic, 0, &vein);
  PRC_PAINT_TUBE (volume, portal, 0, &vein);
}

// ---- kidneys ----

PrcPoint
prc_abdomen_kidney_centre (bool left) {
  return left ? (PrcPoint){60, 40, -106} : (PrcPoint){-60, 42, -118};
}

typedef struct {
  const PrcPatient *patient;
  PrcEllipsoid whole, sinus;
} Kidney;

static Kidney
make_kidney (const PrcPatient *patient, bool left) {
  PrcPoint c = prc_abdomen_kidney_centre (left);
  float mirror = left ? 1 : -1;
  Kidney kidney = {.patient = patient};

  kidney.whole = (PrcEllipsoid){c, {29, 24, 54}, mirror * 0.6f, 1.8f, 22, patient->noise_at};
  kidney.sinus = (PrcEllipsoid){{c.x - mirror * 15, c.y - 11, c.z},
                                {19, 10, 28},
                                mirror * 0.6f,
                                2.2f,
                                10,
                                patient->noise_at + 1};
  return kidney;
}

static float
kidney_distance (const void *data, PrcPoint p) {
  const Kidney *kidney = data;

  return prc_smooth_max (prc_ellipsoid_distance (&kidney->whole, p),
                         -prc_ellipsoid_distance (&kidney->sinus, p) - 1, 5);
}

static float
pyramid_distance (const void *data, PrcPoint p) {
  const Kidney *kidney = data;
  float cortex = prc_ellipsoid_distance (&kidney->whole, p) + 8;
  float gaps = 3.5f - 7 * fabsf (prc_noise (p.x / 13, p.y / 13, p.z / 16));

  return MAX (cortex, gaps);
}

static void
paint_kidney (PrcVolume *volume, const PrcPatient *patient, bool left) {
  Kidney kidney = make_kidney (patient, left);
  bool blocked = patient->finding == PRC_FINDING_KIDNEY_STONE && patient->left == left;
  float mirror = left ? 1 : -1, wide = blocked ? 7.5f : 3;
  PrcBox box = prc_ellipsoid_box (&kidney.whole);
  PrcMaterial cortex = {
      .value = {patient->kidney_hu}, .texture = 4, .grain_mm = 8, .organ = PRC_ORGAN_KIDNEY};
  PrcMaterial medulla = {.value = {patient->contrast ? patient->kidney_hu - 34 : 30},
                         .organ = PRC_ORGAN_KIDNEY,
                         .within = PRC_IN (PRC_ORGAN_KIDNEY)};
  PrcMaterial urine = {.value = {6}, .organ = PRC_ORGAN_OTHER},
              vein = {.value = {patient->blood_hu - 8}, .organ = PRC_ORGAN_VESSEL};
  PrcPoint c = kidney.whole.centre, s = kidney.sinus.centre;
  PrcStation pelvis[] = {{{s.x + mirror * 8, s.y + 8, s.z + 12}, wide},
                         {{s.x + mirror * 2, s.y + 3, s.z}, wide * 1.2f},
                         {{s.x - mirror * 12, s.y - 4, s.z - 14}, wide * 0.7f},
                         {{s.x - mirror * 14, s.y - 2, s.z - 40}, blocked ? 3.5f : 2}};
  PrcStation renal_vein[] = {{{s.x, s.y, s.z + 8}, 4.5f},
                             {{0.45f * s.x - 6, 16, s.z + 16}, 5},
                             {{-20, left ? 8 : 22, s.z + 18}, 5}};

  prc_volume_paint (volume, &box, kidney_distance, &kidney, &cortex);
  prc_volume_paint (volume, &box, pyramid_distance, &kidney, &medulla);
  PRC_PAINT_TUBE (volume, renal_vein, 0, &vein);
  PRC_PAINT_TUBE (volume, pelvis, 0, &urine);
  for (int i = -1; blocked && i <= 1; i++) { // dilated calyces
    PrcEllipsoid calyx = {{c.x - mirror * 2, c.y - 2, c.z + 18.0f * (float)i}, {7, 6.5f, 7.5f}};

    prc_paint_ellipsoid (volume, &calyx, &urine);
  }
}

static void
paint_adrenals (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial gland = {.value = {patient->contrast ? 70 : 28}, .organ = PRC_ORGAN_OTHER};
  PrcStation right[] = {{{-28, 30, -62}, 2.6f}, {{-34, 44, -66}, 2}};
  PrcStation left[] = {{{38, 26, -62}, 2.8f}, {{44, 42, -66}, 2}},
             fork[] = {{{38, 26, -62}, 2.6f}, {{34, 42, -68}, 2}};

  PRC_PAINT_TUBE (volume, right, 0, &gland);
  PRC_PAINT_TUBE (volume, left, 0, &gland);
  PRC_PAINT_TUBE (volume, fork, 0, &gland);
}

// ---- muscles behind the belly ----

static void
paint_deep_muscles (PrcVolume *volume, const PrcPatient *patient) {
  float m = sqrtf (patient->muscle);
  PrcMaterial muscle = {.value = {58}, .texture = 6, .grain_mm = 8, .organ = PRC_ORGAN_MUSCLE};

  for (float side = -1; side <= 1; side += 2) {
    PrcStation psoas[] = {{{side * 27, 52, -70}, 5 * m},
                          {{side * 33, 52, -120}, 13 * m},
                          {{side * 40, 46, -180}, 18 * m},
                          {{side * 48, 36, -240}, 20 * m},
                          {{side * 54, 22, -290}, 18 * m}};
    PrcStation quadratus[] = {{{side * 48, 72, -80}, 7 * m},
                              {{side * 60, 68, -140}, 11 * m},
                              {{side * 72, 60, -190}, 12 * m}};
    PrcStation crus[] = {
        {{side * 16, 14, -20}, 4}, {{side * 17, 24, -60}, 5.5f}, {{side * 15, 34, -110}, 4.5f}};
    PrcStation iliacus[] = {
        {{side * 82, 40, -195}, 6}, {{side * 86, 30, -240}, 13}, {{side * 84, 20, -290}, 18}};

    PRC_PAINT_TUBE (volume, quadratus, 0, &muscle);
    PRC_PAINT_TUBE (volume, psoas, 0, &muscle);
    PRC_PAINT_TUBE (volume, crus, 0, &muscle);
    PRC_PAINT_TUBE (volume, iliacus, 0, &muscle);
  }
}

void
prc_abdomen_paint (PrcVolume *volume, const PrcPatient *patient) {
  PrcRandom random;

  prc_patient_random (patient, "abdomen", &random);
  paint_deep_muscles (volume, patient);
  prc_bowel_paint (volume, patient);
  paint_spleen_and_pancreas (volume, patient);
  paint_kidney (volume, patient, false);
  paint_kidney (volume, patient, true);
  paint_adrenals (volume, patient);
  paint_liver (volume, patient, &random);
  paint_gallbladder (volume, patient);
}
