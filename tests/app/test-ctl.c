// SPDX-License-Identifier: Apache-2.0
// precedentctl as a person or a script calls it: exit codes, streams, JSON keys.
#include <cairo.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "call.h"

static char *folder;  // of this run; holds patients/ and library.sqlite
static char *a_slice; // an image of the first patient

static char *
path_of (const char *name) {
  return g_build_filename (folder, name, NULL);
}

static void
test_usage (void) {
  const char *const wrong[][4] = {
      {NULL},
      {"fly"},
      {"info"},
      {"render", "a.dcm"},
      {"render", "--window", "40", "a.dcm"},
      {"similar", "-k", "0", "a.dcm"},
      {"similar", "--by", "colour", "a.dcm"},
      {"show", "first"},
      {"embed", "--roi", "1,2,3", "a.dcm"},
      {"import", "--nonsense", "."},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_auto (Call) call = ctl (wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], NULL);
    g_assert_cmpint (call.status, ==, 2);
    g_assert_cmpstr (call.output, ==, "");
    g_assert_cmpstr (call.complaint, !=, "");
  }
  g_auto (Call) help = ctl ("--help", NULL);
  g_assert_cmpint (help.status, ==, 0);
  g_assert_nonnull (strstr (help.output, "similar"));
  g_auto (Call) version = ctl ("--version", NULL);
  g_assert_cmpstr (version.output, ==, "precedentctl " PRC_VERSION "\n");
}

static char *
first_words (const char *language, const char *locale, const char *all) {
  g_auto (GStrv) environment = g_get_environ ();
  const char *argv[] = {g_getenv ("PRECEDENT_CTL"), "--help", NULL};
  const char *const given[][2] = {
      {"LANGUAGE", language}, {"LANG", locale}, {"LC_ALL", all}, {"LC_MESSAGES", NULL}};
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (given); i++)
    environment = given[i][1] ? g_environ_setenv (environment, given[i][0], given[i][1], TRUE)
                              : g_environ_unsetenv (environment, given[i][0]);
  environment = g_environ_setenv (environment, "LOCPATH", "/nowhere", TRUE); // C and C.UTF-8 alone
  g_spawn_sync (NULL, (char **)argv, environment, 0, NULL, NULL, &output, NULL, NULL, &error);
  g_assert_no_error (error);
  return output;
}

// A language counts without its locale; a locale C that somebody chose stays English.
static void
test_language (void) {
  static const struct {
    const char *language, *locale, *all, *usage;
  } people[] = {
      {"zh_CN", NULL, NULL, "用法："},
      {"zh_CN", "C.UTF-8", NULL, "用法："},
      {"zh_CN", "xx_YY.UTF-8", NULL, "用法："},
      {NULL, "zh_CN.UTF-8", NULL, "用法："},
      {NULL, NULL, "zh_CN.UTF-8", "用法："},
      {"zh_CN", "C", NULL, "Usage:"},
      {"zh_CN", NULL, "C", "Usage:"},
      {NULL, NULL, NULL, "Usage:"},
      {"xx", NULL, NULL, "Usage:"},
      {NULL, "xx_YY.UTF-8", NULL, "Usage:"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS (people); i++) {
    g_autofree char *words = first_words (people[i].language, people[i].locale, people[i].all);
    g_test_message ("person %zu: %.20s", i, words);
    g_assert_true (g_str_has_prefix (words, people[i].usage));
  }
}

static void
test_info (void) {
  g_autofree char *patients = path_of ("patients");
  g_auto (Call) call = ctl ("info", "--json", patients, NULL);
  // cases.csv lies among them and is refused in a sentence
  g_assert_cmpint (call.status, ==, 1);
  g_assert_nonnull (strstr (call.complaint, "cases.csv: "));
  g_autoptr (JsonNode) root = json_of (&call);
  JsonArray *found = json_object_get_array_member (json_node_get_object (root), "patients");
  g_assert_cmpuint (json_array_get_length (found), ==, 3);
  JsonObject *study = json_array_get_object_element (
      json_object_get_array_member (json_array_get_object_element (found, 0), "studies"), 0);
  JsonArray *all = json_object_get_array_member (study, "series");
  g_assert_cmpuint (json_array_get_length (all), >=, 1);
  JsonObject *series = json_array_get_object_element (all, 0);
  g_assert_cmpint (json_object_get_int_member (series, "frames"), >=, 1);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (series, "pixel-spacing-mm")), ==, 2);
  g_assert_nonnull (json_object_get_string_member (series, "orientation"));
  g_assert_false (json_object_get_boolean_member (series, "lossy"));
}

