// SPDX-License-Identifier: Apache-2.0
#include "phantom-noise.h"
#include "phantom-torso.h"
#include "phantom-tree.h"

static PrcMaterial
blood (const PrcPatient *patient, float change) {
  return (PrcMaterial){.value = {patient->blood_hu + change},
                       .texture = 3,
                       .grain_mm = 15,
                       .organ = PRC_ORGAN_VESSEL};
}

static void
paint_heart (PrcVolume *volume, const PrcPatient *patient) {
  float at = patient->noise_at, muscle_hu = patient->contrast ? 96 : 50;
  PrcMaterial muscle = {
      .value = {muscle_hu}, .texture = 5, .grain_mm = 8, .organ = PRC_ORGAN_HEART};
  PrcMaterial chamber = blood (patient, -12), groove = {.value = {-80}, .organ = PRC_ORGAN_FAT};
  PrcMaterial right = blood (patient, patient->contrast ? -50 : 0),
              sac = {.value = {22}, .organ = PRC_ORGAN_MEDIASTINUM};
  PrcEllipsoid whole = {{14, -21, 32}, {59, 41, 53}, -0.5f, 1.6f, 40, at};
  PrcEllipsoid outer = {{14, -21, 32}, {61.5f, 43.5f, 55}, -0.5f, 1.6f, 40, at};
  PrcEllipsoid left_ventricle = {{37, -21, 22}, {27, 16, 28}, -0.6f, 1.3f, 17, at};
  PrcEllipsoid right_ventricle = {{4, -46, 24}, {34, 13, 30}, -0.28f, 1.5f, 18, at};
  PrcEllipsoid right_atrium = {{-27, -20, 40}, {18, 23, 28}, 0.2f, 1.5f, 18, at};
  PrcEllipsoid left_atrium = {{2, 9, 56}, {32, 15, 20}, 0, 1.5f, 18, at};
  PrcStation septum_groove[] = {{{-14, -50, 50}, 3}, {{-6, -38, 42}, 2.5f}, {{-8, -50, 20}, 3.5f}};
  PrcStation left_groove[] = {{{38, 6, 62}, 4}, {{26, -2, 46}, 2.2f}, {{34, 10, 30}, 3.2f}};

  prc_paint_ellipsoid (volume, &outer, &sac);
  prc_paint_ellipsoid (volume, &whole, &muscle);
  chamber.organ = right.organ = PRC_ORGAN_HEART;
  prc_paint_ellipsoid (volume, &left_atrium, &chamber);
  prc_paint_ellipsoid (volume, &right_atrium, &right);
  prc_paint_ellipsoid (volume, &right_ventricle, &right);
  prc_paint_ellipsoid (volume, &left_ventricle, &chamber);
  PRC_PAINT_TUBE (volume, septum_groove, 0, &groove);
  PRC_PAINT_TUBE (volume, left_groove, 0, &groove);
}

// A little calcium in the wall of the aorta and the coronary arteries of the old.
static void
paint_calcium (PrcVolume *volume, const PrcPatient *patient, const PrcStation *tube, size_t n) {
  PrcMaterial calcium = {.value = {620}, .organ = PRC_ORGAN_VESSEL};
  PrcRandom random;

  prc_patient_random (patient, "calcium", &random);
  for (unsigned i = 0; patient->age > 58 && i < (patient->age - 55) / 3; i++) {
    const PrcStation *s = &tube[prc_random_below (&random, (unsigned)n)];
    float angle = (float)prc_random_range (&random, 0, 6.28);
    PrcEllipsoid speck = {{s->at.x + cosf (angle) * s->radius, s->at.y + sinf (angle) * s->radius,
                           s->at.z + (float)prc_random_range (&random, -12, 12)},
                          {1.6f, 1.6f, 4}};

    prc_paint_ellipsoid (volume, &speck, &calcium);
  }
}

static void
paint_aorta (PrcVolume *volume, const PrcPatient *patient) {
  float wide = 0.9f + 0.004f * (float)patient->age;
  PrcMaterial lumen = blood (patient, 10);
  PrcStation aorta[] = {
      {{4, -14, 58}, 15 * wide},     {{-8, -26, 88}, 15 * wide}, {{-8, -24, 120}, 14.5f * wide},
      {{2, -8, 142}, 14 * wide},     {{16, 12, 148}, 13 * wide}, {{24, 32, 138}, 13 * wide},
      {{26, 44, 112}, 12.5f * wide}, {{25, 45, 60}, 12 * wide},  {{17, 40, 10}, 11.5f * wide},
      {{8, 28, -40}, 11 * wide},     {{6, 26, -100}, 10 * wide}, {{5, 26, -170}, 9 * wide},
      {{4, 26, -205}, 9 * wide},
  };
  PrcStation right_iliac[] = {{{4, 26, -205}, 7}, {{-22, 28, -240}, 6}, {{-45, 34, -280}, 5.5f}};
  PrcStation left_iliac[] = {{{4, 26, -205}, 7}, {{28, 28, -240}, 6}, {{50, 34, -280}, 5.5f}};

  PRC_PAINT_TUBE (volume, aorta, 0, &lumen);
  PRC_PAINT_TUBE (volume, right_iliac, 0, &lumen);
  PRC_PAINT_TUBE (volume, left_iliac, 0, &lumen);
  paint_calcium (volume, patient, aorta + 3, G_N_ELEMENTS (aorta) - 3);
}

