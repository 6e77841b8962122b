// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"

namespace prc {

// Orientation of a picture as its Exif says (JEITA CP-3451, tag 0112H): 1 to 8, 1 when it says
// nothing that can be. A JPEG has it in an APP1 segment, a PNG in its eXIf chunk.
unsigned orientation_of (Bytes picture);

constexpr bool
is_turned (unsigned orientation) { // rows become columns
  return orientation >= 5;
}

// Turns and mirrors the pixels upright. Of interleaved samples.
void make_upright (Decoded &d, unsigned orientation);

} // namespace prc
