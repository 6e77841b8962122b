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

Decoded decode_jpeg_picture (Bytes stream); // 8-bit grey or RGB

} // namespace prc
