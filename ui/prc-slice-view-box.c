// SPDX-License-Identifier: Apache-2.0
// A box that a hand drew on the slice in view.
#include "prc-slice-view-private.h"

#include <math.h>

#include "prc-box-shape.h"

#define HANDLE    7.0  // logical pixels
#define ROOM      36.0 // sides shorter than this have no handle in their middle
#define TEXT_SIZE 12
#define PADDING   3.0

// No colour of a reading room or of the first segments; light between dark it shows on anything.
static const GdkRGBA light = {0.30f, 0.85f, 1, 1}, dark = {0, 0, 0, 0.75f};

void
prc_slice_view_set_box (PrcSliceView *self, const PrcRegion *box, const char *words) {
  self->box = box ? *box : (PrcRegion){0};
  if (g_strcmp0 (self->box_words, words)) {
    g_free (self->box_words);
    self->box_words = g_strdup (words);
    prc_slice_view_update_accessible (self);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
snapshot_lines (GtkSnapshot *snapshot, const graphene_rect_t *rect, float pixel) {
  GskRoundedRect lines;

  gsk_rounded_rect_init_from_rect (&lines, rect, 0);
  gsk_rounded_rect_shrink (&lines, -2 * pixel, -2 * pixel, -2 * pixel, -2 * pixel);
  for (int i = 0; i < 3; i++) { // from without
    const GdkRGBA *colour = i == 1 ? &light : &dark;
    const float width = i == 1 ? 2 * pixel : pixel;
    gtk_snapshot_append_border (snapshot, &lines, (const float[4]){width, width, width, width},
                                (const GdkRGBA[4]){*colour, *colour, *colour, *colour});
    gsk_rounded_rect_shrink (&lines, width, width, width, width);
  }
}

static void
snapshot_handle (GtkSnapshot *snapshot, double x, double y, float pixel) {
  const float half = (float)floor (HANDLE / 2 / (double)pixel) * pixel;
  const graphene_rect_t rim = GRAPHENE_RECT_INIT ((float)x - half - pixel, (float)y - half - pixel,
                                                  2 * (half + pixel), 2 * (half + pixel));
  const graphene_rect_t inside =
      GRAPHENE_RECT_INIT ((float)x - half, (float)y - half, 2 * half, 2 * half);

  gtk_snapshot_append_color (snapshot, &dark, &rim);
  gtk_snapshot_append_color (snapshot, &light, &inside);
}

static void
snapshot_handles (GtkSnapshot *snapshot, const graphene_rect_t *rect, float pixel) {
  for (int across = 0; across <= 2; across++)
    for (int down = 0; down <= 2; down++) {
      if ((across == 1 && (down == 1 || (double)rect->size.width < ROOM)) ||
          (down == 1 && (double)rect->size.height < ROOM))
        continue;
      snapshot_handle (snapshot, (double)(rect->origin.x + rect->size.width * (float)across / 2),
                       (double)(rect->origin.y + rect->size.height * (float)down / 2), pixel);
    }
}

// Below the box; where there is no room, above it or within.
static void
snapshot_words (PrcSliceView *self, GtkSnapshot *snapshot, const graphene_rect_t *rect) {
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, self->box_words);
  g_autoptr (PangoFontDescription) font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (widget)));
  const double top = (double)rect->origin.y, bottom = top + (double)rect->size.height;
  int width, height;

  pango_font_description_set_absolute_size (font, TEXT_SIZE * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_get_pixel_size (layout, &width, &height);
  const double room = gtk_widget_get_height (widget) - height - PADDING;
  double y = bottom + HANDLE + PADDING;
  if (y > room)
    y = top - HANDLE - PADDING - height > 0 ? top - HANDLE - PADDING - height : room;
  const double x = CLAMP ((double)rect->origin.x, PADDING,
                          MAX (gtk_widget_get_width (widget) - width - PADDING, PADDING));
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){0, 0, 0, 0.7f},
                             &GRAPHENE_RECT_INIT ((float)(x - PADDING), (float)y,
                                                  (float)(width + 2 * PADDING), (float)height));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)x, (float)y));
  gtk_snapshot_append_layout (snapshot, layout, &light);
  gtk_snapshot_restore (snapshot);
}

void
prc_slice_view_snapshot_box (PrcSliceView *self, GtkSnapshot *snapshot) {
  const float pixel = 1.0f / (float)MAX (self->scale, 1);

  if (!self->frame || !(self->box.width > 0))
    return;
  const PrcRegion on_screen = prc_box_to_view (
      &self->box, &self->params, prc_frame_info (self->frame), self->view_width, self->view_height);
  const graphene_rect_t rect = GRAPHENE_RECT_INIT (
      (float)round (on_screen.x) * pixel, (float)round (on_screen.y) * pixel,
      (float)round (on_screen.width) * pixel, (float)round (on_screen.height) * pixel);
  snapshot_lines (snapshot, &rect, pixel);
  snapshot_handles (snapshot, &rect, pixel);
  if (self->box_words)
    snapshot_words (self, snapshot, &rect);
}
