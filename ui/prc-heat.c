// SPDX-License-Identifier: Apache-2.0
#include "prc-heat.h"

#include <glib/gi18n-lib.h>

#include "prc-heat-layer.h"

struct _PrcHeat {
  PrcEngine *engine;
  PrcSliceView *views[PRC_EXPLANATION_SIDES];
  gulong handlers[PRC_EXPLANATION_SIDES][3];
  PrcAnswer *answer; // that a segment asked for, and its hit; or NULL
  guint hit;
  PrcMask *found;      // the hit's segment on its slice, or NULL
  gboolean shown, say; // say: when nothing is alike
  GCancellable *asking;
  PrcExplanation *explanation; // of the two slices in view, or NULL
};

/* ---- the patch under the pointer ---- */

static char *
words_of (const PrcPatch *patch) {
  if (patch->heat > 0)
    return g_strdup_printf (_ ("Like the outlined place beside: cosine %.2f"), patch->cosine);
  return g_strdup_printf (_ ("No place beside is more alike than chance: cosine %.2f"),
                          patch->cosine);
}

static void
outline (PrcHeat *self, PrcExplanationSide side, int patch, const char *words) {
  graphene_rect_t rect;

  if (patch >= 0) {
    const PrcRegion region = prc_explanation_region (self->explanation, side, (guint)patch);
    rect = GRAPHENE_RECT_INIT ((float)region.x, (float)region.y, (float)region.width,
                               (float)region.height);
  }
  prc_slice_view_set_patch (self->views[side], patch >= 0 ? &rect : NULL, words);
}

// Where a hand points in `side`.
static void
point (PrcHeat *self, PrcExplanationSide side) {
  const PrcExplanationSide other = PRC_EXPLANATION_NEIGHBOUR - side;
  double x, y;
  int place = -1;

  if (prc_slice_view_get_pointed (self->views[side], &x, &y))
    place = prc_explanation_find (self->explanation, side, x, y);
  if (place < 0) {
    outline (self, side, -1, NULL);
    outline (self, other, -1, NULL);
    return;
  }
  const PrcPatch *patch = prc_explanation_patch (self->explanation, side, (guint)place);
  g_autofree char *words = words_of (patch);
  outline (self, side, place, words);
  outline (self, other, patch->heat > 0 ? patch->match : -1, NULL);
}

static void
pointed (PrcSliceView *view, PrcHeat *self) {
  if (self->explanation)
    point (self, view == self->views[PRC_EXPLANATION_QUERY] ? PRC_EXPLANATION_QUERY
                                                            : PRC_EXPLANATION_NEIGHBOUR);
}

/* ---- asking ---- */

static void
forget (PrcHeat *self) {
  if (self->asking)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  if (!self->explanation)
    return;
  g_clear_pointer (&self->explanation, prc_explanation_unref);
  for (guint i = 0; i < PRC_EXPLANATION_SIDES; i++) {
    prc_slice_view_set_heat (self->views[i], NULL);
    prc_slice_view_set_patch (self->views[i], NULL, NULL);
  }
}

static void
show (PrcHeat *self, PrcExplanation *explanation) {
  gboolean any = FALSE;

  self->explanation = explanation;
  for (guint i = 0; i < PRC_EXPLANATION_SIDES; i++) {
    const PrcFrameInfo *info = prc_frame_info (prc_slice_view_get_decoded (self->views[i]));
    g_autoptr (PrcLayer) layer =
        prc_heat_layer_new (explanation, (PrcExplanationSide)i, info->rows, info->columns);
    prc_slice_view_set_heat (self->views[i], layer);
    any |= layer != NULL;
  }
  if (!any && self->say)
    g_signal_emit_by_name (self->views[PRC_EXPLANATION_QUERY], "notice",
                           _ ("No part of the two slices is more alike than chance"));
  self->say = FALSE;
  for (guint i = 0; i < PRC_EXPLANATION_SIDES; i++) { // a hand that was there before
    double x, y;
    if (prc_slice_view_get_pointed (self->views[i], &x, &y))
      point (self, (PrcExplanationSide)i);
  }
}

// Nothing that was cancelled finds who asked: it may be gone.
static void
explained (GObject *engine, GAsyncResult *result, gpointer user_data) {
  g_autoptr (GError) error = NULL;
  PrcExplanation *explanation = prc_engine_explain_finish (PRC_ENGINE (engine), result, &error);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));

  if (g_cancellable_is_cancelled (cancellable)) {
    g_clear_pointer (&explanation, prc_explanation_unref);
    return;
  }
  PrcHeat *self = user_data;
  g_clear_object (&self->asking);
  if (explanation)
    show (self, explanation);
  else if (self->say && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit_by_name (self->views[PRC_EXPLANATION_QUERY], "notice", error->message);
}

static gboolean
shows (PrcSliceView *view, const char *sop_instance_uid, guint frame) {
  const PrcSlice *slice =
      prc_series_slice (prc_slice_view_get_series (view), prc_slice_view_get_index (view));

  return slice->frame == frame &&
         !g_strcmp0 (prc_instance_info (slice->instance)->sop_instance_uid, sop_instance_uid);
}

