// SPDX-License-Identifier: Apache-2.0
#include "prc-library-words.h"

// Written without blanks between words, and so that a character alone means something.
static gboolean
stands_alone (gunichar c) {
  switch (g_unichar_get_script (c)) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
  case G_UNICODE_SCRIPT_BOPOMOFO:
    return TRUE;
  default:
    return FALSE;
  }
}

static char *
normalise (const char *text) {
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  return g_utf8_normalize (valid, -1, G_NORMALIZE_ALL_COMPOSE);
}

static void
add_words (GString *words, const char *text) {
  for (const char *at = text; *at; at = g_utf8_next_char (at)) {
    const gunichar c = g_utf8_get_char (at);
    const gboolean alone = stands_alone (c);
    if (alone)
      g_string_append_c (words, ' ');
    g_string_append_unichar (words, c);
    if (alone)
      g_string_append_c (words, ' ');
  }
}

char *
prc_library_words (const char *text) {
  g_autofree char *plain = normalise (text);
  GString *words = g_string_sized_new (64);
  add_words (words, plain);
  return g_string_free (words, FALSE);
}

static gboolean
has_word (const char *text) {
  for (; *text; text = g_utf8_next_char (text))
    if (g_unichar_isalnum (g_utf8_get_char (text)))
      return TRUE;
  return FALSE;
}

// In quotation marks nothing but a quotation mark means anything to FTS5, and that is no word.
char *
prc_library_words_query (const char *text) {
  g_autofree char *plain = normalise (text);
  g_strdelimit (plain, "\"", ' ');
  g_auto (GStrv) parts = g_strsplit_set (plain, " \t\r\n", -1);
  GString *query = g_string_new (NULL);
  for (char **part = parts; *part; part++) {
    if (!has_word (*part))
      continue;
    g_string_append (query, query->len ? " \"" : "\"");
    add_words (query, *part);
    g_string_append (query, "\"*");
  }
  return g_string_free (query, FALSE);
}
