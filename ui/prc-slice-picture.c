// SPDX-License-Identifier: Apache-2.0
#include "prc-slice-picture.h"

#include <math.h>

#define PLATE_PADDING 10.0 // logical pixels round a sentence

void
prc_slice_picture_clear (PrcSlicePicture *picture) {
  g_clear_object (&picture->texture);
  g_clear_pointer (&picture->surface, cairo_surface_destroy);
  g_clear_pointer (&picture->last_surface, cairo_surface_destroy);
  prc_slice_picture_forget_annotation (picture);
}

static cairo_surface_t *
surface_over (const PrcRaster *raster) {
  static const cairo_user_data_key_t key;
  unsigned char *pixels = (unsigned char *)g_bytes_get_data (raster->bytes, NULL);
  cairo_surface_t *surface = cairo_image_surface_create_for_data (
      pixels, CAIRO_FORMAT_RGB24, raster->width, raster->height, (int)raster->stride);

  cairo_surface_set_user_data (surface, &key, g_bytes_ref (raster->bytes),
                               (cairo_destroy_func_t)g_bytes_unref);
  return surface;
}

void
prc_slice_picture_set_raster (PrcSlicePicture *picture, const PrcRaster *raster) {
  g_clear_object (&picture->texture);
  // "Straight" alpha, which is all opaque anyway: GTK 4.8 sends premultiplied pixels through
  // floating point.
  picture->texture = gdk_memory_texture_new (raster->width, raster->height, GDK_MEMORY_B8G8R8A8,
                                             raster->bytes, raster->stride);
  // A surface that goes while a node still shows it is copied; by the next picture but one its node
  // is gone.
  g_clear_pointer (&picture->last_surface, cairo_surface_destroy);
  picture->last_surface = picture->surface;
  picture->surface = surface_over (raster);
}

void
prc_slice_picture_forget_annotation (PrcSlicePicture *picture) {
  g_clear_pointer (&picture->annotation, gsk_render_node_unref);
}

// The cairo renderer copies a texture twice before it draws it; a surface it draws as it is.
static void
snapshot_surface (PrcSlicePicture *picture, GtkSnapshot *snapshot, const graphene_rect_t *place,
                  int scale) {
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, place);

  cairo_translate (cr, place->origin.x, place->origin.y);
  cairo_scale (cr, 1.0 / scale, 1.0 / scale);
  cairo_set_source_surface (cr, picture->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_destroy (cr);
}

void
prc_slice_picture_snapshot_texture (PrcSlicePicture *picture, GtkWidget *widget,
                                    GtkSnapshot *snapshot) {
  int scale = gtk_widget_get_scale_factor (widget);
  int width = gtk_widget_get_width (widget) * scale,
      height = gtk_widget_get_height (widget) * scale;
  int picture_width = picture->texture ? gdk_texture_get_width (picture->texture) : 0;
  int picture_height = picture->texture ? gdk_texture_get_height (picture->texture) : 0;

  if (picture_width < width || picture_height < height)
    gtk_snapshot_append_color (
        snapshot, &(GdkRGBA){0, 0, 0, 1},
        &GRAPHENE_RECT_INIT (0, 0, (float)width / scale, (float)height / scale));
  if (!picture->texture)
    return;
  // While the view is being resized the picture has another size: its middle stays, on whole device
  // pixels.
  double x = floor ((width - picture_width) / 2.0) / scale;
  double y = floor ((height - picture_height) / 2.0) / scale;
  graphene_rect_t place =
      GRAPHENE_RECT_INIT (x, y, (float)picture_width / scale, (float)picture_height / scale);
  if (GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (gtk_widget_get_native (widget))))
    snapshot_surface (picture, snapshot, &place, scale);
  else
    gtk_snapshot_append_texture (snapshot, picture->texture, &place);
}

static GskRenderNode *
annotation_node (GtkWidget *widget, const PrcAnnotation *what) {
  GskRenderNode *node = gsk_cairo_node_new (
      &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget)));
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_scale (cr, 1 / what->scale, 1 / what->scale);
  prc_annotate_draw (what, cr);
  cairo_destroy (cr);
  return node;
}

void
prc_slice_picture_snapshot_annotation (PrcSlicePicture *picture, GtkWidget *widget,
                                       GtkSnapshot *snapshot, const PrcAnnotation *what) {
  if (!picture->annotation)
    picture->annotation = annotation_node (widget, what);
  gtk_snapshot_append_node (snapshot, picture->annotation);
}

void
prc_slice_picture_snapshot_sentence (GtkWidget *widget, GtkSnapshot *snapshot, const char *sentence,
                                     double low) {
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, sentence);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int text_width, text_height;
  GskRoundedRect plate;

  pango_layout_set_width (layout, (int)(MAX (width - 60, 40) * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  pango_layout_set_width (layout, text_width * PANGO_SCALE);

  double x = floor ((width - text_width) / 2), y = floor ((height - text_height) * low);
  gsk_rounded_rect_init_from_rect (&plate,
                                   &GRAPHENE_RECT_INIT (x - PLATE_PADDING, y - PLATE_PADDING / 2,
                                                        text_width + 2 * PLATE_PADDING,
                                                        text_height + PLATE_PADDING),
                                   6);
  gtk_snapshot_push_rounded_clip (snapshot, &plate);
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){0.12f, 0.12f, 0.13f, 0.85f}, &plate.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){0.9f, 0.9f, 0.9f, 1});
  gtk_snapshot_restore (snapshot);
}

void
prc_slice_picture_snapshot_ring (GtkWidget *widget, GtkSnapshot *snapshot, double view_x,
                                 double view_y, double view_radius) {
  static const GdkRGBA dark = {0, 0, 0, 0.8f}, light = {1, 0.85f, 0.2f, 1};
  float scale = (float)gtk_widget_get_scale_factor (widget), radius = (float)view_radius / scale;
  GskRoundedRect ring;

  radius = MAX (radius, 2);
  gsk_rounded_rect_init_from_rect (&ring,
                                   &GRAPHENE_RECT_INIT ((float)view_x / scale - radius,
                                                        (float)view_y / scale - radius, 2 * radius,
                                                        2 * radius),
                                   radius);
  gtk_snapshot_append_border (snapshot, &ring, (const float[4]){1, 1, 1, 1},
                              (const GdkRGBA[4]){light, light, light, light});
  gsk_rounded_rect_shrink (&ring, -1, -1, -1, -1);
  gtk_snapshot_append_border (snapshot, &ring, (const float[4]){1, 1, 1, 1},
                              (const GdkRGBA[4]){dark, dark, dark, dark});
}

void
prc_slice_picture_snapshot_frame (GtkWidget *widget, GtkSnapshot *snapshot,
                                  const graphene_rect_t *view_rect) {
  static const GdkRGBA dark = {0, 0, 0, 0.8f}, light = {1, 0.85f, 0.2f, 1};
  float scale = (float)gtk_widget_get_scale_factor (widget);
  GskRoundedRect rect;

  gsk_rounded_rect_init_from_rect (
      &rect,
      &GRAPHENE_RECT_INIT (view_rect->origin.x / scale, view_rect->origin.y / scale,
                           view_rect->size.width / scale, view_rect->size.height / scale),
      0);
  gtk_snapshot_append_border (snapshot, &rect, (const float[4]){1, 1, 1, 1},
                              (const GdkRGBA[4]){light, light, light, light});
  gsk_rounded_rect_shrink (&rect, 1, 1, 1, 1);
  gtk_snapshot_append_border (snapshot, &rect, (const float[4]){1, 1, 1, 1},
                              (const GdkRGBA[4]){dark, dark, dark, dark});
}
