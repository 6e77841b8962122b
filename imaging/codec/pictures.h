// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decoded.h"

// PNG and JPEG pictures, recognised by their first bytes.

namespace prc {

bool is_picture (Bytes bytes);
GVariant *describe_picture (Bytes bytes); // a record, floating
Decoded decode_picture (Bytes bytes);

// 2.25.<decimal>: a UID made from contents, the same for the same bytes.
std::string uid_of_bytes (Bytes bytes);

} // namespace prc
