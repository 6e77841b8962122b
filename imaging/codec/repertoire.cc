// SPDX-License-Identifier: Apache-2.0
#include "repertoire.h"

#include <cerrno>
#include <cstring>
#include <map>

#include <iconv.h>

namespace prc {

namespace {

// A code element of ISO 2022 and what turns its bytes to UTF-8. Two-byte sets of Japan all go by
// way of EUC-JP; GB 2312 is read by its superset, which knows the middle dot of names.
enum class Shape { ASCII, SINGLE, TWO_BYTES, JIS_KANA, JIS_X0208, JIS_X0212 };
struct Code {
  const char *number; // of its registration: the end of "ISO_IR 100" and "ISO 2022 IR 100"
  const char *escape; // behind ESC, PS3.3 tables C.12-3 and C.12-4
  const char *iconv_name;
  Shape shape;
};
const Code CODES[] = {
    {"6", "(B", "", Shape::ASCII},
    {"14", "(J", "", Shape::ASCII}, // 05/12 delimits here too, whether it looks like \ or a yen
    {"100", "-A", "ISO-8859-1", Shape::SINGLE},
    {"101", "-B", "ISO-8859-2", Shape::SINGLE},
    {"109", "-C", "ISO-8859-3", Shape::SINGLE},
    {"110", "-D", "ISO-8859-4", Shape::SINGLE},
    {"144", "-L", "ISO-8859-5", Shape::SINGLE},
    {"127", "-G", "ISO-8859-6", Shape::SINGLE},
    {"126", "-F", "ISO-8859-7", Shape::SINGLE},
    {"138", "-H", "ISO-8859-8", Shape::SINGLE},
    {"148", "-M", "ISO-8859-9", Shape::SINGLE},
    {"203", "-b", "ISO-8859-15", Shape::SINGLE},
    {"166", "-T", "TIS-620", Shape::SINGLE},
    {"13", ")I", "EUC-JP", Shape::JIS_KANA},
    {"87", "$B", "EUC-JP", Shape::JIS_X0208},
    {"159", "$(D", "EUC-JP", Shape::JIS_X0212},
    {"149", "$)C", "EUC-KR", Shape::TWO_BYTES},
    {"58", "$)A", "GB18030", Shape::TWO_BYTES},
};
constexpr int NONE = -1, ASCII = 0;

std::map<std::string, iconv_t> converters;
std::string fallback_name;
bool fallback_multibyte;

bool
is_g1 (Shape shape) {
  return shape == Shape::SINGLE || shape == Shape::JIS_KANA || shape == Shape::TWO_BYTES;
}

void
add_bad (Decoding &d) {
  d.text += "\xEF\xBF\xBD";
  d.bad++;
}

// Converts all of `in`; where that fails, `unit` bytes are given up.
void
append_converted (Decoding &d, const std::string &name, const std::string &in, size_t unit) {
  auto found = converters.find (name);
  if (found == converters.end ()) {
    add_bad (d);
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
    d.text.append (chunk, sizeof chunk - room);
    if (r != size_t (-1) || error == E2BIG)
      continue;
    if (error == EINVAL) {
      d.cut = true;
      d.text += "\xEF\xBF\xBD";
      return;
    }
    add_bad (d);
    size_t skip = MIN (unit, left);
    p += skip;
    left -= skip;
  }
}

Decoding
decode_with (const std::string &name, Bytes bytes) {
  Decoding d;
  append_converted (d, name, std::string (reinterpret_cast<const char *> (bytes.data), bytes.size),
                    1);
  return d;
}

std::string
as_euc_jp (const std::string &run, Shape shape) {
  std::string euc;
  for (size_t i = 0; i < run.size (); i++) {
    bool first = i % 2 == 0;
    if (shape == Shape::JIS_KANA)
      euc += '\x8E';
    else if (shape == Shape::JIS_X0212 && first)
      euc += '\x8F';
    euc += char (run[i] | 0x80);
  }
  return euc;
}

// A run of bytes of one code element.
void
append_run (Decoding &d, const Code &code, const std::string &run) {
  d.bad += d.cut; // half a character, and something behind it
  d.cut = false;
  switch (code.shape) {
  case Shape::ASCII:
    d.text += run;
    return;
  case Shape::SINGLE:
    for (char c : run)
      d.c1 += uint8_t (c) < 0xA0;
    append_converted (d, code.iconv_name, run, 1);
    return;
  case Shape::TWO_BYTES:
    append_converted (d, code.iconv_name, run, 2);
    return;
  default:
    append_converted (d, code.iconv_name, as_euc_jp (run, code.shape),
                      code.shape == Shape::JIS_X0212 ? 3 : 2);
  }
}

// One value or more with escapes: G0 and G1 change by them and go back to what value 1 declares
// at each delimiter and control character (PS3.5 6.1.2.5.3).
class Reader {
public:
  Reader (int first, int called_g1, bool person_name)
      : start_g1_ (is_g1 (CODES[first].shape) ? first : NONE), called_g1_ (called_g1),
        person_name_ (person_name), g1_ (start_g1_) {
  }

