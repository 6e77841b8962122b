// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dataset.h"

// Lookup tables: palettes (PS3.3 C.7.6.3.1.5, C.7.9.2) and modality and VOI tables (C.11.1.1,
// C.11.2.1.1).

namespace prc {

struct Palette {
  struct Channel {
    int64_t first = 0;
    std::vector<uint8_t> entries;
    uint8_t
    at (int64_t value) const {
      int64_t i = value - first, last = int64_t (entries.size ()) - 1;
      return entries[size_t (i < 0 ? 0 : i > last ? last : i)];
    }
  };
  Channel channel[3];
};
Palette read_palette (const Dataset &set, bool is_signed); // throws when there is none

struct Lut {
  int32_t first_mapped = 0;
  unsigned bits = 16;
  std::vector<uint16_t> entries;
  std::string explanation;
};
// One item of a Modality or VOI LUT Sequence; false when its table cannot be.
bool read_lut (const Dataset &item, const std::string &explanation, bool is_signed, Lut &lut);

} // namespace prc
