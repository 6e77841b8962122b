// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "record.h"

namespace prc {

// SOP Instance UIDs of images that something was made from, each once.
class Sources {
public:
  uint32_t
  index_of (const std::string &uid) {
    auto found = index_of_.emplace (uid, uint32_t (uids_.size ()));
    if (found.second)
      uids_.push_back (uid);
    return found.first->second;
  }
  GVariant *
  end () const {
    List list ("as");
    for (const std::string &uid : uids_)
      list.add (g_variant_new_string (uid.c_str ()));
    return list.end ();
  }

private:
  std::map<std::string, uint32_t> index_of_;
  std::vector<std::string> uids_;
};

struct Source { // as on the wire
  uint32_t source = UINT32_MAX, frame = 0;
};

} // namespace prc
