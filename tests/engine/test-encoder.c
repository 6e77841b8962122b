// SPDX-License-Identifier: Apache-2.0
// The encoder in C against PyTorch, layer by layer: tests/engine/data/encoder-reference.safetensors
// was written by engine/training/dump_reference.py, which also says how to write it again.
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "prc-embedder-private.h"
#include "prc-engine-error.h"
#include "prc-network.h"
#include "prc-safetensors.h"

#define BATCH 2
#define STEP  7919 // between the compared values, as in dump_reference.py
#define INPUT (PRC_INPUT_SIZE * PRC_INPUT_SIZE * PRC_INPUT_CHANNELS)

static PrcModel *model;

// The formula of dump_reference.py.
static float *
formula (void) {
  float *out = g_new (float, BATCH *INPUT), *at = out;
  for (int n = 0; n < BATCH; n++)
    for (int y = 0; y < PRC_INPUT_SIZE; y++)
      for (int x = 0; x < PRC_INPUT_SIZE; x++)
        for (int c = 0; c < PRC_INPUT_CHANNELS; c++) {
          int texture = (7 * y + 13 * x + 29 * c + 5 * n + y * x % 31) % 97;
          int distance = (y - 50 - 20 * n) * (y - 50 - 20 * n) + (x - 70) * (x - 70);
          int disc = (distance < 1600 ? 1600 - distance : 0) / (8 + 8 * c);
          *at++ = (float)(texture + disc) / 128.0f - 1.0f;
        }
  return out;
}

// Images come one after the other; what is of one layer is put together.
static void
collect (unsigned layer, const float *values, size_t length, gpointer user_data) {
  GPtrArray *layers = user_data;
  while (layers->len <= layer)
    g_ptr_array_add (layers, g_array_new (FALSE, FALSE, sizeof (float)));
  g_array_append_vals (g_ptr_array_index (layers, layer), values, (guint)length);
}

static void
compare_layer (const PrcSafetensors *reference, const char *name, const GArray *layer) {
  const float *values = (const float *)(const void *)layer->data;
  const size_t length = layer->len;
  const PrcTensor *tensor = prc_safetensors_find (reference, name);
  g_assert_nonnull (tensor);
  g_assert_cmpuint (length, >=, tensor->length);
  g_autofree float *expected = g_new (float, tensor->length);
  prc_safetensors_read (reference, tensor, expected);
  double worst = 0, largest = 0;
  for (size_t i = 0; i < tensor->length; i++) {
    worst = fmax (worst, fabs ((double)expected[i] -
                               values[length > tensor->length ? i * STEP % length : i]));
    largest = fmax (largest, fabs ((double)expected[i]));
  }
  g_test_message ("%s: off by %.1e of %.2f", name, worst, largest);
  g_assert_cmpfloat (largest, >, 0);
  g_assert_cmpfloat (worst, <=, 2e-5 * fmax (largest, 0.1));
}

static void
test_layers (void) {
  static const char *const names[] = {"00 stem",
                                      "01 pool",
                                      "02 stage1.block1.conv1",
                                      "03 stage1.block1.conv2",
                                      "04 stage2.block1.conv1",
                                      "05 stage2.block1.conv2",
                                      "06 stage3.block1.conv1",
                                      "07 stage3.block1.conv2",
                                      "08 stage3.block2.conv1",
                                      "09 stage3.block2.conv2",
                                      "10 stage4.block1.conv1",
                                      "11 stage4.block1.conv2",
                                      "12 mean",
                                      "13 vector"};
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "engine", "data", "encoder-reference.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcSafetensors) reference = prc_safetensors_open (path, &error);
  g_assert_no_error (error);
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, BATCH);
  g_autofree float *inputs = formula ();
  float vectors[BATCH * 128];
  g_autoptr (GPtrArray) layers = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  prc_embedder_set_trace (embedder, collect, layers);
  g_assert_true (prc_embedder_forward (embedder, inputs, BATCH, vectors, NULL));
  g_assert_cmpuint (layers->len, ==, G_N_ELEMENTS (names));
  for (unsigned i = 0; i < layers->len; i++)
    compare_layer (reference, names[i], g_ptr_array_index (layers, i));
}

