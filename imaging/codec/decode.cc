// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <glib/gi18n-lib.h>

#include "values.h"

namespace prc {

namespace {

using Decoder = Decoded (*) (Bytes, const Image &);

// Which library reads what. GDCM reads the rare 12-bit and lossless JPEG only: its RLE takes forty
// times as long as the ten lines here, it knows no HTJ2K, and its parser stops the process on one
// damaged file in five.
struct Row {
  const char *uid; // transfer syntax, or the start of several
  Decoder decoder;
};
const Row TABLE[] = {
    {"1.2.840.10008.1.2.5", decode_rle},
    {"1.2.840.10008.1.2.8.1", decode_deflated},
    {"1.2.840.10008.1.2.4.5", decode_jpeg}, // .50 to .57
    {"1.2.840.10008.1.2.4.70", decode_jpeg},
    {"1.2.840.10008.1.2.4.80", decode_jpegls},
    {"1.2.840.10008.1.2.4.81", decode_jpegls},
    {"1.2.840.10008.1.2.4.90", decode_jpeg2000},
    {"1.2.840.10008.1.2.4.91", decode_jpeg2000},
    {"1.2.840.10008.1.2.4.92", decode_jpeg2000},
    {"1.2.840.10008.1.2.4.93", decode_jpeg2000},
    {"1.2.840.10008.1.2.4.20", decode_jpeg2000}, // .201 to .203
};

Decoder
by_syntax (const std::string &uid) {
  for (const Row &row : TABLE) {
    std::string start = row.uid;
    bool family = start == "1.2.840.10008.1.2.4.5" || start == "1.2.840.10008.1.2.4.20";
    if (uid == start || (family && uid.size () == start.size () + 1 && uid.rfind (start, 0) == 0))
      return row.decoder;
  }
  return nullptr;
}

// Labels lie; the first bytes of a codestream do not.
Decoder
by_contents (Bytes b, Decoder declared) {
  if (declared == decode_rle || declared == decode_deflated || b.size < 12)
    return declared;
  if (b.data[0] == 0xFF && b.data[1] == 0x4F)
    return decode_jpeg2000;
  if (le32 (b.data + 4) == 0x2020506A)
    return decode_jpeg2000;
  if (b.data[0] != 0xFF || b.data[1] != 0xD8)
    return declared;
  for (size_t at = 2; at + 4 <= b.size && b.data[at] == 0xFF;) {
    uint8_t marker = b.data[at + 1];
    if (marker == 0xF7)
      return decode_jpegls;
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC)
      return decode_jpeg;
    at += marker == 0xFF ? 1 : 2u + be16 (b.data + at + 2);
  }
  return declared;
}

} // namespace

void
check_codestream (const Image &image, uint64_t rows, uint64_t columns, unsigned channels) {
  if (rows != image.rows || columns != image.columns)
    fail (PRC_IMAGING_ERROR_DAMAGED,
          _ ("The header says %u × %u pixels, the picture in it has %u × %u"), image.columns,
          image.rows, unsigned (columns), unsigned (rows));
  if (channels != image.samples)
    fail (PRC_IMAGING_ERROR_DAMAGED,
          _ ("The header says %u samples per pixel, the picture in it has %u"), image.samples,
          channels);
}

Decoded
decode_frame (const File &file, const Image &image, uint32_t frame) {
  FrameBytes bytes = frame_bytes (file, image, frame);
  if (!image.encapsulated)
    return decode_native (bytes, image, file);
  if (image.is_float)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Compressed floating point pixels are not read"));
  Decoder decoder = by_contents (bytes.bytes, by_syntax (image.transfer_syntax));
  if (!decoder)
    fail (PRC_IMAGING_ERROR_UNSUPPORTED, _ ("Transfer syntax %s is not read"),
          image.transfer_syntax.c_str ());
  return decoder (bytes.bytes, image);
}

} // namespace prc
