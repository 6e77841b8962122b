// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "luts.h"
#include "record.h"
#include "text.h"

namespace prc {

// The first item of a code sequence (PS3.3 8.8), where there is one.
void add_code (Record &record, const char *key, const Dataset &set, Tag sequence,
               const Charset &outer);
// A text of an attribute, where there is one.
void add_text (Record &record, const char *key, const Dataset &set, const Charset &charset, Tag tag,
               Vr fallback);

// The segments of a DICOM Segmentation, in the order of the file.
class Segments {
public:
  static constexpr uint32_t NONE = UINT32_MAX;

  // `palette` (or null) has the colours of those that recommend none; what has the number
  // `background` is no segment.
  Segments (const Dataset &set, const Charset &charset, const Palette *palette, double background);
  uint32_t
  size () const {
    return uint32_t (numbers_.size ());
  }
  uint32_t
  find (double number) const { // index, or NONE
    return number >= 0 && number <= 65535 ? index_of_[size_t (number)] : NONE;
  }
  uint32_t
  unusable () const { // without a number, or with that of another
    return unusable_;
  }
  GVariant *
  end () { // aa{sv}, floating; once
    return list_.end ();
  }

private:
  void add (const Dataset &item, const Charset &outer, const Palette *palette);

  List list_{"aa{sv}"};
  std::vector<uint16_t> numbers_;
  std::vector<uint32_t> index_of_ = std::vector<uint32_t> (65536, NONE);
  uint32_t unusable_ = 0;
};

} // namespace prc
