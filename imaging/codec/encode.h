// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common.h"

namespace prc {

// A DICOM file out of a data set in DICOM JSON and the uncompressed, little endian value of Pixel
// Data (may be empty).
std::string encode (Bytes json, Bytes pixels, const std::string &transfer_syntax);

} // namespace prc
