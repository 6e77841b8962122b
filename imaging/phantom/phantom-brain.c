// SPDX-License-Identifier: Apache-2.0
#include "phantom-head.h"
#include "phantom-noise.h"

// ---- lesions push ----

static bool
pushes (const PrcPatient *patient) {
  return patient->finding == PRC_FINDING_HAEMORRHAGE || patient->finding == PRC_FINDING_TUMOUR;
}

PrcEllipsoid
prc_head_lesion (const PrcPatient *patient) {
  float side = patient->left ? 1 : -1, size = patient->extent, at = patient->noise_at;
  PrcPoint u = patient->place;
  bool deep = patient->finding == PRC_FINDING_HAEMORRHAGE && u.x < 0.6f;
  PrcEllipsoid e = {.bump_mm = 2.2f, .bump_size = 15, .offset = at};

  if (deep) { // a bleed of the basal ganglia
    e.centre = (PrcPoint){side * (27 + 5 * u.y), -4 + 10 * u.z, 8};
    e.radius = (PrcPoint){11 + 6 * size, 17 + 9 * size, 15 + 7 * size};
    e.turn = -side * 0.15f;
  } else {
    float r = patient->finding == PRC_FINDING_TUMOUR ? 15 + 8 * size : 12 + 7 * size;

    e.centre = (PrcPoint){side * (32 + 8 * u.x), u.y < 0.5f ? -40 + 20 * u.y : 10 + 44 * u.y,
                          14 + 22 * u.z};
    e.radius = (PrcPoint){r * (0.85f + 0.3f * u.z), r * (0.9f + 0.3f * u.x), r};
  }
  return e;
}

float
prc_head_subdural_mm (const PrcPatient *patient, PrcPoint p) {
  float side = patient->left ? 1 : -1, across = side * p.x;
  float centre_y = -20 + 40 * patient->place.y, thick = 8 + 8 * patient->extent;

  if (patient->finding != PRC_FINDING_SUBDURAL || across < 2)
    return 0;
  return thick * prc_step (4, 30, across) * prc_bump (p.y - centre_y, 52) *
         prc_bump (p.z - 24, 34) * (1 + 0.12f * prc_noise (p.x / 22, p.y / 22, p.z / 22));
}

// A lesion pushes the brain aside: where the tissue now at p lay before.
static PrcPoint
unpushed (const PrcPatient *patient, PrcPoint p) {
  if (patient->finding == PRC_FINDING_SUBDURAL) {
    float side = patient->left ? 1 : -1;
    float push = (5 + 6 * patient->extent) * prc_step (-45, 50, side * p.x) *
                 prc_bump (p.z - 18, 46) * prc_bump (p.y, 70);

    p.x += side * push;
    return p;
  }
  if (pushes (patient)) {
    PrcEllipsoid e = prc_head_lesion (patient);
    float dx = p.x - e.centre.x, dy = p.y - e.centre.y, dz = p.z - e.centre.z;
    float r = sqrtf (dx * dx + dy * dy + dz * dz) + 0.1f,
          size = cbrtf (e.radius.x * e.radius.y * e.radius.z);
    float push = 0.55f * size * prc_bump (r, 2.1f * size) / r;
    float near_skull = prc_step (-3, -14, prc_head_cavity_distance (p)); // bone does not give way

    p.x -= dx * push * near_skull;
    p.y -= dy * push * near_skull;
    p.z -= dz * push * near_skull;
  }
  return p;
}

// ---- ventricles ----

static float
tube_distance (const PrcStation *stations, size_t n, PrcPoint p, float grow) {
  float d = 99;

  for (size_t i = 0; i + 1 < n; i++) {
    PrcCapsule capsule = {stations[i], stations[i + 1]};

    d = MIN (d, prc_capsule_distance (&capsule, p) - grow);
  }
  return d;
}

static float
ventricle_distance (const PrcPatient *patient, PrcPoint p) {
  static const PrcStation horn[] = {{{13, -37, 4}, 2.6f}, {{9, -28, 8}, 4.2f}, {{6, -12, 15}, 4},
                                    {{9, 8, 20}, 4.2f},   {{16, 26, 16}, 5},   {{24, 36, 8}, 6.5f},
                                    {{27, 54, 3}, 2.2f}};
  static const PrcStation temporal[] = {
      {{24, 36, 8}, 6}, {{33, 18, -10}, 3}, {{31, -4, -22}, 2.2f}};
  PrcPoint side = {fabsf (p.x), p.y, p.z}, third = {p.x, p.y + 2, p.z + 2};
  float grow = -1.2f + 4.5f * patient->atrophy +
               0.8f * prc_noise (patient->noise_at, 1, p.x > 0 ? 1 : 2),
        d;

  if (side.x > 48 || p.y < -48 || p.y > 66 || p.z < -30 || p.z > 38)
    return 30;
  d = tube_distance (horn, G_N_ELEMENTS (horn), side, grow);
  d = prc_smooth_min (d, tube_distance (temporal, G_N_ELEMENTS (temporal), side, 0.6f * grow), 3);
  d = MAX (d, 0.9f - side.x); // the septum
  third.x = MAX (side.x - 0.6f - 2.2f * patient->atrophy, 0);
  return MIN (d, MAX (third.x + 0.01f, hypotf (third.y / 15, third.z / 9) * 9 - 9) - 1);
}

