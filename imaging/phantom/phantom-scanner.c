// SPDX-License-Identifier: Apache-2.0
#include "phantom-scanner.h"
#include "phantom-finding.h"
#include "phantom-head.h"
#include "phantom-noise.h"
#include "phantom-torso.h"

// ---- what is scanned ----

typedef struct {
  uint32_t size[3];
  float spacing[3];
  float low_z; // atlas height of the lowest slice
} Protocol;

static Protocol
protocol_of (const PrcPatient *patient) {
  float width = 2 * (126 + 12 + 1.25f * patient->fat_mm + 14) * patient->shape.scale.x;
  float pixel = MAX (width, 350) / 256;

  switch (patient->region) {
  case PRC_REGION_CT_CHEST:
    return (Protocol){{256, 256, 36}, {pixel, pixel, 8}, -62};
  case PRC_REGION_CT_ABDOMEN:
    return (Protocol){{256, 256, 36}, {pixel, pixel, 8}, -255};
  case PRC_REGION_CT_HEAD:
    return (Protocol){{256, 256, 26}, {0.94f, 0.94f, 5}, -50};
  case PRC_REGION_MR_BRAIN:
    return (Protocol){{224, 224, 20}, {1.02f, 1.02f, 6}, -46};
  default:
    return (Protocol){{320, 110, 300}, {1.25f, 3.0f, 1.25f}, -105};
  }
}

PrcVolume *
prc_scanner_volume (const PrcPatient *patient) {
  Protocol protocol = protocol_of (patient);
  PrcPoint first = {-0.5f * protocol.spacing[0] * (float)(protocol.size[0] - 1),
                    -0.5f * protocol.spacing[1] * (float)(protocol.size[1] - 1),
                    (protocol.low_z - patient->shape.shift.z) * patient->shape.scale.z};
  unsigned n_channels = patient->region == PRC_REGION_MR_BRAIN ? 3 : 1;
  PrcVolume *volume =
      prc_volume_new (protocol.size, protocol.spacing, first, n_channels, &patient->shape);

  if (prc_patient_is_torso (patient)) {
    prc_torso_paint_frame (volume, patient);
    prc_torso_paint_bones (volume, patient);
    prc_chest_paint (volume, patient);
    prc_abdomen_paint (volume, patient);
  } else {
    prc_head_paint_skull (volume, patient);
    prc_head_paint_face (volume, patient);
    prc_head_paint_brain (volume, patient);
  }
  prc_finding_paint (volume, patient);
  return volume;
}

// ---- filters ----

// A 1-2-1 kernel of strength `t` (0 nothing, 0.5 full) along rows, then columns.
static void
soften (float *image, uint32_t nx, uint32_t ny, float t) {
  g_autofree float *row = g_new (float, MAX (nx, ny));

  for (uint32_t j = 0; j < ny; j++) {
    float *line = image + (size_t)j * nx;

    memcpy (row, line, nx * sizeof *row);
    for (uint32_t i = 1; i + 1 < nx; i++)
      line[i] = (1 - t) * row[i] + 0.5f * t * (row[i - 1] + row[i + 1]);
  }
  for (uint32_t i = 0; i < nx; i++) {
    for (uint32_t j = 0; j < ny; j++)
      row[j] = image[(size_t)j * nx + i];
    for (uint32_t j = 1; j + 1 < ny; j++)
      image[(size_t)j * nx + i] = (1 - t) * row[j] + 0.5f * t * (row[j - 1] + row[j + 1]);
  }
}

static float *
grain_image (uint32_t nx, uint32_t ny, uint64_t seed) {
  float *image = g_new (float, (size_t)nx *ny);
  PrcRandom random;

  prc_random_init (&random, seed);
  for (size_t i = 0; i < (size_t)nx * ny; i++)
    image[i] = prc_noise_white ((uint32_t)(prc_random_next (&random) >> 32));
  return image;
}

// ---- CT ----

#define TABLE_HU -780.0f

// The couch: a thin curved shell of carbon fibre under the patient, and the mattress.
static float
couch_hu (const PrcVolume *volume, float x_mm, float y_mm, float top_mm) {
  float shell = fabsf (y_mm - top_mm - 9 + 0.0011f * x_mm * x_mm) - 1.4f;
  float pad = fabsf (y_mm - top_mm - 4 + 0.0011f * x_mm * x_mm) - 3.5f;

  if (fabsf (x_mm) > 205)
    return -1000;
  if (shell < volume->dx)
    return prc_mix (-1000, -420, prc_clamp01 (0.5f - shell / volume->dx));
  return pad < 0 ? -930 : -1000;
}

// The lowest skin of all slices lies on the couch.
static float
couch_top (const PrcVolume *volume) {
  uint32_t lowest = 0;

  for (uint32_t k = 0; k < volume->nz; k += 3)
    for (uint32_t j = volume->ny - 1; j > lowest; j--) {
      size_t middle = ((size_t)k * volume->ny + j) * volume->nx + volume->nx / 2;

      if (volume->organ[middle - volume->nx / 10] || volume->organ[middle] ||
          volume->organ[middle + volume->nx / 10]) {
        lowest = j;
        break;
      }
    }
  return volume->first_mm.y + volume->dy * (float)lowest + 2;
}

