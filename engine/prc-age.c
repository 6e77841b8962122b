// SPDX-License-Identifier: Apache-2.0
#include "prc-age.h"

#include <string.h>

#define MAX_YEARS 150 // beyond, a date was mistyped

// Upwards, so that who is exactly of an age is of it in every unit: 24 months are two years.
static gint64
days_of (gint64 number, char unit) {
  switch (unit) {
  case 'Y':
    return (number * 1461 + 3) / 4;
  case 'M':
    return (number * 1461 + 47) / 48;
  case 'W':
    return number * 7;
  case 'D':
    return number;
  default:
    return -1;
  }
}

gint64
prc_age_days_of_years (guint years) {
  return days_of (years, 'Y');
}

// Some leave the zeros away in front.
static gboolean
parse_age (const char *text, gint64 *number, char *unit) {
  const size_t digits = strspn (text, "0123456789");
  if (digits < 1 || digits > 3 || strlen (text) != digits + 1)
    return FALSE;
  *number = g_ascii_strtoll (text, NULL, 10);
  *unit = g_ascii_toupper (text[digits]);
  return days_of (*number, *unit) >= 0;
}

gint64
prc_age_days (const char *age) {
  gint64 number;
  char unit;
  return parse_age (age, &number, &unit) ? days_of (number, unit) : -1;
}

gboolean
prc_age_parse_date (const char *text, GDate *date) {
  char digits[9] = "";
  const size_t length = strlen (text);
  if (length == 10 && text[4] == '.' && text[7] == '.')
    g_snprintf (digits, sizeof digits, "%.4s%.2s%.2s", text, text + 5, text + 8);
  else if (length == 8)
    g_strlcpy (digits, text, sizeof digits);
  if (strspn (digits, "0123456789") != 8)
    return FALSE;
  const guint number = (guint)g_ascii_strtoull (digits, NULL, 10);
  const guint year = number / 10000, month = number / 100 % 100, day = number % 100;
  if (!g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
    return FALSE;
  if (date)
    g_date_set_dmy (date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
  return TRUE;
}

// By the calendar: whoever is born on the 29th of February has a birthday on the 1st of March of
// other years.
static char *
age_between (const GDate *birth, const GDate *study) {
  const int days = g_date_days_between (birth, study);
  int months = (g_date_get_year (study) - g_date_get_year (birth)) * 12 +
               (int)g_date_get_month (study) - (int)g_date_get_month (birth);
  months -= g_date_get_day (study) < g_date_get_day (birth);
  if (days < 0 || months > MAX_YEARS * 12)
    return g_strdup ("");
  if (months < 2)
    return g_strdup_printf ("%03dD", days);
  return months < 24 ? g_strdup_printf ("%03dM", months) : g_strdup_printf ("%03dY", months / 12);
}

char *
prc_age_text (const char *patient_age, const char *birth_date, const char *study_date) {
  gint64 number;
  char unit;
  GDate birth, study;
  if (parse_age (patient_age, &number, &unit))
    return g_strdup_printf ("%03d%c", (int)number, unit);
  if (prc_age_parse_date (birth_date, &birth) && prc_age_parse_date (study_date, &study))
    return age_between (&birth, &study);
  return g_strdup ("");
}
