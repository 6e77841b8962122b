// SPDX-License-Identifier: Apache-2.0
// What holds for all masks, tried on random ones next to the same pixels as bytes.
#include "prc-mask.h"

#include <string.h>

#define ROUNDS   400
#define MAX_SIDE 70

typedef struct {
  uint32_t rows, columns;
  uint8_t bytes[MAX_SIDE * MAX_SIDE];
} Naive;

// Sparse and dense ones, long runs and single pixels, empty rows, full ones, nothing, everything.
static Naive *
naive_new (GRand *random, uint32_t rows, uint32_t columns) {
  Naive *naive = g_new0 (Naive, 1);
  double keep = g_rand_double (random), change = g_rand_double (random);
  int style = g_rand_int_range (random, 0, 6);
  bool set = g_rand_boolean (random);

  naive->rows = rows;
  naive->columns = columns;
  for (uint32_t row = 0; row < rows; row++) {
    bool blank = g_rand_double (random) < 0.3;

    for (uint32_t column = 0; column < columns; column++) {
      if (g_rand_double (random) < change * 0.3)
        set = !set;
      naive->bytes[row * columns + column] =
          style == 0
              ? set
              : (style == 1 ? 1 : (style == 2 ? 0 : !blank && g_rand_double (random) < keep));
    }
  }
  return naive;
}

static PrcMask *
masked (const Naive *naive) {
  return prc_mask_new_from_bytes (naive->rows, naive->columns, naive->bytes, naive->columns);
}

// Pixel by pixel, and all that the header promises of the form they are kept in.
static void
assert_same (const PrcMask *mask, const Naive *naive) {
  PrcMaskBounds bounds, expected = {G_MAXUINT32, 0, G_MAXUINT32, 0};
  uint64_t area = 0;

  for (uint32_t row = 0; row < naive->rows; row++) {
    size_t n, on = 0;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (size_t i = 0; i < n; i++) {
      g_assert_cmpuint (spans[i].first, <, spans[i].end);
      g_assert_cmpuint (spans[i].end, <=, naive->columns);
      g_assert_true (i == 0 || spans[i - 1].end < spans[i].first);
    }
    for (uint32_t column = 0; column < naive->columns; column++) {
      bool set = naive->bytes[row * naive->columns + column] != 0;

      g_assert_true (prc_mask_contains (mask, column, row) == set);
      on += set;
      if (set)
        expected = (PrcMaskBounds){MIN (expected.top, row), row + 1, MIN (expected.left, column),
                                   MAX (expected.right, column + 1)};
    }
    area += on;
  }
  g_assert_cmpuint (prc_mask_area (mask), ==, area);
  g_assert_true (prc_mask_bounds (mask, &bounds) == (area > 0));
  if (area > 0)
    g_assert_cmpmem (&bounds, sizeof bounds, &expected, sizeof expected);
}

typedef struct {
  Naive *naive_a, *naive_b;
  PrcMask *a, *b;
} Pair;

