// SPDX-License-Identifier: Apache-2.0
#include "prc-box-shape.h"

#include <glib/gi18n-lib.h>
#include <math.h>

// Low and high of a box along an axis of `n` pixels.
typedef struct {
  double low, high;
} Sides;

static Sides
sides_between (double a, double b, double n) {
  const double least = MIN (PRC_BOX_LEAST_SIDE, n);
  Sides sides = {CLAMP (MIN (a, b), 0, n), CLAMP (MAX (a, b), 0, n)};
  const double missing = least - (sides.high - sides.low);

  if (missing <= 0)
    return sides;
  sides.low = CLAMP (sides.low - missing / 2, 0, n - least);
  sides.high = sides.low + least;
  return sides;
}

static Sides
sides_pulled (Sides sides, bool low, bool high, double by, double n) {
  const double least = MIN (PRC_BOX_LEAST_SIDE, n);

  if (low && high) {
    by = CLAMP (by, -sides.low, n - sides.high);
    return (Sides){sides.low + by, sides.high + by};
  }
  if (low)
    sides.low = CLAMP (sides.low + by, 0, MAX (sides.high - least, 0));
  if (high)
    sides.high = CLAMP (sides.high + by, MIN (sides.low + least, n), n);
  return sides;
}

static PrcRegion
region_of (Sides across, Sides down) {
  return (PrcRegion){across.low, down.low, across.high - across.low, down.high - down.low};
}

PrcRegion
prc_box_between (const PrcFrameInfo *info, double x1, double y1, double x2, double y2) {
  return region_of (sides_between (x1, x2, info->columns), sides_between (y1, y2, info->rows));
}

PrcRegion
prc_box_pulled (const PrcFrameInfo *info, const PrcRegion *box, PrcBoxPart part, double dx,
                double dy) {
  const bool all = part & PRC_BOX_INSIDE;
  const Sides across = {box->x, box->x + box->width}, down = {box->y, box->y + box->height};

  return region_of (
      sides_pulled (across, all || part & PRC_BOX_LEFT, all || part & PRC_BOX_RIGHT, dx,
                    info->columns),
      sides_pulled (down, all || part & PRC_BOX_TOP, all || part & PRC_BOX_BOTTOM, dy, info->rows));
}

PrcRegion
prc_box_to_view (const PrcRegion *box, const PrcViewParams *params, const PrcFrameInfo *info,
                 int view_width, int view_height) {
  double x1, y1, x2, y2;

  prc_view_params_to_view (params, info, view_width, view_height, box->x, box->y, &x1, &y1);
  prc_view_params_to_view (params, info, view_width, view_height, box->x + box->width,
                           box->y + box->height, &x2, &y2);
  return (PrcRegion){fmin (x1, x2), fmin (y1, y2), fabs (x2 - x1), fabs (y2 - y1)};
}

// Which of the two sides is within reach: the nearer one; 0: neither.
static int
side_at (double place, double low, double high, double reach, int low_part, int high_part) {
  const double to_low = fabs (place - low), to_high = fabs (place - high);

  if (fmin (to_low, to_high) > reach)
    return 0;
  return to_low < to_high ? low_part : high_part;
}

// Measured on the screen, named in the image: lengths along the image's axes, in device pixels.
PrcBoxPart
prc_box_at (const PrcRegion *box, const PrcViewParams *params, const PrcFrameInfo *info,
            int view_width, int view_height, double view_x, double view_y, double reach) {
  const double column = params->zoom, row = params->zoom * info->pixel_aspect;
  double x, y;

  prc_view_params_to_image (params, info, view_width, view_height, view_x, view_y, &x, &y);
  const double left = box->x * column, right = (box->x + box->width) * column;
  const double top = box->y * row, bottom = (box->y + box->height) * row;
  x *= column;
  y *= row;
  if (x < left - reach || x > right + reach || y < top - reach || y > bottom + reach)
    return PRC_BOX_NOWHERE;
  const int part = side_at (x, left, right, reach, PRC_BOX_LEFT, PRC_BOX_RIGHT) |
                   side_at (y, top, bottom, reach, PRC_BOX_TOP, PRC_BOX_BOTTOM);
  return part ? (PrcBoxPart)part : PRC_BOX_INSIDE;
}

const char *
prc_box_cursor (PrcBoxPart part, const PrcViewParams *params) {
  double x = !!(part & PRC_BOX_RIGHT) - !!(part & PRC_BOX_LEFT);
  double y = !!(part & PRC_BOX_BOTTOM) - !!(part & PRC_BOX_TOP);

  if (part == PRC_BOX_NOWHERE)
    return "crosshair";
  if (part & PRC_BOX_INSIDE)
    return "move";
  prc_turn_vector (prc_view_params_turn (params), &x, &y);
  if (fabs (y) < 0.5)
    return "ew-resize";
  if (fabs (x) < 0.5)
    return "ns-resize";
  return x * y > 0 ? "nwse-resize" : "nesw-resize";
}

char *
prc_box_words (const PrcRegion *box, const PrcPlane *plane) {
  const bool known = plane->column_spacing_mm > 0 && plane->row_spacing_mm > 0;
  const double width = box->width * (known ? plane->column_spacing_mm : 1);
  const double height = box->height * (known ? plane->row_spacing_mm : 1);
  const int digits = known && fmin (width, height) < 10 ? 1 : 0;

  /* Translators: width and height of a box on the image */
  return g_strdup_printf (known ? _ ("%.*f × %.*f mm") : _ ("%.*f × %.*f pixels"), digits, width,
                          digits, height);
}
