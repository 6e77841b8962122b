// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "phantom-random.h"
#include "phantom-volume.h"
#include <glib.h>
#include <math.h>
#include <string.h>

// Implicit solids in atlas mm: signed distances (negative inside), exact enough near the surface
// for soft edges.

static inline float
prc_clamp01 (float value) {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

static inline float
prc_mix (float a, float b, float t) {
  return a + (b - a) * t;
}

// 0 below `low`, 1 above `high`, smooth between (works falling too: low > high).
static inline float
prc_step (float low, float high, float value) {
  float t = prc_clamp01 ((value - low) / (high - low));

  return t * t * (3 - 2 * t);
}

// A bump of height 1 and half-width about `width`, exactly 0 beyond twice that.
static inline float
prc_bump (float value, float width) {
  float t = value / (2 * width);

  t = 1 - t * t;
  return t <= 0 ? 0 : t * t * t;
}

// The smaller (union), rounded over k mm.
static inline float
prc_smooth_min (float a, float b, float k) {
  float h = k - fabsf (a - b);

  return (a < b ? a : b) - (h > 0 ? h * h / (4 * k) : 0);
}

static inline float
prc_smooth_max (float a, float b, float k) {
  return -prc_smooth_min (-a, -b, k);
}

// A value given at rising positions, straight between them.
typedef struct {
  float at, value;
} PrcKnot;
float prc_profile (const PrcKnot *knots, size_t n, float at);
#define PRC_PROFILE(knots, at) prc_profile (knots, G_N_ELEMENTS (knots), at)

typedef struct {
  PrcPoint centre;
  PrcPoint radius;
  float turn;               // radians in the axial plane
  float bump_mm, bump_size; // surface noise; 0 for none
  float offset;             // into the noise
} PrcEllipsoid;

float prc_ellipsoid_distance (const void *ellipsoid, PrcPoint p);
PrcBox prc_ellipsoid_box (const PrcEllipsoid *ellipsoid);
void prc_paint_ellipsoid (PrcVolume *volume, const PrcEllipsoid *ellipsoid,
                          const PrcMaterial *material);

// A tube along points with a radius each.
typedef struct {
  PrcPoint at;
  float radius;
} PrcStation;

typedef struct {
  PrcStation a, b;
} PrcCapsule; // a piece of tube, straight, round at the ends

float prc_capsule_distance (const void *capsule, PrcPoint p);
PrcBox prc_capsule_box (const PrcCapsule *capsule);

// A smooth curve through the stations (Catmull-Rom), `grow` mm thicker than they say.
void prc_paint_tube (PrcVolume *volume, const PrcStation *stations, size_t n, float grow,
                     const PrcMaterial *material);
#define PRC_PAINT_TUBE(volume, stations, grow, material)                                           \
  prc_paint_tube (volume, stations, G_N_ELEMENTS (stations), grow, material)

PrcPoint prc_point_random (PrcRandom *random, PrcPoint low, PrcPoint high);
float prc_point_distance (PrcPoint a, PrcPoint b);
PrcPoint prc_point_mix (PrcPoint a, PrcPoint b, float t);
