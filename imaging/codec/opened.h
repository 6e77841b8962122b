// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "file.h"
#include "image.h"

namespace prc {

// A file with an image, ready for its frames.
struct Opened {
  explicit Opened (int fd); // throws
  Mapping map;
  File file;   // empty when `is_picture`
  Image image; // likewise
  bool is_picture;
};

// The file behind a descriptor. One with many frames is remembered: what is known about it (where
// its frames and their functional groups are) serves the next frame too. Valid until the next call.
const Opened &open_or_remember (int fd);

// Lets go of a remembered file, so that its disk can be taken away.
void forget_file ();

} // namespace prc
