// SPDX-License-Identifier: Apache-2.0
#include "ctl-overlay.h"
#include "ctl.h"

#include <glib/gi18n.h>
#include <math.h>
#include "prc-codes.h"
#include "prc-imaging-error.h"
#include "prc-scan.h"
#include "prc-segment-fit.h"
#include "prc-segment-look.h"
#include "prc-segment-match.h"
#include "prc-segment-measure.h"

// A segment as its file has it, in the file's own grid.
typedef struct {
  uint32_t frames, contours;
  uint64_t voxels;
  double volume_ml; // not a number when it cannot be said
} Own;

// What a file holds, and the images it is measured on.
typedef struct {
  PrcSegmentation *segmentation;
  Own *own;                   // by segment
  GPtrArray *series;          // what was given; NULL: nothing
  PrcSeries *on;              // one of them
  PrcSegmentMeasure *measure; // on it, by segment; NULL without images
} File;

static void
file_clear (File *file) {
  g_clear_pointer (&file->segmentation, prc_segmentation_unref);
  g_clear_pointer (&file->series, g_ptr_array_unref);
  g_free (file->own);
  g_free (file->measure);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (File, file_clear)

/* ---- finding out ---- */

static void
count_own (File *file) {
  const PrcSegmentationInfo *info = prc_segmentation_info (file->segmentation);
  file->own = g_new0 (Own, info->n_segments);
  for (uint32_t i = 0; i < info->n_frames; i++) {
    const PrcSegmentFrame *frame = &info->frames[i];
    Own *own = &file->own[frame->segment];
    double voxel_ml =
        frame->plane.row_spacing_mm * frame->plane.column_spacing_mm * info->thickness_mm / 1000;
    own->frames++;
    own->voxels += prc_mask_area (frame->mask);
    own->volume_ml += voxel_ml > 0 ? (double)prc_mask_area (frame->mask) * voxel_ml : NAN;
  }
  for (uint32_t i = 0; i < info->n_contours; i++)
    file->own[info->contours[i].segment].contours++;
  for (uint32_t i = 0; info->kind == PRC_SEGMENTATION_CONTOURS && i < info->n_segments; i++)
    file->own[i].volume_ml = NAN;
}

// Files that are refused are complained about one by one.
static CtlStatus
read_images (PrcCodecPool *pool, char **paths, File *file) {
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcScan) scan = prc_scan (pool, (const char *const *)paths, PRC_PRIORITY_VIEW, NULL,
                                       NULL, ctl_cancellable (), &error);
  if (!scan)
    return ctl_complain (paths[0], error);
  for (guint i = 0; i < scan->problems->len; i++) {
    const PrcScanProblem *problem = scan->problems->pdata[i];
    ctl_complain_text (problem->path, problem->reason);
  }
  if (scan->series->len == 0 && scan->problems->len == 0)
    ctl_complain_text (paths[0], _ ("there is no image"));
  if (scan->series->len > 0)
    file->series = g_ptr_array_ref (scan->series);
  return scan->problems->len > 0 || scan->series->len == 0 ? CTL_REFUSED : CTL_DONE;
}

static bool
measure (PrcCodecPool *pool, File *file, GError **error) {
  const PrcSegmentationInfo *info = prc_segmentation_info (file->segmentation);
  g_autoptr (GPtrArray) on = prc_segment_match (file->segmentation, file->series, error);
  if (!on)
    return false;
  if (on->len == 0) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                         _ ("none of its segments lies on these images"));
    return false;
  }
  file->on = on->pdata[0];
  g_autoptr (GPtrArray) stacks =
      prc_segment_fit (file->segmentation, file->on, ctl_cancellable (), error);
  if (!stacks)
    return false;
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);
  file->measure = g_new0 (PrcSegmentMeasure, info->n_segments);
  for (guint i = 0; i < stacks->len; i++) {
    if (!prc_segment_measure (stacks->pdata[i], file->on, store, &file->measure[i],
                              ctl_cancellable (), error))
      return false;
    ctl_progress (_ ("Measuring"), i + 1, stacks->len);
  }
  ctl_progress_end ();
  return true;
}

/* ---- saying it ---- */

static const char *
kind_name (PrcSegmentationKind kind) {
  static const char *const names[] = {
      [PRC_SEGMENTATION_BINARY] = "binary",       [PRC_SEGMENTATION_PROBABILITY] = "probability",
      [PRC_SEGMENTATION_OCCUPANCY] = "occupancy", [PRC_SEGMENTATION_LABELMAP] = "labelmap",
      [PRC_SEGMENTATION_CONTOURS] = "contours",   [PRC_SEGMENTATION_NIFTI] = "nifti",
  };
  return names[kind];
}

static void
add_number (JsonBuilder *json, const char *name, double value) {
  if (isfinite (value))
    ctl_json_number (json, name, value);
}

static void
add_measure (JsonBuilder *json, const PrcSegmentMeasure *measure) {
  json_builder_set_member_name (json, "on-images");
  json_builder_begin_object (json);
  ctl_json_int (json, "slices", measure->slices);
  ctl_json_int (json, "voxels", (gint64)measure->voxels);
  add_number (json, "volume-ml", measure->volume_ml);
  add_number (json, "mean", measure->mean);
  add_number (json, "sd", measure->sd);
  add_number (json, "lowest", measure->lowest);
  add_number (json, "highest", measure->highest);
  ctl_json_string (json, "units", measure->units);
  add_number (json, "diameter-mm", measure->diameter_mm);
  json_builder_end_object (json);
}

