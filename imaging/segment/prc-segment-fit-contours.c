// SPDX-License-Identifier: Apache-2.0
#include "prc-contour.h"
#include "prc-geometry.h"
#include "prc-segment-fit-private.h"
#include "prc-segment-grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Where contours are shown (PS3.3 C.8.8.6). Closed ones lie in planes of their own:
//   - Slices that are parallel to them show those of the nearest plane, within half the distance of
//     slices; where they name other images as those they were drawn on, and planes lie further apart
//     than slices, within half the distance of planes, as frames of a segmentation do.
//   - For slices across them they are frames like others: filled in their planes, and resampled.
// Points and lines are marks on the slices that they lie within half a distance of.
#define COS_PARALLEL    0.9998 // a degree: noise of what contours were drawn on
#define SAME_PLANE      0.1    // of the distance of slices
#define MAX_DISTANCE_MM 10 // of planes; beyond it somebody drew every few slices, and meant these

typedef struct {
  const PrcSegmentationInfo *info;
  PrcSegmentSlices *slices;
  double normal[3];       // of the planes that closed ones lie in
  bool has_planes;        // else no closed one has an area
  bool parallel;          // they are the slices'
  double reach_mm;        // half of what a plane is shown for
  GArray *closed, *marks; // PrcDrawnContour, by segment and place
} Work;

static bool
is_closed (const PrcContour *contour) {
  return contour->type == PRC_CONTOUR_CLOSED_PLANAR ||
         contour->type == PRC_CONTOUR_CLOSED_PLANAR_XOR;
}

// Twice the area of a closed contour as a vector that stands on it.
static double
area_of (const PrcContour *contour, double area[3]) {
  const double *points = contour->points_mm, *origin = points;

  memset (area, 0, 3 * sizeof *area);
  for (uint32_t i = 1; i + 1 < contour->n_points; i++) {
    double a[3], b[3];

    for (int k = 0; k < 3; k++) {
      a[k] = points[3 * (size_t)i + (size_t)k] - origin[k];
      b[k] = points[3 * (size_t)i + 3 + (size_t)k] - origin[k];
    }
    area[0] += a[1] * b[2] - a[2] * b[1];
    area[1] += a[2] * b[0] - a[0] * b[2];
    area[2] += a[0] * b[1] - a[1] * b[0];
  }
  return prc_geometry_length (area);
}

// The planes are those of the largest one: a structure set is drawn on one stack of images. They are
// the slices' own when that one lies flat on a slice.
static void
find_planes (Work *work) {
  double largest = 0, area[3], low, high;

  for (uint32_t i = 0; i < work->info->n_contours; i++) {
    const PrcContour *contour = &work->info->contours[i];
    double size = is_closed (contour) ? area_of (contour, area) : 0;

    if (!isfinite (size) || !(size > largest))
      continue;
    largest = size;
    work->has_planes = true;
    for (int k = 0; k < 3; k++)
      work->normal[k] = area[k] / size;
    prc_contour_extent (contour, work->slices->normal, &low, &high);
    work->parallel = high - low < work->slices->spacing_mm / 2 &&
                     fabs (prc_geometry_dot (work->normal, work->slices->normal)) > COS_PARALLEL;
  }
  if (work->parallel)
    memcpy (work->normal, work->slices->normal, sizeof work->normal);
}

static int
compare_drawn (gconstpointer a, gconstpointer b) {
  const PrcDrawnContour *x = a, *y = b;

  if (x->contour->segment != y->contour->segment)
    return x->contour->segment < y->contour->segment ? -1 : 1;
  if (x->along_mm != y->along_mm)
    return x->along_mm < y->along_mm ? -1 : 1;
  return (x->contour > y->contour) - (x->contour < y->contour);
}

static const PrcDrawnContour *
drawn_at (const GArray *drawn, uint32_t i) {
  return &g_array_index (drawn, PrcDrawnContour, i);
}

