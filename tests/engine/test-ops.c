// SPDX-License-Identifier: Apache-2.0
// Every layer against its naive twin, on random shapes, with every instruction set this processor
// runs ($PRECEDENT_KERNELS, set by meson for one run each).
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prc-ops-kernels.h"
#include "prc-ops.h"

static float *
numbers (size_t n) {
  float *out = aligned_alloc (64, (n * sizeof (float) + 63) / 64 * 64 + 64);
  for (size_t i = 0; i < n; i++)
    out[i] = (float)g_test_rand_double_range (-1, 1);
  return out;
}

static void
assert_near (const float *a, const float *b, size_t n, double tolerance) {
  double worst = 0;
  for (size_t i = 0; i < n; i++)
    worst = fmax (worst, fabs ((double)a[i] - b[i]));
  g_assert_cmpfloat (worst, <=, tolerance);
}

// Values just behind what a function may write must survive it.
static void
guard (float *array, size_t n) {
  for (unsigned i = 0; i < 16; i++)
    array[n + i] = 12345;
}

static void
assert_guarded (const float *array, size_t n) {
  for (unsigned i = 0; i < 16; i++)
    g_assert_cmpfloat (array[n + i], ==, 12345);
}

static void
check_conv (PrcConv *conv, unsigned n, bool with_residual, bool relu) {
  conv->out_size = (conv->in_size - 1) / conv->stride + 1;
  size_t in = (size_t)n * conv->in_size * conv->in_size * conv->inputs;
  size_t out = (size_t)n * conv->out_size * conv->out_size * conv->outputs;
  size_t scratch_length = prc_conv_scratch_length (conv, n);
  g_autofree float *input = numbers (in), *residual = numbers (out),
                   *bias = numbers (conv->outputs);
  g_autofree float *weights =
      numbers ((size_t)conv->kernel * conv->kernel * conv->inputs * conv->outputs);
  size_t packed_length = prc_conv_packed_length (conv);
  g_autofree float *packed = numbers (packed_length + 16);
  g_autofree float *scratch = numbers (scratch_length + 16), *fast = numbers (out + 16),
                   *slow = numbers (out);
  conv->packed = packed;
  conv->bias = bias;
  guard (packed, packed_length);
  guard (scratch, scratch_length);
  guard (fast, out);
  prc_conv_pack (conv, weights, packed);
  prc_conv_forward (conv, input, n, with_residual ? residual : NULL, relu, scratch, fast);
  prc_conv_forward_reference (conv, weights, input, n, with_residual ? residual : NULL, relu, slow);
  assert_guarded (packed, packed_length);
  assert_guarded (scratch, scratch_length);
  assert_guarded (fast, out);
  double sums = sqrt ((double)conv->kernel * conv->kernel * conv->inputs);
  assert_near (fast, slow, out, (conv->method == PRC_CONV_WINOGRAD4 ? 4e-5 : 6e-6) * sums);
}

static void
test_conv_any (void) {
  static const unsigned kernels[] = {1, 3, 5, 7};
  for (unsigned round = 0; round < 24; round++) {
    unsigned kernel = kernels[g_test_rand_int_range (0, 4)];
    PrcConv conv = {
        (unsigned)g_test_rand_int_range (1, 40), 16u * (unsigned)g_test_rand_int_range (1, 4),
        kernel, (unsigned)g_test_rand_int_range (1, 3), (unsigned)g_test_rand_int_range (1, 20)};
    conv.method = PRC_CONV_DIRECT;
    check_conv (&conv, (unsigned)g_test_rand_int_range (1, 4), g_test_rand_bit (),
                g_test_rand_bit ());
  }
}

static void
test_conv_winograd (gconstpointer method) {
  for (unsigned round = 0; round < 16; round++) {
    PrcConv conv = {16u * (unsigned)g_test_rand_int_range (1, 4),
                    16u * (unsigned)g_test_rand_int_range (1, 4), 3, 1,
                    (unsigned)g_test_rand_int_range (1, 20)};
    conv.method = (PrcConvMethod)GPOINTER_TO_UINT (method);
    check_conv (&conv, (unsigned)g_test_rand_int_range (1, 4), g_test_rand_bit (),
                g_test_rand_bit ());
  }
}

// So many pixels that the work is cut into several tiles.
static void
test_conv_tiles (void) {
  PrcConv plain = {24, 16, 3, 2, 90, 0, PRC_CONV_DIRECT};
  PrcConv winograd = {32, 16, 3, 1, 50, 0, PRC_CONV_WINOGRAD4};
  PrcConv product = {300, 32, 1, 1, 30, 0, PRC_CONV_DIRECT};
  check_conv (&plain, 3, true, true);
  check_conv (&winograd, 4, true, true);
  check_conv (&product, 2, true, false);
}

