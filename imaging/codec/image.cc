// SPDX-License-Identifier: Apache-2.0
#include "image.h"

#include <cmath>

#include <glib/gi18n-lib.h>

#include "values.h"

namespace prc {

uint64_t
Image::frame_bits () const {
  return subsampled ? pixels () * 2 * allocated : pixels () * samples * allocated;
}

bool
has_pixels (const File &file) {
  return file.pixels () != nullptr;
}

namespace {

Colour
colour_of (const std::string &photometric) {
  if (photometric == "PALETTE COLOR")
    return Colour::PALETTE;
  if (photometric == "RGB" || photometric == "YBR_ICT" || photometric == "YBR_RCT")
    return Colour::RGB;
  if (photometric == "YBR_FULL" || photometric == "YBR_FULL_422")
    return Colour::YBR_FULL;
  if (photometric == "YBR_PARTIAL_422" || photometric == "YBR_PARTIAL_420")
    return Colour::YBR_PARTIAL;
  return Colour::GREY;
}

unsigned
small (const Dataset &set, Tag tag, double absent) {
  double v = number (set, tag, vr ("US"), absent);
  return v >= 0 && v <= 65535 ? unsigned (v) : 65535;
}

void
check_bits (Image &image) {
  unsigned a = image.allocated;
  if (a != 1 && a != 8 && a != 16 && a != 32 && a != 64)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Bits Allocated is %u"), a);
  if (image.is_float)
    return;
  if (image.stored == 0 || image.stored > a)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Bits Stored is %u of %u allocated"), image.stored, a);
  if (image.high >= a || image.high + 1 < image.stored)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("High Bit is %u of %u allocated"), image.high, a);
  if (a == 64)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Bits Allocated is %u"), a);
}

void
check_samples (Image &image) {
  if (image.samples != 1 && image.samples != 3)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Samples per Pixel is %u"), image.samples);
  bool one = image.colour == Colour::GREY || image.colour == Colour::PALETTE;
  if (one == (image.samples == 1))
    return;
  if (image.samples == 1 || !image.photometric.empty ())
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("%s with %u samples per pixel"), image.photometric.c_str (),
          image.samples);
  image.colour = Colour::RGB;
}

void
check_size (const Image &image) {
  if (image.rows == 0 || image.columns == 0)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The image has no rows or no columns"));
  uint64_t stored = image.frame_bits () / 8;
  uint64_t delivered =
      image.samples == 3 || image.colour == Colour::PALETTE ? image.pixels () * 3 : 0;
  if (MAX (stored, delivered) > MAX_FRAME)
    fail (PRC_IMAGING_ERROR_TOO_LARGE,
          _ ("An image of %u × %u pixels is larger than this program opens"), image.columns,
          image.rows);
}

void
check_native (const Element &pixels, const Image &image) {
  uint64_t need = (image.frame_bits () + 7) / 8;
  if (pixels.value.size >= need)
    return;
  fail (PRC_IMAGING_ERROR_DAMAGED,
        _ ("The header promises %zu bytes of pixels, the file holds %zu"), size_t (need),
        pixels.value.size);
}

} // namespace

Image
read_image (const File &file) {
  const Dataset &d = file.data;
  const Element *pixels = file.pixels ();
  if (!pixels)
    fail (PRC_IMAGING_ERROR_NO_IMAGE, _ ("The file holds no picture"));
  Image image;
  image.transfer_syntax = file.transfer_syntax;
  image.encapsulated = pixels->undefined_length;
  image.is_float = pixels->tag != PIXEL_DATA;
  image.rows = small (d, 0x00280010, 0);
  image.columns = small (d, 0x00280011, 0);
  image.samples = small (d, 0x00280002, 1);
  image.allocated = small (d, 0x00280100, 16);
  image.stored = small (d, 0x00280101, image.allocated);
  image.high = small (d, 0x00280102, image.stored ? image.stored - 1 : 0);
  unsigned representation = small (d, 0x00280103, 0);
  if (representation > 1)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Pixel Representation is %u"), representation);
  image.is_signed = representation == 1;
  image.planar = small (d, 0x00280006, 0) == 1;
  image.photometric = uid (d, 0x00280004);
  image.colour = colour_of (image.photometric);
  image.subsampled = !image.encapsulated && (image.photometric == "YBR_FULL_422" ||
                                             image.photometric == "YBR_PARTIAL_422");
  double frames = number (d, 0x00280008, vr ("IS"), 1);
  if (frames < 0 || frames > 1e9)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Number of Frames is %.0f"), frames);
  image.frames = frames < 1 ? 1 : uint32_t (frames);
  if (pixels->tag == FLOAT_PIXEL_DATA)
    image.allocated = image.stored = 32;
  else if (pixels->tag == DOUBLE_PIXEL_DATA)
    image.allocated = image.stored = 64;
  check_samples (image);
  check_bits (image);
  check_size (image);
  if (image.encapsulated) {
    if (pixels->value.size < 16)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The pixel data end before the first frame"));
    if (image.frames > pixels->value.size)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Number of Frames is %.0f"), frames);
  } else {
    check_native (*pixels, image);
    if (image.frames > 1 && !pixels->cut &&
        image.frame_bits () * image.frames > (uint64_t (pixels->value.size) + 1) * 8)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The header promises %u frames, the file holds fewer"),
            image.frames);
  }
  return image;
}

