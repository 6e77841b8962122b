// SPDX-License-Identifier: Apache-2.0
// The presentation state that a series is looked at with.
#include "prc-slice-view-private.h"

static bool
is_whole (PrcSliceView *self) {
  return self->presentation && !self->graphics_only;
}

static bool
shapes (PrcSliceView *self, const PrcSlice *slice) {
  return slice && is_whole (self) && prc_presentation_names (self->presentation, slice);
}

PrcFrame *
prc_slice_view_read_frame (PrcSliceView *self, const PrcSlice *slice, PrcFrame *frame) {
  if (shapes (self, slice))
    return prc_presentation_read (self->presentation, slice, frame);
  if (self->presentation && prc_presentation_names (self->presentation, slice))
    return prc_presentation_overlay (self->presentation, frame);
  return prc_frame_ref (frame);
}

// Millimetres of a device pixel as the monitor says; 0 when it does not.
static double
pixel_mm (PrcSliceView *self) {
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  GdkSurface *surface = native ? gtk_native_get_surface (native) : NULL;
  GdkMonitor *monitor =
      surface ? gdk_display_get_monitor_at_surface (gdk_surface_get_display (surface), surface)
              : NULL;
  GdkRectangle size = {0};

  if (!monitor)
    return 0;
  gdk_monitor_get_geometry (monitor, &size);
  return size.width > 0 ? gdk_monitor_get_width_mm (monitor) / (double)size.width /
                              gdk_monitor_get_scale_factor (monitor)
                        : 0;
}

bool
prc_slice_view_place_as_presented (PrcSliceView *self) {
  const PrcSlice *slice = prc_slice_view_slice (self);

  if (!self->in_area || !shapes (self, slice))
    return false;
  prc_presentation_place (self->presentation, slice, prc_frame_info (self->reference_frame),
                          self->view_width, self->view_height, pixel_mm (self), &self->params);
  return true;
}

// Images that the state does not name lie as they are in the file.
void
prc_slice_view_meet_presentation (PrcSliceView *self) {
  bool shaped = shapes (self, prc_slice_view_slice (self));

  if (shaped == self->shaped)
    return;
  self->shaped = shaped;
  prc_view_params_set_turn (&self->params,
                            shaped ? prc_presentation_turn (self->presentation) : (PrcTurn){0});
}

void
prc_slice_view_look_as_presented (PrcSliceView *self) {
  const PrcPalette *palette =
      is_whole (self) ? prc_presentation_palette (self->presentation) : NULL;

  self->shaped = !shapes (self, prc_slice_view_slice (self)); // so that it is met anew
  prc_slice_view_meet_presentation (self);
  self->in_area = self->shaped;
  self->fitted = TRUE;
  self->params.palette = palette ? palette : prc_slice_view_first_palette (self->series);
  self->params.invert = false;
  self->window.known = self->window.by_hand = false;
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
  bool was_whole = is_whole (self);
  g_autoptr (PrcPresentation) before = g_steal_pointer (&self->presentation);

  self->presentation = presentation ? prc_presentation_ref (presentation) : NULL;
  self->graphics_only = presentation && graphics_only;
  go_to_named (self);
  if (was_whole || is_whole (self))
    prc_slice_view_look_as_presented (self);
  prc_slice_view_reread (self);
  g_signal_emit (self, prc_slice_view_signals[PRC_SLICE_VIEW_WINDOW_CHANGED], 0);
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
