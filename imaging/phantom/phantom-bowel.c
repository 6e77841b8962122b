// SPDX-License-Identifier: Apache-2.0
#include "phantom-noise.h"
#include "phantom-torso.h"
#include "phantom-tree.h"

// Hollow organs: a wall, and what is in it by height: gas floats (the patient lies on the back),
// the rest lies below.

typedef struct {
  const PrcPatient *patient;
  const PrcStation *stations;
  size_t n;
  float haustra_mm; // depth of the colon's pouches
  float gas_y;      // above (in front of) this level there is gas, relative to the tube's middle
  float content_hu, crumbs_hu;
  float wall_hu;
} Gut;

typedef struct {
  const Gut *gut;
  PrcCapsule piece;
  float along_mm; // of the piece's beginning
} GutPiece;

static float
gut_distance (const void *data, PrcPoint p) {
  const GutPiece *piece = data;
  float d = prc_capsule_distance (&piece->piece, p), at = piece->gut->patient->noise_at;
  PrcPoint c = piece->piece.a.at;
  float along = piece->along_mm + prc_point_distance (p, c) * 0.6f;

  if (piece->gut->haustra_mm > 0)
    d += piece->gut->haustra_mm * (0.5f + 0.5f * sinf (along / 4.5f)) *
         prc_clamp01 (0.4f + prc_noise (p.x / 25 + at, p.y / 25, p.z / 25));
  return d + 1.5f * prc_noise (p.x / 22 + at, p.y / 22, p.z / 22);
}

static float
lumen_distance (const void *data, PrcPoint p) {
  return gut_distance (data, p) + 2.6f;
}

static float
gas_distance (const void *data, PrcPoint p) {
  const GutPiece *piece = data;
  float level = 0.5f * (piece->piece.a.at.y + piece->piece.b.at.y) + piece->gut->gas_y;

  return MAX (lumen_distance (data, p), p.y - level);
}

static float
crumb_distance (const void *data, PrcPoint p) {
  const GutPiece *piece = data;
  float bubbles =
      0.55f - prc_noise_octaves (p.x / 6 + piece->gut->patient->noise_at, p.y / 6, p.z / 7, 2);

  return MAX (lumen_distance (data, p), 2 * bubbles);
}

static void
paint_pieces (PrcVolume *volume, const Gut *gut, PrcDistance distance,
              const PrcMaterial *material) {
  float along = 0;

  for (size_t i = 0; i + 1 < gut->n; i++) {
    GutPiece piece = {gut, {gut->stations[i], gut->stations[i + 1]}, along};
    PrcBox box = prc_capsule_box (&piece.piece);

    box.low.x -= 4, box.low.y -= 4, box.low.z -= 4;
    box.high.x += 4, box.high.y += 4, box.high.z += 4;
    prc_volume_paint (volume, &box, distance, &piece, material);
    along += prc_point_distance (gut->stations[i].at, gut->stations[i + 1].at);
  }
}

// Walls first, then all lumina, so that pieces join.
static void
paint_gut (PrcVolume *volume, const Gut *gut) {
  PrcMaterial wall = {.value = {gut->wall_hu},
                      .texture = 5,
                      .grain_mm = 5,
                      .organ = PRC_ORGAN_BOWEL,
                      .within = ~(PRC_IN (PRC_ORGAN_BONE) | PRC_IN (PRC_ORGAN_LUNG) |
                                  PRC_IN (PRC_ORGAN_SKIN) | PRC_IN (PRC_ORGAN_NONE))};
  PrcMaterial content = {.value = {gut->content_hu},
                         .texture = 9,
                         .grain_mm = 6,
                         .organ = PRC_ORGAN_BOWEL,
                         .within = PRC_IN (PRC_ORGAN_BOWEL)};
  PrcMaterial crumbs = {.value = {gut->crumbs_hu},
                        .texture = 60,
                        .grain_mm = 4,
                        .organ = PRC_ORGAN_BOWEL,
                        .within = PRC_IN (PRC_ORGAN_BOWEL)};
  PrcMaterial gas = {.value = {-985}, .organ = PRC_ORGAN_BOWEL, .within = PRC_IN (PRC_ORGAN_BOWEL)};

  paint_pieces (volume, gut, gut_distance, &wall);
  paint_pieces (volume, gut, lumen_distance, &content);
  if (gut->crumbs_hu < 0)
    paint_pieces (volume, gut, crumb_distance, &crumbs);
  paint_pieces (volume, gut, gas_distance, &gas);
}

