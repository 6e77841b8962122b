// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common.h"

namespace prc {

// Every element for a person to read, as (ba(uqytys)): whether text was guessed, and rows in the
// order of the file, each with tag, VR (first letter high), PrcListingFlags, length in bytes, depth
// and value in UTF-8. An item of a sequence is a row too (FFFE,E000). Floating.
GVariant *listing (Bytes file);

} // namespace prc
