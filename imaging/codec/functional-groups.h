// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dataset.h"

namespace prc {

// Multi-frame Functional Groups (PS3.3 C.7.6.16): what a frame says for itself counts before what
// all share.
class FunctionalGroups {
public:
  explicit FunctionalGroups (const Dataset &set);
  bool
  empty () const {
    return shared_.empty () && frames_.empty ();
  }
  // The only item of a functional group of a frame, or null. Valid until the next call.
  const Dataset *find (uint32_t frame, Tag sequence);

private:
  std::vector<Dataset> shared_, frames_, found_;
};

} // namespace prc
