// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <glib.h>

#include "prc-imaging-error.h"

// What the files of the codec share. Nothing here is thread-safe: a codec is one thread.

namespace prc {

// Bytes that somebody else owns (the mapped file, mostly).
struct Bytes {
  const uint8_t *data = nullptr;
  size_t size = 0;

  Bytes
  part (size_t offset, size_t length) const { // cut to what is there
    if (offset > size)
      offset = size;
    return {data + offset, length < size - offset ? length : size - offset};
  }
};

// Memory that is not cleared first: a frame is written whole or not at all.
struct Buffer {
  std::unique_ptr<uint8_t[]> data;
  size_t size = 0;

  Buffer () = default;
  explicit Buffer (size_t n) : data (new uint8_t[n]), size (n) {
  }
  Bytes
  bytes () const {
    return {data.get (), size};
  }
};

// One request failed: a whole translated sentence, without patient data.
struct Failure {
  PrcImagingError code;
  std::string sentence;
};

[[noreturn]] void fail (PrcImagingError code, const char *format, ...) G_GNUC_PRINTF (2, 3);

inline uint16_t
le16 (const uint8_t *p) {
  return uint16_t (p[0] | p[1] << 8);
}
inline uint32_t
le32 (const uint8_t *p) {
  return p[0] | uint32_t (p[1]) << 8 | uint32_t (p[2]) << 16 | uint32_t (p[3]) << 24;
}
inline uint16_t
be16 (const uint8_t *p) {
  return uint16_t (p[0] << 8 | p[1]);
}
inline uint32_t
be32 (const uint8_t *p) {
  return uint32_t (p[0]) << 24 | uint32_t (p[1]) << 16 | uint32_t (p[2]) << 8 | p[3];
}

} // namespace prc
