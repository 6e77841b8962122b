// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-tool-private.h"

#include <glib/gi18n-lib.h>

#include "prc-segment-range.h"

/* ---- strokes ---- */

static PrcBrush
brush_at (PrcSegmentTool *self, double image_x, double image_y, guint index) {
  return (PrcBrush){.image_x = image_x,
                    .image_y = image_y,
                    .index = index,
                    .radius_mm = self->radius,
                    .sphere = self->sphere,
                    .erase = self->kind == PRC_SEGMENT_TOOL_ERASER,
                    .range = self->limited ? (PrcSegmentRange){self->low, self->high}
                                           : (PrcSegmentRange){1, 0}};
}

static void
take_stroke (PrcSegmentTool *self) {
  if (self->stroking || self->worker || !self->painted)
    return;
  prc_segment_history_push (prc_segment_tool_history (self->set), G_OBJECT (self->painted),
                            self->before, prc_segment_item_get_stack (self->painted));
  prc_segment_tool_forget_stroke (self);
  prc_segment_tool_tell_changed (self);
}

static void start_painter (PrcSegmentTool *self);

static void
painted (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcSegmentTool) self = user_data;
  g_autoptr (GError) error = NULL;
  PrcSegmentWork *work;
  g_autoptr (PrcSegmentStack) stack = prc_segment_work_run_finish (result, &work, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->worker)
    return; // given up meanwhile
  g_clear_object (&self->worker);
  if (prc_segment_item_get_stack (self->painted) != work->stack) { // the series has grown
    prc_segment_tool_forget_stroke (self);
    return;
  }
  if (stack)
    prc_segment_item_set_stack (self->painted, stack);
  else
    prc_segment_tool_say (self, error->message);
  if (self->waiting->len > 0)
    start_painter (self);
  else
    take_stroke (self);
}

// All places that came since the last time, in one go.
static void
start_painter (PrcSegmentTool *self) {
  PrcSegmentWork *work =
      prc_segment_work_new (PRC_SEGMENT_WORK_STROKE, prc_segment_item_get_stack (self->painted),
                            NULL, prc_segment_set_get_series (self->set), self->store);

  work->brushes = g_array_copy (self->waiting);
  g_array_set_size (self->waiting, 0);
  self->worker = g_cancellable_new ();
  prc_segment_work_run_async (work, self->worker, painted, g_object_ref (self));
}

// What takes less than a frame is done at once: no values are needed, or those of one slice that is
// in memory.
static gboolean
is_quick (PrcSegmentTool *self, const PrcBrush *brush) {
  const PrcSlice *slice = prc_series_slice (prc_segment_set_get_series (self->set), brush->index);

  if (prc_segment_range_is_all (&brush->range))
    return TRUE;
  if (brush->sphere)
    return FALSE;
  g_autoptr (PrcFrame) frame = prc_frame_store_peek (self->store, slice->instance, slice->frame);
  return frame != NULL;
}

static void
paint (PrcSegmentTool *self, PrcBrush from, PrcBrush to) {
  PrcSeries *series = prc_segment_set_get_series (self->set);
  g_autoptr (GError) error = NULL;

  self->last = to;
  if (self->worker || !is_quick (self, &to)) {
    if (self->waiting->len == 0)
      g_array_append_val (self->waiting, from);
    g_array_append_val (self->waiting, to);
    if (!self->worker)
      start_painter (self);
    return;
  }
  g_autoptr (PrcSegmentStack) stack = prc_segment_edit_brush (
      prc_segment_item_get_stack (self->painted), series, self->store, &from, &to, NULL, &error);
  if (stack)
    prc_segment_item_set_stack (self->painted, stack);
  else
    prc_segment_tool_say (self, error->message);
}

// What is painted is seen.
static void
bring_to_light (PrcSegmentTool *self) {
  PrcSegmentItem *solo = prc_segment_set_get_solo (self->set);

  if (solo && solo != self->item)
    prc_segment_set_set_solo (self->set, NULL);
  prc_segment_item_set_visible (self->item, TRUE);
}

