// SPDX-License-Identifier: Apache-2.0
#include "prc-annotate.h"

#include "prc-annotate-legend.h"
#include "prc-annotate-text.h"
#include "prc-orientation.h"
#include "prc-text-sprite.h"

#include <math.h>

// Logical pixels.
#define TEXT_SIZE     13.0
#define LETTER_SIZE   15.0
#define MARGIN        10.0
#define BAR_WIDTH     0.2 // of the view
#define LEAST_FOR_BAR 220.0

typedef struct {
  const PrcAnnotation *annotation;
  cairo_t *cr;
  double width, height, scale;
  double line_height, margin;
  double bar_left; // where the scale bar's room begins; the middle of the view without one
} Stage;

#define TEXT_COLOUR    0xedf0f2u
#define LETTER_COLOUR  0xffe08cu
#define WARNING_COLOUR 0xffb540u

static PrcTextStyle
style_of (const Stage *stage, const char *text, double size, unsigned colour) {
  return (PrcTextStyle){.text = text,
                        .size = (int)fmax (1, round (size * stage->scale)),
                        .rim = (int)fmax (1, round (stage->scale)),
                        .colour = colour};
}

// A block of lines in a corner, each cut to `room`; returns its height.
static double
show_block (const Stage *stage, PrcCorner corner, const char *text, double room,
            double above_bottom, unsigned colour) {
  bool right = corner == PRC_CORNER_TOP_RIGHT || corner == PRC_CORNER_BOTTOM_RIGHT;
  bool bottom = corner == PRC_CORNER_BOTTOM_LEFT || corner == PRC_CORNER_BOTTOM_RIGHT;
  PrcTextStyle style = style_of (stage, text, TEXT_SIZE, colour);
  const PrcTextSprite *sprite;

  if (*text == '\0' || room < 1)
    return 0;
  style.room = (int)room;
  style.right = right;
  sprite = prc_text_sprite (&style);
  prc_text_sprite_show (
      sprite, stage->cr, right ? stage->width - stage->margin - sprite->width : stage->margin,
      bottom ? stage->height - stage->margin - above_bottom - sprite->height : stage->margin);
  return sprite->height;
}

// How many lines a corner takes, and which are too unimportant for a view of this width.
static int
room_for_lines (const Stage *stage, double taken) {
  double free_height = stage->height / 2 - stage->margin - LETTER_SIZE * stage->scale - taken;

  return (int)fmax (0, floor (free_height / stage->line_height));
}

static int
least_priority (const Stage *stage) {
  double logical = stage->width / stage->scale;

  return logical >= 640 ? 9 : logical >= 520 ? 3 : logical >= 420 ? 2 : logical >= 300 ? 1 : 0;
}

// Takes out the least important lines until the rest fits; of equals, the lower one goes.
static void
drop_lines (GPtrArray *lines, int room, int least) {
  while (lines->len > 0) {
    guint worst = 0;

    for (guint i = 0; i < lines->len; i++) {
      const PrcCornerLine *line = lines->pdata[i], *other = lines->pdata[worst];

      if (line->priority >= other->priority)
        worst = i;
    }
    if ((int)lines->len <= room && ((PrcCornerLine *)lines->pdata[worst])->priority <= least)
      return;
    g_ptr_array_remove_index (lines, worst);
  }
}

static double
draw_corner (const Stage *stage, PrcCorner corner, double below) {
  g_autoptr (GPtrArray) lines = prc_annotate_corner (stage->annotation, corner);
  g_autoptr (GString) text = g_string_new (NULL);
  bool bottom = corner == PRC_CORNER_BOTTOM_LEFT || corner == PRC_CORNER_BOTTOM_RIGHT;
  double middle = bottom ? stage->bar_left : stage->width / 2 - LETTER_SIZE * 2 * stage->scale;

  drop_lines (lines, room_for_lines (stage, below), least_priority (stage));
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            ((PrcCornerLine *)lines->pdata[i])->text);
  return show_block (stage, corner, text->str, middle - stage->margin * 2, below, TEXT_COLOUR);
}

// Above the bottom left corner: never left out, at most cut short.
static void
draw_warnings (const Stage *stage, double above_bottom) {
  g_autoptr (GPtrArray) warnings = prc_annotate_warnings (stage->annotation);
  g_autofree char *text = NULL;

  g_ptr_array_add (warnings, NULL);
  text = g_strjoinv ("\n", (char **)warnings->pdata);
  show_block (stage, PRC_CORNER_BOTTOM_LEFT, text, stage->width - 2 * stage->margin, above_bottom,
              WARNING_COLOUR);
}

// x and y from -1 to 1: which edge.
static void
draw_letters (const Stage *stage, const char *letters, int x, int y) {
  PrcTextStyle style = style_of (stage, letters, LETTER_SIZE, LETTER_COLOUR);
  double margin = stage->margin * 0.8;
  const PrcTextSprite *sprite;

  if (*letters == '\0')
    return;
  style.bold = true;
  sprite = prc_text_sprite (&style);
  prc_text_sprite_show (sprite, stage->cr,
                        (stage->width - sprite->width) / 2 * (1 + x) - x * margin,
                        (stage->height - sprite->height) / 2 * (1 + y) - y * margin);
}

static void
draw_orientation (const Stage *stage) {
  const PrcSlice *slice = prc_series_slice (stage->annotation->series, stage->annotation->index);
  PrcEdgeLetters edges;

  if (!prc_orientation_edges (prc_instance_plane (slice->instance, slice->frame),
                              prc_instance_info (slice->instance)->patient_orientation, &edges))
    return;
  prc_orientation_turn (&edges, prc_view_params_turn (stage->annotation->params));
  draw_letters (stage, edges.left, -1, 0);
  draw_letters (stage, edges.right, 1, 0);
  draw_letters (stage, edges.top, 0, -1);
  draw_letters (stage, edges.bottom, 0, 1);
}

