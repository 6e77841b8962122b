// SPDX-License-Identifier: Apache-2.0
// Encoders in ONNX, written byte by byte; what they must give is worked out by hand.
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "onnx-builder.h"
#include "prc-engine-error.h"
#include "prc-onnx.h"

#define SIZE   16
#define PLACES (SIZE * SIZE)
#define INPUT  (3 * PLACES)

static char *folder;
static const gint64 picture[] = {1, 3, SIZE, SIZE};

typedef struct {
  char *path, *side;
} File;

static void
file_clear (File *file) {
  g_unlink (file->path);
  g_unlink (file->side);
  g_free (file->path);
  g_free (file->side);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, file_clear)

// `more`: members of the side file besides the size, beginning with a comma; NULL: no side file.
static File
write_file (const void *data, gsize size, const char *more) {
  static guint n;
  File file = {g_strdup_printf ("%s/model %u.onnx", folder, ++n),
               g_strdup_printf ("%s/model %u.json", folder, n)};
  g_assert_true (g_file_set_contents (file.path, data, (gssize)size, NULL));
  g_autofree char *text = g_strdup_printf ("{\"input-size\": 16%s}", more ? more : "");
  if (more)
    g_assert_true (g_file_set_contents (file.side, text, -1, NULL));
  return file;
}

static File
write_graph (OnnxBuilder *graph, const char *more) {
  g_autoptr (GBytes) bytes = onnx_finish (graph);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  return write_file (data, size, more);
}

// Two features of a pixel, relu, their means, and three numbers of those.
static const float mix[] = {1, 0, -1, 0.5f, 2, 1}, head[] = {1, 2, -3, 1, 0, 4}, bias[] = {0, 1, 0};

static void
add_body (OnnxBuilder *graph, const float *weights) {
  onnx_begin (graph);
  onnx_input (graph, "image", picture, 4);
  onnx_floats (graph, "mix", (const gint64[]){2, 3, 1, 1}, 4, weights);
  onnx_node (graph, "Conv", "image", "mix", NULL, "mixed", "kernel_shape", (const gint64[]){1, 1},
             2);
  onnx_node (graph, "Relu", "mixed", NULL, NULL, "positive", NULL, NULL, 0);
}

static void
add_small (OnnxBuilder *graph, const float *weights) {
  add_body (graph, weights);
  onnx_node (graph, "GlobalAveragePool", "positive", NULL, NULL, "mean", NULL, NULL, 0);
  onnx_node (graph, "Flatten", "mean", NULL, NULL, "flat", "axis", &(gint64){1}, 0);
  onnx_floats (graph, "head", (const gint64[]){3, 2}, 2, head);
  onnx_floats (graph, "bias", (const gint64[]){3}, 1, bias);
  onnx_node (graph, "Gemm", "flat", "head", "bias", "vector", "transB", &(gint64){1}, 0);
  onnx_output (graph, "vector", (const gint64[]){1, 3}, 2);
}

static void
small_file (File *file, const char *more) {
  OnnxBuilder graph;
  add_small (&graph, mix);
  *file = write_graph (&graph, more);
}

static float
input_at (guint channel, guint place) {
  return (float)channel + (float)(place % 7) * 0.25f - 1;
}

static void
features_at (guint place, double out[2]) {
  for (guint f = 0; f < 2; f++) {
    out[f] = 0;
    for (guint c = 0; c < 3; c++)
      out[f] += (double)mix[3 * f + c] * (double)input_at (c, place);
    out[f] = fmax (out[f], 0);
  }
}

static void
mean_features (double out[2]) {
  out[0] = out[1] = 0;
  for (guint i = 0; i < PLACES; i++) {
    double at[2];
    features_at (i, at);
    out[0] += at[0] / PLACES;
    out[1] += at[1] / PLACES;
  }
}

static void
make_input (float *input, bool planes) {
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < PLACES; i++)
      input[planes ? c * PLACES + i : i * 3 + c] = input_at (c, i);
}

