// SPDX-License-Identifier: Apache-2.0
#include "prc-mask.h"

#include <string.h>

// The mask as one letter a pixel, rows joined.
static char *
drawn (const PrcMask *mask) {
  uint32_t columns = prc_mask_columns (mask);
  GString *text = g_string_new (NULL);

  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    size_t at = text->len, n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    g_string_set_size (text, at + columns);
    memset (text->str + at, '.', columns);
    for (size_t i = 0; i < n; i++)
      memset (text->str + at + spans[i].first, '#', spans[i].end - spans[i].first);
    g_string_append_c (text, '/');
  }
  return g_string_free (text, FALSE);
}

#define assert_drawn(mask, expected)                                                               \
  G_STMT_START {                                                                                   \
    g_autofree char *text = drawn (mask);                                                          \
    g_assert_cmpstr (text, ==, expected);                                                          \
  }                                                                                                \
  G_STMT_END

// PS3.5 8.1.1: the first pixel is the lowest bit, and rows follow each other without a gap.
static void
test_bits_lsb_first (void) {
  // Row 0: 1 0 1 1 0, row 1: 1 1 1 0 0, row 2: 0 0 1 0 1. First eight, lowest first:
  // 1011 0111 = 0xed; the rest 0000 101 = 0x50.
  static const uint8_t bits[] = {0xed, 0x50};
  g_autoptr (PrcMask) mask = prc_mask_new_from_bits (3, 5, bits, 2, 0);

  assert_drawn (mask, "#.##./###../..#.#/");
  g_assert_cmpuint (prc_mask_area (mask), ==, 8);
}

static void
test_bits_from_the_middle_of_a_byte (void) {
  // The same after three bits that are no part of it.
  static const uint8_t bits[] = {0x6f, 0x87, 0x02};
  g_autoptr (PrcMask) mask = prc_mask_new_from_bits (3, 5, bits, 3, 3);

  assert_drawn (mask, "#.##./###../..#.#/");
  g_assert_null (prc_mask_new_from_bits (3, 5, bits, 2, 3));
  g_assert_null (prc_mask_new_from_bits (3, 5, bits, 2, 1000));
  g_assert_null (prc_mask_new_from_bits (3, 5, bits, 0, 0));
  g_assert_null (prc_mask_new_from_bits (3, 5, bits, 3, 27));
}

static void
test_sizes_that_cannot_be (void) {
  static const uint8_t byte = 1;

  g_assert_null (prc_mask_new_from_bits (0, 5, &byte, 1, 0));
  g_assert_null (prc_mask_new_from_bits (5, 0, &byte, 1, 0));
  g_assert_null (prc_mask_new_from_bits (0xffffffff, 0xffffffff, &byte, 1, 0));
  g_assert_null (prc_mask_new_from_spans (65536, 1, NULL, 0));
  g_assert_null (prc_mask_new_from_spans (1, 65536, NULL, 0));
}

// Runs over many words, every offset: against pixels counted one by one.
static void
test_bits_of_any_size (void) {
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  uint8_t bits[512];

  for (int round = 0; round < 300; round++) {
    uint32_t rows = g_rand_int_range (random, 1, 9), columns = g_rand_int_range (random, 1, 400);
    uint64_t first = g_rand_int_range (random, 0, 70), set = 0;
    bool solid = round % 3 == 0;

    for (size_t i = 0; i < sizeof bits; i++)
      bits[i] = solid ? (i / 40 % 2 ? 0xff : 0) : (uint8_t)g_rand_int_range (random, 0, 256);
    g_autoptr (PrcMask) mask = prc_mask_new_from_bits (rows, columns, bits, sizeof bits, first);
    for (uint32_t row = 0; row < rows; row++)
      for (uint32_t column = 0; column < columns; column++) {
        uint64_t bit = first + (uint64_t)row * columns + column;
        bool expected = bits[bit / 8] >> bit % 8 & 1;

        set += expected;
        g_assert_true (prc_mask_contains (mask, column, row) == expected);
      }
    g_assert_cmpuint (prc_mask_area (mask), ==, set);
  }
}

static void
test_bytes (void) {
  static const uint8_t bytes[] = {0, 7, 255, 9, 1, 0, 0, 9};
  g_autoptr (PrcMask) mask = prc_mask_new_from_bytes (2, 3, bytes, 4);

  assert_drawn (mask, ".##/#../");
}

