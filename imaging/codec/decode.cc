// SPDX-License-Identifier: Apache-2.0
#include "decoders.h"

#include <glib/gi18n-lib.h>

namespace prc {

void
fail_compressed () {
  fail (PRC_IMAGING_ERROR_DAMAGED, _ ("The compressed frame is damaged"));
}

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

void
set_precision (Decoded &out, const Image &image, unsigned precision, bool certain) {
  out.bytes = precision > 16 ? 4 : precision > 8 ? 2 : 1;
  bool careless = !certain && precision == out.bytes * 8 && image.high < precision;
  out.stored = careless ? image.stored : precision;
  out.high = careless ? image.high : precision - 1;
}

// Which library reads what is said in prc-transfer-syntax.c.
Decoded
decode_frame (const File &file, const Image &image, uint32_t frame) {
  if (!prc_coding_is_read (image.coding)) {
    char *text = prc_transfer_syntax_refusal (image.transfer_syntax.c_str ());
    std::string sentence = text;
    g_free (text);
    throw Failure{PRC_IMAGING_ERROR_UNSUPPORTED, sentence};
  }
  FrameBytes bytes = frame_bytes (file, image, frame);
  switch (image.coding) {
  case PRC_CODING_DEFLATED:
    return decode_deflated (bytes.bytes, image);
  case PRC_CODING_RLE:
    return decode_rle (bytes.bytes, image);
  case PRC_CODING_JPEG:
    return decode_jpeg (bytes.bytes, image);
  case PRC_CODING_JPEG_LS:
    return decode_jpegls (bytes.bytes, image);
  case PRC_CODING_JPEG_2000:
    return decode_jpeg2000 (bytes.bytes, image, bytes.component);
  case PRC_CODING_JPEG_XL:
    return decode_jpegxl (bytes.bytes, image);
  default:
    return decode_native (bytes, image, file);
  }
}

} // namespace prc
