// SPDX-License-Identifier: Apache-2.0
#include "phantom-torso.h"
#include "phantom-noise.h"

static const PrcKnot core_width[] = {{-260, 130}, {-200, 126}, {-120, 119}, {-60, 123},
                                     {0, 130},    {60, 130},   {120, 122},  {170, 106},
                                     {205, 84},   {235, 60},   {265, 54}};
static const PrcKnot core_depth[] = {{-260, 72}, {-200, 74}, {-120, 79}, {-60, 85},
                                     {0, 90},    {60, 89},   {120, 82},  {170, 70},
                                     {205, 58},  {235, 50},  {265, 46}};

float
prc_torso_core_depth (float z) {
  return PRC_PROFILE (core_depth, z);
}

float
prc_torso_spine_y (float z) {
  return 0.70f * prc_torso_core_depth (z) + 3 * sinf (z / 60);
}

// An oval between an ellipse and a rounded box, with the hollow beside the spine where the lungs
// reach furthest back.
static float
core_distance (PrcPoint p, float a, float b) {
  float back = prc_step (0, 0.6f * b, p.y);
  float y = p.y - back * 7 * (prc_bump (fabsf (p.x) - 50, 26) - prc_bump (p.x, 26));
  float u = p.x / a, v = y / b;
  float u2 = u * u, v2 = v * v;
  float round = sqrtf (u2 + v2), square = sqrtf (sqrtf (u2 * u2 + v2 * v2));
  float f = 0.55f * round + 0.45f * square;
  float length = sqrtf (p.x * p.x + y * y);

  return f > 0.05f ? length * (1 - 1 / f) : -b;
}

float
prc_torso_core_distance (PrcPoint p) {
  return core_distance (p, PRC_PROFILE (core_width, p.z), PRC_PROFILE (core_depth, p.z));
}

// Two domes, the right one higher, falling steeply to the wall and further at the back and the
// sides.
float
prc_torso_diaphragm_height (float x, float y) {
  float side = prc_step (-20, 20, x);
  float dx = (x - prc_mix (-62, 64, side)) / 68, dy = (y - 2) / 88;
  float r2 = dx * dx + dy * dy;
  float top = prc_mix (6, -6, side);

  return top - 26 * r2 - 32 * r2 * r2 - 12 * prc_step (0, 70, y) * r2;
}

static float
mediastinum_distance (PrcPoint p, float b) {
  float spine_y = prc_torso_spine_y (p.z);
  float width = 17 + 13 * prc_bump (p.z - 150, 50) + 10 * prc_step (185, 225, p.z) -
                5 * prc_step (80, 30, p.z);
  float front = prc_step (-1.05f * b, -0.25f * b, p.y);
  float column = fabsf (p.x - 4) - width * (0.25f + 0.75f * front);
  float spine = hypotf (p.x, p.y - spine_y) - 22;
  PrcEllipsoid heart = {.centre = {14, -21, 32}, .radius = {64, 46, 57}, .turn = -0.5f};
  PrcEllipsoid root = {.centre = {2, 14, 88}, .radius = {46, 16, 24}};
  float d = prc_smooth_min (column, prc_ellipsoid_distance (&heart, p), 14);

  d = prc_smooth_min (d, prc_ellipsoid_distance (&root, p), 12);
  return prc_smooth_min (d, spine, 8);
}

float
prc_torso_pleura_distance (PrcPoint p) {
  PrcEllipsoid apex = {.centre = {p.x < 0 ? -50 : 50, 6, 100}, .radius = {80, 100, 116}};
  float d = prc_torso_core_distance (p) + 2.5f;

  return p.z > 100 ? prc_smooth_max (d, prc_ellipsoid_distance (&apex, p), 4) : d;
}

float
prc_torso_lung_distance (PrcPoint p, const PrcPatient *patient) {
  float b = prc_torso_core_depth (p.z), d = prc_torso_pleura_distance (p);
  float wave = 3 * prc_noise (p.x / 50 + patient->noise_at, p.y / 50, p.z / 50);

  if (p.z < 20)
    d = prc_smooth_max (d, 0.6f * (prc_torso_diaphragm_height (p.x, p.y) - p.z), 3);
  return prc_smooth_max (d, -mediastinum_distance (p, b) - wave, 4);
}

