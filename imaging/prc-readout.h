// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prc-frame.h"
#include "prc-instance.h"

// What is under the pointer, in words: translated, one line each, owned. Any thread.

// The values of a pixel, each with its unit, the most telling first: a real world value or an SUV
// named as such, the modality value, what is stored. Padding is named, an SUV that cannot be
// reckoned says what the file lacks.
//   "-24 HU · stored 1000"    "Padding · stored -2000"    "R 255  G 128  B 0"
//   "ADC 0.00112 mm²/s (real world) · 1120 (rescale)"
//   "SUVbw 3.42 g/ml · 12345 Bq/ml · stored 7200"
char *prc_readout_value (const PrcFrame *frame, uint32_t column, uint32_t row);

// Column and row, counted from 1, and where the middle of the pixel is in the patient.
//   "Column 12, row 5 · R 12.3  P 45.6  H 78.9 mm"
char *prc_readout_place (const PrcPlane *plane, uint32_t column, uint32_t row);

// Units as a person writes them: "BQML" "Bq/ml", "mm2/s" "mm²/s", "[hnsf'U]" "HU", "1" nothing.
char *prc_readout_units (const char *units);
