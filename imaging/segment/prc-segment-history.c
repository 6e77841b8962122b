// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-history.h"

#define BUDGET ((size_t)256 << 20)

typedef struct {
  GObject *subject;
  PrcSegmentStack *before, *after;
} Step;

struct _PrcSegmentHistory {
  size_t budget, size;
  GQueue steps;        // Step, oldest first
  guint done;          // so many of them; the rest was undone
  GHashTable *holders; // PrcMask -> how many states hold it
};

static void
count_mask (PrcSegmentHistory *history, PrcMask *mask, int change) {
  guint holders = GPOINTER_TO_UINT (g_hash_table_lookup (history->holders, mask));

  if (holders == 0)
    history->size += prc_mask_size (mask);
  holders += (guint)change;
  if (holders == 0) {
    history->size -= prc_mask_size (mask);
    g_hash_table_remove (history->holders, mask);
  } else {
    g_hash_table_insert (history->holders, mask, GUINT_TO_POINTER (holders));
  }
}

static void
count_stack (PrcSegmentHistory *history, const PrcSegmentStack *stack, int change) {
  size_t masks = 0;
  PrcSegmentExtent extent;

  if (!prc_segment_stack_extent (stack, &extent))
    return;
  for (uint32_t i = extent.first; i <= extent.last; i++) {
    PrcMask *mask = prc_segment_stack_mask (stack, i);
    if (mask) {
      count_mask (history, mask, change);
      masks += prc_mask_size (mask);
    }
  }
  history->size += (size_t)change * (prc_segment_stack_size (stack) - masks);
}

static void
drop (PrcSegmentHistory *history, Step *step) {
  count_stack (history, step->before, -1);
  count_stack (history, step->after, -1);
  prc_segment_stack_unref (step->before);
  prc_segment_stack_unref (step->after);
  g_object_unref (step->subject);
  g_free (step);
}

PrcSegmentHistory *
prc_segment_history_new (size_t budget_bytes) {
  PrcSegmentHistory *history = g_new0 (PrcSegmentHistory, 1);

  history->budget = budget_bytes ? budget_bytes : BUDGET;
  history->holders = g_hash_table_new (NULL, NULL);
  g_queue_init (&history->steps);
  return history;
}

void
prc_segment_history_clear (PrcSegmentHistory *history) {
  while (history->steps.length > 0)
    drop (history, g_queue_pop_tail (&history->steps));
  history->done = 0;
}

void
prc_segment_history_free (PrcSegmentHistory *history) {
  prc_segment_history_clear (history);
  g_hash_table_unref (history->holders);
  g_free (history);
}

void
prc_segment_history_push (PrcSegmentHistory *history, GObject *subject,
                          const PrcSegmentStack *before, const PrcSegmentStack *after) {
  Step *step;

  if (before == after || prc_segment_stack_equal (before, after))
    return;
  while (history->steps.length > history->done)
    drop (history, g_queue_pop_tail (&history->steps));
  step = g_new (Step, 1);
  *step =
      (Step){g_object_ref (subject), prc_segment_stack_ref (before), prc_segment_stack_ref (after)};
  count_stack (history, before, 1);
  count_stack (history, after, 1);
  g_queue_push_tail (&history->steps, step);
  while (history->size > history->budget && history->steps.length > 1)
    drop (history, g_queue_pop_head (&history->steps));
  history->done = history->steps.length;
}

bool
prc_segment_history_undo (PrcSegmentHistory *history, GObject **subject, PrcSegmentStack **stack) {
  if (history->done == 0)
    return false;
  const Step *step = g_queue_peek_nth (&history->steps, --history->done);
  *subject = step->subject;
  *stack = step->before;
  return true;
}

bool
prc_segment_history_redo (PrcSegmentHistory *history, GObject **subject, PrcSegmentStack **stack) {
  if (history->done == history->steps.length)
    return false;
  const Step *step = g_queue_peek_nth (&history->steps, history->done++);
  *subject = step->subject;
  *stack = step->after;
  return true;
}

bool
prc_segment_history_can_undo (const PrcSegmentHistory *history) {
  return history->done > 0;
}

bool
prc_segment_history_can_redo (const PrcSegmentHistory *history) {
  return history->done < history->steps.length;
}

size_t
prc_segment_history_size (const PrcSegmentHistory *history) {
  return history->size;
}