// Fails when the weights were replaced and the reference was not written again.
static void
test_reference_belongs (void) {
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "engine", "data", "encoder-reference.safetensors", NULL);
  g_autofree char *weights =
      g_test_build_filename (G_TEST_DIST, "..", "resources", "encoder.safetensors", NULL);
  g_autoptr (PrcSafetensors) reference = prc_safetensors_open (path, NULL);
  g_autoptr (PrcSafetensors) file = prc_safetensors_open (weights, NULL);
  g_assert_nonnull (reference);
  g_assert_nonnull (file);
  g_autofree char *sum =
      g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, prc_safetensors_bytes (file));
  g_assert_cmpstr (sum, ==, prc_safetensors_metadata (reference, "weights"));
}

static void
test_batch_equals_singles (void) {
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, 7);
  g_autofree float *inputs = g_new (float, 7 * INPUT);
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  for (size_t i = 0; i < 7 * INPUT; i++)
    inputs[i] = (float)g_rand_double_range (random, -1, 1);
  float batch[7 * 128], single[128];
  g_assert_true (prc_embedder_forward (embedder, inputs, 7, batch, NULL));
  for (unsigned n = 0; n < 7; n++) {
    double length = 0;
    g_assert_true (prc_embedder_forward (embedder, inputs + n * INPUT, 1, single, NULL));
    for (unsigned i = 0; i < 128; i++) {
      g_assert_cmpfloat_with_epsilon (batch[n * 128 + i], single[i], 1e-5);
      length += (double)single[i] * single[i];
    }
    g_assert_cmpfloat_with_epsilon (length, 1, 1e-5);
  }
}

static void
test_deterministic (void) {
  g_autoptr (PrcEmbedder) one = prc_embedder_new (model, 1);
  g_autoptr (PrcEmbedder) other = prc_embedder_new (model, BATCH);
  g_autofree float *inputs = formula ();
  float a[128], b[128], between[BATCH * 128];
  g_assert_true (prc_embedder_forward (one, inputs, 1, a, NULL));
  g_assert_true (prc_embedder_forward (other, inputs, BATCH, between, NULL));
  g_assert_true (prc_embedder_forward (other, inputs, 1, b, NULL));
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
}

#ifndef __SANITIZE_ADDRESS__
// Every allocation of this program, also those of the libraries, comes by here.
static size_t n_allocations;
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *old, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

void *
malloc (size_t size) {
  n_allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size) {
  n_allocations++;
  return __libc_calloc (n, size);
}

void *
realloc (void *old, size_t size) {
  n_allocations++;
  return __libc_realloc (old, size);
}

void *
aligned_alloc (size_t alignment, size_t size) {
  n_allocations++;
  return __libc_memalign (alignment, size);
}

static void
test_allocates_nothing (void) {
  const size_t before = n_allocations;
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, BATCH);
  g_assert_cmpuint (n_allocations, >, before);
  g_autofree float *inputs = formula ();
  float vectors[BATCH * 128];
  const size_t ready = n_allocations;
  for (unsigned n = 1; n <= BATCH; n++)
    g_assert_true (prc_embedder_forward (embedder, inputs, n, vectors, NULL));
  g_assert_cmpuint (n_allocations, ==, ready);
}
#endif

// Whatever window the file proposes, the vector is that of the values.
static void
test_window_changes_nothing (void) {
  static const PrcWindow narrow = {.centre = 40, .width = 10},
                         wide = {.centre = 500, .width = 4000};
  const PrcWindow *windows[] = {NULL, &narrow, &wide};
  guint16 samples[64 * 64];
  for (unsigned i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = (guint16)(i * 37 % 1000);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof samples);
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, 1);
  float vectors[G_N_ELEMENTS (windows)][128];
  for (unsigned i = 0; i < G_N_ELEMENTS (windows); i++) {
    PrcFrameInfo info = {.rows = 64,
                         .columns = 64,
                         .type = PRC_SAMPLE_U16,
                         .rescale_slope = 1,
                         .pixel_aspect = 1,
                         .windows = windows[i],
                         .n_windows = windows[i] != NULL};
    g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
    g_assert_true (prc_embedder_embed (embedder, frame, NULL, vectors[i], NULL));
    g_assert_cmpmem (vectors[i], sizeof vectors[i], vectors[0], sizeof vectors[0]);
  }
}

