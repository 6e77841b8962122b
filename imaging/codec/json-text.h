// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common.h"

namespace prc {

// JSON (RFC 8259) read from front to back without keeping a tree: a segmentation of fifty thousand
// frames would be a gigabyte of one. Throws ARGUMENT on what is no JSON. The text outlives it.
class JsonText {
public:
  explicit JsonText (Bytes text); // UTF-8
  char peek ();                   // the next character that is no blank; 0 at the end
  bool take (char c);             // and whether it was that one
  void expect (char c);
  // Whether member `i` of an object or element of an array follows; else takes what closes it.
  bool more (size_t i, char close);
  std::string string ();
  double number (bool &is_integer, int64_t &integer);
  bool null (); // whether it was one
  void skip (); // a whole value
  // Where it reads, to come back to.
  const char *
  place () const {
    return at_;
  }
  void
  go_to (const char *place) {
    at_ = place;
  }

private:
  const char *at_, *end_;
  void skip_string ();
  void append_escape (std::string &out);
  unsigned hex ();
};

} // namespace prc
