// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "file.h"
#include "prc-transfer-syntax.h"

// The Image Pixel module (PS3.3 C.7.6.3) as far as it is needed to find and read frames, checked.

namespace prc {

constexpr uint64_t MAX_FRAME = uint64_t (1) << 30; // bytes of one frame, as stored or as delivered

enum class Colour { GREY, RGB, YBR_FULL, YBR_PARTIAL, PALETTE };

struct Fragments;

struct Image {
  uint32_t rows = 0, columns = 0, frames = 1;
  unsigned samples = 1, allocated = 16, stored = 16, high = 15;
  bool is_signed = false, planar = false, is_float = false;
  bool subsampled = false; // native YBR_FULL_422: Y Y Cb Cr
  bool big_endian = false; // the samples, not the header
  std::string photometric, transfer_syntax;
  Colour colour = Colour::GREY;
  bool encapsulated = false;
  PrcCoding coding =
      PRC_CODING_NATIVE; // of the frames: as declared, unless their bytes show better

  mutable std::shared_ptr<const Fragments> fragments; // found when first needed (fragments.h)

  uint64_t
  pixels () const {
    return uint64_t (rows) * columns;
  }
  uint64_t frame_bits () const; // of an uncompressed frame as stored
};

// True when the data set has pixel data at all.
bool has_pixels (const File &file);

// How the frames are coded: as the transfer syntax says, unless the first bytes show better. Reads
// no more of the pixels than these.
PrcCoding coding_of (const File &file);

// Throws when the header contradicts itself, is over a limit, or claims more than the file holds.
Image read_image (const File &file);

// The bytes of one frame: of uncompressed data `begin_bit` is where it starts in the first byte; of
// encapsulated data the fragments are joined. Throws when the frame is not all there.
struct FrameBytes {
  Bytes bytes;
  Buffer joined; // owns `bytes` when fragments had to be joined
  unsigned begin_bit = 0;
  unsigned component = 0; // first of a codestream that holds several frames (PS3.5 8.2.4)
};
FrameBytes frame_bytes (const File &file, const Image &image, uint32_t frame);

} // namespace prc
