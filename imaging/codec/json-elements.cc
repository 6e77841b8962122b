// SPDX-License-Identifier: Apache-2.0
#include "json-elements.h"

#include <cmath>
#include <cstring>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

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
  bool explicit_vr;
  bool non_ascii = false;
  Elements members (JsonObject *object, unsigned depth);
  std::string value (Tag tag, Vr v, JsonNode *node, unsigned depth);
  std::string text (Tag tag, Vr v, JsonNode *node);
  std::string person_name (Tag tag, JsonNode *node);
};

std::string
Reader::person_name (Tag tag, JsonNode *node) {
  if (JSON_NODE_HOLDS_VALUE (node))
    return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
  if (!JSON_NODE_HOLDS_OBJECT (node))
    fail_model (tag);
  std::string out;
  for (const char *group : {"Alphabetic", "Ideographic", "Phonetic"}) {
    if (*group != 'A')
      out += '=';
    out += json_object_get_string_member_with_default (json_node_get_object (node), group, "");
  }
  return out.substr (0, out.find_last_not_of ('=') + 1);
}

std::string
Reader::text (Tag tag, Vr v, JsonNode *node) {
  if (JSON_NODE_HOLDS_NULL (node))
    return "";
  if (v == vr ("PN"))
    return person_name (tag, node);
  if (!JSON_NODE_HOLDS_VALUE (node))
    fail_model (tag);
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  return decimal (json_node_get_double (node));
}

void
put_number (std::string &out, Vr v, JsonNode *node) {
  double d = json_node_get_double (node);
  gint64 i =
      json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : gint64 (d);
  uint64_t bits = uint64_t (i);
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
put_tag (std::string &out, JsonNode *node, Tag tag) {
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    fail_model (tag);
  guint64 v = g_ascii_strtoull (json_node_get_string (node), nullptr, 16);
  put_u16 (out, unsigned (v >> 16 & 0xFFFF));
  put_u16 (out, unsigned (v & 0xFFFF));
}

std::string
item (const Elements &elements) {
  std::string inner, out;
  for (const auto &[tag, bytes] : elements)
    inner += bytes;
  put_u16 (out, 0xFFFE);
  put_u16 (out, 0xE000);
  put_u32 (out, uint32_t (inner.size ()));
  return out + inner;
}

std::string
Reader::value (Tag tag, Vr v, JsonNode *node, unsigned depth) {
  std::string out;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    fail_model (tag);
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *one = json_array_get_element (array, i);
    if (v == vr ("SQ")) {
      if (!JSON_NODE_HOLDS_OBJECT (one))
        fail_model (tag);
      out += item (members (json_node_get_object (one), depth + 1));
    } else if (v == vr ("AT")) {
      put_tag (out, one, tag);
    } else if (is_number (v) && v != vr ("DS") && v != vr ("IS")) {
      if (!JSON_NODE_HOLDS_VALUE (one))
        fail_model (tag);
      put_number (out, v, one);
    } else {
      if (i)
        out += '\\';
      out += text (tag, v, one);
    }
  }
  if (is_text (v))
    non_ascii = non_ascii || has_non_ascii (out);
  return out;
}

std::string
inline_binary (JsonObject *object) {
  const char *base64 = json_object_get_string_member_with_default (object, "InlineBinary", "");
  gsize n;
  guchar *bytes = g_base64_decode (base64, &n);
  std::string out (reinterpret_cast<char *> (bytes), n);
  g_free (bytes);
  return out;
}

Elements
Reader::members (JsonObject *object, unsigned depth) {
  if (depth > MAX_DEPTH)
    fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("Sequences are nested more than %u deep"), MAX_DEPTH);
  Elements out;
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node)) {
    char *end;
    Tag tag = Tag (g_ascii_strtoull (key, &end, 16));
    if (strlen (key) != 8 || *end || !JSON_NODE_HOLDS_OBJECT (node))
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("“%s” is no attribute"), key);
    if (tag >> 16 <= 2 || (tag & 0xFFFF) == 0 || tag == PIXEL_DATA)
      continue;
    JsonObject *e = json_node_get_object (node);
    const char *name = json_object_get_string_member_with_default (e, "vr", "");
    if (strlen (name) != 2)
      fail_model (tag);
    Vr v = Vr (name[0] << 8 | name[1]);
    std::string bytes;
    if (json_object_has_member (e, "Value"))
      bytes = value (tag, v, json_object_get_member (e, "Value"), depth);
    else if (json_object_has_member (e, "InlineBinary"))
      bytes = inline_binary (e);
    put_element (out[tag], tag, v, bytes, explicit_vr);
  }
  return out;
}

} // namespace

Elements
elements_from_json (Bytes json, bool explicit_vr) {
  JsonParser *parser = json_parser_new_immutable ();
  const char *text = reinterpret_cast<const char *> (json.data);
  bool good = json_parser_load_from_data (parser, text, gssize (json.size), nullptr);
  JsonNode *root = good ? json_parser_get_root (parser) : nullptr;
  Elements elements;
  Reader reader{explicit_vr};
  try {
    if (!root || !JSON_NODE_HOLDS_OBJECT (root))
      fail (PRC_IMAGING_ERROR_ARGUMENT, _ ("The data set is no JSON object"));
    elements = reader.members (json_node_get_object (root), 0);
  } catch (...) {
    g_object_unref (parser);
    throw;
  }
  g_object_unref (parser);
  elements.erase (0x00080005);
  if (reader.non_ascii)
    put_element (elements[0x00080005], 0x00080005, vr ("CS"), "ISO_IR 192", explicit_vr);
  return elements;
}

} // namespace prc
