// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"

// One decoder per family of transfer syntaxes, each by the library that measured best (see
// decode.cc). All check the codestream's size against `image` before they allocate, and throw
// Failure.

namespace prc {

Decoded decode_native (FrameBytes &frame, const Image &image, const File &file);
Decoded decode_rle (Bytes stream, const Image &image); // PS3.5 Annex G
Decoded decode_jpeg (Bytes stream, const Image &image);
Decoded decode_jpegls (Bytes stream, const Image &image);
Decoded decode_jpeg2000 (Bytes stream, const Image &image, unsigned component); // and HTJ2K
Decoded decode_jpegxl (Bytes stream, const Image &image);
Decoded decode_deflated (Bytes stream, const Image &image); // PS3.5 A.4.13

Decoded decode_frame (const File &file, const Image &image, uint32_t frame);

// `n` samples of 1 bit to bytes, or of 12 bits to words, from the bit `bit` on; all must be there.
Buffer unpack (Bytes in, uint64_t bit, uint64_t n, unsigned width);

// Sets bytes, stored and high of `out`. A codestream's precision counts more than the header's Bits
// Stored, but 8 and 16 are also what encoders write that do not care.
void set_precision (Decoded &out, const Image &image, unsigned precision, bool certain);

[[noreturn]] void fail_compressed (); // "The compressed frame is damaged"

// Throws when the codestream's rows, columns or channels are not the header's.
void check_codestream (const Image &image, uint64_t rows, uint64_t columns, unsigned channels);

} // namespace prc
