// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-tool-private.h"

#include <glib/gi18n-lib.h>

void
prc_segment_tool_say (PrcSegmentTool *self, const char *sentence) {
  g_signal_emit_by_name (self, "notice", sentence);
}

void
prc_segment_tool_tell_changed (PrcSegmentTool *self) {
  g_object_notify (G_OBJECT (self), "can-undo");
  g_object_notify (G_OBJECT (self), "can-redo");
  g_object_notify (G_OBJECT (self), "unsaved");
}

PrcSegmentHistory *
prc_segment_tool_history (PrcSegmentSet *set) {
  PrcSegmentHistory *history = g_object_get_data (G_OBJECT (set), "prc-segment-history");

  if (!history) {
    history = prc_segment_history_new (0);
    g_object_set_data_full (G_OBJECT (set), "prc-segment-history", history,
                            (GDestroyNotify)prc_segment_history_free);
  }
  return history;
}

static gboolean
holds (PrcSegmentSet *set, PrcSegmentItem *item) {
  for (guint i = 0; set && i < g_list_model_get_n_items (G_LIST_MODEL (set)); i++) {
    g_autoptr (PrcSegmentItem) one = g_list_model_get_item (G_LIST_MODEL (set), i);
    if (one == item)
      return TRUE;
  }
  return FALSE;
}

/* ---- what is worked on ---- */

void
prc_segment_tool_forget_stroke (PrcSegmentTool *self) {
  self->stroking = FALSE;
  g_array_set_size (self->waiting, 0);
  g_clear_object (&self->painted);
  g_clear_pointer (&self->before, prc_segment_stack_unref);
}

void
prc_segment_tool_forget_growth (PrcSegmentTool *self) {
  g_clear_pointer (&self->grown, prc_segment_work_free);
  g_clear_pointer (&self->grown_to, prc_segment_stack_unref);
  g_clear_object (&self->grown_item);
}

gboolean
prc_segment_tool_cancel (PrcSegmentTool *self) {
  gboolean any = self->worker || self->painted;

  if (self->worker)
    g_cancellable_cancel (self->worker);
  g_clear_object (&self->worker);
  g_clear_object (&self->worked_item);
  g_clear_pointer (&self->shown, prc_segment_stack_unref);
  if (self->painted && prc_segment_stack_length (self->before) ==
                           prc_segment_stack_length (prc_segment_item_get_stack (self->painted)))
    prc_segment_item_set_stack (self->painted, self->before); // else the series has grown
  prc_segment_tool_forget_stroke (self);
  if (any)
    g_object_notify (G_OBJECT (self), "busy");
  return any;
}

void
prc_segment_tool_set_item (PrcSegmentTool *self, PrcSegmentItem *item) {
  if (item == self->item || (item && !holds (self->set, item)))
    return;
  g_set_object (&self->item, item);
  g_object_notify (G_OBJECT (self), "item");
}

// The item may have gone from the set by another hand.
static void
items_changed (GListModel *model, guint position, guint removed, guint added,
               PrcSegmentTool *self) {
  if (self->item && !holds (self->set, self->item)) {
    prc_segment_tool_cancel (self);
    prc_segment_tool_set_item (self, NULL);
  }
  prc_segment_tool_tell_changed (self);
}

void
prc_segment_tool_set_segments (PrcSegmentTool *self, PrcSegmentSet *segments) {
  if (segments == self->set)
    return;
  prc_segment_tool_cancel (self);
  prc_segment_tool_forget_growth (self);
  if (self->set)
    g_signal_handlers_disconnect_by_func (self->set, items_changed, self);
  self->set = segments;
  if (segments) {
    g_signal_connect (segments, "items-changed", G_CALLBACK (items_changed), self);
    if (!g_ptr_array_find (self->sets, segments, NULL))
      g_ptr_array_add (self->sets, g_object_ref (segments));
  }
  prc_segment_tool_set_item (self, NULL);
  prc_segment_tool_tell_changed (self);
}

PrcSegmentSet *
prc_segment_tool_get_segments (PrcSegmentTool *self) {
  return self->set;
}

PrcSegmentItem *
prc_segment_tool_get_item (PrcSegmentTool *self) {
  return self->item;
}

PrcSegmentItem *
prc_segment_tool_add_item (PrcSegmentTool *self) {
  if (!self->set)
    return NULL;
  guint n = 1, n_items = g_list_model_get_n_items (G_LIST_MODEL (self->set));
  for (guint i = 0; i < n_items; i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (self->set), i);
    n += prc_segment_item_get_segmentation (item) == NULL;
  }
  g_autofree char *label = g_strdup_printf (_ ("Segment %u"), n);
  g_autoptr (PrcSegmentStack) empty =
      prc_segment_stack_new_empty (prc_series_length (prc_segment_set_get_series (self->set)));
  g_autoptr (PrcSegmentItem) item = prc_segment_item_new (NULL, 0, empty);
  PrcSegment segment = *prc_segment_item_get_segment (item);
  segment.label = label;
  segment.algorithm_type = "MANUAL";
  prc_segment_item_set_segment (item, &segment);
  prc_segment_set_add (self->set, item);
  prc_segment_tool_set_item (self, item);
  return item;
}

void
prc_segment_tool_remove_item (PrcSegmentTool *self) {
  if (self->set && self->item)
    prc_segment_set_remove (self->set, self->item);
}

static void
add_unsaved (PrcSegmentSet *set, GPtrArray *unsaved) {
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set)); i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (set), i);
    gboolean empty = !prc_segment_item_get_segmentation (item) &&
                     prc_segment_stack_area (prc_segment_item_get_stack (item)) == 0;
    if (prc_segment_item_is_edited (item) && !empty)
      g_ptr_array_add (unsaved, g_steal_pointer (&item));
  }
}

GPtrArray *
prc_segment_tool_unsaved (PrcSegmentTool *self) {
  GPtrArray *unsaved = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->sets->len; i++)
    add_unsaved (self->sets->pdata[i], unsaved);
  return unsaved;
}

PrcSegmentSet *
prc_segment_tool_first_unsaved (PrcSegmentTool *self) {
  for (guint i = 0; i < self->sets->len; i++) {
    g_autoptr (GPtrArray) unsaved = g_ptr_array_new_with_free_func (g_object_unref);
    add_unsaved (self->sets->pdata[i], unsaved);
    if (unsaved->len > 0)
      return g_object_ref (self->sets->pdata[i]);
  }
  return NULL;
}