static void
add_segment (JsonBuilder *json, const File *file, uint32_t i) {
  const PrcSegmentationInfo *info = prc_segmentation_info (file->segmentation);
  const PrcSegment *segment = &info->segments[i];
  const Own *own = &file->own[i];
  json_builder_begin_object (json);
  ctl_json_segment_words (json, segment);
  ctl_json_string (json, "description", segment->description);
  ctl_json_string (json, "algorithm-type", segment->algorithm_type);
  if (segment->has_colour) {
    g_autofree char *colour = g_strdup_printf ("#%06x", segment->colour);
    ctl_json_string (json, "colour", colour);
  }
  json_builder_set_member_name (json, "hidden-at-first");
  json_builder_add_boolean_value (json, prc_segment_look_is_around (segment));
  if (info->kind == PRC_SEGMENTATION_CONTOURS) {
    ctl_json_int (json, "contours", own->contours);
  } else {
    ctl_json_int (json, "frames", own->frames);
    ctl_json_int (json, "voxels", (gint64)own->voxels);
    add_number (json, "volume-ml", own->volume_ml);
  }
  if (file->measure)
    add_measure (json, &file->measure[i]);
  json_builder_end_object (json);
}

static void
print_json (const File *file) {
  const PrcSegmentationInfo *info = prc_segmentation_info (file->segmentation);
  g_autoptr (JsonBuilder) json = json_builder_new ();
  json_builder_begin_object (json);
  ctl_json_string (json, "path", info->path);
  ctl_json_string (json, "kind", kind_name (info->kind));
  ctl_json_string (json, "title", info->title);
  if (file->on)
    ctl_json_string (json, "series-instance-uid", prc_series_info (file->on)->series_instance_uid);
  json_builder_set_member_name (json, "notes");
  json_builder_begin_array (json);
  for (const char *const *note = info->notes; *note; note++)
    json_builder_add_string_value (json, *note);
  json_builder_end_array (json);
  json_builder_set_member_name (json, "segments");
  json_builder_begin_array (json);
  for (uint32_t i = 0; i < info->n_segments; i++)
    add_segment (json, file, i);
  json_builder_end_array (json);
  json_builder_end_object (json);
  ctl_print_json (json);
}

// "3 frames, 4321 voxels, 12.3 ml"
static void
print_own (const PrcSegmentationInfo *info, const Own *own) {
  if (info->kind == PRC_SEGMENTATION_CONTOURS) {
    g_print (ngettext ("%u contour", "%u contours", own->contours), own->contours);
    return;
  }
  g_print (ngettext ("%u frame", "%u frames", own->frames), own->frames);
  g_print (", ");
  g_print (ngettext ("%zu voxel", "%zu voxels", own->voxels), (size_t)own->voxels);
  if (isfinite (own->volume_ml))
    g_print (", %.4g ml", own->volume_ml);
}

// " | 3 slices, 4321 voxels, 12.3 ml, mean 54.2, SD 20.1 HU"
static void
print_measure (const PrcSegmentMeasure *measure) {
  g_print (" | ");
  g_print (ngettext ("%u slice", "%u slices", measure->slices), measure->slices);
  g_print (", ");
  g_print (ngettext ("%zu voxel", "%zu voxels", measure->voxels), (size_t)measure->voxels);
  if (isfinite (measure->volume_ml))
    g_print (", %.4g ml", measure->volume_ml);
  if (isfinite (measure->mean))
    g_print (_ (", mean %.4g"), measure->mean);
  if (isfinite (measure->sd))
    g_print (_ (", SD %.4g"), measure->sd);
  if (isfinite (measure->mean) && *measure->units)
    g_print (" %s", measure->units);
}

// "Left kidney | Kidney, left (64033007, SCT)", on one line whatever the file says.
static char *
words_of (const PrcSegment *segment) {
  g_autofree char *name = prc_codes_segment_name (segment);
  g_autofree char *words = *segment->type.value
                               ? g_strdup_printf ("%s | %s (%s, %s)", segment->label, name,
                                                  segment->type.value, segment->type.scheme)
                               : g_strdup_printf ("%s | -", segment->label);
  return ctl_shown_path (words);
}

static void
print_text (const File *file) {
  const PrcSegmentationInfo *info = prc_segmentation_info (file->segmentation);
  for (uint32_t i = 0; i < info->n_segments; i++) {
    const PrcSegment *segment = &info->segments[i];
    g_autofree char *words = words_of (segment);
    g_autofree char *colour =
        segment->has_colour ? g_strdup_printf ("#%06x", segment->colour) : g_strdup ("-");
    g_print ("%5u  %s | %s | ", segment->number, words, colour);
    print_own (info, &file->own[i]);
    if (file->measure)
      print_measure (&file->measure[i]);
    g_print ("\n");
  }
}

CtlStatus
ctl_segments (int argc, char **argv) {
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_ ("One JSON document"), NULL},
      {NULL},
  };
  if (!ctl_options (&argc, &argv, entries, "SEGFILE [IMAGE...]", 1, -1))
    return CTL_USAGE;
  g_auto (File) file = {NULL};
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (0);
  CtlStatus status = CTL_DONE;
  file.segmentation = ctl_segmentation_read (pool, argv[1], &error);
  if (!file.segmentation)
    return ctl_complain (argv[1], error);
  count_own (&file);
  if (argc > 2)
    status = read_images (pool, argv + 2, &file);
  if (file.series && !measure (pool, &file, &error))
    return ctl_complain (argv[1], error);
  const char *const *notes = prc_segmentation_info (file.segmentation)->notes;
  for (; *notes && !as_json; notes++)
    ctl_complain_text (argv[1], *notes);
  if (argc > 2 && !file.series)
    return status;
  if (as_json)
    print_json (&file);
  else
    print_text (&file);
  return status;
}
