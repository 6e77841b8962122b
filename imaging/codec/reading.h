// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"
#include "deliver.h"
#include "luts.h"
#include "overlays.h"
#include "record.h"
#include "text.h"

namespace prc {

// How the samples of a frame are to be read, as the interface description lists it: a floating
// a{sv}.
GVariant *reading (const File &file, const Image &image, uint32_t frame, const Decoded &decoded,
                   SampleType type, std::vector<OverlayPlane> overlays);

// The same for a picture without a header.
GVariant *plain_reading (const Decoded &decoded, SampleType type, bool lossy);

// Parts of a reading, of an image or of a presentation state.
GVariant *lut_variant (const Lut &lut);
void add_windows (Record &record, const Dataset &set, const Charset &charset);
void add_voi_luts (Record &record, const Dataset &set, const Charset &charset, bool is_signed);

} // namespace prc
