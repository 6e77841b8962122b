// SPDX-License-Identifier: Apache-2.0
#include "prc-series-set.h"

static void
test_few (void) {
  const int64_t ids[] = {7, 3, 64, 7, 0, 63, 3};
  g_autoptr (PrcSeriesSet) set = prc_series_set_new (ids, G_N_ELEMENTS (ids));
  g_assert_cmpuint (prc_series_set_length (set), ==, 5);
  for (int64_t id = -70; id < 200; id++)
    g_assert_cmpint (prc_series_set_has (set, id), ==,
                     id == 0 || id == 3 || id == 7 || id == 63 || id == 64);
}

static void
test_none (void) {
  g_autoptr (PrcSeriesSet) set = prc_series_set_new (NULL, 0);
  g_assert_cmpuint (prc_series_set_length (set), ==, 0);
  g_assert_false (prc_series_set_has (set, 0));
  g_assert_false (prc_series_set_has (set, 1));
  g_assert_false (prc_series_set_has (set, INT64_MAX));
}

static void
test_far (void) { // a file can say anything; nothing is made as large as a number in it
  const int64_t ids[] = {
      INT64_MAX,        5, INT64_MIN, -1, INT64_C (1) << 40, INT64_MAX, (INT64_C (1) << 24) - 1,
      INT64_C (1) << 24};
  g_autoptr (PrcSeriesSet) set = prc_series_set_new (ids, G_N_ELEMENTS (ids));
  g_assert_cmpuint (prc_series_set_length (set), ==, 7);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_true (prc_series_set_has (set, ids[i]));
  g_assert_false (prc_series_set_has (set, INT64_MAX - 1));
  g_assert_false (prc_series_set_has (set, -2));
  g_assert_false (prc_series_set_has (set, (INT64_C (1) << 24) + 1));
  g_assert_false (prc_series_set_has (set, (INT64_C (1) << 24) - 2));
}

static void
test_naive (void) {
  GRand *random = g_rand_new_with_seed (3);
  for (int round = 0; round < 50; round++) {
    int64_t ids[200];
    const size_t n = (size_t)g_rand_int_range (random, 0, 200);
    for (size_t i = 0; i < n; i++)
      ids[i] = g_rand_int_range (random, 0, 400);
    g_autoptr (PrcSeriesSet) set = prc_series_set_new (ids, n);
    size_t length = 0;
    for (int64_t id = 0; id < 500; id++) {
      bool expected = false;
      for (size_t i = 0; i < n; i++)
        expected |= ids[i] == id;
      g_assert_cmpint (prc_series_set_has (set, id), ==, expected);
      length += expected;
    }
    g_assert_cmpuint (prc_series_set_length (set), ==, length);
  }
  g_rand_free (random);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/series-set/few", test_few);
  g_test_add_func ("/series-set/none", test_none);
  g_test_add_func ("/series-set/far", test_far);
  g_test_add_func ("/series-set/naive", test_naive);
  return g_test_run ();
}
