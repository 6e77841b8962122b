// SPDX-License-Identifier: Apache-2.0
#include "phantom-noise.h"
#include "phantom-scanner.h"

// Linear attenuation at the radiograph's energy, per mm. Bone weighs more than its HU say:
// photo-electric absorption.
static float
attenuation (float hu) {
  float density = MAX (hu + 1000, 0) / 1000;

  return 0.0175f * (density + (hu > 150 ? 0.55f * (hu - 150) / 1000 : 0));
}

// Sums along y (back to front): columns go to the patient's left as in DICOM's AP/PA pictures
// (patient's right on the left of the picture), rows to the feet.
static void
cast_rays (const PrcVolume *volume, float *sums, float *depth) {
  size_t plane = (size_t)volume->nx * volume->ny;

  for (uint32_t k = 0; k < volume->nz; k++) {
    float *row = sums + (size_t)(volume->nz - 1 - k) * volume->nx;
    float *hits = depth + (size_t)(volume->nz - 1 - k) * volume->nx;

    for (uint32_t j = 0; j < volume->ny; j++) {
      const float *hu = volume->value[0] + k * plane + (size_t)j * volume->nx;
      const uint8_t *finding = volume->finding + k * plane + (size_t)j * volume->nx;

      for (uint32_t i = 0; i < volume->nx; i++) {
        row[i] += attenuation (hu[i]) * volume->dy;
        hits[i] += finding[i] * volume->dy;
      }
    }
  }
}

static float
cubic (const float v[4], float t) {
  return v[1] +
         0.5f * t *
             (v[2] - v[0] +
              t * (2 * v[0] - 5 * v[1] + 4 * v[2] - v[3] + t * (3 * (v[1] - v[2]) + v[3] - v[0])));
}

static float
sample_cubic (const float *image, int nx, int ny, float x, float y) {
  int i = (int)floorf (x), j = (int)floorf (y);
  float rows[4];

  for (int r = 0; r < 4; r++) {
    const float *line = image + (size_t)CLAMP (j + r - 1, 0, ny - 1) * (size_t)nx;
    float v[4];

    for (int c = 0; c < 4; c++)
      v[c] = line[CLAMP (i + c - 1, 0, nx - 1)];
    rows[r] = cubic (v, x - (float)i);
  }
  return cubic (rows, y - (float)j);
}

static void
box_blur (float *image, uint32_t nx, uint32_t ny, int radius) {
  g_autofree float *copy = g_memdup2 (image, (size_t)nx * ny * sizeof (float));

  for (uint32_t j = 0; j < ny; j++) {
    float sum = 0;

    for (int i = -radius; i <= radius; i++)
      sum += copy[(size_t)j * nx + (size_t)CLAMP (i, 0, (int)nx - 1)];
    for (int i = 0; i < (int)nx; i++) {
      image[(size_t)j * nx + (size_t)i] = sum / (float)(2 * radius + 1);
      sum += copy[(size_t)j * nx + (size_t)MIN (i + radius + 1, (int)nx - 1)] -
             copy[(size_t)j * nx + (size_t)MAX (i - radius, 0)];
    }
  }
}

// Blurred along rows and columns: what scatters reaches the detector far from its ray.
static float *
scatter_of (const float *transmitted, uint32_t nx, uint32_t ny) {
  float *scatter = g_memdup2 (transmitted, (size_t)nx * ny * sizeof (float));
  g_autofree float *turned = g_new (float, (size_t)nx *ny);

  for (int pass = 0; pass < 2; pass++) {
    box_blur (scatter, nx, ny, 18);
    for (size_t i = 0; i < (size_t)nx * ny; i++)
      turned[i % nx * ny + i / nx] = scatter[i];
    box_blur (turned, ny, nx, 18);
    for (size_t i = 0; i < (size_t)nx * ny; i++)
      scatter[i] = turned[i % nx * ny + i / nx];
  }
  return scatter;
}

