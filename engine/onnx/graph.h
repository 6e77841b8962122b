// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace prc {

// The name of the node of an ONNX file (a ModelProto of protocol buffers) that gives a tensor, as
// OpenCV calls its layer; "" when there is none. Lengths are checked, whatever the file says.
std::string find_layer (const void *bytes, size_t size, const std::string &tensor);

} // namespace prc
