// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <cstring>

#include <glib/gi18n-lib.h>

namespace prc {

namespace {

// PackBits (PS3.5 G.3.2) of one segment to every `step`-th byte; how many were written.
size_t
unpack (Bytes in, uint8_t *out, size_t n, size_t step) {
  const uint8_t *p = in.data, *end = p + in.size;
  size_t done = 0;
  while (p < end && done < n) {
    int code = int8_t (*p++);
    size_t count = code >= 0 ? size_t (code) + 1 : size_t (1 - code);
    if (code == -128)
      continue;
    count = MIN (count, n - done);
    if (code >= 0) {
      count = MIN (count, size_t (end - p));
      for (size_t i = 0; i < count; i++)
        out[(done + i) * step] = p[i];
      p += count;
    } else if (p < end) {
      uint8_t v = *p++;
      for (size_t i = 0; i < count; i++)
        out[(done + i) * step] = v;
    } else {
      break;
    }
    done += count;
  }
  return done;
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
  if (stream.size < 64 || le32 (stream.data) != planes)
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
  for (unsigned i = 0; i < planes; i++) {
    size_t begin = le32 (stream.data + 4 + 4 * i);
    size_t end = i + 1 < planes ? le32 (stream.data + 8 + 4 * i) : stream.size;
    if (begin < 64 || begin > end || end > stream.size)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The RLE header points outside the frame"));
    unsigned channel = i / bytes, place = bytes - 1 - i % bytes; // native order is little endian
    uint8_t *to = samples.data.get () + size_t (channel) * bytes + place;
    if (unpack (stream.part (begin, end - begin), to, pixels, planes) < pixels)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The compressed frame holds too few pixels"));
  }
  if (image.allocated == 1) {
    FrameBytes packed;
    packed.bytes = samples.bytes ();
    samples = unpack_bits (packed, image.pixels ());
  }
  out.take (std::move (samples));
  return out;
}

} // namespace prc
