// SPDX-License-Identifier: Apache-2.0
#include "phantom-noise.h"
#include "phantom-random.h"
#include <glib.h>
#include <math.h>

#define SIDE  64
#define MASK  (SIDE - 1)
#define CELLS 8 // lattice cells per unit

#define N_WHITE 65536

static float lattice[SIDE][SIDE][SIDE];
static float white[N_WHITE];

typedef float Volume[SIDE][SIDE][SIDE];

// One pass of a periodic box filter of 2 * radius + 1 along one axis; three passes come close to a
// Gaussian.
static void
box_filter (Volume volume, int axis, int radius) {
  for (int a = 0; a < SIDE; a++) {
    for (int b = 0; b < SIDE; b++) {
      float *line[SIDE], copy[SIDE], sum = 0;

      for (int i = 0; i < SIDE; i++) {
        line[i] = axis == 0 ? &volume[i][a][b] : axis == 1 ? &volume[a][i][b] : &volume[a][b][i];
        copy[i] = *line[i];
      }
      for (int i = -radius; i <= radius; i++)
        sum += copy[i & MASK];
      for (int i = 0; i < SIDE; i++) {
        *line[i] = sum / (float)(2 * radius + 1);
        sum += copy[(i + radius + 1) & MASK] - copy[(i - radius) & MASK];
      }
    }
  }
}

static void
smooth (Volume volume, int radius) {
  for (int axis = 0; axis < 3; axis++)
    for (int pass = 0; pass < 3; pass++)
      box_filter (volume, axis, radius);
}

static void
normalise (float *values, size_t n) {
  double sum = 0, squares = 0;

  for (size_t i = 0; i < n; i++)
    sum += values[i];
  for (size_t i = 0; i < n; i++) {
    values[i] -= (float)(sum / (double)n);
    squares += values[i] * values[i];
  }
  for (size_t i = 0; i < n; i++)
    values[i] /= (float)sqrt (squares / (double)n);
}

// The difference of a narrow and a wide blur keeps one band: no drift over the tile, no grain below
// a cell.
static void
fill_lattice (void) {
  g_autofree float *wide = g_new (float, SIDE *SIDE *SIDE);
  float *narrow = &lattice[0][0][0];
  PrcRandom random;

  prc_random_init (&random, 0x70686e74);
  for (int i = 0; i < SIDE * SIDE * SIDE; i++)
    wide[i] = narrow[i] = (float)prc_random_normal (&random);
  smooth (lattice, 1);
  smooth (*(Volume *)(void *)wide, 3);
  for (int i = 0; i < SIDE * SIDE * SIDE; i++)
    narrow[i] -= wide[i];
  normalise (narrow, SIDE * SIDE * SIDE);
  for (int i = 0; i < N_WHITE; i++)
    white[i] = (float)prc_random_normal (&random);
  normalise (white, N_WHITE);
}

static void
ensure_lattice (void) {
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    fill_lattice ();
    g_once_init_leave (&once, 1);
  }
}

static inline float
mix (float a, float b, float t) {
  return a + (b - a) * t;
}

static inline int
floor_to_int (float value) {
  return (int)(value + 65536.0f) - 65536;
}

static float
sample (float x, float y, float z) {
  int i = floor_to_int (x), j = floor_to_int (y), k = floor_to_int (z);
  float fx = x - (float)i, fy = y - (float)j, fz = z - (float)k;
  int i0 = i & MASK, i1 = (i + 1) & MASK, j0 = j & MASK, j1 = (j + 1) & MASK;
  const float (*low)[SIDE] = lattice[k & MASK], (*high)[SIDE] = lattice[(k + 1) & MASK];
  float a = mix (mix (low[j0][i0], low[j0][i1], fx), mix (low[j1][i0], low[j1][i1], fx), fy);
  float b = mix (mix (high[j0][i0], high[j0][i1], fx), mix (high[j1][i0], high[j1][i1], fx), fy);

  return mix (a, b, fz);
}

float
prc_noise (float x, float y, float z) {
  ensure_lattice ();
  return sample (x * CELLS, y * CELLS, z * CELLS);
}

float
prc_noise_octaves (float x, float y, float z, int octaves) {
  float sum = 0, weight = 1, squares = 0;

  for (int i = 0; i < octaves; i++) {
    sum += weight * prc_noise (x, y, z);
    squares += weight * weight;
    weight *= 0.5f;
    x = 2 * x + 1.37f;
    y = 2 * y + 3.11f;
    z = 2 * z + 5.73f;
  }
  return sum / sqrtf (squares);
}

static uint32_t
hash_cell (int x, int y, int z, uint32_t seed) {
  uint32_t h = (uint32_t)x * 0x8da6b343u ^ (uint32_t)y * 0xd8163841u ^ (uint32_t)z * 0xcb1ab31fu;

  h = (h ^ seed) * 0x9e3779b1u;
  h = (h ^ (h >> 15)) * 0x85ebca77u;
  return h ^ (h >> 13);
}

PrcCellular
prc_noise_cellular (float x, float y, float z, uint32_t seed) {
  int ci = floor_to_int (x), cj = floor_to_int (y), ck = floor_to_int (z);
  PrcCellular result = {9, 9, 0};

  for (int n = 0; n < 27; n++) {
    int i = ci + n % 3 - 1, j = cj + n / 3 % 3 - 1, k = ck + n / 9 - 1;
    uint32_t h = hash_cell (i, j, k, seed);
    float dx = (float)i + (float)(h & 1023) / 1024.0f - x;
    float dy = (float)j + (float)(h >> 10 & 1023) / 1024.0f - y;
    float dz = (float)k + (float)(h >> 20 & 1023) / 1024.0f - z;
    float squared = dx * dx + dy * dy + dz * dz;

    if (squared < result.first) {
      result.second = result.first;
      result.first = squared;
      result.cell = h;
    } else if (squared < result.second) {
      result.second = squared;
    }
  }
  result.first = sqrtf (result.first);
  result.second = sqrtf (result.second);
  return result;
}

float
prc_noise_white (uint32_t index) {
  ensure_lattice ();
  return white[(index * 0x9e3779b1u) >> 16];
}
