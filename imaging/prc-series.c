// SPDX-License-Identifier: Apache-2.0
#include "prc-series-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "prc-geometry.h"

static char *
make_title (const PrcInstanceInfo *info, const char *suffix) {
  const char *title = *info->series_description ? info->series_description
                      : *info->protocol_name    ? info->protocol_name
                      : *info->modality         ? info->modality
                                                : _ ("Untitled");
  return *suffix ? g_strdup_printf ("%s (%s)", title, suffix) : g_strdup (title);
}

PrcSeries *
prc_series_new (const PrcStack *stack) {
  PrcSeries *self = g_atomic_rc_box_new0 (PrcSeries);
  self->n_slices = stack->items->len;
  self->slices = g_new (PrcSlice, self->n_slices);
  for (uint32_t i = 0; i < self->n_slices; i++) {
    self->slices[i] = g_array_index (stack->items, PrcStackItem, i).slice;
    prc_instance_ref (self->slices[i].instance);
  }
  self->key = g_strdup (stack->key);
  self->title = make_title (prc_series_info (self), stack->suffix->str);
  self->has_geometry = stack->has_geometry;
  memcpy (self->normal, stack->normal, sizeof self->normal);
  return self;
}

static void
series_clear (PrcSeries *self) {
  for (uint32_t i = 0; i < self->n_slices; i++)
    prc_instance_unref (self->slices[i].instance);
  g_free (self->slices);
  g_free (self->key);
  g_free (self->title);
  g_strfreev (self->problems);
}

PrcSeries *
prc_series_ref (PrcSeries *series) {
  return g_atomic_rc_box_acquire (series);
}

void
prc_series_unref (PrcSeries *series) {
  g_atomic_rc_box_release_full (series, (GDestroyNotify)series_clear);
}

const char *
prc_series_key (const PrcSeries *series) {
  return series->key;
}

const char *
prc_series_title (const PrcSeries *series) {
  return series->title;
}

const PrcInstanceInfo *
prc_series_info (const PrcSeries *series) {
  return prc_instance_info (series->slices[0].instance);
}

const char *
prc_series_patient_key (const PrcSeries *series) {
  return prc_instance_patient_key (series->slices[0].instance);
}

uint32_t
prc_series_length (const PrcSeries *series) {
  return series->n_slices;
}

const PrcSlice *
prc_series_slice (const PrcSeries *series, uint32_t index) {
  g_return_val_if_fail (index < series->n_slices, &series->slices[0]);
  return &series->slices[index];
}

PrcOrientation
prc_series_orientation (const PrcSeries *series) {
  if (!series->has_geometry)
    return PRC_ORIENTATION_NONE;
  const PrcSlice *first = &series->slices[0];
  return prc_geometry_classify (prc_instance_plane (first->instance, first->frame));
}

double
prc_series_spacing_mm (const PrcSeries *series) {
  return series->spacing_mm;
}

const char *const *
prc_series_problems (const PrcSeries *series) {
  return (const char *const *)series->problems;
}

int
prc_series_find (const PrcSeries *series, const char *sop_instance_uid, uint32_t frame) {
  for (uint32_t i = 0; i < series->n_slices; i++) {
    const PrcSlice *slice = &series->slices[i];
    if (slice->frame == frame &&
        strcmp (prc_instance_info (slice->instance)->sop_instance_uid, sop_instance_uid) == 0)
      return (int)i;
  }
  return -1;
}

bool
prc_series_normal (const PrcSeries *series, double normal[3]) {
  memcpy (normal, series->normal, sizeof series->normal);
  return series->has_geometry;
}

uint32_t
prc_series_nearest (const PrcSeries *series, double along_mm) {
  uint32_t low = 0, high = series->n_slices - 1;
  while (low < high) { // the first slice at or beyond along_mm, or the last
    uint32_t middle = low + (high - low) / 2;
    if (series->slices[middle].along_mm < along_mm)
      low = middle + 1;
    else
      high = middle;
  }
  if (low > 0 &&
      along_mm - series->slices[low - 1].along_mm <= fabs (series->slices[low].along_mm - along_mm))
    low--;
  return low;
}
