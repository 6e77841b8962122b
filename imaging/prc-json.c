// SPDX-License-Identifier: Apache-2.0
#include "prc-json.h"
#include <string.h>

#define MAX_CODE_VALUE 16 // characters of SH; longer ones are Long Code Values (PS3.3 8.8)

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
    if ((uint8_t)text[i] < ' ') {
      g_string_append_printf (json->text, "\\u%04X", text[i]);
      continue;
    }
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
prc_json_whole (PrcJson *json, uint32_t tag, const char *vr, const char *value) {
  begin_attribute (json, tag, vr);
  if (*value) {
    g_string_append (json->text, ",\"Value\":[");
    append_quoted (json, value, strlen (value));
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

// The shorter of two ways to say the same number.
static const char *
format_number (double value, char text[G_ASCII_DTOSTR_BUF_SIZE]) {
  value += 0.0; // no minus zero
  g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.17g", value);
  return text;
}

void
prc_json_numbers (PrcJson *json, uint32_t tag, const char *vr, const double *values, unsigned n) {
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  begin_attribute (json, tag, vr);
  g_string_append (json->text, ",\"Value\":[");
  for (unsigned i = 0; i < n; i++) {
    separate (json);
    g_string_append (json->text, format_number (values[i], number));
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
prc_json_open_only (PrcJson *json, uint32_t tag) {
  prc_json_open_sequence (json, tag);
  prc_json_open_item (json);
}

void
prc_json_close_only (PrcJson *json) {
  prc_json_close_item (json);
  prc_json_close_sequence (json);
}

void
prc_json_code_value (PrcJson *json, const char *value, const char *scheme, const char *meaning) {
  if (strlen (value) <= MAX_CODE_VALUE)
    prc_json_text (json, 0x00080100, "SH", value);
  else
    prc_json_text (json, 0x00080119, "UC", value);
  prc_json_text (json, 0x00080102, "SH", scheme);
  prc_json_text (json, 0x00080104, "LO", meaning);
}

void
prc_json_code (PrcJson *json, uint32_t tag, const char *value, const char *scheme,
               const char *meaning) {
  prc_json_open_only (json, tag);
  prc_json_code_value (json, value, scheme, meaning);
  prc_json_close_only (json);
}

// ---- copying ----

// Behind the string that begins at `at`; NULL when it does not end.
static const char *
skip_string (const char *at) {
  for (at++; *at && *at != '"'; at++)
    if (*at == '\\' && at[1])
      at++;
  return *at ? at + 1 : NULL;
}

// Behind the value that begins at `at`: at the comma or bracket that follows it.
static const char *
skip_value (const char *at) {
  for (unsigned depth = 0; at && *at;) {
    if (*at == '"') {
      at = skip_string (at);
      continue;
    }
    if (depth == 0 && (*at == ',' || *at == '}' || *at == ']'))
      return at;
    if (*at == '{' || *at == '[')
      depth++;
    else if (*at == '}' || *at == ']')
      depth--;
    at++;
  }
  return NULL;
}

// Which of the tags a key is, n for none.
static size_t
find_tag (const char *key, const uint32_t *tags, size_t n) {
  char *end;
  uint64_t tag = g_ascii_strtoull (key, &end, 16);
  size_t i = 0;
  while (i < n && (end != key + 8 || tags[i] != tag))
    i++;
  return i;
}

void
prc_json_copy (PrcJson *json, const char *from, const uint32_t *tags, size_t n, bool *found) {
  if (*from != '{')
    return;
  for (const char *key = from + 1; *key == '"';) {
    const char *colon = skip_string (key);
    const char *end = colon && *colon == ':' ? skip_value (colon + 1) : NULL;
    if (!end)
      return;
    size_t i = find_tag (key + 1, tags, n);
    if (i < n) {
      found[i] = true;
      separate (json);
      g_string_append_len (json->text, key, end - key);
    }
    key = *end == ',' ? end + 1 : end;
  }
}
