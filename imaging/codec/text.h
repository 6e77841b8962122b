// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "dataset.h"
#include "repertoire.h"

// Text of elements in UTF-8, by Specific Character Set where it is right. Where it is absent or
// plainly wrong, what is valid UTF-8 is taken as that, and else a fallback is tried: a guess, and
// said to be one.

namespace prc {

// Before the process is confined.
void text_init ();

class Charset {
public:
  Charset () = default;
  // As (0008,0005) of `set` says; where it is absent, as `outer` does.
  Charset (const Dataset &set, const Charset &outer);

  // One element's value: valid UTF-8 without control characters, values joined by a backslash,
  // each trimmed. ST, LT, UT and UR are one value whatever stands in it. What cannot be converted
  // becomes U+FFFD. Line ends are kept where `lines` says so, else they become blanks.
  std::string utf8 (const Element &element, bool lines = false) const;

  // Whether some text until now was converted by a guess.
  bool
  guessed () const {
    return guessed_;
  }

private:
  Repertoire repertoire_;
  mutable bool guessed_ = false;
  std::string convert (Bytes bytes, bool person_name) const;
  bool try_others (const Decoding &declared, Bytes bytes, std::string &out) const;
};

bool is_single_valued (Vr vr); // a backslash in it parts nothing (PS3.5 6.2)

// The text of an attribute, of 10 KiB at most, read by `fallback` where its VR is none of text; ""
// when it is not there.
std::string text_of (const Dataset &set, const Charset &charset, Tag tag, Vr fallback);

} // namespace prc
