// SPDX-License-Identifier: Apache-2.0
#include "functional-groups.h"

namespace prc {

FunctionalGroups::FunctionalGroups (const Dataset &set)
    : set_ (set), per_frame_ (set.find (0x52009230)), shared_ (set.items (0x52009229)) {
  if (per_frame_)
    frames_ = set.closed_items (*per_frame_);
}

std::vector<Dataset>
FunctionalGroups::items (uint32_t frame, Tag sequence) {
  std::vector<Dataset> found;
  if (frame < frames_.size () && frame != open_) {
    open_ = UINT32_MAX;
    frame_ = set_.open_item (*per_frame_, frames_[frame]);
    open_ = frame;
  }
  if (frame < frames_.size ())
    found = frame_.items (sequence);
  if (found.empty () && !shared_.empty ())
    found = shared_[0].items (sequence);
  return found;
}

const Dataset *
FunctionalGroups::find (uint32_t frame, Tag sequence) {
  found_ = items (frame, sequence);
  return found_.empty () ? nullptr : &found_[0];
}

} // namespace prc
