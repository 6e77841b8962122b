// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

// A CIELab value as DICOM writes it (PS3.3 C.10.7.1.1: L 0 to 100 and a, b -128 to 127 over 16
// bits, white point D50) as the nearest colour of the screen (sRGB), 0xRRGGBB.
uint32_t prc_cielab_to_rgb (const uint16_t lab[3]);

// The other way: prc_cielab_to_rgb gives the same colour again.
void prc_cielab_from_rgb (uint32_t rgb, uint16_t lab[3]);

G_END_DECLS
