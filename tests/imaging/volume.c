// SPDX-License-Identifier: Apache-2.0
#include "volume.h"

#include <math.h>
#include <string.h>

#include "fixture.h"

static PrcSeries *
grouped (GPtrArray *instances) {
  g_autoptr (GPtrArray) series =
      prc_series_group ((PrcInstance *const *)instances->pdata, instances->len);

  g_assert_cmpuint (series->len, ==, 1);
  return prc_series_ref (series->pdata[0]);
}

PrcSeries *
volume_series (const VolumeGrid *grid) {
  g_autoptr (GPtrArray) instances =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);

  for (uint32_t i = 0; i < grid->slices; i++) {
    g_autoptr (GString) record = g_string_new ("{'IsImage': <true>, 'Modality': <'CT'>,"
                                               " 'SeriesInstanceUID': <'1.1'>,"
                                               " 'StudyInstanceUID': <'1'>,");
    g_autofree char *path = g_strdup_printf ("/volume%u", i);

    g_string_append_printf (record,
                            "'SOPInstanceUID': <'1.1.%u'>, 'InstanceNumber': <[%u.0]>,"
                            "'Rows': <[%u.0]>, 'Columns': <[%u.0]>",
                            i + 1, i + 1, grid->rows, grid->columns);
    if (grid->row_mm > 0)
      g_string_append_printf (record, ", 'PixelSpacing': <[%f, %f]>", grid->row_mm,
                              grid->column_mm);
    if (grid->slice_mm > 0)
      g_string_append_printf (record,
                              ", 'ImagePositionPatient': <[0.0, %f, %f]>,"
                              " 'ImageOrientationPatient': <[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]>",
                              i * grid->shift_mm, grid->first_mm + i * grid->slice_mm);
    g_string_append_c (record, '}');
    g_ptr_array_add (instances, prc_fixture_instance (path, record->str));
  }
  return grouped (instances);
}

PrcSeries *
volume_files (const VolumeGrid *grid, PrcCodecPool *pool, const char *folder,
              const int16_t *values) {
  g_autoptr (GPtrArray) instances =
      g_ptr_array_new_with_free_func ((GDestroyNotify)prc_instance_unref);
  g_autofree int16_t *stored = g_new (int16_t, volume_size (grid));
  g_autoptr (GError) error = NULL;

  for (size_t i = 0; i < volume_size (grid); i++)
    stored[i] = (int16_t)(values[i] + 1024); // the fixture's rescale

  for (uint32_t i = 0; i < grid->slices; i++) {
    g_autofree char *path = g_strdup_printf ("%s/%u.dcm", folder, i);
    PrcFixtureSlice slice = {
        .study = 1,
        .series = 1,
        .instance = i + 1,
        .rows = (uint16_t)grid->rows,
        .columns = (uint16_t)grid->columns,
        .position_mm = {0, i * grid->shift_mm, grid->first_mm + i * grid->slice_mm},
        .spacing_mm = {grid->row_mm, grid->column_mm},
        .pixels = stored + volume_at (grid, i, 0, 0)};
    prc_fixture_write (path, &slice);
    PrcInstance *instance =
        prc_codec_pool_describe_one (pool, path, PRC_PRIORITY_SCAN, NULL, &error);
    g_assert_no_error (error);
    g_ptr_array_add (instances, instance);
  }
  return grouped (instances);
}

size_t
volume_size (const VolumeGrid *grid) {
  return (size_t)grid->slices * grid->rows * grid->columns;
}

size_t
volume_at (const VolumeGrid *grid, uint32_t slice, uint32_t row, uint32_t column) {
  return ((size_t)slice * grid->rows + row) * grid->columns + column;
}

uint8_t *
volume_new (const VolumeGrid *grid) {
  return g_new0 (uint8_t, volume_size (grid));
}

PrcSegmentStack *
volume_stack (const VolumeGrid *grid, const uint8_t *voxels) {
  g_autoptr (GPtrArray) masks = g_ptr_array_new_with_free_func ((GDestroyNotify)prc_mask_unref);

  for (uint32_t i = 0; i < grid->slices; i++)
    g_ptr_array_add (masks,
                     prc_mask_new_from_bytes (grid->rows, grid->columns,
                                              voxels + volume_at (grid, i, 0, 0), grid->columns));
  return prc_segment_stack_new ((PrcMask *const *)masks->pdata, grid->slices);
}

uint8_t *
volume_voxels (const VolumeGrid *grid, const PrcSegmentStack *stack) {
  uint8_t *voxels = volume_new (grid);

  g_assert_cmpuint (prc_segment_stack_length (stack), ==, grid->slices);
  for (uint32_t slice = 0; slice < grid->slices; slice++) {
    const PrcMask *mask = prc_segment_stack_mask (stack, slice);
    for (uint32_t row = 0; mask && row < grid->rows; row++)
      for (uint32_t column = 0; column < grid->columns; column++)
        voxels[volume_at (grid, slice, row, column)] = prc_mask_contains (mask, column, row);
  }
  return voxels;
}

static void
add_ball (const VolumeGrid *grid, GRand *random, uint8_t *voxels) {
  double z = g_rand_double_range (random, 0, grid->slices);
  double y = g_rand_double_range (random, 0, grid->rows);
  double x = g_rand_double_range (random, 0, grid->columns);
  double radius = g_rand_double_range (random, 0.5, 4);
  uint8_t value = g_rand_int_range (random, 0, 4) > 0;

  for (uint32_t i = 0; i < grid->slices; i++)
    for (uint32_t row = 0; row < grid->rows; row++)
      for (uint32_t column = 0; column < grid->columns; column++)
        if (pow (i - z, 2) + pow (row - y, 2) + pow (column - x, 2) < radius * radius)
          voxels[volume_at (grid, i, row, column)] = value;
}

uint8_t *
volume_random (const VolumeGrid *grid, GRand *random) {
  uint8_t *voxels = volume_new (grid);

  for (int i = 0; i < 12; i++)
    add_ball (grid, random, voxels);
  for (int i = 0; i < 20; i++)
    voxels[(size_t)g_rand_int_range (random, 0, (gint32)volume_size (grid))] = 1;
  return voxels;
}

void
volume_assert_equal (const VolumeGrid *grid, const PrcSegmentStack *stack,
                     const uint8_t *expected) {
  g_autofree uint8_t *voxels = volume_voxels (grid, stack);

  for (size_t i = 0; i < volume_size (grid); i++)
    if (voxels[i] != expected[i])
      g_error ("slice %zu, row %zu, column %zu is %d", i / grid->columns / grid->rows,
               i / grid->columns % grid->rows, i % grid->columns, voxels[i]);
}