// The logarithm of what arrives, spread so that lungs and mediastinum both show (as the equipment's
// processing does).
static uint16_t
film_value (float signal, float even, const PrcPatient *patient) {
  float density = -logf (MAX (signal, 1e-5f)), wide = -logf (MAX (even, 1e-5f));
  float detail = density - 0.42f * wide;
  float t = prc_clamp01 (0.02f + 0.30f * detail);
  float value = 250 + 3600 * t * t * (3 - 2 * t);

  return (uint16_t)(patient->monochrome1 ? 4095 - value : value);
}

static void
draw_marker (PrcRadiograph *radiograph, bool monochrome1) {
  static const char *const letter[] = {"######..", "##...##.", "##...##.", "######..",
                                       "##.##...", "##..##..", "##...##."};
  uint32_t scale = radiograph->columns / 200, left = radiograph->columns / 16,
           top = radiograph->rows / 14;

  for (uint32_t j = 0; j < 7 * scale; j++)
    for (uint32_t i = 0; i < 8 * scale; i++)
      if (letter[j / scale][i / scale] == '#')
        radiograph->samples[(size_t)(top + j) * radiograph->columns + left + i] =
            monochrome1 ? 150 : 3950;
}

static void
develop (const PrcVolume *volume, const PrcPatient *patient, const float *transmitted,
         const float *depth, PrcRadiograph *radiograph) {
  g_autofree float *scatter = scatter_of (transmitted, volume->nx, volume->nz);
  uint32_t n = PRC_RADIOGRAPH_SIZE;
  float step_x = (float)volume->nx / (float)radiograph->columns,
        step_y = (float)volume->nz / (float)radiograph->rows;
  uint32_t grain = (uint32_t)patient->seed;

  g_assert (radiograph->rows <= n && radiograph->columns <= n);
  for (uint32_t row = 0; row < radiograph->rows; row++) {
    float y = ((float)row + 0.5f) * step_y - 0.5f;

    for (uint32_t column = 0; column < radiograph->columns; column++) {
      size_t at = (size_t)row * radiograph->columns + column;
      float x = ((float)column + 0.5f) * step_x - 0.5f;
      float direct = sample_cubic (transmitted, (int)volume->nx, (int)volume->nz, x, y);
      float even = sample_cubic (scatter, (int)volume->nx, (int)volume->nz, x, y);
      float signal = MAX (direct, 0) + 0.12f * even;

      signal *= 1 + 0.010f * patient->noise * prc_noise_white (grain++) /
                        sqrtf (MAX (signal, 1e-4f)) * 0.35f;
      radiograph->samples[at] = film_value (signal, even, patient);
      radiograph->mask[at] = sample_cubic (depth, (int)volume->nx, (int)volume->nz, x, y) > 14;
    }
  }
}

void
prc_scanner_radiograph (const PrcVolume *volume, const PrcPatient *patient,
                        PrcRadiograph *radiograph) {
  size_t n = (size_t)volume->nx * volume->nz;
  g_autofree float *sums = g_new0 (float, n), *depth = g_new0 (float, n);

  radiograph->columns = PRC_RADIOGRAPH_SIZE;
  radiograph->rows = (uint32_t)((float)radiograph->columns * (float)volume->nz * volume->dz /
                                ((float)volume->nx * volume->dx));
  radiograph->spacing_mm = (float)volume->nx * volume->dx / (float)radiograph->columns;
  radiograph->samples = g_new (uint16_t, (size_t)radiograph->rows * radiograph->columns);
  radiograph->mask = g_new0 (uint8_t, (size_t)radiograph->rows * radiograph->columns);
  cast_rays (volume, sums, depth);
  for (size_t i = 0; i < n; i++)
    sums[i] = expf (-sums[i]);
  develop (volume, patient, sums, depth, radiograph);
  draw_marker (radiograph, patient->monochrome1);
}

void
prc_radiograph_clear (PrcRadiograph *radiograph) {
  g_clear_pointer (&radiograph->samples, g_free);
  g_clear_pointer (&radiograph->mask, g_free);
}