static void
assert_runs (const char *path, bool planes, const double *expected, guint n) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcOnnx) onnx = prc_onnx_new (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (prc_onnx_dimension (onnx), ==, n);
  float input[INPUT], vector[8];
  double sum = 0;
  make_input (input, planes);
  for (guint i = 0; i < n; i++)
    sum += expected[i] * expected[i];
  for (guint again = 0; again < 2; again++) {
    memset (vector, 0, sizeof vector);
    g_assert_true (prc_onnx_run (onnx, input, vector, &error));
    for (guint i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon (vector[i], expected[i] / sqrt (sum), 1e-5);
  }
}

static void
head_of (const double features[2], double out[3]) {
  for (guint i = 0; i < 3; i++)
    out[i] =
        (double)bias[i] + (double)head[2 * i] * features[0] + (double)head[2 * i + 1] * features[1];
}

static void
test_run (void) {
  g_auto (File) file = {0};
  double features[2], expected[3];
  small_file (&file, "");
  mean_features (features);
  head_of (features, expected);
  assert_runs (file.path, true, expected, 3);
}

static void
test_layout (void) {
  OnnxBuilder graph;
  double expected[2];
  onnx_begin (&graph);
  onnx_input (&graph, "pixels", (const gint64[]){1, SIZE, SIZE, 3}, 4);
  onnx_node (&graph, "Transpose", "pixels", NULL, NULL, "image", "perm",
             (const gint64[]){0, 3, 1, 2}, 4);
  onnx_floats (&graph, "mix", (const gint64[]){2, 3, 1, 1}, 4, mix);
  onnx_node (&graph, "Conv", "image", "mix", NULL, "mixed", "kernel_shape", (const gint64[]){1, 1},
             2);
  onnx_node (&graph, "Relu", "mixed", NULL, NULL, "positive", NULL, NULL, 0);
  onnx_output (&graph, "positive", (const gint64[]){1, 2, SIZE, SIZE}, 4);
  g_auto (File) file = write_graph (&graph, ", \"layout\": \"nhwc\"");
  mean_features (expected); // of a map the mean is taken
  assert_runs (file.path, false, expected, 2);
}

static void
test_output (void) {
  g_auto (File) file = {0}, wrong = {0};
  double features[2];
  g_autoptr (GError) error = NULL;
  small_file (&file, ", \"output\": \"positive\"");
  mean_features (features);
  assert_runs (file.path, true, features, 2);
  small_file (&wrong, ", \"output\": \"elsewhere\"");
  g_assert_null (prc_onnx_new (wrong.path, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "no tensor"));
}

// Tokens [1][N][2], times a constant for each of the two, as every layer norm has it.
static void
tokens_file (File *file, const char *more) {
  OnnxBuilder graph;
  add_body (&graph, mix);
  onnx_integers (&graph, "shape", (const gint64[]){1, 2, PLACES}, 3);
  onnx_node (&graph, "Reshape", "positive", "shape", NULL, "rows", NULL, NULL, 0);
  onnx_node (&graph, "Transpose", "rows", NULL, NULL, "tokens", "perm", (const gint64[]){0, 2, 1},
             3);
  onnx_floats (&graph, "scale", (const gint64[]){2}, 1, (const float[]){3, -2});
  onnx_node (&graph, "Mul", "tokens", "scale", NULL, "scaled", NULL, NULL, 0);
  onnx_output (&graph, "scaled", (const gint64[]){1, PLACES, 2}, 3);
  *file = write_graph (&graph, more);
}

static void
test_tokens (void) {
  g_auto (File) first = {0}, mean = {0};
  double features[2];
  tokens_file (&first, "");
  features_at (0, features);
  assert_runs (first.path, true, (const double[]){3 * features[0], -2 * features[1]}, 2);
  tokens_file (&mean, ", \"pool\": \"mean\"");
  mean_features (features);
  assert_runs (mean.path, true, (const double[]){3 * features[0], -2 * features[1]}, 2);
}

static void
assert_refused (const char *path, const char *words) {
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_onnx_new (path, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
  g_assert_cmpstr (error->message, !=, "");
  g_assert_null (strchr (error->message, '\n'));
  if (words && !strstr (error->message, words))
    g_error ("\"%s\" does not say \"%s\"", error->message, words);
}

static void
test_damaged (void) {
  OnnxBuilder graph;
  add_small (&graph, mix);
  g_autoptr (GBytes) bytes = onnx_finish (&graph);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  for (gsize cut = 0; cut < size; cut += cut < 24 ? 3 : 37) { // most of them are no model any more
    g_auto (File) file = write_file (data, cut, "");
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcOnnx) onnx = prc_onnx_new (file.path, &error);
    g_assert_true (onnx || error->domain == PRC_ENGINE_ERROR);
    g_assert_true (cut > size / 2 || !onnx);
  }
  g_autofree guint8 *changed = g_memdup2 (data, size);
  for (gsize i = 0; i < size; i += 11) {
    changed[i] ^= 0x55;
    g_auto (File) file = write_file (changed, size, ", \"output\": \"positive\"");
    g_autoptr (GError) error = NULL;
    g_autoptr (PrcOnnx) onnx = prc_onnx_new (file.path, &error);
    g_assert_true (onnx || error->domain == PRC_ENGINE_ERROR);
    changed[i] ^= 0x55;
  }
}

static void
test_refused (void) {
  g_auto (File) empty = write_file ("", 0, ""), words = write_file ("no model", 8, "");
  assert_refused (empty.path, "empty");
  assert_refused (words.path, "OpenCV");
  assert_refused (folder, "empty or no file");
  assert_refused ("/nonexistent/model.onnx", "cannot be opened");
  g_auto (File) shape = {0};
  small_file (&shape, ", \"channels\": 1");
  assert_refused (shape.path, "OpenCV does not run this encoder");
  OnnxBuilder graph;
  onnx_begin (&graph);
  onnx_input (&graph, "image", picture, 4);
  onnx_node (&graph, "Marvel", "image", NULL, NULL, "vector", NULL, NULL, 0);
  onnx_output (&graph, "vector", (const gint64[]){1, 3}, 2);
  g_auto (File) unknown = write_graph (&graph, "");
  assert_refused (unknown.path, "Marvel");
}

static void
test_no_vector (void) {
  const float nan[] = {NAN, 0, 0, 0, 0, 0}, nothing[6] = {0};
  OnnxBuilder graph;
  add_body (&graph, nan);
  g_auto (File) wild = write_graph (&graph, "");
  assert_refused (wild.path, "finite");
  add_body (&graph, nothing);
  g_auto (File) zero = write_graph (&graph, "");
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcOnnx) onnx = prc_onnx_new (zero.path, &error); // another picture may say more
  g_assert_no_error (error);
  float input[INPUT], vector[2];
  make_input (input, true);
  g_assert_false (prc_onnx_run (onnx, input, vector, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, "sees nothing"));
  // 768 numbers are 4100 when asked for so: more than a library keeps.
  g_autofree float *wide = g_new0 (float, 4100 * 3);
  onnx_begin (&graph);
  onnx_input (&graph, "image", picture, 4);
  onnx_floats (&graph, "wide", (const gint64[]){4100, 3, 1, 1}, 4, wide);
  onnx_node (&graph, "Conv", "image", "wide", NULL, "map", "kernel_shape", (const gint64[]){1, 1},
             2);
  onnx_output (&graph, "map", (const gint64[]){1, 4100, SIZE, SIZE}, 4);
  g_auto (File) broad = write_graph (&graph, "");
  assert_refused (broad.path, "not one vector");
}