// The maps of networks for inputs from 128 to 224, among them those that no step divides, by every
// method and by the one that is chosen for them.
static void
test_conv_maps (void) {
  static const unsigned sizes[] = {4, 5, 6, 7, 8, 10, 12, 14, 20, 24, 28, 40, 48, 56};
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const unsigned inputs = sizes[i] < 16 ? 48 : 16, n = sizes[i] < 28 ? 1 + i % 3 : 1;
    for (PrcConvMethod method = PRC_CONV_DIRECT; method <= PRC_CONV_WINOGRAD4; method++) {
      PrcConv conv = {inputs, 32, 3, 1, sizes[i], 0, method};
      check_conv (&conv, n, i % 2, true);
    }
    PrcConv first = {inputs, 32, 3, 2, 2 * sizes[i], 0, PRC_CONV_DIRECT};
    first.method = prc_conv_choose (&first);
    g_assert_cmpint (first.method, ==, PRC_CONV_DIRECT);
    check_conv (&first, n, false, true);
    PrcConv shortcut = {inputs, 32, 1, 2, 2 * sizes[i] - 1, 0, PRC_CONV_DIRECT};
    check_conv (&shortcut, n, false, false);
  }
}

// 3 x 3 of ones with a filter of ones counts the neighbours that exist: 4 in a corner, 6 at an
// edge, 9 within.
static void
test_conv_by_hand (gconstpointer method) {
  PrcConv conv = {16, 16, 3, 1, 5, 5, (PrcConvMethod)GPOINTER_TO_UINT (method)};
  g_autofree float *weights = numbers (9 * 16 * 16), *bias = numbers (16),
                   *input = numbers (25 * 16);
  for (unsigned i = 0; i < 9 * 16 * 16; i++)
    weights[i] = i / 16 % 16 == 0; // only the first input channel counts
  for (unsigned i = 0; i < 25 * 16; i++)
    input[i] = 1;
  memset (bias, 0, 16 * sizeof (float));
  conv.bias = bias;
  g_autofree float *packed = numbers (prc_conv_packed_length (&conv));
  g_autofree float *scratch = numbers (prc_conv_scratch_length (&conv, 1)),
                   *output = numbers (25 * 16);
  conv.packed = packed;
  prc_conv_pack (&conv, weights, packed);
  prc_conv_forward (&conv, input, 1, NULL, false, scratch, output);
  for (unsigned y = 0; y < 5; y++)
    for (unsigned x = 0; x < 5; x++) {
      float expected = (y % 4 == 0 ? 2.0f : 3.0f) * (x % 4 == 0 ? 2.0f : 3.0f);
      g_assert_cmpfloat_with_epsilon (output[(y * 5 + x) * 16 + 3], expected, 1e-4);
    }
}

static void
test_pools (void) {
  for (unsigned size = 1; size < 20; size++) {
    unsigned n = 2, channels = 32, half = (size - 1) / 2 + 1;
    g_autofree float *input = numbers ((size_t)n * size * size * channels);
    g_autofree float *fast = numbers ((size_t)n * half * half * channels),
                     *slow = numbers ((size_t)n * half * half * channels);
    prc_max_pool (input, n, size, channels, fast);
    prc_max_pool_reference (input, n, size, channels, slow);
    assert_near (fast, slow, (size_t)n * half * half * channels, 0);
    g_autofree float *mean = numbers (n * channels), *slow_mean = numbers (n * channels);
    prc_mean_pool (input, n, size, channels, mean);
    prc_mean_pool_reference (input, n, size, channels, slow_mean);
    assert_near (mean, slow_mean, n * channels, 1e-6);
  }
}

static void
test_dense (void) {
  g_autofree float *input = numbers (13 * 50), *weights = numbers (50 * 48), *bias = numbers (48);
  g_autofree float *packed = numbers (prc_packed_length (50, 48));
  float fast[13 * 48], slow[13 * 48];
  prc_pack_right (weights, 50, 48, packed);
  prc_dense (input, 13, 50, 48, packed, bias, fast);
  prc_dense_reference (input, 13, 50, 48, weights, bias, slow);
  assert_near (fast, slow, 13 * 48, 1e-5);
}

static void
test_normalise (void) {
  float rows[] = {3, 4, 0, 0, -2, 0};
  prc_normalise (rows, 3, 2);
  const float expected[] = {0.6f, 0.8f, 0, 0, -1, 0};
  assert_near (rows, expected, 6, 1e-7);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_message ("instruction set: %s", prc_ops_kernels ()->name);
  g_test_add_func ("/ops/conv-any", test_conv_any);
  g_test_add_data_func ("/ops/conv-winograd2", GUINT_TO_POINTER (PRC_CONV_WINOGRAD2),
                        test_conv_winograd);
  g_test_add_data_func ("/ops/conv-winograd4", GUINT_TO_POINTER (PRC_CONV_WINOGRAD4),
                        test_conv_winograd);
  g_test_add_func ("/ops/conv-tiles", test_conv_tiles);
  g_test_add_func ("/ops/conv-maps", test_conv_maps);
  g_test_add_data_func ("/ops/by-hand-direct", GUINT_TO_POINTER (PRC_CONV_DIRECT),
                        test_conv_by_hand);
  g_test_add_data_func ("/ops/by-hand-winograd2", GUINT_TO_POINTER (PRC_CONV_WINOGRAD2),
                        test_conv_by_hand);
  g_test_add_data_func ("/ops/by-hand-winograd4", GUINT_TO_POINTER (PRC_CONV_WINOGRAD4),
                        test_conv_by_hand);
  g_test_add_func ("/ops/pools", test_pools);
  g_test_add_func ("/ops/dense", test_dense);
  g_test_add_func ("/ops/normalise", test_normalise);
  return g_test_run ();
}
