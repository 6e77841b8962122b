// SPDX-License-Identifier: Apache-2.0
#include "prc-segment-match.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "prc-geometry.h"
#include "prc-imaging-error.h"
#include "prc-segment-fit.h"
#include "prc-segment-slices.h"

// Volumes that a series was turned into have its voxels but for rounding, of numbers of 32 bits and
// of text: within this part of a pixel at their corners.
#define SAME_PIXEL       0.1
#define SAME_DISTANCE_MM 0.05 // of slices

// ---- grids ----

// The voxels of a volume, whichever way their axes run.
typedef struct {
  uint32_t count[3];
  double span_mm[3][3]; // from the first voxel to the last one along an axis
  double centre_mm[3];
  double pixel_mm; // the smaller side
} Volume;

static bool
volume_init (Volume *volume, const PrcPlane *first, const PrcPlane *last, uint32_t rows,
             uint32_t columns, uint32_t n_planes) {
  if (rows == 0 || columns == 0 || n_planes == 0 || !prc_segment_plane_is_placed (first) ||
      !prc_segment_plane_is_placed (last))
    return false;
  *volume = (Volume){.count = {columns, rows, n_planes},
                     .pixel_mm = fmin (first->row_spacing_mm, first->column_spacing_mm)};
  for (int k = 0; k < 3; k++) {
    volume->span_mm[0][k] = first->row_direction[k] * first->column_spacing_mm * (columns - 1);
    volume->span_mm[1][k] = first->column_direction[k] * first->row_spacing_mm * (rows - 1);
    volume->span_mm[2][k] = last->position_mm[k] - first->position_mm[k];
    volume->centre_mm[k] = first->position_mm[k];
    for (int axis = 0; axis < 3; axis++)
      volume->centre_mm[k] += volume->span_mm[axis][k] / 2;
  }
  return true;
}

static bool
volume_of_series (Volume *volume, const PrcSeries *series) {
  uint32_t n = prc_series_length (series);
  const PrcSlice *first = prc_series_slice (series, 0), *last = prc_series_slice (series, n - 1);
  const PrcInstanceInfo *info = prc_instance_info (first->instance);

  return volume_init (volume, prc_instance_plane (first->instance, first->frame),
                      prc_instance_plane (last->instance, last->frame), info->rows, info->columns,
                      n);
}

static bool
are_near (const double a[3], const double b[3], double sign, double most_mm) {
  double apart[3];

  for (int k = 0; k < 3; k++)
    apart[k] = a[k] - sign * b[k];
  return prc_geometry_length (apart) <= most_mm;
}

static bool
has_axis (const Volume *a, int axis, const Volume *b, double most_mm) {
  for (int other = 0; other < 3; other++)
    if (a->count[axis] == b->count[other] &&
        (are_near (a->span_mm[axis], b->span_mm[other], 1, most_mm) ||
         are_near (a->span_mm[axis], b->span_mm[other], -1, most_mm)))
      return true;
  return false;
}

// Axes may be in another order and run the other way: what counts is where the voxels are.
static bool
are_same (const Volume *a, const Volume *b) {
  double most_mm = SAME_PIXEL * fmin (a->pixel_mm, b->pixel_mm);

  if (!are_near (a->centre_mm, b->centre_mm, 1, most_mm))
    return false;
  for (int axis = 0; axis < 3; axis++)
    if (!has_axis (a, axis, b, most_mm) || !has_axis (b, axis, a, most_mm))
      return false;
  return true;
}

// ---- series ----

typedef struct {
  PrcSeries *series;
  bool sure;       // it was made from this one, or from images of this patient
  uint32_t named;  // images
  double apart_mm; // how far the distance of its slices is from that of the file's planes
} Candidate;

