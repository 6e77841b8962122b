// SPDX-License-Identifier: Apache-2.0
// dump-fit SEGMENTATION FOLDER: where the program lays a segmentation on every series of a folder,
// and what it measures there, in lines of fields parted by tabulators, for fit.py to compare. A
// refusal is one line on the standard error and status 1.
#include <stdio.h>

#include "prc-scan.h"
#include "prc-segment-fit.h"
#include "prc-segment-measure.h"

static void
print_mask (const PrcMask *mask) {
  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (size_t i = 0; i < n; i++)
      printf ("span\t%u\t%u\t%u\n", row, spans[i].first, spans[i].end);
  }
}

static bool
print_segment (const PrcSegment *segment, const PrcSegmentStack *stack, const PrcSeries *series,
               PrcFrameStore *store, GError **error) {
  PrcSegmentMeasure measure;

  if (!prc_segment_measure (stack, series, store, &measure, NULL, error))
    return false;
  printf ("segment\t%u\t%s\t%" G_GUINT64_FORMAT "\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\n",
          segment->number, segment->label, measure.voxels, measure.volume_ml, measure.mean,
          measure.sd, measure.lowest, measure.highest, measure.diameter_mm);
  for (uint32_t i = 0; i < prc_segment_stack_length (stack); i++) {
    const PrcSlice *slice = prc_series_slice (series, i);
    const PrcMask *mask = prc_segment_stack_mask (stack, i);

    if (mask == NULL)
      continue;
    printf ("slice\t%s\t%u\n", prc_instance_info (slice->instance)->sop_instance_uid, slice->frame);
    print_mask (mask);
  }
  return true;
}

static bool
print_series (const PrcSegmentation *segmentation, const PrcSeries *series, PrcFrameStore *store,
              GError **error) {
  const PrcSegmentationInfo *info = prc_segmentation_info (segmentation);
  g_autoptr (GPtrArray) stacks = prc_segment_fit (segmentation, series, NULL, error);

  if (stacks == NULL)
    return false;
  printf ("series\t%s\t%u\t%d\n", prc_series_info (series)->series_instance_uid,
          prc_series_length (series), prc_segment_fits (segmentation, series));
  for (uint32_t i = 0; i < prc_series_length (series); i++)
    printf ("image\t%s\t%u\n",
            prc_instance_info (prc_series_slice (series, i)->instance)->sop_instance_uid,
            prc_series_slice (series, i)->frame);
  for (uint32_t i = 0; i < stacks->len; i++)
    if (!print_segment (&info->segments[i], stacks->pdata[i], series, store, error))
      return false;
  return true;
}

static bool
print_all (PrcCodecPool *pool, const char *path, const char *folder, GError **error) {
  const char *const paths[] = {folder, NULL};
  g_autoptr (PrcInstance) instance =
      prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_VIEW, NULL, error);
  g_autoptr (PrcSegmentation) read = NULL;
  g_autoptr (PrcScan) scan = NULL;
  g_autoptr (PrcFrameStore) store = prc_frame_store_new (pool, 0);

  if (instance == NULL)
    return false;
  read = prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, error);
  if (read == NULL)
    return false;
  scan = prc_scan (pool, paths, PRC_PRIORITY_SCAN, NULL, NULL, NULL, error);
  for (uint32_t i = 0; scan != NULL && i < scan->series->len; i++)
    if (!print_series (read, scan->series->pdata[i], store, error))
      return false;
  return scan != NULL;
}

int
main (int argc, char **argv) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GError) error = NULL;

  if (argc != 3)
    return 2;
  if (print_all (pool, argv[1], argv[2], &error))
    return 0;
  fprintf (stderr, "%s\n", error->message);
  return 1;
}
