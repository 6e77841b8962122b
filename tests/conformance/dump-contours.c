// SPDX-License-Identifier: Apache-2.0
// dump-contours FILE ROWS COLUMNS PLANES NUMBER...: the contours of a structure set as masks of
// planes above each other, in lines of segment, plane, row, first column and end, for structures.py
// to compare. The numbers: the first pixel (x, y, z), the directions of rows and columns, the step
// from one plane to the next (x, y, z), the distances of rows and of columns.
//
// dump-contours FILE: the outlines of the masks of a segmentation, in lines of segment and frame
// and then x, y and z of every corner.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prc-codec-pool.h"
#include "prc-contour.h"
#include "prc-geometry.h"

#define N_NUMBERS 14

static void
print_mask (const PrcMask *mask, uint32_t segment, uint32_t plane) {
  for (uint32_t row = 0; row < prc_mask_rows (mask); row++) {
    size_t n;
    const PrcSpan *spans = prc_mask_row (mask, row, &n);

    for (size_t i = 0; i < n; i++)
      printf ("%u\t%u\t%u\t%u\t%u\n", segment, plane, row, spans[i].first, spans[i].end);
  }
}

// Those of a segment that lie within half a step of the plane.
static void
print_plane (const PrcSegmentationInfo *info, uint32_t segment, const PrcPlane *plane, double step,
             uint32_t index, uint32_t rows, uint32_t columns) {
  g_autoptr (GPtrArray) here = g_ptr_array_new ();

  for (uint32_t i = 0; i < info->n_contours; i++) {
    double low, high;

    if (info->contours[i].segment == segment &&
        prc_contour_offsets (&info->contours[i], plane, &low, &high) && low >= -step / 2 &&
        high < step / 2)
      g_ptr_array_add (here, (gpointer)&info->contours[i]);
  }
  g_autoptr (PrcMask) mask = prc_contour_mask ((const PrcContour *const *)here->pdata, here->len,
                                               plane, rows, columns, step / 2);
  if (mask != NULL)
    print_mask (mask, segment, index);
}

static void
print_outlines (const PrcSegmentFrame *frame) {
  g_autoptr (GPtrArray) outlines = prc_contour_outlines (frame->mask, &frame->plane);

  for (guint i = 0; i < outlines->len; i++) {
    const GArray *points = outlines->pdata[i];

    printf ("%u\t%u", frame->segment, frame->frame);
    for (guint k = 0; k < points->len; k++)
      printf ("\t%.4f", g_array_index (points, double, k));
    printf ("\n");
  }
}

static void
print_contours (const PrcSegmentationInfo *info, char **argv) {
  PrcPlane plane = {.has_position = true, .has_orientation = true};
  double numbers[N_NUMBERS];

  for (int i = 0; i < N_NUMBERS; i++)
    numbers[i] = g_ascii_strtod (argv[5 + i], NULL);
  memcpy (plane.row_direction, numbers + 3, 3 * sizeof *numbers);
  memcpy (plane.column_direction, numbers + 6, 3 * sizeof *numbers);
  plane.row_spacing_mm = numbers[12];
  plane.column_spacing_mm = numbers[13];
  for (uint32_t k = 0; k < (uint32_t)atoi (argv[4]); k++) {
    for (int i = 0; i < 3; i++)
      plane.position_mm[i] = numbers[i] + k * numbers[9 + i];
    for (uint32_t segment = 0; segment < info->n_segments; segment++)
      print_plane (info, segment, &plane, prc_geometry_length (numbers + 9), k,
                   (uint32_t)atoi (argv[2]), (uint32_t)atoi (argv[3]));
  }
}

int
main (int argc, char **argv) {
  g_autoptr (PrcCodecPool) pool = prc_codec_pool_new (1);
  g_autoptr (GError) error = NULL;
  g_autoptr (PrcInstance) instance = NULL;
  g_autoptr (PrcSegmentation) read = NULL;

  if (argc != 2 && argc != 5 + N_NUMBERS)
    return 2;
  instance = prc_codec_pool_describe_one (pool, argv[1], PRC_PRIORITY_VIEW, NULL, &error);
  if (instance != NULL)
    read = prc_codec_pool_segment (pool, instance, 0.5, PRC_PRIORITY_VIEW, NULL, &error);
  if (read == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  const PrcSegmentationInfo *info = prc_segmentation_info (read);
  for (uint32_t i = 0; argc == 2 && i < info->n_frames; i++)
    print_outlines (&info->frames[i]);
  if (argc > 2)
    print_contours (info, argv);
  return 0;
}