static char *
id_of (const char *more, const float *weights) {
  OnnxBuilder graph;
  add_small (&graph, weights);
  g_auto (File) file = write_graph (&graph, more);
  g_autoptr (PrcOnnx) onnx = prc_onnx_new (file.path, NULL);
  g_assert_nonnull (onnx);
  g_assert_cmpuint (strlen (prc_onnx_id (onnx)), ==, 64);
  return g_strdup (prc_onnx_id (onnx));
}

static void
test_id (void) {
  const float other[] = {1, 0, -1, 0.5f, 2, 1.5f};
  g_autofree char *plain = id_of ("", mix), *again = id_of (", \"licence\": \"MIT\"", mix),
                  *file = id_of ("", other), *mean = id_of (", \"mean\": [0, 0, 0]", mix),
                  *window = id_of (", \"ct-windows\": [[40, 400]]", mix),
                  *said = id_of (", \"quantiles\": [0.005, 0.995], \"layout\": \"nchw\"", mix);
  g_assert_cmpstr (plain, ==, again); // what is only shown
  g_assert_cmpstr (plain, ==, said);  // what is said is what it would have been
  g_assert_cmpstr (plain, !=, file);
  g_assert_cmpstr (plain, !=, mean);
  g_assert_cmpstr (plain, !=, window);
}

static void
test_no_program (void) {
  g_auto (File) file = {0};
  small_file (&file, "");
  g_autofree char *program = g_strdup (g_getenv ("PRECEDENT_ONNX"));
  g_setenv ("PRECEDENT_ONNX", "/nonexistent/precedent-onnx", TRUE);
  assert_refused (file.path, "This build");
  g_setenv ("PRECEDENT_ONNX", "/bin/false", TRUE);
  assert_refused (file.path, "broke down");
  g_setenv ("PRECEDENT_ONNX", program, TRUE);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("precedent-onnx-XXXXXX", NULL);
  g_test_add_func ("/onnx/run", test_run);
  g_test_add_func ("/onnx/layout", test_layout);
  g_test_add_func ("/onnx/output", test_output);
  g_test_add_func ("/onnx/tokens", test_tokens);
  g_test_add_func ("/onnx/damaged", test_damaged);
  g_test_add_func ("/onnx/refused", test_refused);
  g_test_add_func ("/onnx/no-vector", test_no_vector);
  g_test_add_func ("/onnx/id", test_id);
  g_test_add_func ("/onnx/no-program", test_no_program);
  const int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
