// SPDX-License-Identifier: Apache-2.0
#include "prc-presentation-private.h"

#include <math.h>

#include "prc-cielab.h"
#include "prc-text-sprite.h"

#define MARK_COLOUR 0xffe45cu
#define LINE_WIDTH  1.5 // logical pixels
#define RIM_WIDTH   2.0 // more than the line
#define MOST_WIDTH  12.0
#define CROSS       6.0
#define TEXT_SIZE   13.0
#define TEXT_GAP    8.0  // from an anchor without a box
#define FILL_ALPHA  0.35 // what is filled still shows what is below
#define FARTHEST    1e5  // device pixels: cairo counts in 24 bits

typedef struct {
  double x, y;
} Point;

typedef struct {
  cairo_t *cr;
  const PrcFrameInfo *info;
  const PrcViewParams *params;
  int view_width, view_height;
  double scale;
  double left, top, width, height; // of the displayed area on the screen
} Canvas;

// A point of the image (PIXEL), or of the displayed area as it lies on the screen, both ways from 0
// to 1 (DISPLAY), in the view (PS3.3 C.10.5.1).
static Point
place (const Canvas *canvas, double column, double row, bool display) {
  Point p;

  if (display) {
    p.x = canvas->left + column * canvas->width;
    p.y = canvas->top + row * canvas->height;
  } else {
    prc_view_params_to_view (canvas->params, canvas->info, canvas->view_width, canvas->view_height,
                             column, row, &p.x, &p.y);
  }
  p.x = CLAMP (p.x, -FARTHEST, FARTHEST);
  p.y = CLAMP (p.y, -FARTHEST, FARTHEST);
  return p;
}

static double
distance (Point a, Point b) {
  return hypot (a.x - b.x, a.y - b.y);
}

static void
set_colour (cairo_t *cr, uint32_t rgb, double alpha) {
  cairo_set_source_rgba (cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0, alpha);
}

// The current path, light on dark, so that it is read on black and on white. Drops the path.
static void
stroke (const Canvas *canvas, uint32_t colour, double width) {
  cairo_t *cr = canvas->cr;

  cairo_set_line_width (cr, (width + RIM_WIDTH) * canvas->scale);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.75);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, width * canvas->scale);
  set_colour (cr, colour, 1);
  cairo_stroke (cr);
}

/* ---- shapes ---- */

static void
trace_point (const Canvas *canvas, Point p) {
  double arm = CROSS * canvas->scale;

  cairo_move_to (canvas->cr, p.x - arm, p.y);
  cairo_line_to (canvas->cr, p.x + arm, p.y);
  cairo_move_to (canvas->cr, p.x, p.y - arm);
  cairo_line_to (canvas->cr, p.x, p.y + arm);
}

// Points nearer to each other than can be seen are one.
static void
trace_lines (const Canvas *canvas, const Point *points, size_t n) {
  Point last = points[0];

  cairo_move_to (canvas->cr, last.x, last.y);
  for (size_t i = 1; i < n; i++) {
    if (i + 1 < n && distance (points[i], last) < 0.25)
      continue;
    last = points[i];
    cairo_line_to (canvas->cr, last.x, last.y);
  }
}

// A smooth curve through all points (Catmull-Rom, as Bézier curves).
static void
trace_curve (const Canvas *canvas, const Point *points, size_t n) {
  bool closed = n > 3 && distance (points[0], points[n - 1]) < 1e-6;

  cairo_move_to (canvas->cr, points[0].x, points[0].y);
  for (size_t i = 0; i + 1 < n; i++) {
    Point from = points[i], to = points[i + 1];
    Point before = i > 0 ? points[i - 1] : closed ? points[n - 2] : from;
    Point after = i + 2 < n ? points[i + 2] : closed ? points[1] : to;

    cairo_curve_to (canvas->cr, from.x + (to.x - before.x) / 6, from.y + (to.y - before.y) / 6,
                    to.x - (after.x - from.x) / 6, to.y - (after.y - from.y) / 6, to.x, to.y);
  }
}

static void
trace_circle (const Canvas *canvas, const Point *points) {
  cairo_new_sub_path (canvas->cr);
  cairo_arc (canvas->cr, points[0].x, points[0].y, distance (points[0], points[1]), 0, 2 * G_PI);
}

