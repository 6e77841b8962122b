// SPDX-License-Identifier: Apache-2.0
#include "phantom-json.h"
#include <string.h>

static void
separate (PrcJson *json) {
  char last = json->text->len ? json->text->str[json->text->len - 1] : '{';

  if (last != '{' && last != '[')
    g_string_append_c (json->text, ',');
}

static void
append_quoted (PrcJson *json, const char *text, size_t length) {
  g_string_append_c (json->text, '"');
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"' || text[i] == '\\')
      g_string_append_c (json->text, '\\');
    g_string_append_c (json->text, text[i]);
  }
  g_string_append_c (json->text, '"');
}

static void
begin_attribute (PrcJson *json, uint32_t tag, const char *vr) {
  separate (json);
  g_string_append_printf (json->text, "\"%08X\":{\"vr\":\"%s\"", tag, vr);
}

void
prc_json_begin (PrcJson *json) {
  json->text = g_string_new ("{");
}

char *
prc_json_finish (PrcJson *json) {
  g_string_append_c (json->text, '}');
  return g_string_free (json->text, FALSE);
}

void
prc_json_text (PrcJson *json, uint32_t tag, const char *vr, const char *value) {
  begin_attribute (json, tag, vr);
  if (*value) {
    g_auto (GStrv) parts = g_strsplit (value, "\\", -1);

    g_string_append (json->text, ",\"Value\":[");
    for (char **part = parts; *part; part++) {
      separate (json);
      append_quoted (json, *part, strlen (*part));
    }
    g_string_append_c (json->text, ']');
  }
  g_string_append_c (json->text, '}');
}

void
prc_json_name (PrcJson *json, uint32_t tag, const char *value) {
  begin_attribute (json, tag, "PN");
  if (*value) {
    g_string_append (json->text, ",\"Value\":[{\"Alphabetic\":");
    append_quoted (json, value, strlen (value));
    g_string_append (json->text, "}]");
  }
  g_string_append_c (json->text, '}');
}

void
prc_json_numbers (PrcJson *json, uint32_t tag, const char *vr, const double *values, unsigned n) {
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  begin_attribute (json, tag, vr);
  g_string_append (json->text, ",\"Value\":[");
  for (unsigned i = 0; i < n; i++) {
    separate (json);
    g_string_append (json->text, g_ascii_formatd (number, sizeof number, "%.9g", values[i] + 0.0));
  }
  g_string_append (json->text, "]}");
}

void
prc_json_number (PrcJson *json, uint32_t tag, const char *vr, double value) {
  prc_json_numbers (json, tag, vr, &value, 1);
}

void
prc_json_open_sequence (PrcJson *json, uint32_t tag) {
  begin_attribute (json, tag, "SQ");
  g_string_append (json->text, ",\"Value\":[");
}

void
prc_json_open_item (PrcJson *json) {
  separate (json);
  g_string_append_c (json->text, '{');
}

void
prc_json_close_item (PrcJson *json) {
  g_string_append_c (json->text, '}');
}

void
prc_json_close_sequence (PrcJson *json) {
  g_string_append (json->text, "]}");
}

void
prc_json_code (PrcJson *json, uint32_t tag, const char *value, const char *scheme,
               const char *meaning) {
  prc_json_open_sequence (json, tag);
  prc_json_open_item (json);
  prc_json_text (json, 0x00080100, "SH", value);
  prc_json_text (json, 0x00080102, "SH", scheme);
  prc_json_text (json, 0x00080104, "LO", meaning);
  prc_json_close_item (json);
  prc_json_close_sequence (json);
}