static void
jitter (PrcStation *stations, size_t n, float mm, PrcRandom *random) {
  for (size_t i = 0; i < n; i++) {
    stations[i].at.x += (float)prc_random_range (random, -mm, mm);
    stations[i].at.y += (float)prc_random_range (random, -mm, mm);
    stations[i].at.z += (float)prc_random_range (random, -mm, mm);
    stations[i].radius *= (float)prc_random_range (random, 0.82, 1.15);
  }
}

static void
paint_colon (PrcVolume *volume, const PrcPatient *patient, PrcRandom *random) {
  PrcStation ascending[] = {{{-84, 14, -240}, 25},
                            {{-90, 24, -205}, 24},
                            {{-92, 28, -170}, 21},
                            {{-88, 18, -140}, 20},
                            {{-80, -6, -128}, 19}};
  PrcStation transverse[] = {{{-80, -6, -128}, 18}, {{-66, -46, -136}, 18}, {{-30, -58, -152}, 18},
                             {{8, -60, -150}, 18},  {{44, -56, -128}, 18},  {{76, -34, -96}, 17},
                             {{90, 2, -76}, 16}};
  PrcStation descending[] = {{{90, 2, -76}, 15},   {{98, 26, -96}, 14},  {{98, 36, -140}, 13},
                             {{96, 32, -185}, 12}, {{88, 18, -235}, 13}, {{70, 4, -270}, 14}};
  float gas = (float)prc_random_range (random, -9, 4);
  Gut guts[] = {
      {patient, ascending, G_N_ELEMENTS (ascending), 4, gas - 6, 42, -420, 58},
      {patient, descending, G_N_ELEMENTS (descending), 3, -7, 45, -380, 58},
      {patient, transverse, G_N_ELEMENTS (transverse), 4, gas + 4, 40, -450, 58},
  };

  jitter (ascending, 4, 5, random);
  jitter (transverse + 1, 5, 8, random);
  jitter (descending + 1, 5, 5, random);
  for (size_t i = 0; i < G_N_ELEMENTS (guts); i++)
    paint_gut (volume, &guts[i]);
}

static void
paint_stomach (PrcVolume *volume, const PrcPatient *patient, PrcRandom *random) {
  PrcStation stomach[] = {{{48, 22, -20}, 25},  {{58, 4, -38}, 29},   {{56, -24, -62}, 25},
                          {{38, -42, -84}, 20}, {{10, -44, -96}, 16}, {{-18, -36, -94}, 12}};
  PrcStation duodenum[] = {{{-18, -36, -94}, 10},   {{-34, -22, -92}, 11}, {{-40, -8, -110}, 11.5f},
                           {{-36, 2, -136}, 11.5f}, {{-8, 4, -146}, 11},   {{22, 6, -134}, 11},
                           {{30, -10, -118}, 11}};
  float content = patient->oral_contrast ? 230 : 18;
  Gut guts[] = {
      {patient, stomach, G_N_ELEMENTS (stomach), 0, (float)prc_random_range (random, -14, -2),
       content, 0, patient->contrast ? 78 : 48},
      {patient, duodenum, G_N_ELEMENTS (duodenum), 0, -12, content, 0, patient->contrast ? 80 : 46},
  };

  jitter (stomach + 1, 4, 4, random);
  paint_gut (volume, &guts[0]);
  paint_gut (volume, &guts[1]);
}

// ---- small bowel: packed cells, drawn out into loops, with folds of fat between ----

static float
small_bowel_field (const PrcPatient *patient, PrcPoint p, PrcCellular *cells) {
  float at = patient->noise_at;
  float wx = p.x + 9 * prc_noise (p.x / 40 + at, p.y / 40, p.z / 40);
  float wy = p.y + 9 * prc_noise (p.x / 40, p.y / 40 + at, p.z / 40);

  *cells = prc_noise_cellular (wx / 31, wy / 25, p.z / 27, (uint32_t)patient->seed);
  return 20 * (cells->first - cells->second) + 1.9f +
         0.8f * prc_noise (p.x / 12 + at, p.y / 12, p.z / 12);
}

