// SPDX-License-Identifier: Apache-2.0
#include "prc-text-sprite.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "prc-text.h"

#define N_KEPT   48
#define MAX_TEXT 16384 // bytes

typedef struct {
  char *text;
  PrcTextStyle style; // its text is ours
  PrcTextSprite sprite;
} Entry;

static void
entry_free (gpointer data) {
  Entry *entry = data;

  cairo_surface_destroy (entry->sprite.surface);
  g_free (entry->text);
  g_free (entry);
}

static void
queue_free (gpointer data) {
  g_queue_free_full (data, entry_free);
}

static GPrivate kept = G_PRIVATE_INIT (queue_free); // GQueue of Entry, latest first

static PangoLayout *
new_layout (cairo_t *cr, const PrcTextStyle *style) {
  PangoLayout *layout = pango_cairo_create_layout (cr);
  g_autoptr (PangoFontDescription) font = pango_font_description_new ();

  pango_font_description_set_family_static (font, "Sans");
  pango_font_description_set_weight (font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size (font, (double)style->size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  g_autofree char *safe = prc_text_safe (style->text, -1, MAX_TEXT, true);
  pango_layout_set_text (layout, safe, -1);
  pango_layout_set_auto_dir (layout, FALSE); // right-to-left names stay in their corner
  pango_layout_set_alignment (layout, style->right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  if (style->room > 0) {
    pango_layout_set_width (layout, style->room * PANGO_SCALE);
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  }
  return layout;
}

static void
draw (cairo_t *cr, PangoLayout *layout, const PrcTextStyle *style, double x, double y) {
  cairo_set_source_rgba (cr, 0, 0, 0, 0.75);
  for (int down = -1; down <= 1; down++)
    for (int across = -1; across <= 1; across++) {
      cairo_move_to (cr, x + across * style->rim, y + down * style->rim);
      pango_cairo_show_layout (cr, layout);
    }
  cairo_set_source_rgb (cr, (style->colour >> 16) / 255.0, (style->colour >> 8 & 255) / 255.0,
                        (style->colour & 255) / 255.0);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

static Entry *
new_entry (const PrcTextStyle *style) {
  g_autoptr (PangoLayout) layout = NULL;
  cairo_surface_t *nothing = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, 1);
  cairo_t *cr = cairo_create (nothing);
  Entry *entry = g_new (Entry, 1);
  int border = style->rim + 2; // letters may hang over a little
  PangoRectangle rect;

  *entry = (Entry){.text = g_strdup (style->text), .style = *style};
  entry->style.text = entry->text;
  layout = new_layout (cr, style);
  pango_layout_get_pixel_extents (layout, NULL, &rect);
  cairo_destroy (cr);
  cairo_surface_destroy (nothing);
  entry->sprite =
      (PrcTextSprite){rect.width, rect.height, border,
                      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, rect.width + 2 * border,
                                                  rect.height + 2 * border)};
  cr = cairo_create (entry->sprite.surface);
  pango_cairo_update_layout (cr, layout);
  draw (cr, layout, style, border - rect.x, border - rect.y);
  cairo_destroy (cr);
  return entry;
}

static bool
same_style (const PrcTextStyle *a, const PrcTextStyle *b) {
  return a->size == b->size && a->bold == b->bold && a->right == b->right && a->room == b->room &&
         a->rim == b->rim && a->colour == b->colour && strcmp (a->text, b->text) == 0;
}

const PrcTextSprite *
prc_text_sprite (const PrcTextStyle *style) {
  GQueue *queue = g_private_get (&kept);

  if (queue == NULL) {
    queue = g_queue_new ();
    g_private_set (&kept, queue);
  }
  for (GList *link = queue->head; link != NULL; link = link->next) {
    Entry *entry = link->data;

    if (same_style (&entry->style, style)) {
      g_queue_unlink (queue, link);
      g_queue_push_head_link (queue, link);
      return &entry->sprite;
    }
  }
  if (queue->length >= N_KEPT)
    entry_free (g_queue_pop_tail (queue));
  g_queue_push_head (queue, new_entry (style));
  return &((Entry *)queue->head->data)->sprite;
}

void
prc_text_sprite_show (const PrcTextSprite *sprite, cairo_t *cr, double x, double y) {
  cairo_set_source_surface (cr, sprite->surface, round (x) - sprite->rim, round (y) - sprite->rim);
  cairo_paint (cr);
}
