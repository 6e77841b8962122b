// SPDX-License-Identifier: Apache-2.0
// Segments on the command line: imported, listed with their case, asked with.
#include <glib/gstdio.h>
#include <string.h>

#include "call.h"
#include "fixture.h"

#define N_CASES 12

static char *folder, *library, *patients;

static char *
case_folder (unsigned number) {
  g_autofree char *prefix = g_strdup_printf ("case-%04u-", number);
  g_autoptr (GDir) names = g_dir_open (patients, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (names)))
    if (g_str_has_prefix (name, prefix))
      return g_build_filename (patients, name, NULL);
  return NULL;
}

static char *
finding (unsigned number) {
  g_autofree char *of = case_folder (number);
  return g_build_filename (of, "finding-seg.dcm", NULL);
}

// The first case with a finding.
static unsigned
first_with_finding (void) {
  for (unsigned i = 1; i <= N_CASES; i++) {
    g_autofree char *path = finding (i);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return i;
  }
  g_assert_not_reached ();
}

static unsigned
n_findings (void) {
  unsigned n = 0;
  for (unsigned i = 1; i <= N_CASES; i++) {
    g_autofree char *path = finding (i);
    n += g_file_test (path, G_FILE_TEST_EXISTS);
  }
  return n;
}

static gint64
number_of (JsonObject *object, const char *name) {
  g_assert_true (json_object_has_member (object, name));
  return json_object_get_int_member (object, name);
}

