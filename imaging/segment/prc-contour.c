// SPDX-License-Identifier: Apache-2.0
#include "prc-contour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prc-geometry.h"

#define FINE 1024       // corners are taken to this part of a pixel
#define FAR  (1 << 24)  // pixels; what lies further out is taken to here
#define WORK (1u << 29) // steps after which an answer would come too late

// Image pixels from patient millimetres.
typedef struct {
  const PrcPlane *plane;
  double normal[3];
} Grid;

typedef struct {
  double column, row, height_mm;
} Place;

typedef struct {
  int64_t column, row; // in parts of a pixel
} Corner;

// A bit for each pixel, each row from a new word on.
typedef struct {
  uint32_t rows, columns;
  size_t stride; // words
  uint64_t *words;
} Bits;

typedef struct {
  uint32_t top, bottom, left, right; // as PrcMaskBounds; nothing when top >= bottom
} Box;

typedef struct {
  Grid grid;
  Bits all, own; // what is covered so far; one contour, empty between two
  GHashTable *seen;
  double reach_mm;
  uint64_t work;
} Painter;

static bool
grid_init (Grid *grid, const PrcPlane *plane) {
  grid->plane = plane;
  return plane->has_position && prc_geometry_normal (plane, grid->normal);
}

static void
from_origin (const Grid *grid, const double *point_mm, double out[3]) {
  for (int i = 0; i < 3; i++)
    out[i] = point_mm[i] - grid->plane->position_mm[i];
}

// NaN, where numbers are too large to be subtracted, is as far away as can be.
static double
within_reach (double value, double limit) {
  return fmin (fmax (value, -limit), limit);
}

static Place
place_of (const Grid *grid, const double *point_mm) {
  const PrcPlane *plane = grid->plane;
  double offset[3];

  from_origin (grid, point_mm, offset);
  return (Place){
      within_reach (prc_geometry_dot (offset, plane->row_direction) / plane->column_spacing_mm,
                    FAR),
      within_reach (prc_geometry_dot (offset, plane->column_direction) / plane->row_spacing_mm,
                    FAR),
      within_reach (prc_geometry_dot (offset, grid->normal), 1e12),
  };
}

static Corner
corner_of (const Grid *grid, const double *point_mm) {
  Place place = place_of (grid, point_mm);

  return (Corner){llrint (place.column * FINE), llrint (place.row * FINE)};
}

bool
prc_contour_offsets (const PrcContour *contour, const PrcPlane *plane, double *lowest_mm,
                     double *highest_mm) {
  Grid grid;

  *lowest_mm = INFINITY;
  *highest_mm = -INFINITY;
  if (!grid_init (&grid, plane))
    return false;
  for (size_t i = 0; i < contour->n_points; i++) {
    double offset[3];

    from_origin (&grid, contour->points_mm + 3 * i, offset);
    *lowest_mm = fmin (*lowest_mm, prc_geometry_dot (offset, grid.normal));
    *highest_mm = fmax (*highest_mm, prc_geometry_dot (offset, grid.normal));
  }
  return contour->n_points > 0;
}

static void
bits_init (Bits *bits, uint32_t rows, uint32_t columns) {
  *bits = (Bits){rows, columns, (columns + 63) / 64, NULL};
  bits->words = g_new0 (uint64_t, rows * bits->stride);
}

static uint64_t *
row_of (const Bits *bits, uint32_t row) {
  return bits->words + row * bits->stride;
}

static void
set_range (Bits *bits, uint32_t row, uint32_t first, uint32_t end) {
  uint64_t *words = row_of (bits, row);

  for (uint32_t at = first; at < end;) {
    uint32_t n = MIN (64 - at % 64, end - at);

    words[at / 64] |= (n == 64 ? ~UINT64_C (0) : (UINT64_C (1) << n) - 1) << (at % 64);
    at += n;
  }
}

static void
box_add (Box *box, uint32_t top, uint32_t bottom, uint32_t left, uint32_t right) {
  box->top = MIN (box->top, top);
  box->bottom = MAX (box->bottom, bottom);
  box->left = MIN (box->left, left);
  box->right = MAX (box->right, right);
}

