// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-history.h"
#include "volume.h"

static const VolumeGrid grid = {.slices = 40, .rows = 32, .columns = 32};

static GObject *
subject_new (void) {
  return g_object_new (G_TYPE_OBJECT, NULL);
}

// A stack that differs from another on one slice.
static PrcSegmentStack *
changed (const PrcSegmentStack *stack, uint32_t index, int32_t end) {
  PrcRowSpan spans[32];

  for (int32_t row = 0; row < 32; row++)
    spans[row] = (PrcRowSpan){row, row % 2, end};
  g_autoptr (PrcMask) mask = prc_mask_new_from_spans (32, 32, spans, 32);
  return prc_segment_stack_new_replaced (stack, index, mask);
}

static void
expect (PrcSegmentHistory *history, bool forth, GObject *expected_subject,
        const PrcSegmentStack *expected) {
  PrcSegmentStack *stack = NULL;
  GObject *subject = NULL;

  g_assert_true (forth ? prc_segment_history_redo (history, &subject, &stack)
                       : prc_segment_history_undo (history, &subject, &stack));
  g_assert_true (subject == expected_subject);
  g_assert_true (stack == expected);
}

static void
test_back_and_forth (void) {
  g_autoptr (PrcSegmentHistory) history = prc_segment_history_new (0);
  g_autoptr (GObject) a = subject_new (), b = subject_new ();
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (grid.slices);
  g_autoptr (PrcSegmentStack) one = changed (empty, 3, 8), two = changed (one, 4, 9);
  g_autoptr (PrcSegmentStack) other = changed (empty, 0, 2);
  PrcSegmentStack *stack = NULL;
  GObject *subject = NULL;

  g_assert_false (prc_segment_history_undo (history, &subject, &stack));
  prc_segment_history_push (history, a, empty, one);
  prc_segment_history_push (history, b, empty, other);
  prc_segment_history_push (history, a, one, two);
  expect (history, false, a, one);
  expect (history, false, b, empty);
  expect (history, true, b, other);
  expect (history, true, a, two);
  g_assert_false (prc_segment_history_redo (history, &subject, &stack));
  expect (history, false, a, one);
  expect (history, false, b, empty);
  expect (history, false, a, empty);
  g_assert_false (prc_segment_history_can_undo (history));
  g_assert_true (prc_segment_history_can_redo (history));
}

// What was undone is gone as soon as something else is done.
static void
test_another_way (void) {
  g_autoptr (PrcSegmentHistory) history = prc_segment_history_new (0);
  g_autoptr (GObject) a = subject_new ();
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (grid.slices);
  g_autoptr (PrcSegmentStack) one = changed (empty, 3, 8), two = changed (one, 4, 9);
  PrcSegmentStack *stack;
  GObject *subject;

  prc_segment_history_push (history, a, empty, one);
  g_assert_true (prc_segment_history_undo (history, &subject, &stack));
  prc_segment_history_push (history, a, empty, two);
  g_assert_false (prc_segment_history_can_redo (history));
  expect (history, false, a, empty);
  prc_segment_history_push (history, a, two, two); // no step
  g_assert_true (prc_segment_history_can_redo (history));
}

// A thousand strokes on one slice of a large segment cost a thousand masks of a slice.
static void
test_shared_masks_count_once (void) {
  g_autoptr (PrcSegmentHistory) history = prc_segment_history_new (0);
  g_autoptr (GObject) a = subject_new ();
  g_autoptr (PrcSegmentStack) stack = prc_segment_stack_new_empty (grid.slices);

  for (uint32_t i = 0; i < grid.slices; i++) {
    PrcSegmentStack *fuller = changed (stack, i, 30);
    prc_segment_stack_unref (stack);
    stack = fuller;
  }
  size_t all = prc_segment_stack_size (stack),
         one = prc_mask_size (prc_segment_stack_mask (stack, 0));
  for (int i = 0; i < 1000; i++) {
    PrcSegmentStack *next = changed (stack, 7, 5 + i % 9);
    prc_segment_history_push (history, a, stack, next);
    prc_segment_stack_unref (stack);
    stack = next;
  }
  // Twice a step: the pointers of the state before and of the one after it.
  size_t pointers = all - grid.slices * one;
  g_assert_cmpuint (prc_segment_history_size (history), <=, all + 1000 * (one + 2 * pointers));
  g_assert_cmpuint (prc_segment_history_size (history), >=, all + 900 * one);
  prc_segment_history_clear (history);
  g_assert_cmpuint (prc_segment_history_size (history), ==, 0);
}

static void
test_oldest_go_first (void) {
  g_autoptr (GObject) a = subject_new ();
  g_autoptr (PrcSegmentStack) stack = prc_segment_stack_new_empty (grid.slices);
  g_autoptr (PrcSegmentStack) probe = changed (stack, 7, 5);
  size_t step = prc_segment_stack_size (probe);
  g_autoptr (PrcSegmentHistory) history = prc_segment_history_new (20 * step);
  PrcSegmentStack *back = NULL;
  GObject *subject;
  int n = 0;

  for (int i = 0; i < 100; i++) {
    PrcSegmentStack *next = changed (stack, 7, 3 + i % 25);
    prc_segment_history_push (history, a, stack, next);
    g_assert_cmpuint (prc_segment_history_size (history), <=, 20 * step);
    prc_segment_stack_unref (stack);
    stack = next;
  }
  while (prc_segment_history_undo (history, &subject, &back))
    n++;
  g_assert_cmpint (n, >=, 10);
  g_assert_cmpint (n, <, 20);
  // The oldest that is left is what stood n steps before the end.
  g_autoptr (PrcSegmentStack) expected = changed (stack, 7, 3 + (99 - n) % 25);
  g_assert_true (prc_segment_stack_equal (back, expected));
}

static void
test_last_stays (void) {
  g_autoptr (PrcSegmentHistory) history = prc_segment_history_new (1);
  g_autoptr (GObject) a = subject_new ();
  g_autoptr (PrcSegmentStack) empty = prc_segment_stack_new_empty (grid.slices);
  g_autoptr (PrcSegmentStack) one = changed (empty, 3, 8), two = changed (one, 4, 9);
  PrcSegmentStack *stack;
  GObject *subject;

  prc_segment_history_push (history, a, empty, one);
  prc_segment_history_push (history, a, one, two);
  expect (history, false, a, one);
  g_assert_false (prc_segment_history_undo (history, &subject, &stack));
}

int
main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment-history/back-and-forth", test_back_and_forth);
  g_test_add_func ("/segment-history/another-way", test_another_way);
  g_test_add_func ("/segment-history/shared-masks-count-once", test_shared_masks_count_once);
  g_test_add_func ("/segment-history/oldest-go-first", test_oldest_go_first);
  g_test_add_func ("/segment-history/last-stays", test_last_stays);
  return g_test_run ();
}
