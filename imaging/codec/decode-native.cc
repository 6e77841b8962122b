// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <cstring>

#include <glib/gi18n-lib.h>

namespace prc {

namespace {

void
describe_samples (Decoded &out, const Image &image) {
  out.rows = image.rows;
  out.columns = image.columns;
  out.channels = image.samples;
  out.bytes = image.allocated < 8 ? 1 : image.allocated / 8;
  out.stored = image.stored;
  out.high = image.high;
  out.is_signed = image.is_signed;
  out.is_float = image.is_float;
  out.planar = image.planar && image.samples == 3;
  out.colour = image.colour;
}

Buffer
swap_bytes (Bytes in, unsigned unit) {
  Buffer out (in.size);
  size_t whole = in.size - in.size % unit;
  for (size_t i = 0; i < whole; i += unit)
    for (unsigned k = 0; k < unit; k++)
      out.data[i + k] = in.data[i + unit - 1 - k];
  memcpy (out.data.get () + whole, in.data + whole, in.size - whole);
  return out;
}

// PS3.3 C.7.6.3.1.2: Y Y Cb Cr for each pair of pixels in a row.
Buffer
expand_422 (Bytes in, uint64_t pixels) {
  Buffer out (pixels * 3);
  for (uint64_t i = 0; i + 1 < pixels && i * 2 + 4 <= in.size; i += 2) {
    const uint8_t *p = in.data + i * 2;
    uint8_t *q = out.data.get () + i * 3;
    q[0] = p[0], q[1] = p[2], q[2] = p[3];
    q[3] = p[1], q[4] = p[2], q[5] = p[3];
  }
  return out;
}

} // namespace

Buffer
unpack_bits (const FrameBytes &frame, uint64_t n) { // PS3.5 8.1.1: first pixel in the lowest bit
  Buffer out (n);
  for (uint64_t i = 0; i < n; i++) {
    uint64_t bit = frame.begin_bit + i;
    out.data[i] = frame.bytes.data[bit / 8] >> (bit % 8) & 1;
  }
  return out;
}

Decoded
decode_native (FrameBytes &frame, const Image &image, const File &file) {
  Decoded out;
  describe_samples (out, image);
  out.samples = frame.bytes;
  if (image.subsampled) {
    if (image.columns % 2 || image.allocated != 8)
      fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("%s with %u columns of %u bits"),
            image.photometric.c_str (), image.columns, image.allocated);
    out.planar = false;
    out.take (expand_422 (frame.bytes, image.pixels ()));
  } else if (image.allocated == 1) {
    out.take (unpack_bits (frame, image.pixels () * image.samples));
  } else if (file.data.syntax.big_endian) {
    // 8-bit samples in words lie swapped (PS3.5 7.3); an odd frame would begin in the middle of a
    // word.
    unsigned unit = out.bytes == 1 && file.pixels ()->vr == vr ("OW") ? 2 : out.bytes;
    if (unit == 2 && out.bytes == 1 && frame.bytes.size % 2) {
      size_t padded = MIN (frame.bytes.size + 1, file.pixels ()->value.size);
      frame.bytes = file.pixels ()->value.part (
          size_t (frame.bytes.data - file.pixels ()->value.data), padded);
    }
    if (unit > 1)
      out.take (swap_bytes (frame.bytes, unit));
  } else if (reinterpret_cast<uintptr_t> (frame.bytes.data) % out.bytes) {
    Buffer aligned (frame.bytes.size);
    memcpy (aligned.data.get (), frame.bytes.data, frame.bytes.size);
    out.take (std::move (aligned));
  }
  return out;
}

Decoded
decode_deflated (Bytes stream, const Image &image) {
  Decoded out;
  describe_samples (out, image);
  FrameBytes frame;
  uint64_t size = (image.frame_bits () + 7) / 8;
  Buffer raw = inflate_raw (stream, size + 16);
  if (raw.size < size)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The compressed frame holds too few pixels"));
  if (image.allocated != 1) {
    out.take (std::move (raw));
    return out;
  }
  frame.bytes = raw.bytes ();
  out.take (unpack_bits (frame, image.pixels () * image.samples));
  return out;
}

} // namespace prc
