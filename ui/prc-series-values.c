// SPDX-License-Identifier: Apache-2.0
#include "prc-series-values.h"

#define SLICES_MAX 24
#define VALUES     (1 << 16) // sorted in some 3 ms
#define AT_ONCE    2         // decodes under way, so that the slice in view finds a codec free

struct _PrcSeriesValues {
  grefcount references;
  PrcFrameStore *store;
  PrcSeries *series;
  PrcSeriesValuesReady ready; // NULL once freed
  gpointer user_data;
  GCancellable *cancellable;
  GArray *values;
  guint n, next, done;
};

static void start_next (PrcSeriesValues *self);

static void
values_unref (PrcSeriesValues *self) {
  if (!g_ref_count_dec (&self->references))
    return;
  prc_frame_store_unref (self->store);
  prc_series_unref (self->series);
  g_object_unref (self->cancellable);
  g_array_unref (self->values);
  g_free (self);
}

static void
tell (PrcSeriesValues *self) {
  PrcSeriesValuesReady ready = self->ready;

  self->ready = NULL;
  prc_values_sort (self->values);
  ready (self->values, self->user_data);
}

static void
decoded (GObject *object, GAsyncResult *result, gpointer user_data) {
  PrcSeriesValues *self = user_data;
  g_autoptr (PrcFrame) frame = prc_frame_store_get_finish (result, NULL);

  if (frame && self->ready)
    prc_values_collect (frame, NULL, VALUES / self->n, self->values);
  self->done++;
  if (self->ready && self->done == self->n)
    tell (self);
  else if (self->ready)
    start_next (self);
  values_unref (self);
}

static void
start_next (PrcSeriesValues *self) {
  if (self->next == self->n)
    return;
  guint last = prc_series_length (self->series) - 1;
  guint index = self->n > 1 ? (guint)((guint64)last * self->next / (self->n - 1)) : 0;
  const PrcSlice *slice = prc_series_slice (self->series, index);

  self->next++;
  g_ref_count_inc (&self->references);
  prc_frame_store_get_async (self->store, slice->instance, slice->frame, PRC_PRIORITY_PREFETCH,
                             self->cancellable, decoded, self);
}

PrcSeriesValues *
prc_series_values_new (PrcFrameStore *store, PrcSeries *series, PrcSeriesValuesReady ready,
                       gpointer user_data) {
  PrcSeriesValues *self = g_new0 (PrcSeriesValues, 1);

  g_ref_count_init (&self->references);
  self->store = prc_frame_store_ref (store);
  self->series = prc_series_ref (series);
  self->ready = ready;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->values = g_array_new (FALSE, FALSE, sizeof (double));
  self->n = MIN (prc_series_length (series), SLICES_MAX);
  for (int i = 0; i < AT_ONCE; i++)
    start_next (self);
  return self;
}

void
prc_series_values_free (PrcSeriesValues *self) {
  self->ready = NULL;
  g_cancellable_cancel (self->cancellable);
  values_unref (self);
}
