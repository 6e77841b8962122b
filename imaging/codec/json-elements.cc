// SPDX-License-Identifier: Apache-2.0
#include "json-elements.h"

#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>

#include "json-text.h"
#include "values.h"

namespace prc {

constexpr unsigned MAX_DEPTH = 32;

void
put_u16 (std::string &out, unsigned v) {
  out += char (v & 0xFF);
  out += char (v >> 8 & 0xFF);
}

void
put_u32 (std::string &out, uint32_t v) {
  put_u16 (out, v & 0xFFFF);
  put_u16 (out, v >> 16);
}

void
put_element (std::string &out, Tag tag, Vr v, std::string value, bool explicit_vr) {
  bool binary = v == vr ("UI") || v >> 8 == 'O' || v == vr ("UN");
  if (value.size () % 2)
    value += binary ? '\0' : ' ';
  put_u16 (out, tag >> 16);
  put_u16 (out, tag & 0xFFFF);
  if (!explicit_vr) {
    put_u32 (out, uint32_t (value.size ()));
    out += value;
    return;
  }
  out += char (v >> 8);
  out += char (v & 0xFF);
  bool is_long = v >> 8 == 'O' || v == vr ("SQ") || v == vr ("UC") || v == vr ("UN") ||
                 v == vr ("UR") || v == vr ("UT") || v == vr ("SV") || v == vr ("UV");
  if (is_long) {
    put_u16 (out, 0);
    put_u32 (out, uint32_t (value.size ()));
  } else {
    if (value.size () > 0xFFFF)
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The value of (%04X,%04X) is too long"), tag >> 16,
            tag & 0xFFFF);
    put_u16 (out, unsigned (value.size ()));
  }
  out += value;
}

namespace {

[[noreturn]] void
fail_model (Tag tag) {
  fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The value of (%04X,%04X) does not fit its VR"), tag >> 16,
        tag & 0xFFFF);
}

bool
has_non_ascii (const std::string &s) {
  for (char c : s)
    if (c & 0x80)
      return true;
  return false;
}

std::string
decimal (double v) { // DS: 16 characters at most (PS3.5 6.2)
  char text[40];
  for (int digits = 15; digits > 0; digits--) {
    char format[8];
    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, v);
    if (strlen (text) <= 16)
      break;
  }
  return text;
}

struct Reader {
  JsonText json;
  bool explicit_vr;
  bool non_ascii = false;
  Elements members (unsigned depth);
  std::string attribute (Tag tag, Vr &v, unsigned depth);
  std::string value (Tag tag, Vr v, unsigned depth);
  std::string sequence (Tag tag, unsigned depth);
  std::string text (Tag tag, Vr v);
  std::string person_name (Tag tag);
  void put_number (std::string &out, Tag tag, Vr v);
  void put_tag (std::string &out, Tag tag);
};

// The groups in any order; others are left out.
std::string
Reader::person_name (Tag tag) {
  static const char *const names[] = {"Alphabetic", "Ideographic", "Phonetic"};
  std::string groups[3];
  if (json.peek () == '"')
    return json.string ();
  if (!json.take ('{'))
    fail_model (tag);
  for (size_t i = 0; json.more (i, '}'); i++) {
    std::string key = json.string ();
    json.expect (':');
    std::string *known = nullptr;
    for (size_t k = 0; k < 3; k++)
      if (key == names[k])
        known = &groups[k];
    if (known && json.peek () == '"')
      *known = json.string ();
    else
      json.skip ();
  }
  std::string out = groups[0] + '=' + groups[1] + '=' + groups[2];
  return out.substr (0, out.find_last_not_of ('=') + 1);
}

std::string
Reader::text (Tag tag, Vr v) {
  if (json.null ())
    return "";
  if (v == vr ("PN"))
    return person_name (tag);
  if (json.peek () == '"')
    return json.string ();
  if (json.peek () == '{' || json.peek () == '[')
    fail_model (tag);
  bool is_integer;
  int64_t integer;
  return decimal (json.number (is_integer, integer));
}

void
Reader::put_number (std::string &out, Tag tag, Vr v) {
  bool is_integer;
  int64_t integer;
  if (json.peek () == '{' || json.peek () == '[' || json.peek () == '"' || json.peek () == 'n')
    fail_model (tag);
  double d = json.number (is_integer, integer);
  if (!is_integer && fabs (d) < 9e18)
    integer = int64_t (d);
  uint64_t bits = uint64_t (integer);
  size_t n = 4;
  if (v == vr ("FL")) {
    float f = float (d);
    uint32_t u;
    memcpy (&u, &f, 4);
    bits = u;
  } else if (v == vr ("FD")) {
    memcpy (&bits, &d, 8);
    n = 8;
  } else if (v == vr ("US") || v == vr ("SS")) {
    n = 2;
  } else if (v == vr ("SV") || v == vr ("UV")) {
    n = 8;
  }
  for (size_t k = 0; k < n; k++)
    out += char (bits >> (8 * k) & 0xFF);
}