static void
test_import (void) {
  g_autofree char *cases = g_build_filename (patients, "cases.csv", NULL);
  g_auto (Call) call =
      ctl ("import", "--json", "--library", library, "--cases", cases, patients, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_autoptr (JsonNode) root = json_of (&call);
  g_assert_cmpint (number_of (json_node_get_object (root), "segments"), ==, n_findings ());
  g_auto (Call) again = ctl ("import", "--json", "--library", library, patients, NULL);
  g_autoptr (JsonNode) second = json_of (&again);
  g_assert_cmpint (number_of (json_node_get_object (second), "segments"), ==, 0);
  g_auto (Call) sound = ctl ("verify", "--library", library, NULL);
  g_assert_cmpint (sound.status, ==, 0);
}

// The library's case that holds this segmentation, and its segment as `show` tells it; owned.
static JsonNode *
show_segment (const char *path) {
  for (unsigned id = 1; id <= N_CASES; id++) {
    g_autofree char *text = g_strdup_printf ("%u", id);
    g_auto (Call) call = ctl ("show", "--json", "--library", library, text, NULL);
    g_assert_cmpint (call.status, ==, 0);
    g_autoptr (JsonNode) root = json_of (&call);
    JsonArray *segments = json_object_get_array_member (json_node_get_object (root), "segments");
    if (json_array_get_length (segments) == 0)
      continue;
    JsonObject *segment = json_array_get_object_element (segments, 0);
    if (g_str_equal (json_object_get_string_member (segment, "path"), path))
      return json_node_copy (json_array_get_element (segments, 0));
  }
  return NULL;
}

static void
test_show (void) {
  g_autofree char *path = finding (first_with_finding ());
  g_autoptr (JsonNode) node = show_segment (path);
  g_assert_nonnull (node);
  JsonObject *segment = json_node_get_object (node);
  g_assert_cmpint (number_of (segment, "number"), ==, 1);
  g_assert_cmpint (number_of (segment, "voxels"), >, 0);
  g_assert_cmpstr (json_object_get_string_member (segment, "modality"), ==, "SEG");
  JsonObject *type = json_object_get_object_member (segment, "type");
  g_assert_cmpstr (json_object_get_string_member (type, "scheme"), ==, "SCT");
  g_assert_cmpstr (json_object_get_string_member (segment, "label"), !=, "");
}

static JsonObject *
ask (const char *segment, const char *images, JsonNode **root) {
  g_auto (Call) call = ctl ("similar", "--json", "-k", "3", "--library", library, "--segment",
                            segment, images, NULL);
  g_assert_cmpint (call.status, ==, 0);
  *root = json_of (&call);
  return json_node_get_object (*root);
}

static void
test_similar (void) {
  const unsigned number = first_with_finding ();
  g_autofree char *path = finding (number), *images = case_folder (number);
  g_autoptr (JsonNode) root = NULL, numbered_root = NULL;
  JsonObject *answer = ask (path, images, &root);
  g_assert_cmpint (number_of (answer, "segments-searched"), ==, n_findings ());
  g_assert_cmpint (number_of (answer, "slices-searched"), ==, 0);
  JsonObject *asked = json_object_get_object_member (answer, "segment");
  g_assert_cmpint (number_of (asked, "number"), ==, 1);
  // It is asked with the slice that the library found it largest on.
  g_autoptr (JsonNode) known = show_segment (path);
  g_assert_cmpstr (json_object_get_string_member (answer, "path"), ==,
                   json_object_get_string_member (json_node_get_object (known), "slice-path"));
  JsonArray *hits = json_object_get_array_member (answer, "hits");
  g_assert_cmpuint (json_array_get_length (hits), ==, 3);
  for (guint i = 0; i < 3; i++) {
    JsonObject *hit = json_array_get_object_element (hits, i);
    JsonObject *segment = json_object_get_object_member (hit, "segment");
    g_assert_cmpstr (json_object_get_string_member (segment, "slice-path"), ==,
                     json_object_get_string_member (hit, "path"));
    g_assert_cmpstr (json_object_get_string_member (segment, "path"), !=, path); // kept out
    // Too few of one modality have findings: measured by the whole library, and it says so.
    g_assert_cmpstr (json_object_get_string_member (hit, "percentile-of"), ==, "");
  }
  // By number it is the same.
  g_autofree char *numbered = g_strconcat (path, ":1", NULL);
  JsonObject *same = ask (numbered, images, &numbered_root);
  JsonArray *same_hits = json_object_get_array_member (same, "hits");
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (
        json_object_get_double_member (json_array_get_object_element (hits, i), "score"), ==,
        json_object_get_double_member (json_array_get_object_element (same_hits, i), "score"));
  // For a person: what was found is named.
  g_auto (Call) text =
      ctl ("similar", "-k", "3", "--library", library, "--segment", path, images, NULL);
  g_assert_cmpint (text.status, ==, 0);
  g_assert_cmpuint (count_lines (text.output), ==, 4);
  g_assert_nonnull (strstr (text.output, "segments"));
  g_assert_nonnull (strstr (text.output, "% of the library"));
}

// A box asks segments when told to, and the own case is kept out; of so few the best are slices.
static void
test_box (void) {
  g_autofree char *path = finding (first_with_finding ());
  g_autoptr (JsonNode) known = show_segment (path);
  const char *slice = json_object_get_string_member (json_node_get_object (known), "slice-path");
  for (guint i = 0; i < 3; i++) {
    static const char *const against[] = {"segments", "slices", NULL};
    g_auto (Call) call =
        ctl ("similar", "--json", "-k", "3", "--library", library, "--roi", "10,10,60,60", slice,
             against[i] ? "--against" : NULL, against[i], NULL);
    g_assert_cmpint (call.status, ==, 0);
    g_autoptr (JsonNode) root = json_of (&call);
    JsonObject *answer = json_node_get_object (root);
    g_assert_cmpstr (json_object_get_string_member (answer, "against"), ==,
                     i == 0 ? "segments" : "slices");
    g_assert_cmpint (json_object_has_member (answer, "segments-searched"), ==, i == 0);
    JsonArray *hits = json_object_get_array_member (answer, "hits");
    g_assert_cmpuint (json_array_get_length (hits), ==, 3);
    for (guint k = 0; k < 3; k++) {
      JsonObject *hit = json_array_get_object_element (hits, k);
      g_assert_cmpint (json_object_has_member (hit, "segment"), ==, i == 0);
      g_assert_cmpstr (json_object_get_string_member (hit, "path"), !=, slice);
    }
  }
  g_auto (Call) alone = ctl ("similar", "--library", library, "--against", "slices", slice, NULL);
  g_assert_cmpint (alone.status, ==, 2);
  g_auto (Call) unknown =
      ctl ("similar", "--library", library, "--roi", "1,1,9,9", "--against", "both", slice, NULL);
  g_assert_cmpint (unknown.status, ==, 2);
}

static void
refused (const char *segment, const char *images) {
  g_auto (Call) call = ctl ("similar", "--library", library, "--segment", segment, images, NULL);
  g_assert_cmpint (call.status, ==, 1);
  assert_one_sentence (call.complaint, segment);
}

static void
test_refused (void) {
  const unsigned number = first_with_finding ();
  g_autofree char *path = finding (number), *images = case_folder (number);
  g_autofree char *other = case_folder (number + 1), *seventh = g_strconcat (path, ":7", NULL);
  g_autofree char *image = g_build_filename (images, "ct-001.dcm", NULL);
  refused (seventh, images);
  refused (path, other); // it lies on none of them
  refused (path, path);  // nor on itself
  refused ("/nowhere/a.dcm", images);
  refused (patients, images);
  if (g_file_test (image, G_FILE_TEST_EXISTS))
    refused (image, images); // no segmentation
  g_auto (Call) both =
      ctl ("similar", "--library", library, "--segment", path, "--roi", "1,1,9,9", images, NULL);
  g_assert_cmpint (both.status, ==, 2);
}

// A library without segments says so, and does not answer with something else.
static void
test_none (void) {
  const unsigned number = first_with_finding ();
  g_autofree char *path = finding (number), *images = case_folder (number);
  g_autofree char *plain = g_build_filename (folder, "plain.sqlite", NULL);
  g_autofree char *slices = g_build_filename (folder, "plain", NULL);
  g_assert_cmpint (g_mkdir (slices, 0700), ==, 0);
  prc_fixture_write_series (slices, 3, 4, 32, 32);
  g_auto (Call) import = ctl ("import", "--library", plain, slices, NULL);
  g_assert_cmpint (import.status, ==, 0);
  g_auto (Call) call =
      ctl ("similar", "--json", "--library", plain, "--segment", path, images, NULL);
  g_assert_cmpint (call.status, ==, 0);
  g_autoptr (JsonNode) root = json_of (&call);
  JsonObject *answer = json_node_get_object (root);
  g_assert_cmpstr (json_object_get_string_member (answer, "state"), ==, "no-segments");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (answer, "hits")), ==, 0);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  folder = prc_fixture_folder ();
  library = g_build_filename (folder, "library.sqlite", NULL);
  patients = g_build_filename (folder, "patients", NULL);
  g_auto (Call) made = ctl ("phantom", "--cases", "12", patients, NULL);
  g_assert_cmpint (made.status, ==, 0);
  g_test_add_func ("/ctl-segment/import", test_import);
  g_test_add_func ("/ctl-segment/show", test_show);
  g_test_add_func ("/ctl-segment/similar", test_similar);
  g_test_add_func ("/ctl-segment/box", test_box);
  g_test_add_func ("/ctl-segment/refused", test_refused);
  g_test_add_func ("/ctl-segment/none", test_none);
  const int result = g_test_run ();
  prc_fixture_remove (folder);
  return result;
}
