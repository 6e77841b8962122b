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
  out.bytes = image.allocated < 8 ? 1 : (image.allocated + 7) / 8;
  out.stored = image.stored;
  out.high = image.high;
  out.is_signed = image.is_signed;
  out.is_float = image.is_float;
  out.planar = image.planar && image.samples == 3;
  out.colour = image.colour;
}

uint16_t
swap_one (uint16_t v) {
  return __builtin_bswap16 (v);
}
uint32_t
swap_one (uint32_t v) {
  return __builtin_bswap32 (v);
}
uint64_t
swap_one (uint64_t v) {
  return __builtin_bswap64 (v);
}

template <typename T>
void
swap_all (const uint8_t *from, uint8_t *to, size_t size) {
  for (size_t i = 0; i + sizeof (T) <= size; i += sizeof (T)) {
    T v; // neither side need be aligned
    memcpy (&v, from + i, sizeof v);
    v = swap_one (v);
    memcpy (to + i, &v, sizeof v);
  }
}

Buffer
swap_bytes (Bytes in, unsigned unit) { // of 2, 4 or 8
  Buffer out (in.size);
  size_t whole = in.size - in.size % unit;
  if (unit == 2)
    swap_all<uint16_t> (in.data, out.data.get (), whole);
  else if (unit == 4)
    swap_all<uint32_t> (in.data, out.data.get (), whole);
  else
    swap_all<uint64_t> (in.data, out.data.get (), whole);
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

// Samples that are no whole bytes lie one behind the other, the first in the lowest bits of the first
// word (PS3.5 8.1.1). In big endian words each two bytes change places.
Buffer
unpack_words (Bytes in, uint64_t bit, uint64_t n, unsigned width) {
  if (in.size % 2)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The pixels end in the middle of a word"));
  uint64_t begin = bit / 16 * 2, end = MIN ((bit + n * width + 15) / 16 * 2, in.size);
  Buffer turned = swap_bytes (in.part (begin, end - begin), 2);
  return unpack (turned.bytes (), bit % 16, n, width);
}

// Of whole samples. In words (OW) the bytes are swapped within each word and the lowest word comes
// first, whatever the samples' size (PS3.5 6.2, 8.1.1); an odd frame of bytes would begin in the
// middle of a word.
void
swap (Decoded &out, Bytes all, Bytes frame, bool words) {
  unsigned unit = words ? 2 : out.bytes;
  size_t begin = size_t (frame.data - all.data),
         shift = unit == 2 && out.bytes == 1 ? begin % 2 : 0;
  if (unit == 1)
    return;
  out.take (swap_bytes (all.part (begin - shift, frame.size + shift + frame.size % unit), unit));
  out.samples = out.samples.part (shift, frame.size);
}

void
align (Decoded &out, Bytes frame) {
  if (reinterpret_cast<uintptr_t> (frame.data) % out.bytes == 0)
    return;
  Buffer aligned (frame.size);
  memcpy (aligned.data.get (), frame.data, frame.size);
  out.take (std::move (aligned));
}

// The samples of a frame that lies in `all`.
Decoded
take_samples (Bytes all, const FrameBytes &frame, const Image &image, bool words) {
  Decoded out;
  describe_samples (out, image);
  out.samples = frame.bytes;
  uint64_t n = image.pixels () * image.samples;
  bool swapped = image.big_endian && words;
  uint64_t bit = uint64_t (frame.bytes.data - all.data) * 8 + frame.begin_bit;
  if (image.subsampled) {
    if (image.columns % 2)
      fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("%s with %u columns of %u bits"),
            image.photometric.c_str (), image.columns, image.allocated);
    out.planar = false;
    if (swapped)
      swap (out, all, frame.bytes, words);
    out.take (expand_422 (out.samples, image.pixels ()));
  } else if (image.allocated == 1 || image.allocated == 12) {
    out.take (swapped ? unpack_words (all, bit, n, image.allocated)
                      : unpack (frame.bytes, frame.begin_bit, n, image.allocated));
  } else if (image.big_endian) {
    swap (out, all, frame.bytes, words);
  } else {
    align (out, frame.bytes);
  }
  return out;
}

} // namespace

// The bits of a byte, the lowest first, as eight bytes of 0 or 1.
static uint64_t
spread (uint8_t bits) {
  constexpr uint64_t ONES = 0x0101010101010101, SIGNS = 0x7F * ONES;
  uint64_t one_each = bits * ONES & 0x8040201008040201;
  return GUINT64_TO_LE ((one_each + SIGNS) >> 7 & ONES);
}

static Buffer
unpack_bits (Bytes in, uint64_t bit, uint64_t n) {
  Buffer out (n);
  unsigned shift = bit % 8;
  const uint8_t *p = in.data + bit / 8, *end = in.data + in.size;
  uint64_t i = 0;
  for (; i + 8 <= n && p + 1 < end; i += 8, p++) {
    uint64_t eight = spread (uint8_t ((p[0] | p[1] << 8) >> shift));
    memcpy (out.data.get () + i, &eight, 8);
  }
  for (bit += i; i < n; i++, bit++)
    out.data[i] = in.data[bit / 8] >> bit % 8 & 1;
  return out;
}

Buffer
unpack (Bytes in, uint64_t bit, uint64_t n, unsigned width) {
  if (width == 1)
    return unpack_bits (in, bit, n);
  Buffer out (n * 2);
  for (uint64_t i = 0; i < n; i++, bit += width) {
    const uint8_t *p = in.data + bit / 8;
    uint16_t v = uint16_t ((p[0] | p[1] << 8) >> bit % 8 & 0xFFF);
    memcpy (out.data.get () + 2 * i, &v, 2);
  }
  return out;
}

Decoded
decode_native (FrameBytes &frame, const Image &image, const File &file) {
  if (!image.encapsulated)
    return take_samples (file.pixels ()->value, frame, image, file.pixels ()->vr == vr ("OW"));
  if (frame.bytes.size < (image.frame_bits () + 7) / 8)
    fail (PRC_IMAGING_ERROR_DAMAGED,
          _ ("The header promises %zu bytes of pixels, the file holds %zu"),
          size_t ((image.frame_bits () + 7) / 8), frame.bytes.size);
  Decoded out = take_samples (frame.bytes, frame, image, false);
  if (frame.joined.size && !out.owned.size)
    out.take (std::move (frame.joined));
  return out;
}

Decoded
decode_deflated (Bytes stream, const Image &image) { // PS3.5 A.4.13
  uint64_t size = (image.frame_bits () + 7) / 8;
  FrameBytes frame;
  frame.joined = inflate_raw (stream, size + 16);
  frame.bytes = frame.joined.bytes ();
  if (frame.bytes.size < size)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The compressed frame holds too few pixels"));
  Decoded out = take_samples (frame.bytes, frame, image, false);
  if (!out.owned.size)
    out.take (std::move (frame.joined));
  return out;
}

} // namespace prc