// How much harder it is to see through the patient here than on average: rises with what lies in
// the rays.
typedef struct {
  float noise, streak;
} Difficulty;

static Difficulty
difficulty_of_slice (const PrcVolume *volume, const PrcPatient *patient, const float *slice) {
  double mass = 0, bone = 0;
  size_t n = (size_t)volume->nx * volume->ny;

  for (size_t i = 0; i < n; i++) {
    mass += MAX (slice[i] + 1000, 0) / 1000;
    bone += slice[i] > 300;
  }
  mass *= volume->dx * volume->dy / 80000;
  return (Difficulty){patient->noise * (patient->sharp ? 11.0f : 6.5f) * (float)(0.45 + 0.6 * mass),
                      patient->noise * (float)(1.2 + 0.0008 * bone)};
}

// Noise grows towards the middle of the body and runs in faint streaks from side to side.
static void
add_ct_noise (const PrcVolume *volume, const PrcPatient *patient, uint32_t slice, float *image) {
  uint32_t nx = volume->nx, ny = volume->ny;
  Difficulty difficulty = difficulty_of_slice (volume, patient, image);
  g_autofree float *grain = grain_image (nx, ny, prc_hash64_pair (patient->seed, 0x6374 + slice));
  float scale = patient->region == PRC_REGION_CT_HEAD ? 0.55f : 1;

  if (!patient->sharp)
    soften (grain, nx, ny, 0.5f);
  else
    soften (grain, nx, ny, 0.2f);
  for (uint32_t j = 0; j < ny; j++) {
    float run = 0;

    for (uint32_t i = 0; i < nx; i++) {
      size_t at = (size_t)j * nx + i;
      float x = 2 * (float)i / (float)nx - 1, y = 2 * (float)j / (float)ny - 1;
      float middle = 1.15f - 0.55f * (x * x + y * y);

      run = 0.93f * run + 0.25f * grain[at];
      image[at] +=
          scale * middle *
          ((patient->sharp ? 1.2f : 1.9f) * difficulty.noise * grain[at] + difficulty.streak * run);
    }
  }
}

uint16_t *
prc_scanner_ct_slice (const PrcVolume *volume, const PrcPatient *patient, uint32_t slice) {
  size_t n = (size_t)volume->nx * volume->ny;
  g_autofree float *image = g_memdup2 (volume->value[0] + slice * n, n * sizeof (float));
  uint16_t *samples = g_new0 (uint16_t, n);
  float top = couch_top (volume), radius = 0.5f * (float)volume->nx;

  for (size_t i = 0; i < n; i++) {
    if (volume->organ[slice * n + i] == PRC_ORGAN_NONE && image[i] < -990)
      image[i] = couch_hu (volume, volume->first_mm.x + volume->dx * (float)(i % volume->nx),
                           volume->first_mm.y + volume->dy * (float)(i / volume->nx), top);
  }
  soften (image, volume->nx, volume->ny, patient->sharp ? 0.18f : 0.4f);
  add_ct_noise (volume, patient, slice, image);
  for (size_t i = 0; i < n; i++) {
    float x = (float)(i % volume->nx) + 0.5f - radius, y = (float)(i / volume->nx) + 0.5f - radius;

    if (x * x + y * y < radius * radius)
      samples[i] = (uint16_t)lrintf (CLAMP (image[i] + 1024, 0, 4095));
  }
  return samples;
}

// ---- MR ----

// Received more strongly near the coil's elements, weaker in the middle, never even.
static float
coil_field (const PrcVolume *volume, const PrcPatient *patient, unsigned channel, size_t index) {
  float x = volume->atlas_x[index] / 80, y = volume->atlas_y[index] / 95,
        at = patient->noise_at + (float)channel;
  float strength = patient->field_t > 2 ? 1 : 0.55f;

  return 1 + strength * (0.10f * (x * x + y * y) - 0.07f * y +
                         0.035f * prc_noise (x / 1.5f + at, y / 1.5f, at));
}

uint16_t *
prc_scanner_mr_slice (const PrcVolume *volume, const PrcPatient *patient, unsigned channel,
                      uint32_t slice) {
  static const float brightest[] = {900, 1150, 1000};
  size_t n = (size_t)volume->nx * volume->ny;
  uint64_t seed = prc_hash64_pair (patient->seed, 0x6d72 + 64 * slice + channel);
  g_autofree float *image = g_memdup2 (volume->value[channel] + slice * n, n * sizeof (float));
  g_autofree float *real = grain_image (volume->nx, volume->ny, seed);
  g_autofree float *imaginary = grain_image (volume->nx, volume->ny, seed + 1);
  uint16_t *samples = g_new (uint16_t, n);
  float sigma = 0.022f * patient->noise * (patient->field_t > 2 ? 0.7f : 1);

  soften (image, volume->nx, volume->ny, 0.42f);
  soften (real, volume->nx, volume->ny, 0.2f);
  soften (imaginary, volume->nx, volume->ny, 0.2f);
  for (size_t i = 0; i < n; i++) {
    float signal = image[i] * coil_field (volume, patient, channel, slice * n + i);
    float magnitude =
        hypotf (signal + sigma * real[i], sigma * imaginary[i]); // Rice's distribution

    samples[i] = (uint16_t)lrintf (CLAMP (magnitude * brightest[channel], 0, 4095));
  }
  return samples;
}
