// SPDX-License-Identifier: Apache-2.0
#include "phantom-noise.h"
#include "phantom-torso.h"

// Bone drawn as a hard shell around a spongy core.
typedef struct {
  float spongy_hu, shell_hu, shell_mm, at;
} BoneKind;

static float
bone_hu (const BoneKind *kind, float distance, PrcPoint p) {
  float sponge = kind->spongy_hu + 55 * prc_noise (p.x / 5 + kind->at, p.y / 5, p.z / 8);

  return prc_mix (kind->shell_hu, sponge, prc_clamp01 (-(distance + kind->shell_mm) / 1.2f));
}

static void
blend_bone (PrcVolume *volume, size_t index, const BoneKind *kind, float distance, PrcPoint p) {
  float alpha = prc_clamp01 (0.5f - distance / volume->soft);
  PrcMaterial bone = {.organ = PRC_ORGAN_BONE};

  if (alpha <= 0)
    return;
  bone.value[0] = bone_hu (kind, distance, p);
  prc_volume_blend (volume, index, p, alpha, &bone);
}

// ---- the spine ----

typedef struct {
  float y;      // of the body's centre
  float rx, ry; // half axes of the body
  float phase;  // 0 just below a disc, 1 at the next disc
  float canal_y;
  bool lumbar;
} Vertebra;

#define TOP_OF_T1 226

static Vertebra
vertebra_at (float z) {
  Vertebra v;
  float lumbar = prc_step (20, -160, z);
  float pitch = 24 + 8 * lumbar, count = (TOP_OF_T1 - z) / pitch;

  v.y = prc_torso_spine_y (z);
  v.rx = 15 + 8 * lumbar + 1.5f * prc_step (150, 220, z);
  v.ry = 13 + 4.5f * lumbar - 2 * prc_step (150, 220, z);
  v.phase = count - floorf (count);
  v.canal_y = v.y + v.ry + 6.5f;
  v.lumbar = z < -30;
  return v;
}

static float
body_distance (const Vertebra *v, PrcPoint p) {
  float waist = 1 - 0.08f * (1 - fabsf (2 * v->phase - 1));
  float x = p.x / (v->rx * waist), y = (p.y - v->y) / (v->ry * waist);
  float x2 = x * x, y2 = y * y;
  float f = 0.5f * sqrtf (x2 + y2) + 0.5f * sqrtf (sqrtf (x2 * x2 + y2 * y2));
  float d = (f - 1) * MIN (v->rx, v->ry);
  float hollow = hypotf (p.x, p.y - v->canal_y) - 8.5f; // towards the canal

  return prc_smooth_max (d, -hollow, 3);
}

static float
segment_distance (PrcPoint p, float ax, float ay, float bx, float by, float radius) {
  float dx = bx - ax, dy = by - ay;
  float t = prc_clamp01 (((p.x - ax) * dx + (p.y - ay) * dy) / (dx * dx + dy * dy));

  return hypotf (p.x - ax - t * dx, p.y - ay - t * dy) - radius;
}

// 1 at one height of the vertebra, 0 `reach` above and below it, round between; heights wrap at the
// disc.
static float
at_height (const Vertebra *v, float phase, float reach) {
  float away = fabsf (v->phase - phase), t;

  away = MIN (away, 1 - away);
  t = away / reach;
  return t < 1 ? sqrtf (1 - t * t) : 0;
}

// Pedicles, laminae, transverse and spinous processes, each at its own height of the vertebra.
static float
arch_distance (const Vertebra *v, PrcPoint p) {
  PrcPoint side = {fabsf (p.x), p.y, p.z};
  float c = v->canal_y, d = 99, size;
  float reach = v->lumbar ? 37 : 31;

  size = at_height (v, 0.28f, 0.24f);
  if (size > 0) {
    d = segment_distance (side, 12, c - 6, 13, c + 4, 4.6f * size);
    d = MIN (d, segment_distance (side, 13, c + 6, reach, c + (v->lumbar ? 8 : 14), 4 * size));
  }
  size = at_height (v, 0.62f, 0.45f);
  if (size > 0)
    d = MIN (d, segment_distance (side, 13, c + 5, 1, c + 13, 3.8f * size));
  size = at_height (v, 0.88f, 0.28f); // the joints
  if (size > 0)
    d = MIN (d, segment_distance (side, 15, c + 4, 17, c + 9, 5.5f * size));
  size = at_height (v, 0.75f, 0.42f);
  if (size > 0)
    d = MIN (d, segment_distance (side, 0, c + 13, 0, c + 20 + 13 * size, 3 * size));
  return d;
}

