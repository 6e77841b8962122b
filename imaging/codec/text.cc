// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <cerrno>
#include <cstring>
#include <map>

#include <iconv.h>

#include "values.h"

namespace prc {

namespace {

// A code element of ISO 2022 and what turns its bytes to UTF-8. Two-byte sets of Japan all go by
// way of EUC-JP.
enum class Shape { SINGLE, TWO_BYTES, JIS_X0208, JIS_X0212, JIS_KANA, ASCII };
struct Code {
  const char *term; // of Specific Character Set, without and with extensions
  const char *term_2022;
  const char *escape; // behind ESC
  const char *iconv_name;
  Shape shape;
};
const Code CODES[] = {
    {"ISO_IR 6", "ISO 2022 IR 6", "(B", "", Shape::ASCII},
    {"ISO_IR 100", "ISO 2022 IR 100", "-A", "ISO-8859-1", Shape::SINGLE},
    {"ISO_IR 101", "ISO 2022 IR 101", "-B", "ISO-8859-2", Shape::SINGLE},
    {"ISO_IR 109", "ISO 2022 IR 109", "-C", "ISO-8859-3", Shape::SINGLE},
    {"ISO_IR 110", "ISO 2022 IR 110", "-D", "ISO-8859-4", Shape::SINGLE},
    {"ISO_IR 144", "ISO 2022 IR 144", "-L", "ISO-8859-5", Shape::SINGLE},
    {"ISO_IR 127", "ISO 2022 IR 127", "-G", "ISO-8859-6", Shape::SINGLE},
    {"ISO_IR 126", "ISO 2022 IR 126", "-F", "ISO-8859-7", Shape::SINGLE},
    {"ISO_IR 138", "ISO 2022 IR 138", "-H", "ISO-8859-8", Shape::SINGLE},
    {"ISO_IR 148", "ISO 2022 IR 148", "-M", "ISO-8859-9", Shape::SINGLE},
    {"ISO_IR 203", "ISO 2022 IR 203", "-b", "ISO-8859-15", Shape::SINGLE},
    {"ISO_IR 166", "ISO 2022 IR 166", "-T", "TIS-620", Shape::SINGLE},
    {"ISO_IR 13", "ISO 2022 IR 13", ")I", "EUC-JP", Shape::JIS_KANA},
    {"ISO_IR 14", "ISO 2022 IR 14", "(J", "", Shape::ASCII},
    {"", "ISO 2022 IR 87", "$B", "EUC-JP", Shape::JIS_X0208},
    {"", "ISO 2022 IR 159", "$(D", "EUC-JP", Shape::JIS_X0212},
    {"", "ISO 2022 IR 149", "$)C", "EUC-KR", Shape::TWO_BYTES},
    {"", "ISO 2022 IR 58", "$)A", "EUC-CN", Shape::TWO_BYTES},
};
struct Whole { // not of ISO 2022: the whole value is in it
  const char *term, *iconv_name;
};
const Whole WHOLES[] = {{"ISO_IR 192", "UTF-8"}, {"GB18030", "GB18030"}, {"GBK", "GBK"}};

std::map<std::string, iconv_t> converters;

void
append_replacement (std::string &out) {
  out += "\xEF\xBF\xBD";
}

// Converts all of `in`; `unit` bytes are given up at a time where that fails.
void
append_converted (std::string &out, const char *name, const std::string &in, size_t unit) {
  auto found = converters.find (name);
  if (found == converters.end ()) {
    append_replacement (out);
    return;
  }
  iconv_t cd = found->second;
  iconv (cd, nullptr, nullptr, nullptr, nullptr);
  char *p = const_cast<char *> (in.data ());
  size_t left = in.size ();
  while (left) {
    char chunk[512];
    char *q = chunk;
    size_t room = sizeof chunk;
    size_t r = iconv (cd, &p, &left, &q, &room);
    int error = errno;
    out.append (chunk, sizeof chunk - room);
    if (r != size_t (-1) || error == E2BIG)
      continue;
    append_replacement (out);
    size_t skip = MIN (unit, left);
    p += skip;
    left -= skip;
  }
}

const Code *
by_term (const std::string &term) {
  for (const Code &c : CODES)
    if (term == c.term_2022 || (*c.term && term == c.term))
      return &c;
  return nullptr;
}

const Code *
by_escape (Bytes after) {
  for (const Code &c : CODES)
    if (after.size >= strlen (c.escape) && !memcmp (after.data, c.escape, strlen (c.escape)))
      return &c;
  return nullptr;
}

// A run of bytes of one code element.
void
append_run (std::string &out, const Code *code, const std::string &run) {
  std::string euc;
  switch (code->shape) {
  case Shape::ASCII:
    out += run;
    return;
  case Shape::SINGLE:
  case Shape::TWO_BYTES:
    append_converted (out, code->iconv_name, run, code->shape == Shape::SINGLE ? 1 : 2);
    return;
  case Shape::JIS_KANA:
    for (char c : run)
      euc += std::string ("\x8E") + char (c | 0x80);
    append_converted (out, code->iconv_name, euc, 2);
    return;
  case Shape::JIS_X0208:
  case Shape::JIS_X0212:
    for (size_t i = 0; i + 1 < run.size (); i += 2) {
      if (code->shape == Shape::JIS_X0212)
        euc += '\x8F';
      euc += char (run[i] | 0x80);
      euc += char (run[i + 1] | 0x80);
    }
    append_converted (out, code->iconv_name, euc, code->shape == Shape::JIS_X0212 ? 3 : 2);
    return;
  }
}

bool
is_delimiter (uint8_t c, bool person_name) {
  return c == '\\' || c == '\r' || c == '\n' || c == '\f' || c == '\t' ||
         (person_name && (c == '^' || c == '='));
}

// PS3.5 6.1.2.5: G0 and G1 change by escape sequences and go back at each delimiter.
std::string
convert_2022 (Bytes b, const Code *first, bool person_name) {
  const Code *ascii = &CODES[0];
  bool first_is_g1 = first->shape == Shape::SINGLE || first->shape == Shape::JIS_KANA;
  const Code *const start_g1 = first_is_g1 ? first : nullptr;
  const Code *g0 = ascii, *g1 = start_g1;
  std::string out, run;
  const Code *of_run = nullptr;
  auto flush = [&] {
    if (!run.empty ())
      append_run (out, of_run, run);
    run.clear ();
  };
  for (size_t i = 0; i < b.size; i++) {
    uint8_t c = b.data[i];
    if (c == 0x1B) {
      flush ();
      const Code *next = by_escape (b.part (i + 1, b.size));
      if (!next) {
        append_replacement (out);
        continue;
      }
      i += strlen (next->escape);
      bool to_g0 = next->shape == Shape::ASCII || next->shape == Shape::JIS_X0208 ||
                   next->shape == Shape::JIS_X0212;
      (to_g0 ? g0 : g1) = next;
    } else if (is_delimiter (c, person_name) &&
               (g0 == ascii || g0->shape == Shape::ASCII || c < 0x20)) {
      flush ();
      out += char (c);
      g0 = ascii;
      g1 = start_g1;
    } else {
      const Code *code = c >= 0x80 ? g1 : g0;
      if (!code) {
        flush ();
        append_replacement (out);
        continue;
      }
      if (code != of_run)
        flush ();
      of_run = code;
      run += char (c);
    }
  }
  flush ();
  return out;
}

// Valid UTF-8 without controls; values trimmed.
std::string
tidy (const std::string &s, bool lines) {
  std::string out;
  const char *p = s.data (), *end = p + s.size ();
  while (p < end) {
    const char *next;
    if (*p == '\0') {
      p++;
      continue;
    }
    gunichar c = g_utf8_get_char_validated (p, end - p);
    if (c == gunichar (-1) || c == gunichar (-2)) {
      append_replacement (out);
      p++;
      continue;
    }
    next = g_utf8_next_char (p);
    if (lines && (c == '\n' || c == '\r' || c == '\t'))
      out += char (c);
    else if (c == '\n' || c == '\r' || c == '\t' || c == '\f')
      out += ' ';
    else if (c >= 0x20 && !(c >= 0x7F && c < 0xA0))
      out.append (p, size_t (next - p));
    p = next;
  }
  return out;
}

std::string
trim_values (const std::string &s) {
  std::string out;
  size_t at = 0;
  for (;;) {
    size_t stop = s.find ('\\', at);
    std::string one = s.substr (at, stop == std::string::npos ? stop : stop - at);
    size_t first = one.find_first_not_of (' ');
    if (first != std::string::npos)
      out += one.substr (first, one.find_last_not_of (' ') - first + 1);
    if (stop == std::string::npos)
      return out;
    out += '\\';
    at = stop + 1;
  }
}

bool
is_plain (Bytes b) {
  for (size_t i = 0; i < b.size; i++)
    if (b.data[i] >= 0x80 || b.data[i] == 0x1B)
      return false;
  return true;
}

bool
uses_charset (Vr v) { // PS3.5 6.1.2.2: the others are plain ASCII
  switch (v) {
  case vr ("AE"):
  case vr ("AS"):
  case vr ("CS"):
  case vr ("DA"):
  case vr ("DS"):
  case vr ("DT"):
  case vr ("IS"):
  case vr ("TM"):
  case vr ("UI"):
  case vr ("UR"):
    return false;
  default:
    return true;
  }
}

} // namespace

void
text_init () {
  auto open = [] (const char *name) {
    iconv_t cd = *name && !converters.count (name) ? iconv_open ("UTF-8", name) : iconv_t (-1);
    if (cd != iconv_t (-1))
      converters[name] = cd;
  };
  for (const Code &c : CODES)
    open (c.iconv_name);
  for (const Whole &w : WHOLES)
    open (w.iconv_name);
}

Charset::Charset (const Dataset &set, const Charset &outer) : terms_ (outer.terms_) {
  if (const Element *e = set.find (0x00080005); e && e->value.size)
    terms_ = codes (set, 0x00080005);
}

std::string
Charset::convert (Bytes b, bool person_name) const {
  std::string raw (reinterpret_cast<const char *> (b.data), b.size);
  if (is_plain (b))
    return raw;
  std::string first = terms_.empty () ? "" : terms_[0];
  for (const Whole &w : WHOLES)
    if (first == w.term) {
      std::string out;
      if (first == "ISO_IR 192")
        return raw; // made valid afterwards
      append_converted (out, w.iconv_name, raw, 1);
      return out;
    }
  const Code *code = by_term (first);
  bool undeclared = (first.empty () && terms_.size () < 2) || (!code && !first.empty ());
  if (undeclared && !memchr (b.data, 0x1B, b.size)) { // many writers forget to say that it is UTF-8
    if (g_utf8_validate (raw.data (), gssize (raw.size ()), nullptr))
      return raw;
    code = by_term ("ISO_IR 100");
  }
  return convert_2022 (b, code ? code : &CODES[0], person_name);
}

std::string
Charset::utf8 (const Element &e, bool lines) const {
  Bytes b = e.value;
  while (b.size && (b.data[b.size - 1] == 0 || b.data[b.size - 1] == ' '))
    b.size--;
  if (!uses_charset (e.vr))
    return trim_values (ascii (e));
  std::string text = tidy (convert (b, e.vr == vr ("PN")), lines);
  return lines ? text : trim_values (text);
}

} // namespace prc