static float
fourth_ventricle_distance (PrcPoint p) {
  PrcEllipsoid e = {{0, 33, -42}, {7.5f, 5.5f, 11}};

  return prc_ellipsoid_distance (&e, p);
}

// ---- the cerebrum ----

static float
tent_height (PrcPoint p) {
  return 1 - 0.36f * fabsf (p.x) - 0.16f * MAX (p.y - 30, 0);
}

// Below the tentorium and behind the petrous ridges; negative inside.
static float
hind_space_distance (PrcPoint p) {
  return MAX (0.9f * (p.z - tent_height (p)), 8 + 0.32f * fabsf (p.x) - p.y);
}

static float
cisterns_distance (PrcPoint p) {
  PrcEllipsoid e = {{0, 1, -27}, {16, 23, 17}, 0, 1.5f, 14, 0};

  return prc_ellipsoid_distance (&e, p);
}

static float
fissure_distance (const PrcPatient *patient, PrcPoint p) {
  float joined = 25 * (1 - sqrtf (p.y * p.y / (44 * 44) + (p.z - 1) * (p.z - 1) / (27 * 27)));
  float wavy = p.x + 0.7f * prc_noise (p.y / 18 + patient->noise_at, p.z / 18, 0);

  return MAX (fabsf (wavy) - 0.8f - 1.4f * patient->atrophy, joined);
}

static float
sylvian_distance (const PrcPatient *patient, PrcPoint p) {
  float x = fabsf (p.x), grow = 0.5f + 1.8f * patient->atrophy;
  PrcCapsule opening = {{{70, -20, 0}, 0}, {{45, -24, 0}, 0}},
             insula = {{{45, -24, 0}, 0}, {{40, 8, 0}, 0}};
  PrcPoint flat = {x + 1.5f * prc_noise (p.y / 9 + patient->noise_at, p.z / 9, p.x > 0 ? 1 : 2),
                   p.y, 0};
  float d;

  if (x < 30 || p.z < -16 || p.z > 26)
    return 20;
  d = MIN (prc_capsule_distance (&opening, flat), prc_capsule_distance (&insula, flat)) - grow;
  return MAX (d, fabsf (p.z - 4) - 19);
}

typedef struct {
  float surface; // mm below the outer surface of the cerebrum, positive inside
  float sulcus;  // mm to the middle of the nearest sulcus
} Cortex;

// Sulci are the zero surfaces of a noise that hardly changes along the radius: curved walls into
// the depth.
static Cortex
cortex_at (const PrcPatient *patient, PrcPoint p, float cavity) {
  float at = patient->noise_at, r = sqrtf (p.x * p.x + p.y * p.y + p.z * p.z) + 1;
  float stretch = 0.35f + 0.65f * 72 / MAX (r, 50),
        q[3] = {p.x * stretch / 19, p.y * stretch / 19, p.z * stretch / 19};
  float n = prc_noise (q[0] + at, q[1] + (p.x > 0 ? 2.7f : 0), q[2]);
  PrcEllipsoid core = {{0, 1, 4}, {38, 45, 27}, 0, 3, 25, at}; // the insides have no sulci
  float deepest = 12.5f + 4 * prc_noise (q[0] / 2, q[1] / 2 + at, q[2] / 2);
  float surface = -cavity - 0.7f - 2.2f * patient->atrophy;
  Cortex cortex;

  surface = MIN (surface, hind_space_distance (p) - 0.4f);
  surface = MIN (surface, cisterns_distance (p));
  surface = MIN (surface, fissure_distance (patient, p));
  surface = MIN (surface, sylvian_distance (patient, p));
  cortex.surface = surface;
  cortex.sulcus = MAX (4.2f * fabsf (n), surface - deepest);
  cortex.sulcus = MAX (cortex.sulcus, 0.5f - prc_ellipsoid_distance (&core, p));
  return cortex;
}