static float
region_distance (const PrcPatient *patient, PrcPoint p) {
  PrcEllipsoid low = {{0, -14, -212}, {86, 46, 78}, 0, 0, 0, 0},
               high = {{42, -18, -128}, {44, 38, 40}, 0, 0, 0, 0};
  float d =
      prc_smooth_min (prc_ellipsoid_distance (&low, p), prc_ellipsoid_distance (&high, p), 15);

  d += 7 * prc_noise (p.x / 35 + patient->noise_at, p.y / 35, p.z / 35);
  return prc_smooth_max (d, prc_torso_core_distance (p) + 6 + 0.25f * patient->fat_mm, 5);
}

static float
content_of_cell (const PrcPatient *patient, uint32_t cell) {
  uint32_t lot = cell >> 7 & 31;

  if (patient->oral_contrast)
    return lot < 20 ? 210 + 4 * (float)lot : 30;
  return lot < 3 ? -980 : lot < 14 ? 38 : 16 + 0.6f * (float)lot;
}

static void
paint_small_bowel_at (PrcVolume *volume, const PrcPatient *patient, size_t index) {
  PrcMaterial wall = {.value = {patient->contrast ? 88 : 44},
                      .texture = 8,
                      .grain_mm = 4,
                      .organ = PRC_ORGAN_BOWEL};
  PrcMaterial lumen = {.texture = 8, .grain_mm = 5, .organ = PRC_ORGAN_BOWEL};
  PrcPoint p = prc_volume_atlas (volume, index);
  PrcCellular cells;
  float region, d;

  if (volume->organ[index] != PRC_ORGAN_FAT || volume->wall[index] > -4)
    return;
  region = region_distance (patient, p);
  if (region > 0)
    return;
  d = MAX (small_bowel_field (patient, p, &cells), region);
  prc_volume_blend (volume, index, p, prc_clamp01 (0.5f - d / volume->soft), &wall);
  lumen.value[0] = content_of_cell (patient, cells.cell);
  prc_volume_blend (volume, index, p, prc_clamp01 (0.3f - (d + 2.4f) / volume->soft), &lumen);
}

static void
paint_small_bowel (PrcVolume *volume, const PrcPatient *patient) {
  PrcBox box = {{-100, -80, -300}, {100, 60, -84}};
  PrcRange range = prc_volume_range (volume, &box);

  for (uint32_t k = range.low[2]; k < range.high[2]; k++)
    for (uint32_t j = range.low[1]; j < range.high[1]; j++)
      for (uint32_t i = range.low[0]; i < range.high[0]; i++)
        paint_small_bowel_at (volume, patient, ((size_t)k * volume->ny + j) * volume->nx + i);
}

// ---- the vessels of the mesentery ----

static bool
within_mesentery (PrcPoint p, const void *patient) {
  return region_distance (patient, p) < -3;
}

static void
paint_mesentery (PrcVolume *volume, const PrcPatient *patient, PrcRandom *random) {
  PrcMaterial vessel = {.value = {patient->blood_hu - 10},
                        .organ = PRC_ORGAN_VESSEL,
                        .within = PRC_IN (PRC_ORGAN_FAT)};
  PrcTreePlan plan = {
      {2, 4, -140}, {{-90, -62, -260}, {90, 30, -96}}, within_mesentery, patient, 90, 0.9f, 2.6f};
  PrcStation artery[] = {
      {{5, 16, -86}, 4}, {{3, 4, -104}, 3.8f}, {{2, 0, -140}, 3.4f}, {{6, -6, -190}, 2.6f}};
  PrcStation vein[] = {{{6, -4, -96}, 5.5f}, {{-8, -4, -130}, 5}, {{-8, -8, -190}, 4}};
  PrcStation celiac[] = {{{6, 18, -72}, 3.6f}, {{6, 4, -70}, 3.4f}, {{-12, -4, -72}, 3}};
  g_autoptr (GArray) tree = prc_tree_grow (&plan, random);

  prc_tree_paint (volume, tree, &vessel);
  vessel.within = PRC_ANYWHERE;
  PRC_PAINT_TUBE (volume, artery, 0, &vessel);
  PRC_PAINT_TUBE (volume, celiac, 0, &vessel);
  vessel.value[0] = patient->blood_hu;
  PRC_PAINT_TUBE (volume, vein, 0, &vessel);
}

void
prc_bowel_paint (PrcVolume *volume, const PrcPatient *patient) {
  PrcRandom random;

  prc_patient_random (patient, "bowel", &random);
  paint_colon (volume, patient, &random);
  paint_stomach (volume, patient, &random);
  paint_small_bowel (volume, patient);
  paint_mesentery (volume, patient, &random);
}
