// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "file.h"
#include "image.h"
#include "source.h"

namespace prc {

// A file with an image, ready for its frames.
struct Opened {
  Opened (int fd, const std::string &entry); // throws
  Source source;
  File file;   // empty when `is_picture`
  Image image; // likewise
  bool is_picture;
};

// The file behind a descriptor, or an entry of that archive. One with many frames is remembered:
// what is known about it (where its frames and their functional groups are) serves the next frame
// too. Valid until the next call.
const Opened &open_or_remember (int fd, const std::string &entry);

// Lets go of a remembered file, so that its disk can be taken away.
void forget_file ();

} // namespace prc
