// SPDX-License-Identifier: Apache-2.0
#include "prc-shutter.h"

#include <math.h>
#include <stdlib.h>

// Rows and columns are counted from 1 up to where a mask is made.
static void
add_span (GArray *spans, double row, double first, double last) {
  const double far = 1 << 20;
  PrcRowSpan span = {(int32_t)row - 1, (int32_t)CLAMP (ceil (first), -far, far) - 1,
                     (int32_t)CLAMP (floor (last), -far, far)};

  if (span.first < span.end)
    g_array_append_val (spans, span);
}

static PrcMask *
mask_of (const GArray *spans, uint32_t rows, uint32_t columns) {
  return prc_mask_new_from_spans (rows, columns, (const PrcRowSpan *)(const void *)spans->data,
                                  spans->len);
}

static void
add_rectangle (const PrcShutter *shutter, uint32_t rows, GArray *spans) {
  double left = MIN (shutter->left, shutter->right), right = MAX (shutter->left, shutter->right);
  double upper = MIN (shutter->upper, shutter->lower), lower = MAX (shutter->upper, shutter->lower);

  for (double row = fmax (upper, 1); row <= fmin (lower, rows); row++)
    add_span (spans, row, left, right);
}

// A pixel is seen when its middle is no further from the centre than the radius.
static void
add_circle (const PrcShutter *shutter, uint32_t rows, double aspect, GArray *spans) {
  double radius = fabs ((double)shutter->radius);

  for (double row = 1; row <= rows; row++) {
    double down = (row - shutter->centre_row) * aspect, square = radius * radius - down * down;
    double half = square >= 0 ? sqrt (square) + 1e-9 : -1;

    if (half >= 0)
      add_span (spans, row, shutter->centre_column - half, shutter->centre_column + half);
  }
}

typedef struct {
  double row, column;
} Vertex;

static Vertex
vertex_at (const PrcShutter *shutter, uint32_t i) {
  const int32_t *pair = shutter->vertices + 2 * (i % shutter->n_vertices);

  return (Vertex){pair[0], pair[1]};
}

static int
compare_columns (const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
column_at (Vertex from, Vertex to, double row) {
  return from.column + (to.column - from.column) * (row - from.row) / (to.row - from.row);
}

// Where edges cross a row; those that only end on it from above do not count, so that each corner
// counts once. The edges themselves are seen too, to the ends.
static uint32_t
cross (const PrcShutter *shutter, double row, double *columns, GArray *spans) {
  uint32_t n = 0;

  for (uint32_t i = 0; i < shutter->n_vertices; i++) {
    Vertex from = vertex_at (shutter, i), to = vertex_at (shutter, i + 1);
    double upper = fmin (from.row, to.row), lower = fmax (from.row, to.row);

    if (row < upper || row > lower)
      continue;
    if (upper == lower) {
      add_span (spans, row, fmin (from.column, to.column), fmax (from.column, to.column));
      continue;
    }
    double column = column_at (from, to, row);
    add_span (spans, row, column - 1e-9, column + 1e-9);
    if (row < lower)
      columns[n++] = column;
  }
  return n;
}

static int
compare_firsts (const void *a, const void *b) {
  const PrcRowSpan *x = a, *y = b;

  return (x->first > y->first) - (x->first < y->first);
}

// The spans of a row, from `start` on, become as few as can be: all the rows of a polygon that goes
// to and fro would not fit into memory.
static void
join_row (GArray *spans, guint start, uint32_t columns) {
  PrcRowSpan *all = (PrcRowSpan *)(void *)spans->data;
  guint n = start;

  if (start == spans->len) // an empty array has no address
    return;
  qsort (all + start, spans->len - start, sizeof *all, compare_firsts);
  for (guint i = start; i < spans->len; i++) {
    PrcRowSpan span = {all[i].row, MAX (all[i].first, 0), MIN (all[i].end, (int32_t)columns)};

    if (n > start && span.first <= all[n - 1].end)
      all[n - 1].end = MAX (all[n - 1].end, span.end);
    else if (span.first < span.end)
      all[n++] = span;
  }
  g_array_set_size (spans, n);
}

static void
add_polygon (const PrcShutter *shutter, uint32_t rows, uint32_t columns, GArray *spans) {
  g_autofree double *crossings = g_new (double, shutter->n_vertices);

  for (double row = 1; row <= rows; row++) {
    guint start = spans->len;
    uint32_t n = cross (shutter, row, crossings, spans);

    qsort (crossings, n, sizeof *crossings, compare_columns);
    for (uint32_t i = 0; i + 1 < n; i += 2)
      add_span (spans, row, crossings[i] - 1e-9, crossings[i + 1] + 1e-9);
    join_row (spans, start, columns);
  }
}

static PrcMask *
bitmap_visible (const PrcShutter *shutter, uint32_t rows, uint32_t columns) {
  g_autoptr (PrcMask) hidden = prc_mask_new_moved (
      shutter->bitmap, rows, columns, shutter->bitmap_row - 1, shutter->bitmap_column - 1);

  return hidden != NULL ? prc_mask_new_inverted (hidden) : NULL;
}

// `seen` becomes what is in both; takes `more`.
static void
intersect (PrcMask **seen, PrcMask *more) {
  PrcMask *both = *seen != NULL && more != NULL ? prc_mask_new_intersection (*seen, more) : NULL;

  if (both != NULL) {
    prc_mask_unref (*seen);
    prc_mask_unref (more);
    *seen = both;
  } else if (more != NULL) {
    *seen = more;
  }
}

PrcMask *
prc_shutter_visible (const PrcShutter *shutter, uint32_t rows, uint32_t columns, double aspect) {
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (PrcRowSpan));
  PrcMask *seen = NULL;

  if (shutter->rectangular) {
    add_rectangle (shutter, rows, spans);
    intersect (&seen, mask_of (spans, rows, columns));
  }
  if (shutter->circular) {
    g_array_set_size (spans, 0);
    add_circle (shutter, rows, aspect, spans);
    intersect (&seen, mask_of (spans, rows, columns));
  }
  if (shutter->vertices != NULL && shutter->n_vertices >= 3 &&
      shutter->n_vertices <= PRC_SHUTTER_MAX_VERTICES &&
      (uint64_t)shutter->n_vertices * rows <= PRC_SHUTTER_MAX_WORK) {
    g_array_set_size (spans, 0);
    add_polygon (shutter, rows, columns, spans);
    intersect (&seen, mask_of (spans, rows, columns));
  }
  if (shutter->bitmap != NULL)
    intersect (&seen, bitmap_visible (shutter, rows, columns));
  if (seen != NULL &&
      (prc_mask_area (seen) == 0 || prc_mask_area (seen) == (uint64_t)rows * columns))
    g_clear_pointer (&seen, prc_mask_unref);
  return seen;
}
