// SPDX-License-Identifier: Apache-2.0
#include "prc-cases-csv.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "prc-engine-error.h"

static PrcCasesCsv *
parse (const char *text, GError **error) {
  return prc_cases_csv_parse (text, strlen (text), "/lists", error);
}

static void
test_plain (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCasesCsv) csv = parse ("path,title,diagnosis,findings,note,outcome\r\n"
                                       "one,First,d1,f1,n1,o1\r\n"
                                       "two/,Second,,,,\r\n",
                                       &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_cases_csv_length (csv), ==, 2);
  g_autoptr (PrcCasesCsvRow) row = prc_cases_csv_row (csv, 0);
  g_assert_cmpstr (row->path, ==, "/lists/one");
  g_assert_cmpuint (row->line, ==, 2);
  g_assert_cmpstr (row->text.title, ==, "First");
  g_assert_cmpstr (row->text.diagnosis, ==, "d1");
  g_assert_cmpstr (row->text.findings, ==, "f1");
  g_assert_cmpstr (row->text.note, ==, "n1");
  g_assert_cmpstr (row->text.outcome, ==, "o1");
  g_clear_pointer (&row, prc_cases_csv_row_free);
  row = prc_cases_csv_row (csv, 1);
  g_assert_cmpstr (row->path, ==, "/lists/two");
  g_assert_cmpstr (row->text.outcome, ==, "");
}

// RFC 4180, section 2: quotation marks round commas, line ends and doubled quotation marks; the
// last line end may be missing.
static void
test_quoted (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCasesCsv) csv = parse ("\xef\xbb\xbf" // byte order mark
                                       "Diagnosis , reviewer ,PATH\n"
                                       "\"a, \"\"b\"\"\nc\",x,\"p q\"\n"
                                       "\n"
                                       "肺结节,,/elsewhere/p2",
                                       &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_cases_csv_length (csv), ==, 2);
  g_autoptr (PrcCasesCsvRow) row = prc_cases_csv_row (csv, 0);
  g_assert_cmpstr (row->text.diagnosis, ==, "a, \"b\"\nc");
  g_assert_cmpstr (row->text.title, ==, "");
  g_assert_cmpstr (row->path, ==, "/lists/p q");
  g_clear_pointer (&row, prc_cases_csv_row_free);
  row = prc_cases_csv_row (csv, 1);
  g_assert_cmpstr (row->text.diagnosis, ==, "肺结节");
  g_assert_cmpstr (row->path, ==, "/elsewhere/p2");
  g_assert_cmpuint (row->line, ==, 5); // a quoted line end counts as a line
}

static const struct {
  const char *text, *says;
} faults[] = {
    {"", "empty"},
    {"\n\r\n", "empty"},
    {"title,diagnosis\na,b\n", "Line 1: there is no column “path”"},
    {"path|title\na|b\n", "Line 1: there is no column “path”"},
    {"path,proof\na,maybe\n", "Line 2: the proof is none of"},
    {"path,reviewer\na,b\n", "Line 1: besides “path”"},
    {"path,title,Path\na,b,c\n", "Line 1: the column “path” is there twice"},
    {"path,title\na,b\nc\n", "Line 3: 1 fields, but the first line names 2"},
    {"path,title\na,b,c\n", "Line 2: 3 fields"},
    {"path,title\na,\"b\nc\nd\n", "Line 2: a quotation mark is never closed"},
    {"path,title\na,\"b\" c\n", "Line 2: text after a closing"},
    {"path,title\na,b \"c\"\n", "Line 2: a quotation mark within"},
    {"path,title\na,b\rc,d\n", "Line 2: a carriage return"},
    {"path,title\n,b\n", "Line 2: the path is empty"},
    {"path,title\na,b\n./x/../a/,c\n", "Line 3: the path is that of line 2"},
    {"path,title\na,b\nc,\xe9t\xe9\xe9\xe9\n",
     "Line 3: the text is neither UTF-8"},                                   // a run of three
    {"path,title\na,b\nc,\x81 \xe9\n", "Line 3: the text is neither UTF-8"}, // not in Windows 1252
    {"path,title\na,b\nc,\xe9 \xff\xff\xff\xff\n", "Line 3: the text is neither UTF-8"},
};