static void
test_frame (void) {
  guint16 samples[64 * 48];
  for (unsigned i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = (guint16)(i * 37 % 1000);
  g_autoptr (GBytes) bytes = g_bytes_new (samples, sizeof samples);
  PrcFrameInfo info = {
      .rows = 64, .columns = 48, .type = PRC_SAMPLE_U16, .rescale_slope = 1, .pixel_aspect = 1};
  g_autoptr (PrcFrame) frame = prc_frame_new (&info, bytes, NULL);
  g_autoptr (PrcEmbedder) embedder = prc_embedder_new (model, 1);
  g_autofree float *input = g_new (float, INPUT);
  float vector[128], expected[128];
  g_assert_true (prc_embedder_embed (embedder, frame, NULL, vector, NULL));
  g_assert_true (prc_preprocess (&prc_recipe_built_in, frame, NULL, input, NULL));
  g_assert_true (prc_embedder_forward (embedder, input, 1, expected, NULL));
  g_assert_cmpmem (vector, sizeof vector, expected, sizeof expected);
  g_autoptr (GError) error = NULL;
  g_assert_false (
      prc_embedder_embed (embedder, frame, &(PrcRegion){100, 0, 10, 10}, vector, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_INPUT);
}

static void
test_id (void) {
  const char *id = prc_model_id (model);
  g_assert_cmpuint (strlen (id), ==, 64);
  g_assert_cmpuint (strspn (id, "0123456789abcdef"), ==, 64);
  g_assert_cmpuint (prc_model_dimension (model), ==, 128);
  g_autoptr (PrcModel) again = prc_model_load (NULL, NULL);
  g_assert_cmpstr (id, ==, prc_model_id (again));
}

// The shipped file with one piece of its header replaced by another of the same length.
static void
refused_after (const char *from, const char *to) {
  g_autofree char *weights =
      g_test_build_filename (G_TEST_DIST, "..", "resources", "encoder.safetensors", NULL);
  g_autofree char *path = g_strdup_printf ("%s/prc-weights-%u", g_get_tmp_dir (), g_random_int ());
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (weights, &data, &size, NULL));
  char *place = memmem (data, size, from, strlen (from));
  g_assert_nonnull (place);
  g_assert_cmpuint (strlen (from), ==, strlen (to));
  memcpy (place, to, strlen (to));
  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_model_load (path, &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_refused (void) {
  refused_after ("\"precedent-encoder\"", "\"precedent-decoder\"");
  refused_after ("\"preprocessing\":\"1\"", "\"preprocessing\":\"9\"");
  refused_after ("\"width\":\"32\"", "\"width\":\"33\"");
  refused_after ("\"width\":\"32\"", "\"width\":\"48\"");
  refused_after ("\"blocks\":\"1,1,2,1\"", "\"blocks\":\"1,1,2,2\"");
  refused_after ("\"blocks\":\"1,1,2,1\"", "\"blocks\":\"1,1,2,0\"");
  refused_after ("\"blocks\":\"1,1,2,1\"", "\"blocks\":\"1,1,2,9\"");
  refused_after ("\"stem\":\"5\"", "\"stem\":\"4\"");
  refused_after ("\"dimension\":\"128\"", "\"dimension\":\"256\"");
  refused_after ("stage3.block1.conv2.weight", "stage3.block1.conv3.weight");
  refused_after ("[128,64,3,3]", "[64,128,3,3]");
  g_autoptr (GError) error = NULL;
  g_assert_null (prc_model_load ("/nonexistent/weights", &error));
  g_assert_error (error, PRC_ENGINE_ERROR, PRC_ENGINE_ERROR_MODEL);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_autoptr (GError) error = NULL;
  model = prc_model_load (NULL, &error);
  g_assert_no_error (error);
  g_test_add_func ("/encoder/layers-as-pytorch", test_layers);
  g_test_add_func ("/encoder/reference-belongs-to-weights", test_reference_belongs);
  g_test_add_func ("/encoder/batch-equals-singles", test_batch_equals_singles);
  g_test_add_func ("/encoder/deterministic", test_deterministic);
#ifndef __SANITIZE_ADDRESS__
  g_test_add_func ("/encoder/allocates-nothing", test_allocates_nothing);
#endif
  g_test_add_func ("/encoder/window-changes-nothing", test_window_changes_nothing);
  g_test_add_func ("/encoder/frame", test_frame);
  g_test_add_func ("/encoder/id", test_id);
  g_test_add_func ("/encoder/refused", test_refused);
  int result = g_test_run ();
  prc_model_unref (model);
  return result;
}
