// SPDX-License-Identifier: Apache-2.0
// dump-edits OP SLICES ROWS COLUMNS SLICE_MM ROW_MM COLUMN_MM NUMBER IN OUT
// Reads a volume of bytes, 0 or 1, slices first, does an operation of prc-segment-edit.h to it and
// writes it again. NUMBER: least voxels of an island, millimetres of smoothing.
#include <stdlib.h>

#include "prc-segment-edit.h"
#include "volume.h"

static PrcSegmentStack *
edited (const char *op, double number, const PrcSegmentStack *stack, const PrcSeries *series,
        GError **error) {
  if (g_str_equal (op, "islands"))
    return prc_segment_edit_remove_islands (stack, (uint64_t)number, NULL, error);
  if (g_str_equal (op, "holes"))
    return prc_segment_edit_fill_holes (stack, NULL, error);
  if (g_str_equal (op, "smooth"))
    return prc_segment_edit_smooth (stack, series, number, NULL, error);
  if (g_str_equal (op, "between"))
    return prc_segment_edit_interpolate (stack, series, NULL, error);
  return NULL;
}

int
main (int argc, char **argv) {
  g_autoptr (GError) error = NULL;
  g_autofree char *voxels = NULL;
  gsize size;

  if (argc != 11)
    return 2;
  VolumeGrid grid = {.slices = (uint32_t)atoi (argv[2]),
                     .rows = (uint32_t)atoi (argv[3]),
                     .columns = (uint32_t)atoi (argv[4]),
                     .slice_mm = g_ascii_strtod (argv[5], NULL),
                     .row_mm = g_ascii_strtod (argv[6], NULL),
                     .column_mm = g_ascii_strtod (argv[7], NULL)};
  if (!g_file_get_contents (argv[9], &voxels, &size, &error) || size != volume_size (&grid))
    return 2;
  g_autoptr (PrcSeries) series = volume_series (&grid);
  g_autoptr (PrcSegmentStack) stack = volume_stack (&grid, (const uint8_t *)voxels);
  g_autoptr (PrcSegmentStack) result =
      edited (argv[1], g_ascii_strtod (argv[8], NULL), stack, series, &error);
  if (!result)
    return 1;
  g_autofree uint8_t *out = volume_voxels (&grid, result);
  return g_file_set_contents (argv[10], (const char *)out, (gssize)size, &error) ? 0 : 1;
}
