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

static void
expect_safe (const char *in, gssize length, size_t max_bytes, bool lines, const char *out) {
  g_autofree char *got = prc_text_safe (in, length, max_bytes, lines);
  g_assert_cmpstr (got, ==, out);
  g_assert_true (g_utf8_validate (got, -1, NULL));
}

// Trap 38.
static void
test_trap_38_safe (void) {
  expect_safe ("Größe 王^小东 김", -1, 100, false, "Größe 王^小东 김");
  expect_safe ("", -1, 100, false, "");
  expect_safe ("<b>T2 & \"T1\"</b>", -1, 100, false, "<b>T2 & \"T1\"</b>"); // not its duty
  expect_safe ("a\xE9z", -1, 100, false, "a\xEF\xBF\xBDz");
  expect_safe ("\xC0\xAFz", -1, 100, false, "\xEF\xBF\xBD\xEF\xBF\xBDz"); // overlong
  expect_safe ("\xED\xA0\x80z", -1, 100, false,
               "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"); // a lone surrogate
  expect_safe ("a\0b", 3, 100, false, "a b");
  expect_safe ("a\r\n\tb\x1b[31m\x7f\xC2\x9B", -1, 100, false, "a   b [31m  ");
  expect_safe ("a\r\n\tb", -1, 100, true, "a\r\n\tb");
  expect_safe ("a\u2028b\u2029c\xC2\x85"
               "d",
               -1, 100, true, "a b c d");
  expect_safe ("a\u202Eb\u2066c\u2069d\uFEFFe\U000E0041f\uFFFEg", -1, 100, false, "abcdefg");
  expect_safe ("\u200Fשרון", -1, 100, false, "\u200Fשרון"); // reaches no further than its name
}

static void
test_trap_38_safe_length (void) {
  expect_safe ("abcdef", -1, 6, false, "abcdef");
  expect_safe ("abcdef", -1, 5, false, "abcde…");
  expect_safe ("王小东", -1, 6, false, "王小…");
  expect_safe ("王小东", -1, 7, false, "王小…"); // no half letters
  expect_safe ("王小东", -1, 1, false, "…");
  // 100 kB of marks on one letter: 8 stay, the letters behind them too.
  GString *marks = g_string_new ("a");
  for (int i = 0; i < 50000; i++)
    g_string_append (marks, "\u0301");
  g_string_append (marks, "z");
  expect_safe (marks->str, -1, 4096, false, "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301z");
  g_string_free (marks, TRUE);
}

static void
expect_match (const char *text, const char *query, bool matches) {
  g_autofree char *folded = prc_text_fold (text), *wanted = prc_text_fold (query);
  g_assert_cmpint (prc_text_matches (folded, wanted), ==, matches);
}

static void
test_search (void) {
  expect_match ("Jérôme", "jerome", true);
  expect_match ("JEROME", "jérôme", true);
  expect_match ("GRÖSSE", "größe", true);
  expect_match ("ＣＴ　１２", "ct 12", true); // full width
  expect_match ("CT 12", "ｃｔ", true);
  expect_match ("ﾔﾏﾀﾞ", "ヤマダ", true); // half width, voiced
  expect_match ("王小东", "小东", true);
  expect_match ("王小东", "小王", false);
  expect_match ("Patient's Name", "name patient", true);
  expect_match ("Patient's Name", "name study", false);
  expect_match ("ΣΊΣΥΦΟΣ", "σίσυφος", true);
  expect_match ("홍길동", "길동", true);
  expect_match ("anything", "", true);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/person-name", test_person_name);
  g_test_add_func ("/text/date", test_date);
  g_test_add_func ("/text/age", test_age);
  g_test_add_func ("/text/trap-38-safe", test_trap_38_safe);
  g_test_add_func ("/text/trap-38-safe-length", test_trap_38_safe_length);
  g_test_add_func ("/text/search", test_search);
  return g_test_run ();
}