// ---- the wall ----

typedef struct { // of one slice
  float z, a, b;
  float pectoral, scapular, broad_back, belly; // strength of muscle groups at this height
  const PrcPatient *patient;
} Level;

typedef struct { // of one voxel
  PrcPoint p;
  float core, outside, muscle_mm, front, back;
} Site;

static Level
level_at (const PrcPatient *patient, float z) {
  return (Level){
      .z = z,
      .a = PRC_PROFILE (core_width, z),
      .b = PRC_PROFILE (core_depth, z),
      .pectoral = prc_step (55, 120, z) * prc_step (228, 200, z) * (patient->female ? 0.75f : 1),
      .scapular = prc_step (70, 130, z) * prc_step (250, 215, z),
      .broad_back = prc_step (-60, 60, z) * prc_step (215, 150, z),
      .belly = prc_step (-10, -70, z),
      .patient = patient,
  };
}

static float
muscle_thickness (const Level *level, const PrcPoint *p, float front, float back) {
  float x = fabsf (p->x), mm = 9;

  mm += 15 * level->pectoral * front * prc_bump (x - 66, 32);
  mm += 25 * back * prc_bump (x - 31, 21) * prc_step (250, 190, level->z);
  mm += 11 * level->broad_back * prc_bump (x - 0.9f * level->a, 30) * prc_step (-50, 20, p->y);
  mm += 34 * level->scapular * prc_bump (x - 92, 34) * prc_step (-15, 30, p->y);
  mm += level->belly * (4 * front * prc_bump (x - 34, 24) + 9 * prc_bump (x - level->a, 40));
  mm += 10 * back * level->belly * prc_bump (x - 70, 30);
  return 3 + (mm - 3) * level->patient->muscle;
}

static float
fat_thickness (const Level *level, const PrcPoint *p, float front, float back) {
  float x = fabsf (p->x), mm = level->patient->fat_mm;
  float breast = level->patient->female
                     ? front * prc_step (20, 60, level->z) * prc_step (165, 95, level->z)
                     : 0;

  mm *= 0.75f + 0.5f * front * level->belly + 0.35f * back * level->belly +
        0.25f * prc_bump (x - level->a, 50);
  mm *= prc_step (300, 140, level->z) * 0.7f + 0.3f;
  mm += breast * prc_bump (x - 72, 36) * (14 + 0.8f * level->patient->fat_mm);
  return mm + 2;
}

// Round the head of the humerus; standing, the arm hangs from it, lying it is held up, out of the
// picture.
static float
shoulder_distance (const PrcPatient *patient, PrcPoint p) {
  PrcCapsule arm = {{{130, 14, 215}, 44}, {{205, 26, -160}, 40}};

  p.x = fabsf (p.x);
  if (patient->erect)
    return prc_capsule_distance (&arm, p);
  return sqrtf ((p.x - 128) * (p.x - 128) + 1.1f * (p.y - 14) * (p.y - 14) +
                0.5f * (p.z - 225) * (p.z - 225)) -
         46;
}

// From the inner wall to the skin: fat fills most of the hollows between muscles.
static float
skin_height (const Level *level, const Site *site, float fat) {
  float back = 19 + 15 * level->scapular * prc_bump (fabsf (site->p.x) - 84, 60);
  float even = 3 + prc_mix (10, back, site->back) * level->patient->muscle;
  float height =
      0.4f * site->muscle_mm + 0.6f * even + fat - 4 * site->back * prc_bump (site->p.x, 9);

  return prc_smooth_max (height, site->muscle_mm + 4, 8);
}

static Site
site_at (const Level *level, PrcPoint p) {
  Site site = {.p = p, .core = core_distance (p, level->a, level->b), .outside = -99};
  float fat;

  if (site.core < 0)
    return site;
  site.front = prc_step (-0.15f * level->b, -0.75f * level->b, p.y);
  site.back = prc_step (0.3f * level->b, 0.85f * level->b, p.y);
  site.muscle_mm = muscle_thickness (level, &p, site.front, site.back);
  fat = fat_thickness (level, &p, site.front, site.back);
  site.outside = site.core - skin_height (level, &site, fat);
  if (level->z > 120)
    site.outside = prc_smooth_min (
        site.outside, shoulder_distance (level->patient, p) + 50 * prc_step (170, 120, level->z),
        30);
  if (level->patient->erect)
    site.outside = MIN (site.outside, shoulder_distance (level->patient, p));
  return site;
}

