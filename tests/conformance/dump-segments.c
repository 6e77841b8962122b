// SPDX-License-Identifier: Apache-2.0
// dump-segments FILE [THRESHOLD]: what the program reads of a segmentation, in lines of fields
// parted by tabulators, for segments.py to compare. A refusal is one line on the standard error and
// status 1.
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "prc-codec-pool.h"

static void
print_code (const char *name, const PrcCode *code) {
  if (*code->value != '\0' || *code->meaning != '\0')
    printf ("code\t%s\t%s\t%s\t%s\n", name, code->value, code->scheme, code->meaning);
}

static void
print_segment (const PrcSegment *segment) {
  printf ("segment\t%u\t%s\t%s\t%s\t%s\t%s\n", segment->number, segment->label,
          segment->description, segment->algorithm_type, segment->algorithm_name,
          segment->interpreted_type);
  printf ("tracking\t%s\t%s\n", segment->tracking_id, segment->tracking_uid);
  if (segment->has_colour)
    printf ("colour\t%06x\n", segment->colour);
  print_code ("category", &segment->category);
  print_code ("type", &segment->type);
  print_code ("type-modifier", &segment->type_modifier);
  print_code ("region", &segment->anatomic_region);
  print_code ("region-modifier", &segment->anatomic_modifier);
}

static void
print_plane (const PrcPlane *plane) {
  printf ("plane");
  for (int i = 0; i < 3 && plane->has_position; i++)
    printf ("\t%.9g", plane->position_mm[i]);
  printf ("\ndirections");
  for (int i = 0; i < 6 && plane->has_orientation; i++)
    printf ("\t%.9g", i < 3 ? plane->row_direction[i] : plane->column_direction[i - 3]);
  printf ("\nspacing\t%.9g\t%.9g\n", plane->row_spacing_mm, plane->column_spacing_mm);
}

static void
print_frame (const PrcSegmentFrame *frame) {
  printf ("frame\t%u\t%u\t%s\t%u\n", frame->frame, frame->segment, frame->source_uid,
          frame->source_frame);
  print_plane (&frame->plane);
  for (uint32_t row = 0; row < prc_mask_rows (frame->mask); row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (frame->mask, row, &n);

    for (size_t i = 0; i < n; i++)
      printf ("span\t%u\t%u\t%u\n", row, spans[i].first, spans[i].end);
  }
}

static void
print_all (const PrcSegmentationInfo *info) {
  printf ("kind\t%u\n", info->kind);
  printf ("uids\t%s\t%s\t%s\n", info->sop_instance_uid, info->series_instance_uid,
          info->frame_of_reference_uid);
  printf ("title\t%s\n", info->title);
  printf ("size\t%u\t%u\t%.9g\n", info->rows, info->columns, info->thickness_mm);
  for (uint32_t i = 0; i < info->n_segments; i++)
    print_segment (&info->segments[i]);
  for (uint32_t i = 0; i < info->n_frames; i++)
    print_frame (&info->frames[i]);
  for (uint32_t i = 0; i < info->n_contours; i++) {
    const PrcContour *contour = &info->contours[i];

    printf ("contour\t%u\t%u\t%s\t%u", contour->segment, contour->type, contour->source_uid,
            contour->source_frame);
    for (uint32_t k = 0; k < contour->n_points * 3; k++)
      printf ("\t%.9g", contour->points_mm[k]);
    printf ("\n");
  }
  for (const char *const *note = info->notes; *note != NULL; note++)
    printf ("note\t%s\n", *note);
}

int
main (int argc, char **argv) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = NULL;
  g_autoptr (PrcSegmentation) read = NULL;

  setlocale (LC_CTYPE, "");
  if (argc < 2)
    return 2;
  instance = prc_codec_pool_describe_one (pool, argv[1], PRC_PRIORITY_VIEW, NULL, &error);
  if (instance != NULL)
    read = prc_codec_pool_segment (pool, instance, argc > 2 ? g_ascii_strtod (argv[2], NULL) : 0.5,
                                   PRC_PRIORITY_VIEW, NULL, &error);
  if (read == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  print_all (prc_segmentation_info (read));
  return 0;
}