// What a reader of the list must know before the picture: side, view, loss (trap 41).
static void
test_info_of_lossy (void) {
  const char *data = g_getenv ("PRECEDENT_TEST_DATA");
  g_autofree char *path =
      g_build_filename (data ? data : "/", "conformance/pydicom/SC_rgb_dcmtk_+eb+cy+s4.dcm", NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("no test data");
    return;
  }
  g_auto (Call) call = ctl ("info", "--json", path, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_assert_nonnull (strstr (call.output, "\"lossy\" : true"));
  g_assert_nonnull (strstr (call.output, "\"laterality\" : \"\""));
}

static void
test_dump (void) {
  g_auto (Call) json = ctl ("dump", "--json", a_slice, NULL);
  g_assert_cmpint (json.status, ==, 0);
  g_autoptr (JsonNode) root = json_of (&json);
  JsonObject *modality = json_object_get_object_member (json_node_get_object (root), "00080060");
  g_assert_cmpstr (json_object_get_string_member (modality, "vr"), ==, "CS");
  g_auto (Call) text = ctl ("dump", a_slice, NULL);
  g_assert_cmpint (text.status, ==, 0);
  g_assert_nonnull (
      strstr (text.output, "(0008,0060) CS        2 Modality                     CT\n"));
  g_assert_true (g_str_has_prefix (text.output, "(0002,0000) UL        4 "));
}

static void
test_render (void) {
  g_autofree char *out = path_of ("out.png");
  g_auto (Call) sized = ctl ("render", "--size", "300x200", "-o", out, a_slice, NULL);
  g_assert_cmpstr (sized.complaint, ==, "");
  g_assert_cmpint (sized.status, ==, 0);
  cairo_surface_t *surface = cairo_image_surface_create_from_png (out);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 300);
  g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 200);
  cairo_surface_destroy (surface);

  g_auto (Call) native = ctl ("render", "--native", "-o", out, a_slice, NULL);
  g_assert_cmpint (native.status, ==, 0);
  g_autofree char *png = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (out, &png, &length, NULL));
  g_assert_cmpuint (length, >, 26);
  g_assert_cmpint (png[24], ==, 8); // bits
  g_assert_cmpint (png[25], ==, 0); // PNG colour type grey
  GStatBuf status;
  g_assert_cmpint (g_stat (out, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0077, ==, 0); // patient pixels: the user's alone

  g_auto (Call) missing = ctl ("render", "--frame", "999", "-o", out, a_slice, NULL);
  g_assert_cmpint (missing.status, ==, 1);
  g_assert_true (g_str_has_prefix (missing.complaint, "precedentctl: "));
  g_assert_nonnull (strstr (missing.complaint, "999"));
}

// Whoever writes to a pipe or to /dev/null does not want a file in its place.
static void
test_render_into_pipe (void) {
  g_autofree char *pipe = path_of ("pipe");
  char start[4096];
  struct stat status;

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  int end = open (pipe, O_RDONLY | O_NONBLOCK);
  g_auto (Call) call = ctl ("render", "--size", "8x8", "-o", pipe, a_slice, NULL);
  g_assert_cmpstr (call.complaint, ==, "");
  g_assert_cmpint (call.status, ==, 0);
  g_assert_cmpint (read (end, start, sizeof start), >, 8);
  g_assert_cmpmem (start, 8, "\x89PNG\r\n\x1a\n", 8);
  g_assert_cmpint (stat (pipe, &status), ==, 0);
  g_assert_true (S_ISFIFO (status.st_mode));
  close (end);
}

// A native picture is grey as long as its palette is; a wrong name is answered with the right ones.
static void
test_render_palette (void) {
  static const struct {
    const char *palette;
    int colour_type; // of a PNG: 0 grey, 2 colours
  } cases[] = {{"grey", 0}, {"inverted-grey", 0}, {"hot-iron", 2}, {"cividis", 2}};
  g_autofree char *out = path_of ("palette.png");

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Call) call = ctl ("render", "--native", "--no-overlays", "--palette", cases[i].palette,
                              "-o", out, a_slice, NULL);
    g_autofree char *png = NULL;
    gsize length;

    g_assert_cmpint (call.status, ==, 0);
    g_assert_true (g_file_get_contents (out, &png, &length, NULL));
    g_assert_cmpuint (length, >, 26);
    g_assert_cmpint (png[25], ==, cases[i].colour_type);
  }
  g_auto (Call) wrong = ctl ("render", "--palette", "rainbow", "-o", out, a_slice, NULL);
  g_assert_cmpint (wrong.status, ==, 2);
  g_assert_nonnull (strstr (wrong.complaint, "rainbow"));
  g_assert_nonnull (strstr (wrong.complaint, "hot-metal-blue"));
}

static double
norm (JsonArray *vector) {
  double sum = 0;
  for (guint i = 0; i < json_array_get_length (vector); i++) {
    double v = json_array_get_double_element (vector, i);
    sum += v * v;
  }
  return sqrt (sum);
}

