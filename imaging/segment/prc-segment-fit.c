// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-fit.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-geometry.h"
#include "prc-imaging-error.h"
#include "prc-segment-fit-private.h"
#include "prc-segment-grid.h"

// A segmentation may have frames of many orientations (a stack that turns round an axis); beyond
// this number they have no place of their own.
#define MAX_GRIDS 512
// A NIfTI volume names no patient and no Frame of Reference; nearly all scans lie round the origin.
// To be of the same body its box has to have this much in common with that of the series, of the
// smaller one.
#define MIN_COMMON 0.5

// Which rule decides (PS3.3 C.7.6.17.2, C.8.20.2, C.7.4.1): coordinates of one Frame of Reference
// are of one patient space, so that there the plane says where a frame lies, whatever it names as
// its source. NIfTI has no Frame of Reference, but an own patient space.
static bool
shares_space (const PrcSegmentationInfo *info, const PrcSeries *series) {
  const char *uid = prc_series_info (series)->frame_of_reference_uid;

  if (info->kind == PRC_SEGMENTATION_NIFTI)
    return true;
  return *uid != '\0' && g_str_equal (uid, info->frame_of_reference_uid);
}

static bool
has_places (const PrcSegmentSlices *slices) {
  return prc_segment_plane_is_placed (prc_segment_slices_plane (slices, 0));
}

// The slice that the frame names as its source, when their pixels can be the same; or -1.
static int
source_of (const PrcSegmentSlices *slices, const PrcSegmentFrame *frame) {
  int index = prc_segment_slices_find (slices, frame->source_uid, frame->source_frame);
  uint32_t rows, columns;

  if (index < 0)
    return -1;
  prc_segment_slices_size (slices, (uint32_t)index, &rows, &columns);
  return rows == prc_mask_rows (frame->mask) && columns == prc_mask_columns (frame->mask) ? index
                                                                                          : -1;
}

// ---- frames ----

typedef struct {
  const PrcSegmentationInfo *info;
  PrcSegmentSlices *slices;
  bool by_place;
  GPtrArray *grids;
  bool *named;     // slices that a frame with a place names
  GArray *sourced; // Sourced: frames that lie where their source is
} Frames;

typedef struct {
  uint32_t segment, frame;
  int slice;
} Sourced;

static bool
add_placed (Frames *frames, const PrcSegmentFrame *frame, int source) {
  GPtrArray *grids = frames->grids;

  // The last one first: frames of one orientation come together.
  for (uint32_t i = grids->len; i > 0; i--)
    if (prc_segment_grid_add (grids->pdata[i - 1], frame->segment, &frame->plane,
                              (PrcMask *)frame->mask, source))
      return true;
  if (grids->len == MAX_GRIDS)
    return false;
  g_ptr_array_add (grids, prc_segment_grid_new (&frame->plane));
  return prc_segment_grid_add (grids->pdata[grids->len - 1], frame->segment, &frame->plane,
                               (PrcMask *)frame->mask, source);
}

static int
compare_sourced (gconstpointer a, gconstpointer b) {
  const Sourced *x = a, *y = b;

  return (x->segment > y->segment) - (x->segment < y->segment);
}

static void
sort_frames (Frames *frames) {
  const PrcSegmentationInfo *info = frames->info;

  for (uint32_t i = 0; i < info->n_frames; i++) {
    const PrcSegmentFrame *frame = &info->frames[i];
    int source = source_of (frames->slices, frame);

    if (frames->by_place && prc_segment_plane_is_placed (&frame->plane) &&
        add_placed (frames, frame, source)) {
      if (source >= 0)
        frames->named[source] = true;
    } else if (source >= 0) {
      Sourced sourced = {frame->segment, i, source};
      g_array_append_val (frames->sourced, sourced);
    }
  }
  for (uint32_t i = 0; i < frames->grids->len; i++) {
    PrcSegmentGrid *grid = frames->grids->pdata[i];
    prc_segment_grid_close (
        grid, prc_segment_grid_distance_mm (grid, info->thickness_mm, frames->slices->spacing_mm));
  }
  g_array_sort (frames->sourced, compare_sourced);
}