static int64_t
divide_down (int64_t value, int64_t by) {
  return value / by - (value % by < 0);
}

static int64_t
divide_up (int64_t value, int64_t by) {
  return -divide_down (-value, by);
}

// Turns, in each row whose middle the edge crosses, the bit of the first pixel whose centre is not
// left of it. Reckoned in whole numbers, so that both neighbours find the same pixel. An end in the
// middle of a row belongs to the edge below it.
static void
cross_rows (Painter *painter, Corner from, Corner to, Box *box) {
  Bits *own = &painter->own;
  Corner upper = from.row <= to.row ? from : to, lower = from.row <= to.row ? to : from;
  int64_t first = MAX (divide_up (upper.row, FINE), 0);
  int64_t end = MIN (divide_up (lower.row, FINE), own->rows);
  int64_t height = lower.row - upper.row, width = lower.column - upper.column;

  if (first >= end)
    return;
  painter->work += (uint64_t)(end - first);
  // The column in row r is (whole + part / divisor): one division, then sums.
  int64_t divisor = height * FINE;
  __int128 crossing =
      (__int128)upper.column * height + (__int128)width * (first * FINE - upper.row);
  int64_t whole = (int64_t)(crossing / divisor), part = (int64_t)(crossing % divisor);
  int64_t step_whole = divide_down (width, height), step = (width - step_whole * height) * FINE;
  if (part < 0) {
    whole--;
    part += divisor;
  }
  for (int64_t row = first; row < end; row++) {
    int64_t column = CLAMP (whole + (part > 0), 0, own->columns);

    if (column < own->columns)
      row_of (own, (uint32_t)row)[column / 64] ^= UINT64_C (1) << (column % 64);
    if (row == first || row == end - 1)
      box_add (box, (uint32_t)row, (uint32_t)row + 1, (uint32_t)column, (uint32_t)column + 1);
    whole += step_whole;
    part += step;
    if (part >= divisor) {
      whole++;
      part -= divisor;
    }
  }
}

// Each bit becomes the parity of itself and those left of it.
static uint64_t
parities (uint64_t word) {
  for (int shift = 1; shift < 64; shift *= 2)
    word ^= word << shift;
  return word;
}

static void
fill_row (Bits *own, uint32_t row, const Box *box) {
  uint64_t *words = row_of (own, row), inside = 0;

  for (size_t i = box->left / 64; i <= (box->right - 1) / 64; i++) {
    words[i] = parities (words[i]) ^ inside;
    inside = (words[i] >> 63) != 0 ? ~UINT64_C (0) : 0;
  }
  if (own->columns % 64 != 0)
    words[own->stride - 1] &= (UINT64_C (1) << (own->columns % 64)) - 1;
}

// One closed contour into `own`; false when it covers nothing.
static bool
paint_closed (Painter *painter, const PrcContour *contour, Box *box) {
  Corner last;

  *box = (Box){.top = UINT32_MAX, .left = UINT32_MAX};
  if (contour->n_points < 3)
    return false;
  last = corner_of (&painter->grid, contour->points_mm + 3 * ((size_t)contour->n_points - 1));
  for (size_t i = 0; i < contour->n_points && painter->work <= WORK; i++) {
    Corner corner = corner_of (&painter->grid, contour->points_mm + 3 * i);

    cross_rows (painter, last, corner, box);
    last = corner;
  }
  if (box->top >= box->bottom)
    return false;
  box->left = MIN (box->left, painter->own.columns - 1);
  box->right = MIN (box->right, painter->own.columns);
  painter->work += (uint64_t)(box->bottom - box->top) * ((box->right - box->left) / 64 + 1);
  for (uint32_t row = box->top; row < box->bottom; row++)
    fill_row (&painter->own, row, box);
  return true;
}

static uint64_t
mixed (uint64_t value) {
  value *= UINT64_C (0x9e3779b97f4a7c15);
  return value ^ value >> 29;
}

