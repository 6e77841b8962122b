// SPDX-License-Identifier: Apache-2.0
#include "phantom-head.h"
#include "phantom-noise.h"

// ---- the cavity of the skull ----

static float
vault_distance (PrcPoint p) {
  float front = prc_clamp01 (-p.y / 90), low = p.z < 0 ? 105 : 74;
  float u = p.x / (69 * (1 - 0.16f * front * front)), v = p.y / (p.y < 0 ? 84 : 87), w = p.z / low;
  float u2 = u * u, v2 = v * v, w2 = w * w;
  float round = sqrtf (u2 + v2 + w2), square = sqrtf (sqrtf (u2 * u2 + v2 * v2 + w2 * w2));
  float f = 0.72f * round + 0.28f * square, length = sqrtf (p.x * p.x + p.y * p.y + p.z * p.z);

  return f > 0.05f ? length * (1 - 1 / f) : -69;
}

static float
petrous_y (PrcPoint p) {
  return 9 + 0.32f * fabsf (p.x);
}

// Three steps down from the front to the back, the saddle in the middle, and the petrous ridges
// between.
static float
floor_height (PrcPoint p) {
  float wave = 4 * prc_noise (p.x / 26, p.y / 26, p.x > 0 ? 0 : 3.3f), x = fabsf (p.x) + wave;
  float ridge = petrous_y (p) + 0.5f * wave, wing = -22 - 15 * prc_bump (x - 34, 24) + wave;
  float front = -18 + 6 * prc_bump (x - 32, 18) * prc_bump (p.y + 55, 26);
  float bowl = -49 + 0.022f * (x - 36) * (x - 36) + 0.009f * (p.y + 6) * (p.y + 6);
  float middle = prc_mix (-22, MIN (bowl, -24), prc_step (9, 17 - 0.12f * p.y, x));
  float height = prc_mix (front, middle, prc_step (wing - 7, wing + 5, p.y));
  float petrous = prc_bump (p.y - ridge, 7) * prc_step (8, 15, x);

  height = prc_mix (height, -82, prc_step (ridge - 3, ridge + 9, p.y));
  return prc_mix (height, -25, prc_clamp01 (1.4f * petrous));
}

float
prc_head_cavity_distance (PrcPoint p) {
  float d = vault_distance (p);

  return p.z < 0 ? prc_smooth_max (d, 0.6f * (floor_height (p) - p.z), 3) : d;
}

// ---- scalp and skull ----

typedef struct {
  float cavity, vault, outside, bone_mm;
} Site;

static float
head_distance (PrcPoint p, float vault, float bone_mm) {
  PrcEllipsoid face = {{0, -38, -62}, {63, 56, 74}, 0, 0, 0, 0},
               neck = {{0, 26, -92}, {64, 66, 74}, 0, 0, 0, 0};
  PrcStation nose[2] = {{{0, -84, -16}, 8}, {{0, -98, -52}, 11}};
  PrcCapsule bridge = {nose[0], nose[1]};
  float d = vault - bone_mm - 6.5f;

  if (p.z < 15) {
    d = prc_smooth_min (d, prc_ellipsoid_distance (&face, p), 16);
    d = prc_smooth_min (d, prc_ellipsoid_distance (&neck, p), 16);
    d = prc_smooth_min (d, prc_capsule_distance (&bridge, p), 6);
  }
  return d;
}

static Site
site_at (const PrcPatient *patient, PrcPoint p) {
  float at = patient->noise_at, frontal = prc_bump (p.y + 84, 20),
        occipital = prc_bump (p.y - 88, 14);
  Site site = {.vault = vault_distance (p)};

  site.bone_mm =
      4.9f + 0.9f * prc_noise (p.x / 70 + at, p.y / 70, p.z / 70) + 2 * frontal + 2.5f * occipital;
  site.outside = head_distance (p, site.vault, site.bone_mm);
  site.cavity = prc_head_cavity_distance (p);
  return site;
}

