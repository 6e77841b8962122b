// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"

namespace prc {

// The values of PrcSampleType in the order of prc-frame.h.
enum class SampleType : unsigned { U8, S8, U16, S16, U32, S32, F32, F64, RGB8 };

// Makes of decoder output what the viewer gets: grey masked to Bits Stored and sign-extended from
// High Bit (PS3.5 8.1.1), colour as RGB8 converted exactly once. `palette_of` is asked for the
// palette when the colour is PALETTE.
SampleType deliver (Decoded &decoded, const Dataset &palette_of);

} // namespace prc