void
Reader::put_tag (std::string &out, Tag tag) {
  if (json.peek () != '"')
    fail_model (tag);
  guint64 v = g_ascii_strtoull (json.string ().c_str (), nullptr, 16);
  put_u16 (out, unsigned (v >> 16 & 0xFFFF));
  put_u16 (out, unsigned (v & 0xFFFF));
}

// An item of a sequence. Its elements are gone when it is written.
std::string
Reader::sequence (Tag tag, unsigned depth) {
  std::string inner, out;
  if (json.peek () != '{')
    fail_model (tag);
  for (const auto &[inside, bytes] : members (depth + 1))
    inner += bytes;
  put_u16 (out, 0xFFFE);
  put_u16 (out, 0xE000);
  put_u32 (out, uint32_t (inner.size ()));
  return out + inner;
}

std::string
Reader::value (Tag tag, Vr v, unsigned depth) {
  std::string out;
  if (!json.take ('['))
    fail_model (tag);
  for (size_t i = 0; json.more (i, ']'); i++) {
    if (v == vr ("SQ")) {
      out += sequence (tag, depth);
    } else if (v == vr ("AT")) {
      put_tag (out, tag);
    } else if (is_number (v) && v != vr ("DS") && v != vr ("IS")) {
      put_number (out, tag, v);
    } else {
      if (i)
        out += '\\';
      out += text (tag, v);
    }
  }
  if (is_text (v))
    non_ascii = non_ascii || has_non_ascii (out);
  return out;
}

std::string
decode_binary (const std::string &base64) {
  gsize n;
  guchar *bytes = g_base64_decode (base64.c_str (), &n);
  std::string out (reinterpret_cast<char *> (bytes), n);
  g_free (bytes);
  return out;
}

// The object of one attribute: its VR, and then its value, which may stand before it.
std::string
Reader::attribute (Tag tag, Vr &v, unsigned depth) {
  const char *waiting = nullptr;
  std::string name, bytes, binary;
  json.expect ('{');
  for (size_t i = 0; json.more (i, '}'); i++) {
    std::string key = json.string ();
    json.expect (':');
    if (key == "vr" && json.peek () == '"') {
      name = json.string ();
      if (name.size () != 2)
        fail_model (tag);
      v = Vr (uint8_t (name[0]) << 8 | uint8_t (name[1]));
    } else if (key == "Value" && v) {
      bytes = value (tag, v, depth);
    } else if (key == "Value") {
      waiting = json.place ();
      json.skip ();
    } else if (key == "InlineBinary" && json.peek () == '"') {
      bytes = decode_binary (json.string ());
    } else {
      json.skip ();
    }
  }
  if (!v)
    fail_model (tag);
  if (waiting) {
    const char *here = json.place ();
    json.go_to (waiting);
    bytes = value (tag, v, depth);
    json.go_to (here);
  }
  return bytes;
}

Elements
Reader::members (unsigned depth) {
  if (depth > MAX_DEPTH)
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("Sequences are nested more than %u deep"), MAX_DEPTH);
  Elements out;
  json.expect ('{');
  for (size_t i = 0; json.more (i, '}'); i++) {
    char *end;
    std::string key = json.string ();
    Tag tag = Tag (g_ascii_strtoull (key.c_str (), &end, 16));
    json.expect (':');
    if (key.size () != 8 || *end || json.peek () != '{')
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("“%s” is no attribute"), key.c_str ());
    if (tag >> 16 <= 2 || (tag & 0xFFFF) == 0 || tag == PIXEL_DATA) {
      json.skip ();
    } else {
      Vr v = 0;
      std::string bytes = attribute (tag, v, depth), element;
      put_element (element, tag, v, std::move (bytes), explicit_vr);
      out[tag] = std::move (element);
    }
  }
  return out;
}

} // namespace

Elements
elements_from_json (Bytes json, bool explicit_vr) {
  Reader reader{JsonText (json), explicit_vr};
  Elements elements = reader.members (0);
  if (reader.json.peek ())
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The data set is no JSON object"));
  elements.erase (0x00080005);
  if (reader.non_ascii)
    put_element (elements[0x00080005], 0x00080005, vr ("CS"), "ISO_IR 192", explicit_vr);
  return elements;
}

} // namespace prc
