// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-view-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-readout.h"

// Reckoned anew with every painting of the view, so it is never the word of another slice or zoom.

#define MARGIN    10.0 // logical pixels, as the corner texts keep
#define PADDING   3.0
#define TEXT_SIZE 13
#define CROSS_GAP 6.0 // left free round the pixel
#define CROSS_ARM 26.0

gboolean
prc_slice_view_get_pointed (PrcSliceView *self, double *image_x, double *image_y) {
  const PrcFrameInfo *info = self->frame ? prc_frame_info (self->frame) : NULL;

  if (!info || (!self->cross && !isfinite (self->pointer_x)))
    return FALSE;
  *image_x = self->cross_column + 0.5;
  *image_y = self->cross_row + 0.5;
  if (!self->cross)
    prc_view_params_to_image (&self->params, info, self->view_width, self->view_height,
                              self->pointer_x, self->pointer_y, image_x, image_y);
  return *image_x >= 0 && *image_y >= 0 && *image_x < info->columns && *image_y < info->rows;
}

// The pixel that is read; false when it is none of the image.
static bool
pixel_read (PrcSliceView *self, guint *column, guint *row) {
  double x, y;

  if ((!self->cross && self->level == PRC_ANNOTATE_NONE) ||
      !prc_slice_view_get_pointed (self, &x, &y))
    return false;
  *column = (guint)x;
  *row = (guint)y;
  return true;
}

char *
prc_slice_view_readout (PrcSliceView *self) {
  const PrcSlice *slice = prc_slice_view_slice (self);
  guint column, row;

  if (!slice || !pixel_read (self, &column, &row))
    return NULL;
  const PrcPlane *plane = prc_instance_plane (slice->instance, slice->frame);
  g_autofree char *place = prc_readout_place (plane, column, row);
  g_autofree char *value = prc_readout_value (self->frame, column, row);
  return g_strconcat (place, "\n", value, self->patch_words ? "\n" : NULL, self->patch_words, NULL);
}

static char *
description (PrcSliceView *self) {
  if (self->message || !self->series)
    return g_strdup (self->message ? self->message : "");
  g_autofree char *place =
      g_strdup_printf (_ ("Slice %u of %u"), self->index + 1, prc_series_length (self->series));
  g_autofree char *readout = self->cross ? prc_slice_view_readout (self) : NULL;
  if (self->box_words && !self->failure) {
    /* Translators: the slice, a box drawn on it such as "24 × 18 mm", and what is read there */
    g_autofree char *boxed = g_strdup_printf (_ ("%s. Box of %s"), place, self->box_words);
    return readout ? g_strdup_printf (_ ("%s. %s"), boxed, readout) : g_steal_pointer (&boxed);
  }
  if (self->failure || readout)
    return g_strdup_printf (_ ("%s. %s"), place, self->failure ? self->failure : readout);
  return g_steal_pointer (&place);
}

void
prc_slice_view_update_accessible (PrcSliceView *self) {
  g_autofree char *text = description (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static bool
hide_cross (PrcSliceView *self) {
  if (!self->cross)
    return false;
  self->cross = FALSE;
  prc_slice_view_update_accessible (self);
  return true;
}

void
prc_slice_view_point (PrcSliceView *self, double view_x, double view_y) {
  bool same = (isnan (view_x) && isnan (self->pointer_x)) ||
              (view_x == self->pointer_x && view_y == self->pointer_y);

  if (same)
    return; // a picture that changes under a still pointer makes events of it too
  self->pointer_x = view_x;
  self->pointer_y = view_y;
  if (isfinite (view_x))
    hide_cross (self);
  g_signal_emit_by_name (self, "pointed");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

// To the pixel whose middle is nearest to the view's, or by so many pixels of the image as it
// stands on the screen.
void
prc_slice_view_move_cross (PrcSliceView *self, int right, int down) {
  const PrcFrameInfo *info = self->frame ? prc_frame_info (self->frame) : NULL;
  double x = self->view_width / 2.0, y = self->view_height / 2.0;

  if (!info)
    return;
  if (self->cross) {
    prc_view_params_to_view (&self->params, info, self->view_width, self->view_height,
                             self->cross_column + 0.5, self->cross_row + 0.5, &x, &y);
    bool lying = self->params.quarter_turns % 2 == 1;
    double down_zoom = self->params.zoom * info->pixel_aspect;
    x += right * (lying ? down_zoom : self->params.zoom);
    y += down * (lying ? self->params.zoom : down_zoom);
  }
  prc_view_params_to_image (&self->params, info, self->view_width, self->view_height, x, y, &x, &y);
  self->cross = TRUE;
  self->cross_column = (guint)CLAMP (floor (x), 0, info->columns - 1);
  self->cross_row = (guint)CLAMP (floor (y), 0, info->rows - 1);
  g_signal_emit_by_name (self, "pointed");
  prc_slice_view_update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
prc_slice_view_get_cross (PrcSliceView *self, guint *column, guint *row) {
  *column = self->cross_column;
  *row = self->cross_row;
  return self->cross;
}

gboolean
prc_slice_view_hide_cross (PrcSliceView *self) {
  if (!hide_cross (self))
    return FALSE;
  g_signal_emit_by_name (self, "pointed");
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

/* ---- drawing ---- */

static void
snapshot_text (PrcSliceView *self, GtkSnapshot *snapshot, const char *text) {
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoFontDescription) font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (widget)));
  double room = gtk_widget_get_width (widget) - 2 * MARGIN;
  int width, height;

  pango_font_description_set_absolute_size (font, TEXT_SIZE * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int)(MAX (room, 1) * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (layout, &width, &height);
  double y = gtk_widget_get_height (widget) - MARGIN / 2 - height;
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){0, 0, 0, 0.7f},
                             &GRAPHENE_RECT_INIT ((float)(MARGIN - PADDING), (float)(y - PADDING),
                                                  (float)(width + 2 * PADDING),
                                                  (float)(height + 2 * PADDING)));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)MARGIN, (float)y));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){0.98f, 0.95f, 0.75f, 1});
  gtk_snapshot_restore (snapshot);
}

