// SPDX-License-Identifier: Apache-2.0
#include "ctl-similar-segment.h"

#include <glib/gi18n.h>
#include "ctl.h"
#include "prc-imaging-error.h"
#include "prc-scan.h"

const PrcSegment *
ctl_segment_said (const CtlSegment *segment) {
  return &prc_segmentation_info (segment->file->segmentation)->segments[segment->segment->segment];
}

void
ctl_segment_clear (CtlSegment *segment) {
  g_clear_pointer (&segment->file, prc_import_file_free);
}

// "lesions.dcm:2"; a file of that very name comes first.
static char *
split (const char *which, bool *numbered, guint64 *number) {
  const char *colon = strrchr (which, ':');
  *numbered = !g_file_test (which, G_FILE_TEST_EXISTS) && colon &&
              g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT32, number, NULL);
  return *numbered ? g_strndup (which, (gsize)(colon - which)) : g_strdup (which);
}

static bool
refuse (GError **error, const char *sentence) {
  g_set_error_literal (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT, sentence);
  return false;
}

static GPtrArray *
scan_images (PrcCodecPool *pool, char **paths, int n, GError **error) {
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (int i = 0; i < n; i++)
    g_strv_builder_add (builder, paths[i]);
  g_auto (GStrv) all = g_strv_builder_end (builder);
  g_autoptr (PrcScan) scan = prc_scan (pool, (const char *const *)all, PRC_PRIORITY_VIEW, NULL,
                                       NULL, ctl_cancellable (), error);
  if (!scan)
    return NULL;
  if (scan->series->len == 0) {
    const PrcScanProblem *problem = scan->problems->len ? scan->problems->pdata[0] : NULL;
    refuse (error, problem ? problem->reason : _ ("there is no image"));
    return NULL;
  }
  return g_ptr_array_ref (scan->series);
}

static bool
choose (CtlSegment *found, bool numbered, guint64 number, GError **error) {
  for (guint i = 0; i < found->file->segments->len; i++) {
    const PrcImportSegment *best = found->segment, *each = found->file->segments->pdata[i];
    found->segment = each;
    const bool wanted = numbered ? ctl_segment_said (found)->number == number
                                 : !best || each->voxels > best->voxels;
    if (numbered && wanted)
      break;
    if (!wanted)
      found->segment = best;
  }
  if (found->segment)
    return true;
  if (!numbered)
    return refuse (error, _ ("none of its segments lies on these images"));
  g_set_error (error, PRC_IMAGING_ERROR, PRC_IMAGING_ERROR_ARGUMENT,
               _ ("no segment %u of it lies on these images"), (guint)number);
  return false;
}

bool
ctl_segment_find (PrcCodecPool *pool, const char *which, char **paths, int n, CtlSegment *segment,
                  GError **error) {
  bool numbered;
  guint64 number = 0;
  g_autofree char *path = split (which, &numbered, &number);
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, ctl_cancellable (), error);
  if (!instance)
    return false;
  if (!prc_segmentation_is_one (instance))
    return refuse (error, _ ("the file holds no segments"));
  g_autoptr (GPtrArray) series = scan_images (pool, paths, n, error);
  if (!series)
    return false;
  segment->file =
      prc_import_file_read (pool, instance, series, PRC_PRIORITY_VIEW, ctl_cancellable ());
  if (segment->file->error) {
    g_propagate_error (error, g_steal_pointer (&segment->file->error));
    return false;
  }
  if (!segment->file->series)
    return refuse (error, _ ("none of its segments lies on these images"));
  if (!choose (segment, numbered, number, error))
    return false;
  const PrcSlice *slice = prc_series_slice (segment->file->series, segment->segment->index);
  segment->instance = slice->instance;
  segment->frame = slice->frame;
  return true;
}
