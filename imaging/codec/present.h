// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common.h"
#include "dataset.h"
#include "record.h"
#include "text.h"

namespace prc {

// A softcopy presentation state (PS3.3 A.33) as the interface description lists it: a floating
// a{sv}. Throws ARGUMENT for what is none and for kinds that are not shown.
GVariant *present (Bytes file);

// The images of a Referenced Image Sequence (PS3.3 10.3): a(sau), SOP Instance UID and frames from
// 0, none for all frames. `total` counts references over the whole file and is bounded.
GVariant *references_variant (const Dataset &item, uint32_t &total);

// Layers and annotations (PS3.3 C.10.7, C.10.5).
void add_graphics (Record &record, const Dataset &set, const Charset &charset, uint32_t &total,
                   std::vector<std::string> &notes);

} // namespace prc
