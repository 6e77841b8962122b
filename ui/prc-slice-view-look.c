// SPDX-License-Identifier: Apache-2.0
// How a series is looked at as a whole: as the file says, or a presentation state.
#include "prc-slice-view-private.h"

void
prc_slice_view_file_window (PrcSliceView *self, guint choice) {
  PrcViewParams params = self->params;
  PrcSeriesWindow window;

  if (!self->reference_frame)
    return;
  prc_series_window_follow (&window, &params, prc_slice_view_nearest_frame (self), choice);
  prc_slice_view_take_params (self, &params, FALSE);
  self->window = window;
  prc_slice_view_measure_unasked (self);
}

void
prc_slice_view_next_file_window (PrcSliceView *self) {
  if (!self->reference_frame)
    return;
  guint n = prc_windowing_n_choices (prc_frame_info (prc_slice_view_nearest_frame (self)));
  bool again = !self->window.by_hand && self->window.choice + 1 < n;
  prc_slice_view_file_window (self, again ? self->window.choice + 1 : 0);
}

int
prc_slice_view_get_file_window (PrcSliceView *self) {
  return self->window.known && !self->window.by_hand ? (int)self->window.choice : -1;
}

// To the first image that the state names, unless one is in view: what was chosen shall be seen.
static void
go_to_named (PrcSliceView *self) {
  const PrcSlice *slice = prc_slice_view_slice (self);

  if (!slice || !self->presentation || prc_presentation_names (self->presentation, slice))
    return;
  for (guint i = 0; i < prc_series_length (self->series); i++)
    if (prc_presentation_names (self->presentation, prc_series_slice (self->series, i))) {
      prc_slice_view_set_index (self, i);
      return;
    }
}

void
prc_slice_view_choose_presentation (PrcSliceView *self, PrcPresentation *presentation,
                                    gboolean graphics_only) {
  bool was_whole = prc_slice_view_is_presented (self);
  g_autoptr (PrcPresentation) before = g_steal_pointer (&self->presentation);

  self->presentation = presentation ? prc_presentation_ref (presentation) : NULL;
  self->graphics_only = presentation && graphics_only;
  go_to_named (self);
  if (was_whole || prc_slice_view_is_presented (self))
    prc_slice_view_look_as_presented (self);
  prc_slice_view_reread (self);
  g_signal_emit_by_name (self, "window-changed");
}

PrcPresentation *
prc_slice_view_get_presentation (PrcSliceView *self, gboolean *graphics_only) {
  *graphics_only = self->graphics_only;
  return self->presentation;
}

void
prc_slice_view_set_presentations (PrcSliceView *self, GPtrArray *presentations) {
  g_clear_pointer (&self->presentations, g_ptr_array_unref);
  self->presentations = presentations ? g_ptr_array_ref (presentations) : NULL;
}

GPtrArray *
prc_slice_view_get_presentations (PrcSliceView *self) {
  GPtrArray *own = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_presentation_unref);

  for (guint i = 0; self->series && self->presentations && i < self->presentations->len; i++) {
    PrcPresentation *state = self->presentations->pdata[i];
    if (prc_presentation_names_series (state, self->series))
      g_ptr_array_add (own, prc_presentation_ref (state));
  }
  return own;
}

void
prc_slice_view_next_presentation (PrcSliceView *self) {
  g_autoptr (GPtrArray) own = prc_slice_view_get_presentations (self);
  guint next = 0;

  if (own->len == 0)
    return;
  if (self->presentation && g_ptr_array_find (own, self->presentation, &next))
    next++;
  prc_slice_view_choose_presentation (self, next < own->len ? own->pdata[next] : NULL,
                                      self->graphics_only);
}

static void
segments_changed (PrcSliceView *self) {
  prc_slice_view_forget_layer (self);
  prc_slice_view_repaint_picture (self);
}

void
prc_slice_view_set_segments (PrcSliceView *self, PrcSegmentSet *segments) {
  if (self->segments == segments)
    return;
  if (self->segments)
    g_signal_handlers_disconnect_by_func (self->segments, segments_changed, self);
  g_set_object (&self->segments, segments);
  if (segments)
    g_signal_connect_object (segments, "changed", G_CALLBACK (segments_changed), self,
                             G_CONNECT_SWAPPED);
  segments_changed (self);
}

PrcSegmentSet *
prc_slice_view_get_segments (PrcSliceView *self) {
  return self->segments;
}

void
prc_slice_view_reset (PrcSliceView *self) {
  if (prc_slice_view_is_presented (self)) {
    prc_slice_view_look_as_presented (self);
    prc_slice_view_reread (self);
    return;
  }
  prc_slice_view_lay (self, (PrcTurn){0});
  prc_slice_view_set_invert (self, FALSE);
  prc_slice_view_set_palette (self, prc_slice_view_first_palette (self->series));
  prc_slice_view_file_window (self, 0);
  prc_slice_view_fit (self);
}
