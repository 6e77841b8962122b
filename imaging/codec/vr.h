// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dataset.h"

namespace prc {

// The VR of an element: what the file says, else what the data dictionary (PS3.6) says, else UN.
Vr vr_of (const Element &element, bool is_signed);

} // namespace prc
