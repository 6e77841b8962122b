// SPDX-License-Identifier: Apache-2.0
#include "prc-text.h"

#include <glib/gi18n-lib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// family^given^middle^prefix^suffix (PS3.5 6.2.1), written by hand the other way round: "family,
// prefix given middle, suffix".
static char *
alphabetic_name (const char *group) {
  g_auto (GStrv) parts = g_strsplit (group, "^", 5);
  const char *part[5] = {"", "", "", "", ""};
  for (size_t i = 0; i < 5 && parts[i]; i++)
    part[i] = g_strstrip (parts[i]);
  GString *name = g_string_new (part[0]);
  const char *before = name->len ? ", " : "";
  static const int order[] = {3, 1, 2};
  for (size_t i = 0; i < G_N_ELEMENTS (order); i++) {
    if (!*part[order[i]])
      continue;
    g_string_append (name, before);
    g_string_append (name, part[order[i]]);
    before = " ";
  }
  if (*part[4]) {
    g_string_append (name, name->len ? ", " : "");
    g_string_append (name, part[4]);
  }
  return g_string_free (name, FALSE);
}

// Ideographic and phonetic groups keep their order: family name first, no comma.
static char *
plain_name (const char *group) {
  GString *name = g_string_new (NULL);
  g_auto (GStrv) parts = g_strsplit (group, "^", -1);
  for (size_t i = 0; parts[i]; i++) {
    const char *part = g_strstrip (parts[i]);
    if (*part && name->len)
      g_string_append_c (name, ' ');
    g_string_append (name, part);
  }
  return g_string_free (name, FALSE);
}

char *
prc_text_person_name (const char *pn) {
  g_auto (GStrv) groups = g_strsplit (pn, "=", 3);
  g_autofree char *alphabetic = alphabetic_name (groups[0] ? groups[0] : "");
  g_autofree char *ideographic = NULL;
  for (size_t i = 1; groups[0] && i < 3 && groups[i] && (!ideographic || !*ideographic); i++) {
    g_free (ideographic);
    ideographic = plain_name (groups[i]);
  }
  if (!ideographic || !*ideographic)
    return g_steal_pointer (&alphabetic);
  if (!*alphabetic)
    return g_steal_pointer (&ideographic);
  return g_strdup_printf ("%s (%s)", alphabetic, ideographic);
}

static bool
all_digits (const char *text, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (!g_ascii_isdigit (text[i]))
      return false;
  }
  return true;
}

char *
prc_text_date (const char *da) {
  char digits[9] = "";
  if (strlen (da) == 10 && da[4] == '.' && da[7] == '.') // as before DICOM 3.0
    g_snprintf (digits, sizeof digits, "%.4s%.2s%.2s", da, da + 5, da + 8);
  else if (strlen (da) == 8)
    g_strlcpy (digits, da, sizeof digits);
  if (strlen (digits) != 8 || !all_digits (digits, 8))
    return g_strdup (da);
  int date = atoi (digits);
  int year = date / 10000, month = date / 100 % 100, day = date % 100;
  if (month < 1 || month > 12 || day < 1 || day > 31)
    return g_strdup (da);
  return g_strdup_printf ("%04d-%02d-%02d", year, month, day);
}

char *
prc_text_age (const char *as) {
  if (strlen (as) != 4 || !all_digits (as, 3))
    return g_strdup (as);
  int n = atoi (as);
  switch (as[3]) {
  case 'Y':
    return g_strdup_printf (C_ ("age in years", "%d y"), n);
  case 'M':
    return g_strdup_printf (C_ ("age in months", "%d mo"), n);
  case 'W':
    return g_strdup_printf (C_ ("age in weeks", "%d wk"), n);
  case 'D':
    return g_strdup_printf (C_ ("age in days", "%d d"), n);
  default:
    return g_strdup (as);
  }
}

#define MAX_MARKS 8 // on one letter; Tibetan and Hebrew need some five

// Embeddings, overrides and isolates reach over the end of a value; language tags and interlinear
// annotation are invisible; noncharacters are for nobody to see. Marks of direction (200E, 200F)
// belong to names in Arabic and Hebrew and reach no further.
static bool
is_unwelcome (gunichar c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE ||
         (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool
is_mark (gunichar c) {
  GUnicodeType type = g_unichar_type (c);
  return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK ||
         type == G_UNICODE_SPACING_MARK;
}

static void
append_safe (GString *out, gunichar c, bool lines, unsigned *marks) {
  *marks = is_mark (c) ? *marks + 1 : 0;
  if (is_unwelcome (c) || *marks > MAX_MARKS)
    return;
  bool stays = lines && (c == '\n' || c == '\r' || c == '\t');
  bool blank = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
  if (blank && !stays)
    c = ' ';
  g_string_append_unichar (out, c);
}

char *
prc_text_safe (const char *text, gssize length, size_t max_bytes, bool lines) {
  size_t n = length < 0 ? strlen (text) : (size_t)length;
  GString *out = g_string_sized_new (MIN (n, max_bytes));
  const char *end = text + n;
  unsigned marks = 0;
  for (const char *at = text; at < end;) {
    unsigned char first = (unsigned char)*at;
    gunichar c = first < 0x80 ? first : g_utf8_get_char_validated (at, end - at);
    bool valid = c != (gunichar)-1 && c != (gunichar)-2;
    gsize before = out->len;
    at = valid ? g_utf8_next_char (at) : at + 1;
    append_safe (out, valid ? c : 0xFFFD, lines, &marks);
    if (out->len > max_bytes) {
      g_string_truncate (out, before);
      g_string_append (out, "…");
      break;
    }
  }
  return g_string_free (out, FALSE);
}

char *
prc_text_fold (const char *text) {
  g_autofree char *wide = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *small = g_utf8_casefold (wide ? wide : "", -1);
  g_autofree char *plain = g_utf8_normalize (small, -1, G_NORMALIZE_ALL); // folding may compose
  GString *out = g_string_sized_new (strlen (plain));
  for (const char *at = plain; *at; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    bool blank = g_unichar_isspace (c);
    if (c >= 0x0300 && c <= 0x036F)
      continue;
    if (!blank)
      g_string_append_unichar (out, c);
    else if (out->len && out->str[out->len - 1] != ' ')
      g_string_append_c (out, ' ');
  }
  return g_string_free (out, FALSE);
}

bool
prc_text_matches (const char *folded, const char *folded_query) {
  g_auto (GStrv) words = g_strsplit (folded_query, " ", -1);
  for (char **word = words; *word; word++) {
    if (!strstr (folded, *word))
      return false;
  }
  return true;
}
