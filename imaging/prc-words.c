// SPDX-License-Identifier: Apache-2.0
#include "prc-words.h"

#include <glib.h>
#include <libintl.h>
#include <locale.h>
#include <stdbool.h>

#include "prc-places.h"

static bool
is_set (const char *variable) {
  const char *value = g_getenv (variable);

  return value && *value;
}

static bool
names_no_locale (void) {
  return !is_set ("LC_ALL") && !is_set ("LC_MESSAGES") && !is_set ("LANG");
}

// gettext does not look at LANGUAGE in the locale C, which is also what an unknown locale ends as.
static void
take_locale_at_hand (void) {
  // The languages named by LANGUAGE, else by LC_ALL, LC_MESSAGES or LANG, whether there is a locale
  // or not.
  g_autofree char *languages = g_strjoinv (":", (char **)g_get_language_names ());

  g_setenv ("LANGUAGE", languages, TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  setlocale (LC_ALL, "");
}

void
prc_words_load (void) {
  g_autofree char *folder = prc_places_locale ();

  if (!setlocale (LC_ALL, "") || names_no_locale ())
    take_locale_at_hand ();
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