static void
trace_bar (const Stage *stage, double left, double length, double y) {
  double tick = round (5 * stage->scale);
  int n_parts = 5;

  cairo_move_to (stage->cr, left, y);
  cairo_line_to (stage->cr, left + length, y);
  for (int i = 0; i <= n_parts; i++) {
    double x = left + length * i / n_parts;

    cairo_move_to (stage->cr, x, y);
    cairo_line_to (stage->cr, x, y - (i % n_parts == 0 ? tick : tick / 2));
  }
}

static void
stroke_bar (const Stage *stage, double left, double length, double y) {
  cairo_set_line_cap (stage->cr, CAIRO_LINE_CAP_SQUARE);
  trace_bar (stage, left, length, y);
  cairo_set_source_rgba (stage->cr, 0, 0, 0, 0.75);
  cairo_set_line_width (stage->cr, 3.5 * stage->scale);
  cairo_stroke (stage->cr);
  trace_bar (stage, left, length, y);
  cairo_set_source_rgb (stage->cr, 0.93, 0.94, 0.95);
  cairo_set_line_width (stage->cr, 1.5 * stage->scale);
  cairo_stroke (stage->cr);
}

// Millimetres of the patient (or the detector) in a device pixel across, 0 when unknown.
static double
mm_per_pixel (const PrcAnnotation *annotation) {
  const PrcSlice *slice = prc_series_slice (annotation->series, annotation->index);
  const PrcPlane *plane = prc_instance_plane (slice->instance, slice->frame);
  const PrcFrameInfo *info = annotation->frame != NULL ? prc_frame_info (annotation->frame) : NULL;
  double zoom = annotation->params->zoom, column = info != NULL ? info->column_spacing_mm : 0;
  double row = info != NULL ? info->row_spacing_mm : 0;

  if (!(column > 0) && plane != NULL) {
    column = plane->column_spacing_mm;
    row = plane->row_spacing_mm;
  }
  if (!(column > 0) || !(zoom > 0))
    return 0;
  if (annotation->params->quarter_turns % 2 == 0)
    return column / zoom;
  // Rows run across the view.
  return row > 0 ? row / (zoom * (info != NULL ? info->pixel_aspect : row / column)) : 0;
}

static void
draw_bar (Stage *stage) {
  const PrcSlice *slice = prc_series_slice (stage->annotation->series, stage->annotation->index);
  double mm = mm_per_pixel (stage->annotation);
  double length_mm = prc_annotate_scale_length (mm * stage->width * BAR_WIDTH);
  double length = length_mm / mm, y;
  g_autofree char *label = NULL;
  const PrcTextSprite *sprite;
  PrcTextStyle style;

  if (!(mm > 0) || !(length_mm > 0) || stage->width < LEAST_FOR_BAR * stage->scale)
    return;
  label = prc_annotate_scale_label (length_mm, prc_instance_info (slice->instance)->spacing_source);
  style = style_of (stage, label, TEXT_SIZE - 1, TEXT_COLOUR);
  sprite = prc_text_sprite (&style);
  y = round (stage->height - stage->margin - LETTER_SIZE * 1.5 * stage->scale) + 0.5;
  stroke_bar (stage, round ((stage->width - length) / 2) + 0.5, round (length), y);
  prc_text_sprite_show (sprite, stage->cr, (stage->width - sprite->width) / 2,
                        y - sprite->height - 6 * stage->scale);
  stage->bar_left = (stage->width - fmax (length, sprite->width)) / 2;
}

static double
line_height (const Stage *stage) {
  PrcTextStyle style = style_of (stage, "Ag", TEXT_SIZE, TEXT_COLOUR);

  return fmax (prc_text_sprite (&style)->height, 1);
}

static void
draw_presentation (const PrcAnnotation *annotation, cairo_t *cr) {
  const PrcSlice *slice = prc_series_slice (annotation->series, annotation->index);

  if (annotation->presentation != NULL && annotation->frame != NULL &&
      annotation->params->overlays && prc_presentation_names (annotation->presentation, slice))
    prc_presentation_draw (annotation->presentation, slice, prc_frame_info (annotation->frame),
                           annotation->params, annotation->view_width, annotation->view_height,
                           annotation->scale, cr);
}

void
prc_annotate_draw (const PrcAnnotation *annotation, cairo_t *cr) {
  Stage stage = {.annotation = annotation,
                 .cr = cr,
                 .width = annotation->view_width,
                 .height = annotation->view_height,
                 .bar_left = annotation->view_width / 2.0,
                 .scale = annotation->scale > 0 ? annotation->scale : 1};
  double below, corner_height;

  if (annotation->series == NULL || annotation->index >= prc_series_length (annotation->series))
    return;
  draw_presentation (annotation, cr);
  cairo_save (cr);
  stage.margin = MARGIN * stage.scale;
  stage.line_height = line_height (&stage);
  if (annotation->level != PRC_ANNOTATE_NONE) {
    draw_bar (&stage);
    draw_orientation (&stage);
    prc_annotate_legend (annotation, cr);
    draw_corner (&stage, PRC_CORNER_TOP_LEFT, 0);
    draw_corner (&stage, PRC_CORNER_TOP_RIGHT, 0);
    draw_corner (&stage, PRC_CORNER_BOTTOM_RIGHT, 0);
  }
  below = annotation->level != PRC_ANNOTATE_NONE ? annotation->lines_below * stage.line_height : 0;
  corner_height = draw_corner (&stage, PRC_CORNER_BOTTOM_LEFT, below);
  draw_warnings (&stage, below + corner_height);
  cairo_restore (cr);
}