static float
fat_hu (const Site *site, float at) {
  const PrcPoint *p = &site->p;
  float strands = fabsf (prc_noise (p->x / 16 + at, p->y / 16, p->z / 30));

  return -108 + 5 * prc_noise (p->x / 20, p->y / 20 + at, p->z / 30) +
         55 * prc_clamp01 (1 - 14 * strands);
}

// Glandular tissue of the breast: a cone of strands within the fat.
static float
gland (const Level *level, const Site *site) {
  const PrcPoint *p = &site->p;
  float x = fabsf (p->x) - 74, z = level->z - 85, deep = site->outside + 8;
  float d = sqrtf (x * x + z * z) - 30 + 0.6f * MAX (-deep - 16, 0);
  float strands = prc_noise_octaves (p->x / 11, p->y / 11, p->z / 16, 2);

  if (!level->patient->female || p->y > 0 || deep > 0)
    return 0;
  return prc_clamp01 (0.5f - d / 6) * prc_clamp01 (0.3f + 0.8f * strands);
}

// Muscle with its bright fat planes: between the ribs and the outer groups, and between the layers
// of each.
static float
muscle_hu (const Level *level, const Site *site, float at) {
  const PrcPoint *p = &site->p;
  float deep = site->core / MAX (site->muscle_mm, 1);
  float plane =
      fabsf (site->core - 11.5f - 1.5f * prc_noise (p->x / 30 + at, p->y / 30, p->z / 40));
  float fibres = prc_noise (p->x / 7 + at, p->y / 7, p->z / 25);
  float hu = 56 + 7 * fibres;

  if (site->muscle_mm > 17)
    hu -= 120 * prc_clamp01 (1 - plane / 1.3f);
  if (level->belly > 0.3f && site->back < 0.5f && fabsf (p->x) > 66)
    hu -= 110 * prc_clamp01 (1 - 7 * fabsf (deep - 0.36f)) +
          110 * prc_clamp01 (1 - 7 * fabsf (deep - 0.68f));
  if (site->muscle_mm > 20)
    hu -= 90 * prc_clamp01 (1 - 16 * fabsf (prc_noise (p->x / 22, p->y / 22 + at, p->z / 70)));
  if (level->belly > 0.3f && p->y < 0)
    hu -= 100 * prc_clamp01 (1 - fabsf (p->x) / 4); // linea alba
  return hu;
}

// All ribs at once: going round from the back (0) to the front (1) each falls forward; what is left
// of the height modulo the distance of neighbours tells how far the nearest rib is.
static float
rib_hu (const Level *level, const Site *site, float hu) {
  const PrcPoint *p = &site->p;
  const float pitch = 24, top = 226;
  float x = fabsf (p->x);
  float round = atan2f (x / level->a, p->y / level->b) / (float)G_PI;
  float fall = (34 + 80 * prc_step (225, 110, level->z)) *
               (0.5f - 0.5f * cosf ((float)G_PI * MIN (round * 1.15f, 1)));
  float rib = (top - level->z - fall) / pitch;
  float number = floorf (rib + 0.5f), across = (rib - number) * pitch, through = site->core - 4.5f;
  float d = (sqrtf (across * across / 2.3f + through * through) - 3.7f);
  float end = number < 7 ? 0.97f : number < 10 ? 0.82f : number < 11 ? 0.55f : 0.4f;
  float bone;

  if (number < 0 || number > 11 || x < 24 || round > end || through > 6)
    return hu;
  if (round > (number < 1 ? 0.7f : 0.8f)) // cartilage
    return prc_mix (hu, 95 + 40 * prc_noise (p->x / 6, p->y / 6, p->z / 6), prc_clamp01 (0.5f - d));
  bone = prc_mix (830, 180 + level->patient->bone_hu * 0.5f, prc_clamp01 (-(d + 1.3f)));
  return prc_mix (hu, bone, prc_clamp01 (0.5f - d));
}

