// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view-private.h"

#define REST_MS      120       // still for this long counts as rest
#define QUICK_PIXELS (3 << 20) // of frame and view: rendered in some 5 ms
#define ITEM_PIXELS  2048      // as many as a segment over it takes time like
#define NOTE_MS      150       // a picture that takes longer gets a note

static bool
picture_is_of (PrcSliceView *self, const PrcSlice *slice) {
  return slice && self->picture.texture && self->picture_instance == slice->instance &&
         self->picture_number == slice->frame;
}

/* ---- resting and loading ---- */

static void
tell_rest (PrcSliceView *self) {
  if (!self->rest_due || self->playing || self->rest_timer || self->loading || self->failure ||
      !self->frame)
    return;
  self->rest_due = FALSE;
  g_signal_emit_by_name (self, "rested");
}

static gboolean
rest_elapsed (gpointer user_data) {
  PrcSliceView *self = user_data;

  self->rest_timer = 0;
  tell_rest (self);
  return G_SOURCE_REMOVE;
}

void
prc_slice_view_postpone_rest (PrcSliceView *self) {
  if (!self->rest_due)
    return;
  g_clear_handle_id (&self->rest_timer, g_source_remove);
  self->rest_timer = g_timeout_add (REST_MS, rest_elapsed, self);
}

static gboolean
note_due (gpointer user_data) {
  PrcSliceView *self = user_data;

  self->note_timer = 0;
  self->note = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
set_loading (PrcSliceView *self, gboolean loading) {
  if (!loading) {
    g_clear_handle_id (&self->note_timer, g_source_remove);
    self->note = FALSE;
  } else if (!self->note && !self->note_timer) {
    self->note_timer = g_timeout_add (NOTE_MS, note_due, self);
  }
  if (self->loading == loading)
    return;
  self->loading = loading;
  g_object_notify (G_OBJECT (self), "loading");
}

static void
came_to_show (PrcSliceView *self) {
  set_loading (self, FALSE);
  if (self->cross)
    prc_slice_view_update_accessible (self); // the values under it
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit_by_name (self, "shown");
  tell_rest (self);
}

/* ---- frames and pictures ---- */

static void
take_raster (PrcSliceView *self, PrcInstance *instance, guint number, const PrcRaster *raster) {
  prc_slice_picture_set_raster (&self->picture, raster);
  prc_instance_ref (instance);
  g_clear_pointer (&self->picture_instance, prc_instance_unref);
  self->picture_instance = instance;
  self->picture_number = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->loading && picture_is_of (self, prc_slice_view_slice (self)) && !self->failure)
    came_to_show (self);
}

// Of a frame on the way to the slice in view, too.
static PrcViewParams
params_for (PrcSliceView *self, const PrcFrame *frame) {
  PrcViewParams params = self->params;
  PrcSeriesWindow window = self->window;

  prc_series_window_meet (&window, &params, frame, prc_slice_view_is_pet (self));
  params.scale = self->scale;
  return params;
}

// Both may be NULL. Owned.
static PrcLayer *
one_over_another (const PrcLayer *lower, const PrcLayer *upper) {
  size_t n_lower, n_upper;

  if (!lower || !upper)
    return lower || upper ? prc_layer_ref (lower ? lower : upper) : NULL;
  const PrcLayerItem *first = prc_layer_items (lower, &n_lower);
  const PrcLayerItem *second = prc_layer_items (upper, &n_upper);
  g_autofree PrcLayerItem *items = g_new (PrcLayerItem, n_lower + n_upper);
  memcpy (items, first, n_lower * sizeof *items);
  memcpy (items + n_lower, second, n_upper * sizeof *items);
  return prc_layer_new (items, n_lower + n_upper);
}

// The set may know more or fewer slices of the series than the view.
static PrcLayer *
segments_of (PrcSliceView *self, PrcInstance *instance, guint number) {
  PrcSeries *series = self->segments ? prc_segment_set_get_series (self->segments) : NULL;
  int index;

  if (!series || g_strcmp0 (prc_series_key (series), prc_series_key (self->series)) != 0)
    return NULL;
  index = prc_series_find (series, prc_instance_info (instance)->sop_instance_uid, number);
  return index >= 0 ? prc_segment_set_layer (self->segments, (guint)index) : NULL;
}

