// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dataset.h"

namespace prc {

// Multi-frame Functional Groups (PS3.3 C.7.6.16): what a frame says for itself counts before what
// all share. The item of a frame is opened when it is asked for; there may be a hundred thousand.
class FunctionalGroups {
public:
  explicit FunctionalGroups (const Dataset &set); // borrowed
  bool
  empty () const {
    return shared_.empty () && frames_.empty ();
  }
  // The only item of a functional group of a frame, or null. Valid until the next call.
  const Dataset *find (uint32_t frame, Tag sequence);
  // All items, for a group that may have several.
  std::vector<Dataset> items (uint32_t frame, Tag sequence);

private:
  const Dataset &set_;
  const Element *per_frame_; // or null
  std::vector<Bytes> frames_;
  std::vector<Dataset> shared_, found_;
  uint32_t open_ = UINT32_MAX; // which frame's item `frame_` is
  Dataset frame_;
};

} // namespace prc