static PrcTissue
soft_tissue (const PrcPatient *patient, PrcPoint p, const Site *site) {
  float at = patient->noise_at, deep = -site->outside;
  float lobes = prc_noise (p.x / 24 + at, p.y / 24, p.z / 40);
  float fat_mm =
      4 + 3 * prc_step (10, -30, p.z) + 4 * prc_step (-10, -60, p.z) * prc_step (0, -60, p.y);
  float temporal = fabsf (p.x) - 54 + fabsf (p.z + 6) * 0.5f;

  if (deep < 2.2f)
    return PRC_TISSUE_SKIN;
  if (deep < fat_mm && !(temporal > 0 && deep > 4 && p.y > -64 && p.y < 6))
    return PRC_TISSUE_FAT;
  return fabsf (lobes) < 0.13f ? PRC_TISSUE_FAT : PRC_TISSUE_MUSCLE;
}

static PrcTissue
skull_tissue (const Site *site, PrcPoint p, float at) {
  float deep = site->cavity / site->bone_mm;
  float thickness = 0.24f + 0.06f * prc_noise (p.x / 10 + at, p.y / 10, p.z / 10);

  return deep < thickness || deep > 1 - thickness ? PRC_TISSUE_TABLE : PRC_TISSUE_DIPLOE;
}

static PrcTissue
tissue_at (const PrcPatient *patient, PrcPoint p, const Site *site) {
  if (site->cavity < 0)
    return PRC_TISSUE_CSF;
  if (site->cavity < site->bone_mm * (p.z > -10 ? 1 : 0.62f))
    return skull_tissue (site, p, patient->noise_at);
  return soft_tissue (patient, p, site);
}

static PrcOrgan
organ_of (PrcTissue tissue) {
  switch (tissue) {
  case PRC_TISSUE_CSF:
    return PRC_ORGAN_CSF;
  case PRC_TISSUE_TABLE:
  case PRC_TISSUE_DIPLOE:
    return PRC_ORGAN_BONE;
  case PRC_TISSUE_FAT:
    return PRC_ORGAN_FAT;
  case PRC_TISSUE_SKIN:
    return PRC_ORGAN_SKIN;
  default:
    return PRC_ORGAN_MUSCLE;
  }
}

static void
paint_site (PrcVolume *volume, const PrcPatient *patient, size_t index) {
  PrcPoint p = prc_volume_atlas (volume, index);
  Site site = site_at (patient, p);
  float edge = prc_clamp01 (0.5f - site.outside / volume->soft);
  PrcTissue tissue;
  PrcMaterial material;

  volume->wall[index] = site.cavity;
  if (edge <= 0)
    return;
  tissue = tissue_at (patient, p, &site);
  material = prc_tissue_material (tissue, volume->n_channels, organ_of (tissue));
  material.texture = volume->n_channels == 1 ? (tissue == PRC_TISSUE_DIPLOE ? 130 : 5) : 0.1f;
  material.grain_mm = tissue == PRC_TISSUE_CSF ? 0 : 4;
  prc_volume_blend (volume, index, p, edge, &material);
}

void
prc_head_paint_skull (PrcVolume *volume, const PrcPatient *patient) {
  for (size_t i = 0; i < prc_volume_length (volume); i++)
    paint_site (volume, patient, i);
}

// ---- the face ----

static PrcMaterial
tissue (const PrcVolume *volume, PrcTissue kind, PrcOrgan organ) {
  return prc_tissue_material (kind, volume->n_channels, organ);
}

