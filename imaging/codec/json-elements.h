// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "dataset.h"

// DICOM JSON (PS3.18 F.2) to elements in explicit VR little endian.

namespace prc {

using Elements = std::map<Tag, std::string>; // each with its header, in the order of tags

// Throws ARGUMENT on JSON that is none, or not of that model. File meta, group lengths and pixel
// data are left out; the character set becomes ISO_IR 192 when some text needs it.
Elements elements_from_json (Bytes json);

void put_u16 (std::string &out, unsigned v);
void put_u32 (std::string &out, uint32_t v);
void put_element (std::string &out, Tag tag, Vr vr, std::string value); // padded to even length

} // namespace prc