static float
nuclei_distance (PrcPoint p) {
  static const PrcEllipsoid nuclei[] = {
      {{14, -22, 8}, {5, 9, 9}, 0.3f, 0, 0, 0},       // head of the caudate
      {{26, -4, 3}, {6.5f, 16, 9}, -0.25f, 0, 0, 0},  // lentiform
      {{10.5f, 9, 6}, {8.5f, 13, 9}, -0.3f, 0, 0, 0}, // thalamus
      {{17, -4, 21}, {3.5f, 14, 4}, -0.1f, 0, 0, 0},  // body of the caudate
  };
  PrcPoint side = {fabsf (p.x), p.y, p.z};
  float d = 20;

  if (side.x > 40 || fabsf (p.y) > 40 || fabsf (p.z - 6) > 26)
    return d;
  for (size_t i = 0; i < G_N_ELEMENTS (nuclei); i++)
    d = MIN (d, prc_ellipsoid_distance (&nuclei[i], side));
  return d;
}

// ---- putting it together: the share of each tissue at a point ----

typedef struct {
  PrcVolume *volume;
  const PrcPatient *patient;
  size_t index;
  PrcPoint p;  // atlas
  float sharp; // 1 / mm
} Brush;

static void
blend (const Brush *brush, PrcTissue tissue, float distance, PrcOrgan organ) {
  float alpha = prc_clamp01 (0.5f - distance * brush->sharp);
  PrcMaterial material;

  if (alpha <= 0)
    return;
  material = prc_tissue_material (tissue, brush->volume->n_channels, organ);
  material.texture = brush->volume->n_channels == 1 ? 0.9f : 0.02f;
  material.grain_mm = 6;
  prc_volume_blend (brush->volume, brush->index, brush->p, alpha, &material);
}

static void
paint_cerebrum (const Brush *brush, PrcPoint p, float cavity) {
  const PrcPatient *patient = brush->patient;
  Cortex cortex = cortex_at (patient, p, cavity);
  float cortex_mm = 3.1f, gap = 0.4f + 1.2f * patient->atrophy;
  float squeezed = MAX (prc_head_subdural_mm (patient, p) - 2, 0) * 0.2f;
  float deep = MIN (cortex.surface, cortex.sulcus - gap), ventricle;

  if (cortex.surface < -1.5f)
    return;
  blend (brush, PRC_TISSUE_GREY, -cortex.surface, PRC_ORGAN_BRAIN);
  blend (brush, PRC_TISSUE_WHITE, cortex_mm - deep, PRC_ORGAN_BRAIN);
  blend (brush, PRC_TISSUE_CSF,
         cortex.sulcus - gap + squeezed - 0.25f * prc_clamp01 (1 - cortex.surface / 4),
         PRC_ORGAN_CSF);
  blend (brush, PRC_TISSUE_NUCLEUS, nuclei_distance (p), PRC_ORGAN_BRAIN);
  ventricle = ventricle_distance (patient, p);
  blend (brush, PRC_TISSUE_CSF, ventricle, PRC_ORGAN_CSF);
  if (patient->atrophy > 0.4f && ventricle > 0 && ventricle < 6 &&
      brush->volume->n_channels == 3) // caps of the old
    blend (brush, PRC_TISSUE_OEDEMA,
           ventricle - 3 * patient->atrophy + 1.5f * prc_noise (p.x / 9, p.y / 9, p.z / 9),
           PRC_ORGAN_BRAIN);
}

static void
paint_hind_brain (const Brush *brush, PrcPoint p, float cavity, float space) {
  PrcEllipsoid pons = {{0, 15, -42}, {16, 13, 17}};
  PrcEllipsoid core = {{24, 44, -45}, {16, 15, 11}, 0.5f, 2, 9, 0};
  PrcCapsule stem = {{{0, 12, -20}, 12}, {{0, 22, -80}, 8}};
  float leaves =
      sinf ((float)G_PI *
            (hypotf (p.y - 20, p.z + 20) + 2.2f * prc_noise (p.x / 16, p.y / 16, p.z / 16)) / 2.3f);
  float surface = MAX (cavity + 2.5f + brush->patient->atrophy, space + 1.5f);
  float brainstem =
      prc_smooth_min (prc_ellipsoid_distance (&pons, p), prc_capsule_distance (&stem, p), 5);
  float clear = MAX (surface, 4 - brainstem), valley = 9 - fabsf (p.x) - 0.6f * MAX (60 - p.y, 0);

  clear = prc_smooth_max (clear, valley - 8, 3);
  if (space < 1) {
    blend (brush, PRC_TISSUE_GREY, clear, PRC_ORGAN_CEREBELLUM);
    blend (brush, PRC_TISSUE_WHITE,
           MAX (clear + 6,
                prc_ellipsoid_distance (&core, (PrcPoint){fabsf (p.x), p.y, p.z}) + 1.8f * leaves),
           PRC_ORGAN_CEREBELLUM);
    blend (brush, PRC_TISSUE_CSF,
           MAX (3 * (0.93f - 0.25f * brush->patient->atrophy - leaves), -clear - 9), PRC_ORGAN_CSF);
  }
  if (p.z < -6 && cavity < -0.5f)
    blend (brush, PRC_TISSUE_WHITE, brainstem, PRC_ORGAN_CEREBELLUM);
  blend (brush, PRC_TISSUE_CSF, fourth_ventricle_distance (p), PRC_ORGAN_CSF);
}

