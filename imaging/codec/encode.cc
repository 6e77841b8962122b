// SPDX-License-Identifier: Apache-2.0
#include "encode.h"
namespace prc {
std::string
encode (Bytes, Bytes, const std::string &) {
  fail (PRC_IMAGING_ERROR_UNSUPPORTED, "not yet");
}
} // namespace prc