void
prc_slice_view_forget_layer (PrcSliceView *self) {
  g_clear_pointer (&self->layer, prc_layer_unref);
  g_clear_pointer (&self->layer_instance, prc_instance_unref);
}

static PrcLayer *
ask_for_layer (PrcSliceView *self, PrcInstance *instance, guint number) {
  const PrcSlice *slice = prc_slice_view_slice (self);
  g_autoptr (PrcLayer) segments =
      self->params.overlays ? segments_of (self, instance, number) : NULL;
  bool in_view = slice && slice->instance == instance && slice->frame == number;

  return one_over_another (in_view ? self->heat : NULL, segments);
}

// Of a slice on the way, too; borrowed. One layer for all pictures of a slice: it is painted faster
// from the second on.
static const PrcLayer *
layer_for (PrcSliceView *self, PrcInstance *instance, guint number) {
  bool graphics = self->params.overlays;

  if (self->layer_instance != instance || self->layer_number != number ||
      self->layer_graphics != graphics) {
    prc_slice_view_forget_layer (self);
    self->layer = ask_for_layer (self, instance, number);
    self->layer_instance = prc_instance_ref (instance);
    self->layer_number = number;
    self->layer_graphics = graphics;
  }
  return self->layer;
}

static void
want_raster (PrcSliceView *self, PrcInstance *instance, guint number, PrcFrame *frame) {
  PrcViewParams params = params_for (self, frame);
  const PrcLayer *layer = layer_for (self, instance, number);

  prc_render_source_want_raster (self->source, instance, number, frame, &params, layer,
                                 self->view_width, self->view_height);
}

static void
render_now (PrcSliceView *self) {
  const PrcSlice *slice = prc_slice_view_slice (self);

  if (!slice || !self->frame)
    return;
  PrcViewParams params = params_for (self, self->frame);
  const PrcLayer *layer = layer_for (self, slice->instance, slice->frame);
  g_autoptr (PrcRaster) raster =
      prc_render (self->frame, &params, layer, self->view_width, self->view_height, NULL, NULL);
  prc_render_source_drop_rasters (self->source);
  if (raster)
    take_raster (self, slice->instance, slice->frame, raster);
}

static gboolean
render_in_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data) {
  PrcSliceView *self = PRC_SLICE_VIEW (widget);

  self->tick = 0;
  render_now (self);
  return G_SOURCE_REMOVE;
}

// Pixels to go through, more or less.
static guint64
work_for (PrcSliceView *self, const PrcSlice *slice) {
  const PrcFrameInfo *info = prc_frame_info (self->frame);
  const PrcLayer *layer = layer_for (self, slice->instance, slice->frame);
  size_t n_items = 0;

  if (layer)
    prc_layer_items (layer, &n_items);
  return (guint64)info->rows * info->columns +
         (guint64)self->view_width * (guint64)self->view_height + ITEM_PIXELS * (guint64)n_items;
}

// A picture that takes some milliseconds is rendered as part of the frame that shows it, once
// however much was scrolled or dragged since the last one: handed to another thread it would come a
// frame later, and the text before it. Large ones leave the main loop alone.
void
prc_slice_view_repaint_picture (PrcSliceView *self) {
  const PrcSlice *slice = prc_slice_view_slice (self);

  if (!slice || !self->frame || self->view_width < 1 || self->view_height < 1 ||
      !self->window.known)
    return;
  if (!self->picture.texture)
    render_now (self); // painting a window without its picture first would take longer
  else if (work_for (self, slice) > QUICK_PIXELS)
    want_raster (self, slice->instance, slice->frame, self->frame);
  else if (!self->tick)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), render_in_frame, NULL, NULL);
}

void
prc_slice_view_repaint (PrcSliceView *self) {
  prc_slice_view_redraw_text (self);
  prc_slice_view_repaint_picture (self);
}