// By the ends of its axes, which are at right angles in the image and may not be in the view.
static void
trace_ellipse (const Canvas *canvas, const Point *points) {
  cairo_matrix_t matrix = {(points[1].x - points[0].x) / 2, (points[1].y - points[0].y) / 2,
                           (points[3].x - points[2].x) / 2, (points[3].y - points[2].y) / 2,
                           (points[0].x + points[1].x) / 2, (points[0].y + points[1].y) / 2};
  double area = fabs (matrix.xx * matrix.yy - matrix.xy * matrix.yx);

  if (!(area > 1e-3)) { // flat: a line
    trace_lines (canvas, points, 2);
    return;
  }
  cairo_save (canvas->cr);
  cairo_transform (canvas->cr, &matrix);
  cairo_new_sub_path (canvas->cr);
  cairo_arc (canvas->cr, 0, 0, 1, 0, 2 * G_PI);
  cairo_restore (canvas->cr);
}

// The least number of points of each kind was checked by the codec; it is checked here once more.
static bool
trace (const Canvas *canvas, const char *type, const Point *points, size_t n) {
  cairo_new_path (canvas->cr);
  if (n >= 1 && g_strcmp0 (type, "POINT") == 0)
    trace_point (canvas, points[0]);
  else if (n >= 2 && g_strcmp0 (type, "POLYLINE") == 0)
    trace_lines (canvas, points, n);
  else if (n >= 2 && g_strcmp0 (type, "INTERPOLATED") == 0)
    trace_curve (canvas, points, n);
  else if (n >= 2 && g_strcmp0 (type, "CIRCLE") == 0)
    trace_circle (canvas, points);
  else if (n >= 4 && g_strcmp0 (type, "ELLIPSE") == 0)
    trace_ellipse (canvas, points);
  else
    return false;
  return true;
}

static uint32_t
colour_of (GVariant *lab, uint32_t otherwise) {
  gsize n;
  const uint16_t *values = g_variant_get_fixed_array (lab, &n, sizeof *values);

  return n == 3 ? prc_cielab_to_rgb (values) : otherwise;
}

static void
draw_graphic (const Canvas *canvas, GVariant *graphic, uint32_t layer_colour) {
  const char *type;
  gboolean display, filled, dashed;
  g_autoptr (GVariant) coordinates = NULL, lab = NULL;
  double thickness, width, dash = 5 * canvas->scale;
  gsize n;

  g_variant_get (graphic, "(&sbb@ad@aqdb)", &type, &display, &filled, &coordinates, &lab,
                 &thickness, &dashed);
  const double *at = g_variant_get_fixed_array (coordinates, &n, sizeof *at);
  g_autofree Point *points = g_new (Point, n / 2 + 1);
  uint32_t colour = colour_of (lab, layer_colour);

  for (gsize i = 0; i < n / 2; i++)
    points[i] = place (canvas, at[2 * i], at[2 * i + 1], display);
  if (!trace (canvas, type, points, n / 2))
    return;
  if (filled) {
    set_colour (canvas->cr, colour, FILL_ALPHA);
    cairo_fill_preserve (canvas->cr);
  }
  width = isfinite (thickness) ? CLAMP (thickness, LINE_WIDTH, MOST_WIDTH) : LINE_WIDTH;
  cairo_set_dash (canvas->cr, &dash, dashed ? 1 : 0, 0);
  stroke (canvas, colour, width);
  cairo_set_dash (canvas->cr, NULL, 0, 0);
}

/* ---- text ---- */

typedef struct {
  const char *text, *justification;
  gboolean boxed, box_display, anchored, anchor_display, anchor_visible;
  double box[4], anchor[2];
} Text;

// Text stands upright however the picture lies, within its box as that comes to lie.
static Point
place_text (const Canvas *canvas, const Text *text, const PrcTextSprite *sprite) {
  Point a, b, p;

  if (!text->boxed) {
    p = place (canvas, text->anchor[0], text->anchor[1], text->anchor_display);
    return (Point){p.x + TEXT_GAP * canvas->scale, p.y - sprite->height / 2.0};
  }
  a = place (canvas, text->box[0], text->box[1], text->box_display);
  b = place (canvas, text->box[2], text->box[3], text->box_display);
  p = (Point){fmin (a.x, b.x), fmin (a.y, b.y)};
  if (g_strcmp0 (text->justification, "RIGHT") == 0)
    p.x = fmax (a.x, b.x) - sprite->width;
  else if (g_strcmp0 (text->justification, "CENTER") == 0)
    p.x = (a.x + b.x - sprite->width) / 2;
  return p;
}

