// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"

namespace prc {

// What the start of frame of a JPEG codestream says.
struct JpegFrame {
  uint32_t rows = 0, columns = 0;
  unsigned precision = 0, channels = 0;
  bool lossless = false, arithmetic = false, hierarchical = false;
};
bool read_jpeg_frame (Bytes stream, JpegFrame &frame);

// A frame into rows * columns * channels samples, of two bytes when its precision is above 8. What
// is missing or wrong throws.
void decode_jpeg_lossless (Bytes stream, const JpegFrame &frame, uint8_t *to);
void decode_jpeg_12 (Bytes stream, const JpegFrame &frame, uint16_t *to);

// The other way, by predictor 1; channels lie side by side.
std::string encode_jpeg_lossless (Bytes samples, const JpegFrame &frame);

Decoded decode_jpeg_picture (Bytes stream); // 8-bit grey or RGB

} // namespace prc
