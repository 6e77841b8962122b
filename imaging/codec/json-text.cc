// SPDX-License-Identifier: Apache-2.0
#include "json-text.h"

#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>

namespace prc {

namespace {

constexpr size_t MAX_NUMBER = 64; // characters

[[noreturn]] void
fail_syntax () {
  fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The data set is no JSON object"));
}

} // namespace

JsonText::JsonText (Bytes text)
    : at_ (reinterpret_cast<const char *> (text.data)), end_ (at_ + text.size) {
  if (!g_utf8_validate (at_, gssize (text.size), nullptr))
    fail_syntax ();
}

char
JsonText::peek () {
  while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'))
    at_++;
  return at_ < end_ ? *at_ : 0;
}

bool
JsonText::take (char c) {
  if (peek () != c || at_ == end_)
    return false;
  at_++;
  return true;
}

void
JsonText::expect (char c) {
  if (!take (c))
    fail_syntax ();
}

bool
JsonText::more (size_t i, char close) {
  if (i == 0)
    return !take (close);
  if (take (','))
    return true;
  expect (close);
  return false;
}

unsigned
JsonText::hex () {
  unsigned v = 0;
  for (int i = 0; i < 4; i++, at_++) {
    int digit = at_ < end_ ? g_ascii_xdigit_value (*at_) : -1;
    if (digit < 0)
      fail_syntax ();
    v = v << 4 | unsigned (digit);
  }
  return v;
}

// Behind the backslash. Characters beyond 16 bits are pairs of surrogates.
void
JsonText::append_escape (std::string &out) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (at_ == end_)
    fail_syntax ();
  char c = *at_++;
  if (c != 'u') {
    const char *known = c ? strchr (from, c) : nullptr;
    if (!known)
      fail_syntax ();
    out += to[known - from];
    return;
  }
  gunichar u = hex ();
  if (u >= 0xD800 && u < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
    at_ += 2;
    unsigned low = hex ();
    if (low < 0xDC00 || low > 0xDFFF)
      fail_syntax ();
    u = 0x10000 + ((u - 0xD800) << 10 | (low - 0xDC00));
  }
  if (u == 0 || !g_unichar_validate (u))
    fail_syntax ();
  char utf8[6];
  out.append (utf8, size_t (g_unichar_to_utf8 (u, utf8)));
}

std::string
JsonText::string () {
  std::string out;
  expect ('"');
  for (;;) {
    const char *from = at_;
    while (at_ < end_ && *at_ != '"' && *at_ != '\\')
      at_++;
    out.append (from, at_);
    if (at_ == end_)
      fail_syntax ();
    if (*at_++ == '"')
      return out;
    append_escape (out);
  }
}

double
JsonText::number (bool &is_integer, int64_t &integer) {
  char text[MAX_NUMBER + 1], *end;
  size_t n = 0;
  peek ();
  is_integer = true;
  while (at_ < end_ && n < MAX_NUMBER && (g_ascii_isdigit (*at_) || strchr ("+-.eE", *at_))) {
    is_integer = is_integer && !strchr (".eE", *at_);
    text[n++] = *at_++;
  }
  text[n] = 0;
  double value = g_ascii_strtod (text, &end);
  if (n == 0 || *end || !std::isfinite (value))
    fail_syntax ();
  integer = is_integer ? g_ascii_strtoll (text, nullptr, 10) : 0;
  return value;
}

bool
JsonText::null () {
  if (peek () != 'n' || end_ - at_ < 4 || memcmp (at_, "null", 4) != 0)
    return false;
  at_ += 4;
  return true;
}

void
JsonText::skip_string () {
  expect ('"');
  while (at_ < end_ && *at_ != '"')
    at_ += *at_ == '\\' ? 2 : 1;
  if (at_ >= end_)
    fail_syntax ();
  at_++;
}

void
JsonText::skip () {
  size_t depth = 0;
  do {
    char c = peek ();
    if (c == 0)
      fail_syntax ();
    if (c == '"') {
      skip_string ();
      continue;
    }
    if (depth == 0 && strchr (",:]}", c))
      fail_syntax ();
    depth += c == '{' || c == '[';
    depth -= c == '}' || c == ']';
    at_++;
    if (depth == 0) // a word or a number
      while (c != '}' && c != ']' && at_ < end_ && !strchr (",:]} \n\r\t", *at_))
        at_++;
  } while (depth);
}

} // namespace prc