static void
crop_to_segments (PrcHeat *self, PrcCrop crops[PRC_EXPLANATION_SIDES]) {
  if (!self->found)
    return;
  const PrcHit *hit = &self->answer->hits[self->hit];
  if (!shows (self->views[PRC_EXPLANATION_QUERY], self->answer->sop_instance_uid,
              self->answer->frame) ||
      !shows (self->views[PRC_EXPLANATION_NEIGHBOUR], hit->sop_instance_uid, hit->frame))
    return;
  crops[PRC_EXPLANATION_QUERY].mask = self->answer->mask;
  crops[PRC_EXPLANATION_NEIGHBOUR].mask = self->found;
}

static void
ask (PrcHeat *self) {
  PrcCrop crops[PRC_EXPLANATION_SIDES] = {0};

  if (!self->shown || self->explanation || self->asking)
    return;
  for (guint i = 0; i < PRC_EXPLANATION_SIDES; i++) {
    if (!prc_slice_view_is_resting (self->views[i]))
      return;
    crops[i].frame = prc_slice_view_get_decoded (self->views[i]);
  }
  crop_to_segments (self, crops);
  self->asking = g_cancellable_new ();
  prc_engine_explain_async (self->engine, &crops[PRC_EXPLANATION_QUERY],
                            &crops[PRC_EXPLANATION_NEIGHBOUR], self->asking, explained, self);
}

static void
rested (PrcSliceView *view, PrcHeat *self) {
  ask (self);
}

static void
slice_changed (PrcSliceView *view, GParamSpec *pspec, PrcHeat *self) {
  forget (self);
}

// Owned, or NULL.
static PrcMask *
find_segment (const PrcHit *hit, PrcSegmentSet *segments) {
  const int index =
      prc_series_find (prc_segment_set_get_series (segments), hit->sop_instance_uid, hit->frame);

  for (guint i = 0; index >= 0 && i < g_list_model_get_n_items (G_LIST_MODEL (segments)); i++) {
    g_autoptr (PrcSegmentItem) item = g_list_model_get_item (G_LIST_MODEL (segments), i);
    const PrcSegmentation *file = prc_segment_item_get_segmentation (item);
    const PrcSegmentStack *stack = prc_segment_item_get_stack (item);
    if (!file || g_strcmp0 (prc_segmentation_info (file)->path, hit->segment->path) ||
        prc_segment_item_get_segment (item)->number != hit->segment->segment.number ||
        (guint)index >= prc_segment_stack_length (stack))
      continue;
    PrcMask *mask = prc_segment_stack_mask (stack, (guint)index);
    return mask ? prc_mask_ref (mask) : NULL;
  }
  return NULL;
}

void
prc_heat_compare_segments (PrcHeat *heat, PrcAnswer *answer, guint hit, PrcSegmentSet *segments) {
  g_autoptr (PrcMask) before = g_steal_pointer (&heat->found);

  g_clear_pointer (&heat->answer, prc_answer_unref);
  if (answer->mask && answer->hits[hit].segment && segments)
    heat->found = find_segment (&answer->hits[hit], segments);
  if (heat->found) {
    heat->answer = prc_answer_ref (answer);
    heat->hit = hit;
  }
  if (heat->found == before)
    return;
  forget (heat);
  ask (heat);
}

void
prc_heat_set_shown (PrcHeat *heat, gboolean shown) {
  if (heat->shown == shown)
    return;
  heat->shown = heat->say = shown;
  if (shown)
    ask (heat);
  else
    forget (heat);
}

PrcHeat *
prc_heat_new (PrcEngine *engine, PrcSliceView *query, PrcSliceView *neighbour) {
  PrcHeat *self = g_new0 (PrcHeat, 1);

  self->engine = g_object_ref (engine);
  self->views[PRC_EXPLANATION_QUERY] = query;
  self->views[PRC_EXPLANATION_NEIGHBOUR] = neighbour;
  for (guint i = 0; i < PRC_EXPLANATION_SIDES; i++) {
    gulong *handlers = self->handlers[i];
    handlers[0] = g_signal_connect (self->views[i], "rested", G_CALLBACK (rested), self);
    handlers[1] =
        g_signal_connect (self->views[i], "notify::index", G_CALLBACK (slice_changed), self);
    handlers[2] = g_signal_connect (self->views[i], "pointed", G_CALLBACK (pointed), self);
  }
  return self;
}

void
prc_heat_free (PrcHeat *heat) {
  forget (heat);
  for (guint i = 0; i < PRC_EXPLANATION_SIDES; i++)
    for (guint k = 0; k < G_N_ELEMENTS (heat->handlers[i]); k++)
      g_signal_handler_disconnect (heat->views[i], heat->handlers[i][k]);
  g_clear_pointer (&heat->answer, prc_answer_unref);
  g_clear_pointer (&heat->found, prc_mask_unref);
  g_object_unref (heat->engine);
  g_free (heat);
}
