// SPDX-License-Identifier: Apache-2.0
#include "prc-index-codes.h"

#include <glib.h>
#include <math.h>
#include <string.h>

// Every kernel that this machine can run gives the sums of the definition, of any bytes.
static void
test_kernels (void) {
  GRand *random = g_rand_new_with_seed (4);
  const unsigned strides[] = {64, 128, 192, 512, 768, 4096};
  const size_t lengths[] = {0, 1, 2, 3, 4, 5, 15, 16, 17, 63};
  size_t n_kernels;
  const PrcIndexKernel *kernels = prc_index_kernels (&n_kernels);
  g_assert_cmpuint (n_kernels, >=, 1);
  g_assert_cmpstr (kernels[n_kernels - 1].name, ==, "plain");
  for (gsize s = 0; s < G_N_ELEMENTS (strides); s++) {
    const unsigned stride = strides[s];
    g_autofree uint8_t *rows = g_malloc (64 * stride + 1);
    g_autofree int8_t *query = g_malloc (stride);
    for (unsigned i = 0; i < 64 * stride; i++) // the first rows are the largest that there can be
      rows[i] = i < 2 * stride ? (i < stride ? 255 : 1) : (uint8_t)g_rand_int (random);
    for (unsigned i = 0; i < stride; i++)
      query[i] = s % 2 ? -127 : (int8_t)g_rand_int_range (random, -127, 128);
    for (gsize l = 0; l < G_N_ELEMENTS (lengths); l++) {
      for (size_t k = 0; k < n_kernels; k++) {
        int32_t dots[65];
        memset (dots, 0x55, sizeof dots);
        kernels[k].dots (rows, lengths[l], stride, query, dots);
        for (size_t i = 0; i < lengths[l]; i++) {
          int32_t expected = 0;
          for (unsigned j = 0; j < stride; j++)
            expected += ((int32_t)rows[i * stride + j] - 128) * query[j];
          g_assert_cmpint (dots[i], ==, expected);
        }
        g_assert_cmphex ((guint)dots[lengths[l]], ==, 0x55555555); // nothing behind them
      }
    }
  }
  g_rand_free (random);
}

// What is said to be lost is what is lost; no component is further away than half a step.
static void
test_encode (void) {
  GRand *random = g_rand_new_with_seed (5);
  for (unsigned dimension = 1; dimension < 300; dimension += 7) {
    g_autofree float *vector = g_new (float, dimension);
    g_autofree uint8_t *codes = g_malloc (prc_index_stride (dimension));
    for (unsigned i = 0; i < dimension; i++)
      vector[i] = (float)g_rand_double_range (random, -1, 1);
    const PrcIndexCode code = prc_index_encode (vector, dimension, codes);
    double lost = 0, reach = 0;
    for (unsigned i = 0; i < prc_index_stride (dimension); i++) {
      const double back = (double)code.scale * (codes[i] - 128);
      if (i >= dimension)
        g_assert_cmpuint (codes[i], ==, 128);
      else
        g_assert_cmpfloat (fabs (vector[i] - back), <=, code.scale * .501);
      lost += i < dimension ? pow (vector[i] - back, 2) : 0;
      reach += back * back;
    }
    g_assert_cmpfloat_with_epsilon (code.lost, sqrt (lost), 1e-6);
    g_assert_cmpfloat_with_epsilon (code.reach, sqrt (reach), 1e-5);
  }
  g_rand_free (random);
}

static void
test_odd_vectors (void) {
  uint8_t codes[64];
  const float zero[3] = {0};
  const PrcIndexCode nothing = prc_index_encode (zero, 3, codes);
  g_assert_true (nothing.scale == 0 && nothing.lost == 0 && nothing.reach == 0);
  g_assert_true (codes[0] == 128 && codes[63] == 128);
  const float odd[3][3] = {{1, NAN, 0}, {INFINITY, 0, 0}, {0, 0, -INFINITY}};
  for (int i = 0; i < 3; i++)
    g_assert_true (isinf (prc_index_encode (odd[i], 3, codes).lost));
  const float tiny[3] = {1e-42f, 0, -1e-42f}; // no step can be so small
  const PrcIndexCode least = prc_index_encode (tiny, 3, codes);
  g_assert_true (isfinite (least.scale) && isfinite (least.lost));
  const float one[3] = {0, -1, 0};
  const PrcIndexCode axis = prc_index_encode (one, 3, codes);
  g_assert_true (codes[0] == 128 && codes[1] == 1 && codes[2] == 128);
  g_assert_cmpfloat_with_epsilon (axis.lost, 0, 1e-7);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/index-codes/kernels", test_kernels);
  g_test_add_func ("/index-codes/encode", test_encode);
  g_test_add_func ("/index-codes/odd-vectors", test_odd_vectors);
  return g_test_run ();
}
