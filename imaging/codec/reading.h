// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"
#include "deliver.h"
#include "overlays.h"

namespace prc {

// How the samples of a frame are to be read, as the interface description lists it: a floating
// a{sv}.
GVariant *reading (const File &file, const Image &image, uint32_t frame, const Decoded &decoded,
                   SampleType type, std::vector<OverlayPlane> overlays);

// The same for a picture without a header.
GVariant *plain_reading (const Decoded &decoded, SampleType type, bool lossy);

} // namespace prc
