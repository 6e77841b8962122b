// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-stack.h"

#include <string.h>

// Only the slices between the first and the last that have any are kept: a file may name tens of
// thousands of segments of which most are in few slices or in none.
struct _PrcSegmentStack {
  uint32_t length;
  uint32_t first, n;
  uint64_t area;
  size_t size;
  PrcMask *masks[];
};

static bool
has_any (const PrcMask *mask) {
  return mask != NULL && prc_mask_area (mask) > 0;
}

PrcSegmentStack *
prc_segment_stack_new (PrcMask *const *masks, uint32_t n_slices) {
  uint32_t first = 0, end = n_slices;
  PrcSegmentStack *stack;

  while (end > 0 && !has_any (masks[end - 1]))
    end--;
  while (first < end && !has_any (masks[first]))
    first++;
  stack = g_atomic_rc_box_alloc0 (sizeof *stack + (end - first) * sizeof *masks);
  stack->length = n_slices;
  stack->first = first;
  stack->n = end - first;
  stack->size = sizeof *stack + stack->n * sizeof *masks;
  for (uint32_t i = 0; i < stack->n; i++) {
    if (!has_any (masks[first + i]))
      continue;
    stack->masks[i] = prc_mask_ref (masks[first + i]);
    stack->area += prc_mask_area (stack->masks[i]);
    stack->size += prc_mask_size (stack->masks[i]);
  }
  return stack;
}

PrcSegmentStack *
prc_segment_stack_new_empty (uint32_t n_slices) {
  PrcSegmentStack *stack = g_atomic_rc_box_new0 (PrcSegmentStack);

  stack->length = n_slices;
  stack->size = sizeof *stack;
  return stack;
}

PrcSegmentStack *
prc_segment_stack_new_replaced (const PrcSegmentStack *stack, uint32_t index, PrcMask *mask) {
  return prc_segment_stack_new_spliced (stack, index, &mask, 1);
}

PrcSegmentStack *
prc_segment_stack_new_spliced (const PrcSegmentStack *stack, uint32_t first, PrcMask *const *masks,
                               uint32_t n) {
  g_autofree PrcMask **all = NULL;

  g_return_val_if_fail (first <= stack->length && n <= stack->length - first, NULL);
  all = g_new0 (PrcMask *, stack->length);
  if (stack->n > 0)
    memcpy (all + stack->first, stack->masks, stack->n * sizeof *all);
  if (n > 0)
    memcpy (all + first, masks, n * sizeof *all);
  return prc_segment_stack_new (all, stack->length);
}

PrcSegmentStack *
prc_segment_stack_ref (const PrcSegmentStack *stack) {
  return g_atomic_rc_box_acquire ((PrcSegmentStack *)stack);
}

static void
clear (gpointer data) {
  PrcSegmentStack *stack = data;

  for (uint32_t i = 0; i < stack->n; i++)
    g_clear_pointer (&stack->masks[i], prc_mask_unref);
}

void
prc_segment_stack_unref (PrcSegmentStack *stack) {
  g_atomic_rc_box_release_full (stack, clear);
}

uint32_t
prc_segment_stack_length (const PrcSegmentStack *stack) {
  return stack->length;
}

PrcMask *
prc_segment_stack_mask (const PrcSegmentStack *stack, uint32_t index) {
  if (index < stack->first || index - stack->first >= stack->n)
    return NULL;
  return stack->masks[index - stack->first];
}

uint64_t
prc_segment_stack_area (const PrcSegmentStack *stack) {
  return stack->area;
}

size_t
prc_segment_stack_size (const PrcSegmentStack *stack) {
  return stack->size;
}

static bool
same_masks (const PrcMask *a, const PrcMask *b) {
  return a == b || (a != NULL && b != NULL && prc_mask_equal (a, b));
}

bool
prc_segment_stack_equal (const PrcSegmentStack *a, const PrcSegmentStack *b) {
  if (a->length != b->length || a->first != b->first || a->n != b->n || a->area != b->area)
    return false;
  for (uint32_t i = 0; i < a->n; i++)
    if (!same_masks (a->masks[i], b->masks[i]))
      return false;
  return true;
}

bool
prc_segment_stack_extent (const PrcSegmentStack *stack, PrcSegmentExtent *extent) {
  uint64_t most = 0;

  if (stack->n == 0)
    return false;
  extent->first = stack->first;
  extent->last = stack->first + stack->n - 1;
  for (uint32_t i = 0; i < stack->n; i++) {
    uint64_t area = stack->masks[i] == NULL ? 0 : prc_mask_area (stack->masks[i]);

    if (area > most) {
      most = area;
      extent->largest = stack->first + i;
    }
  }
  return true;
}
