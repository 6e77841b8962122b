// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common.h"

namespace prc {

// The data set as DICOM JSON (PS3.18 F.2); values of more than 64 KiB are left out.
std::string dump_json (Bytes file);

} // namespace prc