static void
paint_orbit (PrcVolume *volume, const PrcPatient *patient, float side) {
  PrcMaterial bone = tissue (volume, PRC_TISSUE_TABLE, PRC_ORGAN_BONE),
              fat = tissue (volume, PRC_TISSUE_FAT, PRC_ORGAN_FAT);
  PrcMaterial muscle = tissue (volume, PRC_TISSUE_MUSCLE, PRC_ORGAN_MUSCLE),
              nerve = tissue (volume, PRC_TISSUE_WHITE, PRC_ORGAN_OTHER);
  PrcMaterial sclera = tissue (volume, PRC_TISSUE_MUSCLE, PRC_ORGAN_OTHER),
              vitreous = tissue (volume, PRC_TISSUE_VITREOUS, PRC_ORGAN_OTHER);
  PrcMaterial lens = tissue (volume, PRC_TISSUE_LENS, PRC_ORGAN_OTHER);
  PrcPoint eye = {side * 31, -77, -27};
  PrcStation cone[] = {
      {{side * 31, -78, -27}, 16.5f}, {{side * 25, -58, -27}, 14}, {{side * 15, -36, -25}, 6}};
  PrcStation rim[] = {
      {{side * 31, -70, -27}, 16.5f}, {{side * 25, -56, -27}, 14}, {{side * 15, -36, -25}, 6}};
  PrcStation optic[] = {
      {{side * 30, -66, -27}, 2.2f}, {{side * 21, -48, -25}, 2.2f}, {{side * 11, -30, -22}, 2.2f}};
  PrcStation lateral[] = {
      {{side * 43, -74, -27}, 1.8f}, {{side * 37, -58, -27}, 2.6f}, {{side * 18, -38, -25}, 1.6f}};
  PrcStation medial[] = {
      {{side * 19, -74, -27}, 1.8f}, {{side * 16, -58, -27}, 2.6f}, {{side * 14, -38, -25}, 1.6f}};
  PrcEllipsoid globe = {eye, {12.4f, 12.6f, 12.2f}}, inside = {eye, {11.2f, 11.4f, 11}};
  PrcEllipsoid lens_body = {{eye.x, eye.y - 8.6f, eye.z}, {4.6f, 2.2f, 4.6f}};

  bone.within = PRC_IN (PRC_ORGAN_MUSCLE) | PRC_IN (PRC_ORGAN_FAT) | PRC_IN (PRC_ORGAN_BONE);
  fat.within = bone.within | PRC_IN (PRC_ORGAN_SKIN);
  PRC_PAINT_TUBE (volume, rim, 2.2f, &bone);
  PRC_PAINT_TUBE (volume, cone, 0, &fat);
  PRC_PAINT_TUBE (volume, lateral, 0, &muscle);
  PRC_PAINT_TUBE (volume, medial, 0, &muscle);
  PRC_PAINT_TUBE (volume, optic, 0, &nerve);
  prc_paint_ellipsoid (volume, &globe, &sclera);
  prc_paint_ellipsoid (volume, &inside, &vitreous);
  prc_paint_ellipsoid (volume, &lens_body, &lens);
}

// An air space with a thin bony wall and partitions.
typedef struct {
  PrcEllipsoid outline;
  float cell_mm, wall;
} AirCells;

static float
cells_distance (const void *data, PrcPoint p) {
  const AirCells *cells = data;
  float d = prc_ellipsoid_distance (&cells->outline, p);
  PrcCellular nearest =
      prc_noise_cellular (p.x / cells->cell_mm, p.y / cells->cell_mm, p.z / cells->cell_mm, 7);

  return MAX (d, cells->wall - 0.7f * cells->cell_mm * (nearest.second - nearest.first));
}

static void
paint_air_cells (PrcVolume *volume, PrcEllipsoid outline, float cell_mm, float wall) {
  PrcMaterial bone = tissue (volume, PRC_TISSUE_TABLE, PRC_ORGAN_BONE),
              air = tissue (volume, PRC_TISSUE_AIR, PRC_ORGAN_AIRWAY);
  AirCells cells = {outline, cell_mm, wall};
  PrcBox box = prc_ellipsoid_box (&outline);
  uint32_t not_brain =
      ~(PRC_IN (PRC_ORGAN_CSF) | PRC_IN (PRC_ORGAN_NONE) | PRC_IN (PRC_ORGAN_SKIN));

  outline.radius.x += 1.3f;
  outline.radius.y += 1.3f;
  outline.radius.z += 1.3f;
  bone.value[0] *= volume->n_channels == 1 ? 0.6f : 1;
  bone.within = air.within = not_brain;
  prc_paint_ellipsoid (volume, &outline, &bone);
  prc_volume_paint (volume, &box, cells_distance, &cells, &air);
}

