// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-stack.h"

#define SIDE 64

// A square of `side` pixels at (at, at).
static PrcMask *
square (int32_t at, int32_t side) {
  PrcRowSpan spans[SIDE];

  for (int32_t i = 0; i < side; i++)
    spans[i] = (PrcRowSpan){at + i, at, at + side};
  return prc_mask_new_from_spans (SIDE, SIDE, spans, (size_t)side);
}

// Nothing on 0, then 4, 9, nothing, 9 pixels, nothing on 5.
static PrcSegmentStack *
example (void) {
  g_autoptr (PrcMask) empty = square (0, 0);
  g_autoptr (PrcMask) four = square (1, 2);
  g_autoptr (PrcMask) nine = square (1, 3);
  g_autoptr (PrcMask) also_nine = square (5, 3);
  PrcMask *masks[] = {NULL, four, nine, NULL, also_nine, empty};

  return prc_segment_stack_new (masks, G_N_ELEMENTS (masks));
}

static void
test_holds_its_masks (void) {
  g_autoptr (PrcSegmentStack) stack = example ();
  g_autoptr (PrcSegmentStack) other = prc_segment_stack_ref (stack);
  PrcSegmentExtent extent;

  g_assert_true (other == stack);
  g_assert_cmpuint (prc_segment_stack_length (stack), ==, 6);
  g_assert_cmpuint (prc_segment_stack_area (stack), ==, 22);
  g_assert_null (prc_segment_stack_mask (stack, 0));
  g_assert_true (prc_mask_contains (prc_segment_stack_mask (stack, 1), 2, 2));
  g_assert_null (prc_segment_stack_mask (stack, 3));
  g_assert_null (prc_segment_stack_mask (stack, 5)); // an empty mask counts as none
  g_assert_null (prc_segment_stack_mask (stack, 6));
  g_assert_null (prc_segment_stack_mask (stack, G_MAXUINT32));
  g_assert_true (prc_segment_stack_extent (stack, &extent));
  g_assert_cmpuint (extent.first, ==, 1);
  g_assert_cmpuint (extent.last, ==, 4);
  g_assert_cmpuint (extent.largest, ==, 2); // the first of two alike
}

static void
test_nothing (void) {
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (100000);
  g_autoptr (PrcMask) mask = square (3, 1);
  PrcMask *masks[100] = {NULL};
  g_autoptr (PrcSegmentStack) nulls = prc_segment_stack_new (masks, 100);
  g_autoptr (PrcSegmentStack) none = prc_segment_stack_new (NULL, 0);
  g_autoptr (PrcSegmentStack) one = prc_segment_stack_new_replaced (empty, 99999, mask);
  PrcSegmentExtent extent;

  g_assert_cmpuint (prc_segment_stack_length (empty), ==, 100000);
  g_assert_cmpuint (prc_segment_stack_area (empty), ==, 0);
  g_assert_false (prc_segment_stack_extent (empty, &extent));
  g_assert_false (prc_segment_stack_equal (empty, nulls));
  g_assert_cmpuint (prc_segment_stack_length (none), ==, 0);
  // One of 65,535 segments in a file costs what it holds, not what the series is long.
  g_assert_cmpuint (prc_segment_stack_size (empty), <, 64);
  g_assert_cmpuint (prc_segment_stack_size (one), <, 200);
  g_assert_true (prc_segment_stack_mask (one, 99999) == mask);
}

// A step of an edit shares what it left alone.
static void
test_replaced_shares (void) {
  g_autoptr (PrcSegmentStack) stack = example ();
  g_autoptr (PrcMask) mask = square (10, 5);
  g_autoptr (PrcSegmentStack) changed = prc_segment_stack_new_replaced (stack, 3, mask);
  g_autoptr (PrcSegmentStack) cleared = prc_segment_stack_new_replaced (stack, 2, NULL);
  PrcSegmentExtent extent;

  g_assert_true (prc_segment_stack_mask (changed, 1) == prc_segment_stack_mask (stack, 1));
  g_assert_true (prc_segment_stack_mask (changed, 3) == mask);
  g_assert_true (prc_segment_stack_mask (changed, 4) == prc_segment_stack_mask (stack, 4));
  g_assert_cmpuint (prc_segment_stack_area (changed), ==, 22 + 25);
  g_assert_cmpuint (prc_segment_stack_size (changed), ==,
                    prc_segment_stack_size (stack) + prc_mask_size (mask));
  g_assert_null (prc_segment_stack_mask (stack, 3)); // the one it came from stays
  g_assert_null (prc_segment_stack_mask (cleared, 2));
  g_assert_true (prc_segment_stack_extent (cleared, &extent));
  g_assert_cmpuint (extent.largest, ==, 4);
}

static void
test_spliced (void) {
  g_autoptr (PrcSegmentStack) stack = example ();
  g_autoptr (PrcMask) a = square (0, 1);
  g_autoptr (PrcMask) b = square (1, 1);
  PrcMask *masks[] = {a, NULL, b};
  g_autoptr (PrcSegmentStack) front = prc_segment_stack_new_spliced (stack, 0, masks, 3);
  g_autoptr (PrcSegmentStack) back = prc_segment_stack_new_spliced (stack, 3, masks, 3);
  g_autoptr (PrcSegmentStack) same = prc_segment_stack_new_spliced (stack, 6, NULL, 0);

  g_assert_true (prc_segment_stack_mask (front, 0) == a);
  g_assert_null (prc_segment_stack_mask (front, 1));
  g_assert_true (prc_segment_stack_mask (front, 2) == b);
  g_assert_cmpuint (prc_segment_stack_area (front), ==, 1 + 1 + 9);
  g_assert_true (prc_segment_stack_mask (back, 5) == b);
  g_assert_cmpuint (prc_segment_stack_area (back), ==, 4 + 9 + 1 + 1);
  g_assert_true (prc_segment_stack_equal (same, stack));
}

static void
test_equal (void) {
  g_autoptr (PrcSegmentStack) a = example ();
  g_autoptr (PrcSegmentStack) b = example ();
  g_autoptr (PrcMask) moved = square (6, 3);
  g_autoptr (PrcSegmentStack) other = prc_segment_stack_new_replaced (a, 4, moved);

  g_assert_true (prc_segment_stack_equal (a, a));
  g_assert_true (prc_segment_stack_equal (a, b)); // by pixels, not by pointer
  g_assert_cmpuint (prc_segment_stack_area (a), ==, prc_segment_stack_area (other));
  g_assert_false (prc_segment_stack_equal (a, other));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment-stack/holds-its-masks", test_holds_its_masks);
  g_test_add_func ("/segment-stack/nothing", test_nothing);
  g_test_add_func ("/segment-stack/replaced-shares", test_replaced_shares);
  g_test_add_func ("/segment-stack/spliced", test_spliced);
  g_test_add_func ("/segment-stack/equal", test_equal);
  return g_test_run ();
}
