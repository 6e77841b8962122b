// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <cstring>

#include "values.h"

namespace prc {

namespace {

constexpr size_t MAX_TEXT = 10240;

// Valid UTF-8 without controls.
std::string
tidy (const std::string &s, bool lines) {
  std::string out;
  out.reserve (s.size ());
  const char *p = s.data (), *end = p + s.size ();
  while (p < end) {
    gunichar c = g_utf8_get_char_validated (p, end - p);
    if (c == gunichar (-1) || c == gunichar (-2)) {
      out += "\xEF\xBF\xBD";
      p++;
      continue;
    }
    const char *next = g_utf8_next_char (p);
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
trim (const std::string &s, size_t from, size_t to) {
  while (from < to && s[from] == ' ')
    from++;
  while (from < to && s[to - 1] == ' ')
    to--;
  return s.substr (from, to - from);
}

std::string
trim_values (const std::string &s) {
  std::string out;
  size_t at = 0;
  for (;;) {
    size_t stop = s.find ('\\', at);
    out += trim (s, at, stop == std::string::npos ? s.size () : stop);
    if (stop == std::string::npos)
      return out;
    out += '\\';
    at = stop + 1;
  }
}

bool
is_plain (Bytes b) { // printable ASCII
  for (size_t i = 0; i < b.size; i++)
    if (b.data[i] < 0x20 || b.data[i] >= 0x7F)
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

struct High { // bytes beyond ASCII
  size_t n = 0, longest_run = 0;
  bool in_words = true; // each run is one letter or touches small ones of ASCII, as in Größe
  bool beside_letters = false;
};

bool
is_small (Bytes b, size_t i) {
  return i < b.size && g_ascii_islower (b.data[i]);
}

bool
is_letter (Bytes b, size_t i) {
  return i < b.size && g_ascii_isalpha (b.data[i]);
}

High
survey (Bytes b) {
  High high;
  for (size_t i = 0; i < b.size; i++) {
    size_t start = i;
    while (i < b.size && b.data[i] >= 0x80)
      i++;
    if (i == start)
      continue;
    high.n += i - start;
    high.longest_run = MAX (high.longest_run, i - start);
    high.beside_letters =
        high.beside_letters || (start && is_letter (b, start - 1)) || is_letter (b, i);
    high.in_words =
        high.in_words && (i - start == 1 || (start && is_small (b, start - 1)) || is_small (b, i));
  }
  return high;
}

// No language of Western Europe has such words: four accented letters in a row, or words of nothing
// else. Three in a row are enough for an alphabet of single bytes.
bool
is_no_latin_1 (const High &high, size_t size) {
  if (!fallback_is_multibyte ())
    return !fallback_is_western () && high.longest_run >= 3 && high.n * 2 > size;
  return high.longest_run >= 4 || (high.n >= 4 && !high.beside_letters);
}

struct Triples { // of bytes, as every character of East Asia is in UTF-8
  unsigned n = 0;
  bool low = false; // bytes below A1, which are in no GB 2312 nor in EUC
};

Triples
triples_of (Bytes b) {
  Triples t;
  for (size_t i = 0; i < b.size; i++) {
    t.n += (b.data[i] & 0xF0) == 0xE0;
    t.low = t.low || (b.data[i] >= 0x80 && b.data[i] < 0xA1);
  }
  return t;
}

// Where the label is doubtful, what is valid UTF-8 is UTF-8, but for what could as well be words of
// two-byte characters and has none of three.
bool
is_utf8 (Bytes b, const High &high) {
  Triples t = triples_of (b);
  bool words = fallback_is_multibyte () && !t.n && !t.low && is_no_latin_1 (high, b.size);
  return !words &&
         g_utf8_validate (reinterpret_cast<const char *> (b.data), gssize (b.size), nullptr);
}

bool
is_utf8_rather_than_gb (Bytes b) {
  Triples t = triples_of (b);
  return t.n >= 2 && t.low;
}

} // namespace

bool
is_single_valued (Vr v) {
  return v == vr ("LT") || v == vr ("ST") || v == vr ("UT") || v == vr ("UR");
}

void
text_init () {
  repertoire_init ();
}

Charset::Charset (const Dataset &set, const Charset &outer) : repertoire_ (outer.repertoire_) {
  if (const Element *e = set.find (0x00080005); e && e->value.size)
    repertoire_ = Repertoire (codes (set, 0x00080005));
}

// Whether the label is missing or wrong and something else fits; that is in `out` then. A few bad
// bytes among good ones are no proof against a label.
bool
Charset::try_others (const Decoding &declared, Bytes b, std::string &out) const {
  auto kind = repertoire_.kind ();
  bool latin_1 = repertoire_.is_latin_1 (), nothing = kind == Repertoire::UNDECLARED;
  bool flawed = declared.bad || declared.c1;
  High high = survey (b);
  if (memchr (b.data, 0x1B, b.size))
    return false;
  if ((flawed || latin_1 || nothing || (kind == Repertoire::GB && is_utf8_rather_than_gb (b))) &&
      is_utf8 (b, high)) {
    out.assign (reinterpret_cast<const char *> (b.data), b.size);
    return true;
  }
  bool doubtful = nothing || (declared.bad + declared.c1) * 4 > high.n ||
                  (latin_1 && (declared.c1 || is_no_latin_1 (high, b.size)));
  if (!doubtful)
    return false;
  bool may_be_western = nothing || latin_1 || kind == Repertoire::UTF8;
  bool western = may_be_western && high.longest_run <= 2 && high.in_words;
  if (!may_be_western && fallback_is_western ())
    return false;
  Decoding d = western ? decode_western (b) : decode_fallback (b);
  if (may_be_western && (d.bad || d.cut))
    d = decode_western (b);
  out = d.text;
  return d.bad == 0 && !d.cut;
}

std::string
Charset::convert (Bytes b, bool person_name) const {
  Decoding d = repertoire_.decode (b, person_name);
  std::string other;
  if (try_others (d, b, other)) {
    guessed_ = true;
    return other;
  }
  guessed_ = guessed_ || d.uncalled || repertoire_.kind () == Repertoire::UNDECLARED;
  return std::move (d.text);
}

std::string
Charset::utf8 (const Element &e, bool lines) const {
  Bytes b = e.value;
  while (b.size && (b.data[b.size - 1] == 0 || b.data[b.size - 1] == ' '))
    b.size--;
  if (!uses_charset (e.vr))
    return trim_values (ascii (e));
  std::string text;
  if (is_plain (b)) {
    text.assign (reinterpret_cast<const char *> (b.data), b.size);
  } else {
    std::string no_nul;
    for (size_t i = 0; i < b.size; i++)
      if (b.data[i])
        no_nul += char (b.data[i]);
    b = {reinterpret_cast<const uint8_t *> (no_nul.data ()), no_nul.size ()};
    bool ascii_only = true;
    for (char c : no_nul)
      ascii_only = ascii_only && !(c & 0x80) && c != 0x1B;
    text = tidy (ascii_only ? no_nul : convert (b, e.vr == vr ("PN")), lines);
  }
  return is_single_valued (e.vr) ? text : trim_values (text);
}

std::string
text_of (const Dataset &set, const Charset &charset, Tag tag, Vr fallback) {
  const Element *e = set.find (tag);
  if (!e || e->undefined_length)
    return "";
  Element copy = *e;
  if (!is_text (e->vr))
    copy.vr = fallback;
  copy.value = copy.value.part (0, MAX_TEXT); // before it is UTF-8: half a letter would be none
  return charset.utf8 (copy);
}

} // namespace prc
