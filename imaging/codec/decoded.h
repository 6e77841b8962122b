// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image.h"

namespace prc {

// One frame out of a decoder: whole samples, native byte order, not yet masked.
struct Decoded {
  Bytes samples; // into `owned`, or into the file
  Buffer owned;
  uint32_t rows = 0, columns = 0;
  unsigned bytes = 2; // of a sample: 1, 2, 4, 8
  unsigned channels = 1;
  unsigned stored = 16, high = 15; // bits that count
  bool is_signed = false, is_float = false;
  bool planar = false; // RRR GGG BBB
  Colour colour = Colour::GREY;

  uint64_t
  size () const {
    return uint64_t (rows) * columns * channels * bytes;
  }
  void
  take (Buffer &&b) {
    owned = std::move (b);
    samples = owned.bytes ();
  }
};

} // namespace prc