static void
test_faults (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcCasesCsv) csv = parse (faults[i].text, &error);
    g_assert_null (csv);
    g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV);
    if (!strstr (error->message, faults[i].says))
      g_error ("%" G_GSIZE_FORMAT ": “%s” does not say “%s”", i, error->message, faults[i].says);
  }
  g_autoptr (GError) error = NULL; // a NUL byte is no text
  g_assert_null (prc_cases_csv_parse ("path,title\na,\0b\n", 16, "/", &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV);
  g_assert_null (prc_cases_csv_parse ("", 0, "/", NULL)); // nobody asks why
  g_assert_null (prc_cases_csv_parse ("path,title\na", 12, "/", NULL));
}

static void
test_many_columns (void) {
  g_autoptr (GString) text = g_string_new ("path,title");
  for (int i = 0; i < 400; i++)
    g_string_append (text, ",x");
  g_autoptr (GError) error = NULL;
  g_assert_null (parse (text->str, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV);
}

// As spreadsheets of other countries write lists.
static const struct {
  const char *bytes;
  gssize length;
  const char *title;
} writings[] = {
    {"path;title\na;\"b;c\"\n", -1, "b;c"},
    {"title\tpath\nb, c\ta\n", -1, "b, c"},
    {"sep=;\r\npath;title\r\na;b\r\n", -1, "b"},
    {"path,title\na,T\xfcr\n", -1, "Tür"}, // Windows 1252
    {"path,title\na,Gr\xf6\xdf"
     "e der L\xe4sion\n",
     -1, "Größe der Läsion"},
    {"path,title\na,\xb7\xce\xbd\xe1\xbd\xda\n", -1, "肺结节"},                 // GB18030
    {"\xff\xfep\0a\0t\0h\0,\0t\0i\0t\0l\0e\0\n\0a\0,\0\xba\x80\n\0", 32, "肺"}, // UTF-16
    {"\xfe\xff\0p\0a\0t\0h\0,\0t\0i\0t\0l\0e\0\n\0a\0,\x80\xba\0\n", 32, "肺"},
};

static void
test_writings (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (writings); i++) {
    g_autoptr (GError) error = NULL;
    const gsize n = writings[i].length < 0 ? strlen (writings[i].bytes) : (gsize)writings[i].length;
    g_autoptr (PrcCasesCsv) csv = prc_cases_csv_parse (writings[i].bytes, n, "/l", &error);
    g_assert_no_error (error);
    g_autoptr (PrcCasesCsvRow) row = prc_cases_csv_row (csv, 0);
    g_assert_cmpstr (row->path, ==, "/l/a");
    g_assert_cmpstr (row->text.title, ==, writings[i].title);
  }
}

static void
test_story (void) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCasesCsv) csv =
      parse ("path,history,proof,tags\na,Cough,Follow-Up,lung; nodule\nb,,,\n", &error);
  g_assert_no_error (error);
  g_autoptr (PrcCasesCsvRow) row = prc_cases_csv_row (csv, 0);
  g_assert_cmpstr (row->text.history, ==, "Cough");
  g_assert_cmpstr (row->text.proof, ==, "follow-up");
  g_assert_cmpstr (row->text.tags, ==, "lung; nodule");
}

// Records on every place of the window's edge, and one that is too long.
static void
test_windows (void) {
  for (guint size = 16300; size < 16420; size += 7) {
    g_autoptr (GString) text = g_string_new ("path,title\n");
    for (guint i = 0; i < 5; i++) {
      g_string_append_printf (text, "p%u,\"", i);
      for (guint j = 0; j < size; j++)
        g_string_append_c (text, (char)('a' + j % 26));
      g_string_append_printf (text, "\"\"%u\"\r\n", i);
    }
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcCasesCsv) csv = parse (text->str, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (prc_cases_csv_length (csv), ==, 5);
    for (guint i = 0; i < 5; i++) {
      g_autoptr (PrcCasesCsvRow) row = prc_cases_csv_row (csv, i);
      g_assert_cmpuint (row->line, ==, i + 2);
      g_assert_cmpuint (strlen (row->text.title), ==, size + 2);
    }
  }
  g_autofree char *endless = g_strnfill (3 << 20, 'x');
  g_autofree char *text = g_strconcat ("path,title\na,", endless, "\nb,c\n", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_null (parse (text, &error));
  g_assert_nonnull (strstr (error->message, "Line 2: it goes on"));
}

// Thousands of lines, of which those that name a file are kept; the list in its file.
static void
test_many_rows (void) {
  g_autofree char *folder = g_dir_make_tmp ("prc-csv-XXXXXX", NULL);
  g_autofree char *list = g_build_filename (folder, "cases.csv", NULL);
  g_autoptr (GString) text = g_string_new ("path,title\n");
  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (text, "p%u,t%u\n", i, i);
  g_assert_true (g_file_set_contents (list, text->str, (gssize)text->len, NULL));
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCasesCsv) csv = prc_cases_csv_load (list, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_cases_csv_length (csv), ==, 100000);
  for (guint i = 7; i < 100000; i += 9973) {
    g_autofree char *path = g_strdup_printf ("%s/p%u/x/y.dcm", folder, i);
    g_autofree char *title = g_strdup_printf ("t%u", i);
    g_assert_false (prc_cases_csv_is_found (csv, i));
    g_assert_cmpstr (prc_cases_csv_find (csv, path)->text.title, ==, title);
    g_assert_true (prc_cases_csv_is_found (csv, i));
  }
  g_string_append (text, "p5,again\n");
  g_assert_true (g_file_set_contents (list, text->str, (gssize)text->len, NULL));
  g_assert_null (prc_cases_csv_load (list, &error));
  g_assert_nonnull (strstr (error->message, "Line 100002: the path is that of line 7"));
  g_unlink (list);
  g_rmdir (folder);
}

