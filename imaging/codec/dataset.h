// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common.h"

// A data set as it lies in memory (PS3.5 section 7): where each element is, nothing decoded.
// Sequences are opened when asked for. Every length is checked against the bytes that are there;
// nesting is bounded.

namespace prc {

using Tag = uint32_t; // group << 16 | element
using Vr = uint16_t;  // two letters, first in the high byte; 0 when the syntax does not say

constexpr Vr
vr (const char (&s)[3]) {
  return Vr (uint8_t (s[0]) << 8 | uint8_t (s[1]));
}

constexpr Tag PIXEL_DATA = 0x7FE00010, FLOAT_PIXEL_DATA = 0x7FE00008,
              DOUBLE_PIXEL_DATA = 0x7FE00009;
constexpr uint32_t UNDEFINED_LENGTH = 0xFFFFFFFF;

struct Syntax {
  bool explicit_vr = true, big_endian = false;
};

struct Element {
  Tag tag = 0;
  Vr vr = 0;
  bool undefined_length = false; // a sequence or fragments
  bool cut = false;              // pixel data: the file ends before the value does
  uint64_t length = 0;           // as declared; value.size may be less when cut
  Bytes value;
};

class Dataset {
public:
  std::vector<Element> elements; // in file order
  Syntax syntax;
  size_t end = 0; // bytes used

  const Element *find (Tag tag) const; // or null
  std::vector<Dataset> items (const Element &sequence) const;
  // The same items unopened, and one of them opened.
  std::vector<Bytes> closed_items (const Element &sequence) const;
  Dataset open_item (const Element &sequence, Bytes item) const;
  std::vector<Dataset> items (Tag sequence) const; // empty when absent
};

enum class Until { END, PIXELS, GROUP_2 };

// Reads elements from the start of `bytes`. PIXELS stops behind the pixel data element, whose value
// is not looked into; GROUP_2 stops before the first element beyond the file meta information.
// Throws Failure.
Dataset parse (Bytes bytes, Syntax syntax, Until until, unsigned depth = 0);

} // namespace prc
