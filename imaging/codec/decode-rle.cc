// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <cstring>

#include <glib/gi18n-lib.h>

namespace prc {

namespace {

constexpr unsigned MAX_PLANES = 15; // PS3.5 G.5: what the header has room for

// PackBits (PS3.5 G.3.2) of one segment; how many bytes of `n` were written.
size_t
unpack_segment (Bytes in, uint8_t *out, size_t n) {
  const uint8_t *p = in.data, *end = p + in.size;
  size_t done = 0;
  while (p < end && done < n) {
    int code = int8_t (*p++);
    if (code == -128)
      continue;
    size_t count = MIN (code >= 0 ? size_t (code) + 1 : size_t (1 - code), n - done);
    if (code >= 0) {
      count = MIN (count, size_t (end - p));
      memcpy (out + done, p, count);
      p += count;
    } else if (p < end) {
      memset (out + done, *p++, count);
    } else {
      break;
    }
    done += count;
  }
  return done;
}

// Byte planes one behind the other to whole pixels; `order[i]` is the plane of a pixel's byte i.
// The count is a constant to the usual ones, which lets the compiler take many bytes at a time.
template <unsigned N>
void
weave (const uint8_t *planes, size_t pixels, const unsigned *order, uint8_t *to) {
  for (size_t i = 0; i < pixels; i++)
    for (unsigned k = 0; k < N; k++)
      to[i * N + k] = planes[order[k] * pixels + i];
}

void
weave_any (const uint8_t *planes, size_t pixels, unsigned n, const unsigned *order, uint8_t *to) {
  if (n == 2)
    return weave<2> (planes, pixels, order, to);
  if (n == 3)
    return weave<3> (planes, pixels, order, to);
  for (unsigned k = 0; k < n; k++)
    for (size_t i = 0; i < pixels; i++)
      to[i * n + k] = planes[order[k] * pixels + i];
}

} // namespace

// Segments are byte planes, the most significant byte of each sample first; channels come one after
// the other.
Decoded
decode_rle (Bytes stream, const Image &image) {
  if (image.allocated % 8 && image.allocated != 1)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Bits Allocated is %u"), image.allocated);
  unsigned bytes = image.allocated == 1 ? 1 : image.allocated / 8;
  unsigned planes = bytes * image.samples;
  if (planes > MAX_PLANES || stream.size < 64 || le32 (stream.data) != planes)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The RLE header does not fit %u bytes per pixel"), planes);
  Decoded out;
  out.rows = image.rows;
  out.columns = image.columns;
  out.channels = image.samples;
  out.bytes = bytes;
  out.stored = image.stored;
  out.high = image.high;
  out.is_signed = image.is_signed;
  out.colour = image.colour;
  // One-bit pixels are packed as in uncompressed data, each frame on its own.
  size_t pixels = image.allocated == 1 ? (image.pixels () + 7) / 8 : image.pixels ();
  Buffer samples (pixels * planes);
  unsigned order[MAX_PLANES] = {};
  for (unsigned i = 0; i < planes; i++) {
    size_t begin = le32 (stream.data + 4 + 4 * i);
    size_t end = i + 1 < planes ? le32 (stream.data + 8 + 4 * i) : stream.size;
    if (begin < 64 || begin > end || end > stream.size)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The RLE header points outside the frame"));
    order[i - i % bytes + bytes - 1 - i % bytes] = i; // native order is little endian
    if (unpack_segment (stream.part (begin, end - begin), samples.data.get () + i * pixels,
                        pixels) < pixels)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The compressed frame holds too few pixels"));
  }
  if (planes > 1) {
    Buffer woven (samples.size);
    weave_any (samples.data.get (), pixels, planes, order, woven.data.get ());
    samples = std::move (woven);
  }
  if (image.allocated == 1) {
    samples = unpack (samples.bytes (), 0, image.pixels (), 1);
  }
  out.take (std::move (samples));
  return out;
}

} // namespace prc