static void
pair_clear (Pair *pair) {
  prc_mask_unref (pair->a);
  prc_mask_unref (pair->b);
  g_free (pair->naive_a);
  g_free (pair->naive_b);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static Pair
pair_new (GRand *random) {
  uint32_t rows = (uint32_t)g_rand_int_range (random, 1, MAX_SIDE);
  uint32_t columns = (uint32_t)g_rand_int_range (random, 1, MAX_SIDE);
  Pair pair = {naive_new (random, rows, columns), naive_new (random, rows, columns), NULL, NULL};

  pair.a = masked (pair.naive_a);
  pair.b = masked (pair.naive_b);
  return pair;
}

// Each operation does to runs what it does to pixels; a result equals another made of its pixels.
static void
test_as_on_bytes (void) {
  static PrcMask *(*const operations[]) (const PrcMask *, const PrcMask *) = {
      prc_mask_new_intersection, prc_mask_new_union, prc_mask_new_difference};
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (int round = 0; round < ROUNDS; round++) {
    g_auto (Pair) pair = pair_new (random);
    g_autofree Naive *naive = g_memdup2 (pair.naive_a, sizeof *naive);

    assert_same (pair.a, pair.naive_a);
    for (int operation = 0; operation < 3; operation++) {
      g_autoptr (PrcMask) result = operations[operation](pair.a, pair.b);

      for (size_t i = 0; i < naive->rows * naive->columns; i++) {
        uint8_t x = pair.naive_a->bytes[i], y = pair.naive_b->bytes[i];
        uint8_t expected[] = {x & y, x | y, x & !y};
        naive->bytes[i] = expected[operation];
      }
      g_autoptr (PrcMask) direct = masked (naive);
      assert_same (result, naive);
      g_assert_true (prc_mask_equal (result, direct));
      g_assert_cmpuint (prc_mask_size (result), ==, prc_mask_size (direct));
    }
  }
}

static void
assert_equal (const PrcMask *a, const PrcMask *b) {
  g_assert_true (prc_mask_equal (a, b));
  g_assert_true (prc_mask_equal (b, a));
}

static void
test_laws (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (12);

  for (int round = 0; round < ROUNDS; round++) {
    g_auto (Pair) pair = pair_new (random);
    PrcMask *a = pair.a, *b = pair.b;
    g_autoptr (PrcMask) not_a = prc_mask_new_inverted (a);
    g_autoptr (PrcMask) not_b = prc_mask_new_inverted (b);
    g_autoptr (PrcMask) both = prc_mask_new_intersection (a, b);
    g_autoptr (PrcMask) either = prc_mask_new_union (a, b);
    g_autoptr (PrcMask) only_a = prc_mask_new_difference (a, b);

    // de Morgan
    g_autoptr (PrcMask) not_both = prc_mask_new_inverted (both);
    g_autoptr (PrcMask) of_nots = prc_mask_new_union (not_a, not_b);
    assert_equal (not_both, of_nots);
    g_autoptr (PrcMask) not_either = prc_mask_new_inverted (either);
    g_autoptr (PrcMask) both_nots = prc_mask_new_intersection (not_a, not_b);
    assert_equal (not_either, both_nots);

    // a - b is a and not b; twice inverted, with itself, the other way round
    g_autoptr (PrcMask) a_not_b = prc_mask_new_intersection (a, not_b);
    assert_equal (only_a, a_not_b);
    g_autoptr (PrcMask) again = prc_mask_new_inverted (not_a);
    assert_equal (again, a);
    g_autoptr (PrcMask) self = prc_mask_new_union (a, a);
    assert_equal (self, a);
    g_autoptr (PrcMask) nothing = prc_mask_new_difference (a, a);
    g_assert_cmpuint (prc_mask_area (nothing), ==, 0);
    g_autoptr (PrcMask) swapped = prc_mask_new_union (b, a);
    assert_equal (either, swapped);

    // the parts make the whole
    g_autoptr (PrcMask) parts = prc_mask_new_union (only_a, both);
    assert_equal (parts, a);
    g_assert_cmpuint (prc_mask_area (only_a) + prc_mask_area (both), ==, prc_mask_area (a));
    g_assert_cmpuint (prc_mask_area (either) + prc_mask_area (both), ==,
                      prc_mask_area (a) + prc_mask_area (b));
  }
}

// Out to bits and back, out to spans in any order and back, moved away and back.
static void
test_round_trips (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (13);

  for (int round = 0; round < ROUNDS; round++) {
    g_auto (Pair) pair = pair_new (random);
    const Naive *naive = pair.naive_a;
    uint64_t first = (uint64_t)g_rand_int_range (random, 0, 30);
    uint8_t bits[MAX_SIDE * MAX_SIDE / 8 + 8] = {0};
    g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

    for (uint32_t i = 0; i < naive->rows * naive->columns; i++) {
      PrcRowSpan span = {(int32_t)(i / naive->columns), (int32_t)(i % naive->columns),
                         (int32_t)(i % naive->columns) + 1};
      bits[(first + i) / 8] |= (uint8_t)(naive->bytes[i] << (first + i) % 8);
      if (naive->bytes[i] != 0)
        g_array_insert_val (spans, (guint)g_rand_int_range (random, 0, (int)spans->len + 1), span);
    }
    g_autoptr (PrcMask) of_bits =
        prc_mask_new_from_bits (naive->rows, naive->columns, bits, sizeof bits, first);
    g_autoptr (PrcMask) of_spans = prc_mask_new_from_spans (
        naive->rows, naive->columns, (const PrcRowSpan *)(const void *)spans->data, spans->len);
    g_autoptr (PrcMask) away = prc_mask_new_moved (pair.a, 3 * MAX_SIDE, 3 * MAX_SIDE, 80, 75);
    g_autoptr (PrcMask) back = prc_mask_new_moved (away, naive->rows, naive->columns, -80, -75);

    assert_equal (of_bits, pair.a);
    assert_equal (of_spans, pair.a);
    assert_equal (back, pair.a);
  }
}

// Of one size only, and one pixel is a difference.
static void
test_unequal (void) {
  static const uint8_t bytes[] = {1, 1, 0, 0, 0, 0, 1, 0};
  g_autoptr (PrcMask) mask = prc_mask_new_from_bytes (2, 4, bytes, 4);
  g_autoptr (PrcMask) narrower = prc_mask_new_from_bytes (2, 3, bytes, 4);
  g_autoptr (PrcMask) lower = prc_mask_new_moved (mask, 3, 4, 0, 0);
  g_autoptr (PrcMask) shifted = prc_mask_new_moved (mask, 2, 4, 0, 1);
  g_autoptr (PrcMask) nothing = prc_mask_new_moved (mask, 2, 4, 9, 0);

  g_assert_false (prc_mask_equal (mask, narrower));
  g_assert_false (prc_mask_equal (mask, lower));
  g_assert_false (prc_mask_equal (mask, shifted));
  g_assert_false (prc_mask_equal (mask, nothing));
}

// The largest there may be: the last pixel of the last row, and all of them.
static void
test_far_edges (void) {
  uint32_t side = PRC_MASK_MAX_SIDE;
  PrcRowSpan corner = {(int32_t)side - 1, (int32_t)side - 1, (int32_t)side};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (side, side, &corner, 1);
  g_autoptr (PrcMask) rest = prc_mask_new_inverted (mask);
  g_autoptr (PrcMask) all = prc_mask_new_union (mask, rest);
  g_autoptr (PrcMask) without = prc_mask_new_difference (all, mask);

  g_assert_true (prc_mask_contains (mask, side - 1, side - 1));
  g_assert_cmpuint (prc_mask_area (all), ==, (uint64_t)side * side);
  g_assert_cmpuint (prc_mask_area (without), ==, (uint64_t)side * side - 1);
  g_assert_true (prc_mask_equal (without, rest));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask-algebra/as-on-bytes", test_as_on_bytes);
  g_test_add_func ("/mask-algebra/laws", test_laws);
  g_test_add_func ("/mask-algebra/round-trips", test_round_trips);
  g_test_add_func ("/mask-algebra/unequal", test_unequal);
  g_test_add_func ("/mask-algebra/far-edges", test_far_edges);
  return g_test_run ();
}
