// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view-private.h"

#include <glib/gi18n-lib.h>

#include "prc-settings.h"

const PrcViewParams *
prc_slice_view_params (PrcSliceView *self) {
  return &self->params;
}

void
prc_slice_view_get_size (PrcSliceView *self, int *view_width, int *view_height) {
  *view_width = self->view_width;
  *view_height = self->view_height;
}

gboolean
prc_slice_view_stop_measuring (PrcSliceView *self) {
  gboolean was = self->measuring && !self->measure_unasked;

  g_clear_pointer (&self->measuring, prc_series_values_free);
  g_clear_handle_id (&self->measure_timer, g_source_remove);
  if (self->measure_note)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  self->measure_note = self->measure_unasked = FALSE;
  return was;
}

static bool
same_window (const PrcViewParams *a, const PrcViewParams *b) {
  return a->voi == b->voi && a->centre == b->centre && a->width == b->width &&
         a->function == b->function;
}

void
prc_slice_view_take_params (PrcSliceView *self, const PrcViewParams *params, gboolean moved) {
  PrcViewParams before = self->params;

  if (prc_view_params_equal (&before, params))
    return;
  self->params = *params;
  if (moved)
    self->fitted = FALSE;
  if (!same_window (&before, params)) {
    self->window.by_hand = true;
    prc_slice_view_stop_measuring (self); // what would come later was not meant
  }
  prc_slice_view_postpone_rest (self);
  prc_slice_view_repaint (self);
  if (!same_window (&before, params) || before.invert != params->invert ||
      before.palette != params->palette)
    g_signal_emit_by_name (self, "window-changed");
}

void
prc_slice_view_set_window (PrcSliceView *self, double centre, double width) {
  PrcViewParams params = self->params;

  params.voi = PRC_VOI_USE_WINDOW;
  params.centre = centre;
  params.width = width;
  if (self->reference_frame)
    params.function = prc_frame_info (self->reference_frame)->voi_function;
  self->window.known = self->window.by_hand = true; // also where it happens to be the slice's own
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_window (PrcSliceView *self, double *centre, double *width) {
  if (!self->reference_frame || !self->window.known || self->params.voi != PRC_VOI_USE_WINDOW)
    return FALSE;
  *centre = self->params.centre;
  *width = self->params.width;
  return TRUE;
}

gboolean
prc_slice_view_window_is_by_hand (PrcSliceView *self) {
  return self->window.by_hand;
}

gboolean
prc_slice_view_apply_preset (PrcSliceView *self, const PrcPreset *preset) {
  if (!self->reference_frame)
    return FALSE;
  if (g_strcmp0 (prc_frame_info (self->reference_frame)->units, "HU")) {
    g_signal_emit_by_name (self, "notice",
                           _ ("Window presets are for CT: this image is not in Hounsfield units"));
    return FALSE;
  }
  prc_slice_view_set_window (self, preset->centre, preset->width);
  return TRUE;
}

void
prc_slice_view_set_invert (PrcSliceView *self, gboolean invert) {
  PrcViewParams params = self->params;

  params.invert = invert;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_invert (PrcSliceView *self) {
  return self->params.invert;
}

void
prc_slice_view_set_palette (PrcSliceView *self, const PrcPalette *palette) {
  PrcViewParams params = self->params;

  params.palette = palette == prc_palette_find ("grey") ? NULL : palette;
  prc_slice_view_take_params (self, &params, FALSE);
}

const PrcPalette *
prc_slice_view_get_palette (PrcSliceView *self) {
  return self->params.palette ? self->params.palette : prc_palette_find ("grey");
}

void
prc_slice_view_set_graphics (PrcSliceView *self, gboolean graphics) {
  PrcViewParams params = self->params;

  params.overlays = graphics;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_graphics (PrcSliceView *self) {
  return self->params.overlays;
}

typedef struct {
  PrcSeriesWindow window;
  PrcViewParams params; // but zoom and place
  PrcPresentation *presentation;
  gboolean graphics_only;
} Look;

void
prc_slice_view_look_free (gpointer data) {
  Look *look = data;

  g_clear_pointer (&look->presentation, prc_presentation_unref);
  g_free (look);
}

void
prc_slice_view_keep_look (PrcSliceView *self) {
  Look *look;

  if (!self->series || !self->window.known)
    return;
  look = g_new0 (Look, 1);
  *look = (Look){self->window, self->params, NULL, self->graphics_only};
  if (self->presentation)
    look->presentation = prc_presentation_ref (self->presentation);
  g_hash_table_replace (self->looks, g_strdup (prc_series_key (self->series)), look);
}

void
prc_slice_view_recall_look (PrcSliceView *self) {
  const Look *kept =
      self->series ? g_hash_table_lookup (self->looks, prc_series_key (self->series)) : NULL;
  Look look = kept ? *kept : (Look){.params = {.voi = PRC_VOI_USE_WINDOW, .width = 1}};
  PrcViewParams *params = &self->params;

  if (!kept)
    look.params.palette = prc_slice_view_first_palette (self->series);
  self->window = look.window;
  params->voi = look.params.voi;
  params->centre = look.params.centre;
  params->width = look.params.width;
  params->function = look.params.function;
  params->invert = look.params.invert;
  params->palette = look.params.palette;
  prc_view_params_set_turn (params, prc_view_params_turn (&look.params));
  if (look.presentation) { // of a look that is kept
    self->presentation = prc_presentation_ref (look.presentation);
    self->graphics_only = look.graphics_only;
    self->in_area = self->shaped = !look.graphics_only;
  }
  if (!self->series)
    g_hash_table_remove_all (self->looks);
}

void
prc_slice_view_set_smooth (PrcSliceView *self, gboolean smooth) {
  PrcViewParams params = self->params;

  params.smooth = smooth;
  prc_slice_view_take_params (self, &params, FALSE);
}

gboolean
prc_slice_view_get_smooth (PrcSliceView *self) {
  return self->params.smooth;
}

void
prc_slice_view_fit (PrcSliceView *self) {
  self->fitted = TRUE;
  self->in_area = FALSE;
  prc_slice_view_refit (self);
  prc_slice_view_repaint (self);
}

void
prc_slice_view_actual_pixels (PrcSliceView *self) {
  PrcViewParams params = self->params;

  if (!self->reference_frame)
    return;
  params.zoom = 1; // at which the renderer takes each pixel as it is, smooth or not
  prc_slice_view_take_params (self, &params, TRUE);
  self->fitted = FALSE; // also when it happened to fit
}

void
prc_slice_view_lay (PrcSliceView *self, PrcTurn turn) {
  PrcViewParams params = self->params;

  prc_view_params_set_turn (&params, turn);
  prc_slice_view_take_params (self, &params, FALSE);
  if (self->fitted)
    prc_slice_view_refit (self);
}

void
prc_slice_view_rotate (PrcSliceView *self, int quarters) {
  prc_slice_view_lay (self, prc_turn_screen (prc_view_params_turn (&self->params), quarters));
}

void
prc_slice_view_flip (PrcSliceView *self) {
  prc_slice_view_lay (self, prc_turn_mirror (prc_view_params_turn (&self->params)));
}