void
prc_slice_view_refit (PrcSliceView *self) {
  if (self->reference_frame && self->view_width > 0 && self->view_height > 0 &&
      !prc_slice_view_place_as_presented (self))
    prc_view_params_fit (&self->params, prc_frame_info (self->reference_frame), self->view_width,
                         self->view_height);
}

static void
learn_from (PrcSliceView *self, PrcFrame *frame) {
  bool first = !self->reference_frame;

  g_clear_pointer (&self->reference_frame, prc_frame_unref);
  self->reference_frame = prc_frame_ref (frame);
  prc_slice_view_meet_presentation (self);
  if (self->fitted)
    prc_slice_view_refit (self);
  PrcViewParams before = self->params;
  prc_series_window_meet (&self->window, &self->params, frame, prc_slice_view_is_pet (self));
  if (first || !prc_view_params_equal (&before, &self->params))
    g_signal_emit_by_name (self, "window-changed");
}

static void
take_frame (PrcSliceView *self, PrcFrame *frame) {
  g_autoptr (PrcFrame) decoded = prc_frame_ref (frame); // may be ours

  g_clear_pointer (&self->failure, g_free);
  g_clear_pointer (&self->frame, prc_frame_unref);
  g_clear_pointer (&self->decoded, prc_frame_unref);
  self->decoded = g_steal_pointer (&decoded);
  self->frame = prc_slice_view_read_frame (self, prc_slice_view_slice (self), self->decoded);
  learn_from (self, self->frame);
  prc_slice_view_repaint (self);
}

void
prc_slice_view_reread (PrcSliceView *self) {
  prc_render_source_drop_rasters (self->source); // pictures of frames read otherwise
  if (self->decoded)
    take_frame (self, self->decoded);
  else
    prc_slice_view_redraw_text (self);
}

static void
take_failure (PrcSliceView *self, const GError *error) {
  g_free (self->failure);
  self->failure = g_strdup (error->message);
  prc_slice_view_update_accessible (self);
  prc_slice_view_redraw_text (self);
  came_to_show (self);
}

void
prc_slice_view_frame_ready (PrcInstance *instance, guint number, PrcFrame *frame,
                            const GError *error, gpointer user_data) {
  PrcSliceView *self = user_data;
  const PrcSlice *slice = prc_slice_view_slice (self);

  if (slice && slice->instance == instance && slice->frame == number) {
    if (frame)
      take_frame (self, frame);
    else
      take_failure (self, error);
  } else if (slice && frame && self->window.known && !self->frame &&
             self->view_width > 0) { // one on the way there
    const PrcSlice passed = {.instance = instance, .frame = number};
    g_autoptr (PrcFrame) read = prc_slice_view_read_frame (self, &passed, frame);
    want_raster (self, instance, number, read);
  }
}

void
prc_slice_view_raster_ready (PrcInstance *instance, guint number, PrcRaster *raster,
                             gpointer user_data) {
  if (prc_slice_view_slice (user_data))
    take_raster (user_data, instance, number, raster);
}

// The slice in view is another one than before.
void
prc_slice_view_load (PrcSliceView *self) {
  const PrcSlice *slice = prc_slice_view_slice (self);
  g_autoptr (PrcFrame) frame = NULL;

  g_clear_pointer (&self->frame, prc_frame_unref);
  g_clear_pointer (&self->decoded, prc_frame_unref);
  g_clear_pointer (&self->failure, g_free);
  if (self->heat)
    prc_slice_view_forget_layer (self);
  g_clear_pointer (&self->heat, prc_layer_unref);
  g_clear_pointer (&self->patch_words, g_free);
  self->patch = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  g_clear_pointer (&self->box_words, g_free);
  self->box = (PrcRegion){0};
  prc_slice_view_redraw_text (self);
  prc_slice_view_update_accessible (self);
  self->rest_due = slice != NULL;
  prc_slice_view_postpone_rest (self);
  set_loading (self, slice != NULL);
  if (!slice)
    return;
  frame = prc_render_source_want_frame (self->source, slice->instance, slice->frame);
  if (frame)
    take_frame (self, frame);
  prc_frame_store_prefetch (self->store, self, self->series, self->index, self->direction);
}
