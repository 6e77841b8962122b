// SPDX-License-Identifier: Apache-2.0
// What tells which places of the slice in view are like places of another.
#include "prc-slice-view-private.h"

gboolean
prc_slice_view_is_resting (PrcSliceView *self) {
  return self->decoded && !self->rest_due && !self->loading && !self->playing && !self->failure;
}

void
prc_slice_view_set_heat (PrcSliceView *self, PrcLayer *heat) {
  if (!heat && !self->heat)
    return;
  g_clear_pointer (&self->heat, prc_layer_unref);
  self->heat = heat ? prc_layer_ref (heat) : NULL;
  prc_slice_view_forget_layer (self);
  prc_slice_view_repaint_picture (self);
}

void
prc_slice_view_set_patch (PrcSliceView *self, const graphene_rect_t *image_rect,
                          const char *words) {
  const graphene_rect_t none = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  gboolean more_lines = (words != NULL) != (self->patch_words != NULL);

  if (graphene_rect_equal (&self->patch, image_rect ? image_rect : &none) &&
      !g_strcmp0 (self->patch_words, words))
    return;
  self->patch = image_rect ? *image_rect : none;
  g_free (self->patch_words);
  self->patch_words = g_strdup (words);
  if (more_lines)
    prc_slice_view_redraw_text (self);
  if (self->cross)
    prc_slice_view_update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