static gboolean
can_begin (PrcSegmentTool *self, guint index) {
  if (!self->set || index >= prc_series_length (prc_segment_set_get_series (self->set)))
    return FALSE;
  if (self->worker || self->stroking) {
    prc_segment_tool_say (self, _ ("One moment: the last edit is still under way"));
    return FALSE;
  }
  return self->item || prc_segment_tool_add_item (self);
}

gboolean
prc_segment_tool_begin_stroke (PrcSegmentTool *self, double image_x, double image_y, guint index) {
  PrcBrush brush = brush_at (self, image_x, image_y, index);

  if ((self->kind != PRC_SEGMENT_TOOL_BRUSH && self->kind != PRC_SEGMENT_TOOL_ERASER) ||
      (self->kind == PRC_SEGMENT_TOOL_ERASER && !self->item) || !can_begin (self, index))
    return FALSE;
  bring_to_light (self);
  self->stroking = TRUE;
  self->painted = g_object_ref (self->item);
  self->before = prc_segment_stack_ref (prc_segment_item_get_stack (self->item));
  paint (self, brush, brush);
  return TRUE;
}

void
prc_segment_tool_move_stroke (PrcSegmentTool *self, double image_x, double image_y, guint index) {
  PrcBrush to = brush_at (self, image_x, image_y, index);

  if (self->stroking && index < prc_series_length (prc_segment_set_get_series (self->set)))
    paint (self, self->last, to);
}

void
prc_segment_tool_end_stroke (PrcSegmentTool *self) {
  if (!self->stroking)
    return;
  self->stroking = FALSE;
  take_stroke (self);
}

gboolean
prc_segment_tool_is_painting (PrcSegmentTool *self) {
  return self->painted != NULL;
}

/* ---- operations ---- */

static void
take_range (PrcSegmentTool *self, const PrcSegmentRange *range) {
  if (self->limited)
    return;
  self->low = range->low;
  self->high = range->high;
  g_object_notify (G_OBJECT (self), "low");
  g_object_notify (G_OBJECT (self), "high");
}

// So that the same region can grow again otherwise.
static void
keep_growth (PrcSegmentTool *self, PrcSegmentItem *item, const PrcSegmentWork *work,
             PrcSegmentStack *to) {
  PrcSegmentWork *grown =
      prc_segment_work_new (work->kind, work->stack, NULL, work->series, work->store);

  grown->column = work->column;
  grown->row = work->row;
  grown->index = work->index;
  g_object_ref (item);
  prc_segment_stack_ref (to);
  prc_segment_tool_forget_growth (self);
  self->grown = grown;
  self->grown_item = item;
  self->grown_to = to;
}

// Growing again takes the place of what grew before: the step there is one, not two.
static void
take_work (PrcSegmentTool *self, PrcSegmentItem *item, const PrcSegmentWork *work,
           PrcSegmentStack *stack) {
  PrcSegmentHistory *history = prc_segment_tool_history (self->set);
  PrcSegmentStack *before;
  GObject *subject;

  if (prc_segment_item_get_stack (item) != work->stack)
    prc_segment_history_undo (history, &subject, &before);
  prc_segment_item_set_stack (item, stack);
  prc_segment_history_push (history, G_OBJECT (item), work->stack, stack);
  prc_segment_tool_tell_changed (self);
}

static void
worked (GObject *source, GAsyncResult *result, gpointer user_data) {
  g_autoptr (PrcSegmentTool) self = user_data;
  g_autoptr (GError) error = NULL;
  PrcSegmentWork *work;
  g_autoptr (PrcSegmentStack) stack = prc_segment_work_run_finish (result, &work, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->worker)
    return; // given up meanwhile
  g_autoptr (PrcSegmentItem) item = g_steal_pointer (&self->worked_item);
  g_autoptr (PrcSegmentStack) shown = g_steal_pointer (&self->shown);
  g_clear_object (&self->worker);
  g_object_notify (G_OBJECT (self), "busy");
  if (work->kind == PRC_SEGMENT_WORK_GROW && !prc_segment_range_is_all (&work->range))
    take_range (self, &work->range);
  if (prc_segment_item_get_stack (item) != shown)
    return; // another hand was there
  if (!stack)
    prc_segment_tool_say (self, error->message);
  else if (!prc_segment_stack_equal (stack, shown))
    take_work (self, item, work, stack);
  else if (shown == work->stack)
    prc_segment_tool_say (self, _ ("Nothing changed"));
  if (work->kind == PRC_SEGMENT_WORK_GROW)
    keep_growth (self, item, work, prc_segment_item_get_stack (item));
}