static void
lay_placed (Frames *frames, uint32_t segment) {
  uint32_t n = frames->grids->len;
  g_autofree bool *reserved = n > 1 ? g_new0 (bool, frames->slices->n) : NULL;

  for (uint32_t i = 0; n > 1 && i < n; i++)
    prc_segment_grid_reserve (frames->grids->pdata[i], segment, frames->slices, reserved);
  for (uint32_t i = 0; i < n; i++)
    prc_segment_grid_lay (frames->grids->pdata[i], segment, frames->named, reserved,
                          frames->slices);
}

static void
lay_frames (Frames *frames, PrcSegmentStack **stacks) {
  const PrcSegmentationInfo *info = frames->info;
  uint32_t at = 0;

  for (uint32_t segment = 0; segment < info->n_segments; segment++) {
    if (prc_segment_slices_cancelled (frames->slices))
      return;
    lay_placed (frames, segment);
    for (; at < frames->sourced->len; at++) {
      const Sourced *sourced = &g_array_index (frames->sourced, Sourced, at);

      if (sourced->segment != segment)
        break;
      prc_segment_slices_add (frames->slices, (uint32_t)sourced->slice,
                              prc_mask_ref (info->frames[sourced->frame].mask));
    }
    stacks[segment] = prc_segment_slices_take (frames->slices);
  }
}

static void
fit_frames (const PrcSegmentationInfo *info, bool by_place, PrcSegmentSlices *slices,
            PrcSegmentStack **stacks) {
  g_autoptr (GPtrArray) grids =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_segment_grid_free);
  g_autoptr (GArray) sourced = g_array_new (FALSE, FALSE, sizeof (Sourced));
  g_autofree bool *named = g_new0 (bool, slices->n);
  Frames frames = {info, slices, by_place, grids, named, sourced};

  sort_frames (&frames);
  lay_frames (&frames, stacks);
}

// ---- whether at all ----

// Round things in the patient, along the axes of a slice, millimetres.
typedef struct {
  const PrcPlane *axes;
  double normal[3]; // of it
  double low[3], high[3];
} Box;