static void
paint_great_vessels (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial artery = blood (patient, 10), lung = blood (patient, patient->contrast ? 30 : 0);
  PrcMaterial vein = blood (patient, patient->contrast ? 60 : 2),
              low_vein = blood (patient, patient->contrast ? -45 : 0);
  PrcStation brachiocephalic[] = {
      {{-4, -12, 145}, 6.5f}, {{-18, -2, 180}, 6}, {{-34, 2, 215}, 5}, {{-42, 0, 260}, 4}};
  PrcStation carotid[] = {{{10, 2, 150}, 4.5f}, {{20, 2, 190}, 4}, {{30, -2, 260}, 4}};
  PrcStation subclavian[] = {
      {{22, 18, 148}, 5}, {{32, 16, 190}, 5}, {{46, 6, 214}, 4.5f}, {{90, -4, 222}, 4}};
  PrcStation trunk[] = {{{18, -34, 66}, 14},
                        {{20, -32, 88}, 14.5f},
                        {{20, -14, 104}, 13},
                        {{34, 10, 106}, 11},
                        {{48, 20, 96}, 8}};
  PrcStation right_lung[] = {
      {{18, -16, 100}, 11.5f}, {{-4, -2, 98}, 10.5f}, {{-30, 4, 94}, 10}, {{-48, 12, 84}, 8}};
  PrcStation cava[] = {
      {{-30, -14, 190}, 7}, {{-25, -16, 160}, 9.5f}, {{-25, -14, 110}, 10}, {{-27, -12, 64}, 10}};
  PrcStation left_vein[] = {
      {{46, -10, 208}, 6}, {{24, -26, 178}, 6.5f}, {{-6, -30, 166}, 6.5f}, {{-24, -18, 158}, 7}};
  PrcStation right_vein[] = {{{-30, -14, 190}, 7}, {{-46, -10, 212}, 6}, {{-52, -8, 260}, 6}};
  PrcStation low_cava[] = {{{-24, 2, 30}, 11},    {{-24, 8, 0}, 12},     {{-26, 20, -50}, 11.5f},
                           {{-24, 27, -110}, 11}, {{-20, 29, -190}, 10}, {{-18, 32, -215}, 10}};
  PrcStation azygos[] = {
      {{-24, -4, 112}, 4}, {{-20, 30, 118}, 4}, {{-10, 42, 90}, 3.4f}, {{-4, 40, -20}, 3}};
  PrcStation pulmonary_veins[] = {{{-58, 22, 66}, 4},
                                  {{-32, 14, 58}, 6},
                                  {{0, 10, 56}, 8},
                                  {{34, 16, 60}, 6},
                                  {{56, 24, 70}, 4}};

  PRC_PAINT_TUBE (volume, low_cava, 0, &low_vein);
  PRC_PAINT_TUBE (volume, pulmonary_veins, 0, &artery);
  PRC_PAINT_TUBE (volume, trunk, 0, &lung);
  PRC_PAINT_TUBE (volume, right_lung, 0, &lung);
  PRC_PAINT_TUBE (volume, left_vein, 0, &vein);
  PRC_PAINT_TUBE (volume, right_vein, 0, &vein);
  PRC_PAINT_TUBE (volume, cava, 0, &vein);
  PRC_PAINT_TUBE (volume, azygos, 0, &low_vein);
  PRC_PAINT_TUBE (volume, brachiocephalic, 0, &artery);
  PRC_PAINT_TUBE (volume, carotid, 0, &artery);
  PRC_PAINT_TUBE (volume, subclavian, 0, &artery);
  paint_aorta (volume, patient);
}

