// SPDX-License-Identifier: Apache-2.0
#include "exif.h"

#include <cstring>

namespace prc {

namespace {

constexpr unsigned ORIENTATION = 0x0112, SHORT = 3, UPRIGHT = 1;

// A TIFF header and the first directory behind it.
unsigned
orientation_in (Bytes tiff) {
  if (tiff.size < 14 || (memcmp (tiff.data, "II*\0", 4) && memcmp (tiff.data, "MM\0*", 4)))
    return UPRIGHT;
  bool big = tiff.data[0] == 'M';
  auto number = [big] (const uint8_t *p) { return big ? be16 (p) : le16 (p); };
  uint32_t at = big ? be32 (tiff.data + 4) : le32 (tiff.data + 4);
  Bytes directory = tiff.part (at, tiff.size);
  if (directory.size < 2)
    return UPRIGHT;
  unsigned n = number (directory.data);
  for (unsigned i = 0; i < n && directory.size >= 2 + 12 * size_t (i + 1); i++) {
    const uint8_t *entry = directory.data + 2 + 12 * size_t (i);
    if (number (entry) != ORIENTATION || number (entry + 2) != SHORT)
      continue;
    unsigned value = number (entry + 8);
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
  return UPRIGHT;
}

unsigned
orientation_in_jpeg (Bytes b) {
  for (size_t at = 2; at + 4 <= b.size && b.data[at] == 0xFF;) {
    unsigned marker = b.data[at + 1];
    if (marker == 0xFF) { // a fill byte
      at++;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) // what is shown begins, or nothing is
      break;
    size_t length = be16 (b.data + at + 2);
    Bytes segment = b.part (at + 4, length >= 2 ? length - 2 : 0);
    if (marker == 0xE1 && segment.size > 6 && !memcmp (segment.data, "Exif\0\0", 6))
      return orientation_in (segment.part (6, segment.size));
    at += 2 + MAX (length, size_t (2));
  }
  return UPRIGHT;
}

unsigned
orientation_in_png (Bytes b) {
  for (size_t at = 8; at + 12 <= b.size;) {
    size_t length = be32 (b.data + at);
    if (!memcmp (b.data + at + 4, "eXIf", 4))
      return orientation_in (b.part (at + 8, length));
    if (!memcmp (b.data + at + 4, "IEND", 4) || length > b.size)
      break;
    at += 12 + length;
  }
  return UPRIGHT;
}

} // namespace

unsigned
orientation_of (Bytes b) {
  return b.size > 8 && b.data[0] == 0xFF ? orientation_in_jpeg (b) : orientation_in_png (b);
}

void
make_upright (Decoded &d, unsigned orientation) {
  if (orientation == UPRIGHT)
    return;
  bool turned = is_turned (orientation);
  uint32_t rows = turned ? d.columns : d.rows, columns = turned ? d.rows : d.columns;
  size_t size = size_t (d.channels) * d.bytes;
  Buffer upright (size_t (d.size ()));
  uint8_t *to = upright.data.get ();
  // The pixel that comes to (x, y): orientation says where the first row and column are.
  bool right_to_left = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  bool upwards = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  for (uint32_t y = 0; y < rows; y++)
    for (uint32_t x = 0; x < columns; x++, to += size) {
      uint32_t u = turned ? y : x, v = turned ? x : y;
      if (right_to_left)
        u = d.columns - 1 - u;
      if (upwards)
        v = d.rows - 1 - v;
      memcpy (to, d.samples.data + (size_t (v) * d.columns + u) * size, size);
    }
  d.rows = rows;
  d.columns = columns;
  d.take (std::move (upright));
}

} // namespace prc
