// SPDX-License-Identifier: Apache-2.0
#include "dump.h"
namespace prc {
std::string
dump_json (Bytes) {
  fail (PRC_IMAGING_ERROR_UNSUPPORTED, "not yet");
}
} // namespace prc