static void
paint_airways (PrcVolume *volume) {
  PrcMaterial wall = {.value = {25}, .organ = PRC_ORGAN_MEDIASTINUM};
  PrcMaterial thin_wall = {.value = {-200},
                           .organ = PRC_ORGAN_AIRWAY,
                           .within = PRC_IN (PRC_ORGAN_LUNG) | PRC_IN (PRC_ORGAN_MEDIASTINUM)};
  PrcMaterial air = {.value = {-1000}, .organ = PRC_ORGAN_AIRWAY};
  PrcStation trachea[] = {
      {{0, -14, 260}, 8.5f}, {{0, 2, 200}, 8.5f}, {{-2, 16, 150}, 8.5f}, {{0, 22, 116}, 9}};
  PrcStation right_main[] = {{{0, 22, 116}, 8},
                             {{-22, 23, 98}, 7},
                             {{-42, 24, 84}, 5.5f},
                             {{-52, 34, 58}, 4},
                             {{-62, 46, 26}, 2.4f}};
  PrcStation left_main[] = {{{0, 22, 116}, 8},
                            {{26, 26, 98}, 6},
                            {{48, 30, 84}, 5.2f},
                            {{56, 40, 58}, 4},
                            {{64, 50, 24}, 2.4f}};
  PrcStation right_upper[] = {{{-30, 23, 94}, 4.5f}, {{-48, 18, 106}, 3.6f}, {{-62, 8, 132}, 2.2f}};
  PrcStation left_upper[] = {{{44, 28, 88}, 4.5f}, {{56, 12, 100}, 3.4f}, {{66, -6, 126}, 2.2f}};
  PrcStation middle[] = {{{-48, 28, 74}, 3.5f}, {{-58, 2, 58}, 2.8f}, {{-66, -26, 44}, 2}};
  PrcStation gullet[] = {{{6, 22, 260}, 7},
                         {{8, 34, 190}, 7},
                         {{6, 42, 110}, 7.5f},
                         {{10, 34, 50}, 8},
                         {{18, 22, 6}, 9}};
  PrcMaterial gullet_wall = {.value = {42}, .texture = 8, .grain_mm = 6, .organ = PRC_ORGAN_OTHER};
  struct {
    const PrcStation *stations;
    size_t n;
    bool lobar;
  } tubes[] = {{trachea, 4, false},    {right_main, 5, false}, {left_main, 5, false},
               {right_upper, 3, true}, {left_upper, 3, true},  {middle, 3, true}};

  PRC_PAINT_TUBE (volume, gullet, 0, &gullet_wall);
  for (size_t i = 0; i < G_N_ELEMENTS (tubes); i++)
    prc_paint_tube (volume, tubes[i].stations, tubes[i].n, 1.8f,
                    tubes[i].lobar ? &thin_wall : &wall);
  for (size_t i = 0; i < G_N_ELEMENTS (tubes); i++)
    prc_paint_tube (volume, tubes[i].stations, tubes[i].n, 0, &air);
}

// ---- vessels of the lungs ----

typedef struct {
  const PrcPatient *patient;
  bool left;
} LungSide;

static bool
within_lung (PrcPoint p, const void *data) {
  const LungSide *side = data;

  return (p.x > 0) == side->left && p.z > -75 && prc_torso_lung_distance (p, side->patient) < -4;
}

static void
paint_lung_vessels (PrcVolume *volume, const PrcPatient *patient, bool left, bool venous,
                    PrcRandom *random) {
  LungSide side = {patient, left};
  float mirror = left ? 1 : -1;
  PrcTreePlan plan = {
      .root = venous ? (PrcPoint){mirror * 44, 18, 66} : (PrcPoint){mirror * 44, 24, 90},
      .box = {{left ? 15 : -130, -92, -75}, {left ? 130 : -15, 92, 212}},
      .region = within_lung,
      .data = &side,
      .n_leaves = venous ? 220 : 320,
      .leaf_radius = 0.75f,
      .law = 2.7f,
  };
  g_autoptr (GArray) tree = prc_tree_grow (&plan, random);
  PrcMaterial vessel = blood (patient, 0);

  vessel.within =
      PRC_IN (PRC_ORGAN_LUNG) | PRC_IN (PRC_ORGAN_MEDIASTINUM) | PRC_IN (PRC_ORGAN_VESSEL);
  prc_tree_paint (volume, tree, &vessel);
}

// Lymph nodes, the thyroid, a remnant of the thymus: the small things among the fat.
static void
paint_small_things (PrcVolume *volume, const PrcPatient *patient, PrcRandom *random) {
  PrcMaterial node = {
      .value = {45}, .organ = PRC_ORGAN_OTHER, .within = PRC_IN (PRC_ORGAN_MEDIASTINUM)};
  PrcMaterial thyroid = {.value = {patient->contrast ? 190 : 105},
                         .texture = 12,
                         .grain_mm = 6,
                         .organ = PRC_ORGAN_OTHER};
  PrcEllipsoid lobes[] = {{{-18, -16, 240}, {9, 12, 26}, 0, 1, 8, 0},
                          {{18, -16, 242}, {9, 12, 25}, 0, 1, 8, 1}};

  for (int i = 0; i < 14; i++) {
    PrcEllipsoid e = {
        .centre = prc_point_random (random, (PrcPoint){-32, -40, 80}, (PrcPoint){36, 30, 190})};

    e.radius = prc_point_random (random, (PrcPoint){2, 1.5f, 3}, (PrcPoint){5, 3.5f, 6});
    prc_paint_ellipsoid (volume, &e, &node);
  }
  prc_paint_ellipsoid (volume, &lobes[0], &thyroid);
  prc_paint_ellipsoid (volume, &lobes[1], &thyroid);
}

void
prc_chest_paint (PrcVolume *volume, const PrcPatient *patient) {
  PrcRandom random;

  prc_patient_random (patient, "chest", &random);
  paint_heart (volume, patient);
  paint_small_things (volume, patient, &random);
  for (int i = 0; i < 4; i++)
    paint_lung_vessels (volume, patient, i & 1, i >> 1, &random);
  paint_great_vessels (volume, patient);
  paint_airways (volume);
}
