// SPDX-License-Identifier: Apache-2.0
#include "phantom-volume.h"
#include "phantom-noise.h"
#include <glib.h>
#include <math.h>

#define AIR_HU -1000.0f

static void
place_slice (PrcVolume *volume, const PrcBodyShape *shape, uint32_t k) {
  float mm_z = volume->first_mm.z + volume->dz * (float)k;
  float z = mm_z / shape->scale.z + shape->shift.z;
  float cosine = cosf (shape->tilt[0]), sine = sinf (shape->tilt[0]);
  float frequency = 1 / shape->bend_size;
  size_t index = (size_t)k * volume->nx * volume->ny;

  volume->atlas_z[k] = z;
  for (uint32_t j = 0; j < volume->ny; j++) {
    for (uint32_t i = 0; i < volume->nx; i++, index++) {
      float mm_x = volume->first_mm.x + volume->dx * (float)i;
      float mm_y = volume->first_mm.y + volume->dy * (float)j;
      float x = (cosine * mm_x + sine * mm_y) / shape->scale.x + shape->shift.x;
      float y =
          (cosine * mm_y - sine * mm_x) / shape->scale.y + shape->shift.y + shape->tilt[1] * z;
      float nx = x * frequency + shape->offset.x, ny = y * frequency + shape->offset.y;
      float nz = z * frequency + shape->offset.z;

      volume->atlas_x[index] = x + shape->bend * prc_noise (nx, ny, nz);
      volume->atlas_y[index] = y + shape->bend * prc_noise (ny + 3.3f, nz + 1.7f, nx);
    }
  }
}

PrcVolume *
prc_volume_new (const uint32_t size[3], const float spacing_mm[3], PrcPoint first_mm,
                unsigned n_channels, const PrcBodyShape *shape) {
  PrcVolume *volume = g_new0 (PrcVolume, 1);
  size_t n = (size_t)size[0] * size[1] * size[2];

  volume->nx = size[0];
  volume->ny = size[1];
  volume->nz = size[2];
  volume->dx = spacing_mm[0];
  volume->dy = spacing_mm[1];
  volume->dz = spacing_mm[2];
  volume->soft = MAX (volume->dx, 0.7f * volume->dy);
  volume->first_mm = first_mm;
  volume->n_channels = n_channels;
  for (unsigned c = 0; c < n_channels; c++)
    volume->value[c] = g_new0 (float, n);
  for (size_t i = 0; n_channels == 1 && i < n; i++)
    volume->value[0][i] = AIR_HU;
  volume->atlas_x = g_new (float, n);
  volume->atlas_y = g_new (float, n);
  volume->atlas_z = g_new (float, size[2]);
  volume->wall = g_new0 (float, n);
  volume->organ = g_new0 (uint8_t, n);
  volume->finding = g_new0 (uint8_t, n);
  for (uint32_t k = 0; k < size[2]; k++)
    place_slice (volume, shape, k);
  return volume;
}

void
prc_volume_free (PrcVolume *volume) {
  for (unsigned c = 0; c < volume->n_channels; c++)
    g_free (volume->value[c]);
  g_free (volume->atlas_x);
  g_free (volume->atlas_y);
  g_free (volume->atlas_z);
  g_free (volume->wall);
  g_free (volume->organ);
  g_free (volume->finding);
  g_free (volume);
}

size_t
prc_volume_length (const PrcVolume *volume) {
  return (size_t)volume->nx * volume->ny * volume->nz;
}

PrcPoint
prc_volume_atlas (const PrcVolume *volume, size_t index) {
  return (PrcPoint){volume->atlas_x[index], volume->atlas_y[index],
                    volume->atlas_z[index / ((size_t)volume->nx * volume->ny)]};
}

// Where a value lies on a rising row of positions, with room for the irregular part of the way to
// the atlas.
static void
find_range (const float *positions, size_t stride, uint32_t n, float low, float high, float room,
            uint32_t *first, uint32_t *last) {
  uint32_t begin = 0, end = n;

  while (begin < n && positions[begin * stride] < low - room)
    begin++;
  while (end > begin && positions[(end - 1) * stride] > high + room)
    end--;
  *first = begin;
  *last = end;
}

#define BEND_ROOM_MM 14 // more than rotation, shear and bend move a line of voxels from straight

PrcRange
prc_volume_range (const PrcVolume *volume, const PrcBox *box) {
  PrcRange range;
  size_t plane = (size_t)volume->nx * volume->ny;
  size_t middle = volume->nz / 2 * plane + volume->ny / 2 * (size_t)volume->nx;
  size_t column = volume->nz / 2 * plane + volume->nx / 2;

  find_range (volume->atlas_x + middle, 1, volume->nx, box->low.x, box->high.x, BEND_ROOM_MM,
              &range.low[0], &range.high[0]);
  find_range (volume->atlas_y + column, volume->nx, volume->ny, box->low.y, box->high.y,
              BEND_ROOM_MM, &range.low[1], &range.high[1]);
  find_range (volume->atlas_z, 1, volume->nz, box->low.z, box->high.z, volume->dz, &range.low[2],
              &range.high[2]);
  return range;
}

void
prc_volume_blend (PrcVolume *volume, size_t index, PrcPoint atlas, float alpha,
                  const PrcMaterial *material) {
  float grain = 0;

  if (material->within != PRC_ANYWHERE && !(material->within & PRC_IN (volume->organ[index])))
    return;
  if (material->grain_mm > 0)
    grain =
        material->texture * prc_noise (atlas.x / material->grain_mm, atlas.y / material->grain_mm,
                                       atlas.z / material->grain_mm);
  for (unsigned c = 0; c < volume->n_channels; c++) {
    float value =
        volume->n_channels == 1 ? material->value[c] + grain : material->value[c] * (1 + grain);

    volume->value[c][index] += (value - volume->value[c][index]) * alpha;
  }
  if (alpha >= 0.5f) {
    volume->organ[index] = (uint8_t)material->organ;
    if (material->is_finding)
      volume->finding[index] = 1;
  }
}

static void
paint_row (PrcVolume *volume, size_t index, uint32_t n, float z, const PrcBox *box,
           PrcDistance distance, const void *shape, const PrcMaterial *material) {
  float softness = 1 / volume->soft;

  for (size_t end = index + n; index < end; index++) {
    PrcPoint p = {volume->atlas_x[index], volume->atlas_y[index], z};
    float alpha;

    if (p.x < box->low.x || p.x > box->high.x || p.y < box->low.y || p.y > box->high.y)
      continue;
    alpha = 0.5f - distance (shape, p) * softness;
    if (alpha > 0)
      prc_volume_blend (volume, index, p, MIN (alpha, 1), material);
  }
}

void
prc_volume_paint (PrcVolume *volume, const PrcBox *box, PrcDistance distance, const void *shape,
                  const PrcMaterial *material) {
  PrcRange range = prc_volume_range (volume, box);

  if (range.high[0] <= range.low[0])
    return;
  for (uint32_t k = range.low[2]; k < range.high[2]; k++)
    for (uint32_t j = range.low[1]; j < range.high[1]; j++)
      paint_row (volume, ((size_t)k * volume->ny + j) * volume->nx + range.low[0],
                 range.high[0] - range.low[0], volume->atlas_z[k], box, distance, shape, material);
}