// SOP Instance UIDs of the images that it was made from; borrowed.
static GHashTable *
named_images (const PrcSegmentationInfo *info) {
  GHashTable *named = g_hash_table_new (g_str_hash, g_str_equal);

  for (uint32_t i = 0; i < info->n_frames; i++)
    g_hash_table_add (named, (gpointer)info->frames[i].source_uid);
  for (uint32_t i = 0; i < info->n_contours; i++)
    g_hash_table_add (named, (gpointer)info->contours[i].source_uid);
  g_hash_table_remove (named, "");
  return named;
}

static uint32_t
count_named (GHashTable *named, const PrcSeries *series) {
  uint32_t n = 0;

  for (uint32_t i = 0; g_hash_table_size (named) > 0 && i < prc_series_length (series); i++)
    n += g_hash_table_contains (
        named, prc_instance_info (prc_series_slice (series, i)->instance)->sop_instance_uid);
  return n;
}

static bool
is_sure (const PrcSegmentationInfo *info, const PrcSeries *series) {
  Volume of_file, of_series;

  if (info->kind != PRC_SEGMENTATION_NIFTI)
    return g_str_equal (info->patient_key, prc_series_patient_key (series));
  return volume_init (&of_file, &info->first_plane, &info->last_plane, info->rows, info->columns,
                      info->n_planes) &&
         volume_of_series (&of_series, series) && are_same (&of_file, &of_series);
}

static GArray *
find_candidates (const PrcSegmentation *segmentation, GPtrArray *series) {
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_autoptr (GHashTable) named = named_images (info);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < series->len; i++) {
    PrcSeries *each = series->pdata[i];
    double spacing = prc_series_spacing_mm (each);
    bool known = spacing > 0 && info->thickness_mm > 0;
    if (!prc_segment_fits (segmentation, each))
      continue;
    Candidate candidate = {each, is_sure (info, each), count_named (named, each),
                           known ? fabs (spacing - info->thickness_mm) : G_MAXINT};
    g_array_append_val (found, candidate);
  }
  return found;
}

static bool
is_better (const Candidate *a, const Candidate *b) {
  if (a->sure != b->sure)
    return a->sure;
  if (a->named != b->named)
    return a->named > b->named;
  if (fabs (a->apart_mm - b->apart_mm) > SAME_DISTANCE_MM)
    return a->apart_mm < b->apart_mm;
  return prc_series_length (a->series) > prc_series_length (b->series);
}

static bool
is_of_same_patient (const PrcSeries *a, const PrcSeries *b) {
  return g_str_equal (prc_series_patient_key (a), prc_series_patient_key (b));
}

// With a sure one, another counts when it is of the same patient space.
static bool
counts (const Candidate *candidate, const GArray *all) {
  const char *space = prc_series_info (candidate->series)->frame_of_reference_uid;
  bool any_sure = false;

  for (guint i = 0; i < all->len; i++) {
    const Candidate *other = &g_array_index (all, Candidate, i);
    if (!other->sure)
      continue;
    any_sure = true;
    if (is_of_same_patient (candidate->series, other->series) && *space != '\0' &&
        g_str_equal (space, prc_series_info (other->series)->frame_of_reference_uid))
      return true;
  }
  return candidate->sure || !any_sure;
}

GPtrArray *
prc_segment_match (const PrcSegmentation *segmentation, GPtrArray *series, GError **error) {
  g_autoptr (GArray) candidates = find_candidates (segmentation, series);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_series_unref);
  const Candidate *best = NULL;

  for (guint i = 0; i < candidates->len; i++) {
    const Candidate *each = &g_array_index (candidates, Candidate, i);
    if (!counts (each, candidates))
      continue;
    if (best != NULL && !is_of_same_patient (each->series, best->series)) {
      g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                           _ ("The segmentation lies on images of several patients: open those of "
                              "its patient alone"));
      return NULL;
    }
    bool better = best == NULL || is_better (each, best);
    g_ptr_array_insert (found, better ? 0 : -1, prc_series_ref (each->series));
    best = better ? each : best;
  }
  return g_steal_pointer (&found);
}