  Decoding
  read (Bytes b) {
    for (size_t i = 0; i < b.size; i++) {
      uint8_t c = b.data[i];
      if (c == 0x1B)
        i += escape (b.part (i + 1, 3));
      else if (delimits (c))
        reset (c);
      else
        take (c);
    }
    flush ();
    return std::move (d_);
  }

private:
  Decoding d_;
  std::string run_;
  int of_run_ = NONE;
  const int start_g1_, called_g1_;
  const bool person_name_;
  int g0_ = ASCII, g1_;

  void
  flush () {
    if (!run_.empty ())
      append_run (d_, CODES[of_run_], run_);
    run_.clear ();
  }
  void
  reset (uint8_t c) {
    flush ();
    d_.text += char (c);
    g0_ = ASCII;
    g1_ = start_g1_;
  }
  bool
  delimits (uint8_t c) const {
    if (c < 0x20)
      return true;
    bool plain = CODES[g0_].shape == Shape::ASCII; // else it is half of a character
    return plain && (c == '\\' || (person_name_ && (c == '^' || c == '=')));
  }
  void
  take (uint8_t c) {
    int code = c < 0x80 ? g0_ : g1_;
    if (code == NONE && called_g1_ != NONE) { // many writers call it once and not again behind "^"
      code = called_g1_;
      d_.uncalled = true;
    }
    if (code != of_run_)
      flush ();
    of_run_ = code;
    if (code == NONE)
      add_bad (d_);
    else
      run_ += char (c);
  }
  size_t
  escape (Bytes after) { // bytes that belong to it
    flush ();
    for (int i = 0; i < int (G_N_ELEMENTS (CODES)); i++) {
      size_t n = strlen (CODES[i].escape);
      if (after.size < n || memcmp (after.data, CODES[i].escape, n))
        continue;
      (is_g1 (CODES[i].shape) ? g1_ : g0_) = i;
      return n;
    }
    add_bad (d_);
    return 0;
  }
};

// Letters and digits of a term, "ISOIR100" for "ISO_IR 100", "ISO-IR 100" and what else there is.
std::string
essence (const std::string &term) {
  std::string out;
  for (char c : term)
    if (g_ascii_isalnum (c))
      out += g_ascii_toupper (c);
  return out;
}

int
by_term (const std::string &term) {
  for (int i = 0; i < int (G_N_ELEMENTS (CODES)); i++) {
    std::string number = CODES[i].number;
    if (term == "ISOIR" + number || term == "ISO2022IR" + number ||
        (CODES[i].shape == Shape::SINGLE && term == essence (CODES[i].iconv_name)))
      return i;
  }
  return NONE;
}

Repertoire::Kind
whole_by_term (const std::string &term) {
  if (term == "ISOIR192" || term == "UTF8")
    return Repertoire::UTF8;
  bool gb = term == "GB18030" || term == "GBK" || term == "GB2312";
  return gb ? Repertoire::GB : Repertoire::UNDECLARED;
}

void
open_converter (const std::string &name) {
  if (name.empty () || converters.count (name))
    return;
  iconv_t cd = iconv_open ("UTF-8", name.c_str ());
  if (cd != iconv_t (-1))
    converters[name] = cd;
}

const char *
name_by_language () {
  static const struct {
    const char *languages, *name;
  } sets[] = {{"zh_TW zh_HK zh_MO", "BIG5-HKSCS"},
              {"zh", "GB18030"},
              {"ja", "CP932"},
              {"ko", "CP949"},
              {"th", "CP874"},
              {"ru uk be bg sr mk kk ky mn", "CP1251"},
              {"cs sk pl hu sl hr ro sq bs", "CP1250"},
              {"el", "CP1253"},
              {"tr az", "CP1254"},
              {"he", "CP1255"},
              {"ar fa ur", "CP1256"},
              {"et lv lt", "CP1257"},
              {"vi", "CP1258"}};
  for (const char *const *l = g_get_language_names_with_category ("LC_CTYPE"); *l; l++)
    for (const auto &set : sets) {
      char **known = g_strsplit (set.languages, " ", -1);
      bool is = g_strv_contains (known, *l);
      g_strfreev (known);
      if (is)
        return set.name;
    }
  return "CP1252";
}

// A set can stand in when ASCII stays what it is in it: delimiters and numbers are ASCII.
bool
try_fallback (const char *name) {
  if (!name || !*name)
    return false;
  open_converter (name);
  fallback_name = name;
  Decoding d = decode_fallback ({reinterpret_cast<const uint8_t *> ("A^1=\\"), 5});
  return d.text == "A^1=\\";
}

} // namespace

void
repertoire_init () {
  for (const Code &c : CODES)
    open_converter (c.iconv_name);
  open_converter ("CP1252");
  if (!try_fallback (g_getenv ("PRECEDENT_CHARSET")) && !try_fallback (name_by_language ()))
    fallback_name = "CP1252";
  const uint8_t lead = 0xB0;
  fallback_multibyte = decode_fallback ({&lead, 1}).cut;
}

Decoding
decode_fallback (Bytes bytes) {
  return decode_with (fallback_name, bytes);
}

Decoding
decode_western (Bytes bytes) {
  return decode_with ("CP1252", bytes);
}

bool
fallback_is_western () {
  return fallback_name == "CP1252";
}

bool
fallback_is_multibyte () {
  return fallback_multibyte;
}

Repertoire::Repertoire (const std::vector<std::string> &terms) : single_ (terms.size () < 2) {
  std::string first = terms.empty () ? "" : essence (terms[0]);
  kind_ = whole_by_term (first);
  if (kind_ != UNDECLARED)
    return;
  int code = by_term (first);
  first_ = MAX (code, ASCII);
  bool known = code > ASCII;
  for (size_t i = 1; i < terms.size (); i++) {
    code = by_term (essence (terms[i]));
    known = known || code > ASCII;
    if (code > ASCII && is_g1 (CODES[code].shape))
      called_g1_ = called_g1_ == NONE ? code : called_g1_;
  }
  kind_ = known ? EXTENDED : UNDECLARED;
}

bool
Repertoire::is_latin_1 () const {
  return kind_ == EXTENDED && single_ && !strcmp (CODES[first_].number, "100");
}

Decoding
Repertoire::decode (Bytes bytes, bool person_name) const {
  Decoding d;
  std::string raw (reinterpret_cast<const char *> (bytes.data), bytes.size);
  if (kind_ == GB) {
    d = decode_with ("GB18030", bytes);
  } else if (kind_ == UTF8) {
    const char *p = raw.data (), *end = p + raw.size ();
    while (!g_utf8_validate (p, end - p, &p)) {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      d.bad++;
      p = c == gunichar (-2) ? end : p + 1;
    }
    d.text = std::move (raw); // made valid afterwards
  } else {
    d = Reader (first_, called_g1_, person_name).read (bytes);
  }
  return d;
}

} // namespace prc
