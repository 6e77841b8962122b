// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

// Smooth random fields over space, from one precomputed periodic lattice of band-limited noise:
// isotropic, mean 0, deviation about 1, hardly anything beyond +-3. Patients differ by the offset
// they read it at. Any thread.

// A field with features of about one unit; period 8 units. Coordinates within +-8000.
float prc_noise (float x, float y, float z);
float prc_noise_octaves (float x, float y, float z,
                         int octaves); // each next one half as large and half as strong

// Distance in units of the jittered cell grid to the nearest cell point, and to the second nearest:
// packed round blobs.
typedef struct {
  float first, second;
  uint32_t cell; // hash of the nearest cell
} PrcCellular;
PrcCellular prc_noise_cellular (float x, float y, float z, uint32_t seed);

// White noise of deviation 1 (Gaussian), the same for the same index.
float prc_noise_white (uint32_t index);
