// SPDX-License-Identifier: Apache-2.0
#include "values.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace prc {

namespace {

size_t
binary_size (Vr v) {
  switch (v) {
  case vr ("US"):
  case vr ("SS"):
  case vr ("OW"):
    return 2;
  case vr ("UL"):
  case vr ("SL"):
  case vr ("FL"):
  case vr ("AT"):
  case vr ("OF"):
  case vr ("OL"):
    return 4;
  case vr ("FD"):
  case vr ("SV"):
  case vr ("UV"):
  case vr ("OD"):
  case vr ("OV"):
    return 8;
  default:
    return 0;
  }
}

double
from_text (const char *p, size_t n) {
  while (n && (*p == ' ' || *p == '\t'))
    p++, n--;
  while (n && (p[n - 1] == ' ' || p[n - 1] == '\0' || p[n - 1] == '\t'))
    n--;
  if (n > 1 && *p == '+' && p[1] != '-')
    p++, n--;
  double v;
  std::from_chars_result read = std::from_chars (p, p + n, v);
  return read.ec == std::errc () && read.ptr == p + n && std::isfinite (v) ? v : NAN;
}

double
from_binary (const uint8_t *p, Vr v, bool big) {
  uint8_t b[8];
  size_t n = binary_size (v);
  for (size_t i = 0; i < n; i++)
    b[i] = p[big ? n - 1 - i : i];
  uint64_t u = 0;
  memcpy (&u, b, n);
  float f;
  double d;
  switch (v) {
  case vr ("SS"):
    return int16_t (u);
  case vr ("SL"):
    return int32_t (u);
  case vr ("SV"):
    return double (int64_t (u));
  case vr ("AT"): // two words, group first
    return double (big ? uint32_t (u) : uint32_t (u << 16 | (u & 0xFFFFFFFF) >> 16));
  case vr ("FL"):
  case vr ("OF"):
    memcpy (&f, b, 4);
    return std::isfinite (f) ? double (f) : NAN;
  case vr ("FD"):
  case vr ("OD"):
    memcpy (&d, b, 8);
    return std::isfinite (d) ? d : NAN;
  default:
    return double (u);
  }
}

} // namespace

std::vector<double>
numbers (const Dataset &set, const Element &e, Vr fallback) {
  std::vector<double> out;
  bool either = fallback == vr ("US") || fallback == vr ("SS");
  // US or SS is chosen by Pixel Representation; writers often label the element with the other one.
  Vr v = e.vr == 0 || e.vr == vr ("UN") || e.vr == vr ("OW") ||
                 (either && (e.vr == vr ("US") || e.vr == vr ("SS")))
             ? fallback
             : e.vr;
  size_t n = binary_size (v);
  if (n) {
    out.reserve (e.value.size / n);
    for (size_t i = 0; i + n <= e.value.size; i += n)
      out.push_back (from_binary (e.value.data + i, v, set.syntax.big_endian));
    return out;
  }
  const char *p = reinterpret_cast<const char *> (e.value.data), *end = p + e.value.size;
  while (p < end) {
    const char *stop = static_cast<const char *> (memchr (p, '\\', size_t (end - p)));
    if (!stop)
      stop = end;
    out.push_back (from_text (p, size_t (stop - p)));
    p = stop + 1;
  }
  return out;
}

std::vector<double>
numbers (const Dataset &set, Tag tag, Vr fallback) {
  const Element *e = set.find (tag);
  return e ? numbers (set, *e, fallback) : std::vector<double> ();
}

double
number (const Dataset &set, Tag tag, Vr fallback, double absent) {
  std::vector<double> v = numbers (set, tag, fallback);
  return v.empty () || !std::isfinite (v[0]) ? absent : v[0];
}

std::string
ascii (const Element &e) {
  std::string s;
  s.reserve (e.value.size);
  for (size_t i = 0; i < e.value.size; i++)
    if (e.value.data[i] >= 0x20 && e.value.data[i] < 0x7F)
      s.push_back (char (e.value.data[i]));
  size_t first = s.find_first_not_of (' ');
  if (first == std::string::npos)
    return "";
  return s.substr (first, s.find_last_not_of (' ') - first + 1);
}

std::string
uid (const Dataset &set, Tag tag) {
  const Element *e = set.find (tag);
  return e ? ascii (*e) : "";
}

std::vector<std::string>
codes (const Dataset &set, Tag tag) {
  std::vector<std::string> out;
  std::string all = uid (set, tag);
  size_t at = 0;
  while (at <= all.size () && !all.empty ()) {
    size_t stop = MIN (all.find ('\\', at), all.size ());
    std::string one = all.substr (at, stop - at);
    size_t last = one.find_last_not_of (' ');
    out.push_back (last == std::string::npos ? "" : one.substr (0, last + 1));
    at = stop + 1;
  }
  return out;
}

bool
is_text (Vr v) {
  switch (v) {
  case vr ("AE"):
  case vr ("AS"):
  case vr ("CS"):
  case vr ("DA"):
  case vr ("DT"):
  case vr ("LO"):
  case vr ("LT"):
  case vr ("PN"):
  case vr ("SH"):
  case vr ("ST"):
  case vr ("TM"):
  case vr ("UC"):
  case vr ("UI"):
  case vr ("UR"):
  case vr ("UT"):
    return true;
  default:
    return false;
  }
}

bool
is_number (Vr v) {
  return v == vr ("DS") || v == vr ("IS") || (binary_size (v) && v >> 8 != 'O' && v != vr ("AT"));
}

} // namespace prc
