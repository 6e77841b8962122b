// SPDX-License-Identifier: Apache-2.0
// The presentation state that a series is looked at with.
#include "prc-slice-view-private.h"

bool
prc_slice_view_is_presented (PrcSliceView *self) {
  return self->presentation && !self->graphics_only;
}

static bool
shapes (PrcSliceView *self, const PrcSlice *slice) {
  return slice && prc_slice_view_is_presented (self) &&
         prc_presentation_names (self->presentation, slice);
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
      prc_slice_view_is_presented (self) ? prc_presentation_palette (self->presentation) : NULL;

  self->shaped = !shapes (self, prc_slice_view_slice (self)); // so that it is met anew
  prc_slice_view_meet_presentation (self);
  self->in_area = self->shaped;
  self->fitted = TRUE;
  self->params.palette = palette ? palette : prc_slice_view_first_palette (self->series);
  self->params.invert = false;
  self->window.known = self->window.by_hand = false;
}