// Closed ones that are flat, and marks, each by segment and place.
static void
sort_contours (Work *work) {
  for (uint32_t i = 0; i < work->info->n_contours; i++) {
    const PrcContour *contour = &work->info->contours[i];
    double low, high;
    PrcDrawnContour drawn = {.contour = contour};

    prc_contour_extent (contour, work->normal, &low, &high);
    prc_contour_extent (contour, work->slices->normal, &drawn.low_mm, &drawn.high_mm);
    if (!isfinite (high - low) ||
        (is_closed (contour) && (!work->has_planes || high - low > work->slices->spacing_mm)))
      continue;
    drawn.along_mm = (low + high) / 2;
    drawn.named =
        prc_segment_slices_find (work->slices, contour->source_uid, contour->source_frame);
    g_array_append_val (is_closed (contour) ? work->closed : work->marks, drawn);
  }
  g_array_sort (work->closed, compare_drawn);
  g_array_sort (work->marks, compare_drawn);
}

static double
same_plane_mm (const Work *work) {
  return SAME_PLANE * work->slices->spacing_mm;
}

static int
compare_numbers (const void *a, const void *b) {
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

// The smallest from one plane to the next, of all segments; 0 when there is one only.
static double
distance_of_planes (const Work *work) {
  uint32_t n = work->closed->len;
  g_autofree double *places = g_new (double, n + 1);
  double distance = INFINITY;

  for (uint32_t i = 0; i < n; i++)
    places[i] = drawn_at (work->closed, i)->along_mm;
  qsort (places, n, sizeof *places, compare_numbers);
  for (uint32_t i = 1; i < n; i++)
    if (places[i] - places[i - 1] > same_plane_mm (work))
      distance = fmin (distance, places[i] - places[i - 1]);
  return isfinite (distance) ? distance : 0;
}

static void
find_reach (Work *work) {
  bool drawn_here = false, drawn_elsewhere = false;
  double distance = work->slices->spacing_mm;

  for (uint32_t i = 0; i < work->closed->len; i++) {
    const PrcDrawnContour *drawn = drawn_at (work->closed, i);
    drawn_here = drawn_here || drawn->named >= 0;
    drawn_elsewhere = drawn_elsewhere || *drawn->contour->source_uid != '\0';
  }
  if (drawn_elsewhere && !drawn_here)
    distance = fmax (distance, fmin (distance_of_planes (work), MAX_DISTANCE_MM));
  work->reach_mm = distance / 2;
}

// Contours of a segment in one plane.
typedef struct {
  double along_mm;
  uint32_t first, n;
} Level;

static uint32_t
end_of_segment (const GArray *drawn, uint32_t from, uint32_t segment) {
  while (from < drawn->len && drawn_at (drawn, from)->contour->segment == segment)
    from++;
  return from;
}

static Level
level_from (const Work *work, uint32_t first) {
  const PrcDrawnContour *drawn = drawn_at (work->closed, first);
  uint32_t n = prc_drawn_contours_in_plane (drawn, work->closed->len - first, same_plane_mm (work));

  return (Level){(drawn->along_mm + drawn[n - 1].along_mm) / 2, first, n};
}

static PrcMask *
fill_slice (const Work *work, uint32_t first, uint32_t n, uint32_t slice) {
  uint32_t rows, columns;

  prc_segment_slices_size (work->slices, slice, &rows, &columns);
  work->slices->work += (uint64_t)rows * columns / 16; // as long as so many steps take
  return prc_drawn_contours_mask (drawn_at (work->closed, first), n,
                                  prc_segment_slices_plane (work->slices, slice), rows, columns,
                                  work->reach_mm);
}

// ---- slices that are parallel ----

// Which plane each slice shows: the nearest. Half-way the slice below has it, whatever the rounding.
static void
choose_levels (const Work *work, GArray *levels, int *chosen, uint32_t *first, uint32_t *end) {
  double slack = 1e-3 * work->slices->spacing_mm;

  *first = work->slices->n;
  *end = 0;
  for (uint32_t i = 0; i < levels->len; i++) {
    uint32_t from, to;
    double along = g_array_index (levels, Level, i).along_mm;

    prc_segment_slices_range (work->slices, along - work->reach_mm - slack,
                              along + work->reach_mm - slack, &from, &to);
    *first = MIN (*first, from);
    *end = MAX (*end, to);
    for (uint32_t k = from; k < to; k++) {
      double here = prc_series_slice (work->slices->series, k)->along_mm - slack;

      if (chosen[k] < 0 ||
          fabs (along - here) < fabs (g_array_index (levels, Level, chosen[k]).along_mm - here))
        chosen[k] = (int)i;
    }
  }
}

// Whether what lies on one slice lies on the other too: slices above each other.
static bool
same_view (const Work *work, uint32_t a, uint32_t b) {
  const PrcPlane *x = prc_segment_slices_plane (work->slices, a);
  const PrcPlane *y = prc_segment_slices_plane (work->slices, b);
  double way[3];

  for (int k = 0; k < 3; k++)
    way[k] = y->position_mm[k] - x->position_mm[k];
  return memcmp (x->row_direction, y->row_direction, sizeof x->row_direction) == 0 &&
         memcmp (x->column_direction, y->column_direction, sizeof x->column_direction) == 0 &&
         x->row_spacing_mm == y->row_spacing_mm && x->column_spacing_mm == y->column_spacing_mm &&
         fabs (prc_geometry_dot (way, x->row_direction)) < 1e-6 &&
         fabs (prc_geometry_dot (way, x->column_direction)) < 1e-6;
}

static void
lay_levels (const Work *work, GArray *levels, int *chosen) {
  g_autoptr (PrcMask) last = NULL;
  int last_level = -1;
  uint32_t first, end;

  choose_levels (work, levels, chosen, &first, &end);
  for (uint32_t i = first; i < end && !prc_segment_slices_cancelled (work->slices); i++) {
    if (chosen[i] >= 0) {
      const Level *level = &g_array_index (levels, Level, chosen[i]);

      if (last == NULL || last_level != chosen[i] || !same_view (work, i - 1, i)) {
        g_clear_pointer (&last, prc_mask_unref);
        last = fill_slice (work, level->first, level->n, i);
      }
      if (last != NULL)
        prc_segment_slices_add (work->slices, i, prc_mask_ref (last));
    }
    last_level = chosen[i];
    chosen[i] = -1;
  }
  for (uint32_t i = first; i < end; i++)
    chosen[i] = -1;
}

// ---- marks ----

// Looks through all marks of the segment for each slice: they are few, or at least not many times
// as many as slices.
static void
lay_marks (const Work *work, uint32_t at, uint32_t end) {
  g_autofree const PrcContour **here = g_new (const PrcContour *, end - at + 1);
  double reach = work->slices->spacing_mm / 2, slack = 1e-3 * reach;
  double low = INFINITY, high = -INFINITY;
  uint32_t first, last;

  for (uint32_t i = at; i < end; i++) {
    low = fmin (low, drawn_at (work->marks, i)->low_mm);
    high = fmax (high, drawn_at (work->marks, i)->high_mm);
  }
  prc_segment_slices_range (work->slices, low - reach - slack, high + reach - slack, &first, &last);
  for (uint32_t slice = first; slice < last; slice++) {
    double along = prc_series_slice (work->slices->series, slice)->along_mm + slack;
    uint32_t rows, columns;
    size_t n = 0;

    if (prc_segment_slices_cancelled (work->slices))
      return;
    work->slices->work += end - at;
    for (uint32_t i = at; i < end; i++) {
      const PrcDrawnContour *drawn = drawn_at (work->marks, i);
      if (along >= drawn->low_mm - reach && along < drawn->high_mm + reach)
        here[n++] = drawn->contour;
    }
    prc_segment_slices_size (work->slices, slice, &rows, &columns);
    if (n > 0)
      prc_segment_slices_add (work->slices, slice,
                              prc_contour_mask (here, n,
                                                prc_segment_slices_plane (work->slices, slice),
                                                rows, columns, reach));
  }
}

// ---- all ----

static void
lay_closed (const Work *work, const PrcSegmentGrid *grid, uint32_t segment, uint32_t at,
            uint32_t end, int *chosen) {
  g_autoptr (GArray) levels = NULL;

  if (grid != NULL) {
    prc_segment_grid_lay (grid, segment, NULL, NULL, work->slices);
    return;
  }
  levels = g_array_new (FALSE, FALSE, sizeof (Level));
  while (at < end) {
    Level level = level_from (work, at);
    g_array_append_val (levels, level);
    at += level.n;
  }
  lay_levels (work, levels, chosen);
}

static void
lay_by_place (Work *work, PrcSegmentStack **stacks) {
  g_autoptr (PrcSegmentGrid) grid = NULL;
  g_autofree int *chosen = g_new (int, work->slices->n);
  uint32_t closed = 0, marks = 0;

  memset (chosen, -1, work->slices->n * sizeof *chosen);
  if (work->closed->len > 0 && !work->parallel)
    grid = prc_drawn_contours_grid (drawn_at (work->closed, 0), work->closed->len, work->normal,
                                    same_plane_mm (work), MAX_DISTANCE_MM, work->slices);
  find_reach (work);
  for (uint32_t segment = 0; segment < work->info->n_segments; segment++) {
    uint32_t end_closed = end_of_segment (work->closed, closed, segment);
    uint32_t end_marks = end_of_segment (work->marks, marks, segment);

    if (prc_segment_slices_cancelled (work->slices))
      return;
    if (end_closed > closed)
      lay_closed (work, grid, segment, closed, end_closed, chosen);
    if (end_marks > marks)
      lay_marks (work, marks, end_marks);
    stacks[segment] = prc_segment_slices_take (work->slices);
    closed = end_closed;
    marks = end_marks;
  }
}

// The patient space is another one (or nobody says), yet contours name the images they were drawn
// on: then they lie on these, unless their points are elsewhere.
static void
find_named (Work *work) {
  double reach = work->slices->spacing_mm / 2;

  for (uint32_t i = 0; i < work->info->n_contours; i++) {
    const PrcContour *contour = &work->info->contours[i];
    int named = prc_segment_slices_find (work->slices, contour->source_uid, contour->source_frame);
    PrcDrawnContour drawn = {contour, named, 0, 0, named};

    if (named < 0 ||
        !prc_contour_offsets (contour, prc_segment_slices_plane (work->slices, (uint32_t)named),
                              &drawn.low_mm, &drawn.high_mm) ||
        drawn.low_mm < -reach || drawn.high_mm > reach)
      continue;
    g_array_append_val (work->closed, drawn);
  }
  g_array_sort (work->closed, compare_drawn);
}

static void
lay_by_name (Work *work, PrcSegmentStack **stacks) {
  uint32_t at = 0;

  find_named (work);
  work->reach_mm = work->slices->spacing_mm / 2;
  while (at < work->closed->len && !prc_segment_slices_cancelled (work->slices)) {
    uint32_t segment = drawn_at (work->closed, at)->contour->segment;
    uint32_t end = end_of_segment (work->closed, at, segment);

    while (at < end) {
      uint32_t n = 1, slice = (uint32_t)drawn_at (work->closed, at)->named;

      while (at + n < end && drawn_at (work->closed, at + n)->named == (int)slice)
        n++;
      prc_segment_slices_add (work->slices, slice, fill_slice (work, at, n, slice));
      at += n;
    }
    stacks[segment] = prc_segment_slices_take (work->slices);
  }
}

void
prc_segment_fit_contours (const PrcSegmentationInfo *info, bool by_place, PrcSegmentSlices *slices,
                          PrcSegmentStack **stacks) {
  g_autoptr (GArray) closed = g_array_new (FALSE, FALSE, sizeof (PrcDrawnContour));
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (PrcDrawnContour));
  Work work = {.info = info, .slices = slices, .closed = closed, .marks = marks};

  if (by_place && slices->has_geometry) {
    find_planes (&work);
    sort_contours (&work);
    lay_by_place (&work, stacks);
  } else {
    lay_by_name (&work, stacks);
  }
}
