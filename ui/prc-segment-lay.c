// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-lay.h"

static GPtrArray *
items_of (PrcSegmentSet *set, const PrcSegmentation *segmentation) {
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *model = G_LIST_MODEL (set);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (model, i);
    if (prc_segment_item_get_segmentation (item) == segmentation)
      g_ptr_array_add (items, g_object_ref (item));
  }
  return items;
}

static void
take_shape (PrcSegmentItem *item, PrcSegmentJob *job, guint i) {
  if (i < job->shapes->len)
    prc_segment_item_take_measure (item, job->stacks->pdata[i],
                                   &g_array_index (job->shapes, PrcSegmentMeasure, i), FALSE);
}

static void
add_items (PrcSegmentSet *set, PrcSegmentJob *job) {
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < job->stacks->len; i++) {
    PrcSegmentItem *item = prc_segment_item_new (job->segmentation, i, job->stacks->pdata[i]);
    take_shape (item, job, i);
    g_ptr_array_add (items, item);
  }
  prc_segment_set_add_all (set, items);
}

// What a hand drew stays as it drew it.
static void
renew_items (GPtrArray *items, PrcSegmentJob *job) {
  for (guint i = 0; i < items->len; i++) {
    PrcSegmentItem *item = items->pdata[i];
    guint index = prc_segment_item_get_index (item);
    if (index >= job->stacks->len)
      continue;
    prc_segment_item_reread (item, job->segmentation);
    if (prc_segment_item_is_edited (item))
      continue;
    prc_segment_item_refit (item, job->stacks->pdata[index]);
    take_shape (item, job, index);
  }
}

// The series has grown meanwhile: its masks go with their images until it is laid anew.
static void
catch_up (PrcSegmentJob *job, PrcSeries *series) {
  g_autoptr (PrcSegmentSet) set = prc_segment_set_new (job->series);

  g_array_set_size (job->shapes, 0);
  add_items (set, job);
  prc_segment_set_set_series (set, series);
  g_ptr_array_set_size (job->stacks, 0);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set)); i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (set), i);
    g_ptr_array_add (job->stacks, prc_segment_stack_ref (prc_segment_item_get_stack (item)));
  }
}

void
prc_segment_lay (PrcSegmentSet *set, PrcSegmentJob *job, const PrcSegmentation *before) {
  if (job->series != prc_segment_set_get_series (set))
    catch_up (job, prc_segment_set_get_series (set));
  if (!before) {
    add_items (set, job);
    return;
  }
  g_autoptr (GPtrArray) items = items_of (set, before);
  renew_items (items, job);
}
