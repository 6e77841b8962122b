// SPDX-License-Identifier: Apache-2.0
#include "functional-groups.h"

namespace prc {

FunctionalGroups::FunctionalGroups (const Dataset &set)
    : shared_ (set.items (0x52009229)), frames_ (set.items (0x52009230)) {
}

const Dataset *
FunctionalGroups::find (uint32_t frame, Tag sequence) {
  found_.clear ();
  if (frame < frames_.size ())
    found_ = frames_[frame].items (sequence);
  if (found_.empty () && !shared_.empty ())
    found_ = shared_[0].items (sequence);
  return found_.empty () ? nullptr : &found_[0];
}

} // namespace prc
