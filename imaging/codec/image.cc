// SPDX-License-Identifier: Apache-2.0
#include "image.h"

#include <cmath>

#include <glib/gi18n-lib.h>

#include "fragments.h"
#include "values.h"

namespace prc {

const char GE_BIG_ENDIAN[] = "1.2.840.113619.5.2";

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
  // 12: two pixels in three bytes, which DICOM gave up in 1998.
  bool whole = a == 8 || a == 16 || a == 32 || (a == 64 && image.colour == Colour::GREY);
  if (a != 1 && a != 12 && !whole)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Bits Allocated is %u"), a);
  if (image.is_float)
    return;
  if (image.stored == 0 || image.stored > a)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Bits Stored is %u of %u allocated"), image.stored, a);
  if (image.high >= a || image.high + 1 < image.stored)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("High Bit is %u of %u allocated"), image.high, a);
}

void
check_samples (Image &image) {
  if (image.photometric == "ARGB" || image.photometric == "CMYK" || image.photometric == "HSV")
    fail (PRC_IMAGING_ERROR_UNSUPPORTED,
          _ ("Colours as %s are retired and not shown; the archive can convert the image to RGB"),
          image.photometric.c_str ());
  if (image.samples != 1 && image.samples != 3)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Samples per Pixel is %u"), image.samples);
  bool one = image.colour == Colour::GREY || image.colour == Colour::PALETTE;
  if (image.is_float && !one) // PS3.3 C.7.6.24: grey
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("%s with %u samples per pixel"), image.photometric.c_str (),
          image.samples);
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
  bool coloured = image.samples == 3 || image.colour == Colour::PALETTE;
  uint64_t delivered = image.pixels () * (coloured ? 3 : image.allocated == 12 ? 2 : 1);
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

// Writers call what they did not subsample YBR_FULL_422, too: what is there counts.
bool
is_subsampled (const Image &image, const Element &pixels) {
  const std::string &p = image.photometric;
  bool named = p == "YBR_FULL_422" || p == "YBR_PARTIAL_422" || p == "YBR_PARTIAL_420";
  bool raw = image.coding == PRC_CODING_NATIVE || image.coding == PRC_CODING_ENCAPSULATED ||
             image.coding == PRC_CODING_DEFLATED;
  if (!named || !raw || image.allocated != 8)
    return false;
  uint64_t full = image.pixels () * 3, there = pixels.value.size;
  if (image.coding == PRC_CODING_NATIVE)
    full *= image.frames;
  else
    there = first_fragment (pixels, image.big_endian).size;
  if (there >= full && image.coding != PRC_CODING_DEFLATED)
    return false;
  if (p == "YBR_PARTIAL_420")
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Colours as %s are read in compressed pixels only"),
          p.c_str ());
  return true;
}

void
read_header (const File &file, const Element &pixels, Image &image) {
  const Dataset &d = file.data;
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
  image.is_float = pixels.tag != PIXEL_DATA;
  if (image.is_float)
    image.allocated = image.stored = pixels.tag == FLOAT_PIXEL_DATA ? 32 : 64;
  image.planar = small (d, 0x00280006, 0) == 1;
  image.photometric = uid (d, 0x00280004);
  image.colour = colour_of (image.photometric);
  double frames = number (d, 0x00280008, vr ("IS"), 1);
  if (frames < 0 || frames > 1e9)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Number of Frames is %.0f"), frames);
  image.frames = frames < 1 ? 1 : uint32_t (frames);
}

void
check_frames (const Element &pixels, const Image &image) {
  if (image.encapsulated) {
    if (pixels.value.size < 16)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The pixel data end before the first frame"));
    if (image.frames > pixels.value.size)
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Number of Frames is %.0f"), double (image.frames));
    return;
  }
  check_native (pixels, image);
  if (image.frames > 1 && !pixels.cut &&
      image.frame_bits () * image.frames > (uint64_t (pixels.value.size) + 1) * 8)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The header promises %u frames, the file holds fewer"),
          image.frames);
}

// Labels lie; the first bytes of a codestream do not.
PrcCoding
by_contents (Bytes b, PrcCoding declared) {
  if (b.size < 12)
    return declared;
  const uint8_t *p = b.data;
  if (p[0] == 0xFF && p[1] == 0x4F && p[2] == 0xFF && p[3] == 0x51)
    return PRC_CODING_JPEG_2000;
  if (le32 (p) == 0x0C000000 && le32 (p + 4) == 0x2020506A)
    return PRC_CODING_JPEG_2000;
  if ((p[0] == 0xFF && p[1] == 0x0A) || (le32 (p) == 0x0C000000 && le32 (p + 4) == 0x204C584A))
    return PRC_CODING_JPEG_XL;
  if (p[0] != 0xFF || p[1] != 0xD8)
    return declared;
  for (size_t at = 2; at + 4 <= b.size && p[at] == 0xFF;) {
    uint8_t marker = p[at + 1];
    if (marker == 0xF7)
      return PRC_CODING_JPEG_LS;
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC)
      return PRC_CODING_JPEG;
    at += marker == 0xFF ? 1 : 2u + be16 (p + at + 2);
  }
  return declared;
}

bool
is_encapsulated (const Element &pixels, bool big) {
  Bytes b = pixels.value;
  // Some writers give encapsulated pixels a length.
  return pixels.undefined_length ||
         (b.size >= 16 && (big ? be32 (b.data) : le32 (b.data)) == (big ? 0xFFFEE000 : 0xE000FFFE));
}

} // namespace

PrcCoding
coding_of (const File &file) {
  const Element *pixels = file.pixels ();
  PrcCoding declared = prc_transfer_syntax_coding (file.transfer_syntax.c_str ());
  bool big = file.data.syntax.big_endian;
  if (!pixels || !is_encapsulated (*pixels, big))
    return prc_coding_is_read (declared) || declared == PRC_CODING_UNKNOWN ? PRC_CODING_NATIVE
                                                                           : declared;
  bool certain = declared == PRC_CODING_ENCAPSULATED || declared == PRC_CODING_DEFLATED;
  PrcCoding found = certain ? declared : by_contents (first_fragment (*pixels, big), declared);
  return found == PRC_CODING_NATIVE ? PRC_CODING_ENCAPSULATED : found;
}

Image
read_image (const File &file) {
  const Element *pixels = file.pixels ();
  if (!pixels)
    fail (PRC_IMAGING_ERROR_NO_IMAGE, _ ("The file holds no picture"));
  Image image;
  image.transfer_syntax = file.transfer_syntax;
  image.coding = coding_of (file);
  image.encapsulated = image.coding != PRC_CODING_NATIVE;
  image.big_endian = file.data.syntax.big_endian || file.transfer_syntax == GE_BIG_ENDIAN;
  read_header (file, *pixels, image);
  check_samples (image);
  check_bits (image);
  image.subsampled = is_subsampled (image, *pixels);
  check_size (image);
  check_frames (*pixels, image);
  return image;
}

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
