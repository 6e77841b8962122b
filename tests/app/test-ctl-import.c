// SPDX-License-Identifier: Apache-2.0
// Lists of cases as hospitals' programs write them, imports that are stopped, libraries that are
// damaged: all through precedentctl.
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "call.h"
#include "fixture.h"
#include "prc-places.h"
#include "zip-fixture.h"

enum { N_STUDIES = 24, N_SLICES = 10 };

static char *folder; // studies/01 ... are in it, two small ones in pair/

static char *
path_of (const char *name) {
  return g_build_filename (folder, name, NULL);
}

static void
write_study (const char *to, unsigned study, unsigned n) {
  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  for (unsigned i = 1; i <= n; i++) {
    g_autofree char *patient = g_strdup_printf ("P%u", study);
    g_autofree char *path = g_strdup_printf ("%s/%03u.dcm", to, i);
    const PrcFixtureSlice slice = {.study = study,
                                   .series = 1,
                                   .instance = i,
                                   .rows = 48,
                                   .columns = 48,
                                   .patient_id = patient,
                                   .position_mm = {0, 0, i}};
    prc_fixture_write (path, &slice);
  }
}

static void
write_studies (void) {
  for (unsigned i = 1; i <= N_STUDIES; i++) {
    g_autofree char *to = g_strdup_printf ("%s/studies/%02u", folder, i);
    write_study (to, i, N_SLICES);
  }
  g_autofree char *one = path_of ("pair/one"), *two = path_of ("pair/two"),
                  *beside = path_of ("beside");
  write_study (one, 101, 1);
  write_study (two, 102, 1);
  write_study (beside, 103, 1);
}

static JsonArray *
list (const char *library, JsonNode **root) {
  g_auto (Call) call = ctl ("list", "--library", library, "--json", NULL);
  g_assert_cmpint (call.status, ==, 0);
  *root = json_of (&call);
  return json_node_get_array (*root);
}

// ---- lists of cases ----

// A new library from pair/ with this list; owned.
static Call
import_with (const char *csv, gssize length, char **library) {
  static unsigned n;
  g_autofree char *cases = path_of ("pair/cases.csv"), *pair = path_of ("pair");
  *library = g_strdup_printf ("%s/list-%u.sqlite", folder, ++n);
  g_assert_true (g_file_set_contents (cases, csv, length, NULL));
  return ctl ("import", "--library", *library, "--cases", cases, pair, NULL);
}

typedef struct {
  const char *csv, *title, *diagnosis; // of the case that is pair/one
} Accepted;

static const Accepted accepted[] = {
    {"path,title,diagnosis\none,A title,A diagnosis\ntwo,B,C\n", "A title", "A diagnosis"},
    {"\xef\xbb\xbfpath,title,diagnosis\r\none,A title,A diagnosis\r\ntwo,B,C\r\n", "A title",
     "A diagnosis"},
    {"path,title,diagnosis\none,\"Nodule, \"\"coin\"\"\",\"Line one\nline two\"\ntwo,B,C",
     "Nodule, \"coin\"", "Line one\nline two"},
    {"Ward,DIAGNOSIS,Path,Title,Price\n7,\"A, diagnosis\",one,A title,9\n8,C,two,B,1\n", "A title",
     "A, diagnosis"},
    {"path,diagnosis,title\n./one/,\xe8\x82\xba\xe7\xbb\x93\xe8\x8a\x82,T\xc3\xbc\n", "T\xc3\xbc",
     "\xe8\x82\xba\xe7\xbb\x93\xe8\x8a\x82"},
    {"path;title;diagnosis\none;T\xfcr;X\n", "T\xc3\xbcr", "X"}, // Windows 1252
    {"path,title,diagnosis\n\n\none/001.dcm,Of a file,X\n\n", "Of a file", "X"},
};

