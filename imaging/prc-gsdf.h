// SPDX-License-Identifier: Apache-2.0
#pragma once

// The Grayscale Standard Display Function (PS3.14): luminance in cd/m² by just-noticeable
// differences. Any thread.

#define PRC_GSDF_JND_MAX 1023.0
#define PRC_GSDF_L_MIN   0.05 // cd/m², of the first index
#define PRC_GSDF_L_MAX   3993.4

double prc_gsdf_luminance (double jnd); // of an index from 1 to 1023, clamped to that
double prc_gsdf_jnd (double luminance); // the inverse, clamped alike

// What a calibrated display from `black` to `white` cd/m², the light of the room included, shows for
// a P-value from 0 to 1: P-values are linear in just-noticeable differences (PS3.14 section 8).
double prc_gsdf_display (double black, double white, double p_value);