static void
paint_membranes (const Brush *brush, PrcPoint p, float cavity, float space) {
  float age = (float)brush->patient->age;
  float falx = MAX (fabsf (p.x) - 0.65f,
                    23 * (1 - sqrtf (p.y * p.y / (48 * 48) + (p.z - 1) * (p.z - 1) / (30 * 30))));
  float sagittal =
      MAX (MAX (fabsf (p.x) + 0.8f * (-cavity - 1) - 4.2f, -cavity - 6), 4 - p.z - 0.6f * p.y);
  PrcPoint side = {fabsf (p.x), p.y, p.z};
  PrcEllipsoid choroid = {{24, 35, 9}, {4, 5.5f, 4}, 0, 0, 0, 0},
               pineal = {{0, 23, 2}, {2.6f, 2.6f, 3.5f}, 0, 0, 0, 0};

  if (p.z > tent_height (p) - 1)
    blend (brush, PRC_TISSUE_DURA, falx, PRC_ORGAN_OTHER);
  if (p.y > 22)
    blend (brush, PRC_TISSUE_DURA, fabsf (space) - 0.7f, PRC_ORGAN_OTHER);
  blend (brush, PRC_TISSUE_SINUS, sagittal, PRC_ORGAN_VESSEL);
  if (age > 42) {
    blend (brush, PRC_TISSUE_CALCIUM,
           prc_ellipsoid_distance (&choroid, side) +
               1.5f * fabsf (prc_noise (p.x / 4, p.y / 4, p.z / 4)),
           PRC_ORGAN_OTHER);
    blend (brush, PRC_TISSUE_CALCIUM, prc_ellipsoid_distance (&pineal, p), PRC_ORGAN_OTHER);
  }
}

static void
paint_arteries (PrcVolume *volume) {
  PrcMaterial artery =
      prc_tissue_material (PRC_TISSUE_ARTERY, volume->n_channels, PRC_ORGAN_VESSEL);
  PrcStation basilar[] = {{{1, 0, -58}, 1.8f}, {{0, -1, -40}, 1.9f}, {{0, -4, -24}, 1.7f}};

  artery.within = PRC_IN (PRC_ORGAN_CSF) | PRC_IN (PRC_ORGAN_BRAIN);
  PRC_PAINT_TUBE (volume, basilar, 0, &artery);
  for (float side = -1; side <= 1; side += 2) {
    PrcStation middle[] = {
        {{side * 9, -14, -20}, 2.2f}, {{side * 22, -18, -16}, 1.8f}, {{side * 40, -22, -8}, 1.5f}};
    PrcStation front[] = {
        {{side * 9, -14, -20}, 2}, {{side * 2, -28, -12}, 1.4f}, {{side * 2, -44, 8}, 1.2f}};

    PRC_PAINT_TUBE (volume, middle, 0, &artery);
    PRC_PAINT_TUBE (volume, front, 0, &artery);
  }
}

static void
paint_site (PrcVolume *volume, const PrcPatient *patient, size_t index) {
  PrcPoint p = prc_volume_atlas (volume, index), q = unpushed (patient, p);
  Brush brush = {volume, patient, index, p, 1 / volume->soft};
  float cavity = volume->wall[index], space = hind_space_distance (q);
  float rest = cavity + prc_head_subdural_mm (patient, p);

  if (space > -1)
    paint_cerebrum (&brush, q, rest);
  if (q.z < 4 && (space < 2 || fabsf (q.x) < 26))
    paint_hind_brain (&brush, q, cavity, space);
  paint_membranes (&brush, q, cavity, space);
}

void
prc_head_paint_brain (PrcVolume *volume, const PrcPatient *patient) {
  for (size_t i = 0; i < prc_volume_length (volume); i++)
    if (volume->wall[i] < 0.3f && volume->organ[i] == PRC_ORGAN_CSF)
      paint_site (volume, patient, i);
  paint_arteries (volume);
}