static void
paint_canal (PrcVolume *volume, size_t index, const Vertebra *v, PrcPoint p) {
  PrcMaterial fluid = {.value = {12}, .organ = PRC_ORGAN_OTHER},
              cord = {.value = {40}, .organ = PRC_ORGAN_OTHER};
  float d = hypotf (0.88f * p.x, p.y - v->canal_y);

  if (d < 10) {
    prc_volume_blend (volume, index, p, prc_clamp01 (0.5f + (8.5f - d) / volume->soft), &fluid);
    if (p.z > -40)
      prc_volume_blend (volume, index, p, prc_clamp01 (0.5f + (4.5f - d) / volume->soft), &cord);
  }
}

static void
paint_vertebra (PrcVolume *volume, const PrcPatient *patient, const Vertebra *v, size_t index) {
  PrcPoint p = prc_volume_atlas (volume, index);
  BoneKind body = {patient->bone_hu, 560, 0.8f, patient->noise_at},
           arch = {320, 780, 1.6f, patient->noise_at};
  float d;

  if (fabsf (p.x) > 48 || p.y < v->y - 30 || p.y > v->canal_y + 40)
    return;
  d = body_distance (v, p);
  if (v->phase > 0.9f || v->phase < 0.06f) {
    PrcMaterial disc = {.value = {82}, .texture = 8, .grain_mm = 7, .organ = PRC_ORGAN_OTHER};

    prc_volume_blend (volume, index, p, prc_clamp01 (0.5f - d / volume->soft), &disc);
  } else {
    if (v->phase > 0.82f || v->phase < 0.14f)
      body.spongy_hu += 130; // the end plates
    blend_bone (volume, index, &body, d, p);
  }
  blend_bone (volume, index, &arch, arch_distance (v, p), p);
  paint_canal (volume, index, v, p);
}

static void
paint_spine (PrcVolume *volume, const PrcPatient *patient) {
  size_t plane = (size_t)volume->nx * volume->ny;
  PrcBox box = {{-48, -10, -400}, {48, 140, 400}};
  PrcRange range = prc_volume_range (volume, &box);

  for (uint32_t k = range.low[2]; k < range.high[2]; k++) {
    Vertebra v = vertebra_at (volume->atlas_z[k]);

    for (uint32_t j = range.low[1]; j < range.high[1]; j++)
      for (uint32_t i = range.low[0]; i < range.high[0]; i++)
        paint_vertebra (volume, patient, &v, k * plane + (size_t)j * volume->nx + i);
  }
}

// ---- shells ----

typedef float (*BoneDistance) (PrcPoint p);

static void
paint_bone (PrcVolume *volume, const PrcBox *box, const BoneKind *kind, BoneDistance distance) {
  PrcRange range = prc_volume_range (volume, box);

  for (uint32_t k = range.low[2]; k < range.high[2]; k++)
    for (uint32_t j = range.low[1]; j < range.high[1]; j++)
      for (uint32_t i = range.low[0]; i < range.high[0]; i++) {
        size_t index = ((size_t)k * volume->ny + j) * volume->nx + i;
        PrcPoint p = prc_volume_atlas (volume, index);

        blend_bone (volume, index, kind, distance (p), p);
      }
}

static float
sternum_distance (PrcPoint p) {
  float y = -prc_torso_core_depth (p.z) - 7 + 3 * prc_step (200, 150, p.z);
  float half = 11 + 14 * prc_step (150, 185, p.z) - 5 * prc_bump (p.z - 152, 8);
  float x = fabsf (p.x) - half, dy = fabsf (p.y - y) - 4.5f, dz = MAX (38 - p.z, p.z - 203);

  return MAX (prc_smooth_max (x, dy, 4), dz);
}