// Whether all of the contour is covered already, and what tells it from others.
static bool
is_covered (const Painter *painter, const Box *box, uint64_t *key) {
  bool covered = true;

  *key = 0;
  for (uint32_t row = box->top; row < box->bottom; row++) {
    const uint64_t *own = row_of (&painter->own, row), *all = row_of (&painter->all, row);

    for (size_t i = box->left / 64; i <= (box->right - 1) / 64; i++) {
      covered = covered && (own[i] & ~all[i]) == 0;
      if (own[i] != 0)
        *key = mixed (mixed (*key ^ own[i]) ^ (row * painter->own.stride + i));
    }
  }
  return covered;
}

// Moves what is in `own` over.
static void
take (Painter *painter, const Box *box, bool turn) {
  for (uint32_t row = box->top; row < box->bottom; row++) {
    uint64_t *own = row_of (&painter->own, row), *all = row_of (&painter->all, row);

    for (size_t i = box->left / 64; i <= (box->right - 1) / 64; i++) {
      all[i] = turn ? all[i] ^ own[i] : all[i] | own[i];
      own[i] = 0;
    }
  }
}

static void
add_planar (Painter *painter, const PrcContour *contour) {
  Box box;
  uint64_t key;

  if (!paint_closed (painter, contour, &box))
    return;
  bool hole = is_covered (painter, &box, &key);
  bool again = g_hash_table_contains (painter->seen, &key);
  if (!again)
    g_hash_table_add (painter->seen, g_memdup2 (&key, sizeof key));
  take (painter, &box, hole && !again);
}

static void
add_xor (Painter *painter, const PrcContour *contour) {
  Box box;

  if (paint_closed (painter, contour, &box))
    take (painter, &box, true);
}

// Keeps of the line from *t to *end, parts of it, what lies between the limits.
static void
clip (double from, double to, double low, double high, double *t, double *end) {
  double step = to - from;

  if (step == 0 && (from < low || from > high)) {
    *end = -1;
  } else if (step != 0) {
    double a = (low - from) / step, b = (high - from) / step;

    *t = fmax (*t, fmin (a, b));
    *end = fmin (*end, fmax (a, b));
  }
}

static uint32_t
pixel_of (double place, uint32_t size) {
  return (uint32_t)CLAMP (floor (place + 0.5), 0, size - 1);
}

// All pixels that the line enters, row by row.
static void
add_line (Painter *painter, Place from, Place to) {
  Bits *all = &painter->all;
  double t = 0, end = 1, run = to.column - from.column, fall = to.row - from.row;

  clip (from.column, to.column, -0.5, all->columns - 0.5, &t, &end);
  clip (from.row, to.row, -0.5, all->rows - 0.5, &t, &end);
  if (isfinite (painter->reach_mm))
    clip (from.height_mm, to.height_mm, -painter->reach_mm, painter->reach_mm, &t, &end);
  if (!(t <= end))
    return;
  uint32_t one = pixel_of (from.row + t * fall, all->rows);
  uint32_t other = pixel_of (from.row + end * fall, all->rows);
  painter->work += (uint64_t)MAX (one, other) - MIN (one, other) + 1;
  for (uint32_t row = MIN (one, other); row <= MAX (one, other); row++) {
    double t_row = t, end_row = end;

    clip (from.row, to.row, row - 0.5, row + 0.5, &t_row, &end_row);
    uint32_t a = pixel_of (from.column + t_row * run, all->columns);
    uint32_t b = pixel_of (from.column + end_row * run, all->columns);
    set_range (all, row, MIN (a, b), MAX (a, b) + 1);
  }
}

static void
add_marks (Painter *painter, const PrcContour *contour) {
  bool line = contour->type == PRC_CONTOUR_OPEN;

  for (size_t i = 0; i < contour->n_points && painter->work <= WORK; i++) {
    const double *points = contour->points_mm + 3 * i;
    Place here = place_of (&painter->grid, points);

    add_line (painter, line && i > 0 ? place_of (&painter->grid, points - 3) : here, here);
  }
}