static void
test_embed (void) {
  g_autofree char *text = path_of ("patients/cases.csv");
  g_auto (Call) one = ctl ("embed", "--json", a_slice, NULL);
  g_assert_cmpint (one.status, ==, 0);
  g_autoptr (JsonNode) root = json_of (&one);
  JsonObject *answer = json_node_get_object (root);
  g_assert_cmpuint (strlen (json_object_get_string_member (answer, "model-id")), ==, 64);
  g_assert_cmpfloat_with_epsilon (norm (json_object_get_array_member (answer, "vector")), 1, 1e-4);

  // a refused file among others keeps its place, the rest is answered
  g_auto (Call) several = ctl ("embed", "--json", a_slice, text, a_slice, NULL);
  g_assert_cmpint (several.status, ==, 1);
  g_autoptr (JsonNode) list = json_of (&several);
  JsonArray *answers = json_node_get_array (list);
  g_assert_cmpuint (json_array_get_length (answers), ==, 3);
  JsonObject *refused = json_array_get_object_element (answers, 1);
  g_assert_cmpstr (json_object_get_string_member (refused, "path"), ==, text);
  g_assert_cmpstr (json_object_get_string_member (refused, "error"), !=, "");
  g_assert_true (json_object_has_member (json_array_get_object_element (answers, 2), "vector"));
}

static void
test_library (void) {
  g_autofree char *library = path_of ("library.sqlite"), *patients = path_of ("patients"),
                  *csv = path_of ("patients/cases.csv");
  g_auto (Call) empty = ctl ("similar", "--library", library, "--json", a_slice, NULL);
  g_assert_cmpint (empty.status, ==, 0);
  g_autoptr (JsonNode) nothing = json_of (&empty);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (nothing), "state"), ==,
                   "empty-library");

  g_auto (Call) first =
      ctl ("import", "--library", library, "--cases", csv, "--json", patients, NULL);
  g_autoptr (JsonNode) summary = json_of (&first);
  gint64 added = json_object_get_int_member (json_node_get_object (summary), "added");
  g_assert_cmpint (added, >, 3);
  g_auto (Call) again =
      ctl ("import", "--library", library, "--cases", csv, "--json", patients, NULL);
  g_autoptr (JsonNode) repeat = json_of (&again);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (repeat), "added"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (repeat), "skipped"), ==,
                   added);

  g_auto (Call) list = ctl ("list", "--library", library, "--json", NULL);
  g_autoptr (JsonNode) cases = json_of (&list);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (cases)), ==, 3);
  JsonObject *each = json_array_get_object_element (json_node_get_array (cases), 0);
  g_assert_cmpstr (json_object_get_string_member (each, "diagnosis"), !=, "");

  // the patient asked about is never among the answers
  g_auto (Call) similar = ctl ("similar", "--library", library, "--json", a_slice, NULL);
  g_assert_cmpint (similar.status, ==, 0);
  g_autoptr (JsonNode) answer = json_of (&similar);
  JsonObject *found = json_node_get_object (answer);
  g_assert_cmpint (json_object_get_int_member (found, "cases-kept-out"), ==, 1);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (found, "hits")), ==, 2);

  g_autofree char *id =
      g_strdup_printf ("%" G_GINT64_FORMAT, json_object_get_int_member (each, "case"));
  g_auto (Call) show = ctl ("show", "--library", library, id, NULL);
  g_assert_cmpint (show.status, ==, 0);
  g_auto (Call) removed = ctl ("remove", "--library", library, id, NULL);
  g_assert_cmpint (removed.status, ==, 0);
  g_auto (Call) gone = ctl ("show", "--library", library, id, NULL);
  g_assert_cmpint (gone.status, ==, 1);
  g_auto (Call) sound = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (sound.status, ==, 0);
}

static char *
find_slice (const char *top) {
  g_autoptr (GDir) dir = g_dir_open (top, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));) {
    g_autofree char *path = g_build_filename (top, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      char *found = find_slice (path);
      if (found)
        return found;
    } else if (g_str_has_suffix (name, ".dcm") && !strstr (path, "seg") && !strstr (path, "SEG")) {
      return g_steal_pointer (&path);
    }
  }
  return NULL;
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("precedent-ctl-XXXXXX", NULL);
  g_autofree char *patients = path_of ("patients");
  g_auto (Call) made = ctl ("phantom", "--cases", "3", patients, NULL);
  g_assert_cmpint (made.status, ==, 0);
  a_slice = find_slice (patients);
  g_assert_nonnull (a_slice);
  g_test_add_func ("/ctl/usage", test_usage);
  g_test_add_func ("/ctl/language", test_language);
  g_test_add_func ("/ctl/info", test_info);
  g_test_add_func ("/ctl/trap-41-info-of-lossy", test_info_of_lossy);
  g_test_add_func ("/ctl/dump", test_dump);
  g_test_add_func ("/ctl/render", test_render);
  g_test_add_func ("/ctl/render-into-pipe", test_render_into_pipe);
  g_test_add_func ("/ctl/render-palette", test_render_palette);
  g_test_add_func ("/ctl/embed", test_embed);
  g_test_add_func ("/ctl/library", test_library);
  int status = g_test_run ();
  g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", folder);
  g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL);
  g_free (folder);
  g_free (a_slice);
  return status;
}