static void
test_spans_any_order (void) {
  static const PrcRowSpan spans[] = {{2, 4, 6},  {0, -5, 2}, {2, 1, 3}, {2, 3, 4},
                                     {1, 5, 99}, {-1, 0, 6}, {3, 0, 6}, {1, 4, 4}};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (3, 6, spans, G_N_ELEMENTS (spans));
  size_t n;

  assert_drawn (mask, "##..../.....#/.#####/");
  prc_mask_row (mask, 2, &n);
  g_assert_cmpuint (n, ==, 1); // those that touch are one
  g_assert_cmpuint (prc_mask_area (mask), ==, 8);
  prc_mask_row (mask, 3, &n);
  g_assert_cmpuint (n, ==, 0);
}

static void
test_bounds (void) {
  static const PrcRowSpan spans[] = {{4, 3, 5}, {6, 2, 3}};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (9, 7, spans, 2);
  g_autoptr (PrcMask) empty = prc_mask_new_from_spans (9, 7, NULL, 0);
  PrcMaskBounds bounds;

  g_assert_true (prc_mask_bounds (mask, &bounds));
  g_assert_cmpuint (bounds.top, ==, 4);
  g_assert_cmpuint (bounds.bottom, ==, 7);
  g_assert_cmpuint (bounds.left, ==, 2);
  g_assert_cmpuint (bounds.right, ==, 5);
  g_assert_false (prc_mask_bounds (empty, &bounds));
  g_assert_cmpuint (prc_mask_area (empty), ==, 0);
  g_assert_false (prc_mask_contains (empty, 0, 0));
}

static void
test_moved (void) {
  static const PrcRowSpan spans[] = {{0, 0, 2}, {1, 1, 3}, {2, 0, 3}};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (3, 3, spans, 3);
  g_autoptr (PrcMask) moved = prc_mask_new_moved (mask, 2, 4, -1, 2);

  assert_drawn (moved, "...#/..##/");
}

static void
test_combined (void) {
  static const PrcRowSpan of_a[] = {{0, 0, 3}, {1, 0, 1}, {1, 3, 6}};
  static const PrcRowSpan of_b[] = {{0, 2, 5}, {1, 1, 4}, {1, 5, 6}, {2, 0, 6}};
  g_autoptr (PrcMask) a = prc_mask_new_from_spans (3, 6, of_a, 3);
  g_autoptr (PrcMask) b = prc_mask_new_from_spans (3, 6, of_b, 4);
  g_autoptr (PrcMask) both = prc_mask_new_intersection (a, b);
  g_autoptr (PrcMask) either = prc_mask_new_union (a, b);
  g_autoptr (PrcMask) neither = prc_mask_new_inverted (either);

  assert_drawn (both, "..#.../...#.#/....../");
  assert_drawn (either, "#####./######/######/");
  assert_drawn (neither, ".....#/....../....../");
  g_assert_cmpuint (prc_mask_area (neither), ==, 1);
}

// A hundred segments over five hundred frames of 512 x 512 have to fit in memory.
static void
test_lean (void) {
  GArray *disc = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  for (int row = 200; row < 300; row++) {
    PrcRowSpan span = {row, 220, 280};
    g_array_append_val (disc, span);
  }
  g_autoptr (PrcMask) mask =
      prc_mask_new_from_spans (512, 512, (const PrcRowSpan *)(void *)disc->data, disc->len);
  g_array_unref (disc);
  g_assert_cmpuint (prc_mask_size (mask), <, 1024);
  g_autoptr (PrcMask) other = prc_mask_ref (mask);
  g_assert_true (other == mask);
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask/bits-lsb-first", test_bits_lsb_first);
  g_test_add_func ("/mask/bits-from-the-middle", test_bits_from_the_middle_of_a_byte);
  g_test_add_func ("/mask/sizes-that-cannot-be", test_sizes_that_cannot_be);
  g_test_add_func ("/mask/bits-of-any-size", test_bits_of_any_size);
  g_test_add_func ("/mask/bytes", test_bytes);
  g_test_add_func ("/mask/spans-any-order", test_spans_any_order);
  g_test_add_func ("/mask/bounds", test_bounds);
  g_test_add_func ("/mask/moved", test_moved);
  g_test_add_func ("/mask/combined", test_combined);
  g_test_add_func ("/mask/lean", test_lean);
  return g_test_run ();
}
