// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "functional-groups.h"
#include "record.h"
#include "text.h"

// What turns stored values into measures beyond the rescale, put into a reading as prc-codec-wire.h
// lists it. What a file lacks or garbles is left out; the viewer says what is missing.

namespace prc {

// Real World Value Mappings (PS3.3 C.7.6.16.2.11) of a frame: its own, else those all frames share,
// else the instance's.
void add_real_world (Record &reading, const Dataset &set, const Charset &charset,
                     FunctionalGroups &groups, uint32_t frame, bool is_signed);

// Decay, dose and weight (PS3.3 C.8.9.1, C.8.9.2, C.7.2.2) of a PET image.
void add_pet (Record &reading, const Dataset &set);

} // namespace prc
