// SPDX-License-Identifier: Apache-2.0
#include "prc-contour.h"

// The outlines of a mask are the vertical edges of its spans, joined along the lines between rows.
// Each edge has an upper and a lower end; left edges of spans are walked down and right ones up, so
// that areas go one way round and holes the other.

typedef uint32_t End; // 4 * span + 2 * right edge + lower end; beyond those: copies for keyholes

#define NONE UINT32_MAX

typedef struct {
  uint32_t column, row; // of the lattice between the pixels
} Knot;

typedef struct {
  const PrcMask *mask;
  uint32_t *bases;  // the first span of each row, and one more
  GArray *knots;    // where each end is
  GArray *next;     // the end after it
  uint8_t *visited; // a bit for each edge
} Walk;

static Knot
knot_at (const Walk *walk, End end) {
  return g_array_index (walk->knots, Knot, end);
}

static End *
next_of (const Walk *walk, End end) {
  return &g_array_index (walk->next, End, end);
}

static bool
is_right (End end) {
  return (end & 2) != 0;
}

// Left edges arrive at their lower ends, right ones at their upper.
static bool
arrives (End end) {
  return is_right (end) != ((end & 1) != 0);
}

static void
join (const Walk *walk, End a, End b) {
  *next_of (walk, arrives (a) ? a : b) = arrives (a) ? b : a;
}

static void
walk_init (Walk *walk, const PrcMask *mask) {
  uint32_t rows = prc_mask_rows (mask);

  *walk = (Walk){.mask = mask, .bases = g_new (uint32_t, rows + 1)};
  walk->knots = g_array_new (FALSE, FALSE, sizeof (Knot));
  walk->next = g_array_new (FALSE, FALSE, sizeof (End));
  for (uint32_t row = 0; row < rows; row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    walk->bases[row] = walk->knots->len / 4;
    for (size_t i = 0; i < n; i++) {
      Knot knots[] = {{spans[i].first, row},
                      {spans[i].first, row + 1},
                      {spans[i].end, row},
                      {spans[i].end, row + 1}};

      g_array_append_vals (walk->knots, knots, 4);
    }
  }
  walk->bases[rows] = walk->knots->len / 4;
  g_array_set_size (walk->next, walk->knots->len);
  walk->visited = g_new0 (uint8_t, walk->knots->len / 2 + 1);
  for (End end = 0; end < walk->knots->len; end++)
    if (!arrives (end))
      *next_of (walk, end) = end ^ 1;
}

static void
walk_clear (Walk *walk) {
  g_free (walk->bases);
  g_free (walk->visited);
  g_array_unref (walk->knots);
  g_array_unref (walk->next);
}

// Edge i of a row, from left to right, with its upper or lower end; NONE behind the last.
static End
end_in_row (const Walk *walk, uint32_t row, uint32_t i, bool lower) {
  if (row >= prc_mask_rows (walk->mask) || i >= 2 * (walk->bases[row + 1] - walk->bases[row]))
    return NONE;
  return 4 * walk->bases[row] + 2 * i + lower;
}

// Joins what ends on the line above `row`, from left to right. Where two edges meet in one point,
// they either go straight on, or two areas touch there with their corners and part.
static void
join_line (const Walk *walk, uint32_t row) {
  End open = NONE;
  uint32_t i = 0, k = 0;

  for (;;) {
    End above = row > 0 ? end_in_row (walk, row - 1, i, true) : NONE;
    End below = end_in_row (walk, row, k, false);
    uint32_t column_above = above != NONE ? knot_at (walk, above).column : NONE;
    uint32_t column_below = below != NONE ? knot_at (walk, below).column : NONE;

    if (above == NONE && below == NONE)
      return;
    i += column_above <= column_below;
    k += column_below <= column_above;
    if (column_above == column_below && is_right (above) == is_right (below)) {
      join (walk, above, below);
    } else if (column_above == column_below) {
      join (walk, open, is_right (above) ? above : below);
      open = is_right (above) ? below : above;
    } else if (open == NONE) {
      open = MIN (column_above, column_below) == column_above ? above : below;
    } else {
      join (walk, open, column_above < column_below ? above : below);
      open = NONE;
    }
  }
}

