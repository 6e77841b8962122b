// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"
#include "record.h"
#include "text.h"

namespace prc {

// One binary plane of a repeating group 60xx (PS3.3 C.9.2, C.9.3).
struct OverlayPlane {
  unsigned group = 0;
  uint32_t rows = 0, columns = 0;
  int32_t row = 1, column = 1; // of the image under the first pixel, from 1; may be 0 or less
  bool region = false;         // type R
  std::string label;
  std::vector<uint8_t> bits; // first pixel lowest, no gaps between rows
};

// The planes of the data set that lie over `frame` (from 0), those that are not all there left out.
// `decoded` is for planes in the unused bits of the samples (retired) and must not be masked yet;
// null where there are none.
std::vector<OverlayPlane> read_overlays (const Dataset &set, const Charset &charset, uint32_t frame,
                                         const Decoded *decoded);

void add_overlays (Record &record, const std::vector<OverlayPlane> &planes);

// A Display Shutter, of the data set or of the frame's functional group, or a Bitmap Display
// Shutter (PS3.3 C.7.6.11, C.7.6.15), whose plane is taken out of `planes`: it is no overlay.
void add_shutter (Record &record, const Dataset &set, std::vector<OverlayPlane> &planes);

} // namespace prc