static float
wall_hu (const Level *level, const Site *site, PrcOrgan *organ) {
  float at = level->patient->noise_at, hu;

  *organ = PRC_ORGAN_FAT;
  if (site->outside > -2.2f) {
    *organ = PRC_ORGAN_SKIN;
    return 25;
  }
  if (site->core > site->muscle_mm + 1 && shoulder_distance (level->patient, site->p) > -9) {
    hu = fat_hu (site, at);
    return prc_mix (hu, 38, gland (level, site));
  }
  *organ = PRC_ORGAN_MUSCLE;
  hu = muscle_hu (level, site, at);
  hu = prc_mix (fat_hu (site, at), hu, prc_clamp01 (0.5f + (site->muscle_mm - site->core)));
  if (site->core > site->muscle_mm)
    hu = muscle_hu (level, site, at);
  if (site->core < 11 && level->z > -110) {
    float with_rib = rib_hu (level, site, hu);

    if (with_rib > 250)
      *organ = PRC_ORGAN_BONE;
    return with_rib;
  }
  return hu;
}

// ---- within the wall ----

float
prc_torso_fissure_distance (PrcPoint p, const PrcPatient *patient) {
  float at = patient->noise_at;

  return p.y + (p.z - 75) * (p.x < 0 ? 0.75f : 0.68f) +
         8 * prc_noise (p.x / 60 + at, p.y / 60, p.z / 60);
}

static float
parenchyma_hu (PrcPoint p, const PrcPatient *patient) {
  float at = patient->noise_at;
  float weight = patient->erect ? -p.z / 4 + 20 : p.y;
  float fissure_y = prc_torso_fissure_distance (p, patient);
  float horizontal = p.z - 78 - 0.1f * p.x + 6 * prc_noise (p.x / 60, p.y / 60 + at, 1);
  float hu = -868 + 0.35f * weight + 16 * prc_noise_octaves (p.x / 9 + at, p.y / 9, p.z / 9, 2);

  hu += 90 * prc_clamp01 (1 - fabsf (fissure_y) / 2.6f);
  if (p.x < 0 && fissure_y < 0)
    hu += 45 * prc_clamp01 (1 - fabsf (horizontal) / 3.5f);
  return hu;
}

static float
inside_hu (PrcPoint p, const PrcPatient *patient, PrcOrgan *organ) {
  float at = patient->noise_at;
  float strands = fabsf (prc_noise (p.x / 18 + at, p.y / 18, p.z / 18));
  float fat = -104 + 5 * prc_noise (p.x / 14, p.y / 14, p.z / 14 + at) +
              60 * prc_clamp01 (1 - 10 * strands);
  float lung = p.z < -85 ? 9 : prc_torso_lung_distance (p, patient);

  *organ = lung < 0                                      ? PRC_ORGAN_LUNG
           : p.z > prc_torso_diaphragm_height (p.x, p.y) ? PRC_ORGAN_MEDIASTINUM
                                                         : PRC_ORGAN_FAT;
  if (lung > 1)
    return fat;
  return prc_mix (fat, parenchyma_hu (p, patient), prc_clamp01 (0.5f - lung));
}

static void
paint_site (PrcVolume *volume, const Level *level, size_t index) {
  PrcPoint p = {volume->atlas_x[index], volume->atlas_y[index], level->z};
  Site site = site_at (level, p);
  PrcOrgan organ = PRC_ORGAN_NONE;
  float edge = prc_clamp01 (0.5f - site.outside / volume->soft), hu;

  volume->wall[index] = site.core;
  if (site.core >= 0 && edge <= 0)
    return;
  if (site.core > 0.5f) {
    hu = prc_mix (-1000, wall_hu (level, &site, &organ), edge);
  } else {
    hu = inside_hu (p, level->patient, &organ);
    if (site.core > -0.5f) // the peritoneum and pleura: half muscle, half content
      hu = prc_mix (hu, 50, site.core + 0.5f);
  }
  volume->value[0][index] = hu;
  volume->organ[index] = (uint8_t)(edge > 0.5f ? organ : PRC_ORGAN_NONE);
}

void
prc_torso_paint_frame (PrcVolume *volume, const PrcPatient *patient) {
  size_t plane = (size_t)volume->nx * volume->ny;

  for (uint32_t k = 0; k < volume->nz; k++) {
    Level level = level_at (patient, volume->atlas_z[k]);

    for (size_t i = 0; i < plane; i++)
      paint_site (volume, &level, k * plane + i);
  }
}