// One arm of the cross, from the gap outwards, light on a dark rim.
static void
snapshot_arm (GtkSnapshot *snapshot, double x, double y, int right, int down) {
  double near_end = CROSS_GAP, far_end = CROSS_GAP + CROSS_ARM;

  for (int rim = 1; rim >= 0; rim--) {
    double x1 = x + right * near_end, x2 = x + right * far_end;
    double y1 = y + down * near_end, y2 = y + down * far_end;
    double half = 0.5 + rim;
    gtk_snapshot_append_color (
        snapshot, rim ? &(GdkRGBA){0, 0, 0, 0.8f} : &(GdkRGBA){1, 0.88f, 0.4f, 1},
        &GRAPHENE_RECT_INIT ((float)(MIN (x1, x2) - half), (float)(MIN (y1, y2) - half),
                             (float)(fabs (x2 - x1) + 2 * half),
                             (float)(fabs (y2 - y1) + 2 * half)));
  }
}

static void
snapshot_cross (PrcSliceView *self, GtkSnapshot *snapshot) {
  double x, y;

  prc_view_params_to_view (&self->params, prc_frame_info (self->frame), self->view_width,
                           self->view_height, self->cross_column + 0.5, self->cross_row + 0.5, &x,
                           &y);
  x /= self->scale;
  y /= self->scale;
  snapshot_arm (snapshot, x, y, -1, 0);
  snapshot_arm (snapshot, x, y, 1, 0);
  snapshot_arm (snapshot, x, y, 0, -1);
  snapshot_arm (snapshot, x, y, 0, 1);
}

void
prc_slice_view_set_ring (PrcSliceView *self, double view_x, double view_y, double radius_mm) {
  self->ring_x = view_x;
  self->ring_y = view_y;
  self->ring_mm = radius_mm;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
snapshot_ring (PrcSliceView *self, GtkSnapshot *snapshot) {
  const PrcSlice *slice = prc_slice_view_slice (self);

  if (!slice || !self->frame || !(self->ring_mm > 0))
    return;
  double pixel = prc_instance_plane (slice->instance, slice->frame)->column_spacing_mm;
  prc_slice_picture_snapshot_ring (GTK_WIDGET (self), snapshot, self->ring_x, self->ring_y,
                                   self->ring_mm * self->params.zoom / (pixel > 0 ? pixel : 1));
}

static void
snapshot_patch (PrcSliceView *self, GtkSnapshot *snapshot) {
  const graphene_rect_t *patch = &self->patch;
  const PrcFrameInfo *info = self->frame ? prc_frame_info (self->frame) : NULL;
  double x1, y1, x2, y2;

  if (!info || !(patch->size.width > 0))
    return;
  prc_view_params_to_view (&self->params, info, self->view_width, self->view_height,
                           patch->origin.x, patch->origin.y, &x1, &y1);
  prc_view_params_to_view (&self->params, info, self->view_width, self->view_height,
                           patch->origin.x + patch->size.width,
                           patch->origin.y + patch->size.height, &x2, &y2);
  graphene_rect_t rect =
      GRAPHENE_RECT_INIT ((float)round (fmin (x1, x2)), (float)round (fmin (y1, y2)),
                          (float)round (fabs (x2 - x1)), (float)round (fabs (y2 - y1)));
  prc_slice_picture_snapshot_frame (GTK_WIDGET (self), snapshot, &rect);
}

void
prc_slice_view_snapshot_readout (PrcSliceView *self, GtkSnapshot *snapshot) {
  g_autofree char *text = prc_slice_view_readout (self);

  snapshot_ring (self, snapshot);
  snapshot_patch (self, snapshot);
  if (!text)
    return;
  if (self->cross)
    snapshot_cross (self, snapshot);
  snapshot_text (self, snapshot, text);
}
