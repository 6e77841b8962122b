// SPDX-License-Identifier: Apache-2.0
#include "phantom-shape.h"
#include "phantom-noise.h"

float
prc_profile (const PrcKnot *knots, size_t n, float at) {
  size_t i = 1;

  if (at <= knots[0].at)
    return knots[0].value;
  if (at >= knots[n - 1].at)
    return knots[n - 1].value;
  while (knots[i].at < at)
    i++;
  return prc_mix (knots[i - 1].value, knots[i].value,
                  (at - knots[i - 1].at) / (knots[i].at - knots[i - 1].at));
}

float
prc_ellipsoid_distance (const void *shape, PrcPoint p) {
  const PrcEllipsoid *e = shape;
  float x = p.x - e->centre.x, y = p.y - e->centre.y, z = (p.z - e->centre.z) / e->radius.z;
  float k, gradient, distance;

  if (e->turn != 0) {
    float cosine = cosf (e->turn), sine = sinf (e->turn), turned = cosine * x + sine * y;

    y = cosine * y - sine * x;
    x = turned;
  }
  x /= e->radius.x;
  y /= e->radius.y;
  k = sqrtf (x * x + y * y + z * z);
  gradient = sqrtf (x * x / (e->radius.x * e->radius.x) + y * y / (e->radius.y * e->radius.y) +
                    z * z / (e->radius.z * e->radius.z));
  distance = gradient > 1e-6f ? k * (k - 1) / gradient
                              : -MIN (MIN (e->radius.x, e->radius.y), e->radius.z);
  if (e->bump_mm > 0 && fabsf (distance) < 3 * e->bump_mm + 3)
    distance += e->bump_mm *
                prc_noise (p.x / e->bump_size + e->offset, p.y / e->bump_size, p.z / e->bump_size);
  return distance;
}

PrcBox
prc_ellipsoid_box (const PrcEllipsoid *e) {
  float room = 3 * e->bump_mm + 3;
  float x = e->turn != 0 ? MAX (e->radius.x, e->radius.y) : e->radius.x;
  float y = e->turn != 0 ? x : e->radius.y;

  return (PrcBox){
      {e->centre.x - x - room, e->centre.y - y - room, e->centre.z - e->radius.z - room},
      {e->centre.x + x + room, e->centre.y + y + room, e->centre.z + e->radius.z + room},
  };
}

void
prc_paint_ellipsoid (PrcVolume *volume, const PrcEllipsoid *ellipsoid,
                     const PrcMaterial *material) {
  PrcBox box = prc_ellipsoid_box (ellipsoid);

  prc_volume_paint (volume, &box, prc_ellipsoid_distance, ellipsoid, material);
}

float
prc_capsule_distance (const void *shape, PrcPoint p) {
  const PrcCapsule *c = shape;
  float bx = c->b.at.x - c->a.at.x, by = c->b.at.y - c->a.at.y, bz = c->b.at.z - c->a.at.z;
  float px = p.x - c->a.at.x, py = p.y - c->a.at.y, pz = p.z - c->a.at.z;
  float t = prc_clamp01 ((px * bx + py * by + pz * bz) / (bx * bx + by * by + bz * bz + 1e-6f));
  float dx = px - t * bx, dy = py - t * by, dz = pz - t * bz;

  return sqrtf (dx * dx + dy * dy + dz * dz) - prc_mix (c->a.radius, c->b.radius, t);
}

PrcBox
prc_capsule_box (const PrcCapsule *c) {
  float room = MAX (c->a.radius, c->b.radius) + 2;

  return (PrcBox){
      {MIN (c->a.at.x, c->b.at.x) - room, MIN (c->a.at.y, c->b.at.y) - room,
       MIN (c->a.at.z, c->b.at.z) - room},
      {MAX (c->a.at.x, c->b.at.x) + room, MAX (c->a.at.y, c->b.at.y) + room,
       MAX (c->a.at.z, c->b.at.z) + room},
  };
}

static void
paint_capsule (PrcVolume *volume, const PrcCapsule *capsule, const PrcMaterial *material) {
  PrcBox box = prc_capsule_box (capsule);

  prc_volume_paint (volume, &box, prc_capsule_distance, capsule, material);
}

static float
catmull_rom (float a, float b, float c, float d, float t) {
  return b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

static PrcStation
station_between (const PrcStation *s, size_t n, size_t i, float t) {
  const PrcStation *a = &s[i > 0 ? i - 1 : 0], *b = &s[i], *c = &s[i + 1];
  const PrcStation *d = &s[i + 2 < n ? i + 2 : n - 1];

  return (PrcStation){{catmull_rom (a->at.x, b->at.x, c->at.x, d->at.x, t),
                       catmull_rom (a->at.y, b->at.y, c->at.y, d->at.y, t),
                       catmull_rom (a->at.z, b->at.z, c->at.z, d->at.z, t)},
                      prc_mix (b->radius, c->radius, t)};
}

#define PIECES 5

void
prc_paint_tube (PrcVolume *volume, const PrcStation *stations, size_t n, float grow,
                const PrcMaterial *material) {
  for (size_t i = 0; i + 1 < n; i++) {
    for (int piece = 0; piece < PIECES; piece++) {
      PrcCapsule capsule = {
          station_between (stations, n, i, (float)piece / PIECES),
          station_between (stations, n, i, (float)(piece + 1) / PIECES),
      };

      capsule.a.radius += grow;
      capsule.b.radius += grow;
      paint_capsule (volume, &capsule, material);
    }
  }
}

PrcPoint
prc_point_random (PrcRandom *random, PrcPoint low, PrcPoint high) {
  PrcPoint p;

  p.x = (float)prc_random_range (random, low.x, high.x);
  p.y = (float)prc_random_range (random, low.y, high.y);
  p.z = (float)prc_random_range (random, low.z, high.z);
  return p;
}

float
prc_point_distance (PrcPoint a, PrcPoint b) {
  return sqrtf ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z));
}

PrcPoint
prc_point_mix (PrcPoint a, PrcPoint b, float t) {
  return (PrcPoint){prc_mix (a.x, b.x, t), prc_mix (a.y, b.y, t), prc_mix (a.z, b.z, t)};
}
