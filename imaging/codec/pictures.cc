// SPDX-License-Identifier: Apache-2.0
#include "pictures.h"

#include <cstring>

#include <glib/gi18n-lib.h>
#include <png.h>

#include "exif.h"
#include "jpeg.h"
#include "record.h"

namespace prc {

namespace {

const uint8_t PNG_MAGIC[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};

bool
is_png (Bytes b) {
  return b.size > 33 && memcmp (b.data, PNG_MAGIC, sizeof PNG_MAGIC) == 0;
}

struct Shape {
  uint64_t rows = 0, columns = 0;
  unsigned channels = 1;
  bool deep = false; // 16 bits
};

void
check_shape (const Shape &s) {
  if (s.rows == 0 || s.columns == 0)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The image has no rows or no columns"));
  if (s.rows > 65535 || s.columns > 65535 || s.rows * s.columns * 4 > MAX_FRAME)
    fail (PRC_IMAGING_ERROR_TOO_LARGE,
          _ ("An image of %u × %u pixels is larger than this program opens"), unsigned (s.columns),
          unsigned (s.rows));
}

Shape
shape_of (Bytes b) {
  Shape s;
  if (is_png (b)) {
    s.columns = be32 (b.data + 16);
    s.rows = be32 (b.data + 20);
    s.deep = b.data[24] == 16;
    s.channels = b.data[25] & 3 ? 3 : 1; // colour or palette
    if (s.channels == 3)
      s.deep = false;
  } else {
    JpegFrame frame;
    if (!read_jpeg_frame (b, frame))
      fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The picture is damaged"));
    s.rows = frame.rows;
    s.columns = frame.columns;
    s.channels = frame.channels;
  }
  check_shape (s);
  return s;
}

struct PngSource {
  Bytes bytes;
  size_t at;
};

void
read_png_bytes (png_structp png, png_bytep to, png_size_t n) {
  PngSource *source = static_cast<PngSource *> (png_get_io_ptr (png));
  if (n > source->bytes.size - source->at)
    png_error (png, "end");
  memcpy (to, source->bytes.data + source->at, n);
  source->at += n;
}

void
no_warning (png_structp, png_const_charp) {
}

void
png_failed (png_structp png, png_const_charp) {
  png_longjmp (png, 1);
}

// Grey as 8 or 16 bits, all else as RGB on black. No C++ object may live here.
bool
read_png (PngSource *source, uint8_t *to, size_t stride, uint32_t rows, bool colour) {
  png_structp png = png_create_read_struct (PNG_LIBPNG_VER_STRING, nullptr, png_failed, no_warning);
  png_infop info = png ? png_create_info_struct (png) : nullptr;
  if (!info || setjmp (png_jmpbuf (png))) {
    png_destroy_read_struct (&png, info ? &info : nullptr, nullptr);
    return false;
  }
  png_set_read_fn (png, source, read_png_bytes);
  png_set_user_limits (png, 65535, 65535);
  png_read_info (png, info);
  png_set_expand (png);
  png_color_16 black = {};
  png_set_background (png, &black, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
  if (colour)
    png_set_scale_16 (png);
  else
    png_set_swap (png);
  int passes = png_set_interlace_handling (png);
  png_read_update_info (png, info);
  bool fits = png_get_rowbytes (png, info) == stride;
  for (int pass = 0; fits && pass < passes; pass++)
    for (uint32_t y = 0; y < rows; y++)
      png_read_row (png, to + y * stride, nullptr);
  if (fits)
    png_read_end (png, nullptr);
  png_destroy_read_struct (&png, &info, nullptr);
  return fits;
}

Decoded
decode_png (Bytes bytes) {
  Shape s = shape_of (bytes);
  Decoded d;
  d.rows = uint32_t (s.rows);
  d.columns = uint32_t (s.columns);
  d.channels = s.channels;
  d.bytes = s.deep ? 2 : 1;
  d.stored = d.bytes * 8;
  d.high = d.stored - 1;
  d.colour = s.channels == 3 ? Colour::RGB : Colour::GREY;
  Buffer samples (d.size ());
  PngSource source{bytes, 0};
  if (!read_png (&source, samples.data.get (), samples.size / d.rows, d.rows, s.channels == 3))
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The picture is damaged"));
  d.take (std::move (samples));
  return d;
}

} // namespace

bool
is_picture (Bytes b) {
  return is_png (b) || (b.size > 4 && b.data[0] == 0xFF && b.data[1] == 0xD8 && b.data[2] == 0xFF);
}

Decoded
decode_picture (Bytes bytes) {
  shape_of (bytes);
  Decoded d = is_png (bytes) ? decode_png (bytes) : decode_jpeg_picture (bytes);
  make_upright (d, orientation_of (bytes));
  return d;
}

std::string
uid_of_bytes (Bytes b) {
  GChecksum *sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, b.data, gssize (b.size));
  uint8_t digest[32];
  gsize n = sizeof digest;
  g_checksum_get_digest (sum, digest, &n);
  g_checksum_free (sum);
  std::string decimal;
  bool rest = true;
  while (rest) { // the first 16 bytes as one number, divided by ten until nothing is left
    unsigned carry = 0;
    rest = false;
    for (int i = 0; i < 16; i++) {
      unsigned v = carry << 8 | digest[i];
      digest[i] = uint8_t (v / 10);
      carry = v % 10;
      rest = rest || digest[i];
    }
    decimal.insert (decimal.begin (), char ('0' + carry));
  }
  return "2.25." + decimal;
}

GVariant *
describe_picture (Bytes b) {
  Shape s = shape_of (b);
  if (is_turned (orientation_of (b)))
    std::swap (s.rows, s.columns);
  Record r;
  std::string instance = uid_of_bytes (b);
  r.add ("SOPClassUID", std::string ("1.2.840.10008.5.1.4.1.1.7")); // Secondary Capture
  r.add ("SOPInstanceUID", instance);
  r.add ("StudyInstanceUID", instance + ".1");
  r.add ("SeriesInstanceUID", instance + ".2");
  r.add ("Modality", std::string ("OT"));
  r.add ("PhotometricInterpretation", std::string (s.channels == 1 ? "MONOCHROME2" : "RGB"));
  r.add ("Rows", std::vector<double>{double (s.rows)});
  r.add ("Columns", std::vector<double>{double (s.columns)});
  r.add ("SamplesPerPixel", std::vector<double>{double (s.channels)});
  r.add ("BitsAllocated", std::vector<double>{s.deep ? 16.0 : 8.0});
  if (!is_png (b))
    r.add ("LossyImageCompression", std::string ("01"));
  r.add ("IsImage", g_variant_new_boolean (true));
  return r.end ();
}

} // namespace prc
