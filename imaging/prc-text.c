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