static float
clavicle_distance (PrcPoint p) {
  float x = fabsf (p.x), t = prc_clamp01 ((x - 14) / 116);
  float y = -prc_torso_core_depth (200) - 4 + 70 * t * t + 8 * sinf (t * 6);
  float z = 198 + 26 * t;

  if (x < 14 || x > 130)
    return 99;
  return sqrtf (0.85f * (p.y - y) * (p.y - y) + (p.z - z) * (p.z - z)) - 6.2f -
         3 * prc_step (0.2f, 0, t);
}

// A thin plate along the back of the ribs, with its spine standing up from it.
static float
scapula_distance (PrcPoint p) {
  float x = fabsf (p.x), core = prc_torso_core_distance (p);
  float inner = 58 + 0.18f * (p.z - 130), outer = 88 + 0.36f * (p.z - 95);
  float plate = fabsf (core - 17 - 0.09f * (x - 70)) - 1.6f - 2.2f * prc_bump (x - outer, 7);
  float extent = MAX (inner - x, x - outer), spine, d;

  if (p.y < -10)
    return 99;
  extent = MAX (extent, MAX (90 - p.z, p.z - 212));
  d = prc_smooth_max (plate, extent, 3);
  spine = prc_smooth_max (fabsf (p.z - 168 - 0.42f * (x - 62)) - 3.2f, fabsf (core - 23) - 9, 4);
  spine = prc_smooth_max (spine, MAX (60 - x, x - 134), 8);
  return MIN (d, spine);
}

static float
humerus_distance (PrcPoint p) {
  return sqrtf ((fabsf (p.x) - 134) * (fabsf (p.x) - 134) + (p.y - 16) * (p.y - 16) +
                0.8f * (p.z - 222) * (p.z - 222)) -
         22;
}

static float
hanging_humerus_distance (PrcPoint p) {
  PrcCapsule shaft = {{{136, 16, 214}, 13}, {{206, 26, -160}, 11}};
  PrcPoint side = {fabsf (p.x), p.y, p.z};

  return prc_smooth_min (humerus_distance (p), prc_capsule_distance (&shaft, side), 6);
}

static float
ilium_distance (PrcPoint p) {
  float x = fabsf (p.x), inset = 3 + 16 * prc_step (-190, -300, p.z);
  float plate = fabsf (prc_torso_core_distance (p) + inset) - 4.2f - 0.06f * MAX (p.y, 0);
  float crest = -186 - 0.012f * (p.y - 15) * (p.y - 15);

  return prc_smooth_max (MAX (plate, p.z - crest), MAX (MAX (-40 - p.y, 46 - x), p.y - 68), 4);
}

void
prc_torso_paint_bones (PrcVolume *volume, const PrcPatient *patient) {
  float at = patient->noise_at;
  BoneKind flat = {170, 560, 1.2f, at}, dense = {260, 850, 2.0f, at}, plate = {420, 820, 1.4f, at};
  PrcBox sternum = {{-30, -110, 35}, {30, -50, 206}};
  PrcBox clavicles = {{-134, -80, 185}, {134, 60, 240}};
  PrcBox scapulae = {{-140, 0, 85}, {140, 125, 216}};
  PrcBox shoulders = {{-162, -12, 190}, {162, 44, 260}}, arms = {{-230, -12, -170}, {230, 52, 260}};
  PrcBox hips = {{-135, -50, -300}, {135, 76, -180}};

  paint_spine (volume, patient);
  paint_bone (volume, &sternum, &flat, sternum_distance);
  paint_bone (volume, &clavicles, &dense, clavicle_distance);
  paint_bone (volume, &scapulae, &plate, scapula_distance);
  if (patient->erect)
    paint_bone (volume, &arms, &dense, hanging_humerus_distance);
  else
    paint_bone (volume, &shoulders, &dense, humerus_distance);
  paint_bone (volume, &hips, &dense, ilium_distance);
}