static void
start_work (PrcSegmentTool *self, PrcSegmentWork *work) {
  bring_to_light (self);
  self->worked_item = g_object_ref (self->item);
  self->shown = prc_segment_stack_ref (prc_segment_item_get_stack (self->item));
  self->worker = g_cancellable_new ();
  g_object_notify (G_OBJECT (self), "busy");
  prc_segment_work_run_async (work, self->worker, worked, g_object_ref (self));
}

static void
start_growing (PrcSegmentTool *self, PrcSegmentStack *from, uint32_t column, uint32_t row,
               uint32_t index) {
  PrcSegmentWork *work = prc_segment_work_new (PRC_SEGMENT_WORK_GROW, from, NULL,
                                               prc_segment_set_get_series (self->set), self->store);

  work->column = column;
  work->row = row;
  work->index = index;
  work->spread = self->spread;
  if (self->limited)
    work->range = (PrcSegmentRange){self->low, self->high};
  start_work (self, work);
}

void
prc_segment_tool_regrow (PrcSegmentTool *self) {
  if (!self->grown || self->kind != PRC_SEGMENT_TOOL_GROW || self->item != self->grown_item ||
      prc_segment_item_get_stack (self->item) != self->grown_to)
    return;
  prc_segment_tool_cancel (self); // the newest wins
  start_growing (self, self->grown->stack, self->grown->column, self->grown->row,
                 self->grown->index);
}

void
prc_segment_tool_grow (PrcSegmentTool *self, double image_x, double image_y, guint index) {
  if (!(image_x >= 0 && image_y >= 0) || !can_begin (self, index))
    return;
  start_growing (self, prc_segment_item_get_stack (self->item),
                 (uint32_t)MIN (image_x, PRC_MASK_MAX_SIDE),
                 (uint32_t)MIN (image_y, PRC_MASK_MAX_SIDE), index);
}

void
prc_segment_tool_work (PrcSegmentTool *self, PrcSegmentWorkKind kind, PrcSegmentItem *other) {
  if (!self->item) {
    prc_segment_tool_say (self, _ ("Choose a segment first"));
    return;
  }
  if (!can_begin (self, 0))
    return;
  start_work (self, prc_segment_work_new (kind, prc_segment_item_get_stack (self->item),
                                          other ? prc_segment_item_get_stack (other) : NULL,
                                          prc_segment_set_get_series (self->set), self->store));
}

/* ---- back and forth ---- */

static void
go (PrcSegmentTool *self, gboolean forth) {
  PrcSegmentHistory *history = self->set ? prc_segment_tool_history (self->set) : NULL;
  PrcSegmentStack *stack;
  GObject *subject;

  if (!history || self->worker || self->stroking)
    return;
  if (!(forth ? prc_segment_history_redo (history, &subject, &stack)
              : prc_segment_history_undo (history, &subject, &stack))) {
    prc_segment_tool_say (self, forth ? _ ("There is nothing to do again")
                                      : _ ("There is nothing to undo"));
    return;
  }
  if (prc_segment_stack_length (stack) !=
      prc_series_length (prc_segment_set_get_series (self->set))) {
    prc_segment_history_clear (history); // the series has grown since
  } else {
    prc_segment_item_set_stack (PRC_SEGMENT_ITEM (subject), stack);
    prc_segment_tool_set_item (self, PRC_SEGMENT_ITEM (subject));
  }
  prc_segment_tool_tell_changed (self);
}

void
prc_segment_tool_undo (PrcSegmentTool *self) {
  go (self, FALSE);
}

void
prc_segment_tool_redo (PrcSegmentTool *self) {
  go (self, TRUE);
}

gboolean
prc_segment_tool_get_busy (PrcSegmentTool *self) {
  return self->worked_item != NULL;
}