static void
test_lists (void) {
  for (guint i = 0; i < G_N_ELEMENTS (accepted); i++) {
    g_autofree char *library = NULL;
    g_auto (Call) call = import_with (accepted[i].csv, -1, &library);
    g_test_message ("%u: %s", i, call.complaint);
    g_assert_cmpint (call.status, ==, 0);
    g_assert_cmpstr (call.complaint, ==, "");
    g_autoptr (JsonNode) root = NULL;
    JsonArray *cases = list (library, &root);
    g_assert_cmpuint (json_array_get_length (cases), ==, 2);
    gboolean found = FALSE;
    for (guint k = 0; k < 2; k++) {
      JsonObject *each = json_array_get_object_element (cases, k);
      if (strcmp (json_object_get_string_member (each, "title"), accepted[i].title))
        continue;
      found = TRUE;
      g_assert_cmpstr (json_object_get_string_member (each, "diagnosis"), ==,
                       accepted[i].diagnosis);
    }
    g_assert_true (found);
  }
}

// An archive with two studies and a text: imported once however often, and what was refused is a
// list.
static void
test_archive (void) {
  g_autofree char *pair = path_of ("pair"), *zip = path_of ("pair.zip"),
                  *library = path_of ("zip.sqlite"), *problems = path_of ("problems.csv");
  g_autofree char *cases = path_of ("pair/cases.csv");
  g_assert_true (g_file_set_contents (cases, "no image", -1, NULL));
  zip_fixture_folder (pair, TRUE, zip);
  for (guint again = 0; again < 2; again++) {
    g_autofree char *bytes = NULL;
    g_auto (Call) call =
        ctl ("import", "--library", library, "--json", "--problems", problems, zip, NULL);
    g_assert_cmpint (call.status, ==, 1);
    g_autoptr (JsonNode) root = json_of (&call);
    JsonObject *summary = json_node_get_object (root);
    g_assert_cmpint (json_object_get_int_member (summary, "added"), ==, again ? 0 : 2);
    g_assert_cmpint (json_object_get_int_member (summary, "skipped"), ==, again ? 2 : 0);
    g_assert_cmpint (json_object_get_int_member (summary, "refused"), ==, 1);
    g_assert_true (g_file_get_contents (problems, &bytes, NULL, NULL));
    g_assert_nonnull (strstr (bytes, "pair.zip!/cases.csv\","));
  }
  g_autofree char *inside = g_strconcat (zip, "!/one/001.dcm", NULL);
  g_auto (Call) info = ctl ("info", inside, NULL);
  g_assert_cmpint (info.status, ==, 0);
  g_auto (Call) dump = ctl ("dump", zip, NULL);
  g_assert_cmpint (dump.status, ==, 1);
  assert_one_sentence (dump.complaint, zip);
}

typedef struct {
  const char *csv;
  gssize length;
  const char *says;
} Refused;

static const Refused refused[] = {
    {"", 0, "empty"},
    {"title,diagnosis\none,A\n", -1, "Line 1"},       // no path
    {"path,price\none,9\n", -1, "Line 1"},            // nothing but the path
    {"path,title,title\none,A,B\n", -1, "Line 1"},    // twice
    {"path,title\none,A\none,B\n", -1, "Line 3"},     // a row twice
    {"path,title\none,A\n./one,B\n", -1, "Line 3"},   // in other letters
    {"path,title\none,A\ntwo\n", -1, "Line 3"},       // a field too few
    {"path,title\none,\"A\n", -1, "Line 2"},          // never closed
    {"path,title\none,\xe9\xe9\xe9\n", -1, "Line 2"}, // who knows
    {"\xff\xfep\0a\0t\0h\0,\0", 12, "Line 1"},        // UTF-16
    {"path|title\none|A\n", -1, "Line 1"},            // another separator
    {"path,title\n,A\n", -1, "Line 2"},               // no path in it
};

// Nothing is imported, and the line is named; what stands in it is not.
static void
test_refused_lists (void) {
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *library = NULL, *cases = path_of ("pair/cases.csv");
    g_auto (Call) call = import_with (refused[i].csv, refused[i].length, &library);
    g_test_message ("%u: %s", i, call.complaint);
    g_assert_cmpint (call.status, ==, 1);
    g_assert_cmpstr (call.output, ==, "");
    assert_one_sentence (call.complaint, cases);
    g_assert_nonnull (strstr (call.complaint, refused[i].says));
    g_autoptr (JsonNode) root = NULL;
    g_assert_cmpuint (json_array_get_length (list (library, &root)), ==, 0);
  }
}