// From the anchor to the nearest point of the text.
static void
draw_anchor (const Canvas *canvas, const Text *text, Point at, const PrcTextSprite *sprite,
             uint32_t colour) {
  Point anchor = place (canvas, text->anchor[0], text->anchor[1], text->anchor_display);
  Point end = {CLAMP (anchor.x, at.x, at.x + sprite->width),
               CLAMP (anchor.y, at.y, at.y + sprite->height)};

  cairo_new_path (canvas->cr);
  cairo_move_to (canvas->cr, anchor.x, anchor.y);
  cairo_line_to (canvas->cr, end.x, end.y);
  cairo_new_sub_path (canvas->cr);
  cairo_arc (canvas->cr, anchor.x, anchor.y, 2 * canvas->scale, 0, 2 * G_PI);
  stroke (canvas, colour, LINE_WIDTH);
}

static void
draw_text (const Canvas *canvas, GVariant *variant, uint32_t layer_colour) {
  g_autoptr (GVariant) lab = NULL;
  Text text;
  PrcTextStyle style = {.size = (int)fmax (1, round (TEXT_SIZE * canvas->scale)),
                        .rim = (int)fmax (1, round (canvas->scale))};
  const PrcTextSprite *sprite;
  Point at;

  g_variant_get (variant, "(&sbb(dddd)&sbb(dd)b@aq)", &text.text, &text.boxed, &text.box_display,
                 &text.box[0], &text.box[1], &text.box[2], &text.box[3], &text.justification,
                 &text.anchored, &text.anchor_display, &text.anchor[0], &text.anchor[1],
                 &text.anchor_visible, &lab);
  if (!text.boxed && !text.anchored)
    return;
  style.text = text.text;
  style.colour = colour_of (lab, layer_colour);
  sprite = prc_text_sprite (&style);
  at = place_text (canvas, &text, sprite);
  if (text.anchored && text.anchor_visible)
    draw_anchor (canvas, &text, at, sprite, style.colour);
  prc_text_sprite_show (sprite, canvas->cr, at.x, at.y);
}

/* ---- layers ---- */

static uint32_t
layer_colour (GVariant *layer) {
  g_autoptr (GVariant) lab = NULL;
  double grey;
  uint32_t level;

  if (layer == NULL)
    return MARK_COLOUR;
  g_variant_get (layer, "(&sdd@aq&s)", NULL, NULL, &grey, &lab, NULL);
  level = grey >= 0 ? (uint32_t)(fmin (grey, 65535) / 257) : 0;
  return colour_of (lab, grey >= 0 ? level * 0x10101 : MARK_COLOUR);
}

static void
draw_annotation (const Canvas *canvas, const PrcPresentationPart *part) {
  g_autoptr (GVariant) graphics =
      g_variant_lookup_value (part->dict, "Graphics", G_VARIANT_TYPE ("a(sbbadaqdb)"));
  g_autoptr (GVariant) texts =
      g_variant_lookup_value (part->dict, "Texts", G_VARIANT_TYPE ("a(sbb(dddd)sbb(dd)baq)"));
  uint32_t colour = layer_colour (part->layer);

  for (gsize i = 0; graphics != NULL && i < g_variant_n_children (graphics); i++) {
    g_autoptr (GVariant) graphic = g_variant_get_child_value (graphics, i);

    draw_graphic (canvas, graphic, colour);
  }
  for (gsize i = 0; texts != NULL && i < g_variant_n_children (texts); i++) {
    g_autoptr (GVariant) text = g_variant_get_child_value (texts, i);

    draw_text (canvas, text, colour);
  }
}

static void
find_area (const PrcPresentation *self, const PrcSlice *slice, Canvas *canvas) {
  PrcPresentationArea area;
  double x0, y0, x1, y1;

  prc_presentation_area (self, slice, canvas->info, &area);
  prc_view_params_to_view (canvas->params, canvas->info, canvas->view_width, canvas->view_height,
                           area.left, area.top, &x0, &y0);
  prc_view_params_to_view (canvas->params, canvas->info, canvas->view_width, canvas->view_height,
                           area.right, area.bottom, &x1, &y1);
  canvas->left = fmin (x0, x1);
  canvas->top = fmin (y0, y1);
  canvas->width = fabs (x1 - x0);
  canvas->height = fabs (y1 - y0);
}

void
prc_presentation_draw (const PrcPresentation *self, const PrcSlice *slice, const PrcFrameInfo *info,
                       const PrcViewParams *params, int view_width, int view_height, double scale,
                       cairo_t *cr) {
  Canvas canvas = {cr, info, params, view_width, view_height, scale > 0 ? scale : 1};

  find_area (self, slice, &canvas);
  cairo_save (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (guint i = 0; i < self->annotations->len; i++) {
    const PrcPresentationPart *part = self->annotations->pdata[i];

    if (prc_presentation_part_names (part, slice))
      draw_annotation (&canvas, part);
  }
  cairo_restore (cr);
}