static void
box_init (Box *box, const PrcPlane *axes) {
  *box = (Box){axes, {0}, {INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
  prc_geometry_normal (axes, box->normal);
}

static void
box_add_point (Box *box, const double mm[3]) {
  const double *directions[] = {box->axes->row_direction, box->axes->column_direction, box->normal};

  for (int i = 0; i < 3; i++) {
    double at = prc_geometry_dot (mm, directions[i]);

    box->low[i] = fmin (box->low[i], at);
    box->high[i] = fmax (box->high[i], at);
  }
}

static void
box_add_plane (Box *box, const PrcPlane *plane, uint32_t rows, uint32_t columns,
               double thickness_mm) {
  double normal[3];

  prc_geometry_normal (plane, normal);
  for (int corner = 0; corner < 8; corner++) {
    double mm[3], along_row = plane->column_spacing_mm * (corner & 1 ? columns - 0.5 : -0.5);
    double along_column = plane->row_spacing_mm * (corner & 2 ? rows - 0.5 : -0.5);
    double along_normal = thickness_mm * (corner & 4 ? 0.5 : -0.5);

    for (int k = 0; k < 3; k++)
      mm[k] = plane->position_mm[k] + along_row * plane->row_direction[k] +
              along_column * plane->column_direction[k] + along_normal * normal[k];
    box_add_point (box, mm);
  }
}

// What two boxes have in common, as part of the smaller one: 0 to 1.
static double
common_part (const Box *a, const Box *b) {
  double common = 1, of_a = 1, of_b = 1;

  for (int i = 0; i < 3; i++) {
    common *= fmax (fmin (a->high[i], b->high[i]) - fmax (a->low[i], b->low[i]), 0);
    of_a *= a->high[i] - a->low[i];
    of_b *= b->high[i] - b->low[i];
  }
  return common > 0 ? common / fmin (of_a, of_b) : 0;
}

static void
box_add_slice (Box *box, const PrcSegmentSlices *slices, uint32_t index) {
  const PrcPlane *plane = prc_segment_slices_plane (slices, index);
  uint32_t rows, columns;

  prc_segment_slices_size (slices, index, &rows, &columns);
  if (prc_segment_plane_is_placed (plane))
    box_add_plane (box, plane, rows, columns, slices->spacing_mm);
}

static void
box_of_series (Box *box, const PrcSegmentSlices *slices) {
  if (slices->has_geometry) { // in order, so that the ends tell all
    box_add_slice (box, slices, 0);
    box_add_slice (box, slices, slices->n - 1);
  } else {
    for (uint32_t i = 0; i < slices->n; i++)
      box_add_slice (box, slices, i);
  }
}

static void
box_of_segmentation (Box *box, const PrcSegmentationInfo *info, const PrcSegmentSlices *slices) {
  double thickness = info->thickness_mm > 0 ? info->thickness_mm : slices->spacing_mm;

  for (uint32_t i = 0; i < info->n_frames; i++) {
    const PrcSegmentFrame *frame = &info->frames[i];

    // one mask of each frame is enough
    if ((i == 0 || frame->frame != frame[-1].frame) && prc_segment_plane_is_placed (&frame->plane))
      box_add_plane (box, &frame->plane, prc_mask_rows (frame->mask),
                     prc_mask_columns (frame->mask), thickness);
  }
  for (uint32_t i = 0; i < info->n_contours; i++)
    for (uint32_t k = 0; k < info->contours[i].n_points; k++)
      box_add_point (box, info->contours[i].points_mm + 3 * (size_t)k);
  for (int i = 0; info->n_contours > 0 && i < 3; i++) { // one may be flat, or a point
    box->low[i] -= slices->spacing_mm / 2;
    box->high[i] += slices->spacing_mm / 2;
  }
}

static bool
names_a_slice (const PrcSegmentationInfo *info, const PrcSegmentSlices *slices) {
  for (uint32_t i = 0; i < info->n_frames; i++)
    if (source_of (slices, &info->frames[i]) >= 0)
      return true;
  for (uint32_t i = 0; i < info->n_contours; i++)
    if (prc_segment_slices_find (slices, info->contours[i].source_uid,
                                 info->contours[i].source_frame) >= 0)
      return true;
  return false;
}

bool
prc_segment_fits (const PrcSegmentation *segmentation, const PrcSeries *series) {
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_auto (PrcSegmentSlices) slices = {0};
  Box of_series, of_segments;

  if (info->n_frames == 0 && info->n_contours == 0) // no place to compare
    return info->kind != PRC_SEGMENTATION_NIFTI && shares_space (info, series);
  prc_segment_slices_init (&slices, series, NULL);
  if (shares_space (info, series) && has_places (&slices)) {
    double least = info->kind == PRC_SEGMENTATION_NIFTI ? MIN_COMMON : 0;

    box_init (&of_series, prc_segment_slices_plane (&slices, 0));
    box_init (&of_segments, of_series.axes);
    box_of_series (&of_series, &slices);
    box_of_segmentation (&of_segments, info, &slices);
    if (common_part (&of_series, &of_segments) > least)
      return true;
  }
  return names_a_slice (info, &slices);
}

// ---- laid ----

GPtrArray *
prc_segment_fit (const PrcSegmentation *segmentation, const PrcSeries *series,
                 GCancellable *cancellable, GError **error) {
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_autoptr (GPtrArray) stacks =
      g_ptr_array_new_full (info->n_segments, (GDestroyNotify)prc_segment_stack_unref);
  g_autoptr (PrcSegmentStack) nothing = prc_segment_stack_new_empty (prc_series_length (series));
  g_auto (PrcSegmentSlices) slices = {0};

  g_ptr_array_set_size (stacks, (int)info->n_segments);
  prc_segment_slices_init (&slices, series, cancellable);
  bool by_place = shares_space (info, series) && has_places (&slices);
  if (info->n_contours > 0)
    prc_segment_fit_contours (info, by_place, &slices, (PrcSegmentStack **)stacks->pdata);
  else
    fit_frames (info, by_place, &slices, (PrcSegmentStack **)stacks->pdata);
  for (uint32_t i = 0; i < stacks->len; i++)
    if (stacks->pdata[i] == NULL)
      stacks->pdata[i] = prc_segment_stack_ref (nothing);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (slices.work > PRC_SEGMENT_SLICES_WORK) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                         _ ("The segmentation has too many frames in one place"));
    return NULL;
  }
  if (slices.size > PRC_SEGMENT_SLICES_SIZE) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_TOO_LARGE,
                         _ ("The segments take more memory than this program gives them"));
    return NULL;
  }
  return g_steal_pointer (&stacks);
}