static void
paint_nose (PrcVolume *volume, const PrcPatient *patient) {
  PrcMaterial air = tissue (volume, PRC_TISSUE_AIR, PRC_ORGAN_AIRWAY),
              septum = tissue (volume, PRC_TISSUE_MUCOSA, PRC_ORGAN_OTHER);
  PrcEllipsoid cavity = {{0, -62, -58}, {13, 34, 20}, 0, 1.5f, 9, patient->noise_at};
  PrcEllipsoid wall = {{0, -62, -56}, {1.4f, 34, 22}};

  air.within = ~(PRC_IN (PRC_ORGAN_CSF) | PRC_IN (PRC_ORGAN_NONE) | PRC_IN (PRC_ORGAN_SKIN));
  prc_paint_ellipsoid (volume, &cavity, &air);
  prc_paint_ellipsoid (volume, &wall, &septum);
  for (float side = -1; side <= 1; side += 2) {
    PrcStation turbinate[] = {
        {{side * 7, -84, -58}, 3.4f}, {{side * 8, -62, -56}, 4}, {{side * 7, -42, -54}, 3}};

    PRC_PAINT_TUBE (volume, turbinate, 0, &septum);
  }
}

static void
paint_ear (PrcVolume *volume, const PrcPatient *patient, float side) {
  PrcMaterial skin = tissue (volume, PRC_TISSUE_SKIN, PRC_ORGAN_SKIN),
              air = tissue (volume, PRC_TISSUE_AIR, PRC_ORGAN_AIRWAY);
  PrcStation flap[] = {
      {{side * 76, 2, -30}, 2.4f}, {{side * 86, 14, -24}, 2.2f}, {{side * 90, 26, -22}, 2.4f}};
  PrcStation low_flap[] = {
      {{side * 74, 4, -50}, 3}, {{side * 84, 12, -50}, 2.4f}, {{side * 87, 20, -44}, 2.4f}};
  PrcStation canal[] = {
      {{side * 80, 8, -38}, 3.2f}, {{side * 62, 10, -38}, 2.8f}, {{side * 48, 12, -37}, 3}};
  PrcStation zygoma[] = {
      {{side * 62, -8, -44}, 3.2f}, {{side * 66, -34, -44}, 2.6f}, {{side * 52, -66, -44}, 4.5f}};
  PrcMaterial bone = tissue (volume, PRC_TISSUE_TABLE, PRC_ORGAN_BONE);
  PrcEllipsoid petrous = {{side * 40, 22, -38}, {26, 11, 14}, side * 0.35f, 1, 14, 0};

  skin.within = PRC_ANYWHERE;
  bone.within = ~(PRC_IN (PRC_ORGAN_CSF) | PRC_IN (PRC_ORGAN_NONE));
  PRC_PAINT_TUBE (volume, flap, 0, &skin);
  PRC_PAINT_TUBE (volume, low_flap, 0, &skin);
  PRC_PAINT_TUBE (volume, zygoma, 0, &bone);
  prc_paint_ellipsoid (volume, &petrous, &bone);
  paint_air_cells (
      volume,
      (PrcEllipsoid){{side * 58, 32, -44}, {12, 15, 22}, side * 0.3f, 1.5f, 12, patient->noise_at},
      5.5f, 0.7f);
  PRC_PAINT_TUBE (volume, canal, 0, &air);
}

void
prc_head_paint_face (PrcVolume *volume, const PrcPatient *patient) {
  float at = patient->noise_at, large = 0.75f + 0.5f * (at - floorf (at));

  paint_air_cells (volume, (PrcEllipsoid){{0, -86, -6}, {24 * large, 7, 15 * large}, 0, 2, 16, at},
                   26, 0.8f);
  paint_air_cells (volume, (PrcEllipsoid){{0, -56, -28}, {11, 26, 13}, 0, 0.5f, 12, at}, 9.5f,
                   0.6f);
  paint_air_cells (volume, (PrcEllipsoid){{0, -20, -36}, {14, 14, 11}, 0, 1.2f, 14, at}, 30, 0.8f);
  paint_nose (volume, patient);
  for (float side = -1; side <= 1; side += 2) {
    paint_air_cells (volume, (PrcEllipsoid){{side * 31, -62, -60}, {15, 18, 16}, 0, 1.5f, 16, at},
                     60, 0.2f);
    paint_orbit (volume, patient, side);
    paint_ear (volume, patient, side);
  }
}