static End
copy_of (Walk *walk, End end) {
  Knot knot = knot_at (walk, end);
  End next = *next_of (walk, end);

  g_array_append_val (walk->knots, knot);
  g_array_append_val (walk->next, next);
  return walk->knots->len - 1;
}

// The span of a row that holds the pixel left of `column`, which must be there: the place of its
// left edge.
static End
left_edge (const Walk *walk, uint32_t row, uint32_t column) {
  uint32_t low = walk->bases[row], high = walk->bases[row + 1] - 1;

  while (low < high) {
    uint32_t middle = low + (high - low) / 2;

    if (knot_at (walk, 4 * middle + 2).column < column)
      low = middle + 1;
    else
      high = middle;
  }
  return 4 * low;
}

// Hangs a hole on the outline left of it. `upper` is the upper end of the edge left of the hole's
// first pixel; both rows are set from there to the outline.
static void
cut_keyhole (Walk *walk, End upper) {
  Knot knot = knot_at (walk, upper);
  End beside = left_edge (walk, knot.row, knot.column);
  End above = left_edge (walk, knot.row - 1, knot.column) + 1;
  End outer = knot_at (walk, beside).column >= knot_at (walk, above).column ? beside : above;
  End back = copy_of (walk, outer), around = copy_of (walk, upper);

  *next_of (walk, around) = back;
  *next_of (walk, upper ^ 1) = around;
  *next_of (walk, outer) = upper;
}

// Marks the edges of an outline as seen.
static void
visit (Walk *walk, End start) {
  End end = start;

  do {
    walk->visited[end / 2] = 1;
    end = *next_of (walk, end);
  } while (end != start);
}

static bool
is_between (uint32_t a, uint32_t b, uint32_t c) {
  return (a <= b && b <= c) || (a >= b && b >= c);
}

static bool
goes_straight (Knot a, Knot b, Knot c) {
  return (a.column == b.column && b.column == c.column && is_between (a.row, b.row, c.row)) ||
         (a.row == b.row && b.row == c.row && is_between (a.column, b.column, c.column));
}

static void
add_point (GArray *points, const PrcPlane *plane, Knot knot) {
  double right = (knot.column - 0.5) * plane->column_spacing_mm;
  double down = (knot.row - 0.5) * plane->row_spacing_mm;

  for (int i = 0; i < 3; i++) {
    double value =
        plane->position_mm[i] + right * plane->row_direction[i] + down * plane->column_direction[i];

    g_array_append_val (points, value);
  }
}

// From a corner on: the first end of an outline is its upper left one.
static GArray *
points_of (const Walk *walk, End start, const PrcPlane *plane) {
  GArray *points = g_array_new (FALSE, FALSE, sizeof (double));
  Knot last = knot_at (walk, start);
  End end = *next_of (walk, start);

  add_point (points, plane, last);
  for (; end != start; end = *next_of (walk, end)) {
    Knot knot = knot_at (walk, end), after = knot_at (walk, *next_of (walk, end));

    if (goes_straight (last, knot, after))
      continue;
    add_point (points, plane, knot);
    last = knot;
  }
  return points;
}

GPtrArray *
prc_contour_outlines (const PrcMask *mask, const PrcPlane *plane) {
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (End));
  GPtrArray *outlines;
  Walk walk;

  if (!plane->has_position || !plane->has_orientation || !(plane->row_spacing_mm > 0) ||
      !(plane->column_spacing_mm > 0))
    return NULL;
  walk_init (&walk, mask);
  for (uint32_t row = 0; row <= prc_mask_rows (mask); row++)
    join_line (&walk, row);
  // From top left to bottom right an area is met before its holes, and a hole before those that can
  // only be reached across it.
  for (End end = 0, n = walk.knots->len; end < n; end += 2) {
    if (walk.visited[end / 2])
      continue;
    visit (&walk, end);
    if (is_right (end))
      cut_keyhole (&walk, end);
    else
      g_array_append_val (starts, end);
  }
  outlines = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  for (guint i = 0; i < starts->len; i++)
    g_ptr_array_add (outlines, points_of (&walk, g_array_index (starts, End, i), plane));
  walk_clear (&walk);
  return outlines;
}
