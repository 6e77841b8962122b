// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image.h"

namespace prc {

// One uncompressed, little endian frame to a codestream of the transfer syntax, lossless.
// UNSUPPORTED for other syntaxes.
std::string compress (Bytes frame, const Image &image, const std::string &transfer_syntax);

} // namespace prc
