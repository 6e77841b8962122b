// SPDX-License-Identifier: Apache-2.0
#include "prc-annotate-legend.h"

#include <math.h>

#include "prc-annotate-text.h"
#include "prc-text-sprite.h"

// Logical pixels.
#define BAR_WIDTH    12.0
#define FROM_RIGHT   44.0 // room for the letter at the middle of the edge
#define GAP          6.0
#define TEXT_SIZE    12.0
#define LEAST_WIDTH  260.0
#define LEAST_HEIGHT 220.0
#define SHARE        0.4 // of the view's height

typedef struct {
  double left, top, width, height, scale;
} Bar;

static bool
has_legend (const PrcAnnotation *annotation) {
  const PrcPalette *palette = annotation->params->palette;
  const PrcFrameInfo *info = annotation->frame != NULL ? prc_frame_info (annotation->frame) : NULL;

  return palette != NULL && !palette->grey && info != NULL && info->type != PRC_SAMPLE_RGB8 &&
         info->colours == NULL && annotation->view_width >= LEAST_WIDTH * annotation->scale &&
         annotation->view_height >= LEAST_HEIGHT * annotation->scale;
}

static void
draw_colours (const PrcAnnotation *annotation, cairo_t *cr, const Bar *bar) {
  bool inverse = prc_frame_info (annotation->frame)->inverse != annotation->params->invert;
  int n = (int)bar->height;

  cairo_set_source_rgba (cr, 0, 0, 0, 0.75);
  cairo_rectangle (cr, bar->left - bar->scale, bar->top - bar->scale, bar->width + 2 * bar->scale,
                   bar->height + 2 * bar->scale);
  cairo_fill (cr);
  for (int i = 0; i < n; i++) { // from the top, where the high end is
    int level = (int)lrint (255.0 * (n - 1 - i) / fmax (n - 1, 1));
    uint32_t pixel = annotation->params->palette->pixels[inverse ? 255 - level : level];
    cairo_set_source_rgb (cr, (pixel >> 16 & 255) / 255.0, (pixel >> 8 & 255) / 255.0,
                          (pixel & 255) / 255.0);
    cairo_rectangle (cr, bar->left, bar->top + i, bar->width, 1);
    cairo_fill (cr);
  }
}

// Left of the bar, with its middle at `y`.
static void
draw_label (cairo_t *cr, const Bar *bar, const char *text, double y) {
  PrcTextStyle style = {.text = text,
                        .size = (int)fmax (1, round (TEXT_SIZE * bar->scale)),
                        .rim = (int)fmax (1, round (bar->scale)),
                        .colour = 0xedf0f2u};
  const PrcTextSprite *sprite = prc_text_sprite (&style);

  prc_text_sprite_show (sprite, cr, bar->left - GAP * bar->scale - sprite->width,
                        y - sprite->height / 2.0);
}

static void
draw_values (const PrcAnnotation *annotation, cairo_t *cr, const Bar *bar) {
  const PrcViewParams *params = annotation->params;
  g_autofree char *high = prc_annotate_number (params->centre + params->width / 2);
  g_autofree char *low = prc_annotate_number (params->centre - params->width / 2);
  const char *units = prc_frame_info (annotation->frame)->units;
  g_autofree char *high_with_units = g_strjoin (*units ? " " : "", high, units, NULL);

  if (params->voi != PRC_VOI_USE_WINDOW)
    return; // a table has no two ends
  draw_label (cr, bar, high_with_units, bar->top);
  draw_label (cr, bar, low, bar->top + bar->height);
}

void
prc_annotate_legend (const PrcAnnotation *annotation, cairo_t *cr) {
  double scale = annotation->scale > 0 ? annotation->scale : 1;
  Bar bar = {.left = round (annotation->view_width - FROM_RIGHT * scale),
             .width = round (BAR_WIDTH * scale),
             .height = round (annotation->view_height * SHARE),
             .scale = scale};

  bar.top = round ((annotation->view_height - bar.height) / 2);
  if (!has_legend (annotation))
    return;
  draw_colours (annotation, cr, &bar);
  draw_values (annotation, cr, &bar);
}
