// SPDX-License-Identifier: Apache-2.0
#include <glib.h>

#include "prc-text.h"

typedef char *(*Convert) (const char *);

static void
expect (Convert convert, const char *in, const char *out) {
  g_autofree char *got = convert (in);
  g_assert_cmpstr (got, ==, out);
}

// Names of PS3.5 6.2.1.1 and of its annexes H and I.
static void
test_person_name (void) {
  expect (prc_text_person_name, "DOE^JANE", "DOE, JANE");
  expect (prc_text_person_name, "Adams^John Robert Quincy^^Rev.^B.A. M.Div.",
          "Adams, Rev. John Robert Quincy, B.A. M.Div.");
  expect (prc_text_person_name, "Yamada^Tarou=山田^太郎=やまだ^たろう",
          "Yamada, Tarou (山田 太郎)");
  expect (prc_text_person_name, "Hong^Gildong==김^길동", "Hong, Gildong (김 길동)");
  expect (prc_text_person_name, "=王^小东", "王 小东");
  expect (prc_text_person_name, "DOE^^^^", "DOE");
  expect (prc_text_person_name, "^JANE", "JANE");
  expect (prc_text_person_name, "plain text", "plain text");
  expect (prc_text_person_name, "a^b^c^d^e^f", "a, d b c, e^f");
  expect (prc_text_person_name, "", "");
  expect (prc_text_person_name, "==", "");
}

static void
test_date (void) {
  expect (prc_text_date, "20260131", "2026-01-31");
  expect (prc_text_date, "1998.07.04", "1998-07-04");
  expect (prc_text_date, "20261331", "20261331");
  expect (prc_text_date, "2026013", "2026013");
  expect (prc_text_date, "2026ab31", "2026ab31");
  expect (prc_text_date, "", "");
}

static void
test_age (void) {
  expect (prc_text_age, "045Y", "45 y");
  expect (prc_text_age, "003M", "3 mo");
  expect (prc_text_age, "010W", "10 wk");
  expect (prc_text_age, "000D", "0 d");
  expect (prc_text_age, "45Y", "45Y");
  expect (prc_text_age, "045X", "045X");
  expect (prc_text_age, "", "");
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/person-name", test_person_name);
  g_test_add_func ("/text/date", test_date);
  g_test_add_func ("/text/age", test_age);
  return g_test_run ();
}