namespace {

struct Fragments {
  std::vector<Bytes> parts;
  std::vector<uint64_t> at;      // of each part's item, counted from the first part's item
  std::vector<uint64_t> offsets; // Basic or Extended Offset Table
  bool cut = false;              // the last part ends with the file
};

// PS3.5 A.4. A missing sequence delimiter is forgiven, a fragment that ends behind the file is
// noted.
Fragments
read_fragments (const File &file, const Element &pixels) {
  Fragments f;
  Bytes b = pixels.value;
  size_t at = 0, first = 0;
  bool table = true, big = file.data.syntax.big_endian;
  while (b.size - at >= 8) {
    const uint8_t *p = b.data + at;
    uint16_t group = big ? be16 (p) : le16 (p), element = big ? be16 (p + 2) : le16 (p + 2);
    uint32_t length = big ? be32 (p + 4) : le32 (p + 4);
    if (group != 0xFFFE || element != 0xE000)
      break;
    at += 8;
    Bytes part = b.part (at, length);
    if (part.size < length)
      f.cut = true;
    if (table) {
      for (size_t i = 0; i + 4 <= part.size; i += 4)
        f.offsets.push_back (big ? be32 (part.data + i) : le32 (part.data + i));
      first = at + part.size;
      table = false;
    } else {
      f.at.push_back (at - 8 - first);
      f.parts.push_back (part);
    }
    at += part.size;
  }
  std::vector<double> extended = numbers (file.data, 0x7FE00001, vr ("UV"));
  if (!extended.empty ())
    f.offsets.assign (extended.begin (), extended.end ());
  return f;
}

bool
starts_codestream (Bytes b) {
  return b.size >= 4 && ((b.data[0] == 0xFF && (b.data[1] == 0xD8 || b.data[1] == 0x4F)) ||
                         le32 (b.data) == 0x0C000000);
}

// First fragment of each frame, and one beyond the last.
std::vector<size_t>
frame_starts (const Fragments &f, uint32_t frames) {
  std::vector<size_t> starts;
  size_t n = f.parts.size ();
  if (frames == 1)
    return {0, n};
  if (n == frames) {
    for (size_t i = 0; i <= n; i++)
      starts.push_back (i);
    return starts;
  }
  if (f.offsets.size () == frames) {
    size_t i = 0;
    for (uint64_t offset : f.offsets) {
      while (i < n && f.at[i] < offset)
        i++;
      starts.push_back (i);
    }
  } else {
    for (size_t i = 0; i < n; i++)
      if (starts_codestream (f.parts[i]))
        starts.push_back (i);
    if (starts.size () != frames)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The header promises %u frames, the file holds %u"),
            frames, unsigned (starts.size ()));
  }
  starts.push_back (n);
  return starts;
}

FrameBytes
encapsulated_frame (const File &file, const Image &image, uint32_t frame) {
  Fragments f = read_fragments (file, *file.pixels ());
  if (f.parts.empty ())
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The pixel data end before the first frame"));
  std::vector<size_t> starts = frame_starts (f, image.frames);
  size_t begin = starts[frame], end = starts[frame + 1];
  if (begin >= end)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Frame %u is not in the file"), frame + 1);
  if (f.cut && end == f.parts.size ())
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends in the middle of frame %u"), frame + 1);
  FrameBytes out;
  if (end - begin == 1) {
    out.bytes = f.parts[begin];
    return out;
  }
  size_t size = 0;
  for (size_t i = begin; i < end; i++)
    size += f.parts[i].size;
  out.joined = Buffer (size);
  uint8_t *to = out.joined.data.get ();
  for (size_t i = begin; i < end; i++)
    to = std::copy (f.parts[i].data, f.parts[i].data + f.parts[i].size, to);
  out.bytes = out.joined.bytes ();
  return out;
}

} // namespace

FrameBytes
frame_bytes (const File &file, const Image &image, uint32_t frame) {
  if (frame >= image.frames)
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("There is no frame %u, the image has %u"), frame + 1,
          image.frames);
  if (image.encapsulated)
    return encapsulated_frame (file, image, frame);
  FrameBytes out;
  uint64_t bits = image.frame_bits (), begin = bits * frame;
  const Element *pixels = file.pixels ();
  if ((begin + bits + 7) / 8 > pixels->value.size)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The file ends in the middle of frame %u"), frame + 1);
  out.bytes = pixels->value.part (begin / 8, (begin % 8 + bits + 7) / 8);
  out.begin_bit = begin % 8;
  return out;
}

} // namespace prc
