// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The block of patient that anatomy is painted into, layer upon layer, with soft edges; the
// scanners read it afterwards.
//
// Two frames of coordinates: patient_mm is DICOM's LPS frame of the finished images (x to the
// patient's left, y to the back, z to the head). Anatomy is written once, in the coordinates of an
// average adult ("atlas", also LPS, also mm); a patient's size, shape and irregularity are in the
// way from one to the other, worked out per voxel beforehand.

#define PRC_MAX_CHANNELS 3

typedef struct {
  float x, y, z;
} PrcPoint;

typedef struct {
  PrcPoint low, high;
} PrcBox;

typedef enum { // what a voxel is, for placing findings and for tests
  PRC_ORGAN_NONE,
  PRC_ORGAN_SKIN,
  PRC_ORGAN_FAT,
  PRC_ORGAN_MUSCLE,
  PRC_ORGAN_BONE,
  PRC_ORGAN_LUNG,
  PRC_ORGAN_AIRWAY,
  PRC_ORGAN_MEDIASTINUM,
  PRC_ORGAN_HEART,
  PRC_ORGAN_VESSEL,
  PRC_ORGAN_LIVER,
  PRC_ORGAN_SPLEEN,
  PRC_ORGAN_KIDNEY,
  PRC_ORGAN_BOWEL,
  PRC_ORGAN_OTHER,
  PRC_ORGAN_BRAIN,
  PRC_ORGAN_CSF,
  PRC_ORGAN_CEREBELLUM,
  PRC_ORGAN_FINDING,
} PrcOrgan;

#define PRC_IN(organ) (1u << (organ))
#define PRC_ANYWHERE  0u

typedef struct {
  uint32_t nx, ny, nz;
  float dx, dy, dz;  // mm
  float soft;        // mm over which an edge passes from one side to the other
  PrcPoint first_mm; // patient_mm of the centre of voxel 0, 0, 0
  unsigned n_channels;
  float *value[PRC_MAX_CHANNELS]; // HU in CT; relative signal of T1, T2, FLAIR in MR
  float *atlas_x, *atlas_y;       // per voxel
  float *atlas_z;                 // per slice
  float
      *wall; // mm (atlas) to the wall of chest, belly or skull; negative inside; set by the anatomy
  uint8_t *organ;   // PrcOrgan
  uint8_t *finding; // 1 where the finding is
} PrcVolume;

typedef struct {
  PrcPoint scale;  // patient mm per atlas mm
  PrcPoint shift;  // atlas point at patient_mm 0
  float tilt[2];   // rotation in the axial plane (radians) and shear of y by z
  float bend;      // mm of low-frequency displacement
  float bend_size; // mm of its features
  PrcPoint offset; // into the noise
} PrcBodyShape;

typedef struct {
  float value[PRC_MAX_CHANNELS];
  float texture; // deviation of fine structure, in the channel's unit (MR: a fraction of the value)
  float grain_mm; // its size; 0 for none
  PrcOrgan organ;
  uint32_t within; // PRC_IN () bits: paint over these only; PRC_ANYWHERE
  bool is_finding;
} PrcMaterial;

typedef float (*PrcDistance) (const void *shape, PrcPoint atlas); // mm, negative inside

// Grid without bodies: every voxel is air. NULL is never returned; free with prc_volume_free.
PrcVolume *prc_volume_new (const uint32_t size[3], const float spacing_mm[3], PrcPoint first_mm,
                           unsigned n_channels, const PrcBodyShape *shape);
void prc_volume_free (PrcVolume *volume);

size_t prc_volume_length (const PrcVolume *volume); // voxels
PrcPoint prc_volume_atlas (const PrcVolume *volume, size_t index);

// Blends `material` over what is inside the shape; edges are one pixel soft. `box` holds the shape,
// atlas mm.
void prc_volume_paint (PrcVolume *volume, const PrcBox *box, PrcDistance distance,
                       const void *shape, const PrcMaterial *material);

// Blends one voxel: alpha in [0, 1].
void prc_volume_blend (PrcVolume *volume, size_t index, PrcPoint atlas, float alpha,
                       const PrcMaterial *material);

// First and one past the last index of a range of voxels whose atlas coordinates can lie in the
// box.
typedef struct {
  uint32_t low[3], high[3];
} PrcRange;
PrcRange prc_volume_range (const PrcVolume *volume, const PrcBox *box);
