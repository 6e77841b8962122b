// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common.h"

// Bytes of text to UTF-8 by the terms of Specific Character Set (PS3.3 C.12.1.1.2) and by the
// rules of PS3.5 6.1.2: code extensions, and what goes back to the start at each delimiter.

namespace prc {

// Loads the converters. iconv opens files: this must have run before the process is confined.
void repertoire_init ();

struct Decoding {
  std::string text;      // UTF-8; U+FFFD where the bytes mean nothing
  unsigned bad = 0;      // of those
  unsigned c1 = 0;       // bytes that came out as C1 controls, which no text has
  bool cut = false;      // the last character is not whole
  bool uncalled = false; // bytes beyond ASCII without a set being invoked: one was found for them
};

class Repertoire {
public:
  enum Kind {
    UNDECLARED, // nothing, ISO_IR 6 or a term that nobody knows
    EXTENDED,   // ISO 8859, JIS X 0201, TIS 620, with or without ISO 2022 escapes
    UTF8,
    GB // GB18030 and its subset GBK
  };

  Repertoire () = default;
  explicit Repertoire (const std::vector<std::string> &terms);

  Kind
  kind () const {
    return kind_;
  }
  bool is_latin_1 () const; // single-valued ISO_IR 100
  Decoding decode (Bytes bytes, bool person_name) const;

private:
  Kind kind_ = UNDECLARED;
  int first_ = 0;      // of the table in the .cc
  int called_g1_ = -1; // the first set for G1 beyond value 1
  bool single_ = true;
};

// The set that stands in where a label is missing or wrong: as PRECEDENT_CHARSET says (a name that
// iconv knows and that holds ASCII), else by the user's language.
Decoding decode_fallback (Bytes bytes);
Decoding decode_western (Bytes bytes); // Windows 1252, which holds ISO 8859-1
bool fallback_is_western ();
bool fallback_is_multibyte ();

} // namespace prc