// Whatever the bytes: an answer, and an error exactly when there is no list.
static void
test_noise (void) {
  static const char alphabet[] = "path,title\",\"\"\n\r\n\xef\xbb\xbf x/.";
  GRand *random = g_rand_new_with_seed (3);
  for (int round = 0; round < 3000; round++) {
    g_autoptr (GString) text = g_string_new (round % 2 ? "path,title\n" : "");
    const int n = g_rand_int_range (random, 0, 60);
    for (int i = 0; i < n; i++)
      g_string_append_c (text, alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)]);
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcCasesCsv) csv = prc_cases_csv_parse (text->str, text->len, "/l", &error);
    g_assert_true ((csv == NULL) == (error != NULL));
  }
  g_rand_free (random);
}

static void
test_find (void) {
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("prc-csv-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "case-1", "series", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  g_autofree char *list = g_build_filename (folder, "cases.csv", NULL);
  g_autofree char *case_folder = g_path_get_dirname (inner);
  g_mkdir_with_parents (inner, 0700);
  g_assert_cmpint (symlink (case_folder, link), ==, 0);
  g_file_set_contents (list, "path,title\ncase-1,one\ncase-1/series/x.dcm,two\ncase-10,three\n", -1,
                       NULL);
  g_autoptr (PrcCasesCsv) csv = prc_cases_csv_load (list, &error);
  g_assert_no_error (error);
  const struct {
    const char *path, *title;
  } expected[] = {{"case-1/a.dcm", "one"},        {"case-1/series/a.dcm", "one"},
                  {"case-1/series/x.dcm", "two"}, {"case-10/a.dcm", "three"},
                  {"link/series", "one"},         {"case-2/a.dcm", NULL},
                  {"case-1x/a.dcm", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autofree char *path = g_build_filename (folder, expected[i].path, NULL);
    const PrcCasesCsvRow *row = prc_cases_csv_find (csv, path);
    g_assert_cmpstr (row ? row->text.title : NULL, ==, expected[i].title);
  }
  g_assert_null (prc_cases_csv_load (inner, NULL)); // a folder is no list
  g_assert_null (prc_cases_csv_load ("/nonexistent/cases.csv", &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_CASES_CSV);
  g_assert_null (strstr (error->message, "nonexistent"));
  g_unlink (list);
  g_unlink (link);
  g_rmdir (inner);
  g_rmdir (case_folder);
  g_rmdir (folder);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cases-csv/plain", test_plain);
  g_test_add_func ("/cases-csv/quoted", test_quoted);
  g_test_add_func ("/cases-csv/faults", test_faults);
  g_test_add_func ("/cases-csv/many-columns", test_many_columns);
  g_test_add_func ("/cases-csv/noise", test_noise);
  g_test_add_func ("/cases-csv/writings", test_writings);
  g_test_add_func ("/cases-csv/story", test_story);
  g_test_add_func ("/cases-csv/windows", test_windows);
  g_test_add_func ("/cases-csv/many-rows", test_many_rows);
  g_test_add_func ("/cases-csv/find", test_find);
  return g_test_run ();
}
