// SPDX-License-Identifier: Apache-2.0
#include "dump.h"

#include <cmath>

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#include "file.h"
#include "text.h"
#include "values.h"
#include "vr.h"

namespace prc {

namespace {

constexpr size_t MAX_BULK = 65536;
constexpr unsigned MAX_DEPTH = 64;

struct Writer {
  JsonBuilder *builder;
  void members (const Dataset &set, const Charset &outer, unsigned depth);
  void element (const Dataset &set, Element e, const Charset &charset, unsigned depth);
  void sequence (const Dataset &set, const Element &e, const Charset &charset, unsigned depth);
  void text (const Element &e, const Charset &charset);
  void person_name (const char *name);
  void numbers_of (const Dataset &set, const Element &e);
};

void
add_number (JsonBuilder *b, double v) {
  if (!std::isfinite (v))
    json_builder_add_null_value (b);
  else if (v == std::floor (v) && std::fabs (v) < 9e15)
    json_builder_add_int_value (b, gint64 (v));
  else
    json_builder_add_double_value (b, v);
}

void
Writer::person_name (const char *name) {
  static const char *const groups[] = {"Alphabetic", "Ideographic", "Phonetic"};
  char **parts = g_strsplit (name, "=", 3);
  json_builder_begin_object (builder);
  for (unsigned i = 0; i < 3 && parts[i]; i++)
    if (*parts[i]) {
      json_builder_set_member_name (builder, groups[i]);
      json_builder_add_string_value (builder, parts[i]);
    }
  json_builder_end_object (builder);
  g_strfreev (parts);
}

void
Writer::text (const Element &e, const Charset &charset) {
  std::string all = charset.utf8 (e, is_single_valued (e.vr));
  if (is_single_valued (e.vr)) {
    json_builder_add_string_value (builder, all.c_str ());
    return;
  }
  char **values = g_strsplit (all.c_str (), "\\", -1);
  for (char **v = values; *v; v++)
    if (!**v)
      json_builder_add_null_value (builder);
    else if (e.vr == vr ("PN"))
      person_name (*v);
    else
      json_builder_add_string_value (builder, *v);
  g_strfreev (values);
}

void
Writer::numbers_of (const Dataset &set, const Element &e) {
  std::vector<double> v = numbers (set, e, e.vr);
  bool decimal = e.vr == vr ("DS") || e.vr == vr ("IS");
  for (double x : v)
    if (decimal && !std::isfinite (x)) { // what stands there, rather than nothing
      text (e, Charset ());
      return;
    }
  for (double x : v)
    add_number (builder, x);
}

void
Writer::sequence (const Dataset &set, const Element &e, const Charset &charset, unsigned depth) {
  for (const Dataset &item : set.items (e)) {
    json_builder_begin_object (builder);
    members (item, charset, depth + 1);
    json_builder_end_object (builder);
  }
}

void
add_binary (JsonBuilder *b, Bytes bytes) {
  char *base64 = g_base64_encode (bytes.data, bytes.size);
  json_builder_set_member_name (b, "InlineBinary");
  json_builder_add_string_value (b, base64);
  g_free (base64);
}

bool
is_blank (const Element &e) { // padding only (PS3.5 6.2)
  if (!is_text (e.vr) && e.vr != vr ("DS") && e.vr != vr ("IS"))
    return false;
  for (size_t i = 0; i < e.value.size; i++)
    if (e.value.data[i] != ' ' && e.value.data[i] != 0)
      return false;
  return true;
}

void
Writer::element (const Dataset &set, Element e, const Charset &charset, unsigned depth) {
  char name[3] = {char (e.vr >> 8), char (e.vr & 0xFF), 0};
  json_builder_set_member_name (builder, "vr");
  json_builder_add_string_value (builder, name);
  bool known = e.vr == vr ("SQ") || is_text (e.vr) || is_number (e.vr) || e.vr == vr ("AT");
  if (e.value.size == 0 || is_blank (e) ||
      (!known && (e.value.size > MAX_BULK || e.undefined_length || e.cut)))
    return;
  if (!known) {
    add_binary (builder, e.value);
    return;
  }
  json_builder_set_member_name (builder, "Value");
  json_builder_begin_array (builder);
  if (e.vr == vr ("SQ"))
    sequence (set, e, charset, depth);
  else if (is_number (e.vr))
    numbers_of (set, e);
  else if (is_text (e.vr))
    text (e, charset);
  else
    for (double tag : numbers (set, e, e.vr)) {
      char hex[16];
      g_snprintf (hex, sizeof hex, "%08X", unsigned (tag));
      json_builder_add_string_value (builder, hex);
    }
  json_builder_end_array (builder);
}

void
Writer::members (const Dataset &set, const Charset &outer, unsigned depth) {
  if (depth > MAX_DEPTH)
    fail (PRC_IMAGING_ERROR_DAMAGED, _ ("Sequences are nested more than %u deep"), MAX_DEPTH);
  Charset charset (set, outer);
  bool is_signed = number (set, 0x00280103, vr ("US"), 0) == 1;
  for (const Element &e : set.elements) {
    if ((e.tag & 0xFFFF) == 0) // group lengths are of the encoding, not of the data
      continue;
    char key[16];
    g_snprintf (key, sizeof key, "%08X", e.tag);
    Element copy = e;
    copy.vr = vr_of (e, is_signed);
    json_builder_set_member_name (builder, key);
    json_builder_begin_object (builder);
    element (set, copy, charset, depth);
    json_builder_end_object (builder);
  }
}

} // namespace

std::string
dump_json (Bytes bytes) {
  File file;
  read_whole_file (bytes, file);
  JsonBuilder *builder = json_builder_new ();
  Writer writer{builder};
  try {
    json_builder_begin_object (builder);
    writer.members (file.data, Charset (), 0);
    json_builder_end_object (builder);
  } catch (...) {
    g_object_unref (builder);
    throw;
  }
  JsonNode *root = json_builder_get_root (builder);
  char *text = json_to_string (root, FALSE);
  std::string out = text;
  g_free (text);
  json_node_unref (root);
  g_object_unref (builder);
  return out;
}

} // namespace prc
