// SPDX-License-Identifier: Apache-2.0
#include "ctl-overlay.h"

#include <glib/gi18n.h>
#include "ctl.h"
#include "prc-imaging-error.h"
#include "prc-scan.h"
#include "prc-segment-fit.h"
#include "prc-segment-look.h"
#include "prc-segment-match.h"

#define THRESHOLD 0.5 // of fractions, as the viewer has it at first

PrcSegmentation *
ctl_segmentation_read (PrcCodecPool *pool, const char *path, GError **error) {
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, ctl_cancellable (), error);
  if (!instance)
    return NULL;
  if (!prc_segmentation_is_one (instance)) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                         _ ("the file holds no segments"));
    return NULL;
  }
  return prc_codec_pool_segment (pool, instance, THRESHOLD, PRC_PRIORITY_VIEW, ctl_cancellable (),
                                 error);
}

// What lies beside a file, itself among it, but not what lies in folders there.
static GStrv
files_beside (const char *path) {
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  const char *name;
  g_strv_builder_add (files, path);
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *file = g_build_filename (folder, name, NULL);
    if (*name != '.' && g_file_test (file, G_FILE_TEST_IS_REGULAR))
      g_strv_builder_add (files, file);
  }
  return g_strv_builder_end (files);
}

// Where a slice stands in one of these series; NULL: in none.
static PrcSeries *
find_slice (GPtrArray *all, const PrcSlice *slice, uint32_t *index) {
  const char *uid = prc_instance_info (slice->instance)->sop_instance_uid;
  for (guint i = 0; i < all->len; i++) {
    int found = prc_series_find (all->pdata[i], uid, slice->frame);
    if (found < 0)
      continue;
    *index = (uint32_t)found;
    return prc_series_ref (all->pdata[i]);
  }
  return NULL;
}

static PrcSeries *
series_of (PrcCodecPool *pool, const PrcSlice *slice, uint32_t *index, GPtrArray **all,
           GError **error) {
  g_auto (GStrv) files = files_beside (prc_instance_info (slice->instance)->path);
  g_autoptr (PrcScan) scan = prc_scan (pool, (const char *const *)files, PRC_PRIORITY_VIEW, NULL,
                                       NULL, ctl_cancellable (), error);
  if (!scan)
    return NULL;
  PrcSeries *series = find_slice (scan->series, slice, index);
  if (!series)
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                         _ ("there is no image that segments could lie on"));
  *all = g_ptr_array_ref (scan->series);
  return series;
}

typedef struct {
  PrcSeries *series;
  uint32_t index; // of the slice
  GPtrArray *all; // series that lie there, too
  PrcSegmentColours *colours;
  GArray *painted;  // PrcLayerItem
  GPtrArray *masks; // theirs
} Overlay;

static void
overlay_clear (Overlay *overlay) {
  g_clear_pointer (&overlay->series, prc_series_unref);
  g_clear_pointer (&overlay->all, g_ptr_array_unref);
  g_clear_pointer (&overlay->colours, prc_segment_colours_free);
  g_clear_pointer (&overlay->painted, g_array_unref);
  g_clear_pointer (&overlay->masks, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Overlay, overlay_clear)

static void
add_segment (Overlay *overlay, const PrcSegment *segment, PrcSegmentStack *stack) {
  PrcMask *mask = prc_segment_stack_mask (stack, overlay->index);
  PrcLayerItem item = {mask, segment->colour, PRC_SEGMENT_LOOK_OPACITY,
                       prc_segment_look_edge (PRC_SEGMENT_LOOK_OPACITY)};
  if (segment->has_colour)
    prc_segment_colours_use (overlay->colours, segment->colour);
  else
    item.colour = prc_segment_colours_give (overlay->colours);
  if (!mask || prc_segment_look_is_around (segment))
    return;
  g_ptr_array_add (overlay->masks, prc_mask_ref (mask));
  g_array_append_val (overlay->painted, item);
}

static bool
add_file (PrcCodecPool *pool, const char *path, Overlay *overlay, GError **error) {
  g_autoptr (PrcSegmentation) segmentation = ctl_segmentation_read (pool, path, error);
  if (!segmentation)
    return false;
  g_autoptr (GPtrArray) on = prc_segment_match (segmentation, overlay->all, error);
  if (!on)
    return false;
  if (!g_ptr_array_find (on, overlay->series, NULL)) {
    g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
                         _ ("none of its segments lies on this series"));
    return false;
  }
  g_autoptr (GPtrArray) stacks =
      prc_segment_fit (segmentation, overlay->series, ctl_cancellable (), error);
  if (!stacks)
    return false;
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  for (const char *const *note = info->notes; *note; note++)
    ctl_complain_text (path, *note);
  for (guint i = 0; i < stacks->len; i++)
    add_segment (overlay, &info->segments[i], stacks->pdata[i]);
  return true;
}

bool
ctl_overlay_layer (PrcCodecPool *pool, char **paths, const PrcSlice *slice, PrcLayer **layer,
                   GError **error) {
  g_auto (Overlay) overlay = {NULL};
  overlay.series = series_of (pool, slice, &overlay.index, &overlay.all, error);
  if (!overlay.series)
    return false;
  overlay.colours = prc_segment_colours_new ();
  overlay.painted = g_array_new (FALSE, FALSE, sizeof (PrcLayerItem));
  overlay.masks = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_mask_unref);
  for (char **path = paths; *path; path++)
    if (!add_file (pool, *path, &overlay, error)) {
      g_prefix_error (error, "%s: ", *path);
      return false;
    }
  *layer = prc_layer_new ((const PrcLayerItem *)(const void *)overlay.painted->data,
                          overlay.painted->len);
  return true;
}
