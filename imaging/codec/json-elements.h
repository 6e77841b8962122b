// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "dataset.h"

// DICOM JSON (PS3.18 F.2) to elements in little endian, with explicit or with implicit VR.

namespace prc {

using Elements = std::map<Tag, std::string>; // each with its header, in the order of tags

// Throws ARGUMENT on JSON that is none, or not of that model. File meta, group lengths and pixel
// data are left out; the character set becomes ISO_IR 192 when some text needs it.
Elements elements_from_json (Bytes json, bool explicit_vr);

void put_u16 (std::string &out, unsigned v);
void put_u32 (std::string &out, uint32_t v);
// Padded to even length.
void put_element (std::string &out, Tag tag, Vr vr, std::string value, bool explicit_vr = true);

} // namespace prc
