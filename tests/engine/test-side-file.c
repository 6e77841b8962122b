// SPDX-License-Identifier: Apache-2.0
// The side file of an encoder in ONNX: what it may say, and every way to say it wrong.
#include <glib/gstdio.h>
#include <string.h>

#include "prc-engine-error.h"
#include "prc-side-file.h"

static char *folder;

static bool
read_text (const char *text, gssize length, PrcSideFile *side, GError **error) {
  g_autofree char *path = g_build_filename (folder, "model.v2.json", NULL);
  g_autofree char *model = g_build_filename (folder, "model.v2.onnx", NULL);
  g_assert_true (g_file_set_contents (path, text, length, NULL));
  const bool ok = prc_side_file_read (model, side, error);
  g_unlink (path);
  return ok;
}

static void
test_default (void) {
  g_autofree char *model = g_build_filename (folder, "alone.onnx", NULL);
  g_auto (PrcSideFile) side = {0};
  g_assert_true (prc_side_file_read (model, &side, NULL));
  const PrcRecipe *r = &side.recipe;
  g_assert_cmpuint (r->size, ==, 224);
  g_assert_cmpuint (r->channels, ==, 3);
  g_assert_cmpuint (prc_recipe_length (r), ==, 150528);
  g_assert_true (r->planes);
  g_assert_cmpint (r->interpolation, ==, PRC_INTERPOLATION_LINEAR);
  g_assert_cmpfloat (r->mean[0], ==, 0.485f);
  g_assert_cmpfloat (r->sd[2], ==, 0.225f);
  g_assert_cmpfloat (r->ct[0].centre, ==, -600);
  g_assert_cmpstr (side.name, ==, "alone.onnx");
  g_assert_cmpstr (side.licence, ==, "");
  g_assert_null (side.output);
}

static void
test_all (void) {
  static const char text[] =
      "{\"input-size\": 518, \"channels\": 1, \"mean\": [0.53], \"sd\": [0.25],"
      " \"ct-windows\": [[-500, 1400.5]], \"quantiles\": [0, 1], \"interpolation\": \"bicubic\","
      " \"layout\": \"nhwc\", \"output\": \"pooled\", \"pool\": \"mean\", \"name\": "
      "\"Chest\\nnet\","
      " \"description\": \"Radiographs\", \"licence\": \"MIT\"}";
  g_auto (PrcSideFile) side = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (read_text (text, -1, &side, &error));
  const PrcRecipe *r = &side.recipe;
  g_assert_cmpuint (r->size, ==, 518);
  g_assert_cmpuint (r->channels, ==, 1);
  g_assert_cmpfloat (r->mean[0], ==, 0.53f);
  g_assert_cmpfloat (r->sd[0], ==, 0.25f);
  g_assert_cmpfloat (r->ct[0].centre, ==, -500);
  g_assert_cmpfloat (r->ct[0].width, ==, 1400.5f);
  g_assert_cmpfloat (r->quantiles[1], ==, 1);
  g_assert_cmpint (r->interpolation, ==, PRC_INTERPOLATION_CUBIC);
  g_assert_false (r->planes);
  g_assert_cmpint (side.pool, ==, PRC_POOL_MEAN);
  g_assert_cmpstr (side.output, ==, "pooled");
  g_assert_cmpstr (side.name, ==, "Chest net"); // one line
  g_assert_cmpstr (side.description, ==, "Radiographs");
  g_assert_cmpstr (side.licence, ==, "MIT");
}

static void
test_one_window (void) {
  g_auto (PrcSideFile) side = {0};
  g_assert_true (read_text ("{\"ct-windows\": [[40, 400]]}", -1, &side, NULL));
  for (unsigned c = 0; c < 3; c++)
    g_assert_cmpfloat (side.recipe.ct[c].width, ==, 400);
}

static void
assert_refused (const char *text, gssize length, const char *word) {
  PrcSideFile side;
  g_autoptr (GError) error = NULL;
  if (read_text (text, length, &side, &error))
    g_error ("taken: %s", text);
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_null (side.name);
}

static void
test_wrong (void) {
  static const struct {
    const char *member, *values[12];
  } wrong[] = {
      {"input-size", {"0", "15", "769", "224.5", "-224", "1e99", "\"224\"", "null", "[224]"}},
      {"channels", {"0", "2", "4", "true", "{}"}},
      {"mean", {"0.5", "[0.5]", "[0, 0, 0, 0]", "[0, 0, \"0\"]", "[0, 0, 1e9]", "[0, 0, null]"}},
      {"sd", {"[1, 1]", "[1, 1, 0]", "[1, -1, 1]", "{}"}},
      {"ct-windows", {"[]", "[40, 400]", "[[40]]", "[[40, 0]]", "[[40, 400], [40, 400]]", "7"}},
      {"quantiles", {"[0]", "[0.5, 0.5]", "[0.9, 0.1]", "[-0.1, 1]", "[0, 1.1]", "0.5"}},
      {"interpolation", {"\"nearest\"", "\"\"", "1", "null"}},
      {"layout", {"\"chwn\"", "0"}},
      {"pool", {"\"cls token\"", "[]"}},
      {"output", {"\"\"", "5", "null"}},
      {"licence", {"5", "[\"MIT\"]"}},
      {"name", {"null"}},
      {"description", {"{}"}},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    for (const char *const *value = wrong[i].values; *value; value++) {
      g_autofree char *text = g_strdup_printf ("{\"%s\": %s}", wrong[i].member, *value);
      assert_refused (text, -1, wrong[i].member);
    }
  assert_refused ("{\"input_size\": 224}", -1, "input_size"); // a slip is not the default
}

static void
test_no_object (void) {
  static const char *const texts[] = {"",     "{",    "[]",       "5",
                                      "null", "{} {", "\xff\xfe", "{\"mean\": }"};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], -1, "no JSON object");
  g_autofree char *large = g_strnfill (PRC_SIDE_FILE_MAX + 1, ' ');
  assert_refused (large, -1, "too large");
  assert_refused ("{\"mean\": [0, 0, 0]\0}", 21, "no JSON object");
  g_autofree char *deep = g_strnfill (PRC_SIDE_FILE_MAX, '[');
  assert_refused (deep, -1, "no JSON object");
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("precedent-side-XXXXXX", NULL);
  g_test_add_func ("/side-file/default", test_default);
  g_test_add_func ("/side-file/all", test_all);
  g_test_add_func ("/side-file/one-window", test_one_window);
  g_test_add_func ("/side-file/wrong", test_wrong);
  g_test_add_func ("/side-file/no-object", test_no_object);
  const int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