typedef struct {
  const PrcContour *contour;
  double area;
} Ranked;

static double
area_of (const Grid *grid, const PrcContour *contour) {
  double sum = 0;

  if (contour->n_points < 3)
    return 0;
  Place first = place_of (grid, contour->points_mm), last = first;
  for (size_t i = 1; i < contour->n_points; i++) {
    Place place = place_of (grid, contour->points_mm + 3 * i);

    sum += (last.column - first.column) * (place.row - first.row) -
           (place.column - first.column) * (last.row - first.row);
    last = place;
  }
  return fabs (sum) / 2;
}

static int
compare_areas (const void *a, const void *b) {
  const Ranked *x = a, *y = b;

  return (x->area < y->area) - (x->area > y->area);
}

// The largest first: what lies in another one comes after it.
static void
add_all_planar (Painter *painter, const PrcContour *const *contours, size_t n) {
  g_autofree Ranked *ranked = g_new (Ranked, n + 1);
  size_t n_planar = 0;

  for (size_t i = 0; i < n; i++)
    if (contours[i]->type == PRC_CONTOUR_CLOSED_PLANAR)
      ranked[n_planar++] = (Ranked){contours[i], area_of (&painter->grid, contours[i])};
  qsort (ranked, n_planar, sizeof *ranked, compare_areas);
  for (size_t i = 0; i < n_planar && painter->work <= WORK; i++)
    add_planar (painter, ranked[i].contour);
}

// The first place from `at` on where the bit is `wanted`, or the end of the row.
static uint32_t
find_bit (const Bits *bits, const uint64_t *words, uint32_t at, bool wanted) {
  while (at < bits->columns) {
    uint64_t word = (wanted ? words[at / 64] : ~words[at / 64]) >> (at % 64);

    if (word != 0)
      return MIN (at + (uint32_t)__builtin_ctzll (word), bits->columns);
    at += 64 - at % 64;
  }
  return bits->columns;
}

static PrcMask *
mask_of (const Bits *bits) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));

  for (uint32_t row = 0; row < bits->rows; row++) {
    const uint64_t *words = row_of (bits, row);
    uint32_t first = 0, end;

    while ((first = find_bit (bits, words, first, true)) < bits->columns) {
      end = find_bit (bits, words, first, false);
      PrcRowSpan span = {(int32_t)row, (int32_t)first, (int32_t)end};
      g_array_append_val (spans, span);
      first = end;
    }
  }
  return prc_mask_new_from_spans (bits->rows, bits->columns,
                                  (const PrcRowSpan *)(const void *)spans->data, spans->len);
}

PrcMask *
prc_contour_mask (const PrcContour *const *contours, size_t n, const PrcPlane *plane, uint32_t rows,
                  uint32_t columns, double reach_mm) {
  Painter painter = {.reach_mm = reach_mm};
  PrcMask *mask = NULL;

  if (!grid_init (&painter.grid, plane) || !(plane->row_spacing_mm > 0) ||
      !(plane->column_spacing_mm > 0) || rows < 1 || columns < 1 || rows > PRC_MASK_MAX_SIDE ||
      columns > PRC_MASK_MAX_SIDE)
    return NULL;
  bits_init (&painter.all, rows, columns);
  bits_init (&painter.own, rows, columns);
  painter.seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  add_all_planar (&painter, contours, n);
  for (size_t i = 0; i < n && painter.work <= WORK; i++)
    if (contours[i]->type == PRC_CONTOUR_CLOSED_PLANAR_XOR)
      add_xor (&painter, contours[i]);
  for (size_t i = 0; i < n && painter.work <= WORK; i++)
    if (contours[i]->type == PRC_CONTOUR_OPEN || contours[i]->type == PRC_CONTOUR_POINT)
      add_marks (&painter, contours[i]);
  if (painter.work <= WORK)
    mask = mask_of (&painter.all);
  g_hash_table_unref (painter.seen);
  g_free (painter.all.words);
  g_free (painter.own.words);
  return mask;
}
