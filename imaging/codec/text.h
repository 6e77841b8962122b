// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "dataset.h"

// Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1.2) to UTF-8.

namespace prc {

// Loads the converters. iconv opens files: this must have run before the process is confined.
void text_init ();

class Charset {
public:
  Charset () = default;
  // As (0008,0005) of `set` says; where it is absent, as `outer` does.
  Charset (const Dataset &set, const Charset &outer);

  // One element's value: valid UTF-8 without control characters, each value trimmed, values joined
  // by a backslash. What cannot be converted becomes U+FFFD. Line ends are kept where `lines` says
  // so, else they become blanks.
  std::string utf8 (const Element &element, bool lines = false) const;

private:
  std::vector<std::string> terms_; // defined terms, first the default one
  std::string convert (Bytes bytes, bool person_name) const;
};

} // namespace prc