static void
test_rows_that_fit_nothing (void) {
  g_autofree char *library = NULL, *gone = path_of ("pair/three"), *other = NULL;
  g_auto (Call) missing = import_with ("path,title\none,A\nthree,Gone\n", -1, &library);
  g_assert_cmpint (missing.status, ==, 1);
  assert_one_sentence (missing.complaint, gone);
  g_autoptr (JsonNode) root = NULL, outside_root = NULL;
  g_assert_cmpuint (json_array_get_length (list (library, &root)), ==, 2); // the rest all the same
  // A list may hold more than is imported; what lies outside is left there.
  g_auto (Call) outside = import_with ("path,title\none,A\n../beside,Beside\n", -1, &other);
  g_assert_cmpint (outside.status, ==, 0);
  JsonArray *cases = list (other, &outside_root);
  g_assert_cmpuint (json_array_get_length (cases), ==, 2);
  for (guint k = 0; k < 2; k++)
    g_assert_cmpstr (
        json_object_get_string_member (json_array_get_object_element (cases, k), "title"), !=,
        "Beside");
}

// ---- stopping ----

static GPid
start_import (const char *library) {
  g_autofree char *studies = path_of ("studies");
  const char *argv[] = {
      g_getenv ("PRECEDENT_CTL"), "import", "--library", library, "--jobs", "1", studies, NULL};
  g_autoptr (GError) error = NULL;
  GPid pid;
  g_spawn_async (NULL, (char **)argv, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                     G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static gint64
slices_in (const char *library) {
  g_autoptr (JsonNode) root = NULL;
  JsonArray *cases = list (library, &root);
  gint64 n = 0;
  for (guint i = 0; i < json_array_get_length (cases); i++)
    n += json_object_get_int_member (json_array_get_object_element (cases, i), "slices");
  return n;
}

// Waits for some slices to be there, then sends the signal; the wait status. The import may have
// ended already on a quick machine: 0 then.
static int
stop_import (const char *library, gint64 at_least, int signal_number) {
  int status = 0;
  GPid pid = start_import (library);
  for (int i = 0; i < 3000 && slices_in (library) < at_least; i++)
    g_usleep (10000);
  kill (pid, signal_number);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

static void
assert_resumes (const char *library, gint64 before) {
  g_autofree char *studies = path_of ("studies");
  g_auto (Call) sound = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (sound.status, ==, 0);
  g_auto (Call) rest = ctl ("import", "--library", library, "--json", studies, NULL);
  g_assert_cmpint (rest.status, ==, 0);
  g_autoptr (JsonNode) root = json_of (&rest);
  JsonObject *summary = json_node_get_object (root);
  g_assert_cmpint (json_object_get_int_member (summary, "skipped"), ==, before);
  g_assert_cmpint (json_object_get_int_member (summary, "added"), ==,
                   N_STUDIES * N_SLICES - before);
  g_assert_cmpint (slices_in (library), ==, N_STUDIES * N_SLICES);
  g_auto (Call) again = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (again.status, ==, 0);
}

static void
test_interrupted (void) {
  g_autofree char *library = path_of ("interrupted.sqlite");
  int status = stop_import (library, 5, SIGINT);
  g_assert_true (WIFEXITED (status)); // by itself
  gint64 before = slices_in (library);
  g_assert_cmpint (before, >, 0);
  if (before < N_STUDIES * N_SLICES)
    g_assert_cmpint (WEXITSTATUS (status), ==, 1); // not everything was done
  assert_resumes (library, before);
}

static void
test_killed (void) {
  g_autofree char *library = path_of ("killed.sqlite");
  gint64 before = 0;
  for (int round = 0; round < 3; round++) { // each gets a little further
    stop_import (library, before + 5, SIGKILL);
    g_auto (Call) sound = ctl ("verify", "--library", library, NULL);
    g_assert_cmpint (sound.status, ==, 0);
    gint64 now = slices_in (library);
    g_assert_cmpint (now, >=, before);
    before = now;
  }
  g_assert_cmpint (before, >, 0);
  assert_resumes (library, before);
}

// Two imports of the same folder at once: every slice once.
static void
test_two_at_once (void) {
  g_autofree char *library = path_of ("two.sqlite");
  GPid one = start_import (library), two = start_import (library);
  int first = 0, second = 0;
  g_assert_cmpint (waitpid (one, &first, 0), ==, one);
  g_assert_cmpint (waitpid (two, &second, 0), ==, two);
  g_assert_true (WIFEXITED (first) && WIFEXITED (second));
  g_assert_cmpint (WEXITSTATUS (first), ==, 0);
  g_assert_cmpint (WEXITSTATUS (second), ==, 0);
  g_assert_cmpint (slices_in (library), ==, N_STUDIES * N_SLICES);
  g_auto (Call) sound = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (sound.status, ==, 0);
}

// ---- damage ----

// What a person can read of a library.
static char *
words_of (const char *library) {
  g_auto (Call) call = ctl ("list", "--library", library, "--json", NULL);
  return call.status == 0 ? g_steal_pointer (&call.output) : NULL;
}

// A byte turned over anywhere: found, or of no consequence. Never a crash, never a changed word
// that verify calls sound; and mending keeps every word that it calls sound afterwards.
static void
test_flipped_bytes (void) {
  g_autofree char *source = NULL, *whole = path_of ("whole.sqlite"),
                  *broken = path_of ("broken.sqlite"), *bytes = NULL;
  g_auto (Call) made =
      import_with ("path,title,diagnosis\none,First,Nodule\ntwo,Second,Cyst\n", -1, &source);
  g_assert_cmpint (made.status, ==, 0);
  g_assert_cmpint (g_rename (source, whole), ==, 0);
  g_autofree char *words = words_of (whole);
  gsize n;
  unsigned noticed = 0, tried = 0;
  g_assert_true (g_file_get_contents (whole, &bytes, &n, NULL));
  gsize used = 0;
  for (gsize at = 20; at < n; at++)
    used += bytes[at] != 0;
  for (gsize at = 20, nth = 0; at < n; at++) {
    if (bytes[at] == 0 || nth++ % (used / 37 + 1) != 0)
      continue; // most of the file of a small library is zeros that mean nothing
    bytes[at] ^= 0x41;
    g_assert_true (g_file_set_contents (broken, bytes, (gssize)n, NULL));
    bytes[at] ^= 0x41;
    g_auto (Call) verify = ctl ("verify", "--library", broken, NULL);
    g_assert_cmpint (verify.status, <=, 1);
    tried++;
    noticed += verify.status == 1;
    if (verify.status == 0) {
      g_autofree char *still = words_of (broken);
      g_assert_cmpstr (still, ==, words);
      continue;
    }
    g_assert_true (g_str_has_prefix (verify.complaint, "precedentctl: "));
    g_auto (Call) repair = ctl ("verify", "--library", broken, "--repair", NULL);
    g_assert_cmpint (repair.status, <=, 1);
    g_auto (Call) after = ctl ("verify", "--library", broken, NULL);
    g_assert_cmpint (after.status, <=, 1);
    g_auto (Call) seen = ctl ("list", "--library", broken, NULL);
    if (after.status == 0)
      g_assert_cmpint (seen.status, ==, 0);
  }
  g_test_message ("%u of %u noticed", noticed, tried);
  g_assert_cmpuint (noticed, >, tried / 2);
}

// What repair throws away comes back with the files; a person's words were never touched.
static void
test_repair_and_import (void) {
  g_autofree char *library = NULL, *cases = path_of ("pair/cases.csv"), *pair = path_of ("pair"),
                  *bytes = NULL;
  g_auto (Call) made =
      import_with ("path,title,diagnosis\none,First,Nodule\ntwo,Second,Cyst\n", -1, &library);
  g_assert_cmpint (made.status, ==, 0);
  g_autofree char *words = words_of (library);
  g_auto (Call) embed = ctl ("embed", "--json", pair, NULL); // a folder is no picture
  g_assert_cmpint (embed.status, ==, 1);
  // The SOP Instance UID of pair/one stands in its slice's row.
  const PrcFixtureSlice slice = {.study = 101, .series = 1, .instance = 1};
  g_autofree char *uid = prc_fixture_sop_uid (&slice);
  gsize n;
  g_assert_true (g_file_get_contents (library, &bytes, &n, NULL));
  char *at = memmem (bytes, n, uid, strlen (uid));
  g_assert_nonnull (at);
  at[strlen (uid) - 2] ^= 1;
  g_assert_true (g_file_set_contents (library, bytes, (gssize)n, NULL));
  g_auto (Call) damaged = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (damaged.status, ==, 1);
  g_auto (Call) repair = ctl ("verify", "--library", library, "--repair", NULL);
  g_assert_cmpint (repair.status, ==, 1); // it says what it found
  g_auto (Call) sound = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (sound.status, ==, 0);
  g_auto (Call) again =
      ctl ("import", "--library", library, "--cases", cases, "--json", pair, NULL);
  g_assert_cmpint (again.status, ==, 0);
  g_autofree char *after = words_of (library);
  g_assert_cmpstr (after, ==, words);
}

// The shipped encoder with one weight changed a little: another one.
static char *
write_other_weights (void) {
  g_autofree char *shipped = prc_places_weights (), *bytes = NULL;
  gsize n;
  g_assert_true (g_file_get_contents (shipped, &bytes, &n, NULL));
  bytes[n - 2] ^= 0x40;
  char *path = path_of ("other.safetensors");
  g_assert_true (g_file_set_contents (path, bytes, (gssize)n, NULL));
  return path;
}

static void
assert_indexed_again (const char *library, int status, gint64 added, gint64 left) {
  g_auto (Call) call = ctl ("import", "--reindex", "--library", library, "--json", NULL);
  g_assert_cmpint (call.status, ==, status);
  g_autoptr (JsonNode) root = json_of (&call);
  JsonObject *said = json_node_get_object (root);
  g_assert_cmpint (json_object_get_int_member (said, "added"), ==, added);
  g_assert_cmpint (json_object_get_int_member (said, "left"), ==, left);
  g_assert_cmpint (json_object_get_int_member (said, "gone"), ==, left);
  g_assert_true ((strstr (call.complaint, "gone") != NULL) == (left > 0));
}

// Another encoder: no file has to be named. What is gone is said, and said to have failed.
static void
test_reindex (void) {
  g_autofree char *weights = write_other_weights (), *library = path_of ("reindex.sqlite");
  g_autofree char *one = path_of ("again/1"), *two = path_of ("again/2"), *both = path_of ("again");
  g_autofree char *first = path_of ("again/1/001.dcm");
  write_study (one, 201, 2);
  write_study (two, 202, 3);
  g_setenv ("PRECEDENT_WEIGHTS", weights, TRUE);
  g_auto (Call) made = ctl ("import", "--library", library, both, NULL);
  g_unsetenv ("PRECEDENT_WEIGHTS");
  g_assert_cmpint (made.status, ==, 0);
  g_assert_cmpint (g_unlink (first), ==, 0);
  assert_indexed_again (library, 1, 4, 1);
  assert_indexed_again (library, 1, 0, 1);
  write_study (one, 201, 2);
  assert_indexed_again (library, 0, 1, 0);
  assert_indexed_again (library, 0, 0, 0);
  g_auto (Call) sound = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (sound.status, ==, 0);

  g_auto (Call) nothing = ctl ("import", "--library", library, NULL);
  g_auto (Call) paths = ctl ("import", "--reindex", "--library", library, both, NULL);
  g_auto (Call) list_of = ctl ("import", "--reindex", "--cases", "x.csv", NULL);
  g_assert_cmpint (nothing.status, ==, 2);
  g_assert_cmpint (paths.status, ==, 2);
  g_assert_cmpint (list_of.status, ==, 2);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_unsetenv ("LANGUAGE");
  folder = prc_fixture_folder ();
  write_studies ();
  g_test_add_func ("/ctl-import/lists", test_lists);
  g_test_add_func ("/ctl-import/archive", test_archive);
  g_test_add_func ("/ctl-import/refused-lists", test_refused_lists);
  g_test_add_func ("/ctl-import/rows-that-fit-nothing", test_rows_that_fit_nothing);
  g_test_add_func ("/ctl-import/interrupted", test_interrupted);
  g_test_add_func ("/ctl-import/killed", test_killed);
  g_test_add_func ("/ctl-import/two-at-once", test_two_at_once);
  g_test_add_func ("/ctl-import/flipped-bytes", test_flipped_bytes);
  g_test_add_func ("/ctl-import/repair-and-import", test_repair_and_import);
  g_test_add_func ("/ctl-import/reindex", test_reindex);
  int status = g_test_run ();
  prc_fixture_remove (folder);
  g_free (folder);
  return status;
}
